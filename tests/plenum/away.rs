//! Being away: what has come meanwhile stands on one page, is marked as read as far as it is shown, and no visit moves when one was
//! here last before it was told.

use serde_json::{Value, json};

use super::{
    server::{Person, Server},
    waiting::eventually,
};

const HOUR: i64 = 3_600_000;

async fn away(person: &Person) -> Value {
    person.ask("inbox/away", &[]).await["state"].clone()
}

/// `person` was here last so many hours ago, and has used no browser since.
async fn went(server: &Server, person: &Person, hours: i64) {
    let database = server.database().await;
    let at = plenum_store::db::now() - hours * HOUR;
    sqlx::query(
        "insert into inboxes (person_id, here_at) values ($1, $2)
         on conflict (person_id) do update set here_at = excluded.here_at, here_number = inboxes.head",
    )
    .bind(person.id)
    .bind(at)
    .execute(&database)
    .await
    .unwrap();
    sqlx::query("update sign_ins set used_at = $2 where person_id = $1").bind(person.id).bind(at).execute(&database).await.unwrap();
    database.close().await;
}

/// Waits until the visit has been written down.
async fn noted(server: &Server, person: &Person) {
    let database = server.database().await;
    eventually("the return is noted", async || {
        let back = sqlx::query_scalar("select back_at from inboxes where person_id = $1").bind(person.id);
        let back: Option<i64> = back.fetch_one(&database).await.unwrap();
        back
    })
    .await;
    database.close().await;
}

/// What came before one went is not there, what came then is, whatever the visits themselves do; over a `kill -9` too.
#[tokio::test]
async fn an_absence_is_told_until_the_next() {
    let mut server = Server::start();
    let (lena, sam) = (server.person("lena").await, server.person("sam").await);
    assert_eq!(away(&lena).await["absence"], Value::Null);
    assert!(lena.html("/inbox/away").await.contains("You have not been away"));
    let general = sam.general().await;
    sam.send(general, "@Lena Kovač before").await;
    went(&server, &lena, 9).await;
    for number in 1..=3 {
        sam.send(general, &format!("@Lena Kovač number {number}")).await;
    }
    // The very first request, which ends the absence, shows it already.
    let page = lena.html("/inbox/away").await;
    assert!(page.contains("number 1") && page.contains("number 3") && !page.contains("Kovač before"), "{page}");
    for part in [format!("href=\"/messages/{general}\""), "3 notifications, unread".to_owned(), "Mark these as read".to_owned()] {
        assert!(page.contains(&part), "{part} is missing: {page}");
    }
    noted(&server, &lena).await;
    let first = away(&lena).await;
    assert_eq!((&first["after"], first["notifications"].as_array().unwrap().len()), (&json!(1), 3));
    server.kill();
    server.restart();
    let lena = server.person("lena").await;
    assert_eq!(away(&lena).await, first, "another visit moves nothing");
    assert!(lena.html("/inbox").await.contains("See what has come"));

    went(&server, &lena, 7).await;
    lena.html("/inbox").await;
    assert_eq!(away(&lena).await["absence"], first["absence"], "seven hours are no absence");
}

/// I11: "these" are those on the page; what came before, and what comes later, stays unread. Without scripts too, and told to every tab.
#[tokio::test]
async fn these_are_read_and_no_others() {
    let server = Server::start();
    let (lena, sam) = (server.person("lena").await, server.person("sam").await);
    let general = sam.general().await;
    sam.send(general, "@Lena Kovač before").await;
    went(&server, &lena, 10).await;
    sam.send(general, "@Lena Kovač meanwhile").await;
    let mut tab = lena.socket().await;
    tab.subscribe(&format!("private-person.{}", lena.id)).await;
    let shown = away(&lena).await;
    sam.send(general, "@Lena Kovač later").await;
    let up_to = shown["notifications"][0]["number"].to_string();
    let form = [("what", "read"), ("after", "1"), ("up_to", up_to.as_str())];
    assert_eq!(lena.submit("inbox/sweep", &form, "/inbox/away").await, "/inbox/away");
    let inbox = lena.ask("inbox/page", &[]).await["state"].clone();
    let read: Vec<(&str, bool)> = inbox["notifications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|known| (known["text"].as_str().unwrap().rsplit(' ').next().unwrap(), known["read"].as_bool().unwrap()))
        .collect();
    assert_eq!(read, [("later", false), ("meanwhile", true), ("before", false)]);
    assert_eq!(inbox["counts"]["unread"], 2);
    let swept = tab.wait("notifications.swept").await;
    let swept: Value = serde_json::from_str(swept["data"].as_str().unwrap()).unwrap();
    assert_eq!((&swept["after"], &swept["up_to"], &swept["counts"]), (&json!(1), &json!(2), &inbox["counts"]));
}

/// What a program, or a telephone, has read before one came back stands apart; and a program that asks is nobody who is here.
#[tokio::test]
async fn what_was_read_elsewhere_stands_apart() {
    let server = Server::start();
    let (lena, sam) = (server.person("lena").await, server.person("sam").await);
    let program = super::api::Program::of(&server, "lena", &["read", "write"]).await;
    went(&server, &lena, 12).await;
    let general = sam.general().await;
    for text in ["first", "second"] {
        sam.send(general, &format!("@Lena Kovač {text}")).await;
    }
    let first = program.get("notifications").await["data"][1].clone();
    assert_eq!(program.post(&format!("notifications/{}/read", first["id"]), json!({})).await.0, 204);
    let state = away(&lena).await;
    assert_eq!((state["handled"].clone(), state["notifications"].as_array().unwrap().len()), (json!([first["id"]]), 2));
    let page = lena.html("/inbox/away").await;
    assert!(page.contains("Read elsewhere meanwhile") && page.contains("1 notification, unread"), "{page}");
    noted(&server, &lena).await;
    let second = program.get("notifications").await["data"][0]["id"].to_string();
    assert_eq!(lena.call("inbox/act", &[("id", &second), ("act", "read")]).await.status(), 200);
    assert_eq!(away(&lena).await["handled"], json!([first["id"]]), "what is read on the page is not read elsewhere");
}
