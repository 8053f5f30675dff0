//! What every server function promises, with the state of a small institution and a request made by hand.

use std::{
    future::ready,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::http::{Extensions, HeaderMap, Request, StatusCode, request::Parts};
use futures::future::{BoxFuture, FutureExt as _, LocalBoxFuture};
use leptos::{
    config::LeptosOptions,
    prelude::{Owner, provide_context},
    reactive::computed::ScopedFuture,
};
use tokio::sync::oneshot;

use super::*;
use crate::{
    settings,
    sign_ins::{self, NewSignIn, SessionId, SignIns, Visits},
    state::Shared,
};
use plenum_core::{
    error::{AppError, ErrorKind},
    ids::{Millis, PersonId, SignInId},
};
use plenum_live::{
    hub::Hub,
    plenum_auth,
    rules::{Decision, Relayed, Rules, Who},
    settings::{Limits, Realtime},
};
use plenum_store::db::Conn;
use plenum_testing::House;

/// Nobody joins anything: no test here opens a socket.
struct NoRules;

impl Rules for NoRules {
    fn is_presence(&self, _: &str) -> bool {
        false
    }

    fn may_join<'a>(&'a self, _: &'a mut Conn, _: Option<&'a Who>, _: &'a str) -> BoxFuture<'a, AppResult<Decision>> {
        async { Err(AppError::no_such("channel")) }.boxed()
    }

    fn client_event<'a>(&'a self, _: &'a Who, _: &'a str, _: &'a str, _: &'a str) -> BoxFuture<'a, AppResult<Option<Relayed>>> {
        async { Ok(None) }.boxed()
    }

    fn whose<'a>(&'a self, _: &'a mut Conn, _: PersonId, _: SignInId) -> BoxFuture<'a, AppResult<Option<(Who, bool)>>> {
        async { Ok(None) }.boxed()
    }

    fn last_seen(&self, _: PersonId, _: Millis) -> BoxFuture<'_, AppResult<()>> {
        async { Ok(()) }.boxed()
    }
}

struct NoVisits;

impl Visits for NoVisits {
    fn visited<'a>(&'a self, _: &'a mut Tx, _: PersonId, _: Millis) -> LocalBoxFuture<'a, AppResult<()>> {
        async { Ok(()) }.boxed_local()
    }
}

/// An institution of three people, and what its server functions share.
struct Place {
    house: House,
    state: AppState,
    /// The browser of whoever asks.
    browser: SessionId,
}

/// With scripts, and from a form of a page without.
const SCRIPTS: &str = "application/json";
const FORM: &str = "text/html,*/*";

impl Place {
    /// Two commands and four marks a minute.
    async fn new() -> Self {
        let house = House::with(3).await;
        let limits = Limits { commands_per_minute: 2, marks_per_minute: 4, ..Limits::default() };
        let store = house.store.clone();
        let secret = plenum_auth::secret(&store).await.unwrap();
        let state = AppState::new(Shared {
            server: settings::Server::default(),
            limits,
            mail: settings::Mail::default(),
            demo: false,
            leptos: LeptosOptions::builder().output_name("plenum").build(),
            hub: Arc::new(Hub::new(Realtime::default(), limits, store.clone(), Arc::new(NoRules), secret)),
            store,
            live_schema: 1,
            applications: Arc::default(),
            rates: Arc::new(Rates::new(&limits)),
            visits: Arc::new(NoVisits),
            build: "test".into(),
            parts: Extensions::new(),
        });
        let (browser, sam) = (SessionId::default(), house.person(2).person);
        let new = NewSignIn::of(&browser, None);
        house.store.write(async move |tx: &mut Tx| sign_ins::create(tx, &new, sam, "Firefox", "::1").await).await.unwrap();
        Self { house, state, browser }
    }

    /// Runs a server function's body in a request of `who` that accepts `accept`; its outcome, and the answer's status and headers.
    async fn ask<T>(
        &self,
        who: Option<&Identity>,
        accept: &str,
        body: impl AsyncFnOnce() -> AppResult<T>,
    ) -> (AppResult<T>, Option<StatusCode>, HeaderMap) {
        let (mut parts, ()): (Parts, ()) = Request::builder().header(header::ACCEPT, accept).body(()).unwrap().into_parts();
        if let Some(who) = who {
            parts.extensions.insert(who.clone());
        }
        parts.extensions.insert(self.session());
        let (owner, response) = (Owner::new(), ResponseOptions::default());
        let asked = owner.with(|| {
            provide_context(self.state.clone());
            provide_context(parts);
            provide_context(response.clone());
            ScopedFuture::new(async move { body().await })
        });
        let outcome = asked.await;
        let answered = response.0.read().unwrap();
        (outcome, answered.status, answered.headers.clone())
    }

    /// The session of that browser, as it is in the database.
    fn session(&self) -> sign_ins::Session {
        SignIns::session(&self.house.store, Some(self.browser))
    }

    /// A person who is signed in.
    fn sam(&self) -> Option<&Identity> {
        Some(self.house.person(2))
    }
}

