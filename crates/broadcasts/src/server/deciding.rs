//! The winner of a sample: chosen by its figures when its time has come, or by somebody before.

use super::{Row, announce, move_on, not_now, own, require, sending};
use crate::model::{Action, Broadcast, Funnel, Ground, Measure, State, Winner, figures};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{BroadcastId, Millis, PersonId},
    people::Identity,
};
use plenum_store::db::{Conn, Tx};

const HOUR: Millis = 3_600_000;

/// The sample has it: the rest waits for the winner.
pub(super) async fn wait(tx: &mut Tx, row: &Row) -> AppResult<()> {
    let now = tx.now();
    let hours = row.sample().map_or(0, |sample| Millis::from(sample.hours));
    let nobody = all(tx, row).await?.delivered == 0;
    // Of a sample that nobody got nothing comes, however long one waits. And who was paused while waiting waits no longer for that.
    let decide_at = row.decide_at.unwrap_or(if nobody { now } else { now + hours * HOUR });
    move_on(tx, row, Action::Await, None).await?;
    sqlx::query("update broadcasts set decide_at = $2 where id = $1").bind(row.id).bind(decide_at).execute(&mut **tx).await?;
    sending::schedule(tx, row.id, decide_at).await
}

async fn all(conn: &mut Conn, row: &Row) -> AppResult<Funnel> {
    Ok(row.variants(conn).await?.iter().map(|variant| variant.funnel).fold(Funnel::default(), Funnel::plus))
}

/// Chooses the winner if its time has come, by the figures as they are then. True if there is more to do now.
pub(super) async fn by_itself(tx: &mut Tx, row: &Row) -> AppResult<bool> {
    let now = tx.now();
    match row.decide_at {
        Some(at) if at > now => {
            sending::schedule(tx, row.id, at).await?;
            Ok(false)
        }
        _ => {
            let measure = row.sample().map_or(Measure::Read, |sample| sample.measure);
            let winner = figures::leader(&row.variants(tx).await?, measure).ok_or_else(AppError::internal)?;
            decide(tx, row, winner, None).await?;
            announce(tx, row.id).await?;
            Ok(true)
        }
    }
}

async fn decide(tx: &mut Tx, row: &Row, winner: Winner, by: Option<PersonId>) -> AppResult<()> {
    move_on(tx, row, Action::Decide, by).await?;
    sqlx::query("update broadcasts set winner = $2, ground = $3 where id = $1")
        .bind(row.id)
        .bind(winner.variant)
        .bind(winner.ground)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Lets the rest have `variant` now.
///
/// # Errors
/// 403; 404; 409 unless the rest waits for it; 422 `variant`.
pub async fn choose(tx: &mut Tx, who: &Identity, id: BroadcastId, variant: u8) -> AppResult<Broadcast> {
    require(tx, who).await?;
    let row = own(tx, who, id).await?;
    if row.state != State::Deciding {
        return Err(not_now());
    }
    if usize::from(variant) >= row.variants(tx).await?.len() {
        return Err(AppError::invalid("variant", "There is no such variant."));
    }
    decide(tx, &row, Winner { variant, ground: Ground::Chosen }, Some(who.person)).await?;
    let now = tx.now();
    sending::schedule(tx, id, now).await?;
    announce(tx, id).await
}
