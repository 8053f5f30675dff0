//! An order of a hold, and that it follows it.
//!
//! An order has the places and prices of its hold: whatever changes the basket calls [`follow_hold`] in the same transaction, which prices
//! the order anew and tells who looks at it. Who pays says which total they have seen, so that nobody pays another one.

use sqlx::QueryBuilder;

use super::{announce, expiring, moved, own, row};
use crate::{
    model::{
        orders::{Line, LineState, Order, number, state_at},
        promo::{Code, Off},
    },
    server::{holds, promo},
    words::orders as words,
};
use plenum_core::{
    error::{AppError, AppResult, ErrorCode},
    ids::{EventId, HoldId, Millis, OrderId, PersonId, PromoCodeId, SeatId, TicketTypeId},
    people::Identity,
};
use plenum_events::model::{
    event::EventState,
    order::{OrderAction, OrderState},
};
use plenum_store::db::{Conn, Db, Tx};
use plenum_wallet::model::Currency;

/// Rows of one statement at the most.
const AT_ONCE: usize = 100;

/// What the buyer wants of promo codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// The one that the order has, if it has one.
    Keep,
    /// None.
    Nothing,
    /// This one.
    Use(Code),
}

impl Wish {
    /// Reads what a form holds: no field keeps what is, an empty one takes it away.
    ///
    /// # Errors
    /// 422 `promo`.
    pub fn parse(text: Option<&str>) -> AppResult<Self> {
        let Some(text) = text else { return Ok(Self::Keep) };
        Ok(Code::parse(text)?.map_or(Self::Nothing, Self::Use))
    }
}

/// A hold, as one who wants to buy it finds it.
#[derive(sqlx::FromRow)]
pub struct HoldRow {
    pub person_id: PersonId,
    pub event_id: EventId,
    pub active: bool,
    pub until: Millis,
    pub event_state: EventState,
    pub currency: Currency,
    pub order_id: Option<OrderId>,
}

impl HoldRow {
    /// The hold `id` of who asks.
    pub async fn own(conn: &mut Conn, who: &Identity, id: HoldId) -> AppResult<Self> {
        let row: Option<Self> = sqlx::query_as(
            "select h.person_id, h.event_id, h.state = 'active' as active, h.until, e.state as event_state, e.currency, o.id as order_id
             from holds h join events e on e.id = h.event_id left join orders o on o.hold_id = h.id where h.id = $1",
        )
        .bind(id)
        .fetch_optional(conn)
        .await?;
        row.filter(|row| row.person_id == who.person).ok_or_else(|| AppError::no_such("hold"))
    }

    /// 409 unless its places can be bought at `now`. The sales window says when one can hold; what is held within it can be paid.
    pub fn live(&self, now: Millis) -> AppResult<()> {
        if !self.active || self.until <= now {
            return Err(over());
        }
        if self.event_state.sells() { Ok(()) } else { Err(no_sale()) }
    }
}

/// The hold has ended.
pub fn over() -> AppError {
    AppError::conflict(words::HOLD_OVER).at_field("hold").with_code(ErrorCode::HoldEnded)
}

/// The event does not sell any more.
pub fn no_sale() -> AppError {
    AppError::conflict(words::NO_SALE)
}

