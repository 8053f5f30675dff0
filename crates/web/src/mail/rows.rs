//! Mails as rows: written by their cause, taken by the job that sends them, and erased when that is over.

use serde_json::json;
use sqlx::FromRow;

use super::{Mail, carrier::Failure, delivery::SEND, verdict::Verdict};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId},
    mail::{MailEvent, MailState, MailsChanged},
    people::Email,
};
use plenum_store::{
    db::{Conn, Tx},
    jobs::{self, Job},
    organisations,
};

/// How often a content is handed over without an answer.
const UNANSWERED: i64 = 2;
/// Mails that are over are listed for so long.
const KEPT: Millis = 30 * 24 * 3_600_000;
/// Rows of one step.
const AT_ONCE: i64 = 500;

/// What came of a mail that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// It is sent when the transaction is committed.
    Waiting,
    /// There is one of its name already.
    Known,
    /// Its address has refused an earlier one for good, so that it is not sent.
    Withheld,
}

/// A mail that is to be sent now.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Letter {
    pub(super) name: String,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: Option<String>,
    pub(super) unsubscribe: Option<String>,
    /// How often it was tried, with this time.
    pub(super) attempts: u32,
    pub(super) created_at: Millis,
}

/// A mail that has not ended.
#[derive(FromRow)]
struct Waiting {
    organisation_id: OrganisationId,
    name: String,
    expires_at: Millis,
    unanswered: i64,
    /// Why its address has refused an earlier one.
    reason: Option<String>,
}

/// The job that sends the mail `id`, which is called `name`.
fn job(id: i64, name: &str, due_at: Millis) -> Job {
    Job { kind: SEND, payload: json!({ "mail": id }), unique_key: Some(format!("{SEND}:{name}")), due_at }
}

/// Writes `mail` down, to be sent once the transaction is committed.
pub async fn enqueue(tx: &mut Tx, mail: Mail) -> AppResult<Enqueued> {
    let now = tx.now();
    let name = mail.name.unwrap_or_else(|| format!("{now}-{:016x}", rand::random::<u64>()));
    let withheld = refusal(tx, mail.organisation, &mail.to).await?;
    let id: Option<i64> = sqlx::query_scalar(
        "insert into mails (organisation_id, name, kind, about, recipient, subject, text, html, unsubscribe, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (name) do nothing returning id",
    )
    .bind(mail.organisation)
    .bind(&name)
    .bind(mail.kind)
    .bind(mail.about)
    .bind(mail.to.as_str())
    .bind(mail.subject)
    .bind(mail.text)
    .bind(mail.html)
    .bind(mail.unsubscribe)
    .bind(now)
    .bind(now + mail.lifetime)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(id) = id else { return Ok(Enqueued::Known) };
    announce(tx, mail.organisation);
    if let Some(reason) = withheld {
        end(tx, id, MailState::Withheld, Some(&reason)).await?;
        return Ok(Enqueued::Withheld);
    }
    jobs::schedule(tx, job(id, &name, now)).await?;
    Ok(Enqueued::Waiting)
}

/// What the address said when it refused a mail of `organisation` for good, if it did.
pub async fn refusal(conn: &mut Conn, organisation: OrganisationId, address: &Email) -> AppResult<Option<String>> {
    Ok(sqlx::query_scalar("select reason from mail_refusals where organisation_id = $1 and address = $2")
        .bind(organisation)
        .bind(address.as_str())
        .fetch_optional(conn)
        .await?)
}

/// Lets `organisation` write to `address` again. False if it may already.
pub async fn allow(tx: &mut Tx, organisation: OrganisationId, address: &str) -> AppResult<bool> {
    let allowed = sqlx::query("delete from mail_refusals where organisation_id = $1 and address = $2");
    let may = allowed.bind(organisation).bind(address).execute(&mut **tx).await?.rows_affected() > 0;
    if may {
        announce(tx, organisation);
    }
    Ok(may)
}

/// Tells the admins who look that something has become of their mails.
fn announce(tx: &mut Tx, organisation: OrganisationId) {
    let at = tx.now();
    tx.announce(organisation, &MailEvent::MailsChanged(MailsChanged { at }));
}

/// Withdraws the mails about something that wait; one that is on its way comes.
pub async fn withdraw(tx: &mut Tx, about: &str) -> AppResult<()> {
    let waiting: Vec<i64> =
        sqlx::query_scalar("select id from mails where about = $1 and state = 'waiting'").bind(about).fetch_all(&mut **tx).await?;
    for id in waiting {
        end(tx, id, MailState::Withdrawn, None).await?;
    }
    Ok(())
}

