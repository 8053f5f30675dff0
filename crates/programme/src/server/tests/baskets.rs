//! What is done with baskets (S3-27, S3-28).

use super::{TERMS, end_all, house, seated};
use plenum_core::error::ErrorKind;
use plenum_events::server::events::EventViewer;
use plenum_sales::{
    model::hold::Wanted,
    server::{
        baskets::{self, Part, Together},
        expiry, holds, seats,
    },
};
use plenum_store::db::{Tx, now};
use std::collections::BTreeSet;

/// A basket lasts longer by as much again, twice and not three times; with its last seat it is gone.
#[tokio::test]
async fn a_basket_is_extended_and_emptied() {
    let house = house(2).await;
    let (event, seats) = seated(&house, 2).await;
    let who = house.person(2).clone();
    let body = async move |tx: &mut Tx| {
        let hold = holds::hold(tx, &who, event, &Wanted { seats: seats.clone(), standing: Vec::new() }, TERMS).await?;
        let once = baskets::extend(tx, &who, hold.id, TERMS).await?;
        let twice = baskets::extend(tx, &who, hold.id, TERMS).await?;
        assert_eq!((once.until - hold.until, twice.until - hold.until), (TERMS.lasts, 2 * TERMS.lasts));
        assert_eq!(baskets::extend(tx, &who, hold.id, TERMS).await.unwrap_err().kind, ErrorKind::Conflict);
        let left = baskets::let_go(tx, &who, hold.id, Part::Seat(seats[0]), TERMS).await?;
        assert_eq!(left.map(|left| left.seats), Some(seats[1..].to_vec()));
        assert_eq!(baskets::let_go(tx, &who, hold.id, Part::Seat(seats[1]), TERMS).await?, None);
        assert_eq!(baskets::let_go(tx, &who, hold.id, Part::Seat(seats[1]), TERMS).await.unwrap_err().kind, ErrorKind::Conflict);
        Ok(())
    };
    house.store.write(body).await.unwrap();
}

/// I33: the writer looks at the seats that were chosen outside it and at no others; of these blocks the first that is free is held.
#[tokio::test]
async fn the_writer_takes_the_first_block_that_is_free() {
    let house = house(3).await;
    let (event, _) = seated(&house, 1).await;
    let wanted = Together { count: 2, ticket_type: None };
    let (one, other) = (house.person(2).clone(), house.person(3).clone());
    let blocks = baskets::best_blocks(&mut house.store.read().await.unwrap(), &one, event, wanted, now()).await.unwrap();
    let distinct: BTreeSet<_> = blocks.iter().flatten().collect();
    assert_eq!((blocks.len(), distinct.len()), (8, 16));
    let first_two = blocks[..2].to_vec();
    let body = async move |tx: &mut Tx| {
        // Somebody was faster with one seat of the first.
        let seats = Wanted { seats: vec![blocks[0][1]], standing: Vec::new() };
        holds::hold(tx, &other, event, &seats, TERMS).await?;
        let held = baskets::hold_block(tx, &one, event, &blocks[..2], TERMS).await?.unwrap();
        let none = baskets::hold_block(tx, &other, event, &blocks[..2], TERMS).await?;
        Ok((held.seats, none))
    };
    let (mut second, (held, none)) = (first_two[1].clone(), house.store.write(body).await.unwrap());
    second.sort_unstable();
    assert_eq!((held, none), (second, None));
}

/// Whoever wants the best seats at the same time gets some, each others; the same key again the same.
#[tokio::test]
async fn a_crowd_that_wants_the_best_gets_seats_of_its_own() {
    let house = house(30).await;
    let (event, _) = seated(&house, 1).await;
    let wanted = Together { count: 3, ticket_type: None };
    let best = |index: usize| {
        let key = Some(format!("the-best-{index}"));
        baskets::hold_best(&house.store, house.person(index), event, wanted, key, TERMS)
    };
    let held = futures::future::join_all((1..=30).map(best)).await;
    let held: Vec<_> = held.into_iter().map(Result::unwrap).collect();
    assert_eq!(held.iter().flat_map(|hold| &hold.seats).collect::<BTreeSet<_>>().len(), 90);
    assert_eq!(best(7).await.unwrap(), held[6]);
}

/// Many holds that end together are ended some at a time, each once; a sweep that finds nothing says when the next one ends.
#[tokio::test]
async fn many_ends_are_told_some_at_a_time() {
    let mut house = house(40).await;
    let (event, seats) = seated(&house, 40).await;
    for (index, seat) in seats.iter().enumerate() {
        let (who, seat) = (house.person(index + 1).clone(), *seat);
        let body = async move |tx: &mut Tx| holds::hold(tx, &who, event, &Wanted { seats: vec![seat], standing: Vec::new() }, TERMS).await;
        house.store.write(body).await.unwrap();
    }
    let next = expiry::sweep(&house.store).await.unwrap();
    assert!(next.is_some_and(|next| next > now()));
    end_all(&house, 1).await;
    house.committed();
    assert_eq!(expiry::sweep(&house.store).await.unwrap(), None);
    let told = house.announced(&format!("seats.{event}"));
    let freed: usize = told.iter().map(|(_, payload)| payload.matches("free").count()).sum();
    assert!(told.len() >= 3 && freed == 40, "{} events, {freed} seats", told.len());
    assert_eq!(house.count("select count(*) from held_seats").await, 0);
    assert_eq!(house.count("select count(*) from holds where state = 'expired'").await, 40);
}

/// The questions of a page ask indexes, and look at no seat to count what is held.
#[tokio::test]
async fn what_is_held_is_counted_from_an_index() {
    let house = house(1).await;
    let mut conn = house.store.look().await.unwrap();
    let plan: Vec<(i64, i64, i64, String)> =
        sqlx::query_as("explain query plan select count(*) from held_seats h where h.ticket_type_id = 1 and h.until > 2")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    assert!(plan.iter().any(|(.., line)| line.contains("COVERING INDEX held_seats_type")), "{plan:?}");
}

/// What a visitor sees has nobody's basket in it.
#[tokio::test]
async fn a_visitors_map_is_nobodys() {
    let house = house(2).await;
    let (event, seats) = seated(&house, 1).await;
    let who = house.person(2).clone();
    let wanted = Wanted { seats: seats.clone(), standing: Vec::new() };
    let holding = who.clone();
    house.store.write(async move |tx: &mut Tx| holds::hold(tx, &holding, event, &wanted, TERMS).await).await.unwrap();
    let mut conn = house.store.read().await.unwrap();
    let looker = |who| EventViewer { organisation: house.person(2).organisation, who };
    let visitors = seats::map(&mut conn, &looker(None), event, TERMS, now()).await.unwrap();
    let own = seats::map(&mut conn, &looker(Some(who)), event, TERMS, now()).await.unwrap();
    assert_eq!((visitors.hold, visitors.waiting.len()), (None, 0));
    assert_eq!(own.hold.map(|hold| hold.seats), Some(seats));
    assert_eq!(visitors.taken, own.taken);
    assert_eq!(visitors.rows.iter().map(|row| row.spots.len()).sum::<usize>(), 270);
    assert_eq!(visitors.rows.first().map(|row| row.label.as_str()), Some("A"));
}
