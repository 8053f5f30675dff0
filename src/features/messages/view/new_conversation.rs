//! `/messages/new`: a direct conversation or a group with people of the directory, or a
//! room. Both forms work without scripts; choosing several people needs them.

use leptos::{ev, prelude::*, server_fn::error::ServerFnUrlError, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::parts::{back, face, icon};
use crate::{
    app::use_viewer,
    error::AppError,
    features::{
        messages::api,
        people::{self, model::PersonCard},
    },
    strings::messages as words,
    ui::{Field, Notice, effect, notice::Tone, view},
};

/// Begins a conversation.
#[component]
pub fn NewConversationPage() -> impl IntoView {
    let query = use_query_map();
    let refused = query.with_untracked(|query| query.get("__err").map(|error| ServerFnUrlError::<AppError>::decode_err(&error).message));
    view! {
        <Title text=words::NEW_CONVERSATION/>
        <section class="pane pane-thread" aria-label=words::NEW_CONVERSATION>
            <header class="pane-head">{back()}<div class="pane-title"><h1>{words::NEW_CONVERSATION}</h1></div></header>
            <div class="pane-body" tabindex="0">
                <div class="page stack" data-width="narrow">
                    {refused.map(|message| view! { <Notice tone=Tone::Bad>{message}</Notice> })}
                    <People/>
                    <Room/>
                </div>
            </div>
        </section>
    }
}

/// Choosing people: one for a direct conversation, several for a group.
#[component]
fn People() -> impl IntoView {
    let query = use_query_map();
    let viewer = use_viewer().with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.card.id));
    let asked = RwSignal::new(query.with_untracked(|query| query.get("who")).unwrap_or_default());
    let chosen = RwSignal::new(Vec::<PersonCard>::new());
    let name = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let alive = RwSignal::new(false);
    effect(move |_| alive.set(true));
    let found = Resource::new_blocking(move || asked.get(), |asked| people::api::directory(asked, String::new(), 0));
    let navigate = use_navigate();
    let begin = StoredValue::new(move |people: Vec<PersonCard>| {
        let navigate = navigate.clone();
        let name = name.get_untracked();
        spawn_local(async move {
            let made = match people.as_slice() {
                [only] => api::direct(only.id).await,
                several => api::create_group(several.iter().map(|card| card.id).collect(), name).await,
            };
            match made {
                Ok(id) => navigate(&format!("/messages/{id}"), Default::default()),
                Err(error) => {
                    problem.try_set(Some(error.message));
                }
            }
        });
    });
    let toggle = move |card: PersonCard, on: bool| {
        chosen.update(|chosen| {
            chosen.retain(|other| other.id != card.id);
            if on {
                chosen.push(card);
            }
        });
    };
    let one = move |card: PersonCard| {
        let id = card.id;
        let (kept, direct) = (card.clone(), card.clone());
        let label = words::message_person(&card.name);
        let pick_label = words::choose_person(&card.name);
        view! {
            <li class="row-with">
                {move || alive.get().then(|| {
                    let kept = kept.clone();
                    view! {
                        <label class="check">
                            <input
                                type="checkbox"
                                aria-label=pick_label.clone()
                                prop:checked=move || chosen.with(|chosen| chosen.iter().any(|other| other.id == id))
                                on:change=move |event| toggle(kept.clone(), event_target_checked(&event))
                            />
                        </label>
                    }
                })}
                <span class="row">{face(&card)}<span class="row-name">{card.name.clone()}</span></span>
                <form
                    method="post"
                    action="/fn/messages/direct"
                    on:submit=move |event: ev::SubmitEvent| {
                        event.prevent_default();
                        begin.with_value(|begin| begin(vec![direct.clone()]));
                    }
                >
                    <input type="hidden" name="person" value=id.to_string()/>
                    <button class="btn" data-size="s" type="submit" aria-label=label>{words::WRITE}</button>
                </form>
            </li>
        }
    };
    view! {
        <section class="card stack" aria-labelledby="new-people">
            <h2 id="new-people">{words::WITH_PEOPLE}</h2>
            {move || problem.get().map(|message| view! { <Notice tone=Tone::Bad>{message}</Notice> })}
            <form method="get" action="/messages/new" role="search" aria-label=words::FIND_PERSON on:submit=|event: ev::SubmitEvent| event.prevent_default()>
                <label class="search">
                    <span class="visually-hidden">{words::FIND_PERSON}</span>
                    {icon("search")}
                    <input class="input" type="search" name="who" placeholder=words::FIND_PERSON value=asked.get_untracked() autocomplete="off" on:input=move |event| asked.set(event_target_value(&event))/>
                </label>
            </form>
            {move || {
                let people = chosen.get();
                (!people.is_empty()).then(|| {
                    let several = people.len() > 1;
                    let names = people.iter().map(|card| card.name.clone()).collect::<Vec<_>>();
                    view! {
                        <form
                            class="form"
                            on:submit=move |event: ev::SubmitEvent| {
                                event.prevent_default();
                                begin.with_value(|begin| begin(chosen.get_untracked()));
                            }
                        >
                            <p role="status">{words::chosen(&names)}</p>
                            {several.then(|| view! {
                                <div class="field">
                                    <label for="group-name">{words::GROUP_NAME}</label>
                                    <input class="input" id="group-name" maxlength="80" prop:value=name.get_untracked() on:input=move |event| name.set(event_target_value(&event))/>
                                </div>
                            })}
                            <div class="form-actions"><button class="btn" data-kind="primary" type="submit">{if several { words::BEGIN_GROUP } else { words::BEGIN_DIRECT }}</button></div>
                        </form>
                    }
                })
            }}
            <Transition>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(page) => {
                            let people: Vec<PersonCard> = page.entries.into_iter().map(|entry| entry.card).filter(|card| Some(card.id) != viewer).collect();
                            if people.is_empty() {
                                view! { <p class="muted">{words::NOBODY_FOUND}</p> }.into_any()
                            } else {
                                view! { <ul class="rows">{people.into_iter().map(one).collect_view()}</ul> }.into_any()
                            }
                        }
                        Err(error) => view! { <Notice tone=Tone::Bad>{error.message}</Notice> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

/// A new room.
#[component]
fn Room() -> impl IntoView {
    let action = ServerAction::<api::CreateRoom>::new();
    let navigate = use_navigate();
    let value = action.value();
    effect(move |_| {
        if let Some(Ok(id)) = value.get() {
            navigate(&format!("/messages/{id}"), Default::default());
        }
    });
    let error_of = move |field: &'static str| {
        Signal::derive(move || {
            value.with(|value| {
                value
                    .as_ref()
                    .and_then(|value| value.as_ref().err())
                    .filter(|error| error.field.as_deref() == Some(field))
                    .map(|error| error.message.clone())
            })
        })
    };
    let other_error = move || {
        value.with(|value| {
            value
                .as_ref()
                .and_then(|value| value.as_ref().err())
                .filter(|error| error.field.as_deref() != Some("name"))
                .map(|error| error.message.clone())
        })
    };
    view! {
        <section class="card" aria-labelledby="new-room">
            <h2 id="new-room">{words::NEW_ROOM}</h2>
            <ActionForm action attr:class="form">
                <Field id="room-name" name="name" label=words::ROOM_NAME error=error_of("name") required=true maxlength=80 autocomplete="off"/>
                <Field id="room-topic" name="topic" label=words::ROOM_TOPIC hint=words::ROOM_TOPIC_HINT maxlength=200 autocomplete="off"/>
                <label class="switch">
                    <input type="checkbox" role="switch" name="private" value="true"/>
                    <span>{words::ROOM_PRIVATE}<small>{words::ROOM_PRIVATE_HINT}</small></span>
                </label>
                {move || other_error().map(|message| view! { <Notice tone=Tone::Bad>{message}</Notice> })}
                <div class="form-actions">
                    <button class="btn" data-kind="primary" type="submit" aria-busy=move || action.pending().get().then_some("true")>{words::CREATE_ROOM}</button>
                </div>
            </ActionForm>
        </section>
    }
}
