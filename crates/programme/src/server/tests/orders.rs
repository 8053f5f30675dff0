//! Orders: paid once and never without the places, priced as their hold, given back line by line (I1, I5, I13, I19, S3-27, S3-28).

mod apply;
mod codes;
pub mod giving_back;
mod table;

use super::{TERMS, end_all, house, seated, standing};
use plenum_core::{
    error::{AppResult, ErrorKind},
    ids::{EventId, HoldId, OrderId, PersonId, SeatId},
    live::LiveEvent,
};
use plenum_events::{model::order::OrderState, server::availability};
use plenum_sales::{
    live::orders::{OrderEvent, OwnOrderEvent},
    model::{
        hold::{Hold, Places, Wanted},
        orders::{LineState, Order},
    },
    server::{
        expiry, holds,
        orders::{self, Outcome, Wish},
    },
};
use plenum_store::db::{Committed, Tx, now};
use plenum_testing::House;
use plenum_wallet::{
    model::{Currency, Money},
    server::ledger,
};

/// A house whose people have 100.00 each.
async fn rich_house(people: i64) -> House {
    let house = house(people).await;
    rich(&house).await;
    house
}

/// Gives each 100.00.
pub async fn rich(house: &House) {
    for who in house.people.clone() {
        let money = Money::new(10_000, Currency::Eur);
        house.store.write(async move |tx: &mut Tx| ledger::open(tx, who.organisation, who.person, money).await).await.unwrap();
    }
}

async fn hold(house: &House, by: usize, event: EventId, seats: &[SeatId]) -> Hold {
    try_hold(house, by, event, Wanted { seats: seats.to_vec(), standing: Vec::new() }).await.unwrap()
}

pub async fn try_hold(house: &House, by: usize, event: EventId, wanted: Wanted) -> AppResult<Hold> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| holds::hold(tx, &who, event, &wanted, TERMS).await).await
}

pub async fn create(house: &House, by: usize, hold: HoldId, wish: Wish) -> AppResult<Order> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| orders::create(tx, &who, hold, &wish).await).await
}

async fn order(house: &House, by: usize, hold: HoldId) -> Order {
    create(house, by, hold, Wish::Keep).await.unwrap()
}

pub async fn pay(house: &House, by: usize, id: OrderId, seen: Option<i64>) -> AppResult<Outcome> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| orders::pay(tx, &who, id, seen).await).await
}

/// Holds, orders and pays.
async fn bought(house: &House, by: usize, event: EventId, seats: &[SeatId]) -> Order {
    let held = hold(house, by, event, seats).await;
    let made = order(house, by, held.id).await;
    pay(house, by, made.id, Some(made.total.amount)).await.unwrap().paid().unwrap()
}

async fn read(house: &House, id: OrderId) -> Order {
    orders::read(&mut house.store.read().await.unwrap(), id, now()).await.unwrap()
}

async fn available(house: &House, by: usize) -> i64 {
    ledger::available(&mut house.store.look().await.unwrap(), house.person(by).person, Currency::Eur).await.unwrap().amount
}

/// A number that the database says.
async fn count(house: &House, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(&mut *house.store.look().await.unwrap()).await.unwrap()
}

