//! The socket itself: what the protocol promises, and what broken peers get.

use serde_json::json;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame, FrameHeader,
        coding::{Data, OpCode},
    },
};

use super::{
    server::Server,
    socket::{Socket, data},
};

/// The first frame is what every SDK parses, with Plenum's additions at the top level.
#[tokio::test]
async fn the_first_frame_says_who_is_there() {
    let server = Server::start();
    let mut socket = Socket::connect(&server.url, None, "plenum").await;
    let first = socket.next().await;
    assert_eq!(data(&first)["activity_timeout"], 30);
    let id = data(&first)["socket_id"].as_str().unwrap().to_owned();
    assert!(id.split_once('.').is_some_and(|(a, b)| a.parse::<u64>().is_ok() && b.parse::<u64>().is_ok()), "{id}");
    assert!(first["build"].is_string() && first["live_schema"].is_number());
}

/// A refusal is an error in the first frame, then the close that tells the client what to do.
#[tokio::test]
async fn an_unknown_application_is_refused_with_4001() {
    let server = Server::start();
    let mut socket = Socket::connect(&server.url, None, "nobody").await;
    assert_eq!(data(&socket.wait("pusher:error").await)["code"], 4001);
    assert_eq!(socket.closed().await, Some(4001));
}

/// Nonsense is answered and hurts nobody: the connection lives.
#[tokio::test]
async fn nonsense_is_answered_and_the_connection_lives() {
    let server = Server::start();
    let mut socket = server.visitor().await;
    for nonsense in
        ["", "{}", "[]", "null", "\"x\"", "{\"event\":7}", "{\"event\":\"pusher:subscribe\"}", "{\"event\":\"client-x\",\"data\":{}}"]
    {
        socket.raw(Message::text(nonsense)).await;
        assert_eq!(socket.next().await["event"], "pusher:error", "{nonsense}");
    }
    socket.say(json!({ "event": "pusher:subscribe", "data": { "channel": "a".repeat(201) } })).await;
    assert_eq!(data(&socket.wait("pusher:subscription_error").await)["status"], 400);
    socket.say(json!({ "event": "something:else", "data": {} })).await;
    socket.settle().await;
}

/// Fragments with a ping in between, in pieces, are one frame (RFC 6455).
#[tokio::test]
async fn fragments_are_put_together() {
    let server = Server::start();
    let mut socket = server.visitor().await;
    let part = |opcode, is_final, text: &str| {
        let header = FrameHeader { is_final, opcode, ..FrameHeader::default() };
        Message::Frame(Frame::from_payload_with(header, text))
    };
    socket.raw(part(OpCode::Data(Data::Text), false, "{\"event\":")).await;
    socket.raw(Message::Ping("hello".into())).await;
    socket.raw(part(OpCode::Data(Data::Continue), true, "\"pusher:ping\"}")).await;
    socket.wait("pusher:pong").await;
}

trait WithHeader {
    fn from_payload_with(header: FrameHeader, text: &str) -> Frame;
}

impl WithHeader for Frame {
    fn from_payload_with(header: FrameHeader, text: &str) -> Frame {
        let mut frame = Frame::message(text.to_owned().into_bytes(), header.opcode, header.is_final);
        frame.header_mut().is_final = header.is_final;
        frame
    }
}

/// Frames over 32 KiB and binary frames are closed with the code that names the reason.
#[tokio::test]
async fn too_big_and_binary_are_closed() {
    let server = Server::start();
    let mut socket = server.visitor().await;
    socket.raw(Message::text("x".repeat(33 * 1024))).await;
    assert_eq!(socket.closed().await, Some(1009));
    let mut socket = server.visitor().await;
    socket.raw(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(socket.closed().await, Some(1003));
}

/// A silent peer that answers pings is kept; one that does not is given up.
#[tokio::test]
async fn heartbeats_find_who_is_gone() {
    let server = Server::start_with(&[("PLENUM_REALTIME__PING_SECONDS", "1"), ("PLENUM_REALTIME__LOST_SECONDS", "3")]);
    let mut alive = server.visitor().await;
    let silent = server.visitor().await;
    // `alive` is read from, so that its library answers pings; `silent` is not.
    let waited = tokio::time::timeout(std::time::Duration::from_secs(6), alive.closed()).await;
    assert!(waited.is_err(), "a living peer was given up: {waited:?}");
    assert_eq!(open_sockets(&server).await, 1);
    drop(silent);
}

async fn open_sockets(server: &Server) -> u64 {
    let figures = server.get("/metrics").await.text().await.unwrap();
    let line = figures.lines().find(|line| line.starts_with("plenum_live_connections{application=\"plenum\"}")).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// An orderly end closes every socket with 4200, so that clients come back at once.
#[tokio::test]
async fn shutdown_says_come_back() {
    let mut server = Server::start_with(&[("PLENUM_SERVER__DRAIN_SECONDS", "0")]);
    let mut socket = server.visitor().await;
    let stopping = std::thread::spawn(move || server.stop());
    assert_eq!(socket.closed().await, Some(4200));
    stopping.join().unwrap();
}
