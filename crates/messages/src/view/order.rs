//! The order of the list of conversations.

use std::cmp::Reverse;

use crate::model::{ConversationKind, Line, Sidebar};
use plenum_core::{ids::ConversationId, sorted::sort_by_key};

/// The list's two sections, each in the order in which it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Order {
    /// Rooms: the general one first, then by last message.
    pub rooms: Vec<ConversationId>,
    /// Groups and direct conversations by last message.
    pub people: Vec<ConversationId>,
}

/// The order of `sidebar`.
pub(super) fn order(sidebar: &Sidebar) -> Order {
    let mut lines: Vec<&Line> = sidebar.lines.values().collect();
    sort_by_key(&mut lines, |line| {
        let at = line.last.as_ref().map_or(0, |last| last.at);
        (!line.conversation.general, Reverse(at), Reverse(line.conversation.id))
    });
    let (rooms, people): (Vec<&Line>, Vec<&Line>) = lines.into_iter().partition(|line| line.conversation.kind == ConversationKind::Room);
    let ids = |lines: Vec<&Line>| lines.into_iter().map(|line| line.conversation.id).collect();
    Order { rooms: ids(rooms), people: ids(people) }
}
