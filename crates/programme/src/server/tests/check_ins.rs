//! That a ticket is let in once, by those who run its event, and that a door says of each code what it is.

use super::{
    house, seated,
    sold::{give_back, sell},
    standing,
};
use crate::server::readmitting;
use plenum_core::{
    activity::Verb,
    channels::Channel,
    error::{AppResult, ErrorKind},
    ids::{CheckInId, EventId, SpaceId, TicketId},
};
use plenum_events::model::check_in::{Answer, Counts, Outcome, RECENT, UNDO};
use plenum_live::plenum_auth::AppSecret;
use plenum_messages::spaces;
use plenum_store::db::Tx;
use plenum_testing::House;
use plenum_tickets::server::{
    check_ins,
    codes::Codes,
    tickets::{self, Which},
};

fn codes() -> Codes {
    Codes::under(&AppSecret::new("of these tests"))
}

pub fn code(ticket: TicketId, event: EventId) -> String {
    codes().issue(ticket, event).to_string()
}

pub async fn read_at(house: &House, person: usize, event: EventId, code: String) -> AppResult<Answer> {
    let who = house.person(person).clone();
    house.store.write(async move |tx: &mut Tx| check_ins::check_in(tx, &who, &codes(), event, &code).await).await
}

pub async fn undo(house: &House, person: usize, event: EventId, id: CheckInId) -> AppResult<Counts> {
    let who = house.person(person).clone();
    house.store.write(async move |tx: &mut Tx| check_ins::undo(tx, &who, event, id).await).await
}

/// The second door: another of its staff.
pub async fn second_door(house: &House, person: usize, event: EventId) {
    let person = house.person(person).person;
    let body = async move |tx: &mut Tx| {
        let space: SpaceId = sqlx::query_scalar("select space_id from events where id = $1").bind(event).fetch_one(&mut **tx).await?;
        spaces::server::admit(tx, space, person, true).await
    };
    house.store.write(body).await.unwrap();
}

/// I33: whoever came in before the event was put off comes in again, some orders a write; whoever came in since stays in.
#[tokio::test]
async fn who_came_in_before_comes_in_again_some_at_a_time() {
    let mut house = house(4).await;
    let (event, seats) = seated(&house, 26).await;
    let mut sold = Vec::new();
    for seat in &seats {
        sold.extend(sell(&house, 3, event, &[*seat]).await.1);
    }
    for ticket in &sold[..25] {
        read_at(&house, 1, event, code(*ticket, event)).await.unwrap();
    }
    let until = plenum_store::db::now();
    house.execute("update tickets set used_at = used_at - 1000 where state = 'used'").await;
    read_at(&house, 1, event, code(sold[25], event)).await.unwrap();
    house.execute("update tickets set used_at = used_at + 1000 where used_at = (select max(used_at) from tickets)").await;
    let door = Channel::EventDoor(event).to_string();
    house.committed();
    let step = async |house: &House| house.store.write(async move |tx: &mut Tx| readmitting::step(tx, event, until).await).await.unwrap();
    let mut writes = 0;
    while step(&house).await {
        writes += 1;
        let told = house.announced(&door).into_iter().filter(|(name, _)| name == "check_ins.changed").count();
        assert_eq!(told, 1, "once a write");
    }
    assert_eq!(writes, 2);
    assert_eq!(house.count("select count(*) from tickets where state = 'used'").await, 1);
    assert_eq!(house.count("select count(*) from check_ins where undone_at is null").await, 1);
    let again = read_at(&house, 1, event, code(sold[0], event)).await.unwrap();
    assert_eq!((again.outcome, again.counts), (Outcome::Admitted, Counts { admitted: 2, expected: 26 }));
}

