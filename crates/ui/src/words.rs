//! The words of the frame around every page: navigation, connection, palette, keys,
//! theme, toasts and error pages.

/// The program's name.
pub const PLENUM: &str = "Plenum";
/// The brand's link, for screen readers.
pub const HOME: &str = "Plenum, start";
/// First link of every page.
pub const SKIP: &str = "Skip to content";
/// The navigation's name.
pub const MAIN_NAVIGATION: &str = "Main";

/// Destinations.
pub const MESSAGES: &str = "Messages";
/// See [`MESSAGES`].
pub const PEOPLE: &str = "People";
/// See [`MESSAGES`].
pub const SETTINGS: &str = "Settings";
/// Navigation.
pub const BROADCASTS: &str = "Broadcasts";
/// See [`MESSAGES`].
pub const ADMIN: &str = "Admin";
/// One of its pages.
pub const ADMIN_PEOPLE: &str = "People and roles";
/// One of its pages.
pub const ADMIN_APPLICATIONS: &str = "Applications";
/// Page and navigation.
pub const TODAY: &str = "Today";
/// See [`TODAY`].
pub const EVENTS: &str = "Events";
/// Above the lists of what takes place and what one has bought.
pub const ALL_EVENTS: &str = "All events";
/// See [`ALL_EVENTS`].
pub const TICKETS: &str = "Your tickets";
/// See [`ALL_EVENTS`].
pub const ORDERS: &str = "Your orders";
/// See [`TODAY`].
pub const INBOX: &str = "Inbox";
/// How many notifications are new, for screen readers.
pub const NEW: &str = " new";
/// A page of the settings.
pub const SETTINGS_PROFILE: &str = "You";
/// A page of the settings.
pub const SETTINGS_NOTIFICATIONS: &str = "Notifications";
/// A page of the admins.
pub const ADMIN_CHANNELS: &str = "Live channels";
/// A page of the admins.
pub const ADMIN_JOBS: &str = "Jobs";
/// A page of the admins.
pub const ADMIN_HEALTH: &str = "Health";
/// What a page says of an internal error.
pub fn reference(word: &str) -> String {
    format!("If you tell somebody of it, name the reference {word}.")
}
/// A page of the admins.
pub const ADMIN_AUDIT: &str = "Audit log";
/// See [`MESSAGES`].
pub const SIGN_IN: &str = "Sign in";

/// The account menu's label in the bar.
pub const YOU: &str = "You";
/// Behind [`YOU`], for screen readers.
pub fn account(name: &str) -> String {
    format!(": {name}, account and theme")
}
/// Ends the sign-in of this browser.
pub const SIGN_OUT: &str = "Sign out";
/// Behind the number of a badge.
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

/// The choice of colours.
pub const THEME: &str = "Theme";
/// See [`THEME`].
pub const THEME_LIGHT: &str = "Light";
/// See [`THEME`].
pub const THEME_DARK: &str = "Dark";
/// See [`THEME`].
pub const THEME_SYSTEM: &str = "As the system";
/// Said when the theme was changed from the palette.
pub fn theme_is(theme: &str) -> String {
    format!("Theme: {theme}")
}

/// All is well with the line.
pub const LIVE: &str = "Live · all changes are here";
/// The same where there is little room.
pub const LIVE_SHORT: &str = "Live";
/// The line is being made again.
pub const RECONNECTING: &str = "Reconnecting…";
/// The same where there is little room.
pub const RECONNECTING_SHORT: &str = "Reconnecting";
/// There is no line.
pub const OFFLINE_SHORT: &str = "Offline";
/// The line under a list while there is no line.
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
/// Connects without waiting.
pub const TRY_NOW: &str = "Try now";
/// The server has ended this sign-in.
pub const SIGNED_OUT: &str = "You have been signed out of this browser.";
/// The link beside it.
pub const SIGN_IN_AGAIN: &str = "Sign in again";
/// The server does not want this page's socket.
pub fn refused(code: u16) -> String {
    format!("The live connection was refused (code {code}). Load the page again.")
}
/// Loads the page again.
pub const RELOAD: &str = "Load again";
/// The code of a part of the page did not come.
pub const NOT_FETCHED: &str = "That needs the connection, which is away just now. Try again in a moment.";
/// The server runs another build.
pub const UPDATED: &str = "Plenum was updated.";

