//! What admins do: roles, and the organisation's own settings.

use super::{
    grant, invitations, leaving,
    news::{self, Change},
    second_factor,
};
use crate::{applications, model::AdminPerson, words::leaving as words};
use plenum_broadcasts as broadcasts;
use plenum_core::{
    activity::{Record, Registration, Subject},
    channels::Channel,
    error::{AppError, AppResult},
    ids::PersonId,
    people::{Identity, PersonState, Role},
    text::title,
};
use plenum_directory::live::{OrganisationChanged, OrganisationEvent, PublicEvent};
use plenum_directory::server::{
    organisations, require_role, roles_of, search as directory,
    search::{Found, Search},
};
use plenum_messages::spaces;
use plenum_store::db::{Activity, Conn, Scope, Tx};
use strum::VariantArray as _;

/// People of one page.
pub const PAGE: u32 = 50;

/// The people whose name or address contains `query`, by name; one page from `offset` on.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn people(conn: &mut Conn, who: &Identity, query: &str, offset: u32) -> AppResult<Vec<AdminPerson>> {
    who.require(Role::Admin)?;
    let found =
        directory::find(&mut *conn, who, Search { text: query, addresses: true, suspended: true, role: None }, PAGE, offset).await?;
    let with_factor = second_factor::of_people(conn, &found.iter().map(|found| found.card.id).collect::<Vec<_>>()).await?;
    let person = |found: Found| {
        let second_factor = with_factor.contains(&found.card.id);
        AdminPerson {
            card: found.card,
            email: found.email,
            roles: found.roles,
            state: found.state,
            created_at: found.created_at,
            second_factor,
        }
    };
    Ok(found.into_iter().map(person).collect())
}

/// Makes `roles` (and member, which everyone is) what `person` holds; one activity row for each that changes (I32).
///
/// # Errors
/// 403 unless one is an admin; 404 if the person is not in the organisation; 409 if they are its last admin, or suspended.
pub async fn set_roles(tx: &mut Tx, who: &Identity, person: PersonId, roles: &[Role]) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    let known: Option<(String, PersonState)> = sqlx::query_as("select name, state from people where id = $1 and organisation_id = $2")
        .bind(person)
        .bind(who.organisation)
        .fetch_optional(&mut **tx)
        .await?;
    let name = match known {
        Some((name, PersonState::Active)) => name,
        Some((name, PersonState::Suspended)) => return Err(AppError::conflict(words::not_active(&name)).at_field("roles")),
        Some((_, PersonState::Removed)) | None => return Err(AppError::no_such("person here")),
    };
    let held = roles_of(tx, person).await?;
    for &role in Role::VARIANTS {
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
    if role == Role::Admin && !leaving::has_other_admin(tx, who.organisation, person).await? {
        return Err(AppError::conflict(format!("{name} is the last admin. Make somebody else an admin first.")).at_field("roles"));
    }
    sqlx::query("delete from roles where person_id = $1 and role = $2").bind(person).bind(role).execute(&mut **tx).await?;
    if role == Role::Admin {
        invitations::withdraw_all(tx, who, person).await?;
        let applications = applications::server::ids(tx, who.organisation).await?.into_iter().map(Channel::Application);
        let spaces = spaces::server::not_staffed_by(tx, who.organisation, person).await?.into_iter().map(Channel::SpaceStaff);
        let channels = std::iter::once(Channel::Ops(who.organisation)).chain(applications).chain(spaces);
        tx.revoke(person, Scope::Channels(channels.map(|channel| channel.to_string()).collect()));
    }
    if matches!(role, Role::Organiser | Role::Admin) {
        let left = roles_of(tx, person).await?;
        if !left.contains(&Role::Organiser) && !left.contains(&Role::Admin) {
            spaces::server::demote_everywhere(tx, who.organisation, person, who.person).await?;
        }
    }
    if !broadcasts::server::may_send(tx, person).await? {
        tx.revoke(person, Scope::Channels(vec![Channel::Broadcasts(who.organisation).to_string()]));
    }
    // Orders, drafts and whatever else a role opens, which has no list.
    tx.revoke(person, Scope::Rights);
    tx.record(Activity::by(who, Record::RoleRevoked { role }, Subject::named(person.0, name)).about(person)).await
}

/// The organisation's name: 1 to 120 characters, single spaces.
///
/// # Errors
/// Invalid `name` if it is empty or too long, or hides something.
pub fn parse_organisation_name(text: &str) -> AppResult<String> {
    let name = title("name", text, 120)?;
    if name.is_empty() { Err(AppError::invalid("name", "A name has 1 to 120 characters.")) } else { Ok(name) }
}

/// Changes the organisation's name and who may register; the name shows on every page at once.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn update_organisation(tx: &mut Tx, who: &Identity, name: &str, open_registration: bool) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    let (former, registered): (String, String) =
        sqlx::query_as("select name, registration from organisations where id = $1").bind(who.organisation).fetch_one(&mut **tx).await?;
    let registration = if open_registration { Registration::Open } else { Registration::Invitation };
    sqlx::query("update organisations set name = $2, registration = $3 where id = $1")
        .bind(who.organisation)
        .bind(name)
        .bind(registration.into_str())
        .execute(&mut **tx)
        .await?;
    let changes = former != name || registered != registration.into_str();
    if former != name {
        let changed = OrganisationChanged { name: name.to_owned() };
        tx.announce(who.organisation, &OrganisationEvent::OrganisationRenamed(changed.clone()));
        tx.announce(who.organisation, &PublicEvent::OrganisationRenamed(changed));
        let renamed = Record::OrganisationRenamed { from: former };
        tx.record(Activity::by(who, renamed, Subject::named(who.organisation.0, name))).await?;
    }
    if registered != registration.into_str() {
        let changed = Record::OrganisationChanged { registration };
        tx.record(Activity::by(who, changed, Subject::named(who.organisation.0, name))).await?;
    }
    if changes {
        organisations::announce_settings(tx, who.organisation).await?;
    }
    Ok(())
}

/// The organisation's name, and whether anyone may register.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn organisation(conn: &mut Conn, who: &Identity) -> AppResult<(String, bool)> {
    who.require(Role::Admin)?;
    let (name, registration): (String, String) =
        sqlx::query_as("select name, registration from organisations where id = $1").bind(who.organisation).fetch_one(conn).await?;
    Ok((name, registration == "open"))
}
