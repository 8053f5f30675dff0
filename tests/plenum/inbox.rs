//! The inbox from outside: nothing is lost (I10), counts are equal in every tab (I11), and nobody sees another's.

use std::collections::BTreeSet;

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    server::{Person, Server},
};

async fn inbox(person: &Person) -> Value {
    person.ask("inbox/page", &[]).await["state"].clone()
}

/// All pages of what is in the inbox.
async fn everything(person: &Person) -> Vec<Value> {
    let mut all = Vec::new();
    let mut before = String::new();
    loop {
        let arguments: Vec<(&str, &str)> = if before.is_empty() { vec![] } else { vec![("before", &before)] };
        let page = person.ask("inbox/page", &arguments).await["state"].clone();
        all.extend(page["notifications"].as_array().unwrap().iter().cloned());
        before = page["floor"].to_string();
        if before == "0" {
            return all;
        }
    }
}

/// A room in which everyone is named, with `count` messages that name `name`.
async fn mention(by: &Person, room: i64, name: &str, count: usize) {
    for number in 0..count {
        by.send(room, &format!("@{name} number {number}")).await;
    }
}

/// I10: who was away during a thousand notifications, a sign-out and a `kill -9` finds exactly those of the database.
#[tokio::test]
async fn nothing_is_lost_while_one_is_away() {
    const COUNT: usize = 1_000;
    let mut server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let (lena, sam, tom) = (server.person("lena").await, server.person("sam").await, server.person("tom").await);
    let general = sam.general().await;
    let mut socket = lena.socket().await;
    let cursor = socket.subscribe(&format!("private-person.{}", lena.id)).await["cursor"].clone();
    lena.call("people/sign_out", &[]).await;
    tokio::join!(mention(&sam, general, "Lena Kovač", COUNT / 2), mention(&tom, general, "Lena Kovač", COUNT / 2));
    server.kill();
    server.restart();
    let lena = server.person("lena").await;
    let all = everything(&lena).await;
    let numbers: Vec<u64> = all.iter().map(|known| known["number"].as_u64().unwrap()).collect();
    let texts: BTreeSet<(&str, &str)> =
        all.iter().map(|known| (known["title"].as_str().unwrap(), known["text"].as_str().unwrap())).collect();
    assert_eq!((all.len(), texts.len()), (COUNT, COUNT), "each once");
    assert!(numbers.is_sorted_by(|a, b| a > b));
    assert_eq!(inbox(&lena).await["counts"]["unseen"], COUNT);
    // The socket goes on from where it was: the same thousand, each once.
    let mut socket = lena.socket().await;
    let channel = format!("private-person.{}", lena.id);
    assert_eq!(socket.try_subscribe(&channel, Some(&cursor)).await["recovered"], true);
    let mut told = BTreeSet::new();
    while told.len() < COUNT {
        let event = socket.wait("notification.created").await;
        let told_now: Value = serde_json::from_str(event["data"].as_str().unwrap()).unwrap();
        assert!(told.insert(told_now["notification"]["id"].as_i64().unwrap()), "none twice");
    }
}

/// I11: creating and marking at once; in every tab the counts equal the rows, and what is newer than the mark stays unread.
#[tokio::test]
async fn counts_are_equal_in_every_tab() {
    let server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0"), ("PLENUM_LIMITS__MARKS_PER_MINUTE", "0")]);
    let (lena, sam) = (server.person("lena").await, server.person("sam").await);
    let general = sam.general().await;
    let channel = format!("private-person.{}", lena.id);
    let mut tabs = Vec::new();
    for _ in 0..3 {
        let mut tab = lena.socket().await;
        tab.subscribe(&channel).await;
        tabs.push(tab);
    }
    let marking = async {
        for what in ["seen", "read", "seen", "read", "seen"] {
            let head = inbox(&lena).await["head"].to_string();
            assert_eq!(lena.call("inbox/sweep", &[("what", what), ("up_to", &head)]).await.status(), 200);
        }
    };
    tokio::join!(mention(&sam, general, "Lena Kovač", 30), marking);
    let marked = inbox(&lena).await["head"].as_u64().unwrap();
    lena.call("inbox/sweep", &[("what", "read"), ("up_to", &marked.to_string())]).await;
    mention(&sam, general, "Lena Kovač", 4).await;
    let rows = everything(&lena).await;
    let unread = rows.iter().filter(|row| row["read"] == false).count();
    let unseen = rows.iter().filter(|row| row["seen"] == false).count();
    assert_eq!((unread, unseen, rows.len()), (4, 4, 34));
    let expected = json!({ "unseen": unseen, "unread": unread, "beside": 0 });
    assert_eq!(inbox(&lena).await["counts"], expected);
    let counts = join_all(tabs.iter_mut().map(async |tab| {
        let events = tab.settle().await;
        let last = events.iter().rev().find(|frame| frame["data"].as_str().is_some_and(|data| data.contains("\"counts\""))).unwrap();
        serde_json::from_str::<Value>(last["data"].as_str().unwrap()).unwrap()["counts"].clone()
    }))
    .await;
    assert_eq!(counts, vec![expected; 3]);
}

