//! Organisations on one server: how they are made, that each sees its own, what rests while one is suspended, and how much each may have.

use futures::future::join_all;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use super::{
    api::Program,
    broadcasts,
    server::{ONLY_REVOKED, Person, Server, client},
    socket::{Socket, data},
    waiting::eventually_true,
};

const PASSWORD: &str = "correct horse battery";
/// Nobody is kept waiting by how often they ask.
const UNLIMITED: (&str, &str) = ("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0");
const REFUSED: &str = "pusher:subscription_error";
const GRANTED: &str = "pusher_internal:subscription_succeeded";

fn port(server: &Server) -> &str {
    server.address().rsplit_once(':').unwrap().1
}

/// A request of somebody who has opened `host` in their browser.
fn at(server: &Server, host: &str, method: Method, path: &str) -> RequestBuilder {
    let authority = format!("{host}:{}", port(server));
    let request = client().request(method, format!("{}{path}", server.url)).header("host", &authority);
    request.header("origin", format!("http://{authority}"))
}

async fn page(server: &Server, host: &str, path: &str) -> Response {
    at(server, host, Method::GET, path).header("accept", "text/html").send().await.unwrap()
}

async fn register(server: &Server, host: &str, name: &str, invitation: &str) -> Response {
    let email = format!("{}@plenum.example", name.to_lowercase());
    let form = [("name", name), ("email", email.as_str()), ("password", PASSWORD), ("invitation", invitation)];
    at(server, host, Method::POST, "/fn/people/register").header("accept", "application/json").form(&form).send().await.unwrap()
}

/// The secret at the end of an invitation's address.
fn token(address: &str) -> &str {
    address.rsplit_once("invitation=").unwrap_or_else(|| panic!("no invitation: {address}")).1.trim()
}

async fn make(operator: &Person, name: &str, host: &str, open: bool) -> String {
    let open = if open { "true" } else { "false" };
    let made = operator.call("organisations/create", &[("name", name), ("host", host), ("open_registration", open)]).await;
    assert_eq!(made.status(), 200);
    made.json().await.unwrap()
}

async fn listed(operator: &Person, name: &str) -> Value {
    let all = operator.ask("organisations/list", &[]).await["state"]["list"].clone();
    all.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name} is not listed")).clone()
}

async fn id_of(operator: &Person, name: &str) -> String {
    listed(operator, name).await["id"].to_string()
}

/// An organisation at `school.example` whose first admin is Ada.
async fn school(server: &Server, operator: &Person, open: bool) -> (String, Person) {
    let address = make(operator, "School", "school.example", open).await;
    let registered = register(server, "school.example", "Ada", token(&address)).await;
    assert!(registered.status().is_success(), "{}", registered.text().await.unwrap());
    (id_of(operator, "School").await, server.person("ada").await)
}

async fn refusal(response: Response, status: u16) -> Value {
    assert_eq!(response.status(), status);
    response.json().await.unwrap()
}

