//! A broadcast's recipients as a table for other programs: `/admin/broadcasts/{id}/recipients.csv`.
//!
//! It is read and sent some people at a time, each time from a snapshot of its own.

use axum::{
    Extension, Router,
    extract::{Path, State},
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
use plenum_store::{
    db::Conn,
    heavy::{Asker, HeavyReads},
};
use plenum_web::{csv, problem::Problem, state::AppState};

/// The first line.
const HEADER: &str = "person,name,email,variant,status,reason,delivered_at,seen_at,read_at,acted_at\r\n";
/// Rows that are read at once.
const AT_ONCE: i64 = 500;

/// The route, for whoever is signed in.
pub fn routes() -> Router<AppState> {
    Router::new().route("/admin/broadcasts/{id}/recipients.csv", get(download))
}

async fn download(State(state): State<AppState>, who: Option<Extension<Identity>>, Path(id): Path<i64>) -> Result<Response, Problem> {
    let Some(Extension(who)) = who else { return Ok(Redirect::to("/sign-in").into_response()) };
    let id = BroadcastId(id);
    begin(&mut *state.store.read().await?, &who, id).await?;
    let heavy = state.store.part::<HeavyReads>().enter(Asker::Person(who.person))?;
    Ok(csv::file(format!("broadcast-{id}"), heavy, 0, move |after| {
        let store = state.store.clone();
        async move { part(&mut *store.look().await?, id, after).await }
    }))
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

/// Whether who asks may have them.
///
/// # Errors
/// 403; 404.
pub(super) async fn begin(conn: &mut Conn, who: &Identity, id: BroadcastId) -> AppResult<()> {
    require(conn, who).await?;
    own(conn, who, id).await.map(drop)
}

/// Some of those whom it is for so far, after a person, with what has become of it, and after whom it goes on; times are in UTC.
pub(super) async fn part(conn: &mut Conn, id: BroadcastId, after: i64) -> AppResult<(String, Option<i64>)> {
    let rows: Vec<Recipient> = sqlx::query_as(
        "select r.person_id, p.name, p.email, r.variant, r.status, r.reason, r.delivered_at, r.seen_at, r.read_at, r.acted_at
         from broadcast_recipients r join people p on p.id = r.person_id
         where r.broadcast_id = $1 and r.person_id > $2 order by r.person_id limit $3",
    )
    .bind(id)
    .bind(after)
    .bind(AT_ONCE)
    .fetch_all(conn)
    .await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows == AT_ONCE);
    let next = rows.last().filter(|_| is_full).map(|last| last.person_id);
    let header = if after == 0 { HEADER } else { "" };
    Ok((std::iter::once(header.to_owned()).chain(rows.into_iter().map(line)).collect(), next))
}

fn line(row: Recipient) -> String {
    let time = |at: Option<Millis>| at.map(Zone::machine).unwrap_or_default();
    csv::line([
        row.person_id.to_string(),
        row.name,
        row.email,
        row.variant.map(|variant| letter(usize::from(variant)).to_string()).unwrap_or_default(),
        row.status,
        row.reason.unwrap_or_default(),
        time(row.delivered_at),
        time(row.seen_at),
        time(row.read_at),
        time(row.acted_at),
    ])
}
