//! The logo of an organisation: sent as a form, made anew as every picture is, and shown to anyone.

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Multipart, Path, State, multipart::MultipartRejection},
    http::{HeaderMap, header},
    middleware,
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};

use super::own;
use plenum_core::{
    error::{AppError, AppResult, ErrorKind},
    ids::PictureId,
    people::{Identity, Role},
};
use plenum_directory::server::require_role;
use plenum_store::db::Tx;
use plenum_ui::redirect::{encoded, sign_in_path};
use plenum_web::{
    bodies::{self, Most},
    pictures,
    problem::Problem,
    state::AppState,
};

const BACK: &str = "/admin/organisation";

/// The routes.
pub fn routes() -> Router<AppState> {
    let upload = Router::new()
        .route("/admin/organisation/logo", post(upload))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(Most(pictures::READ), bodies::limit));
    Router::new().route("/logo/{id}", get(show)).merge(upload)
}

/// Takes a logo; a page is led back to the form, which says what was wrong with it, a program is answered.
async fn upload(
    State(state): State<AppState>,
    who: Option<Extension<Identity>>,
    headers: HeaderMap,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let Some(Extension(who)) = who else { return Ok(Redirect::to(&sign_in_path(BACK)).into_response()) };
    let outcome = take(&state, &who, parts).await;
    let is_page = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    match outcome {
        Ok(_) if is_page => Ok(Redirect::to(&format!("{BACK}?done=logo#logo")).into_response()),
        Ok(logo) => Ok(axum::Json(logo).into_response()),
        Err(error) if is_page && matches!(error.kind, ErrorKind::Invalid | ErrorKind::TooMany) => {
            Ok(Redirect::to(&format!("{BACK}?refused={}#logo", encoded(&error.message))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn take(state: &AppState, who: &Identity, parts: Result<Multipart, MultipartRejection>) -> AppResult<Option<PictureId>> {
    state.rates.command(who.person)?;
    // Before anything is decoded: only an admin makes the server work.
    require_role(&mut *state.store.look().await?, who, Role::Admin).await?;
    let made = pictures::make(&state.store, pictures::sent(parts).await?).await?;
    let who = who.clone();
    state.store.write(async move |tx: &mut Tx| own::set_logo(tx, &who, Some(&made)).await).await
}

/// A logo is for everyone; other pictures are not shown here.
async fn show(State(state): State<AppState>, Path(id): Path<i64>) -> Result<Response, Problem> {
    let picture: Option<(String, Vec<u8>)> = sqlx::query_as(
        "select media_type, coalesce(small, bytes) from pictures
         where id = $1 and exists (select 1 from organisations where logo_id = $1)",
    )
    .bind(id)
    .fetch_optional(&mut *state.store.read().await?)
    .await
    .map_err(AppError::from)?;
    let (media_type, bytes) = picture.ok_or_else(|| AppError::no_such("picture"))?;
    Ok(pictures::answer(&media_type, bytes, pictures::CACHED))
}
