//! Whatever happens: an old page or list and the events make a fresh one, for the buyer and for who handles the order (I25).

use proptest::prelude::*;

use super::{giving_back::refund, *};
use plenum_core::{
    channels::Channel,
    ids::{Millis, PromoCodeId},
    live::Live,
};
use plenum_sales::{
    live::{orders::OwnOrderEvent, promo::PromoEvent},
    model::{
        orders::{OrderPage, Orders, Show},
        paying::Takes,
        promo::Promos,
    },
    server::promo::{self, Entered},
};
use strum::VariantArray as _;

#[derive(Debug, Clone)]
enum Command {
    Hold {
        by: usize,
        seat: usize,
    },
    Order {
        by: usize,
        promo: bool,
    },
    Pay {
        by: usize,
    },
    Cancel {
        by: usize,
    },
    Release {
        by: usize,
    },
    Refund {
        which: i64,
        all: bool,
    },
    /// The organiser makes another code, or ends one.
    Promo {
        make: bool,
        number: i64,
    },
    End,
    Sweep {
        which: i64,
    },
}

fn any_command() -> impl Strategy<Value = Command> {
    let by = 2..4_usize;
    prop_oneof![
        4 => (by.clone(), 0..6_usize).prop_map(|(by, seat)| Command::Hold { by, seat }),
        4 => (by.clone(), any::<bool>()).prop_map(|(by, promo)| Command::Order { by, promo }),
        3 => by.clone().prop_map(|by| Command::Pay { by }),
        1 => by.clone().prop_map(|by| Command::Cancel { by }),
        1 => by.prop_map(|by| Command::Release { by }),
        2 => (1..6_i64, any::<bool>()).prop_map(|(which, all)| Command::Refund { which, all }),
        1 => (any::<bool>(), 1..4_i64).prop_map(|(make, number)| Command::Promo { make, number }),
        1 => Just(Command::End),
        2 => (1..6_i64).prop_map(|which| Command::Sweep { which }),
    ]
}

/// The newest hold and order of a person.
async fn newest(house: &House, by: usize) -> (Option<HoldId>, Option<OrderId>) {
    let person = house.person(by).person;
    let mut conn = house.store.look().await.unwrap();
    let hold = sqlx::query_scalar("select max(id) from holds where person_id = $1").bind(person).fetch_one(&mut *conn).await.unwrap();
    let order = sqlx::query_scalar("select max(id) from orders where person_id = $1").bind(person).fetch_one(&mut *conn).await.unwrap();
    (hold, order)
}

async fn perform(house: &House, seats: &[SeatId], event: EventId, command: Command) {
    let store = &house.store;
    // What is not there, or cannot be done now, is refused and changes nothing.
    match command {
        Command::Hold { by, seat } => drop(try_hold(house, by, event, Wanted { seats: vec![seats[seat]], standing: Vec::new() }).await),
        Command::Order { by, promo } => {
            if let (Some(hold), _) = newest(house, by).await {
                let wish = if promo { Wish::parse(Some("half")).unwrap() } else { Wish::Nothing };
                drop(create(house, by, hold, wish).await);
            }
        }
        Command::Pay { by } => {
            if let (_, Some(order)) = newest(house, by).await {
                drop(pay(house, by, order, None).await);
            }
        }
        Command::Cancel { by } => {
            if let (_, Some(id)) = newest(house, by).await {
                let who = house.person(by).clone();
                drop(store.write(async move |tx: &mut Tx| orders::cancel(tx, &who, id).await).await);
            }
        }
        Command::Release { by } => {
            if let (Some(id), _) = newest(house, by).await {
                let who = house.person(by).clone();
                drop(store.write(async move |tx: &mut Tx| holds::release(tx, &who, id).await).await);
            }
        }
        Command::Refund { which, all } => {
            let mut conn = store.read().await.unwrap();
            let Ok(order) = orders::read(&mut conn, OrderId(which), now()).await else { return };
            drop(conn);
            let lines = if all { None } else { order.sold().next().map(|line| vec![line.id]) };
            drop(refund(house, 1, order.id, lines, false).await);
        }
        Command::Promo { make, number } => {
            let who = house.person(1).clone();
            let body = async move |tx: &mut Tx| {
                if make {
                    let one = Entered { code: format!("code-{number}"), by: "amount".into(), off: "2.50".into(), ..Entered::default() };
                    promo::create(tx, &who, event, &one).await.map(drop)
                } else {
                    promo::end(tx, &who, PromoCodeId(number)).await.map(drop)
                }
            };
            drop(store.write(body).await);
        }
        Command::End => {
            end_all(house, 0).await;
            for id in 1..=count(house, "select coalesce(max(id), 0) from orders").await {
                orders::expire(store.clone(), serde_json::json!({ "order": id })).await.unwrap();
            }
        }
        Command::Sweep { which } => orders::expire(store.clone(), serde_json::json!({ "order": which })).await.unwrap(),
    }
}

