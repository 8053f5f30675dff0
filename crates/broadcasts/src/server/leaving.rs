//! Passes the broadcasts of a suspended or removed person on to another sender, or cancels them.

use super::{announce, move_on, row, sending, series};
use crate::model::Action;
use plenum_core::{
    error::AppResult,
    ids::{BroadcastId, PersonId},
};
use plenum_store::{
    db::{Conn, Tx},
    jobs,
};

/// The broadcasts of the person of the first parameter that are not over.
macro_rules! not_over {
    () => {
        "from broadcasts where sender_id = $1 and state in ('scheduled', 'sending', 'deciding', 'paused')"
    };
}

/// How many broadcasts of `person` are not over, and how many are repeated.
pub async fn open_of(conn: &mut Conn, person: PersonId) -> AppResult<i64> {
    let once: i64 = sqlx::query_scalar(concat!("select count(*) ", not_over!())).bind(person).fetch_one(&mut *conn).await?;
    Ok(once + series::open_of(conn, person).await?)
}

/// The next broadcast of `person` that is not over passes to `successor`, or is cancelled. False if there is none.
pub async fn close_next(tx: &mut Tx, person: PersonId, successor: Option<PersonId>) -> AppResult<bool> {
    if series::close_next(tx, person, successor).await? {
        return Ok(true);
    }
    let next: Option<BroadcastId> =
        sqlx::query_scalar(concat!("select id ", not_over!(), " order by id limit 1")).bind(person).fetch_optional(&mut **tx).await?;
    let Some(id) = next else { return Ok(false) };
    match successor {
        Some(successor) => {
            sqlx::query("update broadcasts set sender_id = $2 where id = $1").bind(id).bind(successor).execute(&mut **tx).await?;
        }
        None => {
            let Some(row) = row(tx, id).await? else { return Ok(false) };
            move_on(tx, &row, Action::Cancel, None).await?;
            jobs::cancel(tx, &sending::key(id)).await?;
        }
    }
    announce(tx, id).await?;
    Ok(true)
}
