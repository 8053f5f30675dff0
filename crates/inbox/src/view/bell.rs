//! What is new, at hand on every page: the newest notifications in a menu beside the bell, with what is done most often.
//! It needs scripts; without them the bell leads to the page.

use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

use super::{
    context::InboxContext,
    way::{followed_send, follows, through},
};
use crate::{
    api,
    model::{Act, BulkAction, Notification},
    words,
};
use plenum_core::ids::NotificationId;
use plenum_ui::{
    Each, Icon, browser, dynamic, memo,
    page::{LiveLine, use_now, use_zone},
    toast, use_hydrated, view,
};

/// Notifications of the menu.
const SHOWN: usize = 6;

/// The menu beside the bell.
#[component]
pub fn Bell() -> impl IntoView {
    let hydrated = use_hydrated();
    let context = use_context::<InboxContext>();
    dynamic(move || context.filter(|_| hydrated.get()).map(|context| view! { <Preview context/> }))
}

#[component]
fn Preview(context: InboxContext) -> impl IntoView {
    let newest = context.newest;
    let ids = memo(move || newest.with(|inbox| inbox.notifications.iter().take(SHOWN).map(|known| known.id).collect::<Vec<_>>()));
    let unread = memo(move || newest.with(|inbox| inbox.counts.unread > 0));
    // Whoever opens it sees them.
    let see = move |_| {
        let (unseen, head) = newest.with_untracked(|inbox| (inbox.counts.unseen, inbox.head));
        if unseen > 0 {
            sweep(BulkAction::Seen, head);
        }
    };
    let read_all = move |_| sweep(BulkAction::Read, newest.with_untracked(|inbox| inbox.head));
    view! {
        <details class="dropdown bell only-wide">
            <summary class="bell-open" title=words::WHAT_IS_NEW on:click=see>
                <Icon name="chevron-right" size="s"/>
                <span class="visually-hidden">{words::WHAT_IS_NEW}</span>
            </summary>
            <div class="menu bell-menu">
                {dynamic(move || ids.with(Vec::is_empty).then(|| view! { <p class="muted bell-empty">{words::NOTHING_NEW}</p> }))}
                <ul class="bell-list" aria-label=words::WHAT_IS_NEW>
                    <Each each=move || ids.get() key=|id| id.to_string() children=move |id| view! { <Line id context/> }/>
                </ul>
                <div class="bell-foot">
                    {dynamic(move || {
                        unread.get().then(|| {
                            view! {
                                <button class="link-btn" type="button" on:click=read_all>
                                    {words::READ_ALL}
                                </button>
                            }
                        })
                    })}
                    <a href="/inbox">{words::ALL}</a>
                </div>
                <LiveLine/>
            </div>
        </details>
    }
}

fn sweep(what: BulkAction, up_to: u64) {
    spawn_local(async move {
        if let Err(error) = api::sweep(what.into_str().to_owned(), up_to, 0).await {
            toast::show_error(error.message);
        }
    });
}

#[component]
fn Line(id: NotificationId, context: InboxContext) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let known = memo(move || context.newest.with(|inbox| inbox.notifications.iter().find(|known| known.id == id).cloned()));
    let content = dynamic(move || {
        known.get().map(|notification| {
            let Notification { title, text, link, at, read, .. } = notification;
            let when = zone.with(|zone| zone.short(at, now));
            let button = (!read).then(|| {
                let which = words::which_one(&title);
                view! {
                    <button class="btn icon-btn" data-kind="quiet" data-size="s" type="button" title=words::act(Act::Read) on:click=move |_| read_one(id)>
                        <Icon name="check"/>
                        <span class="visually-hidden">{words::act(Act::Read)} {which}</span>
                    </button>
                }
            });
            let open = move |event: MouseEvent| {
                if follows(&event) {
                    followed_send(id);
                    browser::go(&link);
                }
            };
            view! {
                <a href=through(id) on:click=open>
                    <b>{title}</b>
                    <span class="muted cut">{text}</span>
                    <span class="muted">{when}</span>
                </a>
                {button}
            }
        })
    });
    view! { <li data-unread=move || known.with(|known| known.as_ref().is_some_and(|known| !known.read)).then_some("")>{content}</li> }
}

fn read_one(id: NotificationId) {
    spawn_local(async move {
        if let Err(error) = api::act(id, Act::Read.into_str().to_owned()).await {
            toast::show_error(error.message);
        }
    });
}
