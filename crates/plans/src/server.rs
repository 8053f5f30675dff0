//! Seat plans: who makes one, what they see, and what becomes of the seats.
//!
//! - [`store`]: writes the difference between two plans, without harm to a seat that somebody has.
//! - [`ticket_types`]: ticket types and their prices.
//! - [`table`]: a plan as a table (CSV), there and back; [`imports`]: how one goes in.
//! - [`http`]: files that come and go.
//!
//! A change is made to what was read: the plan is read and the change computed beside the writer, and written only if the plan's version
//! is still the same. So the writer is held by what changes only, however large the hall is.

pub mod http;
pub mod imports;
pub mod store;
pub mod table;
pub mod ticket_types;

use std::collections::BTreeMap;

use crate::model::{
    Place, Plan, Row, Section,
    change::Change,
    desk::{CopyPreview, Desk, Other},
    diff::Diff,
    import::{Mode, Source},
};
use plenum_core::{
    activity::{Record, Subject},
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{EventId, SectionId, TicketTypeId},
    live::Snapshot,
    people::{Identity, Role},
};
use plenum_events::{
    model::{check_in::Head, event::EventState, seat::SeatKind},
    server::access::require_organiser_of,
};
use plenum_store::{
    db::{Activity, Conn, Store, Tx},
    log,
};

/// Seats that one write changes at the most; what changes more goes in steps.
const MOST: usize = 1_200;
/// How often a change is tried anew when somebody else was faster.
const TRIES: usize = 4;
/// Events that are offered for copying.
const OTHERS: i64 = 50;

/// The event, if `who` runs it and its plan and ticket types can still be changed.
///
/// # Errors
/// Those of [`require_organiser_of`]; 409 if the event is over or seats are being imported.
async fn require_open(conn: &mut Conn, who: &Identity, event: EventId) -> AppResult<Head> {
    let head = require_organiser_of(&mut *conn, who, event).await?;
    if matches!(head.state, EventState::Ended | EventState::Cancelled) {
        return Err(AppError::conflict("This event is over: its plan stays as it is."));
    }
    if imports::is_running(conn, event).await? {
        return Err(AppError::conflict("Seats are being imported. Wait until that is done, or stop it."));
    }
    Ok(head)
}

/// The plan of an event.
pub async fn read(conn: &mut Conn, event: EventId) -> AppResult<Plan> {
    let sections: Vec<(SectionId, String)> =
        sqlx::query_as("select id, name from sections where event_id = $1 order by position").bind(event).fetch_all(&mut *conn).await?;
    let seats: Vec<(SectionId, String, i64, SeatKind, TicketTypeId, i64, i64)> =
        sqlx::query_as("select section_id, row, number, kind, ticket_type_id, x, y from seats where event_id = $1")
            .bind(event)
            .fetch_all(conn)
            .await?;
    let mut rows: BTreeMap<SectionId, BTreeMap<String, Vec<Place>>> = BTreeMap::new();
    for (section, row, number, kind, ticket_type, x, y) in seats {
        rows.entry(section).or_default().entry(row).or_default().push(Place { number, kind, ticket_type, x, y });
    }
    let section = |(id, name)| {
        let rows = rows.remove(&id).unwrap_or_default();
        Section { id: Some(id), name, rows: rows.into_iter().map(|(name, seats)| Row { name, seats }).collect() }
    };
    let mut plan = Plan { sections: sections.into_iter().map(section).collect() };
    plan.sort();
    Ok(plan)
}

/// The editor of a plan.
///
/// # Errors
/// 403; 404.
pub async fn desk(conn: &mut Conn, who: &Identity, epoch: &Epoch, event: EventId) -> AppResult<Snapshot<Desk>> {
    let head = require_organiser_of(&mut *conn, who, event).await?;
    let undo: bool = sqlx::query_scalar("select exists (select 1 from plans where event_id = $1 and before is not null)")
        .bind(event)
        .fetch_one(&mut *conn)
        .await?;
    let desk = Desk {
        event,
        title: head.title,
        state: head.state,
        currency: head.currency,
        types: ticket_types::lines(conn, event, head.currency).await?,
        plan: read(conn, event).await?,
        undo,
        import: imports::newest(conn, event).await?,
        others: others(conn, who, event).await?,
    };
    let cursors = log::cursors(conn, epoch, &[Channel::Seats(event), Channel::Person(who.person)]).await?;
    Ok(Snapshot { state: desk, cursors })
}

