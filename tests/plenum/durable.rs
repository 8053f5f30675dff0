//! An application whose log is durable: nothing that its backend was told is published is lost or doubled,
//! whatever becomes of sockets and server.

use futures::future::join_all;
use md5::{Digest as _, Md5};
use plenum_live::pusher::signature::{AppSecret, hex};
use serde_json::{Value, json};

use super::{
    server::{Server, client},
    socket::Socket,
};

const APP: [(&str, &str); 3] = [("PLENUM_APP__ID", "kept"), ("PLENUM_APP__KEY", "kept-key"), ("PLENUM_APP__SECRET", "kept-secret")];

/// Switches the application's log.
async fn set_durable(server: &Server, durable: bool) {
    let admin = server.person("admin").await;
    let applications = admin.ask("applications/list", &[]).await;
    let application = applications.as_array().unwrap().iter().find(|known| known["app_id"] == "kept").unwrap();
    let id = application["id"].to_string();
    let mut form = vec![("id", id.as_str()), ("name", "Kept"), ("enabled", "true"), ("client_events", "true"), ("data_bytes", "10000")];
    form.extend(durable.then_some(("durable", "true")));
    assert_eq!(admin.call("applications/update", &form).await.status(), 200);
}

/// What a backend's SDK sends.
async fn publish(url: &str, channels: &[&str], data: &str) -> reqwest::Result<u16> {
    let body = json!({ "name": "moved", "channels": channels, "data": data }).to_string();
    let (now, digest) = (plenum_store::db::now() / 1000, hex(&Md5::digest(&body)));
    let query = format!("auth_key=kept-key&auth_timestamp={now}&auth_version=1.0&body_md5={digest}");
    let signature = AppSecret::new("kept-secret").sign(format!("POST\n/apps/kept/events\n{query}").as_bytes());
    let request = client().post(format!("{url}/apps/kept/events?{query}&auth_signature={signature}")).body(body);
    Ok(request.send().await?.status().as_u16())
}

async fn join(url: &str, channel: &str, since: Option<&Value>) -> (Socket, Value) {
    let mut socket = Socket::connect(url, None, "kept-key").await;
    assert_eq!(socket.next().await["event"], "pusher:connection_established");
    let answer = socket.try_subscribe(channel, since).await;
    (socket, answer)
}

async fn next_events(socket: &mut Socket, count: usize) -> Vec<String> {
    let mut seen = Vec::new();
    for _ in 0..count {
        seen.push(socket.wait("moved").await["data"].as_str().unwrap().to_owned());
    }
    seen
}

fn numbers(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

/// What was acknowledged before `kill -9` is there after it, in order and once; and a cursor of before still counts.
#[tokio::test]
async fn a_restart_loses_nothing() {
    let mut server = Server::start_with(&APP);
    set_durable(&server, true).await;
    let (mut socket, answer) = join(&server.url, "news", None).await;
    for number in 0..5 {
        assert_eq!(publish(&server.url, &["news", "other"], &number.to_string()).await.unwrap(), 200);
    }
    assert_eq!(next_events(&mut socket, 5).await, numbers(0..5));
    let cursor = json!({ "epoch": answer["cursor"]["epoch"], "seq": 2 });
    for number in 5..300 {
        assert_eq!(publish(&server.url, &["news"], &number.to_string()).await.unwrap(), 200);
    }
    server.kill();
    server.restart();
    let (mut socket, answer) = join(&server.url, "news", Some(&cursor)).await;
    assert_eq!((&answer["recovered"], &answer["cursor"]["seq"]), (&json!(true), &json!(300)));
    assert_eq!(publish(&server.url, &["news"], "300").await.unwrap(), 200);
    assert_eq!(next_events(&mut socket, 299).await, numbers(2..301));
    assert!(socket.settle().await.is_empty(), "nothing comes twice");
    let (_, other) = join(&server.url, "other", None).await;
    assert_eq!(other["cursor"]["seq"], 5, "each channel has numbers of its own");
}

/// Clients that come and go while events pass get each exactly once and in order (I25).
#[tokio::test]
async fn coming_back_in_a_storm_shows_each_event_once() {
    const EVENTS: u32 = 400;
    let server = Server::start_with(&APP);
    set_durable(&server, true).await;
    let (_, start) = join(&server.url, "news", None).await;
    let url = server.url.clone();
    let publishing = tokio::spawn(async move {
        for number in 0..EVENTS {
            assert_eq!(publish(&url, &["news"], &number.to_string()).await.unwrap(), 200);
        }
    });
    let readers = (0..6).map(|reader| {
        let (url, mut cursor) = (server.url.clone(), start["cursor"].clone());
        async move {
            let mut seen = Vec::new();
            let mut turn = 0;
            while seen.len() < EVENTS as usize {
                turn += 1;
                let (mut socket, answer) = join(&url, "news", Some(&cursor)).await;
                assert_eq!(answer["recovered"], true);
                for _ in 0..(7 * reader + 11 * turn) % 60 + 1 {
                    if seen.len() == EVENTS as usize {
                        break;
                    }
                    let event = socket.wait("moved").await;
                    cursor["seq"] = event["seq"].clone();
                    seen.push(event["data"].as_str().unwrap().to_owned());
                }
            }
            seen
        }
    });
    for seen in join_all(readers).await {
        assert_eq!(seen, numbers(0..EVENTS));
    }
    publishing.await.unwrap();
}

/// Whoever comes back with a cursor of the other log is told that there is a gap, and numbers begin anew in peace.
#[tokio::test]
async fn switching_the_log_is_told_as_a_gap() {
    let server = Server::start_with(&APP);
    let (mut socket, answer) = join(&server.url, "news", None).await;
    let in_memory = answer["cursor"].clone();
    set_durable(&server, true).await;
    assert_eq!(publish(&server.url, &["news"], "a").await.unwrap(), 200);
    assert_eq!(next_events(&mut socket, 1).await, ["a"], "who is here gets what comes");
    let (_, answer) = join(&server.url, "news", Some(&in_memory)).await;
    assert_eq!(answer["recovered"], false);
    let durable = answer["cursor"].clone();
    set_durable(&server, false).await;
    assert_eq!(publish(&server.url, &["news"], "b").await.unwrap(), 200);
    assert_eq!(next_events(&mut socket, 1).await, ["b"]);
    let (_, answer) = join(&server.url, "news", Some(&durable)).await;
    assert_eq!(answer["recovered"], false);
}
