//! What those who look at events ask, signed in or not.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use plenum_core::{codec::Json, error::AppError, ids::EventId, live::Snapshot};
use plenum_events::model::events::{EventList, EventPage, Filter};
use plenum_messages::spaces::model::SpaceMember;
#[cfg(feature = "ssr")]
use {
    crate::server::event_pages,
    plenum_core::people::Identity,
    plenum_events::server::events::EventViewer,
    plenum_store::db::{self, Conn},
    plenum_web::server_fn::{query, visitor_query},
};

/// The events that `filter` shows.
///
/// # Errors
/// As [`list`].
pub async fn shown(filter: Filter) -> Result<Snapshot<EventList>, AppError> {
    let place = filter.place.map_or("", |place| place.into_str()).to_owned();
    list(filter.q, filter.when.into_str().to_owned(), place, filter.free, filter.mine, filter.from).await
}

/// The events with the words `q`, `when` they are (`coming`, `week`, `month`, `past`) and in which `place` (`hall`, `virtual`, or empty
/// for both), only those with places left (`free`), or that one runs (`mine`), without the first ones up to `from`.
///
/// # Errors
/// 404 if there is no organisation here yet.
#[server(name = ListEvents, prefix = "/fn", endpoint = "events/list", input = GetUrl, output = Json)]
pub async fn list(
    #[server(default)] q: String,
    #[server(default)] when: String,
    #[server(default)] place: String,
    #[server(default)] free: bool,
    #[server(default)] mine: bool,
    #[server(default)] from: u32,
) -> Result<Snapshot<EventList>, AppError> {
    let filter = Filter { q, when: when.parse().unwrap_or_default(), place: place.parse().ok(), free, mine, from };
    visitor_query(async move |state, visitor| {
        let mut conn = state.store.read().await?;
        let looker = EventViewer::find(&mut conn, visitor.who, &visitor.host).await?;
        event_pages::list(&mut conn, &looker, state.store.epoch(), &filter, db::now()).await
    })
    .await
}

/// The page of an event.
///
/// # Errors
/// 404.
#[server(name = ReadEvent, prefix = "/fn", endpoint = "events/page", input = GetUrl, output = Json)]
pub async fn page(id: EventId) -> Result<Snapshot<EventPage>, AppError> {
    visitor_query(async move |state, visitor| {
        let mut conn = state.store.read().await?;
        let looker = EventViewer::find(&mut conn, visitor.who, &visitor.host).await?;
        event_pages::page(&mut conn, &looker, state.store.epoch(), id, db::now()).await
    })
    .await
}

/// A page of those who are coming, by name, from `offset` on.
///
/// # Errors
/// 401; 403 unless one is coming, too; 404.
#[server(name = ListAttendees, prefix = "/fn", endpoint = "events/attendees", input = GetUrl, output = Json)]
pub async fn attendees(id: EventId, #[server(default)] offset: u32) -> Result<Vec<SpaceMember>, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| {
        let looker = EventViewer { organisation: who.organisation, who: Some(who.clone()) };
        event_pages::attendees(conn, &looker, id, offset).await
    })
    .await
}
