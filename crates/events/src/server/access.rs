//! Who sees and who runs an event, asked in the transaction of what they do.

use crate::model::{check_in::Head, event::EventState};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, Millis, PersonId, SpaceId},
    people::Identity,
};
use plenum_messages::spaces;
use plenum_store::{db::Conn, person_is_active, zones};
use plenum_wallet::model::Currency;

/// The event, if `who` runs it (see [`is_run_by`]).
///
/// # Errors
/// 404 if there is no such event in their organisation, or it is somebody else's draft; 403 if others run it.
pub async fn require_organiser_of(conn: &mut Conn, who: &Identity, event: EventId) -> AppResult<Head> {
    let runs = is_run_by(conn, event, who.person).await?;
    head(conn, who, event, runs, "Only those who run the event can do that.").await
}

/// The event, if `who` works at its doors (see [`works_at_door`]).
///
/// # Errors
/// As [`require_organiser_of`].
pub async fn require_at_door(conn: &mut Conn, who: &Identity, event: EventId) -> AppResult<Head> {
    let works = works_at_door(conn, event, who.person).await?;
    head(conn, who, event, works, "Only those who run the event or work at its doors can do that.").await
}

/// The event, of the organisation of `who`, if they `may` see what is asked for; else `refusal`.
async fn head(conn: &mut Conn, who: &Identity, event: EventId, may: bool, refusal: &str) -> AppResult<Head> {
    let row: Option<(SpaceId, String, EventState, String, Millis, Currency)> =
        sqlx::query_as("select space_id, title, state, zone, starts_at, currency from events where id = $1 and organisation_id = $2")
            .bind(event)
            .bind(who.organisation)
            .fetch_optional(&mut *conn)
            .await?;
    let (space, title, state, zone, starts_at, currency) = row.ok_or_else(|| AppError::no_such("event"))?;
    if may {
        return Ok(Head { id: event, space, title, state, zone: zones::zone(&zone), starts_at, currency });
    }
    // Drafts are nobody else's to know of.
    Err(match state {
        EventState::Draft => AppError::no_such("event"),
        _ => AppError::forbidden(refusal),
    })
}

/// True if `person` checks tickets at the doors of the event: they run it, or are an usher of its space.
pub async fn works_at_door(conn: &mut Conn, event: EventId, person: PersonId) -> AppResult<bool> {
    if is_run_by(conn, event, person).await? {
        return Ok(true);
    }
    let space: Option<SpaceId> =
        sqlx::query_scalar("select space_id from events where id = $1").bind(event).fetch_optional(&mut *conn).await?;
    match space {
        Some(space) => spaces::server::is_usher(conn, space, person).await,
        None => Ok(false),
    }
}

/// True if everyone may look at the event: it was published, and its organisation is not suspended.
pub async fn is_public(conn: &mut Conn, event: EventId) -> AppResult<bool> {
    let public = sqlx::query_scalar(
        "select exists (select 1 from events e join organisations o on o.id = e.organisation_id
           where e.id = $1 and e.state <> 'draft' and e.published_at is not null and o.suspended_at is null)",
    );
    Ok(public.bind(event).fetch_one(conn).await?)
}

/// True if `person` runs the event: they are staff of its space, or an admin of its organisation.
pub async fn is_run_by(conn: &mut Conn, event: EventId, person: PersonId) -> AppResult<bool> {
    let of: Option<(SpaceId, bool)> = sqlx::query_as(concat!(
        "select e.space_id, exists (select 1 from people p join roles r on r.person_id = p.id and r.role = 'admin'
           where p.id = $2 and p.organisation_id = e.organisation_id and ",
        person_is_active!("p"),
        ")
         from events e where e.id = $1",
    ))
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
