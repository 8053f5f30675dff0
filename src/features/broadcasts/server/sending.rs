//! The job that sends a broadcast.
//!
//! It goes in steps, one write each: it begins, writes down whom it is for (so many people at a time), delivers to so many of them,
//! ends. A step reads where the broadcast is and leaves it further, in one transaction with what it does: a process that is killed
//! goes on where the last commit was, and of two that work on the same broadcast each step is one's (I26). Between steps the writer
//! is free for everybody else.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::QueryBuilder;

use super::{Row, announce, move_on, row, template::Templates};
use crate::{
    error::{AppError, AppResult},
    features::{
        broadcasts::model::{Action, Audience, State},
        inbox::{
            model::Category,
            server::{self as inbox, News},
        },
    },
    ids::{BroadcastId, Millis, OrganisationId, PersonId},
    server::{
        db::{Conn, Db, Store, Tx},
        jobs::{self, Job},
    },
};

/// The kind of the jobs that send.
pub const SEND: &str = "broadcasts.send";
/// People written down in one step.
const GATHERED_AT_ONCE: usize = 200;
/// People told in one step: what a step takes is how long chat may have to wait.
const TOLD_AT_ONCE: i64 = 40;
/// Between two steps the writer is free at least so long.
const REST: Duration = Duration::from_millis(20);
/// The job runner waits for its jobs together: a run is short, and schedules the next one.
const RUN: Duration = Duration::from_millis(500);

/// The job's key: one waits for each broadcast.
pub(super) fn key(id: BroadcastId) -> String {
    format!("{SEND}:{id}")
}

/// Schedules the sending.
pub(super) async fn schedule(tx: &mut Tx, id: BroadcastId, due_at: Millis) -> AppResult<()> {
    jobs::schedule(tx, Job { kind: SEND, payload: json!({ "broadcast": id }), unique_key: Some(key(id)), due_at }).await
}

/// Sends a broadcast, or a part of it; the handler of the jobs.
///
/// # Errors
/// If the database refuses.
pub async fn send(store: Store, payload: Value) -> AppResult<()> {
    let id = payload.get("broadcast").and_then(Value::as_i64).map(BroadcastId).ok_or_else(AppError::internal)?;
    let begun = Instant::now();
    while store.write(async move |tx: &mut Tx| step(tx, id).await).await? {
        if begun.elapsed() >= RUN {
            let again = async move |tx: &mut Tx| {
                let now = tx.now();
                // Somebody may have stopped it since: then nothing is to be scheduled.
                match row(tx, id).await? {
                    Some(row) if row.state == State::Sending => schedule(tx, id, now).await,
                    _ => Ok(()),
                }
            };
            return store.write(again).await;
        }
        tokio::time::sleep(REST).await;
    }
    Ok(())
}

/// Takes a broadcast one step further. True if there is more to do now.
///
/// # Errors
/// If the database refuses.
pub(super) async fn step(tx: &mut Tx, id: BroadcastId) -> AppResult<bool> {
    let Some(row) = row(tx, id).await? else { return Ok(false) };
    let more = match row.state {
        State::Scheduled if row.due_at <= tx.now() => begin(tx, &row).await?,
        // The clock was set back.
        State::Scheduled => {
            schedule(tx, id, row.due_at).await?;
            return Ok(false);
        }
        State::Sending if !row.gathered => gather(tx, &row).await?,
        State::Sending => deliver(tx, &row).await?,
        _ => return Ok(false),
    };
    announce(tx, id).await?;
    Ok(more)
}

async fn begin(tx: &mut Tx, row: &Row) -> AppResult<bool> {
    move_on(tx, row, Action::Begin, None).await?;
    if row.started_at.is_none() {
        let newest: Option<PersonId> = sqlx::query_scalar("select max(id) from people").fetch_one(&mut **tx).await?;
        sqlx::query("update broadcasts set started_at = $2, newest_person = $3 where id = $1")
            .bind(row.id)
            .bind(tx.now())
            .bind(newest.unwrap_or(PersonId(0)))
            .execute(&mut **tx)
            .await?;
    }
    Ok(true)
}

