//! Pictures of events: sent as a form, made anew by the server ([`pictures`]), and shown to those who may see their event.

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Multipart, Path, State, multipart::MultipartRejection},
    http::{HeaderMap, HeaderValue, header},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult, ErrorKind},
    ids::{EventId, PictureId},
    people::Identity,
};
use plenum_events::server::events::{EventViewer, announce, row_for_organiser, visible};
use plenum_store::db::{Activity, Tx};
use plenum_ui::redirect::{encoded, sign_in_path};
use plenum_web::{
    bodies::{self, Most},
    pictures::{self, Made},
    problem::Problem,
    security,
    state::AppState,
};

/// Of an event that not everyone sees.
const DRAFT: HeaderValue = HeaderValue::from_static("private, no-store");

/// The routes.
pub fn routes() -> Router<AppState> {
    let upload = Router::new()
        .route("/events/{id}/picture", post(upload))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(Most(pictures::READ), bodies::limit));
    Router::new().route("/pictures/{id}", get(large)).route("/pictures/{id}/small", get(small)).merge(upload)
}

/// Takes a picture; a page is led back to the form, which says what was wrong with it, a program is answered.
async fn upload(
    State(state): State<AppState>,
    who: Option<Extension<Identity>>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let back = format!("/events/{id}/edit");
    let Some(Extension(who)) = who else { return Ok(Redirect::to(&sign_in_path(&back)).into_response()) };
    let outcome = take(&state, &who, EventId(id), parts).await;
    let is_page = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    match outcome {
        Ok(_) if is_page => Ok(Redirect::to(&format!("{back}?done=picture#picture")).into_response()),
        Ok(picture) => Ok(axum::Json(picture).into_response()),
        Err(error) if is_page && matches!(error.kind, ErrorKind::Invalid | ErrorKind::TooMany) => {
            Ok(Redirect::to(&format!("{back}?refused={}#picture", encoded(&error.message))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn take(state: &AppState, who: &Identity, id: EventId, parts: Result<Multipart, MultipartRejection>) -> AppResult<PictureId> {
    state.rates.command(who.person)?;
    // Before anything is decoded: only who may change the event makes the server work.
    row_for_organiser(&mut *state.store.look().await?, who, id).await?;
    let made = pictures::make(&state.store, pictures::sent(parts).await?).await?;
    let who = who.clone();
    state.store.write(async move |tx: &mut Tx| keep(tx, &who, id, &made).await).await
}

/// Makes it the picture of the event; the one before is gone.
async fn keep(tx: &mut Tx, who: &Identity, id: EventId, made: &Made) -> AppResult<PictureId> {
    let row = row_for_organiser(tx, who, id).await?;
    let picture = pictures::insert(tx, who, made).await?;
    set(tx, id, Some(picture), row.picture_id).await?;
    tx.record(Activity::by(who, Record::EventChanged, Subject::named(id.0, &row.title))).await?;
    Ok(picture)
}

/// Takes the picture of an event away.
///
/// # Errors
/// 403; 404.
pub async fn remove(tx: &mut Tx, who: &Identity, id: EventId) -> AppResult<()> {
    let row = row_for_organiser(tx, who, id).await?;
    if row.picture_id.is_none() {
        return Ok(());
    }
    set(tx, id, None, row.picture_id).await?;
    tx.record(Activity::by(who, Record::EventChanged, Subject::named(id.0, &row.title))).await
}

/// It has no version: whoever changes the words meanwhile does not undo it.
async fn set(tx: &mut Tx, id: EventId, picture: Option<PictureId>, before: Option<PictureId>) -> AppResult<()> {
    sqlx::query("update events set picture_id = $2 where id = $1").bind(id).bind(picture).execute(&mut **tx).await?;
    if let Some(before) = before {
        let unused = "delete from pictures where id = $1 and not exists (select 1 from events where picture_id = $1)";
        sqlx::query(unused).bind(before).execute(&mut **tx).await?;
    }
    announce(tx, id).await.map(drop)
}

async fn large(state: State<AppState>, who: Option<Extension<Identity>>, id: Path<i64>, headers: HeaderMap) -> Result<Response, Problem> {
    show(state, who, id, headers, "bytes").await
}

async fn small(state: State<AppState>, who: Option<Extension<Identity>>, id: Path<i64>, headers: HeaderMap) -> Result<Response, Problem> {
    show(state, who, id, headers, "coalesce(small, bytes)").await
}

/// A picture is seen by whoever sees its event.
async fn show(
    State(state): State<AppState>,
    who: Option<Extension<Identity>>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    column: &'static str,
) -> Result<Response, Problem> {
    let mut conn = state.store.read().await?;
    let event: Option<EventId> = sqlx::query_scalar("select id from events where picture_id = $1")
        .bind(id)
        .fetch_optional(&mut *conn)
        .await
        .map_err(AppError::from)?;
    let looker = EventViewer::find(&mut conn, who.map(|Extension(who)| who), security::host(&headers)).await?;
    let (row, _) =
        visible(&mut conn, &looker, event.ok_or_else(|| AppError::no_such("picture"))?).await.map_err(|_| AppError::no_such("picture"))?;
    let statement = format!("select media_type, {column} from pictures where id = $1");
    let (media_type, bytes): (String, Vec<u8>) =
        sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).fetch_one(&mut *conn).await.map_err(AppError::from)?;
    Ok(pictures::answer(&media_type, bytes, if row.is_public() { pictures::CACHED } else { DRAFT }))
}
