//! The frames: the Pusher Channels protocol 7 with Plenum's extension for
//! recovery, as text in and text out. Pure; no socket, no clock.
//!
//! `data` is a JSON *string* in everything that the server sends, as the official
//! SDKs expect; from clients an object is accepted as well. What Plenum adds
//! (`since`, `cursor`, `recovered`, `seq`, `build`, `live_schema`) stands at the
//! frame's top level, where other clients ignore it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use thiserror::Error;

use super::cursor::Cursor;

/// Seconds of silence from the server after which a client pings.
pub const ACTIVITY_TIMEOUT_SECONDS: u32 = 30;
/// The longest frame accepted from a client, in bytes.
pub const MAX_FRAME_BYTES: usize = 32 * 1024;

/// Names of frames.
pub mod event {
    /// First frame of a connection.
    pub const CONNECTION_ESTABLISHED: &str = "pusher:connection_established";
    /// Something the client did was refused.
    pub const ERROR: &str = "pusher:error";
    /// Heartbeat question.
    pub const PING: &str = "pusher:ping";
    /// Heartbeat answer.
    pub const PONG: &str = "pusher:pong";
    /// Asks to join a channel.
    pub const SUBSCRIBE: &str = "pusher:subscribe";
    /// Leaves a channel.
    pub const UNSUBSCRIBE: &str = "pusher:unsubscribe";
    /// A subscription was refused or has ended.
    pub const SUBSCRIPTION_ERROR: &str = "pusher:subscription_error";
    /// A subscription stands.
    pub const SUBSCRIPTION_SUCCEEDED: &str = "pusher_internal:subscription_succeeded";
    /// Somebody's first connection joined a presence channel.
    pub const MEMBER_ADDED: &str = "pusher_internal:member_added";
    /// Somebody's last connection left a presence channel.
    pub const MEMBER_REMOVED: &str = "pusher_internal:member_removed";
    /// Says who is behind a connection.
    pub const SIGN_IN: &str = "pusher:signin";
    /// It was believed.
    pub const SIGN_IN_SUCCESS: &str = "pusher:signin_success";
    /// Nothing is cached on a cache channel.
    pub const CACHE_MISS: &str = "pusher:cache_miss";
    /// How many connections are on a channel.
    pub const SUBSCRIPTION_COUNT: &str = "pusher_internal:subscription_count";
    /// Who of the watched came and went, on external applications.
    pub const WATCHLIST_EVENTS: &str = "pusher_internal:watchlist_events";
    /// Replaces the list of people whose presence is followed (Plenum's own).
    pub const WATCH: &str = "plenum:watch";
    /// Who of the watched came and went (Plenum's own).
    pub const ONLINE: &str = "plenum:online";
}

/// Close and error codes, with what a client does on them.
pub mod code {
    /// No such application: give up.
    pub const NO_APPLICATION: u16 = 4001;
    /// The application is switched off: give up.
    pub const DISABLED: u16 = 4003;
    /// Unsupported protocol version: give up.
    pub const VERSION: u16 = 4007;
    /// Not authorised, or no longer: give up.
    pub const UNAUTHORISED: u16 = 4009;
    /// An admin has suspended the account: give up.
    pub const SUSPENDED: u16 = 4010;
    /// An admin has removed the account: give up.
    pub const REMOVED: u16 = 4011;
    /// Over capacity, or too slow a reader: come back after a second.
    pub const OVER_CAPACITY: u16 = 4100;
    /// The server goes away: come back at once.
    pub const RECONNECT: u16 = 4200;
    /// No sign of life: come back at once.
    pub const NO_PONG: u16 = 4201;
    /// Too many client events; an error only, never a close.
    pub const CLIENT_EVENT_RATE: u16 = 4301;
    /// More people on a watchlist than allowed; an error only.
    pub const WATCHLIST: u16 = 4302;
}

/// A frame that cannot be understood; the connection lives.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    /// Not JSON, or without an event name.
    #[error("the frame is not a JSON object with an event name")]
    Malformed,
    /// A known frame with the wrong fields.
    #[error("{0} needs {1}")]
    Incomplete(&'static str, &'static str),
}

