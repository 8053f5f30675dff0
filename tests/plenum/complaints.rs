//! What other servers of this protocol are complained of in public, each complaint with the test that it
//! does not hold here. Those that have no test elsewhere are below, under the complaint's own name.
//!
//! | | complaint | test |
//! |---|---|---|
//! | 1 | presence counts tabs instead of people | [`presence_counts_tabs_instead_of_people`]; own pages: `presence::a_person_counts_once_over_three_tabs` |
//! | 2 | ghosts after a crash or a cut cable | [`ghosts_stay_after_a_cut_cable`], [`ghosts_stay_after_a_crash`]; own pages: `presence::cut_and_half_open_connections_leave_no_ghost` |
//! | 3 | busy clients are reaped, silent ones never | [`busy_clients_are_reaped_and_silent_ones_never`]; own pages: `connection::heartbeats_find_who_is_gone` |
//! | 4 | anyone whispers into a private channel | [`anyone_whispers_into_a_private_channel`]; own pages: `presence::typing_is_stamped_and_limited` |
//! | 5 | messages are lost silently | [`messages_are_lost_silently`]; own pages: `limits::a_slow_consumer_is_cut_off_and_can_resume` |
//! | 6 | no recovery, and no way to know | [`nobody_knows_what_was_missed`]; own pages: all of `recovery` |
//! | 7 | a mass disconnect blocks newcomers and leaks | [`crowds::a_mass_disconnect_blocks_newcomers_and_leaks`] |
//! | 8 | 128 KiB of buffers a connection | [`crowds::a_connection_costs_hundreds_of_kilobytes`] |
//! | 9 | `toOthers` is ignored, an SDK's trigger does not arrive | [`to_others_is_ignored`]; with the real SDKs: `end2end/tests/sdk*.test.mjs` |
//! | 10 | HTTP requests can be replayed or guessed | `applications::the_http_api_is_signed`; the comparison: `signature::AppSecret::verify`, which is `Mac::verify_slice` |

mod crowds;

use std::time::Duration;

use md5::{Digest as _, Md5};
use plenum_live::pusher::signature::{AppSecret, hex};
use serde_json::{Value, json};

use super::{
    server::{Person, Server, client},
    socket::{Socket, data},
};

const APP: [(&str, &str); 3] = [("PLENUM_APP__ID", "1"), ("PLENUM_APP__KEY", "key"), ("PLENUM_APP__SECRET", "secret")];

/// A server with an external application and these settings.
fn start(more: &[(&'static str, &'static str)]) -> Server {
    Server::start_with(&[&APP, more].concat())
}

fn sign(message: &str) -> String {
    AppSecret::new("secret").sign(message.as_bytes())
}

/// A client of the application, with its id.
async fn connect(server: &Server) -> (Socket, String) {
    let mut socket = Socket::connect(&server.url, None, "key").await;
    let id = data(&socket.wait("pusher:connection_established").await)["socket_id"].as_str().unwrap().to_owned();
    (socket, id)
}

/// Joins a channel with the signature that its backend gives; on presence channels as `person`.
async fn join(socket: &mut Socket, id: &str, channel: &str, person: Option<&str>, since: Option<&Value>) -> Value {
    let member = person.map(|person| json!({ "user_id": person }).to_string());
    let message = member.iter().fold(format!("{id}:{channel}"), |message, member| format!("{message}:{member}"));
    let mut frame = json!({
        "event": "pusher:subscribe",
        "data": { "channel": channel, "auth": format!("key:{}", sign(&message)), "channel_data": member },
    });
    if let Some(since) = since {
        frame["since"] = since.clone();
    }
    socket.say(frame).await;
    socket.wait("pusher_internal:subscription_succeeded").await
}

/// Publishes as a backend's SDK does.
async fn publish(server: &Server, channel: &str, text: &str, except: Option<&str>) {
    let body = json!({ "name": "line", "channels": [channel], "data": text, "socket_id": except }).to_string();
    let now = plenum_store::db::now() / 1000;
    let digest = hex(&Md5::digest(body.as_bytes()));
    let query = format!("auth_key=key&auth_timestamp={now}&auth_version=1.0&body_md5={digest}");
    let signature = sign(&format!("POST\n/apps/1/events\n{query}"));
    let request = client().post(format!("{}/apps/1/events?{query}&auth_signature={signature}", server.url)).body(body);
    assert_eq!(request.send().await.unwrap().status(), 200);
}

/// How many connections the application has, as its admin sees it.
async fn connections(admin: &Person) -> u64 {
    admin.ask("applications/list", &[]).await[0]["connections"].as_u64().unwrap()
}

