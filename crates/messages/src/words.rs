//! The words of messages: conversations, the composer, rooms, search.

pub mod reports;

use crate::model::{Access, Conversation, ConversationKind};

pub const MESSAGES: &str = "Messages";
pub const CONVERSATIONS: &str = "Conversations";
pub const CONVERSATION: &str = "Conversation";
pub const ROOMS: &str = "Rooms";
pub const PEOPLE: &str = "People";
pub const SEARCH_MESSAGES: &str = "Search messages";
pub const BACK: &str = "Back to conversations";
pub const CLOSE: &str = "Close";
pub const TRY_AGAIN: &str = "Try again";
pub const TO_LIST: &str = "To your conversations";

pub const NOTHING_CHOSEN: &str = "Choose a conversation";
pub const NOTHING_CHOSEN_TEXT: &str = "Your conversations are in the list. Start a new one, or look around in the rooms.";
pub const NO_CONVERSATIONS: &str = "No conversations yet. Write to someone, or join a room.";
/// Draws the rest of a long list.
pub fn show_more(count: usize) -> String {
    format!("Show {count} more")
}
pub const NEW_CONVERSATION: &str = "New conversation";
pub const BROWSE_ROOMS: &str = "Browse rooms";
pub const NO_MESSAGES: &str = "No messages yet";
pub const DELETED_MESSAGE: &str = "Deleted message";
pub const YOU: &str = "You";
pub const DRAFT: &str = "Draft:";
pub const MUTED: &str = "muted";
pub const ONLINE: &str = "online";

/// Who said what, in the list.
pub fn said(who: &str, text: &str) -> String {
    format!("{who}: {text}")
}

/// How many are in a conversation.
pub fn members(count: i64) -> String {
    if count == 1 { "1 member".to_owned() } else { format!("{count} members") }
}
/// The second line of a room's head: members, and what it is.
pub fn about_room(members: i64, conversation: &Conversation) -> String {
    let members = self::members(members);
    if !conversation.topic.is_empty() {
        return format!("{members} · {}", conversation.topic);
    }
    match (conversation.kind, conversation.access) {
        (ConversationKind::Room, Access::Private) => format!("{members} · private room"),
        (ConversationKind::Room, Access::Open) => format!("{members} · open room"),
        (ConversationKind::Group | ConversationKind::Direct, _) => members,
    }
}

/// The log's name.
pub fn messages_in(title: &str) -> String {
    format!("Messages in {title}")
}
/// Above the first message.
pub fn beginning_of(title: &str) -> String {
    format!("This is the beginning of {title}.")
}
pub const SHOW_EARLIER: &str = "Show earlier";
pub const TO_NEWEST: &str = "To the newest";
/// The divider and the pill.
pub fn new_messages(count: u64) -> String {
    format!("{count} new")
}
/// A message as its tools and its element are named.
pub fn message_of(author: &str, at: &str) -> String {
    format!("Message of {author}, {at}")
}
pub const YOUR_MESSAGE: &str = "Your message, not yet sent";
pub const EDITED: &str = "edited";
/// A tombstone.
pub fn deleted_by(name: &str) -> String {
    format!("Deleted message of {name}")
}

pub const SENDING: &str = "sending";
pub const WAITING_FOR_CONNECTION: &str = "waiting for the connection";
pub const NOT_SENT: &str = "Not sent.";
/// While somebody else is signed in to the browser in which it waits.
pub const OF_SOMEBODY_ELSE: &str =
    "Not sent: somebody else is signed in to this browser now. It waits here until whoever wrote it signs in again.";
pub const RETRY: &str = "Retry";
pub const DISCARD: &str = "Discard";

pub const SENT: &str = "Sent";
pub const DELIVERED: &str = "Delivered";
pub const READ_BY_ALL: &str = "Read by everyone";
pub const WHO_HAS_READ: &str = "Who has read this";
pub fn read_by(names: &[String]) -> String {
    format!("Read by {}", list(names, 3))
}
/// The answer in large rooms.
pub fn read_by_count(count: i64, names: &[String]) -> String {
    match count {
        0 => "Nobody has read it yet".to_owned(),
        _ if i64::try_from(names.len()).unwrap_or(i64::MAX) >= count => format!("Read by {}", list(names, 8)),
        _ => format!("Read by {count}: {}", list(names, 8)),
    }
}
/// Under the log.
pub fn typing(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => format!("{one} is typing…"),
        [one, two] => format!("{one} and {two} are typing…"),
        [one, two, three] => format!("{one}, {two} and {three} are typing…"),
        [one, two, others @ ..] => format!("{one}, {two} and {} others are typing…", others.len()),
    }
}

