//! What is repeated, in the list: when it comes next, and what can be done to it.

use leptos::prelude::*;

use crate::{
    api::ActOnSeries,
    model::{Broadcasts, Series, SeriesAction, SeriesState},
    words,
};
use plenum_core::ids::SeriesId;
use plenum_ui::{
    Each, Notice, dynamic,
    forms::{Failure, failure},
    memo,
    page::use_zone,
    view,
};

/// What is repeated; nothing if nothing is.
#[component]
pub(super) fn Repeated(shown: RwSignal<Broadcasts>) -> impl IntoView {
    let act = ServerAction::<ActOnSeries>::new();
    let refused = failure(act);
    let ids = memo(move || shown.with(|shown| shown.series.iter().map(|series| series.id).collect::<Vec<_>>()));
    let any = memo(move || ids.with(|ids| !ids.is_empty()));
    dynamic(move || {
        any.get().then(|| {
            view! {
                <section class="card stack" aria-labelledby="repeated">
                    <h2 id="repeated">{words::REPEATED}</h2>
                    <Failure failure=refused/>
                    <ul class="lines" aria-labelledby="repeated">
                        <Each each=move || ids.get() key=|id| id.to_string() children=move |id| view! { <Line id shown act/> }/>
                    </ul>
                </section>
            }
        })
    })
}

#[component]
fn Line(id: SeriesId, shown: RwSignal<Broadcasts>, act: ServerAction<ActOnSeries>) -> impl IntoView {
    let series = memo(move || shown.with(|shown| shown.series.iter().find(|series| series.id == id).cloned()));
    let content = dynamic(move || series.get().map(|series| content(series, act)));
    view! {
        <li class="line" id=format!("series-{id}")>
            {content}
        </li>
    }
}

fn content(series: Series, act: ServerAction<ActOnSeries>) -> AnyView {
    let zone = use_zone();
    let id = series.id;
    let runs = series.state == SeriesState::Running;
    let next = runs.then(|| view! { <p class="muted">{words::next_time(&series)}</p> });
    let missed = series.missed_at.map(|at| {
        let at = zone.with(|zone| zone.full(at));
        view! { <p class="muted">{words::missed(&at)}</p> }
    });
    let halt = series.halt.map(|halt| view! { <Notice>{words::halt(halt)}</Notice> });
    let (state, line, title) = (series.state, words::series_line(&series), words::which_one(&series.title));
    let tone = runs.then_some("live");
    let buttons = SeriesAction::OF_PEOPLE
        .into_iter()
        .filter(|action| state.after(*action).is_some())
        .map(|action| {
            let (kind, which) = ((action == SeriesAction::End).then_some("danger"), title.clone());
            view! {
                <ActionForm action=act>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <input type="hidden" name="act" value=action.into_str()/>
                    <button class="btn" type="submit" data-size="s" data-kind=kind>
                        {words::series_act(action)}
                        <span class="visually-hidden">{which}</span>
                    </button>
                </ActionForm>
            }
        })
        .collect_view();
    view! {
        <div class="line-text">
            <b class="wrap">{series.title}</b>
            <p class="muted">{line}</p>
            {next}
            {missed}
            {halt}
        </div>
        <span class="chip" data-tone=tone>
            {words::series_state(state)}
        </span>
        <div class="form-actions">{buttons}</div>
    }
}