/// A page without its key, which is another each time, and without what the wallet has, which is the wallet's to tell; at one `now`.
async fn page(house: &House, viewer: usize, id: OrderId, at: Millis) -> OrderPage {
    let epoch = house.store.epoch().clone();
    let page =
        orders::page(&mut house.store.read().await.unwrap(), house.person(viewer), &epoch, id, Takes::default(), at).await.unwrap().state;
    OrderPage { key: String::new(), available: None, ..page }
}

async fn list(house: &House, by: usize, show: Show, at: Millis) -> Orders {
    let epoch = house.store.epoch().clone();
    orders::list(&mut house.store.read().await.unwrap(), house.person(by).person, &epoch, show, None, at).await.unwrap().state
}

/// The codes, as the organiser sees them.
async fn promos(house: &House, event: EventId) -> Promos {
    let epoch = house.store.epoch().clone();
    promo::list(&mut house.store.read().await.unwrap(), house.person(1), &epoch, event).await.unwrap().state
}

async fn run(commands: Vec<Command>, point: usize) {
    let mut house = rich_house(3).await;
    let (event, seats) = seated(&house, 6).await;
    let organiser = house.person(1).clone();
    let organiser_id = organiser.person;
    let half = Entered { code: "half".into(), by: "percent".into(), off: "50".into(), ..Entered::default() };
    house.store.write(async move |tx: &mut Tx| promo::create(tx, &organiser, event, &half).await).await.unwrap();
    let mut lists: Vec<Orders> = Vec::new();
    let mut pages: Vec<(usize, OrderPage)> = Vec::new();
    let (buyer, mut codes) = (house.person(2).person, None);
    for (index, command) in commands.into_iter().enumerate() {
        if index == point {
            let at = now();
            for &show in Show::VARIANTS {
                lists.push(list(&house, 2, show, at).await);
            }
            if let (_, Some(id)) = newest(&house, 2).await {
                for viewer in [1, 2] {
                    pages.push((viewer, page(&house, viewer, id, at).await));
                }
            }
            codes = Some(promos(&house, event).await);
            house.committed();
        }
        perform(&house, &seats, event, command).await;
        for item in house.committed() {
            let Committed::Event { channel, event, payload, .. } = item else { continue };
            if let (Some(codes), Ok(event)) = (&mut codes, PromoEvent::read(&event, &payload)) {
                assert_eq!(channel, Channel::SpaceStaff(codes.space).to_string());
                let (first, again) = (codes.apply(organiser_id, &event), codes.apply(organiser_id, &event));
                assert!(!again, "applied twice: {first}");
            }
            if event != "order.updated" {
                continue;
            }
            // Applied twice: that changes nothing.
            for _ in 0..2 {
                if channel == format!("private-person.{buyer}") {
                    let event = OwnOrderEvent::read(&event, &payload).unwrap();
                    for list in &mut lists {
                        list.apply(buyer, &event);
                    }
                }
                for (viewer, page) in &mut pages {
                    if channel == format!("private-order.{}", page.order.id) {
                        let event = OrderEvent::read(&event, &payload).unwrap();
                        page.apply(PersonId(i64::try_from(*viewer).unwrap()), &event);
                    }
                }
            }
        }
    }
    let at = now();
    for old in lists {
        let fresh = list(&house, 2, old.show, at).await;
        assert_eq!(old, fresh);
    }
    for (viewer, old) in pages {
        let fresh = page(&house, viewer, old.order.id, at).await;
        assert_eq!(old, fresh);
    }
    if let Some(codes) = codes {
        assert_eq!(codes.promos, promos(&house, event).await.promos);
    }
    check(&house).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// I25, and what must hold whatever is done in whatever order.
    #[test]
    fn an_old_page_and_the_events_make_a_fresh_one(
        (commands, point) in proptest::collection::vec(any_command(), 1..40).prop_flat_map(|commands| { let length = commands.len(); (Just(commands), 0..length) })
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(commands, point));
    }
}
