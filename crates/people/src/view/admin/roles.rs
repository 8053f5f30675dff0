//! The table of people with what they may do, and a form for each to change it.

use leptos::prelude::*;
use strum::VariantArray as _;

use crate::{
    api::{admin, second_factor::ResetSecondFactor},
    model::AdminPerson,
    view::forms::{Done, Failure, failure, succeeded},
    words,
    words::second_factor as factor_words,
};
use plenum_core::people::{PersonState, Role};
use plenum_directory as directory;
use plenum_ui::{
    Avatar, Column, EmptyState, RowMenu, Table,
    page::{use_now, use_zone},
    view,
};

#[component]
pub(super) fn PeopleTable(
    /// One page of them.
    people: Vec<AdminPerson>,
    /// Changes what one may do.
    action: ServerAction<admin::SetRoles>,
    /// Removes a second factor.
    reset: ServerAction<ResetSecondFactor>,
    /// Gives one another address; none where people do so themselves.
    set_email: Option<ServerAction<admin::SetEmail>>,
) -> impl IntoView {
    if people.is_empty() {
        return view! { <EmptyState icon="people" title=words::NOBODY text=words::NOBODY_TEXT/> }.into_any();
    }
    let (roles_refused, reset_refused) = (failure(action), failure(reset));
    let rows = people.into_iter().map(|person| view! { <Row person action reset set_email/> }).collect_view();
    let columns = [
        Column::text(words::NAME),
        Column::text(words::EMAIL),
        Column::text(words::ROLES),
        Column::text(words::SINCE),
        Column::actions(words::ACTIONS),
    ];
    view! {
        <Failure failure=roles_refused/>
        <Failure failure=reset_refused/>
        <Done name="roles" by_action=succeeded(action)/>
        <Done name="factor-reset" by_action=succeeded(reset) text=factor_words::RESET_DONE/>
        {set_email.map(|set_email| view! {
            <Failure failure=failure(set_email)/>
            <Done name="email" by_action=succeeded(set_email) text=words::EMAIL_SET/>
        })}
        <Table columns caption=words::PEOPLE_TABLE>
            {rows}
        </Table>
    }
    .into_any()
}

#[component]
fn Row(
    person: AdminPerson,
    action: ServerAction<admin::SetRoles>,
    reset: ServerAction<ResetSecondFactor>,
    set_email: Option<ServerAction<admin::SetEmail>>,
) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let (id, since) = (person.card.id, person.created_at);
    let (initials, hue, name) = (person.card.initials(), person.card.hue, person.card.name.clone());
    let suspended = (person.state == PersonState::Suspended).then(|| {
        view! {
            <span class="chip" data-tone="bad">
                {words::leaving::state(PersonState::Suspended)}
            </span>
        }
    });
    let choices = Role::VARIANTS
        .iter()
        .copied()
        .filter(|role| *role != Role::Member)
        .map(|role| {
            view! {
                <label class="check">
                    <input type="checkbox" name="roles[]" value=role.into_str() checked=person.roles.contains(&role)/>
                    <span>{directory::words::role(role)}</span>
                </label>
            }
        })
        .collect_view();
    let factor = person.second_factor.then(|| {
        view! {
            <RowMenu label=factor_words::SECOND_FACTOR of=words::roles_of(&name)>
                <ActionForm action=reset attr:class="form">
                    <input type="hidden" name="person" value=id.to_string()/>
                    <p class="muted">{factor_words::RESET_TEXT}</p>
                    <button class="btn" type="submit" data-kind="danger" data-size="s">
                        {factor_words::RESET}
                    </button>
                </ActionForm>
            </RowMenu>
        }
    });
    let email = set_email.map(|action| {
        let (field, current) = (format!("email-{id}"), person.email.clone());
        view! {
            <RowMenu label=words::EMAIL of=words::roles_of(&name)>
                <ActionForm action attr:class="form">
                    <input type="hidden" name="person" value=id.to_string()/>
                    <div class="field">
                        <label for=field.clone()>{words::NEW_EMAIL}</label>
                        <input class="input" type="email" id=field name="email" value=current autocomplete="off" required/>
                    </div>
                    <button class="btn" type="submit" data-kind="primary" data-size="s">
                        {words::SET_EMAIL}
                    </button>
                </ActionForm>
            </RowMenu>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <span class="person-cell">
                    <Avatar initials hue size="s"/>
                    <a href=format!("/admin/people/{id}")>{name.clone()}</a>
                    {suspended}
                </span>
            </th>
            <td data-label=words::EMAIL>{person.email}</td>
            <td data-label=words::ROLES>{directory::words::roles(&person.roles)}</td>
            <td data-label=words::SINCE>{move || zone.with(|zone| zone.short(since, now))}</td>
            <td class="cell-actions">
                <RowMenu label=words::ROLES of=words::roles_of(&name)>
                    <ActionForm action attr:class="form">
                        <input type="hidden" name="person" value=id.to_string()/>
                        {choices}
                        <button class="btn" type="submit" data-kind="primary" data-size="s">
                            {words::SAVE}
                        </button>
                    </ActionForm>
                </RowMenu>
                {factor}
                {email}
            </td>
        </tr>
    }
}
