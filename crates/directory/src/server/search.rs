//! Who is here: the directory of an organisation, and the search behind it and the admins' list.

use crate::model::DirectoryEntry;
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, PersonId},
    people::{Identity, PersonCard, PersonState, Role},
};
use plenum_store::{
    db::{Conn, Db, push_list},
    person_is_active,
};
use plenum_web::search;

/// People of one page.
pub const PAGE: u32 = 60;
/// People that one question names at the most.
const ASKED: usize = 100;

/// What people are looked for by.
pub struct Search<'a> {
    /// Their name contains it, whatever the case and the accents.
    pub text: &'a str,
    /// Their address may contain it instead.
    pub addresses: bool,
    /// Those who are suspended are found, too.
    pub suspended: bool,
    /// They hold it.
    pub role: Option<Role>,
}

/// Somebody as stored; who asks decides what is shown of it.
pub struct Found {
    pub card: PersonCard,
    pub email: String,
    pub state: PersonState,
    pub created_at: Millis,
    /// None if they do not let others see it.
    pub last_seen: Option<Millis>,
    pub roles: Vec<Role>,
}

impl From<Found> for DirectoryEntry {
    fn from(found: Found) -> Self {
        Self { card: found.card, roles: found.roles, last_seen: found.last_seen }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: PersonId,
    name: String,
    hue: u8,
    email: String,
    state: PersonState,
    created_at: Millis,
    last_seen: Option<Millis>,
    role: Option<Role>,
}

/// The people of one's organisation that fit `search`, by name: `limit` of them from `offset` on.
pub async fn find(conn: &mut Conn, who: &Identity, search: Search<'_>, limit: u32, offset: u32) -> AppResult<Vec<Found>> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select found.id, found.name, hue, email, state, created_at, last_seen, roles.role from (
             select id, name, hue, email, state, created_at, (case when show_presence and not exists (
                 select 1 from blocks where (blocker_id = $8 and blocked_id = people.id) or (blocker_id = people.id and blocked_id = $8)
             ) then last_seen_at end) as last_seen from people
             where organisation_id = $1 and (coalesce(name_folded, lower(name)) like $2 escape '\\' or ($3 and email like $2 escape '\\'))
               and (cast($4 as text) is null or exists (select 1 from roles where roles.person_id = people.id and roles.role = $4))
               and (",
        person_is_active!("people"),
        " or ($7 and state = 'suspended'))
             order by name, id limit $5 offset $6
         ) as found left join roles on roles.person_id = found.id order by found.name, found.id",
    ))
    .bind(who.organisation)
    .bind(search::containing(search.text))
    .bind(search.addresses)
    .bind(search.role)
    .bind(limit)
    .bind(offset)
    .bind(search.suspended)
    .bind(who.person)
    .fetch_all(conn)
    .await?;
    Ok(gather(rows))
}

/// The people of one's organisation whose name contains `query` and, if given, who hold
/// `role`, by name; one page from `offset` on. Last seen only where it is shown.
pub async fn page(conn: &mut Conn, who: &Identity, query: &str, role: Option<Role>, offset: u32) -> AppResult<Vec<DirectoryEntry>> {
    let found = find(conn, who, Search { text: query, addresses: false, suspended: false, role }, PAGE, offset).await?;
    Ok(found.into_iter().map(DirectoryEntry::from).collect())
}

/// Those of `people` that are of one's own organisation, by id; of a long list the first hundred.
pub async fn entries(conn: &mut Conn, who: &Identity, people: &[PersonId]) -> AppResult<Vec<DirectoryEntry>> {
    let mut query = sqlx::QueryBuilder::<Db>::new(
        "select id, name, hue, email, state, created_at, (case when show_presence and not exists (
             select 1 from blocks where (blocker_id = asker.person_id and blocked_id = people.id) or (blocker_id = people.id and blocked_id = asker.person_id)
         ) then last_seen_at end) as last_seen, role
         from (select cast(",
    );
    query.push_bind(who.person);
    query.push(concat!(
        " as bigint) as person_id) as asker cross join people left join roles on roles.person_id = people.id where ",
        person_is_active!("people"),
        " and organisation_id = "
    ));
    query.push_bind(who.organisation).push(" and id in ");
    push_list(&mut query, people.iter().take(ASKED).copied());
    query.push(" order by id");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok(gather(rows).into_iter().map(DirectoryEntry::from).collect())
}

/// One person of one's own organisation.
///
/// # Errors
/// 404 if there is none of this id in it.
pub async fn one(conn: &mut Conn, who: &Identity, person: PersonId) -> AppResult<DirectoryEntry> {
    entries(conn, who, &[person]).await?.pop().ok_or_else(|| AppError::no_such("person here"))
}

/// How many people `page` would find in all.
pub async fn count(conn: &mut Conn, who: &Identity, query: &str, role: Option<Role>) -> AppResult<u32> {
    let count = sqlx::query_scalar(concat!(
        "select count(*) from people where ",
        person_is_active!("people"),
        " and organisation_id = $1 and coalesce(name_folded, lower(name)) like $2 escape '\\'
           and (cast($3 as text) is null or exists (select 1 from roles where roles.person_id = people.id and roles.role = $3))"
    ))
    .bind(who.organisation)
    .bind(search::containing(query))
    .bind(role)
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// Rows of one person, one a role, to one.
fn gather(rows: Vec<Row>) -> Vec<Found> {
    let mut people: Vec<Found> = Vec::new();
    for row in rows {
        match people.last_mut().filter(|person| person.card.id == row.id) {
            Some(person) => person.roles.extend(row.role),
            None => people.push(Found {
                card: PersonCard { id: row.id, name: row.name, hue: row.hue },
                email: row.email,
                state: row.state,
                created_at: row.created_at,
                last_seen: row.last_seen,
                roles: row.role.into_iter().collect(),
            }),
        }
    }
    for person in &mut people {
        person.roles.sort_unstable();
    }
    people
}
