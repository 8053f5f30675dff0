//! What the operator does: making, changing, suspending and resuming organisations.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{host::Host, stored_limits};
use crate::model::{Limits, Listed, Organisations};
use plenum_core::{
    activity::{Record, Registration, Subject},
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId, PersonId},
    live::Snapshot,
    people::Identity,
};
use plenum_directory::{
    live::{OrganisationChanged, OrganisationEvent, PublicEvent},
    server::organisations::{announce_settings, operator, require_operator},
};
use plenum_people::server::invite_admin;
use plenum_store::{
    db::{Activity, Conn, Store, Tx, violates_unique},
    jobs::{self, Job},
    log,
};
use plenum_web::{security::SuspendedHosts, state::AppState};

/// The kind of the job that lets what has waited for an organisation go on.
pub const RELEASE: &str = "organisations.release";
/// Jobs of one step.
const AT_ONCE: i64 = 200;

/// A new organisation.
#[derive(Debug, Clone)]
pub struct Wish {
    /// 1 to 120 characters.
    pub name: String,
    pub host: Host,
    pub open_registration: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: OrganisationId,
    name: String,
    host: Option<String>,
    registration: String,
    suspended_at: Option<Millis>,
    people: u32,
    has_admin: bool,
    most_people: Option<u32>,
    messages_a_day: Option<u32>,
}

/// All organisations, with where the channel stands that says when they have changed.
///
/// # Errors
/// 403 unless one is the operator.
pub async fn list(conn: &mut Conn, who: &Identity, epoch: &Epoch, made: Option<String>) -> AppResult<Snapshot<Organisations>> {
    require_operator(conn, who).await?;
    let rows: Vec<Row> = sqlx::query_as(
        "select o.id, o.name, o.host, o.registration, o.suspended_at, coalesce(p.people, 0) as people,
                exists (select 1 from roles r join people a on a.id = r.person_id where r.role = 'admin' and a.organisation_id = o.id)
                  as has_admin,
                l.people as most_people, l.messages_a_day
         from organisations o
         left join (select organisation_id, count(*) as people from people where state <> 'removed' group by organisation_id) as p on p.organisation_id = o.id
         left join organisation_limits l on l.organisation_id = o.id
         order by o.id",
    )
    .fetch_all(&mut *conn)
    .await?;
    let listed = |row: Row| Listed {
        id: row.id,
        name: row.name,
        host: row.host,
        open_registration: row.registration == Registration::Open.into_str(),
        suspended_at: row.suspended_at,
        people: row.people,
        has_admin: row.has_admin,
        limits: Limits { people: row.most_people, messages_a_day: row.messages_a_day },
        // Whoever asks is an admin of it.
        operates: row.id == who.organisation,
    };
    let list = rows.into_iter().map(listed).collect();
    let cursors = log::cursors(conn, epoch, &[Channel::Ops(who.organisation)]).await?;
    Ok(Snapshot { state: Organisations { list, made }, cursors })
}

fn registration(open: bool) -> Registration {
    if open { Registration::Open } else { Registration::Invitation }
}

/// The row that two organisations cannot share.
fn taken(error: sqlx::Error) -> AppError {
    if violates_unique(&error, "organisations.host") {
        return AppError::invalid("host", "Another organisation is reached at this host name.");
    }
    error.into()
}

/// Records what the operator did, among what happens in the organisation that runs the server.
async fn record(tx: &mut Tx, by: Option<PersonId>, record: Record, id: OrganisationId, name: &str) -> AppResult<()> {
    let operator = operator(tx).await?;
    tx.record(Activity::new(operator, by, record, Subject::named(id.0, name))).await?;
    announce_settings(tx, id).await
}

