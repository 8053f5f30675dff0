//! The words of the inbox and of what it tells.

pub mod digest;

use crate::model::{Act, Category, Folder, Way};
use plenum_core::mail::MailWay;

pub const INBOX: &str = "Inbox";
pub const WHAT_IS_NEW: &str = "What is new";
pub const NOTHING_NEW: &str = "Nothing new.";
pub const SHELVES: &str = "Which notifications";
pub fn shelf(shelf: Folder) -> &'static str {
    match shelf {
        Folder::Inbox => "Inbox",
        Folder::Unread => "Unread",
        Folder::Archive => "Archive",
    }
}
pub const CATEGORY: &str = "Category";
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
pub const SHOW: &str = "Show";
pub const READ_ALL: &str = "Mark all read";
pub const CLEAR_ALL: &str = "Clear all";
pub const CLEARED: &str = "The inbox is cleared.";
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
pub fn which_one(title: &str) -> String {
    format!(": {title}")
}
/// The menu of a notification.
pub fn more(title: &str) -> String {
    format!("More about “{title}”")
}
pub const SNOOZE: &str = "Remind me";
pub const IN_AN_HOUR: &str = "Remind me in an hour";
pub const TOMORROW: &str = "Remind me tomorrow at 8";
pub const NEXT_WEEK: &str = "Remind me in a week";
pub const SNOOZED: &str = "You will be reminded.";
pub const OLDER: &str = "Show older ones";
/// Who did it is here, for screen readers.
pub fn online(name: &str) -> String {
    format!("{name} is online")
}
pub const UNREAD: &str = "unread";
/// How many things one stands for.
pub fn times(count: u32) -> String {
    format!("{count} messages")
}
/// Nothing is there.
pub fn nothing(shelf: Folder) -> (&'static str, &'static str) {
    match shelf {
        Folder::Inbox => ("Nothing new", "When somebody names you, answers you or writes to you, it stands here."),
        Folder::Unread => ("All read", "What is new comes here by itself."),
        Folder::Archive => ("The archive is empty", "What you put away from the inbox is kept here."),
    }
}
pub const ALL: &str = "Open the inbox";
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
pub const HANDLED: &str = "Read elsewhere meanwhile";
pub const READ_THESE: &str = "Mark these as read";
pub const NOT_AWAY: &str = "You have not been away";
pub const NOT_AWAY_TEXT: &str = "When you come back after eight hours or more, what has come meanwhile stands here, by conversation.";
pub const NOTHING_CAME: &str = "Nothing has come since";
pub const NOTHING_CAME_TEXT: &str = "Nobody has named you, answered you or written to you. What comes now stands in the inbox.";
pub const OLDER_AWAY: &str = "What is older stands in the inbox.";

pub const SETTINGS: &str = "What you are told";
/// A note on the screen for several at once.
pub fn burst(count: usize) -> String {
    format!("{count} new notifications")
}
pub const OPEN: &str = "Open";

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
pub fn preference_label(told: Category, by: Way) -> String {
    format!("{}, {}", category(told), way(by).to_lowercase())
}
pub const QUIET_FROM: &str = "Quiet from";
pub const QUIET_UNTIL: &str = "until";
pub const QUIET_TEXT: &str = "In your quiet hours nothing sounds or pops up but what concerns your account; the inbox fills all the same. Leave both empty for none.";
pub const SOUND: &str = "Sound";
pub const SOUND_TEXT: &str = "A short tone comes with a note.";
pub const DIGEST: &str = "Daily mail";
pub const DIGEST_TEXT: &str = "A mail a day, at this hour where you are, of what has come and you have not seen. Nothing new, no mail.";
/// What else there is to know, if mail does not simply leave.
pub fn mail_way(way: MailWay) -> Option<&'static str> {
    match way {
        MailWay::Sends => None,
        MailWay::Delayed => Some("Mail is delayed just now: what you choose to get by mail comes later."),
        MailWay::Folder => {
            Some("This site does not send mail by itself: what you choose to get by mail comes only if whoever runs it hands it on.")
        }
    }
}
pub const NO_DIGEST: &str = "No mail";
pub const DIGEST_TEXTS: &str = "What was said";
/// What it does.
pub const DIGEST_TEXTS_TEXT: &str =
    "The mail shows the texts of messages too; else only who wrote, and where. Mails pass through other hands.";
pub const CHANGED_ELSEWHERE: &str = "These settings were changed in another place. What you have changed here is not saved.";
pub const SHOW_CHANGED: &str = "Show them as they are";
pub const SAVE: &str = "Save";
pub const BROWSER_ON: &str = "This browser shows notifications while you are not looking.";
pub const BROWSER_ASK: &str = "Let this browser show notifications";
pub const BROWSER_OFF: &str = "This browser does not let Plenum show notifications. Its own settings can change that.";
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
pub const DIRECT: &str = "your conversation";
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
pub const NEW_SIGN_IN: &str = "A new browser is signed in to your account";
/// What of it.
pub fn new_sign_in(device: &str, address: &str) -> String {
    format!("{device}, {address}. If that was not you, sign it out and change your password.")
}
pub const PASSWORD_CHANGED: &str = "Your password was changed";
pub const PASSWORD_CHANGED_TEXT: &str = "If that was not you, set a new one at once.";
pub const EMAIL_CHANGED: &str = "Your e-mail address was changed";
pub const EMAIL_CHANGED_TEXT: &str = "Sign in with the new one. If that was not you, tell an admin at once.";
pub const SIGN_IN_ENDED: &str = "An admin ended a sign-in of yours";

pub const NOTHING_NEEDS_YOU: &str = "Nothing waits for you.";
pub const IN_THE_INBOX: &str = "In the inbox";
/// How many of them.
pub fn unread(count: u32) -> String {
    format!("{count} unread")
}
pub const OPEN_INBOX: &str = "Open the inbox";
