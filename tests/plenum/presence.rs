//! I15, I16, I17: who is here is who has a live socket, once per person, without ghosts.

use serde_json::{Value, json};

use super::{
    server::{Person, Server},
    socket::{Socket, data},
    waiting::eventually_true,
};

/// Graces short enough to wait for.
const QUICK: &[(&str, &str)] = &[
    ("PLENUM_REALTIME__LEAVE_SECONDS", "1"),
    ("PLENUM_REALTIME__LOST_LEAVE_SECONDS", "1"),
    ("PLENUM_REALTIME__PING_SECONDS", "1"),
    ("PLENUM_REALTIME__LOST_SECONDS", "3"),
];

async fn channel(person: &Person) -> String {
    format!("presence-conversation.{}", person.general().await)
}

fn ids(joined: &Value) -> Vec<String> {
    data(joined)["presence"]["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn count(frames: &[Value], event: &str) -> usize {
    frames.iter().filter(|frame| frame["event"] == event).count()
}

/// Three tabs open, two close, the last closes: one join and one leave are told (I16).
#[tokio::test]
async fn a_person_counts_once_over_three_tabs() {
    const GRACE: i64 = 600;
    let server = Server::start_with(&[("PLENUM_REALTIME__LEAVE_SECONDS", &GRACE.to_string())]);
    let (sam, lena, noor) = (server.person("sam").await, server.person("lena").await, server.person("noor").await);
    let channel = channel(&sam).await;
    let mut watcher = sam.socket().await;
    watcher.subscribe(&channel).await;
    let mut tabs = Vec::new();
    for _ in 0..3 {
        let mut tab = lena.socket().await;
        let joined = tab.subscribe(&channel).await;
        assert_eq!(ids(&joined), [sam.id.to_string(), lena.id.to_string()]);
        assert_eq!(data(&joined)["presence"]["count"], 2);
        tabs.push(tab);
    }
    let last = tabs.pop().unwrap();
    for tab in tabs {
        tab.close().await;
    }
    watcher.wait("pusher_internal:member_added").await;
    // Noor leaves after them: once that is told, what was to be told of Lena's two tabs is, too.
    let mut other = noor.socket().await;
    other.subscribe(&channel).await;
    watcher.wait("pusher_internal:member_added").await;
    other.close().await;
    server.connections(2).await;
    server.advance(GRACE * 1_000).await;
    let removed = watcher.wait("pusher_internal:member_removed").await;
    assert_eq!(data(&removed)["user_id"], noor.id.to_string());
    let seen = watcher.settle().await;
    assert_eq!((count(&seen, "pusher_internal:member_added"), count(&seen, "pusher_internal:member_removed")), (0, 0), "{seen:?}");
    last.close().await;
    server.connections(1).await;
    server.advance(GRACE * 1_000).await;
    let removed = watcher.wait("pusher_internal:member_removed").await;
    assert_eq!(data(&removed)["user_id"], lena.id.to_string());
}

/// A reload is no leaving: the socket that comes back within the grace joins silently.
#[tokio::test]
async fn a_reload_is_not_told() {
    let server = Server::start();
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let channel = channel(&sam).await;
    let mut watcher = sam.socket().await;
    watcher.subscribe(&channel).await;
    let mut tab = lena.socket().await;
    tab.subscribe(&channel).await;
    watcher.wait("pusher_internal:member_added").await;
    tab.close().await;
    let mut tab = lena.socket().await;
    tab.subscribe(&channel).await;
    assert_eq!(watcher.settle().await, Vec::<Value>::new());
}

/// No ghosts: a cut connection and a half-open one are gone within the grace, and the roster equals the sockets (I15).
#[tokio::test]
async fn cut_and_half_open_connections_leave_no_ghost() {
    let server = Server::start_with(QUICK);
    let (sam, lena, noor) = (server.person("sam").await, server.person("lena").await, server.person("noor").await);
    let channel = channel(&sam).await;
    let mut watcher = sam.socket().await;
    watcher.subscribe(&channel).await;
    let mut cut = lena.socket().await;
    cut.subscribe(&channel).await;
    let mut half_open = noor.socket().await;
    half_open.subscribe(&channel).await;
    cut.vanish();
    // `half_open` stays open and is never read again: it answers no ping.
    let mut gone = Vec::new();
    for _ in 0..2 {
        gone.push(data(&watcher.wait("pusher_internal:member_removed").await)["user_id"].as_str().unwrap().to_owned());
    }
    gone.sort_unstable();
    let mut expected = [lena.id.to_string(), noor.id.to_string()];
    expected.sort_unstable();
    assert_eq!(gone, expected);
    let mut fresh = sam.socket().await;
    assert_eq!(ids(&fresh.subscribe(&channel).await), [sam.id.to_string()]);
}

/// Leaving the page is told at once, signing out too.
#[tokio::test]
async fn unsubscribing_and_signing_out_leave_at_once() {
    let server = Server::start_with(&[("PLENUM_REALTIME__LEAVE_SECONDS", "600")]);
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let channel = channel(&sam).await;
    let mut watcher = sam.socket().await;
    watcher.subscribe(&channel).await;
    let mut tab = lena.socket().await;
    tab.subscribe(&channel).await;
    tab.say(json!({ "event": "pusher:unsubscribe", "data": { "channel": channel } })).await;
    watcher.wait("pusher_internal:member_removed").await;
    tab.subscribe(&channel).await;
    watcher.wait("pusher_internal:member_added").await;
    lena.call("people/sign_out", &[]).await;
    assert_eq!(tab.closed().await, Some(4009));
    watcher.wait("pusher_internal:member_removed").await;
}

async fn watch(socket: &mut Socket, people: &[&Person]) -> Value {
    let ids: Vec<i64> = people.iter().map(|person| person.id.0).collect();
    socket.say(json!({ "event": "plenum:watch", "data": { "people": ids } })).await;
    data(&socket.wait("plenum:online").await)
}

/// Who is online is answered, followed, and shown only as the person allows (S1-03, S2-10).
#[tokio::test]
async fn watching_answers_and_follows_as_privacy_allows() {
    let server = Server::start_with(QUICK);
    let (sam, lena, noor) = (server.person("sam").await, server.person("lena").await, server.person("noor").await);
    let hidden = noor.call("people/update_privacy", &[("send_typing", "true"), ("send_read_marks", "true")]).await;
    assert_eq!(hidden.status(), 200);
    let mut watcher = sam.socket().await;
    let _hidden = noor.socket().await;
    let answer = watch(&mut watcher, &[&lena, &noor]).await;
    assert_eq!((&answer["online"], &answer["offline"]), (&json!([]), &json!([lena.id.0, noor.id.0])));
    let tab = lena.socket().await;
    assert_eq!(data(&watcher.wait("plenum:online").await)["online"], json!([lena.id.0]));
    let went = plenum_store::db::now();
    tab.close().await;
    assert_eq!(data(&watcher.wait("plenum:online").await)["offline"], json!([lena.id.0]));
    let database = server.database().await;
    eventually_true("last seen is written", async || {
        let statement = sqlx::query_scalar("select last_seen_at from people where id = $1").bind(lena.id.0);
        let seen: Option<i64> = statement.fetch_one(&database).await.unwrap();
        seen.is_some_and(|at| at >= went)
    })
    .await;
}

/// Typing reaches the others, stamped by the server, at most once in 3 s, and never who has switched it off.
#[tokio::test]
async fn typing_is_stamped_and_limited() {
    let server = Server::start();
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let channel = format!("private-conversation.{}", sam.general().await);
    let (mut writer, mut reader) = (sam.socket().await, lena.socket().await);
    writer.subscribe(&channel).await;
    reader.subscribe(&channel).await;
    writer.settle().await;
    for _ in 0..3 {
        writer
            .say(json!({ "event": "client-typing", "channel": channel, "data": { "person": { "id": 1, "name": "Somebody else" } } }))
            .await;
    }
    let typing = reader.wait("typing").await;
    assert_eq!(data(&typing)["person"]["id"], sam.id.0);
    assert!(writer.settle().await.is_empty(), "the sender hears of themselves");
    assert!(reader.settle().await.is_empty(), "more than one in 3 s");
    // Not subscribed: refused, whatever is claimed.
    let mut outsider = lena.socket().await;
    outsider.say(json!({ "event": "client-typing", "channel": channel, "data": {} })).await;
    outsider.wait("pusher:error").await;
    assert!(reader.settle().await.is_empty());
}
