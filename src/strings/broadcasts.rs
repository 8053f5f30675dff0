//! The words of broadcasts.

use crate::features::broadcasts::model::{Action, Broadcast, State, TITLE_CHARS};

/// Page, tab and navigation.
pub const BROADCASTS: &str = "Broadcasts";
/// What they are.
pub const ABOUT: &str =
    "What the institution tells its people stands in their inbox, once for each. Whoever has switched announcements off gets none.";
/// The button, and the page that it leads to.
pub const NEW: &str = "New broadcast";
/// An audience.
pub const EVERYONE: &str = "Everyone";
/// There are none.
pub const NONE: &str = "No broadcasts yet";
/// What to do about it.
pub const NONE_TEXT: &str = "Write one to everyone, to a role, to a room or to one person.";
/// It was made, on a page without scripts.
pub const MADE: &str = "The broadcast is on its way.";
/// Loads more.
pub const OLDER: &str = "Show older ones";
/// What is shown is no longer followed.
pub const ENDED: &str = "This page is no longer told what happens.";
/// Leads back.
pub const ALL: &str = "All broadcasts";

/// A field.
pub const AUDIENCE: &str = "Who gets it";
/// An option.
pub const ONE_PERSON: &str = "One person";
/// Options.
pub const ROLES: &str = "A role";
/// Options.
pub const ROOMS: &str = "A room";
/// A field.
pub const EMAIL: &str = "Their address";
/// What it is for.
pub const EMAIL_HINT: &str = "Only for one person.";
/// A field.
pub const TITLE: &str = "Title";
/// What it may be.
pub fn title_hint() -> String {
    format!("One line of at most {TITLE_CHARS} characters.")
}
/// A field.
pub const TEXT: &str = "Text";
/// What it may be.
pub const TEXT_HINT: &str = "Title and text may have {{ name }}, {{ first_name }} and {{ organisation }} in them.";
/// A field.
pub const LINK: &str = "Link";
/// What it may be.
pub const LINK_HINT: &str = "Where the notification leads: a path of this site, like /messages/rooms. It may be empty.";
/// A field.
pub const AT: &str = "When";
/// What it may be.
pub fn at_hint(zone: &str) -> String {
    format!("In your time zone, {zone}. Empty: at once.")
}
/// A field.
pub const RECIPIENT: &str = "Preview for";
/// What it may be.
pub const RECIPIENT_HINT: &str = "The address of somebody; empty: the first of those who get it.";
/// The button.
pub const PREVIEW: &str = "Preview";
/// The heading of the preview.
pub const PREVIEW_HEADING: &str = "Preview and send";
/// For whom it is shown.
pub fn as_seen_by(name: &str) -> String {
    format!("As {name} would see it:")
}
/// They would get nothing.
pub fn refuses(name: &str) -> String {
    format!("{name} has switched announcements off and would get nothing.")
}
/// For how many.
pub fn people(audience: &str, count: u32) -> String {
    match count {
        1 => format!("{audience}: 1 person"),
        _ => format!("{audience}: {count} people"),
    }
}
/// Nobody is there.
pub const NOBODY: &str = "Nobody would get it.";
/// When.
pub const AT_ONCE: &str = "At once";
/// The button.
pub const SEND: &str = "Send";
/// The button, for later.
pub const SCHEDULE: &str = "Schedule";

/// Where a broadcast is on its way.
pub fn state(state: State) -> &'static str {
    match state {
        State::Scheduled => "Scheduled",
        State::Sending => "Sending",
        State::Paused => "Paused",
        State::Sent => "Sent",
        State::Cancelled => "Cancelled",
    }
}
/// A button.
pub fn act(action: Action) -> &'static str {
    match action {
        Action::Pause => "Pause",
        Action::Resume => "Go on",
        Action::Cancel => "Cancel",
        Action::Begin | Action::Finish => "",
    }
}
/// Asked before it is stopped for good.
pub const CANCEL_HINT: &str = "Cancelling is for good. Whoever has the broadcast keeps it.";
/// The progress bar, for screen readers.
pub fn progress(broadcast: &Broadcast) -> String {
    let funnel = broadcast.funnel;
    if funnel.gathered { format!("{} of {} dealt with", funnel.done(), funnel.recipients) } else { "Counting who gets it".to_owned() }
}
/// A line of the list.
pub fn line(broadcast: &Broadcast) -> String {
    let funnel = broadcast.funnel;
    match broadcast.started_at {
        None => broadcast.audience_name.clone(),
        Some(_) => format!("{} · {} of {} got it · {} read it", broadcast.audience_name, funnel.delivered, funnel.recipients, funnel.read),
    }
}
/// Who sends it.
pub const SENDER: &str = "Sender";
/// When it is to be sent.
pub const DUE: &str = "Due";
/// When it ended.
pub const ENDED_AT: &str = "Ended";
/// What becomes of it.
pub const FUNNEL: &str = "How far it has come";
/// A figure.
pub const RECIPIENTS: &str = "Recipients";
/// A figure.
pub const DELIVERED: &str = "Delivered";
/// A figure.
pub const SEEN: &str = "Seen";
/// A figure.
pub const READ: &str = "Read";
/// A figure.
pub const REFUSED: &str = "Opted out";
/// A part of all who got it.
pub fn part(count: u32, percent: u32) -> String {
    format!("{count} ({percent} %)")
}
