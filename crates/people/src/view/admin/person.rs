//! `/admin/people/{id}`: a person as admins see them; suspending, restoring and removing them.

use leptos::prelude::*;

use crate::{
    api::admin,
    model::PersonDetail,
    view::forms::{Done, Failure, FieldError, Submit, failure, field_error, succeeded},
    words::{self, leaving as leave},
};
use plenum_core::{
    activity::live::AuditEvent,
    error::AppError,
    ids::PersonId,
    live::Snapshot,
    people::{PersonCard, PersonState},
};
use plenum_directory as directory;
use plenum_ui::{
    Avatar, Notice, Search, When, dynamic, effect, memo,
    page::{AdminPage, Ended, Followed, Loaded, fault_page, use_id, use_organisation},
    use_query, view,
};

/// What can be done about a person. Copies are the same.
#[derive(Clone, Copy)]
struct Actions {
    suspend: ServerAction<admin::Suspend>,
    restore: ServerAction<admin::Restore>,
    remove: ServerAction<admin::Remove>,
}

/// `/admin/people/{id}`
#[component]
pub fn AdminPersonPage() -> impl IntoView {
    let (id, query) = (use_id::<PersonId>(), use_query());
    let asked = memo(move || (id.get(), query.with(|query| query.get_str("q").unwrap_or_default().to_owned())));
    let page = Resource::new_blocking(
        move || asked.get(),
        |(id, query)| async move {
            match id {
                Some(id) => admin::detail(id, query).await,
                None => Err(AppError::no_such("person here")),
            }
        },
    );
    let actions = Actions { suspend: ServerAction::new(), restore: ServerAction::new(), remove: ServerAction::new() };
    let content = move |snapshot: Snapshot<PersonDetail>| {
        let (_, query) = asked.get_untracked();
        view! { <Detail snapshot query actions/> }
    };
    view! { <Loaded from=page fault=fault_page children=content/> }
}

#[component]
fn Detail(snapshot: Snapshot<PersonDetail>, query: String, actions: Actions) -> impl IntoView {
    let (id, asked) = (snapshot.state.card.id, query.clone());
    let followed = Followed::new(snapshot, move || admin::detail(id, asked.clone())).on::<AuditEvent>(use_organisation());
    let done = [succeeded(actions.suspend), succeeded(actions.restore), succeeded(actions.remove)];
    effect(move |_| {
        // All of them are asked, so that each is followed.
        if done.iter().filter(|done| done.get()).count() > 0 {
            followed.renew();
        }
    });
    view! {
        <AdminPage title=words::ADMIN_PEOPLE>
            <Ended reason=followed.ended text=leave::NOT_FOLLOWED/>
            {dynamic(move || about(followed.shown.get(), &query, actions))}
        </AdminPage>
    }
}

fn about(person: PersonDetail, query: &str, actions: Actions) -> AnyView {
    let is_active = person.state == PersonState::Active;
    let profile = is_active.then(|| view! { <a class="btn" href=format!("/people/{}", person.card.id)>{leave::PROFILE}</a> });
    let head = view! {
        <section class="card" aria-labelledby="account">
            <h2 id="account">
                <span class="person-cell">
                    <Avatar initials=person.card.initials() hue=person.card.hue size="s"/>
                    {person.card.name.clone()}
                </span>
            </h2>
            <dl class="facts">
                <dt>{leave::STATE}</dt>
                <dd>{leave::state(person.state)}</dd>
                <dt>{words::EMAIL}</dt>
                <dd>{person.email.clone()}</dd>
                <dt>{words::ROLES}</dt>
                <dd>{directory::words::roles(&person.roles)}</dd>
                <dt>{words::SINCE}</dt>
                <dd>
                    <When at=person.created_at/>
                </dd>
            </dl>
            {profile}
        </section>
    };
    if person.state == PersonState::Removed {
        return view! {
            {head}
            <Notice>{leave::REMOVED_TEXT}</Notice>
        };
    }
    if let Some(refusal) = person.refusal {
        return view! {
            {head}
            <Notice>{refusal}</Notice>
        };
    }
    let id = person.card.id;
    let runs = person.runs.is_anything().then(|| {
        view! {
            <section class="card" aria-labelledby="runs">
                <h2 id="runs">{leave::RUNS}</h2>
                <p>{leave::runs(person.runs)}</p>
                <Search action=format!("/admin/people/{id}") text=query.to_owned() label=leave::FIND_SUCCESSOR button=words::SEARCH/>
            </section>
        }
    });
    let successors = if person.runs.is_anything() { person.successors } else { Vec::new() };
    let state = if is_active {
        view! { <SuspendForm id successors=successors.clone() action=actions.suspend restored=succeeded(actions.restore)/> }
    } else {
        view! { <RestoreForm id action=actions.restore suspended=succeeded(actions.suspend)/> }
    };
    view! {
        {head}
        {runs}
        {state}
        <RemoveForm id successors obstacle=person.obstacle.map(|obstacle| obstacle.into_owned()) tickets=person.tickets action=actions.remove/>
    }
}

