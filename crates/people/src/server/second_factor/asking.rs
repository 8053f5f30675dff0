//! Asks for a code. Each works once: it is judged and used up in one write, so that of many requests with the same code one is right. Wrong
//! ones are counted there, too.

use std::net::IpAddr;

use super::{codes::Entered, open, row, seconds};
use crate::{server::news, words::second_factor as words};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId, PersonId},
};
use plenum_store::{
    db::{Activity, Tx},
    sealing::Sealing,
};
use plenum_web::state::AppState;

/// Wrong codes of a person within [`COUNTED`] before no further one is looked at: guessing has a chance of three in a million each time.
const MOST_WRONG: i64 = 10;
const COUNTED: Millis = 15 * 60_000;

/// Whose second factor asks.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    pub person: PersonId,
    pub organisation: OrganisationId,
    /// From where.
    pub address: IpAddr,
}

/// What comes of a code.
enum Outcome {
    Right,
    Wrong,
    /// The key file is not the one under which the secret was sealed.
    Unreadable,
    /// Too many were wrong: seconds to wait.
    Wait(Millis),
}

/// Asks for a code of whoever has a second factor, and uses it up. Who has none is asked for nothing.
///
/// # Errors
/// 422 `code` if it is missing, wrong or used; 429 after too many wrong ones.
pub async fn ask(state: &AppState, account: Account, code: String) -> AppResult<()> {
    let Account { person, organisation, address } = account;
    if !super::is_on(&mut *state.store.look().await?, person).await? {
        return Ok(());
    }
    if code.trim().is_empty() {
        return Err(AppError::invalid("code", words::CODE_MISSING));
    }
    let attempt = state.rates.sign_in_try(organisation, &format!("second factor of {person}"), address).await?;
    let entered = Entered::parse(&code);
    // A wrong code is counted: its write is committed, and becomes an error then.
    let outcome = state.store.write(async move |tx: &mut Tx| judge(tx, person, organisation, &entered).await).await?;
    match outcome {
        Outcome::Right => {
            attempt.succeeded();
            Ok(())
        }
        Outcome::Wrong => Err(AppError::invalid("code", words::WRONG_CODE)),
        Outcome::Unreadable => Err(AppError::invalid("code", words::UNREADABLE)),
        Outcome::Wait(milliseconds) => Err(AppError::too_many(u32::try_from(milliseconds / 1000).unwrap_or(u32::MAX).saturating_add(1))),
    }
}

/// [`ask`], where only the person is known.
///
/// # Errors
/// As [`ask`].
pub async fn ask_at(state: &AppState, person: PersonId, address: IpAddr, code: String) -> AppResult<()> {
    let organisation = sqlx::query_scalar("select organisation_id from people where id = $1")
        .bind(person)
        .fetch_one(&mut *state.store.look().await?)
        .await?;
    ask(state, Account { person, organisation, address }, code).await
}

async fn judge(tx: &mut Tx, person: PersonId, organisation: OrganisationId, entered: &Entered) -> AppResult<Outcome> {
    let now = tx.now();
    let Some(row) = row(tx, person).await?.filter(|row| row.confirmed_at.is_some()) else {
        // It was turned off meanwhile.
        return Ok(Outcome::Right);
    };
    let counts = row.failures_since > now - COUNTED;
    if counts && row.failures >= MOST_WRONG {
        return Ok(Outcome::Wait(row.failures_since + COUNTED - now));
    }
    let right = match entered {
        Entered::App(code) => {
            let Some(app) = open(tx.part::<Sealing>().key()?, person, &row) else { return Ok(Outcome::Unreadable) };
            match app.step(code, seconds(now)).filter(|step| *step > row.used_step) {
                Some(step) => {
                    sqlx::query("update second_factors set used_step = $2 where person_id = $1")
                        .bind(person)
                        .bind(step)
                        .execute(&mut **tx)
                        .await?;
                    true
                }
                None => false,
            }
        }
        Entered::Recovery(hash) => use_recovery_code(tx, person, organisation, hash).await?,
        Entered::Neither => false,
    };
    let (failures, since) = match (right, counts) {
        (true, _) => (0, 0),
        (false, true) => (row.failures + 1, row.failures_since),
        (false, false) => (1, now),
    };
    sqlx::query("update second_factors set failures = $2, failures_since = $3 where person_id = $1")
        .bind(person)
        .bind(failures)
        .bind(since)
        .execute(&mut **tx)
        .await?;
    if failures == MOST_WRONG {
        news::second_factor(tx, person, None, words::WAS_GUESSED).await?;
    }
    Ok(if right { Outcome::Right } else { Outcome::Wrong })
}

async fn use_recovery_code(tx: &mut Tx, person: PersonId, organisation: OrganisationId, hash: &[u8]) -> AppResult<bool> {
    let used = sqlx::query("delete from recovery_codes where person_id = $1 and code_hash = $2")
        .bind(person)
        .bind(hash)
        .execute(&mut **tx)
        .await?;
    if used.rows_affected() == 0 {
        return Ok(false);
    }
    let left: i64 =
        sqlx::query_scalar("select count(*) from recovery_codes where person_id = $1").bind(person).fetch_one(&mut **tx).await?;
    let used = Record::RecoveryCodeUsed { count: usize::try_from(left).unwrap_or(usize::MAX) };
    tx.record(Activity::new(organisation, Some(person), used, Subject::unnamed(person.0)).about(person)).await?;
    news::second_factor(tx, person, None, words::CODE_WAS_USED).await?;
    Ok(true)
}
