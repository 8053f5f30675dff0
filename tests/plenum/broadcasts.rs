//! Broadcasts from outside: each recipient has one once, over `kill -9` (I26); who may send, how often, and how it is stopped.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    server::{Person, Server},
    socket::data,
    waiting::eventually,
};

/// People beside the seeded ones, so that sending takes a while.
pub(super) const CROWD: i64 = 1_500;

/// Fills the organisation with people.
pub(super) async fn crowd(server: &Server, organisation: i64) {
    crowd_of(server, organisation, CROWD).await;
}

async fn crowd_of(server: &Server, organisation: i64, count: i64) {
    let database = server.database().await;
    sqlx::query(
        "with recursive counted (n) as (select 1 union all select n + 1 from counted where n < $2)
         insert into people (organisation_id, email, name, password_hash, hue, created_at)
         select $1, 'crowd' || n || '@plenum.example', 'Person ' || n, '', 0, 0 from counted",
    )
    .bind(organisation)
    .bind(count)
    .execute(&database)
    .await
    .unwrap();
    database.close().await;
}

fn key() -> String {
    format!("key-{:016x}", rand_number())
}

fn rand_number() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos()
}

pub(super) async fn try_send(by: &Person, fields: &[(&str, &str)]) -> reqwest::Response {
    let key = key();
    let mut form = vec![("key", key.as_str()), ("title", "Fire drill"), ("text", "At noon.")];
    form.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
    form.extend(fields);
    by.call("broadcasts/send", &form).await
}

