//! Events in the public JSON API.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    model::EventForm,
    server::{
        event_edit, event_pages,
        lifecycle::{self, Wish},
    },
};
use plenum_core::ids::{EventId, Millis, PictureId};
use plenum_events::{
    model::{
        event::{Availability, EventAction, EventState},
        events::{Event, EventCard, Filter, Place, When},
    },
    server::{
        availability,
        events::{EventViewer, row, visible},
    },
};
use plenum_store::db::{self, Tx};
use plenum_wallet::model::Money;
use plenum_web::{
    api::{After, Command, Endpoints, Keyed, Page, Path, Program, Query},
    problem::Problem,
};

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default()
        .with(routes!(list_events, create_event))
        .with(routes!(read_event, change_event))
        .with(routes!(read_availability))
        .with(routes!(act_on_event))
}

/// An event.
#[derive(Serialize, Deserialize, ToSchema)]
struct EventInfo {
    /// Which.
    id: EventId,
    /// Where it is on its way.
    state: EventState,
    /// What it is called.
    title: String,
    /// The description as HTML; empty in lists.
    html: String,
    /// Hall or virtual.
    place: Place,
    /// Where, in words.
    venue: String,
    /// The venue's time zone, an IANA name.
    zone: String,
    /// When the doors open.
    #[schema(value_type = Option<i64>)]
    doors_at: Option<Millis>,
    /// When it begins.
    #[schema(value_type = i64)]
    starts_at: Millis,
    /// When it ends.
    #[schema(value_type = i64)]
    ends_at: Millis,
    /// From when on places are sold.
    #[schema(value_type = i64)]
    sales_from: Millis,
    /// Until when.
    #[schema(value_type = i64)]
    sales_until: Millis,
    /// Places that one person can have.
    places_each: i64,
    /// Its picture, at `/pictures/{id}`.
    picture: Option<PictureId>,
    /// Why it was postponed or cancelled.
    note: String,
    /// Raised by every change; sent back with the next one.
    version: i64,
}

impl From<Event> for EventInfo {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            state: event.state,
            title: event.title,
            html: event.html,
            place: event.place,
            venue: event.venue,
            zone: event.zone.name,
            doors_at: event.doors_at,
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            sales_from: event.sales_from,
            sales_until: event.sales_until,
            places_each: event.places_each,
            picture: event.picture,
            note: event.note,
            version: event.version,
        }
    }
}

/// An event of a list.
#[derive(Serialize, ToSchema)]
struct EventEntry {
    /// The event.
    event: EventInfo,
    /// How many places there are in all.
    capacity: i64,
    /// How many can be held now.
    available: i64,
    /// The lowest price.
    from: Option<Money>,
}

impl From<EventCard> for EventEntry {
    fn from(card: EventCard) -> Self {
        Self { event: card.event.into(), capacity: card.capacity, available: card.available, from: card.from }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Words of title, venue or description.
    #[param(required = false)]
    q: Option<String>,
    /// `coming` (if it is not said), `week`, `month` or `past`.
    #[param(inline)]
    when: Option<When>,
    /// Only in halls, or only virtual ones.
    #[param(inline)]
    place: Option<Place>,
    /// Only those with places left.
    #[param(required = false)]
    free: Option<bool>,
    /// Only those that one runs, drafts too.
    #[param(required = false)]
    mine: Option<bool>,
    /// The `next` of the page before.
    #[param(inline)]
    after: Option<After>,
}

/// Lists events, by the time they begin.
#[utoipa::path(get, path = "/api/v1/events", tag = "Events", security(("token" = ["read"])), params(Asked),
    responses((status = 200, description = "Twenty-four at most.", body = Page<EventEntry>)))]
