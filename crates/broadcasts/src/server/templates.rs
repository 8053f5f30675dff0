//! What is written once and sent often.

use super::{rendering::Templates, require};
use crate::model::{Template, TemplateText};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{Millis, TemplateId},
    people::Identity,
};
use plenum_store::db::{Activity, Conn, Tx, violates_unique};

/// Templates of one organisation.
const MOST: i64 = 200;

/// A taken name is said at its field.
fn taken(error: sqlx::Error) -> AppError {
    if violates_unique(&error, "broadcast_templates.organisation_id, broadcast_templates.name") {
        return AppError::invalid("name", "There is a template of this name already.");
    }
    error.into()
}

/// The organisation's templates, by name.
///
/// # Errors
/// 403.
pub async fn list(conn: &mut Conn, who: &Identity) -> AppResult<Vec<Template>> {
    require(conn, who).await?;
    let rows: Vec<(TemplateId, String, String, String, String, Millis)> = sqlx::query_as(
        "select id, name, title, text, link, changed_at from broadcast_templates where organisation_id = $1 order by name, id",
    )
    .bind(who.organisation)
    .fetch_all(conn)
    .await?;
    let template = |(id, name, title, text, link, changed_at)| Template { id, name, title, text, link, changed_at };
    Ok(rows.into_iter().map(template).collect())
}

/// Checks a template that who asks may write, before the write: nothing is rendered in it.
///
/// # Errors
/// 403; 422 `title` or `text`.
pub async fn prepare(conn: &mut Conn, who: &Identity, wanted: &TemplateText) -> AppResult<()> {
    require(conn, who).await?;
    Templates::new().check_words(0, &wanted.words)
}

/// Writes a template that [`prepare`] has checked: the one with `id`, or a new one; returns which.
///
/// # Errors
/// 403; 404; 409 if there are too many; 422 `name`.
pub async fn save(tx: &mut Tx, who: &Identity, id: Option<TemplateId>, wanted: &TemplateText) -> AppResult<TemplateId> {
    require(tx, who).await?;
    let TemplateText { name, words } = wanted;
    let now = tx.now();
    let (id, record) = if let Some(id) = id {
        let changed: Option<TemplateId> = sqlx::query_scalar(
            "update broadcast_templates set name = $3, title = $4, text = $5, link = $6, changed_by = $7, changed_at = $8
             where id = $1 and organisation_id = $2 returning id",
        )
        .bind(id)
        .bind(who.organisation)
        .bind(name)
        .bind(&words.title)
        .bind(&words.text)
        .bind(&words.link)
        .bind(who.person)
        .bind(now)
        .fetch_optional(&mut **tx)
        .await
        .map_err(taken)?;
        (changed.ok_or_else(|| AppError::no_such("template"))?, Record::TemplateChanged)
    } else {
        let there: i64 = sqlx::query_scalar("select count(*) from broadcast_templates where organisation_id = $1")
            .bind(who.organisation)
            .fetch_one(&mut **tx)
            .await?;
        if there >= MOST {
            return Err(AppError::conflict(format!("There are {MOST} templates already. Delete one of them first.")));
        }
        let made = sqlx::query_scalar(
            "insert into broadcast_templates (organisation_id, name, title, text, link, changed_by, changed_at)
             values ($1, $2, $3, $4, $5, $6, $7) returning id",
        )
        .bind(who.organisation)
        .bind(name)
        .bind(&words.title)
        .bind(&words.text)
        .bind(&words.link)
        .bind(who.person)
        .bind(now)
        .fetch_one(&mut **tx)
        .await
        .map_err(taken)?;
        (made, Record::TemplateCreated)
    };
    tx.record(Activity::by(who, record, Subject::named(id.0, name))).await?;
    Ok(id)
}

/// Deletes a template; what was sent with it stays as it was.
///
/// # Errors
/// 403; 404.
pub async fn delete(tx: &mut Tx, who: &Identity, id: TemplateId) -> AppResult<()> {
    require(tx, who).await?;
    let name: Option<String> = sqlx::query_scalar("delete from broadcast_templates where id = $1 and organisation_id = $2 returning name")
        .bind(id)
        .bind(who.organisation)
        .fetch_optional(&mut **tx)
        .await?;
    let name = name.ok_or_else(|| AppError::no_such("template"))?;
    tx.record(Activity::by(who, Record::TemplateDeleted, Subject::named(id.0, &name))).await
}
