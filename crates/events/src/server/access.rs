//! Who sees and who runs an event, asked in the transaction of what they do.

use crate::model::{check_in::Head, event::EventState};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, Millis, PersonId, SpaceId},
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

/// True if everyone may look at the event: it was published.
///
/// # Errors
/// If the database refuses.
pub async fn is_public(conn: &mut Conn, event: EventId) -> AppResult<bool> {
    let public = sqlx::query_scalar("select exists (select 1 from events where id = $1 and state <> 'draft' and published_at is not null)");
    Ok(public.bind(event).fetch_one(conn).await?)
}

/// True if `person` runs the event: they are staff of its space, or an admin of its organisation.
///
/// # Errors
/// If the database refuses.
pub async fn is_run_by(conn: &mut Conn, event: EventId, person: PersonId) -> AppResult<bool> {
    let of: Option<(SpaceId, bool)> = sqlx::query_as(
        "select e.space_id, exists (select 1 from people p join roles r on r.person_id = p.id and r.role = 'admin'
           where p.id = $2 and p.organisation_id = e.organisation_id)
         from events e where e.id = $1",
    )
    .bind(event)
    .bind(person)
    .fetch_optional(&mut *conn)
    .await?;
    match of {
        Some((_, true)) => Ok(true),
        Some((space, false)) => spaces::server::is_staff(conn, space, person).await,
        None => Ok(false),
    }
}
