//! The public JSON API: tokens and their scopes, and that it does what the pages do.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    server::{Server, client},
    socket::{Socket, data},
};

/// A program with a token.
pub struct Program<'a> {
    server: &'a Server,
    pub token: String,
}

impl<'a> Program<'a> {
    pub async fn of(server: &'a Server, name: &str, scopes: &[&str]) -> Self {
        let wanted = json!({ "email": format!("{name}@plenum.example"), "password": "plenum-demo", "name": "test", "scopes": scopes });
        let response = client().post(format!("{}/api/v1/tokens", server.url)).json(&wanted).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        let token = response.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
        Self { server, token }
    }

    pub fn with(server: &'a Server, token: String) -> Self {
        Self { server, token }
    }

    pub fn url(&self) -> &str {
        &self.server.url
    }

    pub async fn request(&self, method: Method, path: &str, body: Option<Value>, key: Option<&str>) -> (u16, Value) {
        let mut request = client().request(method, format!("{}/api/v1/{path}", self.server.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.request(Method::GET, path, None, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.request(Method::POST, path, Some(body), None).await
    }
}

/// What a program sends is seen at once in every open page, once for each key; a list goes back page by page.
#[tokio::test]
async fn a_program_talks() {
    let server = Server::start();
    let program = Program::of(&server, "ines", &["read", "write"]).await;
    let sam = server.person("sam").await;
    let general = sam.general().await;
    let mut socket = Socket::open(&server.url, Some(&sam.cookie)).await;
    socket.subscribe(&format!("private-conversation.{general}")).await;
    let path = format!("conversations/{general}/messages");
    let (status, sent) = program.request(Method::POST, &path, Some(json!({ "text": "*hello*" })), Some("key-of-the-program")).await;
    assert_eq!((status, &sent["html"]), (201, &json!("<p><em>hello</em></p>")), "{sent}");
    assert_eq!(data(&socket.wait("message.sent").await)["id"], sent["id"]);
    let again = program.request(Method::POST, &path, Some(json!({ "text": "*hello*" })), Some("key-of-the-program")).await;
    assert_eq!(again, (201, sent.clone()));
    let other = program.request(Method::POST, &path, Some(json!({ "text": "something else" })), Some("key-of-the-program")).await.0;
    assert_eq!(other, 422);
    assert_eq!(program.post(&format!("conversations/{general}/typing"), json!({})).await.0, 204);
    assert_eq!(data(&socket.wait("typing").await)["person"]["name"], sent["author"]["name"]);
    assert_eq!(program.post(&format!("conversations/{general}/read"), json!({ "number": sent["number"] })).await.0, 204);

    for number in 0..60 {
        assert_eq!(program.post(&path, json!({ "text": format!("line {number}") })).await.0, 201);
    }
    let newest = program.get(&path).await;
    assert_eq!(newest["data"].as_array().unwrap().len(), 50);
    let older = program.get(&format!("{path}?before={}", newest["next"])).await;
    let last = older["data"].as_array().unwrap().last().unwrap()["number"].as_i64().unwrap();
    assert_eq!(Some(last + 1), newest["next"].as_i64(), "no gap between the pages");

    let (status, private) = program.post(&format!("people/{}/messages", sam.id), json!({ "text": "only for you" })).await;
    assert_eq!(status, 201, "{private}");
    assert!(sam.ask("messages/sidebar", &[]).await.to_string().contains("only for you"));
    let listed = program.get("conversations").await;
    assert!(listed["data"].as_array().unwrap().iter().any(|line| line["conversation"]["id"] == general));
}

/// A token does what its scopes say and its person may, until it is ended; an error is a problem that names the field.
#[tokio::test]
async fn a_token_is_no_more_than_its_scopes() {
    let server = Server::start();
    let reader = Program::of(&server, "ines", &["read"]).await;
    let sam = server.person("sam").await;
    let general = sam.general().await;
    let path = format!("conversations/{general}/messages");
    let (status, problem) = reader.post(&path, json!({ "text": "no" })).await;
    assert_eq!((status, &problem["status"], &problem["title"]), (403, &json!(403), &json!("Forbidden")));
    assert_eq!(reader.request(Method::GET, "conversations/999999/messages", None, None).await.0, 404);
    let writer = Program::of(&server, "ines", &["read", "write"]).await;
    let (status, problem) = writer.post(&path, json!({ "text": "" })).await;
    assert_eq!((status, &problem["field"]), (422, &json!("text")));
    let (status, problem) = writer.post(&path, json!({ "no": "text" })).await;
    assert_eq!((status, &problem["field"]), (422, &json!("body")), "{problem}");
    for (wanted, field) in [
        (json!({ "email": "ines@plenum.example", "password": "plenum-demo", "name": "", "scopes": ["read"] }), "name"),
        (json!({ "email": "ines@plenum.example", "password": "plenum-demo", "name": "x", "scopes": ["all"] }), "scopes"),
        (json!({ "email": "ines@plenum.example", "password": "plenum-demo", "name": "x", "scopes": ["admin"] }), "scopes"),
        (
            json!({ "email": "ines@plenum.example", "password": "plenum-demo", "name": "x", "scopes": ["read"], "expires_in_days": 0 }),
            "expires_in_days",
        ),
    ] {
        let response = client().post(format!("{}/api/v1/tokens", server.url)).json(&wanted).send().await.unwrap();
        assert_eq!(response.status(), 422);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.json::<Value>().await.unwrap()["field"], field);
    }
    let wrong = json!({ "email": "ines@plenum.example", "password": "wrong-password", "name": "x", "scopes": ["read"] });
    assert_eq!(client().post(format!("{}/api/v1/tokens", server.url)).json(&wrong).send().await.unwrap().status(), 401);
    assert_eq!(server.get("/api/v1/conversations").await.status(), 401);
    // Neither is a cookie a token, nor a token a cookie.
    let cookie = client().get(format!("{}/api/v1/conversations", server.url)).header("cookie", &sam.cookie).send().await.unwrap();
    assert_eq!(cookie.status(), 401);
    let secret = sam.cookie.split_once('=').unwrap().1;
    let bearer = client().get(format!("{}/api/v1/conversations", server.url)).bearer_auth(secret).send().await.unwrap();
    assert_eq!(bearer.status(), 401);
    let page = client()
        .get(format!("{}/fn/messages/sidebar", server.url))
        .header("cookie", format!("plenum_sign_in={}", reader.token))
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), 401);

