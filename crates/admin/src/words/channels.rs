//! The words of the pages that watch over the place.

use crate::model::What;

/// Page and tab.
pub const CHANNELS: &str = "Live channels";
/// Whose channels are shown.
pub const WHOSE: &str = "Whose channels";
/// Plenum's own.
pub const OWN: &str = "Plenum";
/// A figure.
pub const COUNT: &str = "Channels";
/// A figure.
pub const SUBSCRIPTIONS: &str = "Subscriptions";
/// A figure.
pub const EVENTS: &str = "Events a second";
/// A figure.
pub const DELIVERIES: &str = "Deliveries a second";
/// A search field.
pub const SEARCH: &str = "Search channels";
/// The button.
pub const FIND: &str = "Search";
/// What the table is.
pub const TABLE: &str = "Channels with somebody on them";
/// A column.
pub const CHANNEL: &str = "Channel";
/// A column.
pub const SUBSCRIBERS: &str = "Subscribers";
/// A column.
pub const PEOPLE: &str = "People";
/// A column.
pub const LAST: &str = "Last event";
/// No event has passed.
pub const NO_EVENT: &str = "none yet";
/// There are no channels.
pub const NONE: &str = "Nobody is on a channel now.";
/// No channel has such a name.
pub const NONE_FOUND: &str = "No channel with somebody on it has such a name.";
/// There are more than are listed.
pub fn more(count: usize) -> String {
    format!("The {count} with the most subscribers are listed. Search for others.")
}
/// The heading of the console.
pub const CONSOLE: &str = "Console";
/// What it is.
pub const CONSOLE_TEXT: &str = "What passes on this application's sockets while this page is open. Nothing of it is kept.";
/// Nothing has passed.
pub const NOTHING_YET: &str = "Nothing has passed since you opened this page.";
/// A page without scripts has no console.
pub const NEEDS_SCRIPTS: &str = "The console needs scripts.";
/// More passed than a console takes in.
pub fn missed(count: u32) -> String {
    format!("{count} more passed than could be shown.")
}
/// A button.
pub const PAUSE: &str = "Pause";
/// A button.
pub const RESUME: &str = "Go on";
/// A button.
pub const CLEAR: &str = "Clear";
/// The heading of the form.
pub const TEST: &str = "Send a test event";
/// A field.
pub const EVENT: &str = "Event";
/// A field.
pub const DATA: &str = "Data";
/// What it may be.
pub const DATA_HINT: &str = "Sent as it is; most clients expect JSON.";
/// The button.
pub const SEND: &str = "Send";
/// It was sent.
pub const SENT: &str = "Sent.";
/// What is shown is no longer followed.
pub const ENDED: &str = "This page is no longer told what happens.";

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
