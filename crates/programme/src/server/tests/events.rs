//! Events: who sees and changes them, what becomes of them, and that a page which is followed is a fresh one (I19, I24, I25).

mod apply;
mod course;

use super::house;
use crate::{
    model::EventForm,
    server::{
        event_edit, event_pages,
        lifecycle::{self, Wish},
    },
};
use plenum_core::{
    channels::Channel,
    error::{AppResult, ErrorKind},
    ids::{EventId, Millis, PersonId, TicketTypeId},
    people::Role,
};
use plenum_events::{
    model::{
        event::{EventAction, EventState},
        events::{Event, EventList, EventPage, Filter, Place, When},
    },
    server::events::{EventViewer, row},
};
use plenum_messages::{server as messages, spaces};
use plenum_plans::{model::ticket_type::TypeForm, server::ticket_types};
use plenum_sales::{
    model::hold::{Places, Wanted},
    server::holds,
};
use plenum_store::{
    db::{Committed, Tx, now},
    zones,
};
use plenum_testing::House;

const HOUR: Millis = 3_600_000;

/// A form of an event that begins so long from now, and lasts two hours.
fn form(title: &str, begins_in: Millis) -> EventForm {
    let at = |at: Millis| zones::local("Europe/Ljubljana", at);
    EventForm {
        title: title.into(),
        description: "*Bring* a coat.".into(),
        place: "hall".into(),
        venue: "Courtyard".into(),
        zone: "Europe/Ljubljana".into(),
        starts: at(now() + begins_in),
        ends: at(now() + begins_in + 2 * HOUR),
        currency: "EUR".into(),
        places_each: "6".into(),
        ..EventForm::default()
    }
}

fn looker(house: &House, person: Option<usize>) -> EventViewer {
    EventViewer { organisation: house.person(1).organisation, who: person.map(|person| house.person(person).clone()) }
}

/// A draft of the first person, with a ticket type for fifty.
async fn draft(house: &House, begins_in: Millis) -> EventId {
    let mut who = house.person(1).clone();
    who.roles.push(Role::Organiser);
    let body = async move |tx: &mut Tx| {
        sqlx::query("insert into roles (person_id, role) values ($1, $2) on conflict do nothing")
            .bind(who.person)
            .bind(Role::Organiser)
            .execute(&mut **tx)
            .await?;
        let id = event_edit::create(tx, &who, &event_edit::Written::read(form("Open day", begins_in))?).await?;
        ticket_types::add(tx, &who, id, &standing("Standing", 50)).await?;
        Ok(id)
    };
    house.store.write(body).await.unwrap()
}

fn standing(name: &str, places: i64) -> TypeForm {
    TypeForm { name: name.into(), price: "12".into(), seated: false, capacity: places.to_string() }
}

async fn act(house: &House, by: usize, id: EventId, action: EventAction) -> AppResult<Event> {
    let who = house.person(by).clone();
    let (starts, ends) = (zones::local("Europe/Ljubljana", now() + 48 * HOUR), zones::local("Europe/Ljubljana", now() + 50 * HOUR));
    let wish = Wish { action, note: "The hall is flooded.".into(), starts, ends };
    house.store.write(async move |tx: &mut Tx| lifecycle::act(tx, &who, id, &wish).await).await
}

async fn page(house: &House, person: Option<usize>, id: EventId) -> AppResult<EventPage> {
    let mut conn = house.store.read().await.unwrap();
    Ok(event_pages::page(&mut conn, &looker(house, person), house.store.epoch(), id, now()).await?.state)
}

async fn list(house: &House, person: Option<usize>, filter: Filter) -> EventList {
    let mut conn = house.store.read().await.unwrap();
    event_pages::list(&mut conn, &looker(house, person), house.store.epoch(), &filter, now()).await.unwrap().state
}

/// An event is found by the words of its title, place and description, whatever their case and accents, and by no others.
#[tokio::test]
async fn events_are_found_by_their_words() {
    let house = house(1).await;
    let id = draft(&house, 24 * HOUR).await;
    let who = house.person(1).clone();
    let form = EventForm { description: "Večer s **Ødegårdom** in 東京".into(), ..form("Zimski žur", 24 * HOUR) };
    let change = async move |tx: &mut Tx| event_edit::change(tx, &who, id, 1, &event_edit::Written::read(form.clone())?).await;
    house.store.write(change).await.unwrap();
    act(&house, 1, id, EventAction::Publish).await.unwrap();
    for (q, count) in [("žur", 1), ("ZUR", 1), ("odegard", 1), ("東京", 1), ("田中", 0), ("đđ", 0)] {
        assert_eq!(list(&house, Some(1), Filter { q: q.into(), ..Filter::default() }).await.cards.len(), count, "{q}");
    }
}

