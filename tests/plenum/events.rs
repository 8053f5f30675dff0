//! Events from outside: who sees them, how they begin and end over `kill -9`, and what a picture may be.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    server::{ONLY_REVOKED, Person, Server, client},
    socket::data,
    waiting::eventually_true,
};

const HOUR: i64 = 3_600_000;

fn now() -> i64 {
    plenum_store::db::now()
}

fn local(at: i64) -> String {
    plenum_store::zones::local("Europe/Ljubljana", at)
}

/// Makes a draft with a ticket type for fifty, which begins so long from now.
pub(super) async fn draft(by: &Person, title: &str, begins_in: i64) -> i64 {
    let (starts, ends) = (local(now() + begins_in), local(now() + begins_in + 2 * HOUR));
    let key = format!("key-{:016x}", now());
    let form = [
        ("key", key.as_str()),
        ("title", title),
        ("description", "*Bring* a coat."),
        ("place", "hall"),
        ("venue", "Courtyard"),
        ("zone", "Europe/Ljubljana"),
        ("starts", &starts),
        ("ends", &ends),
        ("currency", "EUR"),
        ("places_each", "6"),
    ];
    let made = by.call("events/create", &form).await;
    assert_eq!(made.status(), 200);
    let id: i64 = made.json().await.unwrap();
    let kept: i64 = by.call("events/create", &form).await.json().await.unwrap();
    assert_eq!(kept, id, "the same key makes it once (I6)");
    let id_text = id.to_string();
    let of_type = [("id", id_text.as_str()), ("name", "Standing"), ("price", "12"), ("capacity", "50")];
    assert_eq!(by.call("events/save_type", &of_type).await.status(), 200);
    id
}

async fn act(by: &Person, id: i64, act: &str) -> u16 {
    let (starts, ends) = (local(now() + 48 * HOUR), local(now() + 50 * HOUR));
    let form = [("id", id.to_string()), ("act", act.into()), ("note", "The hall is flooded.".into()), ("starts", starts), ("ends", ends)];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    by.call("events/act", &form).await.status().as_u16()
}

async fn state(server: &Server, id: i64) -> String {
    let answer: Value = server.get(&format!("/fn/events/page?id={id}")).await.json().await.unwrap();
    answer["state"]["event"]["state"].as_str().unwrap_or_default().to_owned()
}

/// A draft is seen by its organisers and the admins; what was published by everyone, signed in or not, page and channel alike; what was
/// withdrawn by nobody again. Only who runs it changes it (I24).
#[tokio::test]
async fn a_draft_is_its_organisers_alone() {
    let server = Server::start();
    let (otto, admin, sam) = (server.person("otto").await, server.person("admin").await, server.person("sam").await);
    assert_eq!(sam.call("events/create", &[("key", "12345678"), ("title", "Mine")]).await.status(), 403);
    let id = draft(&otto, "Open day", 24 * HOUR).await;
    let path = format!("/events/{id}");
    assert!(otto.html(&path).await.contains("This is a draft"));
    assert_eq!(admin.page(&path).await.status(), 200);
    assert_eq!((sam.page(&path).await.status().as_u16(), server.get(&path).await.status().as_u16()), (404, 404));
    let channel = format!("event.{id}");
    let mut visitor = server.visitor().await;
    assert_eq!(visitor.try_subscribe(&channel, None).await["event"], "pusher:subscription_error");
    assert_eq!(act(&sam, id, "publish").await, 404, "nobody is told that it exists");

    assert_eq!(act(&otto, id, "publish").await, 200);
    assert_eq!(act(&otto, id, "publish").await, 409, "once (I19)");
    let html = server.get(&path).await.text().await.unwrap();
    assert!(html.contains("<h1") && html.contains("Open day") && html.contains("50 of 50") && html.contains("<em>Bring</em>"), "{html}");
    assert!(server.get("/events").await.text().await.unwrap().contains("Open day"));
    visitor.subscribe(&channel).await;
    assert_eq!((act(&sam, id, "cancel").await, sam.page(&format!("{path}/edit")).await.status().as_u16()), (403, 403));
    assert_eq!(act(&admin, id, "postpone").await, 200);
    let changed = visitor.wait("event.changed").await;
    assert_eq!((&data(&changed)["state"], &data(&changed)["note"]), (&json!("postponed"), &json!("The hall is flooded.")));
    assert!(server.get(&path).await.text().await.unwrap().contains("The hall is flooded."));
    assert_eq!(act(&otto, id, "reschedule").await, 200);
    assert_eq!(data(&visitor.wait("event.changed").await)["state"], "published");
    assert_eq!(act(&otto, id, "withdraw").await, 200);
    assert_eq!((server.get(&path).await.status().as_u16(), state(&server, id).await.as_str()), (404, ""));
}

