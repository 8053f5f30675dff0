//! What the browser says, as frames.

use serde::Serialize;
use serde_json::value::RawValue;

use plenum_core::{cursor::Cursor, ids::PersonId, protocol::event};

#[derive(Serialize)]
struct Word<'a, T> {
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a str>,
    data: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<&'a Cursor>,
}

#[derive(Serialize)]
struct Of<'a> {
    channel: &'a str,
}

fn word<T: Serialize>(event: &str, channel: Option<&str>, data: T, since: Option<&Cursor>) -> String {
    // Plain data: it cannot fail.
    serde_json::to_string(&Word { event, channel, data, since }).unwrap_or_default()
}

/// Asks to join `channel`, from `since` on.
pub fn subscribe(channel: &str, since: Option<&Cursor>) -> String {
    word(event::SUBSCRIBE, None, Of { channel }, since)
}

/// Leaves `channel`.
pub fn unsubscribe(channel: &str) -> String {
    word(event::UNSUBSCRIBE, None, Of { channel }, None)
}

/// Asks for a sign of life.
pub fn ping() -> String {
    word(event::PING, None, serde_json::json!({}), None)
}

/// Answers one.
pub fn pong() -> String {
    word(event::PONG, None, serde_json::json!({}), None)
}

/// Watches `people`, and nobody else.
pub fn watch(people: &[PersonId]) -> String {
    word(event::WATCH, None, serde_json::json!({ "people": people }), None)
}

/// An ephemeral event for the others on `channel`; its name gets the prefix if it lacks it.
pub fn client_event(name: &str, channel: &str, data: &RawValue) -> String {
    let name = format!("client-{}", name.trim_start_matches("client-"));
    word(&name, Some(channel), data, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::{
        cursor::Epoch,
        protocol::{ClientFrame, Subscribe},
    };

    /// What the browser says is what the server reads.
    #[test]
    fn the_server_reads_what_is_said() {
        let since = Cursor { epoch: Epoch("e".into()), seq: 7 };
        let channel = "private-conversation.1".to_owned();
        let data = RawValue::from_string(r#"{"on":true}"#.into()).unwrap();
        let said = [
            (
                subscribe(&channel, Some(&since)),
                ClientFrame::Subscribe(Subscribe { channel: channel.clone(), since: Some(since), ..Subscribe::default() }),
            ),
            (subscribe(&channel, None), ClientFrame::Subscribe(Subscribe { channel: channel.clone(), ..Subscribe::default() })),
            (unsubscribe(&channel), ClientFrame::Unsubscribe { channel: channel.clone() }),
            (ping(), ClientFrame::Ping),
            (pong(), ClientFrame::Pong),
            (watch(&[PersonId(1), PersonId(12)]), ClientFrame::Watch { people: vec![1, 12] }),
            (
                client_event("typing", &channel, &data),
                ClientFrame::ClientEvent { event: "client-typing".into(), channel: channel.clone(), data: r#"{"on":true}"#.into() },
            ),
        ];
        for (text, expected) in said {
            assert_eq!(ClientFrame::parse(&text), Ok(expected), "{text}");
        }
        assert_eq!(client_event("client-typing", &channel, &data), client_event("typing", &channel, &data));
    }
}
