//! What a person does with their notifications.

use super::{
    announce, announce_gone, counts_of, digest,
    reading::{self, signed},
    waking,
};
use crate::{
    live::{InboxEvent, Swept},
    model::{Act, BulkAction, Preferences, check_snooze},
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, NotificationId, PersonId},
};
use plenum_store::db::Tx;

/// Deleted ones that one step of an undo brings back.
const RESTORED_AT_ONCE: i64 = 200;

/// Does something to one of `person`'s notifications; what is so already stays so.
///
/// # Errors
/// 404.
pub async fn act(tx: &mut Tx, person: PersonId, id: NotificationId, act: Act) -> AppResult<()> {
    let statement = match act {
        Act::Read => {
            "update notifications set read_at = coalesce(read_at, $3), seen_at = coalesce(seen_at, $3) where id = $1 and person_id = $2 and deleted_at is null"
        }
        Act::Follow => return follow(tx, person, id).await.map(drop),
        // What comes with the same key has a notification of its own by now, or will have.
        Act::Unread => {
            "update notifications set read_at = null, group_key = null where id = $1 and person_id = $2 and deleted_at is null and $3 > 0"
        }
        Act::Archive => {
            "update notifications set archived_at = coalesce(archived_at, $3), seen_at = coalesce(seen_at, $3) where id = $1 and person_id = $2 and deleted_at is null"
        }
        Act::Restore => {
            "update notifications set archived_at = null, deleted_at = null, snoozed_until = null, group_key = null where id = $1 and person_id = $2 and $3 > 0"
        }
        Act::Delete => "update notifications set deleted_at = coalesce(deleted_at, $3) where id = $1 and person_id = $2",
    };
    let changed = sqlx::query(statement).bind(id).bind(person).bind(tx.now()).execute(&mut **tx).await?;
    if changed.rows_affected() == 0 {
        return Err(AppError::no_such("notification"));
    }
    match act {
        Act::Delete => announce_gone(tx, &[(person, id)]).await,
        _ => announce(tx, &[id], InboxEvent::NotificationChanged).await,
    }
}

/// `person` goes where one of their notifications leads: it is read. Returns where that is. The inbox is where they are already: what
/// leads to nothing else is not followed.
///
/// # Errors
/// 404.
pub async fn follow(tx: &mut Tx, person: PersonId, id: NotificationId) -> AppResult<String> {
    let link: Option<String> = sqlx::query_scalar(
        "update notifications set read_at = coalesce(read_at, $3), seen_at = coalesce(seen_at, $3),
           acted_at = case when link = '/inbox' then acted_at else coalesce(acted_at, $3) end
         where id = $1 and person_id = $2 and deleted_at is null returning link",
    )
    .bind(id)
    .bind(person)
    .bind(tx.now())
    .fetch_optional(&mut **tx)
    .await?;
    let link = link.ok_or_else(|| AppError::no_such("notification"))?;
    announce(tx, &[id], InboxEvent::NotificationChanged).await?;
    Ok(link)
}

/// Does something to all of `person`'s notifications up to number `up_to` (I11). Returns when, by which [`undo_clear`] finds them.
pub async fn sweep(tx: &mut Tx, person: PersonId, what: BulkAction, up_to: u64) -> AppResult<Millis> {
    sweep_between(tx, person, what, 0, up_to).await
}

/// The same from behind number `after` on.
pub async fn sweep_between(tx: &mut Tx, person: PersonId, what: BulkAction, after: u64, up_to: u64) -> AppResult<Millis> {
    let statement = match what {
        BulkAction::Seen => {
            "update notifications set seen_at = $3 where person_id = $1 and number <= $2 and number > $4 and seen_at is null and snoozed_until is null and deleted_at is null"
        }
        BulkAction::Read => {
            "update notifications set read_at = $3, seen_at = coalesce(seen_at, $3)
             where person_id = $1 and number <= $2 and number > $4 and read_at is null and snoozed_until is null and deleted_at is null"
        }
        BulkAction::Clear => {
            "update notifications set deleted_at = $3
             where person_id = $1 and number <= $2 and number > $4 and archived_at is null and snoozed_until is null and deleted_at is null"
        }
    };
    let up_to = up_to.min(counts_of(tx, person).await?.1);
    let now = tx.now();
    let changed = sqlx::query(statement).bind(person).bind(signed(up_to)).bind(now).bind(signed(after)).execute(&mut **tx).await?;
    if changed.rows_affected() > 0 {
        let (counts, head) = counts_of(tx, person).await?;
        tx.announce(person, &InboxEvent::NotificationsSwept(Swept { what, after, up_to, counts, head }));
    }
    Ok(tx.now())
}

/// Brings back what was cleared away at `at`, some at a time. True if there may be more.
pub async fn undo_clear(tx: &mut Tx, person: PersonId, at: Millis) -> AppResult<bool> {
    let ids: Vec<NotificationId> = sqlx::query_scalar(
        "update notifications set deleted_at = null, group_key = null
         where id in (select id from notifications where person_id = $1 and deleted_at = $2 order by number desc limit $3) returning id",
    )
    .bind(person)
    .bind(at)
    .bind(RESTORED_AT_ONCE)
    .fetch_all(&mut **tx)
    .await?;
    announce(tx, &ids, InboxEvent::NotificationChanged).await?;
    Ok(i64::try_from(ids.len()).is_ok_and(|count| count == RESTORED_AT_ONCE))
}

/// Puts one of `person`'s notifications off: it is gone until `until`, and then news.
///
/// # Errors
/// 404; 422 `until`.
pub async fn snooze(tx: &mut Tx, person: PersonId, id: NotificationId, until: Millis) -> AppResult<()> {
    let until = check_snooze(tx.now(), until)?;
    let changed = sqlx::query(
        "update notifications set snoozed_until = $3, group_key = null where id = $1 and person_id = $2 and deleted_at is null",
    )
    .bind(id)
    .bind(person)
    .bind(until)
    .execute(&mut **tx)
    .await?;
    if changed.rows_affected() == 0 {
        return Err(AppError::no_such("notification"));
    }
    waking::schedule(tx, id, until).await?;
    announce_gone(tx, &[(person, id)]).await
}

/// How `person` wants to be told from now on, and what is kept of that; all of their tabs hear of it.
pub async fn set_preferences(tx: &mut Tx, person: PersonId, preferences: &Preferences) -> AppResult<Preferences> {
    sqlx::query(
        "insert into inboxes (person_id, quiet_from, quiet_until, sound) values ($1, $2, $3, $4)
         on conflict (person_id) do update set quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until, sound = excluded.sound",
    )
    .bind(person)
    .bind(preferences.quiet.map(|quiet| quiet.from))
    .bind(preferences.quiet.map(|quiet| quiet.until))
    .bind(preferences.sound)
    .execute(&mut **tx)
    .await?;
    digest::set(tx, person, preferences.digest).await?;
    sqlx::query("delete from notification_refusals where person_id = $1").bind(person).execute(&mut **tx).await?;
    for (category, way) in preferences.refused.iter().filter(|(category, _)| !category.is_locked()) {
        sqlx::query("insert into notification_refusals (person_id, category, way) values ($1, $2, $3) on conflict do nothing")
            .bind(person)
            .bind(category)
            .bind(way)
            .execute(&mut **tx)
            .await?;
    }
    let kept = reading::preferences(tx, person).await?;
    tx.announce(person, &InboxEvent::PreferencesChanged(kept.clone()));
    Ok(kept)
}