fn count(frames: &[Value], event: &str) -> usize {
    frames.iter().filter(|frame| frame["event"] == event).count()
}

/// 1. A second tab is no second member: one join is told with the first, one leave with the last.
#[tokio::test]
async fn presence_counts_tabs_instead_of_people() {
    let server = start(&[]);
    let (mut watcher, id) = connect(&server).await;
    join(&mut watcher, &id, "presence-hall", Some("watcher"), None).await;
    let mut tabs = Vec::new();
    for _ in 0..3 {
        let (mut tab, id) = connect(&server).await;
        let joined = join(&mut tab, &id, "presence-hall", Some("ines"), None).await;
        assert_eq!(data(&joined)["presence"]["count"], 2);
        tabs.push(tab);
    }
    let last = tabs.pop().unwrap();
    for tab in tabs {
        tab.close().await;
    }
    // Whoever joins now sees one Ines: two of her tabs are gone, and nobody was told so.
    let (mut late, id) = connect(&server).await;
    assert_eq!(data(&join(&mut late, &id, "presence-hall", Some("late"), None).await)["presence"]["count"], 3);
    watcher.wait_for(|frame| frame["event"] == "pusher_internal:member_added" && data(frame)["user_id"] == "late").await;
    let told = watcher.settle().await;
    assert_eq!((count(&told, "pusher_internal:member_added"), count(&told, "pusher_internal:member_removed")), (1, 0), "{told:?}");
    last.close().await;
    assert_eq!(data(&watcher.wait("pusher_internal:member_removed").await)["user_id"], "ines");
}

/// 2. Who vanishes without a word, and who stays connected but answers nothing, is removed and not in the roster.
#[tokio::test]
async fn ghosts_stay_after_a_cut_cable() {
    let server = start(&[("PLENUM_REALTIME__PING_SECONDS", "1"), ("PLENUM_REALTIME__LOST_SECONDS", "3")]);
    let (mut watcher, id) = connect(&server).await;
    join(&mut watcher, &id, "presence-hall", Some("watcher"), None).await;
    let (mut cut, id) = connect(&server).await;
    join(&mut cut, &id, "presence-hall", Some("cut"), None).await;
    let (mut half_open, id) = connect(&server).await;
    join(&mut half_open, &id, "presence-hall", Some("half open"), None).await;
    cut.vanish();
    let mut removed = Vec::new();
    for _ in 0..2 {
        removed.push(data(&watcher.wait("pusher_internal:member_removed").await)["user_id"].as_str().unwrap().to_owned());
    }
    removed.sort_unstable();
    assert_eq!(removed, ["cut", "half open"]);
    let (mut fresh, id) = connect(&server).await;
    let joined = join(&mut fresh, &id, "presence-hall", Some("fresh"), None).await;
    assert_eq!(data(&joined)["presence"]["ids"], json!(["fresh", "watcher"]));
    drop(half_open);
}

/// 2. After a crash nobody is present but who has come back: no store remembers the dead.
#[tokio::test]
async fn ghosts_stay_after_a_crash() {
    let mut server = start(&[]);
    let (mut ghost, id) = connect(&server).await;
    join(&mut ghost, &id, "presence-hall", Some("ghost"), None).await;
    server.kill();
    server.restart();
    let (mut back, id) = connect(&server).await;
    let joined = join(&mut back, &id, "presence-hall", Some("back"), None).await;
    assert_eq!(data(&joined)["presence"]["ids"], json!(["back"]));
}

/// 3. Who only listens to steady traffic, and so never pings, is kept, because the server pings; who never
/// subscribes and answers nothing is not kept.
#[tokio::test]
async fn busy_clients_are_reaped_and_silent_ones_never() {
    let server = start(&[("PLENUM_REALTIME__PING_SECONDS", "1"), ("PLENUM_REALTIME__LOST_SECONDS", "3")]);
    let (mut busy, id) = connect(&server).await;
    join(&mut busy, &id, "private-news", None, None).await;
    let admin = server.person("admin").await;
    // Never read from, so that it answers nothing.
    let (silent, _) = connect(&server).await;
    // Steady traffic until the silent one is gone, longer than the server waits for anybody.
    let publishing = async {
        for number in 0..600 {
            publish(&server, "private-news", &number.to_string(), None).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            if number >= 50 && connections(&admin).await == 1 {
                return;
            }
        }
        panic!("a connection that answers nothing is kept");
    };
    let listening = async {
        let mut expected = 0;
        loop {
            assert_eq!(busy.wait("line").await["data"], expected.to_string(), "closed, or an event was lost");
            expected += 1;
        }
    };
    tokio::select! {
        () = publishing => {}
        () = listening => {}
    }
    drop(silent);
}