/// The page makes one at a host in its one form and invites its first admin, once; nothing of one is visible in the other; only the
/// operator makes, changes and suspends.
#[tokio::test]
async fn an_organisation_is_made_on_the_page() {
    let server = Server::start_with(&[UNLIMITED]);
    let (admin, lena) = (server.person("admin").await, server.person("lena").await);
    let mut ops = admin.socket().await;
    ops.subscribe(&format!("private-ops.{}", admin.organisation)).await;
    let address = make(&admin, "School", " School.Example:8080 ", false).await;
    assert!(address.starts_with(&format!("http://school.example:{}/register?invitation=", port(&server))), "{address}");
    ops.wait("organisations.changed").await;
    assert_eq!(listed(&admin, "School").await["has_admin"], false);

    for (name, host, field) in [
        ("Other", "school.example", "host"),
        ("Other", "192.0.2.7", "host"),
        ("Other", "https://x.example", "host"),
        ("", "x.example", "name"),
    ] {
        let refused = admin.call("organisations/create", &[("name", name), ("host", host)]).await;
        assert_eq!(refusal(refused, 422).await["field"], field, "{name} {host}");
    }

    let registered = register(&server, "school.example", "Ada", token(&address)).await;
    assert!(registered.status().is_success(), "{}", registered.text().await.unwrap());
    assert!(register(&server, "school.example", "Eve", token(&address)).await.status().is_client_error(), "it worked twice");
    let ada = server.person("ada").await;
    let school = id_of(&admin, "School").await;
    assert_eq!(ada.organisation.to_string(), school);
    assert_eq!(refusal(admin.call("organisations/invite", &[("id", &school)]).await, 409).await["kind"], "conflict");

    let people = ada.ask("people/directory", &[("query", ""), ("role", ""), ("offset", "0")]).await.to_string();
    assert!(people.contains("Ada") && !people.contains("Lena"), "{people}");
    let general = lena.general().await.to_string();
    assert_eq!(ada.get("messages/thread", &[("conversation", &general)]).await.status(), 404);
    assert!(page(&server, "school.example", "/sign-in").await.text().await.unwrap().contains("School"));
    assert!(!page(&server, "127.0.0.1", "/sign-in").await.text().await.unwrap().contains("School"));

    for person in [&ada, &lena] {
        assert_eq!(person.get("organisations/list", &[]).await.status(), 403);
        assert_eq!(person.call("organisations/create", &[("name", "Mine"), ("host", "mine.example")]).await.status(), 403);
        let edit = [("id", school.as_str()), ("name", "Mine"), ("host", "mine.example")];
        assert_eq!(person.call("organisations/update", &edit).await.status(), 403);
        for act in ["suspend", "resume", "invite"] {
            assert_eq!(person.call(&format!("organisations/{act}"), &[("id", &school)]).await.status(), 403, "{act}");
        }
    }
    assert_eq!(lena.get("organisations/own", &[]).await.status(), 403);
    assert_eq!(lena.call("organisations/say", &[("imprint", "Mine")]).await.status(), 403);
    assert_eq!(lena.call("organisations/set_colour", &[("own", "true"), ("colour", "#0000ff")]).await.status(), 403);

    // Another name and host: its people are reached there, and its pages say it.
    let mut socket = ada.socket().await;
    socket.subscribe(&format!("private-organisation.{school}")).await;
    let edit = [("id", school.as_str()), ("name", "Academy"), ("host", "academy.example"), ("open_registration", "true")];
    assert_eq!(admin.call("organisations/update", &edit).await.status(), 200);
    assert_eq!(data(&socket.wait("organisation.changed").await)["name"], "Academy");
    assert!(page(&server, "academy.example", "/sign-in").await.text().await.unwrap().contains("Academy"));
    assert!(!page(&server, "school.example", "/sign-in").await.text().await.unwrap().contains("Academy"));
    assert!(admin.html("/admin/audit").await.contains("changed the organisation Academy"));
}

/// Without scripts the invitation is shown once, on the page that one is led to.
#[tokio::test]
async fn an_invitation_is_shown_once() {
    let server = Server::start();
    let admin = server.person("admin").await;
    let led = admin.submit("organisations/create", &[("name", "School"), ("host", "school.example")], "/admin/organisations").await;
    assert_eq!(led, "/admin/organisations?done=made");
    assert!(admin.html(&led).await.contains("/register?invitation="));
    assert!(!admin.html(&led).await.contains("/register?invitation="));
}

/// At the command line one is made while no server runs; beside one, the command names the page.
#[tokio::test]
async fn an_organisation_is_made_at_the_command_line() {
    let mut server = Server::start();
    let add = ["organisation", "add", "Choir", "--host", "choir.example"];
    let beside = server.run(&add);
    let said = String::from_utf8_lossy(&beside.stderr).into_owned();
    assert!(!beside.status.success() && said.contains("/admin/organisations"), "{said}");

    server.kill();
    let made = server.run(&add);
    let printed = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let again = server.run(&add);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("Another organisation"));
    let wrong = server.run(&["organisation", "add", "Choir", "--host", "https://choir.example"]);
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("host name"));

    server.restart();
    let address = printed.lines().find(|line| line.contains("invitation=")).expect("no invitation was printed");
    assert!(address.contains(&format!("http://choir.example:{}/register", port(&server))), "{address}");
    let registered = register(&server, "choir.example", "Ada", token(address)).await;
    assert!(registered.status().is_success(), "{}", registered.text().await.unwrap());
    assert_eq!(server.person("ada").await.organisation.to_string(), id_of(&server.person("admin").await, "Choir").await);
}

