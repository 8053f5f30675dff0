//! Live channels as an admin sees them, and what passes on those of external applications. The operations board has modules of its
//! own: the catalogue of its [`figures`], the [`board`], and [`alarms`].

mod alarms;
mod board;
#[cfg(test)]
mod enum_words;
mod figures;

pub use alarms::{ALARMS, Alarm, AlarmDesk, Alarms, LONGEST, Rule, Side, Standing, Turn, suggestions};
pub use board::{BUSIEST, Board, Folded, Metrics, Period, Point, Series, Values};
pub use figures::{Chart, Described, Figure, Fold, Scope, Unit};

pub mod health;
pub mod jobs;
pub mod mail;
pub mod self_test;

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use plenum_core::{
    error::{AppError, AppResult},
    ids::{ApplicationId, Millis},
};

/// Channels that are listed at the most: those with the most traffic.
pub const CHANNELS: usize = 100;
/// Frames that a console keeps.
pub const FRAMES: usize = 300;
/// Bytes of a test event's data at the most.
const DATA_BYTES: usize = 10_000;

/// Whose channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watched {
    /// Plenum's own.
    Own,
    /// An external application's.
    Application(ApplicationId),
}

/// A channel with somebody on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveChannel {
    /// Its wire name.
    pub name: String,
    /// Connections on it.
    pub subscriptions: u32,
    /// People on it, on presence channels.
    pub people: Option<u32>,
    /// Events a second, over about ten seconds.
    pub events: f64,
    /// Deliveries a second.
    pub deliveries: f64,
    /// The last event's name, and when it passed.
    pub last: Option<(String, Millis)>,
}

/// The live channels of the organisation, or of an application.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LiveChannels {
    /// Those with the most traffic, at most [`CHANNELS`].
    pub channels: Vec<LiveChannel>,
    /// How many there are.
    pub count: u32,
    /// Subscriptions on all of them.
    pub subscriptions: u32,
    /// Events a second on all of them.
    pub events: f64,
    /// Deliveries a second on all of them.
    pub deliveries: f64,
}

impl LiveChannels {
    /// Sums up `all` and lists those whose name contains `query`, the busiest first.
    pub fn from_list(mut all: Vec<LiveChannel>, query: &str) -> Self {
        let subscriptions = all.iter().map(|channel| channel.subscriptions).sum();
        let sum = |rate: fn(&LiveChannel) -> f64| all.iter().map(rate).sum::<f64>();
        let (events, deliveries) = (tenths(sum(|channel| channel.events)), tenths(sum(|channel| channel.deliveries)));
        let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
        all.retain(|channel| channel.name.contains(query));
        // Rates move all the time, and a list that is always in motion cannot be read: how many listen decides.
        all.sort_by(|a, b| (Reverse(a.subscriptions), &a.name).cmp(&(Reverse(b.subscriptions), &b.name)));
        all.truncate(CHANNELS);
        Self { channels: all, count, subscriptions, events, deliveries }
    }

    /// The first `most` of them, with the sums of all.
    #[must_use]
    pub fn first(mut self, most: usize) -> Self {
        self.channels.truncate(most);
        self
    }
}

/// What the page of the live channels shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The organisation's applications, by name.
    pub applications: Vec<(ApplicationId, String)>,
    /// The channels of the one that is asked for, or of Plenum's own.
    pub live: LiveChannels,
}

/// Rounds to tenths, so that what has not changed is not drawn again.
pub fn tenths(rate: f64) -> f64 {
    // The sum of nothing is −0.
    (rate * 10.0).round() / 10.0 + 0.0
}

/// What kind of thing passed on an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A socket was opened.
    Connected,
    /// A socket is gone.
    Disconnected,
    /// A socket joined a channel.
    Subscribed,
    /// A socket's wish to join was refused.
    Refused,
    /// A socket left a channel.
    Unsubscribed,
    /// The backend published an event.
    Published,
    /// A client sent an event.
    ClientEvent,
}

/// Something that passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Its number since the console was opened, so that a page knows it.
    pub number: u64,
    pub at: Millis,
    /// What.
    pub what: What,
    /// The socket that it came from.
    pub socket: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// The event's name, or why something was refused.
    pub event: Option<String>,
    /// The event's data, cut.
    pub data: Option<String>,
}

/// What passed since the last look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// In order.
    pub frames: Vec<Frame>,
    /// How much more there was than a console takes in.
    pub missed: u32,
}

/// An event that somebody sends from the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestEvent {
    /// The channel.
    pub channel: String,
    /// The event's name.
    pub event: String,
    /// Its data.
    pub data: String,
}

impl TestEvent {
    /// Reads what was entered.
    ///
    /// # Errors
    /// 422 `channel`, `event` or `data`.
    pub fn parse(channel: &str, event: &str, data: String) -> AppResult<Self> {
        let (channel, event) = (channel.trim(), event.trim());
        let named = |name: &str| (1..=200).contains(&name.len());
        if !named(channel) || !channel.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-=@,.;".contains(&byte)) {
            return Err(AppError::invalid("channel", "A channel's name has 1 to 200 letters, digits and _ - = @ , . ;"));
        }
        if channel.starts_with("private-encrypted-") {
            return Err(AppError::invalid("channel", "Only your backend has the key of an encrypted channel."));
        }
        if !named(event) || event.starts_with("pusher:") || event.starts_with("pusher_internal:") {
            return Err(AppError::invalid("event", "An event's name has 1 to 200 bytes and does not begin with pusher:"));
        }
        if data.len() > DATA_BYTES {
            return Err(AppError::invalid("data", format!("The data has at most {DATA_BYTES} bytes.")));
        }
        Ok(Self { channel: channel.to_owned(), event: event.to_owned(), data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(name: &str, subscriptions: u32) -> LiveChannel {
        LiveChannel { name: name.to_owned(), subscriptions, people: None, events: 0.26, deliveries: 1.0, last: None }
    }

    #[test]
    fn the_sum_counts_all_and_the_list_what_is_asked_for() {
        let all = vec![channel("a.1", 1), channel("b.1", 3), channel("a.2", 2)];
        let listed = LiveChannels::from_list(all, "a.");
        let names: Vec<&str> = listed.channels.iter().map(|channel| channel.name.as_str()).collect();
        assert_eq!(names, ["a.2", "a.1"]);
        assert_eq!((listed.count, listed.subscriptions, listed.events, listed.deliveries), (3, 6, 0.8, 3.0));
        let nothing = LiveChannels::from_list(Vec::new(), "");
        assert!(nothing.events.is_sign_positive(), "no figure is −0");
        let many = LiveChannels::from_list((0..300).map(|number| channel(&number.to_string(), 1)).collect(), "");
        assert_eq!((many.channels.len(), many.count), (CHANNELS, 300));
    }

    #[test]
    fn a_test_event_is_checked_by_field() {
        let parse = |channel: &str, event: &str, bytes: usize| TestEvent::parse(channel, event, "x".repeat(bytes)).map_err(|e| e.field);
        assert!(parse(" news ", "moved", 3).is_ok());
        for (channel, event, bytes, field) in [
            ("", "moved", 1, "channel"),
            ("a b", "moved", 1, "channel"),
            ("private-encrypted-a", "moved", 1, "channel"),
            ("news", "", 1, "event"),
            ("news", "pusher:error", 1, "event"),
            ("news", "moved", DATA_BYTES + 1, "data"),
        ] {
            assert_eq!(parse(channel, event, bytes), Err(Some(field.to_owned())), "{channel} {event}");
        }
    }
}
