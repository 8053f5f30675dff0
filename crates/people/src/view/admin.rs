//! `/admin/people`: roles, invitations, and the organisation's own settings.

mod invitations;
mod person;
mod requirement;
mod roles;
mod sign_ins;

use leptos::prelude::*;

use invitations::Invitations;
pub use person::AdminPersonPage;
use roles::PeopleTable;
pub use sign_ins::AdminSignInsPage;

use super::forms::{Done, Failure, Submit, Switch, failure, field_error, succeeded};
use crate::{
    api::{admin, second_factor::ResetSecondFactor},
    words,
};
use plenum_core::mail::MailWay;
use plenum_ui::{
    Field, Pager, Search, memo,
    page::{AdminPage, Loaded, fault_page},
    redirect::encoded,
    use_query, view,
};

/// `/admin/people`
#[component]
pub fn AdminPeoplePage() -> impl IntoView {
    let query = use_query();
    let asked = memo(move || {
        query.with(|query| {
            let from: u32 = query.get_str("from").and_then(|from| from.parse().ok()).unwrap_or_default();
            (query.get_str("q").unwrap_or_default().to_owned(), from)
        })
    });
    let roles = ServerAction::<admin::SetRoles>::new();
    let reset = ServerAction::<ResetSecondFactor>::new();
    let (invite, withdraw) = (ServerAction::<admin::Invite>::new(), ServerAction::<admin::WithdrawInvitation>::new());
    let set_email = ServerAction::<admin::SetEmail>::new();
    let organisation = ServerAction::<admin::UpdateOrganisation>::new();
    // Each answer of the server to a change is a reason to ask again.
    let changes = memo(move || {
        roles.version().get() + reset.version().get() + set_email.version().get() + invite.version().get() + withdraw.version().get()
    });
    let overview = Resource::new_blocking(move || (asked.get(), changes.get()), |((query, offset), _)| admin::overview(query, offset));
    let content = move |overview: admin::Administration| {
        let (query, offset) = asked.get_untracked();
        let shown = u32::try_from(overview.people.len()).unwrap_or(u32::MAX);
        let address = |offset: u32| format!("/admin/people?q={}&from={offset}", encoded(&query));
        let before = (offset > 0).then(|| address(offset.saturating_sub(overview.size)));
        let after = (shown == overview.size).then(|| address(offset.saturating_add(shown)));
        view! {
            <AdminPage title=words::ADMIN_PEOPLE>
                    <section class="card" aria-labelledby="people">
                        <h2 id="people">{words::PEOPLE}</h2>
                        <Search action="/admin/people" text=query label=words::SEARCH_PEOPLE button=words::SEARCH/>
                        <PeopleTable
                            people=overview.people
                            action=roles
                            reset
                            set_email=(overview.mail == MailWay::Folder).then_some(set_email)
                        />
                        <Pager label=words::PAGES before after/>
                    </section>
                    <Invitations invitations=overview.invitations told=overview.made mail=overview.mail invite withdraw/>
                    <Organisation name=overview.organisation_name open=overview.open_registration action=organisation/>
            </AdminPage>
        }
    };
    view! { <Loaded from=overview fault=fault_page children=content/> }
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
                    error=field_error(failure, "name")
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
