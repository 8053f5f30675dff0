//! Pictures of events: sent as a form, made anew by the server ([`making`]), and shown to those who may see their event.

pub mod making;

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Multipart, Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

use making::{LARGEST, Made, make};
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
    problem::Problem,
    security,
    state::AppState,
};

/// So much is read of what is too large, to say so.
const READ: usize = 4 * LARGEST;
/// Kept by the browser that was shown it, and by no cache in between: which organisation's it is depends on the request's host, and an
/// event may be withdrawn. An id is never given to another picture.
const PUBLISHED: HeaderValue = HeaderValue::from_static("private, max-age=3600");
const DRAFT: HeaderValue = HeaderValue::from_static("private, no-store");

/// The routes.
pub fn routes() -> Router<AppState> {
    let upload = Router::new()
        .route("/events/{id}/picture", post(upload))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(Most(READ), bodies::limit));
    Router::new().route("/pictures/{id}", get(large)).route("/pictures/{id}/small", get(small)).merge(upload)
}

/// Takes a picture; a page is led back to the form, which says what was wrong with it, a program is answered.
async fn upload(
    State(state): State<AppState>,
    who: Option<Extension<Identity>>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    parts: Result<Multipart, axum::extract::multipart::MultipartRejection>,
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

async fn take(
    state: &AppState,
    who: &Identity,
    id: EventId,
    parts: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> AppResult<PictureId> {
    state.rates.command(who.person)?;
    // Before anything is decoded: only who may change the event makes the server work.
    row_for_organiser(&mut *state.store.look().await?, who, id).await?;
    let sent = sent(parts.map_err(|_| AppError::invalid("picture", "Choose a picture."))?).await?;
    let made = make(&state.store, sent).await?;
    let who = who.clone();
    state.store.write(async move |tx: &mut Tx| keep(tx, &who, id, &made).await).await
}

/// The bytes of the form's picture.
async fn sent(mut parts: Multipart) -> AppResult<Vec<u8>> {
    let too_large = || AppError::invalid("picture", format!("A picture has at most {} MB.", LARGEST / (1024 * 1024)));
    while let Some(mut part) = parts.next_field().await.map_err(|_| too_large())? {
        if part.name() != Some("picture") {
            continue;
        }
        let (mut bytes, mut length) = (Vec::new(), 0);
        while let Some(piece) = part.chunk().await.map_err(|_| too_large())? {
            length += piece.len();
            // The rest is read all the same, as far as it is no more than `READ`: the form is to say what is wrong.
            if length <= LARGEST {
                bytes.extend_from_slice(&piece);
            }
        }
        if length > LARGEST {
            return Err(too_large());
        }
        if !bytes.is_empty() {
            return Ok(bytes);
        }
    }
    Err(AppError::invalid("picture", "Choose a picture."))
}

/// Makes it the picture of the event; the one before is gone.
async fn keep(tx: &mut Tx, who: &Identity, id: EventId, made: &Made) -> AppResult<PictureId> {
    let row = row_for_organiser(tx, who, id).await?;
    let picture: PictureId = sqlx::query_scalar(
        "insert into pictures (organisation_id, uploaded_by, media_type, width, height, bytes, small, created_at)
         values ($1, $2, 'image/jpeg', $3, $4, $5, $6, $7) returning id",
    )
    .bind(who.organisation)
    .bind(who.person)
    .bind(made.width)
    .bind(made.height)
    .bind(&made.bytes)
    .bind(&made.small)
    .bind(tx.now())
    .fetch_one(&mut **tx)
    .await?;
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
    let mut response = bytes.into_response();
    let kind = HeaderValue::from_str(&media_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::CACHE_CONTROL, if row.is_public() { PUBLISHED } else { DRAFT });
    response.headers_mut().insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    Ok(response)
}