/// Names in a sentence; beyond `most` they are counted.
fn list(names: &[String], most: usize) -> String {
    let (shown, others) = names.split_at(names.len().min(most));
    match (shown, others.len()) {
        ([], _) => String::new(),
        ([one], 0) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (shown, 1) => format!("{} and 1 other", shown.join(", ")),
        (shown, more) => format!("{} and {more} others", shown.join(", ")),
    }
}

pub const REACT: &str = "React";
pub const ADD_REACTION: &str = "Add a reaction";
pub const MORE_EMOJIS: &str = "More";
pub const REPLY: &str = "Reply";
pub const EDIT: &str = "Edit";
pub const DELETE: &str = "Delete";
pub const MORE: &str = "More actions";
pub const MARK_UNREAD: &str = "Mark unread from here";
pub const COPY_LINK: &str = "Copy link";
pub const OPEN_LINK: &str = "Link to this message";
pub const NOT_COPIED: &str = "The link could not be copied. Open it and copy the address.";
/// A reaction, as a switch.
pub fn reaction(emoji: &str, count: usize, mine: bool) -> String {
    let people = if count == 1 { "1 person".to_owned() } else { format!("{count} people") };
    if mine { format!("{emoji}, {people}, you too") } else { format!("{emoji}, {people}") }
}
/// An emoji of the menu.
pub fn react_with(emoji: &str) -> String {
    format!("{emoji}, react")
}
/// Names the button and the item of the menu.
pub fn block_person(name: &str) -> String {
    format!("Block {name}")
}
/// The same for somebody who is blocked.
pub fn unblock_person(name: &str) -> String {
    format!("Unblock {name}")
}
pub const UNBLOCK: &str = "Unblock";
pub const BLOCKED_TEXT: &str = "You have blocked this person.";
pub const BLOCKED_PEOPLE: &str = "Blocked people";
pub const BLOCKED_PEOPLE_TEXT: &str = "You and somebody you have blocked cannot write to each other, and do not see when the other is online. In rooms their messages are folded. Admins can still write to everyone.";
pub const NOBODY_BLOCKED: &str = "You have blocked nobody.";
pub const BLOCKED_BY_YOU: &str = "You have blocked this person. You cannot write to each other.";
pub const CANNOT_WRITE: &str = "You cannot write to this person.";
pub const BLOCKED_MESSAGE: &str = "Message from somebody you blocked";
pub const SHOW: &str = "Show";

pub const DELETE_QUESTION: &str = "Delete this message?";
pub const DELETE_TEXT: &str = "Its text goes away for everyone; a mark stays in its place. It cannot be undone.";

/// The composer.
pub fn message_to(title: &str) -> String {
    format!("Message to {title}")
}
pub const SEND: &str = "Send";
pub const SAVE: &str = "Save";
/// While answering.
pub fn replying_to(name: &str) -> String {
    format!("Replying to {name}")
}
pub const EDITING: &str = "Editing your message";
pub const EDITING_HINT: &str = "Enter saves, Esc cancels";
pub const CANCEL_REPLY: &str = "Cancel the reply";
pub const CANCEL_EDIT: &str = "Cancel the edit";
/// Near the limit.
pub fn characters_left(left: usize) -> String {
    format!("{left} left")
}
/// Beyond the limit.
pub fn characters_over(over: usize) -> String {
    format!("{over} too many")
}

pub const MEMBERS: &str = "Members";
pub const MORE_ABOUT: &str = "More about this conversation";
pub const DETAILS: &str = "Details";
pub const ACTIVITY: &str = "Activity";
pub const NAME_AND_TOPIC: &str = "Name and topic";
pub const GENERAL_KEEPS_ITS_NAME: &str = "Everyone finds this room as General: its name stays, its topic can change.";
/// What sort of conversation it is, and who can come in.
pub fn what_it_is(conversation: &Conversation) -> &'static str {
    match (conversation.kind, conversation.access) {
        _ if conversation.general => "The general room: everyone is in it.",
        (ConversationKind::Room, Access::Open) => "An open room: everyone can find it and join.",
        (ConversationKind::Room, Access::Private) => "A private room: its owners add people; nobody else sees it.",
        (ConversationKind::Group, _) => "A group: its members add people; nobody else sees it.",
        (ConversationKind::Direct, _) => "Between the two of you.",
    }
}
pub const MUTE: &str = "Mute";
pub const UNMUTE: &str = "Unmute";
pub const MARK_ALL_READ: &str = "Mark all as read";
pub const LEAVE: &str = "Leave";
pub const LEAVE_QUESTION: &str = "Leave this conversation?";
pub const LEAVE_TEXT: &str = "You get no more messages from it. An open room can be joined again; into another someone has to add you.";
pub const JOIN: &str = "Join";
/// Names the button.
pub fn join_room(name: &str) -> String {
    format!("Join {name}")
}
pub const JOINED: &str = "Joined";
pub const NOT_JOINED: &str = "You are not in this room";
pub const NOT_JOINED_TEXT: &str = "Join it to write, and to be told what is new.";
pub const ENDED: &str = "You are no longer in this conversation";
pub const ENDED_TEXT: &str = "You see nothing new here. Ask one of its members to add you again.";
pub const REFUSED: &str = "New messages do not arrive here";
pub const REFUSED_TEXT: &str = "Try again, or load the page again.";
pub const NOT_SHOWN: &str = "This conversation cannot be shown";
pub const NO_CONVERSATION: &str = "There is no such conversation, or it is not open to you.";

