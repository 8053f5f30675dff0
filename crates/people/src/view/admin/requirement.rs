//! For which roles two-factor authentication is demanded; a section of `/admin/sign-ins`.

use leptos::prelude::*;

use crate::{
    api::second_factor as api,
    model::second_factor::Requirement as Demanded,
    view::forms::{Done, Failure, Submit, failure, succeeded},
    words::second_factor as words,
};
use plenum_core::people::Role;
use plenum_directory as directory;
use plenum_ui::{page::Loaded, view};
use strum::VariantArray as _;

#[component]
pub(super) fn Requirement() -> impl IntoView {
    let action = ServerAction::<api::RequireSecondFactor>::new();
    let refused = failure(action);
    let demanded = Resource::new_blocking(move || action.version().get(), |_| api::requirement());
    let content = move |Demanded { roles, lacking, people }: Demanded| {
        // Everyone is a member.
        let choices = Role::VARIANTS.iter().copied().filter(|role| *role != Role::Member);
        let choice = |role: Role| {
            view! {
                <label class="check">
                    <input type="checkbox" name="roles[]" value=role.into_str() checked=roles.contains(&role)/>
                    <span>{directory::words::role(role)}</span>
                </label>
            }
        };
        let choices = choices.map(choice).collect_view();
        let others = lacking.saturating_sub(u32::try_from(people.len()).unwrap_or(u32::MAX));
        let named =
            people.into_iter().map(|person| view! { <li><a href=format!("/people/{}", person.id)>{person.name}</a></li> }).collect_view();
        let lacking = (!roles.is_empty()).then(|| {
            view! {
                <p>{words::lacking(lacking)}</p>
                <ul>{named}</ul>
                {(others > 0).then(|| view! { <p class="muted">{words::and_others(others)}</p> })}
            }
        });
        view! {
            <ActionForm action attr:class="form">
                <Failure failure=refused/>
                <fieldset class="field">
                    <legend>{words::REQUIREMENT_ROLES}</legend>
                    {choices}
                </fieldset>
                <div class="form-actions">
                    <Submit label=words::SAVE busy=action.pending()/>
                    <Done name="factor-required" by_action=succeeded(action)/>
                </div>
            </ActionForm>
            {lacking}
        }
    };
    view! {
        <section class="card" aria-labelledby="requirement">
            <h2 id="requirement">{words::REQUIREMENT}</h2>
            <div class="stack">
                <p class="muted">{words::REQUIREMENT_TEXT}</p>
                <Loaded from=demanded children=content/>
            </div>
        </section>
    }
}
