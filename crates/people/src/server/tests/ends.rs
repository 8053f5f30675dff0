//! A sign-in that ends, whatever the cause, loses its row, closes its sockets with the reason, and leaves one activity row (I32).

use plenum_core::{
    error::{AppResult, ErrorKind},
    ids::SignInId,
    people::{Identity, Role, Scope as TokenScope, SignInEnd, TokenWish},
};
use plenum_store::db::{Committed, Revocation, Scope, Tx};
use plenum_testing::House;
use plenum_web::sign_ins::{self as web, NewSignIn, SessionId, Which};

use crate::server::{joining, profile, sign_ins, tokens};

/// Sam, signed in with two browsers and a token; the first is the one that they ask with.
async fn signed_in(house: &House) -> (Identity, [SignInId; 3]) {
    let mut sam = house.person(2).clone();
    let person = sam.person;
    let new = || NewSignIn::of(&SessionId::default(), None);
    let ids = house
        .store
        .write(async move |tx: &mut Tx| {
            sqlx::query("insert into roles (person_id, role) values (1, $1) on conflict do nothing")
                .bind(Role::Admin)
                .execute(&mut **tx)
                .await?;
            let here = web::create(tx, &new(), person, "Firefox on Linux", "::1").await?;
            let there = web::create(tx, &new(), person, "Safari on iPhone", "::1").await?;
            let wish = TokenWish { name: "backup".into(), scopes: vec![TokenScope::Read], days: 1 };
            Ok([here, there, web::create_token(tx, person, &wish, "::1").await?.id])
        })
        .await
        .unwrap();
    sam.sign_in = ids[0];
    (sam, ids)
}

/// Whose sockets close since the last call, and why.
fn closed(house: &mut House) -> Vec<(SignInId, SignInEnd)> {
    let of = |item| match item {
        Committed::Revoked(Revocation { scope: Scope::SignIn(id, cause), .. }) => Some((id, cause)),
        _ => None,
    };
    house.committed().into_iter().filter_map(of).collect()
}

/// What the record has since the last call: the verb, by whom, about whom, its details.
async fn recorded(house: &House, seen: &mut i64) -> Vec<String> {
    let rows: Vec<(i64, String, i64, Option<i64>, String, String)> = sqlx::query_as(
        "select id, verb, person_id, about_id, subject_name, details from activity where id > $1 and subject_kind in ('sign_in', 'token', 'person') order by id",
    )
    .bind(*seen)
    .fetch_all(&mut *house.store.look().await.unwrap())
    .await
    .unwrap();
    *seen = rows.last().map_or(*seen, |row| row.0);
    let about = |about: Option<i64>| about.map_or_else(|| "-".to_owned(), |about| about.to_string());
    rows.into_iter().map(|(_, verb, by, of, name, details)| format!("{verb} {by} {} {name}{details}", about(of))).collect()
}

#[tokio::test]
async fn each_end_has_its_cause_and_one_row() {
    let mut house = House::with(3).await;
    let (sam, [here, there, token]) = signed_in(&house).await;
    let (mut seen, vera) = (0, house.person(1).clone());
    recorded(&house, &mut seen).await;
    house.committed();

    let who = sam.clone();
    house.store.write(async move |tx: &mut Tx| profile::end_sign_in(tx, &who, there).await).await.unwrap();
    assert_eq!(closed(&mut house), [(there, SignInEnd::EndedElsewhere)]);
    assert_eq!(recorded(&house, &mut seen).await, [r#"sign_in.ended 2 2 {"device":"Safari on iPhone"}"#]);
    let who = sam.clone();
    let again = house.store.write(async move |tx: &mut Tx| profile::end_sign_in(tx, &who, there).await).await.unwrap_err();
    assert_eq!(again.kind, ErrorKind::NotFound);

    let who = sam.clone();
    let browser = house.store.write(async move |tx: &mut Tx| tokens::end(tx, &who, here).await).await.unwrap_err();
    assert_eq!(browser.kind, ErrorKind::NotFound, "a browser is no token");
    let who = sam.clone();
    house.store.write(async move |tx: &mut Tx| tokens::end(tx, &who, token).await).await.unwrap();
    assert_eq!(closed(&mut house), [(token, SignInEnd::EndedElsewhere)]);
    assert_eq!(recorded(&house, &mut seen).await, ["token.ended 2 2 backup{}"]);

    house.store.write(async move |tx: &mut Tx| sign_ins::end(tx, &vera, here).await).await.unwrap();
    assert_eq!(closed(&mut house), [(here, SignInEnd::EndedByAdmin)]);
    assert_eq!(recorded(&house, &mut seen).await, [r#"sign_in.ended 1 2 {"device":"Firefox on Linux"}"#]);

    let (sam, [here, there, token]) = signed_in(&house).await;
    let who = sam.clone();
    house.store.write(async move |tx: &mut Tx| profile::end_other_sign_ins(tx, &who).await).await.unwrap();
    assert_eq!(closed(&mut house), [(there, SignInEnd::OthersEnded), (token, SignInEnd::OthersEnded)]);
    assert_eq!(recorded(&house, &mut seen).await, [r#"sign_in.others_ended 2 2 {"count":2}"#]);
    let who = sam.clone();
    house.store.write(async move |tx: &mut Tx| profile::end_other_sign_ins(tx, &who).await).await.unwrap();
    assert_eq!(recorded(&house, &mut seen).await, [] as [&str; 0], "none is no news");

    let who = sam.clone();
    house.store.write(async move |tx: &mut Tx| joining::sign_out(tx, &who).await).await.unwrap();
    assert_eq!(closed(&mut house), [(here, SignInEnd::SignedOut)]);
    assert_eq!(recorded(&house, &mut seen).await, [r#"sign_in.closed 2 - {"device":"Firefox on Linux"}"#]);

    // A password is changed also where nobody else is signed in.
    let end = async |which: Which, cause: SignInEnd| -> AppResult<Vec<web::Ended>> {
        let person = sam.person;
        house.store.write(async move |tx: &mut Tx| web::end(tx, person, which, cause, person).await).await
    };
    assert_eq!(end(Which::AllBut(here), SignInEnd::PasswordChanged).await.unwrap(), []);
    end(Which::All, SignInEnd::PasswordReset).await.unwrap();
    assert_eq!(recorded(&house, &mut seen).await, ["password.changed 2 2 {}", "password.reset 2 2 {}"]);
}

/// What ends by itself closes its sockets, and nobody has done it.
#[tokio::test]
async fn what_expires_is_told() {
    let mut house = House::with(3).await;
    let (_, ids) = signed_in(&house).await;
    let mut seen = 0;
    recorded(&house, &mut seen).await;
    house.committed();
    let expire = async |most: i64| {
        house
            .store
            .write(async move |tx: &mut Tx| {
                sqlx::query("update sign_ins set expires_at = 5").execute(&mut **tx).await?;
                web::expire(tx, most).await
            })
            .await
            .unwrap()
    };
    assert_eq!((expire(2).await, expire(2).await, expire(2).await), (true, true, false));
    let mut told = closed(&mut house);
    told.sort_by_key(|(id, _)| *id);
    assert_eq!(told, ids.map(|id| (id, SignInEnd::Expired)));
    assert_eq!(recorded(&house, &mut seen).await, [] as [&str; 0]);
}