pub const HERE_NOW: &str = "Here now";
pub const OTHERS: &str = "Others";
/// How many look at it.
pub fn here_now(count: usize) -> String {
    format!("{count} here")
}
pub const OWNER: &str = "owner";
pub const FIND_MEMBER: &str = "Find a member";
pub const SHOW_MORE: &str = "Show more";
pub const ADD_PEOPLE: &str = "Add people";
pub const ADD: &str = "Add";
/// Names the button.
pub fn add_person(name: &str) -> String {
    format!("Add {name}")
}
/// Names the button.
pub fn remove_person(name: &str) -> String {
    format!("Remove {name}")
}

pub const SEARCH: &str = "Search";
pub const SEARCH_TITLE: &str = "Search your conversations";
pub const SEARCH_TEXT: &str = "Type a word or the beginning of one.";
/// The page's heading.
pub fn results_for(query: &str) -> String {
    if query.is_empty() { SEARCH.to_owned() } else { format!("Search: {query}") }
}
/// How many; there may be older ones.
pub fn found(count: usize, more: bool) -> String {
    match count {
        _ if more => format!("The newest {count} messages found"),
        1 => "1 message found".to_owned(),
        many => format!("{many} messages found"),
    }
}
pub const OLDER_FOUND: &str = "Older messages found";
pub const NEWEST_FOUND: &str = "Show the newest";
/// None.
pub fn nothing_found(query: &str) -> String {
    format!("Nothing found for “{query}”")
}
pub const NOTHING_FOUND_TEXT: &str = "Try fewer letters or another word. Only conversations that you are in are searched.";

pub const NEW_ROOM: &str = "New room";
pub const ROOM_NAME: &str = "Name";
pub const ROOM_TOPIC: &str = "Topic";
pub const ROOM_TOPIC_HINT: &str = "What it is about, in a few words.";
pub const ROOM_PRIVATE: &str = "Private";
pub const ROOM_PRIVATE_HINT: &str = "Only people who are added can see it.";
pub const CREATE_ROOM: &str = "Create the room";
pub const NO_ROOMS: &str = "No rooms yet";
pub const NO_ROOMS_TEXT: &str = "A room is for a subject that several people care about. Make the first one.";
pub const WITH_PEOPLE: &str = "With people";
pub const FIND_PERSON: &str = "Find a person";
pub const NOBODY_FOUND: &str = "Nobody of that name.";
pub const WRITE: &str = "Write";
/// Names the button.
pub fn message_person(name: &str) -> String {
    format!("Write to {name}")
}
/// Names the box.
pub fn choose_person(name: &str) -> String {
    format!("Choose {name}")
}
pub const FIND: &str = "Find";
/// Below a list that does not show all.
pub fn first_of(shown: usize, total: u32) -> String {
    format!("The first {shown} of {total}. Type a name to find others.")
}
pub const CHOOSE_PEOPLE: &str = "Choose one person for a conversation, or several for a group.";
/// Who has been chosen.
pub fn chosen(names: &[String]) -> String {
    format!("With {}", list(names, 8))
}
pub const GROUP_NAME: &str = "Name of the group (may be empty)";
pub const BEGIN_GROUP: &str = "Start the group";
pub const BEGIN_DIRECT: &str = "Start the conversation";

pub const UNREAD_CONVERSATIONS: &str = "Unread conversations";
pub const OPEN_MESSAGES: &str = "Open messages";
pub const NOTHING_NEEDS_YOU: &str = "Nothing waits for you.";

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_stand_in_a_sentence() {
        assert_eq!(read_by(&names(&["Lena"])), "Read by Lena");
        assert_eq!(read_by(&names(&["Lena", "Omar"])), "Read by Lena and Omar");
        assert_eq!(read_by(&names(&["A", "B", "C", "D"])), "Read by A, B, C and 1 other");
        assert_eq!(read_by_count(120, &names(&["A", "B"])), "Read by 120: A and B");
    }

    #[test]
    fn one_is_typing_or_several_are() {
        assert_eq!(typing(&names(&["Ines"])), "Ines is typing…");
        assert_eq!(typing(&names(&["Ines", "Omar"])), "Ines and Omar are typing…");
        assert_eq!(typing(&names(&["A", "B", "C", "D"])), "A, B and 2 others are typing…");
    }
}
