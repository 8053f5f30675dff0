//! Counting what comes when, in the transactions that bring it.

use super::Row;
use crate::{
    live::BroadcastEvent,
    model::{
        Moment,
        moments::{MomentOf, stretch},
    },
};
use plenum_core::{error::AppResult, ids::BroadcastId};
use plenum_store::db::{Conn, Tx};

/// So many more have got, seen, read or followed it now (`more.at` says nothing); tells those who look.
pub(super) async fn add(tx: &mut Tx, row: &Row, more: Moment) -> AppResult<()> {
    if more == (Moment { at: more.at, ..Moment::default() }) {
        return Ok(());
    }
    let at = stretch(row.started_at.unwrap_or(row.due_at), tx.now());
    let (delivered, seen, read, acted): (u32, u32, u32, u32) = sqlx::query_as(
        "insert into broadcast_moments (broadcast_id, at, delivered, seen, read, acted) values ($1, $2, $3, $4, $5, $6)
         on conflict (broadcast_id, at) do update set delivered = broadcast_moments.delivered + excluded.delivered,
           seen = broadcast_moments.seen + excluded.seen, read = broadcast_moments.read + excluded.read,
           acted = broadcast_moments.acted + excluded.acted
         returning delivered, seen, read, acted",
    )
    .bind(row.id)
    .bind(at)
    .bind(more.delivered)
    .bind(more.seen)
    .bind(more.read)
    .bind(more.acted)
    .fetch_one(&mut **tx)
    .await?;
    let moment = Moment { at, delivered, seen, read, acted };
    tx.announce(row.organisation_id, &BroadcastEvent::MomentChanged(MomentOf { broadcast: row.id, moment }));
    Ok(())
}

/// What came when, by time.
pub(super) async fn moments_of_broadcast(conn: &mut Conn, id: BroadcastId) -> AppResult<Vec<Moment>> {
    let rows: Vec<(i64, u32, u32, u32, u32)> =
        sqlx::query_as("select at, delivered, seen, read, acted from broadcast_moments where broadcast_id = $1 order by at")
            .bind(id)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(at, delivered, seen, read, acted)| Moment { at, delivered, seen, read, acted }).collect())
}
