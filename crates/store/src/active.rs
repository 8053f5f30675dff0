//! Which people are active: neither suspended nor removed. Nothing else decides it: statements ask by [`person_is_active!`](crate::person_is_active), transactions
//! by [`is_active`].
//!
//! A request was looked up before it writes, and its person may have been suspended in between. So whoever asks is named to the task
//! ([`acting`], [`act_as`]), [`Store::write`](crate::db::Store::write) carries the name into the writer, and the writer refuses what is not
//! an active person's any more, before it runs: behind the commit of a suspension nothing of theirs is committed.

use std::{
    collections::HashSet,
    sync::{OnceLock, PoisonError, RwLock},
};

use crate::db::{Conn, Tx};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{OrganisationId, PersonId},
    people::PersonState,
};

/// The condition of a statement that a row of `people`, by this name, is an active person's.
#[macro_export]
macro_rules! person_is_active {
    ($person:literal) => {
        concat!($person, ".state = 'active'")
    };
}

tokio::task_local! {
    static ACTOR: OnceLock<PersonId>;
}

/// Runs `work` for `person`: what it writes is refused once they are not active. For none it is known later, by [`act_as`], or never.
pub async fn acting<F: Future>(person: Option<PersonId>, work: F) -> F::Output {
    ACTOR.scope(person.map_or_else(OnceLock::new, OnceLock::from), work).await
}

/// What the task writes from now on is written for `person`.
pub fn act_as(person: PersonId) {
    // Outside a request there is nobody to be named.
    let _ = ACTOR.try_with(|actor| actor.set(person));
}

/// Whom the task writes for.
pub(crate) fn actor() -> Option<PersonId> {
    ACTOR.try_with(|actor| actor.get().copied()).ok().flatten()
}

/// Those who are not active, and some who were not at some time: nobody else needs to be asked for, so that a write costs no statement more.
#[derive(Default)]
pub(crate) struct Inactive(RwLock<HashSet<PersonId>>);

impl Inactive {
    pub(crate) fn add(&self, people: impl IntoIterator<Item = PersonId>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).extend(people);
    }

    fn may_contain(&self, person: PersonId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&person)
    }
}

/// Reads who is not active when a database is opened.
pub(crate) async fn load(conn: &mut Conn) -> Result<Vec<PersonId>, sqlx::Error> {
    sqlx::query_scalar("select id from people where state <> 'active'").fetch_all(conn).await
}

/// True if `person` is active in this transaction.
pub async fn is_active(tx: &mut Tx, person: PersonId) -> AppResult<bool> {
    if !tx.part::<Inactive>().may_contain(person) {
        return Ok(true);
    }
    let active = sqlx::query_scalar(concat!("select exists (select 1 from people where id = $1 and ", person_is_active!("people"), ")"));
    Ok(active.bind(person).fetch_one(&mut **tx).await?)
}

/// Those of `people` that are active.
pub async fn only_active(tx: &mut Tx, people: &[PersonId]) -> AppResult<Vec<PersonId>> {
    let mut active = Vec::with_capacity(people.len());
    for &person in people {
        if is_active(tx, person).await? {
            active.push(person);
        }
    }
    Ok(active)
}

/// That `person` is an active one of `organisation`, to whom something new may be given.
///
/// # Errors
/// 404.
pub async fn require(tx: &mut Tx, organisation: OrganisationId, person: PersonId) -> AppResult<()> {
    let known: bool = sqlx::query_scalar(concat!(
        "select exists (select 1 from people where id = $1 and organisation_id = $2 and ",
        person_is_active!("people"),
        ")"
    ))
    .bind(person)
    .bind(organisation)
    .fetch_one(&mut **tx)
    .await?;
    if known { Ok(()) } else { Err(AppError::no_such("person here")) }
}

/// Lets `person` be in `state` from this transaction on.
pub async fn set_state(tx: &mut Tx, person: PersonId, state: PersonState) -> AppResult<()> {
    tx.part::<Inactive>().add([person]);
    let now = tx.now();
    sqlx::query("update people set state = $2, state_at = $3 where id = $1").bind(person).bind(state).bind(now).execute(&mut **tx).await?;
    Ok(())
}
