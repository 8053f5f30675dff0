//! That a plan changes only where it does no harm, and that its seats are always counted.

mod apply;
mod imports;

use std::collections::BTreeMap;

use crate::server::{
    seed::seed_arena,
    tests::{TERMS, end_all, house, seated},
};
use plenum_core::{
    error::{AppResult, ErrorKind},
    ids::{EventId, SeatId, SectionId, TicketTypeId},
};
use plenum_events::model::seat::SeatKind;
use plenum_plans::model::{
    Plan,
    change::{Change, RowsForm, SeatsForm},
    desk::Desk,
    ticket_type::TypeForm,
};
use plenum_plans::server::{change, copy, desk, read, ticket_types, undo};
use plenum_sales::{model::hold::Wanted, server::holds};
use plenum_store::db::Tx;
use plenum_testing::House;

/// The editor as its organiser sees it.
pub async fn look(house: &House, event: EventId) -> Desk {
    desk(&mut house.store.read().await.unwrap(), house.person(1), house.store.epoch(), event).await.unwrap().state
}

async fn act(house: &House, event: EventId, what: Change) -> AppResult<()> {
    change(&house.store, house.person(1), event, &what).await
}

/// Whatever was done: each seated ticket type has as many places as there are seats of it.
pub async fn is_counted(house: &House, event: EventId) {
    let desk = look(house, event).await;
    for of in desk.seated() {
        assert_eq!(usize::try_from(of.capacity).unwrap(), desk.plan.of_type(of.id), "{}", of.name);
    }
}

/// Lets somebody hold seats of the gala.
pub async fn hold(house: &House, by: usize, event: EventId, seats: &[SeatId]) {
    let (who, wanted) = (house.person(by).clone(), Wanted { seats: seats.to_vec(), standing: Vec::new() });
    house.store.write(async move |tx: &mut Tx| holds::hold(tx, &who, event, &wanted, TERMS).await).await.unwrap();
}

/// Lets a seat be sold to the second person.
pub async fn sell(house: &House, event: EventId, seat: SeatId) {
    let body = async move |tx: &mut Tx| {
        for statement in [
            "insert into holds (id, event_id, person_id, state, until, created_at) values (900, $1, 2, 'bought', 0, 0)",
            "insert into orders (id, organisation_id, event_id, person_id, hold_id, number, state, currency, subtotal, created_at)
             values (900, 1, $1, 2, 900, 'P-900', 'paid', 'EUR', 2500, 0)",
        ] {
            sqlx::query(statement).bind(event).execute(&mut **tx).await?;
        }
        sqlx::query("insert into order_lines (order_id, ticket_type_id, seat_id, state, price) select 900, ticket_type_id, id, 'sold', 2500 from seats where id = $1")
            .bind(seat)
            .execute(&mut **tx)
            .await?;
        sqlx::query("update ticket_types set sold = sold + 1 where id = (select ticket_type_id from seats where id = $1)")
            .bind(seat)
            .execute(&mut **tx)
            .await?;
        Ok(())
    };
    house.store.write(body).await.unwrap();
}

fn of_row<'a>(section: &'a str, rows: &'a str, seats: &'a str) -> SeatsForm<'a> {
    SeatsForm { section, rows, seats, step: "each", kind: "", ticket_type: "" }
}

fn section(desk: &Desk, name: &str) -> SectionId {
    desk.plan.section(name).unwrap().id.unwrap()
}

fn ticket_type(desk: &Desk, name: &str) -> TicketTypeId {
    desk.types.iter().find(|of| of.name == name).unwrap().id
}

