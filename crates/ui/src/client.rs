//! The browser's side of the live layer: one socket per tab, as many channels as the
//! components on the screen need, and what they carry as signals.
//!
//! A component asks with [`use_live`] for a channel's events from the cursor of its
//! snapshot on; with [`use_presence`] for who is in a presence channel; with
//! [`use_online`] for who is online at all. Whoever leaves the screen is released, and
//! with its last user the channel. [`use_connection`] says how the line is.
//!
//! What is decided lives in plain tables without clock or socket, which the host's tests
//! drive: [`subscriptions`] (what a frame means for whom), [`mod@line`] (when to connect),
//! [`heartbeat`], [`backoff`], [`reload`], [`presence`]. `browser` is the thin shell around
//! them; on the server, `inert` answers with initial values, so that components
//! are written once.

pub mod backoff;
#[cfg(feature = "hydrate")]
mod browser;
pub mod heartbeat;
#[cfg(not(feature = "hydrate"))]
mod inert;
pub mod line;
pub mod outgoing;
pub mod presence;
pub mod reload;
pub mod subscriptions;

#[cfg(feature = "hydrate")]
use browser as here;
#[cfg(not(feature = "hydrate"))]
use inert as here;

use leptos::prelude::*;
use serde::Serialize;

pub use line::{Connection, ConnectionState};

use plenum_core::{channels::Channel, ids::PersonId, sorted::SortedSet};
use plenum_core::{cursor::Cursor, live::LiveEvent};
use subscriptions::UserId;

/// What the page knows when it is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSettings {
    /// Where the socket is: `/app/plenum`.
    pub path: String,
    /// The build that rendered the page.
    pub build: String,
    /// The `LIVE_SCHEMA` of the code in the page.
    pub live_schema: u32,
    /// Who is signed in: the socket is opened at once, and only as theirs. For visitors it
    /// is opened with the first subscription.
    pub person: Option<PersonId>,
}

/// What a user of a channel is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Update<E> {
    /// What happened since the last call, in order, once each; one call per animation frame.
    Events(Vec<E>),
    /// What is shown may have a gap, and nothing more is told: take a new snapshot, then
    /// [`LiveHandle::resume`] from its cursor.
    Stale,
    /// The subscription was refused or has ended (S2-60); nothing more comes.
    Refused {
        /// As HTTP would say it: 403 for a missing right.
        status: u16,
        /// A sentence for the person.
        reason: String,
    },
    /// From here on everything is told, what happened since the cursor first: after a
    /// reconnect, and at the start from a snapshot. What the log does not hold (heads) may
    /// have been missed before: ask for it, once. A whole new snapshot with
    /// [`LiveHandle::resume`] will do; that is not answered by this again, unless the
    /// snapshot is so old that the server has to be asked.
    Returned,
}

/// How one subscription stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SubscriptionStatus {
    /// There is no scope, or no line to ask on.
    #[default]
    Waiting,
    /// Asked; no answer yet.
    Joining,
    /// Events come.
    Live,
    /// A new snapshot is needed; see [`Update::Stale`].
    Stale,
    Refused {
        /// As HTTP would say it.
        status: u16,
        /// A sentence for the person.
        reason: String,
    },
}

/// Prepares the live layer; called once, by the application's root.
pub fn provide_live(settings: LiveSettings) {
    here::provide_live(settings);
}

/// How the line to the server is (S1-40, S2-40, S4-25).
pub fn use_connection() -> Signal<Connection> {
    here::use_connection()
}

/// True once the server runs another build than the page: the next navigation should
/// load the whole page.
pub fn use_new_build() -> Signal<bool> {
    here::use_new_build()
}

/// Opens a new socket at once, whatever the state; after a sign-in too, because a socket
/// belongs to whom the cookie named when it was opened (S4-26).
pub fn reconnect_now() {
    here::reconnect_now();
}

/// Closes the socket and stays without, until [`reconnect_now`] (S4-26).
pub fn disconnect() {
    here::disconnect();
}

/// How long a ping takes to the server and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RoundTrip {
    /// None was sent, or the connection was lost before it was answered.
    #[default]
    Unknown,
    /// One is under way.
    Asked,
    /// The last one took so long.
    Took {
        /// In milliseconds.
        ms: u32,
    },
}

/// How long the last ping took that [`measure_round_trip`] has sent.
pub fn use_round_trip() -> Signal<RoundTrip> {
    here::use_round_trip()
}

/// Sends a ping now, if there is a connection.
pub fn measure_round_trip() {
    here::measure_round_trip();
}

/// One component's use of one channel. Copies are the same use; it ends with the component.
#[derive(Clone, Copy)]
pub struct LiveHandle {
    user: StoredValue<Option<UserId>>,
    status: RwSignal<SubscriptionStatus>,
}

impl LiveHandle {
    /// Goes on from `cursor`, that of a new snapshot: what happened since is told. Without one, goes on
    /// from now. Also asks again after a refusal.
    pub fn resume(&self, cursor: impl Into<Option<Cursor>>) {
        if let Some(user) = self.user.try_get_value().flatten() {
            here::resume(user, cursor.into());
        }
    }

    /// Sends an ephemeral event to the others on the channel, if the line is up; nobody
    /// is told if it is not. `client_event` is its name, with or without `client-`.
    pub fn send(&self, client_event: &str, payload: &impl Serialize) {
        if let (Some(user), Ok(data)) = (self.user.try_get_value().flatten(), serde_json::value::to_raw_value(payload)) {
            here::send(user, client_event, &data);
        }
    }

    /// How the subscription stands.
    pub fn status(&self) -> Signal<SubscriptionStatus> {
        self.status.into()
    }
}

/// Follows a channel: the one of `scope`, whichever that is at the time; none while it is
/// `None`. `cursor` says where the snapshot that is shown ends (`None`: from now on); `on`
/// is told what happens from there, without a gap and without doubles. The subscription is
/// shared with other users of the channel and released with the component (S2-41, S2-64, S4-31).
pub fn use_live<E>(
    scope: Signal<Option<E::Scope>>,
    cursor: impl Fn(&Channel) -> Option<Cursor> + 'static,
    on: impl Fn(Update<E>) + 'static,
) -> LiveHandle
where
    E: LiveEvent,
    E::Scope: Sync,
{
    let handle = LiveHandle { user: StoredValue::new(None), status: RwSignal::default() };
    here::use_live(handle.user, handle.status, scope, cursor, on);
    handle
}

/// Who is in the presence channel `channel`, oneself included; joining it shows one to the
/// others. Empty while there is no channel, no answer yet, or more than 200 people.
pub fn use_presence(channel: Signal<Option<Channel>>) -> Signal<SortedSet<PersonId>> {
    here::use_presence(channel)
}

/// Which of `people` are online, as far as they let others see it. All users together
/// watch at most 300 people; the first come first.
pub fn use_online(people: Signal<Vec<PersonId>>) -> Signal<SortedSet<PersonId>> {
    here::use_online(people)
}
