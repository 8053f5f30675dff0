//! What survives: a client that goes away in the middle, `kill -9`, a backup under load.

use std::{collections::BTreeMap, os::unix::fs::PermissionsExt as _, time::Duration};

use serde_json::Value;

use super::{
    server::{Person, Server, cursor},
    socket::data,
};

const FREE: &[(&str, &str)] = &[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")];

/// Sends `text` under `key` until it is acknowledged, as the browser's outbox does.
async fn send_for_sure(person: &Person, conversation: i64, text: &str, key: &str) -> Value {
    let conversation = conversation.to_string();
    let arguments = [("conversation", conversation.as_str()), ("text", text), ("key", key)];
    loop {
        if let Ok(response) = person.try_call("messages/send", &arguments).await
            && response.status() == 200
            && let Ok(message) = response.json().await
        {
            return message;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// One key fifty times in parallel: one message, one reply; the key for another text is refused (I6).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_is_one_message() {
    let server = Server::start_with(FREE);
    let sam = server.person("sam").await;
    let general = sam.general().await;
    let before = sam.thread(general).await["state"]["head"].as_u64().unwrap();
    let mut tries = Vec::new();
    for _ in 0..50 {
        let sam = sam.clone();
        tries.push(tokio::spawn(async move { send_for_sure(&sam, general, "once", "key-0000-0001").await }));
    }
    let mut replies = Vec::new();
    for attempt in tries {
        replies.push(attempt.await.unwrap());
    }
    assert!(replies.iter().all(|reply| *reply == replies[0]));
    assert_eq!(sam.thread(general).await["state"]["head"].as_u64(), Some(before + 1));
    let other = sam.call("messages/send", &[("conversation", &general.to_string()), ("text", "another"), ("key", "key-0000-0001")]).await;
    assert_eq!(other.status(), 422);
}

/// `kill -9` in the middle of twenty writers: every acknowledged message is there once, in order,
/// every retried one too, and each client resumes with `recovered: true`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing() {
    let mut server = Server::start_with(FREE);
    let names = ["sam", "lena", "noor", "tom", "ines", "omar", "aiko", "otto", "mara", "admin"];
    let mut people = Vec::new();
    for name in names {
        people.push(server.person(name).await);
    }
    let general = people[0].general().await;
    let channel = format!("private-conversation.{general}");
    let since = cursor(&people[0].thread(general).await, &channel);
    let before = people[0].thread(general).await["state"]["head"].as_u64().unwrap();
    let mut reader = people[0].socket().await;
    reader.resume(&channel, &since).await;

    let mut writers = Vec::new();
    for writer in 0..20_usize {
        let person = people[writer % people.len()].clone();
        writers.push(tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            for number in 0..10 {
                let key = format!("writer-{writer}-number-{number}");
                let message = send_for_sure(&person, general, &key, &key).await;
                acknowledged.push((message["number"].as_u64().unwrap(), key));
            }
            acknowledged
        }));
    }
    let mut last = since["seq"].as_u64().unwrap();
    let mut seen = BTreeMap::new();
    for _ in 0..40 {
        let frame = reader.wait("message.sent").await;
        last = frame["seq"].as_u64().unwrap();
        seen.insert(data(&frame)["number"].as_u64().unwrap(), data(&frame)["text"].as_str().unwrap().to_owned());
    }
    server.kill();
    server.restart();
    let mut acknowledged = BTreeMap::new();
    for writer in writers {
        for (number, key) in writer.await.unwrap() {
            assert_eq!(acknowledged.insert(number, key), None, "one number twice");
        }
    }
    assert_eq!(acknowledged.keys().copied().collect::<Vec<_>>(), (before + 1..=before + 200).collect::<Vec<_>>());

    let mut reader = people[0].socket().await;
    let joined = reader.resume(&channel, &serde_json::json!({ "epoch": since["epoch"], "seq": last })).await;
    assert_eq!(joined["recovered"], true);
    while seen.len() < 200 {
        let frame = reader.wait("message.sent").await;
        seen.insert(data(&frame)["number"].as_u64().unwrap(), data(&frame)["text"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen, acknowledged);
}

/// A client that goes away in the middle of a send: what was committed is announced all the same.
#[tokio::test]
async fn who_goes_away_while_sending_is_still_heard() {
    use tokio::io::AsyncWriteExt;
    let server = Server::start();
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let general = sam.general().await;
    let mut reader = lena.socket().await;
    reader.subscribe(&format!("private-conversation.{general}")).await;
    reader.settle().await;
    let body = format!("conversation={general}&text=gone");
    let request = format!(
        "POST /fn/messages/send HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\nAccept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {2}\r\n\r\n{body}",
        server.address(),
        sam.cookie,
        body.len()
    );
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    drop(stream);
    sam.send(general, "later").await;
    reader.wait_for(|frame| frame["event"] == "message.sent" && data(frame)["text"] == "later").await;
    // Either the request has not begun, or it is whole: committed, announced and stored.
    let gone = |message: &Value| message["text"] == "gone";
    let stored = async || lena.thread(general).await["state"]["messages"].as_array().unwrap().iter().any(gone);
    if stored().await {
        reader.wait_for(|frame| frame["event"] == "message.sent" && gone(&data(frame))).await;
    } else if reader.settle().await.iter().any(|frame| frame["event"] == "message.sent" && gone(&data(frame))) {
        assert!(stored().await, "it is announced, and not stored");
    }
}

/// A backup under load is whole; restored, its clients are told that they cannot go on from where they were.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_is_whole() {
    let mut server = Server::start_with(FREE);
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let general = sam.general().await;
    let channel = format!("private-conversation.{general}");
    let since = cursor(&sam.thread(general).await, &channel);
    let writing = tokio::spawn({
        let lena = lena.clone();
        async move {
            let mut last = 0;
            for _ in 0..100 {
                last = lena.send(general, "meanwhile").await["number"].as_u64().unwrap();
            }
            last
        }
    });
    let backup = server.folder().join("backup.db");
    let path = backup.to_str().unwrap();
    let done = server.run(&["backup", path]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(!server.run(&["backup", path]).status.success(), "an existing file was overwritten");
    for name in ["plenum.db", "plenum.db-wal", "backup.db"] {
        let mode = std::fs::metadata(server.folder().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} can be read by others of this machine");
    }
    let last = writing.await.unwrap();
    assert!(!server.run(&["restore", path]).status.success(), "restored under a running server");
    server.stop();
    let done = server.run(&["restore", path]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    server.restart();
    let thread = sam.thread(general).await;
    let head = thread["state"]["head"].as_u64().unwrap();
    assert!(head <= last);
    let numbers: Vec<u64> =
        thread["state"]["messages"].as_array().unwrap().iter().map(|message| message["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers.last(), Some(&head), "the backup cut a transaction in two");
    let mut socket = sam.socket().await;
    assert_eq!(socket.resume(&channel, &since).await["recovered"], false);
}