#[component]
fn SuspendForm(
    id: PersonId,
    successors: Vec<PersonCard>,
    action: ServerAction<admin::Suspend>,
    /// They were suspended until just now.
    restored: Signal<bool>,
) -> impl IntoView {
    let failure = failure(action);
    view! {
        <section class="card" aria-labelledby="suspend">
            <h2 id="suspend">{leave::SUSPEND_TITLE}</h2>
            <p class="muted">{leave::SUSPEND_TEXT}</p>
            <ActionForm action attr:class="form">
                <Failure failure fields=&["successor"]/>
                <input type="hidden" name="person" value=id.to_string()/>
                <Successor field="suspend-successor" successors failure empty=leave::NOBODY_NAMED/>
                <div class="form-actions">
                    <button class="btn" type="submit" data-kind="danger" aria-busy=move || action.pending().get().then_some("true")>
                        {leave::SUSPEND}
                    </button>
                    <Done name="restored" by_action=restored text=leave::RESTORED/>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn RestoreForm(
    id: PersonId,
    action: ServerAction<admin::Restore>,
    /// They were suspended just now.
    suspended: Signal<bool>,
) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="restore">
            <h2 id="restore">{leave::RESTORE_TITLE}</h2>
            <p class="muted">{leave::RESTORE_TEXT}</p>
            <ActionForm action attr:class="form">
                <Failure failure=failure(action)/>
                <input type="hidden" name="person" value=id.to_string()/>
                <div class="form-actions">
                    <Submit label=leave::RESTORE busy=action.pending()/>
                    <Done name="suspended" by_action=suspended text=leave::SUSPENDED/>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn RemoveForm(
    id: PersonId,
    successors: Vec<PersonCard>,
    /// What has to be done first.
    obstacle: Option<String>,
    tickets: i64,
    action: ServerAction<admin::Remove>,
) -> impl IntoView {
    let failure = failure(action);
    let form = match obstacle {
        Some(obstacle) => view! { <Notice>{obstacle}</Notice> },
        None => view! {
            <ActionForm action attr:class="form">
                <Failure failure fields=&["successor", "confirmed"]/>
                <input type="hidden" name="person" value=id.to_string()/>
                <Successor field="remove-successor" successors failure empty=leave::CHOOSE/>
                <label class="check">
                    <input type="checkbox" name="confirmed" value="true" required aria-describedby="remove-confirmed-error"/>
                    <span>{leave::CONFIRMED}</span>
                </label>
                <FieldError id="remove-confirmed-error" error=field_error(failure, "confirmed")/>
                <div class="form-actions">
                    <button class="btn" type="submit" data-kind="danger" aria-busy=move || action.pending().get().then_some("true")>
                        {leave::REMOVE}
                    </button>
                </div>
            </ActionForm>
        },
    };
    view! {
        <section class="card" aria-labelledby="remove">
            <h2 id="remove">{leave::REMOVE_TITLE}</h2>
            <p class="muted">{leave::REMOVE_TEXT} " " {leave::tickets_stay(tickets)}</p>
            {form}
        </section>
    }
}

/// Who takes over what somebody runs; nothing, if there is nobody to choose.
#[component]
fn Successor(
    /// The field's id.
    field: &'static str,
    successors: Vec<PersonCard>,
    failure: Signal<Option<AppError>>,
    /// What the choice of nobody is called.
    empty: &'static str,
) -> impl IntoView {
    let error = field_error(failure, "successor");
    let error_id = if field == "suspend-successor" { "suspend-successor-error" } else { "remove-successor-error" };
    let choice = (!successors.is_empty()).then(|| {
        let options = successors.into_iter().map(|card| view! { <option value=card.id.to_string()>{card.name}</option> }).collect_view();
        view! {
            <div class="field">
                <label for=field>{leave::SUCCESSOR}</label>
                <select class="input select" id=field name="successor" aria-describedby=error_id>
                    <option value="">{empty}</option>
                    {options}
                </select>
            </div>
        }
    });
    view! {
        {choice}
        <FieldError id=error_id error/>
    }
}
