//! Suspending, restoring and removing people (I35).
//!
//! The first write locks a person out: nothing of theirs is committed behind it ([`plenum_store::active`]), their sign-ins, sockets, tokens
//! and invitations have ended, and of those who are removed name, address and password are gone. What may be much is done by a job in steps
//! ([`steps`]): what they ran passes on or ends, and what else says the name or address of somebody removed is [erased](mod@erasing).

mod erasing;
mod steps;

use std::borrow::Cow;

use serde_json::json;

use super::{announce_card, invitations};
use crate::{
    model::{PersonDetail, Runs},
    words::leaving as words,
};
use plenum_broadcasts::server as broadcasts;
use plenum_core::{
    activity::{Record, Subject},
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{OrganisationId, PersonId},
    live::Snapshot,
    people::{FORMER_MEMBER, Identity, PersonCard, PersonState, Role, SignInEnd},
};
use plenum_directory::server::{
    has_role, require_role, roles_of, search as directory,
    search::{Found, Search},
};
use plenum_messages::server as messages;
use plenum_store::{
    active,
    db::{Activity, Conn, Scope, Tx},
    jobs::{self, Job},
    log, person_is_active,
};
use plenum_wallet::server::leaving as wallet;
use plenum_web::{
    mail,
    sign_ins::{self, Which},
};

pub use steps::{Release, run};

/// The kind of the jobs that finish what the first write has begun.
pub const LEAVE: &str = "people.leave";
/// People that are offered as successors at a time.
const OFFERED: u32 = 20;

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    hue: u8,
    email: String,
    state: PersonState,
    created_at: i64,
}

async fn row(conn: &mut Conn, organisation: OrganisationId, person: PersonId) -> AppResult<Row> {
    let row: Option<Row> = sqlx::query_as("select name, hue, email, state, created_at from people where id = $1 and organisation_id = $2")
        .bind(person)
        .bind(organisation)
        .fetch_optional(conn)
        .await?;
    row.ok_or_else(|| AppError::no_such("person here"))
}

/// A person as their page of administration shows them, with those who could take over: whose name or address contains `query`.
///
/// # Errors
/// 403 unless one is an admin; 404.
pub async fn detail(conn: &mut Conn, who: &Identity, epoch: &Epoch, person: PersonId, query: &str) -> AppResult<Snapshot<PersonDetail>> {
    who.require(Role::Admin)?;
    let row = row(conn, who.organisation, person).await?;
    let search = Search { text: query, addresses: true, suspended: false, role: None };
    let found = directory::find(conn, who, search, OFFERED, 0).await?;
    let is_removed = row.state == PersonState::Removed;
    let state = PersonDetail {
        card: PersonCard { id: person, name: row.name, hue: row.hue },
        email: if is_removed { String::new() } else { row.email },
        roles: roles_of(conn, person).await?,
        state: row.state,
        created_at: row.created_at,
        runs: runs(conn, person).await?,
        tickets: tickets(conn, person).await?,
        refusal: refusal(conn, who, person).await?.map(Cow::Borrowed),
        obstacle: if is_removed { None } else { obstacle(conn, person).await?.map(Cow::Borrowed) },
        successors: found.into_iter().map(|Found { card, .. }| card).filter(|card| card.id != person).collect(),
    };
    let cursors = log::cursors(conn, epoch, &[Channel::Ops(who.organisation)]).await?;
    Ok(Snapshot { state, cursors })
}

/// What `person` runs, that somebody else would have to run.
async fn runs(conn: &mut Conn, person: PersonId) -> AppResult<Runs> {
    let events: i64 = sqlx::query_scalar(
        "select count(*) from events e join space_members m on m.space_id = e.space_id
         where m.person_id = $1 and m.staff and e.state not in ('ended', 'cancelled')",
    )
    .bind(person)
    .fetch_one(&mut *conn)
    .await?;
    let rooms = messages::owned_alone(conn, person).await?;
    Ok(Runs { events, rooms, broadcasts: broadcasts::open_of(conn, person).await? })
}

