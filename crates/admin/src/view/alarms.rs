//! `/admin/alarms`: thresholds, which of them are crossed, and adding one. Each act is a plain form.

use leptos::prelude::*;
use strum::VariantArray as _;

use crate::{
    api,
    live::OpsEvent,
    model::{Alarm, AlarmDesk, Figure, Rule, Side, suggestions},
    words,
};
use plenum_core::{ids::AlarmId, live::Snapshot};
use plenum_ui::{
    Each, EmptyState, Field, dynamic,
    forms::{Done, Failure, FieldError, Submit, failure, field_error, succeeded},
    memo,
    page::{AdminPage, Ended, Followed, Loaded, use_organisation, use_zone},
    view,
};

/// The thresholds.
#[component]
pub fn AlarmsPage() -> impl IntoView {
    let desk = Resource::new_blocking(|| (), |()| api::alarms());
    view! {
        <AdminPage title=words::ALARMS>
                <Loaded from=desk let:snapshot>
                    <Desk snapshot/>
                </Loaded>
        </AdminPage>
    }
}

#[component]
fn Desk(snapshot: Snapshot<AlarmDesk>) -> impl IntoView {
    let operator = snapshot.state.operator;
    // Figures are not in the log: whoever comes back reads what they have missed.
    let Followed { shown, ended, .. } = Followed::new(snapshot, api::alarms).on_unlogged::<OpsEvent>(use_organisation());
    let add = ServerAction::<api::AddAlarm>::new();
    let (switch, delete) = (ServerAction::<api::SwitchAlarm>::new(), ServerAction::<api::DeleteAlarm>::new());
    let ids = memo(move || shown.with(|desk| desk.alarms.0.iter().map(|alarm| alarm.id).collect::<Vec<_>>()));
    let nothing =
        dynamic(move || ids.with(Vec::is_empty).then(|| view! { <EmptyState icon="bell" title=words::NONE text=words::NONE_TEXT/> }));
    view! {
        <Ended reason=ended/>
        <p class="muted">{words::ABOUT}</p>
        <Failure failure=failure(switch)/>
        <Failure failure=failure(delete)/>
        <section class="card" aria-labelledby="alarms">
            <h2 id="alarms">{words::WATCHED}</h2>
            {nothing}
            <ul class="lines" aria-label=words::ALARMS>
                <Each each=move || ids.get() key=|id| id.to_string() children=move |id| view! { <Row id shown switch delete/> }/>
            </ul>
        </section>
        <NewAlarm operator add/>
        <Suggestions operator shown add/>
    }
}

#[component]
fn Row(
    id: AlarmId,
    shown: RwSignal<AlarmDesk>,
    switch: ServerAction<api::SwitchAlarm>,
    delete: ServerAction<api::DeleteAlarm>,
) -> impl IntoView {
    let zone = use_zone();
    let alarm: Memo<Option<Alarm>> = memo(move || shown.with(|desk| desk.alarms.0.iter().find(|alarm| alarm.id == id).cloned()));
    let content = dynamic(move || {
        alarm.get().map(|alarm| {
            let name = words::rule(&alarm.rule);
            let history = match alarm.raised_at {
                Some(at) => words::raised_at(&alarm, &zone.with(|zone| zone.full(at))),
                None => words::NEVER_RAISED.to_owned(),
            };
            let (tone, state) = match (alarm.enabled, alarm.is_raised()) {
                (false, _) => (None, words::STATE_OFF),
                (true, true) => (Some("bad"), words::STATE_RAISED),
                (true, false) => (Some("good"), words::STATE_QUIET),
            };
            let act = if alarm.enabled { words::SWITCH_OFF } else { words::SWITCH_ON };
            let (of, of_deleting) = (name.clone(), name.clone());
            view! {
                <div class="line-text">
                    <b>{name}</b>
                    <p class="muted">{history}</p>
                </div>
                <span class="chip" data-tone=tone>
                    {state}
                </span>
                <ActionForm action=switch>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <input type="hidden" name="on" value=(!alarm.enabled).to_string()/>
                    <button class="btn" type="submit" data-size="s">
                        {act} " "
                        <span class="visually-hidden">{of}</span>
                    </button>
                </ActionForm>
                <ActionForm action=delete>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <button class="btn" type="submit" data-kind="danger" data-size="s">
                        {words::DELETE} " "
                        <span class="visually-hidden">{of_deleting}</span>
                    </button>
                </ActionForm>
            }
        })
    });
    view! { <li class="line">{content}</li> }
}

