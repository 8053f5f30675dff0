//! Files of plans: a table that somebody sends (`POST /events/{id}/plan/table`, a form that works without scripts), and the plan as one
//! (`GET /events/{id}/plan.csv`).

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Multipart, Path, State, multipart::MultipartError},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

use super::{imports, read, table, ticket_types};
use crate::model::import::{BYTES, Mode};
use plenum_core::{
    error::{AppError, AppResult, ErrorKind},
    ids::EventId,
    people::Identity,
};
use plenum_events::server::access::require_organiser_of;
use plenum_store::heavy::{Asker, HeavyReads};
use plenum_ui::redirect::encoded;
use plenum_web::{csv, problem::Problem, state::AppState};

/// What a form adds to its file.
const ENVELOPE: usize = 16 * 1024;

/// The routes, for whoever is signed in.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/events/{id}/plan/table", post(send))
        .layer(DefaultBodyLimit::max(BYTES + ENVELOPE))
        .route("/events/{id}/plan.csv", get(download))
}

async fn send(
    State(state): State<AppState>,
    who: Option<Extension<Identity>>,
    Path(id): Path<i64>,
    form: Multipart,
) -> Result<Response, Problem> {
    let Some(Extension(who)) = who else { return Ok(Redirect::to("/sign-in").into_response()) };
    state.rates.command(who.person)?;
    let event = EventId(id);
    // Before the body: who may not send a plan has none of it read.
    require_organiser_of(&mut *state.store.read().await?, &who, event).await?;
    let taken = match fields(form).await {
        // In a task of its own: it goes on if the browser goes away.
        Ok((mode, table)) => tokio::spawn(async move { imports::upload(&state.store, &who, event, mode, table).await })
            .await
            .map_err(|_| AppError::internal())?,
        Err(error) => Err(error),
    };
    let to = match taken {
        Ok(_) => format!("/events/{id}/plan?done=read#import"),
        // A form without scripts has no other place to say it.
        Err(error) if error.field.is_some() || error.kind == ErrorKind::Conflict => {
            format!("/events/{id}/plan?refused={}#import", encoded(&error.message))
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Redirect::to(&to).into_response())
}

/// What the form holds: what becomes of the seats that are there, and the table.
async fn fields(mut form: Multipart) -> AppResult<(Mode, Vec<u8>)> {
    let (mut mode, mut table) = (Mode::default(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        match field.name() {
            Some("mode") => mode = Mode::parse(&field.text().await.map_err(unreadable)?)?,
            Some("table") => table = field.bytes().await.map_err(unreadable)?.to_vec(),
            _ => {}
        }
    }
    if table.is_empty() {
        return Err(AppError::invalid("table", "Choose a file."));
    }
    if table.len() > BYTES {
        return Err(too_large());
    }
    Ok((mode, table))
}

fn too_large() -> AppError {
    AppError::invalid("table", format!("A table has at most {} MB.", BYTES / 1024 / 1024))
}

fn unreadable(error: MultipartError) -> AppError {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    AppError::invalid("table", "The file could not be read. Send it once more.")
}

async fn download(State(state): State<AppState>, who: Option<Extension<Identity>>, Path(id): Path<i64>) -> Result<Response, Problem> {
    let Some(Extension(who)) = who else { return Ok(Redirect::to("/sign-in").into_response()) };
    let event = EventId(id);
    let heavy = state.store.part::<HeavyReads>().enter(Asker::Person(who.person))?;
    let _turn = heavy.turn().await?;
    let mut conn = state.store.read().await?;
    let head = require_organiser_of(&mut conn, &who, event).await?;
    let (plan, known) = (read(&mut conn, event).await?, ticket_types::lines(&mut conn, event, head.currency).await?);
    Ok(csv::whole_file(format!("plan-{event}"), table::write(&plan, &known)))
}
