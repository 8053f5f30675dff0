//! Holding places.

#![expect(missing_docs, reason = "the fields of the types that #[server] makes are the arguments, described at each function")]

use leptos::prelude::*;

use crate::{
    error::AppError,
    features::box_office::model::hold::{Hold, Places},
    ids::{EventId, SeatId},
    wire::Json,
};
#[cfg(feature = "ssr")]
use crate::{
    features::box_office::{
        model::hold::Wanted,
        server::holds::{self, Terms},
    },
    server::{db::Tx, request::command},
};

/// Holds seats and standing places of an event, all or nothing.
///
/// # Errors
/// 401; 404; 409 if one is taken or the event does not sell now; 422 `seats` or `standing`; 429.
#[server(name = HoldPlaces, prefix = "/fn", endpoint = "box_office/hold", output = Json)]
pub async fn hold(
    event: EventId,
    #[server(default)] seats: Vec<SeatId>,
    #[server(default)] standing: Vec<Places>,
) -> Result<Hold, AppError> {
    command(&format!("/events/{event}"), move |state, who| async move {
        let settings = &state.config.box_office;
        let lasts = i64::try_from(settings.hold_seconds).unwrap_or(i64::MAX / 1_000).saturating_mul(1_000);
        let terms = Terms { lasts, extensions: settings.hold_extensions.into() };
        let wanted = Wanted { seats, standing };
        state.store.write(async move |tx: &mut Tx| holds::hold(tx, &who, event, &wanted, terms).await).await
    })
    .await
}
