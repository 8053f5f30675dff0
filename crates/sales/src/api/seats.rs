//! What pages ask of a seat map and of baskets. Each command is also a plain form: without scripts it leads back to the map.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::{
    hold::{Hold, Places},
    orders::Quote,
    seat_map::SeatMap,
    waiting_list::OwnWaiting,
};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{EventId, HoldId, SeatId, TicketTypeId},
    live::Snapshot,
};
#[cfg(feature = "ssr")]
use {
    crate::{
        model::hold::Wanted,
        server::{
            baskets::{self, Part, Together},
            expiry,
            holds::{self, HoldPolicy},
            orders::{self, Wish},
            seats::{self, terms},
            waiting_list,
        },
    },
    plenum_core::{error::AppResult, people::Identity},
    plenum_store::{
        db::{self, Conn, Tx},
        idempotency::{self, parse_key_if_any},
    },
    plenum_web::{
        request::Visitor,
        server_fn::{command_with_state, query, visitor_query},
        state::AppState,
    },
    serde::{Serialize, de::DeserializeOwned},
};

/// The seat map of an event, for whoever looks.
///
/// # Errors
/// 404 if there is no such event, or not for them; 429 if they look at many at a time.
#[server(name = SeatMapOf, prefix = "/fn", endpoint = "box_office/seats", input = GetUrl, output = Json)]
pub async fn map(event: EventId) -> Result<Snapshot<SeatMap>, AppError> {
    visitor_query(async move |state, visitor| seats::snapshot(&state, &visitor, event).await).await
}

/// The seat map of an event with what the basket costs, as a page begins with both.
///
/// # Errors
/// 404 if there is no such event, or not for them; 429 if they look at many at a time.
#[server(name = OpenSeats, prefix = "/fn", endpoint = "box_office/open_seats", input = GetUrl, output = Json)]
pub async fn open(event: EventId) -> Result<(Snapshot<SeatMap>, Option<Quote>), AppError> {
    visitor_query(async move |state, visitor: Visitor| {
        let snapshot = seats::snapshot(&state, &visitor, event).await?;
        let quote = match (&snapshot.state.hold, visitor.who) {
            // One that cannot be priced any more says so itself.
            (Some(hold), Some(who)) => {
                orders::quote(&mut *state.store.read().await?, &who, hold.id, Wish::parse(None), orders::takes(&state), db::now())
                    .await
                    .ok()
            }
            _ => None,
        };
        Ok((snapshot, quote))
    })
    .await
}

/// A command about the seats of an event, in one write, once for its key if it has one; a page without scripts is led to the seat map.
#[cfg(feature = "ssr")]
async fn seating<T, R, F>(event: EventId, key: String, request: R, effect: F) -> Result<T, AppError>
where
    T: Serialize + DeserializeOwned + Send + 'static,
    R: Serialize + Send + Sync + 'static,
    F: AsyncFn(&mut Tx, &Identity, HoldPolicy) -> AppResult<T> + Send + 'static,
{
    command_with_state(async move |state: AppState, who: Identity| {
        let terms = terms(&state)?;
        let key = parse_key_if_any(&key)?;
        expiry::make_way(&state.store, event).await?;
        let body = async move |tx: &mut Tx| match &key {
            Some(key) => idempotency::once(tx, who.person, key, &request, async |tx: &mut Tx| effect(tx, &who, terms).await).await,
            None => effect(tx, &who, terms).await,
        };
        state.store.write(body).await
    })
    .done(format!("/events/{event}/seats"))
    .await
}

/// Holds these seats and standing places, all or none, in addition to those in the basket.
///
/// # Errors
/// 401; 404; 409 `seats` if one is taken, or the event does not sell; 422 `seats`; 429.
#[server(name = HoldSeats, prefix = "/fn", endpoint = "box_office/hold", output = Json)]
pub async fn hold(
    event: EventId,
    #[server(default)] seats: Vec<SeatId>,
    #[server(default)] standing: Vec<Places>,
    #[server(default)] key: String,
) -> Result<Hold, AppError> {
    let wanted = Wanted { seats, standing };
    let request = ("hold", event, wanted.clone());
    seating(event, key, request, async move |tx: &mut Tx, who: &Identity, terms| holds::hold(tx, who, event, &wanted, terms).await).await
}

