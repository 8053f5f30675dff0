//! What becomes of an event, for its organisers: a button each; what cannot be undone unfolds first.

use leptos::prelude::*;
use strum::VariantArray as _;

use super::Known;
use crate::{api::organising::ActOnEvent, model::NOTE_CHARS, view::event::chip, words};
use plenum_core::{error::AppError, ids::EventId};
use plenum_events::model::event::{EventAction, EventState, transition};
use plenum_ui::{
    Field, dynamic, effect,
    forms::{Failure, failure, field_error},
    memo,
    page::use_seconds,
    view,
};

/// The section; `times` are what stood in the form, for a new time.
#[component]
pub fn Course(known: Known, version: RwSignal<i64>, times: (String, String)) -> impl IntoView {
    let act = ServerAction::<ActOnEvent>::new();
    let refused = failure(act);
    let outcome = act.value();
    effect(move |_| {
        if let Some(Ok(now)) = outcome.get() {
            // Only if nobody else has changed it in between: else the form above says so when it is sent.
            version.update(|version| {
                if now == *version + 1 {
                    *version = now;
                }
            });
            known.refresh();
        }
    });
    let event = known.event;
    let state = memo(move || event.with(|event| event.state));
    let buttons = dynamic(move || {
        let state = state.get();
        EventAction::VARIANTS
            .iter()
            .copied()
            .filter(|action| transition(state, *action).is_some() && !(state == EventState::Published && *action == EventAction::End))
            .map(|action| form(known.id, action, act, &times, refused))
            .collect_view()
            .into_any()
    });
    let now = use_seconds();
    let sells = memo(move || event.with(|event| event.sale(now.get()).is_on()));
    let shown = dynamic(move || {
        sells.with(|_| ());
        state.with(|_| ());
        event.with_untracked(|event| chip(event, false, now.get_untracked()))
    });
    view! {
        <section class="card stack" id="course" aria-labelledby="course-head">
            <h2 id="course-head">{words::COURSE}</h2>
            <p role="status">{shown}</p>
            <Failure failure=refused fields=&["starts", "ends"]/>
            {buttons}
        </section>
    }
}

fn form(
    id: EventId,
    action: EventAction,
    act: ServerAction<ActOnEvent>,
    times: &(String, String),
    refused: Signal<Option<AppError>>,
) -> AnyView {
    let kind = match action {
        EventAction::Publish | EventAction::Reschedule => Some("primary"),
        EventAction::Cancel => Some("danger"),
        _ => None,
    };
    let fields = match action {
        EventAction::Postpone => note("note-postpone"),
        EventAction::Cancel => view! {
            {note("note-cancel")}
            <label class="check">
                <input type="checkbox" required/>
                {words::CONFIRM}
            </label>
        },
        EventAction::Reschedule => {
            let (starts, ends) = times.clone();
            view! {
                <div class="form-row">
                    <Field
                        id="new-starts"
                        name="starts"
                        label=words::STARTS
                        kind="datetime-local"
                        value=starts
                        error=field_error(refused, "starts")
                        required=true
                    />
                    <Field
                        id="new-ends"
                        name="ends"
                        label=words::ENDS
                        kind="datetime-local"
                        value=ends
                        error=field_error(refused, "ends")
                        required=true
                    />
                </div>
            }
        }
        _ => ().into_any(),
    };
    let body = view! {
        <ActionForm action=act attr:class="form">
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="act" value=action.into_str()/>
            <p class="muted">{words::act_text(action)}</p>
            {fields}
            <div class="form-actions">
                <button class="btn" data-kind=kind type="submit" aria-busy=move || act.pending().get().then_some("true")>
                    {words::act(action)}
                </button>
            </div>
        </ActionForm>
    };
    if matches!(action, EventAction::Publish | EventAction::Reschedule) {
        return body;
    }
    view! {
        <details class="more">
            <summary>{words::act(action)}"…"</summary>
            {body}
        </details>
    }
}

fn note(id: &'static str) -> AnyView {
    view! {
        <Field
            id=id
            name="note"
            label=words::NOTE
            autocomplete="off"
            maxlength=u32::try_from(NOTE_CHARS).unwrap_or(u32::MAX)
            hint=words::NOTE_HINT
        />
    }
}
