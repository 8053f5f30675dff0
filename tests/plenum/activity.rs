//! What happens, from outside: each effect leaves one row (I32) and a refusal none; feeds show what one may see, live, and only while one may
//! (I24); the audit log is the admins', on pages and as a file.

mod rows;

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    server::{Person, Server},
    socket::{Socket, data},
    waiting::eventually_true,
};

async fn feed(person: &Person, scope: &str) -> Value {
    person.ask("activity/feed", &[("scope", scope)]).await["state"]["feed"].clone()
}

/// What a feed says, as "verb actor subject", the newest first.
fn lines(feed: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let items = feed["items"].as_array().unwrap().iter();
    items.map(|item| format!("{} {} {}", text(&item["verb"]), text(&item["actor"]["name"]), text(&item["subject"]["name"]))).collect()
}

async fn done(person: &Person, endpoint: &str, arguments: &[(&str, &str)]) -> Value {
    let response = person.call(endpoint, arguments).await;
    assert_eq!(response.status(), 200, "{endpoint} {arguments:?}");
    response.json().await.unwrap()
}

async fn room(owner: &Person, name: &str, private: bool) -> String {
    let mut arguments = vec![("name", name), ("topic", "")];
    if private {
        arguments.push(("private", "true"));
    }
    done(owner, "messages/create_room", &arguments).await.to_string()
}

async fn subscribed(person: &Person, channels: &[String]) -> Socket {
    let mut socket = person.socket().await;
    for channel in channels {
        socket.subscribe(channel).await;
    }
    socket
}

/// The frames that say anything of `what`.
fn told(frames: &[Value], what: &str) -> Vec<String> {
    frames.iter().map(Value::to_string).filter(|frame| frame.contains(what)).collect()
}

/// Tom joins a room: its members have it in their feeds and on the wire at once, a nudge reaches who does not look at the room; Tom himself has
/// no echo; who is not in it, hears nothing.
#[tokio::test]
async fn what_happens_reaches_those_who_may_see_it() {
    let server = Server::start();
    let (lena, tom, sam) = (server.person("lena").await, server.person("tom").await, server.person("sam").await);
    let chess = room(&lena, "Chess club", true).await;
    let own = |person: &Person| [format!("private-person.{}", person.id), format!("private-organisation.{}", person.organisation)];
    let mut away = subscribed(&lena, &own(&lena)).await;
    let mut inside = subscribed(&lena, &[format!("private-conversation.{chess}")]).await;
    let mut outside = subscribed(&sam, &own(&sam)).await;
    assert_eq!(outside.try_subscribe(&format!("private-conversation.{chess}"), None).await["event"], "pusher:subscription_error");
    done(&lena, "messages/invite", &[("conversation", &chess), ("person", &tom.id.to_string())]).await;
    let item = data(&inside.wait("activity.recorded").await);
    assert_eq!((&item["verb"], &item["about"]["name"]), (&json!("member.invited"), &json!("Tom Visser")), "{item}");
    let nudge = data(&away.wait("activity.moved").await);
    assert_eq!((&nudge["items"][0]["id"], nudge["conversation"].to_string()), (&item["id"], chess.clone()));
    assert_eq!(lines(&feed(&tom, "today").await)[0], "member.invited Lena Kovač Chess club");
    assert!(!lines(&feed(&lena, "today").await).iter().any(|line| line.contains("Chess")), "no echo");
    assert_eq!(lines(&feed(&lena, &format!("conversation:{chess}")).await).len(), 2);

    // Who is not in it: not in the feed, not by its id, not on the API, not on the wire.
    assert!(!lines(&feed(&sam, "today").await).iter().any(|line| line.contains("Chess")));
    assert_eq!(sam.get("activity/feed", &[("scope", &format!("conversation:{chess}"))]).await.status(), 404);
    assert!(!lines(&feed(&sam, &format!("person:{}", lena.id)).await).iter().any(|line| line.contains("Chess")));
    assert_eq!(sam.page(&format!("/messages/{chess}/activity")).await.status(), 404);
    let program = Program::of(&server, "sam", &["read"]).await;
    assert!(!program.get("activity").await.to_string().contains("Chess"));
    // What is sent by pace is out when what happened later has come by the same way.
    let strings = room(&lena, "Strings", true).await;
    done(&lena, "messages/invite", &[("conversation", &strings), ("person", &sam.id.to_string())]).await;
    outside.wait_for(|frame| frame["event"] == "activity.moved" && frame.to_string().contains("Strings")).await;
    assert_eq!(told(&outside.settle().await, "Chess"), [] as [&str; 0]);

    // Whoever is removed has nothing of it from then on.
    let mut removed = subscribed(&tom, &[format!("private-conversation.{chess}"), own(&tom)[0].clone()]).await;
    done(&lena, "messages/remove", &[("conversation", &chess), ("person", &tom.id.to_string())]).await;
    removed.wait("pusher:subscription_error").await;
    away.wait_for(|frame| frame["event"] == "activity.moved" && frame.to_string().contains("member.removed")).await;
    assert_eq!(told(&removed.settle().await, "activity."), [] as [&str; 0]);
    assert!(!feed(&tom, "today").await.to_string().contains("Chess"));
    assert_eq!(tom.get("activity/feed", &[("scope", &format!("conversation:{chess}"))]).await.status(), 404);
}

