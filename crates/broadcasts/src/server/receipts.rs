//! What becomes of a broadcast at its recipients: seen, read, followed.
//!
//! The inbox marks notifications; a trigger leaves a row in `broadcast_marks` for those of broadcasts. Here these rows become the
//! recipients' statuses, forward only, and counts, some at a time, about a second after the mark.

use std::time::Duration;

use sqlx::QueryBuilder;

use super::{announce, delivering::by_variant, moments, row};
use crate::model::Moment;
use plenum_core::{
    clock,
    error::AppResult,
    ids::{BroadcastId, PersonId},
};
use plenum_store::db::{Db, Store, Tx, push_list};

/// How often it is looked whether there are marks.
const LOOK: Duration = Duration::from_secs(1);
/// Marks of one step.
const AT_ONCE: i64 = 100;

/// Turns marks into receipts as they come; ends with the process.
pub async fn follow_receipts(store: Store) {
    loop {
        clock::sleep(LOOK).await;
        loop {
            match any(&store).await {
                Ok(false) => break,
                Ok(true) => {
                    if let Err(error) = store.write(async |tx: &mut Tx| marks_write(tx).await).await {
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
pub(super) async fn marks_write(tx: &mut Tx) -> AppResult<()> {
    let mut marks: Vec<(BroadcastId, PersonId, u8)> = sqlx::query_as(
        "delete from broadcast_marks where (broadcast_id, person_id) in (select broadcast_id, person_id from broadcast_marks limit $1)
         returning broadcast_id, person_id, level",
    )
    .bind(AT_ONCE)
    .fetch_all(&mut **tx)
    .await?;
    marks.sort_unstable();
    for marks in marks.chunk_by(|(one, ..), (other, ..)| one == other) {
        let Some((id, ..)) = marks.first() else { continue };
        let Some(row) = row(tx, *id).await? else { continue };
        let mut moved = [0; 3];
        for (count, step) in moved.iter_mut().zip(&STEPS) {
            let people = marks.iter().filter(|(.., level)| *level >= step.level).map(|(_, person, _)| *person).collect();
            *count = forward(tx, *id, step, people).await?;
        }
        let [seen, read, acted] = moved;
        if seen + read + acted > 0 {
            moments::add(tx, &row, Moment { seen, read, acted, ..Moment::default() }).await?;
            announce(tx, *id).await?;
        }
    }
    Ok(())
}

/// A step of a status: whoever has come to `level` and is at `from` is at `to`.
struct Step {
    level: u8,
    from: &'static str,
    to: &'static str,
    since: &'static str,
}

/// All of them, in order: whoever has followed it has read it, and whoever has read it has seen it.
const STEPS: [Step; 3] = [
    Step { level: 1, from: "delivered", to: "seen", since: "seen_at" },
    Step { level: 2, from: "seen", to: "read", since: "read_at" },
    Step { level: 3, from: "read", to: "acted", since: "acted_at" },
];

/// Takes `people` one step further; how many that were. Whoever is further stays there.
async fn forward(tx: &mut Tx, id: BroadcastId, step: &Step, people: Vec<PersonId>) -> AppResult<u32> {
    if people.is_empty() {
        return Ok(0);
    }
    let mut query = QueryBuilder::<Db>::new("update broadcast_recipients set status = ");
    query.push_bind(step.to).push(", ").push(step.since).push(" = ").push_bind(tx.now());
    query.push(" where status = ").push_bind(step.from).push(" and broadcast_id = ").push_bind(id).push(" and person_id in ");
    push_list(&mut query, people);
    query.push(" returning variant");
    let variants: Vec<u8> = query.build_query_scalar().fetch_all(&mut **tx).await?;
    for (variant, count) in by_variant(&variants) {
        let mut query = QueryBuilder::<Db>::new("update broadcast_variants set ");
        query.push(step.to).push(" = ").push(step.to).push(" + ").push_bind(count);
        query.push(" where broadcast_id = ").push_bind(id).push(" and number = ").push_bind(variant);
        query.build().execute(&mut **tx).await?;
    }
    Ok(u32::try_from(variants.len()).unwrap_or(u32::MAX))
}
