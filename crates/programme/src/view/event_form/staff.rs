//! Who runs an event.

use leptos::prelude::*;

use super::Known;
use crate::{
    api::organising::{AddEventStaff, RemoveEventStaff},
    words,
};
use plenum_core::{ids::EventId, people::PersonCard};
use plenum_ui::{
    Avatar, Each, Field, effect,
    forms::{Done, Failure, Submit, at, failure, succeeded},
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
    view! {
        <section class="card stack" id="staff" aria-labelledby="staff-head">
            <h2 id="staff-head">{words::STAFF}</h2>
            <p class="muted">{words::STAFF_TEXT}</p>
            <Failure failure=failure(remove)/>
            <ul class="lines">
                <Each
                    each=move || staff.get()
                    key=|card| format!("{} {}", card.id, card.name)
                    children=move |card| view! { <Person id card remove/> }
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
                    error=at(refused, "email")
                    required=true
                />
                <div class="form-actions">
                    <Submit label=words::STAFF_ADD busy=add.pending()/>
                    <Done name="staff" by_action=succeeded(add)/>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn Person(id: EventId, card: PersonCard, remove: ServerAction<RemoveEventStaff>) -> impl IntoView {
    let (person, label) = (card.id, words::staff_remove(&card.name));
    view! {
        <li class="line">
            <Avatar initials=card.initials() hue=card.hue size="s"/>
            <span class="line-text">{card.name}</span>
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
