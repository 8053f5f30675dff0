//! The server's side of broadcasts.
//!
//! - [`mod@desk`]: making one, and pausing, resuming, retrying, cancelling it; `letters` reads the form, `audience` says who is meant.
//! - [`sending`]: the job that sends, some people at a time, each once (I26): `gathering` writes down whom it is for, `delivering`
//!   tells them, `deciding` chooses the winner of a sample; `pace` says how many at a time.
//! - [`series`]: what is repeated; `calendar` says when.
//! - [`receipts`]: what the inbox's marks mean for the recipients; `moments` counts what comes when.
//! - `leaving`: passes on or cancels the broadcasts of a suspended or removed person.
//! - [`reading`], [`export`]: lists, one of them, a preview; recipients as a table for other programs.
//! - `rendering`: titles and texts with variables; [`templates`]: what is written once and sent often.
//!
//! Counts are changed in the transaction that changes what they count, and each such transaction announces the broadcast as it is
//! then: a page and its events are never apart (I25).

mod audience;
mod calendar;
mod deciding;
mod delivering;
mod desk;
pub mod export;
mod gathering;
mod leaving;
mod letters;
mod moments;
mod pace;
mod reading;
mod receipts;
mod rendering;
mod row;
mod seed;
mod sending;
pub mod series;
pub mod templates;
#[cfg(test)]
mod tests;

pub use deciding::choose;
pub use desk::{act, create, require_for};
pub use leaving::{close_next, open_of};
pub use letters::read_letter;
pub use reading::{desk, list, preview, report};
pub use receipts::follow_receipts;
pub use rendering::Proved;
pub use seed::seed_broadcasts;
pub use sending::{SEND, send};
pub use series::{REPEAT, repeat};

use row::{Row, own, row};

use super::{
    live::BroadcastEvent,
    model::{Action, Audience, Broadcast, State, Variant, transition},
};
use plenum_core::{
    activity::Subject,
    error::{AppError, AppResult},
    ids::{BroadcastId, PersonId},
    people::{Identity, Role},
};
use plenum_directory::server::has_role;
use plenum_store::db::{Activity, Conn, Tx};

/// True if `person` sends broadcasts, and sees those of the others: admins and managers.
pub async fn may_send(conn: &mut Conn, person: PersonId) -> AppResult<bool> {
    Ok(has_role(conn, person, Role::Admin).await? || has_role(conn, person, Role::Manager).await?)
}

/// Asked in the transaction itself: an identity was looked up before it, and the right may have ended since.
async fn require(conn: &mut Conn, who: &Identity) -> AppResult<()> {
    let may = may_send(conn, who.person).await?;
    if may { Ok(()) } else { Err(AppError::forbidden("Only admins and managers send broadcasts.")) }
}

fn not_now() -> AppError {
    AppError::conflict("That cannot be done to this broadcast any more.")
}

/// Tells those who send how a broadcast is now.
async fn announce(tx: &mut Tx, id: BroadcastId) -> AppResult<Broadcast> {
    let row = row(tx, id).await?.ok_or_else(|| AppError::no_such("broadcast"))?;
    let organisation = row.organisation_id;
    let broadcast = row.broadcast(tx).await?;
    tx.announce(organisation, &BroadcastEvent::BroadcastChanged(broadcast.clone()));
    Ok(broadcast)
}

/// Lets `action` happen to a broadcast and records it (I32); `by` is none for Plenum itself.
///
/// # Errors
/// 409 if that cannot happen to it now.
async fn move_on(tx: &mut Tx, row: &Row, action: Action, by: Option<PersonId>) -> AppResult<State> {
    let state = transition(row.state, action).ok_or_else(not_now)?;
    let now = tx.now();
    sqlx::query("update broadcasts set state = $2, ended_at = $3, next_at = null where id = $1")
        .bind(row.id)
        .bind(state)
        .bind(state.is_end().then_some(now))
        .execute(&mut **tx)
        .await?;
    let variants = row.variants(tx).await?;
    let title = variants.first().map_or("", |variant| variant.words.title.as_str());
    let activity = |title: &str| Activity::new(row.organisation_id, by, action.record(), Subject::named(row.id.0, title));
    tx.record(if action == Action::Begin { begun(activity, row, title, &variants)? } else { activity(title) }).await?;
    Ok(state)
}

/// Whoever it is for sees in their feeds that it goes out: once, though it may be paused and go on, and not its words, if these are for
/// each of them.
fn begun(activity: impl Fn(&str) -> Activity, row: &Row, title: &str, variants: &[Variant]) -> AppResult<Activity> {
    let is_the_same_for_all =
        variants.len() == 1 && variants.iter().all(|variant| !variant.words.title.contains("{{") && !variant.words.title.contains("{%"));
    let activity = activity(if is_the_same_for_all { title } else { "" }).about(row.sender_id);
    Ok(match row.audience()? {
        _ if row.started_at.is_some() => activity,
        Audience::Everyone => activity.for_everyone(),
        Audience::Room(room) => activity.within(room),
        Audience::Role(_) | Audience::Event(_) | Audience::Person(_) => activity,
    })
}