/// Their tickets that let somebody in.
async fn tickets(conn: &mut Conn, person: PersonId) -> AppResult<i64> {
    Ok(sqlx::query_scalar("select count(*) from tickets where person_id = $1 and state = 'valid'").bind(person).fetch_one(conn).await?)
}

/// Why `who` can neither suspend nor remove `person`, whatever is done first.
async fn refusal(conn: &mut Conn, who: &Identity, person: PersonId) -> AppResult<Option<&'static str>> {
    if who.person == person {
        return Ok(Some(words::NOT_YOURSELF));
    }
    let last = has_role(conn, person, Role::Admin).await? && !has_other_admin(conn, who.organisation, person).await?;
    Ok(last.then_some(words::LAST_ADMIN))
}

/// True if somebody else than `person` is an admin, and active.
pub(super) async fn has_other_admin(conn: &mut Conn, organisation: OrganisationId, person: PersonId) -> AppResult<bool> {
    let others = sqlx::query_scalar(concat!(
        "select exists (select 1 from roles join people on people.id = person_id
           where organisation_id = $1 and role = 'admin' and person_id <> $2 and ",
        person_is_active!("people"),
        ")"
    ));
    Ok(others.bind(organisation).bind(person).fetch_one(conn).await?)
}

/// What has to be done before `person` can be removed.
async fn obstacle(conn: &mut Conn, person: PersonId) -> AppResult<Option<&'static str>> {
    if let Some(obstacle) = wallet::obstacle_of(conn, person).await? {
        return Ok(Some(obstacle));
    }
    let ordered: bool = sqlx::query_scalar("select exists (select 1 from orders where person_id = $1 and state = 'awaiting_payment')")
        .bind(person)
        .fetch_one(conn)
        .await?;
    Ok(ordered.then_some(words::ORDER_FIRST))
}

/// Locks `person` out until they are restored. What they run passes to `successor`, if one is named; else their broadcasts are cancelled
/// and the rest stays as it is.
///
/// # Errors
/// 403 unless one is an admin; 404; 409 for oneself, the last admin, and whoever is not active; 422 `successor`.
pub async fn suspend(tx: &mut Tx, who: &Identity, person: PersonId, successor: Option<PersonId>) -> AppResult<()> {
    let row = may(tx, who, person).await?;
    if row.state != PersonState::Active {
        return Err(AppError::conflict(words::not_active(&row.name)));
    }
    let runs = runs(tx, person).await?;
    if let Some(successor) = successor {
        require_successor(tx, who, person, successor, runs).await?;
    }
    lock_out(tx, who, person, PersonState::Suspended).await?;
    depart(tx, person, successor, "", "").await?;
    announce_card(tx, who.organisation, person).await?;
    tx.record(Activity::by(who, Record::PersonSuspended, Subject::named(person.0, &row.name))).await
}

/// Lets somebody who was suspended in again, with the roles and memberships that they had. What has ended stays ended.
///
/// # Errors
/// 403 unless one is an admin; 404; 409 unless they are suspended.
pub async fn restore(tx: &mut Tx, who: &Identity, person: PersonId) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    let row = row(tx, who.organisation, person).await?;
    if row.state != PersonState::Suspended {
        return Err(AppError::conflict(words::not_suspended(&row.name)));
    }
    active::set_state(tx, person, PersonState::Active).await?;
    announce_card(tx, who.organisation, person).await?;
    tx.record(Activity::by(who, Record::PersonRestored, Subject::named(person.0, &row.name))).await
}

