//! "Is it well?", asked now: [`measure`] looks, [`judge`] says what it means, [`applications`] tells each organisation of its own.

mod applications;
mod judge;
mod measure;

use std::cmp::Reverse;

use super::jobs::is_operator;
use crate::{
    live::probe::{Probe, ProbeEvent},
    model::health::{Fault, Finding, Health, LISTED, Place, Reference, SlowWork, Work},
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId},
    people::{Identity, Role},
};
use plenum_directory::server::has_role;
use plenum_store::{
    db::{self, Tx, slow},
    faults::{self, Faults},
};
use plenum_web::state::AppState;

/// Characters of a probe's key.
const KEY_CHARS: usize = 64;

/// What was looked at and found, the worst first.
pub async fn findings(state: &AppState) -> Vec<Finding> {
    let mut findings = judge::all(&measure::all(state).await);
    findings.sort_by_key(|finding| Reverse(finding.mark));
    findings
}

/// What the page shows to whoever asks: figures of the process only to those who run it.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn health(state: &AppState, who: &Identity) -> AppResult<Health> {
    who.require(Role::Admin)?;
    let operates = is_operator(&mut *state.store.look().await?, who).await?;
    let place = if operates { Some(place(state).await) } else { None };
    let applications = applications::all(state, who).await?;
    Ok(Health { place, applications, faults: faults_of(state, (!operates).then_some(who.organisation)) })
}

async fn place(state: &AppState) -> Place {
    let slow = slow::known(db::now()).into_iter().take(LISTED).map(|seen| SlowWork {
        work: match seen.key.0 {
            slow::Work::Statement => Work::Statement,
            slow::Work::Write => Work::Write,
            slow::Work::Commit => Work::Commit,
        },
        name: seen.key.1,
        in_last_hour: seen.in_last_hour,
        count: seen.count,
        longest_ms: u32::try_from(seen.about.longest.as_millis()).unwrap_or(u32::MAX),
        last: seen.last,
    });
    let references = faults::references().into_iter().take(LISTED);
    let references = references.map(|faults::Reference { word, at, place, cause }| Reference { word, at, place, cause });
    Place {
        findings: findings(state).await,
        slow: slow.collect(),
        references: references.collect(),
        strays: applications::refused(&state.applications.strays),
    }
}

/// What went wrong for the people of `organisation`, or everywhere.
fn faults_of(state: &AppState, organisation: Option<OrganisationId>) -> Vec<Fault> {
    let known = state
        .store
        .part::<Faults>()
        .known(db::now())
        .into_iter()
        .filter(|seen| organisation.is_none() || seen.key.organisation == organisation);
    let fault = known.map(|seen| Fault {
        status: seen.key.status,
        place: seen.key.place,
        said: seen.about,
        in_last_hour: seen.in_last_hour,
        count: seen.count,
        last: seen.last,
    });
    fault.take(LISTED).collect()
}

/// Sends the test event that a page waits for, known by `key`; returns when it was written.
///
/// # Errors
/// 403 unless one is an admin; 422 `key`.
pub async fn send_probe(state: &AppState, who: &Identity, key: String) -> AppResult<Millis> {
    who.require(Role::Admin)?;
    if key.is_empty() || key.len() > KEY_CHARS || !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(AppError::invalid("key", "A key has 1 to 64 letters, digits and hyphens."));
    }
    let (organisation, person) = (who.organisation, who.person);
    let write = async move |tx: &mut Tx| {
        // The right may have ended since the identity was looked up.
        if !has_role(tx, person, Role::Admin).await? {
            return Err(AppError::forbidden("Only admins test the connection."));
        }
        let at = tx.now();
        tx.announce(organisation, &ProbeEvent::ProbeSent(Probe { key: key.clone(), at }));
        Ok(at)
    };
    state.store.write(write).await
}
