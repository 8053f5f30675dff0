//! Keeps a page's snapshot up to date by the live events of its channels, whatever the page does with them: [`Follower`] decides when a
//! new snapshot is requested (after a gap, after a request that failed, every 30 s while there is no connection) and goes on from its
//! cursors. It holds nothing that is shown: [`Followed`](super::Followed) is a follower with one signal, for pages that need no more.
//!
//! When to request is decided in [`schedule`], a plain state machine.

pub mod schedule;

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use leptos::{
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
    task::spawn_local,
};

use crate::{
    client::{Connection, LiveHandle, SubscriptionStatus, Update, use_connection, use_live},
    effect, memo,
};
use plenum_core::{
    cursor::Cursor,
    error::AppError,
    live::{LiveEvent, Snapshot},
};
use schedule::{Happening, REFRESH, Schedule, Step};

/// Channel names, each with the place in its stream where a snapshot ends.
type Cursors = Vec<(String, Cursor)>;
/// Shows a snapshot and returns its cursors.
type Show = Box<dyn FnOnce() -> Cursors>;
type Answer = Pin<Box<dyn Future<Output = Result<Show, AppError>>>>;
type Request = Arc<dyn Fn() -> Answer + Send + Sync>;

/// How much of a channel's events the log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logged {
    /// Every event: a reconnect brings what was missed.
    All,
    /// Not every event: after a reconnect a new snapshot is requested.
    Some,
}

/// Requests snapshots for a page and subscribes to its channels. Copies are the same follower; it ends with the component.
#[derive(Clone, Copy)]
pub struct Follower {
    /// Why no more events come, if the server has ended a subscription or refused a snapshot.
    pub ended: RwSignal<Option<String>>,
    inner: StoredValue<Inner>,
    connected: Signal<bool>,
}

struct Inner {
    request: Option<Request>,
    schedule: Schedule,
    delay: Option<TimeoutHandle>,
    /// Where the snapshot that is shown ends.
    cursors: Cursors,
    subscriptions: Vec<Subscription>,
}

#[derive(Clone, Copy)]
struct Subscription {
    /// The name of the channel, if there is one to subscribe to at the time.
    channel: Signal<Option<String>>,
    handle: LiveHandle,
    /// Its end does not end the page.
    part: bool,
}

impl Subscription {
    fn channel(self) -> Option<String> {
        self.channel.try_get_untracked().flatten()
    }

    fn is_stale(self) -> bool {
        self.handle.status().try_get_untracked() == Some(SubscriptionStatus::Stale)
    }

    fn ends_the_page(self) -> bool {
        !self.part && matches!(self.handle.status().try_get_untracked(), Some(SubscriptionStatus::Refused { .. }))
    }
}

impl Inner {
    fn cursor(&self, channel: &str) -> Option<Cursor> {
        self.cursors.iter().find(|(name, _)| name == channel).map(|(_, cursor)| cursor.clone())
    }

    fn follows_any(&self) -> bool {
        self.subscriptions.iter().any(|subscription| subscription.channel().is_some())
    }

    fn cancel_delay(&mut self) {
        if let Some(delay) = self.delay.take() {
            delay.clear();
        }
    }
}

impl Follower {
    /// A follower of a snapshot that ends at `cursors`. It requests nothing before it knows how; see
    /// [`fetch_with`](Self::fetch_with).
    pub fn new(cursors: Cursors) -> Self {
        let connection = use_connection();
        let connected = memo(move || connection.with(Connection::is_connected));
        let follower = Self {
            ended: RwSignal::new(None),
            inner: StoredValue::new(Inner {
                request: None,
                schedule: Schedule::default(),
                delay: None,
                cursors,
                subscriptions: Vec::new(),
            }),
            connected: connected.into(),
        };
        effect(move |_| {
            let happening = if connected.get() { Happening::Returned } else { Happening::Lost };
            untrack(|| follower.on(happening));
        });
        on_cleanup(move || {
            follower.inner.try_update_value(Inner::cancel_delay);
        });
        follower
    }

    /// `request` fetches a new snapshot, and `show` shows it, before the subscriptions go on from its cursors.
    pub fn fetch_with<T, F>(self, request: impl Fn() -> F + Send + Sync + 'static, show: impl Fn(T) + Clone + Send + Sync + 'static)
    where
        T: 'static,
        F: Future<Output = Result<Snapshot<T>, AppError>> + 'static,
    {
        let request: Request = Arc::new(move || -> Answer {
            let (snapshot, show) = (request(), show.clone());
            Box::pin(async move {
                let Snapshot { state, cursors } = snapshot.await?;
                let show: Show = Box::new(move || {
                    show(state);
                    cursors
                });
                Ok(show)
            })
        });
        self.inner.update_value(|inner| inner.request = Some(request));
    }

