//! External applications: what a client or a backend may not do, and that they are apart from each other.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::{
    server::{Server, client},
    socket::{Socket, data},
    waiting::eventually_true,
};

const APP: [(&str, &str); 3] = [("PLENUM_APP__ID", "first"), ("PLENUM_APP__KEY", "first-key"), ("PLENUM_APP__SECRET", "first-secret")];

fn signature(message: &str) -> String {
    plenum_live::pusher::signature::AppSecret::new("first-secret").sign(message.as_bytes())
}

async fn connect(server: &Server) -> (Socket, String) {
    let mut socket = Socket::connect(&server.url, None, "first-key").await;
    let hello = socket.next().await;
    let id = data(&hello)["socket_id"].as_str().unwrap().to_owned();
    (socket, id)
}

fn subscribe(channel: &str, auth: &str, channel_data: Option<&str>) -> Value {
    let mut data = json!({ "channel": channel, "auth": auth });
    if let Some(channel_data) = channel_data {
        data["channel_data"] = json!(channel_data);
    }
    json!({ "event": "pusher:subscribe", "data": data })
}

/// A channel name of one application is nothing in another, nor in Plenum's own.
#[tokio::test]
async fn applications_are_apart() {
    let server = Server::start_with(&APP);
    let (mut socket, id) = connect(&server).await;
    let channel = "private-conversation.1";
    socket.say(subscribe(channel, &format!("first-key:{}", signature(&format!("{id}:{channel}"))), None)).await;
    assert_eq!(socket.next().await["event"], "pusher_internal:subscription_succeeded");
    let sam = server.person("sam").await;
    let general = sam.general().await;
    sam.send(general, "not for other applications").await;
    socket.say(json!({ "event": "pusher:ping" })).await;
    assert_eq!(socket.next().await["event"], "pusher:pong", "nothing of Plenum's own comes here");
}

/// Whatever a client sends is answered or ignored; the connection lives, and nothing is joined.
#[tokio::test]
async fn nonsense_is_survived() {
    let server = Server::start_with(&APP);
    let (mut socket, id) = connect(&server).await;
    let own = signature(&format!("{id}:private-a"));
    for nonsense in [
        subscribe("private-a", "", None),
        subscribe("private-a", "first-key:", None),
        subscribe("private-a", &format!("other-key:{own}"), None),
        subscribe("private-b", &format!("first-key:{own}"), None),
        subscribe("presence-a", &format!("first-key:{}", signature(&format!("{id}:presence-a"))), None),
        subscribe("presence-a", &format!("first-key:{}", signature(&format!("{id}:presence-a:no json"))), Some("no json")),
        subscribe("presence-a", &format!("first-key:{}", signature(&format!("{id}:presence-a:{{}}"))), Some("{}")),
        subscribe("#server-to-user-7", "", None),
        subscribe("a b", "", None),
        json!({ "event": "pusher:subscribe", "data": [] }),
        json!({ "event": "client-a", "channel": "private-a", "data": {} }),
        json!({ "event": "pusher:subscribe" }),
    ] {
        socket.say(nonsense.clone()).await;
        let answer = socket.next().await;
        assert!(["pusher:subscription_error", "pusher:error"].contains(&answer["event"].as_str().unwrap()), "{nonsense}: {answer}");
    }
    for ignored in [json!({ "event": "pusher:unknown" }), json!({ "event": "pusher:unsubscribe", "data": { "channel": "nowhere" } })] {
        socket.say(ignored).await;
    }
    socket.say(json!({ "event": "pusher:ping" })).await;
    assert_eq!(socket.next().await["event"], "pusher:pong");
}

