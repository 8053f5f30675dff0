//! `/inbox`: tabs and categories, the notifications of each, and what one does to all of them.

use leptos::{
    prelude::{Update as _, *},
    server_fn::ServerFn as _,
    task::spawn_local,
};
use leptos_meta::Title;
use leptos_router::components::Form;
use strum::VariantArray as _;

use super::{context::InboxContext, row::Row};
use crate::{
    api::{self, SweepInbox, UndoClear},
    live::{InboxEvent, Swept},
    model::{Absence, BulkAction, Category, Filter, Folder, Inbox, Notification},
    words,
};
use plenum_core::{
    counts::Counts,
    ids::{Millis, NotificationId, PersonId},
    live::{Live, Snapshot},
    people::Role,
    sorted::SortedSet,
};
use plenum_ui::{
    Each, EmptyState, Notice, browser,
    client::use_online,
    dynamic, effect, memo,
    notice::Tone,
    page::{Ended, FaultWithin, Follower, LiveLine, Logged, use_now, use_own_id, use_role, use_zone},
    toast, use_query, view,
};

const A_DAY: Millis = 24 * 3_600_000;

/// `/inbox`, with `?shelf=` and `?category=`.
#[component]
pub fn InboxPage() -> impl IntoView {
    let query = use_query();
    let filter = memo(move || {
        query.with(|query| Filter {
            shelf: query.get_str("shelf").and_then(|word| word.parse().ok()).unwrap_or_default(),
            category: query.get_str("category").and_then(|word| word.parse().ok()),
        })
    });
    let first = Resource::new_blocking(move || filter.get(), |Filter { shelf, category }| api::page(shelf, category, None));
    let absence = Resource::new_blocking(|| (), |()| api::absence());
    let content = move || {
        Suspend::new(async move {
            let absence = absence.await.ok().flatten();
            match first.await {
                Ok(snapshot) => view! { <Back absence/> <Shown snapshot/> },
                Err(error) => view! { <FaultWithin error/> },
            }
        })
    };
    view! {
        <Title text=words::INBOX/>
        <main id="main" tabindex="-1" class="page">
            <header class="page-head">
                <h1>{words::INBOX}</h1>
                <div class="page-actions">
                    <a class="btn" href="/inbox/away">
                        {words::AWAY}
                    </a>
                    <a class="btn" href="/settings/notifications">
                        {words::SETTINGS}
                    </a>
                </div>
            </header>
            <Transition>{content}</Transition>
        </main>
    }
}

/// For a day after a long absence: when that was, and the way to what came meanwhile.
#[component]
fn Back(absence: Option<Absence>) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let shown = absence.filter(|absence| now - absence.back < A_DAY);
    shown.map(|Absence { since, back }| {
        let when = move || zone.with(|zone| words::away(&zone.day_and_clock(since, now), &zone.day_and_clock(back, now)));
        view! {
            <Notice tone=Tone::Live>
                {when} " "
                <a href="/inbox/away">{words::SEE_AWAY}</a>
            </Notice>
        }
    })
}

/// The notifications on the screen.
#[derive(Clone, Copy)]
pub(super) struct Screen {
    pub(super) inbox: RwSignal<Inbox>,
    follower: Follower,
    /// The pages that were loaded below the first one may be wrong, too: the next snapshot replaces them.
    whole: StoredValue<bool>,
    /// Who of those who did something is here.
    pub(super) online: Signal<SortedSet<PersonId>>,
}

impl Screen {
    fn new(Snapshot { state, cursors }: Snapshot<Inbox>) -> Self {
        let Filter { shelf, category } = state.filter;
        let inbox = RwSignal::new(state);
        let actors = memo(move || {
            let mut actors: Vec<PersonId> =
                inbox.with(|inbox| inbox.notifications.iter().filter_map(|known| known.actor.as_ref().map(|card| card.id)).collect());
            actors.sort_unstable();
            actors.dedup();
            actors
        });
        let (whole, follower) = (StoredValue::new(false), Follower::new(cursors));
        let show = move |fresh: Inbox| {
            let replaces = whole.try_update_value(std::mem::take).unwrap_or_default() || follower.is_stale();
            inbox.try_update(|inbox| if replaces { *inbox = fresh } else { inbox.refresh(fresh) });
        };
        follower.fetch_with(move || api::page(shelf, category, None), show);
        Self { inbox, follower, whole, online: use_online(actors.into()) }
    }

