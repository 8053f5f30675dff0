//! The words of the frame around every page: navigation, connection, palette, keys,
//! theme, toasts and error pages.

use plenum_core::protocol::code;

pub const PLENUM: &str = "Plenum";
pub const HOME: &str = "Plenum, start";
pub const SKIP: &str = "Skip to content";
pub const MAIN_NAVIGATION: &str = "Main";

pub const MESSAGES: &str = "Messages";
pub const PEOPLE: &str = "People";
pub const SETTINGS: &str = "Settings";
pub const BROADCASTS: &str = "Broadcasts";
pub const ADMIN: &str = "Admin";
pub const ADMIN_PEOPLE: &str = "People and roles";
pub const ADMIN_APPLICATIONS: &str = "Applications";
pub const TODAY: &str = "Today";
pub const EVENTS: &str = "Events";
pub const ALL_EVENTS: &str = "All events";
pub const TICKETS: &str = "Your tickets";
pub const ORDERS: &str = "Your orders";
pub const INBOX: &str = "Inbox";
pub const NEW: &str = " new";
pub const SETTINGS_PROFILE: &str = "You";
pub const SETTINGS_NOTIFICATIONS: &str = "Notifications";
pub const ADMIN_CHANNELS: &str = "Live channels";
pub const ADMIN_JOBS: &str = "Jobs";
pub const ADMIN_MAIL: &str = "Mail";
pub const ADMIN_HEALTH: &str = "Health";
/// What a page says of an internal error.
pub fn reference(word: &str) -> String {
    format!("If you tell somebody of it, name the reference {word}.")
}
pub const ADMIN_AUDIT: &str = "Audit log";
pub const SIGN_IN: &str = "Sign in";

pub const YOU: &str = "You";
/// Behind [`YOU`], for screen readers.
pub fn account(name: &str) -> String {
    format!(": {name}, account and theme")
}
pub const SIGN_OUT: &str = "Sign out";
pub const UNREAD: &str = " unread";
/// The page's title in the browser's tab.
pub fn page_title(title: &str, unread: u64) -> String {
    let title = if title.is_empty() || title == PLENUM { PLENUM.to_owned() } else { format!("{title} · {PLENUM}") };
    if unread == 0 { title } else { format!("({}) {title}", count(unread)) }
}
/// A number that has little room.
pub fn count(number: u64) -> String {
    if number > 99 { "99+".to_owned() } else { number.to_string() }
}

pub const THEME: &str = "Theme";
pub const THEME_LIGHT: &str = "Light";
pub const THEME_DARK: &str = "Dark";
pub const THEME_SYSTEM: &str = "As the system";
/// Said when the theme was changed from the palette.
pub fn theme_is(theme: &str) -> String {
    format!("Theme: {theme}")
}

pub const LIVE: &str = "Live · all changes are here";
pub const LIVE_SHORT: &str = "Live";
pub const RECONNECTING: &str = "Reconnecting…";
pub const RECONNECTING_SHORT: &str = "Reconnecting";
pub const OFFLINE_SHORT: &str = "Offline";
pub const OFFLINE_LINE: &str = "Offline · changes come when the connection is back";
/// The browser has no network.
pub fn offline(waiting: usize) -> String {
    format!("Offline.{}", still_waiting(waiting))
}
/// The network is there, the server does not answer.
pub fn unreachable(waiting: usize) -> String {
    format!("Plenum cannot be reached. It keeps trying.{}", still_waiting(waiting))
}
fn still_waiting(waiting: usize) -> String {
    match waiting {
        0 => " What you see may be older.".to_owned(),
        1 => " 1 message is waiting and will be sent.".to_owned(),
        many => format!(" {many} messages are waiting and will be sent."),
    }
}
/// The line is back, with what was missed.
pub fn back(updates: u32) -> String {
    match updates {
        0 => "Back online.".to_owned(),
        1 => "Back online: 1 update.".to_owned(),
        many => format!("Back online: {many} updates."),
    }
}
pub const TRY_NOW: &str = "Try now";
/// Why this browser is signed out, as far as the code with which its socket was closed says it.
pub fn signed_out(code: u16) -> &'static str {
    match code {
        code::SUSPENDED => "Your account is suspended. Ask an administrator.",
        code::REMOVED => "Your account was removed. Ask an administrator.",
        _ => "You have been signed out of this browser.",
    }
}
pub const SIGN_IN_AGAIN: &str = "Sign in again";
/// The server does not want this page's socket.
pub fn refused(code: u16) -> String {
    format!("The live connection was refused (code {code}). Load the page again.")
}
pub const RELOAD: &str = "Load again";
pub const NOT_FETCHED: &str = "That needs the connection, which is away just now. Try again in a moment.";
pub const UPDATED: &str = "Plenum was updated.";

