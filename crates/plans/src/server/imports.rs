//! How a table, another event's plan, or what a plan was before becomes the plan: in steps.
//!
//! What is stored is the plan as it is to be. A step reads how far the plan is from it, and leaves it nearer: so a process that is killed
//! goes on where the last commit was, and two that work on one do not do anything twice. No step holds the writer for long, and none
//! takes a seat from whoever has it.

mod steps;

use serde_json::json;
pub use steps::run;

use super::{from_json, read, require_open, store, table, ticket_types};
use crate::{
    live::PlanEvent,
    model::{
        Plan,
        diff::Diff,
        import::{Import, ImportAction, ImportState, Mode, Progress, Source, WrongLine, transition},
    },
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{EventId, Millis, OrganisationId, PersonId},
    people::Identity,
};
use plenum_events::server::access::require_organiser_of;
use plenum_store::{
    db::{self, Activity, Conn, Store, Tx},
    jobs::{self, Job},
};

/// The kind of the jobs that write plans.
pub const IMPORT: &str = "box_office.import_plan";
/// An import on its way into its table.
#[derive(Debug, Default)]
pub struct New<'a> {
    pub source: Source,
    pub mode: Mode,
    /// The plan as it is to be, as JSON.
    pub target: &'a str,
    /// Seats to be written.
    pub steps: usize,
    pub lines: i64,
    pub wrong: i64,
    pub report: &'a [WrongLine],
}

/// True if a plan is being written.
pub async fn is_running(conn: &mut Conn, event: EventId) -> AppResult<bool> {
    let running = sqlx::query_scalar("select exists (select 1 from plan_imports where event_id = $1 and state = 'running')");
    Ok(running.bind(event).fetch_one(conn).await?)
}

#[derive(sqlx::FromRow)]
struct ImportRow {
    id: i64,
    event_id: EventId,
    person_id: PersonId,
    source: Source,
    mode: Mode,
    state: ImportState,
    base: i64,
    lines: i64,
    wrong: i64,
    steps: i64,
    written: i64,
    kept: i64,
    failure: String,
    created_at: Millis,
    ended_at: Option<Millis>,
}

const COLUMNS: &str =
    "id, event_id, person_id, source, mode, state, base, lines, wrong, steps, written, kept, failure, created_at, ended_at";

impl ImportRow {
    fn progress(&self) -> Progress {
        let Self { id, event_id, state, steps, written, kept, .. } = *self;
        Progress { id, event_id, state, steps, written, kept, failure: self.failure.clone() }
    }
}

async fn row(conn: &mut Conn, id: i64) -> AppResult<Option<ImportRow>> {
    let found = sqlx::query_as(sqlx::AssertSqlSafe(format!("select {COLUMNS} from plan_imports where id = $1"))).bind(id);
    Ok(found.fetch_optional(conn).await?)
}

/// The newest import of an event.
pub async fn newest(conn: &mut Conn, event: EventId) -> AppResult<Option<Import>> {
    let newest =
        sqlx::query_as(sqlx::AssertSqlSafe(format!("select {COLUMNS} from plan_imports where event_id = $1 order by id desc limit 1")));
    let found: Option<ImportRow> = newest.bind(event).fetch_optional(&mut *conn).await?;
    let Some(found) = found else { return Ok(None) };
    let report: String = sqlx::query_scalar("select report from plan_imports where id = $1").bind(found.id).fetch_one(conn).await?;
    let report = serde_json::from_str(&report).unwrap_or_default();
    let (progress, ImportRow { source, mode, lines, wrong, created_at, ended_at, .. }) = (found.progress(), found);
    Ok(Some(Import { progress, source, mode, lines, wrong, report, created_at, ended_at }))
}

/// Writes an import down, which has not begun; what was read before and never begun is given up.
pub async fn insert(tx: &mut Tx, who: &Identity, event: EventId, base: i64, new: &New<'_>) -> AppResult<i64> {
    sqlx::query("update plan_imports set state = 'cancelled', ended_at = $2 where event_id = $1 and state = 'checked'")
        .bind(event)
        .bind(tx.now())
        .execute(&mut **tx)
        .await?;
    let made = sqlx::query_scalar(
        "insert into plan_imports (event_id, person_id, source, mode, state, base, lines, wrong, report, target, steps, created_at)
         values ($1, $2, $3, $4, 'checked', $5, $6, $7, $8, $9, $10, $11) returning id",
    );
    let made = made.bind(event).bind(who.person).bind(new.source).bind(new.mode).bind(base).bind(new.lines).bind(new.wrong);
    let report = serde_json::to_string(new.report).unwrap_or_default();
    let made = made.bind(report).bind(new.target).bind(i64::try_from(new.steps).unwrap_or(i64::MAX)).bind(tx.now());
    Ok(made.fetch_one(&mut **tx).await?)
}

/// Lets an import begin; `before` is what the plan can be undone to afterwards.
pub async fn begin(tx: &mut Tx, who: &Identity, id: i64, event: EventId, before: Option<&str>) -> AppResult<()> {
    store::bump(tx, event, before.map(|before| (before, who.person))).await?;
    advance(tx, id, ImportAction::Start).await?;
    schedule(tx, id).await
}

async fn schedule(tx: &mut Tx, id: i64) -> AppResult<()> {
    let due_at = tx.now();
    jobs::schedule(tx, Job { kind: IMPORT, payload: json!({ "import": id }), unique_key: Some(key(id)), due_at }).await
}

