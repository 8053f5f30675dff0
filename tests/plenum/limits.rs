//! I27, I28: limits hold, tell, and hurt nobody else.

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{
    server::Server,
    socket::{Socket, data},
    waiting::eventually_true,
};

/// The 101st command in a minute is 429 with Retry-After; others and the socket go on.
#[tokio::test]
async fn the_101st_command_waits_and_nobody_else_does() {
    let server = Server::start();
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let general = sam.general().await;
    let mut socket = sam.socket().await;
    for _ in 0..100 {
        sam.send(general, "quick").await;
    }
    let refused = sam.call("messages/send", &[("conversation", &general.to_string()), ("text", "too quick")]).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() >= 1);
    lena.send(general, "not my limit").await;
    socket.settle().await;
    sam.thread(general).await;
}

/// The eleventh tab is told to come back later; the others stay.
#[tokio::test]
async fn sockets_per_person_are_counted() {
    let server = Server::start_with(&[
        ("PLENUM_LIMITS__SOCKETS_PER_PERSON", "2"),
        ("PLENUM_LIMITS__ANONYMOUS_SOCKETS_PER_ADDRESS", "2"),
        // One that was refused has its place until it is closed.
        ("PLENUM_LIMITS__CONNECTIONS", "6"),
    ]);
    let sam = server.person("sam").await;
    let mut tabs = vec![sam.socket().await, sam.socket().await];
    let mut third = Socket::connect(&server.url, Some(&sam.cookie), "plenum").await;
    assert_eq!(data(&third.wait("pusher:error").await)["code"], 4100);
    assert_eq!(third.closed().await, Some(4100));
    let mut visitors = vec![server.visitor().await, server.visitor().await];
    assert_eq!(Socket::connect(&server.url, None, "plenum").await.closed().await, Some(4100));
    for socket in tabs.iter_mut().chain(&mut visitors) {
        socket.settle().await;
    }
    // A place that is free again is given again.
    tabs.pop().unwrap().close().await;
    eventually_true("a closed socket does not count", async || {
        let mut again = Socket::connect(&server.url, Some(&sam.cookie), "plenum").await;
        again.next().await["event"] == "pusher:connection_established"
    })
    .await;
}

/// Channels of one connection are counted, and data of client events is.
#[tokio::test]
async fn channels_and_client_data_are_limited() {
    let server = Server::start_with(&[("PLENUM_LIMITS__CHANNELS_PER_CONNECTION", "2")]);
    let sam = server.person("sam").await;
    let mut socket = sam.socket().await;
    let conversation = format!("private-conversation.{}", sam.general().await);
    socket.subscribe(&format!("private-person.{}", sam.id)).await;
    socket.subscribe(&conversation).await;
    let third = socket.try_subscribe(&format!("organisation.{}", sam.organisation), None).await;
    assert_eq!((third["event"].as_str(), data(&third)["status"].as_u64()), (Some("pusher:subscription_error"), Some(403)));
    socket.settle().await;
    socket.say(json!({ "event": "client-typing", "channel": conversation, "data": { "long": "x".repeat(10_001) } })).await;
    assert!(data(&socket.wait("pusher:error").await)["message"].as_str().unwrap().contains("10000 bytes"));
    let mut too_many = 0;
    for _ in 0..60 {
        socket.say(json!({ "event": "client-typing", "channel": conversation, "data": {} })).await;
    }
    for frame in socket.settle().await {
        too_many += u32::from(data(&frame)["code"] == 4301);
    }
    assert!(too_many > 0, "60 client events at once went through");
    socket.settle().await;
}

/// A client that stops reading is cut off with its queue full and can resume; others never notice (I28).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_consumer_is_cut_off_and_can_resume() {
    let server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0"), ("PLENUM_REALTIME__QUEUE_BYTES", "32768")]);
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let general = sam.general().await;
    let channel = format!("private-conversation.{general}");
    let mut slow = sam.socket().await;
    let since = slow.subscribe(&channel).await["cursor"].clone();
    let mut quick = server.person("noor").await.socket().await;
    quick.subscribe(&channel).await;
    // Nobody reads `slow`: kernel buffers fill (some megabytes), then its queue.
    let text = "x".repeat(7_900);
    let mut sent = Vec::new();
    for _ in 0..40 {
        for _ in 0..20 {
            sent.push(lena.send(general, &text).await["number"].as_u64().unwrap());
        }
        for number in sent.iter().skip(sent.len() - 20) {
            assert_eq!(data(&quick.wait("message.sent").await)["number"].as_u64(), Some(*number), "a reader was held up");
        }
        let figures = server.get("/metrics").await.text().await.unwrap();
        if figures.lines().any(|line| line.starts_with("plenum_live_slow_consumers_total 1")) {
            let code = slow.closed().await;
            assert!(code == Some(4100) || code.is_none(), "{code:?}");
            let mut again = sam.socket().await;
            assert_eq!(again.resume(&channel, &since).await["recovered"], true);
            for number in &sent {
                assert_eq!(data(&again.wait("message.sent").await)["number"].as_u64(), Some(*number));
            }
            return;
        }
    }
    panic!("12 MB unread and never cut off");
}

