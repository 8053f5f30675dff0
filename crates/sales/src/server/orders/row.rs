//! An order as its tables have it.

use std::collections::HashMap;

use crate::model::{
    orders::{Line, LineSeat, LineState, Order, OrderEventHead, Refund, UsedPromo},
    promo::{Code, Off},
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, HoldId, Millis, OrderId, OrderLineId, OrganisationId, PersonId, PromoCodeId, SeatId, SpaceId, TicketId, TicketTypeId},
    people::PersonCard,
};
use plenum_events::model::{event::EventState, order::OrderState, seat::SeatKind};
use plenum_store::{db::Conn, zones};
use plenum_wallet::model::{Currency, Money, card::CardState};

/// The columns of a [`Row`], of [`SOURCE`].
pub const COLUMNS: &str = "o.id, o.organisation_id, o.event_id, o.person_id, o.hold_id, o.number, o.state, o.currency, o.subtotal,
    o.discount, o.refunded, o.promo_code_id, o.created_at, o.paid_at, o.ended_at, h.state = 'active' as held, h.until, e.title, e.venue,
    e.starts_at, e.zone, e.state as event_state, e.space_id, p.name as buyer_name, p.hue as buyer_hue, c.code, c.percent, c.amount,
    (select k.state from card_payments k where k.order_id = o.id order by k.id desc limit 1) as card";
/// Where the rows are read from.
pub const SOURCE: &str = "orders o join holds h on h.id = o.hold_id join events e on e.id = o.event_id
    join people p on p.id = o.person_id left join promo_codes c on c.id = o.promo_code_id";

/// An order with what it is of and whose it is, without its lines.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    pub id: OrderId,
    pub organisation_id: OrganisationId,
    pub event_id: EventId,
    pub person_id: PersonId,
    pub hold_id: HoldId,
    pub number: String,
    pub state: OrderState,
    pub currency: Currency,
    pub subtotal: i64,
    pub discount: i64,
    pub refunded: i64,
    pub promo_code_id: Option<PromoCodeId>,
    created_at: Millis,
    paid_at: Option<Millis>,
    ended_at: Option<Millis>,
    held: bool,
    until: Millis,
    pub title: String,
    venue: String,
    starts_at: Millis,
    zone: String,
    pub event_state: EventState,
    pub space_id: SpaceId,
    buyer_name: String,
    buyer_hue: u8,
    code: Option<Code>,
    percent: Option<i64>,
    amount: Option<i64>,
    /// How its last payment by card is.
    pub card: Option<CardState>,
}

/// How much a code takes off, of its two columns.
pub fn off(percent: Option<i64>, amount: Option<i64>) -> Option<Off> {
    percent.map(Off::Percent).or(amount.map(Off::Amount))
}

/// An event on an order.
pub fn event_head(id: EventId, title: String, venue: String, starts_at: Millis, zone: &str) -> OrderEventHead {
    let starts = zones::zone(zone).full(starts_at);
    OrderEventHead { id, title, venue, starts_at, starts }
}

impl Row {
    /// Until when it can be paid; none once it was paid or has ended.
    pub fn until(&self) -> Option<Millis> {
        let open = matches!(self.state, OrderState::Draft | OrderState::AwaitingPayment);
        // A hold that was let go claims nothing, whatever it says of its time.
        open.then(|| if self.held { self.until } else { self.until.min(self.created_at) })
    }

    /// What its code takes off.
    pub fn off(&self) -> Option<Off> {
        off(self.percent, self.amount)
    }

    /// The code that it uses.
    pub fn used(&self) -> Option<UsedPromo> {
        Some(UsedPromo { code: self.code.clone()?, off: self.off()? })
    }

    pub fn money(&self, amount: i64) -> Money {
        Money::new(amount, self.currency)
    }

    pub fn total(&self) -> Money {
        self.money(self.subtotal - self.discount)
    }

    pub fn event(&self) -> OrderEventHead {
        event_head(self.event_id, self.title.clone(), self.venue.clone(), self.starts_at, &self.zone)
    }

    pub fn created_at(&self) -> Millis {
        self.created_at
    }

    fn with(self, lines: Vec<Line>, refunds: Vec<Refund>) -> Order {
        let (event, until, total) = (self.event(), self.until(), self.total());
        let (subtotal, discount, refunded) = (self.money(self.subtotal), self.money(self.discount), self.money(self.refunded));
        let promo = self.used();
        Order {
            id: self.id,
            number: self.number,
            event,
            buyer: PersonCard { id: self.person_id, name: self.buyer_name, hue: self.buyer_hue },
            state: self.state,
            hold_id: self.hold_id,
            until,
            lines,
            subtotal,
            discount,
            total,
            refunded,
            promo,
            refunds,
            created_at: self.created_at,
            paid_at: self.paid_at,
            ended_at: self.ended_at,
            card: self.card,
        }
    }
}

