//! `/admin/broadcasts/{id}`: one broadcast, how far it has come, and what can be done to it.

use std::rc::Rc;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    chip,
    follow::{Ask, Followed},
    progress,
};
use crate::{
    app::{AdminTabs, FaultWithin, use_zone},
    error::AppError,
    features::broadcasts::{
        api::{self, ActOnBroadcast},
        model::{Action, Broadcast, transition},
    },
    ids::{BroadcastId, Millis},
    realtime::live::Snapshot,
    strings::broadcasts as words,
    ui::{
        Notice, TimeText, dynamic,
        forms::{Failure, failure},
        memo, view,
    },
};

/// One of them.
#[component]
pub fn BroadcastPage() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move || params.with(|params| params.get_str("id").and_then(|id| id.parse::<BroadcastId>().ok())));
    let first = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::detail(id).await,
                None => Err(AppError::not_found("There is no such broadcast.")),
            }
        },
    );
    let content = move || {
        Suspend::new(async move {
            match first.await {
                Ok(snapshot) => view! { <Detail snapshot/> },
                Err(error) => view! { <FaultWithin error/> },
            }
        })
    };
    view! {
        <Title text=words::BROADCASTS/>
        <main id="main" tabindex="-1" class="page" data-width="wide">
            <header class="page-head">
                <h1>{words::BROADCASTS}</h1>
                <div class="page-actions">
                    <a class="btn" href="/admin/broadcasts">
                        {words::ALL}
                    </a>
                </div>
            </header>
            <AdminTabs/>
            <div class="stack">
                <Transition>{content}</Transition>
            </div>
        </main>
    }
}

#[component]
fn Detail(snapshot: Snapshot<Broadcast>) -> impl IntoView {
    let id = snapshot.state.id;
    let ask: Ask<Broadcast> = Rc::new(move || Box::pin(api::detail(id)));
    let Followed { shown, ended, .. } = Followed::new(snapshot, ask);
    let (title, text, link) = shown.with_untracked(|shown| (shown.title.clone(), shown.text.clone(), shown.link.clone()));
    let link = (!link.is_empty()).then(|| view! { <p><a href=link.clone()>{link.clone()}</a></p> });
    view! {
        {dynamic(move || ended.get().map(|reason| view! { <Notice>{words::ENDED}" "{reason}</Notice> }))}
        <section class="card stack" aria-labelledby="broadcast">
            <h2 id="broadcast">{title}</h2>
            {(!text.is_empty()).then(|| view! { <p class="wrap">{text}</p> })}
            {link}
            <Facts shown/>
            <Actions id shown/>
        </section>
        <FunnelCard shown/>
    }
}

#[component]
fn Facts(shown: RwSignal<Broadcast>) -> impl IntoView {
    let zone = use_zone();
    let time = move |at: Millis| {
        let full = zone.with(|zone| zone.full(at));
        view! { <TimeText at text=full.clone() full/> }
    };
    let (sender, audience, due) = shown.with_untracked(|shown| (shown.sender.clone(), shown.audience_name.clone(), shown.due_at));
    let state = memo(move || shown.with(|shown| shown.state));
    let ended_at = memo(move || shown.with(|shown| shown.ended_at));
    let end = dynamic(move || {
        ended_at.get().map(|at| {
            view! {
                <dt>{words::ENDED_AT}</dt>
                <dd>{time(at)}</dd>
            }
        })
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
            <dd>{time(due)}</dd>
            {end}
        </dl>
    }
}

/// What can be done to it now; without scripts forms that lead back here.
#[component]
fn Actions(id: BroadcastId, shown: RwSignal<Broadcast>) -> impl IntoView {
    let act = ServerAction::<ActOnBroadcast>::new();
    let refused = failure(act);
    let state = memo(move || shown.with(|shown| shown.state));
    let buttons = dynamic(move || {
        let state = state.get();
        let can = Action::OF_PEOPLE.into_iter().filter(move |action| transition(state, *action).is_some());
        let buttons = can
            .map(|action| {
                let kind = (action == Action::Cancel).then_some("danger");
                view! {
                    <ActionForm action=act>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <input type="hidden" name="act" value=action.word()/>
                        <button class="btn" type="submit" data-kind=kind>
                            {words::act(action)}
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

#[component]
fn FunnelCard(shown: RwSignal<Broadcast>) -> impl IntoView {
    let figure = move |name: &'static str, value: fn(&Broadcast) -> String| {
        let value = memo(move || shown.with(value));
        view! {
            <div class="figure">
                <dt>{name}</dt>
                <dd>{move || value.get()}</dd>
            </div>
        }
    };
    view! {
        <section class="card stack" aria-labelledby="funnel">
            <h2 id="funnel">{words::FUNNEL}</h2>
            {dynamic(move || shown.with(progress))}
            <dl class="figures">
                {figure(words::RECIPIENTS, |shown| shown.funnel.recipients.to_string())}
                {figure(words::DELIVERED, |shown| shown.funnel.delivered.to_string())}
                {figure(words::SEEN, |shown| words::part(shown.funnel.seen, shown.funnel.percent(shown.funnel.seen)))}
                {figure(words::READ, |shown| words::part(shown.funnel.read, shown.funnel.percent(shown.funnel.read)))}
                {figure(words::REFUSED, |shown| shown.funnel.refused.to_string())}
            </dl>
        </section>
    }
}