/// What must hold whatever was done: seats are somebody's once, what is sold is counted, and the ledger is even (I1, I4, I13).
async fn check(house: &House) {
    assert_eq!(count(house, "select coalesce(sum(amount), 0) from postings").await, 0);
    for (what, statement) in [
        (
            "balances are the sums of postings",
            "select count(*) from accounts where balance <> (select coalesce(sum(amount), 0) from postings where account_id = accounts.id)",
        ),
        (
            "what is sold is counted",
            "select count(*) from ticket_types t where sold <> (select count(*) from order_lines l where l.ticket_type_id = t.id and l.state = 'sold')",
        ),
        (
            "a sold line has a ticket that admits, no other has",
            "select count(*) from order_lines l left join tickets k on k.order_line_id = l.id where (l.state = 'sold') <> (k.state is not null and k.state <> 'void')",
        ),
        ("nobody holds what is sold", "select count(*) from held_seats h join order_lines l on l.seat_id = h.seat_id and l.state = 'sold'"),
        (
            "the sales account has what the orders say",
            "select count(*) from accounts where kind = 'sales' and balance <> (select coalesce(sum(subtotal - discount - refunded), 0) from orders where paid_at is not null)",
        ),
        (
            "discounts are those of the lines",
            "select count(*) from orders o where state <> 'draft' and (subtotal, discount) <> (select coalesce(sum(price), 0), coalesce(sum(discount), 0) from order_lines l where l.order_id = o.id)",
        ),
        (
            "what is given back is that of the lines",
            "select count(*) from orders o where refunded <> (select coalesce(sum(price - discount), 0) from order_lines l where l.order_id = o.id and l.state = 'refunded')",
        ),
        (
            "refunds have their lines",
            "select count(*) from refunds r where amount <> (select coalesce(sum(l.price - l.discount), -1) from refund_lines x join order_lines l on l.id = x.order_line_id where x.refund_id = r.id)",
        ),
        (
            "whoever has a ticket is in the space, and nobody else but its staff",
            "select count(*) from (select e.space_id, k.person_id from tickets k join events e on e.id = k.event_id where k.state <> 'void' except select space_id, person_id from space_members union all select * from (select space_id, person_id from space_members where not staff except select e.space_id, k.person_id from tickets k join events e on e.id = k.event_id where k.state <> 'void'))",
        ),
    ] {
        assert_eq!(count(house, statement).await, 0, "not so: {what}");
    }
    assert!(
        availability::availability_of_event(&mut house.store.look().await.unwrap(), EventId(1), now())
            .await
            .unwrap()
            .ticket_types
            .iter()
            .all(|known| known.is_sound())
    );
}

/// What was told on an order's channel and on its owner's: status and message.
fn told(house: &mut House, id: OrderId, owner: PersonId) -> Vec<(OrderState, OrderState, String)> {
    let (mut on_order, mut on_person) = (Vec::new(), Vec::new());
    for item in house.committed() {
        let Committed::Event { channel, event, payload, .. } = item else { continue };
        if event != "order.updated" {
            continue;
        }
        if channel == format!("private-order.{id}") {
            let OrderEvent::OrderUpdated(updated) = OrderEvent::read(&event, &payload).unwrap();
            assert_eq!((updated.order_id, updated.status), (id, updated.order.state));
            on_order.push((updated.status, updated.message));
        } else if channel == format!("private-person.{owner}") {
            let OwnOrderEvent::OrderUpdated(updated) = OwnOrderEvent::read(&event, &payload).unwrap();
            on_person.push(updated.status);
        }
    }
    assert_eq!(on_order.len(), on_person.len(), "both are told each time");
    on_order.into_iter().zip(on_person).map(|((status, message), own)| (status, own, message)).collect()
}

/// One transaction: the money moves, the seats are sold, the tickets are there, and all who look are told (I5, S3-27, S3-28).
#[tokio::test]
async fn what_is_paid_is_ones_own() {
    let mut house = rich_house(3).await;
    let (event, seats) = seated(&house, 2).await;
    let held = hold(&house, 2, event, &seats).await;
    let made = order(&house, 2, held.id).await;
    assert_eq!((made.state, made.until, made.total.amount), (OrderState::AwaitingPayment, Some(held.until), 5_000));
    assert_eq!(order(&house, 2, held.id).await, made, "a hold has one order");
    house.committed();
    let paid = pay(&house, 2, made.id, Some(5_000)).await.unwrap().paid().unwrap();
    assert_eq!((paid.state, paid.until, available(&house, 2).await), (OrderState::Paid, None, 5_000));
    assert!(paid.lines.iter().all(|line| line.state == LineState::Sold && line.ticket_id.is_some()));
    let person = house.person(2).person;
    let told = told(&mut house, made.id, person);
    assert_eq!(told.len(), 1, "one event for an order of two");
    assert_eq!((told[0].0, told[0].1), (OrderState::Paid, OrderState::Paid));
    assert!(told[0].2.contains(&made.number) && told[0].2.contains("paid"), "{}", told[0].2);
    for again in [pay(&house, 2, made.id, None).await.map(drop), create(&house, 2, held.id, Wish::Keep).await.map(drop)] {
        assert_eq!(again.unwrap_err().kind, ErrorKind::Conflict, "it is paid already");
    }
    assert_eq!(available(&house, 2).await, 5_000);
    assert_eq!(count(&house, "select count(*) from activity where verb = 'order.paid'").await, 1, "I32");
    assert_eq!(count(&house, "select count(*) from notifications where link = '/orders/1' and person_id = 2").await, 1);
    let other = try_hold(&house, 3, event, Wanted { seats: seats[..1].to_vec(), standing: Vec::new() }).await.unwrap_err();
    assert_eq!(other.field.as_deref(), Some("seats"), "it is sold");
    assert_eq!(read(&house, made.id).await, paid);
    check(&house).await;
}