    let tokens = writer.get("tokens").await;
    assert!(tokens["data"].as_array().unwrap().len() >= 2 && !tokens.to_string().contains(&writer.token));
    let id = tokens["data"].as_array().unwrap().iter().find(|token| token["scopes"] == json!(["read"])).unwrap()["id"].clone();
    assert_eq!(writer.request(Method::DELETE, &format!("tokens/{id}"), None, None).await.0, 204);
    assert_eq!(reader.request(Method::GET, "conversations", None, None).await.0, 401);
}

/// A token with the scope `connect` opens sockets of Plenum's own application; they close with the token.
#[tokio::test]
async fn a_token_connects_and_ends() {
    let server = Server::start();
    let ines = server.person("ines").await;
    let phone = Program::of(&server, "ines", &["connect", "read", "write"]).await;
    let reader = Program::of(&server, "ines", &["read"]).await;
    let mut socket = Socket::connect(&server.url, None, "plenum").await;
    let socket_id = data(&socket.next().await)["socket_id"].as_str().unwrap().to_owned();
    let channel = format!("private-person.{}", ines.id);
    let ask = async |token: &str, channel: &str| {
        let form = [("socket_id", socket_id.as_str()), ("channel_name", channel)];
        client().post(format!("{}/broadcasting/auth", server.url)).bearer_auth(token).form(&form).send().await.unwrap()
    };
    assert_eq!(ask(&reader.token, &channel).await.status(), 403);
    assert_eq!(ask(&phone.token, "private-person.1000000").await.status(), 403);
    assert_eq!(ask(&phone.token, "private-nothing").await.status(), 404);
    let auth: Value = ask(&phone.token, &channel).await.json().await.unwrap();
    let mut wish = json!({ "channel": channel });
    wish["auth"] = auth["auth"].clone();
    wish["channel_data"] = auth["channel_data"].clone();
    socket.say(json!({ "event": "pusher:subscribe", "data": wish })).await;
    socket.wait("pusher_internal:subscription_succeeded").await;
    assert_eq!(phone.get("people/online").await["count"], 1);
    assert_eq!(phone.post("presence/offline", json!({})).await.1["online"], true, "a hint overrides no live connection");
    let id = phone.get("tokens").await["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|token| token["scopes"] == json!(["read", "write", "connect"]))
        .unwrap()["id"]
        .clone();
    assert_eq!(phone.request(Method::DELETE, &format!("tokens/{id}"), None, None).await.0, 204);
    assert_eq!(socket.closed().await, Some(4009));
}

/// Everyone may know that it is well; figures are for this machine and for admins; `plenum status` prints them.
#[tokio::test]
async fn status_tells_each_what_concerns_them() {
    let server = Server::start();
    let local: Value = server.get("/api/v1/realtime/status").await.json().await.unwrap();
    assert!(local["connections"].is_number() && local["log_rows"].is_number(), "{local}");
    let from_afar = async |token: Option<&str>| {
        let mut request = client().get(format!("{}/api/v1/realtime/status", server.url)).header("x-forwarded-for", "203.0.113.7");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    assert_eq!(from_afar(None).await, json!({ "status": "ok" }));
    assert_eq!(from_afar(Some(&Program::of(&server, "admin", &["read"]).await.token)).await, json!({ "status": "ok" }));
    let admin = Program::of(&server, "admin", &["admin"]).await;
    assert!(from_afar(Some(&admin.token)).await["uptime_seconds"].is_number());
    // A token is no more than its person: one who is an admin no longer has no figures either.
    let database = server.database().await;
    sqlx::query("delete from roles where role = 'admin'").execute(&database).await.unwrap();
    database.close().await;
    assert_eq!(from_afar(Some(&admin.token)).await, json!({ "status": "ok" }));
    let printed = server.run(&["status"]);
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert!(printed.starts_with("Well: ") && printed.contains("people online"), "{printed}");
}

/// Pages of an application's origins may ask across origins, by their name; others may not read the answer.
#[tokio::test]
async fn other_origins_are_named() {
    let app =
        [("PLENUM_APP__ID", "a"), ("PLENUM_APP__KEY", "b"), ("PLENUM_APP__SECRET", "c"), ("PLENUM_APP__ORIGINS", "https://app.example")];
    let server = Server::start_with(&app);
    let preflight = async |origin: &str| {
        let request = client().request(Method::OPTIONS, format!("{}/api/v1/tokens", server.url));
        let response = request.header("origin", origin).header("access-control-request-method", "POST").send().await.unwrap();
        response.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(preflight("https://app.example").await.as_deref(), Some("https://app.example"));
    assert_eq!(preflight("https://evil.example").await, None);
}
