//! The rules and the SQL of people, one file a matter:
//! - [`joining`]: registering, signing in and out;
//! - [`mod@second_factor`], [`sign_in_code`]: the code of an app beside the password;
//! - [`passwords`]: changing one, and setting a new one by mail;
//! - [`emails`]: another address, confirmed at both;
//! - [`profile`]: what a person changes about themselves;
//! - [`invitations`], [`administration`] and [`mod@sign_ins`]: what admins do;
//! - [`leaving`]: suspending, restoring and removing people;
//! - [`tokens`]: what programs ask with;
//! - [`seeds`]: the people of the demo.
//!
//! Here stands what other features and the shell of every page ask.

pub mod administration;
pub mod emails;
pub mod invitations;
pub mod joining;
pub mod leaving;
mod news;
pub mod passwords;
pub mod profile;
pub mod registering;
pub mod second_factor;
pub mod seeds;
pub mod sign_in_code;
pub mod sign_ins;
#[cfg(test)]
mod tests;
pub mod tokens;

use plenum_core::people::{DemoPerson, Role, Shell, Viewer};
use plenum_core::{
    activity::{Record, Subject},
    channels::Channel,
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId, PersonId},
    live::Snapshot,
    look::Look,
    people::Identity,
};
use plenum_directory::live::OrganisationEvent;
use plenum_directory::server::{card_and_privacy, organisations};
use plenum_store::{
    db::{self, Activity, Conn, Store, Tx},
    log, person_is_active, zones,
};
use plenum_web::{security, state::AppState};

/// How long an invitation can be used.
const INVITATION_LIFETIME: Millis = 14 * 24 * 3_600_000;

/// Who looks at the page.
///
/// # Errors
/// 401 if the person is gone.
pub async fn viewer(conn: &mut Conn, who: &Identity) -> AppResult<Viewer> {
    let row: Option<(String, String, String)> =
        sqlx::query_as("select email, time_zone, organisations.name from people join organisations on organisations.id = organisation_id where people.id = $1")
            .bind(who.person)
            .fetch_optional(&mut *conn)
            .await?;
    let (email, zone, organisation_name) = row.ok_or_else(AppError::signed_out)?;
    let operator = who.roles.contains(&Role::Admin) && organisations::operator(conn).await? == who.organisation;
    Ok(Viewer {
        card: who.card(),
        email,
        organisation: who.organisation,
        organisation_name,
        roles: who.roles.clone(),
        privacy: who.privacy,
        zone: zones::zone(&zone),
        sign_in: who.sign_in,
        operator,
    })
}

/// What every page asks first: who looks, and at what organisation.
pub async fn shell(state: &AppState, visitor: Option<&Identity>, host: &str) -> AppResult<Shell> {
    let now = db::now();
    if let Some(who) = visitor {
        let mut conn = state.store.look().await?;
        let look = organisations::look(&mut conn, who.organisation).await?;
        return Ok(shell_of(viewer(&mut conn, who).await?, look, now));
    }
    let mut tx = state.store.read().await?;
    let tenant = security::organisation_of(&mut tx, host).await?;
    let demo_people = if state.demo { demo_people(&mut tx, tenant.id).await? } else { Vec::new() };
    let look = organisations::look(&mut tx, tenant.id).await?;
    Ok(Shell { viewer: None, organisation_name: tenant.name, look, open_registration: tenant.open_registration, demo_people, now })
}

/// The shell's data with the place in the organisation's events where they end, for a page that is open already.
pub async fn shell_snapshot(state: &AppState, visitor: Option<&Identity>, host: &str) -> AppResult<Snapshot<Shell>> {
    let Some(who) = visitor else {
        return Ok(Snapshot { state: shell(state, None, host).await?, cursors: Vec::new() });
    };
    let mut tx = state.store.read().await?;
    let mut viewer = viewer(&mut tx, who).await?;
    // The request's identity was read before this transaction, and an event between the two would be lost.
    (viewer.card, viewer.privacy) = card_and_privacy(&mut tx, who.person).await?;
    let cursors = log::cursors(&mut tx, state.store.epoch(), &[Channel::Organisation(who.organisation)]).await?;
    let look = organisations::look(&mut tx, who.organisation).await?;
    Ok(Snapshot { state: shell_of(viewer, look, db::now()), cursors })
}