/// A hold that has ended is not paid: nothing is charged, the order has expired in the same write, and the seats are free (I5).
#[tokio::test]
async fn what_has_ended_is_not_charged() {
    let mut house = rich_house(3).await;
    let (event, seats) = seated(&house, 2).await;
    let held = hold(&house, 2, event, &seats).await;
    let made = order(&house, 2, held.id).await;
    end_all(&house, 0).await;
    assert_eq!(read(&house, made.id).await.state, OrderState::Expired, "it reads so, though nothing has written it down");
    house.committed();
    let outcome = pay(&house, 2, made.id, None).await.unwrap();
    assert!(matches!(&outcome, Outcome::Expired(order) if order.state == OrderState::Expired), "{outcome:?}");
    assert_eq!(outcome.paid().unwrap_err().field.as_deref(), Some("hold"));
    let person = house.person(2).person;
    assert_eq!(told(&mut house, made.id, person).len(), 1);
    assert_eq!(available(&house, 2).await, 10_000);
    assert_eq!(bought(&house, 3, event, &seats).await.state, OrderState::Paid, "they are another's");
    assert_eq!(pay(&house, 2, made.id, None).await.unwrap_err().field.as_deref(), Some("hold"));
    let next = hold(&house, 2, event, &seated(&house, 3).await.1[2..]).await;
    assert_ne!(order(&house, 2, next.id).await.id, made.id, "another basket is another order");
    check(&house).await;
}

/// Too little in the wallet: nothing moves, and the order and its seats stay until their time ends. What costs nothing is had for nothing.
#[tokio::test]
async fn too_little_money_loses_no_seat() {
    let house = rich_house(2).await;
    let (event, seats) = seated(&house, 5).await;
    let held = hold(&house, 2, event, &seats).await;
    let made = order(&house, 2, held.id).await;
    assert_eq!(made.total.amount, 12_500);
    let refused = pay(&house, 2, made.id, None).await.unwrap_err();
    assert_eq!((refused.kind, refused.field.as_deref()), (ErrorKind::Conflict, Some("balance")));
    assert!(refused.message.contains("€25.00 is missing"), "{}", refused.message);
    assert_eq!(read(&house, made.id).await, made);
    assert_eq!(count(&house, "select count(*) from transfers where kind = 'payment'").await, 0);
    let free: (EventId, plenum_core::ids::TicketTypeId) = sqlx::query_as("select event_id, id from ticket_types where price = 0")
        .fetch_one(&mut *house.store.look().await.unwrap())
        .await
        .unwrap();
    let places = Places { ticket_type_id: free.1, quantity: 2 };
    let held = try_hold(&house, 2, free.0, Wanted { seats: Vec::new(), standing: vec![places] }).await.unwrap();
    let made = order(&house, 2, held.id).await;
    let paid = pay(&house, 2, made.id, Some(0)).await.unwrap().paid().unwrap();
    assert_eq!((paid.lines.len(), paid.total.amount), (2, 0));
    check(&house).await;
}

