//! Another event's plan: first what will be copied, then the copy. Only for an event that has nothing yet.

use leptos::prelude::*;
use leptos_router::components::Form;

use super::follow::Editor;
use crate::{
    api::{self, CopyPlan},
    model::desk::CopyPreview,
    view::preview::{Figures, PlanPreview},
    words,
};
use plenum_core::ids::EventId;
use plenum_ui::{
    dynamic,
    forms::{Failure, Submit, failure},
    memo,
    page::Loaded,
    use_query, view,
};

/// The choice, and what was chosen.
#[component]
pub fn CopyFrom(event: EventId, editor: Editor) -> impl IntoView {
    let copy = ServerAction::<CopyPlan>::new();
    editor.after(copy);
    let query = use_query();
    let from = memo(move || query.with(|query| query.get_str("from").and_then(|id| id.parse::<EventId>().ok())));
    let preview = Resource::new_blocking(
        move || from.get(),
        move |from| async move {
            match from {
                Some(from) => api::copy_preview(event, from).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let fits = memo(move || editor.desk.with(|desk| desk.types.is_empty() && desk.plan.sections.is_empty() && !desk.others.is_empty()));
    let options = move || {
        let others = editor.desk.with_untracked(|desk| desk.others.clone());
        others
            .into_iter()
            .map(|other| {
                let name = words::other(&other.title, other.types, other.seats);
                view! {
                    <option value=other.id.to_string() selected={from.get_untracked() == Some(other.id)}>
                        {name}
                    </option>
                }
            })
            .collect_view()
    };
    dynamic(move || {
        fits.get().then(|| {
            view! {
                <section class="card stack" aria-labelledby="copy">
                    <h2 id="copy">{words::COPY}</h2>
                    <Form method="GET" action=format!("/events/{event}/plan") attr:class="form">
                        <div class="field">
                            <label for="from">{words::COPY_FROM}</label>
                            <select class="input select" id="from" name="from">
                                {options()}
                            </select>
                        </div>
                        <div class="form-actions">
                            <button class="btn" type="submit">
                                {words::SHOW_COPY}
                            </button>
                        </div>
                    </Form>
                    <Loaded from=preview let:preview>
                        {preview.map(|preview| view! { <Chosen event preview copy/> })}
                    </Loaded>
                </section>
            }
        })
    })
}

#[component]
fn Chosen(event: EventId, preview: CopyPreview, copy: ServerAction<CopyPlan>) -> impl IntoView {
    let refused = failure(copy);
    let CopyPreview { from, types, plan } = preview;
    let currency = types.first().map(|of| of.price.currency).unwrap_or_default();
    view! {
        <div class="stack">
            <p>{words::will_copy(&from.title)}</p>
            <PlanPreview plan=plan.clone() types=types.clone()/>
            <Figures plan types currency/>
            <ActionForm action=copy attr:class="form">
                <input type="hidden" name="event" value=event.to_string()/>
                <input type="hidden" name="from" value=from.id.to_string()/>
                <Failure failure=refused/>
                <div class="form-actions">
                    <Submit label=words::DO_COPY busy=copy.pending()/>
                </div>
            </ActionForm>
        </div>
    }
}
