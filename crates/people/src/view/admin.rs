//! `/admin/people`: roles, invitations, and the organisation's own settings.

mod invitations;
mod roles;
mod sign_ins;

use leptos::prelude::*;
use leptos_router::{components::Form, hooks::use_query_map};

use invitations::Invitations;
use roles::PeopleTable;
pub use sign_ins::AdminSignInsPage;

use super::forms::{Done, Failure, Submit, Switch, at, failure, succeeded};
use crate::{api::admin, words};
use plenum_ui::{
    Field, Icon, memo,
    page::{AdminPage, Fault},
    redirect::encoded,
    view,
};

/// `/admin/people`
#[component]
pub fn AdminPeoplePage() -> impl IntoView {
    let query = use_query_map();
    let asked = memo(move || {
        query.with(|query| {
            let from: u32 = query.get_str("from").and_then(|from| from.parse().ok()).unwrap_or_default();
            (query.get_str("q").unwrap_or_default().to_owned(), from)
        })
    });
    let roles = ServerAction::<admin::SetRoles>::new();
    let (invite, withdraw) = (ServerAction::<admin::Invite>::new(), ServerAction::<admin::WithdrawInvitation>::new());
    let organisation = ServerAction::<admin::UpdateOrganisation>::new();
    // Each answer of the server to a change is a reason to ask again.
    let changes = memo(move || roles.version().get() + invite.version().get() + withdraw.version().get());
    let overview = Resource::new_blocking(move || (asked.get(), changes.get()), |((query, offset), _)| admin::overview(query, offset));
    let content = move || {
        Suspend::new(async move {
            match overview.await {
                Ok(overview) => {
                    let (query, offset) = asked.get_untracked();
                    let shown = u32::try_from(overview.people.len()).unwrap_or(u32::MAX);
                    let address = |offset: u32| format!("/admin/people?q={}&from={offset}", encoded(&query));
                    let before = (offset > 0).then(|| address(offset.saturating_sub(overview.size)));
                    let after = (shown == overview.size).then(|| address(offset.saturating_add(shown)));
                    view! {
                        <AdminPage title=words::ADMIN_PEOPLE>
                                <section class="card" aria-labelledby="people">
                                    <h2 id="people">{words::PEOPLE}</h2>
                                    <Form method="GET" action="/admin/people" attr:class="filter" attr:role="search">
                                        <label class="search">
                                            <span class="visually-hidden">{words::SEARCH_PEOPLE}</span>
                                            <Icon name="search"/>
                                            <input class="input" type="search" name="q" value=query placeholder=words::SEARCH_PEOPLE/>
                                        </label>
                                        <button class="btn" type="submit">
                                            {words::SEARCH}
                                        </button>
                                    </Form>
                                    <PeopleTable people=overview.people action=roles/>
                                    <nav class="form-actions" aria-label=words::PAGES>
                                        {before.map(|address| view! { <a class="btn" href=address rel="prev">{words::EARLIER}</a> })}
                                        {after.map(|address| view! { <a class="btn" href=address rel="next">{words::LATER}</a> })}
                                    </nav>
                                </section>
                                <Invitations invitations=overview.invitations register_at=overview.register_at invite withdraw/>
                                <Organisation name=overview.organisation_name open=overview.open_registration action=organisation/>
                        </AdminPage>
                    }
                    .into_any()
                }
                Err(error) => view! { <Fault error/> }.into_any(),
            }
        })
    };
    view! { <Transition>{content}</Transition> }
}

#[component]
fn Organisation(name: String, open: bool, action: ServerAction<admin::UpdateOrganisation>) -> impl IntoView {
    let failure = failure(action);
    view! {
        <section class="card" aria-labelledby="organisation">
            <h2 id="organisation">{words::ORGANISATION}</h2>
            <ActionForm action attr:class="form">
                <Failure failure fields=&["name"]/>
                <Field
                    id="organisation-name"
                    name="name"
                    label=words::NAME
                    value=name
                    maxlength=120
                    error=at(failure, "name")
                    required=true
                />
                <Switch name="open_registration" label=words::OPEN_REGISTRATION text=words::OPEN_REGISTRATION_TEXT on=open/>
                <div class="form-actions">
                    <Submit label=words::SAVE busy=action.pending()/>
                    <Done name="organisation" by_action=succeeded(action)/>
                </div>
            </ActionForm>
        </section>
    }
}