/// What a client says.
#[derive(Debug, Clone, PartialEq)]
pub enum ClientFrame {
    /// `pusher:ping`
    Ping,
    /// `pusher:pong`
    Pong,
    /// `pusher:subscribe`
    Subscribe(Subscribe),
    /// `pusher:unsubscribe`
    Unsubscribe {
        /// The channel's wire name.
        channel: String,
    },
    /// `pusher:signin`: who is behind this connection.
    SignIn {
        /// `key:signature`.
        auth: String,
        /// The signed user data, as the exact string that was signed.
        user_data: String,
    },
    /// `client-…`: an ephemeral event for the others on a channel.
    ClientEvent {
        /// The event's name, with its prefix.
        event: String,
        /// The channel's wire name.
        channel: String,
        /// The payload as JSON text.
        data: String,
    },
    /// `plenum:watch`: whose presence to follow.
    Watch {
        /// Ids of people.
        people: Vec<i64>,
    },
    /// Any other event; ignored, so that newer clients can say more.
    Unknown { event: String },
}

/// The wish to join a channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Subscribe {
    /// The channel's wire name.
    pub channel: String,
    /// `key:signature`, empty for public channels and for Plenum's own browser.
    pub auth: String,
    /// The signed member data, as the exact string that was signed.
    pub channel_data: Option<String>,
    /// The last event seen, if the client wants to go on from there.
    pub since: Option<Cursor>,
}

#[derive(Deserialize)]
struct RawFrame<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(default, borrow)]
    channel: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    data: Option<&'a RawValue>,
    #[serde(default)]
    since: Option<Cursor>,
}

impl RawFrame<'_> {
    /// `data` as a value, whether it came as an object or as a JSON string.
    fn value(&self) -> Option<Value> {
        let value: Value = serde_json::from_str(self.data?.get()).ok()?;
        match value {
            Value::String(text) => serde_json::from_str(&text).ok(),
            other => Some(other),
        }
    }

    /// `data` as the JSON text to relay.
    fn text(&self) -> String {
        let Some(raw) = self.data else { return "null".to_owned() };
        match serde_json::from_str::<String>(raw.get()) {
            Ok(text) => text,
            Err(_) => raw.get().to_owned(),
        }
    }
}