/// Events of one's own that have something to copy, the newest first.
async fn others(conn: &mut Conn, who: &Identity, event: EventId) -> AppResult<Vec<Other>> {
    let rows: Vec<(EventId, String, i64, i64)> = sqlx::query_as(
        "select e.id, e.title, (select count(*) from ticket_types t where t.event_id = e.id),
           (select count(*) from seats s where s.event_id = e.id)
         from events e
         where e.organisation_id = $1 and e.id <> $2
           and ($3 or exists (select 1 from space_members m where m.space_id = e.space_id and m.person_id = $4 and m.staff))
           and exists (select 1 from ticket_types t where t.event_id = e.id)
         order by e.id desc limit $5",
    )
    .bind(who.organisation)
    .bind(event)
    .bind(who.has(Role::Admin))
    .bind(who.person)
    .bind(OTHERS)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id, title, types, seats)| Other { id, title, types, seats }).collect())
}

/// What would be copied from `from` to `event`.
///
/// # Errors
/// 403 and 404 for either of them.
pub async fn copy_preview(conn: &mut Conn, who: &Identity, event: EventId, from: EventId) -> AppResult<CopyPreview> {
    let currency = require_organiser_of(&mut *conn, who, event).await?.currency;
    let head = require_organiser_of(&mut *conn, who, from).await?;
    if head.currency != currency {
        let message =
            format!("Its prices are in {}, this event's in {}: make its ticket types anew.", head.currency.code(), currency.code());
        return Err(AppError::conflict(message).at_field("from"));
    }
    let (types, plan) = (ticket_types::lines(conn, from, currency).await?, read(conn, from).await?);
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let from = Other { id: from, title: head.title, types: count(types.len()), seats: count(plan.len()) };
    Ok(CopyPreview { from, types, plan })
}

/// Does `change` to the plan of an event.
///
/// # Errors
/// 403; 404; 409 with the seats that somebody holds or has bought, if it would remove them or change their price; 422.
pub async fn change(store: &Store, who: &Identity, event: EventId, change: &Change) -> AppResult<()> {
    for _ in 0..TRIES {
        let (before, version) = {
            let mut conn = store.read().await?;
            require_organiser_of(&mut conn, who, event).await?;
            (read(&mut conn, event).await?, store::version(&mut conn, event).await?)
        };
        let diff = Diff::between(&before, &before.after(change)?);
        if diff.is_empty() {
            return Ok(());
        }
        if diff.len() > MOST {
            return Err(AppError::invalid(
                "rows",
                format!("At most {MOST} seats are changed at once. Take fewer rows, or import a table."),
            ));
        }
        let (who, before) = (who.clone(), json(&before)?);
        let done = store.write(async move |tx: &mut Tx| {
            let head = require_open(tx, &who, event).await?;
            if store::version(tx, event).await? != version {
                return Ok(false);
            }
            let now = tx.now();
            store::check(tx, event, &diff, now).await?;
            store::apply(tx, event, &diff).await?;
            store::bump(tx, event, Some((&before, who.person))).await?;
            store::announce_plan(tx, event).await?;
            tx.record(Activity::by(&who, Record::PlanChanged, Subject::named(event.0, &head.title))).await?;
            Ok(true)
        });
        if done.await? {
            return Ok(());
        }
    }
    Err(faster())
}

/// Does `change` to the plan of an event that nobody looks at yet: for seeds.
///
/// # Errors
/// If the change cannot be done.
pub async fn lay(tx: &mut Tx, event: EventId, change: &Change) -> AppResult<()> {
    let before = read(tx, event).await?;
    store::apply(tx, event, &Diff::between(&before, &before.after(change)?)).await?;
    store::recount(tx, event).await
}

