//! Telling those whose time has come: each their variant, in their own words.

use std::collections::HashMap;

use sqlx::QueryBuilder;

use super::{Row, announce, deciding, moments, move_on, rendering::Templates, row, sending};
use crate::model::{Action, Moment, State, Variant};
use plenum_core::{
    error::AppResult,
    ids::{BroadcastId, Millis, PersonId},
};
use plenum_inbox::{model::Category, server as inbox, server::News};
use plenum_store::{
    active,
    db::{Conn, Db, Tx, now, push_list},
};

/// Characters of a reason at the most.
const REASON_CHARS: usize = 200;

/// The next whose time has come.
pub(super) const WAITING: &str = "select r.person_id, p.name, r.variant from broadcast_recipients r join people p on p.id = r.person_id
     where r.broadcast_id = $1 and r.status = 'queued' and r.due_at <= $2 order by r.due_at, r.person_id limit $3";
/// When the next one's time comes.
pub(super) const NEXT: &str = "select min(due_at) from broadcast_recipients where broadcast_id = $1 and status = 'queued'";

/// One who waits: who they are, what they are called, and which variant is theirs.
type Waiting = (PersonId, String, u8);

/// What is to be said to each of those whose time has come, as far as it could be rendered.
#[derive(Debug, Clone, Default)]
pub struct Letters(HashMap<PersonId, Letter>);

/// Title and text for somebody, of the variant with this number.
#[derive(Debug, Clone)]
struct Letter {
    variant: u8,
    words: AppResult<(String, String)>,
}

/// Renders what the next step of a broadcast says, before the write, so that no template holds the writer (I33). Nothing, if the next
/// step tells nobody.
pub(super) async fn render(conn: &mut Conn, id: BroadcastId, people: usize) -> AppResult<Letters> {
    let Some(row) = row(conn, id).await?.filter(|row| row.state == State::Sending && row.gathered) else { return Ok(Letters::default()) };
    let (waiting, variants) = (waiting(conn, id, people, now()).await?, row.variants(conn).await?);
    let organisation: String =
        sqlx::query_scalar("select name from organisations where id = $1").bind(row.organisation_id).fetch_one(conn).await?;
    let templates = Templates::new();
    let letter = |(person, name, number): Waiting| {
        let variant = variants.get(usize::from(number))?;
        let words = templates.render_words(&variant.words, &name, &organisation);
        Some((person, Letter { variant: number, words }))
    };
    Ok(Letters(waiting.into_iter().filter_map(letter).collect()))
}

/// Delivers a broadcast to its next recipients, at most `people` of them, with the texts in `letters`; returns how many got it. A recipient
/// whose time came after the letters were rendered gets theirs in the next step. Without recipients that are due, the broadcast waits for
/// the next one's time or for the winning variant, or it is over.
pub(super) async fn deliver(tx: &mut Tx, row: &Row, people: usize, letters: &Letters) -> AppResult<usize> {
    let at = tx.now();
    let waiting = waiting(tx, row.id, people, at).await?;
    if waiting.is_empty() {
        return rest(tx, row).await.map(|()| 0);
    }
    let all: Vec<PersonId> = waiting.iter().map(|(person, ..)| *person).collect();
    // Recipients that were suspended meanwhile get no notification.
    let active = active::only_active(tx, &all).await?;
    let willing = inbox::willing(tx, &active, Category::Announcements).await?;
    let mut delivered = 0;
    for (number, variant) in (0_u8..).zip(row.variants(tx).await?) {
        let (mut told, mut refusing) = (Vec::new(), Vec::new());
        for (person, ..) in waiting.iter().filter(|(.., of)| *of == number) {
            if !willing.contains(person) {
                refusing.push(*person);
                continue;
            }
            match letters.0.get(person).filter(|letter| letter.variant == number).map(|letter| &letter.words) {
                Some(Ok((title, text))) => told.push((*person, title.clone(), text.clone())),
                // What is right for all others can be wrong for one.
                Some(Err(error)) => fail(tx, row.id, (*person, number), &error.message).await?,
                None => {}
            }
        }
        inbox::notify_each(tx, &told, &news(row, &variant)).await?;
        let mut query = QueryBuilder::<Db>::new("update broadcast_recipients set status = 'delivered', delivered_at = ");
        query.push_bind(at);
        delivered += mark(tx, query, (row.id, number), "delivered", told.iter().map(|(person, ..)| *person).collect()).await?;
        let query = QueryBuilder::<Db>::new("update broadcast_recipients set status = 'refused'");
        mark(tx, query, (row.id, number), "refused", refusing).await?;
    }
    moments::add(tx, row, Moment { delivered, ..Moment::default() }).await?;
    Ok(waiting.len())
}

