//! A broadcast's recipients as a table for other programs: `/admin/broadcasts/{id}/recipients.csv`.

use axum::{
    Extension, Router,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

use super::{own, require};
use crate::model::variants::letter;
use plenum_core::{
    error::AppResult,
    ids::{BroadcastId, Millis},
    people::Identity,
    time::Zone,
};
use plenum_store::db::Conn;
use plenum_web::{csv, problem::Problem, state::AppState};

/// Rows of one query.
const AT_ONCE: i64 = 1_000;

/// The route, for whoever is signed in.
pub fn routes() -> Router<AppState> {
    Router::new().route("/admin/broadcasts/{id}/recipients.csv", get(download))
}

async fn download(State(state): State<AppState>, who: Option<Extension<Identity>>, Path(id): Path<i64>) -> Result<Response, Problem> {
    let Some(Extension(who)) = who else { return Ok(Redirect::to("/sign-in").into_response()) };
    let id = BroadcastId(id);
    let table = recipients(&mut *state.store.read().await?, &who, id).await?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"broadcast-{id}.csv\""));
    let mut response = table.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = name {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

#[derive(sqlx::FromRow)]
struct Recipient {
    person_id: i64,
    name: String,
    email: String,
    variant: Option<u8>,
    status: String,
    reason: Option<String>,
    delivered_at: Option<Millis>,
    seen_at: Option<Millis>,
    read_at: Option<Millis>,
    acted_at: Option<Millis>,
}

/// Everybody whom it is for so far, with what has become of it; times are in UTC.
///
/// # Errors
/// 403; 404.
pub(super) async fn recipients(conn: &mut Conn, who: &Identity, id: BroadcastId) -> AppResult<String> {
    require(conn, who).await?;
    own(conn, who, id).await?;
    let mut table = String::from("person,name,email,variant,status,reason,delivered_at,seen_at,read_at,acted_at\r\n");
    let mut after = 0;
    loop {
        let rows: Vec<Recipient> = sqlx::query_as(
            "select r.person_id, p.name, p.email, r.variant, r.status, r.reason, r.delivered_at, r.seen_at, r.read_at, r.acted_at
             from broadcast_recipients r join people p on p.id = r.person_id
             where r.broadcast_id = $1 and r.person_id > $2 order by r.person_id limit $3",
        )
        .bind(id)
        .bind(after)
        .bind(AT_ONCE)
        .fetch_all(&mut *conn)
        .await?;
        let Some(last) = rows.last() else { return Ok(table) };
        after = last.person_id;
        for row in rows {
            let time = |at: Option<Millis>| at.map(Zone::machine).unwrap_or_default();
            let variant = row.variant.map(|variant| letter(usize::from(variant)).to_string()).unwrap_or_default();
            let fields = [
                row.person_id.to_string(),
                row.name,
                row.email,
                variant,
                row.status,
                row.reason.unwrap_or_default(),
                time(row.delivered_at),
                time(row.seen_at),
                time(row.read_at),
                time(row.acted_at),
            ];
            table.push_str(&csv::line(fields));
        }
    }
}
