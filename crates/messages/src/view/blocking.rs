//! Blocking somebody: on their page, in the menu of the conversation with them and in the settings; and what a conversation shows of it.

use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    context::{SidebarContext, use_sidebar},
    parts::{face, icon},
    screen::Screen,
};
use crate::{
    api,
    live::{BlockChanged, PersonEvent},
    words,
};
use plenum_core::{error::AppError, ids::PersonId, people::PersonCard};
use plenum_ui::{
    Notice, dynamic, memo,
    notice::Tone,
    page::{Loaded, fault_notice},
    view,
};

/// A form that blocks a person, or no longer; without scripts it leads to their page.
fn form(
    context: SidebarContext,
    person: PersonId,
    name: String,
    class: &'static str,
    size: Option<&'static str>,
    refused: Callback<AppError>,
) -> AnyView {
    let blocked = memo(move || context.blocked().with(|blocked| blocked.contains(&person)));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let change = BlockChanged { person, blocked: !blocked.get_untracked() };
        spawn_local(async move {
            match api::block(person, change.blocked).await {
                Ok(()) => context.apply(&[PersonEvent::BlockChanged(change)]),
                Err(error) => {
                    refused.try_run(error);
                }
            }
        });
    };
    let label = move || if blocked.get() { words::unblock_person(&name) } else { words::block_person(&name) };
    view! {
        <form method="post" action="/fn/messages/block" on:submit=submit>
            <input type="hidden" name="person" value=person.to_string()/>
            <input type="hidden" name="blocked" value=move || (!blocked.get()).to_string()/>
            <button class=class data-size=size type="submit">
                {(class == "menu-item").then(|| icon("lock"))}
                {label}
            </button>
        </form>
    }
}

/// The button on a person's page.
#[component]
pub fn BlockPerson(person: PersonId, #[prop(into)] name: String) -> impl IntoView {
    let Some(context) = use_sidebar() else { return ().into_any() };
    let problem = RwSignal::new(None::<String>);
    let refused = Callback::new(move |error: AppError| problem.set(Some(error.message)));
    let content = move |snapshot| {
        context.begin(snapshot);
        let blocked = memo(move || context.blocked().with(|blocked| blocked.contains(&person)));
        view! {
            {form(context, person, name.clone(), "btn", None, refused)}
            {move || blocked.get().then(|| view! { <p class="muted">{words::BLOCKED_TEXT}</p> })}
            {move || problem.get().map(|problem| view! { <Notice tone=Tone::Bad>{problem}</Notice> })}
        }
    };
    view! { <Loaded from=context.first fault=fault_notice children=content/> }.into_any()
}

/// The people whom one has blocked, in the settings.
#[component]
pub fn BlockedPeople() -> impl IntoView {
    let Some(context) = use_sidebar() else { return ().into_any() };
    let people = Resource::new_blocking(move || context.blocked().get(), |_| api::blocked());
    let problem = RwSignal::new(None::<String>);
    let refused = Callback::new(move |error: AppError| problem.set(Some(error.message)));
    let row = move |card: PersonCard| {
        // In the list they are blocked; the form says the opposite of what stands in it.
        let (id, name) = (card.id, card.name.clone());
        let submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            spawn_local(async move {
                match api::block(id, false).await {
                    Ok(()) => context.apply(&[PersonEvent::BlockChanged(BlockChanged { person: id, blocked: false })]),
                    Err(error) => refused.run(error),
                }
            });
        };
        view! {
            <li class="line">
                {face(&card)}
                <a class="line-text" href=format!("/people/{id}")>{name.clone()}</a>
                <form method="post" action="/fn/messages/block" on:submit=submit>
                    <input type="hidden" name="person" value=id.to_string()/>
                    <input type="hidden" name="blocked" value="false"/>
                    <button class="btn" data-size="s" type="submit" aria-label=words::unblock_person(&name)>{words::UNBLOCK}</button>
                </form>
            </li>
        }
    };
    let list = move |cards: Vec<PersonCard>| {
        if cards.is_empty() {
            return view! { <p class="muted">{words::NOBODY_BLOCKED}</p> };
        }
        view! { <ul class="lines">{cards.into_iter().map(row).collect_view()}</ul> }
    };
    view! {
        <section class="card stack" aria-labelledby="blocked-people">
            <h2 id="blocked-people">{words::BLOCKED_PEOPLE}</h2>
            <p class="muted">{words::BLOCKED_PEOPLE_TEXT}</p>
            {move || problem.get().map(|problem| view! { <Notice tone=Tone::Bad>{problem}</Notice> })}
            <Loaded from=people fault=fault_notice children=list/>
        </section>
    }
    .into_any()
}

/// The item in the menu of a direct conversation.
pub(super) fn menu_item(screen: Screen, other: PersonCard) -> AnyView {
    let refused = Callback::new(move |error: AppError| screen.say(&error));
    form(screen.store.context, other.id, other.name, "menu-item", None, refused)
}

/// What stands in place of the composer while the two of a conversation cannot write to each other.
#[component]
pub(super) fn Closed(screen: Screen) -> impl IntoView {
    let store = screen.store;
    let other = memo(move || {
        store.about().with(|about| about.members.iter().find(|member| member.card.id != store.viewer).map(|member| member.card.clone()))
    });
    let own =
        memo(move || store.about().with(|about| other.with(|other| other.as_ref().is_some_and(|other| about.blocked.contains(&other.id)))));
    let refused = Callback::new(move |error: AppError| screen.say(&error));
    dynamic(move || {
        let text = if own.get() { words::BLOCKED_BY_YOU } else { words::CANNOT_WRITE };
        let unblock = other.get().filter(|_| own.get()).map(|card| form(store.context, card.id, card.name, "btn", Some("s"), refused));
        view! {
            <div class="ended" role="status">
                {icon("lock")}
                <div><p>{text}</p></div>
                {unblock}
            </div>
        }
    })
}

/// What a message of somebody whom the viewer has blocked shows: its content, once it is opened.
pub(super) fn collapsed(content: AnyView) -> AnyView {
    view! {
        <details class="msg-blocked">
            <summary>{words::BLOCKED_MESSAGE}" — "<span class="link-btn">{words::SHOW}</span></summary>
            {content}
        </details>
    }
}
