//! Ticket types and their prices.

use leptos::prelude::*;

use super::follow::Editor;
use crate::{
    api::{RemoveTicketType, SaveTicketType},
    model::ticket_type::{TYPE_CHARS, TypeLine},
    words,
};
use plenum_core::ids::EventId;
use plenum_ui::{
    Each, Field, RowMenu,
    forms::{Failure, Submit, empty_when, failure, field_error, succeeded},
    memo, view,
};
use plenum_wallet::model::Currency;

/// The fields that show their own errors.
const FIELDS: &[&str] = &["name", "price", "capacity"];

type Save = ServerAction<SaveTicketType>;
type Remove = ServerAction<RemoveTicketType>;

/// The ticket types, and the form for a new one.
#[component]
pub fn Types(editor: Editor) -> impl IntoView {
    // A new one's form and a change are told their errors apart.
    let (save, change, remove) = (Save::new(), Save::new(), Remove::new());
    editor.after(save);
    editor.after(change);
    editor.after(remove);
    let (refused, not_changed, not_removed) = (failure(save), failure(change), failure(remove));
    let form = empty_when(succeeded(save));
    let types = move || editor.desk.with(|desk| desk.types.clone());
    let none = memo(move || editor.desk.with(|desk| desk.types.is_empty()));
    let (event, currency) = (editor.event, editor.desk.with_untracked(|desk| desk.currency));
    view! {
        <section class="card stack" aria-labelledby="types">
            <h2 id="types">{words::TYPES}</h2>
            {move || none.get().then(|| view! { <p class="muted">{words::NO_TYPES}</p> })}
            <Failure failure=not_changed/>
            <Failure failure=not_removed/>
            <ul class="lines" aria-labelledby="types">
                <Each
                    each=types
                    key=|of: &TypeLine| format!("{}:{}:{}", of.id, of.version, of.capacity)
                    children=move |of: TypeLine| line(of, event, change, remove)
                />
            </ul>
            <h3>{words::NEW_TYPE}</h3>
            <ActionForm action=save node_ref=form attr:class="form">
                <input type="hidden" name="event" value=event.to_string()/>
                <Failure failure=refused fields=FIELDS/>
                <div class="form-row">
                    <Field
                        id="type-name"
                        name="name"
                        label=words::TYPE_NAME
                        autocomplete="off"
                        maxlength=u32::try_from(TYPE_CHARS).unwrap_or(u32::MAX)
                        error=field_error(refused, "name")
                        required=true
                    />
                    <Field id="price" name="price" label=price(currency) autocomplete="off" error=field_error(refused, "price") required=true/>
                </div>
                <label class="check">
                    <input type="checkbox" name="standing" value="true"/>
                    <span>{words::IS_STANDING}</span>
                </label>
                <Field id="capacity" name="capacity" label=words::CAPACITY autocomplete="off" hint=words::CAPACITY_HINT error=field_error(refused, "capacity")/>
                <div class="form-actions">
                    <Submit label=words::SAVE_TYPE busy=save.pending()/>
                </div>
            </ActionForm>
        </section>
    }
}

fn price(currency: Currency) -> String {
    words::price_in(currency.code())
}

fn line(of: TypeLine, event: EventId, change: Save, remove: Remove) -> AnyView {
    let TypeLine { id, name, price: cost, seated, capacity, version, .. } = of;
    let places = usize::try_from(capacity).unwrap_or_default();
    let about = if seated { words::seats(places) } else { format!("{capacity} {}", words::STANDING) };
    let (to_change, to_remove) = (words::which_one(&name), words::which_one(&name));
    let labelled = |label: &str| format!("{label}{}", words::which_one(&name));
    let (name_label, price_label, capacity_label) =
        (labelled(words::TYPE_NAME), labelled(&price(cost.currency)), labelled(words::CAPACITY));
    let standing = (!seated).then(|| {
        view! {
            <input type="hidden" name="standing" value="true"/>
            <input class="input" name="capacity" value=capacity.to_string() inputmode="numeric" aria-label=capacity_label/>
        }
    });
    view! {
        <li class="line">
            <div class="line-text">
                <b class="wrap">{name.clone()}</b>
                <p class="muted">{cost.to_string()} " · " {about}</p>
            </div>
            <div class="form-actions">
                <RowMenu label=words::CHANGE of=to_change class="menu plan-rename">
                    <ActionForm action=change attr:class="form">
                        <input type="hidden" name="event" value=event.to_string()/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <input type="hidden" name="version" value=version.to_string()/>
                        <input class="input" name="name" value=name.clone() required=true maxlength=TYPE_CHARS.to_string() aria-label=name_label/>
                        <input class="input" name="price" value=cost.plain() required=true inputmode="decimal" aria-label=price_label/>
                        {standing}
                        <Submit label=words::SAVE_TYPE busy=change.pending()/>
                    </ActionForm>
                </RowMenu>
                <ActionForm action=remove>
                    <input type="hidden" name="event" value=event.to_string()/>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <input type="hidden" name="version" value=version.to_string()/>
                    <button class="btn" data-size="s" type="submit">
                        {words::REMOVE}
                        <span class="visually-hidden">{to_remove}</span>
                    </button>
                </ActionForm>
            </div>
        </li>
    }
}
