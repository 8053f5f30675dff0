//! Sessions: `tower-sessions` over the table `sign_ins`.
//!
//! The crate carries the cookie, its life and its data. A session is the sign-in of a browser; a visitor has none, and what they pick stays
//! in their browser. The cookie holds the session's id, 128 random bits. The database holds only their SHA-256 ([`hash`]).
//!
//! - The identity of a request is one statement over the hash ([`lookup`](super::lookup)). It loads no session: data is loaded only for who
//!   reads it ([`once`](crate::once)).
//! - A session begins in [`enter`]: `cycle_id`, then `save`, which calls `create`. `create` runs the one write that ends the browser's former
//!   sign-in, inserts the row and records the activity. Nothing that the former session held is carried over.
//! - `save` only updates: a late save after signing out brings no sign-in back, and is no error. It leaves the row's end as it is.
//! - `delete` ends the sign-in by [`end`], as everything else does. Who signs out ends the row in a write of their own, then flushes.
//!
//! Where the crate promises less:
//! - It saves a session whole: of two requests that change one at once, the later save stands and what the other changed is lost.
//! - `cycle_id` deletes before anything is created. Within [`enter`] nothing is deleted then; `create` ends the former session.
//! - A `create` that fails leaves a browser without its former cookie. `create` gives the former id back where the write is refused.
//! - What it does to the cookie itself is mended around it ([`cookies`](super::cookies)).
//! - What the store refuses it answers with 500 and no word. [`tell_refusals`] around it says what it was.
//! - It warns of each unknown id, which anybody can send; the log leaves these out (`src/telemetry.rs`).

use std::{any::type_name, cell::RefCell, fmt, sync::Arc};

use async_trait::async_trait;
use axum::{extract::Request, http::StatusCode, middleware::Next, response::Response};
use futures::future::BoxFuture;
use http_body::Body as _;
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    Expiry, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{self, Record},
    session_store::{Error, Result},
};
pub use tower_sessions::{Session, session::Id as SessionId};

use super::{LIFETIME, Which, cookie_name, end};
use crate::{refusal_form::RefusalForm, state::AppState};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, PersonId, SignInId},
    people::SignInEnd,
};
use plenum_store::{
    db::{self, Store, Tx},
    faults,
};

/// What the database holds of a session's id.
pub fn hash(id: &SessionId) -> Vec<u8> {
    Sha256::digest(id.to_string()).to_vec()
}

/// The layer that puts the [`Session`] into each request and its cookie into the answer.
pub fn layer(state: &AppState) -> SessionManagerLayer<SignIns> {
    SessionManagerLayer::new(SignIns(state.store.clone()))
        .with_name(cookie_name(&state.server))
        .with_path("/")
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(state.server.is_secure())
        .with_expiry(Expiry::OnInactivity(Duration::milliseconds(LIFETIME)))
}

/// A sign-in that is about to be made.
#[derive(Debug, Clone)]
pub struct NewSignIn {
    pub(super) hash: Vec<u8>,
    /// Of what the browser was signed in with until now.
    pub(super) former: Option<Vec<u8>>,
}

impl NewSignIn {
    /// With this id, in place of `former`.
    pub fn of(id: &SessionId, former: Option<&SessionId>) -> Self {
        Self { hash: hash(id), former: former.map(hash) }
    }
}

type Write = Box<dyn FnOnce(Store, NewSignIn) -> BoxFuture<'static, AppResult<()>> + Send>;

/// What `create` is to write. The crate gives it a record only.
struct Entry {
    write: Option<Write>,
    former: Option<SessionId>,
    refusal: Option<AppError>,
}

tokio::task_local! {
    static ENTRY: RefCell<Entry>;
}

/// Signs the browser of `session` in, in the one write of `body`, which calls [`replace`](super::replace) and [`create`](super::create).
/// Where `body` refuses, the browser stays signed in as it was.
///
/// # Errors
/// Those of `body`.
pub async fn enter<F>(session: &Session, body: F) -> AppResult<()>
where
    F: AsyncFn(&mut Tx, &NewSignIn) -> AppResult<()> + Send + 'static,
{
    // An id that stands for nothing is forgotten here.
    session.get_value("").await.map_err(refused)?;
    let write: Write = Box::new(move |store, new| {
        Box::pin(async move { store.write_named(type_name::<F>(), async move |tx: &mut Tx| body(tx, &new).await).await })
    });
    let entry = Entry { write: Some(write), former: session.id(), refusal: None };
    let entered = async {
        session.cycle_id().await.map_err(refused)?;
        let saved = session.save().await;
        match ENTRY.with(|entry| entry.borrow_mut().refusal.take()) {
            Some(refusal) => Err(refusal),
            None => saved.map_err(refused),
        }
    };
    ENTRY.scope(RefCell::new(entry), entered).await
}

/// Ends the session of a browser that has signed out: its cookie goes.
///
/// # Errors
/// Internal, if the database does not answer.
pub async fn leave(session: &Session) -> AppResult<()> {
    session.flush().await.map_err(refused)
}

/// The sessions in the database.
#[derive(Clone)]
pub struct SignIns(Store);