/// Where an event was and where it is now stands in the feeds of all who see it, at once, and in the audit log.
#[tokio::test]
async fn another_venue_is_news() {
    let server = Server::start();
    let (otto, admin, sam) = (server.person("otto").await, server.person("admin").await, server.person("sam").await);
    let id = draft(&otto, "Open day", 24 * HOUR).await;
    assert_eq!(act(&otto, id, "publish").await, 200);
    let mut socket = sam.socket().await;
    socket.subscribe(&format!("private-organisation.{}", sam.organisation)).await;
    let editing = otto.ask("events/editing", &[("id", &id.to_string())]).await;
    let mut form: Vec<(&str, &str)> =
        editing["form"].as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    let (text, version) = (id.to_string(), editing["event"]["version"].to_string());
    form.retain(|(name, _)| *name != "venue");
    form.extend([("id", text.as_str()), ("version", version.as_str()), ("venue", "Garden")]);
    assert_eq!(otto.call("events/change", &form).await.status(), 200);
    let item = data(&socket.wait("activity.recorded").await);
    assert_eq!((&item["verb"], &item["details"]), (&json!("venue.changed"), &json!({ "from": "Courtyard", "to": "Garden" })), "{item}");
    let sentence = "changed the venue of “Open day” from Courtyard to Garden";
    assert!(sam.html("/").await.contains(sentence));
    assert!(admin.html("/admin/audit?subject=event").await.contains(sentence));
}

/// It begins and ends by itself at its times, and not before; what was due while the server was dead happens when it is there again
/// (S3-05, S3-32).
#[tokio::test]
async fn it_begins_and_ends_over_a_kill() {
    let mut server = Server::start();
    let otto = server.person("otto").await;
    let id = draft(&otto, "Soon", 24 * HOUR).await;
    assert_eq!(act(&otto, id, "publish").await, 200);
    let begins = now() + 12 * HOUR;
    let database = server.database().await;
    let to = async |starts: i64, ends: i64| {
        sqlx::query("update events set starts_at = $2, ends_at = $3 where id = $1")
            .bind(id)
            .bind(starts)
            .bind(ends)
            .execute(&database)
            .await
            .unwrap();
    };
    to(begins, begins + HOUR).await;
    server.kill();
    server.restart();
    let mut socket = server.visitor().await;
    socket.subscribe(&format!("event.{id}")).await;
    eventually_true("the server waits for its beginning", async || {
        let waits_until = sqlx::query_scalar("select due_at from jobs where kind = 'box_office.clock'");
        let waits_until: Option<i64> = waits_until.fetch_optional(&database).await.unwrap();
        waits_until == Some(begins)
    })
    .await;
    server.advance_to(begins - HOUR).await;
    assert_eq!(state(&server, id).await, "published");
    server.advance_to(begins).await;
    let live = socket.wait("event.live").await;
    assert!(data(&live)["at"].as_i64().unwrap() >= begins, "{live}");
    assert_eq!(state(&server, id).await, "live");
    server.kill();
    server.advance_while_down(HOUR);
    server.restart();
    eventually_true("the event ends", async || state(&server, id).await == "ended").await;
}

/// Sends a file as the form of the page does.
async fn upload(server: &Server, by: &Person, id: i64, bytes: &[u8], kind: &str) -> reqwest::Response {
    let head =
        format!("--border\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"picture\"\r\ncontent-type: {kind}\r\n\r\n");
    let body = [head.as_bytes(), bytes, b"\r\n--border--\r\n"].concat();
    let request = client().post(format!("{}/events/{id}/picture", server.url)).header("cookie", &by.cookie).header("origin", &server.url);
    request.header("content-type", "multipart/form-data; boundary=border").body(body).send().await.unwrap()
}

