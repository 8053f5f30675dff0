//! The desk of those who run an event: what is sold, over time and by type, and its orders.

use sqlx::QueryBuilder;

use plenum_core::{
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{EventId, Millis, OrderId, OrganisationId, PersonId, SpaceId, TicketTypeId},
    live::Snapshot,
    people::{Identity, PersonCard, Role},
};
use plenum_directory::server::has_role;
use plenum_events::server::{access, availability};
use plenum_events::{
    live::desk::DeskEvent,
    model::{
        desk::{Conversion, Desk, Moment, ORDERS, OrderRow, Orders, OrdersAsked, OverTime, Sales, Span, TypeSales},
        order::OrderState,
    },
};
use plenum_store::{
    db::{self, Conn, Db, Tx},
    idempotency::fresh_key,
    log,
};
use plenum_tickets::server::check_ins;
use plenum_wallet::model::{Currency, Money};
use plenum_web::search;

/// Orders that looking for anybody's finds at the most.
const FOUND: usize = 30;

/// Tells the staff of an event what is sold of it, and how many are expected: to be called once in each transaction that pays an order or
/// gives one back.
pub async fn sales_changed(tx: &mut Tx, event: EventId) -> AppResult<()> {
    let space: SpaceId = sqlx::query_scalar("select space_id from events where id = $1").bind(event).fetch_one(&mut **tx).await?;
    let sales = sales(tx, event).await?;
    tx.announce(space, &DeskEvent::SalesChanged(sales));
    check_ins::announce(tx, event).await.map(drop)
}

/// What was sold of an event, as triggers count it: however many orders there are, none of them is read.
pub async fn sales(conn: &mut Conn, event: EventId) -> AppResult<Sales> {
    let (currency, orders, paid, refunded): (Currency, u32, i64, i64) =
        sqlx::query_as("select currency, sales_orders, sales_paid, sales_refunded from events where id = $1")
            .bind(event)
            .fetch_one(&mut *conn)
            .await?;
    let by_type: Vec<(TicketTypeId, i64)> =
        sqlx::query_as("select id, sales_revenue from ticket_types where event_id = $1 order by position")
            .bind(event)
            .fetch_all(conn)
            .await?;
    let money = |amount| Money::new(amount, currency);
    let by_type = by_type.into_iter().map(|(id, amount)| TypeSales { id, revenue: money(amount) }).collect();
    Ok(Sales { paid: money(paid), refunded: money(refunded), orders, by_type })
}

/// The desk of an event, with where its channels stand.
///
/// # Errors
/// 404; 403.
pub async fn read(conn: &mut Conn, who: &Identity, epoch: &Epoch, event: EventId) -> AppResult<Snapshot<Desk>> {
    let head = access::require_organiser_of(conn, who, event).await?;
    let sales = sales(conn, event).await?;
    let availability = availability::availability_of_event(conn, event, db::now()).await?;
    let check_ins = check_ins::now(conn, event).await?;
    let cursors = log::cursors(conn, epoch, &[Channel::SpaceStaff(head.space), Channel::EventDoor(event), Channel::Event(event)]).await?;
    Ok(Snapshot { state: Desk { head, sales, availability, check_ins, key: fresh_key() }, cursors })
}

/// When what was sold, and what became of holds.
///
/// # Errors
/// 404; 403.
pub async fn over_time(conn: &mut Conn, who: &Identity, event: EventId, span: Span) -> AppResult<OverTime> {
    access::require_organiser_of(conn, who, event).await?;
    let now = db::now();
    let first: Option<Millis> = sqlx::query_scalar("select min(paid_at) from orders where event_id = $1 and paid_at is not null")
        .bind(event)
        .fetch_one(&mut *conn)
        .await?;
    let (from, step) = span.stretches(first, now);
    let types: Vec<(TicketTypeId, String)> =
        sqlx::query_as("select id, name from ticket_types where event_id = $1 order by position").bind(event).fetch_all(&mut *conn).await?;
    let rows: Vec<(Millis, TicketTypeId, u32)> = sqlx::query_as(
        "select $2 + (o.paid_at - $2) / $3 * $3 as at, l.ticket_type_id, count(*) from orders o join order_lines l on l.order_id = o.id
         where o.event_id = $1 and o.paid_at >= $2 and l.state in ('sold', 'refunded') group by at, l.ticket_type_id order by at",
    )
    .bind(event)
    .bind(from)
    .bind(step)
    .fetch_all(&mut *conn)
    .await?;
    let mut moments: Vec<Moment> = Vec::new();
    for (at, sold, count) in rows {
        if moments.last().is_none_or(|last| last.at != at) {
            moments.push(Moment { at, places: vec![0; types.len()] });
        }
        let index = types.iter().position(|(id, _)| *id == sold);
        if let Some(places) = moments.last_mut().zip(index).and_then(|(moment, index)| moment.places.get_mut(index)) {
            *places += count;
        }
    }
    let conversion = conversion(conn, event, now).await?;
    Ok(OverTime { span, from, to: now, step, names: types.into_iter().map(|(_, name)| name).collect(), moments, conversion })
}

