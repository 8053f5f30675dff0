//! What those who send do: make a broadcast, pause it, let it go on, stop it.

use super::{announce, move_on, own, require, sending, template::Templates};
use crate::{
    activity::Verb,
    error::{AppError, AppResult},
    features::{
        broadcasts::model::{AN_HOUR, Action, Audience, Broadcast, Draft, Letter, State},
        people::model::Email,
    },
    ids::{BroadcastId, ConversationId, Millis, PersonId},
    server::{
        db::{Activity, Conn, Tx},
        jobs,
        sign_ins::Identity,
        zones,
    },
    strings::{broadcasts as words, people::role as role_name},
};

const HOUR: Millis = 3_600_000;

/// Makes a broadcast and schedules it; the transaction's caller sees to it that the same request does so once.
///
/// # Errors
/// 403 unless one is an admin or a manager; 422 `audience`, `title`, `text`, `at`; 429 after ten in an hour.
pub async fn create(tx: &mut Tx, who: &Identity, draft: &Draft) -> AppResult<Broadcast> {
    require(tx, who).await?;
    let now = tx.now();
    pace(tx, who.person, now).await?;
    let audience_name = name(tx, who, draft.audience).await?;
    let templates = Templates::new();
    templates.check("title", &draft.title)?;
    templates.check("text", &draft.text)?;
    let due_at = draft.due_at(now)?;
    let id: BroadcastId = sqlx::query_scalar(
        "insert into broadcasts (organisation_id, sender_id, audience, audience_name, title, text, link, state, due_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id",
    )
    .bind(who.organisation)
    .bind(who.person)
    .bind(draft.audience.to_string())
    .bind(&audience_name)
    .bind(&draft.title)
    .bind(&draft.text)
    .bind(&draft.link)
    .bind(State::Scheduled)
    .bind(due_at)
    .bind(now)
    .fetch_one(&mut **tx)
    .await?;
    let details = serde_json::json!({ "audience": audience_name });
    tx.record(Activity::by(who, Verb::BroadcastCreated, id.0).named(&draft.title).with(details)).await?;
    sending::schedule(tx, id, due_at).await?;
    announce(tx, id).await
}

/// 429 with the time to wait, if `sender` has made ten in the last hour.
async fn pace(conn: &mut Conn, sender: PersonId, now: Millis) -> AppResult<()> {
    let limit = i64::try_from(AN_HOUR).unwrap_or(i64::MAX);
    let times: Vec<Millis> = sqlx::query_scalar(
        "select created_at from broadcasts where sender_id = $1 and created_at > $2 order by created_at desc, id desc limit $3",
    )
    .bind(sender)
    .bind(now - HOUR)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    match times.last() {
        Some(oldest) if times.len() >= AN_HOUR => {
            let wait = (oldest + HOUR - now).max(1).unsigned_abs().div_ceil(1_000);
            Err(AppError::too_many(u32::try_from(wait).unwrap_or(u32::MAX)))
        }
        _ => Ok(()),
    }
}

/// What an audience is called.
///
/// # Errors
/// 422 `audience` if it is not there, not for `who`, or nobody but themselves.
pub(super) async fn name(conn: &mut Conn, who: &Identity, audience: Audience) -> AppResult<String> {
    let missing = || AppError::invalid("audience", "There is no such room or person here.");
    match audience {
        Audience::Everyone => Ok(words::EVERYONE.to_owned()),
        Audience::Role(role) => Ok(role_name(role).to_owned()),
        Audience::Person(person) if person == who.person => {
            Err(AppError::invalid("audience", "Nobody is told of what they do themselves. Choose somebody else."))
        }
        Audience::Person(person) => {
            let name: Option<String> = sqlx::query_scalar("select name from people where id = $1 and organisation_id = $2")
                .bind(person)
                .bind(who.organisation)
                .fetch_optional(conn)
                .await?;
            name.ok_or_else(missing)
        }
        Audience::Room(room) => rooms(conn, who, Some(room)).await?.pop().map(|(_, name)| name).ok_or_else(missing),
    }
}

/// The rooms that `who` can send to: the open ones, and those they are in; or the one that is asked for, if it is among them.
pub(super) async fn rooms(conn: &mut Conn, who: &Identity, only: Option<ConversationId>) -> AppResult<Vec<(ConversationId, String)>> {
    let rooms = sqlx::query_as(
        "select id, name from conversations c where organisation_id = $1 and kind = 'room' and (access = 'open' or exists
           (select 1 from memberships m where m.conversation_id = c.id and m.person_id = $2)) and id = coalesce($3, id) order by name, id",
    );
    Ok(rooms.bind(who.organisation).bind(who.person).bind(only).fetch_all(conn).await?)
}

/// Reads what was entered in the form; its time is in the zone of `who`.
///
/// # Errors
/// 422 `audience`, `email`, `title`, `text`, `link` or `at`.
pub async fn read_letter(conn: &mut Conn, who: &Identity, letter: &Letter) -> AppResult<Draft> {
    let at = match letter.at.trim() {
        "" => None,
        text => {
            let zone: String =
                sqlx::query_scalar("select time_zone from people where id = $1").bind(who.person).fetch_one(&mut *conn).await?;
            let wrong = || AppError::invalid("at", "Enter a date and a time, or leave it empty to send at once.");
            Some(zones::instant(&zone, text).ok_or_else(wrong)?)
        }
    };
    let audience = match letter.audience.as_str() {
        "person" => Audience::Person(person_at(conn, who, "email", &letter.email).await?),
        text => text.parse()?,
    };
    Draft::parse(audience, &letter.title, &letter.text, &letter.link, at)
}

/// The person of the organisation with the address that was entered in `field`.
///
/// # Errors
/// 422 `field`.
pub async fn person_at(conn: &mut Conn, who: &Identity, field: &'static str, email: &str) -> AppResult<PersonId> {
    let missing = || AppError::invalid(field, "There is nobody with this address here.");
    let email = Email::parse(email).map_err(|_| missing())?;
    let found: Option<PersonId> = sqlx::query_scalar("select id from people where organisation_id = $1 and email = $2")
        .bind(who.organisation)
        .bind(email.as_str())
        .fetch_optional(conn)
        .await?;
    found.ok_or_else(missing)
}

/// Pauses, resumes or cancels a broadcast.
///
/// # Errors
/// 403; 404; 409 if that cannot be done to it any more.
pub async fn act(tx: &mut Tx, who: &Identity, id: BroadcastId, action: Action) -> AppResult<Broadcast> {
    require(tx, who).await?;
    let row = own(tx, who, id).await?;
    match move_on(tx, &row, action, Some(who.person)).await? {
        State::Scheduled => {
            let due_at = row.due_at.max(tx.now());
            sending::schedule(tx, id, due_at).await?;
        }
        // A run that is on its way finds the state and leaves it.
        _ => jobs::cancel(tx, &sending::key(id)).await?,
    }
    announce(tx, id).await
}
