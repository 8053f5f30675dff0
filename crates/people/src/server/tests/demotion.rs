//! What a role has opened ends with it (I24): also what was prepared while one had it.

use plenum_core::{
    error::{AppResult, ErrorKind},
    ids::PersonId,
    people::{Identity, Role},
};
use plenum_messages::spaces::server as spaces;
use plenum_store::db::Tx;
use plenum_testing::House;

use crate::server::{administration, invitations};

const DEMOTED: PersonId = PersonId(2);

/// Two admins, as they are signed in.
async fn admins(house: &House) -> [Identity; 2] {
    let promote = async move |tx: &mut Tx| {
        for person in [1, 2] {
            sqlx::query("insert into roles (person_id, role) values ($1, $2) on conflict do nothing")
                .bind(person)
                .bind(Role::Admin)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    };
    house.store.write(promote).await.unwrap();
    [1, 2].map(|person| {
        let mut admin = house.person(person).clone();
        admin.roles.push(Role::Admin);
        admin
    })
}

async fn demote(house: &House, by: &Identity) -> AppResult<()> {
    let by = by.clone();
    house.store.write(async move |tx: &mut Tx| administration::set_roles(tx, &by, DEMOTED, &[]).await).await
}

/// Links for more than members that an admin has kept are worth nothing when they are no admin any more.
#[tokio::test]
async fn a_demotion_withdraws_invitations() {
    let house = House::with(2).await;
    let [vera, former] = admins(&house).await;
    let invite = async move |tx: &mut Tx| {
        let mut secrets = Vec::new();
        for role in [Role::Admin, Role::Member] {
            secrets.push(invitations::insert(tx, former.organisation, None, role, Some(DEMOTED)).await?.1.reveal().to_owned());
        }
        Ok(secrets)
    };
    let secrets = house.store.write(invite).await.unwrap();
    demote(&house, &vera).await.unwrap();
    let mut conn = house.store.read().await.unwrap();
    let [admins, members] = [0, 1].map(|index| secrets[index].clone());
    assert_eq!(invitations::read(&mut conn, &admins).await.unwrap_err().field.as_deref(), Some("invitation"));
    assert!(invitations::read(&mut conn, &members).await.is_ok());
}

/// Who organised runs no event's space any more; one that nobody else ran is run by who took the role.
#[tokio::test]
async fn a_demotion_ends_what_organisers_run() {
    let house = House::with(3).await;
    let [vera, former] = admins(&house).await;
    let prepare = async move |tx: &mut Tx| {
        let alone = spaces::create(tx, former.organisation, "Alone").await?;
        let shared = spaces::create(tx, former.organisation, "Shared").await?;
        for space in [alone, shared] {
            spaces::admit(tx, space, DEMOTED, true).await?;
        }
        spaces::admit(tx, shared, PersonId(3), true).await?;
        Ok([alone, shared])
    };
    let [alone, shared] = house.store.write(prepare).await.unwrap();
    demote(&house, &vera).await.unwrap();
    let mut conn = house.store.read().await.unwrap();
    for space in [alone, shared] {
        assert!(!spaces::is_staff(&mut conn, space, DEMOTED).await.unwrap());
        assert!(spaces::is_member(&mut conn, space, DEMOTED).await.unwrap());
    }
    assert!(spaces::is_staff(&mut conn, alone, PersonId(1)).await.unwrap());
    assert!(!spaces::is_member(&mut conn, shared, PersonId(1)).await.unwrap());
}

/// A request that began before the demotion is refused after it, although its identity says admin.
#[tokio::test]
async fn a_write_asks_for_the_role_again() {
    let house = House::with(2).await;
    let [vera, former] = admins(&house).await;
    demote(&house, &vera).await.unwrap();
    let rename = async move |tx: &mut Tx| administration::update_organisation(tx, &former, "Mine", true).await;
    assert_eq!(house.store.write(rename).await.unwrap_err().kind, ErrorKind::Forbidden);
}
