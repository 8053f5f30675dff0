//! Whoever came in before an event was put off comes in again at its new time. A job takes their tickets up some at a time, so that the
//! writer is free in between however many came (I33).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::QueryBuilder;

use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, Millis, OrderId, TicketId},
};
use plenum_store::{
    db::{Db, Store, Tx, push_list},
    jobs::{self, Job},
};
use plenum_tickets::server::{check_ins, tickets};

/// The job.
pub const READMIT: &str = "box_office.readmit";
/// Orders of one write.
const AT_ONCE: i64 = 20;

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Payload {
    event: EventId,
    /// Who came in later came in at the new time.
    until: Millis,
}

/// Sees to it that the tickets which have admitted to `event` so far admit once more.
pub async fn schedule(tx: &mut Tx, event: EventId) -> AppResult<()> {
    let came: bool = sqlx::query_scalar("select exists (select 1 from tickets where event_id = $1 and state = 'used')")
        .bind(event)
        .fetch_one(&mut **tx)
        .await?;
    if !came {
        return Ok(());
    }
    let due_at = tx.now();
    let payload = json!(Payload { event, until: due_at });
    jobs::schedule(tx, Job { kind: READMIT, payload, unique_key: Some(format!("{READMIT}:{event}")), due_at }).await
}

/// Takes up all of them; the handler of the jobs.
///
/// # Errors
/// If the payload cannot be read; those of the database.
pub async fn run(store: Store, payload: Value) -> AppResult<()> {
    let Payload { event, until } = serde_json::from_value(payload).map_err(|error| {
        tracing::error!(%error, "a readmission cannot be read");
        AppError::internal()
    })?;
    while store.write(async move |tx: &mut Tx| step(tx, event, until).await).await? {}
    Ok(())
}

/// Takes up those of some orders. True if there may be more.
pub async fn step(tx: &mut Tx, event: EventId, until: Millis) -> AppResult<bool> {
    let orders: Vec<OrderId> = sqlx::query_scalar(
        "select distinct l.order_id from tickets t join order_lines l on l.id = t.order_line_id
         where t.event_id = $1 and t.state = 'used' and t.used_at <= $2 order by l.order_id limit $3",
    )
    .bind(event)
    .bind(until)
    .bind(AT_ONCE)
    .fetch_all(&mut **tx)
    .await?;
    if orders.is_empty() {
        return Ok(false);
    }
    let now = tx.now();
    let mut valid = QueryBuilder::<Db>::new("update tickets set state = 'valid', used_at = null, checked_by = null where event_id = ");
    valid.push_bind(event).push(" and state = 'used' and used_at <= ").push_bind(until);
    valid.push(" and order_line_id in (select id from order_lines where order_id in ");
    push_list(&mut valid, orders.iter().copied());
    let taken_up: Vec<TicketId> = valid.push(") returning id").build_query_scalar().fetch_all(&mut **tx).await?;
    let mut undone = QueryBuilder::<Db>::new("update check_ins set undone_at = ");
    undone.push_bind(now).push(" where undone_at is null and ticket_id in ");
    push_list(&mut undone, taken_up);
    undone.build().execute(&mut **tx).await?;
    check_ins::announce(tx, event).await?;
    for order in orders {
        tickets::order_tickets_announce(tx, order).await?;
    }
    Ok(true)
}
