//! The mail a day of what was not seen.
//!
//! A person's row says when the next one is due. Once a minute those that are due are claimed, some at a time: one transaction moves
//! the row on to the next day and schedules a job for what has come since the last mail, if any of that is unseen. So of two workers
//! one claims, a process that is killed has claimed or not, and each notification is in one mail at the most. The job looks again, so
//! that nothing is mailed that was read meanwhile, and writes the mail down under a name of its own: if it is killed before it could say
//! that it did, the next run finds the mail there.

mod text;

use serde_json::{Value, json};
use sqlx::QueryBuilder;
use strum::VariantArray as _;

use super::{COLUMNS, Row, counts_of, reading, unsubscribe};
use crate::model::{Category, Digest, Notification, Way};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId, PersonId},
    mail::MailKind,
    people::Email,
};
use plenum_live::plenum_auth::AppSecret;
use plenum_store::{
    db::{Conn, Db, Store, Tx, push_list},
    jobs::{self, Job},
    person_is_active, zones,
};
use plenum_web::{
    mail::{self, Mail},
    security::address_at,
};
use text::Letter;

/// The kind of the jobs that send one.
pub const DIGEST: &str = "inbox.digest";
/// A mail that has not come within a day is of no use: the next one is due.
const LIFETIME: Millis = 24 * 3_600_000;
/// People of one step.
const AT_ONCE: i64 = 10;

/// What the links of a mail take.
#[derive(Clone)]
pub struct Post {
    /// Where this server is, for links.
    pub url: String,
    /// Signs the links that stop the mails.
    pub secret: AppSecret,
}

/// Sets whether and when `person`, who has a row, gets the mail. What has come before is in none.
pub(super) async fn set(tx: &mut Tx, person: PersonId, digest: Option<Digest>) -> AppResult<()> {
    let Some(Digest { hour, texts }) = digest else {
        sqlx::query("update inboxes set digest = false, digest_due_at = null where person_id = $1").bind(person).execute(&mut **tx).await?;
        return mail::withdraw(tx, &about(person)).await;
    };
    sqlx::query(
        "update inboxes set digested_to = case when digest then digested_to else head end, digest = true, digest_hour = $2, digest_texts = $3
         where person_id = $1",
    )
    .bind(person)
    .bind(hour)
    .bind(texts)
    .execute(&mut **tx)
    .await?;
    plan(tx, person).await
}

/// What the mails of `person` are withdrawn by.
fn about(person: PersonId) -> String {
    format!("digest:{person}")
}

/// The next mail of `person`, if they want any, comes at its hour of the day where they are now.
pub async fn plan(tx: &mut Tx, person: PersonId) -> AppResult<()> {
    let wanted: Option<(u8, Millis, String)> = sqlx::query_as(
        "select i.digest_hour, i.digested_at, p.time_zone from inboxes i join people p on p.id = i.person_id where i.person_id = $1 and i.digest",
    )
    .bind(person)
    .fetch_optional(&mut **tx)
    .await?;
    let Some((hour, digested_at, zone)) = wanted else { return Ok(()) };
    // One a day, also if the hour is moved behind the mail of today.
    let due = zones::next_hour(&zone, hour, tx.now(), (digested_at > 0).then_some(digested_at));
    sqlx::query("update inboxes set digest_due_at = $2 where person_id = $1").bind(person).bind(due).execute(&mut **tx).await?;
    Ok(())
}