/// Takes a mail to be sent now; none if it is over.
pub(super) async fn begin(tx: &mut Tx, id: i64) -> AppResult<Option<Letter>> {
    let now = tx.now();
    let waiting: Option<Waiting> = sqlx::query_as(
        "select m.organisation_id, m.name, m.expires_at, m.unanswered, r.reason from mails m
         left join mail_refusals r on r.organisation_id = m.organisation_id and r.address = m.recipient
         where m.id = $1 and m.state = 'waiting'",
    )
    .bind(id)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(waiting) = waiting else { return Ok(None) };
    if organisations::waits(tx, job(id, &waiting.name, now), waiting.organisation_id).await? {
        return Ok(None);
    }
    let over = match waiting {
        Waiting { unanswered, .. } if unanswered >= UNANSWERED => Some((MailState::Unanswered, None)),
        Waiting { expires_at, .. } if expires_at <= now => Some((MailState::Expired, None)),
        Waiting { reason: Some(reason), .. } => Some((MailState::Withheld, Some(reason))),
        Waiting { .. } => None,
    };
    if let Some((state, reason)) = over {
        tracing::warn!(mail.id = id, ?state, "a mail is not sent");
        end(tx, id, state, reason.as_deref()).await?;
        return Ok(None);
    }
    let letter = sqlx::query_as(
        "update mails set attempts = attempts + 1, tried_at = $2 where id = $1
         returning name, recipient, subject, text, html, unsubscribe, attempts, created_at",
    );
    Ok(Some(letter.bind(id).bind(now).fetch_one(&mut **tx).await?))
}

/// Notes that the content is handed over: until there is an answer the mail server may have it.
pub(super) async fn hand_over(tx: &mut Tx, id: i64) -> AppResult<()> {
    let handed = sqlx::query("update mails set unanswered = unanswered + 1 where id = $1 and state = 'waiting' and unanswered < $2");
    let handed = handed.bind(id).bind(UNANSWERED).execute(&mut **tx).await?;
    if handed.rows_affected() == 0 { Err(AppError::conflict("the mail is not to be sent any more")) } else { Ok(()) }
}

/// Writes down what came of a try. `handed` is true if its content was handed over.
pub(super) async fn finish(tx: &mut Tx, id: i64, handed: bool, outcome: Result<(), &Failure>) -> AppResult<()> {
    if handed && outcome.err().is_none_or(|failure| failure.is_certain) {
        sqlx::query("update mails set unanswered = unanswered - 1 where id = $1 and unanswered > 0").bind(id).execute(&mut **tx).await?;
    }
    let Err(failure) = outcome else { return end(tx, id, MailState::Sent, None).await };
    match failure.verdict {
        Verdict::Later => {
            let put_off = sqlx::query_scalar("update mails set error = $2 where id = $1 and state = 'waiting' returning organisation_id");
            if let Some(organisation) = put_off.bind(id).bind(&failure.reason).fetch_optional(&mut **tx).await? {
                announce(tx, organisation);
            }
            Ok(())
        }
        Verdict::Mail => end(tx, id, MailState::Failed, Some(&failure.reason)).await,
        Verdict::Address => {
            sqlx::query(
                "insert into mail_refusals (organisation_id, address, reason, refused_at)
                 select organisation_id, recipient, $2, $3 from mails where id = $1
                 on conflict (organisation_id, address) do update set reason = excluded.reason, refused_at = excluded.refused_at",
            )
            .bind(id)
            .bind(&failure.reason)
            .bind(tx.now())
            .execute(&mut **tx)
            .await?;
            end(tx, id, MailState::Refused, Some(&failure.reason)).await
        }
    }
}

/// Ends a mail that waits, and erases what it says.
async fn end(tx: &mut Tx, id: i64, state: MailState, error: Option<&str>) -> AppResult<()> {
    let ended = sqlx::query_scalar(
        "update mails set state = $2, ended_at = $3, error = $4, subject = '', text = '', html = null, unsubscribe = null
         where id = $1 and state = 'waiting' returning organisation_id",
    );
    if let Some(organisation) = ended.bind(id).bind(state).bind(tx.now()).bind(error).fetch_optional(&mut **tx).await? {
        announce(tx, organisation);
    }
    Ok(())
}

/// Ends mails that are of no use any more, and forgets those that are long over. True if there may be more.
pub async fn tidy(tx: &mut Tx, now: Millis) -> AppResult<bool> {
    let expired: Vec<(i64, Option<String>)> =
        sqlx::query_as("select id, error from mails where state = 'waiting' and expires_at <= $1 order by expires_at limit $2")
            .bind(now)
            .bind(AT_ONCE)
            .fetch_all(&mut **tx)
            .await?;
    for (id, error) in &expired {
        end(tx, *id, MailState::Expired, error.as_deref()).await?;
    }
    let old = sqlx::query("delete from mails where id in (select id from mails where ended_at <= $1 limit $2)")
        .bind(now - KEPT)
        .bind(AT_ONCE)
        .execute(&mut **tx)
        .await?;
    let full = |count: u64| i64::try_from(count).is_ok_and(|count| count >= AT_ONCE);
    Ok(full(expired.len() as u64) || full(old.rows_affected()))
}

#[cfg(test)]
mod tests;