/// Makes the order of a hold, or finds the one that there is, at the price that it has now.
///
/// # Errors
/// 404 if it is not a hold of who asks; 409 `hold` if it has ended; 409 if the event does not sell any more, or it was paid; 404 or 409
/// `promo`.
pub async fn create(tx: &mut Tx, who: &Identity, hold: HoldId, wish: &Wish) -> AppResult<Order> {
    let now = tx.now();
    let found = HoldRow::own(tx, who, hold).await?;
    if let Some(known) = found.order_id {
        let row = row::find(tx, known).await?.ok_or_else(|| AppError::no_such("order"))?;
        if !matches!(row.state, OrderState::AwaitingPayment) {
            return Err(AppError::conflict(words::cannot(row.state, OrderAction::Pay)));
        }
        found.live(now)?;
        let changed = set_promo(tx, who.person, &row, wish).await?;
        if reprice(tx, known).await? || changed {
            return announce(tx, known).await;
        }
        return row::read(tx, known, now).await;
    }
    found.live(now)?;
    let state = moved(OrderState::Draft, OrderAction::CheckOut)?;
    let made = sqlx::query_scalar(
        "insert into orders (organisation_id, event_id, person_id, hold_id, number, state, currency, subtotal, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, 0, $8) returning id",
    );
    let id: OrderId = made
        .bind(who.organisation)
        .bind(found.event_id)
        .bind(who.person)
        .bind(hold)
        .bind(free_number(tx).await?)
        .bind(state)
        .bind(found.currency)
        .bind(now)
        .fetch_one(&mut **tx)
        .await?;
    let row = row::find(tx, id).await?.ok_or_else(|| AppError::no_such("order"))?;
    set_promo(tx, who.person, &row, wish).await?;
    reprice(tx, id).await?;
    expiring::schedule(tx, id, found.until).await?;
    let order = announce(tx, id).await?;
    if order.lines.is_empty() {
        return Err(AppError::conflict(words::EMPTY));
    }
    Ok(order)
}

/// A number that no other order has; the first one is it, but for once in the life of an institution.
async fn free_number(tx: &mut Tx) -> AppResult<String> {
    loop {
        let number = number(rand::random());
        let taken = sqlx::query_scalar("select exists (select 1 from orders where number = $1)").bind(&number).fetch_one(&mut **tx);
        if !taken.await? {
            return Ok(number);
        }
    }
}

/// Gives up an order before it is paid: its places are free at once.
///
/// # Errors
/// 404; 403 if it is somebody else's; 409 if it was paid or has ended.
pub async fn cancel(tx: &mut Tx, who: &Identity, id: OrderId) -> AppResult<Order> {
    let now = tx.now();
    let row = own(tx, who, id).await?;
    moved(state_at(row.state, row.until(), now), OrderAction::Cancel)?;
    // Which ends its order, too.
    holds::release(tx, who, row.hold_id).await?;
    row::read(tx, id, now).await
}

/// Lets the order of a hold, if there is one that is not paid, follow what has become of the hold: other places, another end, or none.
/// Called by whatever changes a hold, in its transaction.
pub async fn follow_hold(tx: &mut Tx, hold: HoldId) -> AppResult<()> {
    let found: Option<(OrderId, bool, Millis)> = sqlx::query_as(
        "select o.id, h.state = 'released', h.until from orders o join holds h on h.id = o.hold_id
         where o.hold_id = $1 and o.state in ('draft', 'awaiting_payment')",
    )
    .bind(hold)
    .fetch_optional(&mut **tx)
    .await?;
    let Some((id, released, until)) = found else { return Ok(()) };
    if until <= tx.now() {
        return expiring::end(tx, id, OrderAction::Expire, until).await.map(drop);
    }
    if released {
        let now = tx.now();
        return expiring::end(tx, id, OrderAction::Cancel, now).await.map(drop);
    }
    reprice(tx, id).await?;
    announce(tx, id).await.map(drop)
}

/// Lets an order use what is wished. True if it was another code before.
async fn set_promo(tx: &mut Tx, person: PersonId, row: &row::Row, wish: &Wish) -> AppResult<bool> {
    let wanted: Option<PromoCodeId> = match wish {
        Wish::Keep => return Ok(false),
        Wish::Nothing => None,
        Wish::Use(code) => {
            let now = tx.now();
            Some(promo::usable(tx, row.event_id, code, person, now).await?.id)
        }
    };
    if wanted == row.promo_code_id {
        return Ok(false);
    }
    sqlx::query("update orders set promo_code_id = $2 where id = $1").bind(row.id).bind(wanted).execute(&mut **tx).await?;
    Ok(true)
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    ticket_type_id: TicketTypeId,
    ticket_type: String,
    price: i64,
    quantity: i64,
}