/// S3-50: valid, used, wrong event, void, not a ticket; a forged or copied number is none.
#[tokio::test]
async fn a_door_says_what_a_code_is() {
    let house = house(4).await;
    let (event, seats) = seated(&house, 4).await;
    let (other, ..) = standing(&house).await;
    let (_, sold) = sell(&house, 3, event, &seats).await;
    let said = async |event, code| read_at(&house, 1, event, code).await.unwrap();

    let admitted = said(event, code(sold[0], event)).await;
    assert_eq!((admitted.outcome, admitted.counts), (Outcome::Admitted, Counts { admitted: 1, expected: 4 }));
    let guest = admitted.guest.unwrap();
    assert_eq!((guest.name.as_str(), guest.place.unwrap().number), ("Lena Kovač", 1));
    let used = said(event, format!(" {} ", code(sold[0], event).to_lowercase())).await;
    assert_eq!((used.outcome, used.used_by.as_deref()), (Outcome::Used, Some("Vera Nowak")));
    assert!(used.used_at.is_some() && used.check_in.is_none() && used.guest.is_some());

    let wrong = said(other, code(sold[1], event)).await;
    assert_eq!((wrong.outcome, wrong.guest), (Outcome::WrongEvent, None));
    assert_eq!(wrong.other_event.as_deref(), Some("Winter gala of the Northfield Institute"));
    give_back(&house, sold[2]).await;
    let void = said(event, code(sold[2], event)).await;
    assert_eq!((void.outcome, void.counts), (Outcome::Void, Counts { admitted: 1, expected: 3 }));

    let truncated = code(sold[3], event);
    let other_server = Codes::under(&AppSecret::new("another")).issue(sold[3], event).to_string();
    for forged in [
        String::new(),
        sold[3].to_string(),
        truncated[..truncated.len() - 2].to_owned(),
        other_server,
        code(sold[3], other),
        code(sold[1], event).replacen(&format!(".{}.", sold[1]), &format!(".{}.", sold[3]), 1),
        code(TicketId(987_654), event),
        "https://plenum.example/tickets/1".to_owned(),
    ] {
        let answer = said(event, forged.clone()).await;
        assert_eq!((answer.outcome, answer.guest), (Outcome::Unknown, None), "{forged:?}");
    }
    assert_eq!(house.count("select count(*) from tickets where state = 'used'").await, 1, "nothing else was changed");
    assert_eq!(house.count("select count(*) from check_ins").await, 1);
}

/// Two doors, a hundred scans of one ticket: it admits once.
#[tokio::test]
async fn a_ticket_admits_once() {
    let house = house(3).await;
    let (event, seats) = seated(&house, 1).await;
    second_door(&house, 2, event).await;
    let (_, sold) = sell(&house, 3, event, &seats).await;
    let scans = (0..100).map(|number| read_at(&house, 1 + number % 2, event, code(sold[0], event)));
    let answers: Vec<Outcome> = futures::future::join_all(scans).await.into_iter().map(|answer| answer.unwrap().outcome).collect();
    assert_eq!(answers.iter().filter(|outcome| **outcome == Outcome::Admitted).count(), 1);
    assert!(answers.iter().all(|outcome| matches!(outcome, Outcome::Admitted | Outcome::Used)));
    assert_eq!(house.count("select count(*) from check_ins").await, 1);
    let verb = Verb::TicketCheckedIn.into_str();
    assert_eq!(verb, "ticket.checked_in");
    assert_eq!(house.count("select count(*) from activity where verb = 'ticket.checked_in'").await, 1, "I32");
}

