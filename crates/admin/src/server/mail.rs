//! The mail of an organisation, for its admins.

use crate::model::mail::{LISTED, MailLine, Mailing, RefusedAddress};
use plenum_core::{
    activity::{Record, Subject},
    channels::Channel,
    error::{AppError, AppResult},
    live::Snapshot,
    people::{Identity, Role},
};
use plenum_directory::server::has_role;
use plenum_store::{
    db::{Activity, Tx, now},
    log,
};
use plenum_web::{
    mail::{self, figures},
    state::AppState,
};

/// How it goes, with where the channel stands that says when it has changed.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn mailing(state: &AppState, who: &Identity) -> AppResult<Snapshot<Mailing>> {
    who.require(Role::Admin)?;
    let mut tx = state.store.read().await?;
    let known = figures::figures(&mut tx, Some(who.organisation), now()).await?;
    let line = |mail: figures::Listed| MailLine {
        id: mail.id,
        kind: mail.kind,
        state: mail.state,
        recipient: mail.recipient,
        attempts: mail.attempts,
        perhaps_twice: mail.perhaps_twice,
        given_up: mail.given_up,
        error: mail.error,
        created_at: mail.created_at,
    };
    let refused =
        |refused: figures::Refused| RefusedAddress { address: refused.address, reason: refused.reason, refused_at: refused.refused_at };
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let mailing = Mailing {
        way: figures::way(&mut tx, &state.mail).await?,
        waiting: count(known.waiting),
        sent: count(known.sent),
        refused: figures::refused(&mut tx, who.organisation, LISTED).await?.into_iter().map(refused).collect(),
        mails: figures::newest(&mut tx, who.organisation, LISTED).await?.into_iter().map(line).collect(),
    };
    let cursors = log::cursors(&mut tx, state.store.epoch(), &[Channel::Ops(who.organisation)]).await?;
    Ok(Snapshot { state: mailing, cursors })
}

/// Lets the organisation write to an address again that has refused mail.
///
/// # Errors
/// 403 unless one is an admin; 404 if it may be written to already.
pub async fn allow(tx: &mut Tx, who: &Identity, address: &str) -> AppResult<()> {
    // The right may have ended since the identity was looked up.
    if !has_role(tx, who.person, Role::Admin).await? {
        return Err(AppError::forbidden("Only admins allow an address again."));
    }
    if !mail::allow(tx, who.organisation, address).await? {
        return Err(AppError::not_found("This address may be written to already."));
    }
    tx.record(Activity::by(who, Record::MailAllowed, Subject::named(who.organisation.0, address))).await
}
