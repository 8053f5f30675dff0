//! `/inbox/away`: what has come since one was away last, by conversation; what of it was read elsewhere; and one button for what is
//! left. It follows what happens to it as the inbox does.

use leptos::{
    prelude::{Update as _, *},
    server_fn::ServerFn as _,
    task::spawn_local,
};
use leptos_meta::Title;

use super::context::InboxContext;
use crate::{
    api::{self, SweepInbox},
    live::{InboxEvent, Swept},
    model::{Absence, Act, Away, BulkAction, Group, Heading, Notification},
    words,
};
use plenum_core::{
    ids::{NotificationId, PersonId},
    live::{Live, Snapshot},
};
use plenum_ui::{
    Each, EmptyState, When, dynamic, memo,
    page::{Ended, Follower, LiveLine, Loaded, Logged, use_now, use_own_id, use_zone},
    toast, view,
};

/// Lines of a group.
const LINES: usize = 3;

/// `/inbox/away`
#[component]
pub fn AwayPage() -> impl IntoView {
    let first = Resource::new_blocking(|| (), |()| api::away());
    view! {
        <Title text=words::AWAY/>
        <main id="main" tabindex="-1" class="page" data-width="narrow">
            <header class="page-head">
                <h1>{words::AWAY}</h1>
                <div class="page-actions">
                    <a class="btn" href="/inbox">
                        {words::ALL}
                    </a>
                </div>
            </header>
            <Loaded from=first let:snapshot>
                <Shown snapshot/>
            </Loaded>
        </main>
    }
}

/// What is on the screen.
#[derive(Clone, Copy)]
struct Screen {
    away: RwSignal<Away>,
    follower: Follower,
}

impl Screen {
    fn new(Snapshot { state, cursors }: Snapshot<Away>) -> Self {
        let (away, person) = (RwSignal::new(state), use_own_id());
        let follower = Follower::new(cursors);
        follower.fetch_with(api::away, move |fresh| drop(away.try_set(fresh)));
        follower.follow::<InboxEvent>(person, Logged::All, move |events| {
            let Some(viewer) = person.get_untracked() else { return };
            away.maybe_update(|away| {
                let mut touched = false;
                for event in &events {
                    touched |= away.apply(viewer, event);
                }
                touched
            });
        });
        Self { away, follower }
    }

    /// Something was done: while there is a connection, its event shows it.
    fn done(self) {
        if !self.follower.is_connected() {
            self.follower.renew();
        }
    }

    fn read_one(self, id: NotificationId) {
        spawn_local(async move {
            match api::act(id, Act::Read.into_str().to_owned()).await {
                Ok(()) => self.done(),
                Err(error) => toast::show_error(error.message),
            }
        });
    }
}

#[component]
fn Shown(snapshot: Snapshot<Away>) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let screen = Screen::new(snapshot);
    let (away, ended) = (screen.away, screen.follower.ended);
    let absence = memo(move || away.with(|away| away.absence));
    let keys = memo(move || away.with(|away| away.groups().into_iter().map(|group| group.key).collect::<Vec<_>>()));
    let handled = memo(move || away.with(|away| away.read_elsewhere().into_iter().cloned().collect::<Vec<_>>()));
    let older = memo(move || away.with(|away| away.floor > 0));
    let when = dynamic(move || {
        absence.get().map(|Absence { since, back }| {
            let text = zone.with(|zone| words::away(&zone.day_and_clock(since, now), &zone.day_and_clock(back, now)));
            view! { <p class="muted">{text}</p> }
        })
    });
    let nothing = dynamic(move || {
        let (title, text) = match absence.get() {
            None => (words::NOT_AWAY, words::NOT_AWAY_TEXT),
            Some(_) if keys.with(Vec::is_empty) && handled.with(Vec::is_empty) => (words::NOTHING_CAME, words::NOTHING_CAME_TEXT),
            Some(_) => return None,
        };
        Some(view! { <EmptyState icon="bell" title text/> })
    });
    let elsewhere = dynamic(move || {
        let handled = handled.get();
        (!handled.is_empty()).then(|| {
            view! {
                <section class="card away-group" aria-labelledby="handled">
                    <h2 id="handled">{words::HANDLED}</h2>
                    <ul class="away-lines">{handled.into_iter().map(|known| line(known, screen)).collect_view()}</ul>
                </section>
            }
        })
    });
    view! {
        <Ended reason=ended/>
        <div class="stack">
            {when}
            <ReadThese screen/>
            {nothing}
            <Each each=move || keys.get() key=|key| key.clone() children=move |key| view! { <Place key screen/> }/>
            {elsewhere}
            {dynamic(move || older.get().then(|| view! { <p class="muted">{words::OLDER_AWAY}</p> }))}
        </div>
        <LiveLine/>
    }
}

