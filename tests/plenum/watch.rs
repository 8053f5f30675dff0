//! Admins watch over what is live; nobody else does.

use serde_json::{Value, json};

use super::{
    server::{Person, Server, client},
    socket::{Socket, data},
};

const APP: [(&str, &str); 3] = [("PLENUM_APP__ID", "shown"), ("PLENUM_APP__KEY", "shown-key"), ("PLENUM_APP__SECRET", "shown-secret")];

async fn application(admin: &Person) -> String {
    let applications = admin.ask("applications/list", &[]).await;
    applications.as_array().unwrap().iter().find(|known| known["app_id"] == "shown").unwrap()["id"].to_string()
}

fn channel<'a>(live: &'a Value, name: &str) -> Option<&'a Value> {
    live["channels"].as_array().unwrap().iter().find(|channel| channel["name"] == name)
}

/// What passes in a conversation shows in the list of channels: who listens, how much, the last event's name; not what it says.
#[tokio::test]
async fn live_channels_are_listed_once_a_second() {
    let server = Server::start();
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    let general = sam.general().await;
    let name = format!("private-conversation.{general}");
    let mut listening = sam.socket().await;
    listening.subscribe(&name).await;
    let mut watching = admin.socket().await;
    watching.subscribe(&format!("private-ops.{}", admin.organisation)).await;
    sam.send(general, "not to be seen by whoever watches").await;
    let seen = loop {
        let told = data(&watching.wait("channels.updated").await);
        assert!(!told.to_string().contains("not to be seen"));
        if let Some(seen) = channel(&told, &name).filter(|seen| !seen["last"].is_null()) {
            break seen.clone();
        }
    };
    assert_eq!(seen["subscriptions"], 1);
    // Whoever sends has read, too.
    assert!(["message.sent", "pointer.moved"].contains(&seen["last"][0].as_str().unwrap()), "{seen}");
    assert!(seen["events"].as_f64().unwrap() > 0.0);
    let page = admin.html(&format!("/admin/channels?q=conversation.{general}")).await;
    assert!(page.contains(&name), "the page has data at first paint: {page}");
    assert!(!page.contains("private-ops."), "and only what was searched for: {page}");
    let status: Value = server.get("/api/v1/realtime/status").await.json().await.unwrap();
    assert!(status["events_per_second"].as_f64().unwrap() > 0.0 && status["subscriptions"].as_u64().unwrap() >= 2, "{status}");
}

/// I24: the channels of those who watch are for admins; a role that is taken back ends them at once.
#[tokio::test]
async fn only_admins_watch() {
    let server = Server::start_with(&APP);
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    let id = application(&admin).await;
    let channels = [format!("private-ops.{}", admin.organisation), format!("private-application.{id}")];
    let mut socket = sam.socket().await;
    for channel in &channels {
        assert_eq!(socket.try_subscribe(channel, None).await["event"], "pusher:subscription_error", "{channel}");
    }
    for other in ["private-ops.999".to_owned(), "private-application.999".to_owned()] {
        assert_eq!(admin.socket().await.try_subscribe(&other, None).await["event"], "pusher:subscription_error", "{other}");
    }
    assert_eq!(sam.get("admin/channels", &[]).await.status(), 403);
    assert_eq!(sam.call("admin/send_test_event", &[("app", &id), ("channel", "a"), ("event", "b")]).await.status(), 403);
    assert_eq!(sam.page("/admin/channels").await.status(), 403);

    let person = sam.id.to_string();
    assert_eq!(admin.call("people/set_roles", &[("person", &person), ("roles[0]", "admin")]).await.status(), 200);
    for channel in &channels {
        assert_eq!(socket.try_subscribe(channel, None).await["event"], "pusher_internal:subscription_succeeded", "{channel}");
    }
    assert_eq!(admin.call("people/set_roles", &[("person", &person)]).await.status(), 200);
    for _ in &channels {
        let ended = socket.wait("pusher:subscription_error").await;
        assert!(channels.iter().any(|channel| ended["channel"] == *channel), "{ended}");
    }
}