/// One of the house's own people is renamed.
async fn rename(tx: &mut Tx, who: &Identity, name: &str) -> AppResult<i64> {
    sqlx::query("update people set name = $1 where id = $2").bind(name).bind(who.person).execute(&mut **tx).await?;
    Ok(who.person.0)
}

async fn name(conn: &mut Conn, person: PersonId) -> AppResult<String> {
    Ok(sqlx::query_scalar("select name from people where id = $1").bind(person).fetch_one(conn).await?)
}

/// Signed out it is 401, and what was entered is not even looked at.
#[tokio::test]
async fn who_is_signed_out_is_refused_before_anything_is_read() {
    let place = Place::new().await;
    let looked = Arc::new(AtomicU32::new(0));
    let input = Arc::clone(&looked);
    let input = move || {
        input.fetch_add(1, Ordering::SeqCst);
        Ok("Samuel".to_owned())
    };
    let refused =
        place.ask(None, SCRIPTS, async || command_with_input(input, async move |tx, who, name: &String| rename(tx, who, name).await).await);
    let (outcome, status, _) = refused.await;
    assert_eq!((outcome.unwrap_err().status(), status), (401, Some(StatusCode::UNAUTHORIZED)));
    let reading = async move |conn: &mut Conn, who: &Identity| name(conn, who.person).await;
    let (outcome, status, _) = place.ask(None, SCRIPTS, async || query(reading).await).await;
    assert_eq!((outcome.unwrap_err().status(), status), (401, Some(StatusCode::UNAUTHORIZED)));
    assert_eq!(looked.load(Ordering::SeqCst), 0);
    let anyone = place.ask(None, SCRIPTS, async || visitor_query(async |_, visitor| Ok(visitor.who.is_none())).await).await;
    assert!(anyone.0.unwrap());
}

/// A query reads what a command has written; its answer may say where the log stands.
#[tokio::test]
async fn a_query_reads_what_a_command_wrote() {
    let place = Place::new().await;
    let renaming = command_with_input(|| Ok("Samuel".to_owned()), async move |tx, who, name: &String| rename(tx, who, name).await);
    let (outcome, status, _) = place.ask(place.sam(), SCRIPTS, async || renaming.await).await;
    assert_eq!((outcome.unwrap(), status), (2, None));
    let reading =
        async move |conn: &mut Conn, who: &Identity, epoch: &plenum_core::cursor::Epoch| Ok((name(conn, who.person).await?, epoch.clone()));
    let (outcome, ..) = place.ask(place.sam(), SCRIPTS, async || query_snapshot(reading).await).await;
    assert_eq!(outcome.unwrap(), ("Samuel".to_owned(), place.state.store.epoch().clone()));
}

/// What cannot be read is 422, and nothing is written.
#[tokio::test]
async fn unreadable_input_never_reaches_the_writer() {
    let place = Place::new().await;
    let unreadable = || Err::<String, _>(AppError::invalid("name", "This is not a name."));
    let renaming = command_with_input(unreadable, async move |tx, who, name: &String| rename(tx, who, name).await);
    let (outcome, status, _) = place.ask(place.sam(), SCRIPTS, async || renaming.await).await;
    assert_eq!((outcome.unwrap_err().field.as_deref(), status), (Some("name"), Some(StatusCode::UNPROCESSABLE_ENTITY)));
    assert_eq!(place.house.count("select count(*) from people where name = 'Sam Adeyemi'").await, 1);
}

/// The third command in a minute is 429 and says when again; queries are not counted, and marks by a limit of their own.
#[tokio::test]
async fn commands_marks_and_visitors_are_counted_apart() {
    let place = Place::new().await;
    let one = async || command(async |_, who| Ok(who.person)).await;
    let mark = async || command(async |_, who| Ok(who.person)).mark().await;
    let visit = async || visitor_command(async |_, _| Ok(())).await;
    for _ in 0..2 {
        assert!(place.ask(place.sam(), SCRIPTS, one).await.0.is_ok());
        assert!(place.ask(None, SCRIPTS, visit).await.0.is_ok());
    }
    let (outcome, status, headers) = place.ask(place.sam(), SCRIPTS, one).await;
    assert_eq!((outcome.unwrap_err().kind, status), (ErrorKind::TooMany, Some(StatusCode::TOO_MANY_REQUESTS)));
    let seconds: u64 = headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=61).contains(&seconds));
    assert_eq!(place.ask(None, SCRIPTS, visit).await.1, Some(StatusCode::TOO_MANY_REQUESTS));
    for _ in 0..4 {
        assert!(place.ask(place.sam(), SCRIPTS, mark).await.0.is_ok());
    }
    assert_eq!(place.ask(place.sam(), SCRIPTS, mark).await.1, Some(StatusCode::TOO_MANY_REQUESTS));
    for _ in 0..5 {
        let reading = async move |conn: &mut Conn, who: &Identity| name(conn, who.person).await;
        assert!(place.ask(place.sam(), SCRIPTS, async || query(reading).await).await.0.is_ok());
        assert!(place.ask(None, SCRIPTS, async || visitor_command(async |_, _| Ok(())).uncounted().await).await.0.is_ok());
    }
    assert!(place.ask(Some(place.house.person(3)), SCRIPTS, one).await.0.is_ok(), "nobody's limit is anybody else's");
}

