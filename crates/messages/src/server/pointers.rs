//! How far people have got: pointers that never move back (I12), and one's own marks.
//!
//! Three numbers a member: *read* is their own truth and counts what is unread; *shown* is what
//! others see of it and stands still while read marks are switched off; *delivered* has reached
//! one of their browsers. Read ≥ n implies delivered ≥ n. Beyond
//! [`POINTER_MEMBERS`] others are not told.

use std::collections::HashMap;

use crate::{
    live::{ConversationEvent, OwnChanged, PersonEvent, PointerMoved},
    model::{Own, POINTER_MEMBERS, Pointer},
};
use plenum_core::{
    error::AppResult,
    ids::{ConversationId, PersonId},
    people::Identity,
};
use plenum_inbox::server as inbox;
use plenum_store::db::{Conn, Tx};

use super::{
    conversations::{self, Membership},
    news,
    stored::signed,
};

/// What is reported to have been reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark {
    /// Read up to here. Also takes back a mark of being unread.
    pub read: Option<u64>,
    /// Delivered up to here.
    pub delivered: Option<u64>,
}

impl Mark {
    /// Read up to `number`, which has been delivered then.
    pub fn read(number: u64) -> Self {
        Self { read: Some(number), delivered: Some(number) }
    }

    /// Both, the further of each.
    pub fn and(self, other: Self) -> Self {
        Self { read: self.read.max(other.read), delivered: self.delivered.max(other.delivered) }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    read_number: i64,
    delivered_number: i64,
    shown_read: i64,
    unread_from: Option<i64>,
    muted: bool,
}

impl Row {
    fn own(&self) -> Own {
        conversations::own(self.read_number, self.unread_from, self.muted)
    }
}

/// Moves the pointers of a member, never back, and tells those who see them.
/// `shows` is whether they let others see what they have read.
pub async fn advance(tx: &mut Tx, membership: &Membership, person: PersonId, shows: bool, mark: Mark) -> AppResult<()> {
    let read = mark.read.map_or(0, signed);
    let delivered = if membership.is_small() { mark.delivered.map_or(0, signed).max(read) } else { 0 };
    let row: Row = sqlx::query_as(
        "update memberships set
           read_number = case when $3 > read_number then $3 else read_number end,
           shown_read = case when $5 and $3 > shown_read then $3 else shown_read end,
           delivered_number = case when $4 > delivered_number then $4 else delivered_number end,
           unread_from = case when $6 then null else unread_from end
         where conversation_id = $1 and person_id = $2
         returning read_number, delivered_number, shown_read, unread_from, muted",
    )
    .bind(membership.id)
    .bind(person)
    .bind(read)
    .bind(delivered)
    .bind(shows)
    .bind(mark.read.is_some())
    .fetch_one(&mut **tx)
    .await?;
    if Some(row.own()) != membership.own() {
        tx.announce(person, &PersonEvent::OwnChanged(OwnChanged { conversation: membership.id, own: row.own() }));
    }
    if mark.read.is_some() {
        inbox::read_thread(tx, person, &news::thread(membership.id), row.read_number).await?;
    }
    let moved = (row.shown_read, row.delivered_number) != (membership.shown_read, membership.delivered_number);
    if moved && membership.is_small() {
        let pointer = Pointer { read: row.shown_read.unsigned_abs(), delivered: row.delivered_number.unsigned_abs() };
        tx.announce(membership.id, &ConversationEvent::PointerMoved(PointerMoved { person, pointer }));
    }
    Ok(())
}

/// Applies a mark of who asks; beyond the last message there is nothing to have read.
///
/// # Errors
/// 404 if they are not a member.
pub async fn mark(tx: &mut Tx, who: &Identity, conversation: ConversationId, mark: Mark) -> AppResult<()> {
    let membership = conversations::joined_by(tx, who, conversation).await?;
    let head = membership.head.unsigned_abs();
    let mark = Mark { read: mark.read.map(|number| number.min(head)), delivered: mark.delivered.map(|number| number.min(head)) };
    advance(tx, &membership, who.person, who.privacy.send_read_marks, mark).await
}

/// Marks unread from `number` on, for who asks alone; pointers and receipts stay.
///
/// # Errors
/// 404 if they are not a member.
pub async fn mark_unread(tx: &mut Tx, who: &Identity, conversation: ConversationId, number: u64) -> AppResult<()> {
    let membership = conversations::joined_by(tx, who, conversation).await?;
    let from = signed(number).clamp(1, membership.head.max(1));
    let row = sqlx::query_as("update memberships set unread_from = $3 where conversation_id = $1 and person_id = $2 returning read_number, delivered_number, shown_read, unread_from, muted")
        .bind(conversation)
        .bind(who.person)
        .bind((membership.head > 0).then_some(from))
        .fetch_one(&mut **tx)
        .await?;
    announce_own(tx, who, &membership, &row);
    Ok(())
}

/// Mutes or unmutes the conversation for who asks.
///
/// # Errors
/// 404 if they are not a member.
pub async fn mute(tx: &mut Tx, who: &Identity, conversation: ConversationId, muted: bool) -> AppResult<()> {
    let membership = conversations::joined_by(tx, who, conversation).await?;
    let row = sqlx::query_as("update memberships set muted = $3 where conversation_id = $1 and person_id = $2 returning read_number, delivered_number, shown_read, unread_from, muted")
        .bind(conversation)
        .bind(who.person)
        .bind(muted)
        .fetch_one(&mut **tx)
        .await?;
    announce_own(tx, who, &membership, &row);
    Ok(())
}

fn announce_own(tx: &mut Tx, who: &Identity, membership: &Membership, row: &Row) {
    if Some(row.own()) != membership.own() {
        tx.announce(who.person, &PersonEvent::OwnChanged(OwnChanged { conversation: membership.id, own: row.own() }));
    }
}

/// Those of `heads` that are news: in conversations of who asks, of at most fifty members, and
/// further than what is known. All others are left out silently.
pub async fn undelivered(conn: &mut Conn, who: &Identity, heads: Vec<(ConversationId, u64)>) -> AppResult<Vec<(ConversationId, u64)>> {
    let known: Vec<(ConversationId, i64, i64)> = sqlx::query_as(
        "select c.id, c.head, m.delivered_number from memberships m join conversations c on c.id = m.conversation_id
         where m.person_id = $1 and c.member_count <= $2",
    )
    .bind(who.person)
    .bind(POINTER_MEMBERS)
    .fetch_all(conn)
    .await?;
    let known: HashMap<ConversationId, (i64, i64)> = known.into_iter().map(|(id, head, delivered)| (id, (head, delivered))).collect();
    let news = heads.into_iter().filter_map(|(id, number)| {
        let (head, delivered) = known.get(&id)?;
        let number = signed(number).min(*head);
        (number > *delivered).then_some((id, number.unsigned_abs()))
    });
    Ok(news.collect())
}
