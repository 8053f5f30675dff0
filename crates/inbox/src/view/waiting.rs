//! What is unread in the inbox, for the page "Today": how much, and the newest of it. The server's answer is shown first; then it follows the
//! inbox that is alive on every page.

use leptos::prelude::*;

use super::context::InboxContext;
use crate::{
    api,
    model::{Folder, Inbox, Notification},
    words,
};
use plenum_ui::{Each, When, dynamic, memo, page::Loaded, view};

/// Notifications that are shown.
const SHOWN: usize = 3;

/// A card with what is unread in the inbox of whoever looks.
#[component]
pub fn WaitingNotifications() -> impl IntoView {
    let first = Resource::new_blocking(|| (), |()| api::page(Folder::Unread, None, None));
    view! {
        <section class="card stack waiting" aria-labelledby="waiting-notifications">
            <h3 id="waiting-notifications">{words::IN_THE_INBOX}</h3>
            <Loaded from=first let:snapshot>
                <Waiting first=snapshot.state/>
            </Loaded>
        </section>
    }
}

#[component]
fn Waiting(first: Inbox) -> impl IntoView {
    let context = use_context::<InboxContext>();
    let unread = |inbox: &Inbox| {
        let newest: Vec<Notification> = inbox.notifications.iter().filter(|known| !known.read).take(SHOWN).cloned().collect();
        (inbox.counts.unread, newest)
    };
    let first = unread(&first);
    let shown = memo(move || match context.filter(|context| context.has_begun()) {
        Some(context) => context.newest.with(unread),
        None => first.clone(),
    });
    let count = memo(move || shown.with(|(count, _)| *count));
    let newest = move || shown.with(|(_, newest)| newest.clone());
    // A notification that is news again is another line.
    let key = |known: &Notification| format!("{}-{}", known.id, known.number);
    view! {
        {dynamic(move || match count.get() {
            0 => view! { <p class="muted">{words::NOTHING_NEEDS_YOU}</p> },
            count => view! { <p><a href="/inbox?shelf=unread">{words::unread(count)}</a></p> },
        })}
        <ul class="rows" aria-label=words::IN_THE_INBOX>
            <Each each=newest key children=move |notification| view! { <Row notification/> }/>
        </ul>
    }
}

#[component]
fn Row(notification: Notification) -> impl IntoView {
    let Notification { title, link, at, .. } = notification;
    view! {
        <li>
            <a class="waiting-row" href=link>
                <span class="cut">{title}</span>
                <span class="muted">
                    <When at/>
                </span>
            </a>
        </li>
    }
}