/// A draft is its organisers' alone; what was published is everyone's of the organisation, and only they change it (I24).
#[tokio::test]
async fn a_draft_is_its_organisers_alone() {
    let house = house(3).await;
    let id = draft(&house, 24 * HOUR).await;
    assert!(page(&house, Some(1), id).await.unwrap().runs);
    for person in [Some(2), Some(4), None] {
        assert_eq!(page(&house, person, id).await.unwrap_err().kind, ErrorKind::NotFound, "{person:?}");
    }
    assert_eq!(act(&house, 2, id, EventAction::Publish).await.unwrap_err().kind, ErrorKind::NotFound);
    act(&house, 1, id, EventAction::Publish).await.unwrap();
    for (person, runs, inside) in [(Some(1), true, true), (Some(2), false, false), (None, false, false)] {
        let page = page(&house, person, id).await.unwrap();
        assert_eq!((page.runs, page.inside.is_some(), page.event.html.as_str()), (runs, inside, "<p><em>Bring</em> a coat.</p>"));
        assert_eq!(page.organisers.is_empty(), person.is_none(), "visitors are told no names");
    }
    assert_eq!(act(&house, 2, id, EventAction::Cancel).await.unwrap_err().kind, ErrorKind::Forbidden);
    let elsewhere = EventViewer { organisation: house.person(4).organisation, who: Some(house.person(4).clone()) };
    let mut conn = house.store.read().await.unwrap();
    let refused = event_pages::page(&mut conn, &elsewhere, house.store.epoch(), id, now()).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::NotFound, "another organisation's");
}

/// Two who write at once do not overwrite one another; what is promised stays once it was published.
#[tokio::test]
async fn a_change_says_what_it_saw() {
    let house = house(2).await;
    let id = draft(&house, 24 * HOUR).await;
    let change = async |version: i64, form: EventForm| {
        let who = house.person(1).clone();
        house
            .store
            .write(async move |tx: &mut Tx| event_edit::change(tx, &who, id, version, &event_edit::Written::read(form.clone())?).await)
            .await
    };
    let changed = change(1, form("Open house", 24 * HOUR)).await.unwrap();
    assert_eq!((changed.title.as_str(), changed.version), ("Open house", 2));
    let late = change(1, form("Something else", 24 * HOUR)).await.unwrap_err();
    assert_eq!((late.kind, late.field.as_deref()), (ErrorKind::Conflict, Some("version")));
    let version = act(&house, 1, id, EventAction::Publish).await.unwrap().version;
    let moved = change(version, form("Open house", 72 * HOUR)).await.unwrap_err();
    assert_eq!((moved.kind, moved.field.as_deref()), (ErrorKind::Conflict, Some("starts")));
    let left_out = EventForm { starts: "2027-03-28T02:30".into(), ends: "2027-03-28T05:00".into(), ..form("Night", HOUR) };
    let who = house.person(1).clone();
    let mut organiser = who.clone();
    organiser.roles.push(Role::Organiser);
    let refused = house
        .store
        .write(async move |tx: &mut Tx| event_edit::create(tx, &organiser, &event_edit::Written::read(left_out.clone())?).await)
        .await
        .unwrap_err();
    assert_eq!((refused.kind, refused.field.as_deref()), (ErrorKind::Invalid, Some("starts")), "no clock shows this time (I20)");
}

