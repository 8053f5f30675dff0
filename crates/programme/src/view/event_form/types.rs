//! The ticket types of an event: a form each, and one for a new one.

use leptos::prelude::*;

use super::Known;
use crate::{
    api::organising::{RaiseTicketType, RemoveTicketType, SaveTicketType},
    words,
};
use plenum_core::ids::EventId;
use plenum_plans::model::ticket_type::{TYPE_CHARS, TypeRow};
use plenum_ui::{
    Each, dynamic, effect,
    forms::{Done, Failure, Submit, failure, succeeded},
    memo, view,
};

/// The actions of all rows.
#[derive(Clone, Copy)]
struct Acts {
    save: ServerAction<SaveTicketType>,
    remove: ServerAction<RemoveTicketType>,
    raise: ServerAction<RaiseTicketType>,
}

/// The section.
#[component]
pub fn Types(known: Known, currency: String) -> impl IntoView {
    let acts = Acts { save: ServerAction::new(), remove: ServerAction::new(), raise: ServerAction::new() };
    let (saved, removed, raised) = (acts.save.version(), acts.remove.version(), acts.raise.version());
    let done = memo(move || (saved.get(), removed.get(), raised.get()));
    effect(move |before: Option<()>| {
        done.with(|_| ());
        if before.is_some() {
            known.refresh();
        }
    });
    let rows = known.types;
    let id = known.id;
    let price = words::type_price(&currency);
    let label = price.clone();
    let last = move |row: &TypeRow| rows.with_untracked(|rows| rows.first().is_some_and(|first| first.of.id == row.of.id));
    view! {
        <section class="card stack" id="types" aria-labelledby="types-head">
            <h2 id="types-head">{words::TYPES}</h2>
            <p class="muted">{words::TYPES_TEXT}</p>
            <Failure failure=failure(acts.save)/>
            <Failure failure=failure(acts.remove)/>
            <Failure failure=failure(acts.raise)/>
            <ul class="lines">
                <Each
                    each=move || rows.get()
                    key=move |row| format!("{} {} {} {} {}", row.of.id, row.version, row.of.sold, row.of.held, last(row))
                    children=move |row| {
                        let first = last(&row);
                        view! { <Row id row acts price=label.clone() first/> }
                    }
                />
            </ul>
            <h3>{words::TYPE_NEW}</h3>
            {dynamic(move || {
                // A form that was taken is empty again.
                saved.with(|_| ());
                new(id, acts, &price)
            })}
        </section>
    }
}

fn new(id: EventId, acts: Acts, price: &str) -> AnyView {
    let fields = inputs(None, price);
    view! {
        <ActionForm action=acts.save attr:class="form">
            <input type="hidden" name="id" value=id.to_string()/>
            <div class="form-row event-type">{fields}</div>
            <div class="form-actions">
                <Submit label=words::TYPE_ADD busy=acts.save.pending()/>
                <Done name="types" by_action=succeeded(acts.save)/>
            </div>
        </ActionForm>
    }
}

/// Name, price, seated or not, and how many places.
fn inputs(row: Option<&TypeRow>, price: &str) -> AnyView {
    let of = row.map(|row| &row.of);
    let (name, amount) = (of.map(|of| of.name.clone()), of.map(|of| of.price.plain()));
    let price = price.to_owned();
    let seated = of.is_some_and(|of| of.seated);
    let capacity = of.filter(|of| !of.seated).map(|of| of.capacity.to_string());
    view! {
        <div class="field">
            <label>
                {words::TYPE_NAME}
                <input class="input" name="name" value=name maxlength=TYPE_CHARS.to_string() autocomplete="off" required/>
            </label>
        </div>
        <div class="field">
            <label>
                {price}
                <input class="input" name="price" value=amount inputmode="decimal" autocomplete="off" required/>
            </label>
        </div>
        <div class="field">
            <label>
                {words::TYPE_CAPACITY}
                <input class="input" name="capacity" value=capacity inputmode="numeric" autocomplete="off"/>
            </label>
        </div>
        <label class="check">
            <input type="checkbox" name="seated" value="true" checked=seated/>
            {words::TYPE_SEATED}
        </label>
    }
}

#[component]
fn Row(id: EventId, row: TypeRow, acts: Acts, price: String, first: bool) -> impl IntoView {
    let (of, version) = (&row.of, row.version);
    let (name, type_id) = (of.name.clone(), of.id);
    let (raise, save, remove) = (words::type_up(&name), words::type_save(&name), words::type_remove(&name));
    let stands = words::type_stands(of.sold, of.held, of.capacity);
    let hidden = move || {
        view! {
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="type_id" value=type_id.to_string()/>
        }
    };
    let fields = inputs(Some(&row), &price);
    let up = (!first).then(|| {
        view! {
            <ActionForm action=acts.raise>
                {hidden()}
                <button class="btn" data-size="s" type="submit" aria-label=raise>
                    {words::UP}
                </button>
            </ActionForm>
        }
    });
    view! {
        <li class="event-type-row">
            <ActionForm action=acts.save attr:class="form">
                {hidden()}
                <input type="hidden" name="version" value=version.to_string()/>
                <div class="form-row event-type">{fields}</div>
                <div class="form-actions">
                    <button class="btn" data-size="s" type="submit" aria-label=save>
                        {words::SAVE}
                    </button>
                    <span class="muted">{stands}</span>
                </div>
            </ActionForm>
            <div class="form-actions">
                {up}
                <ActionForm action=acts.remove>
                    {hidden()}
                    <input type="hidden" name="version" value=version.to_string()/>
                    <button class="btn" data-size="s" data-kind="danger" type="submit" aria-label=remove>
                        {words::REMOVE}
                    </button>
                </ActionForm>
            </div>
        </li>
    }
}