/// The palette's name.
pub const PALETTE: &str = "Go to anything";
/// The name of its field.
pub const PALETTE_FIELD: &str = "Go to";
/// Inside the field.
pub const PALETTE_PLACEHOLDER: &str = "Go to a page, a conversation, a person";
/// The list below it.
pub const PALETTE_RESULTS: &str = "Results";
/// Groups of the palette.
pub const GROUP_PAGES: &str = "Pages";
/// See [`GROUP_PAGES`].
pub const GROUP_CONVERSATIONS: &str = "Conversations";
/// See [`GROUP_PAGES`].
pub const GROUP_PEOPLE: &str = "People";
/// See [`GROUP_PAGES`].
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
/// The palette's foot.
pub const KEY_CHOOSE: &str = "choose";
/// See [`KEY_CHOOSE`].
pub const KEY_OPEN: &str = "open";
/// See [`KEY_CHOOSE`].
pub const KEY_CLOSE: &str = "close";
/// Pages of messages, for the palette.
pub const NEW_CONVERSATION: &str = "New conversation";
/// See [`NEW_CONVERSATION`].
pub const ROOMS: &str = "Rooms";
/// See [`NEW_CONVERSATION`].
pub const SEARCH_MESSAGES: &str = "Search messages";
/// What a conversation is, for the palette.
pub const KIND_ROOM: &str = "Room";
/// See [`KIND_ROOM`].
pub const KIND_GROUP: &str = "Group";
/// See [`KIND_ROOM`].
pub const KIND_DIRECT: &str = "Direct";

/// The keyboard help.
pub const KEYS: &str = "Keyboard";
/// Its first section.
pub const KEYS_ANYWHERE: &str = "Anywhere";
/// Opens the palette.
pub const KEY_PALETTE: &str = "Go to anything";
/// Opens the help.
pub const KEY_HELP: &str = "This list";
/// Closes what is open.
pub const KEY_ESCAPE: &str = "Close what is open";
/// The switch for keys without Ctrl.
pub const SINGLE_KEYS: &str = "Single keys";
/// What the switch is for.
pub const SINGLE_KEYS_HINT: &str = "Switch off if you speak to your computer, or press keys by accident.";

/// Closes a dialog or a toast.
pub const CLOSE: &str = "Close";
/// Closes a toast.
pub const DISMISS: &str = "Dismiss";
/// Something was saved.
pub const SAVED: &str = "Saved";
/// Leaves things as they are.
pub const CANCEL: &str = "Cancel";
/// The name of a turning circle.
pub const LOADING: &str = "Loading";
/// A toast that came several times.
pub fn times(text: &str, count: usize) -> String {
    if count == 1 { text.to_owned() } else { format!("{text} ({count}×)") }
}

/// The title of the page that is not there.
pub const NOT_FOUND: &str = "This page is not here";
/// What to do about it.
pub const NOT_FOUND_TEXT: &str =
    "The address may be mistyped, or what was here is gone or not open to you. Go back, or start from the beginning.";
/// The title of a page that one may not see.
pub const FORBIDDEN: &str = "This page is not open to you";
/// What to do about it.
pub const FORBIDDEN_TEXT: &str = "It needs a right that you do not have. If you should have it, ask an admin of your organisation.";
/// The title when something broke.
pub const BROKEN: &str = "Something went wrong on our side";
/// What to do about it.
pub const BROKEN_TEXT: &str = "It has been noted. Load the page again; if it happens once more, try it a little later.";
/// The title when the server does not answer.
pub const UNREACHABLE: &str = "Plenum cannot be reached";
/// What to do about it.
pub const UNREACHABLE_TEXT: &str = "Check the connection of this device, then load the page again.";
/// The title when it was too often.
pub const TOO_OFTEN: &str = "That was too often";
/// The title when it cannot be done.
pub const REFUSED_TITLE: &str = "This cannot be done";
/// The way out.
pub const TO_START: &str = "Go to the start page";
/// The page that is being left.
pub const MOVING_ON: &str = "Moving on";

/// Copies what stands beside it.
pub const COPY: &str = "Copy";
/// It was copied.
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
