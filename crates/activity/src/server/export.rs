//! `/admin/audit.csv`: all that the audit log's filter shows, as a file.
//!
//! It is read and sent some rows at a time, each time from a snapshot of its own: nothing is held in memory, and no snapshot stands while a
//! browser is slow. Rows are only ever added, so that what was there at the beginning is what the file has.

use axum::{
    Extension,
    extract::{Query, State},
    response::Response,
};
use serde_json::Value;

use super::audit::Filter;
use crate::model::audit::Asked;
use plenum_core::{
    activity::Item,
    error::{AppError, AppResult},
    ids::ActivityId,
    people::Identity,
    time::Zone,
};
use plenum_store::{
    activity, db,
    heavy::{Asker, HeavyReads},
    zones,
};
use plenum_web::{csv, problem::Problem, state::AppState};

/// Rows that are read at once.
const AT_ONCE: usize = 500;
/// The first line.
const HEADER: &str = "id,time,verb,person_id,person,about_id,about,subject_kind,subject_id,subject,conversation_id,details\r\n";

/// Where the export stands.
struct Export {
    state: AppState,
    filter: Filter,
    /// The newest row when it began.
    head: ActivityId,
    before: Option<ActivityId>,
    /// The first line goes first.
    begun: bool,
}

/// Sends what the filter shows.
///
/// # Errors
/// 401; 403 unless one is an admin; 422 for the filter.
pub async fn csv(State(state): State<AppState>, who: Option<Extension<Identity>>, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let Extension(who) = who.ok_or_else(AppError::signed_out)?;
    let mut tx = state.store.read().await?;
    let filter = Filter::read(&mut tx, &who, &asked).await?;
    let head = activity::head(&mut tx, who.organisation).await?;
    let zone: String = sqlx::query_scalar("select time_zone from people where id = $1")
        .bind(who.person)
        .fetch_one(&mut *tx)
        .await
        .map_err(AppError::from)?;
    drop(tx);
    let name = format!("audit-{}", zones::date(&zone, db::now()));
    let heavy = state.store.part::<HeavyReads>().enter(Asker::Person(who.person))?;
    Ok(csv::file(name, heavy, Export { state, filter, head, before: None, begun: false }, Export::next))
}

impl Export {
    /// The next part of the file, and what is left to do.
    async fn next(mut self) -> AppResult<(String, Option<Self>)> {
        let found = self.filter.rows(&mut *self.state.store.read().await?, self.before, self.head, AT_ONCE).await?;
        let mut text = if self.begun { String::new() } else { HEADER.to_owned() };
        for item in &found.rows {
            line(&mut text, item);
        }
        (self.begun, self.before) = (true, Some(found.floor));
        Ok((text, (found.floor.0 > 0).then_some(self)))
    }
}

fn line(text: &mut String, item: &Item) {
    let id = |id: Option<i64>| id.map_or_else(String::new, |id| id.to_string());
    let (actor, about) = (item.actor.as_ref(), item.about.as_ref());
    let value = |value: Value| if let Value::String(text) = value { text } else { value.to_string() };
    let details: Vec<String> = item.record.details().into_iter().map(|(name, detail)| format!("{name}: {}", value(detail))).collect();
    let cells = [
        item.id.to_string(),
        Zone::machine(item.at),
        item.verb().into_str().to_owned(),
        id(actor.map(|card| card.id.0)),
        actor.map_or_else(String::new, |card| card.name.clone()),
        id(about.map(|card| card.id.0)),
        about.map_or_else(String::new, |card| card.name.clone()),
        item.verb().subject().into_str().to_owned(),
        item.subject.id.to_string(),
        item.subject.name.clone(),
        id(item.conversation.map(|conversation| conversation.0)),
        details.join("; "),
    ];
    text.push_str(&csv::line(cells));
}
