//! What somebody who is suspended or removed lets go: what they hold, and their places in waiting lists.

use super::{holds, waiting_list};
use plenum_core::{
    error::AppResult,
    ids::{HoldId, PersonId, TicketTypeId},
};
use plenum_store::db::Tx;

/// Releases the next hold of `person`, or takes them out of the next waiting list. False if there is nothing left.
pub async fn release_next(tx: &mut Tx, person: PersonId) -> AppResult<bool> {
    let hold: Option<HoldId> = sqlx::query_scalar("select id from holds where person_id = $1 and state = 'active' order by id limit 1")
        .bind(person)
        .fetch_optional(&mut **tx)
        .await?;
    if let Some(hold) = hold {
        holds::release_of(tx, person, hold).await?;
        return Ok(true);
    }
    let waits: Option<TicketTypeId> =
        sqlx::query_scalar("select ticket_type_id from waiting where person_id = $1 and state = 'waiting' order by id limit 1")
            .bind(person)
            .fetch_optional(&mut **tx)
            .await?;
    if let Some(ticket_type) = waits {
        waiting_list::take_out(tx, person, ticket_type).await?;
    }
    Ok(waits.is_some())
}
