//! Pages and lists of orders, and what a basket would cost.

use sqlx::QueryBuilder;

use super::{
    making::{HoldRow, Wish, places},
    row::{self, COLUMNS, Row, SOURCE, event_head, whole},
    visible,
};
use crate::{
    model::{
        orders::{OrderHead, OrderPage, Orders, PAGE, Quote, Show, UsedPromo, state_at},
        paying::Takes,
    },
    server::promo,
    words::orders as words,
};
use plenum_core::{
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{HoldId, Millis, OrderId, PersonId},
    live::Snapshot,
    people::Identity,
};
use plenum_events::model::order::{OrderAction, OrderState};
use plenum_store::{
    db::{Conn, Db},
    idempotency::fresh_key,
    log,
};
use plenum_wallet::{
    model::{Money, card::CardState},
    server::{card::payments, ledger},
};

/// One's own orders below `before`, the newest first, as they are at `now`; with where one's channel stands.
pub async fn list(
    conn: &mut Conn,
    person: PersonId,
    epoch: &Epoch,
    show: Show,
    before: Option<OrderId>,
    now: Millis,
) -> AppResult<Snapshot<Orders>> {
    let mut query = QueryBuilder::<Db>::new("select ");
    query.push(COLUMNS).push(", (select count(*) from order_lines l where l.order_id = o.id) as places from ").push(SOURCE);
    query.push(" where o.person_id = ").push_bind(person);
    if let Some(before) = before {
        query.push(" and o.id < ").push_bind(before);
    }
    // An order that its hold has left behind has ended, whatever is written of it.
    let open = "o.state in ('draft', 'awaiting_payment') and h.state = 'active' and h.until > ";
    match show {
        Show::All => {}
        Show::Open => drop(query.push(" and ").push(open).push_bind(now)),
        Show::Paid => drop(query.push(" and o.state in ('paid', 'partly_refunded')")),
        Show::Ended => drop(query.push(" and o.state not in ('paid', 'partly_refunded') and not (").push(open).push_bind(now).push(")")),
    }
    query.push(" order by o.id desc limit ").push_bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX));
    let rows: Vec<Listed> = query.build_query_as().fetch_all(&mut *conn).await?;
    let more = rows.len() > PAGE;
    let orders: Vec<OrderHead> = rows.into_iter().take(PAGE).map(|listed| listed.head(now)).collect();
    let floor = if more { orders.last().map_or(0, |oldest| oldest.id.0) } else { 0 };
    let cursors = log::cursors(conn, epoch, &[Channel::Person(person)]).await?;
    Ok(Snapshot { state: Orders { show, orders, floor }, cursors })
}

#[derive(sqlx::FromRow)]
struct Listed {
    #[sqlx(flatten)]
    row: Row,
    places: i64,
}

impl Listed {
    fn head(self, now: Millis) -> OrderHead {
        let Self { row, places } = self;
        let until = row.until();
        let state = state_at(row.state, until, now);
        let places = usize::try_from(places).unwrap_or_default();
        let (event, total, refunded) = (row.event(), row.total(), row.money(row.refunded));
        let until = until.filter(|_| state == row.state);
        OrderHead { id: row.id, created_at: row.created_at(), number: row.number, event, state, until, places, total, refunded }
    }
}

/// The page of an order as it is at `now`, with where its channel stands.
///
/// # Errors
/// 404 unless it is one's own, or one handles the orders of its event.
pub async fn page(
    conn: &mut Conn,
    who: &Identity,
    epoch: &Epoch,
    id: OrderId,
    takes: Takes,
    now: Millis,
) -> AppResult<Snapshot<OrderPage>> {
    let (row, may_refund) = visible(conn, who, id).await?;
    let own = row.person_id == who.person;
    let waits = matches!(row.state, OrderState::AwaitingPayment);
    let available = if own && waits { Some(ledger::available(conn, who.person, row.currency).await?) } else { None };
    let order = whole(conn, row, now).await?;
    let checkout_url =
        if own && waits && order.card == Some(CardState::Open) { payments::open_of_order(conn, id, now).await? } else { None };
    let cursors = log::cursors(conn, epoch, &[Channel::Order(id), Channel::Event(order.event.id)]).await?;
    Ok(Snapshot { state: OrderPage { order, own, may_refund, available, takes, checkout_url, key: fresh_key() }, cursors })
}

/// What the places of a hold cost at `now`, with the code that is wished; a code that cannot be used is said, and takes nothing off.
///
/// # Errors
/// 404 if it is not a hold of who asks; 409 if it has ended or the event does not sell any more.
pub async fn quote(conn: &mut Conn, who: &Identity, hold: HoldId, wish: AppResult<Wish>, takes: Takes, now: Millis) -> AppResult<Quote> {
    let found = HoldRow::own(conn, who, hold).await?;
    let known = match found.order_id {
        Some(order) => row::find(conn, order).await?,
        None => None,
    };
    // What was bought has not ended without being charged.
    if let Some(known) = known.as_ref().filter(|known| known.state != OrderState::AwaitingPayment) {
        return Err(AppError::conflict(words::cannot(known.state, OrderAction::Pay)));
    }
    found.live(now)?;
    let (promo, refused) = match wish {
        Ok(Wish::Keep) => (known.as_ref().and_then(Row::used), None),
        Ok(Wish::Nothing) => (None, None),
        Ok(Wish::Use(code)) => match promo::usable(conn, found.event_id, &code, who.person, now).await {
            Ok(promo) => (Some(UsedPromo { code: promo.code, off: promo.off }), None),
            Err(error) => (None, Some(error.message)),
        },
        Err(error) => (None, Some(error.message)),
    };
    let currency = found.currency;
    let lines = places(conn, hold, now, promo.as_ref().map(|promo| promo.off), currency).await?;
    let sum = |amounts: &mut dyn Iterator<Item = i64>| Money::new(amounts.sum(), currency);
    let subtotal = sum(&mut lines.iter().map(|line| line.price.amount));
    let discount = sum(&mut lines.iter().map(|line| line.discount.amount));
    let total = Money::new(subtotal.amount - discount.amount, currency);
    let (title, venue, starts_at, zone): (String, String, Millis, String) =
        sqlx::query_as("select title, venue, starts_at, zone from events where id = $1").bind(found.event_id).fetch_one(&mut *conn).await?;
    let event = event_head(found.event_id, title, venue, starts_at, &zone);
    let available = ledger::available(conn, who.person, currency).await?;
    let (order, until, key) = (found.order_id, found.until, fresh_key());
    Ok(Quote { hold_id: hold, until, event, order, lines, subtotal, discount, total, promo, refused, available, takes, key })
}
