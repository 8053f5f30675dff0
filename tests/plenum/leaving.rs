//! I35: who is suspended or removed is in nowhere. Requests, sockets, tokens, invitations and schedules of theirs are refused or have ended;
//! what must stay names "A former member".

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    broadcasts::{a_day_ahead, detail, try_send},
    seats::{FREE, gala, hold},
    server::{ONLY_REVOKED, Person, Server, client, cursor},
    socket::{Socket, data},
    waiting::eventually_true,
};

const FORMER: &str = "A former member";
const SUSPENDED: &str = "Your account is suspended. Ask an administrator.";

async fn act(admin: &Person, what: &str, person: &Person, successor: Option<&Person>) -> (u16, Value) {
    let (id, successor) = (person.id.to_string(), successor.map(|successor| successor.id.to_string()).unwrap_or_default());
    let form = [("person", id.as_str()), ("successor", successor.as_str()), ("confirmed", "true")];
    let fields = if what == "restore" {
        &form[..1]
    } else if what == "suspend" {
        &form[..2]
    } else {
        &form[..]
    };
    let response = admin.call(&format!("people/{what}"), fields).await;
    (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
}

async fn done(admin: &Person, what: &str, person: &Person, successor: Option<&Person>) {
    let (status, answer) = act(admin, what, person, successor).await;
    assert_eq!(status, 200, "{what}: {answer}");
}

async fn sign_in(server: &Server, email: &str, password: &str) -> (u16, Value) {
    let request = client().post(format!("{}/fn/people/sign_in", server.url)).header("origin", &server.url);
    let response = request.header("accept", "application/json").form(&[("email", email), ("password", password)]).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
}

async fn count(server: &Server, statement: &'static str, person: &Person) -> i64 {
    let database = server.database().await;
    let count = sqlx::query_scalar(statement).bind(person.id.0).fetch_one(&database).await.unwrap();
    database.close().await;
    count
}

/// The job that follows a suspension or removal has done all.
async fn is_over(server: &Server, person: &Person) {
    eventually_true("their leaving is done", async || {
        count(server, "select count(*) from departures where person_id = $1", person).await == 0
    })
    .await;
}

async fn found(by: &Person, name: &str) -> usize {
    by.ask("people/directory", &[("query", name)]).await["entries"].as_array().unwrap().len()
}

/// Each way in is closed at once, with a code of its own; the sentence is for those alone who know the password. Restored, they are as before.
#[tokio::test]
async fn a_suspended_person_is_refused_everywhere() {
    let server = Server::start_with(&[ONLY_REVOKED, FREE]);
    let (admin, mara, sam) = (server.person("admin").await, server.person("mara").await, server.person("sam").await);
    let general = mara.general().await;
    let program = Program::of(&server, "mara", &["read", "write", "connect"]).await;
    let mut socket = mara.socket().await;
    socket.subscribe(&format!("private-conversation.{general}")).await;
    let mut outside = Socket::connect(&server.url, None, "plenum").await;
    let socket_id = data(&outside.next().await)["socket_id"].as_str().unwrap().to_owned();
    let auth = async || {
        let form = [("socket_id", socket_id.as_str())];
        client().post(format!("{}/broadcasting/user-auth", server.url)).bearer_auth(&program.token).form(&form).send().await.unwrap()
    };
    let signed: Value = auth().await.json().await.unwrap();
    outside.say(json!({ "event": "pusher:signin", "data": { "auth": signed["auth"], "user_data": signed["user_data"] } })).await;
    outside.wait("pusher:signin_success").await;
    let (event, seats) = gala(&server, 1).await;
    assert_eq!(hold(&mara, event, &seats).await.0, 200);
    let sent = try_send(&mara, &[("audience", "everyone"), ("at", &a_day_ahead())]).await;
    let broadcast: i64 = sent.json().await.unwrap();
    let organisation = format!("private-organisation.{}", admin.organisation);
    let directory = sam.ask("people/directory", &[]).await;
    let mut told = sam.socket().await;
    told.resume(&organisation, &directory["cursor"]).await;
    assert_eq!(found(&sam, "Mara Costa").await, 1);

    done(&admin, "suspend", &mara, None).await;
    assert_eq!(socket.closed().await, Some(4010));
    assert_eq!(outside.closed().await, Some(4010));
    told.wait_for(|frame| frame["event"] == "person.changed" && data(frame)["id"] == mara.id.0).await;
    let page = mara.page("/inbox").await;
    assert!(page.status().is_redirection() || page.status() == 401 || page.status() == 403, "{}", page.status());
    assert_eq!(mara.get("inbox/page", &[]).await.status(), 401);
    assert_eq!(mara.call("messages/send", &[("conversation", &general.to_string()), ("text", "still here")]).await.status(), 401);
    assert_eq!(program.request(Method::GET, "conversations", None, None).await.0, 401);
    assert_eq!(auth().await.status(), 401);
    let wanted = json!({ "email": mara.email, "password": "plenum-demo", "name": "again", "scopes": ["read"] });
    let token = client().post(format!("{}/api/v1/tokens", server.url)).json(&wanted).send().await.unwrap();
    assert_eq!(token.status(), 403);
    let (status, refused) = sign_in(&server, &mara.email, "plenum-demo").await;
    assert_eq!((status, &refused["message"], &refused["field"]), (403, &json!(SUSPENDED), &json!("password")));
    let (status, wrong) = sign_in(&server, &mara.email, "not the password").await;
    assert!(status == 401 && !wrong.to_string().contains("suspended"), "{wrong}");
    assert_eq!(found(&sam, "Mara Costa").await, 0);
    assert_eq!(sam.get("people/person", &[("id", &mara.id.to_string())]).await.status(), 404);
    assert_eq!(sam.call("messages/create_group", &[("people[0]", &mara.id.to_string()), ("name", "Us")]).await.status(), 404);
    is_over(&server, &mara).await;
    assert_eq!(detail(&admin, broadcast).await["state"], "cancelled");
    assert_eq!(count(&server, "select count(*) from holds where person_id = $1 and state = 'active'", &mara).await, 0);
    assert_eq!(hold(&sam, event, &seats).await.0, 200, "the seat is free");
    let reset = [("email", mara.email.as_str())];
    let asked = client().post(format!("{}/fn/people/request_reset", server.url)).header("origin", &server.url).form(&reset);
    assert!(asked.send().await.unwrap().status().as_u16() < 400, "the answer says nothing");
    assert_eq!(act(&admin, "suspend", &mara, None).await.0, 409);
    let form = [("person", mara.id.to_string()), ("roles[]", "instructor".to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(admin.call("people/set_roles", &form).await.status(), 409);

    done(&admin, "restore", &mara, None).await;
    assert_eq!(count(&server, "select count(*) from password_resets where person_id = $1", &mara).await, 0, "no link was sent meanwhile");
    assert_eq!(sign_in(&server, &mara.email, "plenum-demo").await.0, 200);
    assert_eq!(program.request(Method::GET, "conversations", None, None).await.0, 401, "what has ended stays ended");
    let back = server.person("mara").await;
    assert_eq!(back.general().await, general);
    assert_eq!(back.get("broadcasts/list", &[]).await.status(), 200, "with her role");
    assert_eq!(found(&sam, "Mara Costa").await, 1);
    let audit = admin.html("/admin/audit?topic=people").await;
    assert!(audit.contains("suspended Mara Costa") && audit.contains("restored Mara Costa"), "{audit}");
    assert!(!sam.html("/").await.contains("suspended Mara Costa"), "it is the admins' to know");
}

/// Who may: admins, but nobody themselves and nobody the last admin; what an admin had invited to is worth nothing.
#[tokio::test]
async fn the_last_admin_stays() {
    let server = Server::start_with(&[FREE]);
    let (admin, mara, sam) = (server.person("admin").await, server.person("mara").await, server.person("sam").await);
    for what in ["suspend", "restore", "remove"] {
        assert_eq!(act(&mara, what, &sam, None).await.0, 403, "{what}");
    }
    assert_eq!(act(&admin, "suspend", &admin, None).await.0, 409);
    assert_eq!(act(&admin, "remove", &admin, None).await.0, 409);
    let form = [("person", mara.id.to_string()), ("roles[]", "admin".to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(admin.call("people/set_roles", &form).await.status(), 200);
    let address: String = mara.call("people/invite", &[("role", "member")]).await.json().await.unwrap();
    let invitation = address.split_once("invitation=").unwrap().1.to_owned();
    done(&admin, "suspend", &mara, None).await;
    let form = [
        ("name", "New Comer"),
        ("email", "new@plenum.example"),
        ("password", "a password of some length"),
        ("invitation", invitation.as_str()),
    ];
    let register = client().post(format!("{}/fn/people/register", server.url)).header("origin", &server.url);
    assert_eq!(register.header("accept", "application/json").form(&form).send().await.unwrap().status(), 422);
    done(&admin, "restore", &mara, None).await;
    let mara = server.person("mara").await;
    done(&mara, "suspend", &admin, None).await;
    assert_eq!(act(&mara, "suspend", &mara, None).await.0, 409);
}

/// What somebody runs passes to whom is named, who may run it; a removal asks for one.
#[tokio::test]
async fn what_they_ran_passes_on() {
    let server = Server::start_with(&[FREE]);
    let (admin, otto, sam) = (server.person("admin").await, server.person("otto").await, server.person("sam").await);
    server.set_wallet(&otto, 0).await;
    let shown = admin.ask("people/detail", &[("person", &otto.id.to_string())]).await["state"].clone();
    assert!(shown["runs"]["events"].as_i64().unwrap() > 0, "{shown}");
    let (status, refused) = act(&admin, "remove", &otto, None).await;
    assert_eq!((status, &refused["field"]), (422, &json!("successor")), "{refused}");
    let (status, refused) = act(&admin, "remove", &otto, Some(&sam)).await;
    assert_eq!((status, &refused["field"]), (422, &json!("successor")), "{refused}");
    done(&admin, "remove", &otto, Some(&admin)).await;
    is_over(&server, &otto).await;
    assert_eq!(count(&server, "select count(*) from space_members where person_id = $1", &otto).await, 0);
    let events = "select count(*) from events e where not exists (select 1 from space_members m where m.space_id = e.space_id and m.staff)
        and e.state not in ('ended', 'cancelled') and $1 > 0";
    assert_eq!(count(&server, events, &otto).await, 0, "each event is run by somebody");
}

/// Money and what is under way come first.
#[tokio::test]
async fn a_wallet_with_money_refuses_the_removal() {
    let server = Server::start_with(&[FREE]);
    let (admin, tom) = (server.person("admin").await, server.person("tom").await);
    server.set_wallet(&tom, 500).await;
    let (status, refused) = act(&admin, "remove", &tom, Some(&admin)).await;
    assert_eq!(status, 409);
    assert!(refused["message"].as_str().unwrap().contains("wallet"), "{refused}");
    let page = admin.html(&format!("/admin/people/{}", tom.id)).await;
    assert!(page.contains("There is money in their wallet."));
}

/// Behind the commit of a suspension nothing of theirs is committed, however many writes are under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_written_behind_a_suspension() {
    let server = Server::start_with(&[FREE]);
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    let general = sam.general().await.to_string();
    let writers = (0..12).map(|_| {
        let (sam, general) = (sam.clone(), general.clone());
        tokio::spawn(async move {
            loop {
                let response = sam.call("messages/send", &[("conversation", general.as_str()), ("text", "storm")]).await;
                if response.status() == 401 {
                    return;
                }
                assert_eq!(response.status(), 200);
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let sent = "select count(*) from messages where author_id = $1 and text = 'storm'";
    eventually_true("the storm blows", async || count(&server, sent, &sam).await > 50).await;
    done(&admin, "suspend", &sam, None).await;
    // Ids of messages and of records are given by the one writer, in order of commits.
    let database = server.database().await;
    let last: i64 =
        sqlx::query_scalar("select max(id) from messages where author_id = $1").bind(sam.id.0).fetch_one(&database).await.unwrap();
    join_all(writers).await.into_iter().for_each(|writer| writer.unwrap());
    let (later, state_at, sent_at): (i64, i64, i64) = sqlx::query_as(
        "select max(m.id), max(p.state_at), max(m.sent_at) from messages m join people p on p.id = m.author_id where p.id = $1",
    )
    .bind(sam.id.0)
    .fetch_one(&database)
    .await
    .unwrap();
    database.close().await;
    assert_eq!(later, last, "nothing came after the answer");
    assert!(sent_at <= state_at, "{sent_at} {state_at}");
}

/// Every place in the database's text that says `words`: table, column, and how many rows.
async fn says(server: &Server, words: &str) -> Vec<(String, String, i64)> {
    let database = server.database().await;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c
         where m.type = 'table' and m.name not like 'sqlite_%' and m.name not like 'message_search%' and upper(c.type) = 'TEXT'",
    )
    .fetch_all(&database)
    .await
    .unwrap();
    assert!(columns.len() > 50, "the schema is read");
    let mut places = Vec::new();
    for (table, column) in columns {
        let statement = format!("select count(*) from \"{table}\" where instr(\"{column}\", $1) > 0");
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).bind(words).fetch_one(&database).await.unwrap();
        if rows > 0 {
            places.push((table, column, rows));
        }
    }
    database.close().await;
    places
}

/// A removal that is killed in the middle goes on; afterwards neither tables nor log say the name or the address, and others read
/// "A former member" where something must stay.
#[tokio::test]
async fn a_removal_erases_name_and_address_over_kills() {
    let mut server = Server::start_with(&[FREE]);
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    let leaver = server.rich_crowd(admin.organisation, 1, 0).await.remove(0);
    let name = "Quilla Zanderwood";
    let profile = [("name", name), ("hue", "3"), ("zone", "Europe/Berlin")];
    assert_eq!(leaver.call("people/update_profile", &profile).await.status(), 200);
    let general = sam.general().await;
    let snapshot = sam.thread(general).await;
    assert_eq!(leaver.call("messages/join", &[("conversation", &general.to_string())]).await.status(), 200);
    let said = leaver.send(general, "I was here").await;
    let theirs = sam.send(general, "Welcome").await;
    let reaction = [("message", theirs["id"].to_string()), ("emoji", "👍".to_owned()), ("on", "true".to_owned())];
    let reaction: Vec<(&str, &str)> = reaction.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(leaver.call("messages/react", &reaction).await.status(), 200);
    let direct: String = leaver.call("messages/direct", &[("person", &sam.id.to_string())]).await.text().await.unwrap();
    let direct: i64 = direct.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
    leaver.send(direct, "Only for you").await;
    assert!(!says(&server, name).await.is_empty() && !says(&server, &leaver.email).await.is_empty());

    done(&admin, "remove", &leaver, None).await;
    server.kill();
    server.restart();
    let database = server.database().await;
    sqlx::query("update jobs set leased_until = null where kind = 'people.leave'").execute(&database).await.unwrap();
    database.close().await;
    is_over(&server, &leaver).await;
    for words in [name, "Zanderwood", leaver.email.as_str()] {
        assert_eq!(says(&server, words).await, [], "{words}");
    }
    assert_eq!(leaver.get("inbox/page", &[]).await.status(), 401);
    let thread = sam.thread(general).await["state"].to_string();
    assert!(thread.contains(FORMER) && thread.contains("I was here"), "what was said stays: {}", said["id"]);
    let other = sam.thread(direct).await["state"].to_string();
    assert!(other.contains("Only for you") && other.contains(FORMER), "{other}");
    assert_eq!(count(&server, "select count(*) from reactions where person_id = $1", &leaver).await, 0);
    let left =
        "select count(*) from memberships m join conversations c on c.id = m.conversation_id where person_id = $1 and kind <> 'direct'";
    assert_eq!(count(&server, left, &leaver).await, 0);
    assert_eq!(found(&sam, FORMER).await, 0, "the directory has none of these");
    // Whoever comes back from before is never told the name.
    let channel = format!("private-conversation.{general}");
    let mut socket = sam.socket().await;
    let joined = socket.resume(&channel, &cursor(&snapshot, &channel)).await;
    assert_eq!(joined["recovered"], false);
    assert!(!socket.settle().await.iter().any(|frame| frame.to_string().contains(name)));
}

/// The same for programs, which need the scope `manage`.
#[tokio::test]
async fn programs_suspend_and_remove() {
    let server = Server::start_with(&[FREE]);
    let writer = Program::of(&server, "admin", &["read", "write"]).await;
    let manager = Program::of(&server, "admin", &["manage"]).await;
    let (admin, tom) = (server.person("admin").await, server.person("tom").await);
    let path = |act: &str| format!("people/{}/{act}", tom.id);
    assert_eq!(writer.post(&path("suspend"), json!({})).await.0, 403);
    let (status, answer) = manager.post(&path("suspend"), json!({})).await;
    assert_eq!((status, &answer["state"]), (200, &json!("suspended")), "{answer}");
    assert_eq!(manager.post(&path("suspend"), json!({})).await.0, 409);
    let (status, answer) = manager.request(Method::POST, &path("restore"), None, Some("restore-tom-1")).await;
    assert_eq!((status, &answer["state"]), (200, &json!("active")), "{answer}");
    let removal = format!("people/{}", tom.id);
    assert_eq!(manager.request(Method::DELETE, &removal, None, None).await.0, 409, "there is money in the wallet");
    server.set_wallet(&tom, 0).await;
    let removal = format!("{removal}?successor={}", admin.id);
    assert_eq!(manager.request(Method::DELETE, &removal, None, None).await.0, 204);
    assert_eq!(manager.request(Method::DELETE, &removal, None, None).await.0, 404);
}
