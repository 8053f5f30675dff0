//! What the list of events and the page of one show, each read in one transaction with where its channels stand.

use sqlx::QueryBuilder;

use plenum_core::{
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{EventId, Millis, PersonId},
    live::Snapshot,
    people::Role,
};
use plenum_events::model::events::{EventCard, EventList, EventPage, Filter, Inside, PAGE, When};
use plenum_events::server::{
    availability,
    events::{COLUMNS, EventViewer, Row, may_create, visible},
};
use plenum_messages::spaces::{self, model::SpaceMember};
use plenum_store::{
    db::{Conn, Db},
    log,
};
use plenum_wallet::model::Money;
use plenum_web::search;

const DAY: Millis = 86_400_000;

#[derive(sqlx::FromRow)]
struct Listed {
    #[sqlx(flatten)]
    row: Row,
    capacity: i64,
    taken: i64,
    price: Option<i64>,
}

/// What is taken of an event: sold, or held at the instant that follows. Those of active holds only: that is a few, whatever the hall.
const TAKEN: &str = "(select cast(coalesce(sum(t.sold), 0) as bigint) from ticket_types t where t.event_id = e.id)
    + (select count(*) from holds o join held_seats h on h.hold_id = o.id where o.event_id = e.id and o.state = 'active' and h.until > ";

/// A page of the events that `looker` may see and `filter` shows, as they are at `now`.
pub async fn list(conn: &mut Conn, looker: &EventViewer, epoch: &Epoch, filter: &Filter, now: Millis) -> AppResult<Snapshot<EventList>> {
    let mut query = QueryBuilder::<Db>::new("select * from (select ");
    query
        .push(COLUMNS)
        .push(", (select cast(coalesce(sum(t.capacity), 0) as bigint) from ticket_types t where t.event_id = e.id) as capacity, ");
    query.push(TAKEN).push_bind(now);
    query.push(") + (select cast(coalesce(sum(h.quantity), 0) as bigint) from holds o join held_places h on h.hold_id = o.id where o.event_id = e.id and o.state = 'active' and h.until > ");
    query.push_bind(now);
    query.push(
        ") as taken, (select min(t.price) from ticket_types t where t.event_id = e.id) as price from events e where e.organisation_id = ",
    );
    query.push_bind(looker.organisation);
    match (&looker.who, filter.mine) {
        (Some(who), true) if who.has(Role::Admin) => {}
        (Some(who), true) => {
            query.push(" and exists (select 1 from space_members m where m.space_id = e.space_id and m.staff and m.person_id = ");
            query.push_bind(who.person).push(")");
        }
        _ => {
            query.push(" and e.state <> 'draft' and e.published_at is not null");
        }
    }
    match filter.when {
        // What was put off is to come, whenever that is.
        When::Coming => query.push(" and (e.ends_at > ").push_bind(now).push(" or e.state = 'postponed') and e.state <> 'ended'"),
        When::Week => {
            query.push(" and e.ends_at > ").push_bind(now).push(" and e.state <> 'ended' and e.starts_at < ").push_bind(now + 7 * DAY)
        }
        When::Month => {
            query.push(" and e.ends_at > ").push_bind(now).push(" and e.state <> 'ended' and e.starts_at < ").push_bind(now + 30 * DAY)
        }
        When::Past => query.push(" and (e.ends_at <= ").push_bind(now).push(" and e.state <> 'postponed' or e.state = 'ended')"),
    };
    if let Some(place) = filter.place {
        query.push(" and e.place = ").push_bind(place);
    }
    if !filter.q.trim().is_empty() {
        query
            .push(" and coalesce(e.words_folded, lower(e.title || ' ' || e.venue || ' ' || e.description)) like ")
            .push_bind(search::containing(&filter.q))
            .push(" escape '\\'");
    }
    query.push(") as e ");
    if filter.free {
        query.push("where e.capacity > e.taken and e.state in ('published', 'live') ");
    }
    query.push(if filter.when == When::Past { "order by e.starts_at desc, e.id desc" } else { "order by e.starts_at, e.id" });
    query.push(" limit ").push_bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX)).push(" offset ").push_bind(filter.from);
    let mut rows: Vec<Listed> = query.build_query_as().fetch_all(&mut *conn).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = more.then(|| filter.from.saturating_add(u32::try_from(PAGE).unwrap_or_default()));
    let cards: Vec<EventCard> = rows.into_iter().map(card).collect();
    let channels: Vec<Channel> = cards.iter().map(|card| Channel::Event(card.event.id)).collect();
    let cursors = if channels.is_empty() { Vec::new() } else { log::cursors(conn, epoch, &channels).await? };
    let may_create = looker.who.as_ref().is_some_and(may_create);
    let has_own = match looker.person() {
        Some(person) if !may_create => runs_any(conn, person).await?,
        _ => may_create,
    };
    Ok(Snapshot { state: EventList { cards, next, may_create, has_own }, cursors })
}

pub(super) async fn runs_any(conn: &mut Conn, person: PersonId) -> AppResult<bool> {
    let any = "select exists (select 1 from space_members m join events e on e.space_id = m.space_id where m.person_id = $1 and m.staff)";
    Ok(sqlx::query_scalar(any).bind(person).fetch_one(conn).await?)
}

fn card(Listed { row, capacity, taken, price }: Listed) -> EventCard {
    let currency = row.currency;
    let mut event = row.event();
    event.html = String::new();
    EventCard { event, capacity, available: (capacity - taken).max(0), from: price.map(|price| Money::new(price, currency)) }
}

/// The page of an event.
///
/// # Errors
/// 404.
pub async fn page(conn: &mut Conn, looker: &EventViewer, epoch: &Epoch, id: EventId, now: Millis) -> AppResult<Snapshot<EventPage>> {
    let (row, runs) = visible(conn, looker, id).await?;
    let space = row.space_id;
    let (member, ushers) = match looker.person() {
        Some(person) => (spaces::server::is_member(conn, space, person).await?, spaces::server::is_usher(conn, space, person).await?),
        None => (false, false),
    };
    let organisers = if looker.who.is_some() { spaces::server::staff(conn, space).await? } else { Vec::new() };
    let inside = if member {
        let (_, room) = spaces::server::room(conn, space).await?;
        Some(Inside { room, roll: spaces::server::roll(conn, space).await? })
    } else {
        None
    };
    let availability = availability::availability_of_event(conn, id, now).await?;
    let mut channels = vec![Channel::Event(id)];
    channels.extend(member.then_some(Channel::Space(space)));
    channels.extend(runs.then_some(Channel::SpaceStaff(space)));
    let cursors = log::cursors(conn, epoch, &channels).await?;
    Ok(Snapshot { state: EventPage { event: row.event(), availability, runs, ushers, organisers, inside }, cursors })
}

/// A page of those who are coming, by name, for members.
///
/// # Errors
/// 403; 404.
pub async fn attendees(conn: &mut Conn, looker: &EventViewer, id: EventId, offset: u32) -> AppResult<Vec<SpaceMember>> {
    let (row, _) = visible(conn, looker, id).await?;
    let member = match looker.person() {
        Some(person) => spaces::server::is_member(conn, row.space_id, person).await?,
        None => false,
    };
    if member {
        spaces::server::page(conn, row.space_id, offset).await
    } else {
        Err(AppError::forbidden("Only those who are coming can see who else is."))
    }
}
