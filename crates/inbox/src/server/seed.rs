//! What the seeds need: what they tell was told a while ago, and some of it was seen, read, put away and put off since.

use super::snooze;
use plenum_core::{
    error::AppResult,
    ids::{Millis, NotificationId, PersonId},
};
use plenum_store::db::Tx;

const MINUTE: Millis = 60_000;
/// How long it took somebody who was here to see something, and to read it.
const SEEN_AFTER: Millis = 5 * MINUTE;
const READ_AFTER: Millis = 20 * MINUTE;
/// When what was put off comes back.
const PUT_OFF: Millis = 20 * 60 * MINUTE;

/// What this transaction has told and not dated yet happened at `at`.
pub async fn notified_at(tx: &mut Tx, at: Millis) -> AppResult<()> {
    sqlx::query("update notifications set created_at = $1 where created_at = $2").bind(at).bind(tx.now()).execute(&mut **tx).await?;
    Ok(())
}

/// `person` was here last at `here`, and away for long before, `(since, back)`, if they were.
pub async fn seed_absence(tx: &mut Tx, person: PersonId, here: Millis, absence: Option<(Millis, Millis)>) -> AppResult<()> {
    let (since, back) = absence.unzip();
    sqlx::query(
        "insert into inboxes (person_id, here_at, away_since, back_at) values ($1, $2, $3, $4)
         on conflict (person_id) do update set here_at = excluded.here_at, away_since = excluded.away_since, back_at = excluded.back_at",
    )
    .bind(person)
    .bind(here)
    .bind(since)
    .bind(back)
    .execute(&mut **tx)
    .await?;
    let newest = "coalesce((select max(number) from notifications n where n.person_id = inboxes.person_id and n.created_at <= $2), 0)";
    for (column, at) in [("here_number", Some(here)), ("away_number", since)] {
        sqlx::query(sqlx::AssertSqlSafe(format!("update inboxes set {column} = {newest} where person_id = $1")))
            .bind(person)
            .bind(at)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Brings what was told into all states that there are: what came while somebody was here was seen, what is read was read a little
/// after it came; of what somebody has read the oldest is put away, and the newest put off.
pub async fn settle(tx: &mut Tx) -> AppResult<()> {
    let now = tx.now();
    sqlx::query(
        "update notifications set read_at = case when created_at + $2 < $1 then created_at + $2 else $1 end,
           seen_at = case when created_at + $3 < $1 then created_at + $3 else $1 end
         where read_at is not null",
    )
    .bind(now)
    .bind(READ_AFTER)
    .bind(SEEN_AFTER)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "update notifications set seen_at = created_at + $1
         where seen_at is null and created_at + $1 <= (select here_at from inboxes i where i.person_id = notifications.person_id)",
    )
    .bind(SEEN_AFTER)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "update notifications set archived_at = read_at
         where id in (select min(id) from notifications where read_at is not null group by person_id having count(*) > 1)",
    )
    .execute(&mut **tx)
    .await?;
    let put_off: Vec<(NotificationId, PersonId)> = sqlx::query_as(
        "select max(id), person_id from notifications where read_at is not null and archived_at is null group by person_id having count(*) > 2",
    )
    .fetch_all(&mut **tx)
    .await?;
    for (id, person) in put_off {
        snooze(tx, person, id, now + PUT_OFF).await?;
    }
    Ok(())
}
