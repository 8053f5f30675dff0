//! Sessions in the database: how they begin, are saved and end.

use axum::{Extension, Router, body::Body, extract::Request, middleware, routing::get};
use futures::future::join_all;
use tower::ServiceExt as _;
use tower_sessions::{SessionManagerLayer, session, session_store};

use super::*;
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, ErrorKind},
};
use plenum_store::db::{Activity, Committed, Revocation, Scope};
use plenum_testing::{HERE, House};

#[test]
fn secrets_are_32_random_bytes() {
    let secret = Secret::random();
    assert_eq!(Secret::parse(secret.reveal()), Some(secret.clone()));
    assert_ne!(Secret::random(), secret);
    assert_eq!(secret.hash().len(), 32);
    for wrong in ["", "abc", "a b", &"A".repeat(44)] {
        assert_eq!(Secret::parse(wrong), None, "{wrong}");
    }
    assert_eq!(format!("{secret:?}"), "Secret(…)");
}

/// Neither is ever taken for the other.
#[test]
fn a_session_is_no_token() {
    assert_eq!(Secret::parse(&SessionId::default().to_string()), None);
    assert!(Secret::random().reveal().parse::<SessionId>().is_err());
}

/// Signs Sam in, as a server function does, with one activity row.
async fn enter_as_sam(house: &House, session: &Session) -> AppResult<()> {
    let sam = house.person(2).person;
    enter(session, async move |tx, new| {
        replace(tx, new).await?;
        let id = create(tx, new, sam, "Firefox", "::1").await?;
        let record = Record::SignInCreated { device: "Firefox".to_owned(), address: "::1".to_owned() };
        tx.record(Activity::new(HERE, Some(sam), record, Subject::unnamed(id.0))).await
    })
    .await
}

async fn signed_in(house: &House) -> SessionId {
    let session = SignIns::session(&house.store, None);
    enter_as_sam(house, &session).await.unwrap();
    session.id().unwrap()
}

async fn stands(house: &House, id: SessionId) -> bool {
    find(&mut house.store.look().await.unwrap(), hash(&id), db::now()).await.unwrap().is_some()
}

/// Whose sockets close since the last call, and why.
fn closed(house: &mut House) -> Vec<SignInEnd> {
    let of = |item| match item {
        Committed::Revoked(Revocation { scope: Scope::SignIn(_, cause), .. }) => Some(cause),
        _ => None,
    };
    house.committed().into_iter().filter_map(of).collect()
}

/// The id is new, the former sign-in ends in the same write, and what the former session held stays behind.
#[tokio::test]
async fn a_sign_in_has_a_new_id() {
    let mut house = House::with(3).await;
    let first = signed_in(&house).await;
    let held = SignIns::session(&house.store, Some(first));
    held.insert("held", "before").await.unwrap();
    held.save().await.unwrap();
    house.committed();

    let session = SignIns::session(&house.store, Some(first));
    enter_as_sam(&house, &session).await.unwrap();
    let second = session.id().unwrap();
    assert!(second != first && stands(&house, second).await && !stands(&house, first).await);
    assert_eq!(closed(&mut house), [SignInEnd::Replaced]);
    assert_eq!(house.count("select count(*) from sign_ins").await, 1);
    assert_eq!(session.get::<String>("held").await.unwrap(), None);
    // As the layer does with every session that was changed.
    session.save().await.unwrap();
    assert_eq!(house.count("select count(*) from sign_ins where data is not null").await, 0);

    // An id that nobody was given begins nothing: whoever plants one knows no sign-in.
    let planted = SessionId::default();
    let session = SignIns::session(&house.store, Some(planted));
    enter_as_sam(&house, &session).await.unwrap();
    assert!(session.id().unwrap() != planted && !stands(&house, planted).await);
    assert_eq!(closed(&mut house), []);
}

/// A sign-in that is refused changes nothing: neither rows nor what the browser holds.
#[tokio::test]
async fn a_refused_sign_in_leaves_the_former() {
    let mut house = House::with(3).await;
    let former = signed_in(&house).await;
    house.committed();
    let refuse = async |session: &Session| {
        let refused = enter(session, async |tx, new| {
            replace(tx, new).await?;
            Err(AppError::conflict("It is full."))
        });
        assert_eq!(refused.await.unwrap_err().kind, ErrorKind::Conflict);
    };
    let session = SignIns::session(&house.store, Some(former));
    refuse(&session).await;
    assert!(session.id() == Some(former) && stands(&house, former).await);
    assert_eq!(closed(&mut house), []);
    for nobody in [None, Some(SessionId::default())] {
        let session = SignIns::session(&house.store, nobody);
        refuse(&session).await;
        assert!(session.is_empty().await, "the layer sets no cookie");
    }
    assert_eq!(house.count("select count(*) from sign_ins").await, 1);
}

