//! Tokens made in the settings, and what is shown once to pages without scripts.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use plenum_core::{channels::Channel, people::Scope};

use super::{
    api::Program,
    server::{Person, Server, client},
    socket::{Socket, data},
};

const FORM: [(&str, &str); 5] =
    [("name", "Timetable"), ("scopes[0]", "read"), ("scopes[1]", "write"), ("expires_in_days", "30"), ("current", "plenum-demo")];

/// The texts that a page offers to be copied.
fn offered(page: &str) -> Vec<String> {
    page.split("class=\"copy-line\"")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("<code>")?.1.split_once("</code>")?.0.replace("<!>", "")))
        .collect()
}

async fn works(server: &Server, token: &str) -> bool {
    let (status, _) = Program::with(server, token.to_owned()).request(Method::GET, "conversations", None, None).await;
    assert!(status == 200 || status == 401, "{status}");
    status == 200
}

/// Scripts make a token with the password, list and end it; what is wrong is named; nobody ends another's.
#[tokio::test]
async fn a_person_makes_and_ends_tokens() {
    let server = Server::start();
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let made: Value = sam.call("people/create_token", &FORM).await.json().await.unwrap();
    let (id, token) = (made["id"].to_string(), made["token"].as_str().unwrap().to_owned());
    assert!(works(&server, &token).await);
    let listed = sam.ask("people/tokens", &[]).await;
    assert_eq!(listed["made"], json!(null), "it has been told");
    assert_eq!((&listed["tokens"][0]["name"], &listed["tokens"][0]["scopes"]), (&json!("Timetable"), &json!(["read", "write"])));
    assert!(!listed.to_string().contains(&token) && !sam.html("/settings").await.contains(&token));
    for (field, name, value) in [
        ("current", "current", "wrong-password"),
        ("scopes", "scopes[0]", "admin"),
        ("name", "name", " "),
        ("expires_in_days", "expires_in_days", "366"),
    ] {
        let form: Vec<(&str, &str)> = FORM.into_iter().map(|(key, usual)| (key, if key == name { value } else { usual })).collect();
        let response = sam.call("people/create_token", &form).await;
        assert_eq!(response.status(), 422, "{field}");
        assert_eq!(response.json::<Value>().await.unwrap()["field"], field);
    }
    assert_eq!(lena.call("people/end_token", &[("id", &id)]).await.status(), 404);
    let browser = sam.sign_in.to_string();
    assert_eq!(sam.call("people/end_token", &[("id", &browser)]).await.status(), 404, "a browser is no token");
    assert_eq!(sam.call("people/end_token", &[("id", &id)]).await.status(), 200);
    assert!(!works(&server, &token).await);
    assert_eq!(sam.ask("people/tokens", &[]).await["tokens"], json!([]));
    assert_eq!(sam.call("people/end_token", &[("id", &id)]).await.status(), 404);
}

/// A page without scripts shows a new token once, to the browser that asked: not in its address, not again, and to no other browser.
#[tokio::test]
async fn a_token_is_shown_once_without_scripts() {
    let server = Server::start();
    let (here, elsewhere) = (server.person("sam").await, server.person("sam").await);
    let to = here.submit("people/create_token", &FORM, "/settings").await;
    assert_eq!(to, "/settings?done=token#tokens");
    let path = "/settings?done=token";
    assert_eq!(offered(&elsewhere.html(path).await), [] as [&str; 0]);
    let database = server.database().await;
    let held =
        async || sqlx::query_scalar::<_, String>("select data from sign_ins where data is not null").fetch_all(&database).await.unwrap();
    let waiting = held().await;
    let page = here.page(path).await;
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert!(!page.headers().contains_key("set-cookie"), "a save is no new cookie");
    let shown = offered(&page.text().await.unwrap());
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(waiting.len() == 1 && !waiting[0].contains(&shown[0]), "it waits sealed");
    assert_eq!(held().await, [] as [&str; 0], "what is shown is gone");
    assert!(works(&server, &shown[0]).await);
    let again = here.html(path).await;
    assert!(offered(&again).is_empty() && !again.contains(&shown[0]) && again.contains("made and shown once"));

    let id = here.ask("people/tokens", &[]).await["tokens"][0]["id"].to_string();
    assert_eq!(here.submit("people/end_token", &[("id", &id)], "/settings").await, "/settings?done=token-ended#tokens");
    assert!(here.html("/settings?done=token-ended").await.contains("The token has ended."));
    assert!(!works(&server, &shown[0]).await);

    let wrong: Vec<(&str, &str)> =
        FORM.into_iter().map(|(key, value)| (key, if key == "current" { "my-old-secret" } else { value })).collect();
    let to = here.submit("people/create_token", &wrong, "/settings").await;
    assert!(!to.contains("my-old-secret"), "{to}");
    let refused = here.html(&to).await;
    assert!(refused.contains("This is not your password.") && offered(&refused).is_empty());
}

/// However busy the server is: what makes a page may ask for the same twice, and only one of the answers is shown.
#[tokio::test]
async fn no_secret_is_lost_on_its_way_to_the_page() {
    let server = Server::start_with(&[("PLENUM_LIMITS__SIGN_IN_FAILURES_PER_ACCOUNT", "0")]);
    let browsers = join_all((0..40).map(|_| server.person("sam"))).await;
    let shown = join_all(browsers.iter().map(async |browser| {
        browser.submit("people/create_token", &FORM, "/settings").await;
        offered(&browser.html("/settings?done=token").await).len()
    }));
    assert_eq!(shown.await, [1; 40]);
}

