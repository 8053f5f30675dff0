//! Snapshots: the list of conversations, a conversation, its pages of history. Each is read in one
//! transaction with the cursors of the channels that change it, so that nothing falls between the
//! page and the stream (I25).

use crate::model::{GONE, Message, PAGE, Sidebar, Since, Thread};
use plenum_core::{
    channels::Channel, cursor::Epoch, error::AppResult, ids::ConversationId, live::Snapshot, people::Identity, sorted::SortedMap,
};
use plenum_directory::server::blocks;
use plenum_store::{db::Conn, log};

use super::{blocking, conversations, members, stored};

/// Messages of one window at the most.
const WINDOW: u64 = 400;
/// The window grows down to the unread divider if it is no further away than this.
const DIVIDER_REACH: u64 = 200;
/// A linked message is shown with so many before it…
const BEFORE: u64 = 25;
/// …and so many after it.
const AFTER: u64 = 50;

/// What part of a conversation a page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The last page.
    Newest,
    /// From a number to the head.
    From(u64),
    /// Around a number.
    Around(u64),
}

impl Part {
    /// As the address of a page gives it; a link wins over a beginning.
    pub fn from_address(from: Option<u64>, around: Option<u64>) -> Self {
        match (from, around) {
            (_, Some(around)) => Self::Around(around),
            (Some(from), None) => Self::From(from),
            (None, None) => Self::Newest,
        }
    }

    /// First and last number of the window in a conversation whose last message is `head`.
    fn window(self, head: u64, divider: Option<u64>) -> (u64, u64) {
        match self {
            Self::Newest => {
                let page = (head + 1).saturating_sub(PAGE).max(1);
                let divider = divider.filter(|divider| head.saturating_sub(*divider) < DIVIDER_REACH);
                (divider.map_or(page, |divider| divider.min(page)).max(1), head)
            }
            Self::From(from) => (from.max((head + 1).saturating_sub(WINDOW)).max(1), head),
            Self::Around(number) => {
                let number = number.clamp(1, head.max(1));
                (number.saturating_sub(BEFORE).max(1), (number + AFTER).min(head))
            }
        }
    }
}

/// The list of conversations of who asks.
pub async fn sidebar(conn: &mut Conn, who: &Identity, epoch: &Epoch) -> AppResult<Snapshot<Sidebar>> {
    let lines = conversations::lines(conn, who.person, None).await?;
    let cursors = log::cursors(conn, epoch, &[Channel::Person(who.person), Channel::Organisation(who.organisation)]).await?;
    let blocked = blocks::of(conn, who.person).await?;
    Ok(Snapshot { state: Sidebar { lines, blocked, ..Sidebar::default() }, cursors })
}

/// Unread messages over all conversations that who asks has not muted, as
/// [`Sidebar::unread`] counts them, without reading the list.
pub async fn unread(conn: &mut Conn, who: &Identity) -> AppResult<u64> {
    let unread: i64 = sqlx::query_scalar(
        "select cast(coalesce(sum(case when head > seen then head - seen - (
                 select count(*) from messages d
                 where d.conversation_id = mine.id and d.number > seen and d.number > mine.head - $2 and d.deleted_at is not null
             ) else 0 end), 0) as bigint) from (
             select c.id, c.head, case when m.unread_from <= m.read_number then m.unread_from - 1 else m.read_number end as seen
             from memberships m join conversations c on c.id = m.conversation_id where m.person_id = $1 and not m.muted
         ) as mine",
    )
    .bind(who.person)
    .bind(stored::signed(GONE))
    .fetch_one(conn)
    .await?;
    Ok(unread.unsigned_abs())
}

/// A conversation as who asks sees it; 404 if they may not.
pub async fn thread(
    conn: &mut Conn,
    who: &Identity,
    epoch: &Epoch,
    conversation: ConversationId,
    part: Part,
) -> AppResult<Snapshot<Thread>> {
    let membership = conversations::readable_by(conn, who, conversation).await?;
    let head = membership.head.unsigned_abs();
    let own = membership.own();
    let unread_divider = own.and_then(|own| own.first_unread(head));
    let (first, last) = part.window(head, unread_divider);
    let messages: SortedMap<u64, Message> =
        stored::load(conn, conversation, first, last).await?.into_iter().map(|message| (message.number, message)).collect();
    let members = members::all(conn, conversation, membership.member_count).await?;
    let mut channels = vec![Channel::Person(who.person), Channel::Organisation(who.organisation)];
    if membership.joined {
        channels.push(Channel::Conversation(conversation));
    }
    let cursors = log::cursors(conn, epoch, &channels).await?;
    let thread = Thread {
        conversation: membership.conversation(),
        member_count: membership.member_count,
        members,
        owner: membership.owner,
        closed: blocking::is_closed(conn, &membership).await?,
        blocked: blocks::of(conn, who.person).await?,
        head,
        messages,
        own,
        unread_divider,
        pending: Vec::new(),
        since: Since::default(),
    };
    Ok(Snapshot { state: thread, cursors })
}

/// The page before number `before`, oldest first; beyond the head it is the last one.
pub async fn page_before(conn: &mut Conn, who: &Identity, conversation: ConversationId, before: u64) -> AppResult<Vec<Message>> {
    let membership = conversations::readable_by(conn, who, conversation).await?;
    let before = before.min(membership.head.unsigned_abs() + 1);
    stored::load(conn, conversation, before.saturating_sub(PAGE), before.saturating_sub(1)).await
}

/// The page after number `after`, oldest first.
pub async fn page_after(conn: &mut Conn, who: &Identity, conversation: ConversationId, after: u64) -> AppResult<Vec<Message>> {
    conversations::readable_by(conn, who, conversation).await?;
    stored::load(conn, conversation, after.saturating_add(1), after.saturating_add(PAGE)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_window_holds_what_was_asked_for() {
        assert_eq!(Part::Newest.window(0, None), (1, 0));
        assert_eq!(Part::Newest.window(120, None), (71, 120));
        assert_eq!(Part::Newest.window(300, Some(150)), (150, 300));
        assert_eq!(Part::Newest.window(300, Some(90)), (251, 300), "too far away");
        assert_eq!(Part::From(40).window(120, None), (40, 120));
        assert_eq!(Part::From(1).window(1_000, None), (601, 1_000));
        assert_eq!(Part::Around(100).window(500, None), (75, 150));
        assert_eq!(Part::Around(9_999).window(500, None), (475, 500));
        assert_eq!(Part::from_address(Some(1), Some(2)), Part::Around(2));
    }

    proptest! {
        #[test]
        fn a_window_stays_inside(head in 0_u64..1_000, number in any::<u64>(), divider in proptest::option::of(1_u64..1_000)) {
            for part in [Part::Newest, Part::From(number), Part::Around(number)] {
                let (first, last) = part.window(head, divider.filter(|divider| *divider <= head));
                prop_assert!(first >= 1 && last <= head && last.saturating_sub(first) < WINDOW);
            }
        }
    }
}