fn shell_of(viewer: Viewer, look: Look, now: Millis) -> Shell {
    let organisation_name = viewer.organisation_name.clone();
    Shell { viewer: Some(viewer), organisation_name, look, open_registration: false, demo_people: Vec::new(), now }
}

/// The people of the demo that are still there, in the order of the seeds.
async fn demo_people(conn: &mut Conn, organisation: OrganisationId) -> AppResult<Vec<DemoPerson>> {
    let mut people = Vec::with_capacity(seeds::PEOPLE.len());
    for seed in seeds::PEOPLE {
        let statement = concat!("select name, hue from people where organisation_id = $1 and email = $2 and ", person_is_active!("people"));
        let row: Option<(String, u8)> = sqlx::query_as(statement).bind(organisation).bind(seed.email).fetch_optional(&mut *conn).await?;
        people.extend(row.map(|(name, hue)| DemoPerson { name, email: seed.email.to_owned(), role: seed.role, hue }));
    }
    Ok(people)
}

/// On an empty database: makes one organisation and an invitation for its first admin, and
/// returns the invitation's secret, once. With an organisation there already: nothing.
pub async fn first_admin(store: &Store) -> AppResult<Option<String>> {
    store
        .write(async |tx| {
            let organisations: i64 = sqlx::query_scalar("select count(*) from organisations").fetch_one(&mut **tx).await?;
            if organisations > 0 {
                return Ok(None);
            }
            let now = tx.now();
            let organisation: OrganisationId =
                sqlx::query_scalar("insert into organisations (name, created_at) values ('Plenum', $1) returning id")
                    .bind(now)
                    .fetch_one(&mut **tx)
                    .await?;
            Ok(Some(invite_admin(tx, organisation, None).await?))
        })
        .await
}

/// Invites somebody to be an admin of `organisation`, which has none; returns the invitation's secret, once.
pub async fn invite_admin(tx: &mut Tx, organisation: OrganisationId, by: Option<PersonId>) -> AppResult<String> {
    let (_, secret) = invitations::insert(tx, organisation, None, Role::Admin, by).await?;
    Ok(secret.reveal().to_owned())
}

/// Gives `role` to `person` and writes the activity row (I32); `by` is none for Plenum itself.
async fn grant(tx: &mut Tx, organisation: OrganisationId, person: PersonId, role: Role, by: Option<PersonId>) -> AppResult<()> {
    let name: String = sqlx::query_scalar("select name from people where id = $1").bind(person).fetch_one(&mut **tx).await?;
    sqlx::query("insert into roles (person_id, role) values ($1, $2) on conflict do nothing")
        .bind(person)
        .bind(role)
        .execute(&mut **tx)
        .await?;
    let granted = Activity::new(organisation, by, Record::RoleGranted { role }, Subject::named(person.0, &name));
    second_factor::required::role_granted(tx, person).await?;
    // Everyone is a member from the first moment: that is no news to anyone.
    tx.record(if role == Role::Member { granted } else { granted.about(person) }).await
}

/// Tells the organisation what `person` is called and looks like now.
async fn announce_card(tx: &mut Tx, organisation: OrganisationId, person: PersonId) -> AppResult<()> {
    let (card, _) = card_and_privacy(tx, person).await?;
    tx.announce(organisation, &OrganisationEvent::PersonChanged(card));
    Ok(())
}

/// The address that `path` has for the people of an organisation with this host name, if it has one.
fn link(state: &AppState, host: Option<&str>, path: &str) -> String {
    security::address_at(&state.server.url(state.leptos.site_addr), host, path)
}
