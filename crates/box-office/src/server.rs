//! The server's side of the box office: rules and SQL.
//!
//! - [`events`]: who sees an event, and what everyone is told of it; [`event_pages`]: the list, and the page of one.
//! - [`event_edit`], [`types`], [`pictures`]: what organisers write; [`course`]: what becomes of it, by them or by the [`clock`]; [`telling`]:
//!   whom that concerns.
//! - [`holds`]: claims on places, all or nothing; [`availability`]: what is left.
//! - [`orders`]: what somebody buys of a hold: paying, expiring, giving back; [`promo`]: codes that lower a price.
//! - [`tickets`] and the [`codes`] on them; [`check_ins`]: the doors, where a ticket is let in once.
//! - [`desk`]: what those who run an event see of it ([`running`] says who they are); [`export`]: the same as tables.
//! - [`baskets`]: what their owners do with them; [`expiry`]: that their end is told; [`waiting`]: who is next.
//! - [`seats`]: the seat map; [`watchers`]: how many look at it.
//! - [`plans`]: seat plans, ticket types and prices, and how they come to be.
//! - [`seed`]: events for trying it out; [`fixtures`]: sales for tests.

pub mod availability;
pub mod baskets;
pub mod check_ins;
pub mod clock;
pub mod codes;
pub mod course;
pub mod desk;
pub mod event_edit;
pub mod event_pages;
pub mod events;
pub mod expiry;
pub mod export;
pub mod fixtures;
pub mod holds;
pub mod orders;
pub mod pictures;
pub mod plans;
pub mod promo;
pub mod running;
pub mod seats;
pub mod seed;
pub mod telling;
#[cfg(test)]
pub mod tests;
pub mod tickets;
pub mod types;
pub mod waiting;
pub mod watchers;

use plenum_core::{
    error::AppResult,
    ids::{EventId, OrderId, PersonId, SpaceId},
    people::Role,
};
use plenum_directory::server::has_role;
use plenum_live::rules::Who;
use plenum_messages::spaces;
use plenum_store::db::Conn;

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

/// True if `who` may follow an order: it is theirs, or they run its event or its organisation, or help people of it.
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
    Ok(owner == who.person || handles_orders(conn, event, who.person).await?)
}

/// True if `person` sees and gives back what others of their organisation have bought of `event`: its staff, agents, admins.
async fn handles_orders(conn: &mut Conn, event: EventId, person: PersonId) -> AppResult<bool> {
    let helps = has_role(conn, person, Role::Agent).await? || has_role(conn, person, Role::Admin).await?;
    Ok(helps || is_run_by(conn, event, person).await?)
}