/// A suspended organisation rests: its pages, sign-ins, sockets, tokens and applications, and what it sends waits. Resumed, all is back.
#[tokio::test]
async fn a_suspended_organisation_comes_back_with_all() {
    let server = Server::start_with(&[UNLIMITED, ONLY_REVOKED]);
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    let (school, ada) = school(&server, &admin, true).await;
    assert!(register(&server, "school.example", "Bo", "").await.status().is_success());
    let bo = server.person("bo").await;
    let general = ada.general().await;
    ada.send(general, "before").await;
    let scopes = [("name", "Timetable"), ("scopes[0]", "read"), ("expires_in_days", "30"), ("current", PASSWORD)];
    let made: Value = ada.call("people/create_token", &scopes).await.json().await.unwrap();
    let program = Program::with(&server, made["token"].as_str().unwrap().to_owned());
    let works = async || program.request(Method::GET, "conversations", None, None).await.0;
    assert_eq!(works().await, 200);
    let application: Value = ada.call("applications/create", &[("name", "Kiosk")]).await.json().await.unwrap();
    let key = application["key"].as_str().unwrap().to_owned();
    let mut external = Socket::connect(&server.url, None, &key).await;
    external.wait("pusher:connection_established").await;
    let mut own = ada.socket().await;
    let mut others = sam.socket().await;
    let mut visitor = server.visitor().await;
    let public = format!("organisation.{school}");
    assert_eq!(visitor.try_subscribe(&public, None).await["event"], GRANTED);
    let soon = broadcasts::a_day_ahead();
    let scheduled = broadcasts::try_send(&ada, &[("audience", "everyone"), ("at", &soon)]).await;
    assert_eq!(scheduled.status(), 200);
    let broadcast: i64 = scheduled.json().await.unwrap();

    assert_eq!(admin.call("organisations/suspend", &[("id", &school)]).await.status(), 200);
    assert_eq!(own.closed().await, Some(4009));
    assert!(external.closed().await.is_some());
    assert_eq!(visitor.wait(REFUSED).await["channel"], public);
    others.settle().await;
    let closed = page(&server, "school.example", "/sign-in").await;
    assert_eq!(closed.status(), 503);
    assert!(closed.headers().contains_key("retry-after"));
    assert!(closed.text().await.unwrap().contains("This organisation is suspended."));
    let asked = at(&server, "SCHOOL.example", Method::GET, "/fn/people/shell").header("accept", "application/json");
    assert_eq!(asked.send().await.unwrap().status(), 503);
    // At whatever host they ask, those who were signed in are nobody.
    assert_eq!(ada.get("messages/sidebar", &[]).await.status(), 401);
    assert_eq!(works().await, 401);
    assert!(Socket::connect(&server.url, None, &key).await.closed().await.is_some());
    assert_eq!(sam.get("messages/sidebar", &[]).await.status(), 200, "another organisation's are as ever");
    assert_eq!(refusal(admin.call("organisations/suspend", &[("id", &school)]).await, 409).await["kind"], "conflict");
    let first = id_of(&admin, "Plenum Institute").await;
    assert_eq!(admin.call("organisations/suspend", &[("id", &first)]).await.status(), 409, "it runs the server");

    // What was due meanwhile is held, and something later of another organisation has gone out by the same way.
    server.advance(3 * 24 * 3_600_000).await;
    let database = server.database().await;
    let held = async || {
        let (held,): (i64,) =
            sqlx::query_as("select count(*) from jobs where held_for = $1").bind(ada.organisation).fetch_one(&database).await.unwrap();
        held > 0
    };
    eventually_true("the broadcast is held", held).await;
    let other = broadcasts::send(&admin, &format!("person:{}", sam.id)).await;
    broadcasts::until(&admin, other, broadcasts::is_sent).await;
    assert_eq!(broadcasts::told(&server, broadcast).await, (0, 0));

    assert_eq!(admin.call("organisations/resume", &[("id", &school)]).await.status(), 200);
    assert_eq!(page(&server, "school.example", "/sign-in").await.status(), 200);
    assert_eq!(works().await, 200);
    let mut back = Socket::connect(&server.url, None, &key).await;
    back.wait("pusher:connection_established").await;
    ada.socket().await.settle().await;
    assert!(ada.thread(general).await.to_string().contains("before"), "nothing is lost");
    broadcasts::until(&ada, broadcast, broadcasts::is_sent).await;
    assert_eq!(broadcasts::told(&server, broadcast).await, (1, 1));
    assert!(bo.ask("inbox/page", &[]).await.to_string().contains("Fire drill"));
    assert_eq!(admin.call("organisations/resume", &[("id", &school)]).await.status(), 409);
}

/// A server that is started again knows which hosts rest.
#[tokio::test]
async fn a_suspension_outlives_the_server() {
    let mut server = Server::start();
    let admin = server.person("admin").await;
    let (school, _) = school(&server, &admin, false).await;
    assert_eq!(admin.call("organisations/suspend", &[("id", &school)]).await.status(), 200);
    server.kill();
    server.restart();
    assert_eq!(page(&server, "school.example", "/sign-in").await.status(), 503);
    assert_eq!(page(&server, "127.0.0.1", "/sign-in").await.status(), 200);
}

