//! Writing down whom a broadcast is for: who gets which variant, from when on, or waits for the winner.

use sqlx::QueryBuilder;

use super::{
    Row,
    audience::{self, Sender},
    calendar,
};
use crate::model::variants::{assigned, in_sample};
use plenum_core::{
    error::AppResult,
    ids::{BroadcastId, Millis, PersonId},
};
use plenum_store::db::{Conn, Db, Tx, push_list};

/// People of one step: writing them down takes a small part of what telling them does.
pub(super) const AT_ONCE: usize = 200;

/// Those who wait for the winner, some of them.
pub(super) const HELD: &str =
    "select person_id from broadcast_recipients where broadcast_id = $1 and status = 'held' order by person_id limit $2";
/// Those whom it failed to reach, some of them.
pub(super) const FAILED: &str =
    "select person_id from broadcast_recipients where broadcast_id = $1 and status = 'failed' order by person_id limit $2";

fn at_once() -> i64 {
    i64::try_from(AT_ONCE).unwrap_or(i64::MAX)
}

/// Writes down the next of those it is for.
pub(super) async fn gather(tx: &mut Tx, row: &Row) -> AppResult<bool> {
    let sender = Sender { person: row.sender_id, organisation: row.organisation_id };
    let mut found = audience::people(tx, sender, row.audience()?, row.gathered_to, AT_ONCE).await?;
    let full = found.len() == AT_ONCE;
    // Who came after it began is not meant.
    found.retain(|(person, _)| *person <= row.newest_person);
    let gathered = !full || found.len() < AT_ONCE;
    let weights: Vec<u32> = row.variants(tx).await?.iter().map(|variant| variant.words.weight).collect();
    let mut held = 0;
    let mut counts = vec![0_i64; weights.len()];
    let mut recipients: Vec<(PersonId, Option<u8>, Millis)> = Vec::with_capacity(found.len());
    for (person, zone) in &found {
        let variant = match row.sample() {
            Some(sample) if !in_sample(row.id, *person, sample.percent) => None,
            _ => Some(assigned(row.id, *person, &weights)),
        };
        match variant.and_then(|variant| counts.get_mut(usize::from(variant))) {
            Some(count) => *count += 1,
            None => held += 1,
        }
        let due_at = match (&row.local_at, row.late) {
            (Some(local), Some(late)) => calendar::own_time_check(zone, local, late, row.due_at)?,
            _ => row.due_at,
        };
        recipients.push((*person, variant, due_at));
    }
    if let Some((last, ..)) = recipients.last() {
        QueryBuilder::<Db>::new("insert into broadcast_recipients (broadcast_id, person_id, variant, status, due_at) ")
            .push_values(&recipients, |mut values, (person, variant, due_at)| {
                let status = if variant.is_some() { "queued" } else { "held" };
                values.push_bind(row.id).push_bind(person).push_bind(variant).push_bind(status).push_bind(due_at);
            })
            .build()
            .execute(&mut **tx)
            .await?;
        sqlx::query("update broadcasts set gathered_to = $2, held = held + $3 where id = $1")
            .bind(row.id)
            .bind(last)
            .bind(held)
            .execute(&mut **tx)
            .await?;
    }
    for (number, count) in (0_u8..).zip(counts) {
        more_recipients(tx, row.id, number, count).await?;
    }
    if gathered {
        sqlx::query("update broadcasts set gathered = true where id = $1").bind(row.id).execute(&mut **tx).await?;
    }
    Ok(true)
}

async fn more_recipients(tx: &mut Tx, id: BroadcastId, variant: u8, count: i64) -> AppResult<()> {
    if count > 0 {
        sqlx::query("update broadcast_variants set recipients = recipients + $3 where broadcast_id = $1 and number = $2")
            .bind(id)
            .bind(variant)
            .bind(count)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Some of those at a status, by `statement`.
async fn some(conn: &mut Conn, statement: &'static str, id: BroadcastId) -> AppResult<Vec<PersonId>> {
    Ok(sqlx::query_scalar(statement).bind(id).bind(at_once()).fetch_all(conn).await?)
}

/// The next of those who wait for the winner get it.
pub(super) async fn release(tx: &mut Tx, row: &Row) -> AppResult<bool> {
    let people = some(tx, HELD, row.id).await?;
    let winner = row.winner.unwrap_or_default();
    let mut released = 0;
    if !people.is_empty() {
        let mut query = QueryBuilder::<Db>::new("update broadcast_recipients set status = 'queued', variant = ");
        query.push_bind(winner).push(" where status = 'held' and broadcast_id = ").push_bind(row.id).push(" and person_id in ");
        push_list(&mut query, people);
        released = i64::try_from(query.build().execute(&mut **tx).await?.rows_affected()).unwrap_or(i64::MAX);
    }
    more_recipients(tx, row.id, winner, released).await?;
    sqlx::query("update broadcasts set held = case when $2 = 0 then 0 else held - $2 end where id = $1")
        .bind(row.id)
        .bind(released)
        .execute(&mut **tx)
        .await?;
    Ok(true)
}

/// The next of those whom it failed to reach wait again.
pub(super) async fn take_up_failed(tx: &mut Tx, row: &Row) -> AppResult<bool> {
    let people = some(tx, FAILED, row.id).await?;
    if people.is_empty() {
        sqlx::query("update broadcasts set retrying = false, failure = null where id = $1").bind(row.id).execute(&mut **tx).await?;
        return Ok(true);
    }
    let mut query = QueryBuilder::<Db>::new("update broadcast_recipients set status = 'queued', reason = null where status = 'failed'");
    query.push(" and broadcast_id = ").push_bind(row.id).push(" and person_id in ");
    push_list(&mut query, people);
    query.push(" returning variant");
    let variants: Vec<u8> = query.build_query_scalar().fetch_all(&mut **tx).await?;
    for (variant, count) in super::delivering::by_variant(&variants) {
        sqlx::query("update broadcast_variants set failed = failed - $3 where broadcast_id = $1 and number = $2")
            .bind(row.id)
            .bind(variant)
            .bind(count)
            .execute(&mut **tx)
            .await?;
    }
    Ok(true)
}