impl SignIns {
    /// Those of `store`.
    #[cfg(test)]
    pub(super) fn over(store: &Store) -> Self {
        Self(store.clone())
    }

    /// The session of `id`, as the layer puts it into a request.
    pub fn session(store: &Store, id: Option<SessionId>) -> Session {
        Session::new(id, Arc::new(Self(store.clone())), None)
    }
}

impl fmt::Debug for SignIns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIns")
    }
}

/// What the store has said by `error`: a full disk is one here, too.
pub(crate) fn refused(error: session::Error) -> AppError {
    if let session::Error::Store(Error::Backend(said)) = &error
        && let Ok(said) = serde_json::from_str(said)
    {
        return said;
    }
    faults::because(&format!("a session: {error}"))
}

/// The crate's errors hold a text only: it is the error's JSON.
fn backend(error: impl Into<AppError>) -> Error {
    let error = error.into();
    // A sign-in that is made in a task of its own is told of it by [`refused`].
    let _ = LAST_REFUSAL.try_with(|last| last.replace(Some(error.clone())));
    Error::Backend(serde_json::to_string(&error).unwrap_or(error.message))
}

tokio::task_local! {
    static LAST_REFUSAL: RefCell<Option<AppError>>;
}

/// Middleware around the layer: where a session could not be saved, the answer says why.
pub async fn tell_refusals(request: Request, next: Next) -> Response {
    let form = RefusalForm::of(&request);
    let answered = async {
        let response = next.run(request).await;
        (response, LAST_REFUSAL.with(RefCell::take))
    };
    let (response, refusal) = LAST_REFUSAL.scope(RefCell::default(), answered).await;
    // The layer's own answer is empty; whoever else met the refusal has said so.
    let is_mute = response.status() == StatusCode::INTERNAL_SERVER_ERROR && response.body().is_end_stream();
    match refusal.filter(|_| is_mute) {
        Some(refusal) => form.response(refusal),
        None => response,
    }
}

#[async_trait]
impl SessionStore for SignIns {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let take = |entry: &RefCell<Entry>| {
            let mut entry = entry.borrow_mut();
            entry.write.take().map(|write| (write, entry.former))
        };
        let Some((write, former)) = ENTRY.try_with(take).ok().flatten() else {
            return Err(Error::Backend("a session begins with a sign-in".to_owned()));
        };
        match write(self.0.clone(), NewSignIn::of(&record.id, former.as_ref())).await {
            Ok(()) => {
                record.data.clear();
                Ok(())
            }
            Err(refusal) => {
                let outcome = former.map(|former| record.id = former).ok_or_else(|| Error::Backend("the sign-in was refused".to_owned()));
                ENTRY.with(|entry| entry.borrow_mut().refusal = Some(refusal));
                outcome
            }
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = if record.data.is_empty() {
            None
        } else {
            Some(serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?)
        };
        let hash = hash(&record.id);
        let mut conn = self.0.look().await.map_err(backend)?;
        let held: Option<Option<String>> = sqlx::query_scalar("select data from sign_ins where token_hash = $1 and scopes is null")
            .bind(&hash)
            .fetch_optional(&mut *conn)
            .await
            .map_err(backend)?;
        drop(conn);
        // The layer saves whatever was changed once more.
        if held.is_none_or(|held| held == data) {
            return Ok(());
        }
        let update = async move |tx: &mut Tx| {
            sqlx::query("update sign_ins set data = $2 where token_hash = $1 and scopes is null")
                .bind(&hash)
                .bind(&data)
                .execute(&mut **tx)
                .await?;
            Ok(())
        };
        self.0.write(update).await.map_err(backend)
    }

    async fn load(&self, id: &SessionId) -> Result<Option<Record>> {
        let row: Option<(Option<String>, Millis)> =
            sqlx::query_as("select data, expires_at from sign_ins where token_hash = $1 and scopes is null and expires_at > $2")
                .bind(hash(id))
                .bind(db::now())
                .fetch_optional(&mut *self.0.look().await.map_err(backend)?)
                .await
                .map_err(backend)?;
        let Some((data, expires_at)) = row else { return Ok(None) };
        let decoding = |error: &dyn fmt::Display| Error::Decode(error.to_string());
        let data = data.map(|data| serde_json::from_str(&data)).transpose().map_err(|error| decoding(&error))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(expires_at / 1000).map_err(|error| decoding(&error))?;
        Ok(Some(Record { id: *id, data: data.unwrap_or_default(), expiry_date }))
    }

    async fn delete(&self, id: &SessionId) -> Result<()> {
        if ENTRY.try_with(|_| ()).is_ok() {
            // `cycle_id` within `enter`: the write there ends it.
            return Ok(());
        }
        let row: Option<(PersonId, SignInId)> =
            sqlx::query_as("select person_id, id from sign_ins where token_hash = $1 and scopes is null")
                .bind(hash(id))
                .fetch_optional(&mut *self.0.look().await.map_err(backend)?)
                .await
                .map_err(backend)?;
        let Some((person, id)) = row else { return Ok(()) };
        let ending = async move |tx: &mut Tx| end(tx, person, Which::One(id), SignInEnd::SignedOut, person).await.map(drop);
        self.0.write(ending).await.map_err(backend)
    }
}
