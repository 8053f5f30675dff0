//! A feed: chips, days, lines that stand for one act or for the same act of several people, and the way to older ones.

use leptos::prelude::*;

use super::follow::Screen;
use crate::{
    model::{Day, Line, days},
    words,
};
use plenum_core::{
    activity::{Item, SubjectKind, Topic},
    ids::{ActivityId, PersonId},
    people::PersonCard,
    time::Zone,
};
use plenum_ui::{
    Avatar, Each, EmptyState, Icon, When, dynamic, memo,
    page::{Ended, use_now, use_zone},
    view,
};

/// Chips that say which topic is shown; links, so that they work without scripts.
#[component]
pub(super) fn Chips(topic: Option<Topic>) -> impl IntoView {
    let chip = |of: Option<Topic>| {
        let href = of.map_or_else(|| "/".to_owned(), |of| format!("/?show={}", of.into_str()));
        view! {
            <a href=href aria-current=(of == topic).then_some("page")>
                {of.map_or(words::ALL, words::topic)}
            </a>
        }
    };
    let chips = std::iter::once(None).chain(Topic::OF_FEEDS.map(Some)).map(chip).collect_view();
    view! {
        <nav class="tabs" aria-label=words::FILTER>
            {chips}
        </nav>
    }
}

/// The items of a feed by days.
#[component]
pub(super) fn FeedView(
    /// The feed.
    screen: Screen,
    /// Where it is, with what is before the number of the first item of an older page: `/?before=`.
    older_at: String,
    /// What will stand here, if there is nothing.
    nothing: &'static str,
) -> impl IntoView {
    let feed = screen.feed;
    let zone = use_zone();
    let shown: Memo<Vec<Day>> = memo(move || zone.with(|zone| feed.with(|feed| days(&feed.items, zone))));
    let empty = memo(move || shown.with(Vec::is_empty));
    let floor = memo(move || feed.with(|feed| feed.floor));
    let older = dynamic(move || {
        let floor = floor.get();
        (floor.0 > 0).then(|| {
            let more = move |event: leptos::ev::MouseEvent| {
                event.prevent_default();
                screen.older();
            };
            view! {
                <a class="btn" href=format!("{older_at}{floor}") on:click=more>
                    {words::OLDER}
                </a>
            }
        })
    });
    let ended = screen.follower.ended;
    view! {
        <Ended reason=ended/>
        {dynamic(move || empty.get().then(|| view! { <EmptyState icon="today" title=words::NOTHING text=nothing/> }))}
        <div class="feed">
            <Each
                each=move || shown.with(|days| days.iter().map(|day| day.number).collect())
                key=|number: &i32| number.to_string()
                children=move |number| view! { <DayView number shown viewer=screen.viewer/> }
            />
        </div>
        <p class="feed-more">{older}</p>
    }
}

#[component]
fn DayView(number: i32, shown: Memo<Vec<Day>>, viewer: PersonId) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let day = memo(move || shown.with(|days| days.iter().find(|day| day.number == number).cloned()));
    let title = memo(move || day.with(|day| day.as_ref().map(|day| zone.with(|zone| zone.day(day.at, now))).unwrap_or_default()));
    let keys = move || day.with(|day| day.as_ref().map(|day| day.lines.iter().map(Line::key).collect()).unwrap_or_default());
    view! {
        <section class="feed-day">
            <h3>{move || title.get()}</h3>
            <ul class="notices">
                <Each each=keys key=|key: &ActivityId| key.to_string() children=move |key| view! { <LineView key day viewer/> }/>
            </ul>
        </section>
    }
}

/// A line. What it says follows whoever joins it; what was opened stays open.
#[component]
fn LineView(key: ActivityId, day: Memo<Option<Day>>, viewer: PersonId) -> impl IntoView {
    let line = memo(move || day.with(|day| day.as_ref().and_then(|day| day.lines.iter().find(|line| line.key() == key).cloned())));
    let sentence = dynamic(move || line.with(|line| line.as_ref().map(|line| view! { <Sentence line=line.clone() viewer/> })));
    let several = memo(move || line.with(|line| line.as_ref().is_some_and(|line| line.items.len() > 1)));
    let count = memo(move || line.with(|line| line.as_ref().map_or(0, |line| line.items.len())));
    let items = move || line.with(|line| line.as_ref().map(|line| line.items.clone()).unwrap_or_default());
    let all = dynamic(move || {
        several.get().then(|| {
            view! {
                <details class="feed-all">
                    <summary>{move || words::show_all(count.get())}</summary>
                    <ul>
                        <Each each=items key=|item: &Item| item.id.to_string() children=move |item| view! { <One item viewer/> }/>
                    </ul>
                </details>
            }
        })
    });
    view! {
        <li class="notice-row" data-activity-id=key.to_string()>
            {sentence}
            {all}
        </li>
    }
}

#[component]
fn Sentence(line: Line, viewer: PersonId) -> impl IntoView {
    let Some(newest) = line.newest() else { return ().into_any() };
    let (actors, abouts, at) = (line.actors(), line.abouts(), newest.at);
    let text = words::says(newest, &actors, &abouts, viewer);
    let said = match link(newest) {
        Some(href) => view! { <a href=href>{text}</a> },
        None => view! { <span>{text}</span> },
    };
    view! {
        <span class="notice-face">{face(newest, actors.first().or(abouts.first()))}</span>
        <div class="notice-text">
            <p>{said}</p>
            <p class="muted notice-about">
                <When at text=Zone::clock/>
            </p>
        </div>
    }
    .into_any()
}

/// One of the acts that a line stands for.
#[component]
fn One(item: Item, viewer: PersonId) -> impl IntoView {
    let at = item.at;
    let (actors, abouts): (Vec<_>, Vec<_>) = (item.actor.clone().into_iter().collect(), item.about.clone().into_iter().collect());
    view! {
        <li>
            {words::says(&item, &actors, &abouts, viewer)} " " <span class="muted"><When at text=Zone::clock/></span>
        </li>
    }
}

fn face(item: &Item, card: Option<&PersonCard>) -> AnyView {
    match card {
        Some(card) => view! { <Avatar initials=card.initials() hue=card.hue size="s"/> },
        None => {
            let name = match item.topic() {
                Topic::Conversations => "messages",
                Topic::People => "people",
                Topic::Announcements => "campaigns",
                Topic::Money => "wallet",
                Topic::Events => "events",
                Topic::Security => "key",
                Topic::Organisation => "settings",
            };
            view! { <Icon name/> }
        }
    }
}

/// Where a line leads.
fn link(item: &Item) -> Option<String> {
    if let Some(conversation) = item.conversation {
        return Some(format!("/messages/{conversation}"));
    }
    match item.verb().subject() {
        SubjectKind::Person => Some(format!("/people/{}", item.subject.id)),
        SubjectKind::Order => Some(format!("/orders/{}", item.subject.id)),
        SubjectKind::Event => Some(format!("/events/{}", item.subject.id)),
        SubjectKind::Broadcast => Some("/inbox?category=announcements".to_owned()),
        SubjectKind::Deposit | SubjectKind::Withdrawal => Some("/wallet".to_owned()),
        SubjectKind::SignIn | SubjectKind::Token => Some("/settings".to_owned()),
        _ => None,
    }
}
