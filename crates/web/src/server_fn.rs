//! How a server function begins: as a [`query`] or as a [`command`].
//!
//! Promises, of every one of them: who asks is known first, then their limit is counted, then the input is looked at, and only then is
//! anything read or written. The body runs in a task of its own, so that a client which goes away does not stop it. An error gives the
//! answer its status; an internal one, a panic included, has a reference.
//!
//! | | who asks | counted | body |
//! |---|---|---|---|
//! | [`query`], [`query_snapshot`] | who is signed in | no | within one read transaction |
//! | [`query_with_state`] | who is signed in | no | opens its own |
//! | [`command`], [`command_with_input`] | who is signed in | `limits.commands_per_minute` | within one write |
//! | [`command_with_state`] | who is signed in | `limits.commands_per_minute` | opens its own; has room for what is slow |
//! | [`owner_query`], [`owner_command`] | who is signed in, or must set up a second factor first | commands: `limits.commands_per_minute` | opens its own |
//! | [`visitor_query`] | anyone | no | opens its own |
//! | [`visitor_command`] | anyone | by address | opens its own |
//!
//! What else belongs to a command is said between its body and its `.await`: [`Command::mark`], [`Command::done`],
//! [`Command::shown_once`], [`Command::after_commit`].

mod body;
#[cfg(test)]
mod tests;

use std::{any::type_name, pin::Pin};

