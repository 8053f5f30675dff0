//! The server's side of the box office: rules and SQL.
//!
//! - [`holds`]: claims on places, all or nothing; [`availability`]: what is left.
//! - [`plans`]: seat plans, ticket types and prices, and how they come to be.
//! - [`seed`]: events for trying it out.

pub mod availability;
pub mod holds;
pub mod plans;
pub mod seed;
#[cfg(test)]
pub(crate) mod tests;

use super::model::event::EventState;
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
    let state: Option<EventState> = sqlx::query_scalar("select state from events where id = $1").bind(event).fetch_optional(conn).await?;
    Ok(state.is_some_and(|state| state != EventState::Draft))
}

/// True if `person` runs the event.
///
/// # Errors
/// If the database refuses.
pub async fn is_run_by(conn: &mut Conn, event: EventId, person: PersonId) -> AppResult<bool> {
    let space: Option<SpaceId> =
        sqlx::query_scalar("select space_id from events where id = $1").bind(event).fetch_optional(&mut *conn).await?;
    match space {
        Some(space) => spaces::server::is_staff(conn, space, person).await,
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
