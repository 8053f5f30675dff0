//! The words of the inbox and of what it tells.

pub mod digest;

use crate::model::{Act, Category, Shelf, Way};

/// Page and navigation.
pub const INBOX: &str = "Inbox";
/// The menu beside the bell.
pub const WHAT_IS_NEW: &str = "What is new";
/// It is empty.
pub const NOTHING_NEW: &str = "Nothing new.";
/// The filter of the page.
pub const SHELVES: &str = "Which notifications";
/// A tab.
pub fn shelf(shelf: Shelf) -> &'static str {
    match shelf {
        Shelf::Inbox => "Inbox",
        Shelf::Unread => "Unread",
        Shelf::Archive => "Archive",
    }
}
/// The choice of a category.
pub const CATEGORY: &str = "Category";
/// All of them.
pub const ANY_CATEGORY: &str = "All categories";
/// A category.
pub fn category(category: Category) -> &'static str {
    match category {
        Category::Mentions => "Mentions",
        Category::Replies => "Replies",
        Category::Messages => "Messages",
        Category::People => "People and roles",
        Category::Announcements => "Announcements",
        Category::Money => "Wallet",
        Category::Events => "Events and orders",
        Category::Security => "Your account",
        Category::Operation => "Operations",
    }
}
/// What a category is.
pub fn about(category: Category) -> &'static str {
    match category {
        Category::Mentions => "Somebody names you in a message.",
        Category::Replies => "Somebody answers a message of yours.",
        Category::Messages => "A message in a direct conversation or a group.",
        Category::People => "You are added to a conversation, or your roles change.",
        Category::Announcements => "The institution has something to say.",
        Category::Money => "A deposit has arrived, a withdrawal was paid out or rejected.",
        Category::Events => "An order was paid or refunded, or an event changes.",
        Category::Security => "A new sign-in, a changed password. Always told.",
        Category::Operation => "An alarm of the operations board. Always told.",
    }
}
/// The button beside the filter.
pub const SHOW: &str = "Show";
/// Marks all.
pub const READ_ALL: &str = "Mark all read";
/// Clears all.
pub const CLEAR_ALL: &str = "Clear all";
/// Said after clearing.
pub const CLEARED: &str = "The inbox is cleared.";
/// Takes something back.
pub const UNDO: &str = "Undo";
/// Said after an act that can be taken back.
pub fn done(act: Act) -> &'static str {
    match act {
        Act::Read | Act::Follow => "Marked as read.",
        Act::Unread => "Marked as unread.",
        Act::Archive => "Put into the archive.",
        Act::Restore => "Back in the inbox.",
        Act::Delete => "Deleted.",
    }
}
/// A button.
pub fn act(act: Act) -> &'static str {
    match act {
        Act::Read | Act::Follow => "Mark read",
        Act::Unread => "Mark unread",
        Act::Archive => "Archive",
        Act::Restore => "Move to inbox",
        Act::Delete => "Delete",
    }
}
/// Which one, for screen readers.
pub fn of(title: &str) -> String {
    format!(": {title}")
}
/// The menu of a notification.
pub fn more(title: &str) -> String {
    format!("More about “{title}”")
}
/// Puts off.
pub const SNOOZE: &str = "Remind me";
/// Until when.
pub const IN_AN_HOUR: &str = "Remind me in an hour";
/// Until when.
pub const TOMORROW: &str = "Remind me tomorrow at 8";
/// Until when.
pub const NEXT_WEEK: &str = "Remind me in a week";
/// Said after it.
pub const SNOOZED: &str = "You will be reminded.";
/// Loads more.
pub const OLDER: &str = "Show older ones";
/// Who did it is here, for screen readers.
pub fn online(name: &str) -> String {
    format!("{name} is online")
}
/// Not read, for screen readers.
pub const UNREAD: &str = "unread";
/// How many things one stands for.
pub fn times(count: u32) -> String {
    format!("{count} messages")
}
/// Nothing is there.
pub fn nothing(shelf: Shelf) -> (&'static str, &'static str) {
    match shelf {
        Shelf::Inbox => ("Nothing new", "When somebody names you, answers you or writes to you, it stands here."),
        Shelf::Unread => ("All read", "What is new comes here by itself."),
        Shelf::Archive => ("The archive is empty", "What you put away from the inbox is kept here."),
    }
}
/// Leads to the page from the bell.
pub const ALL: &str = "Open the inbox";
/// Page, and what leads to it.
pub const AWAY: &str = "While you were away";
/// When that was; both times in the viewer's zone.
pub fn away(since: &str, back: &str) -> String {
    format!("Away: {since} – {back}.")
}
/// In a note when one comes back.
pub fn back(unread: u32) -> String {
    match unread {
        1 => "You have been away: 1 notification is unread.".to_owned(),
        many => format!("You have been away: {many} notifications are unread."),
    }
}
/// The button of the card that leads there.
pub const SEE_AWAY: &str = "See what has come";
/// How much stands in a group.
pub fn things(count: usize, unread: usize) -> String {
    let things = if count == 1 { "1 notification".to_owned() } else { format!("{count} notifications") };
    match unread {
        0 => format!("{things}, all read"),
        unread if unread == count => format!("{things}, unread"),
        unread => format!("{things}, {unread} unread"),
    }
}
/// What of a group is not shown.
pub fn more_there(count: usize) -> String {
    format!("and {count} more")
}
/// What was read on another device.
pub const HANDLED: &str = "Read elsewhere meanwhile";
/// Marks what is on the page.
pub const READ_THESE: &str = "Mark these as read";
/// There is no absence.
pub const NOT_AWAY: &str = "You have not been away";
/// What the page is for.
pub const NOT_AWAY_TEXT: &str = "When you come back after eight hours or more, what has come meanwhile stands here, by conversation.";
/// Nothing has come.
pub const NOTHING_CAME: &str = "Nothing has come since";
/// What to do.
pub const NOTHING_CAME_TEXT: &str = "Nobody has named you, answered you or written to you. What comes now stands in the inbox.";
/// There is more than the page has room for.
pub const OLDER_AWAY: &str = "What is older stands in the inbox.";