/// So do pages of external applications: the secret of a new one, and a new secret.
#[tokio::test]
async fn credentials_are_shown_once_without_scripts() {
    let server = Server::start();
    let admin = server.person("admin").await;
    assert_eq!(
        admin.submit("applications/create", &[("name", "Canteen")], "/admin/applications").await,
        "/admin/applications?done=created"
    );
    let [_, key, secret] = three(&admin, "/admin/applications?done=created").await;
    assert_eq!(secret.len(), 40);
    assert!(!admin.html("/admin/applications?done=created").await.contains(&secret));
    let listed = admin.ask("applications/list", &[]).await;
    let id = listed.as_array().unwrap().iter().find(|app| app["key"] == key.as_str()).unwrap()["id"].to_string();
    let path = format!("/admin/applications?app={id}&done=rotated");
    assert_eq!(admin.submit("applications/rotate", &[("id", &id)], &format!("/admin/applications?app={id}")).await, path);
    let [_, same, fresh] = three(&admin, &path).await;
    assert!(same == key && fresh != secret && fresh.len() == 40);
    assert!(!admin.html(&path).await.contains(&fresh));
}

/// The first three texts to be copied: application, key and secret.
async fn three(admin: &Person, path: &str) -> [String; 3] {
    let mut shown = offered(&admin.html(path).await);
    assert!(shown.len() >= 3, "{path}: {shown:?}");
    shown.truncate(3);
    shown.try_into().unwrap()
}

/// I24: a token for nothing but sockets follows what anyone may, and nothing of its person's; over all channels that there are (A13).
#[tokio::test]
async fn a_socket_follows_what_its_tokens_scopes_allow() {
    let server = Server::start();
    let admin = server.person("admin").await;
    let channels: Vec<Channel> =
        [1, admin.id.0, admin.organisation, admin.general().await].into_iter().flat_map(Channel::one_of_each).collect();
    let follow = async |scopes: &[&str]| {
        let program = Program::of(&server, "admin", scopes).await;
        let mut socket = Socket::connect(&server.url, None, "plenum").await;
        let socket_id = data(&socket.next().await)["socket_id"].as_str().unwrap().to_owned();
        let ask = async |path: &str, channel: &str| {
            let form = [("socket_id", socket_id.as_str()), ("channel_name", channel)];
            client().post(format!("{}/broadcasting/{path}", server.url)).bearer_auth(&program.token).form(&form).send().await.unwrap()
        };
        let signed: Value = ask("user-auth", "").await.json().await.unwrap();
        socket.say(json!({ "event": "pusher:signin", "data": { "auth": signed["auth"], "user_data": signed["user_data"] } })).await;
        socket.wait("pusher:signin_success").await;
        let mut followed = Vec::new();
        for channel in &channels {
            let name = channel.to_string();
            let signs = ask("auth", &name).await.status() == 200;
            let joins = socket.try_subscribe(&name, None).await["event"] == "pusher_internal:subscription_succeeded";
            assert_eq!(signs, joins, "{name} with {scopes:?}");
            socket.say(json!({ "event": "pusher:unsubscribe", "data": { "channel": name } })).await;
            if joins {
                followed.push((name, channel.scope()));
            }
        }
        socket.say(json!({ "event": "plenum:watch", "data": { "people": [admin.id] } })).await;
        let told = socket.settle().await.iter().any(|frame| frame["event"] == "plenum:online");
        (followed, told)
    };
    let kinds = |followed: &[(String, Option<Scope>)]| followed.iter().map(|(_, scope)| *scope).collect::<std::collections::HashSet<_>>();
    let (followed, told) = follow(&["connect"]).await;
    assert_eq!(kinds(&followed), [None].into(), "{followed:?}");
    assert!(!told, "who is online is nothing for it");
    let (followed, told) = follow(&["connect", "read"]).await;
    assert_eq!(kinds(&followed), [None, Some(Scope::Read)].into(), "{followed:?}");
    assert!(told);
    let (followed, _) = follow(&["connect", "admin"]).await;
    assert_eq!(kinds(&followed), [None, Some(Scope::Admin)].into(), "{followed:?}");
}

/// What is others' asks for a scope of its own: a program that writes for an admin refunds no orders, changes no events and sends nothing.
#[tokio::test]
async fn acting_on_what_is_others_asks_for_a_scope() {
    let server = Server::start();
    let (writer, manager) = (Program::of(&server, "admin", &["read", "write"]).await, Program::of(&server, "admin", &["manage"]).await);
    let wanted = [
        ("orders/999999/refund", json!({ "reason": "Rained off" })),
        ("events/999999/act", json!({ "act": "postpone", "note": "The hall is flooded." })),
        ("broadcasts/999999/act", json!({ "act": "pause" })),
        ("broadcast-series/999999/act", json!({ "act": "pause" })),
        ("broadcasts", json!({ "audience": "role:instructor", "title": "Hello" })),
    ];
    for (path, body) in wanted {
        let (status, problem) = writer.post(path, body.clone()).await;
        assert_eq!((status, &problem["detail"]), (403, &json!("This token lacks the scope manage.")), "{path}: {problem}");
        let (status, problem) = manager.post(path, body).await;
        assert!(status == 404 || status == 201, "{path}: {status} {problem}");
    }
}