async fn waiting(conn: &mut Conn, id: BroadcastId, most: usize, now: Millis) -> AppResult<Vec<Waiting>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    Ok(sqlx::query_as(WAITING).bind(id).bind(now).bind(most).fetch_all(conn).await?)
}

/// What is to be done when nobody's time has come.
async fn rest(tx: &mut Tx, row: &Row) -> AppResult<()> {
    let next: Option<Millis> = sqlx::query_scalar(NEXT).bind(row.id).fetch_one(&mut **tx).await?;
    if let Some(at) = next {
        sqlx::query("update broadcasts set next_at = $2 where id = $1").bind(row.id).bind(at).execute(&mut **tx).await?;
        sending::schedule(tx, row.id, at).await?;
    } else if row.held > 0 {
        deciding::wait(tx, row).await?;
    } else {
        move_on(tx, row, Action::Finish, None).await?;
    }
    Ok(())
}

/// What ties a notification to its broadcast; the trigger on `notifications` reads it.
pub(super) fn subject(id: BroadcastId) -> String {
    format!("broadcast:{id}")
}

fn news(row: &Row, variant: &Variant) -> News {
    let link = &variant.words.link;
    News {
        category: Category::Announcements,
        title: String::new(),
        text: String::new(),
        link: if link.is_empty() { "/inbox".to_owned() } else { link.clone() },
        actor: Some(row.sender_id),
        subject: Some(subject(row.id)),
        thread: None,
        group: None,
    }
}

/// Those of `people` who waited have the status that `update` sets; they are counted with their variant. How many they were.
async fn mark(
    tx: &mut Tx,
    mut update: QueryBuilder<Db>,
    (id, variant): (BroadcastId, u8),
    status: &'static str,
    people: Vec<PersonId>,
) -> AppResult<u32> {
    if people.is_empty() {
        return Ok(0);
    }
    update.push(" where status = 'queued' and broadcast_id = ").push_bind(id).push(" and person_id in ");
    push_list(&mut update, people);
    let marked = update.build().execute(&mut **tx).await?.rows_affected();
    let mut count = QueryBuilder::<Db>::new("update broadcast_variants set ");
    count.push(status).push(" = ").push(status).push(" + ").push_bind(i64::try_from(marked).unwrap_or(i64::MAX));
    count.push(" where broadcast_id = ").push_bind(id).push(" and number = ").push_bind(variant);
    count.build().execute(&mut **tx).await?;
    Ok(u32::try_from(marked).unwrap_or(u32::MAX))
}

/// Something stands in the way of telling this person; the others are told.
async fn fail(tx: &mut Tx, id: BroadcastId, (person, variant): (PersonId, u8), reason: &str) -> AppResult<()> {
    let reason: String = reason.chars().take(REASON_CHARS).collect();
    let mut query = QueryBuilder::<Db>::new("update broadcast_recipients set status = 'failed', reason = ");
    query.push_bind(reason.clone());
    mark(tx, query, (id, variant), "failed", vec![person]).await?;
    sqlx::query("update broadcasts set failure = $2 where id = $1").bind(id).bind(reason).execute(&mut **tx).await?;
    Ok(())
}

/// Leaves out the next of those whose time has come: the database refuses to tell them. False if there is none.
///
/// # Errors
/// If the database refuses this, too.
pub(super) async fn leave_out(tx: &mut Tx, id: BroadcastId, reason: &str) -> AppResult<bool> {
    match row(tx, id).await? {
        Some(row) if row.state == State::Sending && row.gathered => {}
        _ => return Ok(false),
    }
    let now = tx.now();
    let Some((person, _, variant)) = waiting(tx, id, 1, now).await?.pop() else { return Ok(false) };
    tracing::warn!(broadcast.id = %id, person.id = %person, "a recipient cannot be told and is left out");
    fail(tx, id, (person, variant), reason).await?;
    announce(tx, id).await?;
    Ok(true)
}

/// How many there are of each variant.
pub(super) fn by_variant(variants: &[u8]) -> Vec<(u8, u32)> {
    let mut counts: Vec<(u8, u32)> = Vec::new();
    for variant in variants {
        match counts.iter_mut().find(|(known, _)| known == variant) {
            Some((_, count)) => *count += 1,
            None => counts.push((*variant, 1)),
        }
    }
    counts
}