/// One's own last, within a minute, once; then the ticket is valid again, and who reads it next lets it in.
#[tokio::test]
async fn the_last_one_can_be_taken_back() {
    let house = house(3).await;
    let (event, seats) = seated(&house, 3).await;
    second_door(&house, 2, event).await;
    let (_, sold) = sell(&house, 3, event, &seats).await;
    let mut ids = Vec::new();
    for ticket in &sold[..2] {
        ids.push(read_at(&house, 1, event, code(*ticket, event)).await.unwrap().check_in.unwrap());
    }
    let refused = |tried: AppResult<Counts>| tried.unwrap_err().kind;
    assert_eq!(refused(undo(&house, 1, event, ids[0]).await), ErrorKind::Conflict, "not the last");
    assert_eq!(refused(undo(&house, 2, event, ids[1]).await), ErrorKind::Conflict, "another door's");
    assert_eq!(refused(undo(&house, 3, event, ids[1]).await), ErrorKind::Forbidden);
    assert_eq!(undo(&house, 1, event, ids[1]).await.unwrap(), Counts { admitted: 1, expected: 3 });
    assert_eq!(refused(undo(&house, 1, event, ids[1]).await), ErrorKind::Conflict, "once");
    assert_eq!(read_at(&house, 2, event, code(sold[1], event)).await.unwrap().outcome, Outcome::Admitted);
    assert_eq!(house.count("select count(*) from activity where verb = 'check_in.undone'").await, 1, "I32");

    house
        .store
        .write(async move |tx: &mut Tx| {
            sqlx::query("update check_ins set at = at - $1").bind(UNDO + 1).execute(&mut **tx).await?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(refused(undo(&house, 1, event, ids[0]).await), ErrorKind::Conflict, "a minute is over");
    // What was refunded meanwhile stays void.
    let last = read_at(&house, 1, event, code(sold[2], event)).await.unwrap().check_in.unwrap();
    give_back(&house, sold[2]).await;
    assert_eq!(refused(undo(&house, 1, event, last).await), ErrorKind::Conflict);
    assert_eq!(read_at(&house, 1, event, code(sold[2], event)).await.unwrap().outcome, Outcome::Void);
}

/// I24: doors, desks and others' tickets are for those who run the event; another organisation learns of nothing.
#[tokio::test]
async fn doors_are_for_those_who_run_the_event() {
    let house = house(4).await;
    let (event, seats) = seated(&house, 1).await;
    let (other, ..) = standing(&house).await;
    second_door(&house, 2, other).await;
    let (order, sold) = sell(&house, 3, event, &seats).await;
    let good = code(sold[0], event);
    for (person, kind) in [(2, ErrorKind::Forbidden), (3, ErrorKind::Forbidden), (5, ErrorKind::NotFound)] {
        assert_eq!(read_at(&house, person, event, good.clone()).await.unwrap_err().kind, kind, "{person}");
        let who = house.person(person);
        let mut conn = house.store.read().await.unwrap();
        assert_eq!(check_ins::find(&mut conn, who, event, "lena").await.unwrap_err().kind, kind, "{person}");
        assert_eq!(check_ins::door(&mut conn, who, house.store.epoch(), event, None).await.unwrap_err().kind, kind, "{person}");
        let read = plenum_sales::server::desk::read(&mut conn, who, house.store.epoch(), event).await;
        assert_eq!(read.unwrap_err().kind, kind, "{person}");
    }
    let seen = async |person: usize, which| {
        let mut conn = house.store.read().await.unwrap();
        tickets::read(&mut conn, house.person(person), &codes(), house.store.epoch(), which).await.map(|read| read.state.tickets.len())
    };
    for which in [Which::One(sold[0]), Which::Order(order)] {
        assert_eq!((seen(3, which).await.unwrap(), seen(1, which).await.unwrap()), (1, 1), "its owner, and who runs the event");
        for person in [2, 4, 5] {
            assert_eq!(seen(person, which).await.unwrap_err().kind, ErrorKind::NotFound, "{person}");
        }
    }
    assert_eq!((seen(3, Which::Coming).await, seen(1, Which::Coming).await), (Ok(1), Ok(0)), "one's own alone");
    assert_eq!(house.count("select count(*) from tickets where state = 'used'").await, 0);
}

/// Nobody is let in to what does not take place; a search finds names, addresses and orders, and no patterns.
#[tokio::test]
async fn closed_doors_and_searches() {
    let house = house(3).await;
    let (event, seats) = seated(&house, 2).await;
    let (order, sold) = sell(&house, 3, event, &seats[..1]).await;
    let number = sqlx::query_scalar("select number from orders where id = $1").bind(order);
    let number: String = number.fetch_one(&mut *house.store.look().await.unwrap()).await.unwrap();
    sell(&house, 2, event, &seats[1..]).await;
    let found = async |text: &str| {
        let found = check_ins::find(&mut house.store.read().await.unwrap(), house.person(1), event, text).await.unwrap();
        found.into_iter().map(|found| found.guest.name).collect::<Vec<_>>()
    };
    assert_eq!(found("kov").await, ["Lena Kovač"]);
    assert_eq!(found(" P2@plenum ").await, ["Sam Adeyemi"]);
    assert_eq!((found(&number[1..6]).await, found("plenum").await.len()), (vec!["Lena Kovač".to_owned()], 2));
    assert_eq!((found("%").await.len(), found("_").await.len(), found("  ").await.len()), (0, 0, 0));
    for (state, admits) in [("postponed", false), ("cancelled", false), ("live", true)] {
        house
            .store
            .write(async move |tx: &mut Tx| {
                sqlx::query("update events set state = $2 where id = $1").bind(event).bind(state).execute(&mut **tx).await?;
                Ok(())
            })
            .await
            .unwrap();
        let answer = read_at(&house, 1, event, code(sold[0], event)).await;
        assert_eq!(
            answer.map_err(|error| error.kind).map(|answer| answer.outcome),
            if admits { Ok(Outcome::Admitted) } else { Err(ErrorKind::Conflict) }
        );
    }
}

/// As many of who came in last are shown as there is room for, the newest first.
#[tokio::test]
async fn the_newest_are_shown() {
    let house = house(3).await;
    let (event, seats) = seated(&house, 12).await;
    let (_, sold) = sell(&house, 3, event, &seats).await;
    for ticket in &sold {
        read_at(&house, 1, event, code(*ticket, event)).await.unwrap();
    }
    let door = check_ins::door(&mut house.store.read().await.unwrap(), house.person(1), house.store.epoch(), event, Some(sold[0])).await;
    let door = door.unwrap().state;
    let shown: Vec<TicketId> = door.check_ins.recent.iter().map(|entry| entry.guest.ticket).collect();
    assert_eq!(shown, sold.iter().rev().take(RECENT).copied().collect::<Vec<_>>());
    assert_eq!(door.asked.unwrap().guest.ticket, sold[0]);
}
