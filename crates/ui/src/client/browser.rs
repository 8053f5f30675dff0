//! The browser's half of the interface: [`tab`] is the one connection that all components
//! of the tab share, [`socket`] a WebSocket, [`page`] what the browser itself provides.

mod page;
mod socket;
mod tab;

use std::rc::Rc;

use leptos::prelude::*;
use serde_json::value::RawValue;

use super::{
    Connection, LiveSettings, RoundTrip, SubscriptionStatus, Update,
    subscriptions::{Notice, UserId},
};
use crate::{effect, memo};
use plenum_core::{channels::Channel, cursor::Cursor, ids::PersonId, live::LiveEvent, sorted::SortedSet};
use tab::{Listener, tab};

/// The components' effects run first or last: whoever comes first, the socket opens once
/// the page is hydrated.
pub(super) fn provide_live(settings: LiveSettings) {
    effect(move |_| tab().start(settings.clone()));
}

pub(super) fn use_connection() -> Signal<Connection> {
    tab().connection.clone().into()
}

pub(super) fn use_new_build() -> Signal<bool> {
    tab().new_build.clone().into()
}

pub(super) fn reconnect_now() {
    tab().reconnect();
}

pub(super) fn disconnect() {
    tab().disconnect();
}

pub(super) fn use_round_trip() -> Signal<RoundTrip> {
    tab().round_trip.clone().into()
}

pub(super) fn measure_round_trip() {
    tab().measure();
}

pub(super) fn resume(user: UserId, cursor: Option<Cursor>) {
    tab().resume(user, cursor);
}

pub(super) fn send(user: UserId, client_event: &str, data: &RawValue) {
    tab().send(user, client_event, data);
}

pub(super) fn use_live<E>(
    user: StoredValue<Option<UserId>>,
    status: RwSignal<SubscriptionStatus>,
    scope: Signal<Option<E::Scope>>,
    cursor: impl Fn(&Channel) -> Option<Cursor> + 'static,
    on: impl Fn(Update<E>) + 'static,
) where
    E: LiveEvent,
    E::Scope: Sync,
{
    // What is told runs as a part of the component that asked, so that it finds its context;
    // held weakly, or neither would ever be released.
    let owner = Owner::current().map(|owner| owner.downgrade());
    let on: Rc<dyn Fn(Update<E>)> = Rc::new(move |update| match &owner {
        Some(owner) => drop(owner.upgrade().map(|owner| owner.with(|| untrack(|| on(update))))),
        None => untrack(|| on(update)),
    });
    let listener = move |user| -> Listener {
        let on = Rc::clone(&on);
        Rc::new(move |notices| tell(user, notices, status, &*on))
    };
    use_channel(user, move || scope.get().map(E::channel), cursor, listener, move || drop(status.try_set(SubscriptionStatus::Waiting)));
}

/// Reads the events and tells them in as few calls as possible; at an unreadable one it stops.
fn tell<E: LiveEvent>(user: UserId, notices: Vec<Notice>, status: RwSignal<SubscriptionStatus>, on: &dyn Fn(Update<E>)) {
    let mut events = Vec::new();
    let mut readable = true;
    for notice in notices {
        let update = match notice {
            Notice::Status(now) => {
                status.try_set(now);
                continue;
            }
            // Several features may speak on one channel: what is another's is not for this one.
            Notice::Event { name, .. } if !E::CATALOGUE.iter().any(|entry| entry.name == name) => continue,
            Notice::Event { name, payload } => {
                match E::read(&name, &payload) {
                    Ok(event) if readable => events.push(event),
                    Err(error) if readable => {
                        readable = false;
                        leptos::logging::warn!("{error}");
                        tab().halt(user);
                    }
                    _ => {}
                }
                continue;
            }
            Notice::Returned if readable => Update::Returned,
            Notice::Stale => Update::Stale,
            Notice::Refused { status, reason } => Update::Refused { status, reason },
            Notice::Returned | Notice::Roster(_) => continue,
        };
        if !events.is_empty() {
            on(Update::Events(std::mem::take(&mut events)));
        }
        on(update);
    }
    if !events.is_empty() {
        on(Update::Events(events));
    }
}

pub(super) fn use_presence(channel: Signal<Option<Channel>>) -> Signal<SortedSet<PersonId>> {
    let people = RwSignal::new(SortedSet::new());
    let listener = move |_| -> Listener {
        Rc::new(move |notices| {
            let mut rosters =
                notices.into_iter().filter_map(|notice| if let Notice::Roster(roster) = notice { Some(roster) } else { None });
            if let Some(roster) = rosters.next_back()
                && people.try_with_untracked(|known| *known != roster) == Some(true)
            {
                people.try_set(roster);
            }
        })
    };
    use_channel(StoredValue::new(None), move || channel.get(), |_| None, listener, move || drop(people.try_set(SortedSet::new())));
    people.into()
}

/// Uses whichever channel `channel` is, as long as the component lives; `left` is called
/// when it has left one.
fn use_channel(
    user: StoredValue<Option<UserId>>,
    channel: impl Fn() -> Option<Channel> + 'static,
    cursor: impl Fn(&Channel) -> Option<Cursor> + 'static,
    listener: impl Fn(UserId) -> Listener + 'static,
    left: impl Fn() + 'static,
) {
    let leave = move || {
        if let Some(before) = user.try_get_value().flatten() {
            tab().leave(before);
        }
    };
    effect(move |before: Option<Option<Channel>>| {
        let now = channel();
        if before.is_some_and(|before| before == now) {
            return now;
        }
        if before.flatten().is_some() {
            leave();
            untrack(&left);
        }
        let joined = now.map(|channel| tab().join(&channel, untrack(|| cursor(&channel)), &listener));
        user.try_set_value(joined);
        now
    });
    on_cleanup(leave);
}

pub(super) fn use_online(people: Signal<Vec<PersonId>>) -> Signal<SortedSet<PersonId>> {
    let user = tab().watch_as_new();
    effect(move |_| tab().watch(user, people.get()));
    on_cleanup(move || tab().unwatch(user));
    let online = tab().online.clone();
    memo(move || {
        online
            .with(|online| people.with(|people| people.iter().copied().filter(|person| online.contains(person)).collect::<SortedSet<_>>()))
    })
    .into()
}