fn key(id: i64) -> String {
    format!("{IMPORT}:{id}")
}

/// Does `action` to an import, and tells whoever started it.
async fn advance(tx: &mut Tx, id: i64, action: ImportAction) -> AppResult<ImportRow> {
    let mut found = row(tx, id).await?.ok_or_else(|| AppError::no_such("import"))?;
    found.state = transition(found.state, action).ok_or_else(|| AppError::conflict("That cannot be done to this import any more."))?;
    found.ended_at = (found.state != ImportState::Running).then(|| tx.now());
    sqlx::query("update plan_imports set state = $2, ended_at = $3 where id = $1")
        .bind(id)
        .bind(found.state)
        .bind(found.ended_at)
        .execute(&mut **tx)
        .await?;
    tx.announce(found.person_id, &PlanEvent::ImportChanged(found.progress()));
    Ok(found)
}

/// Reads a table for a plan: if every line is good it begins at once, else it waits until somebody wants the good ones. Returns which it is.
///
/// # Errors
/// 403; 404; 409; 422 `table` if it is no table of seats, or has no good line.
pub async fn upload(store: &Store, who: &Identity, event: EventId, mode: Mode, bytes: Vec<u8>) -> AppResult<i64> {
    let (current, known, version) = {
        let mut conn = store.read().await?;
        let head = require_open(&mut conn, who, event).await?;
        (
            read(&mut conn, event).await?,
            ticket_types::lines(&mut conn, event, head.currency).await?,
            store::version(&mut conn, event).await?,
        )
    };
    let reading = tokio::task::spawn_blocking(move || {
        let checked = table::check(&bytes, mode, &current, &known)?;
        let steps = Diff::between(&current, &checked.target).len();
        let target = super::json(&checked.target)?;
        AppResult::Ok((checked, steps, target))
    });
    let (checked, steps, target) = reading.await.map_err(|_| AppError::internal())??;
    let good = checked.wrong == 0;
    let id = {
        let who = who.clone();
        let insert = async move |tx: &mut Tx| {
            require_open(tx, &who, event).await?;
            let new = New {
                source: Source::Table,
                mode,
                target: &target,
                steps,
                lines: checked.lines,
                wrong: checked.wrong,
                report: &checked.report,
            };
            insert(tx, &who, event, version, &new).await
        };
        store.write(insert).await?
    };
    if good {
        start(store, who, event, id).await?;
    }
    Ok(id)
}

/// Lets the good lines of a table go in.
///
/// # Errors
/// 403; 404; 409 if the plan has changed since it was read, or seats are taken that would go or change their price.
pub async fn start(store: &Store, who: &Identity, event: EventId, id: i64) -> AppResult<()> {
    let (base, before) = {
        let mut conn = store.read().await?;
        require_organiser_of(&mut conn, who, event).await?;
        let found = row(&mut conn, id).await?.filter(|found| found.event_id == event).ok_or_else(|| AppError::no_such("import"))?;
        if found.state == ImportState::Checked && found.wrong >= found.lines {
            return Err(AppError::conflict("This table has no good line."));
        }
        let current = read(&mut conn, event).await?;
        let target = target(&mut conn, id, &current).await?;
        store::check(&mut conn, event, &Diff::between(&current, &target), db::now()).await?;
        (found.base, super::json(&current)?)
    };
    let who = who.clone();
    let started = store.write(async move |tx: &mut Tx| {
        require_open(tx, &who, event).await?;
        if store::version(tx, event).await? != base {
            return Err(AppError::conflict("The plan has changed since this table was read. Send it once more."));
        }
        begin(tx, &who, id, event, Some(&before)).await
    });
    started.await
}

/// Stops an import, or gives up one that has not begun. What is written stays.
///
/// # Errors
/// 403; 404; 409 if it is over.
pub async fn cancel(tx: &mut Tx, who: &Identity, event: EventId, id: i64) -> AppResult<()> {
    require_organiser_of(tx, who, event).await?;
    let found = row(tx, id).await?.filter(|found| found.event_id == event).ok_or_else(|| AppError::no_such("import"))?;
    advance(tx, id, ImportAction::Cancel).await?;
    if found.state == ImportState::Running {
        jobs::cancel(tx, &key(id)).await?;
        store::announce_plan(tx, event).await?;
        record(tx, &found, Record::PlanImportStopped).await?;
    }
    Ok(())
}

/// The plan that an import is to lead to; its sections are those of `current` that it means.
async fn target(conn: &mut Conn, id: i64, current: &Plan) -> AppResult<Plan> {
    let text: String = sqlx::query_scalar("select target from plan_imports where id = $1").bind(id).fetch_one(conn).await?;
    let mut target = from_json(&text)?;
    for section in &mut target.sections {
        let known = current.sections.iter().any(|known| known.id.is_some() && known.id == section.id);
        if !known {
            section.id = current.section(&section.name).and_then(|known| known.id);
        }
    }
    Ok(target)
}

async fn record(tx: &mut Tx, import: &ImportRow, record: Record) -> AppResult<()> {
    let (organisation, title): (OrganisationId, String) =
        sqlx::query_as("select organisation_id, title from events where id = $1").bind(import.event_id).fetch_one(&mut **tx).await?;
    tx.record(Activity::new(organisation, Some(import.person_id), record, Subject::named(import.event_id.0, &title))).await
}
