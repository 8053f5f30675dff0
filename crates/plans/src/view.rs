//! `/events/{id}/plan`: the editor of a seat plan, for those who run the event.
//!
//! - [`follow`]: the plan on the screen, kept up to date while one works beside it.
//! - [`rows`]: new rows, and seats that are there; what is being entered is drawn at once. [`sections`], [`types`]: their lists.
//! - [`import`]: a table that goes in, with what is wrong in it and how far it is; [`copy`]: another event's plan.
//!
//! All of it is forms that work without scripts; with scripts nothing that one has entered is lost when the plan changes.

mod copy;
mod follow;
mod import;
pub mod preview;
mod rows;
mod sections;
mod types;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::view::preview::{Figures, PlanPreview};
use crate::{
    api::{self, UndoPlan},
    model::desk::Desk,
    words,
};
use copy::CopyFrom;
use follow::Editor;
use import::ImportTable;
use plenum_core::{ids::EventId, live::Snapshot};
use plenum_ui::{
    EmptyState, Notice, dynamic,
    forms::{Failure, failure, is_done},
    memo,
    notice::Tone,
    page::{Ended, Loaded, resource_by_id, use_id},
    view,
};
use rows::{AddRowsForm, ChangeSeatsForm};
use sections::Sections;
use types::Types;

/// The editor.
#[component]
pub fn PlanPage() -> impl IntoView {
    let id = use_id::<EventId>();
    let first = resource_by_id(id, "event", api::desk);
    let actions = dynamic(move || {
        id.get().map(|id| {
            view! {
                <div class="page-actions">
                    <a class="btn" href=format!("/events/{id}")>
                        {words::TO_EVENT}
                    </a>
                    <a class="btn" href=format!("/events/{id}/plan.csv") rel="external" download="">
                        {words::EXPORT}
                    </a>
                </div>
            }
        })
    });
    view! {
        <Title text=words::PLAN/>
        <main id="main" tabindex="-1" class="page" data-width="wide">
            <header class="page-head">
                <h1>{words::PLAN}</h1>
                {actions}
            </header>
            <Loaded from=first let:snapshot>
                <Content snapshot/>
            </Loaded>
        </main>
    }
}

#[component]
fn Content(snapshot: Snapshot<Desk>) -> impl IntoView {
    let editor = Editor::new(snapshot);
    let event = editor.event;
    let (title, empty) =
        (editor.desk.with_untracked(|desk| desk.title.clone()), memo(move || editor.desk.with(|desk| desk.plan.is_empty())));
    view! {
        <Ended reason=editor.ended/>
        <div class="plan-editor">
            <section class="card stack plan-side" aria-labelledby="preview">
                <h2 id="preview" class="wrap">
                    {words::plan_of(&title)}
                </h2>
                <Done editor/>
                <Preview editor/>
                {dynamic(move || {
                    empty.get().then(|| view! { <EmptyState icon="events" title=words::NO_SEATS text=words::NO_SEATS_TEXT/> })
                })}
            </section>
            <div class="stack">
                <Types editor/>
                <Sections editor/>
                <AddRowsForm editor/>
                <ChangeSeatsForm editor/>
                <ImportTable editor/>
                <CopyFrom event editor/>
            </div>
        </div>
    }
}

/// What was done, and its undoing.
#[component]
fn Done(editor: Editor) -> impl IntoView {
    let undo = ServerAction::<UndoPlan>::new();
    editor.after(undo);
    let refused = failure(undo);
    let can = memo(move || editor.desk.with(|desk| desk.undo));
    let said = [
        ("section", words::DONE),
        ("rows", words::DONE),
        ("seats", words::DONE),
        ("type", words::DONE),
        ("undone", words::UNDONE),
        ("read", words::READ),
    ];
    let said = said.map(|(name, text)| (is_done(name), text));
    let event = editor.event;
    view! {
        {dynamic(move || {
            let text = said.iter().find(|(is, _)| is.get()).map(|(_, text)| *text);
            text.map(|text| view! { <Notice tone=Tone::Good>{text}</Notice> })
        })}
        <Failure failure=refused/>
        {dynamic(move || {
            can.get().then(|| {
                view! {
                    <ActionForm action=undo>
                        <input type="hidden" name="event" value=event.to_string()/>
                        <button class="btn" type="submit" data-size="s">
                            {words::UNDO}
                        </button>
                    </ActionForm>
                }
            })
        })}
    }
}

/// The plan as it is, or as it would be with what is being entered.
#[component]
fn Preview(editor: Editor) -> impl IntoView {
    // Told of how far an import is, the page draws its bar anew and not the hall.
    let drawn = memo(move || editor.desk.with(|desk| (desk.plan.clone(), desk.types.clone(), desk.currency)));
    dynamic(move || {
        let (plan, types, currency) = drawn.get();
        let draft = editor.draft.get();
        let note = draft.is_some().then(|| view! { <p class="field-hint">{words::PREVIEW_NEW}</p> });
        let plan = draft.unwrap_or(plan);
        let drawing = (!plan.is_empty()).then(|| view! { <PlanPreview plan=plan.clone() types=types.clone()/> });
        view! {
            {note}
            {drawing}
            <Figures plan types currency/>
        }
    })
}