    /// Requests the first page in place of all that is shown: something that was shown as done was refused.
    pub(super) fn replace(self) {
        if self.whole.try_set_value(true).is_none() {
            self.follower.renew();
        }
    }

    /// Something was done: while there is a connection, its event shows it.
    pub(super) fn done(self) {
        if !self.follower.is_connected() {
            self.follower.renew();
        }
    }

    fn older(self) {
        let (Filter { shelf, category }, floor) = self.inbox.with_untracked(|inbox| (inbox.filter, inbox.floor));
        spawn_local(async move {
            match api::page(shelf, category, Some(floor)).await {
                Ok(older) => self.inbox.update(|inbox| inbox.append(older.state)),
                Err(error) => toast::show_error(error.message),
            }
        });
    }

    fn follow(self) {
        let person = use_own_id();
        self.follower.follow::<InboxEvent>(person, Logged::All, move |events| {
            let Some(viewer) = person.get_untracked() else { return };
            self.inbox.maybe_update(|inbox| {
                let mut touched = false;
                for event in &events {
                    touched |= inbox.apply(viewer, event);
                }
                touched
            });
        });
    }

    /// What is on the screen while somebody looks has been seen.
    fn see(self) {
        let newest = memo(move || {
            self.inbox.with(|inbox| {
                let unseen =
                    inbox.notifications.iter().filter(|notification| !notification.seen).map(|notification| notification.number).max();
                unseen.map(|_| inbox.head)
            })
        });
        effect(move |_| {
            if let Some(up_to) = newest.get().filter(|_| browser::is_visible()) {
                spawn_local(async move {
                    if api::sweep(BulkAction::Seen.into_str().to_owned(), up_to, 0).await.is_ok() {
                        self.done();
                    }
                });
            }
        });
    }
}

#[component]
fn Shown(snapshot: Snapshot<Inbox>) -> impl IntoView {
    let filter = snapshot.state.filter;
    let screen = Screen::new(snapshot);
    let (inbox, ended) = (screen.inbox, screen.follower.ended);
    screen.follow();
    screen.see();
    let ids = memo(move || inbox.with(|inbox| inbox.notifications.iter().map(|notification| notification.id).collect::<Vec<_>>()));
    let empty = memo(move || ids.with(Vec::is_empty));
    let older = memo(move || inbox.with(|inbox| inbox.floor > 0));
    let nothing = dynamic(move || {
        empty.get().then(|| {
            let (title, text) = words::nothing(filter.shelf);
            view! { <EmptyState icon="bell" title text/> }
        })
    });
    view! {
        <Ended reason=ended/>
        <Filters filter/>
        <Sweeps screen/>
        {nothing}
        <ul class="notices" aria-label=words::INBOX>
            <Each each=move || ids.get() key=|id| id.to_string() children=move |id| view! { <Row id screen/> }/>
        </ul>
        {dynamic(move || {
            older.get().then(|| {
                view! {
                    <button class="btn" type="button" on:click=move |_| screen.older()>
                        {words::OLDER}
                    </button>
                }
            })
        })}
        <LiveLine/>
    }
}