fn text_field(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

impl ClientFrame {
    /// Reads a frame.
    ///
    /// # Errors
    /// [`FrameError`] for anything that is not a frame; never a panic, whatever the bytes.
    pub fn parse(text: &str) -> Result<Self, FrameError> {
        let raw: RawFrame<'_> = serde_json::from_str(text).map_err(|_| FrameError::Malformed)?;
        match raw.event.as_ref() {
            event::PING => Ok(Self::Ping),
            event::PONG => Ok(Self::Pong),
            event::SUBSCRIBE => {
                let data = raw.value().unwrap_or(Value::Null);
                Ok(Self::Subscribe(Subscribe {
                    channel: text_field(&data, "channel").ok_or(FrameError::Incomplete(event::SUBSCRIBE, "a channel"))?,
                    auth: text_field(&data, "auth").unwrap_or_default(),
                    channel_data: text_field(&data, "channel_data"),
                    since: raw.since,
                }))
            }
            event::UNSUBSCRIBE => {
                let data = raw.value().unwrap_or(Value::Null);
                let channel = text_field(&data, "channel").ok_or(FrameError::Incomplete(event::UNSUBSCRIBE, "a channel"))?;
                Ok(Self::Unsubscribe { channel })
            }
            event::SIGN_IN => {
                let data = raw.value().unwrap_or(Value::Null);
                Ok(Self::SignIn {
                    auth: text_field(&data, "auth").ok_or(FrameError::Incomplete(event::SIGN_IN, "a signature"))?,
                    user_data: text_field(&data, "user_data").ok_or(FrameError::Incomplete(event::SIGN_IN, "user data"))?,
                })
            }
            event::WATCH => {
                let people = raw
                    .value()
                    .as_ref()
                    .and_then(|data| data.get("people"))
                    .and_then(Value::as_array)
                    .map(|ids| ids.iter().filter_map(Value::as_i64).collect())
                    .ok_or(FrameError::Incomplete(event::WATCH, "a list of people"))?;
                Ok(Self::Watch { people })
            }
            name if name.starts_with("client-") => {
                let data = raw.text();
                let channel = raw.channel.ok_or(FrameError::Incomplete("a client event", "a channel"))?.into_owned();
                Ok(Self::ClientEvent { event: raw.event.into_owned(), channel, data })
            }
            _ => Ok(Self::Unknown { event: raw.event.into_owned() }),
        }
    }
}

/// A frame from the server, as the server writes and the browser reads it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ServerFrame {
    /// The frame's or the event's name.
    pub event: String,
    /// The channel it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The payload: JSON text in a string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// The event's number in its channel's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Where the log stood when a subscription read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// Whether all that was missed follows; only if `since` was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovered: Option<bool>,
    /// The server's build; on the first frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// The server's `LIVE_SCHEMA`; on the first frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_schema: Option<u32>,
    /// Who sent a client event on a presence channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

impl ServerFrame {
    /// A frame of `event` with the JSON text `data`.
    pub fn new(event: impl Into<String>, data: impl Into<String>) -> Self {
        Self { event: event.into(), data: Some(data.into()), ..Self::default() }
    }

    /// The same on a channel.
    #[must_use]
    pub fn on(mut self, channel: impl Into<String>) -> Self {
        self.channel = Some(channel.into());
        self
    }

    /// The text that goes over the wire.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| String::from("{}"))
    }

    /// The first frame of a connection.
    pub fn welcome(socket_id: &str) -> Self {
        let data = serde_json::json!({ "socket_id": socket_id, "activity_timeout": ACTIVITY_TIMEOUT_SECONDS });
        Self::new(event::CONNECTION_ESTABLISHED, data.to_string())
    }

    /// The same for a page of Plenum's own.
    pub fn established(socket_id: &str, build: &str, live_schema: u32) -> Self {
        Self { build: Some(build.to_owned()), live_schema: Some(live_schema), ..Self::welcome(socket_id) }
    }

    /// An error that does not end the connection, unless a close follows.
    pub fn error(code: Option<u16>, message: &str) -> Self {
        Self::new(event::ERROR, serde_json::json!({ "message": message, "code": code }).to_string())
    }

    /// A subscription stands; `roster` is the presence data, if it is a presence channel.
    pub fn succeeded(channel: &str, roster: Option<String>, cursor: Option<Cursor>, recovered: Option<bool>) -> Self {
        let data = roster.unwrap_or_else(|| "{}".to_owned());
        Self { cursor, recovered, ..Self::new(event::SUBSCRIPTION_SUCCEEDED, data).on(channel) }
    }

    /// A subscription was refused, or ends now.
    pub fn refused(channel: &str, status: u16, reason: &str) -> Self {
        let data = serde_json::json!({ "type": "AuthError", "error": reason, "status": status });
        Self::new(event::SUBSCRIPTION_ERROR, data.to_string()).on(channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever bytes come in, parsing answers; it never panics.
        #[test]
        fn any_text_is_answered(text in ".{0,200}") {
            let _ = ClientFrame::parse(&text);
        }

        /// Any JSON in any of the known frames is answered too.
        #[test]
        fn any_shape_is_answered(name in prop_oneof![Just("pusher:subscribe"), Just("pusher:signin"), Just("client-x"), Just("plenum:watch")], data in ".{0,60}") {
            let _ = ClientFrame::parse(&serde_json::json!({ "event": name, "data": data }).to_string());
            let _ = ClientFrame::parse(&format!(r#"{{"event":"{name}","data":{data}}}"#));
        }
    }

    #[test]
    fn data_is_read_as_an_object_and_as_a_string() {
        let expected = ClientFrame::Subscribe(Subscribe { channel: "a".into(), ..Subscribe::default() });
        assert_eq!(ClientFrame::parse(r#"{"event":"pusher:subscribe","data":{"channel":"a"}}"#), Ok(expected.clone()));
        assert_eq!(ClientFrame::parse(r#"{"event":"pusher:subscribe","data":"{\"channel\":\"a\"}"}"#), Ok(expected));
    }

    #[test]
    fn since_stands_at_the_top_level() {
        let frame = ClientFrame::parse(r#"{"event":"pusher:subscribe","data":{"channel":"a"},"since":{"epoch":"e","seq":7}}"#);
        let Ok(ClientFrame::Subscribe(subscribe)) = frame else { panic!("not a subscribe: {frame:?}") };
        assert_eq!(subscribe.since.map(|cursor| cursor.seq), Some(7));
    }

    #[test]
    fn the_first_frame_is_what_the_sdks_expect() {
        let text = ServerFrame::established("123.456", "b1", 1).text();
        let frame: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(frame["data"], r#"{"activity_timeout":30,"socket_id":"123.456"}"#);
        assert_eq!((frame["build"].as_str(), frame["live_schema"].as_u64()), (Some("b1"), Some(1)));
    }
}
