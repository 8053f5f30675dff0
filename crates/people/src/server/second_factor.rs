//! The second factor of signing in: an authenticator app, and recovery codes for whoever has lost it.
//!
//! - Turned on by its owner with their password, and confirmed by a first code. The app's secret is sealed at rest, recovery codes are hashed.
//! - [`ask`] is the one place that takes a code, which works once.
//! - [`required`] says which roles need one; signing in with it is [`sign_in_code`](super::sign_in_code).

mod asking;
mod codes;
pub mod required;

use std::net::IpAddr;

use sqlx::QueryBuilder;

use super::{news, passwords};
use crate::{
    model::second_factor::{FactorState, OwnFactor},
    words::second_factor as words,
};
pub use asking::{Account, ask, ask_at};
use codes::{AppCodes, Entered, RECOVERY_CODES, recovery_code};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{Millis, PersonId},
    people::{Identity, Role, SignInEnd},
};
use plenum_directory::server::require_role;
use plenum_store::{
    db::{self, Activity, Conn, Db, Tx, push_list},
    sealing::{Sealing, SealingKey},
};
use plenum_web::{
    sign_ins::{self, Which},
    state::AppState,
};

/// How long setting it up may take.
const SETTING_UP: Millis = 3_600_000;

#[derive(sqlx::FromRow)]
struct Row {
    secret: Vec<u8>,
    begun_at: Millis,
    confirmed_at: Option<Millis>,
    used_step: i64,
    failures: i64,
    failures_since: Millis,
}

async fn row(conn: &mut Conn, person: PersonId) -> AppResult<Option<Row>> {
    let row = sqlx::query_as(
        "select secret, begun_at, confirmed_at, used_step, failures, failures_since from second_factors where person_id = $1",
    )
    .bind(person)
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// True if `person` has one.
pub async fn is_on(conn: &mut Conn, person: PersonId) -> AppResult<bool> {
    Ok(row(conn, person).await?.is_some_and(|row| row.confirmed_at.is_some()))
}

/// Those of `people` who have one.
pub async fn of_people(conn: &mut Conn, people: &[PersonId]) -> AppResult<Vec<PersonId>> {
    let mut query = QueryBuilder::<Db>::new("select person_id from second_factors where confirmed_at is not null and person_id in ");
    push_list(&mut query, people.iter().copied());
    Ok(query.build_query_scalar().fetch_all(conn).await?)
}

/// How one's own stands.
///
/// # Errors
/// 401 if the person is gone.
pub async fn own(state: &AppState, who: &Identity, made: Option<Vec<String>>) -> AppResult<OwnFactor> {
    let mut tx = state.store.read().await?;
    let viewer = super::viewer(&mut tx, who).await?;
    let row = row(&mut tx, who.person).await?;
    let codes_left: i64 =
        sqlx::query_scalar("select count(*) from recovery_codes where person_id = $1").bind(who.person).fetch_one(&mut *tx).await?;
    let required = required::of_person(&mut tx, who.person).await?;
    drop(tx);
    let state = match row {
        Some(Row { confirmed_at: Some(since), .. }) => FactorState::On { since, codes_left: u32::try_from(codes_left).unwrap_or(u32::MAX) },
        Some(row) if row.begun_at > db::now() - SETTING_UP => match open(state.store.part::<Sealing>().key()?, who.person, &row) {
            Some(app) => FactorState::Begun(app.set_up(&viewer.organisation_name, &viewer.email)?),
            None => FactorState::Off,
        },
        _ => FactorState::Off,
    };
    Ok(OwnFactor { state, required, email: viewer.email, made })
}

/// What the secret of `person` is sealed about.
fn about(person: PersonId) -> String {
    format!("second factor:{}", person.0)
}

fn open(key: &SealingKey, person: PersonId, row: &Row) -> Option<AppCodes> {
    key.open_with_id(&about(person), &row.secret).map(AppCodes::of)
}

/// Begins to set one's own up, with one's password: a new secret, in place of one that was not confirmed.
///
/// # Errors
/// 409 if it is on; 422 `current` if that is not the password; 429 after failures.
pub async fn begin(state: &AppState, who: Identity, address: IpAddr, current: String) -> AppResult<()> {
    passwords::confirm(state, &who, address, current).await?;
    let sealed = state.store.part::<Sealing>().key()?.seal_with_id(&about(who.person), AppCodes::random().secret())?;
    state
        .store
        .write(async move |tx: &mut Tx| {
            let begun = sqlx::query(
                "insert into second_factors (person_id, secret, begun_at) values ($1, $2, $3)
                 on conflict (person_id) do update set secret = excluded.secret, begun_at = excluded.begun_at
                 where second_factors.confirmed_at is null",
            )
            .bind(who.person)
            .bind(&sealed)
            .bind(tx.now())
            .execute(&mut **tx)
            .await?;
            if begun.rows_affected() == 0 { Err(AppError::conflict(words::ALREADY_ON)) } else { Ok(()) }
        })
        .await
}

/// Turns one's own on with the first code of the app. Returns the recovery codes.
///
/// # Errors
/// 409 if it is on, or was begun too long ago; 422 `code` if that is not right.
pub async fn confirm(state: &AppState, who: Identity, code: String) -> AppResult<Vec<String>> {
    let (shown, hashes) = new_codes();
    state
        .store
        .write(async move |tx: &mut Tx| {
            let now = tx.now();
            let begun = row(tx, who.person).await?.filter(|row| row.confirmed_at.is_some() || row.begun_at > now - SETTING_UP);
            let begun = begun.ok_or_else(|| AppError::conflict(words::BEGIN_AGAIN))?;
            if begun.confirmed_at.is_some() {
                return Err(AppError::conflict(words::ALREADY_ON));
            }
            let app = open(tx.part::<Sealing>().key()?, who.person, &begun).ok_or_else(|| AppError::conflict(words::BEGIN_AGAIN))?;
            let step = match Entered::parse(&code) {
                Entered::App(code) => app.step(&code, seconds(now)),
                _ => None,
            };
            let step = step.ok_or_else(|| AppError::invalid("code", words::WRONG_FIRST_CODE))?;
            sqlx::query("update second_factors set confirmed_at = $2, used_step = $3, failures = 0 where person_id = $1")
                .bind(who.person)
                .bind(now)
                .bind(step)
                .execute(&mut **tx)
                .await?;
            put_codes(tx, who.person, &hashes).await?;
            changed(tx, &who, Record::SecondFactorTurnedOn, words::WAS_TURNED_ON).await
        })
        .await?;
    Ok(shown)
}

/// Makes new recovery codes; those before work no more.
///
/// # Errors
/// As [`turn_off`].
pub async fn renew_codes(state: &AppState, who: Identity, address: IpAddr, current: String, code: String) -> AppResult<Vec<String>> {
    passwords::confirm(state, &who, address, current).await?;
    ask(state, Account { person: who.person, organisation: who.organisation, address }, code).await?;
    let (shown, hashes) = new_codes();
    state
        .store
        .write(async move |tx: &mut Tx| {
            if !is_on(tx, who.person).await? {
                return Err(AppError::conflict(words::IS_OFF));
            }
            put_codes(tx, who.person, &hashes).await?;
            changed(tx, &who, Record::RecoveryCodesMade, words::CODES_WERE_MADE).await
        })
        .await?;
    Ok(shown)
}

/// Turns one's own off, with password and code.
///
/// # Errors
/// 409 if a role needs it, or it is off; 422 `current` or `code`; 429 after failures.
pub async fn turn_off(state: &AppState, who: Identity, address: IpAddr, current: String, code: String) -> AppResult<()> {
    passwords::confirm(state, &who, address, current).await?;
    if required::of_person(&mut *state.store.read().await?, who.person).await? {
        return Err(AppError::conflict(words::REQUIRED));
    }
    ask(state, Account { person: who.person, organisation: who.organisation, address }, code).await?;
    state
        .store
        .write(async move |tx: &mut Tx| {
            if required::of_person(tx, who.person).await? {
                return Err(AppError::conflict(words::REQUIRED));
            }
            if !remove(tx, who.person).await? {
                return Err(AppError::conflict(words::IS_OFF));
            }
            changed(tx, &who, Record::SecondFactorTurnedOff, words::WAS_TURNED_OFF).await
        })
        .await
}

/// Removes the second factor of somebody who has lost it; all their sign-ins and tokens end, and they are notified.
///
/// # Errors
/// 403 unless one is an admin; 404 if the person is not in the organisation; 409 if they have none.
pub async fn reset(tx: &mut Tx, who: &Identity, person: PersonId) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    let here: Option<PersonId> = sqlx::query_scalar("select id from people where id = $1 and organisation_id = $2")
        .bind(person)
        .bind(who.organisation)
        .fetch_optional(&mut **tx)
        .await?;
    here.ok_or_else(|| AppError::no_such("person here"))?;
    if !remove(tx, person).await? {
        return Err(AppError::conflict(words::HAS_NONE));
    }
    sign_ins::end(tx, person, Which::All, SignInEnd::SecondFactorReset, who.person).await?;
    news::second_factor(tx, person, Some(who.person), words::WAS_RESET).await
}

