//! `/admin/organisations`: all organisations, for the operator. `?change=` says which one is changed.

use leptos::prelude::*;

use crate::{
    api::{self, Create, Invite, Resume, Suspend, Update},
    model::{Listed, Organisations},
    words,
};
use plenum_core::{ids::OrganisationId, live::Snapshot};
use plenum_directory::live::SettingsEvent;
use plenum_ui::{
    Confirm, CopyLine, Field, dynamic,
    forms::{Done, Failure, Submit, Switch, empty_when, failure, field_error, succeeded},
    memo,
    page::{AdminPage, Ended, Followed, Loaded, use_organisation},
    use_query, view,
};

/// The page.
#[component]
pub fn OrganisationsPage() -> impl IntoView {
    let organisations = Resource::new_blocking(|| (), |()| api::list());
    view! {
        <AdminPage title=words::ORGANISATIONS>
            <Loaded from=organisations let:organisations>
                <Shown organisations/>
            </Loaded>
        </AdminPage>
    }
}

/// What can be done with one of them.
#[derive(Clone, Copy)]
struct Acts {
    invite: ServerAction<Invite>,
    suspend: ServerAction<Suspend>,
    resume: ServerAction<Resume>,
    /// Whether it asks before one is suspended.
    open: RwSignal<bool>,
    /// Which one it asks about.
    asked: RwSignal<Option<OrganisationId>>,
}

#[component]
fn Shown(organisations: Snapshot<Organisations>) -> impl IntoView {
    let told = organisations.state.made.clone();
    let Followed { shown, ended, .. } = Followed::new(organisations, api::list).on::<SettingsEvent>(use_organisation());
    let (create, update) = (ServerAction::<Create>::new(), ServerAction::<Update>::new());
    let acts = Acts {
        invite: ServerAction::new(),
        suspend: ServerAction::new(),
        resume: ServerAction::new(),
        open: RwSignal::new(false),
        asked: RwSignal::new(None),
    };
    let list = memo(move || shown.with(|shown| shown.list.clone()));
    let query = use_query();
    let chosen = memo(move || query.with(|query| query.get_str("change").and_then(|id| id.parse::<OrganisationId>().ok())));
    // Drawn for another choice, and not when the list is another: what is typed stays.
    let change = dynamic(move || {
        let chosen = chosen.get()?;
        let one = list.with_untracked(|list| list.iter().find(|one| one.id == chosen).cloned())?;
        Some(view! { <Change one action=update/> })
    });
    let (made, invited) = (create.value(), acts.invite.value());
    // With scripts the action tells the address.
    let address = memo(move || {
        let newest = |value: Option<Result<String, _>>| value.and_then(Result::ok);
        newest(invited.get()).or_else(|| newest(made.get())).or_else(|| told.clone())
    });
    let yes = Callback::new(move |()| {
        if let Some(id) = acts.asked.get_untracked() {
            acts.suspend.dispatch(Suspend { id });
        }
    });
    view! {
        <Ended reason=ended/>
        <section class="card stack" aria-labelledby="list">
            <h2 id="list">{words::ORGANISATIONS}</h2>
            <p class="muted">{words::ORGANISATIONS_TEXT}</p>
            <Failure failure=failure(acts.suspend)/>
            <Failure failure=failure(acts.resume)/>
            <Failure failure=failure(acts.invite)/>
            <div role="status">{dynamic(move || address.get().map(|address| view! { <Invitation address/> }))}</div>
            {dynamic(move || {
                let lines = list.get().into_iter().map(|one| view! { <Line one acts/> }).collect_view();
                view! {
                    <ul class="lines" aria-labelledby="list">
                        {lines}
                    </ul>
                }
            })}
        </section>
        {change}
        <New action=create/>
        <Confirm
            open=acts.open
            id="suspend-title"
            title=words::SUSPEND_TITLE
            text=words::SUSPEND_TEXT
            verb=words::SUSPEND
            on_yes=yes
        />
    }
}

/// The address at which the first admin registers, to be handed on.
#[component]
fn Invitation(address: String) -> impl IntoView {
    view! {
        <p>{words::INVITATION_TEXT}</p>
        <CopyLine text=address/>
    }
}