/// Makes an organisation, and returns the secret of the invitation for its first admin, which is told only now. `by` is nobody at the
/// command line.
///
/// # Errors
/// 403 unless `by` is the operator; 409 where there is no organisation yet; 422 `host` if it is another's.
pub async fn create(tx: &mut Tx, by: Option<&Identity>, wish: &Wish) -> AppResult<String> {
    if let Some(who) = by {
        require_operator(tx, who).await?;
    }
    let first: Option<OrganisationId> = sqlx::query_scalar("select min(id) from organisations").fetch_one(&mut **tx).await?;
    if first.is_none() {
        return Err(AppError::conflict("There is no organisation yet. Start the server once: it makes the first one, which runs it."));
    }
    let inserted =
        sqlx::query_scalar("insert into organisations (name, host, registration, created_at) values ($1, $2, $3, $4) returning id")
            .bind(&wish.name)
            .bind(wish.host.as_str())
            .bind(registration(wish.open_registration).into_str())
            .bind(tx.now())
            .fetch_one(&mut **tx)
            .await;
    let id: OrganisationId = inserted.map_err(taken)?;
    let created = Record::OrganisationCreated { host: wish.host.as_str().to_owned() };
    record(tx, by.map(|who| who.person), created, id, &wish.name).await?;
    // Whoever invites is of another organisation.
    invite_admin(tx, id, None).await
}

/// What there is of an organisation before it is changed.
#[derive(sqlx::FromRow)]
struct Before {
    name: String,
    host: Option<String>,
    registration: String,
    suspended_at: Option<Millis>,
}

async fn before(tx: &mut Tx, id: OrganisationId) -> AppResult<Before> {
    let row: Option<Before> = sqlx::query_as("select name, host, registration, suspended_at from organisations where id = $1")
        .bind(id)
        .fetch_optional(&mut **tx)
        .await?;
    row.ok_or_else(|| AppError::no_such("organisation"))
}

/// What the operator sets.
#[derive(Debug, Clone)]
pub struct Edit {
    pub name: String,
    /// None for the first organisation, which is reached everywhere else.
    pub host: Option<Host>,
    pub open_registration: bool,
    pub limits: Limits,
}

/// Changes an organisation.
///
/// # Errors
/// 403; 404; 422 `host` if it is missing or another's.
pub async fn update(tx: &mut Tx, who: &Identity, id: OrganisationId, edit: &Edit) -> AppResult<()> {
    require_operator(tx, who).await?;
    let before = before(tx, id).await?;
    let host = match &edit.host {
        _ if id == who.organisation => before.host.clone(),
        Some(host) => Some(host.as_str().to_owned()),
        None => return Err(AppError::invalid("host", "Enter the host name that it is reached at.")),
    };
    let registered = registration(edit.open_registration).into_str();
    if before.name != edit.name || before.host != host || before.registration != registered {
        sqlx::query("update organisations set name = $2, host = $3, registration = $4 where id = $1")
            .bind(id)
            .bind(&edit.name)
            .bind(&host)
            .bind(registered)
            .execute(&mut **tx)
            .await
            .map_err(taken)?;
        let edited = Record::OrganisationEdited { from: before.name.clone(), host: host.unwrap_or_default() };
        record(tx, Some(who.person), edited, id, &edit.name).await?;
    }
    if before.name != edit.name {
        let changed = OrganisationChanged { name: edit.name.clone() };
        tx.announce(id, &OrganisationEvent::OrganisationRenamed(changed.clone()));
        tx.announce(id, &PublicEvent::OrganisationRenamed(changed));
    }
    if stored_limits(tx, id).await? != edit.limits {
        let Limits { people, messages_a_day } = edit.limits;
        sqlx::query(
            "insert into organisation_limits (organisation_id, people, messages_a_day) values ($1, $2, $3)
             on conflict (organisation_id) do update set people = excluded.people, messages_a_day = excluded.messages_a_day",
        )
        .bind(id)
        .bind(people)
        .bind(messages_a_day)
        .execute(&mut **tx)
        .await?;
        let told = |limit: Option<u32>| limit.map_or_else(|| "no limit".to_owned(), |limit| limit.to_string());
        let limited = Record::OrganisationLimited { people: told(people), messages_a_day: told(messages_a_day) };
        record(tx, Some(who.person), limited, id, &edit.name).await?;
    }
    Ok(())
}