/// The row of an order, if there is one.
pub async fn find(conn: &mut Conn, id: OrderId) -> AppResult<Option<Row>> {
    let sql = format!("select {COLUMNS} from {SOURCE} where o.id = $1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?)
}

/// An order as it is at `now`.
///
/// # Errors
/// 404 if there is none.
pub async fn read(conn: &mut Conn, id: OrderId, now: Millis) -> AppResult<Order> {
    let row = find(conn, id).await?.ok_or_else(|| AppError::no_such("order"))?;
    whole(conn, row, now).await
}

/// The order of `row`, with its lines, as it is at `now`.
pub async fn whole(conn: &mut Conn, row: Row, now: Millis) -> AppResult<Order> {
    let lines = lines(conn, row.id, row.currency).await?;
    // Most orders have nothing that was given back.
    let refunds = if row.paid_at.is_some() { refunds(conn, row.id, row.currency).await? } else { Vec::new() };
    Ok(row.with(lines, refunds).at(now))
}

/// A line, or a place that may become one.
#[derive(sqlx::FromRow)]
pub struct LineRow {
    id: OrderLineId,
    ticket_type_id: TicketTypeId,
    ticket_type: String,
    price: i64,
    discount: i64,
    state: LineState,
    ticket_id: Option<TicketId>,
    seat_id: Option<SeatId>,
    section: Option<String>,
    row: Option<String>,
    number: Option<i64>,
    kind: Option<SeatKind>,
}

impl LineRow {
    /// A place to stand.
    pub fn standing(ticket_type_id: TicketTypeId, ticket_type: String, price: i64) -> Self {
        let (id, state) = (OrderLineId(0), LineState::Open);
        let (section, row, number, kind) = (None, None, None, None);
        Self { id, ticket_type_id, ticket_type, price, discount: 0, state, ticket_id: None, seat_id: None, section, row, number, kind }
    }

    pub fn line(self, currency: Currency) -> Line {
        let seat = self.seat_id.map(|id| LineSeat {
            id,
            section: self.section.unwrap_or_default(),
            row: self.row.unwrap_or_default(),
            number: self.number.unwrap_or_default(),
            kind: self.kind.unwrap_or_default(),
        });
        Line {
            id: self.id,
            ticket_type_id: self.ticket_type_id,
            ticket_type: self.ticket_type,
            seat,
            price: Money::new(self.price, currency),
            discount: Money::new(self.discount, currency),
            state: self.state,
            ticket_id: self.ticket_id,
        }
    }
}

async fn lines(conn: &mut Conn, order: OrderId, currency: Currency) -> AppResult<Vec<Line>> {
    let rows: Vec<LineRow> = sqlx::query_as(
        "select l.id, l.ticket_type_id, t.name as ticket_type, l.price, l.discount, l.state, k.id as ticket_id, l.seat_id,
           c.name as section, s.row, s.number, s.kind
         from order_lines l join ticket_types t on t.id = l.ticket_type_id left join tickets k on k.order_line_id = l.id
           left join seats s on s.id = l.seat_id left join sections c on c.id = s.section_id
         where l.order_id = $1 order by l.id",
    )
    .bind(order)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.line(currency)).collect())
}

#[derive(sqlx::FromRow)]
struct RefundRow {
    id: i64,
    amount: i64,
    reason: String,
    at: Millis,
    by_id: Option<PersonId>,
    by_name: Option<String>,
    by_hue: Option<u8>,
}

async fn refunds(conn: &mut Conn, order: OrderId, currency: Currency) -> AppResult<Vec<Refund>> {
    let rows: Vec<RefundRow> = sqlx::query_as(
        "select r.id, r.amount, r.reason, r.at, p.id as by_id, p.name as by_name, p.hue as by_hue
         from refunds r left join people p on p.id = r.by_person_id where r.order_id = $1 order by r.id",
    )
    .bind(order)
    .fetch_all(&mut *conn)
    .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let pairs: Vec<(i64, OrderLineId)> = sqlx::query_as(
        "select l.refund_id, l.order_line_id from refund_lines l join refunds r on r.id = l.refund_id where r.order_id = $1 order by l.order_line_id",
    )
    .bind(order)
    .fetch_all(conn)
    .await?;
    let mut of: HashMap<i64, Vec<OrderLineId>> = HashMap::new();
    for (refund, line) in pairs {
        of.entry(refund).or_default().push(line);
    }
    let refund = |row: RefundRow| {
        let by = row.by_id.zip(row.by_name).zip(row.by_hue).map(|((id, name), hue)| PersonCard { id, name, hue });
        Refund {
            money: Money::new(row.amount, currency),
            lines: of.remove(&row.id).unwrap_or_default(),
            reason: row.reason,
            by,
            at: row.at,
        }
    };
    Ok(rows.into_iter().map(refund).collect())
}
