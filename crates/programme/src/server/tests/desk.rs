//! The desk: its figures are those of the rows, and an old page and the events make a fresh one (I25).

use proptest::prelude::*;

use super::{
    check_ins::second_door,
    house, seated,
    sold::{give_back, sell},
};
use crate::server::seed::sales::seed_sales;
use plenum_broadcasts as broadcasts;
use plenum_broadcasts::model::{Audience, Draft, Words};
use plenum_core::{
    error::ErrorKind,
    ids::{CheckInId, EventId, SeatId, TicketId},
    live::{Live, LiveEvent},
};
use plenum_events::{
    live::{
        desk::{DeskEvent, DoorEvent},
        event::EventEvent,
    },
    model::desk::{Conversion, Desk, OrdersAsked, Span},
};
use plenum_live::plenum_auth::AppSecret;
use plenum_sales::{
    model::hold::Wanted,
    server::{desk, holds},
};
use plenum_store::db::{Committed, Tx};
use plenum_testing::{HERE, House};
use plenum_tickets::model::door::Door;
use plenum_tickets::{
    live::tickets::TicketEvent,
    model::ticket::Tickets,
    server::{
        check_ins,
        codes::Codes,
        tickets::{self, Which},
    },
};
use plenum_wallet::{
    model::{Currency, Money},
    server::ledger,
};
use strum::VariantArray as _;

const OWNER: usize = 3;

async fn read(house: &House, event: EventId) -> Desk {
    let mut desk = desk::read(&mut house.store.read().await.unwrap(), house.person(1), house.store.epoch(), event).await.unwrap().state;
    // What differs by when and by whom it is read.
    (desk.key, desk.availability.updated_at) = (String::new(), 0);
    desk
}

async fn door(house: &House, event: EventId) -> Door {
    check_ins::door(&mut house.store.read().await.unwrap(), house.person(2), house.store.epoch(), event, None).await.unwrap().state
}

async fn own(house: &House) -> Tickets {
    let codes = Codes::under(&AppSecret::new("of these tests"));
    let mut conn = house.store.read().await.unwrap();
    tickets::read(&mut conn, house.person(OWNER), &codes, house.store.epoch(), Which::Coming).await.unwrap().state
}

/// What can happen, in whatever order.
#[derive(Debug, Clone)]
enum Command {
    Sell { person: usize, seats: usize },
    GiveBack { which: usize },
    Admit { by: usize, which: usize },
    Undo { by: usize },
    Hold { seat: usize },
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => (2..5_usize, 1..4_usize).prop_map(|(person, seats)| Command::Sell { person, seats }),
        2 => (0..8_usize).prop_map(|which| Command::GiveBack { which }),
        4 => (1..3_usize, 0..8_usize).prop_map(|(by, which)| Command::Admit { by, which }),
        2 => (1..3_usize).prop_map(|by| Command::Undo { by }),
        1 => (0..5_usize).prop_map(|seat| Command::Hold { seat }),
    ]
}

/// The event, its seats, and how many of them are sold.
struct Hall {
    event: EventId,
    seats: Vec<SeatId>,
    next: usize,
    sold: Vec<TicketId>,
}

async fn perform(house: &House, hall: &mut Hall, command: Command) {
    let event = hall.event;
    match command {
        Command::Sell { person, seats } => {
            let range = hall.next..(hall.next + seats).min(hall.seats.len() - 5);
            if !range.is_empty() {
                hall.next = range.end;
                hall.sold.extend(sell(house, person, event, &hall.seats[range]).await.1);
            }
        }
        Command::GiveBack { which } => {
            if let Some(ticket) = hall.sold.get(which) {
                give_back(house, *ticket).await;
            }
        }
        Command::Admit { by, which } => {
            if let Some(ticket) = hall.sold.get(which).copied() {
                let who = house.person(by).clone();
                house.store.write(async move |tx: &mut Tx| check_ins::admit(tx, &who, event, ticket).await).await.unwrap();
            }
        }
        Command::Undo { by } => {
            let who = house.person(by).clone();
            let mut conn = house.store.look().await.unwrap();
            let last: Option<CheckInId> =
                sqlx::query_scalar("select max(id) from check_ins where person_id = $1 and undone_at is null having max(id) is not null")
                    .bind(who.person)
                    .fetch_optional(&mut *conn)
                    .await
                    .unwrap();
            drop(conn);
            if let Some(last) = last {
                // What was refunded since is refused, and changes nothing.
                let _ = house.store.write(async move |tx: &mut Tx| check_ins::undo(tx, &who, event, last).await).await;
            }
        }
        Command::Hold { seat } => {
            let who = house.person(4).clone();
            let wanted = Wanted { seats: vec![hall.seats[hall.seats.len() - 1 - seat]], standing: vec![] };
            // Beyond what one person can have, it is refused.
            let _ = house.store.write(async move |tx: &mut Tx| holds::hold(tx, &who, event, &wanted, super::TERMS).await).await;
        }
    }
}

