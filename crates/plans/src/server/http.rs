//! Files of plans: a table that somebody sends (`POST /events/{id}/plan/table`, a form that works without scripts), and the plan as one
//! (`GET /events/{id}/plan.csv`).

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Multipart, Path, State, multipart::MultipartError},
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

use super::{imports, read, require, table, types};
use crate::model::import::{BYTES, Mode};
use plenum_core::{
    error::{AppError, AppResult, ErrorKind},
    ids::EventId,
    people::Identity,
};
use plenum_web::{problem::Problem, state::AppState};

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

/// A sentence as part of an address.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

async fn download(State(state): State<AppState>, who: Option<Extension<Identity>>, Path(id): Path<i64>) -> Result<Response, Problem> {
    let Some(Extension(who)) = who else { return Ok(Redirect::to("/sign-in").into_response()) };
    let event = EventId(id);
    let mut conn = state.store.read().await?;
    let head = require(&mut conn, &who, event).await?;
    let (plan, known) = (read(&mut conn, event).await?, types::of(&mut conn, event, head.currency).await?);
    let mut response = table::write(&plan, &known)?.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"plan-{event}.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