/// Both saves are taken; the sign-in stands, and its session is as one of the two left it.
#[tokio::test]
async fn two_tabs_save_at_once() {
    let house = House::with(3).await;
    let id = signed_in(&house).await;
    let tabs = ["first", "second"].map(|tab| (tab, SignIns::session(&house.store, Some(id))));
    for (tab, session) in &tabs {
        session.insert(tab, true).await.unwrap();
    }
    let saved = join_all(tabs.iter().map(|(_, session)| session.save())).await;
    assert!(saved.iter().all(Result::is_ok) && stands(&house, id).await);
    let session = SignIns::session(&house.store, Some(id));
    let (first, second) = (session.get::<bool>("first").await.unwrap(), session.get::<bool>("second").await.unwrap());
    assert!(first.is_some() != second.is_some(), "{first:?} {second:?}");
    assert_eq!(house.count("select count(*) from sign_ins").await, 1);
}

/// A save after signing out is no error, and brings nothing back; nor does it where the sign-in was over when it was loaded.
#[tokio::test]
async fn a_late_save_brings_no_sign_in_back() {
    let mut house = House::with(3).await;
    let id = signed_in(&house).await;
    let (late, sam) = (SignIns::session(&house.store, Some(id)), house.person(2).person);
    late.insert("tab", "late").await.unwrap();
    house.committed();

    let leaving = SignIns::session(&house.store, Some(id));
    let sign_out = async move |tx: &mut Tx| end(tx, sam, Which::All, SignInEnd::SignedOut, sam).await;
    assert_eq!(house.store.write(sign_out).await.unwrap().len(), 1);
    leave(&leaving).await.unwrap();
    assert!(leaving.is_empty().await, "the layer removes the cookie");
    assert_eq!(closed(&mut house), [SignInEnd::SignedOut], "it was ended once");

    late.save().await.unwrap();
    assert_eq!(house.count("select count(*) from sign_ins").await, 0);
    let later = SignIns::session(&house.store, Some(id));
    later.insert("tab", "later").await.unwrap();
    assert!(later.save().await.is_err(), "a session begins with a sign-in");
    assert_eq!(house.count("select count(*) from sign_ins").await, 0);
}

/// Whatever deletes a session ends the sign-in: its sockets close, and it is recorded.
#[tokio::test]
async fn deleting_a_session_ends_the_sign_in() {
    let mut house = House::with(3).await;
    let id = signed_in(&house).await;
    house.committed();
    SignIns::session(&house.store, Some(id)).flush().await.unwrap();
    assert_eq!(closed(&mut house), [SignInEnd::SignedOut]);
    assert_eq!(house.count("select count(*) from activity where verb = 'sign_in.closed'").await, 1);
}

/// A visitor has no session, and an expired one is not loaded.
#[tokio::test]
async fn there_is_no_session_without_a_sign_in() {
    let house = House::with(3).await;
    let visitor = SignIns::session(&house.store, None);
    visitor.insert("picked", 7).await.unwrap();
    assert!(visitor.save().await.is_err());
    assert_eq!(house.count("select count(*) from sign_ins").await, 0);
    let id = signed_in(&house).await;
    assert!(house.execute("update sign_ins set expires_at = 5, data = '{\"held\":1}'").await);
    assert_eq!(SignIns::session(&house.store, Some(id)).get::<i64>("held").await.unwrap(), None);
}

/// A session that cannot be saved is refused with a sentence, in the form that the request reads; so is what a sign-in meets.
#[tokio::test]
async fn a_failed_save_is_told() {
    let house = House::with(3).await;
    let held = signed_in(&house).await;
    house
        .store
        .write(async |tx: &mut Tx| {
            let failing = "create trigger sign_ins_failing before update of data on sign_ins begin select raise(abort, 'by the test'); end";
            sqlx::query(failing).execute(&mut **tx).await?;
            Ok(())
        })
        .await
        .unwrap();
    let change =
        async |Extension(session): Extension<Session>| session.insert("held", "something").await.map(|()| "done").map_err(|_| "failed");
    let app = Router::new()
        .route("/page", get(change))
        .route("/fn/change", get(change))
        .layer(SessionManagerLayer::new(SignIns::over(&house.store)).with_name("plenum_sign_in").with_secure(false))
        .layer(middleware::from_fn(tell_refusals));
    let ask = async |path: &str, accept: &str| {
        let request = Request::get(path).header("accept", accept).header("cookie", format!("plenum_sign_in={held}"));
        let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let text = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, String::from_utf8(text.to_vec()).unwrap())
    };
    let (status, page) = ask("/page", "text/html").await;
    assert!(status == 500 && page.contains("Something went wrong on our side."), "{status} {page:?}");
    let (status, error) = ask("/fn/change", "application/json").await;
    let error: AppError = serde_json::from_str(&error).unwrap();
    assert_eq!((status, error.kind), (500, ErrorKind::Internal));
    assert_eq!(house.count("select count(*) from sign_ins where data is not null").await, 0);

    // What the store says arrives as it was said: 503 where there is no room.
    let full = AppError::storage_full();
    let carried = session_store::Error::Backend(serde_json::to_string(&full).unwrap());
    assert_eq!(refused(session::Error::Store(carried)), full);
}