    /// Subscribes to the channel of `scope`, and gives its events to `apply`.
    pub fn follow<E>(self, scope: impl Into<Signal<Option<E::Scope>>>, logged: Logged, apply: impl Fn(Vec<E>) + 'static) -> LiveHandle
    where
        E: LiveEvent,
        E::Scope: Sync,
    {
        self.subscribe(scope.into(), logged, false, apply, move |reason| self.ended.set(Some(reason)))
    }

    /// As [`follow`](Self::follow), where the end of this subscription does not end the page: `refused` is given the reason.
    pub fn follow_part<E>(
        self,
        scope: impl Into<Signal<Option<E::Scope>>>,
        logged: Logged,
        apply: impl Fn(Vec<E>) + 'static,
        refused: impl Fn(String) + 'static,
    ) -> LiveHandle
    where
        E: LiveEvent,
        E::Scope: Sync,
    {
        self.subscribe(scope.into(), logged, true, apply, refused)
    }

    fn subscribe<E>(
        self,
        scope: Signal<Option<E::Scope>>,
        logged: Logged,
        part: bool,
        apply: impl Fn(Vec<E>) + 'static,
        refused: impl Fn(String) + 'static,
    ) -> LiveHandle
    where
        E: LiveEvent,
        E::Scope: Sync,
    {
        let handle = use_live::<E>(
            scope,
            move |channel| self.inner.with_value(|inner| inner.cursor(&channel.to_string())),
            move |update| match update {
                Update::Events(events) => apply(events),
                Update::Stale => self.on(Happening::Stale),
                Update::Refused { reason, .. } => refused(reason),
                Update::Returned => self.returned(logged),
            },
        );
        let channel = Signal::derive(move || scope.get().map(|scope| E::channel(scope).to_string()));
        self.inner.update_value(|inner| inner.subscriptions.push(Subscription { channel, handle, part }));
        handle
    }

    fn returned(self, logged: Logged) {
        self.clear_ended();
        if logged == Logged::Some {
            self.renew();
        }
    }

    /// Requests a new snapshot: when only the server knows what to show. If the request fails, it is made again.
    pub fn renew(self) {
        self.on(Happening::Needed);
    }

    /// Goes on from the cursors of a snapshot that the page has fetched itself and shows now.
    pub fn go_on_from(self, cursors: Cursors) {
        self.resume(cursors);
        self.on(Happening::Replaced);
    }

    /// True from a gap until the subscriptions go on, within `show` too: what is shown may lack something anywhere.
    pub fn is_stale(self) -> bool {
        self.inner.try_with_value(|inner| inner.subscriptions.iter().any(|subscription| subscription.is_stale())) == Some(true)
    }

    /// A request is on its way: what happens meanwhile may not be in its answer.
    pub fn is_requesting(self) -> bool {
        self.inner.try_with_value(|inner| inner.schedule.is_requested()) == Some(true)
    }

    /// Events come now.
    pub fn is_connected(self) -> bool {
        self.connected.try_get_untracked() == Some(true)
    }

    fn on(self, happening: Happening) {
        let connected = self.is_connected();
        let step = self.inner.try_update_value(|inner| {
            let step = inner.schedule.on(happening, connected);
            if step != Step::Nothing {
                inner.cancel_delay();
            }
            step
        });
        match step {
            Some(Step::Request) => self.request(),
            Some(Step::RequestAfter(delay)) => self.request_after(delay),
            Some(Step::Nothing | Step::Cancel) | None => {}
        }
    }

    fn request(self) {
        let Some(Some(request)) = self.inner.try_with_value(|inner| inner.request.clone()) else { return };
        let answer = untrack(|| request());
        spawn_local(async move {
            let answer = answer.await;
            // The page may be gone by now.
            if self.inner.is_disposed() {
                return;
            }
            match answer {
                Ok(show) => {
                    self.resume(show());
                    self.on(Happening::Answered);
                }
                Err(error) if error.is_transient() => self.on(Happening::Failed),
                Err(error) => {
                    self.ended.try_set(Some(error.message));
                    self.on(Happening::Refused);
                }
            }
        });
    }

    fn request_after(self, delay: Duration) {
        let due = move || {
            // A page that follows nothing at the time needs no refresh: a visitor's, or one before its first snapshot.
            match self.inner.try_with_value(|inner| inner.schedule.is_needed() || inner.follows_any()) {
                Some(true) => self.on(Happening::Due),
                Some(false) => self.request_after(REFRESH),
                None => {}
            }
        };
        let delay = set_timeout_with_handle(due, delay).ok();
        self.inner.try_update_value(|inner| inner.delay = delay);
    }

    fn resume(self, cursors: Cursors) {
        self.clear_ended();
        let resumed = self.inner.try_update_value(|inner| {
            inner.cursors = cursors;
            // A snapshot without a cursor for the channel is followed from now on.
            let place = |subscription: &Subscription| {
                let cursor = inner.cursor(&subscription.channel()?);
                (cursor.is_some() || subscription.is_stale()).then_some((subscription.handle, cursor))
            };
            inner.subscriptions.iter().filter_map(place).collect::<Vec<_>>()
        });
        // Events that came since are delivered from within, so nothing may be borrowed.
        for (handle, cursor) in resumed.unwrap_or_default() {
            handle.resume(cursor);
        }
    }

    fn clear_ended(self) {
        let shown = self.ended.try_with_untracked(Option::is_some) == Some(true);
        let still = self.inner.try_with_value(|inner| inner.subscriptions.iter().any(|subscription| subscription.ends_the_page()));
        if shown && still == Some(false) {
            self.ended.try_set(None);
        }
    }
}