/// I33: what is counted as it changes is what a count of all rows gives.
async fn check_counted(house: &House) {
    let apart = "select count(*) from events e where
           sales_orders <> (select count(*) from orders o where o.event_id = e.id and o.paid_at is not null)
           or sales_paid <> (select coalesce(sum(o.subtotal - o.discount), 0) from orders o where o.event_id = e.id and o.paid_at is not null)
           or sales_refunded <> (select coalesce(sum(o.refunded), 0) from orders o where o.event_id = e.id and o.paid_at is not null)
           or guests_expected <> (select count(*) from tickets t where t.event_id = e.id and t.state in ('valid', 'used'))
           or guests_admitted <> (select count(*) from tickets t where t.event_id = e.id and t.state = 'used')
           or exists (select 1 from ticket_types y where y.event_id = e.id and y.sales_revenue <>
             (select coalesce(sum(l.price - l.discount), 0) from order_lines l join orders o on o.id = l.order_id
              where l.ticket_type_id = y.id and l.state = 'sold' and o.paid_at is not null))";
    assert_eq!(house.count(apart).await, 0);
}

async fn run(commands: Vec<Command>, point: usize) {
    let mut house = house(4).await;
    let (event, seats) = seated(&house, 40).await;
    second_door(&house, 2, event).await;
    let mut hall = Hall { event, seats, next: 0, sold: Vec::new() };
    let space = read(&house, event).await.head.space;
    let (staff, public) = (DeskEvent::channel(space).to_string(), EventEvent::channel(event).to_string());
    let at_doors = DoorEvent::channel(event).to_string();
    let own_channel = TicketEvent::channel(house.person(OWNER).person).to_string();
    let mut live = None;
    for (index, command) in commands.into_iter().enumerate() {
        if index == point {
            live = Some((read(&house, event).await, door(&house, event).await, own(&house).await));
            house.committed();
        }
        perform(&house, &mut hall, command).await;
        let Some((desk, door, own)) = &mut live else { continue };
        for item in house.committed() {
            let Committed::Event { channel, event, payload, .. } = item else { continue };
            // Applied twice: that changes nothing.
            for _ in 0..2 {
                if channel == staff {
                    desk.apply(house.person(1).person, &DeskEvent::read(&event, &payload).unwrap());
                } else if channel == at_doors {
                    let event = DoorEvent::read(&event, &payload).unwrap();
                    desk.apply(house.person(1).person, &event);
                    door.apply(house.person(2).person, &event);
                } else if channel == public {
                    desk.apply(house.person(1).person, &EventEvent::read(&event, &payload).unwrap());
                } else if let Ok(event) = TicketEvent::read(&event, &payload)
                    && channel == own_channel
                {
                    own.apply(house.person(OWNER).person, &event);
                }
            }
        }
    }
    check_counted(&house).await;
    let Some((mut live, at_door, own_tickets)) = live else { return };
    live.availability.updated_at = 0;
    assert_eq!(live, read(&house, event).await);
    assert_eq!(at_door, door(&house, event).await);
    // What is new is asked for anew; what was there is as it is.
    let fresh = own(&house).await.tickets;
    for ticket in own_tickets.tickets {
        assert!(fresh.contains(&ticket), "{ticket:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 100, ..ProptestConfig::default() })]

    /// I25: for the desk, a door and whoever has tickets.
    #[test]
    fn an_old_page_and_the_events_make_a_fresh_one(
        (commands, point) in proptest::collection::vec(any_command(), 1..24).prop_flat_map(|commands| { let length = commands.len(); (Just(commands), 0..length) })
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(commands, point));
    }
}

/// Revenue is what the ledger has, orders are found, and what is given back is told apart.
#[tokio::test]
async fn figures_are_those_of_the_rows() {
    let house = house(4).await;
    let (event, seats) = seated(&house, 6).await;
    sell(&house, 3, event, &seats[..4]).await;
    let (_, sold) = sell(&house, 2, event, &seats[4..]).await;
    give_back(&house, sold[0]).await;
    let desk = read(&house, event).await;
    let euros = |amount| Money::new(amount, Currency::Eur);
    assert_eq!((desk.sales.paid, desk.sales.refunded, desk.sales.orders), (euros(15_000), euros(2_500), 2));
    assert_eq!((desk.sales.revenue(), desk.sales.by_type[0].revenue), (euros(12_500), euros(12_500)));
    assert_eq!(desk.availability.ticket_types[0].sold, 5);

    let asked = |text: &str, state: &str| OrdersAsked { text: text.into(), state: state.into(), before: None };
    let orders = async |asked: OrdersAsked| {
        let found = desk::orders(&mut house.store.read().await.unwrap(), house.person(1), event, &asked).await;
        found.map(|found| {
            found.rows.into_iter().map(|row| (row.person.name, row.places, row.total.amount, row.refunded.amount)).collect::<Vec<_>>()
        })
    };
    let (lena, sam) = (("Lena Kovač".to_owned(), 4, 10_000, 0), ("Sam Adeyemi".to_owned(), 2, 5_000, 2_500));
    assert_eq!(orders(asked("", "")).await.unwrap(), [sam.clone(), lena.clone()], "the newest first");
    assert_eq!(orders(asked("p3@", "")).await.unwrap(), std::slice::from_ref(&lena));
    assert_eq!(orders(asked("", "partly_refunded")).await.unwrap(), [sam]);
    assert_eq!(orders(asked("lena", "partly_refunded")).await.unwrap(), []);
    assert_eq!(orders(asked("", "lost")).await.unwrap_err().field.as_deref(), Some("state"));

    let over_time = async |span| desk::over_time(&mut house.store.read().await.unwrap(), house.person(1), event, span).await.unwrap();
    for &span in Span::VARIANTS {
        let over_time = over_time(span).await;
        assert_eq!(over_time.moments.iter().map(|moment| moment.places[0]).sum::<u32>(), 6, "{span:?}");
        assert!(over_time.moments.iter().all(|moment| (moment.at - over_time.from) % over_time.step == 0));
        assert_eq!(over_time.conversion, Conversion { bought: 2, given_up: 0 });
    }
}

/// Who runs an event writes to its guests, and to nobody else; a manager may, too.
#[tokio::test]
async fn guests_are_written_to_by_those_who_run_the_event() {
    let house = house(4).await;
    let (event, seats) = seated(&house, 3).await;
    sell(&house, 3, event, &seats[..2]).await;
    let (_, sold) = sell(&house, 4, event, &seats[2..]).await;
    give_back(&house, sold[0]).await;
    let write = async |person: usize, event: EventId| {
        let who = house.person(person).clone();
        let draft = Draft::new(Audience::Event(event), Words::parse(0, "Doors open at seven", "", "", 1).unwrap());
        house
            .store
            .write(async move |tx: &mut Tx| broadcasts::server::create(tx, &who, &broadcasts::server::Proved::of(draft.clone())?).await)
            .await
    };
    assert_eq!(write(3, event).await.unwrap_err().kind, ErrorKind::Forbidden, "a guest");
    assert_eq!(write(1, EventId(999)).await.unwrap_err().kind, ErrorKind::Forbidden, "not theirs");
    let made = write(1, event).await.unwrap();
    assert_eq!(made.audience_name, "Ticket holders of Winter gala of the Northfield Institute");
    broadcasts::server::send(house.store.clone(), serde_json::json!({ "broadcast": made.id })).await.unwrap();
    let mut conn = house.store.look().await.unwrap();
    let told: Vec<i64> = sqlx::query_scalar("select person_id from broadcast_recipients order by 1").fetch_all(&mut *conn).await.unwrap();
    assert_eq!(told, [3], "not whose money was given back, and once");
}

/// The demo: a good part of the hall is sold, the ten have as much as before, and the ledger is even.
#[tokio::test]
async fn a_seeded_sale_leaves_wallets_as_they_were() {
    let house = house(10).await;
    let people: Vec<_> = (1..=10).map(|id| house.person(id).card()).collect();
    let body = async move |tx: &mut Tx| {
        for person in &people {
            ledger::open(tx, HERE, person.id, Money::new(100_000, Currency::Eur)).await?;
        }
        seed_sales(tx, HERE, &people).await
    };
    house.store.write(body).await.unwrap();
    assert_eq!(house.count("select count(*) from accounts where person_id is not null and balance <> 100000").await, 0);
    assert_eq!(house.count("select sum(amount) from postings").await, 0);
    assert_eq!(
        house.count("select count(*) from orders where subtotal <> (select sum(price) from order_lines where order_id = orders.id)").await,
        0
    );
    assert_eq!(house.count("select balance - (select sum(subtotal) from orders) from accounts where kind = 'sales'").await, 0);
    assert_eq!(
        house
            .count("select count(*) from ticket_types t where sold <> (select count(*) from order_lines l where l.ticket_type_id = t.id)")
            .await,
        0
    );
    let percent = async |name: &'static str| house.count(name).await;
    let stalls = percent("select 100 * sold / capacity from ticket_types where name = 'Stalls'").await;
    let circle = percent("select 100 * sold / capacity from ticket_types where name = 'Circle'").await;
    assert!((55..=62).contains(&stalls) && (35..=42).contains(&circle), "{stalls} {circle}");
    assert_eq!(
        house
            .count("select count(*) from tickets t where not exists (select 1 from space_members m where m.person_id = t.person_id)")
            .await,
        0
    );
    assert_eq!(
        house.count("select count(*) from orders where created_at < (select min(sales_from) from events)").await,
        0,
        "not before the sale began"
    );
}
