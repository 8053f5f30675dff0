//! Pages as plain HTML: what they show at first, and what their forms do without scripts.

use serde_json::{Value, json};

use super::{
    server::{Person, Server},
    socket::data,
    waiting::eventually_true,
};

async fn room(owner: &Person, name: &str) -> i64 {
    let response = owner.call("messages/create_room", &[("name", name), ("topic", "")]).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

/// The tag of the first element that has all of `parts` in it.
fn tag<'a>(html: &'a str, parts: &[&str]) -> &'a str {
    let tags = html.split('<').filter_map(|tag| tag.split_once('>')).map(|(tag, _)| tag);
    tags.into_iter().find(|tag| parts.iter().all(|part| tag.contains(part))).unwrap_or_else(|| panic!("no element has {parts:?}"))
}

/// A group is formed by checkboxes; looking for somebody else keeps who is chosen; one person is a
/// direct conversation; nobody is an error that the page says.
#[tokio::test]
async fn a_group_is_formed_without_scripts() {
    let server = Server::start();
    let (lena, sam, tom) = (server.person("lena").await, server.person("sam").await, server.person("tom").await);
    let (sam_id, tom_id) = (sam.id.to_string(), tom.id.to_string());
    let page = lena.html("/messages/new").await;
    let boxed = tag(&page, &["type=\"checkbox\"", "name=\"people[]\"", &format!("value=\"{sam_id}\"")]);
    assert!(boxed.contains("form=\"new-group\"") && !boxed.contains("checked"), "{boxed}");
    assert!(tag(&page, &["id=\"new-group\""]).contains("action=\"/fn/messages/create_group\""));

    let found = lena.html(&format!("/messages/new?who=tom&people%5B%5D={sam_id}&people%5B%5D={}&name=Trip", lena.id)).await;
    assert!(tag(&found, &["type=\"checkbox\"", &format!("value=\"{sam_id}\"")]).contains("checked"), "who was chosen stays");
    assert!(!tag(&found, &["type=\"checkbox\"", &format!("value=\"{tom_id}\"")]).contains("checked"));
    assert!(!found.contains(&format!("name=\"people[]\" value=\"{}\"", lena.id)), "nobody is offered themselves");
    assert!(tag(&found, &["id=\"group-name\""]).contains("value=\"Trip\""));
    assert!(found.contains("With Sam Adeyemi"), "who is chosen is said");

    let form = [("who", ""), ("name", "Trip"), ("people[]", &sam_id), ("people[]", &tom_id)];
    let led = lena.submit("messages/create_group", &form, "/messages/new").await;
    let id: i64 = led.strip_prefix("/messages/").unwrap().parse().unwrap();
    assert_eq!(sam.thread(id).await["state"]["conversation"]["name"], "Trip");
    assert_eq!(tom.thread(id).await["state"]["member_count"], 3);

    let direct = lena.submit("messages/create_group", &[("people[]", tom_id.as_str())], "/messages/new").await;
    let id: i64 = direct.strip_prefix("/messages/").unwrap().parse().unwrap();
    assert_eq!(tom.thread(id).await["state"]["conversation"]["kind"], "direct");

    let refused = lena.submit("messages/create_group", &[("name", "Nobody")], "/messages/new").await;
    assert!(lena.html(&refused).await.contains("Choose at least one other person."));
    // A program that names them otherwise is understood too.
    let called = lena.call("messages/create_group", &[("people[0]", &sam_id), ("people[1]", &tom_id)]).await;
    assert_eq!(called.status(), 200);
}

/// Name and topic are changed by who runs a room, in a plain form that says what is wrong with which
/// field; the others see it at once, in the conversation and in their list.
#[tokio::test]
async fn a_room_is_renamed() {
    let server = Server::start();
    let (lena, sam, admin) = (server.person("lena").await, server.person("sam").await, server.person("admin").await);
    let (choir, other) = (room(&lena, "Choir of the house").await, room(&lena, "Strings").await);
    assert_eq!(sam.call("messages/join", &[("conversation", &choir.to_string())]).await.status(), 200);
    let mut socket = sam.socket().await;
    socket.subscribe(&format!("private-conversation.{choir}")).await;
    socket.subscribe(&format!("private-person.{}", sam.id)).await;

    let details = format!("/messages/{choir}?panel=about");
    let page = lena.html(&details).await;
    assert!(tag(&page, &["id=\"about-name\""]).contains("value=\"Choir of the house\""));
    let readers = sam.html(&details).await;
    assert!(!readers.contains("id=\"about-name\"") && readers.contains("An open room"), "others read it");
    assert!(admin.html(&details).await.contains("id=\"about-name\""), "an admin may");

    let id = choir.to_string();
    let form =
        |name: &'static str, topic: &'static str| [("conversation", id.clone()), ("name", name.to_owned()), ("topic", topic.to_owned())];
    let submit = async |form: [(&str, String); 3]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        lena.submit("messages/rename", &form, &details).await
    };
    let done = submit(form("  Chamber  choir ", "Wednesdays")).await;
    assert_eq!(done, format!("{details}&done=rename"));
    assert!(lena.html(&done).await.contains("Saved"));
    let changed = socket.wait("conversation.changed").await;
    assert_eq!((&data(&changed)["name"], &data(&changed)["topic"]), (&json!("Chamber choir"), &json!("Wednesdays")));
    // A head of the room's former name may still be on its way.
    let is_renamed = |frame: &Value| data(frame)["conversation"] == choir && data(frame)["name"] == "Chamber choir";
    socket.wait_for(|frame| frame["event"] == "head.moved" && is_renamed(frame)).await;

    for (name, topic, says, field) in [
        ("strings", "", "There is a room of this name already.", "about-name-error"),
        ("", "", "Give the room a name.", "about-name-error"),
    ] {
        let page = lena.html(&submit(form(name, topic)).await).await;
        assert!(page.contains(says), "{says}");
        assert!(page.contains(field), "{field}");
        assert_eq!(page.matches(says).count(), 1, "it is said once");
    }
    let long = "x".repeat(201);
    let refused = lena.call("messages/rename", &[("conversation", &id), ("name", "Choir"), ("topic", &long)]).await;
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.json::<Value>().await.unwrap()["field"], "topic");
    let forbidden = sam.call("messages/rename", &[("conversation", &other.to_string()), ("name", "Mine"), ("topic", "")]).await;
    assert_eq!(forbidden.status(), 403);
}