/// S4-120: the console shows what passes on an application's sockets, and sends an event as the backend would.
#[tokio::test]
async fn a_console_shows_frames_and_sends_one() {
    let server = Server::start_with(&APP);
    let admin = server.person("admin").await;
    let id = application(&admin).await;
    let mut watching = admin.socket().await;
    watching.subscribe(&format!("private-application.{id}")).await;
    // The tap opens within a quarter of a second; the list of channels says that it is.
    watching.wait("channels.updated").await;
    let mut reader = Socket::connect(&server.url, None, "shown-key").await;
    reader.next().await;
    reader.subscribe("news").await;
    let sent = admin.call("admin/send_test_event", &[("app", &id), ("channel", "news"), ("event", "moved"), ("data", "{\"a\":1}")]).await;
    assert_eq!(sent.status(), 200);
    assert_eq!(reader.wait("moved").await["data"], "{\"a\":1}");
    reader.try_subscribe("private-news", None).await;
    let mut seen = Vec::new();
    while seen.len() < 4 {
        let told = data(&watching.wait("frames.passed").await);
        seen.extend(told["frames"].as_array().unwrap().iter().map(|frame| (frame["what"].clone(), frame["channel"].clone())));
    }
    let expected =
        [("connected", Value::Null), ("subscribed", json!("news")), ("published", json!("news")), ("refused", json!("private-news"))];
    assert_eq!(seen, expected.map(|(what, channel)| (json!(what), channel)));
    for (field, form) in [("channel", [("channel", "a b"), ("event", "x")]), ("event", [("channel", "news"), ("event", "pusher:ping")])] {
        let refused = admin.call("admin/send_test_event", &[&[("app", id.as_str())][..], &form].concat()).await;
        assert_eq!(refused.status(), 422);
        assert!(refused.text().await.unwrap().contains(field));
    }
    // Without scripts the form leads back to a page that says so.
    let from = format!("/admin/channels?app={id}");
    let led = admin.submit("admin/send_test_event", &[("app", &id), ("channel", "news"), ("event", "again"), ("data", "{}")], &from).await;
    assert!(admin.html(&led).await.contains("Sent."), "{led}");
    assert_eq!(reader.wait("again").await["data"], "{}");
}

/// All figures of the live layer are there for Prometheus.
#[tokio::test]
async fn prometheus_has_the_live_layers_figures() {
    let server = Server::start_with(&APP);
    let sam = server.person("sam").await;
    let general = sam.general().await;
    let mut socket = sam.socket().await;
    let answer = socket.subscribe(&format!("private-conversation.{general}")).await;
    sam.send(general, "hello").await;
    socket.wait("message.sent").await;
    socket.try_subscribe("private-person.999", None).await;
    let mut back = sam.socket().await;
    assert_eq!(back.try_subscribe(&format!("private-conversation.{general}"), Some(&answer["cursor"])).await["recovered"], true);
    let mut external = Socket::connect(&server.url, None, "shown-key").await;
    external.next().await;
    external.subscribe("news").await;
    let figures = client().get(format!("{}/metrics", server.url)).send().await.unwrap().text().await.unwrap();
    for line in [
        "plenum_live_connections{application=\"plenum\"} 2",
        "plenum_live_subscriptions{application=\"plenum\"} 2",
        "plenum_live_connections{application=\"shown\"} 1",
        "plenum_live_channels{application=\"shown\"} 1",
        "plenum_live_subscriptions{application=\"shown\"} 1",
        "plenum_live_queued_bytes{application=\"plenum\"} 0",
        "plenum_live_refusals_total 1",
        "plenum_live_recoveries_total{outcome=\"recovered\"} 1",
        "plenum_live_dispatch_queue 0",
        "plenum_live_publish_seconds_count ",
        "plenum_live_deliveries_total ",
        "plenum_live_bytes_total ",
        "plenum_write_queue ",
    ] {
        assert!(figures.lines().any(|known| known.starts_with(line)), "{line}\n{figures}");
    }
}
