//! For which roles an organisation demands a second factor. What follows from it is asked where sign-ins are found
//! (`crates/web/src/sign_ins/second_factor.rs`).

use strum::VariantArray as _;

use crate::model::second_factor::Requirement;
use plenum_core::{
    activity::{Record, Subject},
    error::AppResult,
    ids::{OrganisationId, PersonId},
    people::{Identity, PersonCard, Role},
};
use plenum_directory::{server::require_role, words::role as role_name};
use plenum_store::db::{Activity, Conn, Scope, Tx};
use plenum_web::{lacks_factor, state::AppState};

/// People who are named.
const NAMED: i64 = 20;
/// People whose sockets are asked in one write.
const AT_ONCE: i64 = 200;

/// Roles for which it can be demanded: everyone is a member.
fn choices() -> impl Iterator<Item = Role> {
    Role::VARIANTS.iter().copied().filter(|role| *role != Role::Member)
}

/// True if a role of `person` needs it.
pub async fn of_person(conn: &mut Conn, person: PersonId) -> AppResult<bool> {
    let needs: Option<PersonId> = sqlx::query_scalar(
        "select people.id from people join roles on roles.person_id = people.id
         join second_factor_roles on second_factor_roles.organisation_id = people.organisation_id and second_factor_roles.role = roles.role
         where people.id = $1 limit 1",
    )
    .bind(person)
    .fetch_optional(conn)
    .await?;
    Ok(needs.is_some())
}

/// True if a role of `person` needs it and they have none.
pub async fn is_lacking(conn: &mut Conn, person: PersonId) -> AppResult<bool> {
    Ok(of_person(conn, person).await? && !super::is_on(conn, person).await?)
}

async fn roles(conn: &mut Conn, organisation: OrganisationId) -> AppResult<Vec<Role>> {
    let mut roles: Vec<Role> =
        sqlx::query_scalar("select role from second_factor_roles where organisation_id = $1").bind(organisation).fetch_all(conn).await?;
    roles.sort_unstable();
    Ok(roles)
}

/// What is demanded, and who does not have it yet.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn read(conn: &mut Conn, who: &Identity) -> AppResult<Requirement> {
    who.require(Role::Admin)?;
    let roles = roles(conn, who.organisation).await?;
    let lacking: i64 = sqlx::query_scalar(concat!("select count(*) from people where organisation_id = $1 and ", lacks_factor!()))
        .bind(who.organisation)
        .fetch_one(&mut *conn)
        .await?;
    let people: Vec<(PersonId, String, u8)> = sqlx::query_as(concat!(
        "select id, name, hue from people where organisation_id = $1 and ",
        lacks_factor!(),
        " order by name, id limit $2",
    ))
    .bind(who.organisation)
    .bind(NAMED)
    .fetch_all(conn)
    .await?;
    let people = people.into_iter().map(|(id, name, hue)| PersonCard { id, name, hue }).collect();
    Ok(Requirement { roles, lacking: u32::try_from(lacking).unwrap_or(u32::MAX), people })
}

/// Demands it for `wanted` and no other role.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn set(tx: &mut Tx, who: &Identity, wanted: &[Role]) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    let before = roles(tx, who.organisation).await?;
    let after: Vec<Role> = choices().filter(|role| wanted.contains(role)).collect();
    if before == after {
        return Ok(());
    }
    sqlx::query("delete from second_factor_roles where organisation_id = $1").bind(who.organisation).execute(&mut **tx).await?;
    for role in &after {
        sqlx::query("insert into second_factor_roles (organisation_id, role) values ($1, $2)")
            .bind(who.organisation)
            .bind(*role)
            .execute(&mut **tx)
            .await?;
    }
    let names: Vec<&str> = after.iter().map(|role| role_name(*role)).collect();
    let name: String =
        sqlx::query_scalar("select name from organisations where id = $1").bind(who.organisation).fetch_one(&mut **tx).await?;
    let required = Record::SecondFactorRequired { roles: if names.is_empty() { "None".to_owned() } else { names.join(", ") } };
    tx.record(Activity::by(who, required, Subject::named(who.organisation.0, &name))).await
}

/// Has the sockets of those who lack it asked again, some in a write: they close. What they ask otherwise is refused from the next request
/// on.
pub async fn close_sockets(state: &AppState, organisation: OrganisationId) -> AppResult<()> {
    let mut after = PersonId(0);
    loop {
        let asked = state.store.write(async move |tx: &mut Tx| {
            let people: Vec<PersonId> = sqlx::query_scalar(concat!(
                "select id from people where organisation_id = $1 and id > $2 and ",
                lacks_factor!(),
                " order by id limit $3",
            ))
            .bind(organisation)
            .bind(after)
            .bind(AT_ONCE)
            .fetch_all(&mut **tx)
            .await?;
            for person in &people {
                tx.revoke(*person, Scope::Rights);
            }
            Ok(people.last().copied())
        });
        match asked.await? {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// A role that needs it was given to `person`: their sockets are asked again.
pub async fn role_granted(tx: &mut Tx, person: PersonId) -> AppResult<()> {
    if is_lacking(tx, person).await? {
        tx.revoke(person, Scope::Rights);
    }
    Ok(())
}
