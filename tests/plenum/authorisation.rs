//! I24: who may follow what, over every channel and role, and how rights end.

use serde_json::json;

use super::{
    events::draft,
    orders::{gala, hold, order},
    server::{Person, Server},
    socket::{Socket, data},
};

const REFUSED: &str = "pusher:subscription_error";
const GRANTED: &str = "pusher_internal:subscription_succeeded";

async fn answer(socket: &mut Socket, channel: &str) -> String {
    let answer = socket.try_subscribe(channel, None).await;
    answer["event"].as_str().unwrap().to_owned()
}

async fn private_room(owner: &Person, name: &str) -> i64 {
    let response = owner.call("messages/create_room", &[("name", name), ("topic", ""), ("private", "true")]).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

/// Every channel × every role, a visitor and another organisation's person: the table exactly.
#[tokio::test]
async fn the_matrix_of_channels_and_people() {
    let server = Server::start();
    let admin = server.person("admin").await;
    let room = private_room(&admin, "Board").await;
    let general = admin.general().await;
    let database = server.database().await;
    // Another tenant, whose person guesses ids.
    sqlx::query("insert into organisations (id, name, host, created_at) values (900, 'Elsewhere', 'elsewhere.example', 0)")
        .execute(&database)
        .await
        .unwrap();
    sqlx::query("insert into people (id, organisation_id, email, name, password_hash, hue, created_at) values (901, 900, 'eve@plenum.example', 'Eve', '', 0, 0)")
        .execute(&database)
        .await
        .unwrap();
    let eve = server.person("eve").await;
    let organisation = admin.organisation;

    // Who bought something of an event of Otto's, and a draft of his.
    let (otto, tom) = (server.person("otto").await, server.person("tom").await);
    let (gala, seats) = gala(&server, 1).await;
    let order = order(&tom, &hold(&tom, gala, &seats).await).await;
    let draft = draft(&otto, "A surprise", 86_400_000).await;
    let space: i64 = sqlx::query_scalar("select space_id from events where id = $1").bind(gala).fetch_one(&database).await.unwrap();

    let mut people = vec![tom];
    for name in ["admin", "ines", "omar", "aiko", "otto", "mara", "sam"] {
        people.push(server.person(name).await);
    }
    people.push(eve.clone());
    for person in &people {
        let own = person.organisation == organisation;
        let is_admin = person.email.starts_with("admin@");
        let is_otto = person.email.starts_with("otto@");
        let helps = is_admin || is_otto || person.email.starts_with("aiko@");
        let sends = is_admin || person.email.starts_with("mara@");
        let mut socket = person.socket().await;
        let expected = [
            (format!("private-person.{}", person.id), true),
            (format!("private-person.{}", admin.id), is_admin),
            (format!("private-conversation.{general}"), own),
            (format!("presence-conversation.{general}"), own),
            (format!("private-conversation.{room}"), is_admin),
            (format!("presence-conversation.{room}"), is_admin),
            (format!("organisation.{organisation}"), true),
            (format!("private-organisation.{organisation}"), own),
            ("private-organisation.900".to_owned(), !own),
            (format!("private-broadcasts.{organisation}"), sends),
            ("private-broadcasts.900".to_owned(), false),
            (format!("event.{gala}"), true),
            (format!("seats.{gala}"), true),
            (format!("event.{draft}"), is_admin || is_otto),
            (format!("seats.{draft}"), is_admin || is_otto),
            // Who only looks at an event is not in its space, and an admin of the house is no guest.
            (format!("private-space.{space}"), is_otto),
            (format!("presence-space.{space}"), is_otto),
            (format!("private-space.{space}.staff"), is_admin || is_otto),
            (format!("private-event.{gala}.door"), is_admin || is_otto),
            (format!("private-ops.{organisation}"), is_admin),
            ("private-ops.900".to_owned(), false),
            ("private-application.1".to_owned(), false),
            (format!("private-order.{order}"), helps || person.email.starts_with("tom@")),
            // Guesses: longer ids, other spellings, ids that do not exist, channels that do not exist.
            (format!("private-conversation.{general}00000"), false),
            (format!("private-conversation.0{general}"), false),
            ("private-conversation.999999".to_owned(), false),
            ("private-nothing.1".to_owned(), false),
            ("presence-nothing".to_owned(), false),
            ("anything".to_owned(), false),
        ];
        for (channel, granted) in expected {
            let wanted = if granted { GRANTED } else { REFUSED };
            assert_eq!(answer(&mut socket, &channel).await, wanted, "{} on {channel}", person.email);
            socket.say(json!({ "event": "pusher:unsubscribe", "data": { "channel": channel } })).await;
        }
    }

    let mut visitor = server.visitor().await;
    for channel in [format!("organisation.{organisation}"), format!("event.{gala}"), format!("seats.{gala}")] {
        assert_eq!(answer(&mut visitor, &channel).await, GRANTED, "a visitor on {channel}");
    }
    for channel in [
        format!("private-person.{}", admin.id),
        format!("private-conversation.{general}"),
        format!("private-organisation.{organisation}"),
        format!("event.{draft}"),
        format!("seats.{draft}"),
        format!("private-order.{order}"),
    ] {
        assert_eq!(answer(&mut visitor, &channel).await, REFUSED, "a visitor on {channel}");
    }
}

/// What a refused person cannot see over HTTP either.
#[tokio::test]
async fn commands_and_questions_ask_the_same_rule() {
    let server = Server::start();
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    let room = private_room(&admin, "Board").await;
    admin.send(room, "only for us").await;
    let id = room.to_string();
    assert_eq!(sam.get("messages/thread", &[("conversation", &id)]).await.status(), 404);
    assert_eq!(sam.get("messages/older", &[("conversation", &id), ("before", "2")]).await.status(), 404);
    let send = sam.call("messages/send", &[("conversation", &id), ("text", "let me in")]).await;
    assert!(send.status() == 404 || send.status() == 403, "{}", send.status());
    assert_eq!(sam.call("messages/join", &[("conversation", &id)]).await.status(), 404);
    let found = sam.ask("messages/search", &[("query", "only for us")]).await;
    assert_eq!(found, json!([]));
    let visitor = super::server::client().get(format!("{}/fn/messages/sidebar", server.url)).send().await.unwrap();
    assert_eq!(visitor.status(), 401);
    // Whoever runs the server, and whoever runs an organisation, has pages that nobody else does.
    for question in ["organisations/list", "organisations/own"] {
        assert_eq!(admin.get(question, &[]).await.status(), 200, "{question}");
        assert_eq!(sam.get(question, &[]).await.status(), 403, "{question}");
        assert_eq!(server.get(&format!("/fn/{question}")).await.status(), 401, "{question}");
    }
}

/// Being removed ends the stream at once: nothing sent afterwards arrives, and the client is told.
#[tokio::test]
async fn removal_ends_the_live_stream() {
    let server = Server::start();
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    let room = private_room(&admin, "Board").await;
    let invited = admin.call("messages/invite", &[("conversation", &room.to_string()), ("person", &sam.id.to_string())]).await;
    assert_eq!(invited.status(), 200);
    let channel = format!("private-conversation.{room}");
    let mut socket = sam.socket().await;
    socket.subscribe(&channel).await;
    admin.send(room, "before").await;
    socket.wait("message.sent").await;

    let removed = admin.call("messages/remove", &[("conversation", &room.to_string()), ("person", &sam.id.to_string())]).await;
    assert_eq!(removed.status(), 200);
    admin.send(room, "after").await;
    let told = socket.wait(REFUSED).await;
    assert_eq!((told["channel"].as_str(), data(&told)["status"].as_u64()), (Some(channel.as_str()), Some(403)));
    let rest = socket.settle().await;
    assert!(!rest.iter().any(|frame| frame["channel"] == channel && frame["data"].to_string().contains("after")), "{rest:?}");
    assert_eq!(answer(&mut socket, &channel).await, REFUSED);
}

/// Revocation racing a subscription: whoever wins, nothing announced after the removal ever arrives.
#[tokio::test]
async fn removal_racing_a_subscription_leaks_nothing() {
    let server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    let room = private_room(&admin, "Board").await;
    let (id, person) = (room.to_string(), sam.id.to_string());
    let channel = format!("private-conversation.{room}");
    for round in 0..25 {
        admin.call("messages/invite", &[("conversation", &id), ("person", &person)]).await;
        let mut socket = sam.socket().await;
        let secret = format!("secret {round}");
        let removal = async {
            admin.call("messages/remove", &[("conversation", &id), ("person", &person)]).await;
            admin.send(room, &secret).await;
        };
        let joining = async {
            let _ = socket.try_subscribe(&channel, None).await;
        };
        tokio::join!(removal, joining);
        let rest = socket.settle().await;
        assert!(!rest.iter().any(|frame| frame["data"].to_string().contains(&secret)), "round {round}: {rest:?}");
    }
}

/// Signing out, here or from another browser, closes the socket with 4009.
#[tokio::test]
async fn a_revoked_sign_in_closes_its_sockets() {
    let server = Server::start();
    let (here, there) = (server.person("sam").await, server.person("sam").await);
    let (mut kept, mut ended) = (here.socket().await, there.socket().await);
    let revoked = here.call("people/revoke_sign_in", &[("id", &there.sign_in.to_string())]).await;
    assert_eq!(revoked.status(), 200);
    assert_eq!(ended.closed().await, Some(4009));
    kept.settle().await;
    assert_eq!(there.get("messages/sidebar", &[]).await.status(), 401);
}

/// A page is told nothing as somebody else than it was made for: not as a visitor when its sign-in ended while it loaded, not as
/// whoever signed in after it.
#[tokio::test]
async fn a_page_has_no_socket_but_its_persons() {
    let server = Server::start();
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let mut own = Socket::page(&server.url, &sam.cookie, sam.id).await;
    own.wait("pusher:connection_established").await;
    let mut anothers = Socket::page(&server.url, &lena.cookie, sam.id).await;
    assert_eq!(anothers.next().await["event"], "pusher:error");
    assert_eq!(anothers.closed().await, Some(4009));
    sam.call("people/sign_out", &[]).await.error_for_status().unwrap();
    assert_eq!(Socket::page(&server.url, &sam.cookie, sam.id).await.closed().await, Some(4009));
    Socket::open(&server.url, Some(&sam.cookie)).await.settle().await;
}

/// Whoever loses a role, or no longer runs an event, is told of nothing that came with it any more (I24: within five seconds).
#[tokio::test]
async fn what_a_role_opened_ends_with_it() {
    let server = Server::start();
    let (admin, otto, aiko, tom) =
        (server.person("admin").await, server.person("otto").await, server.person("aiko").await, server.person("tom").await);
    let (gala, seats) = gala(&server, 1).await;
    let order = order(&tom, &hold(&tom, gala, &seats).await).await;
    let draft = draft(&otto, "A surprise", 86_400_000).await;
    let helps = otto.call("events/add_staff", &[("id", &draft.to_string()), ("email", "aiko@plenum.example"), ("role", "organiser")]).await;
    assert_eq!(helps.status(), 200);

    let mut socket = aiko.socket().await;
    for channel in [format!("private-order.{order}"), format!("event.{draft}"), format!("seats.{draft}")] {
        assert_eq!(answer(&mut socket, &channel).await, GRANTED, "{channel}");
    }
    let removed = otto.call("events/remove_staff", &[("id", &draft.to_string()), ("person", &aiko.id.to_string())]).await;
    assert_eq!(removed.status(), 200);
    let ended = async |socket: &mut Socket| socket.wait(REFUSED).await["channel"].as_str().unwrap().to_owned();
    let mut gone = [ended(&mut socket).await, ended(&mut socket).await];
    gone.sort();
    assert_eq!(gone, [format!("event.{draft}"), format!("seats.{draft}")]);
    assert_eq!(admin.call("people/set_roles", &[("person", &aiko.id.to_string())]).await.status(), 200);
    assert_eq!(ended(&mut socket).await, format!("private-order.{order}"));
}

/// A signature or a foreign page admits nobody: without the own Origin the cookie does not count.
#[tokio::test]
async fn a_foreign_origin_has_no_cookie() {
    use tokio_tungstenite::tungstenite::client::IntoClientRequest;
    let server = Server::start();
    let sam = server.person("sam").await;
    let mut request = format!("ws://{}/app/plenum", server.address()).into_client_request().unwrap();
    request.headers_mut().insert("cookie", sam.cookie.parse().unwrap());
    request.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    let refused = tokio_tungstenite::connect_async(request).await.expect_err("a foreign origin was let in");
    assert!(refused.to_string().contains("403"), "{refused}");
    // No Origin is a program: it comes in, as a visitor.
    let mut program = server.visitor().await;
    assert_eq!(answer(&mut program, &format!("private-person.{}", sam.id)).await, REFUSED);
}