/// Makes the plan what it was before the last change; a large one goes in steps, as an import does.
///
/// # Errors
/// 403; 404; 409 if there is nothing to undo, or seats are taken by now that would go or change their price.
pub async fn undo(store: &Store, who: &Identity, event: EventId) -> AppResult<()> {
    let (current, before, version) = {
        let mut conn = store.read().await?;
        require_organiser_of(&mut conn, who, event).await?;
        let before: Option<String> =
            sqlx::query_scalar("select before from plans where event_id = $1").bind(event).fetch_optional(&mut *conn).await?.flatten();
        let before = before.ok_or_else(|| AppError::conflict("There is nothing to undo."))?;
        (read(&mut conn, event).await?, before, store::version(&mut conn, event).await?)
    };
    let diff = Diff::between(&current, &from_json(&before)?);
    let who = who.clone();
    let undone = store.write(async move |tx: &mut Tx| {
        let head = require_open(tx, &who, event).await?;
        if store::version(tx, event).await? != version {
            return Err(faster());
        }
        let now = tx.now();
        store::check(tx, event, &diff, now).await?;
        if diff.len() > MOST {
            let new =
                imports::New { source: Source::Undo, mode: Mode::Replace, target: &before, steps: diff.len(), ..imports::New::default() };
            let id = imports::insert(tx, &who, event, version, &new).await?;
            return imports::begin(tx, &who, id, event, None).await;
        }
        store::apply(tx, event, &diff).await?;
        store::bump(tx, event, None).await?;
        store::announce_plan(tx, event).await?;
        tx.record(Activity::by(&who, Record::PlanUndone, Subject::named(event.0, &head.title))).await
    });
    undone.await
}

/// Copies ticket types and plan of `from`, both of which `event` must not have yet; the seats go in in steps.
///
/// # Errors
/// 403 and 404 for either event; 409 if there is something already, or nothing to copy.
pub async fn copy(store: &Store, who: &Identity, event: EventId, from: EventId) -> AppResult<()> {
    let (mut plan, source) = {
        let mut conn = store.read().await?;
        let preview = copy_preview(&mut conn, who, event, from).await?;
        (preview.plan, preview.types)
    };
    for section in &mut plan.sections {
        section.id = None;
    }
    let who = who.clone();
    let copied = store.write(async move |tx: &mut Tx| {
        let head = require_open(tx, &who, event).await?;
        require_organiser_of(tx, &who, from).await?;
        if !ticket_types::lines(tx, event, head.currency).await?.is_empty() || store::has_sections(tx, event).await? {
            return Err(AppError::conflict("This event has ticket types or seats already. Remove them before you copy others."));
        }
        let mut known = BTreeMap::new();
        for of in &source {
            let standing = (!of.seated).then_some(of.capacity);
            known.insert(of.id, ticket_types::insert(tx, event, &of.name, of.price.amount, standing).await?);
        }
        let mut target = plan.clone();
        for place in target.sections.iter_mut().flat_map(|section| &mut section.rows).flat_map(|row| &mut row.seats) {
            place.ticket_type = known.get(&place.ticket_type).copied().ok_or_else(AppError::internal)?;
        }
        tx.record(Activity::by(&who, Record::PlanCopied, Subject::named(event.0, &head.title))).await?;
        if target.sections.is_empty() {
            return store::announce_plan(tx, event).await;
        }
        let (version, target) = (store::version(tx, event).await?, json(&target)?);
        let new = imports::New { source: Source::Copy, mode: Mode::Replace, target: &target, steps: plan.len(), ..imports::New::default() };
        let id = imports::insert(tx, &who, event, version, &new).await?;
        imports::begin(tx, &who, id, event, None).await
    });
    copied.await
}

/// Somebody else changed the plan meanwhile.
fn faster() -> AppError {
    AppError::conflict("Somebody else is changing this plan just now. Look at it and try again.")
}

fn json(plan: &Plan) -> AppResult<String> {
    serde_json::to_string(plan).map_err(|error| {
        tracing::error!(%error, "a plan cannot be written down");
        AppError::internal()
    })
}

fn from_json(text: &str) -> AppResult<Plan> {
    serde_json::from_str(text).map_err(|error| {
        tracing::error!(%error, "a plan that was written down cannot be read");
        AppError::internal()
    })
}