/// However many register or send at the same time: never more than the operator allows; and the next day begins anew.
#[tokio::test]
async fn limits_hold_in_a_storm() {
    let server = Server::start_with(&[UNLIMITED]);
    let admin = server.person("admin").await;
    let (school, ada) = school(&server, &admin, true).await;
    let limits = |people: &'static str, messages: &'static str| {
        [
            ("id", school.clone()),
            ("name", "School".to_owned()),
            ("host", "school.example".to_owned()),
            ("open_registration", "true".to_owned()),
            ("people", people.to_owned()),
            ("messages_a_day", messages.to_owned()),
        ]
    };
    let set = async |form: [(&str, String); 6]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        admin.call("organisations/update", &form).await
    };
    assert_eq!(refusal(set(limits("none", "")).await, 422).await["field"], "people");
    assert_eq!(set(limits("3", "5")).await.status(), 200);

    let names: Vec<String> = (0..10).map(|number| format!("Pupil{number}")).collect();
    let answers = join_all(names.iter().map(|name| register(&server, "school.example", name, ""))).await;
    let mut joined = 0;
    for answer in answers {
        if answer.status().is_success() {
            joined += 1;
        } else {
            assert_eq!(refusal(answer, 409).await["code"], "limit_reached");
        }
    }
    assert_eq!(joined, 2, "Ada and two more");
    assert_eq!(listed(&admin, "School").await["people"], 3);
    assert_eq!(refusal(ada.call("people/invite", &[("email", ""), ("role", "member")]).await, 409).await["code"], "limit_reached");

    let general = ada.general().await.to_string();
    let send = async |number: usize| {
        let (text, key) = (format!("message {number}"), format!("storm-{number:08}"));
        ada.call("messages/send", &[("conversation", &general), ("text", &text), ("key", &key)]).await
    };
    let answers = join_all((0..12).map(&send)).await;
    let sent: Vec<usize> = answers.iter().enumerate().filter(|(_, answer)| answer.status() == 200).map(|(number, _)| number).collect();
    assert_eq!(sent.len(), 5);
    for (number, answer) in answers.into_iter().enumerate() {
        if !sent.contains(&number) {
            assert_eq!(refusal(answer, 409).await["code"], "limit_reached");
        }
    }
    assert_eq!(send(sent[0]).await.status(), 200, "what was sent is answered again, and not counted");
    let own = ada.ask("organisations/own", &[]).await["state"].clone();
    assert_eq!((&own["people"], &own["messages_today"]), (&json!(3), &json!(5)));
    // The others' messages are theirs.
    let sam = server.person("sam").await;
    sam.send(sam.general().await, "not counted there").await;

    server.advance(24 * 3_600_000).await;
    assert_eq!(send(100).await.status(), 200);
    assert_eq!(set(limits("", "")).await.status(), 200);
    assert!(register(&server, "school.example", "Zoe", "").await.status().is_success());
}

/// What an organisation says of itself is read at its host by anyone, without what scripts it may hold; its colour is in its documents.
#[tokio::test]
async fn each_has_its_own_looks() {
    let server = Server::start();
    let admin = server.person("admin").await;
    let (_, ada) = school(&server, &admin, false).await;
    assert!(!page(&server, "school.example", "/sign-in").await.text().await.unwrap().contains("href=\"/imprint\""));
    let mut socket = ada.socket().await;
    socket.subscribe(&format!("private-organisation.{}", ada.organisation)).await;
    let said = [("postal_address", "School\n1 Road"), ("imprint", "**Ada** runs this.<script>alert(1)</script>"), ("privacy", "")];
    assert_eq!(ada.call("organisations/say", &said).await.status(), 200);
    assert_eq!(data(&socket.wait("organisation.look_changed").await)["imprint"], true);
    let imprint = page(&server, "school.example", "/imprint").await.text().await.unwrap();
    assert!(imprint.contains("<strong>Ada</strong> runs this.") && !imprint.contains("<script>alert"), "{imprint}");
    let door = page(&server, "school.example", "/sign-in").await.text().await.unwrap();
    assert!(door.contains("href=\"/imprint\"") && !door.contains("href=\"/privacy\""));
    assert!(!page(&server, "127.0.0.1", "/imprint").await.text().await.unwrap().contains("runs this"));
    let long = "x".repeat(20_001);
    assert_eq!(refusal(ada.call("organisations/say", &[("privacy", &long)]).await, 422).await["field"], "privacy");

    let grey = ada.call("organisations/set_colour", &[("own", "true"), ("colour", "#808080")]).await;
    assert_eq!(refusal(grey, 422).await["field"], "colour");
    assert_eq!(ada.call("organisations/set_colour", &[("own", "true"), ("colour", "#2040c0")]).await.status(), 200);
    let door = page(&server, "school.example", "/sign-in").await.text().await.unwrap();
    assert!(door.contains("--accent:light-dark(rgb("), "the colour is in the document");
    assert!(!page(&server, "127.0.0.1", "/sign-in").await.text().await.unwrap().contains("--accent:"));
    assert_eq!(ada.call("organisations/set_colour", &[]).await.status(), 200);
    assert!(!page(&server, "school.example", "/sign-in").await.text().await.unwrap().contains("--accent:"));

    assert_eq!(ada.call("organisations/say", &[]).await.status(), 200);
    let own = ada.ask("organisations/own", &[]).await["state"].clone();
    assert_eq!((&own["imprint"], &own["postal_address"]), (&json!(""), &json!("")), "an empty field is no text");
}
