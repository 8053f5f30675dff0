//! Who is meant: what an audience is called, and its people.

use sqlx::QueryBuilder;

use crate::{model::Audience, words};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{ConversationId, EventId, OrganisationId, PersonId},
    people::{Email, Identity},
};
use plenum_directory::words::role as role_name;
use plenum_store::{
    db::{Conn, Db},
    person_is_active,
};

/// Who sends, and where: what an audience depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sender {
    pub(super) person: PersonId,
    pub(super) organisation: OrganisationId,
}

impl From<&Identity> for Sender {
    fn from(who: &Identity) -> Self {
        Self { person: who.person, organisation: who.organisation }
    }
}

/// What an audience is called.
///
/// # Errors
/// 422 `audience` if it is not there, not for `sender`, or nobody but themselves.
pub(super) async fn name(conn: &mut Conn, sender: Sender, audience: Audience) -> AppResult<String> {
    let missing = || AppError::invalid("audience", "There is no such room, event or person here.");
    match audience {
        Audience::Everyone => Ok(words::EVERYONE.to_owned()),
        Audience::Role(role) => Ok(role_name(role).to_owned()),
        Audience::Person(person) if person == sender.person => {
            Err(AppError::invalid("audience", "Nobody is told of what they do themselves. Choose somebody else."))
        }
        Audience::Person(person) => {
            let statement = concat!("select name from people where id = $1 and organisation_id = $2 and ", person_is_active!("people"));
            let name: Option<String> = sqlx::query_scalar(statement).bind(person).bind(sender.organisation).fetch_optional(conn).await?;
            name.ok_or_else(missing)
        }
        Audience::Event(event) => event_name(conn, sender, event).await?.ok_or_else(missing),
        Audience::Room(room) => rooms(conn, sender, Some(room)).await?.pop().map(|(_, name)| name).ok_or_else(missing),
    }
}

/// What those who have a ticket of `event` are called.
async fn event_name(conn: &mut Conn, sender: Sender, event: EventId) -> AppResult<Option<String>> {
    let title: Option<String> = sqlx::query_scalar("select title from events where id = $1 and organisation_id = $2 and state <> 'draft'")
        .bind(event)
        .bind(sender.organisation)
        .fetch_optional(conn)
        .await?;
    Ok(title.map(|title| words::holders_of(&title)))
}

/// True if `person` runs the event that a broadcast is for: whose guests they are, they may write to.
pub(super) async fn is_run_by(conn: &mut Conn, audience: Audience, person: PersonId) -> AppResult<bool> {
    let Audience::Event(event) = audience else { return Ok(false) };
    let staff: Option<i64> = sqlx::query_scalar(
        "select m.person_id from events e join space_members m on m.space_id = e.space_id where e.id = $1 and m.person_id = $2 and m.staff",
    )
    .bind(event)
    .bind(person)
    .fetch_optional(conn)
    .await?;
    Ok(staff.is_some())
}

/// The rooms that `sender` can send to: the open ones, and those they are in; or the one that is asked for, if it is among them.
pub(super) async fn rooms(conn: &mut Conn, sender: Sender, only: Option<ConversationId>) -> AppResult<Vec<(ConversationId, String)>> {
    let rooms = sqlx::query_as(
        "select id, name from conversations c where organisation_id = $1 and kind = 'room' and (access = 'open' or exists
           (select 1 from memberships m where m.conversation_id = c.id and m.person_id = $2)) and id = coalesce($3, id) order by name, id",
    );
    Ok(rooms.bind(sender.organisation).bind(sender.person).bind(only).fetch_all(conn).await?)
}

/// The next people of an audience with their time zones: those after `after`, but for the sender, by id.
pub(super) async fn people(
    conn: &mut Conn,
    sender: Sender,
    audience: Audience,
    after: PersonId,
    most: usize,
) -> AppResult<Vec<(PersonId, String)>> {
    let mut query = QueryBuilder::<Db>::new("select p.id, p.time_zone");
    meant(&mut query, sender, audience, after);
    query.push(" order by p.id limit ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// How many people an audience is now, and the first of them.
pub(super) async fn count(conn: &mut Conn, sender: Sender, audience: Audience) -> AppResult<(u32, Option<PersonId>)> {
    let mut query = QueryBuilder::<Db>::new("select count(*), min(p.id)");
    meant(&mut query, sender, audience, PersonId(0));
    Ok(query.build_query_as().fetch_one(conn).await?)
}

/// The rest of a statement about those who are meant.
fn meant(query: &mut QueryBuilder<Db>, sender: Sender, audience: Audience, after: PersonId) {
    query.push(" from people p");
    match audience {
        Audience::Role(role) => {
            query.push(" join roles r on r.person_id = p.id and r.role = ").push_bind(role);
        }
        Audience::Room(room) => {
            query.push(" join memberships m on m.person_id = p.id and m.conversation_id = ").push_bind(room);
        }
        Audience::Everyone | Audience::Event(_) | Audience::Person(_) => {}
    }
    query.push(concat!(" where ", person_is_active!("p"), " and p.organisation_id = ")).push_bind(sender.organisation);
    query.push(" and p.id > ").push_bind(after).push(" and p.id <> ").push_bind(sender.person);
    match audience {
        Audience::Person(person) => {
            query.push(" and p.id = ").push_bind(person);
        }
        Audience::Event(event) => {
            query.push(" and exists (select 1 from tickets t where t.person_id = p.id and t.state <> 'void' and t.event_id = ");
            query.push_bind(event).push(")");
        }
        Audience::Everyone | Audience::Role(_) | Audience::Room(_) => {}
    }
}

/// The person of the organisation with the address that was entered in `field`.
///
/// # Errors
/// 422 `field`.
pub async fn person_at(conn: &mut Conn, who: &Identity, field: &'static str, email: &str) -> AppResult<PersonId> {
    let missing = || AppError::invalid(field, "There is nobody with this address here.");
    let email = Email::parse(email).map_err(|_| missing())?;
    let statement = concat!("select id from people where organisation_id = $1 and email = $2 and ", person_is_active!("people"));
    let found: Option<PersonId> = sqlx::query_scalar(statement).bind(who.organisation).bind(email.as_str()).fetch_optional(conn).await?;
    found.ok_or_else(missing)
}
