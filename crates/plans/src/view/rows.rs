//! New rows, and seats that are there. What is being entered is drawn at once.

use leptos::{prelude::*, web_sys::HtmlInputElement};
use strum::VariantArray as _;

use super::follow::Editor;
use crate::{
    api::{AddRows, ChangeSeats},
    model::{
        change::{RowsForm, SeatsForm, WIDER},
        geometry::BENDS,
        spans::Step,
    },
    words,
};
use plenum_core::error::AppError;
use plenum_events::model::seat::SeatKind;
use plenum_ui::{
    Field, dynamic,
    forms::{Failure, FieldError, Submit, failure, field_error},
    memo, view,
};

/// The fields of new rows that show their own errors.
const NEW: &[&str] = &["section", "rows", "seats", "wider", "bend", "ticket_type"];
/// Those of seats that are there.
const THERE: &[&str] = &["section", "rows", "seats", "kind", "ticket_type"];

/// What stands in a form, field by field, as far as it was touched.
type Entered = RwSignal<Vec<(String, String)>>;

fn note(entered: Entered, event: &leptos::ev::Event) {
    let field: HtmlInputElement = event_target(event);
    let (name, value) = (field.name(), field.value());
    entered.update(|all| match all.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => *known = value,
        None => all.push((name, value)),
    });
}

/// A field's value: what was entered, or what it begins with.
fn value<'a>(all: &'a [(String, String)], name: &str, at_first: &'a str) -> &'a str {
    all.iter().find(|(known, _)| known == name).map_or(at_first, |(_, value)| value)
}

/// A choice of one, with its error.
fn choice(
    (id, name, error_id): (&'static str, &'static str, &'static str),
    label: &'static str,
    options: AnyView,
    error: Signal<Option<String>>,
) -> AnyView {
    let described_by = move || error.with(Option::is_some).then_some(error_id);
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select class="input select" id=id name=name aria-describedby=described_by>
                {options}
            </select>
            <FieldError id=error_id error/>
        </div>
    }
}

fn option(value: String, name: String) -> AnyView {
    view! { <option value=value>{name}</option> }
}

fn none() -> Signal<Option<String>> {
    Signal::stored(None)
}

/// The sections, as they are now.
fn sections(editor: Editor) -> AnyView {
    let all = memo(move || {
        editor.desk.with(|desk| {
            let known = desk.plan.sections.iter().filter_map(|section| Some((section.id?, section.name.clone())));
            known.collect::<Vec<_>>()
        })
    });
    dynamic(move || all.get().into_iter().map(|(id, name)| option(id.to_string(), name)).collect_view())
}

/// The ticket types that seats can have, as they are now.
fn types(editor: Editor) -> AnyView {
    let all =
        memo(move || editor.desk.with(|desk| desk.seated().map(|of| (of.id, format!("{} {}", of.name, of.price))).collect::<Vec<_>>()));
    dynamic(move || all.get().into_iter().map(|(id, name)| option(id.to_string(), name)).collect_view())
}

fn kinds() -> AnyView {
    SeatKind::VARIANTS
        .iter()
        .copied()
        .map(|kind| option(kind.into_str().to_owned(), words::kind(kind).to_owned()))
        .collect_view()
        .into_any()
}

fn steps() -> AnyView {
    Step::VARIANTS
        .iter()
        .copied()
        .map(|step| {
            let name = match step {
                Step::Each => words::EACH,
                Step::Second => words::SECOND,
            };
            option(step.into_str().to_owned(), name.to_owned())
        })
        .collect_view()
        .into_any()
}

/// The first section and ticket type: what a choice shows before anything is chosen.
fn first(editor: Editor) -> (String, String) {
    editor.desk.with_untracked(|desk| {
        let section = desk.plan.sections.first().and_then(|section| section.id).map(|id| id.to_string());
        (section.unwrap_or_default(), desk.seated().next().map(|of| of.id.to_string()).unwrap_or_default())
    })
}

