//! `/`: the day, what waits for whoever looks, and what happened; `?show=` chooses a topic, `?before=` an older page.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    feed::{Chips, FeedView},
    follow::Screen,
};
use crate::{
    api,
    model::{Opened, Scope, parse_activity},
    words,
};
use plenum_core::live::Snapshot;
use plenum_inbox::view::WaitingNotifications;
use plenum_messages::view::UnreadConversations;
use plenum_ui::{
    dynamic, memo,
    page::{Loaded, use_clock, use_zone},
    use_query, view,
};

/// The first page of whoever is signed in.
#[component]
pub fn TodayPage() -> impl IntoView {
    let query = use_query();
    let (zone, clock) = (use_zone(), use_clock());
    let asked = memo(move || {
        query.with(|query| (query.get_str("show").and_then(|word| word.parse().ok()), query.get_str("before").and_then(parse_activity)))
    });
    let first = Resource::new_blocking(move || asked.get(), |(topic, before)| api::feed(Scope::Today.to_string(), topic, before, None));
    let date = dynamic(move || zone.with(|zone| zone.date(clock.get())));
    view! {
        <Title text=words::TODAY/>
        <main id="main" tabindex="-1" class="page today" data-width="narrow">
            <header class="page-head">
                <h1>{words::TODAY}</h1>
                <span class="muted">{date}</span>
            </header>
            <div class="stack">
                <section aria-labelledby="needs-you">
                    <h2 id="needs-you">{words::NEEDS_YOU}</h2>
                    <div class="columns">
                        <WaitingNotifications/>
                        <UnreadConversations/>
                    </div>
                </section>
                <section aria-labelledby="what-happened">
                    <h2 id="what-happened">{words::WHAT_HAPPENED}</h2>
                    <Loaded from=first let:snapshot>
                        <Happened snapshot is_older=asked.get_untracked().1.is_some()/>
                    </Loaded>
                </section>
            </div>
        </main>
    }
}

#[component]
fn Happened(snapshot: Snapshot<Opened>, is_older: bool) -> impl IntoView {
    let topic = snapshot.state.feed.topic;
    let screen = Screen::new(snapshot, !is_older);
    let older_at = topic.map_or_else(|| "/?before=".to_owned(), |topic| format!("/?show={}&before=", topic.into_str()));
    let newest = topic.map_or_else(|| "/".to_owned(), |topic| format!("/?show={}", topic.into_str()));
    view! {
        <Chips topic/>
        {is_older.then(|| view! { <p><a href=newest>{words::NEWEST}</a></p> })}
        <FeedView screen older_at nothing=words::NOTHING_TODAY/>
    }
}