/// What became of the holds that have ended: one whose time has passed has, whether anybody has written that down or not (I3).
async fn conversion(conn: &mut Conn, event: EventId, now: Millis) -> AppResult<Conversion> {
    let (bought, given_up): (u32, u32) = sqlx::query_as(
        "select count(case when state = 'bought' then 1 end),
           count(case when state in ('released', 'expired') or (state = 'active' and until <= $2) then 1 end)
         from holds where event_id = $1",
    )
    .bind(event)
    .bind(now)
    .fetch_one(conn)
    .await?;
    Ok(Conversion { bought, given_up })
}

#[derive(sqlx::FromRow)]
struct Row {
    id: OrderId,
    number: String,
    state: OrderState,
    person_id: PersonId,
    name: String,
    hue: u8,
    email: String,
    places: u32,
    currency: Currency,
    total: i64,
    refunded: i64,
    created_at: Millis,
}

impl Row {
    fn order(self) -> OrderRow {
        OrderRow {
            id: self.id,
            number: self.number,
            state: self.state,
            person: PersonCard { id: self.person_id, name: self.name, hue: self.hue },
            email: self.email,
            places: self.places,
            total: Money::new(self.total, self.currency),
            refunded: Money::new(self.refunded, self.currency),
            created_at: self.created_at,
        }
    }
}

/// Orders of an event that fit what is asked, the newest first.
///
/// # Errors
/// 404; 403; 422 `state`.
pub async fn orders(conn: &mut Conn, who: &Identity, event: EventId, asked: &OrdersAsked) -> AppResult<Orders> {
    access::require_organiser_of(conn, who, event).await?;
    page(conn, event, asked, ORDERS).await
}

/// Orders of all events whose number, or whose buyer's name or address, has `text` in it: for those who help people with them.
///
/// # Errors
/// 403 unless one is an agent or an admin.
pub async fn find(conn: &mut Conn, who: &Identity, text: &str) -> AppResult<Orders> {
    if !has_role(conn, who.person, Role::Agent).await? && !has_role(conn, who.person, Role::Admin).await? {
        return Err(AppError::forbidden("Only agents and admins look for other people's orders."));
    }
    if text.trim().is_empty() {
        return Ok(Orders::default());
    }
    let asked = OrdersAsked { text: text.to_owned(), ..OrdersAsked::default() };
    listed(conn, Of::Organisation(who.organisation), &asked, FOUND).await
}

/// At most `most` of them, for a page or a part of a file.
pub async fn page(conn: &mut Conn, event: EventId, asked: &OrdersAsked, most: usize) -> AppResult<Orders> {
    listed(conn, Of::Event(event), asked, most).await
}

/// Whose orders are listed.
enum Of {
    Event(EventId),
    Organisation(OrganisationId),
}

async fn listed(conn: &mut Conn, of: Of, asked: &OrdersAsked, most: usize) -> AppResult<Orders> {
    let mut query = QueryBuilder::<Db>::new(
        "select o.id, o.number, o.state, p.id as person_id, p.name, p.hue, p.email, o.currency, o.subtotal - o.discount as total, o.refunded,
           o.created_at, (select count(*) from order_lines l where l.order_id = o.id) as places
         from orders o join people p on p.id = o.person_id where ",
    );
    match of {
        Of::Event(event) => query.push("o.event_id = ").push_bind(event),
        Of::Organisation(organisation) => query.push("o.organisation_id = ").push_bind(organisation),
    };
    if !asked.state.is_empty() {
        let state = asked.state.parse::<OrderState>().map_err(|_| AppError::invalid("state", "Choose one of the list."))?;
        query.push(" and o.state = ").push_bind(state);
    }
    if !asked.text.trim().is_empty() {
        let pattern = search::containing(&asked.text);
        for (open, column) in
            [(" and (", "lower(o.number)"), (" or ", "coalesce(p.name_folded, lower(p.name))"), (" or ", "lower(p.email)")]
        {
            query.push(open).push(column).push(" like ").push_bind(pattern.clone()).push(" escape '\\'");
        }
        query.push(")");
    }
    if let Some(before) = asked.before {
        query.push(" and o.id < ").push_bind(before);
    }
    query.push(" order by o.id desc limit ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
    let rows: Vec<OrderRow> = query.build_query_as::<Row>().fetch_all(conn).await?.into_iter().map(Row::order).collect();
    let floor = rows.last().filter(|_| rows.len() == most).map(|last| last.id);
    Ok(Orders { rows, floor })
}