/// Leads to the settings.
pub const SETTINGS: &str = "What you are told";
/// What is not there to see.
pub const ENDED: &str = "This page is no longer told what happens.";
/// A note on the screen for several at once.
pub fn burst(count: usize) -> String {
    format!("{count} new notifications")
}
/// The button of a note.
pub const OPEN: &str = "Open";

/// Heading of the settings.
pub const PREFERENCES: &str = "Notifications";
/// A way.
pub fn way(way: Way) -> &'static str {
    match way {
        Way::App => "In Plenum",
        Way::Browser => "By the browser",
        Way::Mail => "By mail",
    }
}
/// Name of a switch.
pub fn told(told: Category, by: Way) -> String {
    format!("{}, {}", category(told), way(by).to_lowercase())
}
/// A field.
pub const QUIET_FROM: &str = "Quiet from";
/// A field.
pub const QUIET_UNTIL: &str = "until";
/// What quiet hours are.
pub const QUIET_TEXT: &str = "In your quiet hours nothing sounds or pops up but what concerns your account; the inbox fills all the same. Leave both empty for none.";
/// A switch.
pub const SOUND: &str = "Sound";
/// What it does.
pub const SOUND_TEXT: &str = "A short tone comes with a note.";
/// The choice of when the daily mail comes.
pub const DIGEST: &str = "Daily mail";
/// What it is.
pub const DIGEST_TEXT: &str = "A mail a day, at this hour where you are, of what has come and you have not seen. Nothing new, no mail.";
/// It does not come.
pub const NO_DIGEST: &str = "No mail";
/// A switch.
pub const DIGEST_TEXTS: &str = "What was said";
/// What it does.
pub const DIGEST_TEXTS_TEXT: &str =
    "The mail shows the texts of messages too; else only who wrote, and where. Mails pass through other hands.";
/// The settings were changed in another tab while something was changed here.
pub const CHANGED_ELSEWHERE: &str = "These settings were changed in another place. What you have changed here is not saved.";
/// Shows them.
pub const SHOW_CHANGED: &str = "Show them as they are";
/// The button.
pub const SAVE: &str = "Save";
/// The browser may show notifications.
pub const BROWSER_ON: &str = "This browser shows notifications while you are not looking.";
/// The browser has not been asked.
pub const BROWSER_ASK: &str = "Let this browser show notifications";
/// The browser refuses.
pub const BROWSER_OFF: &str = "This browser does not let Plenum show notifications. Its own settings can change that.";
/// There is no way to ask.
pub const BROWSER_NONE: &str = "This browser cannot show notifications.";

/// Somebody was named in a message.
pub fn mentioned(name: &str, place: &str) -> String {
    format!("{name} mentioned you in {place}")
}
/// Somebody answered.
pub fn answered(name: &str, place: &str) -> String {
    format!("{name} answered you in {place}")
}
/// A message in a group.
pub fn wrote(name: &str, place: &str) -> String {
    format!("{name} in {place}")
}
/// A direct conversation.
pub const DIRECT: &str = "your conversation";
/// A group without a name.
pub const GROUP: &str = "a group";
/// Somebody was added.
pub fn added(name: &str, place: &str) -> String {
    format!("{name} added you to {place}")
}
/// A role was given.
pub fn granted(role: &str) -> String {
    format!("You have the role {role} now")
}
/// A role was taken back.
pub fn revoked(role: &str) -> String {
    format!("You no longer have the role {role}")
}
/// A new sign-in.
pub const NEW_SIGN_IN: &str = "A new browser is signed in to your account";
/// What of it.
pub fn new_sign_in(device: &str, address: &str) -> String {
    format!("{device}, {address}. If that was not you, sign it out and change your password.")
}
/// The password was changed.
pub const PASSWORD_CHANGED: &str = "Your password was changed";
/// What to do about it.
pub const PASSWORD_CHANGED_TEXT: &str = "If that was not you, set a new one at once.";
/// An admin ended a browser's sign-in or a token.
pub const SIGN_IN_ENDED: &str = "An admin ended a sign-in of yours";

/// Nothing is unread.
pub const NOTHING_NEEDS_YOU: &str = "Nothing waits for you.";
/// Unread notifications.
pub const IN_THE_INBOX: &str = "In the inbox";
/// How many of them.
pub fn unread(count: u32) -> String {
    format!("{count} unread")
}
/// Leads to the inbox.
pub const OPEN_INBOX: &str = "Open the inbox";