/// A panic is an internal error with a reference, in the body and in the writer, and the next one is answered.
#[tokio::test]
async fn a_panic_has_a_reference() {
    let place = Place::new().await;
    let body = async || command_with_state(async |state: AppState, _| if state.demo { Ok(()) } else { panic!("by the test") }).await;
    let write = async || command(async |_, who| if who.name.is_empty() { Ok(()) } else { panic!("by the test") }).await;
    for (outcome, status, _) in [place.ask(place.sam(), SCRIPTS, body).await, place.ask(place.sam(), SCRIPTS, write).await] {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind, status), (ErrorKind::Internal, Some(StatusCode::INTERNAL_SERVER_ERROR)));
        assert!(error.message.contains(&error.reference.unwrap()));
    }
    let reading = async move |conn: &mut Conn, who: &Identity| name(conn, who.person).await;
    assert_eq!(place.ask(place.sam(), SCRIPTS, async || query(reading).await).await.0.unwrap(), "Sam Adeyemi");
}

/// A page without scripts is led on when it is done, and back by the form's own way when it is not; with scripts the page stays.
#[tokio::test]
async fn a_page_without_scripts_is_led_on() {
    let place = Place::new().await;
    let one = async || command(async |_, who| Ok(who.person)).done_at(|person| format!("/people/{person}?done=saved")).mark().await;
    let (_, status, headers) = place.ask(place.sam(), FORM, one).await;
    assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (Some(StatusCode::FOUND), "/people/2?done=saved"));
    let (_, status, headers) = place.ask(place.sam(), SCRIPTS, one).await;
    assert_eq!((status, headers.get(header::LOCATION)), (None, None));
    let refused = async || command(async |_, _| Err::<(), _>(AppError::conflict("It is full."))).done("/people").mark().await;
    let (_, status, headers) = place.ask(place.sam(), FORM, refused).await;
    assert_eq!((status, headers.get(header::LOCATION)), (None, None));
}

/// A secret waits for a page without scripts only, and no cache keeps the answer of the other.
#[tokio::test]
async fn a_secret_is_shown_once() {
    let place = Place::new().await;
    let make = async || command(async |_, _| Ok("a secret".to_owned())).done("/settings").shown_once("token").await;
    let sam = place.house.person(2);
    let (outcome, _, headers) = place.ask(Some(sam), SCRIPTS, make).await;
    assert_eq!((outcome.unwrap().as_str(), headers[header::CACHE_CONTROL].to_str().unwrap()), ("a secret", "no-store"));
    assert!(ShownOnce::take(&place.session()).await.unwrap().is_none());
    assert_eq!(place.ask(Some(sam), FORM, make).await.1, Some(StatusCode::FOUND));
    let shown = ShownOnce::take(&place.session()).await.unwrap().unwrap();
    assert_eq!(shown.get::<String>("token").as_deref(), Some("a secret"));
}

/// What follows in memory happens after the commit, and not after a refusal.
#[tokio::test]
async fn what_follows_comes_after_the_commit() {
    let place = Place::new().await;
    let seen: Arc<Mutex<Vec<i64>>> = Arc::default();
    let note = |seen: &Arc<Mutex<Vec<i64>>>| {
        let seen = Arc::clone(seen);
        move |_: &AppState, id: &i64| {
            seen.lock().unwrap().push(*id);
            ready(Ok(()))
        }
    };
    let renaming = command(async |tx, who| rename(tx, who, "Samuel").await).after_commit(note(&seen));
    place.ask(place.sam(), SCRIPTS, async || renaming.await).await.0.unwrap();
    let refused = command(async |_, _| Err::<i64, _>(AppError::conflict("It is full."))).after_commit(note(&seen));
    place.ask(place.sam(), SCRIPTS, async || refused.await).await.0.unwrap_err();
    assert_eq!(*seen.lock().unwrap(), [2]);
}

/// A client that goes away stops nothing.
#[tokio::test]
async fn a_command_ends_although_its_client_goes_away() {
    let place = Place::new().await;
    let (go, wait) = oneshot::channel::<()>();
    let (ended, end) = oneshot::channel::<i64>();
    let slow = async move |state: AppState, who: Identity| {
        wait.await.map_err(|_| AppError::internal())?;
        state.store.write(async move |tx: &mut Tx| rename(tx, &who, "Samuel").await).await
    };
    let slow = command_with_state(slow).after_commit(move |_, id| ready(ended.send(*id).map_err(|_| AppError::internal())));
    let asked = place.ask(place.sam(), SCRIPTS, async || slow.await);
    assert!(asked.now_or_never().is_none(), "it waits for what has not been said, and is dropped here");
    go.send(()).unwrap();
    assert_eq!(end.await.unwrap(), 2);
    assert_eq!(place.house.count("select count(*) from people where name = 'Samuel'").await, 1);
}