#[component]
fn Filters(filter: Filter) -> impl IntoView {
    let tabs = Folder::VARIANTS
        .iter()
        .copied()
        .map(|shelf| {
            view! {
                <a href=format!("/inbox?shelf={}", shelf.into_str()) aria-current=(shelf == filter.shelf).then_some("page")>
                    {words::shelf(shelf)}
                </a>
            }
        })
        .collect_view();
    let options = Category::met_by(use_role(Role::Admin).get_untracked())
        .map(|category| {
            view! {
                <option value=category.into_str() selected=filter.category == Some(category)>
                    {words::category(category)}
                </option>
            }
        })
        .collect_view();
    view! {
        <nav class="tabs" aria-label=words::SHELVES>
            {tabs}
        </nav>
        <Form method="GET" action="/inbox" attr:class="filter">
            <input type="hidden" name="shelf" value=filter.shelf.into_str()/>
            <select class="input select" name="category" aria-label=words::CATEGORY>
                <option value="">{words::ANY_CATEGORY}</option>
                {options}
            </select>
            <button class="btn" type="submit">
                {words::SHOW}
            </button>
        </Form>
    }
}

/// What one does to all of them; without scripts forms that lead back here.
#[component]
fn Sweeps(screen: Screen) -> impl IntoView {
    let query = use_query();
    let context = use_context::<InboxContext>();
    let inbox = screen.inbox;
    let head = memo(move || inbox.with(|inbox| inbox.head));
    let unread = memo(move || inbox.with(|inbox| inbox.counts.unread > 0));
    let any = memo(move || inbox.with(|inbox| inbox.filter.shelf != Folder::Archive && !inbox.notifications.is_empty()));
    // A page without scripts was led here after it cleared all.
    let cleared = memo(move || query.with(|query| query.get_str("cleared").and_then(|at| at.parse::<Millis>().ok())));
    let sweep = move |what: BulkAction| {
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            let up_to = head.get_untracked();
            if what == BulkAction::Read {
                // Shown at once; the server's word, with the counts, follows.
                let swept = InboxEvent::NotificationsSwept(Swept { what, after: 0, up_to, counts: Counts::default(), head: up_to });
                inbox.maybe_update(|inbox| inbox.apply(PersonId(0), &swept));
                if let Some(context) = context {
                    context.apply_own(&swept);
                }
            }
            spawn_local(async move {
                match api::sweep(what.into_str().to_owned(), up_to, 0).await {
                    Ok(at) if what == BulkAction::Clear => toast::show_with_action(words::CLEARED, words::UNDO, move || undo(screen, at)),
                    Ok(_) => {}
                    Err(error) => {
                        toast::show_error(error.message);
                        screen.replace();
                    }
                }
                screen.done();
            });
        }
    };
    let button = move |what: BulkAction, label: &'static str, shown: Memo<bool>| {
        dynamic(move || {
            shown.get().then(|| {
                view! {
                    <form method="post" action=SweepInbox::url() on:submit=sweep(what)>
                        <input type="hidden" name="what" value=what.into_str()/>
                        <input type="hidden" name="up_to" value=move || head.get().to_string()/>
                        <button class="btn" type="submit">
                            {label}
                        </button>
                    </form>
                }
            })
        })
    };
    let take_back = dynamic(move || {
        cleared.get().map(|at| {
            view! {
                <form method="post" action=UndoClear::url()>
                    <input type="hidden" name="at" value=at.to_string()/>
                    <button class="btn" type="submit">
                        {words::UNDO}
                    </button>
                </form>
            }
        })
    });
    view! {
        <div class="form-actions">
            {button(BulkAction::Read, words::READ_ALL, unread)} {button(BulkAction::Clear, words::CLEAR_ALL, any)} {take_back}
        </div>
    }
}

fn undo(screen: Screen, at: Millis) {
    spawn_local(async move {
        match api::undo_clear(at).await {
            Ok(()) => screen.done(),
            Err(error) => toast::show_error(error.message),
        }
    });
}

/// The notification with this id, as it is shown now.
pub(super) fn shown(inbox: RwSignal<Inbox>, id: NotificationId) -> Memo<Option<Notification>> {
    memo(move || inbox.with(|inbox| inbox.notifications.iter().find(|notification| notification.id == id).cloned()))
}
