//! Sales for a server under test: what a buyer does, in one write.

use super::{
    holds::{self, HoldPolicy},
    orders::{self, Wish},
};
use crate::model::{hold::Wanted, orders::Order};
use plenum_core::{
    error::AppResult,
    ids::{EventId, SeatId},
    people::Identity,
};
use plenum_store::db::Tx;
use plenum_wallet::{
    model::Money,
    server::{fixtures::set_balance, ledger},
};

/// The first `count` seats of `event` that nobody has bought or holds.
pub async fn free_seats(tx: &mut Tx, event: EventId, count: u32) -> AppResult<Vec<SeatId>> {
    let seats = sqlx::query_scalar(
        "select s.id from seats s where s.event_id = $1
           and not exists (select 1 from order_lines l where l.seat_id = s.id and l.state = 'sold')
           and not exists (select 1 from held_seats h where h.seat_id = s.id and h.until > $2)
         order by s.id limit $3",
    );
    Ok(seats.bind(event).bind(tx.now()).bind(count).fetch_all(&mut **tx).await?)
}

/// Holds `seats` for `who` and pays for them; the wallet gets the price first and so has as much afterwards as before.
///
/// # Errors
/// As [`holds::hold`] and [`orders::pay`].
pub async fn sell(tx: &mut Tx, who: &Identity, event: EventId, seats: Vec<SeatId>, terms: HoldPolicy) -> AppResult<Order> {
    let held = holds::hold(tx, who, event, &Wanted { seats, standing: Vec::new() }, terms).await?;
    let order = orders::create(tx, who, held.id, &Wish::Keep).await?;
    let has = ledger::available(tx, who.person, order.total.currency).await?;
    let enough = Money::new(has.amount + order.total.amount, has.currency);
    set_balance(tx, who.organisation, who.person, enough).await?;
    orders::pay(tx, who, order.id, None).await?.paid()
}
