//! What stands in the log, line by line: days, the unread divider, messages and what is
//! still pending. Pure, so that the server and the first render in the browser agree.

use crate::model::{Message, Pending, Thread};
use plenum_core::{
    ids::{Millis, PersonId},
    time::Zone,
};

/// Messages of one person within this time stand together, in milliseconds.
const TOGETHER: Millis = 5 * 60 * 1000;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A new day begins; an instant of it.
    Day(i32, Millis),
    /// So many messages of others below are unread.
    Unread(u64),
    /// The message with this number.
    Message {
        /// Its number.
        number: u64,
        /// It follows one of the same person: no avatar, no name.
        compact: bool,
    },
    /// Written here, not yet acknowledged.
    Pending(Pending),
}

impl Row {
    /// What makes it the same line after a change: another key is drawn anew.
    pub fn key(&self) -> String {
        match self {
            Self::Day(day, _) => format!("day {day}"),
            Self::Unread(count) => format!("unread {count}"),
            Self::Message { number, compact } => format!("{} {number}", if *compact { "below" } else { "message" }),
            Self::Pending(item) => format!("{} {}", if item.failed.is_some() { "failed" } else { "pending" }, item.key),
        }
    }
}

/// What is new to `viewer` from number `first` on: what others have said, and has not been deleted. Beyond the window all counts.
fn news(thread: &Thread, viewer: PersonId, first: u64) -> u64 {
    let shown =
        thread.messages.iter().filter(|(number, message)| **number >= first && message.author.id != viewer && !message.deleted).count();
    u64::try_from(shown).unwrap_or(u64::MAX).saturating_add(thread.head.saturating_sub(thread.last()))
}

/// The lines of `thread` as `viewer` sees them, oldest first.
pub fn rows(thread: &Thread, viewer: PersonId, zone: &Zone) -> Vec<Row> {
    let mut rows = Vec::with_capacity(thread.messages.len() + thread.pending.len() + 8);
    let mut before: Option<(&Message, i32)> = None;
    for message in thread.messages.values() {
        let day = zone.day_number(message.sent_at);
        let same_day = before.is_some_and(|(_, last)| last == day);
        if !same_day {
            rows.push(Row::Day(day, message.sent_at));
        }
        let unread = if thread.unread_divider == Some(message.number) { news(thread, viewer, message.number) } else { 0 };
        let divider = unread > 0;
        if divider {
            rows.push(Row::Unread(unread));
        }
        let compact = same_day && !divider && before.is_some_and(|(last, _)| stands_with(last, message));
        rows.push(Row::Message { number: message.number, compact });
        before = Some((message, day));
    }
    rows.extend(thread.pending.iter().cloned().map(Row::Pending));
    rows
}

fn stands_with(before: &Message, message: &Message) -> bool {
    before.author.id == message.author.id
        && !before.deleted
        && !message.deleted
        && message.reply_to.is_none()
        && (0..TOGETHER).contains(&(message.sent_at - before.sent_at))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::model::{Access, Conversation, ConversationKind, Own};
    use plenum_core::{
        ids::{ConversationId, MessageId, PersonId},
        people::PersonCard,
    };

    /// A message of `author` for tests.
    pub fn message(number: u64, author: i64, sent_at: Millis) -> Message {
        Message {
            id: MessageId(1_000 + i64::try_from(number).unwrap()),
            number,
            author: PersonCard { id: PersonId(author), name: format!("Person {author}"), hue: 0 },
            text: "text".into(),
            html: "<p>text</p>".into(),
            sent_at,
            edited_at: None,
            deleted: false,
            reply_to: None,
            mentions: vec![],
            reactions: vec![],
            key: format!("key-{number}"),
        }
    }

    /// A thread with these messages for tests.
    pub fn thread(messages: Vec<Message>) -> Thread {
        Thread {
            conversation: Conversation {
                id: ConversationId(1),
                kind: ConversationKind::Room,
                access: Access::Open,
                general: true,
                name: "General".into(),
                topic: String::new(),
            },
            member_count: 2,
            members: vec![],
            owner: false,
            closed: false,
            blocked: vec![],
            head: messages.last().map_or(0, |last| last.number),
            messages: messages.into_iter().map(|message| (message.number, message)).collect(),
            own: Some(Own { read: 0, unread_from: None, muted: false }),
            unread_divider: None,
            since: Default::default(),
            pending: vec![],
        }
    }

    const VIEWER: PersonId = PersonId(5);
    const MINUTE: Millis = 60_000;
    const DAY: Millis = 24 * 60 * MINUTE;

    #[test]
    fn messages_of_one_person_stand_together_for_five_minutes() {
        let thread = thread(vec![message(1, 1, 0), message(2, 1, MINUTE), message(3, 2, 2 * MINUTE), message(4, 2, 8 * MINUTE)]);
        let compact: Vec<bool> = rows(&thread, VIEWER, &Zone::default())
            .into_iter()
            .filter_map(|row| match row {
                Row::Message { compact, .. } => Some(compact),
                _ => None,
            })
            .collect();
        assert_eq!(compact, [false, true, false, false]);
    }

    #[test]
    fn each_day_is_named_once_and_breaks_the_group() {
        let thread = thread(vec![message(1, 1, DAY - 1), message(2, 1, DAY), message(3, 1, DAY + 1)]);
        assert_eq!(
            rows(&thread, VIEWER, &Zone::default()),
            [
                Row::Day(2_440_588, DAY - 1),
                Row::Message { number: 1, compact: false },
                Row::Day(2_440_589, DAY),
                Row::Message { number: 2, compact: false },
                Row::Message { number: 3, compact: true },
            ]
        );
    }

    #[test]
    fn the_divider_says_how_many_are_below_it() {
        let mut thread = thread(vec![message(7, 1, 0), message(8, 1, 1), message(9, 1, 2), message(10, 5, 3)]);
        thread.unread_divider = Some(8);
        assert!(rows(&thread, VIEWER, &Zone::default()).contains(&Row::Unread(2)), "one's own answer is not new");
        thread.messages.get_mut(&8).unwrap().deleted = true;
        assert!(rows(&thread, VIEWER, &Zone::default()).contains(&Row::Unread(1)), "nor is what was deleted");
        thread.messages.get_mut(&9).unwrap().deleted = true;
        assert!(!rows(&thread, VIEWER, &Zone::default()).iter().any(|row| matches!(row, Row::Unread(_))));
    }

    #[test]
    fn pending_items_come_last_and_change_their_key_when_they_fail() {
        let mut thread = thread(vec![message(1, 1, 0)]);
        let mut item = Pending { key: "k".into(), text: "t".into(), reply_to: None, at: 5, failed: None };
        thread.pending = vec![item.clone()];
        let waiting = rows(&thread, VIEWER, &Zone::default()).pop().unwrap();
        item.failed = Some("no".into());
        thread.pending = vec![item];
        let failed = rows(&thread, VIEWER, &Zone::default()).pop().unwrap();
        assert_ne!(waiting.key(), failed.key());
    }
}
