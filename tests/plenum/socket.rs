//! A client of the live layer that says exactly what a test wants it to say.

use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use plenum_core::ids::PersonId;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, handshake::client::Request, protocol::CloseFrame},
};

/// How long anything that must come may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Frames that came while another was waited for.
    seen: Vec<Value>,
}

fn request(url: &str, path: &str) -> Request {
    format!("{}{path}", url.replace("http", "ws")).into_client_request().unwrap()
}

impl Socket {
    /// Opens a socket and reads its first frame.
    pub async fn open(url: &str, cookie: Option<&str>) -> Self {
        let mut socket = Self::connect(url, cookie, "plenum").await;
        let first = socket.next().await;
        assert_eq!(first["event"], "pusher:connection_established", "{first}");
        socket
    }

    /// Opens a socket on the application `key` and reads nothing.
    pub async fn connect(url: &str, cookie: Option<&str>, key: &str) -> Self {
        Self::dial(url, cookie, &format!("/app/{key}?protocol=7&client=test")).await
    }

    /// Opens a socket as a page does that was made for `person`, and reads nothing.
    pub async fn page(url: &str, cookie: &str, person: PersonId) -> Self {
        Self::dial(url, Some(cookie), &format!("/app/plenum?protocol=7&client=plenum&person={person}")).await
    }

    /// Opens a socket on the application `key` by way of a proxy, which names the client's `address`; reads nothing.
    pub async fn forwarded(url: &str, key: &str, address: &str) -> Self {
        let mut request = request(url, &format!("/app/{key}?protocol=7&client=test"));
        request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        let (stream, _) = connect_async(request).await.unwrap();
        Self { stream, seen: Vec::new() }
    }

    async fn dial(url: &str, cookie: Option<&str>, path: &str) -> Self {
        let mut request = request(url, path);
        if let Some(cookie) = cookie {
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
            request.headers_mut().insert("origin", url.parse().unwrap());
        }
        let (stream, _) = connect_async(request).await.unwrap();
        Self { stream, seen: Vec::new() }
    }

    pub async fn say(&mut self, frame: Value) {
        self.stream.send(Message::text(frame.to_string())).await.unwrap();
    }

    pub async fn raw(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// The next frame; panics if the socket closes instead.
    pub async fn next(&mut self) -> Value {
        if !self.seen.is_empty() {
            return self.seen.remove(0);
        }
        self.receive().await.unwrap_or_else(|code| panic!("closed with {code:?}"))
    }

    /// The next frame, or the code that the socket is closed with.
    pub async fn try_next(&mut self) -> Result<Value, Option<u16>> {
        if self.seen.is_empty() { self.receive().await } else { Ok(self.seen.remove(0)) }
    }

    async fn receive(&mut self) -> Result<Value, Option<u16>> {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("nothing came") {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|CloseFrame { code, .. }| code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The next frame called `event`; others are kept for later.
    pub async fn wait(&mut self, event: &str) -> Value {
        self.wait_for(|frame| frame["event"] == event).await
    }

    pub async fn wait_for(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.seen.iter().position(&wanted) {
            return self.seen.remove(index);
        }
        // A channel that is never quiet would let one wait for ever.
        let begun = Instant::now();
        while begun.elapsed() < 3 * PATIENCE {
            let frame = self.receive().await.unwrap_or_else(|code| panic!("closed with {code:?}"));
            if wanted(&frame) {
                return frame;
            }
            self.seen.push(frame);
        }
        panic!("what was waited for did not come");
    }

    /// The code that the socket is closed with; frames before it are dropped.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Err(code) = self.receive().await {
                return code;
            }
        }
    }

    /// Everything that comes before the answer to a ping: after it, nothing that was sent earlier is still under way.
    pub async fn settle(&mut self) -> Vec<Value> {
        self.say(json!({ "event": "pusher:ping" })).await;
        let mut before = std::mem::take(&mut self.seen);
        loop {
            let frame = self.receive().await.unwrap_or_else(|code| panic!("closed with {code:?}"));
            if frame["event"] == "pusher:pong" {
                return before;
            }
            before.push(frame);
        }
    }

    /// Asks to join and returns the answer, be it yes or no.
    pub async fn try_subscribe(&mut self, channel: &str, since: Option<&Value>) -> Value {
        let mut frame = json!({ "event": "pusher:subscribe", "data": { "channel": channel } });
        if let Some(since) = since {
            frame["since"] = since.clone();
        }
        self.say(frame).await;
        let answers = ["pusher_internal:subscription_succeeded", "pusher:subscription_error"];
        self.wait_for(|frame| frame["channel"] == channel && answers.iter().any(|answer| frame["event"] == *answer)).await
    }

    pub async fn subscribe(&mut self, channel: &str) -> Value {
        let answer = self.try_subscribe(channel, None).await;
        assert_eq!(answer["event"], "pusher_internal:subscription_succeeded", "{answer}");
        answer
    }

    pub async fn resume(&mut self, channel: &str, since: &Value) -> Value {
        let answer = self.try_subscribe(channel, Some(since)).await;
        assert_eq!(answer["event"], "pusher_internal:subscription_succeeded", "{answer}");
        answer
    }

    /// Goes away without a word, as a cut cable does.
    pub fn vanish(self) {
        drop(self);
    }

    pub async fn close(mut self) {
        let _ = self.stream.close(None).await;
        while let Some(Ok(_)) = self.stream.next().await {}
    }
}

/// The payload of an event.
pub fn data(frame: &Value) -> Value {
    serde_json::from_str(frame["data"].as_str().unwrap_or("null")).unwrap()
}
