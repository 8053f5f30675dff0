//! I25, I7: no gap between snapshot and stream, none over a reconnect, one order for all.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    server::{Server, cursor},
    socket::data,
};

const FREE: &[(&str, &str)] = &[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0"), ("PLENUM_LIMITS__SOCKETS_PER_PERSON", "0")];

fn numbers(thread: &Value) -> Vec<u64> {
    thread["state"]["messages"].as_array().unwrap().iter().map(|message| message["number"].as_u64().unwrap()).collect()
}

/// Readers who subscribe at random moments of a write storm: their snapshot and the stream
/// from its cursor on give every message exactly once, in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_storm_leaves_no_gap_between_snapshot_and_stream() {
    let server = Server::start_with(FREE);
    let writers = [server.person("sam").await, server.person("lena").await, server.person("noor").await, server.person("tom").await];
    let general = writers[0].general().await;
    let channel = format!("private-conversation.{general}");
    let before = writers[0].thread(general).await["state"]["head"].as_u64().unwrap();
    const EACH: u64 = 50;
    let last = before + EACH * writers.len() as u64;

    let mut tasks = Vec::new();
    for writer in writers.clone() {
        tasks.push(tokio::spawn(async move {
            for number in 0..EACH {
                writer.send(general, &format!("storm {number}")).await;
            }
        }));
    }
    let mut readers = Vec::new();
    for (index, name) in ["ines", "omar", "aiko", "otto", "mara", "admin", "ines", "omar"].into_iter().enumerate() {
        let (reader, channel) = (server.person(name).await, channel.clone());
        readers.push(tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(index as u64 * 40)).await;
            let snapshot = reader.thread(general).await;
            let mut seen = numbers(&snapshot);
            let mut socket = reader.socket().await;
            let joined = socket.resume(&channel, &cursor(&snapshot, &channel)).await;
            assert_eq!(joined["recovered"], true);
            let mut seq = cursor(&snapshot, &channel)["seq"].as_u64().unwrap();
            while seen.last().copied().unwrap_or_default() < last {
                let frame = socket.wait("message.sent").await;
                let number = data(&frame)["number"].as_u64().unwrap();
                assert!(frame["seq"].as_u64().unwrap() > seq, "the stream went back");
                seq = frame["seq"].as_u64().unwrap();
                seen.push(number);
            }
            seen
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    for reader in readers {
        let seen = reader.await.unwrap();
        let expected: Vec<u64> = (seen[0]..=last).collect();
        assert_eq!(seen, expected, "a gap, a double or another order");
    }
}

/// 300 events missed, more than one page of the log: all come, in order, before anything live.
#[tokio::test]
async fn a_long_absence_is_fed_from_the_log() {
    let server = Server::start_with(FREE);
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let general = sam.general().await;
    let channel = format!("private-conversation.{general}");
    let snapshot = sam.thread(general).await;
    let since = cursor(&snapshot, &channel);
    let head = snapshot["state"]["head"].as_u64().unwrap();
    for _ in 0..300 {
        lena.send(general, "while you were away").await;
    }
    let mut socket = sam.socket().await;
    let joined = socket.resume(&channel, &since).await;
    assert_eq!(joined["recovered"], true);
    lena.send(general, "and now live").await;
    let mut seen = Vec::new();
    while seen.len() < 301 {
        seen.push(data(&socket.wait("message.sent").await)["number"].as_u64().unwrap());
    }
    assert_eq!(seen, (head + 1..=head + 301).collect::<Vec<_>>());
}

/// An edit replaces the logged row: a replay shows the new text once, and never the old one.
#[tokio::test]
async fn a_replay_never_shows_what_was_edited_away() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let general = sam.general().await;
    let channel = format!("private-conversation.{general}");
    let since = cursor(&sam.thread(general).await, &channel);
    let message = sam.send(general, "the old secret").await["id"].to_string();
    sam.call("messages/edit", &[("message", &message), ("text", "nothing to see")]).await;
    let deleted = sam.send(general, "another secret").await["id"].to_string();
    sam.call("messages/delete", &[("message", &deleted)]).await;
    let mut socket = sam.socket().await;
    socket.resume(&channel, &since).await;
    socket.wait("message.edited").await;
    socket.wait("message.deleted").await;
    let mut again = sam.socket().await;
    again.resume(&channel, &since).await;
    let deleted = again.wait("message.deleted").await;
    assert_eq!(data(&deleted)["text"], "");
    let database = server.database().await;
    let (kept,): (i64,) = sqlx::query_as("select count(*) from live_log where data like '%secret%'").fetch_one(&database).await.unwrap();
    let (stored,): (i64,) = sqlx::query_as("select count(*) from messages where text like '%secret%' or html like '%secret%'")
        .fetch_one(&database)
        .await
        .unwrap();
    assert_eq!((kept, stored), (0, 0));
}