/// I24: an inbox is its person's alone; a notification of another is not there.
#[tokio::test]
async fn an_inbox_is_ones_own() {
    let server = Server::start();
    let (lena, sam) = (server.person("lena").await, server.person("sam").await);
    mention(&sam, sam.general().await, "Lena Kovač", 1).await;
    let id = inbox(&lena).await["notifications"][0]["id"].to_string();
    for act in ["read", "unread", "archive", "restore", "delete"] {
        assert_eq!(sam.call("inbox/act", &[("id", &id), ("act", act)]).await.status(), 404, "{act}");
    }
    assert_eq!(sam.call("inbox/snooze", &[("id", &id), ("until", "9999999999999")]).await.status(), 422);
    assert_eq!(lena.call("inbox/act", &[("id", &id), ("act", "burn")]).await.status(), 422);
    assert_eq!(inbox(&sam).await["notifications"], json!([]), "never an echo of one's own acts");
    let mut socket = sam.socket().await;
    assert_eq!(socket.try_subscribe(&format!("private-person.{}", lena.id), None).await["event"], "pusher:subscription_error");
}

/// All of it works as plain forms, and the bell counts at first paint.
#[tokio::test]
async fn the_inbox_works_without_scripts() {
    let server = Server::start();
    let (lena, sam) = (server.person("lena").await, server.person("sam").await);
    mention(&sam, sam.general().await, "Lena Kovač", 2).await;
    let page = lena.html("/inbox").await;
    assert!(page.contains("Sam Adeyemi mentioned you in General") && page.contains("number 1"));
    assert!(lena.html("/people").await.contains("visually-hidden\"> new<"), "the bell counts on every page");
    let known = inbox(&lena).await;
    let (first, head) = (known["notifications"][0]["id"].to_string(), known["head"].to_string());
    assert_eq!(lena.submit("inbox/act", &[("id", &first), ("act", "archive")], "/inbox").await, "/inbox");
    assert!(lena.html("/inbox?shelf=archive").await.contains("number 1"));
    let led = lena.submit("inbox/sweep", &[("what", "clear"), ("up_to", &head)], "/inbox").await;
    assert!(!lena.html("/inbox").await.contains("number 0"));
    let at = led.split("cleared=").nth(1).unwrap().to_owned();
    assert!(lena.html(&led).await.contains(&format!("value=\"{at}\"")), "the page offers to take it back");
    lena.submit("inbox/undo_clear", &[("at", &at)], &led).await;
    assert!(lena.html("/inbox").await.contains("number 0"));
    let form = [("wanted[0]", "messages.app"), ("quiet_from", "22:00"), ("quiet_until", "07:00")];
    assert_eq!(lena.submit("inbox/set_preferences", &form, "/settings/notifications").await, "/settings/notifications?done=told");
    mention(&sam, sam.general().await, "Lena Kovač", 1).await;
    assert_eq!(inbox(&lena).await["head"], 2, "mentions are refused now");
    assert!(lena.html("/settings/notifications").await.contains("value=\"22:00\""));
}