#[component]
fn NewAlarm(operator: bool, add: ServerAction<api::AddAlarm>) -> impl IntoView {
    let refused = failure(add);
    let (figure_error, side_error) = (field_error(refused, "figure"), field_error(refused, "side"));
    let figures = Figure::seen(operator).map(|figure| view! { <option value=figure.into_str()>{words::figure_with_unit(figure)}</option> });
    let figures = figures.collect_view();
    let sides =
        Side::VARIANTS.iter().copied().map(|side| view! { <option value=side.into_str()>{words::side(side)}</option> }).collect_view();
    view! {
        <section class="card" aria-labelledby="new">
            <h2 id="new">{words::NEW}</h2>
            <ActionForm action=add attr:class="form">
                <Failure failure=refused fields=&["figure", "side", "threshold", "seconds"]/>
                <div class="form-row">
                    <div class="field">
                        <label for="figure">{words::FIGURE}</label>
                        <select class="input select" id="figure" name="figure" aria-describedby="figure-error">
                            {figures}
                        </select>
                        <FieldError id="figure-error" error=figure_error/>
                    </div>
                    <div class="field">
                        <label for="side">{words::SIDE}</label>
                        <select class="input select" id="side" name="side" aria-describedby="side-error">
                            {sides}
                        </select>
                        <FieldError id="side-error" error=side_error/>
                    </div>
                    <Field id="threshold" name="threshold" label=words::THRESHOLD autocomplete="off" error=field_error(refused, "threshold") required=true/>
                    <Field
                        id="seconds"
                        name="seconds"
                        label=words::SECONDS
                        hint=words::SECONDS_HINT
                        value="60"
                        autocomplete="off"
                        error=field_error(refused, "seconds")
                    />
                </div>
                <div class="form-actions">
                    <Submit label=words::ADD busy=add.pending()/>
                    <Done name="added" by_action=succeeded(add) text=words::ADDED/>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn Suggestions(operator: bool, shown: RwSignal<AlarmDesk>, add: ServerAction<api::AddAlarm>) -> impl IntoView {
    let lines = suggestions(operator).map(|rule| suggestion(rule, shown, add)).collect_view();
    view! {
        <section class="card" aria-labelledby="suggestions">
            <h2 id="suggestions">{words::SUGGESTIONS}</h2>
            <p class="muted">{words::SUGGESTIONS_TEXT}</p>
            <ul class="lines" aria-label=words::SUGGESTIONS>
                {lines}
            </ul>
        </section>
    }
}

/// A threshold that one click adds, unless it is there.
fn suggestion(rule: Rule, shown: RwSignal<AlarmDesk>, add: ServerAction<api::AddAlarm>) -> AnyView {
    let known = memo(move || shown.with(|desk| desk.alarms.0.iter().any(|alarm| alarm.rule == rule)));
    let entered = rule.threshold / rule.figure.described().unit.entered();
    let name = words::rule(&rule);
    let of = name.clone();
    let form = dynamic(move || {
        if known.get() {
            return view! {
                <span class="chip" data-tone="good">
                    {words::TAKEN}
                </span>
            };
        }
        let of = of.clone();
        view! {
            <ActionForm action=add>
                <input type="hidden" name="figure" value=rule.figure.into_str()/>
                <input type="hidden" name="side" value=rule.side.into_str()/>
                <input type="hidden" name="threshold" value=entered.to_string()/>
                <input type="hidden" name="seconds" value=rule.seconds.to_string()/>
                <button class="btn" type="submit" data-size="s">
                    {words::ADD} " "
                    <span class="visually-hidden">{of}</span>
                </button>
            </ActionForm>
        }
    });
    view! {
        <li class="line">
            <div class="line-text">
                <b>{name}</b>
            </div>
            {form}
        </li>
    }
}