/// The HTTP API takes no request that is unsigned, changed, old, or for another application.
#[tokio::test]
async fn the_http_api_is_signed() {
    let server = Server::start_with(&APP);
    let now = plenum_store::db::now() / 1000;
    let ask = async |key: &str, timestamp: i64, version: &str, spoil: bool| {
        let query = format!("auth_key={key}&auth_timestamp={timestamp}&auth_version={version}");
        let signed = signature(&format!("GET\n/apps/first/channels\n{query}"));
        let signed = if spoil { signed.replace(['a', 'b', 'c'], "0") } else { signed };
        client().get(format!("{}/apps/first/channels?{query}&auth_signature={signed}", server.url)).send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask("first-key", now, "1.0", false).await, 200);
    assert_eq!(ask("other-key", now, "1.0", false).await, 401);
    assert_eq!(ask("first-key", now - 700, "1.0", false).await, 401);
    assert_eq!(ask("first-key", now + 700, "1.0", false).await, 401);
    assert_eq!(ask("first-key", now, "2.0", false).await, 401);
    assert_eq!(ask("first-key", now, "1.0", true).await, 401);
    assert_eq!(server.get("/apps/first/channels").await.status(), 401);
    assert_eq!(server.get("/apps/second/channels").await.status(), 404);
    let unsigned = client().post(format!("{}/apps/first/events", server.url)).body("{}").send().await.unwrap();
    assert_eq!(unsigned.status(), 401);
}

/// Who signs in as somebody else on the same connection no longer reads what is written to the one before.
#[tokio::test]
async fn who_becomes_somebody_else_leaves_the_others_channel() {
    let server = Server::start_with(&APP);
    let (mut socket, id) = connect(&server).await;
    for person in ["ann", "bob"] {
        let user_data = json!({ "id": person }).to_string();
        let auth = format!("first-key:{}", signature(&format!("{id}::user::{user_data}")));
        socket.say(json!({ "event": "pusher:signin", "data": { "auth": auth, "user_data": user_data } })).await;
        socket.wait("pusher:signin_success").await;
        socket.say(subscribe(&format!("#server-to-user-{person}"), "", None)).await;
        socket.wait("pusher_internal:subscription_succeeded").await;
    }
    // A second time on a channel that one is on is an error; on one that was left, a refusal.
    socket.say(subscribe("#server-to-user-ann", "", None)).await;
    assert_eq!(data(&socket.wait("pusher:subscription_error").await)["status"], 403);
    let now = plenum_store::db::now() / 1000;
    let query = format!("auth_key=first-key&auth_timestamp={now}&auth_version=1.0");
    let signed = signature(&format!("GET\n/apps/first/channels\n{query}"));
    let asked = client().get(format!("{}/apps/first/channels?{query}&auth_signature={signed}", server.url)).send().await.unwrap();
    assert_eq!(asked.json::<Value>().await.unwrap()["channels"], json!({ "#server-to-user-bob": {} }));
}

