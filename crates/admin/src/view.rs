//! The pages that watch over the place: the operations board is in [`board`], its thresholds in [`alarms`]. Here is
//! `/admin/channels`: the live channels, what passes on them, and for external applications a console.

mod alarms;
mod board;
mod channels;
mod console;
mod health;
mod jobs;

use leptos::{
    prelude::{Update as _, *},
    task::spawn_local,
};
use leptos_router::{components::Form, hooks::use_query_map};

use super::{
    api,
    live::{self, ApplicationEvent, OpsEvent},
    model::{LiveChannels, Overview},
};
use crate::words::channels as words;
pub use health::HealthPage;
pub use jobs::JobsPage;
use plenum_core::{ids::ApplicationId, live::Live};
use plenum_ui::{
    Icon, Notice,
    client::{Update, use_live},
    dynamic, memo,
    page::{AdminPage, FaultWithin, use_organisation, use_own_id},
    view,
};

use channels::Channels;
use console::Console;

pub use alarms::AlarmsPage;
pub use board::BoardPage;

/// Whose channels, and those with what in their name.
type Question = (Option<ApplicationId>, String);

/// `/admin/channels`, with `?app={id}` for those of an application.
#[component]
pub fn ChannelsPage() -> impl IntoView {
    let query = use_query_map();
    let asked: Memo<Question> = memo(move || {
        query.with(|query| {
            let app = query.get_str("app").and_then(|id| id.parse().ok());
            (app, query.get_str("q").unwrap_or_default().to_owned())
        })
    });
    let overview = Resource::new_blocking(move || asked.get(), |(app, query)| api::channels(app, query));
    let content = move || {
        Suspend::new(async move {
            match overview.await {
                Ok(overview) => view! { <Watch overview asked=asked.get_untracked()/> },
                Err(error) => view! { <FaultWithin error/> },
            }
        })
    };
    view! {
        <AdminPage title=words::CHANNELS>
                <Transition>{content}</Transition>
        </AdminPage>
    }
}

#[component]
fn Watch(overview: Overview, asked: Question) -> impl IntoView {
    let (app, query) = asked;
    let shown = RwSignal::new(overview.live);
    let ended = RwSignal::new(None::<String>);
    let console = RwSignal::new(live::Console::default());
    let paused = RwSignal::new(false);
    let searches = !query.is_empty();
    let told = Told { app, shown, query: StoredValue::new(query.clone()), ended, follows: RwSignal::new(true) };
    match app {
        Some(app) => follow_application(app, told, console, paused),
        None => follow_organisation(told),
    }
    let whose = overview.applications.into_iter().map(|(id, name)| (Some(id), name));
    let whose = std::iter::once((None, words::OWN.to_owned()))
        .chain(whose)
        .map(|(id, name)| {
            let href = id.map_or_else(|| "/admin/channels".to_owned(), |id| format!("/admin/channels?app={id}"));
            view! {
                <a href=href aria-current=(id == app).then_some("page")>
                    {name}
                </a>
            }
        })
        .collect_view();
    let gone = dynamic(move || ended.get().map(|reason| view! { <Notice>{words::ENDED}" "{reason}</Notice> }));
    let console = app.map(|app| view! { <Console app console paused/> });
    view! {
        <nav class="tabs" aria-label=words::WHOSE>
            {whose}
        </nav>
        {gone}
        <section class="card stack" aria-labelledby="channels">
            <h2 id="channels" class="visually-hidden">
                {words::CHANNELS}
            </h2>
            <Form method="GET" action="/admin/channels" attr:class="filter" attr:role="search">
                {app.map(|app| view! { <input type="hidden" name="app" value=app.to_string()/> })}
                <label class="search">
                    <span class="visually-hidden">{words::SEARCH}</span>
                    <Icon name="search"/>
                    <input class="input" type="search" name="q" value=query placeholder=words::SEARCH/>
                </label>
                <button class="btn" type="submit">
                    {words::FIND}
                </button>
            </Form>
            <Channels shown searches/>
        </section>
        {console}
    }
}

/// What a page is told goes here.
#[derive(Clone, Copy)]
struct Told {
    app: Option<ApplicationId>,
    shown: RwSignal<LiveChannels>,
    /// What was searched for, to be asked for anew at each telling; empty: what is told is shown.
    query: StoredValue<String>,
    /// Why nothing more is told.
    ended: RwSignal<Option<String>>,
    /// The channel is followed; not for the moment in which there was a gap.
    follows: RwSignal<bool>,
}

impl Told {
    fn take(self, told: LiveChannels) {
        if self.query.with_value(String::is_empty) {
            return self.shown.set(told);
        }
        self.ask();
    }

    fn ask(self) {
        let (app, query) = (self.app, self.query.get_value());
        spawn_local(async move {
            if let Ok(found) = api::channels(app, query).await {
                let _ = self.shown.try_set(found.live);
            }
            let _ = self.follows.try_set(true);
        });
    }

    /// What both channels are told alike.
    fn note<E>(self, update: Update<E>, events: impl FnOnce(Vec<E>)) {
        match update {
            Update::Events(told) => events(told),
            Update::Refused { reason, .. } => self.ended.set(Some(reason)),
            Update::Returned => self.ended.set(None),
            // Nothing of this is kept: it is followed anew from now on.
            Update::Stale => {
                self.follows.set(false);
                self.ask();
            }
        }
    }
}

fn follow_organisation(told: Told) {
    let organisation = use_organisation();
    use_live::<OpsEvent>(
        Signal::derive(move || if told.follows.get() { organisation.get() } else { None }),
        |_| None,
        move |update| {
            told.note(update, |events| {
                let newest = events.into_iter().rev().find_map(|event| match event {
                    OpsEvent::ChannelsUpdated(newest) => Some(newest),
                    _ => None,
                });
                if let Some(newest) = newest {
                    told.take(newest);
                }
            });
        },
    );
}

fn follow_application(app: ApplicationId, told: Told, console: RwSignal<live::Console>, paused: RwSignal<bool>) {
    let viewer = use_own_id().get_untracked();
    use_live::<ApplicationEvent>(
        Signal::derive(move || told.follows.get().then_some(app)),
        |_| None,
        move |update| {
            told.note(update, |events| {
                for event in events {
                    match (event, viewer) {
                        (ApplicationEvent::ChannelsUpdated(newest), _) => told.take(newest),
                        (event, Some(viewer)) if !paused.get_untracked() => console.maybe_update(|console| console.apply(viewer, &event)),
                        _ => {}
                    }
                }
            });
        },
    );
}
