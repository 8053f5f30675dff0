//! The server's side of broadcasts.
//!
//! - [`mod@desk`]: making one, and pausing, resuming, cancelling it.
//! - [`sending`]: the job that writes down whom it is for and delivers it, some at a time, each once (I26).
//! - [`receipts`]: what the inbox's marks mean for the recipients.
//! - [`reading`]: lists, one of them, a preview.
//! - [`template`]: titles and texts with variables.
//!
//! Counts are changed in the transaction that changes what they count, and each such transaction announces the broadcast as it is
//! then: a page and its events are never apart (I25).

mod desk;
mod reading;
mod receipts;
mod seed;
mod sending;
mod template;
#[cfg(test)]
mod tests;

pub use desk::{act, create, person_at, read_letter};
pub use reading::{desk, detail, list, preview};
pub use receipts::follow_receipts;
pub use seed::seed_broadcasts;
pub use sending::{SEND, send};

use super::{
    live::BroadcastEvent,
    model::{Action, Audience, Broadcast, Funnel, State, transition},
};
use crate::{
    error::{AppError, AppResult},
    features::people::{
        model::{PersonCard, Role},
        server::has_role,
    },
    ids::{BroadcastId, Millis, OrganisationId, PersonId},
    server::{
        db::{Activity, Conn, Tx},
        sign_ins::Identity,
    },
};

/// True if `person` sends broadcasts, and sees those of the others: admins and managers.
///
/// # Errors
/// If the database refuses.
pub async fn may_send(conn: &mut Conn, person: PersonId) -> AppResult<bool> {
    Ok(has_role(conn, person, Role::Admin).await? || has_role(conn, person, Role::Manager).await?)
}

/// Asked in the transaction itself: an identity was looked up before it, and the right may have ended since.
async fn require(conn: &mut Conn, who: &Identity) -> AppResult<()> {
    let may = may_send(conn, who.person).await?;
    if may { Ok(()) } else { Err(AppError::forbidden("Only admins and managers send broadcasts.")) }
}

fn unknown() -> AppError {
    AppError::not_found("There is no such broadcast.")
}

/// The columns of a [`Row`], of `broadcasts b join people p on p.id = b.sender_id`.
const COLUMNS: &str =
    "b.id, b.organisation_id, p.id as sender_id, p.name as sender_name, p.hue as sender_hue, b.audience, b.audience_name, b.title, b.text,
    b.link, b.state, b.due_at, b.created_at, b.started_at, b.ended_at, b.newest_person, b.gathered_to, b.gathered, b.recipients, b.refused,
    b.delivered, b.seen, b.read";

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: BroadcastId,
    organisation_id: OrganisationId,
    sender_id: PersonId,
    sender_name: String,
    sender_hue: u8,
    audience: String,
    audience_name: String,
    title: String,
    text: String,
    link: String,
    state: State,
    due_at: Millis,
    created_at: Millis,
    started_at: Option<Millis>,
    ended_at: Option<Millis>,
    newest_person: PersonId,
    gathered_to: PersonId,
    gathered: bool,
    recipients: u32,
    refused: u32,
    delivered: u32,
    seen: u32,
    read: u32,
}

impl Row {
    fn audience(&self) -> AppResult<Audience> {
        self.audience.parse().map_err(|_| {
            tracing::error!(broadcast.id = %self.id, "an audience cannot be read");
            AppError::internal()
        })
    }

    fn broadcast(self) -> AppResult<Broadcast> {
        Ok(Broadcast {
            id: self.id,
            audience: self.audience()?,
            sender: PersonCard { id: self.sender_id, name: self.sender_name, hue: self.sender_hue },
            audience_name: self.audience_name,
            title: self.title,
            text: self.text,
            link: self.link,
            state: self.state,
            due_at: self.due_at,
            created_at: self.created_at,
            started_at: self.started_at,
            ended_at: self.ended_at,
            funnel: Funnel {
                gathered: self.gathered,
                recipients: self.recipients,
                refused: self.refused,
                delivered: self.delivered,
                seen: self.seen,
                read: self.read,
            },
        })
    }
}

/// The broadcast with this id, of whatever organisation.
async fn row(conn: &mut Conn, id: BroadcastId) -> AppResult<Option<Row>> {
    let statement = format!("select {COLUMNS} from broadcasts b join people p on p.id = b.sender_id where b.id = $1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).fetch_optional(conn).await?)
}

/// The broadcast with this id, of the organisation of `who`.
///
/// # Errors
/// 404.
async fn own(conn: &mut Conn, who: &Identity, id: BroadcastId) -> AppResult<Row> {
    row(conn, id).await?.filter(|row| row.organisation_id == who.organisation).ok_or_else(unknown)
}

/// Tells those who send how a broadcast is now.
async fn announce(tx: &mut Tx, id: BroadcastId) -> AppResult<Broadcast> {
    let row = row(tx, id).await?.ok_or_else(unknown)?;
    let organisation = row.organisation_id;
    let broadcast = row.broadcast()?;
    tx.announce(organisation, &BroadcastEvent::BroadcastChanged(broadcast.clone()));
    Ok(broadcast)
}

/// Lets `action` happen to a broadcast and records it (I32); `by` is none for Plenum itself.
///
/// # Errors
/// 409 if that cannot happen to it now.
async fn move_on(tx: &mut Tx, row: &Row, action: Action, by: Option<PersonId>) -> AppResult<State> {
    let state = transition(row.state, action).ok_or_else(|| AppError::conflict("That cannot be done to this broadcast any more."))?;
    let now = tx.now();
    sqlx::query("update broadcasts set state = $2, ended_at = $3 where id = $1")
        .bind(row.id)
        .bind(state)
        .bind(state.is_end().then_some(now))
        .execute(&mut **tx)
        .await?;
    let activity = Activity::new(row.organisation_id, by, action.verb(), row.id.0).named(&row.title);
    let activity = if action == Action::Begin { begun(activity, row)? } else { activity };
    tx.record(activity).await?;
    Ok(state)
}

/// Whoever it is for sees in their feeds that it goes out: once, though it may be paused and go on, and not its words, if these are for
/// each of them.
fn begun(activity: Activity, row: &Row) -> AppResult<Activity> {
    let activity = if row.title.contains("{{") || row.title.contains("{%") { activity.named("") } else { activity };
    let activity = activity.about(row.sender_id);
    Ok(match row.audience()? {
        _ if row.started_at.is_some() => activity,
        Audience::Everyone => activity.for_everyone(),
        Audience::Room(room) => activity.within(room),
        Audience::Role(_) | Audience::Person(_) => activity,
    })
}