use axum::http::{HeaderValue, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use serde::Serialize;

use super::{
    once::ShownOnce,
    rates::Rates,
    request::{self, Owner, Visitor, is_plain_form, set_status},
    state::AppState,
};
use body::{ReadBody, SnapshotBody};
use plenum_core::{error::AppResult, ids::PersonId, people::Identity};
use plenum_store::{active, db::Tx, faults};

/// Answers from one read transaction: `body` gets the transaction and who is signed in.
///
/// # Errors
/// 401; those of `body`.
pub async fn query<T, F>(body: F) -> AppResult<T>
where
    T: Send + 'static,
    F: for<'a> ReadBody<'a, T> + 'static,
{
    query_with_state(async move |state: AppState, who: Identity| body(&mut *state.store.read().await?, &who).await).await
}

/// The same for an answer that carries where its channels stand: `body` gets the log's epoch, too.
///
/// # Errors
/// As [`query`].
pub async fn query_snapshot<T, F>(body: F) -> AppResult<T>
where
    T: Send + 'static,
    F: for<'a> SnapshotBody<'a, T> + 'static,
{
    query_with_state(async move |state: AppState, who: Identity| body(&mut *state.store.read().await?, &who, state.store.epoch()).await)
        .await
}

/// Answers with what `body` makes of the state, for what is not one read transaction.
///
/// # Errors
/// As [`query`].
pub async fn query_with_state<T, F, A>(body: F) -> AppResult<T>
where
    T: Send + 'static,
    F: FnOnce(AppState, Identity) -> A + Send + 'static,
    A: Future<Output = AppResult<T>> + Send + 'static,
{
    Command::new(Limit::None, body).await
}

/// Answers anyone, signed in or not.
///
/// # Errors
/// Those of `body`.
pub async fn visitor_query<T, F, A>(body: F) -> AppResult<T>
where
    T: Send + 'static,
    F: FnOnce(AppState, Visitor) -> A + Send + 'static,
    A: Future<Output = AppResult<T>> + Send + 'static,
{
    Command::new(Limit::None, body).await
}

/// A command in one write: `body` gets the transaction and who is signed in. It could be run again, so that it borrows what it captured.
///
/// # Errors
/// 401, 429 with the time to wait, and those of `body`.
pub fn command<T, F>(body: F) -> Command<Identity, T>
where
    T: Send + 'static,
    F: AsyncFn(&mut Tx, &Identity) -> AppResult<T> + Send + 'static,
{
    command_with_state(async move |state: AppState, who: Identity| {
        state.store.write_named(type_name::<F>(), async move |tx: &mut Tx| body(tx, &who).await).await
    })
}

/// The same with what `input` reads from what was entered: the writer is not bothered with what cannot be read.
///
/// # Errors
/// As [`command`], and those of `input`.
pub fn command_with_input<I, T, F>(input: impl FnOnce() -> AppResult<I> + Send + 'static, body: F) -> Command<Identity, T>
where
    I: Send + 'static,
    T: Send + 'static,
    F: AsyncFn(&mut Tx, &Identity, &I) -> AppResult<T> + Send + 'static,
{
    command_with_state(async move |state: AppState, who: Identity| {
        let input = input()?;
        state.store.write_named(type_name::<F>(), async move |tx: &mut Tx| body(tx, &who, &input).await).await
    })
}

/// A command of more than one write, or with work that would hold the writer: rendering, hashing, the network.
///
/// # Errors
/// As [`command`].
pub fn command_with_state<T, F, A>(body: F) -> Command<Identity, T>
where
    F: FnOnce(AppState, Identity) -> A + Send + 'static,
    A: Future<Output = AppResult<T>> + Send + 'static,
{
    Command::new(Limit::Commands, body)
}

/// A command of somebody who need not be signed in, counted by their address.
///
/// # Errors
/// 429, and those of `body`.
pub fn visitor_command<T, F, A>(body: F) -> Command<Visitor, T>
where
    F: FnOnce(AppState, Visitor) -> A + Send + 'static,
    A: Future<Output = AppResult<T>> + Send + 'static,
{
    Command::new(Limit::Commands, body)
}

/// Answers somebody about the second factor of their own account; also while they must set it up before anything else.
///
/// # Errors
/// 401; those of `body`.
pub async fn owner_query<T, F, A>(body: F) -> AppResult<T>
where
    T: Send + 'static,
    F: FnOnce(AppState, Identity) -> A + Send + 'static,
    A: Future<Output = AppResult<T>> + Send + 'static,
{
    Command::new(Limit::None, |state, Owner(who)| body(state, who)).await
}

/// A command of somebody about the second factor of their own account; also while they must set it up before anything else.
///
/// # Errors
/// 401, 429, and those of `body`.
pub fn owner_command<T, F, A>(body: F) -> Command<Owner, T>
where
    F: FnOnce(AppState, Identity) -> A + Send + 'static,
    A: Future<Output = AppResult<T>> + Send + 'static,
{
    Command::new(Limit::Commands, |state, Owner(who)| body(state, who))
}

type Answer<T> = Pin<Box<dyn Future<Output = AppResult<T>> + Send>>;
type Body<W, T> = Box<dyn FnOnce(AppState, W) -> Answer<T> + Send>;
type AfterCommit<W, T> = Box<dyn FnOnce(&AppState, &W, &T) -> Answer<()> + Send>;
type Done<T> = Box<dyn FnOnce(&T) -> String + Send>;

/// A command of `W` that answers with `T`. It runs when it is awaited.
#[must_use = "a command runs when it is awaited"]
pub struct Command<W, T> {
    limit: Limit,
    body: Body<W, T>,
    after_commit: Vec<AfterCommit<W, T>>,
    done: Option<Done<T>>,
    is_secret: bool,
}

/// Against which limit something is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// `limits.commands_per_minute`.
    Commands,
    /// `limits.marks_per_minute`.
    Marks,
    /// None.
    None,
}

/// Who can ask.
pub trait Asker: Clone + Send + 'static {
    /// Who asks this request.
    ///
    /// # Errors
    /// 401 if nobody of this kind does.
    fn of_request() -> AppResult<Self>;

    /// The person who asks, if one is signed in.
    fn person(&self) -> Option<PersonId>;

    /// Counts what they ask.
    ///
    /// # Errors
    /// 429.
    fn count(&self, rates: &Rates, limit: Limit) -> AppResult<()>;
}

impl Asker for Identity {
    fn of_request() -> AppResult<Self> {
        request::identity()
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.person)
    }

    fn count(&self, rates: &Rates, limit: Limit) -> AppResult<()> {
        match limit {
            Limit::Commands => rates.command(self.person),
            Limit::Marks => rates.mark(self.person),
            Limit::None => Ok(()),
        }
    }
}

impl Asker for Owner {
    fn of_request() -> AppResult<Self> {
        Self::asking()
    }

    fn person(&self) -> Option<PersonId> {
        self.0.person()
    }

    fn count(&self, rates: &Rates, limit: Limit) -> AppResult<()> {
        self.0.count(rates, limit)
    }
}

impl Asker for Visitor {
    fn of_request() -> AppResult<Self> {
        Ok(Self::asking())
    }

    fn person(&self) -> Option<PersonId> {
        self.who.as_ref().map(|who| who.person)
    }

