//! The other end of a socket, which tells what came in the [`model`](super::model)'s words.

use std::collections::BTreeSet;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

use plenum_core::{ids::ConnectionId, protocol::ServerFrame};

/// The client's end of a socket.
pub struct Client {
    pub stream: WebSocketStream<TcpStream>,
    /// Only its id: whoever holds a connection holds its socket open.
    pub id: ConnectionId,
}

impl Client {
    /// Sends a frame.
    pub async fn say(&mut self, text: String) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    /// All frames before the answer to a ping.
    pub async fn settle(&mut self) -> Vec<String> {
        self.say(json!({ "event": "pusher:ping" }).to_string()).await;
        let mut frames = Vec::new();
        loop {
            match self.stream.next().await.unwrap().unwrap() {
                Message::Text(text) => {
                    let frame: ServerFrame = serde_json::from_str(&text).unwrap();
                    if frame.event == "pusher:pong" {
                        return frames;
                    }
                    frames.extend(in_words(&frame));
                }
                other => panic!("{other:?} instead of a text"),
            }
        }
    }

    /// The code that the server closes with.
    pub async fn closed(mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.stream.next().await.unwrap().unwrap() {
                return frame.unwrap().code.into();
            }
        }
    }
}

/// A frame in the model's words.
fn in_words(frame: &ServerFrame) -> Vec<String> {
    let channel = frame.channel.clone().unwrap_or_default();
    let data: Value = frame.data.as_deref().map_or(Value::Null, |data| serde_json::from_str(data).unwrap());
    let word = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
    vec![match frame.event.as_str() {
        "pusher:subscription_error" => format!("refused {channel} {}", data["status"]),
        "pusher_internal:subscription_succeeded" => {
            let ids: BTreeSet<&str> = data["presence"]["ids"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            format!("joined {channel} {ids:?}")
        }
        "pusher_internal:member_added" => format!("added {channel} {}", word("user_id")),
        "pusher_internal:member_removed" => format!("removed {channel} {}", word("user_id")),
        "pusher_internal:subscription_count" => format!("count {channel} {}", data["subscription_count"]),
        "pusher:cache_miss" => format!("miss {channel}"),
        "pusher:signin_success" => {
            let user: Value = serde_json::from_str(&word("user_data")).unwrap();
            format!("signed in {}", user["id"].as_str().unwrap())
        }
        "pusher_internal:watchlist_events" => {
            let events = data["events"].as_array().unwrap();
            let told = |event: &Value| format!("{} {}", event["name"].as_str().unwrap(), event["user_ids"][0].as_str().unwrap());
            return events.iter().map(told).collect();
        }
        "client-whisper" => format!("whisper {channel} {:?}", frame.user_id.as_deref()),
        "published" => format!("event {channel} {data}"),
        other => other.to_owned(),
    }]
}
