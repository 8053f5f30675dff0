//! The words of the pages that watch over the place.

use crate::model::What;

pub const CHANNELS: &str = "Live channels";
pub const WHOSE: &str = "Whose channels";
pub const OWN: &str = "Plenum";
pub const COUNT: &str = "Channels";
pub const SUBSCRIPTIONS: &str = "Subscriptions";
pub const EVENTS: &str = "Events a second";
pub const DELIVERIES: &str = "Deliveries a second";
pub const SEARCH: &str = "Search channels";
pub const FIND: &str = "Search";
pub const TABLE: &str = "Channels with somebody on them";
pub const CHANNEL: &str = "Channel";
pub const SUBSCRIBERS: &str = "Subscribers";
pub const PEOPLE: &str = "People";
pub const LAST: &str = "Last event";
pub const NO_EVENT: &str = "none yet";
pub const NONE: &str = "Nobody is on a channel now.";
pub const NONE_FOUND: &str = "No channel with somebody on it has such a name.";
/// There are more than are listed.
pub fn more(count: usize) -> String {
    format!("The {count} with the most subscribers are listed. Search for others.")
}
pub const CONSOLE: &str = "Console";
pub const CONSOLE_TEXT: &str = "What passes on this application's sockets while this page is open. Nothing of it is kept.";
pub const NOTHING_YET: &str = "Nothing has passed since you opened this page.";
pub const NEEDS_SCRIPTS: &str = "The console needs scripts.";
/// More passed than a console takes in.
pub fn missed(count: u32) -> String {
    format!("{count} more passed than could be shown.")
}
pub const PAUSE: &str = "Pause";
pub const RESUME: &str = "Go on";
pub const CLEAR: &str = "Clear";
pub const TEST: &str = "Send a test event";
pub const EVENT: &str = "Event";
pub const DATA: &str = "Data";
pub const DATA_HINT: &str = "Sent as it is; most clients expect JSON.";
pub const SEND: &str = "Send";
pub const SENT: &str = "Sent.";

/// What passed, in a word.
pub fn what(what: What) -> &'static str {
    match what {
        What::Connected => "connected",
        What::Disconnected => "disconnected",
        What::Subscribed => "subscribed",
        What::Refused => "refused",
        What::Unsubscribed => "unsubscribed",
        What::Published => "published",
        What::ClientEvent => "client event",
    }
}

/// A rate as it is shown.
pub fn rate(rate: f64) -> String {
    if rate >= 100.0 || rate == 0.0 { format!("{rate:.0}") } else { format!("{rate:.1}") }
}