pub(super) async fn send(by: &Person, audience: &str) -> i64 {
    let response = try_send(by, &[("audience", audience)]).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

pub(super) async fn detail(by: &Person, id: i64) -> Value {
    by.ask("broadcasts/detail", &[("id", &id.to_string())]).await["state"]["broadcast"].clone()
}

pub(super) async fn act(by: &Person, id: i64, act: &str) -> u16 {
    by.call("broadcasts/act", &[("id", &id.to_string()), ("act", act)]).await.status().as_u16()
}

/// Waits until it shows what `is` wants to see.
pub(super) async fn until(by: &Person, id: i64, is: impl Fn(&Value) -> bool) -> Value {
    eventually("the broadcast comes so far", async || Some(detail(by, id).await).filter(&is)).await
}

pub(super) fn is_sent(broadcast: &Value) -> bool {
    broadcast["state"] == "sent"
}

pub(super) fn delivered(broadcast: &Value) -> i64 {
    broadcast["funnel"]["delivered"].as_i64().unwrap()
}

/// How many have a notification of it, and how many notifications there are.
pub(super) async fn told(server: &Server, id: i64) -> (i64, i64) {
    let database = server.database().await;
    let told = sqlx::query_as("select count(distinct person_id), count(*) from notifications where subject = $1")
        .bind(format!("broadcast:{id}"))
        .fetch_one(&database)
        .await
        .unwrap();
    database.close().await;
    told
}

/// The lease of a process that was killed runs out after 90 s; here it does so at once.
pub(super) async fn end_leases(server: &Server) {
    let database = server.database().await;
    sqlx::query("update jobs set leased_until = null where kind like 'broadcasts.%'").execute(&database).await.unwrap();
    database.close().await;
}

/// I26: to everyone, scheduled; the server is killed before its time and twice while it sends. Each has it once, all counts are right,
/// and of a second one, sent at the same time, too.
#[tokio::test]
async fn each_has_it_once_over_kills() {
    let mut server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let (admin, mara) = (server.person("admin").await, server.person("mara").await);
    crowd(&server, admin.organisation).await;
    let first = send(&admin, "everyone").await;
    let second = send(&mara, "role:member").await;
    for threshold in [1, 400] {
        until(&admin, first, |now| delivered(now) >= threshold).await;
        server.kill();
        end_leases(&server).await;
        server.restart();
    }
    let mut seen = Vec::new();
    for (id, by) in [(first, &admin), (second, &mara)] {
        let sent = until(by, id, is_sent).await;
        let recipients = sent["funnel"]["recipients"].as_i64().unwrap();
        assert_eq!(delivered(&sent), recipients);
        assert_eq!(told(&server, id).await, (recipients, recipients), "each once");
        seen.push(recipients);
    }
    let database = server.database().await;
    let people: i64 = sqlx::query_scalar("select count(*) from people where organisation_id = $1")
        .bind(admin.organisation)
        .fetch_one(&database)
        .await
        .unwrap();
    assert!(seen[0] == people - 1 && people > CROWD, "everyone but the sender: {seen:?}");
    let (dead,): (i64,) = sqlx::query_as("select count(*) from dead_letters").fetch_one(&database).await.unwrap();
    assert_eq!(dead, 0);
}

/// Scheduled while the server is dead at its time: it goes out when the server is there again.
#[tokio::test]
async fn what_was_due_meanwhile_goes_out() {
    let mut server = Server::start();
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    let id = send(&admin, &format!("person:{}", sam.id)).await;
    until(&admin, id, is_sent).await;
    let at = a_day_ahead();
    let response = try_send(&admin, &[("audience", "everyone"), ("at", &at)]).await;
    assert_eq!(response.status(), 200, "{at}");
    let id: i64 = response.json().await.unwrap();
    assert_eq!(detail(&admin, id).await["state"], "scheduled");
    server.kill();
    let database = server.database().await;
    sqlx::query("update broadcasts set due_at = 1 where id = $1").bind(id).execute(&database).await.unwrap();
    sqlx::query("update jobs set due_at = 1 where kind = 'broadcasts.send'").execute(&database).await.unwrap();
    database.close().await;
    server.restart();
    until(&admin, id, is_sent).await;
    let (people, notifications) = told(&server, id).await;
    assert!(people > 5 && people == notifications);
}

/// A day ahead in any zone, as a form says it.
pub(super) fn a_day_ahead() -> String {
    let tomorrow = plenum_store::db::now() + 36 * 3_600_000;
    plenum_core::time::Zone::machine(tomorrow).get(..16).unwrap().to_owned()
}

/// So many milliseconds after which everything that is due soon is due.
const SOON: i64 = 10 * 60_000;

/// Sends another broadcast, to one person, and waits until they have it: what else was due when it began has been done by then.
async fn another_goes_out(server: &Server, by: &Person) {
    server.advance(SOON).await;
    let other = send(by, &format!("person:{}", server.person("sam").await.id)).await;
    until(by, other, is_sent).await;
}

/// Pause holds it, resume lets it go on, cancel ends it; each leaves one activity row (I32), and what cannot be done is 409.
#[tokio::test]
async fn it_is_paused_resumed_and_cancelled() {
    let server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let (admin, mara) = (server.person("admin").await, server.person("mara").await);
    crowd_of(&server, admin.organisation, 4 * CROWD).await;
    let id = send(&admin, "everyone").await;
    until(&admin, id, |now| delivered(now) > 0).await;
    assert_eq!(act(&mara, id, "pause").await, 200, "any of them may stop it");
    let paused = detail(&admin, id).await;
    assert_eq!(paused["state"], "paused");
    assert!(delivered(&paused) < 4 * CROWD);
    another_goes_out(&server, &admin).await;
    assert_eq!(detail(&admin, id).await, paused, "nothing goes out meanwhile");
    assert_eq!(act(&admin, id, "pause").await, 409);
    assert_eq!(act(&admin, id, "resume").await, 200);
    let later = delivered(&paused) + 100;
    until(&admin, id, |now| delivered(now) >= later).await;
    assert_eq!(act(&admin, id, "cancel").await, 200);
    let cancelled = detail(&admin, id).await;
    assert_eq!(cancelled["state"], "cancelled");
    for what in ["pause", "resume", "cancel"] {
        assert_eq!(act(&admin, id, what).await, 409, "{what}");
    }
    assert_eq!(act(&admin, id, "finish").await, 422);
    another_goes_out(&server, &admin).await;
    let (people, notifications) = told(&server, id).await;
    assert_eq!((people, notifications), (delivered(&cancelled), delivered(&cancelled)), "who has it keeps it, and no more come");
    let database = server.database().await;
    let verbs: Vec<String> =
        sqlx::query_scalar("select verb from activity where subject_kind = 'broadcast' and subject_id = $1 order by id")
            .bind(id)
            .fetch_all(&database)
            .await
            .unwrap();
    let verbs: Vec<&str> = verbs.iter().map(|verb| verb.trim_start_matches("broadcast.")).collect();
    assert_eq!(verbs, ["created", "started", "paused", "resumed", "started", "cancelled"]);
}

/// The eleventh within an hour is 429 with the time to wait; the same key again is the same broadcast and does not count.
#[tokio::test]
async fn ten_an_hour() {
    let server = Server::start();
    let (mara, sam) = (server.person("mara").await, server.person("sam").await);
    let audience = format!("person:{}", sam.id);
    let form = [("key", "key-of-the-form"), ("audience", audience.as_str()), ("title", "Once")];
    let mut ids = Vec::new();
    for _ in 0..4 {
        let response = mara.call("broadcasts/send", &form).await;
        assert_eq!(response.status(), 200);
        ids.push(response.json::<i64>().await.unwrap());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    for _ in 0..9 {
        send(&mara, &audience).await;
    }
    let refused = try_send(&mara, &[("audience", &audience)]).await;
    assert_eq!(refused.status(), 429);
    let wait: u32 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((3_000..=3_600).contains(&wait), "{wait}");
    let until_told = until(&mara, ids[0], is_sent).await;
    assert_eq!(delivered(&until_told), 1);
    assert_eq!(told(&server, ids[0]).await, (1, 1));
}

/// Who does not want announcements gets none and is counted; seen and read come from the inbox, live, and stay.
#[tokio::test]
async fn receipts_come_from_the_inbox() {
    let server = Server::start();
    let (admin, sam, lena) = (server.person("admin").await, server.person("sam").await, server.person("lena").await);
    let wanted: Vec<String> = ["mentions", "replies", "messages", "people", "security"].map(|word| format!("{word}.app")).to_vec();
    let wanted: Vec<(String, &str)> = wanted.iter().enumerate().map(|(index, word)| (format!("wanted[{index}]"), word.as_str())).collect();
    let wanted: Vec<(&str, &str)> = wanted.iter().map(|(name, word)| (name.as_str(), *word)).collect();
    assert_eq!(lena.call("inbox/set_preferences", &wanted).await.status(), 200);

    let mut socket = admin.socket().await;
    socket.subscribe(&format!("private-broadcasts.{}", admin.organisation)).await;
    let id = send(&admin, "everyone").await;
    let sent = until(&admin, id, is_sent).await;
    assert_eq!(sent["funnel"]["refused"], 1);
    assert_eq!(delivered(&sent) + 1, sent["funnel"]["recipients"].as_i64().unwrap());
    assert_eq!(lena.ask("inbox/page", &[]).await["state"]["notifications"], json!([]));

    let notification = sam.ask("inbox/page", &[]).await["state"]["notifications"][0].clone();
    assert_eq!((&notification["title"], &notification["category"]), (&json!("Fire drill"), &json!("announcements")));
    for what in ["read", "unread", "delete"] {
        assert_eq!(sam.call("inbox/act", &[("id", &notification["id"].to_string()), ("act", what)]).await.status(), 200);
    }
    loop {
        let told = data(&socket.wait("broadcast.changed").await);
        assert_eq!(told["id"], id);
        if told["funnel"]["read"] == 1 {
            assert_eq!(told["funnel"]["seen"], 1);
            break;
        }
    }
}

/// I24: broadcasts are for admins and managers of the same organisation; a role that is taken back ends them at once, live too.
#[tokio::test]
async fn only_admins_and_managers_send() {
    let server = Server::start();
    let (admin, mara, sam) = (server.person("admin").await, server.person("mara").await, server.person("sam").await);
    let id = send(&mara, &format!("person:{}", sam.id)).await;
    for name in ["sam", "ines", "omar", "aiko", "otto"] {
        let person = server.person(name).await;
        assert_eq!(try_send(&person, &[("audience", "everyone")]).await.status(), 403, "{name}");
        assert_eq!(person.get("broadcasts/list", &[]).await.status(), 403, "{name}");
        assert_eq!(person.get("broadcasts/detail", &[("id", &id.to_string())]).await.status(), 403, "{name}");
        assert_eq!(act(&person, id, "cancel").await, 403, "{name}");
        for path in ["/admin/broadcasts", "/admin/broadcasts/new"] {
            assert_eq!(person.page(path).await.status(), 403, "{name} {path}");
        }
    }
    assert_eq!(admin.get("broadcasts/detail", &[("id", "999")]).await.status(), 404);
    let board = admin.call("messages/create_room", &[("name", "Board"), ("topic", ""), ("private", "true")]).await;
    let board: i64 = board.json().await.unwrap();
    let room = format!("room:{board}");
    assert_eq!(try_send(&mara, &[("audience", &room)]).await.status(), 422, "a private room of others is not there");
    assert_eq!(try_send(&admin, &[("audience", &room)]).await.status(), 200);

    let channel = format!("private-broadcasts.{}", admin.organisation);
    let mut socket = mara.socket().await;
    socket.subscribe(&channel).await;
    assert_eq!(admin.call("people/set_roles", &[("person", &mara.id.to_string())]).await.status(), 200);
    assert_eq!(socket.wait("pusher:subscription_error").await["channel"], channel);
    assert_eq!(try_send(&mara, &[("audience", "everyone")]).await.status(), 403);
}

/// All of it works as plain forms: written, previewed for somebody, sent, paused; an unknown variable is named before sending.
#[tokio::test]
async fn broadcasts_work_without_scripts() {
    let server = Server::start();
    let mara = server.person("mara").await;
    assert!(mara.html("/people").await.contains("href=\"/admin/broadcasts\""), "a manager finds the way");
    assert!(mara.html("/admin/broadcasts").await.contains("No broadcasts yet"));
    let wrong = mara.html("/admin/broadcasts/new?audience=everyone&title=Dear+%7B%7Bnickname%7D%7D&text=").await;
    assert!(wrong.contains("There is no variable nickname") && !wrong.contains("Preview and send"), "{wrong}");
    let path = "/admin/broadcasts/new?audience=everyone&title=Dear+%7B%7B+first_name+%7D%7D&text=Come%21&recipient=lena%40plenum.example";
    let page = mara.html(path).await;
    assert!(page.contains("Dear Lena") && page.contains("Preview and send"), "{page}");
    // What is sent is what is shown: no form stands beside it; one that holds the same is a link away.
    assert!(!page.contains("name=\"recipient\""), "{page}");
    let back = page.split("href=\"/admin/broadcasts/new?change=true&amp;").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let form = mara.html(&format!("/admin/broadcasts/new?change=true&{back}")).await;
    assert!(form.contains("Dear {{ first_name }}") && form.contains(">Come!</textarea>") && form.contains("lena@plenum.example"), "{form}");
    assert!(!form.contains("Preview and send"));
    let key = page.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let at = a_day_ahead();
    let form = [("key", key), ("audience", "everyone"), ("title", "Dear {{ first_name }}"), ("text", "Come!"), ("at", &at)];
    let led = mara.submit("broadcasts/send", &form, path).await;
    assert_eq!(led, "/admin/broadcasts?done=sent");
    let list = mara.html(&led).await;
    assert!(list.contains("The broadcast is on its way.") && list.contains("Scheduled"));
    let id =
        list.split("href=\"/admin/broadcasts/").find_map(|rest| rest.split('"').next().filter(|id| id.parse::<i64>().is_ok())).unwrap();
    let own = format!("/admin/broadcasts/{id}");
    assert_eq!(mara.submit("broadcasts/act", &[("id", id), ("act", "pause")], &own).await, own);
    assert!(mara.html(&own).await.contains("Paused"));
    assert_eq!(mara.page("/admin/broadcasts/999").await.status(), 404);
}

/// A program sends for a manager, once for each key, and reads how far it has come; its scopes and its person's rights count.
#[tokio::test]
async fn a_program_sends() {
    let server = Server::start();
    let program = Program::of(&server, "mara", &["read", "write", "manage"]).await;
    let (mara, sam) = (server.person("mara").await, server.person("sam").await);
    let body = json!({ "audience": format!("person:{}", sam.id), "title": "Dear {{ first_name }}", "link": "/messages/rooms" });
    let key = Some("broadcast-of-the-program");
    let (status, made) = program.request(Method::POST, "broadcasts", Some(body.clone()), key).await;
    assert_eq!((status, &made["state"]), (201, &json!("scheduled")), "{made}");
    assert_eq!(program.request(Method::POST, "broadcasts", Some(body.clone()), key).await, (201, made.clone()));
    let id = made["id"].as_i64().unwrap();
    until(&mara, id, is_sent).await;
    assert_eq!(program.get(&format!("broadcasts/{id}")).await["funnel"]["delivered"], 1);
    let listed = program.get("broadcasts").await;
    assert_eq!((listed["data"].as_array().unwrap().len(), &listed["next"]), (1, &json!(null)));
    for (field, name, value) in [
        ("audience", "audience", json!("nobody")),
        ("audience", "audience", json!(format!("person:{}", mara.id))),
        ("title", "title", json!("{{ secret }}")),
        ("link", "link", json!("https://evil.example")),
        ("at", "at", json!(1)),
    ] {
        let mut wrong = body.clone();
        wrong[name] = value;
        let (status, problem) = program.post("broadcasts", wrong).await;
        assert_eq!((status, &problem["field"]), (422, &json!(field)), "{problem}");
    }
    let sams = Program::of(&server, "sam", &["read", "write", "manage"]).await;
    assert_eq!(sams.post("broadcasts", body.clone()).await.0, 403);
    assert_eq!(sams.request(Method::GET, "broadcasts", None, None).await.0, 403);
    let reader = Program::of(&server, "mara", &["read"]).await;
    assert_eq!(reader.post("broadcasts", body).await.0, 403);
    assert_eq!(program.request(Method::GET, "broadcasts/999", None, None).await.0, 404);
}