/// Suspends an organisation. Nothing of it is removed: its pages, sign-ins and applications rest, and what it sends waits.
///
/// # Errors
/// 403; 404; 409 for the one that runs the server, or if it is suspended already.
pub async fn suspend(tx: &mut Tx, who: &Identity, id: OrganisationId) -> AppResult<()> {
    require_operator(tx, who).await?;
    let before = before(tx, id).await?;
    if id == who.organisation {
        return Err(AppError::conflict("This organisation runs the server, and cannot be suspended."));
    }
    if before.suspended_at.is_some() {
        return Err(AppError::conflict("It is suspended already."));
    }
    let suspended = sqlx::query("update organisations set suspended_at = $2 where id = $1").bind(id).bind(tx.now());
    suspended.execute(&mut **tx).await?;
    record(tx, Some(who.person), Record::OrganisationSuspended, id, &before.name).await
}

/// Lets a suspended organisation go on, with all that has waited.
///
/// # Errors
/// 403; 404; 409 if it is not suspended.
pub async fn resume(tx: &mut Tx, who: &Identity, id: OrganisationId) -> AppResult<()> {
    require_operator(tx, who).await?;
    let before = before(tx, id).await?;
    if before.suspended_at.is_none() {
        return Err(AppError::conflict("It is not suspended."));
    }
    sqlx::query("update organisations set suspended_at = null where id = $1").bind(id).execute(&mut **tx).await?;
    let (payload, due_at) = (json!({ "organisation": id }), tx.now());
    jobs::schedule(tx, Job { kind: RELEASE, payload, unique_key: Some(format!("{RELEASE}:{id}")), due_at }).await?;
    record(tx, Some(who.person), Record::OrganisationResumed, id, &before.name).await
}

/// Makes due what has waited for an organisation, some jobs a write; the handler of the jobs.
pub async fn release(store: Store, payload: Value) -> AppResult<()> {
    let id = payload.get("organisation").and_then(Value::as_i64).map(OrganisationId).ok_or_else(AppError::internal)?;
    while store.write(async move |tx: &mut Tx| jobs::release(tx, id, AT_ONCE).await).await? {}
    Ok(())
}

/// Invites somebody to be the first admin of an organisation that has none; returns the invitation's secret.
///
/// # Errors
/// 403; 404; 409 if it has an admin.
pub async fn invite(tx: &mut Tx, who: &Identity, id: OrganisationId) -> AppResult<String> {
    require_operator(tx, who).await?;
    before(tx, id).await?;
    let has_admin: bool = sqlx::query_scalar(
        "select exists (select 1 from roles r join people p on p.id = r.person_id where r.role = 'admin' and p.organisation_id = $1)",
    )
    .bind(id)
    .fetch_one(&mut **tx)
    .await?;
    if has_admin {
        return Err(AppError::conflict("It has an admin, who invites others."));
    }
    invite_admin(tx, id, None).await
}

/// The host name of an organisation, if it has one.
pub async fn host_of(conn: &mut Conn, id: OrganisationId) -> AppResult<Option<String>> {
    Ok(sqlx::query_scalar("select host from organisations where id = $1").bind(id).fetch_one(conn).await?)
}

/// What follows in memory from a change: which hosts rest, and which external applications.
///
/// # Errors
/// If the database cannot be read.
pub async fn settle(state: &AppState) -> AppResult<()> {
    state.store.part::<SuspendedHosts>().load(&state.store).await?;
    state.applications.load(&state.store).await
}

/// The same for an organisation that was suspended: its sockets close.
///
/// # Errors
/// As [`settle`].
pub async fn settle_suspended(state: &AppState, id: OrganisationId) -> AppResult<()> {
    tokio::spawn(Arc::clone(&state.hub).suspend(id));
    settle(state).await
}
