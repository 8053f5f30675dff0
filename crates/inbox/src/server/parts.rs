//! The subjects that a notification stands for, and its removal when they are undone.
//!
//! One that stands for several things of one group knows each: it goes with the last of them, in whatever order they are undone.

use sqlx::QueryBuilder;

use super::{announce, announce_gone};
use crate::{live::InboxEvent, model::Category};
use plenum_core::{
    error::AppResult,
    ids::{NotificationId, PersonId},
};
use plenum_store::db::{Conn, Db, Tx, push_list};

/// Adds `subject` to what these notifications stand for.
pub(super) async fn add(tx: &mut Tx, ids: &[NotificationId], subject: &str) -> AppResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    QueryBuilder::<Db>::new("insert into notification_parts (subject, notification_id) ")
        .push_values(ids, |mut row, id| {
            row.push_bind(subject).push_bind(id);
        })
        .push(" on conflict do nothing")
        .build()
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Removes the notifications of `subject`, which was undone; a notification of several subjects counts one less.
pub async fn retract(tx: &mut Tx, subject: &str) -> AppResult<()> {
    let mut ids: Vec<NotificationId> = sqlx::query_scalar("delete from notification_parts where subject = $1 returning notification_id")
        .bind(subject)
        .fetch_all(&mut **tx)
        .await?;
    ids.extend(
        sqlx::query_scalar::<_, NotificationId>("select id from notifications where subject = $1")
            .bind(subject)
            .fetch_all(&mut **tx)
            .await?,
    );
    ids.sort_unstable();
    ids.dedup();
    let mut last = QueryBuilder::<Db>::new("delete from notifications where count <= 1 and id in ");
    push_list(&mut last, ids.iter().copied());
    let gone: Vec<(PersonId, NotificationId)> = last.push(" returning person_id, id").build_query_as().fetch_all(&mut **tx).await?;
    // The text is of the newest of them.
    let mut one_of_several = QueryBuilder::<Db>::new("update notifications set count = count - 1, text = case when subject = ");
    one_of_several.push_bind(subject).push(" then '' else text end, subject = case when subject = ").push_bind(subject);
    one_of_several.push(" then null else subject end where id in ");
    push_list(&mut one_of_several, ids.iter().copied());
    let fewer: Vec<NotificationId> = one_of_several.push(" returning id").build_query_scalar().fetch_all(&mut **tx).await?;
    announce(tx, &fewer, InboxEvent::NotificationChanged).await?;
    announce_gone(tx, &gone).await
}

/// Removes the notifications of `subject` in `category` from the inboxes of `people`.
pub async fn retract_from(tx: &mut Tx, subject: &str, category: Category, people: &[PersonId]) -> AppResult<()> {
    if people.is_empty() {
        return Ok(());
    }
    let mut query = QueryBuilder::<Db>::new("delete from notifications where subject = ");
    query.push_bind(subject).push(" and category = ").push_bind(category).push(" and person_id in ");
    push_list(&mut query, people.iter().copied());
    let gone: Vec<(PersonId, NotificationId)> = query.push(" returning person_id, id").build_query_as().fetch_all(&mut **tx).await?;
    announce_gone(tx, &gone).await
}

/// Returns those of `people` who have a notification of `subject`.
pub async fn told_of(conn: &mut Conn, subject: &str, people: &[PersonId]) -> AppResult<Vec<PersonId>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Db>::new("select distinct person_id from notifications where (subject = ");
    query.push_bind(subject).push(" or id in (select notification_id from notification_parts where subject = ").push_bind(subject);
    query.push(")) and person_id in ");
    push_list(&mut query, people.iter().copied());
    Ok(query.build_query_scalar().fetch_all(conn).await?)
}