/// What concerns all is in every feed of the organisation and in no other's; another organisation's people and conversations are not there.
#[tokio::test]
async fn an_organisation_hears_its_own() {
    let server = Server::start();
    let database = server.database().await;
    sqlx::query("insert into organisations (id, name, host, created_at) values (900, 'Elsewhere', 'elsewhere.example', 0)")
        .execute(&database)
        .await
        .unwrap();
    sqlx::query("insert into people (id, organisation_id, email, name, password_hash, hue, created_at) values (901, 900, 'eve@plenum.example', 'Eve', '', 0, 0)")
        .execute(&database)
        .await
        .unwrap();
    sqlx::query("insert into roles (person_id, role) values (901, 'admin')").execute(&database).await.unwrap();
    let (admin, lena, eve) = (server.person("admin").await, server.person("lena").await, server.person("eve").await);
    let mut here = subscribed(&lena, &[format!("private-organisation.{}", lena.organisation)]).await;
    let mut there = subscribed(&eve, &["private-organisation.900".to_owned(), "private-ops.900".to_owned()]).await;
    done(&admin, "people/update_organisation", &[("name", "The Institute"), ("open_registration", "true")]).await;
    let item = data(&here.wait("activity.recorded").await);
    assert_eq!(item["verb"], "organisation.renamed");
    assert_eq!(lines(&feed(&lena, "today").await)[0], "organisation.renamed Vera Nowak The Institute");
    assert_eq!(told(&there.settle().await, "Institute"), [] as [&str; 0]);
    assert_eq!(feed(&eve, "today").await["items"], json!([]));
    assert_eq!(eve.get("activity/feed", &[("scope", &format!("person:{}", lena.id))]).await.status(), 404);
    assert_eq!(eve.get("activity/feed", &[("scope", &format!("conversation:{}", lena.general().await))]).await.status(), 404);
    let rows = eve.ask("activity/audit", &[]).await;
    assert_eq!(rows["state"]["rows"], json!([]), "an admin's log is their own organisation's");
    let mut guessing = eve.socket().await;
    let answer = guessing.try_subscribe(&format!("private-ops.{}", lena.organisation), None).await;
    assert_eq!(answer["event"], "pusher:subscription_error");
}