    fn count(&self, rates: &Rates, limit: Limit) -> AppResult<()> {
        match limit {
            Limit::Commands | Limit::Marks => rates.command_from_address(self.address),
            Limit::None => Ok(()),
        }
    }
}

impl<W, T> Command<W, T> {
    fn new<F, A>(limit: Limit, body: F) -> Self
    where
        F: FnOnce(AppState, W) -> A + Send + 'static,
        A: Future<Output = AppResult<T>> + Send + 'static,
    {
        let body: Body<W, T> = Box::new(move |state, who| Box::pin(body(state, who)));
        Self { limit, body, after_commit: Vec::new(), done: None, is_secret: false }
    }

    /// Counts it as a mark (read, delivered, seen), of which there are many.
    pub fn mark(self) -> Self {
        Self { limit: Limit::Marks, ..self }
    }

    /// Counts it against no limit.
    pub fn uncounted(self) -> Self {
        Self { limit: Limit::None, ..self }
    }

    /// Leads a page without scripts to `path`, where it says what was done; with scripts the page stays.
    pub fn done(self, path: impl Into<String>) -> Self {
        let path = path.into();
        self.done_at(move |_| path)
    }

    /// The same, for a path that depends on the answer.
    pub fn done_at(self, path: impl FnOnce(&T) -> String + Send + 'static) -> Self {
        Self { done: Some(Box::new(path)), ..self }
    }

    /// Does in memory what follows from the answer, once it is committed; even if the client has gone away. An error of it is the
    /// command's, although the effect stands.
    pub fn after_commit<A>(self, then: impl FnOnce(&AppState, &T) -> A + Send + 'static) -> Self
    where
        A: Future<Output = AppResult<()>> + Send + 'static,
    {
        self.and_then(move |state, _, answer| Box::pin(then(state, answer)))
    }

    fn and_then(mut self, then: impl FnOnce(&AppState, &W, &T) -> Answer<()> + Send + 'static) -> Self {
        self.after_commit.push(Box::new(then));
        self
    }
}

impl<W: Asker, T: Serialize + 'static> Command<W, T> {
    /// Shows the answer now and never again: with scripts it is the answer, which no cache keeps; a page without them finds it as `what`
    /// in its session ([`once`](crate::once)) where it is led to.
    pub fn shown_once(self, what: &'static str) -> Self {
        let command = Self { is_secret: true, ..self };
        if !is_plain_form() {
            return command;
        }
        let session = request::session();
        command.and_then(move |_, _, answer| {
            let once = ShownOnce::new(what, answer);
            Box::pin(async move { once?.keep(&session?).await })
        })
    }
}

impl<W: Asker, T: Send + 'static> IntoFuture for Command<W, T> {
    type Output = AppResult<T>;
    type IntoFuture = Answer<T>;

    fn into_future(self) -> Answer<T> {
        Box::pin(self.run())
    }
}

impl<W: Asker, T: Send + 'static> Command<W, T> {
    async fn run(self) -> AppResult<T> {
        let Self { limit, body, after_commit, done, is_secret } = self;
        let asked = asked::<W>(limit);
        let answer = answer(async move {
            let (state, who) = asked?;
            // What is written is written for who asks: not once they are suspended.
            let person = who.person();
            let work = async move {
                let answer = body(state.clone(), who.clone()).await?;
                for then in after_commit {
                    let following = then(&state, &who, &answer);
                    following.await?;
                }
                Ok(answer)
            };
            active::acting(person, work).await
        });
        let answer = answer.await?;
        if is_secret && let Some(response) = use_context::<ResponseOptions>() {
            response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if let Some(done) = done
            && is_plain_form()
        {
            leptos_axum::redirect(&done(&answer));
        }
        Ok(answer)
    }
}

/// Who asks, and counts it.
fn asked<W: Asker>(limit: Limit) -> AppResult<(AppState, W)> {
    let (state, who) = (request::state()?, W::of_request()?);
    who.count(&state.rates, limit)?;
    Ok((state, who))
}

/// Runs `body` in a task of its own, and gives an error the status that its kind has.
async fn answer<T: Send + 'static>(body: impl Future<Output = AppResult<T>> + Send + 'static) -> AppResult<T> {
    let outcome = tokio::spawn(body).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a server function panicked");
        Err(faults::because("a server function panicked"))
    });
    outcome.map_err(faults::with_reference).inspect_err(set_status)
}
