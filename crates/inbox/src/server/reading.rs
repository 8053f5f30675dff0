//! Pages of notifications, and how a person wants to be told.

use sqlx::QueryBuilder;

use super::{COLUMNS, Row, absence, counts_of, rows};
use crate::model::{Beginning, Category, Digest, Filter, Folder, Inbox, Notification, PAGE, Preferences, Quiet, Way};
use plenum_core::{
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{NotificationId, PersonId},
    live::Snapshot,
    people::Identity,
};
use plenum_store::{
    db::{self, Conn, Db},
    log,
};

/// A page of what `filter` shows of one's own, below number `before`; with where its channel stands.
pub async fn page(conn: &mut Conn, who: &Identity, epoch: &Epoch, filter: Filter, before: Option<u64>) -> AppResult<Snapshot<Inbox>> {
    let state = down_to(conn, who.person, filter, before, None).await?;
    let cursors = log::cursors(conn, epoch, &[Channel::Person(who.person)]).await?;
    Ok(Snapshot { state, cursors })
}

/// The same for a person; all from number `floor` on instead of a page, if that is said.
pub async fn down_to(conn: &mut Conn, person: PersonId, filter: Filter, before: Option<u64>, floor: Option<u64>) -> AppResult<Inbox> {
    let mut query = QueryBuilder::<Db>::new("select ");
    query.push(COLUMNS).push(" from notifications n left join people p on p.id = n.actor_id where n.person_id = ").push_bind(person);
    query.push(match filter.shelf {
        Folder::Inbox => " and n.archived_at is null",
        Folder::Unread => " and n.archived_at is null and n.read_at is null",
        Folder::Archive => " and n.archived_at is not null",
    });
    query.push(" and n.snoozed_until is null and n.deleted_at is null");
    if let Some(category) = filter.category {
        query.push(" and n.category = ").push_bind(category);
    }
    if let Some(before) = before {
        query.push(" and n.number < ").push_bind(signed(before));
    }
    if let Some(floor) = floor {
        query.push(" and n.number >= ").push_bind(signed(floor));
    }
    query.push(" order by n.number desc");
    if floor.is_none() {
        query.push(" limit ").push_bind(signed(PAGE as u64));
    }
    let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *conn).await?;
    let notifications: Vec<Notification> = rows.into_iter().map(Row::notification).collect();
    let floor =
        floor.unwrap_or_else(|| if notifications.len() == PAGE { notifications.last().map_or(0, |oldest| oldest.number) } else { 0 });
    let (counts, head) = counts_of(conn, person).await?;
    Ok(Inbox { filter, notifications, floor, counts, head })
}

/// One notification of `person`, wherever in their inbox it is.
///
/// # Errors
/// 404 if there is none, or it is put off or deleted.
pub async fn one(conn: &mut Conn, person: PersonId, id: NotificationId) -> AppResult<Notification> {
    let found = rows(conn, &[id]).await?.into_iter().find(|row| row.person_id == person);
    found.map(Row::notification).ok_or_else(|| AppError::no_such("notification"))
}

pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// What every page of who asks begins with.
pub async fn beginning(conn: &mut Conn, who: &Identity, epoch: &Epoch) -> AppResult<Snapshot<Beginning>> {
    let Snapshot { state: inbox, cursors } = page(conn, who, epoch, Filter::default(), None).await?;
    let preferences = preferences(conn, who.person).await?;
    let absence = absence(conn, who.person, db::now()).await?.map(|(absence, _)| absence);
    Ok(Snapshot { state: Beginning { inbox, preferences, absence }, cursors })
}

/// How `person` wants to be told.
pub async fn preferences(conn: &mut Conn, person: PersonId) -> AppResult<Preferences> {
    let refused: Vec<(Category, Way)> =
        sqlx::query_as("select category, way from notification_refusals where person_id = $1 order by category, way")
            .bind(person)
            .fetch_all(&mut *conn)
            .await?;
    let row: Option<Wishes> =
        sqlx::query_as("select quiet_from, quiet_until, sound, digest, digest_hour, digest_texts from inboxes where person_id = $1")
            .bind(person)
            .fetch_optional(conn)
            .await?;
    let Some(row) = row else { return Ok(Preferences { refused, ..Preferences::default() }) };
    Ok(Preferences {
        refused,
        quiet: row.quiet_from.zip(row.quiet_until).map(|(from, until)| Quiet { from, until }),
        sound: row.sound,
        digest: row.digest.then_some(Digest { hour: row.digest_hour, texts: row.digest_texts }),
    })
}

#[derive(sqlx::FromRow)]
struct Wishes {
    quiet_from: Option<u16>,
    quiet_until: Option<u16>,
    sound: bool,
    digest: bool,
    digest_hour: u8,
    digest_texts: bool,
}
