//! The pages that watch over the place: the operations board is in [`board`], its thresholds in [`alarms`]. Here is
//! `/admin/channels`: the live channels, what passes on them, and for external applications a console.

mod alarms;
mod board;
mod channels;
mod console;
mod health;
mod jobs;
mod mail;

use leptos::prelude::{Update as _, *};

use super::{
    api,
    live::{self, ApplicationEvent, OpsEvent},
    model::{LiveChannels, Overview},
};
use crate::words::channels as words;
pub use health::HealthPage;
pub use jobs::JobsPage;
pub use mail::MailPage;
use plenum_core::{
    ids::ApplicationId,
    live::{Live, Snapshot},
};
use plenum_ui::{
    Search, memo,
    page::{AdminPage, Ended, Follower, Loaded, Logged, use_organisation, use_own_id},
    use_query, view,
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
    let query = use_query();
    let asked: Memo<Question> = memo(move || {
        query.with(|query| {
            let app = query.get_str("app").and_then(|id| id.parse().ok());
            (app, query.get_str("q").unwrap_or_default().to_owned())
        })
    });
    let overview = Resource::new_blocking(move || asked.get(), |(app, query)| api::channels(app, query));
    view! {
        <AdminPage title=words::CHANNELS>
                <Loaded from=overview let:overview>
                    <Watch overview asked=asked.get_untracked()/>
                </Loaded>
        </AdminPage>
    }
}

#[component]
fn Watch(overview: Overview, asked: Question) -> impl IntoView {
    let screen = Screen::new(overview.live, asked.clone());
    let (shown, searches, ended) = (screen.shown, screen.searches, screen.follower.ended);
    let (app, query) = asked;
    let console = RwSignal::new(live::Console::default());
    let paused = RwSignal::new(false);
    match app {
        Some(app) => screen.follow_application(app, console, paused),
        None => screen.follow_organisation(),
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
    let console = app.map(|app| view! { <Console app console paused/> });
    view! {
        <nav class="tabs" aria-label=words::WHOSE>
            {whose}
        </nav>
        <Ended reason=ended/>
        <section class="card stack" aria-labelledby="channels">
            <h2 id="channels" class="visually-hidden">
                {words::CHANNELS}
            </h2>
            <Search action="/admin/channels" text=query label=words::SEARCH button=words::FIND>
                {app.map(|app| view! { <input type="hidden" name="app" value=app.to_string()/> })}
            </Search>
            <Channels shown searches/>
        </section>
        {console}
    }
}

/// The channels on the screen.
#[derive(Clone, Copy)]
struct Screen {
    shown: RwSignal<LiveChannels>,
    /// Only the channels that were searched for are shown: each event is a reason to search again.
    searches: bool,
    follower: Follower,
}

impl Screen {
    /// Shows what is live now. Nothing of it is logged: each event says all of it.
    fn new(live: LiveChannels, (app, query): Question) -> Self {
        let (shown, searches, follower) = (RwSignal::new(live), !query.is_empty(), Follower::new(Vec::new()));
        let search = move || {
            let query = query.clone();
            async move { Ok(Snapshot { state: api::channels(app, query).await?.live, cursors: Vec::new() }) }
        };
        follower.fetch_with(search, move |live| drop(shown.try_set(live)));
        Self { shown, searches, follower }
    }

    fn update(self, live: LiveChannels) {
        if self.searches {
            self.follower.renew();
        } else {
            self.shown.set(live);
        }
    }

    fn follow_organisation(self) {
        self.follower.follow::<OpsEvent>(use_organisation(), Logged::Some, move |events| {
            let newest = events.into_iter().rev().find_map(|event| match event {
                OpsEvent::ChannelsUpdated(newest) => Some(newest),
                _ => None,
            });
            if let Some(newest) = newest {
                self.update(newest);
            }
        });
    }

    fn follow_application(self, app: ApplicationId, console: RwSignal<live::Console>, paused: RwSignal<bool>) {
        let viewer = use_own_id().get_untracked();
        self.follower.follow::<ApplicationEvent>(Signal::stored(Some(app)), Logged::Some, move |events| {
            for event in events {
                match (event, viewer) {
                    (ApplicationEvent::ChannelsUpdated(newest), _) => self.update(newest),
                    (event, Some(viewer)) if !paused.get_untracked() => console.maybe_update(|console| console.apply(viewer, &event)),
                    _ => {}
                }
            }
        });
    }
}