/// 4. A client event reaches a private channel from its subscribers only, and never a public one.
#[tokio::test]
async fn anyone_whispers_into_a_private_channel() {
    let server = start(&[]);
    let (mut member, id) = connect(&server).await;
    join(&mut member, &id, "private-desk", None, None).await;
    join(&mut member, &id, "news", None, None).await;
    let (mut stranger, id) = connect(&server).await;
    join(&mut stranger, &id, "news", None, None).await;
    for channel in ["private-desk", "news", "private-elsewhere"] {
        stranger.say(json!({ "event": "client-typing", "channel": channel, "data": {} })).await;
        stranger.wait("pusher:error").await;
    }
    // What the stranger sent has been acted on; nothing of it is here.
    assert_eq!(member.settle().await, Vec::<Value>::new());
    join(&mut stranger, &id, "private-desk", None, None).await;
    stranger.say(json!({ "event": "client-typing", "channel": "private-desk", "data": {} })).await;
    member.wait("client-typing").await;
}

/// 5. Who reads too slowly gets all in order up to some event, and then a close that says so: never a hole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_lost_silently() {
    let server = start(&[("PLENUM_REALTIME__QUEUE_BYTES", "32768")]);
    let (mut slow, id) = connect(&server).await;
    join(&mut slow, &id, "private-log", None, None).await;
    let filling = "x".repeat(9_900);
    let mut sent = 0;
    let told = loop {
        for _ in 0..50 {
            publish(&server, "private-log", &format!("{sent} {filling}"), None).await;
            sent += 1;
        }
        let figures = server.get("/metrics").await.text().await.unwrap();
        if figures.lines().any(|line| line.starts_with("plenum_live_slow_consumers_total 1")) {
            break true;
        }
        if sent >= 3_000 {
            break false;
        }
    };
    assert!(told, "30 MB unread, and nobody was cut off");
    let mut expected = 0;
    let code = loop {
        match slow.try_next().await {
            Ok(frame) => assert_eq!(frame["data"].as_str().unwrap().split(' ').next(), Some(expected.to_string().as_str()), "a hole"),
            Err(code) => break code,
        }
        expected += 1;
    };
    assert!(expected < sent);
    assert!(code.is_none_or(|code| code == 4100), "come back and resume: {code:?}");
}

/// 6. Who comes back with the last number gets all that was missed, once; who was away too long, or in another
/// life of the server, is told so.
#[tokio::test]
async fn nobody_knows_what_was_missed() {
    let mut server = start(&[]);
    let (mut first, id) = connect(&server).await;
    let since = join(&mut first, &id, "private-log", None, None).await["cursor"].clone();
    first.vanish();
    for number in 0..5 {
        publish(&server, "private-log", &number.to_string(), None).await;
    }
    let (mut back, id) = connect(&server).await;
    let joined = join(&mut back, &id, "private-log", None, Some(&since)).await;
    assert_eq!(joined["recovered"], true);
    let missed: Vec<Value> = back.settle().await.into_iter().map(|frame| frame["data"].clone()).collect();
    assert_eq!(missed, ["0", "1", "2", "3", "4"]);
    for number in 0..120 {
        publish(&server, "private-log", &number.to_string(), None).await;
    }
    let (mut late, id) = connect(&server).await;
    assert_eq!(join(&mut late, &id, "private-log", None, Some(&since)).await["recovered"], false);
    assert_eq!(late.settle().await, Vec::<Value>::new(), "all of it or nothing");
    server.kill();
    server.restart();
    let (mut after, id) = connect(&server).await;
    assert_eq!(join(&mut after, &id, "private-log", None, Some(&since)).await["recovered"], false);
}

/// 9. An event with a `socket_id` reaches everyone but that connection.
#[tokio::test]
async fn to_others_is_ignored() {
    let server = start(&[]);
    let (mut author, author_id) = connect(&server).await;
    join(&mut author, &author_id, "private-log", None, None).await;
    let (mut other, id) = connect(&server).await;
    join(&mut other, &id, "private-log", None, None).await;
    publish(&server, "private-log", "not for the author", Some(&author_id)).await;
    publish(&server, "private-log", "for everyone", None).await;
    assert_eq!(other.wait("line").await["data"], "not for the author");
    assert_eq!(other.wait("line").await["data"], "for everyone");
    assert_eq!(author.wait("line").await["data"], "for everyone");
}
