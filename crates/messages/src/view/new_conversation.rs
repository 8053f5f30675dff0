//! `/messages/new`: a direct conversation or a group with people of the directory, or a
//! room. Both forms work without scripts.

use leptos::{ev, html, prelude::*, server_fn::ServerFn as _, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

use super::parts::{back, face, icon};
use crate::{api, words};
use plenum_core::{error::AppResult, ids::PersonId, people::PersonCard};
use plenum_directory as directory;
use plenum_ui::{
    Field, Notice, browser, effect,
    forms::{Failure, Submit, failure, field_error},
    memo,
    notice::Tone,
    page::{Loaded, fault_notice, refusal, use_viewer},
    use_query, view,
};

/// Begins a conversation.
#[component]
pub fn NewConversationPage() -> impl IntoView {
    // The room's form says what is wrong with it itself.
    let refused = refusal().filter(|refusal| refusal.action.as_deref() != Some(api::CreateRoom::PATH)).map(|refusal| refusal.message);
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

/// The form's id: the boxes beside the people belong to it, though each person has a form of their own.
const FORM: &str = "new-group";
/// The boxes beside the people.
const BOXES: &str = "input[name='people[]']";

/// Choosing people: one for a direct conversation, several for a group. Without scripts it is one
/// form with two buttons: one finds people, and keeps who is chosen in the address; the other begins.
#[component]
fn People() -> impl IntoView {
    let query = use_query();
    let viewer = use_viewer().with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.card.id));
    let asked = RwSignal::new(query.with_untracked(|query| query.get("who")).unwrap_or_default());
    let found = Resource::new_blocking(move || asked.get(), |asked| directory::api::directory(asked, String::new(), 0));
    // Who was chosen before somebody else was looked for.
    let kept: Vec<PersonId> =
        query.with_untracked(|query| query.get_all("people[]").filter_map(|id| id.parse().ok()).filter(|id| Some(*id) != viewer).collect());
    let kept = Resource::new_blocking(
        || (),
        move |()| {
            let kept = kept.clone();
            async move { if kept.is_empty() { Vec::new() } else { directory::api::entries(kept).await.unwrap_or_default() } }
        },
    );
    view! {
        <section class="card stack" aria-labelledby="new-people">
            <h2 id="new-people">{words::WITH_PEOPLE}</h2>
            <Transition>
                {move || Suspend::new(async move {
                    let kept = kept.await.into_iter().map(|entry| entry.card).collect();
                    view! { <Choice kept asked found viewer/> }
                })}
            </Transition>
        </section>
    }
}

/// The form, and the people it offers.
#[component]
fn Choice(
    kept: Vec<PersonCard>,
    asked: RwSignal<String>,
    found: Resource<AppResult<directory::api::DirectoryPage>>,
    viewer: Option<PersonId>,
) -> impl IntoView {
    let name = use_query().with_untracked(|query| query.get("name")).unwrap_or_default();
    let chosen = RwSignal::new(kept);
    let problem = RwSignal::new(None::<String>);
    let navigate = use_navigate();
    let begin = StoredValue::new(move |people: Vec<PersonId>, name: String| {
        let navigate = navigate.clone();
        spawn_local(async move {
            match api::create_group(people, name).await {
                Ok(id) => navigate(&format!("/messages/{id}"), Default::default()),
                Err(error) => {
                    problem.try_set(Some(error.message));
                }
            }
        });
    });
    let toggle = Callback::new(move |(card, on): (PersonCard, bool)| {
        chosen.update(|chosen| {
            chosen.retain(|other| other.id != card.id);
            if on {
                chosen.push(card);
            }
        });
    });
    let some = memo(move || chosen.with(|chosen| !chosen.is_empty()));
    let several = memo(move || chosen.with(|chosen| chosen.len() > 1));
    let group_name = NodeRef::<html::Input>::new();
    // What was typed before the scripts ran is looked for, too.
    let find = NodeRef::<html::Input>::new();
    effect(move |_| {
        let typed = find.get().map(|input| input.value());
        if let Some(typed) = typed.filter(|typed| asked.with_untracked(|asked| asked != typed)) {
            asked.set(typed);
        }
    });
    // What is typed is looked for at once: Enter must not begin with whoever is chosen.
    let stay = |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    let begin_direct = Callback::new(move |id| begin.with_value(|begin| begin(vec![id], String::new())));
    view! {
            {move || problem.get().map(|message| view! { <Notice tone=Tone::Bad>{message}</Notice> })}
            <form
                id=FORM
                class="form choice"
                data-chosen=move || some.get().then_some("")
                method="post"
                action=api::CreateGroup::url()
                on:submit=move |event: ev::SubmitEvent| {
                    event.prevent_default();
                    if some.get_untracked() {
                        let people = chosen.with_untracked(|chosen| chosen.iter().map(|card| card.id).collect());
                        let name = group_name.get_untracked().map(|input| input.value()).unwrap_or_default();
                        begin.with_value(|begin| begin(people, name));
                    }
                }
            >
                <div class="filter" role="search" aria-label=words::FIND_PERSON>
                    <label class="search">
                        <span class="visually-hidden">{words::FIND_PERSON}</span>
                        {icon("search")}
                        <input
                            class="input"
                            type="search"
                            dir="auto"
                            name="who"
                            placeholder=words::FIND_PERSON
                            value=asked.get_untracked()
                            node_ref=find
                            autocomplete="off"
                            on:input=move |event| asked.set(event_target_value(&event))
                            on:keydown=stay
                        />
                    </label>
                    <button class="btn unscripted" type="submit" formmethod="get" formaction="/messages/new">{words::FIND}</button>
                </div>
                <div class="form" class:unscripted=move || !some.get()>
                    <p role="status">{move || if some.get() { chosen.with(|chosen| words::chosen(&names(chosen))) } else { words::CHOOSE_PEOPLE.to_owned() }}</p>
                    <div class="field" class:unscripted=move || !several.get()>
                        <label for="group-name">{words::GROUP_NAME}</label>
                        <input class="input" id="group-name" name="name" maxlength="80" autocomplete="off" value=name node_ref=group_name/>
                    </div>
                    <div class="form-actions">
                        <button class="btn" data-kind="primary" type="submit">{move || if several.get() { words::BEGIN_GROUP } else { words::BEGIN_DIRECT }}</button>
                    </div>
                </div>
            </form>
            <Loaded from=found fault=fault_notice let:page>
                <Candidates page viewer chosen toggle begin=begin_direct/>
            </Loaded>
    }
}

