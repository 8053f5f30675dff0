//! The live layer where there is no browser: every signal has its initial value, which is
//! also what the browser starts with, so that hydration finds what was rendered.

use leptos::prelude::*;
use serde_json::value::RawValue;

use super::{Connection, LiveSettings, RoundTrip, SubscriptionStatus, Update, subscriptions::UserId};
use plenum_core::{channels::Channel, cursor::Cursor, ids::PersonId, live::LiveEvent, sorted::SortedSet};

pub(super) fn provide_live(_settings: LiveSettings) {}

pub(super) fn use_connection() -> Signal<Connection> {
    Signal::stored(Connection::default())
}

pub(super) fn use_new_build() -> Signal<bool> {
    Signal::stored(false)
}

pub(super) fn reconnect_now() {}

pub(super) fn disconnect() {}

pub(super) fn use_round_trip() -> Signal<RoundTrip> {
    Signal::stored(RoundTrip::default())
}

pub(super) fn measure_round_trip() {}

pub(super) fn resume(_user: UserId, _cursor: Option<Cursor>) {}

pub(super) fn send(_user: UserId, _client_event: &str, _data: &RawValue) {}

pub(super) fn use_live<E>(
    _user: StoredValue<Option<UserId>>,
    _status: RwSignal<SubscriptionStatus>,
    _scope: Signal<Option<E::Scope>>,
    _cursor: impl Fn(&Channel) -> Option<Cursor> + 'static,
    _on: impl Fn(Update<E>) + 'static,
) where
    E: LiveEvent,
    E::Scope: Sync,
{
}

pub(super) fn use_presence(_channel: Signal<Option<Channel>>) -> Signal<SortedSet<PersonId>> {
    Signal::stored(SortedSet::new())
}

pub(super) fn use_online(_people: Signal<Vec<PersonId>>) -> Signal<SortedSet<PersonId>> {
    Signal::stored(SortedSet::new())
}