/// Cursors of another life, from the future, or from before what was pruned are told so; never half a recovery.
#[tokio::test]
async fn what_the_log_cannot_fill_is_told() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let general = sam.general().await;
    let channel = format!("private-conversation.{general}");
    sam.send(general, "one").await;
    let head = cursor(&sam.thread(general).await, &channel);
    let seq = head["seq"].as_u64().unwrap();
    let database = server.database().await;
    sqlx::query("update channels set floor = $1 where name = $2").bind(seq as i64 - 1).bind(&channel).execute(&database).await.unwrap();
    for (since, recovered) in [
        (head.clone(), true),
        (json!({ "epoch": head["epoch"], "seq": seq - 1 }), true),
        (json!({ "epoch": head["epoch"], "seq": seq + 1 }), false),
        (json!({ "epoch": "another life", "seq": seq }), false),
        (json!({ "epoch": head["epoch"], "seq": seq - 2 }), false),
    ] {
        let mut socket = sam.socket().await;
        let joined = socket.resume(&channel, &since).await;
        assert_eq!(joined["recovered"], recovered, "{since}");
        assert_eq!(joined["cursor"], head);
        let follows = socket.settle().await;
        let replayed = follows.iter().filter(|frame| frame["channel"] == channel).count();
        assert_eq!(replayed > 0, recovered && since["seq"] != head["seq"], "{since}: {follows:?}");
    }
}

/// Twenty writers, ten readers: everyone ends with the same sequence 1..n (I7).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_has_one_order() {
    let server = Server::start_with(FREE);
    let names = ["sam", "lena", "noor", "tom", "ines", "omar", "aiko", "otto", "mara", "admin"];
    let mut people = Vec::new();
    for name in names {
        people.push(server.person(name).await);
    }
    let room: i64 = people[0].call("messages/create_room", &[("name", "Order"), ("topic", "")]).await.json().await.unwrap();
    let channel = format!("private-conversation.{room}");
    let mut sockets = Vec::new();
    for person in &people {
        person.call("messages/join", &[("conversation", &room.to_string())]).await;
        let mut socket = person.socket().await;
        socket.subscribe(&channel).await;
        sockets.push(socket);
    }
    let mut writers = Vec::new();
    for writer in 0..20 {
        let person = people[writer % people.len()].clone();
        writers.push(tokio::spawn(async move {
            for number in 0..10 {
                person.send(room, &format!("writer {writer}, message {number}")).await;
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let mut orders = BTreeSet::new();
    for socket in &mut sockets {
        let mut order = Vec::new();
        while order.len() < 200 {
            let message = data(&socket.wait("message.sent").await);
            order.push((message["number"].as_u64().unwrap(), message["id"].as_i64().unwrap()));
        }
        orders.insert(order);
    }
    assert_eq!(orders.len(), 1, "readers disagree");
    let order: Vec<u64> = orders.into_iter().next().unwrap().into_iter().map(|(number, _)| number).collect();
    assert_eq!(order, (1..=200).collect::<Vec<_>>());
}