async fn list_events(program: Program, Query(asked): Query<Asked>) -> Result<Json<Page<EventEntry>>, Problem> {
    program.asks()?;
    let Asked { q, when, place, free, mine, after } = asked;
    let filter = Filter {
        q: q.unwrap_or_default(),
        when: when.unwrap_or_default(),
        place,
        free: free.unwrap_or_default(),
        mine: mine.unwrap_or_default(),
        from: after.map_or(0, |after| u32::try_from(after.get()).unwrap_or(u32::MAX)),
    };
    let (state, looker) = (&program.state, looker(&program));
    let list = event_pages::list(&mut *state.store.read().await?, &looker, state.store.epoch(), &filter, db::now()).await?.state;
    Ok(Json(Page { data: list.cards.into_iter().map(Into::into).collect(), next: list.next.map(i64::from) }))
}

fn looker(program: &Program) -> EventViewer {
    EventViewer { organisation: program.who.organisation, who: Some(program.who.clone()) }
}

/// Shows an event.
#[utoipa::path(get, path = "/api/v1/events/{id}", tag = "Events", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The event.", minimum = 1)),
    responses((status = 200, description = "As it is now.", body = EventInfo), (status = 404, description = "There is no such event.")))]
async fn read_event(program: Program, Path(id): Path<i64>) -> Result<Json<EventInfo>, Problem> {
    program.asks()?;
    let (row, _) = visible(&mut *program.state.store.read().await?, &looker(&program), EventId(id)).await?;
    Ok(Json(row.event().into()))
}

/// Shows how many places of an event are left.
#[utoipa::path(get, path = "/api/v1/events/{id}/availability", tag = "Events", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The event.", minimum = 1)),
    responses((status = 200, description = "As it is now.", body = Availability), (status = 404, description = "There is no such event.")))]
async fn read_availability(program: Program, Path(id): Path<i64>) -> Result<Json<Availability>, Problem> {
    program.asks()?;
    let mut conn = program.state.store.read().await?;
    visible(&mut conn, &looker(&program), EventId(id)).await?;
    Ok(Json(availability::availability_of_event(&mut conn, EventId(id), db::now()).await?))
}

/// An event as it is to be. Times are local ones of its zone.
#[derive(Serialize, Deserialize, ToSchema)]
struct EventWish {
    /// What it is called.
    #[schema(min_length = 1, max_length = 120)]
    title: String,
    /// Markdown.
    #[serde(default)]
    #[schema(max_length = 5000)]
    description: String,
    /// Hall or virtual.
    place: Place,
    /// Where; a hall needs one.
    #[serde(default)]
    #[schema(max_length = 200)]
    venue: String,
    /// Where one takes part online: an https address, shown to ticket holders only.
    #[serde(default)]
    #[schema(max_length = 500)]
    address: String,
    /// An IANA name.
    zone: String,
    /// When the doors open, if there are any.
    #[serde(default)]
    doors: String,
    /// When it begins.
    starts: String,
    /// When it ends.
    ends: String,
    /// From when on places are sold; now, if it is not said.
    #[serde(default)]
    sales_from: String,
    /// Until when; until it begins, if it is not said.
    #[serde(default)]
    sales_until: String,
    /// ISO 4217.
    currency: String,
    /// Places that one person can have.
    #[schema(minimum = 1, maximum = 50)]
    places_each: u32,
    /// Of a change: which version one saw.
    #[serde(default)]
    version: Option<i64>,
}

impl EventWish {
    fn form(&self) -> EventForm {
        EventForm {
            title: self.title.clone(),
            description: self.description.clone(),
            place: self.place.into_str().to_owned(),
            venue: self.venue.clone(),
            address: self.address.clone(),
            zone: self.zone.clone(),
            doors: self.doors.clone(),
            starts: self.starts.clone(),
            ends: self.ends.clone(),
            sales_from: self.sales_from.clone(),
            sales_until: self.sales_until.clone(),
            currency: self.currency.clone(),
            places_each: self.places_each.to_string(),
        }
    }
}

/// Makes an event, a draft.
///
/// For organisers and admins.
#[utoipa::path(post, path = "/api/v1/events", tag = "Events", security(("token" = ["write"])), params(Keyed),
    request_body(content = EventWish, example = json!({ "title": "Open day", "place": "hall", "venue": "Main building", "zone": "Europe/Ljubljana",
        "starts": "2030-05-04T10:00", "ends": "2030-05-04T16:00", "currency": "EUR", "places_each": 6 })),
    responses((status = 201, description = "It is made.", body = EventInfo)))]
