//! Who runs an event, asked in the transaction of what they do.

use crate::model::{check_in::Head, event::EventState};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, Millis, SpaceId},
    people::{Identity, Role},
};
use plenum_directory::server::has_role;
use plenum_messages::spaces;
use plenum_store::{db::Conn, zones};

/// The event that `who` runs: they are staff of its space, or an admin of its organisation.
///
/// # Errors
/// 404 if there is no such event in their organisation; 403 if others run it.
pub async fn run_by(conn: &mut Conn, who: &Identity, event: EventId) -> AppResult<Head> {
    let row: Option<(SpaceId, String, EventState, String, Millis)> =
        sqlx::query_as("select space_id, title, state, zone, starts_at from events where id = $1 and organisation_id = $2")
            .bind(event)
            .bind(who.organisation)
            .fetch_optional(&mut *conn)
            .await?;
    let (space, title, state, zone, starts_at) = row.ok_or_else(|| AppError::not_found("There is no such event."))?;
    if spaces::server::is_staff(conn, space, who.person).await? || has_role(conn, who.person, Role::Admin).await? {
        return Ok(Head { id: event, space, title, state, zone: zones::zone(&zone, starts_at), starts_at });
    }
    // Drafts are nobody else's to know of.
    Err(match state {
        EventState::Draft => AppError::not_found("There is no such event."),
        _ => AppError::forbidden("This is for those who run the event."),
    })
}