/// A small picture.
fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(900, 300).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Whatever it calls itself, a picture is what it decodes to, made anew; too large, or none, is refused; and it is seen by whoever sees its
/// event, and by nobody else.
#[tokio::test]
async fn a_picture_is_checked_and_made_anew() {
    let server = Server::start();
    let (otto, sam) = (server.person("otto").await, server.person("sam").await);
    let id = draft(&otto, "With a picture", 24 * HOUR).await;
    for (bytes, kind) in [
        (b"<script>alert(1)</script>".to_vec(), "image/png"),
        (vec![0; 5 * 1024 * 1024 + 1], "image/jpeg"),
        (png()[..200].to_vec(), "image/png"),
        (Vec::new(), "image/png"),
    ] {
        let refused = upload(&server, &otto, id, &bytes, kind).await;
        assert_eq!(refused.status(), 422);
        assert_eq!(refused.json::<Value>().await.unwrap()["field"], "picture");
    }
    assert_eq!(upload(&server, &sam, id, &png(), "image/png").await.status(), 404, "a draft of somebody else");
    let made = upload(&server, &otto, id, &png(), "text/plain").await;
    assert_eq!(made.status(), 200);
    let picture: i64 = made.json().await.unwrap();
    let path = format!("/pictures/{picture}");
    assert_eq!(server.get(&path).await.status(), 404, "of a draft");
    assert_eq!(otto.page(&path).await.headers()["cache-control"], "private, no-store");
    assert_eq!(act(&otto, id, "publish").await, 200);
    for path in [path.clone(), format!("{path}/small")] {
        let shown = server.get(&path).await;
        assert_eq!((shown.status().as_u16(), &shown.headers()["content-type"]), (200, &"image/jpeg".parse().unwrap()));
        assert_eq!(shown.headers()["x-content-type-options"], "nosniff");
        assert!(shown.headers()["cache-control"].to_str().unwrap().starts_with("private, max-age"));
        assert!(shown.bytes().await.unwrap().starts_with(&[0xff, 0xd8, 0xff]));
    }
    assert_eq!(otto.call("events/remove_picture", &[("id", &id.to_string())]).await.status(), 200);
    assert_eq!(server.get(&path).await.status(), 404);
}

/// Forms work without scripts: an event is made, gets a ticket type, and is published.
#[tokio::test]
async fn an_event_is_made_without_scripts() {
    let server = Server::start();
    let otto = server.person("otto").await;
    assert!(otto.html("/events/new").await.contains("Make a draft"));
    let (starts, ends) = (local(now() + 24 * HOUR), local(now() + 26 * HOUR));
    let form = [
        ("key", "plain-form-1"),
        ("title", "Plain"),
        ("place", "virtual"),
        ("zone", "Europe/Ljubljana"),
        ("starts", &starts),
        ("ends", &ends),
        ("currency", "EUR"),
        ("places_each", "2"),
    ];
    let led = otto.submit("events/create", &form, "/events/new").await;
    let edit = led.strip_suffix("?done=created").unwrap_or_else(|| panic!("{led}")).to_owned();
    let id = edit.trim_start_matches("/events/").trim_end_matches("/edit").to_owned();
    assert!(otto.html(&led).await.contains("The draft is there."));
    let refused = otto.submit("events/act", &[("id", &id), ("act", "publish")], &edit).await;
    assert!(otto.html(&refused).await.contains("Add a ticket type with places first."), "{refused}");
    let of_type = [("id", id.as_str()), ("name", "Stream"), ("price", "0"), ("capacity", "20")];
    otto.submit("events/save_type", &of_type, &edit).await;
    otto.submit("events/act", &[("id", &id), ("act", "publish")], &edit).await;
    assert!(server.get("/events?place=virtual&free=true").await.text().await.unwrap().contains("Plain"));
}

