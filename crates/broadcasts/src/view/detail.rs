//! `/admin/broadcasts/{id}`: one broadcast, how far it has come, and what can be done to it.

use leptos::prelude::*;

use super::{
    chip,
    funnel::FunnelCard,
    over_time::OverTime,
    variants::{Compared, Deciding},
};
use crate::{
    api::{self, ActOnBroadcast},
    live::BroadcastEvent,
    model::{Action, Report, State, transition, variants::letter},
    words as names,
    words::{compose, report as words},
};
use plenum_core::{
    ids::{BroadcastId, Millis},
    live::Snapshot,
    time::Zone,
};
use plenum_ui::{
    When, dynamic,
    forms::{Failure, failure},
    memo,
    page::{AdminPage, Ended, Followed, Loaded, resource_by_id, use_id, use_organisation},
    view,
};

/// One of them.
#[component]
pub fn BroadcastPage() -> impl IntoView {
    let id = use_id::<BroadcastId>();
    let first = resource_by_id(id, "broadcast", api::report);
    let actions = view! {
                    <a class="btn" href="/admin/broadcasts">
                        {names::ALL}
                    </a>
    };
    view! {
        <AdminPage title=names::BROADCASTS actions>
                <Loaded from=first let:snapshot>
                    <Detail snapshot/>
                </Loaded>
        </AdminPage>
    }
}

#[component]
fn Detail(snapshot: Snapshot<Report>) -> impl IntoView {
    let id = snapshot.state.broadcast.id;
    let Followed { shown, ended, .. } = Followed::new(snapshot, move || api::report(id)).on::<BroadcastEvent>(use_organisation());
    let title = shown.with_untracked(|shown| shown.broadcast.title().to_owned());
    view! {
        <Ended reason=ended/>
        <section class="card stack" aria-labelledby="broadcast">
            <h2 id="broadcast" class="wrap">
                {title}
            </h2>
            <Says shown/>
            <Facts shown/>
            <Deciding shown/>
            <Actions id shown/>
        </section>
        <FunnelCard id shown/>
        <Compared shown/>
        <OverTime shown/>
    }
}

/// What it says beside its first title; that does not change.
#[component]
fn Says(shown: RwSignal<Report>) -> impl IntoView {
    let variants = shown.with_untracked(|shown| shown.broadcast.variants.clone());
    let several = variants.len() > 1;
    let all: u32 = variants.iter().map(|variant| variant.words.weight).sum();
    variants
        .into_iter()
        .enumerate()
        .map(|(number, variant)| {
            let own = variant.words;
            let heading = several.then(|| {
                view! {
                    <h3>{compose::part(letter(number), own.weight, all)}</h3>
                    <p>
                        <b class="wrap">{own.title.clone()}</b>
                    </p>
                }
            });
            let link = (!own.link.is_empty()).then(|| {
                view! {
                    <p>
                        <a class="wrap" href=own.link.clone()>
                            {own.link.clone()}
                        </a>
                    </p>
                }
            });
            view! {
                <div class="stack-s">
                    {heading}
                    {(!own.text.is_empty()).then(|| view! { <p class="wrap">{own.text.clone()}</p> })}
                    {link}
                </div>
            }
        })
        .collect_view()
}

/// A line of facts that changes, or is not there.
fn fact(name: &'static str, value: Memo<Option<Millis>>) -> AnyView {
    dynamic(move || {
        value.get().map(|at| {
            view! {
                <dt>{name}</dt>
                <dd>
                    <When at text=Zone::full/>
                </dd>
            }
        })
    })
}

#[component]
fn Facts(shown: RwSignal<Report>) -> impl IntoView {
    let fixed = shown.with_untracked(|shown| {
        let broadcast = &shown.broadcast;
        (broadcast.sender.clone(), broadcast.audience_name.clone(), broadcast.due_at, broadcast.own_time.clone(), broadcast.series)
    });
    let (sender, audience, due, own, series) = fixed;
    let state = memo(move || shown.with(|shown| shown.broadcast.state));
    let next = memo(move || shown.with(|shown| shown.broadcast.next_at.filter(|_| shown.broadcast.state == State::Sending)));
    let ended_at = memo(move || shown.with(|shown| shown.broadcast.ended_at));
    let due = match own {
        Some(own) => view! { <span>{compose::own_clock(&own.local, own.late)}</span> },
        None => view! { <When at=due text=Zone::full/> },
    };
    let series = series.map(|occurrence| {
        view! {
            <dt>{words::SERIES}</dt>
            <dd>
                <a href=format!("/admin/broadcasts#series-{}", occurrence.series)>{words::occurrence(occurrence.number)}</a>
            </dd>
        }
    });
    view! {
        <p role="status">{dynamic(move || chip(state.get()))}</p>
        <dl class="facts">
            <dt>{words::SENDER}</dt>
            <dd>
                <a href=format!("/people/{}", sender.id)>{sender.name}</a>
            </dd>
            <dt>{words::AUDIENCE}</dt>
            <dd>{audience}</dd>
            <dt>{words::DUE}</dt>
            <dd>{due}</dd>
            {series}
            {fact(words::NEXT_AT, next)}
            {fact(words::ENDED_AT, ended_at)}
        </dl>
    }
}

/// What can be done to it now; without scripts forms that lead back here.
#[component]
fn Actions(id: BroadcastId, shown: RwSignal<Report>) -> impl IntoView {
    let act = ServerAction::<ActOnBroadcast>::new();
    let refused = failure(act);
    let can = memo(move || shown.with(|shown| (shown.broadcast.state, shown.broadcast.funnel.failed > 0)));
    let buttons = dynamic(move || {
        let (state, failed) = can.get();
        let can = Action::OF_PEOPLE
            .into_iter()
            .filter(move |action| transition(state, *action).is_some() && (*action != Action::Retry || failed));
        let buttons = can
            .map(|action| {
                let kind = (action == Action::Cancel).then_some("danger");
                view! {
                    <ActionForm action=act>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <input type="hidden" name="act" value=action.into_str()/>
                        <button class="btn" type="submit" data-kind=kind>
                            {names::act(action)}
                        </button>
                    </ActionForm>
                }
            })
            .collect_view();
        let hint = (!state.is_end()).then(|| view! { <p class="field-hint">{words::CANCEL_HINT}</p> });
        view! {
            <div class="form-actions">{buttons}</div>
            {hint}
        }
    });
    view! {
        <Failure failure=refused/>
        {buttons}
    }
}
