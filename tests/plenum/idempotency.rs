//! `Idempotency-Key` on every POST of the public JSON API (I6): one effect, one reply, no other body.
//! What is asked of the box office: `box_office_idempotency.rs`.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    server::{Server, client},
    socket::Socket,
};

const AT_ONCE: usize = 50;

impl Program<'_> {
    /// The same command many times at once: the one reply that all of them got.
    pub(super) async fn at_once(&self, path: &str, body: &Value, key: &str) -> (u16, Value) {
        let replies = join_all((0..AT_ONCE).map(|_| self.request(Method::POST, path, Some(body.clone()), Some(key)))).await;
        let first = replies[0].clone();
        assert!(replies.iter().all(|reply| *reply == first), "{path}: {replies:?}");
        first
    }

    /// Refuses a command whose key was used before.
    pub(super) async fn refuses(&self, path: &str, body: Value, key: &str) {
        let (status, problem) = self.request(Method::POST, path, Some(body), Some(key)).await;
        assert_eq!((status, &problem["field"]), (422, &json!("Idempotency-Key")), "{path}: {problem}");
    }
}

/// Fifty at once have one effect and one reply; the same key with another body, or for something else, is refused; and so after a crash.
#[tokio::test]
async fn a_key_has_one_effect() {
    let mut server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0"), ("PLENUM_LIMITS__MARKS_PER_MINUTE", "0")]);
    let token = {
        let program = Program::of(&server, "ines", &["read", "write"]).await;
        let (sam, lena) = (server.person("sam").await, server.person("lena").await);
        let general = sam.general().await;
        let mut socket = Socket::open(&server.url, Some(&sam.cookie)).await;
        socket.subscribe(&format!("private-conversation.{general}")).await;

        let path = format!("conversations/{general}/messages");
        let (status, sent) = program.at_once(&path, &json!({ "text": "once" }), "message-1").await;
        assert_eq!(status, 201, "{sent}");
        assert_eq!(
            program.request(Method::POST, &path, Some(json!({ "text": "more" })), Some("message-2")).await.1["number"],
            sent["number"].as_i64().unwrap() + 1
        );
        program.refuses(&path, json!({ "text": "twice" }), "message-1").await;
        program.refuses(&format!("people/{}/messages", lena.id), json!({ "text": "once" }), "message-1").await;
        let private = format!("people/{}/messages", lena.id);
        let (status, whispered) = program.at_once(&private, &json!({ "text": "only you" }), "message-3").await;
        assert_eq!((status, &whispered["number"]), (201, &json!(1)), "one message in a conversation of two");
        program.refuses(&private, json!({ "text": "nobody" }), "message-3").await;

        let read = format!("conversations/{general}/read");
        assert_eq!(program.at_once(&read, &json!({ "number": sent["number"] }), "read-0001").await.0, 204);
        program.refuses(&read, json!({ "number": 1 }), "read-0001").await;
        let line = program.get("conversations").await["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|line| line["conversation"]["id"] == general)
            .cloned()
            .unwrap();
        assert!(line["own"]["read"].as_i64() >= sent["number"].as_i64(), "the mark was made: {line}");

        let typing = format!("conversations/{general}/typing");
        assert_eq!(program.at_once(&typing, &json!({}), "typing-01").await.0, 204);
        socket.wait("typing").await;
        program.refuses(&typing, json!({ "other": 1 }), "typing-01").await;
        program.refuses(&typing, json!({}), "read-0001").await;

        for path in ["presence/online", "presence/offline"] {
            let key = path.replace('/', "-");
            assert_eq!(program.at_once(path, &json!({}), &key).await, (200, json!({ "online": false })));
            program.refuses(path, json!({ "other": 1 }), &key).await;
        }
        // The reply is the one that was given, whatever is true now.
        let ines = server.person("ines").await;
        let _here = ines.socket().await;
        assert_eq!(program.at_once("presence/online", &json!({}), "presence-online").await.1["online"], false);
        program.token
    };
    server.kill();
    server.restart();
    let program = Program::with(&server, token);
    assert_eq!(
        program.request(Method::POST, "presence/online", Some(json!({})), Some("presence-online")).await,
        (200, json!({ "online": false }))
    );
    program.refuses("presence/online", json!({ "other": 1 }), "presence-online").await;
}

/// A key has 8 to 64 letters, digits or hyphens, on every path alike.
#[tokio::test]
async fn a_key_has_a_form() {
    let server = Server::start();
    let program = Program::of(&server, "ines", &["read", "write"]).await;
    let general = server.person("ines").await.general().await;
    for path in
        [format!("conversations/{general}/messages"), format!("conversations/{general}/typing"), "presence/online".into(), "tokens".into()]
    {
        for key in ["short", "with blanks in it", &"x".repeat(65)] {
            program.refuses(&path, json!({ "text": "x" }), key).await;
        }
    }
}

/// A token is made once for its key and told once: a repeat is 409 with its id, and nothing of it can be had from the database.
#[tokio::test]
async fn a_token_is_told_once() {
    // The pace of tries that are not answered yet is another test's.
    let server = Server::start_with(&[("PLENUM_LIMITS__SIGN_IN_FAILURES_PER_ACCOUNT", "0")]);
    let ask = async |name: &str, key: &str| {
        let wanted = json!({ "email": "ines@plenum.example", "password": "plenum-demo", "name": name, "scopes": ["read"] });
        let response =
            client().post(format!("{}/api/v1/tokens", server.url)).json(&wanted).header("idempotency-key", key).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let replies = join_all((0..20).map(|_| ask("once", "token-01"))).await;
    let made: Vec<&Value> = replies.iter().filter(|(status, _)| *status == 201).map(|(_, body)| body).collect();
    assert_eq!(made.len(), 1, "{replies:?}");
    let (id, token) = (made[0]["id"].to_string(), made[0]["token"].as_str().unwrap());
    let repeats: Vec<_> =
        replies.iter().filter(|(status, body)| *status == 409 && body["detail"].as_str().unwrap().contains(&id)).collect();
    assert_eq!(repeats.len(), 19, "{replies:?}");
    let program = Program::with(&server, token.to_owned());
    assert_eq!(program.get("tokens").await["data"].as_array().unwrap().len(), 1);
    let (status, problem) = ask("another", "token-01").await;
    assert_eq!((status, &problem["field"]), (422, &json!("Idempotency-Key")));
    assert_eq!(ask("another", "token-02").await.0, 201);
    let database = server.database().await;
    let kept: Vec<String> = sqlx::query_scalar("select reply from idempotency").fetch_all(&database).await.unwrap();
    assert_eq!(kept.iter().filter(|reply| **reply == id).count(), 1, "an id is all that is kept: {kept:?}");
    database.close().await;
}