/// What is put off is gone, and comes back as news when it is time, over a restart too.
#[tokio::test]
async fn what_is_put_off_comes_back() {
    let mut server = Server::start();
    let (lena, sam) = (server.person("lena").await, server.person("sam").await);
    mention(&sam, sam.general().await, "Lena Kovač", 1).await;
    let id = inbox(&lena).await["notifications"][0]["id"].to_string();
    let until = (plenum_store::db::now() + 2_500).to_string();
    assert_eq!(lena.call("inbox/snooze", &[("id", &id), ("until", &until)]).await.status(), 200);
    assert_eq!(inbox(&lena).await["counts"]["unseen"], 0);
    server.kill();
    server.restart();
    let mut socket = lena.socket().await;
    socket.subscribe(&format!("private-person.{}", lena.id)).await;
    if inbox(&lena).await["counts"]["unseen"] == 0 {
        socket.wait("notification.created").await;
    }
    let known = inbox(&lena).await;
    assert_eq!((&known["counts"]["unseen"], &known["notifications"][0]["number"]), (&json!(1), &json!(2)));
}

/// A program goes through an inbox page by page, marks and deletes; somebody else's is not there for it.
#[tokio::test]
async fn a_program_reads_the_inbox() {
    let server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let (lena, sam) = (server.person("lena").await, server.person("sam").await);
    mention(&sam, sam.general().await, "Lena Kovač", 70).await;
    let program = Program::of(&server, "lena", &["read", "write"]).await;
    let (mut numbers, mut path) = (Vec::new(), "notifications".to_owned());
    loop {
        let page = program.get(&path).await;
        numbers.extend(page["data"].as_array().unwrap().iter().map(|known| known["number"].as_u64().unwrap()));
        let Some(next) = page["next"].as_u64() else { break };
        path = format!("notifications?before={next}");
    }
    assert_eq!(numbers, (1..=70).rev().collect::<Vec<u64>>(), "each once, the newest first");

    let newest = program.get("notifications").await["data"][0].clone();
    let own = format!("notifications/{}", newest["id"]);
    for _ in 0..2 {
        assert_eq!(program.request(Method::POST, &format!("{own}/read"), None, Some("key-of-the-mark")).await.0, 204);
    }
    assert_eq!(program.get("notifications?unread=true").await["data"][0]["number"], 69);
    assert_eq!(program.post("notifications/read", json!({ "up_to": 60 })).await.0, 204);
    assert_eq!(inbox(&lena).await["counts"]["unread"], 9);
    let other = Program::of(&server, "sam", &["read", "write"]).await;
    assert_eq!(other.post(&format!("{own}/read"), json!({})).await.0, 404);
    assert_eq!(other.request(Method::DELETE, &own, None, None).await.0, 404);
    assert_eq!(program.request(Method::DELETE, &own, None, None).await.0, 204);
    assert_eq!(program.get("notifications").await["data"][0]["number"], 69);
    // One of them, by its category, put away and taken back, unread again; and how many there are (S4-36, S4-41).
    let next = program.get("notifications?category=mentions").await["data"][0].clone();
    let own = format!("notifications/{}", next["id"]);
    assert_eq!(program.get(&own).await, next);
    assert_eq!(program.get("notifications?category=people").await["data"], json!([]));
    assert_eq!(program.request(Method::GET, "notifications?category=nonsense", None, None).await.0, 422);
    assert_eq!(other.request(Method::GET, &own, None, None).await.0, 404);
    assert_eq!(program.post(&format!("{own}/archive"), json!({})).await.0, 204);
    assert_eq!(program.get("notifications?archived=true").await["data"][0]["id"], next["id"]);
    assert_ne!(program.get("notifications").await["data"][0]["id"], next["id"]);
    assert_eq!(program.post(&format!("{own}/restore"), json!({})).await.0, 204);
    assert_eq!(program.post(&format!("{own}/read"), json!({})).await.0, 204);
    assert_eq!(program.get("notifications/counts").await, json!({ "unseen": 8, "unread": 8, "beside": 0 }));
    assert_eq!(program.post(&format!("{own}/unread"), json!({})).await.0, 204);
    assert_eq!(program.get("notifications/counts").await, inbox(&lena).await["counts"]);
    assert_eq!(program.post("notifications/clear", json!({ "up_to": 68 })).await.0, 204);
    assert_eq!(program.get("notifications").await["data"].as_array().unwrap().len(), 1, "what is newer stays (I11)");
    let reader = Program::of(&server, "lena", &["read"]).await;
    assert_eq!(reader.post("notifications/read", json!({ "up_to": 70 })).await.0, 403);
}
