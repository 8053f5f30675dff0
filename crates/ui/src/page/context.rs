//! What every page knows: who looks, when, in which zone and theme; and the few signals
//! through which features speak to the frame.

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    refusal::{RefusalAt, with_refusal},
    theme::Theme,
};
use crate::{browser, effect, memo, response};
use plenum_core::{
    counts::Counts,
    ids::{Millis, OrganisationId, PersonId},
    look::Look,
    people::{Role, Shell, Viewer},
    time::Zone,
};

/// The build that renders the page; the router puts it into every page's context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build(pub Arc<str>);

/// How many messages were unread when the page was made; the router puts it into every page's context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnreadAtFirst(pub u64);

/// Unread messages over all conversations, shown in the navigation and in the title.
/// The layout sets it from the list of conversations.
#[derive(Debug, Clone, Copy)]
pub struct UnreadTotal(pub RwSignal<u64>);

/// What is new in the viewer's inbox, shown in the navigation and in the title. The inbox sets it.
#[derive(Debug, Clone, Copy)]
pub struct InboxCounts(pub RwSignal<Counts>);

/// What was new in the viewer's inbox when the page was made; the router puts it into every page's context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewAtFirst(pub Counts);

/// Messages that wait for the connection, told while there is none. The layout sets it
/// from the outbox.
#[derive(Debug, Clone, Copy)]
pub struct Waiting(pub RwSignal<usize>);

/// What the server hands to the browser with the page, so that both render the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    pub shell: Shell,
    pub theme: Theme,
    pub build: String,
    pub unread: u64,
    pub new: Counts,
    /// The page's address, if a refusal stands in it: the router has found the seal.
    pub refusal_at: Option<String>,
}

impl Start {
    /// What the router has put into the context of this request; a visitor's page without
    /// one (the list of routes is made so).
    pub fn of_request() -> Self {
        let shell = use_context::<Shell>().unwrap_or_else(|| Shell {
            viewer: None,
            organisation_name: String::new(),
            look: Look::default(),
            open_registration: false,
            demo_people: Vec::new(),
            now: 0,
        });
        let build = use_context::<Build>().map_or_else(String::new, |build| build.0.to_string());
        let unread = use_context::<UnreadAtFirst>().map_or(0, |unread| unread.0);
        let new = use_context::<NewAtFirst>().map_or_else(Counts::default, |new| new.0);
        Self { shell, theme: Theme::of_request(), build, unread, new, refusal_at: response::address().as_deref().and_then(with_refusal) }
    }
}

#[derive(Clone, Copy)]
pub struct Context {
    pub shell: RwSignal<Shell>,
    pub theme: RwSignal<Theme>,
    clock: RwSignal<Millis>,
    /// How far the server's clock is ahead of the browser's, in milliseconds.
    ahead: StoredValue<Millis>,
}

pub fn provide(start: Start) -> Context {
    // The page was made when its answer began to come; what passed since is no lead of the browser's.
    let ahead = StoredValue::new(start.shell.now + browser::since_response() - browser::now());
    let clock = RwSignal::new(start.shell.now);
    let context = Context { clock, ahead, shell: RwSignal::new(start.shell), theme: RwSignal::new(start.theme) };
    provide_context(context);
    provide_context(UnreadTotal(RwSignal::new(start.unread)));
    provide_context(InboxCounts(RwSignal::new(start.new)));
    provide_context(Waiting(RwSignal::new(0)));
    provide_context(RefusalAt(start.refusal_at));
    context.run_clock();
    context
}

impl Context {
    /// The server's clock goes on in the browser, by as much as the browser's own does.
    fn run_clock(self) {
        effect(move |_| {
            let ticks = set_interval_with_handle(move || self.clock.set(self.server_now()), Duration::from_secs(20));
            on_cleanup(move || {
                if let Ok(ticks) = ticks {
                    ticks.clear();
                }
            });
        });
    }

    /// The server's clock now, in browsers.
    fn server_now(self) -> Millis {
        browser::now() + self.ahead.get_value()
    }

    pub fn viewer(self) -> Signal<Option<Viewer>> {
        let shell = self.shell;
        memo(move || shell.with(|shell| shell.viewer.clone())).into()
    }
}

/// Who looks at the page, and at what; changes while it is open.
pub fn use_shell() -> Signal<Shell> {
    match use_context::<Context>() {
        Some(context) => context.shell.into(),
        None => Signal::stored(Start::of_request().shell),
    }
}

/// The person who looks at the page, if somebody is signed in. Follows their profile.
pub fn use_viewer() -> Signal<Option<Viewer>> {
    use_context::<Context>().map_or_else(|| Signal::stored(None), Context::viewer)
}

/// The id of the person who looks at the page, if somebody is signed in.
pub fn use_own_id() -> Signal<Option<PersonId>> {
    let viewer = use_viewer();
    memo(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.card.id))).into()
}

/// The organisation of the person who looks at the page, if somebody is signed in.
pub fn use_organisation() -> Signal<Option<OrganisationId>> {
    let viewer = use_viewer();
    memo(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.organisation))).into()
}

/// True if the viewer holds `role`.
pub fn use_role(role: Role) -> Signal<bool> {
    let viewer = use_viewer();
    Signal::derive(move || viewer.with(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.has(role))))
}

/// The server's clock when the page was made: what "today" and "yesterday" are counted
/// from, the same on both sides. For what must go on, see [`use_clock`].
pub fn use_now() -> Millis {
    use_context::<Context>().map_or(0, |context| context.shell.with_untracked(|shell| shell.now))
}

/// The server's clock, first as in [`use_now`], then every 20 s.
pub fn use_clock() -> Signal<Millis> {
    use_context::<Context>().map_or_else(|| Signal::stored(0), |context| context.clock.into())
}

/// The server's clock, first as in [`use_clock`], then every second: for countdowns, which follow it whatever the browser's clock says
/// (I31).
pub fn use_seconds() -> Signal<Millis> {
    let Some(context) = use_context::<Context>() else { return Signal::stored(0) };
    let seconds = RwSignal::new(context.clock.get_untracked());
    effect(move |_| {
        seconds.set(context.server_now());
        let tick = move || {
            seconds.try_set(context.server_now());
        };
        let ticks = set_interval_with_handle(tick, Duration::from_secs(1));
        on_cleanup(move || {
            if let Ok(ticks) = ticks {
                ticks.clear();
            }
        });
    });
    seconds.into()
}

/// The viewer's time zone.
pub fn use_zone() -> Signal<Zone> {
    let viewer = use_viewer();
    memo(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.zone.clone()).unwrap_or_default())).into()
}

/// How the settings page tells the frame what it has just saved; taken in a component's
/// body, called later.
pub fn use_viewer_update() -> Callback<Viewer> {
    let shell = use_context::<Context>().map(|context| context.shell);
    Callback::new(move |viewer: Viewer| {
        if let Some(shell) = shell {
            shell.update(|shell| shell.viewer = Some(viewer));
        }
    })
}