/// A seat that somebody holds or has bought stays, at its price; the refusal says which. A hold that has ended claims nothing.
#[tokio::test]
async fn a_seat_that_somebody_has_stays() {
    let house = house(3).await;
    let (event, seats) = seated(&house, 4).await;
    let now = look(&house, event).await;
    let (stalls, circle) = (section(&now, "Stalls").to_string(), ticket_type(&now, "Circle").to_string());
    hold(&house, 2, event, &seats[..1]).await;
    sell(&house, event, seats[1]).await;
    let taken = look(&house, event).await;
    for change in [
        Change::Remove(of_row(&stalls, "A", "1–2").which().unwrap()),
        SeatsForm { ticket_type: &circle, ..of_row(&stalls, "A", "") }.set().unwrap(),
        Change::RemoveSection(section(&now, "Stalls")),
    ] {
        let refused = act(&house, event, change).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Conflict);
        assert!(refused.message.contains("Stalls, row A, seat 1; Stalls, row A, seat 2"), "{}", refused.message);
    }
    assert!(look(&house, event).await == taken, "nothing was done");

    let accessible = SeatsForm { kind: "accessible", ..of_row(&stalls, "A", "1–2") };
    act(&house, event, accessible.set().unwrap()).await.unwrap();
    end_all(&house, 1).await;
    act(&house, event, Change::Remove(of_row(&stalls, "A", "1").which().unwrap())).await.unwrap();
    act(&house, event, SeatsForm { ticket_type: &circle, ..of_row(&stalls, "A", "3") }.set().unwrap()).await.unwrap();
    act(&house, event, Change::Remove(of_row(&stalls, "A", "2").which().unwrap())).await.unwrap_err();
    let after = look(&house, event).await;
    assert_eq!(after.plan.len(), now.plan.len() - 1);
    is_counted(&house, event).await;
}

/// Seats that come to an event on sale are counted and announced in the transaction that makes them; the ids of the others stay.
#[tokio::test]
async fn seats_come_while_others_are_sold() {
    let mut house = house(3).await;
    let (event, seats) = seated(&house, 1).await;
    let now = look(&house, event).await;
    let ids = |house: &House| {
        let store = house.store.clone();
        async move {
            let rows: Vec<(i64, i64)> = sqlx::query_as("select id, x from seats where event_id = $1 order by id")
                .bind(event)
                .fetch_all(&mut *store.look().await.unwrap())
                .await
                .unwrap();
            rows.into_iter().collect::<BTreeMap<_, _>>()
        }
    };
    let before = ids(&house).await;
    hold(&house, 2, event, &seats).await;
    house.committed();
    let (circle, of) = (section(&now, "Circle").to_string(), ticket_type(&now, "Circle").to_string());
    let form =
        RowsForm {
            section: &circle, rows: "L–M", seats: "1–17, 18–34", step: "each", bend: "2", ticket_type: &of, ..RowsForm::default()
        };
    act(&house, event, form.read().unwrap()).await.unwrap();
    let announced: Vec<String> = house.committed().into_iter().map(|item| format!("{item:?}")).collect();
    assert!(announced.iter().any(|item| item.contains("plan.changed") && item.contains(&format!("seats.{event}"))), "{announced:?}");
    assert!(announced.iter().any(|item| item.contains("availability.updated")), "{announced:?}");
    let after = ids(&house).await;
    assert_eq!(after.len(), before.len() + 68);
    let moved: std::collections::BTreeSet<i64> = before.iter().map(|(id, x)| after[id] - x).collect();
    assert_eq!(moved.len(), 1, "all seats that were there are there, and moved together");
    is_counted(&house, event).await;
}

/// The last change can be undone, once; an event that is over keeps its plan.
#[tokio::test]
async fn the_last_change_is_undone() {
    let house = house(2).await;
    let (event, _) = seated(&house, 0).await;
    let before = look(&house, event).await;
    assert!(!before.undo);
    act(&house, event, Change::RemoveSection(section(&before, "Circle"))).await.unwrap();
    let less = look(&house, event).await;
    assert!(less.undo && less.plan.len() < before.plan.len());
    undo(&house.store, house.person(1), event).await.unwrap();
    let back = look(&house, event).await;
    let rows = |plan: &Plan| plan.sections.iter().map(|section| (section.name.clone(), section.rows.clone())).collect::<Vec<_>>();
    assert_eq!((rows(&back.plan), back.undo), (rows(&before.plan), false));
    is_counted(&house, event).await;
    assert_eq!(undo(&house.store, house.person(1), event).await.unwrap_err().kind, ErrorKind::Conflict);
    house
        .store
        .write(async move |tx: &mut Tx| Ok(sqlx::query("update events set state = 'ended'").execute(&mut **tx).await.map(drop)?))
        .await
        .unwrap();
    assert_eq!(act(&house, event, Change::AddSection("Gallery".to_owned())).await.unwrap_err().kind, ErrorKind::Conflict);
}