/// The next people of an audience: those after `after`, but for the sender, by id.
pub(super) async fn people(
    conn: &mut Conn,
    organisation: OrganisationId,
    sender: PersonId,
    audience: Audience,
    after: PersonId,
    most: usize,
) -> AppResult<Vec<PersonId>> {
    let mut query = QueryBuilder::<Db>::new("select p.id from people p");
    match audience {
        Audience::Everyone => {}
        Audience::Role(role) => {
            query.push(" join roles r on r.person_id = p.id and r.role = ").push_bind(role);
        }
        Audience::Room(room) => {
            query.push(" join memberships m on m.person_id = p.id and m.conversation_id = ").push_bind(room);
        }
        Audience::Person(_) => {}
    }
    query.push(" where p.organisation_id = ").push_bind(organisation);
    query.push(" and p.id > ").push_bind(after).push(" and p.id <> ").push_bind(sender);
    if let Audience::Person(person) = audience {
        query.push(" and p.id = ").push_bind(person);
    }
    query.push(" order by p.id limit ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
    Ok(query.build_query_scalar().fetch_all(conn).await?)
}

/// Writes down the next of those it is for.
async fn gather(tx: &mut Tx, row: &Row) -> AppResult<bool> {
    let mut found = people(tx, row.organisation_id, row.sender_id, row.audience()?, row.gathered_to, GATHERED_AT_ONCE).await?;
    let full = found.len() == GATHERED_AT_ONCE;
    // Who came after it began is not meant.
    found.retain(|person| *person <= row.newest_person);
    let now = tx.now();
    let mut added = 0;
    if let Some(last) = found.last() {
        let inserted = QueryBuilder::<Db>::new("insert into broadcast_recipients (broadcast_id, person_id, at) ")
            .push_values(&found, |mut values, person| {
                values.push_bind(row.id).push_bind(person).push_bind(now);
            })
            .push(" on conflict (broadcast_id, person_id) do nothing")
            .build()
            .execute(&mut **tx)
            .await?;
        added = inserted.rows_affected();
        sqlx::query("update broadcasts set gathered_to = $2 where id = $1").bind(row.id).bind(last).execute(&mut **tx).await?;
    }
    let gathered = !full || found.len() < GATHERED_AT_ONCE;
    sqlx::query("update broadcasts set recipients = recipients + $2, gathered = $3 where id = $1")
        .bind(row.id)
        .bind(i64::try_from(added).unwrap_or(i64::MAX))
        .bind(gathered)
        .execute(&mut **tx)
        .await?;
    Ok(true)
}

/// Tells the next of those who wait, and ends it when nobody does.
async fn deliver(tx: &mut Tx, row: &Row) -> AppResult<bool> {
    let waiting: Vec<(PersonId, String)> = sqlx::query_as(
        "select p.id, p.name from broadcast_recipients r join people p on p.id = r.person_id
         where r.broadcast_id = $1 and r.status = 'queued' order by r.person_id limit $2",
    )
    .bind(row.id)
    .bind(TOLD_AT_ONCE)
    .fetch_all(&mut **tx)
    .await?;
    if waiting.is_empty() {
        move_on(tx, row, Action::Finish, None).await?;
        return Ok(false);
    }
    let all: Vec<PersonId> = waiting.iter().map(|(person, _)| *person).collect();
    let willing = inbox::willing(tx, &all, Category::Announcements).await?;
    let refusing: Vec<PersonId> = all.iter().copied().filter(|person| !willing.contains(person)).collect();
    let organisation: String =
        sqlx::query_scalar("select name from organisations where id = $1").bind(row.organisation_id).fetch_one(&mut **tx).await?;
    let templates = Templates::new();
    let mut told = Vec::with_capacity(willing.len());
    for (person, name) in waiting.into_iter().filter(|(person, _)| willing.contains(person)) {
        let title = templates.render("title", &row.title, &name, &organisation)?;
        let text = templates.render("text", &row.text, &name, &organisation)?;
        told.push((person, title, text));
    }
    inbox::notify_each(tx, &told, &news(row)).await?;
    let delivered = mark(tx, row.id, &willing, "delivered").await?;
    let refused = mark(tx, row.id, &refusing, "refused").await?;
    sqlx::query("update broadcasts set delivered = delivered + $2, refused = refused + $3 where id = $1")
        .bind(row.id)
        .bind(delivered)
        .bind(refused)
        .execute(&mut **tx)
        .await?;
    Ok(true)
}

/// What ties a notification to its broadcast; the trigger on `notifications` reads it.
pub(super) fn subject(id: BroadcastId) -> String {
    format!("broadcast:{id}")
}

fn news(row: &Row) -> News {
    News {
        category: Category::Announcements,
        title: String::new(),
        text: String::new(),
        link: if row.link.is_empty() { "/inbox".to_owned() } else { row.link.clone() },
        actor: Some(row.sender_id),
        subject: Some(subject(row.id)),
        thread: None,
        group: None,
    }
}

/// Those who waited have `status` now; how many did.
async fn mark(tx: &mut Tx, id: BroadcastId, people: &[PersonId], status: &'static str) -> AppResult<i64> {
    if people.is_empty() {
        return Ok(0);
    }
    let mut query = QueryBuilder::<Db>::new("update broadcast_recipients set status = ");
    query.push_bind(status).push(", at = ").push_bind(tx.now());
    query.push(" where status = 'queued' and broadcast_id = ").push_bind(id).push(" and person_id in ");
    inbox::push_list(&mut query, people.iter().copied());
    let marked = query.build().execute(&mut **tx).await?.rows_affected();
    Ok(i64::try_from(marked).unwrap_or(i64::MAX))
}