fn names(people: &[PersonCard]) -> Vec<String> {
    people.iter().map(|card| card.name.clone()).collect()
}

/// The people who can be chosen: those who are, and were found no more, come first.
#[component]
fn Candidates(
    page: directory::api::DirectoryPage,
    viewer: Option<PersonId>,
    chosen: RwSignal<Vec<PersonCard>>,
    toggle: Callback<(PersonCard, bool)>,
    /// Opens the direct conversation with somebody.
    begin: Callback<PersonId>,
) -> impl IntoView {
    let shown = page.entries.len();
    let more = usize::try_from(page.total).is_ok_and(|total| total > shown);
    let mut people: Vec<PersonCard> = page.entries.into_iter().map(|entry| entry.card).filter(|card| Some(card.id) != viewer).collect();
    // Before the boxes are drawn as `chosen` says: who was ticked before the scripts ran is chosen.
    let boxes = browser::boxes(BOXES);
    let ticked = |card: &PersonCard| boxes.iter().find(|(id, _)| *id == card.id.to_string()).map(|(_, on)| *on);
    for card in &people {
        if let Some(on) = ticked(card).filter(|on| *on != chosen.with_untracked(|chosen| chosen.contains(card))) {
            toggle.run((card.clone(), on));
        }
    }
    let mut apart = chosen.get_untracked();
    apart.retain(|card| !people.contains(card));
    people.splice(0..0, apart);
    let one = move |card: PersonCard| {
        let id = card.id;
        let kept = card.clone();
        let (label, pick_label) = (words::message_person(&card.name), words::choose_person(&card.name));
        let is_chosen = move || chosen.with(|chosen| chosen.iter().any(|other| other.id == id));
        let at_first = untrack(is_chosen);
        view! {
            <li class="row-with">
                <label class="check pick">
                    <input
                        type="checkbox"
                        name="people[]"
                        value=id.to_string()
                        form=FORM
                        checked=at_first
                        aria-label=pick_label
                        prop:checked=is_chosen
                        on:change=move |event| toggle.run((kept.clone(), event_target_checked(&event)))
                    />
                    <span class="row">{face(&card)}<span class="row-name">{card.name.clone()}</span></span>
                </label>
                <form
                    method="post"
                    action=api::StartDirect::url()
                    on:submit=move |event: ev::SubmitEvent| {
                        event.prevent_default();
                        begin.run(id);
                    }
                >
                    <input type="hidden" name="person" value=id.to_string()/>
                    <button class="btn" data-size="s" type="submit" aria-label=label>{words::WRITE}</button>
                </form>
            </li>
        }
    };
    if people.is_empty() {
        return view! { <p class="muted">{words::NOBODY_FOUND}</p> }.into_any();
    }
    view! {
        <ul class="rows">{people.into_iter().map(one).collect_view()}</ul>
        {more.then(|| view! { <p class="muted">{words::first_of(shown, page.total)}</p> })}
    }
    .into_any()
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
    let failure = failure(action);
    view! {
        <section class="card" aria-labelledby="new-room">
            <h2 id="new-room">{words::NEW_ROOM}</h2>
            <ActionForm action attr:class="form">
                <Field id="room-name" name="name" label=words::ROOM_NAME error=field_error(failure, "name") required=true maxlength=80 autocomplete="off"/>
                <Field id="room-topic" name="topic" label=words::ROOM_TOPIC hint=words::ROOM_TOPIC_HINT error=field_error(failure, "topic") maxlength=200 autocomplete="off"/>
                <label class="switch">
                    <input type="checkbox" role="switch" name="private" value="true"/>
                    <span>{words::ROOM_PRIVATE}<small>{words::ROOM_PRIVATE_HINT}</small></span>
                </label>
                <Failure failure fields=&["name", "topic"]/>
                <div class="form-actions"><Submit label=words::CREATE_ROOM busy=action.pending()/></div>
            </ActionForm>
        </section>
    }
}