/// The order follows its basket, and nobody pays another total than they have seen.
#[tokio::test]
async fn an_order_follows_its_basket() {
    let mut house = rich_house(2).await;
    let (event, seats) = seated(&house, 3).await;
    let held = hold(&house, 2, event, &seats[..1]).await;
    let made = order(&house, 2, held.id).await;
    house.committed();
    hold(&house, 2, event, &seats[1..2]).await;
    let person = house.person(2).person;
    assert_eq!(told(&mut house, made.id, person).len(), 1, "its pages are told at once");
    assert_eq!(read(&house, made.id).await.total.amount, 5_000);
    let outcome = pay(&house, 2, made.id, Some(2_500)).await.unwrap();
    assert!(matches!(&outcome, Outcome::Changed(order) if order.total.amount == 5_000), "{outcome:?}");
    assert_eq!((outcome.paid().unwrap_err().field.as_deref(), available(&house, 2).await), (Some("total"), 10_000));
    // A change that did not tell the order is found when it is paid: the order has the price then, and nothing was charged.
    let (id, seat, until) = (held.id, seats[2], held.until);
    let behind = async move |tx: &mut Tx| {
        sqlx::query("insert into held_seats (seat_id, hold_id, until) values ($1, $2, $3)")
            .bind(seat)
            .bind(id)
            .bind(until)
            .execute(&mut **tx)
            .await?;
        Ok(())
    };
    house.store.write(behind).await.unwrap();
    assert!(matches!(pay(&house, 2, made.id, None).await.unwrap(), Outcome::Changed(order) if order.total.amount == 7_500));
    assert_eq!(pay(&house, 2, made.id, Some(7_500)).await.unwrap().paid().unwrap().lines.len(), 3);
    check(&house).await;
}

/// Leaving the basket gives its order up, and giving the order up leaves the basket: the seats are free at once.
#[tokio::test]
async fn an_order_is_given_up() {
    let house = rich_house(3).await;
    let (event, seats) = seated(&house, 1).await;
    let held = hold(&house, 2, event, &seats).await;
    let made = order(&house, 2, held.id).await;
    let who = house.person(2).clone();
    house.store.write(async move |tx: &mut Tx| orders::cancel(tx, &who, made.id).await).await.unwrap();
    let held = hold(&house, 3, event, &seats).await;
    let other = order(&house, 3, held.id).await;
    let who = house.person(3).clone();
    house.store.write(async move |tx: &mut Tx| holds::release(tx, &who, held.id).await).await.unwrap();
    for id in [made.id, other.id] {
        let order = read(&house, id).await;
        assert_eq!((order.state, order.lines[0].state), (OrderState::Cancelled, LineState::Void));
    }
    hold(&house, 2, event, &seats).await;
    check(&house).await;
}

/// An event that does not sell any more sells nothing, whatever was held before; standing places are sold as lines of one each.
#[tokio::test]
async fn what_is_not_sold_any_more_is_not_paid() {
    let house = rich_house(2).await;
    let (event, ticket_type_id, _) = standing(&house).await;
    let places = Places { ticket_type_id, quantity: 3 };
    let held = try_hold(&house, 2, event, Wanted { seats: Vec::new(), standing: vec![places] }).await.unwrap();
    let made = order(&house, 2, held.id).await;
    assert_eq!((made.lines.len(), made.total.amount), (3, 9_000));
    let set = async |state: &'static str| {
        house
            .store
            .write(async move |tx: &mut Tx| {
                sqlx::query("update events set state = $1").bind(state).execute(&mut **tx).await?;
                Ok(())
            })
            .await
            .unwrap();
    };
    set("postponed").await;
    assert_eq!(pay(&house, 2, made.id, None).await.unwrap_err().kind, ErrorKind::Conflict);
    set("live").await;
    assert_eq!(pay(&house, 2, made.id, None).await.unwrap().paid().unwrap().lines.len(), 3);
    check(&house).await;
}

/// The job writes down what has ended, once; an order that got more time is left alone until then.
#[tokio::test]
async fn the_job_writes_down_what_has_ended() {
    let mut house = rich_house(2).await;
    let (event, seats) = seated(&house, 1).await;
    let held = hold(&house, 2, event, &seats).await;
    let made = order(&house, 2, held.id).await;
    let run = async |house: &House| orders::expire(house.store.clone(), serde_json::json!({ "order": made.id })).await.unwrap();
    run(&house).await;
    assert_eq!(read(&house, made.id).await.state, OrderState::AwaitingPayment);
    assert_eq!(count(&house, "select due_at from jobs where unique_key = 'box_office.expire_order:1'").await, held.until);
    end_all(&house, 5).await;
    house.committed();
    run(&house).await;
    run(&house).await;
    let person = house.person(2).person;
    let told = told(&mut house, made.id, person);
    assert_eq!(told.iter().map(|(status, ..)| *status).collect::<Vec<_>>(), [OrderState::Expired]);
    assert_eq!(count(&house, "select count(*) from orders where state = 'expired' and ended_at = (select until from holds)").await, 1);
}