/// Whoever runs the event makes its plan, and the organisation's admins; nobody else, and nobody of another organisation.
#[tokio::test]
async fn who_makes_a_plan() {
    let house = house(3).await;
    let (event, _) = seated(&house, 0).await;
    let by = async |person: usize| {
        change(&house.store, house.person(person), event, &Change::AddSection(format!("S{person}"))).await.map_err(|error| error.kind)
    };
    assert_eq!(by(2).await, Err(ErrorKind::Forbidden));
    assert_eq!(by(4).await, Err(ErrorKind::NotFound), "another organisation's");
    by(1).await.unwrap();
    let space = "insert into space_members (space_id, person_id, staff, joined_at) select space_id, 2, true, 0 from events where id = $1";
    house.store.write(async move |tx: &mut Tx| Ok(sqlx::query(space).bind(event).execute(&mut **tx).await.map(drop)?)).await.unwrap();
    by(2).await.unwrap();
    house
        .store
        .write(async move |tx: &mut Tx| Ok(sqlx::query("update events set state = 'draft'").execute(&mut **tx).await.map(drop)?))
        .await
        .unwrap();
    assert_eq!(by(3).await, Err(ErrorKind::NotFound), "nobody knows of a draft");
}

/// Adds a ticket type, seated if it has no `capacity`, or changes the newest version of the one with `id`; returns which.
async fn save(house: &House, event: EventId, id: Option<TicketTypeId>, name: &str, price: &str, capacity: &str) -> AppResult<TicketTypeId> {
    let who = house.person(1).clone();
    let form = TypeForm { name: name.into(), price: price.into(), seated: capacity.is_empty(), capacity: capacity.into() };
    let save = async move |tx: &mut Tx| match id {
        None => ticket_types::add(tx, &who, event, &form).await,
        Some(id) => {
            let version = version(tx, id).await?;
            ticket_types::change(tx, &who, event, id, version, &form).await.map(|()| id)
        }
    };
    house.store.write(save).await
}

async fn version(tx: &mut Tx, id: TicketTypeId) -> AppResult<i64> {
    let version = sqlx::query_scalar("select version from ticket_types where id = $1").bind(id).fetch_optional(&mut **tx).await?;
    Ok(version.unwrap_or_default())
}

/// A price may change while somebody holds a place; a ticket type with seats, holds or orders is not removed, and no two have one name.
#[tokio::test]
async fn ticket_types_change_while_they_sell() {
    let house = house(3).await;
    let (event, seats) = seated(&house, 1).await;
    let now = look(&house, event).await;
    let (stalls, circle) = (ticket_type(&now, "Stalls"), ticket_type(&now, "Circle"));
    hold(&house, 2, event, &seats).await;
    save(&house, event, Some(stalls), "Stalls", "30", "").await.unwrap();
    save(&house, event, Some(stalls), "Parquet", "25.00", "").await.unwrap();
    save(&house, event, Some(circle), "Circle", "20", "").await.unwrap();
    assert_eq!(save(&house, event, None, "circle", "1", "").await.unwrap_err().field.as_deref(), Some("name"));
    let standing = save(&house, event, None, "Standing", "12", "40").await.unwrap();
    save(&house, event, Some(standing), "Standing", "12", "30").await.unwrap();
    let worth = look(&house, event).await;
    let expected: i64 = worth.types.iter().map(|of| of.capacity * of.price.amount).sum();
    assert_eq!((worth.worth().amount, worth.types[1].price.amount, worth.types[2].capacity), (expected, 2_000, 30));
    let remove = async |id: TicketTypeId| {
        let who = house.person(1).clone();
        let remove = async move |tx: &mut Tx| {
            let version = version(tx, id).await?;
            ticket_types::remove(tx, &who, event, id, version).await
        };
        house.store.write(remove).await.map_err(|error| error.kind)
    };
    assert_eq!(remove(stalls).await, Err(ErrorKind::Conflict));
    remove(standing).await.unwrap();
    assert_eq!(remove(standing).await, Err(ErrorKind::NotFound));
    is_counted(&house, event).await;
}