/// The form for new rows.
#[component]
pub fn AddRowsForm(editor: Editor) -> impl IntoView {
    let add = ServerAction::<AddRows>::new();
    editor.after(add);
    let refused: Signal<Option<AppError>> = failure(add);
    let entered: Entered = RwSignal::new(Vec::new());
    let try_out = move |event: leptos::ev::Event| {
        note(entered, &event);
        let (section, ticket_type) = first(editor);
        let change = entered.with_untracked(|all| {
            RowsForm {
                section: value(all, "section", &section),
                rows: value(all, "rows", ""),
                seats: value(all, "seats", ""),
                step: value(all, "step", Step::Each.into_str()),
                wider: value(all, "wider", "0"),
                from: value(all, "from", "left"),
                bend: value(all, "bend", "0"),
                kind: value(all, "kind", ""),
                ticket_type: value(all, "ticket_type", &ticket_type),
            }
            .read()
        });
        editor.try_out(change);
    };
    let wider = (0..=WIDER).map(|more| option(more.to_string(), more.to_string())).collect_view().into_any();
    let bends = (0..=BENDS).map(|bend| option(bend.to_string(), words::bend(bend).to_owned())).collect_view().into_any();
    let sides = [("left", words::FROM_LEFT), ("right", words::FROM_RIGHT)];
    let sides = sides.map(|(side, name)| option(side.to_owned(), name.to_owned())).collect_view().into_any();
    view! {
        <section class="card stack" aria-labelledby="add-rows">
            <h2 id="add-rows">{words::ADD_ROWS}</h2>
            <div on:input=try_out>
                <ActionForm action=add attr:class="form">
                    <input type="hidden" name="event" value=editor.event.to_string()/>
                    <Failure failure=refused fields=NEW/>
                    <div class="form-row">
                        {choice(("new-section", "section", "new-section-error"), words::SECTION, sections(editor), field_error(refused, "section"))}
                        {choice(("new-type", "ticket_type", "new-type-error"), words::TYPE, types(editor), field_error(refused, "ticket_type"))}
                    </div>
                    <div class="form-row">
                        <Field id="new-rows" name="rows" label=words::ROWS autocomplete="off" hint=words::ROWS_HINT error=field_error(refused, "rows") required=true/>
                        <Field id="new-seats" name="seats" label=words::SEATS autocomplete="off" hint=words::SEATS_HINT error=field_error(refused, "seats") required=true/>
                    </div>
                    <div class="form-row">
                        {choice(("new-step", "step", "new-step-error"), words::STEP, steps(), none())}
                        {choice(("new-from", "from", "new-from-error"), words::FROM, sides, none())}
                        {choice(("new-kind", "kind", "new-kind-error"), words::KIND, kinds(), none())}
                        {choice(("new-wider", "wider", "new-wider-error"), words::WIDER, wider, field_error(refused, "wider"))}
                        {choice(("new-bend", "bend", "new-bend-error"), words::BEND, bends, field_error(refused, "bend"))}
                    </div>
                    <div class="form-actions">
                        <Submit label=words::ADD_ROWS busy=add.pending()/>
                    </div>
                </ActionForm>
            </div>
        </section>
    }
}

/// The form for seats that are there: another kind or ticket type, or none at all.
#[component]
pub fn ChangeSeatsForm(editor: Editor) -> impl IntoView {
    let change = ServerAction::<ChangeSeats>::new();
    editor.after(change);
    let refused: Signal<Option<AppError>> = failure(change);
    let entered: Entered = RwSignal::new(Vec::new());
    let try_out = move |event: leptos::ev::Event| {
        note(entered, &event);
        let (section, _) = first(editor);
        let change = entered.with_untracked(|all| {
            SeatsForm {
                section: value(all, "section", &section),
                rows: value(all, "rows", ""),
                seats: value(all, "seats", ""),
                step: value(all, "step", Step::Each.into_str()),
                kind: value(all, "kind", ""),
                ticket_type: value(all, "ticket_type", ""),
            }
            .set()
        });
        editor.try_out(change);
    };
    let as_it_is = || option(String::new(), words::AS_IT_IS.to_owned());
    let kinds = view! { {as_it_is()} {kinds()} };
    let types = view! { {as_it_is()} {types(editor)} };
    view! {
        <section class="card stack" aria-labelledby="change-seats">
            <h2 id="change-seats">{words::CHANGE_SEATS}</h2>
            <p class="muted">{words::CHANGE_SEATS_ABOUT}</p>
            <div on:input=try_out>
                <ActionForm action=change attr:class="form">
                    <input type="hidden" name="event" value=editor.event.to_string()/>
                    <Failure failure=refused fields=THERE/>
                    <div class="form-row">
                        {choice(("old-section", "section", "old-section-error"), words::SECTION, sections(editor), field_error(refused, "section"))}
                        <Field id="old-rows" name="rows" label=words::ROWS autocomplete="off" hint=words::SOME_ROWS_HINT error=field_error(refused, "rows")/>
                        <Field id="old-seats" name="seats" label=words::SEATS autocomplete="off" hint=words::SOME_SEATS_HINT error=field_error(refused, "seats")/>
                    </div>
                    <div class="form-row">
                        {choice(("old-step", "step", "old-step-error"), words::STEP, steps(), none())}
                        {choice(("old-kind", "kind", "old-kind-error"), words::KIND, kinds, field_error(refused, "kind"))}
                        {choice(("old-type", "ticket_type", "old-type-error"), words::TYPE, types, field_error(refused, "ticket_type"))}
                    </div>
                    <div class="form-actions">
                        <button class="btn" data-kind="primary" type="submit" name="act" value="set">
                            {words::SET}
                        </button>
                        <button class="btn" data-kind="danger" type="submit" name="act" value="remove">
                            {words::REMOVE_SEATS}
                        </button>
                    </div>
                </ActionForm>
            </div>
        </section>
    }
}