/// Marks what is on the page as read, and nothing else; without scripts a form that leads back here.
#[component]
fn ReadThese(screen: Screen) -> impl IntoView {
    let context = use_context::<InboxContext>();
    let away = screen.away;
    let range = memo(move || {
        away.with(|away| {
            let unread = away.notifications.iter().any(|notification| !notification.read);
            unread.then(|| (away.before_oldest(), away.newest()))
        })
    });
    let read = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some((after, up_to)) = range.get_untracked() else { return };
        // Shown at once; the server's word, with the counts, follows.
        let counts = away.with_untracked(|away| away.counts);
        let swept = InboxEvent::NotificationsSwept(Swept { what: BulkAction::Read, after, up_to, counts, head: up_to });
        away.maybe_update(|away| away.apply(PersonId(0), &swept));
        if let Some(context) = context {
            context.apply_own(&swept);
        }
        spawn_local(async move {
            match api::sweep(BulkAction::Read.into_str().to_owned(), up_to, after).await {
                Ok(_) => screen.done(),
                Err(error) => {
                    toast::show_error(error.message);
                    screen.follower.renew();
                }
            }
        });
    };
    dynamic(move || {
        range.get().map(|(after, up_to)| {
            view! {
                <form method="post" action=SweepInbox::url() on:submit=read>
                    <input type="hidden" name="what" value=BulkAction::Read.into_str()/>
                    <input type="hidden" name="after" value=after.to_string()/>
                    <input type="hidden" name="up_to" value=up_to.to_string()/>
                    <button class="btn" data-kind="primary" type="submit">
                        {words::READ_THESE}
                    </button>
                </form>
            }
        })
    })
}

/// What has come in one place.
#[component]
fn Place(key: String, screen: Screen) -> impl IntoView {
    let id = format!("away-{}", key.trim_matches('/').replace('/', "-"));
    let group = memo(move || screen.away.with(|away| away.groups().into_iter().find(|group| group.key == key)));
    let labelled = id.clone();
    let content = dynamic(move || {
        group.get().map(|group| {
            let summary = words::things(group.notifications.len(), group.unread());
            let Group { heading, notifications, .. } = group;
            let more = notifications.len().saturating_sub(LINES);
            let (name, link) = match heading {
                Heading::Place { name, link } => (name, link),
                Heading::Category(category) => (words::category(category).to_owned(), format!("/inbox?category={}", category.into_str())),
            };
            let lines = notifications.into_iter().take(LINES).map(|known| line(known, screen)).collect_view();
            view! {
                <h2 id=id.clone()>
                    <a href=link.clone()>{name}</a>
                </h2>
                <p class="muted">{summary}</p>
                <ul class="away-lines">{lines}</ul>
                {(more > 0).then(|| view! { <a class="away-more" href=link>{words::more_there(more)}</a> })}
            }
        })
    });
    view! { <section class="card away-group" aria-labelledby=labelled>{content}</section> }
}

/// One of them. Whoever opens it has read it; the page goes on meanwhile.
fn line(notification: Notification, screen: Screen) -> AnyView {
    let Notification { id, title, text, link, count, at, read, .. } = notification;
    let open = move |_| {
        if !read {
            screen.read_one(id);
        }
    };
    view! {
        <li data-unread=(!read).then_some("")>
            <a href=link on:click=open>
                <b>{title}</b>
                {(!read).then(|| view! { <span class="visually-hidden">{words::UNREAD}</span> })}
            </a>
            {(!text.is_empty()).then(|| view! { <p class="muted cut">{text}</p> })}
            <p class="muted notice-about">
                <When at/> {(count > 1).then(|| view! { " · " {words::times(count)} })}
            </p>
        </li>
    }
}
