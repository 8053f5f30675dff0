//! The server's side of the inbox.
//!
//! - [`mod@notify`]: what other features call within their transactions: something concerns people, was read, undone, said otherwise.
//! - `parts`: the subjects that a notification stands for, and its removal when they are undone.
//! - `states`: what a person does with their notifications; `waking`: what was put off comes back.
//! - `reading`: pages, counts, preferences; `away`: when somebody was away, and what came then.
//! - [`digest`]: the mail a day; [`unsubscribe`]: how it ends without signing in.
//! - `following`: the way from a notification to where it leads, without scripts.
//!
//! Counts are counted over the rows in the transaction that changes them, so that they are equal in
//! every tab (I11).

mod away;
pub mod digest;
mod following;
mod notify;
mod parts;
pub mod reading;
mod seed;
mod states;
#[cfg(test)]
mod tests;
pub mod unsubscribe;
mod waking;

pub use away::{absence, away, note_here};
pub use following::routes;
pub use notify::{News, notify, notify_each, read_thread, retell, willing};
pub use parts::{retract, retract_from, told_of};
pub use reading::{beginning, one, page, preferences};
pub use seed::{notified_at, seed_absence, settle};
pub use states::{act, follow, set_preferences, snooze, sweep, sweep_between, undo_clear};
pub use waking::{WAKE, prune, wake};

use sqlx::QueryBuilder;

use super::{
    live::{Changed, Gone, InboxEvent},
    model::{Category, Notification},
};
use plenum_core::counts::Counts;
use plenum_core::{
    error::AppResult,
    ids::{Millis, NotificationId, PersonId},
    people::PersonCard,
};
use plenum_store::db::{Conn, Db, Tx, push_list};

/// The columns of a [`Row`], of `notifications n left join people p on p.id = n.actor_id`.
const COLUMNS: &str =
    "n.id, n.person_id, n.number, n.category, n.title, n.text, n.link, n.place, n.count, n.created_at, n.seen_at is not null as seen,
    n.read_at, n.archived_at is not null as archived, p.id as actor_id, p.name as actor_name, p.hue as actor_hue";

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: NotificationId,
    person_id: PersonId,
    number: i64,
    category: Category,
    title: String,
    text: String,
    link: String,
    place: String,
    count: u32,
    created_at: Millis,
    seen: bool,
    read_at: Option<Millis>,
    archived: bool,
    actor_id: Option<PersonId>,
    actor_name: Option<String>,
    actor_hue: Option<u8>,
}

impl Row {
    fn notification(self) -> Notification {
        let actor = match (self.actor_id, self.actor_name, self.actor_hue) {
            (Some(id), Some(name), Some(hue)) => Some(PersonCard { id, name, hue }),
            _ => None,
        };
        Notification {
            id: self.id,
            number: self.number.unsigned_abs(),
            category: self.category,
            title: self.title,
            text: self.text,
            link: self.link,
            place: self.place,
            actor,
            count: self.count,
            at: self.created_at,
            seen: self.seen,
            read: self.read_at.is_some(),
            archived: self.archived,
        }
    }
}

/// Those of these notifications that are there, not deleted or put off, as they are now.
async fn rows(conn: &mut Conn, ids: &[NotificationId]) -> AppResult<Vec<Row>> {
    let mut query = QueryBuilder::<Db>::new("select ");
    query.push(COLUMNS).push(" from notifications n left join people p on p.id = n.actor_id where n.id in ");
    push_list(&mut query, ids.iter().copied());
    query.push(" and n.deleted_at is null and n.snoozed_until is null order by n.number");
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// What there is for each of `people`, and the number of their newest notification.
async fn counts(conn: &mut Conn, people: &[PersonId]) -> AppResult<Vec<(PersonId, Counts, u64)>> {
    let mut query = QueryBuilder::<Db>::new(
        "select i.person_id, i.head, count(n.id), count(case when n.seen_at is null then n.id end),
           count(case when n.seen_at is null and n.category not in ('mentions', 'replies', 'messages') then n.id end)
         from inboxes i left join notifications n on n.person_id = i.person_id and n.read_at is null and n.archived_at is null
           and n.snoozed_until is null and n.deleted_at is null
         where i.person_id in ",
    );
    push_list(&mut query, people.iter().copied());
    query.push(" group by i.person_id, i.head");
    let rows: Vec<(PersonId, i64, u32, u32, u32)> = query.build_query_as().fetch_all(conn).await?;
    let counted =
        rows.into_iter().map(|(person, head, unread, unseen, beside)| (person, Counts { unseen, unread, beside }, head.unsigned_abs()));
    Ok(counted.collect())
}

/// What there is for one person, and the number of their newest notification.
pub async fn counts_of(conn: &mut Conn, person: PersonId) -> AppResult<(Counts, u64)> {
    Ok(counts(conn, &[person]).await?.pop().map(|(_, counts, head)| (counts, head)).unwrap_or_default())
}

/// Tells the people whose notifications these are how they are now.
async fn announce(tx: &mut Tx, ids: &[NotificationId], event: fn(Changed) -> InboxEvent) -> AppResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let rows = rows(tx, ids).await?;
    let mut people: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
    people.sort_unstable();
    people.dedup();
    let counts = counts(tx, &people).await?;
    for row in rows {
        let person = row.person_id;
        let Some((_, counts, head)) = counts.iter().find(|(whose, ..)| *whose == person) else { continue };
        let read_at = row.read_at;
        tx.announce(person, &event(Changed { notification: row.notification(), read_at, counts: *counts, head: *head }));
    }
    Ok(())
}

/// Tells people that a notification of theirs is gone.
async fn announce_gone(tx: &mut Tx, gone: &[(PersonId, NotificationId)]) -> AppResult<()> {
    for (person, id) in gone {
        let (counts, head) = counts_of(tx, *person).await?;
        tx.announce(*person, &InboxEvent::NotificationRemoved(Gone { id: *id, counts, head }));
    }
    Ok(())
}
