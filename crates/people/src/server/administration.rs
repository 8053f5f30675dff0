//! What admins do: roles, and the organisation's own settings.

use super::{
    grant,
    news::{self, Change},
};
use crate::{applications, model::AdminPerson};
use plenum_broadcasts as broadcasts;
use plenum_core::{
    activity::Verb,
    channels::Channel,
    error::{AppError, AppResult},
    ids::PersonId,
    people::{Identity, Role},
};
use plenum_directory::live::{OrganisationChanged, OrganisationEvent, PublicEvent};
use plenum_directory::server::{
    roles_of, search as directory,
    search::{Found, Search},
};
use plenum_messages::spaces;
use plenum_store::db::{Activity, Conn, Scope, Tx};

/// People of one page.
pub const PAGE: u32 = 50;

/// The people whose name or address contains `query`, by name; one page from `offset` on.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn people(conn: &mut Conn, who: &Identity, query: &str, offset: u32) -> AppResult<Vec<AdminPerson>> {
    who.require(Role::Admin)?;
    let found = directory::find(conn, who, Search { text: query, addresses: true, role: None }, PAGE, offset).await?;
    let person = |found: Found| AdminPerson { card: found.card, email: found.email, roles: found.roles, created_at: found.created_at };
    Ok(found.into_iter().map(person).collect())
}

/// Makes `roles` (and member, which everyone is) what `person` holds; one activity row for each that changes (I32).
///
/// # Errors
/// 403 unless one is an admin; 404 if the person is not in the organisation; 409 if they are its last admin.
pub async fn set_roles(tx: &mut Tx, who: &Identity, person: PersonId, roles: &[Role]) -> AppResult<()> {
    who.require(Role::Admin)?;
    // The identity was looked up before this transaction; the right may have ended since.
    if !roles_of(tx, who.person).await?.contains(&Role::Admin) {
        return Err(AppError::forbidden("You are no longer an admin."));
    }
    let name: Option<String> = sqlx::query_scalar("select name from people where id = $1 and organisation_id = $2")
        .bind(person)
        .bind(who.organisation)
        .fetch_optional(&mut **tx)
        .await?;
    let name = name.ok_or_else(|| AppError::not_found("There is no such person here."))?;
    let held = roles_of(tx, person).await?;
    for role in Role::ALL {
        let wanted = role == Role::Member || roles.contains(&role);
        match (held.contains(&role), wanted) {
            (false, true) => {
                grant(tx, who.organisation, person, role, Some(who.person)).await?;
                news::role_changed(tx, person, who.person, role, Change::Granted).await?;
            }
            (true, false) => {
                take_back(tx, who, person, &name, role).await?;
                news::role_changed(tx, person, who.person, role, Change::Revoked).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

async fn take_back(tx: &mut Tx, who: &Identity, person: PersonId, name: &str, role: Role) -> AppResult<()> {
    if role == Role::Admin {
        let others: i64 = sqlx::query_scalar(
            "select count(*) from roles join people on people.id = person_id where organisation_id = $1 and role = 'admin' and person_id <> $2",
        )
        .bind(who.organisation)
        .bind(person)
        .fetch_one(&mut **tx)
        .await?;
        if others == 0 {
            return Err(AppError {
                field: Some("roles".to_owned()),
                ..AppError::conflict(format!("{name} is the last admin. Make somebody else an admin first."))
            });
        }
    }
    sqlx::query("delete from roles where person_id = $1 and role = $2").bind(person).bind(role).execute(&mut **tx).await?;
    if role == Role::Admin {
        let applications = applications::server::ids(tx, who.organisation).await?.into_iter().map(Channel::Application);
        let spaces = spaces::server::not_staffed_by(tx, who.organisation, person).await?.into_iter().map(Channel::SpaceStaff);
        let channels = std::iter::once(Channel::Ops(who.organisation)).chain(applications).chain(spaces);
        tx.revoke(person, Scope::Channels(channels.map(|channel| channel.to_string()).collect()));
    }
    if !broadcasts::server::may_send(tx, person).await? {
        tx.revoke(person, Scope::Channels(vec![Channel::Broadcasts(who.organisation).to_string()]));
    }
    // Orders, drafts and whatever else a role opens, which has no list.
    tx.revoke(person, Scope::Rights);
    let revoked = Activity::by(who, Verb::RoleRevoked, person.0).named(name).about(person);
    tx.record(revoked.with(serde_json::json!({ "role": role.word() }))).await
}

/// The organisation's name: 1 to 120 characters, single spaces.
///
/// # Errors
/// Invalid `name` if it is empty or too long.
pub fn parse_organisation_name(text: &str) -> AppResult<String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().any(char::is_control) || name.chars().count() > 120 {
        return Err(AppError::invalid("name", "A name has 1 to 120 characters."));
    }
    Ok(name)
}

/// Changes the organisation's name and who may register; the name shows on every page at once.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn update_organisation(tx: &mut Tx, who: &Identity, name: &str, open_registration: bool) -> AppResult<()> {
    who.require(Role::Admin)?;
    let (former, registered): (String, String) =
        sqlx::query_as("select name, registration from organisations where id = $1").bind(who.organisation).fetch_one(&mut **tx).await?;
    let registration = if open_registration { "open" } else { "invitation" };
    sqlx::query("update organisations set name = $2, registration = $3 where id = $1")
        .bind(who.organisation)
        .bind(name)
        .bind(registration)
        .execute(&mut **tx)
        .await?;
    if former != name {
        let changed = OrganisationChanged { name: name.to_owned() };
        tx.announce(who.organisation, &OrganisationEvent::OrganisationRenamed(changed.clone()));
        tx.announce(who.organisation, &PublicEvent::OrganisationRenamed(changed));
        let renamed = Activity::by(who, Verb::OrganisationRenamed, who.organisation.0).named(name);
        tx.record(renamed.with(serde_json::json!({ "from": former }))).await?;
    }
    if registered != registration {
        let changed = Activity::by(who, Verb::OrganisationChanged, who.organisation.0).named(name);
        tx.record(changed.with(serde_json::json!({ "registration": registration }))).await?;
    }
    Ok(())
}

/// The organisation's name, its host name, and whether anyone may register.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn organisation(conn: &mut Conn, who: &Identity) -> AppResult<(String, Option<String>, bool)> {
    who.require(Role::Admin)?;
    let (name, host, registration): (String, Option<String>, String) =
        sqlx::query_as("select name, host, registration from organisations where id = $1").bind(who.organisation).fetch_one(conn).await?;
    Ok((name, host, registration == "open"))
}
