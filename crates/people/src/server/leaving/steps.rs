//! The job that finishes what a suspension or removal has begun: one row drives it, a step a write. A process that is killed goes on where
//! the last commit was.

use std::time::{Duration, Instant};

use futures::future::LocalBoxFuture;
use serde_json::Value;

use super::{erasing, schedule};
use plenum_broadcasts::server as broadcasts;
use plenum_core::{
    error::{AppError, AppResult},
    ids::{MessageId, OrganisationId, PersonId, SpaceId},
    people::PersonState,
};
use plenum_messages::{server as messages, spaces::server as spaces};
use plenum_store::db::{Conn, Store, Tx};

/// A run gives way to others after so long; the next one goes on.
const RUN: Duration = Duration::from_secs(20);

/// Releases the next thing that a person holds; false if there is nothing left. The composition root hands down that of the sales.
pub type Release = for<'a> fn(&'a mut Tx, PersonId) -> LocalBoxFuture<'a, AppResult<bool>>;

/// What is done, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "snake_case")]
pub(super) enum Step {
    /// Broadcasts that are not over pass on or are cancelled.
    Broadcasts,
    /// Events pass on; whoever is removed leaves their spaces.
    Spaces,
    /// Rooms and groups pass on.
    Rooms,
    /// What they hold is released.
    Holds,
    /// From here on of those who are removed only: they leave their conversations.
    Memberships,
    /// Their reactions go.
    Reactions,
    /// What belongs to them alone goes.
    Own,
    /// What tells others of them in words says them no more.
    Notifications,
    /// The same of the activity record.
    Activity,
    /// The same of stored replies.
    Replies,
    /// The same of the live log.
    Log,
}

impl Step {
    pub(super) const FIRST: Self = Self::Broadcasts;

    /// What comes next; nothing at the end of what there is to do for somebody in `state`.
    fn next(self, state: PersonState) -> Option<Self> {
        match self {
            Self::Broadcasts => Some(Self::Spaces),
            Self::Spaces => Some(Self::Rooms),
            Self::Rooms => Some(Self::Holds),
            Self::Holds if state == PersonState::Removed => Some(Self::Memberships),
            Self::Memberships => Some(Self::Reactions),
            Self::Reactions => Some(Self::Own),
            Self::Own => Some(Self::Notifications),
            Self::Notifications => Some(Self::Activity),
            Self::Activity => Some(Self::Replies),
            Self::Replies => Some(Self::Log),
            Self::Holds | Self::Log => None,
        }
    }
}

/// How far somebody's leaving is.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Departure {
    pub(super) person_id: PersonId,
    pub(super) organisation_id: OrganisationId,
    successor_id: Option<PersonId>,
    /// What they were called; empty for those who are suspended.
    pub(super) name: String,
    pub(super) email: String,
    step: Step,
    pub(super) place: i64,
    state: PersonState,
}

async fn read(conn: &mut Conn, person: PersonId) -> AppResult<Option<Departure>> {
    Ok(sqlx::query_as(
        "select d.person_id, p.organisation_id, d.successor_id, d.name, d.email, d.step, d.place, p.state
         from departures d join people p on p.id = d.person_id where d.person_id = $1",
    )
    .bind(person)
    .fetch_optional(conn)
    .await?)
}

/// Does what is left to be done about a person who was suspended or removed; the handler of the jobs.
pub async fn run(store: Store, release: Release, payload: Value) -> AppResult<()> {
    let person = payload.get("person").and_then(Value::as_i64).map(PersonId).ok_or_else(AppError::internal)?;
    let begun = Instant::now();
    loop {
        let Some(departure) = read(&mut *store.look().await?, person).await? else { return Ok(()) };
        let logged = match departure.step {
            Step::Log => erasing::logged(&store, &departure).await?,
            _ => erasing::Logged::default(),
        };
        if !store.write(async move |tx: &mut Tx| step(tx, person, release, &logged).await).await? {
            return Ok(());
        }
        if begun.elapsed() >= RUN {
            return store.write(async move |tx: &mut Tx| schedule(tx, person).await).await;
        }
    }
}

/// Where a step has come to.
pub(super) enum Reached {
    /// There is more of it, behind this place.
    Place(i64),
    /// Its end.
    End,
}

impl Reached {
    fn here(more: bool, place: i64) -> Self {
        if more { Self::Place(place) } else { Self::End }
    }
}

/// One step. True if there is more to do.
async fn step(tx: &mut Tx, person: PersonId, release: Release, logged: &erasing::Logged) -> AppResult<bool> {
    let Some(departure) = read(tx, person).await? else { return Ok(false) };
    if departure.state == PersonState::Active {
        // They were restored: what has not ended yet stays.
        return done(tx, person).await;
    }
    let place = departure.place;
    let reached = match departure.step {
        Step::Broadcasts => Reached::here(broadcasts::close_next(tx, person, departure.successor_id).await?, place),
        Step::Spaces => leave_next_space(tx, &departure).await?,
        Step::Rooms => match departure.successor_id {
            Some(successor) => Reached::here(messages::pass_on_next(tx, departure.organisation_id, person, successor).await?, place),
            None => Reached::End,
        },
        Step::Holds => Reached::here(release(tx, person).await?, place),
        Step::Memberships => Reached::here(messages::end_next(tx, departure.organisation_id, person).await?, place),
        Step::Reactions => match messages::take_back_next(tx, person, MessageId(place)).await? {
            Some(last) => Reached::Place(last.0),
            None => Reached::End,
        },
        Step::Own => erasing::own(tx, &departure).await?,
        Step::Notifications => erasing::notifications(tx, &departure).await?,
        Step::Activity => erasing::activity(tx, &departure).await?,
        Step::Replies => erasing::replies(tx, &departure).await?,
        Step::Log => erasing::log(tx, &departure, logged).await?,
    };
    let (step, place) = match reached {
        Reached::Place(place) => (departure.step, place),
        Reached::End => match departure.step.next(departure.state) {
            Some(next) => (next, 0),
            None => return done(tx, person).await,
        },
    };
    sqlx::query("update departures set step = $2, place = $3 where person_id = $1")
        .bind(person)
        .bind(step)
        .bind(place)
        .execute(&mut **tx)
        .await?;
    Ok(true)
}

async fn done(tx: &mut Tx, person: PersonId) -> AppResult<bool> {
    sqlx::query("delete from departures where person_id = $1").bind(person).execute(&mut **tx).await?;
    Ok(false)
}

async fn leave_next_space(tx: &mut Tx, departure: &Departure) -> AppResult<Reached> {
    let person = departure.person_id;
    let Some((space, runs)) = spaces::next_of(tx, person, SpaceId(departure.place)).await? else { return Ok(Reached::End) };
    if let (true, Some(successor)) = (runs, departure.successor_id) {
        spaces::pass_on(tx, space, person, successor).await?;
    }
    if departure.state == PersonState::Removed {
        spaces::leave(tx, space, person).await?;
    }
    Ok(Reached::Place(space.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(state: PersonState) -> Vec<Step> {
        std::iter::successors(Some(Step::FIRST), |step| step.next(state)).collect()
    }

    /// Only the data of those who are removed is erased, and the log last: what comes before announces nothing of theirs.
    #[test]
    fn a_removal_begins_as_a_suspension_and_ends_with_the_log() {
        let (suspended, removed) = (steps(PersonState::Suspended), steps(PersonState::Removed));
        assert_eq!(suspended, [Step::Broadcasts, Step::Spaces, Step::Rooms, Step::Holds]);
        assert!(removed.starts_with(&suspended));
        assert_eq!(removed.last(), Some(&Step::Log));
    }
}
