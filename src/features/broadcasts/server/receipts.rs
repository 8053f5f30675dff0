//! What becomes of a broadcast at its recipients: seen, read.
//!
//! The inbox marks notifications; a trigger leaves a row in `broadcast_marks` for those of broadcasts. Here these rows become the
//! recipients' statuses, forward only, and counts, some at a time, about a second after the mark.

use std::time::Duration;

use sqlx::QueryBuilder;

use super::announce;
use crate::{
    error::AppResult,
    features::inbox::server::push_list,
    ids::{BroadcastId, PersonId},
    server::db::{Db, Store, Tx},
};

/// How often it is looked whether there are marks.
const LOOK: Duration = Duration::from_secs(1);
/// Marks of one step.
const AT_ONCE: i64 = 100;

/// Turns marks into receipts as they come; ends with the process.
pub async fn follow_receipts(store: Store) {
    loop {
        tokio::time::sleep(LOOK).await;
        loop {
            match any(&store).await {
                Ok(false) => break,
                Ok(true) => {
                    if let Err(error) = store.write(async |tx: &mut Tx| take(tx).await).await {
                        tracing::warn!(%error, "receipts of broadcasts are not counted");
                        break;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "receipts of broadcasts cannot be read");
                    break;
                }
            }
        }
    }
}

async fn any(store: &Store) -> AppResult<bool> {
    Ok(sqlx::query_scalar("select exists (select 1 from broadcast_marks)").fetch_one(&mut *store.look().await?).await?)
}

/// Takes some marks in.
///
/// # Errors
/// If the database refuses.
pub(super) async fn take(tx: &mut Tx) -> AppResult<()> {
    let mut marks: Vec<(BroadcastId, PersonId, bool)> = sqlx::query_as(
        "delete from broadcast_marks where (broadcast_id, person_id) in (select broadcast_id, person_id from broadcast_marks limit $1)
         returning broadcast_id, person_id, read",
    )
    .bind(AT_ONCE)
    .fetch_all(&mut **tx)
    .await?;
    marks.sort_unstable();
    for marks in marks.chunk_by(|(one, ..), (other, ..)| one == other) {
        let Some((id, ..)) = marks.first() else { continue };
        let all = marks.iter().map(|(_, person, _)| *person);
        let readers = marks.iter().filter(|(.., read)| *read).map(|(_, person, _)| *person);
        let seen = forward(tx, *id, ("delivered", "seen"), all.collect()).await?;
        let read = forward(tx, *id, ("seen", "read"), readers.collect()).await?;
        if seen + read == 0 {
            continue;
        }
        sqlx::query("update broadcasts set seen = seen + $2, read = read + $3 where id = $1")
            .bind(id)
            .bind(seen)
            .bind(read)
            .execute(&mut **tx)
            .await?;
        announce(tx, *id).await?;
    }
    Ok(())
}

/// Those of `people` who are at the one status go to the other; how many did. Whoever is further stays there.
async fn forward(tx: &mut Tx, id: BroadcastId, (from, to): (&'static str, &'static str), people: Vec<PersonId>) -> AppResult<i64> {
    if people.is_empty() {
        return Ok(0);
    }
    let mut query = QueryBuilder::<Db>::new("update broadcast_recipients set status = ");
    query.push_bind(to).push(", at = ").push_bind(tx.now()).push(" where status = ").push_bind(from);
    query.push(" and broadcast_id = ").push_bind(id).push(" and person_id in ");
    push_list(&mut query, people);
    let moved = query.build().execute(&mut **tx).await?.rows_affected();
    Ok(i64::try_from(moved).unwrap_or(i64::MAX))
}
