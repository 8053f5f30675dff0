//! What `plenum seed` tells its people: as believable as what they say, in every state, and leading to where it happened.

use serde_json::{Value, json};

use super::server::Server;

/// A seeded institution with its notifications.
fn seeded() -> Server {
    let (mut server, _) = Server::start_empty();
    server.stop();
    for _ in 0..2 {
        let ran = server.run(&["seed"]);
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
    server.restart();
    server
}

#[tokio::test]
async fn what_the_seed_tells_is_so() {
    let server = seeded();
    let mut states = [0; 4];
    for name in ["admin", "ines", "omar", "aiko", "otto", "mara", "sam", "lena", "noor", "tom"] {
        let person = server.person(name).await;
        let inbox = person.ask("inbox/page", &[]).await["state"].clone();
        let archive = person.ask("inbox/page", &[("shelf", "archive")]).await["state"].clone();
        let rows: Vec<Value> = [&inbox, &archive].iter().flat_map(|page| page["notifications"].as_array().unwrap().clone()).collect();
        assert!(rows.len() >= 2, "{name} was told next to nothing");
        for row in &rows {
            let (read, seen) = (row["read"] == true, row["seen"] == true);
            assert!(seen || !read, "what is read was seen: {row}");
            states[0] += usize::from(!seen);
            states[1] += usize::from(seen && !read);
            states[2] += usize::from(read);
            states[3] += usize::from(row["archived"] == true);
            let link = row["link"].as_str().unwrap();
            assert_eq!(person.page(link).await.status(), 200, "{link}");
            let Some((conversation, number)) = link.strip_prefix("/messages/").and_then(|rest| rest.split_once("?m=")) else { continue };
            let number: u64 = number.parse().unwrap();
            let thread = person.ask("messages/thread", &[("conversation", conversation), ("around", &number.to_string())]).await;
            let said = thread["state"]["messages"].as_array().unwrap().iter().find(|known| known["number"] == number).unwrap().clone();
            assert_eq!(said["author"]["id"], row["actor"]["id"], "{row}");
            assert_eq!(said["sent_at"], row["at"], "it came when it was said: {row}");
            assert_ne!(row["place"], json!(""), "a conversation with a name: {row}");
        }
        // What is unread in a conversation is not read in the inbox.
        let unread = rows.iter().filter(|row| row["read"] == false && row["archived"] == false).count();
        assert_eq!(inbox["counts"]["unread"], unread, "{name}");
        let numbers: Vec<i64> = inbox["notifications"].as_array().unwrap().iter().map(|row| row["at"].as_i64().unwrap()).collect();
        assert!(numbers.is_sorted_by(|a, b| a >= b), "{name}: the newest comes first");
        let away = person.ask("inbox/away", &[]).await["state"].clone();
        assert!(away["absence"]["back"].as_i64().unwrap() - away["absence"]["since"].as_i64().unwrap() >= 8 * 3_600_000, "{name}: {away}");
    }
    assert!(states.iter().all(|count| *count > 0), "unseen, seen, read, archived: {states:?}");
    let database = server.database().await;
    let count = async |statement: &'static str| sqlx::query_scalar::<_, i64>(statement).fetch_one(&database).await.unwrap();
    assert!(count("select count(*) from notifications where snoozed_until is not null").await > 0, "some are put off");
    assert_eq!(
        count("select count(*) from jobs where kind = 'inbox.wake'").await,
        count("select count(*) from notifications where snoozed_until is not null").await
    );
    assert_eq!(
        count(
            "select count(*) from broadcasts b where state = 'sent'
             and (select sum(v.delivered) = sum(v.recipients) from broadcast_variants v where v.broadcast_id = b.id)"
        )
        .await,
        1
    );
    assert_eq!(
        count("select count(*) from notifications").await,
        count("select count(*) from notifications where created_at <= strftime('%s') * 1000").await
    );
}