fn seconds(now: Millis) -> u64 {
    u64::try_from(now / 1000).unwrap_or_default()
}

/// New recovery codes, as they are shown and as they are kept.
fn new_codes() -> (Vec<String>, Vec<Vec<u8>>) {
    (0..RECOVERY_CODES).map(|_| recovery_code()).unzip()
}

async fn put_codes(tx: &mut Tx, person: PersonId, hashes: &[Vec<u8>]) -> AppResult<()> {
    sqlx::query("delete from recovery_codes where person_id = $1").bind(person).execute(&mut **tx).await?;
    for hash in hashes {
        sqlx::query("insert into recovery_codes (person_id, code_hash) values ($1, $2)").bind(person).bind(hash).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Removes a second factor that is on; true if there was one.
async fn remove(tx: &mut Tx, person: PersonId) -> AppResult<bool> {
    sqlx::query("delete from recovery_codes where person_id = $1").bind(person).execute(&mut **tx).await?;
    let removed =
        sqlx::query("delete from second_factors where person_id = $1 and confirmed_at is not null").bind(person).execute(&mut **tx).await?;
    Ok(removed.rows_affected() > 0)
}

/// Records what its owner did, and notifies them: it may have been somebody else at an open browser.
async fn changed(tx: &mut Tx, who: &Identity, record: Record, title: &str) -> AppResult<()> {
    tx.record(Activity::by(who, record, Subject::unnamed(who.person.0)).about(who.person)).await?;
    news::second_factor(tx, who.person, None, title).await
}