/// A feed has pages that meet; `floor` asks for all down to there; a topic is a filter of all of that.
#[tokio::test]
async fn a_feed_has_pages() {
    let server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let (lena, tom) = (server.person("lena").await, server.person("tom").await);
    let strings = room(&lena, "Strings", false).await;
    for _ in 0..30 {
        done(&tom, "messages/join", &[("conversation", &strings)]).await;
        done(&tom, "messages/leave", &[("conversation", &strings)]).await;
    }
    let whole = format!("conversation:{strings}");
    let ids = |feed: &Value| feed["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect::<Vec<_>>();
    let first = feed(&lena, &whole).await;
    assert_eq!(ids(&first).len(), 40);
    assert_eq!(first["floor"], *ids(&first).last().unwrap());
    let before = first["floor"].to_string();
    let second = lena.ask("activity/feed", &[("scope", &whole), ("before", &before)]).await["state"]["feed"].clone();
    assert_eq!((ids(&second).len(), &second["floor"]), (21, &json!(0)));
    let all = lena.ask("activity/feed", &[("scope", &whole), ("floor", "1")]).await["state"]["feed"].clone();
    assert_eq!(ids(&all), [ids(&first), ids(&second)].concat());
    let people = lena.ask("activity/feed", &[("scope", "today"), ("topic", "people")]).await["state"]["feed"].clone();
    assert!(lines(&people).iter().all(|line| line.starts_with("person.") || line.starts_with("role.")), "{people}");
    // The same over the public API.
    let program = Program::of(&server, "lena", &["read"]).await;
    let page = program.get("activity?topic=conversations").await;
    assert_eq!(page["data"].as_array().unwrap().len(), 40);
    let older = program.get(&format!("activity?topic=conversations&before={}", page["next"])).await;
    assert!(older["data"].as_array().unwrap().iter().all(|item| item["id"].as_i64() < page["next"].as_i64()));
}

/// The pages without scripts: Today has the day, what waits, the feed and a way to older ones; a conversation and a person have theirs.
#[tokio::test]
async fn the_pages_are_whole_without_scripts() {
    let server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let (lena, tom) = (server.person("lena").await, server.person("tom").await);
    assert_eq!(server.get("/").await.headers()["location"], "/sign-in");
    let chess = room(&lena, "Chess club", false).await;
    for name in ["tom", "sam", "noor"] {
        done(&server.person(name).await, "messages/join", &[("conversation", &chess)]).await;
    }
    tom.send(chess.parse().unwrap(), "@Lena Kovač shall we begin?").await;
    let today = lena.html("/").await;
    for expected in
        ["<h1>Today", "What needs you", "1 unread", "Tom Visser mentioned you in Chess club", "Unread conversations", "What happened"]
    {
        assert!(today.contains(expected), "{expected}: {today}");
    }
    assert!(today.contains("Noor Haddad, Sam Adeyemi and Tom Visser joined Chess club") && today.contains("Show all 3"), "{today}");
    assert!(today.contains("href=\"/?show=people\""));
    assert!(!lena.html("/?show=people").await.contains("joined Chess club"));
    let activity = lena.html(&format!("/messages/{chess}/activity")).await;
    assert!(activity.contains("Activity in Chess club") && activity.contains("You made the room Chess club"), "{activity}");
    assert!(lena.html(&format!("/messages/{chess}?panel=about")).await.contains(&format!("href=\"/messages/{chess}/activity\"")));
    let profile = lena.html(&format!("/people/{}", tom.id)).await;
    assert!(profile.contains("Tom Visser joined Chess club"), "{profile}");
    for _ in 0..25 {
        done(&tom, "messages/leave", &[("conversation", &chess)]).await;
        done(&tom, "messages/join", &[("conversation", &chess)]).await;
    }
    let older = feed(&lena, "today").await["floor"].to_string();
    assert!(lena.html("/").await.contains(&format!("href=\"/?before={older}\"")));
    let page = lena.html(&format!("/?before={older}")).await;
    assert!(page.contains("Back to the newest") && page.contains("joined Chess club"));
}

/// The audit log: admins only, filtered, paged, told of what is new; the file has every row that the filter shows, and no cell is a formula.
#[tokio::test]
async fn the_audit_log_and_its_file() {
    let server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let (admin, lena) = (server.person("admin").await, server.person("lena").await);
    let mut ops = subscribed(&admin, &[format!("private-ops.{}", admin.organisation)]).await;
    let formula = room(&lena, "=SUM(A1)", false).await;
    let moved = data(&ops.wait("audit.moved").await)["id"].as_i64().unwrap();
    for number in 0..300 {
        let topic = format!("topic \"{number}\"");
        done(&lena, "messages/rename", &[("conversation", &formula), ("name", "=SUM(A1)"), ("topic", &topic)]).await;
    }
    for path in ["/admin/audit", "/admin/audit.csv"] {
        assert_eq!(lena.page(path).await.status(), 403, "{path}");
    }
    assert_eq!(lena.get("activity/audit", &[]).await.status(), 403);
    assert_eq!(server.get("/admin/audit.csv").await.status(), 401);
    let page = admin.ask("activity/audit", &[("asked[subject]", "conversation"), ("asked[text]", "topic")]).await["state"].clone();
    assert_eq!(page["rows"].as_array().unwrap().len(), 50);
    let new = admin.ask("activity/audit_new", &[("asked[person]", "lena"), ("after", &moved.to_string())]).await;
    assert_eq!(new, 300);
    let html = admin.html("/admin/audit?person=lena&topic=conversations").await;
    assert!(
        html.contains("Lena Kovač changed the topic of =SUM(A1)")
            && html.contains("href=\"/admin/audit.csv?person=lena&amp;topic=conversations\""),
        "{html}"
    );
    assert!(html.contains("rel=\"next\""));
    assert_eq!(admin.page("/admin/audit?from=never").await.status(), 422);

    let file = admin.page("/admin/audit.csv?person=lena&text=sum").await;
    assert_eq!(file.status(), 200);
    let name = file.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.starts_with("attachment; filename=\"audit-20") && name.ends_with(".csv\""), "{name}");
    let text = file.text().await.unwrap();
    let rows: Vec<&str> = text.trim_end().split("\r\n").collect();
    assert_eq!(rows.len(), 1 + 301);
    assert!(rows[0].starts_with("id,time,verb,") && rows[301].contains("conversation.created"), "the newest first");
    assert!(rows[1..].iter().all(|row| row.contains("\"'=SUM(A1)\"")), "{}", rows[1]);
    assert!(rows[1].contains("\"topic: topic \"\"299\"\"\""), "{}", rows[1]);
    // All of it, in more than one part.
    let database = server.database().await;
    let count: usize =
        sqlx::query_scalar::<_, i64>("select count(*) from activity").fetch_one(&database).await.unwrap().try_into().unwrap();
    assert!(admin.page("/admin/audit.csv").await.text().await.unwrap().trim_end().split("\r\n").count() == 1 + count);

    let program = Program::of(&server, "admin", &["admin", "read"]).await;
    let first = program.get("audit?topic=conversations").await;
    assert_eq!(first["data"].as_array().unwrap().len(), 50);
    assert!(program.get(&format!("audit?before={}", first["next"])).await["data"].as_array().unwrap().len() == 50);
    let reader = Program::of(&server, "admin", &["read"]).await;
    assert_eq!(reader.request(Method::GET, "audit", None, None).await.0, 403);
    let instructor = Program::of(&server, "ines", &["read", "write"]).await;
    assert_eq!(instructor.request(Method::GET, "audit", None, None).await.0, 403);
}