/// Claims all mails that are due.
pub async fn claim_due(store: Store) -> AppResult<()> {
    while store.write(async |tx: &mut Tx| claim(tx).await).await? {}
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Due {
    person_id: PersonId,
    head: i64,
    digested_to: i64,
    digest_due_at: Millis,
}

/// Claims some. True if there may be more.
async fn claim(tx: &mut Tx) -> AppResult<bool> {
    let due: Vec<Due> = sqlx::query_as(
        "select person_id, head, digested_to, digest_due_at from inboxes
         where digest and digest_due_at <= $1 order by digest_due_at limit $2",
    )
    .bind(tx.now())
    .bind(AT_ONCE)
    .fetch_all(&mut **tx)
    .await?;
    let full = i64::try_from(due.len()).is_ok_and(|count| count == AT_ONCE);
    for Due { person_id: person, head, digested_to, digest_due_at } in due {
        if !unseen(tx, person, digested_to, head).await?.is_empty() {
            sqlx::query("update inboxes set digested_at = $2, digested_to = $3 where person_id = $1")
                .bind(person)
                .bind(tx.now())
                .bind(head)
                .execute(&mut **tx)
                .await?;
            let payload = json!({ "person": person, "after": digested_to, "up_to": head, "due": digest_due_at });
            let unique_key = Some(format!("{DIGEST}:{person}:{digest_due_at}"));
            let due_at = tx.now();
            jobs::schedule(tx, Job { kind: DIGEST, payload, unique_key, due_at }).await?;
        }
        plan(tx, person).await?;
    }
    Ok(full)
}

/// What `person` wants in mails, behind number `after` up to `up_to`, and has not seen. The newest first.
async fn unseen(conn: &mut Conn, person: PersonId, after: i64, up_to: i64) -> AppResult<Vec<Notification>> {
    let preferences = reading::preferences(&mut *conn, person).await?;
    let wanted = Category::VARIANTS.iter().copied().filter(|category| preferences.wants(*category, Way::Mail));
    let mut query = QueryBuilder::<Db>::new("select ");
    query.push(COLUMNS).push(" from notifications n left join people p on p.id = n.actor_id where n.person_id = ").push_bind(person);
    query.push(" and n.number > ").push_bind(after).push(" and n.number <= ").push_bind(up_to).push(" and n.category in ");
    push_list(&mut query, wanted);
    query.push(
        " and n.seen_at is null and n.read_at is null and n.archived_at is null and n.snoozed_until is null and n.deleted_at is null
          order by n.number desc",
    );
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(Row::notification).collect())
}

/// Writes the mail of what was claimed, if it is unseen still; the handler of the jobs.
pub async fn send(store: Store, post: Post, payload: Value) -> AppResult<()> {
    let number = |name: &str| payload.get(name).and_then(Value::as_i64).ok_or_else(AppError::internal);
    let (person, after, up_to, due) = (PersonId(number("person")?), number("after")?, number("up_to")?, number("due")?);
    let mut tx = store.read().await?;
    let addressee: Option<(OrganisationId, String, String, String, Option<String>)> = sqlx::query_as(concat!(
        "select o.id, p.email, p.name, o.name, o.host from people p join organisations o on o.id = p.organisation_id where p.id = $1 and ",
        person_is_active!("p"),
    ))
    .bind(person)
    .fetch_optional(&mut *tx)
    .await?;
    // Somebody who has switched it off meanwhile wants no last one.
    let digest = reading::preferences(&mut tx, person).await?.digest;
    let notifications = unseen(&mut tx, person, after, up_to).await?;
    let (counts, _) = counts_of(&mut tx, person).await?;
    drop(tx);
    let (Some((tenant, email, name, organisation, host)), Some(digest)) = (addressee, digest) else { return Ok(()) };
    let (Ok(to), false) = (Email::parse(&email), notifications.is_empty()) else { return Ok(()) };
    let stop = address_at(&post.url, host.as_deref(), &format!("/unsubscribe?token={}", unsubscribe::token(&post.secret, person)));
    let site = address_at(&post.url, host.as_deref(), "");
    let letter = Letter {
        name: &name,
        organisation: &organisation,
        site: &site,
        stop: &stop,
        notifications: &notifications,
        unread: counts.unread,
        texts: digest.texts,
    };
    let mail = Mail::new(tenant, MailKind::Digest, about(person), to, LIFETIME)
        .saying(letter.subject(), letter.text())
        .html(letter.html())
        .list(stop.clone())
        .once(format!("digest-{person}-{due}"));
    let outcome = store.write(async move |tx: &mut Tx| mail::enqueue(tx, mail.clone()).await).await?;
    tracing::info!(person.id = person.0, notifications = notifications.len(), ?outcome, "a digest is to be sent");
    Ok(())
}

#[cfg(test)]
mod tests;