/// Programs list, make, change and publish events, each command once for its key.
#[tokio::test]
async fn programs_make_events() {
    let server = Server::start();
    let otto = Program::of(&server, "otto", &["read", "write", "manage"]).await;
    let sam = Program::of(&server, "sam", &["read", "write"]).await;
    let wish = json!({ "title": "By a program", "place": "virtual", "zone": "Europe/Ljubljana", "starts": local(now() + 24 * HOUR),
        "ends": local(now() + 26 * HOUR), "currency": "EUR", "places_each": 6 });
    assert_eq!(sam.post("events", wish.clone()).await.0, 403);
    let (status, made) = otto.request(Method::POST, "events", Some(wish.clone()), Some("event-key-1")).await;
    assert_eq!((status, &made["state"]), (201, &json!("draft")), "{made}");
    assert_eq!(otto.request(Method::POST, "events", Some(wish.clone()), Some("event-key-1")).await.1["id"], made["id"]);
    let path = format!("events/{}", made["id"]);
    assert_eq!(sam.request(Method::GET, &path, None, None).await.0, 404);
    let mut change = wish;
    change["title"] = json!("By the same program");
    assert_eq!(otto.post(&path, change.clone()).await.0, 409, "a change says which version it saw");
    change["version"] = made["version"].clone();
    assert_eq!(otto.post(&path, change).await.1["title"], "By the same program");
    assert_eq!(otto.post(&format!("{path}/act"), json!({ "act": "burn" })).await.0, 422);
    assert_eq!(otto.post(&format!("{path}/act"), json!({ "act": "publish" })).await.0, 409, "it has no tickets");
    let listed = sam.get("events?free=true").await;
    let gala = listed["data"].as_array().unwrap().iter().find(|entry| entry["event"]["title"].as_str().unwrap().contains("gala")).unwrap();
    let left = sam.get(&format!("events/{}/availability", gala["event"]["id"])).await;
    let sum: i64 = left["ticket_types"].as_array().unwrap().iter().map(|of| of["available"].as_i64().unwrap()).sum();
    assert_eq!(gala["available"], sum);
}

/// Who is in an event's space is here for the others, and reads its room; an organiser who was added goes, and is out of all of it within
/// five seconds (I24).
#[tokio::test]
async fn who_goes_is_out_of_the_space() {
    let server = Server::start_with(&[ONLY_REVOKED]);
    let (otto, tom) = (server.person("otto").await, server.person("tom").await);
    let id = draft(&otto, "Together", 24 * HOUR).await;
    assert_eq!(act(&otto, id, "publish").await, 200);
    let page = otto.ask("events/page", &[("id", &id.to_string())]).await;
    let (space, room) = (page["state"]["event"]["space_id"].as_i64().unwrap(), page["state"]["inside"]["room"].as_i64().unwrap());
    let (presence, id_text) = (format!("presence-space.{space}"), id.to_string());
    let mut socket = tom.socket().await;
    assert_eq!(socket.try_subscribe(&presence, None).await["event"], "pusher:subscription_error");
    assert_eq!(tom.get("events/attendees", &[("id", &id_text)]).await.status(), 403);
    assert_eq!(otto.call("events/add_staff", &[("id", &id_text), ("email", &tom.email), ("role", "organiser")]).await.status(), 200);
    for channel in [&presence, &format!("private-space.{space}"), &format!("private-conversation.{room}")] {
        socket.subscribe(channel).await;
    }
    assert_eq!(tom.get("events/attendees", &[("id", &id_text)]).await.status(), 200);
    assert_eq!(tom.page(&format!("/messages/{room}")).await.status(), 200);
    assert_eq!(otto.call("events/remove_staff", &[("id", &id_text), ("person", &otto.id.to_string())]).await.status(), 200);
    assert_eq!(
        tom.call("events/remove_staff", &[("id", &id_text), ("person", &tom.id.to_string())]).await.status(),
        409,
        "somebody runs it"
    );
    let admin = server.person("admin").await;
    assert_eq!(admin.call("events/add_staff", &[("id", &id_text), ("email", &otto.email), ("role", "organiser")]).await.status(), 200);
    assert_eq!(otto.call("events/remove_staff", &[("id", &id_text), ("person", &tom.id.to_string())]).await.status(), 200);
    let mut cut = std::collections::BTreeSet::new();
    while cut.len() < 3 {
        let frame = socket.wait("pusher:subscription_error").await;
        cut.insert(frame["channel"].as_str().or_else(|| frame["data"]["channel"].as_str()).unwrap_or_default().to_owned());
    }
    assert_eq!(tom.page(&format!("/messages/{room}")).await.status(), 404);
}
