//! That the end of a hold is told (I3). Whether a place is free is judged when it is read, and needs none of this; those who look are
//! told within a second, though, and what was held goes to those who wait.
//!
//! When the next hold ends stands in the database, in an index. A task reads it when it starts and after each end; what is held
//! meanwhile wakes it only if it ends sooner. Many holds that end together are ended some at a time, a write each.

use std::{collections::BTreeMap, time::Duration};

use tokio::sync::watch;

use super::{holds, orders};
use crate::model::hold::HoldState;
use crate::server::waiting_list;
use plenum_core::{
    clock,
    error::AppResult,
    ids::{EventId, HoldId, Millis, PersonId},
};
use plenum_events::model::seat::{SeatNow, SeatState};
use plenum_store::{
    db::{Store, Tx, now},
    faults::Faults,
};

/// Holds that one write ends at the most.
pub const AT_ONCE: i64 = 16;
/// The task looks at least so often, for what another process has held.
const LONGEST_SLEEP: Millis = 30_000;
/// How long it rests if the database refuses.
const REST: Duration = Duration::from_secs(1);

/// The first end of a hold since the task last looked. It may be of a hold that was taken back.
struct Expected(watch::Sender<Millis>);

impl Default for Expected {
    fn default() -> Self {
        Self(watch::Sender::new(Millis::MAX))
    }
}

/// Wakes the task at `until`, when a hold ends.
pub fn expect(tx: &Tx, until: Millis) {
    tx.part::<Expected>().0.send_if_modified(|first| {
        let sooner = until < *first;
        if sooner {
            *first = until;
        }
        sooner
    });
}

/// Ends holds when their time comes, for as long as the process lives.
pub async fn run(store: Store) {
    let first = store.part::<Expected>();
    let mut expected = first.0.subscribe();
    loop {
        // Before the sweep: what is held from here on is either in what it reads, or wakes the task.
        first.0.send_replace(Millis::MAX);
        let next = match sweep(&store).await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(%error, "holds that have ended could not be told");
                store.part::<Faults>().count_error("box office: holds", &error, None);
                tokio::time::sleep(REST).await;
                continue;
            }
        };
        let latest = next.unwrap_or(Millis::MAX).min(now() + LONGEST_SLEEP);
        loop {
            let wait = latest.min(*expected.borrow_and_update()) - now();
            if wait <= 0 {
                break;
            }
            tokio::select! {
                () = clock::sleep(Duration::from_millis(wait.unsigned_abs())) => break,
                _ = expected.changed() => {}
            }
        }
    }
}

/// Ends all holds whose time has passed, and offers what is free to those who wait. Returns when the next one ends.
pub async fn sweep(store: &Store) -> AppResult<Option<Millis>> {
    while store.write(async |tx: &mut Tx| end_due(tx, None).await).await? {}
    // Mostly nobody waits: a look is cheaper than a write.
    if waiting_list::is_any(&mut *store.look().await?).await? {
        while store.write(async |tx: &mut Tx| waiting_list::offer_somewhere(tx).await).await? {}
        while store.write(async |tx: &mut Tx| waiting_list::close_some(tx).await).await? {}
    }
    Ok(sqlx::query_scalar("select min(until) from holds where state = 'active'").fetch_one(&mut *store.look().await?).await?)
}

/// What goes before [`holds::hold`]: if others wait for a place of `event`, ends the holds of it whose time has passed, some a write, so that
/// the places are offered to those who wait. The last of them are left to the hold itself.
///
/// # Errors
/// Those of the database.
pub async fn make_way(store: &Store, event: EventId) -> AppResult<()> {
    // Mostly nobody waits: a look is cheaper than a write.
    let many: bool = sqlx::query_scalar(
        "select exists (select 1 from waiting where event_id = $1 and state = 'waiting')
           and exists (select 1 from holds where event_id = $1 and state = 'active' and until <= $2 order by until limit 1 offset $3)",
    )
    .bind(event)
    .bind(now())
    .bind(AT_ONCE)
    .fetch_one(&mut *store.look().await?)
    .await?;
    if many {
        while store.write(async move |tx: &mut Tx| end_due(tx, Some(event)).await).await? {}
    }
    Ok(())
}

/// Ends some of the holds whose time has passed, of `event` if one is named. True if there may be more.
pub async fn end_due(tx: &mut Tx, event: Option<EventId>) -> AppResult<bool> {
    let now = tx.now();
    let ended: Vec<(HoldId, EventId, PersonId)> = sqlx::query_as(
        "update holds set state = $4 where id in
           (select id from holds where state = 'active' and until <= $1 and (cast($2 as bigint) is null or event_id = $2) order by until limit $3)
         returning id, event_id, person_id",
    )
    .bind(now)
    .bind(event)
    .bind(AT_ONCE)
    .bind(HoldState::Expired)
    .fetch_all(&mut **tx)
    .await?;
    let more = i64::try_from(ended.len()).is_ok_and(|ended| ended == AT_ONCE);
    let mut freed: BTreeMap<EventId, Vec<SeatNow>> = BTreeMap::new();
    for (id, event, person) in ended {
        let seats = holds::drop_claims(tx, id).await?;
        freed.entry(event).or_default().extend(seats.into_iter().map(|(id, _)| SeatNow { id, state: SeatState::Free }));
        waiting_list::lapse(tx, id, event, person, None).await?;
        holds::owner_announce(tx, person, event, None);
        orders::follow_hold(tx, id).await?;
    }
    for (event, seats) in freed {
        holds::seats_announce(tx, event, seats).await?;
    }
    Ok(more)
}