/// Sets how many standing places of a ticket type are in the basket; 0 lets them go.
///
/// # Errors
/// 401; 404; 409 `standing` if there are not so many, or the event does not sell; 422; 429.
#[server(name = HoldStanding, prefix = "/fn", endpoint = "box_office/stand", output = Json)]
pub async fn stand(
    event: EventId,
    ticket_type: TicketTypeId,
    #[server(default)] quantity: i64,
    #[server(default)] key: String,
) -> Result<Option<Hold>, AppError> {
    let request = ("stand", event, ticket_type, quantity);
    let places = Places { ticket_type_id: ticket_type, quantity };
    seating(event, key, request, async move |tx: &mut Tx, who: &Identity, terms| baskets::stand(tx, who, event, places, terms).await).await
}

/// Holds the best `count` seats together; of a ticket type if one is named.
///
/// # Errors
/// 401; 404; 409 `seats` if there are not so many together, or the event does not sell; 422 `count`; 429.
#[server(name = HoldBest, prefix = "/fn", endpoint = "box_office/best", output = Json)]
pub async fn hold_best(
    event: EventId,
    count: usize,
    #[server(default)] ticket_type: String,
    #[server(default)] key: String,
) -> Result<Hold, AppError> {
    let wanted = Together { count, ticket_type: ticket_type.parse::<TicketTypeId>().ok() };
    command_with_state(async move |state: AppState, who: Identity| {
        let (key, terms) = (parse_key_if_any(&key)?, terms(&state)?);
        baskets::hold_best(&state.store, &who, event, wanted, key, terms).await
    })
    .done(format!("/events/{event}/seats"))
    .await
}

/// Lets one seat of the basket go.
///
/// # Errors
/// 401; 404; 409 if the hold has ended; 429.
#[server(name = LetSeatGo, prefix = "/fn", endpoint = "box_office/let_go", output = Json)]
pub async fn let_go(event: EventId, hold: HoldId, seat: SeatId) -> Result<Option<Hold>, AppError> {
    let effect = async move |tx: &mut Tx, who: &Identity, terms| baskets::let_go(tx, who, hold, Part::Seat(seat), terms).await;
    seating(event, String::new(), (), effect).await
}

/// Holds what is in the basket for as much longer again.
///
/// # Errors
/// 401; 404; 409 if it has ended or cannot be extended any more; 422 `key`; 429.
#[server(name = ExtendHold, prefix = "/fn", endpoint = "box_office/extend", output = Json)]
pub async fn extend(event: EventId, hold: HoldId, #[server(default)] key: String) -> Result<Hold, AppError> {
    seating(event, key, ("extend", hold), async move |tx: &mut Tx, who: &Identity, terms| baskets::extend(tx, who, hold, terms).await).await
}

/// Lets all go that is in the basket.
///
/// # Errors
/// 401; 404; 429.
#[server(name = ReleaseHold, prefix = "/fn", endpoint = "box_office/release", output = Json)]
pub async fn release(event: EventId, hold: HoldId) -> Result<(), AppError> {
    seating(event, String::new(), (), async move |tx: &mut Tx, who: &Identity, _| holds::release(tx, who, hold).await).await
}

/// Waits for a place of a ticket type that is sold out.
///
/// # Errors
/// 401; 404; 409 if there are places, or the event does not sell; 429.
#[server(name = WaitForPlace, prefix = "/fn", endpoint = "box_office/wait", output = Json)]
pub async fn wait(event: EventId, ticket_type: TicketTypeId) -> Result<OwnWaiting, AppError> {
    let effect = async move |tx: &mut Tx, who: &Identity, terms| waiting_list::join(tx, who, ticket_type, terms).await;
    seating(event, String::new(), (), effect).await
}

/// Waits no more.
///
/// # Errors
/// 401; 429.
#[server(name = StopWaiting, prefix = "/fn", endpoint = "box_office/stop_waiting", output = Json)]
pub async fn stop_waiting(event: EventId, ticket_type: TicketTypeId) -> Result<(), AppError> {
    seating(event, String::new(), (), async move |tx: &mut Tx, who: &Identity, _| waiting_list::leave(tx, who, ticket_type).await).await
}

/// Where one waits for places of an event, and how many are before one.
///
/// # Errors
/// 401.
#[server(name = WaitingAt, prefix = "/fn", endpoint = "box_office/waiting", input = GetUrl, output = Json)]
pub async fn waiting_at(event: EventId) -> Result<Vec<OwnWaiting>, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| waiting_list::of_person(conn, who.person, event).await).await
}