/// The places that a hold claims at `now`, as an order's lines without ids, `off` spread over them.
pub async fn places(conn: &mut Conn, hold: HoldId, now: Millis, off: Option<Off>, currency: Currency) -> AppResult<Vec<Line>> {
    let seats: Vec<row::LineRow> = sqlx::query_as(
        "select cast(0 as bigint) as id, s.ticket_type_id, t.name as ticket_type, t.price, cast(0 as bigint) as discount, 'open' as state,
           cast(null as bigint) as ticket_id, s.id as seat_id, c.name as section, s.row, s.number, s.kind
         from held_seats h join seats s on s.id = h.seat_id join ticket_types t on t.id = s.ticket_type_id join sections c on c.id = s.section_id
         where h.hold_id = $1 and h.until > $2 order by s.id",
    )
    .bind(hold)
    .bind(now)
    .fetch_all(&mut *conn)
    .await?;
    let standing: Vec<StandingRow> = sqlx::query_as(
        "select t.id as ticket_type_id, t.name as ticket_type, t.price, h.quantity
         from held_places h join ticket_types t on t.id = h.ticket_type_id where h.hold_id = $1 and h.until > $2 order by t.position",
    )
    .bind(hold)
    .bind(now)
    .fetch_all(conn)
    .await?;
    let mut lines: Vec<Line> = seats.into_iter().map(|row| row.line(currency)).collect();
    for row in standing {
        let line = row::LineRow::standing(row.ticket_type_id, row.ticket_type, row.price).line(currency);
        lines.extend(std::iter::repeat_n(line, usize::try_from(row.quantity).unwrap_or_default()));
    }
    if let Some(off) = off {
        let prices: Vec<i64> = lines.iter().map(|line| line.price.amount).collect();
        for (line, discount) in lines.iter_mut().zip(off.spread(&prices)) {
            line.discount.amount = discount;
        }
    }
    Ok(lines)
}

/// A line as far as its price goes.
type Priced = (TicketTypeId, Option<SeatId>, i64, i64);

/// Gives an order that is not paid the lines of its hold, at the prices of now. False if it has them already.
pub async fn reprice(tx: &mut Tx, id: OrderId) -> AppResult<bool> {
    let now = tx.now();
    let row = row::find(tx, id).await?.ok_or_else(|| AppError::no_such("order"))?;
    let wanted: Vec<Priced> = places(tx, row.hold_id, now, row.off(), row.currency)
        .await?
        .iter()
        .map(|line| (line.ticket_type_id, line.seat.as_ref().map(|seat| seat.id), line.price.amount, line.discount.amount))
        .collect();
    let has: Vec<Priced> = sqlx::query_as(
        "select ticket_type_id, seat_id, price, discount from order_lines where order_id = $1 and state = 'open' order by id",
    )
    .bind(id)
    .fetch_all(&mut **tx)
    .await?;
    if has == wanted {
        return Ok(false);
    }
    sqlx::query("delete from order_lines where order_id = $1 and state = 'open'").bind(id).execute(&mut **tx).await?;
    for some in wanted.chunks(AT_ONCE) {
        QueryBuilder::<Db>::new("insert into order_lines (order_id, ticket_type_id, seat_id, state, price, discount) ")
            .push_values(some, |mut line, (ticket_type, seat, price, discount)| {
                line.push_bind(id).push_bind(ticket_type).push_bind(seat).push_bind(LineState::Open).push_bind(price).push_bind(discount);
            })
            .build()
            .execute(&mut **tx)
            .await?;
    }
    let (subtotal, discount) = wanted.iter().fold((0, 0), |(prices, discounts), (_, _, price, off)| (prices + price, discounts + off));
    sqlx::query("update orders set subtotal = $2, discount = $3 where id = $1")
        .bind(id)
        .bind(subtotal)
        .bind(discount)
        .execute(&mut **tx)
        .await?;
    Ok(true)
}
