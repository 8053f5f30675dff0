//! Reported messages: who reports, who decides, what is kept and for how long.

use serde_json::{Value, json};

use super::{
    orders::change,
    server::{Person, Server},
    socket::data,
    waiting::eventually,
};

const DAY: i64 = 86_400_000;

async fn report(by: &Person, message: &Value, reason: &str, note: &str) -> u16 {
    by.call("messages/report", &[("message", &message.to_string()), ("reason", reason), ("note", note)]).await.status().as_u16()
}

async fn decide(by: &Person, id: &Value, decision: &str) -> u16 {
    by.call("messages/decide_report", &[("id", &id.to_string()), ("decision", decision)]).await.status().as_u16()
}

async fn queue(admin: &Person) -> Value {
    admin.ask("messages/reports", &[]).await["state"].clone()
}

async fn titles(person: &Person) -> Vec<(String, String)> {
    let inbox = person.ask("inbox/page", &[]).await;
    let text = |known: &Value, field: &str| known[field].as_str().unwrap().to_owned();
    inbox["state"]["notifications"].as_array().unwrap().iter().map(|known| (text(known, "title"), text(known, "text"))).collect()
}

/// A second admin.
async fn second_admin(server: &Server) -> Person {
    change(server, "insert into roles (person_id, role) select id, 'admin' from people where email = 'mara@plenum.example'").await;
    server.person("mara").await
}

/// A message of a private room is reported by two; admins who are not in the room see it as it was, and nothing else of the room; one
/// decides, the other sees it live, and both reporters are notified.
#[tokio::test]
async fn a_message_is_reported_and_decided() {
    let server = Server::start();
    let (sam, lena, noor, admin) =
        (server.person("sam").await, server.person("lena").await, server.person("noor").await, server.person("admin").await);
    let mara = second_admin(&server).await;
    let room: i64 = sam.call("messages/create_room", &[("name", "Choir"), ("private", "true")]).await.json().await.unwrap();
    for person in [&lena, &noor] {
        let form = [("conversation", room.to_string()), ("person", person.id.to_string())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(sam.call("messages/invite", &form).await.status(), 200);
    }
    sam.send(room, "nobody's business").await;
    let said = lena.send(room, "an insult").await;
    let message = said["id"].clone();
    let mut at_mara = mara.socket().await;
    at_mara.subscribe(&format!("private-ops.{}", mara.organisation)).await;

    assert_eq!(report(&lena, &message, "spam", "").await, 409, "one's own");
    assert_eq!(report(&sam, &message, "boredom", "").await, 422);
    assert_eq!(report(&sam, &message, "harassment", &"x".repeat(501)).await, 422);
    assert_eq!(report(&admin, &message, "spam", "").await, 404, "of a room that one is not in");
    assert_eq!(report(&sam, &message, "harassment", "again").await, 200);
    assert_eq!(report(&sam, &message, "spam", "").await, 409, "once");
    assert_eq!(report(&noor, &message, "other", "").await, 200);
    at_mara.wait("reports.moved").await;
    assert_eq!(titles(&admin).await, [("A message was reported".to_owned(), String::new())], "what waits is one notification");

    let edit = [("message", message.to_string()), ("text", "a compliment".to_owned())];
    let edit: Vec<(&str, &str)> = edit.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(lena.call("messages/edit", &edit).await.status(), 200);
    let reports = queue(&admin).await;
    let open = reports["open"].as_array().unwrap();
    assert_eq!((open.len(), &reports["waiting"]), (2, &json!(2)));
    let first = &open[0];
    assert_eq!((&first["text"], &first["note"], &first["link"]), (&json!("an insult"), &json!("again"), &Value::Null));
    assert_eq!((&first["reporter"]["id"], &first["author"]["id"]), (&json!(sam.id), &json!(lena.id)));
    let page = admin.html("/admin/reports").await;
    assert!(
        page.contains("an insult")
            && page.contains("Choir")
            && !page.contains("nobody&#x27;s business")
            && !page.contains("nobody's business")
    );
    assert_eq!(admin.get("messages/thread", &[("conversation", &room.to_string())]).await.status(), 404);

    assert_eq!(sam.get("messages/reports", &[]).await.status(), 403);
    assert_eq!(decide(&sam, &first["id"], "deleted").await, 403);
    assert_eq!(decide(&admin, &first["id"], "burnt").await, 422);
    assert_eq!(decide(&admin, &json!(999), "deleted").await, 404);
    at_mara.settle().await;
    assert_eq!(decide(&admin, &first["id"], "deleted").await, 200);
    let moved = at_mara.wait("reports.moved").await;
    assert_eq!(data(&moved), json!({ "id": first["id"] }), "the log of the admins has no text of a room");
    assert_eq!(decide(&mara, &first["id"], "dismissed").await, 409);
    let reports = queue(&mara).await;
    assert_eq!((&reports["waiting"], reports["decided"].as_array().unwrap().len()), (&json!(0), 2), "both reports of the message");
    let decided = &reports["decided"][0]["decided"];
    assert_eq!((&decided["decision"], &decided["by"]["id"]), (&json!("deleted"), &json!(admin.id)));
    let thread = sam.thread(room).await;
    let messages = thread["state"]["messages"].as_array().unwrap();
    let known = messages.iter().find(|known| known["id"] == message).unwrap();
    assert_eq!((&known["deleted"], &known["text"]), (&json!(true), &json!("")));
    for person in [&sam, &noor] {
        let news = titles(person).await;
        assert!(news.contains(&("The message you reported was looked at".to_owned(), "The message was deleted.".to_owned())), "{news:?}");
    }
    let audit = admin.ask("activity/audit", &[]).await.to_string();
    assert!(audit.contains("message.reported") && audit.contains("report.decided"), "{audit}");
}

/// A report that is dismissed leaves the message; its text is erased ninety days after the decision, and what was decided stays.
#[tokio::test]
async fn the_text_is_erased_ninety_days_later() {
    let server = Server::start();
    let (sam, lena, admin) = (server.person("sam").await, server.person("lena").await, server.person("admin").await);
    let general = sam.general().await;
    let said = lena.send(general, "buy now").await;
    let left = lena.send(general, "not decided").await;
    assert_eq!(report(&sam, &said["id"], "spam", "twice today").await, 200);
    assert_eq!(report(&sam, &left["id"], "spam", "").await, 200);
    let open = queue(&admin).await["open"].clone();
    assert_eq!(open[0]["link"], format!("/messages/{general}?m={0}#m{0}", said["number"]));
    let id = open[0]["id"].to_string();
    let form = [("id", id.as_str()), ("decision", "dismissed")];
    assert_eq!(admin.submit("messages/decide_report", &form, "/admin/reports").await, "/admin/reports?done=decided");
    let thread = sam.thread(general).await["state"].to_string();
    assert!(thread.contains("buy now"));

    server.advance(89 * DAY).await;
    let admin = server.person("admin").await;
    assert_eq!(queue(&admin).await["decided"][0]["text"], "buy now");
    server.advance(2 * DAY).await;
    let report = eventually("the text is erased", async || {
        let report = queue(&admin).await["decided"][0].clone();
        (report["text"] == Value::Null).then_some(report)
    })
    .await;
    assert_eq!((&report["note"], &report["decided"]["decision"]), (&json!(""), &json!("dismissed")));
    assert_eq!(queue(&admin).await["open"][0]["text"], "not decided", "what waits is kept");
}