/// Only admins manage applications, each only those of their own organisation; a changed secret leaves the older one valid until it is ended.
#[tokio::test]
async fn admins_manage_applications() {
    let server = Server::start_with(&APP);
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    assert_eq!(sam.call("applications/create", &[("name", "Mine")]).await.status(), 403);
    let page = sam.page("/admin/applications").await;
    assert_eq!(page.status(), 403);
    assert!(!page.text().await.unwrap().contains("first-key"));
    assert_eq!(admin.call("applications/create", &[("name", " ")]).await.status(), 422);
    let made: Value = admin.call("applications/create", &[("name", "Canteen")]).await.json().await.unwrap();
    let (app_id, key, secret) = (made["app_id"].as_str().unwrap(), made["key"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let listed = admin.ask("applications/list", &[]).await;
    assert!(!listed.to_string().contains(secret), "the secret is told once");
    let id = listed.as_array().unwrap().iter().find(|app| app["app_id"] == app_id).unwrap()["id"].to_string();
    let asks = async |secret: &str| {
        let now = plenum_store::db::now() / 1000;
        let query = format!("auth_key={key}&auth_timestamp={now}&auth_version=1.0");
        let signer = plenum_live::pusher::signature::AppSecret::new(secret);
        let signed = signer.sign(format!("GET\n/apps/{app_id}/channels\n{query}").as_bytes());
        client()
            .get(format!("{}/apps/{app_id}/channels?{query}&auth_signature={signed}", server.url))
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(asks(secret).await, 200);
    let rotated: Value = admin.call("applications/rotate", &[("id", &id)]).await.json().await.unwrap();
    let fresh = rotated["secret"].as_str().unwrap();
    assert_eq!((asks(secret).await, asks(fresh).await), (200, 200));
    assert_eq!(admin.call("applications/rotate", &[("id", &id)]).await.status(), 409);
    assert!(admin.call("applications/end_rotation", &[("id", &id)]).await.status().is_success());
    assert_eq!((asks(secret).await, asks(fresh).await), (401, 200));
    assert!(admin.call("applications/update", &[("id", &id), ("name", "Canteen"), ("origins", "not an origin")]).await.status() == 422);
    assert!(admin.call("applications/update", &[("id", &id), ("name", "Canteen")]).await.status().is_success(), "switched off");
    assert_eq!(asks(fresh).await, 403);
    assert!(admin.call("applications/remove", &[("id", &id)]).await.status().is_success());
    assert_eq!(asks(fresh).await, 404);
    assert_eq!(admin.call("applications/remove", &[("id", &id)]).await.status(), 404);
}

/// A webhook goes to addresses of the internet only, unless the server's settings say otherwise: an admin of an organisation is not one of
/// the server, and looks around in no net that it stands in (A9).
#[tokio::test]
async fn a_webhook_to_a_private_address_is_refused() {
    let closed = [("PLENUM_WEBHOOKS__ALLOW_PRIVATE", "false")];
    let server = Server::start_with(&[APP.as_slice(), &closed].concat());
    let admin = server.person("admin").await;
    let id = admin.ask("applications/list", &[]).await[0]["id"].to_string();
    let add =
        async |url: &str| admin.call("applications/add_webhook", &[("id", &id), ("url", url), ("events[0]", "channel_occupied")]).await;
    for private in
        ["http://127.0.0.1:9/hook", "http://localhost/", "http://2130706433/", "https://169.254.169.254/", "http://[::ffff:10.0.0.1]/"]
    {
        let refused = add(private).await;
        assert_eq!(refused.status(), 422, "{private}");
        assert_eq!(refused.json::<Value>().await.unwrap()["field"], "url", "{private}");
    }
    assert_eq!(add("https://hooks.example.org/").await.status(), 200);
    assert_eq!(add("http://").await.status(), 422);
}

/// Sockets of applications have a limit of their own each, take places that all sockets share, and leave some to Plenum's own people (I33).
#[tokio::test]
async fn sockets_of_applications_are_counted() {
    let limits = [("PLENUM_LIMITS__CONNECTIONS", "8"), ("PLENUM_LIMITS__CONNECTIONS_PER_APPLICATION", "4")];
    let server = Server::start_with(&[APP.as_slice(), &limits].concat());
    let admin = server.person("admin").await;
    let open = async |key: &str, count: usize| {
        let mut sockets = Vec::new();
        for _ in 0..count {
            let mut socket = Socket::connect(&server.url, None, key).await;
            assert_eq!(socket.next().await["event"], "pusher:connection_established");
            sockets.push(socket);
        }
        sockets
    };
    let first = open("first-key", 4).await;
    let mut fifth = Socket::connect(&server.url, None, "first-key").await;
    assert_eq!(data(&fifth.wait("pusher:error").await)["code"], 4100);
    assert_eq!(fifth.closed().await, Some(4100));

    // An application's own number counts, but all of them together leave a quarter.
    let made: Value = admin.call("applications/create", &[("name", "Other")]).await.json().await.unwrap();
    let (listed, key) = (admin.ask("applications/list", &[]).await, made["key"].as_str().unwrap());
    let other = listed.as_array().unwrap().iter().find(|app| app["key"] == key).unwrap()["id"].to_string();
    let settings = [("id", other.as_str()), ("name", "Other"), ("enabled", "true"), ("connections", "5000")];
    assert_eq!(admin.call("applications/update", &settings).await.status(), 200);
    let others = open(key, 2).await;
    assert_eq!(Socket::connect(&server.url, None, key).await.closed().await, Some(4100));
    let (mut tab, _second) = (admin.socket().await, admin.socket().await);
    tab.settle().await;
    assert_eq!(Socket::connect(&server.url, Some(&admin.cookie), "plenum").await.closed().await, Some(4100), "now it is full");
    drop((first, others));
}

/// Who joins and leaves without end is told to wait and then sent away, on external applications and on Plenum's own; client events that
/// are too many are dropped, and the socket lives (I33).
#[tokio::test]
async fn a_flood_of_frames_ends() {
    let server = Server::start_with(&APP);
    for key in ["first-key", "plenum"] {
        let mut socket = Socket::connect(&server.url, None, key).await;
        socket.next().await;
        let (mut joined, mut refused) = (0, 0);
        let mut number = 0;
        let closed = loop {
            number += 1;
            let channel = format!("organisation.{number}");
            socket.say(subscribe(&channel, "", None)).await;
            match socket.try_next().await {
                Ok(frame) if frame["event"] == "pusher_internal:subscription_succeeded" => joined += 1,
                Ok(frame) if frame["event"] == "pusher:subscription_error" && data(&frame)["status"] == 429 => refused += 1,
                Ok(other) => panic!("{other}"),
                Err(code) => break code,
            }
            socket.say(json!({ "event": "pusher:unsubscribe", "data": { "channel": channel } })).await;
        };
        assert_eq!(closed, Some(4100), "{key}");
        assert!(joined > 50 && joined < 2_300 && refused > 50, "{key}: {joined} joined, {refused} refused");
    }
}

/// Pings of the WebSocket itself are frames: a few are answered, a flood ends (I33).
#[tokio::test]
async fn a_flood_of_pings_ends() {
    let server = Server::start_with(&APP);
    // More than are let through at once and refused, and a few for the time that they take.
    for (key, many) in [("first-key", 4_300), ("plenum", 700)] {
        let mut socket = Socket::connect(&server.url, None, key).await;
        socket.next().await;
        for _ in 0..20 {
            socket.raw(Message::Ping("alive".into())).await;
        }
        socket.say(json!({ "event": "pusher:ping", "data": {} })).await;
        socket.wait("pusher:pong").await;
        for _ in 0..many {
            socket.raw(Message::Ping("flood".into())).await;
        }
        assert_eq!(socket.closed().await, Some(4100), "{key}");
    }
}

/// One address has its share of an application's sockets and no more (I33).
#[tokio::test]
async fn one_address_has_its_share_of_an_application() {
    let limits = [("PLENUM_LIMITS__APPLICATION_SOCKETS_PER_ADDRESS", "2"), ("PLENUM_SERVER__TRUSTED_PROXIES", "127.0.0.1")];
    let server = Server::start_with(&[APP.as_slice(), &limits].concat());
    let from = async |address: &str| Socket::forwarded(&server.url, "first-key", address).await;
    let (mut one, mut two) = (from("192.0.2.1").await, from("192.0.2.1").await);
    for socket in [&mut one, &mut two] {
        assert_eq!(socket.next().await["event"], "pusher:connection_established");
    }
    assert_eq!(from("192.0.2.1").await.closed().await, Some(4100));
    assert_eq!(from("192.0.2.2").await.next().await["event"], "pusher:connection_established");
    one.close().await;
    eventually_true("a place that is left is free", async || {
        from("192.0.2.1").await.next().await["event"] == "pusher:connection_established"
    })
    .await;
}