/// A ticket type never has fewer places than are sold and held; one of which something is held stays, and so does its event.
#[tokio::test]
async fn what_is_held_is_not_taken_away() {
    let house = house(2).await;
    let id = draft(&house, 24 * HOUR).await;
    assert_eq!(act(&house, 1, id, EventAction::Begin).await.unwrap_err().kind, ErrorKind::Conflict, "a draft does not begin (I19)");
    act(&house, 1, id, EventAction::Publish).await.unwrap();
    let of: TicketTypeId = page(&house, None, id).await.unwrap().availability.ticket_types[0].id;
    let (buyer, wanted) = (house.person(2).clone(), Wanted { seats: vec![], standing: vec![Places { ticket_type_id: of, quantity: 3 }] });
    let hold = house.store.write(async move |tx: &mut Tx| holds::hold(tx, &buyer, id, &wanted, super::TERMS).await).await.unwrap();
    let change = async |places: i64, version: i64| {
        let who = house.person(1).clone();
        house
            .store
            .write(async move |tx: &mut Tx| ticket_types::change(tx, &who, id, of, version, &standing("Standing", places)).await)
            .await
    };
    assert_eq!(change(2, 1).await.unwrap_err().field.as_deref(), Some("capacity"));
    change(3, 1).await.unwrap();
    assert_eq!(change(60, 1).await.unwrap_err().field.as_deref(), Some("version"), "somebody else was faster");
    change(60, 2).await.unwrap();
    let who = house.person(1).clone();
    let removed = house.store.write(async move |tx: &mut Tx| ticket_types::remove(tx, &who, id, of, 3).await).await;
    assert_eq!(removed.unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(act(&house, 1, id, EventAction::Withdraw).await.unwrap_err().kind, ErrorKind::Conflict);
    let card = list(&house, None, Filter { q: "open".into(), ..Filter::default() }).await.cards.remove(0);
    assert_eq!((card.capacity, card.available), (60, 57), "the list counts what is held");
    let buyer = house.person(2).clone();
    house.store.write(async move |tx: &mut Tx| holds::release(tx, &buyer, hold.id).await).await.unwrap();
    act(&house, 1, id, EventAction::Withdraw).await.unwrap();
    assert_eq!(page(&house, None, id).await.unwrap_err().kind, ErrorKind::NotFound);
}

/// Who is in the space is in its room, and out of both at once; its last organiser stays.
#[tokio::test]
async fn who_is_dismissed_is_out_of_everything() {
    let mut house = house(3).await;
    let id = draft(&house, 24 * HOUR).await;
    act(&house, 1, id, EventAction::Publish).await.unwrap();
    let space = row(&mut house.store.look().await.unwrap(), id).await.unwrap().space_id;
    for first in [true, false] {
        let admitted =
            house.store.write(async move |tx: &mut Tx| spaces::server::admit(tx, space, PersonId(2), false).await).await.unwrap();
        assert_eq!(admitted, first, "once");
    }
    let room = page(&house, Some(2), id).await.unwrap().inside.unwrap().room.unwrap();
    assert!(messages::may_join_channel(&mut house.store.look().await.unwrap(), PersonId(2), room).await.unwrap());
    house.committed();
    assert!(house.store.write(async move |tx: &mut Tx| spaces::server::dismiss(tx, space, PersonId(2)).await).await.unwrap());
    let revoked: Vec<String> = house
        .committed()
        .into_iter()
        .filter_map(|item| match item {
            Committed::Revoked(revocation) if revocation.person == PersonId(2) => serde_json::to_string(&revocation).ok(),
            _ => None,
        })
        .collect();
    for channel in [Channel::Space(space), Channel::SpacePresence(space), Channel::Conversation(room), Channel::ConversationPresence(room)]
    {
        assert!(revoked.iter().any(|revocation| revocation.contains(&format!("\"{channel}\""))), "{channel} goes on (I24): {revoked:?}");
    }
    assert!(page(&house, Some(2), id).await.unwrap().inside.is_none());
    let last = house.store.write(async move |tx: &mut Tx| spaces::server::demote(tx, space, PersonId(1)).await).await;
    assert_eq!(last.unwrap_err().kind, ErrorKind::Conflict);
}

/// Each filter shows what it says.
#[tokio::test]
async fn a_list_is_filtered() {
    let house = house(2).await;
    let id = draft(&house, 24 * HOUR).await;
    let titles = async |person, filter| -> Vec<String> {
        list(&house, person, filter).await.cards.into_iter().map(|card| card.event.title).collect()
    };
    let seeded = titles(None, Filter::default()).await;
    assert!(seeded.len() == 3 && !seeded.contains(&"Open day".to_owned()), "{seeded:?}");
    let mine = Filter { mine: true, ..Filter::default() };
    assert!(titles(Some(1), mine.clone()).await.contains(&"Open day".to_owned()), "organisers find their drafts");
    assert_eq!(titles(Some(2), mine).await, Vec::<String>::new());
    assert_eq!(titles(None, Filter { place: Some(Place::Virtual), ..Filter::default() }).await.len(), 1);
    assert_eq!(titles(None, Filter { q: "COURTYARD".into(), ..Filter::default() }).await, ["Courtyard concert"]);
    assert_eq!(titles(None, Filter { q: "%".into(), ..Filter::default() }).await, Vec::<String>::new(), "a sign is a sign");
    assert_eq!(titles(None, Filter { when: When::Past, ..Filter::default() }).await, Vec::<String>::new());
    assert_eq!(titles(None, Filter { from: 2, ..Filter::default() }).await.len(), 1);
    act(&house, 1, id, EventAction::Publish).await.unwrap();
    assert_eq!(titles(None, Filter { when: When::Week, ..Filter::default() }).await, ["Open day"]);
    act(&house, 1, id, EventAction::Postpone).await.unwrap();
    let free = Filter { free: true, ..Filter::default() };
    assert_eq!(titles(None, free.clone()).await.len(), 3, "what is postponed sells nothing");
    let times = act(&house, 1, id, EventAction::Reschedule).await.unwrap();
    assert!(times.starts_at > now() + 47 * HOUR && titles(None, free).await.len() == 4);
}