/// Each change leaves one row in the record (I32), with who did it.
#[tokio::test]
async fn changes_are_recorded() {
    let house = house(2).await;
    let (event, _) = seated(&house, 0).await;
    act(&house, event, Change::AddSection("Gallery".to_owned())).await.unwrap();
    save(&house, event, None, "Gallery", "9", "").await.unwrap();
    undo(&house.store, house.person(1), event).await.unwrap();
    let rows: Vec<(String, i64)> = sqlx::query_as("select verb, person_id from activity where subject_id = $1 order by id")
        .bind(event)
        .fetch_all(&mut *house.store.look().await.unwrap())
        .await
        .unwrap();
    let verbs: Vec<(&str, i64)> = rows.iter().map(|(verb, person)| (verb.as_str(), *person)).collect();
    assert_eq!(verbs, [("plan.changed", 1), ("ticket_type.created", 1), ("plan.undone", 1)]);
    let plan = read(&mut house.store.read().await.unwrap(), event).await.unwrap();
    assert_eq!(plan.kinds().first().map(|(kind, _)| *kind), Some(SeatKind::Standard));
}

/// Ticket types and seats of another event of one's own; not over what is there.
#[tokio::test]
async fn a_plan_is_copied() {
    let house = house(2).await;
    let (gala, _) = seated(&house, 0).await;
    assert_eq!(copy(&house.store, house.person(1), gala, EventId(gala.0 + 1)).await.unwrap_err().kind, ErrorKind::Conflict);
    let event = EventId(gala.0 + 1);
    let clear = async move |tx: &mut Tx| {
        Ok(sqlx::query("delete from ticket_types where event_id = $1").bind(event).execute(&mut **tx).await.map(drop)?)
    };
    house.store.write(clear).await.unwrap();
    assert_eq!(copy(&house.store, house.person(2), event, gala).await.unwrap_err().kind, ErrorKind::Forbidden);
    let offered = look(&house, event).await.others;
    assert_eq!(offered.iter().find(|other| other.id == gala).map(|other| (other.types, other.seats)), Some((2, 270)));
    copy(&house.store, house.person(1), event, gala).await.unwrap();
    imports::finish(&house, event).await;
    let (from, to) = (look(&house, gala).await, look(&house, event).await);
    let shape = |desk: &Desk| {
        let name = |id| desk.types.iter().find(|of| of.id == id).map(|of| (of.name.clone(), of.price)).unwrap();
        desk.plan
            .sections
            .iter()
            .flat_map(|section| {
                section
                    .seats()
                    .map(|place| (section.name.clone(), place.number, place.x, place.y, place.kind, name(place.ticket_type)))
                    .collect::<Vec<_>>()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(shape(&to), shape(&from));
    is_counted(&house, event).await;
}

/// The arena of the large seed: 3,000 seats in three sections, each counted.
#[tokio::test]
async fn the_arena_has_three_thousand_seats() {
    let house = house(2).await;
    let organiser = house.person(1).clone();
    let event = house.store.write(async move |tx: &mut Tx| seed_arena(tx, organiser.organisation, &organiser.card()).await).await.unwrap();
    let arena = look(&house, event).await;
    assert_eq!((arena.plan.len(), arena.plan.sections.len()), (3_000, 3));
    assert_eq!(arena.plan.kinds(), [(SeatKind::Standard, 2_976), (SeatKind::Accessible, 12), (SeatKind::Companion, 12)]);
    is_counted(&house, event).await;
}