/// Removes `person` for good. What they run passes to `successor`, who has to be named if there is anything.
///
/// # Errors
/// 403 unless one is an admin; 404; 409 for oneself, the last admin, and whoever has money or open orders; 422 `successor`.
pub async fn remove(tx: &mut Tx, who: &Identity, person: PersonId, successor: Option<PersonId>) -> AppResult<()> {
    let row = may(tx, who, person).await?;
    if let Some(obstacle) = obstacle(tx, person).await? {
        return Err(AppError::conflict(obstacle));
    }
    let runs = runs(tx, person).await?;
    match successor {
        Some(successor) => require_successor(tx, who, person, successor, runs).await?,
        None if runs.is_anything() => return Err(AppError::invalid("successor", words::SUCCESSOR_NEEDED)),
        None => {}
    }
    lock_out(tx, who, person, PersonState::Removed).await?;
    sqlx::query("delete from roles where person_id = $1").bind(person).execute(&mut **tx).await?;
    sqlx::query(
        "update people set name = $2, name_folded = null, email = $3, password_hash = '', hue = 0, time_zone = 'UTC', show_presence = false,
           last_seen_at = null where id = $1",
    )
    .bind(person)
    .bind(FORMER_MEMBER)
    .bind(format!("removed-{person}@invalid"))
    .execute(&mut **tx)
    .await?;
    depart(tx, person, successor, &row.name, &row.email).await?;
    announce_card(tx, who.organisation, person).await?;
    tx.record(Activity::by(who, Record::PersonRemoved, Subject::named(person.0, FORMER_MEMBER))).await
}

/// The person, if `who` may suspend or remove them.
async fn may(tx: &mut Tx, who: &Identity, person: PersonId) -> AppResult<Row> {
    require_role(tx, who, Role::Admin).await?;
    let row = row(tx, who.organisation, person).await?;
    if row.state == PersonState::Removed {
        return Err(AppError::no_such("person here"));
    }
    match refusal(tx, who, person).await? {
        Some(refusal) => Err(AppError::conflict(refusal)),
        None => Ok(row),
    }
}

/// That `successor` may run what `person` runs.
async fn require_successor(tx: &mut Tx, who: &Identity, person: PersonId, successor: PersonId, runs: Runs) -> AppResult<()> {
    let refuse = |message| Err(AppError::invalid("successor", message));
    if successor == person || active::require(tx, who.organisation, successor).await.is_err() {
        return refuse(words::SUCCESSOR_UNKNOWN);
    }
    let runs_events = has_role(tx, successor, Role::Organiser).await? || has_role(tx, successor, Role::Admin).await?;
    if runs.events > 0 && !runs_events {
        return refuse(words::SUCCESSOR_RUNS_NO_EVENTS);
    }
    if runs.broadcasts > 0 && !broadcasts::may_send(tx, successor).await? {
        return refuse(words::SUCCESSOR_SENDS_NOTHING);
    }
    Ok(())
}

/// Ends whatever `person` could come in with.
async fn lock_out(tx: &mut Tx, who: &Identity, person: PersonId, state: PersonState) -> AppResult<()> {
    active::set_state(tx, person, state).await?;
    let cause = if state == PersonState::Removed { SignInEnd::Removed } else { SignInEnd::Suspended };
    sign_ins::end(tx, person, Which::All, cause, who.person).await?;
    tx.revoke(person, Scope::Rights);
    sqlx::query("delete from password_resets where person_id = $1").bind(person).execute(&mut **tx).await?;
    for about in [format!("password_reset:{person}"), format!("digest:{person}")] {
        mail::withdraw(tx, &about).await?;
    }
    invitations::withdraw_every(tx, who, person).await
}

/// Writes down what is left to be done, and has it done.
async fn depart(tx: &mut Tx, person: PersonId, successor: Option<PersonId>, name: &str, email: &str) -> AppResult<()> {
    sqlx::query(
        "insert into departures (person_id, successor_id, name, email, step) values ($1, $2, $3, $4, $5)
         on conflict (person_id) do update set successor_id = excluded.successor_id, name = excluded.name, email = excluded.email,
           step = excluded.step, place = 0",
    )
    .bind(person)
    .bind(successor)
    .bind(name)
    .bind(email)
    .bind(steps::Step::FIRST)
    .execute(&mut **tx)
    .await?;
    schedule(tx, person).await
}

async fn schedule(tx: &mut Tx, person: PersonId) -> AppResult<()> {
    let due_at = tx.now();
    jobs::schedule(tx, Job { kind: LEAVE, payload: json!({ "person": person }), unique_key: Some(format!("{LEAVE}:{person}")), due_at })
        .await
}
