//! The server's side of spaces: who is in one, and who runs it.

use crate::{
    channels::Channel,
    error::AppResult,
    ids::{OrganisationId, PersonId, SpaceId},
    server::db::{Conn, Scope, Tx},
};

/// Makes a space for an event.
///
/// # Errors
/// If the database refuses.
pub async fn create(tx: &mut Tx, organisation: OrganisationId, name: &str) -> AppResult<SpaceId> {
    let made = sqlx::query_scalar("insert into spaces (organisation_id, kind, name, created_at) values ($1, 'event', $2, $3) returning id");
    Ok(made.bind(organisation).bind(name).bind(tx.now()).fetch_one(&mut **tx).await?)
}

/// Lets `person` in; whoever is there already stays what they are. True if they were not.
///
/// # Errors
/// If the database refuses.
pub async fn admit(tx: &mut Tx, space: SpaceId, person: PersonId, staff: bool) -> AppResult<bool> {
    let added =
        sqlx::query("insert into space_members (space_id, person_id, staff, joined_at) values ($1, $2, $3, $4) on conflict do nothing")
            .bind(space)
            .bind(person)
            .bind(staff)
            .bind(tx.now())
            .execute(&mut **tx)
            .await?;
    Ok(added.rows_affected() > 0)
}

/// Ends what `person` may do in a space, at once. Staff stay. True if they were in it.
///
/// # Errors
/// If the database refuses.
pub async fn dismiss(tx: &mut Tx, space: SpaceId, person: PersonId) -> AppResult<bool> {
    let removed = sqlx::query("delete from space_members where space_id = $1 and person_id = $2 and staff = 0")
        .bind(space)
        .bind(person)
        .execute(&mut **tx)
        .await?;
    if removed.rows_affected() == 0 {
        return Ok(false);
    }
    let channels = [Channel::Space(space), Channel::SpacePresence(space)].map(|channel| channel.to_string());
    tx.revoke(person, Scope::Channels(channels.to_vec()));
    Ok(true)
}

/// True if `person` is in the space.
///
/// # Errors
/// If the database refuses.
pub async fn is_member(conn: &mut Conn, space: SpaceId, person: PersonId) -> AppResult<bool> {
    Ok(standing(conn, space, person).await?.is_some())
}

/// True if `person` runs the space.
///
/// # Errors
/// If the database refuses.
pub async fn is_staff(conn: &mut Conn, space: SpaceId, person: PersonId) -> AppResult<bool> {
    Ok(standing(conn, space, person).await? == Some(true))
}

/// True if the space is of `organisation`.
///
/// # Errors
/// If the database refuses.
pub async fn is_of(conn: &mut Conn, space: SpaceId, organisation: OrganisationId) -> AppResult<bool> {
    let is = sqlx::query_scalar("select exists (select 1 from spaces where id = $1 and organisation_id = $2)");
    Ok(is.bind(space).bind(organisation).fetch_one(conn).await?)
}

/// The organisation of a space.
///
/// # Errors
/// If the database refuses.
pub async fn organisation(conn: &mut Conn, space: SpaceId) -> AppResult<Option<OrganisationId>> {
    Ok(sqlx::query_scalar("select organisation_id from spaces where id = $1").bind(space).fetch_optional(conn).await?)
}

/// The spaces of an organisation that `person` does not run as one of their staff.
///
/// # Errors
/// If the database refuses.
pub async fn not_staffed_by(conn: &mut Conn, organisation: OrganisationId, person: PersonId) -> AppResult<Vec<SpaceId>> {
    let found = sqlx::query_scalar(
        "select s.id from spaces s where s.organisation_id = $1
         and not exists (select 1 from space_members m where m.space_id = s.id and m.person_id = $2 and m.staff = 1)",
    );
    Ok(found.bind(organisation).bind(person).fetch_all(conn).await?)
}

async fn standing(conn: &mut Conn, space: SpaceId, person: PersonId) -> AppResult<Option<bool>> {
    let staff = sqlx::query_scalar("select staff from space_members where space_id = $1 and person_id = $2");
    Ok(staff.bind(space).bind(person).fetch_optional(conn).await?)
}
