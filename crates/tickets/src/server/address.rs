//! The address of an online event: for those who have a ticket and those who work for the event, around its time.

use crate::model::address::OnlineAddress;
use plenum_core::{
    error::AppResult,
    ids::{EventId, Millis},
    people::Identity,
};
use plenum_events::{
    model::{event::EventState, online::address_shown},
    server::access::works_at_door,
};
use plenum_store::db::Conn;

/// The address of an event as `who` may have it at `now`; none if they may not, or there is none.
pub async fn read(conn: &mut Conn, who: &Identity, event: EventId, now: Millis) -> AppResult<Option<OnlineAddress>> {
    let row: Option<(String, EventState, Millis, Millis, bool)> = sqlx::query_as(
        "select e.address, e.state, e.starts_at, e.ends_at,
                exists (select 1 from tickets t where t.event_id = e.id and t.person_id = $3 and t.state <> 'void')
         from events e where e.id = $1 and e.organisation_id = $2 and e.address <> ''",
    )
    .bind(event)
    .bind(who.organisation)
    .bind(who.person)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((address, state, starts_at, ends_at, holds)) = row else { return Ok(None) };
    let Some(shown) = address_shown(state, starts_at, ends_at).filter(|shown| now < shown.end) else { return Ok(None) };
    if !holds && !works_at_door(conn, event, who.person).await? {
        return Ok(None);
    }
    let address = shown.contains(&now).then_some(address);
    Ok(Some(OnlineAddress { from: shown.start, until: shown.end, address }))
}
