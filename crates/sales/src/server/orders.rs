//! Orders: what somebody buys of a hold.
//!
//! - [`making`]: an order is made of a hold, and follows it: what is in the basket when it is paid is what is bought, at the price that
//!   its owner has seen.
//! - [`card`]: an order that is paid by card, on a gateway's page.
//! - [`paying`]: one transaction in which the hold is judged, the money moves, the places are sold and the tickets are there (I5).
//! - [`refunding`]: lines that are given back, one order's or, of a cancelled event, everybody's.
//! - [`expiring`]: an order ends with its hold, whoever looks; a job writes it down and tells it.
//! - [`reading`]: pages and lists.
//!
//! Each transaction that changes an order announces all of it as it is then: a page and its events are never apart (I25).

pub mod card;
pub mod expiring;
mod making;
mod paying;
mod reading;
mod refunding;
mod row;

pub use expiring::{EXPIRE, expire};
pub use making::{Wish, cancel, create, follow_hold};
pub use paying::{Outcome, pay};
pub use reading::{list, page, quote};
pub use refunding::{REFUND_ALL, Wanted, refund, refund_all};
pub use row::read;

use super::super::live::orders::*;
use crate::{
    model::{
        orders::{Order, OrderHead},
        paying::Takes,
    },
    words::orders as words,
};
use plenum_core::ids::EventId;
use plenum_core::people::Role;
use plenum_core::{
    error::{AppError, AppResult},
    ids::{OrderId, PersonId},
    people::Identity,
};
use plenum_directory::server::has_role;
use plenum_events::model::order::{OrderAction, OrderState, transition};
use plenum_events::server::access::is_run_by;
use plenum_live::rules::Who;
use plenum_store::db::{Conn, Tx};
use plenum_wallet::server::{card as wallet_card, gateway};
use plenum_web::state::AppState;
use row::Row;

/// How money is taken here.
pub fn takes(state: &AppState) -> Takes {
    Takes { deposits: gateway::takes_deposits(state), card: wallet_card::here(state).is_some() }
}

/// A row that `who` may see: their own, or of an event that they handle the orders of. And whether they do.
async fn visible(conn: &mut Conn, who: &Identity, id: OrderId) -> AppResult<(Row, bool)> {
    let row = row::find(conn, id).await?.filter(|row| row.organisation_id == who.organisation).ok_or_else(|| AppError::no_such("order"))?;
    let handles = handles_orders(conn, row.event_id, who.person).await?;
    if row.person_id == who.person || handles { Ok((row, handles)) } else { Err(AppError::no_such("order")) }
}

/// A row of one's own.
async fn own(conn: &mut Conn, who: &Identity, id: OrderId) -> AppResult<Row> {
    let (row, _) = visible(conn, who, id).await?;
    if row.person_id == who.person { Ok(row) } else { Err(AppError::forbidden("Only whoever has ordered this can do that.")) }
}

/// What an order becomes by `action`.
///
/// # Errors
/// 409, in the words of where it is.
fn moved(state: OrderState, action: OrderAction) -> AppResult<OrderState> {
    transition(state, action).ok_or_else(|| AppError::conflict(words::cannot(state, action)))
}

/// Tells its owner's pages, and whoever looks at it, how an order is now.
async fn announce(tx: &mut Tx, id: OrderId) -> AppResult<Order> {
    let now = tx.now();
    let order = read(tx, id, now).await?;
    let (order_id, order_number, status) = (order.id, order.number.clone(), order.state);
    let message = words::message(&order.number, status);
    let owner: PersonId = order.buyer.id;
    let of_owner =
        OwnOrderUpdated { order_id, order_number: order_number.clone(), status, message: message.clone(), head: OrderHead::from(&order) };
    tx.announce(order_id, &OrderEvent::OrderUpdated(OrderUpdated { order_id, order_number, status, message, order: order.clone() }));
    tx.announce(owner, &OwnOrderEvent::OrderUpdated(of_owner));
    Ok(order)
}

/// True if `who` may follow an order: it is theirs, or they run its event or its organisation, or help people of it.
pub async fn may_follow_order(conn: &mut Conn, order: OrderId, who: &Who) -> AppResult<bool> {
    let row: Option<(PersonId, EventId)> = sqlx::query_as("select person_id, event_id from orders where id = $1 and organisation_id = $2")
        .bind(order)
        .bind(who.organisation)
        .fetch_optional(&mut *conn)
        .await?;
    let Some((owner, event)) = row else { return Ok(false) };
    Ok(owner == who.person || handles_orders(conn, event, who.person).await?)
}

/// True if `person` sees and gives back what others of their organisation have bought of `event`: its staff, agents, admins.
pub async fn handles_orders(conn: &mut Conn, event: EventId, person: PersonId) -> AppResult<bool> {
    let helps = has_role(conn, person, Role::Agent).await? || has_role(conn, person, Role::Admin).await?;
    Ok(helps || is_run_by(conn, event, person).await?)
}
