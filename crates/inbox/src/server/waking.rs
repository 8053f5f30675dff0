//! What time brings: what was put off comes back, what is old goes.

use serde_json::{Value, json};

use super::announce;
use crate::live::InboxEvent;
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, NotificationId, PersonId},
};
use plenum_store::{
    db::{Store, Tx},
    jobs::{self, Job},
};

/// The kind of the jobs that bring back what was put off.
pub const WAKE: &str = "inbox.wake";
const HOUR: Millis = 3_600_000;
/// How long a deleted notification can be had back.
const DELETED_KEPT: Millis = HOUR;
/// How long a notification is kept at all.
const KEPT: Millis = 180 * 24 * HOUR;
/// Rows of one step.
const PRUNED_AT_ONCE: i64 = 500;

/// Schedules the waking of a notification; another time for the same one replaces it.
pub(super) async fn schedule(tx: &mut Tx, id: NotificationId, until: Millis) -> AppResult<()> {
    let job = Job { kind: WAKE, payload: json!({ "notification": id }), unique_key: Some(format!("{WAKE}:{id}")), due_at: until };
    jobs::schedule(tx, job).await
}

/// Brings a notification back as news, if it is due; the handler of the jobs.
pub async fn wake(store: Store, payload: Value) -> AppResult<()> {
    let id = payload.get("notification").and_then(Value::as_i64).map(NotificationId).ok_or_else(AppError::internal)?;
    store
        .write(async move |tx: &mut Tx| {
            let due: Option<PersonId> =
                sqlx::query_scalar("select person_id from notifications where id = $1 and snoozed_until <= $2 and deleted_at is null")
                    .bind(id)
                    .bind(tx.now())
                    .fetch_optional(&mut **tx)
                    .await?;
            let Some(person) = due else { return Ok(()) };
            let number: i64 = sqlx::query_scalar("update inboxes set head = head + 1 where person_id = $1 returning head")
                .bind(person)
                .fetch_one(&mut **tx)
                .await?;
            sqlx::query(
                "update notifications set snoozed_until = null, seen_at = null, read_at = null, archived_at = null, number = $2 where id = $1",
            )
            .bind(id)
            .bind(number)
            .execute(&mut **tx)
            .await?;
            announce(tx, &[id], InboxEvent::NotificationCreated).await
        })
        .await
}

/// Forgets what was deleted and what is old. True if there may be more.
pub async fn prune(tx: &mut Tx) -> AppResult<bool> {
    let now = tx.now();
    let deleted = sqlx::query("delete from notifications where id in (select id from notifications where deleted_at < $1 limit $2)")
        .bind(now - DELETED_KEPT)
        .bind(PRUNED_AT_ONCE)
        .execute(&mut **tx)
        .await?;
    let old = sqlx::query(
        "delete from notifications where id in (select id from notifications where created_at < $1 and read_at is not null limit $2)",
    )
    .bind(now - KEPT)
    .bind(PRUNED_AT_ONCE)
    .execute(&mut **tx)
    .await?;
    Ok(deleted.rows_affected() + old.rows_affected() > 0)
}
