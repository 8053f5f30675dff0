//! Orders that end before they are paid. An order whose hold has ended reads as expired at once; the job writes it down and tells it.

use serde_json::{Value, json};

use super::{announce, moved, row};
use crate::model::orders::Order;
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, OrderId},
};
use plenum_events::model::order::{OrderAction, OrderState};
use plenum_store::{
    db::{Store, Tx},
    jobs::{self, Job},
};

/// The kind of the jobs that write down that an order has expired.
pub const EXPIRE: &str = "box_office.expire_order";

/// The job's key: one waits for each order.
fn key(id: OrderId) -> String {
    format!("{EXPIRE}:{id}")
}

/// Has an order looked at when its hold ends.
pub async fn schedule(tx: &mut Tx, id: OrderId, due_at: Millis) -> AppResult<()> {
    jobs::schedule(tx, Job { kind: EXPIRE, payload: json!({ "order": id }), unique_key: Some(key(id)), due_at }).await
}

/// Nothing needs to be looked at any more.
pub async fn unschedule(tx: &mut Tx, id: OrderId) -> AppResult<()> {
    jobs::cancel(tx, &key(id)).await
}

/// Ends an order that its hold has left behind; the handler of the jobs.
pub async fn expire(store: Store, payload: Value) -> AppResult<()> {
    let id = payload.get("order").and_then(Value::as_i64).map(OrderId).ok_or_else(AppError::internal)?;
    store.write(async move |tx: &mut Tx| look_at(tx, id).await).await
}

pub async fn look_at(tx: &mut Tx, id: OrderId) -> AppResult<()> {
    let Some(row) = row::find(tx, id).await? else { return Ok(()) };
    match row.until() {
        Some(until) if until <= tx.now() => end(tx, id, OrderAction::Expire, until).await.map(drop),
        // Its owner has taken more time.
        Some(until) => schedule(tx, id, until).await,
        None => Ok(()),
    }
}

/// Ends an order that is not paid, as of `at`, and tells it.
///
/// # Errors
/// 409 if it was paid or has ended.
pub async fn end(tx: &mut Tx, id: OrderId, action: OrderAction, at: Millis) -> AppResult<Order> {
    let state: OrderState = sqlx::query_scalar("select state from orders where id = $1")
        .bind(id)
        .fetch_optional(&mut **tx)
        .await?
        .ok_or_else(|| AppError::no_such("order"))?;
    let state = moved(state, action)?;
    sqlx::query("update orders set state = $2, ended_at = $3 where id = $1").bind(id).bind(state).bind(at).execute(&mut **tx).await?;
    sqlx::query("update order_lines set state = 'void' where order_id = $1 and state = 'open'").bind(id).execute(&mut **tx).await?;
    announce(tx, id).await
}
