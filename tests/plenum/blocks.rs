//! Blocking somebody: nothing is written between the two, and neither sees when the other is here; whoever runs the place reaches everyone.

use serde_json::{Value, json};

use super::{
    server::{Person, Server},
    socket::data,
};

async fn block(by: &Person, whom: &Person, blocked: bool) {
    let form = [("person", whom.id.to_string()), ("blocked", blocked.to_string())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(by.call("messages/block", &form).await.status(), 200);
}

/// The direct conversation with somebody, or the status and words with which it is refused.
async fn direct(by: &Person, whom: &Person) -> Result<i64, (u16, String)> {
    let answer = by.call("messages/direct", &[("person", &whom.id.to_string())]).await;
    if answer.status() == 200 { Ok(answer.json().await.unwrap()) } else { Err((answer.status().as_u16(), answer.text().await.unwrap())) }
}

async fn write(by: &Person, conversation: i64) -> (u16, String) {
    let answer = by.call("messages/send", &[("conversation", &conversation.to_string()), ("text", "hello")]).await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn ids(joined: &Value) -> Vec<String> {
    data(joined)["presence"]["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

/// Neither writes, edits or reacts in the conversation of the two, and the words do not say who has blocked whom; an admin writes; and all
/// is as before when it is over. Both are told live that the conversation is closed, and the blocker's tabs whom they have blocked.
#[tokio::test]
async fn nothing_is_written_between_the_two() {
    let server = Server::start();
    let (sam, lena, admin) = (server.person("sam").await, server.person("lena").await, server.person("admin").await);
    let conversation = direct(&sam, &lena).await.unwrap();
    let said = lena.send(conversation, "before").await;
    let (channel, own) = (format!("private-conversation.{conversation}"), format!("private-person.{}", sam.id));
    let (mut at_sam, mut at_lena) = (sam.socket().await, lena.socket().await);
    at_sam.subscribe(&own).await;
    at_lena.subscribe(&channel).await;

    block(&sam, &lena, true).await;
    let change = data(&at_sam.wait("block.changed").await);
    assert_eq!((&change["person"], &change["blocked"]), (&json!(lena.id.0), &json!(true)));
    assert_eq!(data(&at_lena.wait("conversation.closed").await), json!({ "closed": true }));
    for person in [&sam, &lena] {
        let (status, words) = write(person, conversation).await;
        assert!(status == 403 && words.contains("You cannot write to this person."), "{status} {words}");
        assert_eq!(person.thread(conversation).await["state"]["closed"], true);
        let id = said["id"].to_string();
        assert_eq!(person.call("messages/react", &[("message", &id), ("emoji", "👍"), ("on", "true")]).await.status(), 403);
    }
    let edit = [("message", said["id"].to_string()), ("text", "after".to_owned())];
    let edit: Vec<(&str, &str)> = edit.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(lena.call("messages/edit", &edit).await.status(), 403);
    assert_eq!(sam.ask("messages/blocked", &[]).await[0]["id"], lena.id.0);
    assert_eq!(lena.ask("messages/blocked", &[]).await, json!([]), "nobody is told who has blocked them");
    assert!(!lena.html(&format!("/people/{}", sam.id)).await.contains("You have blocked"));
    assert!(sam.html("/settings").await.contains("Unblock Lena Kova"));

    block(&sam, &admin, true).await;
    let with_admin = direct(&admin, &sam).await.unwrap();
    assert_eq!(write(&admin, with_admin).await.0, 200, "admins reach everyone");
    assert_eq!(write(&sam, with_admin).await.0, 403);

    block(&sam, &lena, false).await;
    assert_eq!(data(&at_lena.wait("conversation.closed").await), json!({ "closed": false }));
    assert_eq!((write(&sam, conversation).await.0, write(&lena, conversation).await.0), (200, 200));
}

/// Who is blocked begins no conversation with the other and adds them to none; the form without scripts leads to the person's page.
#[tokio::test]
async fn who_is_blocked_brings_the_other_into_nothing() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let crowd = server.rich_crowd(sam.organisation, 3, 0).await;
    let [one, other, third] = crowd.as_slice() else { panic!("three people") };
    let form = [("person", other.id.to_string()), ("blocked", "true".to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = format!("/people/{}", other.id);
    assert_eq!(one.submit("messages/block", &form, &page).await, page);
    let refused = direct(other, one).await.unwrap_err();
    assert!(refused.0 == 403 && refused.1.contains("You cannot write to this person."), "{refused:?}");
    let people = [("people[]", one.id.to_string()), ("people[]", third.id.to_string())];
    let people: Vec<(&str, &str)> = people.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(other.call("messages/create_group", &people).await.status(), 403);
    let room: i64 = other.call("messages/create_room", &[("name", "Choir"), ("private", "true")]).await.json().await.unwrap();
    let invite = |person: &Person| [("conversation", room.to_string()), ("person", person.id.to_string())];
    for (person, expected) in [(one, 403), (third, 200)] {
        let form = invite(person);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(other.call("messages/invite", &form).await.status(), expected);
    }
    assert_eq!(one.call("messages/block", &[("person", &one.id.to_string()), ("blocked", "true")]).await.status(), 422);
    assert_eq!(one.call("messages/block", &[("person", "999999"), ("blocked", "true")]).await.status(), 404);
}

/// In a room the two leave each other's list of who is here, and neither sees the other type; everyone else does. Who comes later sees as
/// much.
#[tokio::test]
async fn neither_sees_that_the_other_is_here() {
    let server = Server::start();
    let (sam, lena, noor) = (server.person("sam").await, server.person("lena").await, server.person("noor").await);
    let general = sam.general().await;
    let (presence, talk) = (format!("presence-conversation.{general}"), format!("private-conversation.{general}"));
    let (mut at_sam, mut at_lena) = (sam.socket().await, lena.socket().await);
    for socket in [&mut at_sam, &mut at_lena] {
        socket.subscribe(&talk).await;
        socket.subscribe(&presence).await;
    }
    at_sam.wait("pusher_internal:member_added").await;

    block(&sam, &lena, true).await;
    let left = |frame: Value| data(&frame)["user_id"].clone();
    assert_eq!(left(at_sam.wait("pusher_internal:member_removed").await), lena.id.to_string());
    assert_eq!(left(at_lena.wait("pusher_internal:member_removed").await), sam.id.to_string());
    let mut at_noor = noor.socket().await;
    at_noor.subscribe(&talk).await;
    let all = [&sam, &lena, &noor].map(|person| person.id.to_string());
    assert_eq!(ids(&at_noor.subscribe(&presence).await), all, "others see both");
    let mut again = lena.socket().await;
    let joined = again.subscribe(&presence).await;
    assert_eq!(ids(&joined), [lena.id.to_string(), noor.id.to_string()]);

    at_lena.say(json!({ "event": "client-typing", "channel": talk, "data": {} })).await;
    assert_eq!(data(&at_noor.wait("typing").await)["person"]["id"], lena.id.0);
    at_noor.say(json!({ "event": "client-typing", "channel": talk, "data": {} })).await;
    assert_eq!(data(&at_sam.wait("typing").await)["person"]["id"], noor.id.0, "the first that comes is not Lena's");

    for (by, whom) in [(&sam, &lena), (&lena, &sam)] {
        let entries = by.ask("people/entries", &[("people[0]", &whom.id.to_string())]).await;
        assert_eq!(entries[0]["last_seen"], Value::Null);
    }
    block(&sam, &lena, false).await;
    let came =
        at_sam.wait_for(|frame| frame["event"] == "pusher_internal:member_added" && data(frame)["user_id"] == lena.id.to_string()).await;
    assert_eq!(data(&came)["user_info"]["name"], "Lena Kovač");
}

/// Who watches somebody that has blocked them sees them go, and nothing more of them, also after a restart of the server.
#[tokio::test]
async fn who_watches_is_told_nothing_more() {
    let mut server = Server::start();
    let (sam, lena, noor) = (server.person("sam").await, server.person("lena").await, server.person("noor").await);
    let watch = json!({ "event": "plenum:watch", "data": { "people": [sam.id, noor.id] } });
    let _at_sam = sam.socket().await;
    let mut at_lena = lena.socket().await;
    at_lena.say(watch.clone()).await;
    assert_eq!(data(&at_lena.wait("plenum:online").await)["online"], json!([sam.id]));
    block(&sam, &lena, true).await;
    at_lena.wait_for(|frame| frame["event"] == "plenum:online" && data(frame)["offline"] == json!([sam.id])).await;
    server.kill();
    server.restart();
    let _at_sam = sam.socket().await;
    let _at_noor = noor.socket().await;
    let mut at_lena = lena.socket().await;
    at_lena.say(watch).await;
    assert_eq!(data(&at_lena.wait("plenum:online").await), json!({ "online": [noor.id], "offline": [sam.id] }));
}

/// Somebody is named by one whom they have blocked and by one whom they have not: one notification.
#[tokio::test]
async fn who_is_blocked_notifies_nobody() {
    let server = Server::start();
    let (sam, lena, noor) = (server.person("sam").await, server.person("lena").await, server.person("noor").await);
    let general = sam.general().await;
    block(&sam, &lena, true).await;
    let named = lena.send(general, "@Sam Adeyemi are you there?").await;
    assert_eq!(named["mentions"], json!([sam.id]), "the message is as any other");
    noor.send(general, "@Sam Adeyemi and you?").await;
    let inbox = sam.ask("inbox/page", &[]).await;
    let texts: Vec<&str> =
        inbox["state"]["notifications"].as_array().unwrap().iter().map(|known| known["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["@Sam Adeyemi and you?"]);
    let html = sam.html(&format!("/messages/{general}")).await;
    assert!(html.contains("Message from somebody you blocked"), "the page folds it without scripts, too");
    assert!(!noor.html(&format!("/messages/{general}")).await.contains("Message from somebody you blocked"));
}