/// The navigation and the title count what is unread before a script has run, as the list does.
#[tokio::test]
async fn the_unread_total_is_there_at_first() {
    let server = Server::start();
    let (lena, tom) = (server.person("lena").await, server.person("tom").await);
    let total = async || {
        let sidebar = tom.ask("messages/sidebar", &[]).await;
        let lines = sidebar["state"]["lines"].as_array().unwrap().clone();
        let unread = |line: &Value| {
            let (head, read) = (line["head"].as_u64().unwrap(), line["own"]["read"].as_u64().unwrap());
            let seen = line["own"]["unread_from"].as_u64().map_or(read, |from| read.min(from - 1));
            if line["own"]["muted"] == true { 0 } else { head.saturating_sub(seen) }
        };
        lines.iter().map(unread).sum::<u64>()
    };
    let room = room(&lena, "Readers").await;
    assert_eq!(tom.call("messages/join", &[("conversation", &room.to_string())]).await.status(), 200);
    let before = total().await;
    for text in ["one", "two", "three"] {
        lena.send(room, text).await;
    }
    assert_eq!(total().await, before + 3);
    let html = tom.html("/people").await;
    let navigation = html.split(" class=\"rail\"").nth(1).and_then(|rest| rest.split("</nav>").next()).unwrap();
    let badge = navigation.split("class=\"badge\"").nth(1).expect("a badge").split("</span>").next().unwrap();
    let shown: String = badge.split('>').nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect();
    assert_eq!(shown, (before + 3).to_string());
    assert!(html.contains(&format!("<title>({shown}) ")), "the title counts too");

    assert_eq!(tom.call("messages/mute", &[("conversation", &room.to_string()), ("muted", "true")]).await.status(), 200);
    assert_eq!(total().await, before);
    assert!(tom.html("/people").await.contains(&format!("<title>({before}) ")));
}

/// What one person wrote is not sent by another who has signed in since; it is not lost by that.
#[tokio::test]
async fn nobody_sends_what_another_wrote() {
    let server = Server::start();
    let (lena, sam) = (server.person("lena").await, server.person("sam").await);
    let general = lena.general().await.to_string();
    let author = lena.id.to_string();
    let message = [("conversation", general.as_str()), ("text", "only mine"), ("key", "key-author-1"), ("author", author.as_str())];
    let refused = sam.call("messages/send", &message).await;
    assert_eq!(refused.status(), 409);
    assert_eq!(refused.json::<Value>().await.unwrap()["field"], "author");
    assert_eq!(lena.call("messages/send", &message).await.status(), 200);
    assert_eq!(sam.ask("messages/search", &[("query", "only mine")]).await.as_array().unwrap().len(), 1);
}

/// The list of members says when somebody was here last, as they let others see it, and says it of
/// whoever has just gone; the page has it at first.
#[tokio::test]
async fn members_were_last_seen() {
    let server = Server::start_with(&[("PLENUM_REALTIME__LEAVE_SECONDS", "1")]);
    let (lena, sam) = (server.person("lena").await, server.person("sam").await);
    let general = lena.general().await;
    let (path, id) = (format!("/messages/{general}?panel=people"), general.to_string());
    let in_list = async || {
        let members = lena.ask("messages/members", &[("conversation", &id), ("query", ""), ("offset", "0")]).await;
        let members = members.as_array().unwrap().clone();
        members.into_iter().find(|entry| entry["member"]["card"]["id"] == sam.id.0).unwrap()["last_seen"].clone()
    };
    let last_seen = async || {
        let before = in_list().await;
        let asked = lena.ask("people/entries", &[("people[]", &sam.id.to_string())]).await;
        // It may be written down between two questions.
        let after = in_list().await;
        assert!([&before, &after].contains(&&asked[0]["last_seen"]), "both say the same: {before}, {asked}, {after}");
        after.as_i64()
    };
    assert!(lena.html(&path).await.contains("last seen "), "the page has it at first");

    let mut watcher = lena.socket().await;
    watcher.say(json!({ "event": "plenum:watch", "data": { "people": [sam.id] } })).await;
    let tab = sam.socket().await;
    watcher.wait_for(|frame| frame["event"] == "plenum:online" && data(frame)["online"] == json!([sam.id])).await;
    let went = plenum_store::db::now();
    tab.close().await;
    watcher.wait_for(|frame| frame["event"] == "plenum:online" && data(frame)["offline"] == json!([sam.id])).await;
    // It is written down beside being told.
    eventually_true("when they were last seen is written down", async || last_seen().await >= Some(went)).await;
    assert!(lena.html(&path).await.contains("last seen just now"));

    assert_eq!(sam.call("people/update_privacy", &[("send_typing", "true")]).await.status(), 200);
    assert_eq!(last_seen().await, None, "they do not let it be seen any more");
    assert!(!lena.html(&path).await.contains("last seen just now"));
}