/// A body that is too long is refused, and a text in one that is not.
#[tokio::test]
async fn a_huge_body_is_refused() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let general = sam.general().await.to_string();
    let long = sam.call("messages/send", &[("conversation", &general), ("text", &"x".repeat(8_001))]).await;
    assert_eq!(long.status(), 422);
    assert_eq!(long.json::<serde_json::Value>().await.unwrap()["field"], "text");
    let huge = sam.call("messages/send", &[("conversation", &general), ("text", &"x".repeat(2_000_000))]).await;
    assert_eq!(huge.status(), 413);
    let refused = huge.json::<serde_json::Value>().await.unwrap();
    assert_eq!((&refused["code"], refused.get("field")), (&json!("body_too_long"), None));
}

/// Sends a body of so many bytes, all of it before anything is read, and returns the answer.
async fn sent_whole(server: &Server, path: &str, headers: &str, length: usize) -> String {
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    let host = server.address();
    let head = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let piece = [b'x'; 16 * 1024];
    for _ in 0..length / piece.len() {
        if headers.contains("chunked") {
            stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await.unwrap();
        }
        stream.write_all(&piece).await.unwrap();
        if headers.contains("chunked") {
            stream.write_all(b"\r\n").await.unwrap();
        }
    }
    if headers.contains("chunked") {
        stream.write_all(b"0\r\n\r\n").await.unwrap();
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// A client that sends everything before it reads gets the answer, as one behind a proxy does: a body that is too long, announced or not,
/// and one that nobody asks for.
#[tokio::test]
async fn an_early_answer_reaches_who_sends_on() {
    const MIB: usize = 1024 * 1024;
    let server = Server::start();
    // What is not announced is read only by who asks for it: the API asks for a token first, and the picture for who is signed in.
    for (path, length, announced, chunked) in [
        ("/fn/messages/send", MIB, 413, 413),
        ("/api/v1/holds", MIB, 413, 401),
        ("/events/1/picture", 22 * MIB, 413, 303),
        ("/apps/nobody/events", 2 * MIB, 413, 413),
        ("/events/1/plan/table", 4 * MIB, 400, 400),
    ] {
        for (headers, status) in
            [(format!("Content-Length: {length}\r\n"), announced), ("Transfer-Encoding: chunked\r\n".to_owned(), chunked)]
        {
            let answer = sent_whole(&server, path, &headers, length).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path} {headers}: {answer:.200}");
            if path.starts_with("/api") && status == 413 {
                assert!(answer.contains("application/problem+json") && answer.contains("body_too_long"), "{answer}");
            }
        }
    }
    // Another site's page is refused early, too.
    let headers = format!("Origin: https://evil.example\r\nContent-Length: {MIB}\r\n");
    let answer = sent_whole(&server, "/fn/messages/send", &headers, MIB).await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer:.200}");
}

/// Half requests up to the limit, and beyond: whoever asks a whole question is answered, and a message arrives (I33).
#[tokio::test]
async fn half_requests_take_no_place_from_others() {
    let server = Server::start_with(&[("PLENUM_LIMITS__HTTP_CONNECTIONS", "24"), ("PLENUM_LIMITS__HTTP_CONNECTIONS_PER_ADDRESS", "16")]);
    let sam = server.person("sam").await;
    let general = sam.general().await;
    let mut half = Vec::new();
    for _ in 0..60 {
        let mut stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await.unwrap();
        half.push(stream);
        if half.len() % 20 == 0 {
            let ready = reqwest::get(format!("{}/readyz", server.url)).await.unwrap();
            assert!(ready.status().is_success());
            sam.send(general, "still here").await;
        }
    }
    // The first ones made room: they are closed without an answer, or reset if what they had sent was not read yet.
    let mut rest = Vec::new();
    if let Err(error) = half.first_mut().unwrap().read_to_end(&mut rest).await {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
    assert_eq!(rest, b"");
}