pub const PALETTE: &str = "Go to anything";
pub const PALETTE_FIELD: &str = "Go to";
pub const PALETTE_PLACEHOLDER: &str = "Go to a page, a conversation, a person";
pub const PALETTE_RESULTS: &str = "Results";
pub const GROUP_PAGES: &str = "Pages";
pub const GROUP_CONVERSATIONS: &str = "Conversations";
pub const GROUP_PEOPLE: &str = "People";
pub const GROUP_ACTIONS: &str = "Actions";
/// Nothing fits what was typed.
pub fn nothing_called(text: &str) -> String {
    format!("Nothing is called “{text}”.")
}
/// How many entries fit, for screen readers.
pub fn found(count: usize) -> String {
    match count {
        0 => "Nothing found".to_owned(),
        1 => "1 result".to_owned(),
        many => format!("{many} results"),
    }
}
pub const KEY_CHOOSE: &str = "choose";
pub const KEY_OPEN: &str = "open";
pub const KEY_CLOSE: &str = "close";
pub const NEW_CONVERSATION: &str = "New conversation";
pub const ROOMS: &str = "Rooms";
pub const SEARCH_MESSAGES: &str = "Search messages";
pub const KIND_ROOM: &str = "Room";
pub const KIND_GROUP: &str = "Group";
pub const KIND_DIRECT: &str = "Direct";

pub const KEYS: &str = "Keyboard";
pub const KEYS_ANYWHERE: &str = "Anywhere";
pub const KEY_PALETTE: &str = "Go to anything";
pub const KEY_HELP: &str = "This list";
pub const KEY_ESCAPE: &str = "Close what is open";
pub const SINGLE_KEYS: &str = "Single keys";
pub const SINGLE_KEYS_HINT: &str = "Switch off if you speak to your computer, or press keys by accident.";

pub const CLOSE: &str = "Close";
pub const DISMISS: &str = "Dismiss";
pub const SAVED: &str = "Saved";
pub const CANCEL: &str = "Cancel";
pub const LOADING: &str = "Loading";
/// A toast that came several times.
pub fn times(text: &str, count: usize) -> String {
    if count == 1 { text.to_owned() } else { format!("{text} ({count}×)") }
}

pub const NOT_FOUND: &str = "This page is not here";
/// What to do about it.
pub const NOT_FOUND_TEXT: &str =
    "The address may be mistyped, or what was here is gone or not open to you. Go back, or start from the beginning.";
pub const FORBIDDEN: &str = "This page is not open to you";
pub const FORBIDDEN_TEXT: &str = "It needs a right that you do not have. If you should have it, ask an admin of your organisation.";
pub const BROKEN: &str = "Something went wrong on our side";
pub const BROKEN_TEXT: &str = "It has been noted. Load the page again; if it happens once more, try it a little later.";
pub const UNREACHABLE: &str = "Plenum cannot be reached";
pub const UNREACHABLE_TEXT: &str = "Check the connection of this device, then load the page again.";
pub const TOO_OFTEN: &str = "That was too often";
pub const NOT_NOW: &str = "This cannot be done just now";
pub const REFUSED_TITLE: &str = "This cannot be done";
pub const TO_START: &str = "Go to the start page";
pub const MOVING_ON: &str = "Moving on";

pub const ENDED: &str = "This page is no longer told what happens.";
pub const PREVIOUS: &str = "Previous";
pub const NEXT: &str = "Next";
pub const NEWEST: &str = "Newest";
pub const OLDER: &str = "Older";

pub const COPY: &str = "Copy";
pub const COPIED: &str = "Copied";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_counts_what_is_unread() {
        assert_eq!(page_title("General", 3), "(3) General · Plenum");
        assert_eq!(page_title("General", 0), "General · Plenum");
        assert_eq!(page_title("", 120), "(99+) Plenum");
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(offline(1), "Offline. 1 message is waiting and will be sent.");
        assert_eq!(offline(3), "Offline. 3 messages are waiting and will be sent.");
        assert_eq!(back(12), "Back online: 12 updates.");
    }
}
