//! Who runs an event, and who works at its doors.

use leptos::prelude::*;
use strum::VariantArray as _;

use super::Known;
use crate::{
    api::organising::{AddEventStaff, RemoveEventStaff},
    model::{StaffMember, StaffRole},
    words,
};
use plenum_core::ids::EventId;
use plenum_ui::{
    Avatar, Each, Field, effect,
    forms::{Done, Failure, Submit, failure, field_error, succeeded},
    memo, view,
};

/// The section.
#[component]
pub fn Staff(known: Known) -> impl IntoView {
    let (add, remove) = (ServerAction::<AddEventStaff>::new(), ServerAction::<RemoveEventStaff>::new());
    let (added, removed) = (add.version(), remove.version());
    let done = memo(move || (added.get(), removed.get()));
    effect(move |before: Option<()>| {
        done.with(|_| ());
        if before.is_some() {
            known.refresh();
        }
    });
    let refused = failure(add);
    let (staff, id) = (known.staff, known.id);
    let roles =
        StaffRole::VARIANTS.iter().map(|role| view! { <option value=role.into_str()>{words::staff_role(*role)}</option> }).collect_view();
    view! {
        <section class="card stack" id="staff" aria-labelledby="staff-head">
            <h2 id="staff-head">{words::STAFF}</h2>
            <p class="muted">{words::STAFF_TEXT}</p>
            <Failure failure=failure(remove)/>
            <ul class="lines">
                <Each
                    each=move || staff.get()
                    key=|member| format!("{} {} {}", member.card.id, member.card.name, member.role.into_str())
                    children=move |member| view! { <Person id member remove/> }
                />
            </ul>
            <ActionForm action=add attr:class="form">
                <Failure failure=refused fields=&["email"]/>
                <input type="hidden" name="id" value=id.to_string()/>
                <Field
                    id="staff-email"
                    name="email"
                    label=words::STAFF_EMAIL
                    kind="email"
                    autocomplete="off"
                    error=field_error(refused, "email")
                    required=true
                />
                <div class="field">
                    <label for="staff-role">{words::STAFF_ROLE}</label>
                    <select class="input select" id="staff-role" name="role">
                        {roles}
                    </select>
                </div>
                <div class="form-actions">
                    <Submit label=words::STAFF_ADD busy=add.pending()/>
                    <Done name="staff" by_action=succeeded(add)/>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn Person(id: EventId, member: StaffMember, remove: ServerAction<RemoveEventStaff>) -> impl IntoView {
    let StaffMember { card, role } = member;
    let (person, label) = (card.id, words::staff_remove(&card.name));
    view! {
        <li class="line">
            <Avatar initials=card.initials() hue=card.hue size="s"/>
            <span class="line-text">
                <bdi>{card.name}</bdi>
            </span>
            <span class="muted">{words::staff_role(role)}</span>
            <ActionForm action=remove>
                <input type="hidden" name="id" value=id.to_string()/>
                <input type="hidden" name="person" value=person.to_string()/>
                <button class="btn" data-size="s" type="submit" aria-label=label>
                    {words::REMOVE}
                </button>
            </ActionForm>
        </li>
    }
}
