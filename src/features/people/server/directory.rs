//! Who is here: the directory of an organisation.

use crate::{
    error::{AppError, AppResult},
    features::people::model::{DirectoryEntry, PersonCard, Role},
    ids::{Millis, PersonId},
    server::{db::Conn, sign_ins::Identity},
};

/// People of one page.
pub const PAGE: u32 = 60;

#[derive(sqlx::FromRow)]
struct Row {
    id: PersonId,
    name: String,
    hue: u8,
    last_seen: Option<Millis>,
    role: Option<Role>,
}

/// The people of one's organisation whose name contains `query` and, if given, who hold
/// `role`, by name; one page from `offset` on. Last seen only where it is shown.
///
/// # Errors
/// If the database refuses.
pub async fn page(conn: &mut Conn, who: &Identity, query: &str, role: Option<Role>, offset: u32) -> AppResult<Vec<DirectoryEntry>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select found.id, found.name, hue, last_seen, roles.role from (
             select id, name, hue, (case when show_presence = 1 then last_seen_at end) as last_seen from people
             where organisation_id = $1 and lower(name) like $2 escape '\\'
               and ($3 is null or exists (select 1 from roles where roles.person_id = people.id and roles.role = $3))
             order by name, id limit $4 offset $5
         ) as found left join roles on roles.person_id = found.id order by found.name, found.id",
    )
    .bind(who.organisation)
    .bind(pattern(query))
    .bind(role)
    .bind(PAGE)
    .bind(offset)
    .fetch_all(conn)
    .await?;
    Ok(gather(rows))
}

/// One person of one's own organisation.
///
/// # Errors
/// 404 if there is none of this id in it.
pub async fn one(conn: &mut Conn, who: &Identity, person: PersonId) -> AppResult<DirectoryEntry> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, name, hue, (case when show_presence = 1 then last_seen_at end) as last_seen, role
         from people left join roles on roles.person_id = people.id where id = $1 and organisation_id = $2",
    )
    .bind(person)
    .bind(who.organisation)
    .fetch_all(conn)
    .await?;
    gather(rows).pop().ok_or_else(|| AppError::not_found("There is no such person here."))
}

/// How many people `page` would find in all.
///
/// # Errors
/// If the database refuses.
pub async fn count(conn: &mut Conn, who: &Identity, query: &str, role: Option<Role>) -> AppResult<u32> {
    let count = sqlx::query_scalar(
        "select count(*) from people where organisation_id = $1 and lower(name) like $2 escape '\\'
           and ($3 is null or exists (select 1 from roles where roles.person_id = people.id and roles.role = $3))",
    )
    .bind(who.organisation)
    .bind(pattern(query))
    .bind(role)
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// What a name must be like to contain `query`.
pub(super) fn pattern(query: &str) -> String {
    let mut pattern = String::from("%");
    for c in query.trim().to_lowercase().chars().take(100) {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Rows of one person, one a role, to one entry.
fn gather(rows: Vec<Row>) -> Vec<DirectoryEntry> {
    let mut entries: Vec<DirectoryEntry> = Vec::new();
    for row in rows {
        match entries.last_mut().filter(|entry| entry.card.id == row.id) {
            Some(entry) => entry.roles.extend(row.role),
            None => entries.push(DirectoryEntry {
                card: PersonCard { id: row.id, name: row.name, hue: row.hue },
                roles: row.role.into_iter().collect(),
                last_seen: row.last_seen,
            }),
        }
    }
    for entry in &mut entries {
        entry.roles.sort_unstable();
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_for_is_taken_literally() {
        assert_eq!(pattern(" Ines "), "%ines%");
        assert_eq!(pattern("50%_\\"), "%50\\%\\_\\\\%");
        assert_eq!(pattern(""), "%%");
    }
}