async fn create_event(program: Program, command: Command<EventWish>) -> Result<Response, Problem> {
    program.commands()?;
    let who = program.who.clone();
    let mut conn = program.state.store.read().await?;
    let written = event_edit::prepare(&mut conn, &who, None, command.body.form()).await?;
    drop(conn);
    let effect = async move |tx: &mut Tx, _: &EventWish| {
        let id = event_edit::create(tx, &who, &written).await?;
        Ok(EventInfo::from(row(tx, id).await?.event()))
    };
    let made = program.once(command, effect).await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// Changes an event.
///
/// For those who run it. All fields are sent; `version` is that of the event which was read.
#[utoipa::path(post, path = "/api/v1/events/{id}", tag = "Events", security(("token" = ["manage"])),
    params(("id" = i64, Path, description = "The event.", minimum = 1), Keyed), request_body(content = EventWish, example = json!({ "title": "Open day", "place": "hall", "venue": "Main building",
        "zone": "Europe/Ljubljana", "starts": "2030-05-04T10:00", "ends": "2030-05-04T16:00", "currency": "EUR", "places_each": 6, "version": 1 })),
    responses(
        (status = 200, description = "As it is now.", body = EventInfo),
        (status = 404, description = "There is no such event."),
        (status = 409, description = "Somebody else has changed it since, or what is promised would change."),
    ))]
async fn change_event(program: Program, Path(id): Path<i64>, command: Command<EventWish>) -> Result<Json<EventInfo>, Problem> {
    program.manages()?;
    let who = program.who.clone();
    let mut conn = program.state.store.read().await?;
    let written = event_edit::prepare(&mut conn, &who, Some(EventId(id)), command.body.form()).await?;
    drop(conn);
    let effect = async move |tx: &mut Tx, wish: &EventWish| {
        let event = event_edit::change(tx, &who, EventId(id), wish.version.unwrap_or_default(), &written).await?;
        Ok(EventInfo::from(event))
    };
    Ok(Json(program.once(command, effect).await?))
}

/// What is to become of an event.
#[derive(Serialize, Deserialize, ToSchema)]
struct EventAct {
    /// `publish`, `withdraw`, `begin`, `end`, `postpone`, `reschedule` or `cancel`.
    #[schema(pattern = "^(publish|withdraw|begin|end|postpone|reschedule|cancel)$")]
    act: String,
    /// Why, where it is postponed or cancelled.
    #[serde(default)]
    #[schema(max_length = 300)]
    note: String,
    /// Rescheduled: when it begins, a local time of its zone.
    #[serde(default)]
    starts: String,
    /// Rescheduled: when it ends.
    #[serde(default)]
    ends: String,
}

/// Publishes, withdraws, begins, ends, postpones, reschedules or cancels an event.
///
/// For those who run it. A cancelled event is an end: all that was paid is given back.
#[utoipa::path(post, path = "/api/v1/events/{id}/act", tag = "Events", security(("token" = ["manage"])),
    params(("id" = i64, Path, description = "The event.", minimum = 1), Keyed),
    request_body(content = EventAct, example = json!({ "act": "postpone", "note": "The hall is flooded." })),
    responses(
        (status = 200, description = "As it is now.", body = EventInfo),
        (status = 404, description = "There is no such event."),
        (status = 409, description = "That cannot be done to it now."),
    ))]
async fn act_on_event(program: Program, Path(id): Path<i64>, command: Command<EventAct>) -> Result<Json<EventInfo>, Problem> {
    program.manages()?;
    let who = program.who.clone();
    let effect = async move |tx: &mut Tx, act: &EventAct| {
        let action = EventAction::parse(&act.act)?;
        let wish = Wish { action, note: act.note.clone(), starts: act.starts.clone(), ends: act.ends.clone() };
        Ok(EventInfo::from(lifecycle::act(tx, &who, EventId(id), &wish).await?))
    };
    Ok(Json(program.once(command, effect).await?))
}
