//! Erasing the name and the address of somebody who was removed from what says them in words. Most places name people by their id, and
//! need nothing; here are those that do not. Tables are walked through by their keys, some rows a write.

use sqlx::QueryBuilder;

use super::steps::{Departure, Reached};
use plenum_core::{channels::Channel, error::AppResult, people::FORMER_MEMBER};
use plenum_messages::spaces::server as spaces;
use plenum_store::{
    db::{Db, Store, Tx, push_list},
    log::{self, Doomed},
};

/// Rows of a table that one step looks at.
const WALKED: i64 = 1_000;
/// Rows of their own that one step deletes.
const DELETED: i64 = 200;
/// People whose stored replies one step looks at.
const PEOPLE: i64 = 100;
/// Channels whose log one step looks at.
const CHANNELS: i64 = 10;
/// Rows of the log that one step removes.
const LOGGED: usize = 500;

/// The pattern of a text that contains `part`.
fn containing(part: &str) -> String {
    let mut pattern = String::from("%");
    for letter in part.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// As it stands within JSON.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted).to_owned()
}

/// What is looked for, and what takes its place.
fn said(departure: &Departure) -> [(String, &'static str); 2] {
    [(departure.name.clone(), FORMER_MEMBER), (departure.email.clone(), "")]
}

/// What belongs to the person alone: notifications, settings, mails, replies, the invitation that they came with.
pub(super) async fn own(tx: &mut Tx, departure: &Departure) -> AppResult<Reached> {
    let person = departure.person_id;
    for some in [
        "delete from notifications where id in (select id from notifications where person_id = $1 limit $2)",
        "delete from idempotency where person_id = $1 and key in (select key from idempotency where person_id = $1 limit $2)",
    ] {
        let deleted = sqlx::query(some).bind(person).bind(DELETED).execute(&mut **tx).await?;
        if deleted.rows_affected() > 0 {
            return Ok(Reached::Place(departure.place));
        }
    }
    for all in [
        "delete from inboxes where person_id = $1",
        "delete from notification_refusals where person_id = $1",
        "delete from password_resets where person_id = $1",
    ] {
        sqlx::query(all).bind(person).execute(&mut **tx).await?;
    }
    spaces::leave_doors(tx, person).await?;
    for addressed in [
        "delete from mails where organisation_id = $1 and recipient = $2",
        "delete from mail_refusals where organisation_id = $1 and address = $2",
        "delete from invitations where organisation_id = $1 and email = $2 and used_by is null",
        "update invitations set email = null where organisation_id = $1 and email = $2",
    ] {
        sqlx::query(addressed).bind(departure.organisation_id).bind(&departure.email).execute(&mut **tx).await?;
    }
    let audience = format!("person:{person}");
    sqlx::query("update broadcasts set audience_name = $3 where organisation_id = $1 and audience = $2")
        .bind(departure.organisation_id)
        .bind(&audience)
        .bind(FORMER_MEMBER)
        .execute(&mut **tx)
        .await?;
    sqlx::query("update broadcast_series set audience_name = $3 where organisation_id = $1 and audience_name = $2")
        .bind(departure.organisation_id)
        .bind(&departure.name)
        .bind(FORMER_MEMBER)
        .execute(&mut **tx)
        .await?;
    Ok(Reached::End)
}

/// The last key of the next rows behind `place`, if there are any.
async fn walk(tx: &mut Tx, statement: &'static str, place: i64, most: i64) -> AppResult<Option<i64>> {
    Ok(sqlx::query_scalar(statement).bind(place).bind(most).fetch_one(&mut **tx).await?)
}

/// What tells others of them.
pub(super) async fn notifications(tx: &mut Tx, departure: &Departure) -> AppResult<Reached> {
    let rows = "select max(id) from (select id from notifications where id > $1 order by id limit $2) as walked";
    let Some(last) = walk(tx, rows, departure.place, WALKED).await? else { return Ok(Reached::End) };
    for (text, instead) in said(departure) {
        sqlx::query(
            "update notifications set title = replace(title, $3, $4), text = replace(text, $3, $4), place = replace(place, $3, $4)
             where id > $1 and id <= $2
               and (title like $5 escape '\\' or text like $5 escape '\\' or place like $5 escape '\\')",
        )
        .bind(departure.place)
        .bind(last)
        .bind(&text)
        .bind(instead)
        .bind(containing(&text))
        .execute(&mut **tx)
        .await?;
    }
    Ok(Reached::Place(last))
}

/// What was recorded stays, and says "A former member".
pub(super) async fn activity(tx: &mut Tx, departure: &Departure) -> AppResult<Reached> {
    let rows = "select max(id) from (select id from activity where id > $1 order by id limit $2) as walked";
    let Some(last) = walk(tx, rows, departure.place, WALKED).await? else { return Ok(Reached::End) };
    // What they were called before that.
    sqlx::query("update activity set details = $4 where id > $1 and id <= $2 and verb = 'person.renamed' and subject_id = $3")
        .bind(departure.place)
        .bind(last)
        .bind(departure.person_id)
        .bind(serde_json::json!({ "from": FORMER_MEMBER }).to_string())
        .execute(&mut **tx)
        .await?;
    sqlx::query("update activity set subject_name = $4 where id > $1 and id <= $2 and subject_kind = 'person' and subject_id = $3")
        .bind(departure.place)
        .bind(last)
        .bind(departure.person_id)
        .bind(FORMER_MEMBER)
        .execute(&mut **tx)
        .await?;
    for (text, instead) in said(departure) {
        let within = in_json(&text);
        sqlx::query(
            "update activity set subject_name = replace(subject_name, $3, $4), details = replace(details, $5, $4)
             where id > $1 and id <= $2 and (subject_name like $6 escape '\\' or details like $7 escape '\\')",
        )
        .bind(departure.place)
        .bind(last)
        .bind(&text)
        .bind(instead)
        .bind(&within)
        .bind(containing(&text))
        .bind(containing(&within))
        .execute(&mut **tx)
        .await?;
    }
    Ok(Reached::Place(last))
}

/// Replies to others that are stored for a day.
pub(super) async fn replies(tx: &mut Tx, departure: &Departure) -> AppResult<Reached> {
    let rows = "select max(person_id) from (select distinct person_id from idempotency where person_id > $1 order by person_id limit $2) as walked";
    let Some(last) = walk(tx, rows, departure.place, PEOPLE).await? else { return Ok(Reached::End) };
    for (text, instead) in said(departure) {
        let within = in_json(&text);
        sqlx::query(
            "update idempotency set reply = replace(reply, $3, $4) where person_id > $1 and person_id <= $2 and reply like $5 escape '\\'",
        )
        .bind(departure.place)
        .bind(last)
        .bind(&within)
        .bind(instead)
        .bind(containing(&within))
        .execute(&mut **tx)
        .await?;
    }
    Ok(Reached::Place(last))
}

/// Rows of some channels' log that say them, and the last of these channels.
#[derive(Debug, Clone, Default)]
pub(super) struct Logged {
    rows: Doomed,
    /// Behind which place was looked; none if nobody did.
    from: Option<i64>,
    last: Option<i64>,
}

/// Looks for them, outside the writer.
pub(super) async fn logged(store: &Store, departure: &Departure) -> AppResult<Logged> {
    let mut tx = store.read().await?;
    let channels: Vec<i64> = sqlx::query_scalar("select id from channels where id > $1 order by id limit $2")
        .bind(departure.place)
        .bind(CHANNELS)
        .fetch_all(&mut *tx)
        .await?;
    let Some(last) = channels.last().copied() else { return Ok(Logged { from: Some(departure.place), ..Logged::default() }) };
    let own = Channel::Person(departure.person_id).to_string();
    let mut query =
        QueryBuilder::<Db>::new("select l.channel_id, l.seq from live_log l join channels c on c.id = l.channel_id where c.application = ");
    query.push_bind(log::OWN_APPLICATION).push(" and (c.name = ").push_bind(own);
    for (text, _) in said(departure) {
        query.push(" or l.data like ").push_bind(containing(&in_json(&text))).push(" escape '\\'");
    }
    query.push(") and l.channel_id in ");
    push_list(&mut query, channels);
    query.push(" order by l.channel_id, l.seq");
    let rows = query.build_query_as().fetch_all(&mut *tx).await?;
    Ok(Logged { rows, from: Some(departure.place), last: Some(last) })
}

/// Removes rows of the log, and raises its floor: whoever comes back from before them takes a fresh snapshot.
pub(super) async fn log(tx: &mut Tx, departure: &Departure, logged: &Logged) -> AppResult<Reached> {
    if logged.from != Some(departure.place) {
        return Ok(Reached::Place(departure.place));
    }
    let Some(last) = logged.last else { return Ok(Reached::End) };
    let some = logged.rows.get(..LOGGED).unwrap_or(&logged.rows);
    log::remove(tx, some).await?;
    // The rest is found again.
    Ok(Reached::Place(if some.len() < logged.rows.len() { departure.place } else { last }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_it_is_stored() {
        assert_eq!(containing("50%_\\"), "%50\\%\\_\\\\%");
        assert_eq!(in_json("O’Neil \"Ace\""), "O’Neil \\\"Ace\\\"");
    }
}
