//! How mail goes: for "Is it well?", for the admins, and for pages that promise one.

use sqlx::FromRow;

use crate::settings;
use plenum_core::{
    error::AppResult,
    ids::{Millis, OrganisationId},
    mail::{MailKind, MailState, MailWay},
};
use plenum_store::db::Conn;

/// What is lately.
pub const LATELY: Millis = 24 * 3_600_000;

/// How mail goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
pub struct Figures {
    /// To be sent, for the first time or again.
    pub waiting: i64,
    /// When the oldest of these was written.
    pub waiting_since: Option<Millis>,
    /// Of these, whose last try failed.
    pub retrying: i64,
    /// Of these, that are not tried any more unless somebody asks for it.
    pub given_up: i64,
    /// Why one of these failed.
    pub error: Option<String>,
    /// Sent lately.
    pub sent: i64,
    /// Whose address was refused lately.
    pub refused: i64,
    /// That failed, expired or were not answered lately.
    pub failed: i64,
}

/// How the mail of `organisation`, or of all of them, goes.
pub async fn figures(conn: &mut Conn, organisation: Option<OrganisationId>, now: Millis) -> AppResult<Figures> {
    Ok(sqlx::query_as(
        "select coalesce(sum(case when m.state = 'waiting' then 1 else 0 end), 0) as waiting,
                min(case when m.state = 'waiting' then m.created_at end) as waiting_since,
                coalesce(sum(case when m.state = 'waiting' and m.error is not null then 1 else 0 end), 0) as retrying,
                coalesce(sum(case when m.state = 'waiting' and j.id is null then 1 else 0 end), 0) as given_up,
                max(case when m.state = 'waiting' then m.error end) as error,
                coalesce(sum(case when m.state = 'sent' then 1 else 0 end), 0) as sent,
                coalesce(sum(case when m.state = 'refused' then 1 else 0 end), 0) as refused,
                coalesce(sum(case when m.state in ('failed', 'expired', 'unanswered') then 1 else 0 end), 0) as failed
         from mails m left join jobs j on m.state = 'waiting' and j.unique_key = 'mail.send:' || m.name
         where (m.state = 'waiting' or m.ended_at > $1) and (cast($2 as bigint) is null or m.organisation_id = $2)",
    )
    .bind(now - LATELY)
    .bind(organisation)
    .fetch_one(conn)
    .await?)
}

/// Whether mail leaves, as far as the last try shows.
pub async fn way(conn: &mut Conn, settings: &settings::Mail) -> AppResult<MailWay> {
    if !settings.is_sent() {
        return Ok(MailWay::Folder);
    }
    let failed: Option<bool> = sqlx::query_scalar(
        "select state = 'waiting' and error is not null from mails where tried_at is not null order by tried_at desc limit 1",
    )
    .fetch_optional(conn)
    .await?;
    Ok(if failed.unwrap_or_default() { MailWay::Delayed } else { MailWay::Sends })
}

/// A mail in the list of the admins.
#[derive(Debug, Clone, FromRow)]
pub struct Listed {
    /// Its row.
    pub id: i64,
    /// What it is for.
    pub kind: MailKind,
    /// How far it has come.
    pub state: MailState,
    /// To whom.
    pub recipient: String,
    /// How often it was tried.
    pub attempts: u32,
    /// An earlier try was handed over and not answered: it may have come twice.
    pub perhaps_twice: bool,
    /// It waits, and is not tried any more.
    pub given_up: bool,
    /// Why the last try failed.
    pub error: Option<String>,
    /// When it was written.
    pub created_at: Millis,
}

/// The newest `most` mails of an organisation.
pub async fn newest(conn: &mut Conn, organisation: OrganisationId, most: i64) -> AppResult<Vec<Listed>> {
    let mails = sqlx::query_as(
        "select m.id, m.kind, m.state, m.recipient, m.attempts, m.state = 'sent' and m.unanswered > 0 as perhaps_twice,
                m.state = 'waiting' and j.id is null as given_up, m.error, m.created_at
         from mails m left join jobs j on m.state = 'waiting' and j.unique_key = 'mail.send:' || m.name
         where m.organisation_id = $1 order by m.id desc limit $2",
    );
    Ok(mails.bind(organisation).bind(most).fetch_all(conn).await?)
}

/// An address that is not written to.
#[derive(Debug, Clone, FromRow)]
pub struct Refused {
    /// The address.
    pub address: String,
    /// What the mail server said.
    pub reason: String,
    /// When.
    pub refused_at: Millis,
}

/// The addresses that `organisation` does not write to, the newest `most`.
pub async fn refused(conn: &mut Conn, organisation: OrganisationId, most: i64) -> AppResult<Vec<Refused>> {
    let refused = sqlx::query_as(
        "select address, reason, refused_at from mail_refusals where organisation_id = $1 order by refused_at desc, address limit $2",
    );
    Ok(refused.bind(organisation).bind(most).fetch_all(conn).await?)
}
