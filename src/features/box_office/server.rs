//! The server's side of the box office: rules and SQL.
//!
//! - [`events`]: who sees an event, and what everyone is told of it; [`event_pages`]: the list, and the page of one.
//! - [`event_edit`], [`types`], [`pictures`]: what organisers write; [`course`]: what becomes of it, by them or by the [`clock`]; [`telling`]:
//!   whom that concerns.
//! - [`holds`]: claims on places, all or nothing; [`availability`]: what is left.
//! - [`seed`]: events for trying it out.

pub mod availability;
pub mod clock;
pub mod course;
pub mod event_edit;
pub mod event_pages;
pub mod events;
pub mod holds;
pub mod pictures;
pub mod seed;
pub mod telling;
#[cfg(test)]
mod tests;
pub mod types;

use crate::{
    error::AppResult,
    features::{
        people::{model::Role, server::has_role},
        spaces,
    },
    ids::{EventId, OrderId, PersonId, SpaceId},
    realtime::server::rules::Who,
    server::db::Conn,
};

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

/// True if `who` may follow an order: it is theirs, or they run its event, or help people of its organisation.
///
/// # Errors
/// If the database refuses.
pub async fn may_follow_order(conn: &mut Conn, order: OrderId, who: &Who) -> AppResult<bool> {
    let row: Option<(PersonId, EventId)> = sqlx::query_as("select person_id, event_id from orders where id = $1 and organisation_id = $2")
        .bind(order)
        .bind(who.organisation)
        .fetch_optional(&mut *conn)
        .await?;
    let Some((owner, event)) = row else { return Ok(false) };
    Ok(owner == who.person || has_role(conn, who.person, Role::Agent).await? || is_run_by(conn, event, who.person).await?)
}