#[component]
fn Line(one: Listed, acts: Acts) -> impl IntoView {
    let Listed { id, name, host, open_registration, suspended_at, people, has_admin, limits, operates } = one;
    let of_which = StoredValue::new(words::of(&name));
    let chip = |shown: bool, tone: &'static str, text: &'static str| {
        shown.then(|| {
            view! {
                <span class="chip" data-tone=tone>
                    {text}
                </span>
            }
        })
    };
    let registration = if open_registration { words::OPEN_REGISTRATION } else { words::BY_INVITATION };
    let state = match (operates, suspended_at.is_some()) {
        (true, _) => None,
        (false, true) => Some(view! {
            <ActionForm action=acts.resume>
                <input type="hidden" name="id" value=id.to_string()/>
                {button(acts, id, words::RESUME, of_which.get_value())}
            </ActionForm>
        }),
        (false, false) => Some(view! {
            <ActionForm action=acts.suspend>
                <input type="hidden" name="id" value=id.to_string()/>
                {button(acts, id, words::SUSPEND, of_which.get_value())}
            </ActionForm>
        }),
    };
    let invite = (!has_admin).then(|| {
        view! {
            <ActionForm action=acts.invite>
                <input type="hidden" name="id" value=id.to_string()/>
                {button(acts, id, words::INVITE, of_which.get_value())}
            </ActionForm>
        }
    });
    view! {
        <li class="line">
            <div class="line-text">
                <b class="wrap">{name}</b>
                <p class="muted wrap">{words::line(host.as_deref(), people, limits.people)}</p>
                <p class="chips">
                    {chip(operates, "accent", words::OPERATES)} {chip(suspended_at.is_some(), "bad", words::SUSPENDED)}
                    <span class="chip">{registration}</span>
                </p>
            </div>
            {invite}
            <a class="btn" data-size="s" href=format!("/admin/organisations?change={id}#change")>
                {words::CHANGE}
                <span class="visually-hidden">{of_which.get_value()}</span>
            </a>
            {state}
        </li>
    }
}

/// Does one of the acts. Suspending asks first.
fn button(acts: Acts, id: OrganisationId, label: &'static str, of_which: String) -> AnyView {
    let asks = label == words::SUSPEND;
    view! {
        <button
            class="btn"
            type="submit"
            data-size="s"
            data-kind=asks.then_some("danger")
            on:click=move |event| {
                if asks {
                    event.prevent_default();
                    acts.asked.set(Some(id));
                    acts.open.set(true);
                }
            }
        >
            {label}
            <span class="visually-hidden">{of_which}</span>
        </button>
    }
    .into_any()
}

#[component]
fn Change(one: Listed, action: ServerAction<Update>) -> impl IntoView {
    let refused = failure(action);
    let limit = |limit: Option<u32>| limit.map(|limit| limit.to_string()).unwrap_or_default();
    let host = (!one.operates).then(|| {
        view! {
            <Field
                id="change-host"
                name="host"
                label=words::HOST
                value=one.host.clone().unwrap_or_default()
                hint=words::HOST_CHANGE_HINT
                autocomplete="off"
                maxlength=253
                error=field_error(refused, "host")
                required=true
            />
        }
    });
    view! {
        <section class="card stack" id="change" aria-labelledby="change-head">
            <h2 id="change-head">{words::CHANGE_TITLE}</h2>
            <ActionForm action attr:class="form">
                <Failure failure=refused fields=&["name", "host", "people", "messages_a_day"]/>
                <input type="hidden" name="id" value=one.id.to_string()/>
                <Field
                    id="change-name"
                    name="name"
                    label=words::NAME
                    value=one.name
                    autocomplete="off"
                    maxlength=120
                    error=field_error(refused, "name")
                    required=true
                />
                {host}
                <Switch name="open_registration" label=words::OPEN_REGISTRATION text=words::OPEN_REGISTRATION_TEXT on=one.open_registration/>
                <div class="form-row">
                    <Field
                        id="change-people"
                        name="people"
                        label=words::MOST_PEOPLE
                        value=limit(one.limits.people)
                        hint=words::LIMIT_HINT
                        autocomplete="off"
                        error=field_error(refused, "people")
                    />
                    <Field
                        id="change-messages"
                        name="messages_a_day"
                        label=words::MOST_MESSAGES
                        value=limit(one.limits.messages_a_day)
                        hint=words::LIMIT_HINT
                        autocomplete="off"
                        error=field_error(refused, "messages_a_day")
                    />
                </div>
                <div class="form-actions">
                    <Submit label=words::SAVE busy=action.pending()/>
                    <a href="/admin/organisations">{words::CANCEL}</a>
                    <Done name="saved" by_action=succeeded(action)/>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn New(action: ServerAction<Create>) -> impl IntoView {
    let refused = failure(action);
    let form = empty_when(succeeded(action));
    view! {
        <section class="card stack" aria-labelledby="new">
            <h2 id="new">{words::NEW}</h2>
            <ActionForm action attr:class="form" node_ref=form>
                <Failure failure=refused fields=&["name", "host"]/>
                <Field
                    id="new-name"
                    name="name"
                    label=words::NAME
                    autocomplete="off"
                    maxlength=120
                    error=field_error(refused, "name")
                    required=true
                />
                <Field
                    id="new-host"
                    name="host"
                    label=words::HOST
                    hint=words::HOST_HINT
                    autocomplete="off"
                    maxlength=253
                    error=field_error(refused, "host")
                    required=true
                />
                <Switch name="open_registration" label=words::OPEN_REGISTRATION text=words::OPEN_REGISTRATION_TEXT on=false/>
                <div class="form-actions">
                    <Submit label=words::MAKE busy=action.pending()/>
                    <Done name="made" by_action=succeeded(action) text=words::MADE/>
                </div>
            </ActionForm>
        </section>
    }
}
