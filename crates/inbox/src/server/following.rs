//! The way from a notification to where it leads: `/inbox/{id}/open`. A page whose scripts run goes there by itself; this is for the
//! others, and for a new tab.

use axum::{
    Extension, Router,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

use super::follow;
use plenum_core::{error::ErrorKind, ids::NotificationId, people::Identity};
use plenum_store::db::Tx;
use plenum_ui::redirect::{own_path, sign_in_path};
use plenum_web::{problem::Problem, state::AppState};

/// The route, for whoever is signed in.
pub fn routes() -> Router<AppState> {
    Router::new().route("/inbox/{id}/open", get(open))
}

async fn open(State(state): State<AppState>, who: Option<Extension<Identity>>, Path(id): Path<i64>) -> Result<Response, Problem> {
    let Some(Extension(who)) = who else { return Ok(Redirect::to(&sign_in_path("/inbox")).into_response()) };
    state.rates.mark(who.person)?;
    let person = who.person;
    match state.store.write(async move |tx: &mut Tx| follow(tx, person, NotificationId(id)).await).await {
        Ok(link) => Ok(Redirect::to(own_path(&link).unwrap_or("/inbox")).into_response()),
        // What is gone leads nowhere; what else there is stands in the inbox.
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Redirect::to("/inbox").into_response()),
        Err(error) => Err(error.into()),
    }
}
