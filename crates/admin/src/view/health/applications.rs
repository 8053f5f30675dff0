//! What the owners of external applications look for when something does not arrive.

use leptos::prelude::*;

use super::chip;
use crate::{
    model::health::{Application, Refusable, Refused},
    words::health as words,
};
use plenum_core::ids::Millis;
use plenum_ui::{When, view};

#[component]
pub(super) fn Applications(applications: Vec<Application>) -> impl IntoView {
    let lines = if applications.is_empty() {
        view! { <p class="muted">{words::NO_APPLICATIONS}</p> }
    } else {
        view! { <ul class="lines">{applications.into_iter().map(line).collect_view()}</ul> }
    };
    view! {
        <section class="card stack" aria-labelledby="applications">
            <h2 id="applications">{words::APPLICATIONS}</h2>
            {lines}
        </section>
    }
}

fn line(application: Application) -> AnyView {
    let Application { id, name, mark, enabled, origins, connections, connected, asked, published, refusals, undelivered } = application;
    let never = || view! { <span class="muted">{words::NOT_SINCE_START}</span> };
    let at = |at: Option<Millis>| at.map_or_else(never, |at| view! { <When at/> });
    let published = published.map_or_else(never, |(event, at)| view! { <code class="wrap">{event}</code> " " <When at/> });
    let undelivered = undelivered.map(|webhook| {
        view! {
            <dt>{words::LAST_UNDELIVERED}</dt>
            <dd class="wrap">
                <When at=webhook.at/> {format!(" · {} · {}: {}", words::given_up(webhook.given_up), webhook.url, webhook.error)}
            </dd>
        }
    });
    let quiet = refusals.is_empty().then(|| view! { <p class="muted">{words::NOTHING_REFUSED}</p> });
    view! {
        <li class="line">
            {chip(mark)}
            <div class="line-text stack">
                <div>
                    <a href=format!("/admin/applications?app={id}")>
                        <b>{name}</b>
                    </a>
                    <p class="muted wrap">{words::application(enabled, &origins, connections)}</p>
                </div>
                <dl class="facts">
                    <dt>{words::LAST_CONNECTED}</dt>
                    <dd>{at(connected)}</dd>
                    <dt>{words::LAST_ASKED}</dt>
                    <dd>{at(asked)}</dd>
                    <dt>{words::LAST_PUBLISHED}</dt>
                    <dd>{published}</dd>
                    {undelivered}
                </dl>
                {quiet}
                {refused(refusals)}
            </div>
        </li>
    }
}

/// Refusals, and what to check for each kind of them.
fn refused(refusals: Vec<Refused>) -> AnyView {
    let mut kinds: Vec<Refusable> = Vec::new();
    for refusal in &refusals {
        if !kinds.contains(&refusal.what) {
            kinds.push(refusal.what);
        }
    }
    let advice = kinds.into_iter().map(|what| view! { <p class="muted">{words::refusal_advice(what)}</p> }).collect_view();
    let line = |refusal: Refused| {
        view! {
            <li>
                <When at=refusal.at/>
                <span class="chip" data-tone="bad">
                    {words::refusable(refusal.what)}
                </span>
                <span class="wrap">{refusal.reason}</span>
                <span class="muted">{words::times(refusal.times)}</span>
            </li>
        }
    };
    let lines = (!refusals.is_empty())
        .then(|| view! { <ul class="console" tabindex="0" aria-label=words::REFUSED>{refusals.into_iter().map(line).collect_view()}</ul> });
    view! {
        {lines}
        {advice}
    }
}

/// Those who named an application that there is not.
#[component]
pub(super) fn Strays(strays: Vec<Refused>) -> impl IntoView {
    (!strays.is_empty()).then(|| {
        view! {
            <section class="card stack" aria-labelledby="strays">
                <h2 id="strays">{words::STRAYS}</h2>
                <p class="muted">{words::STRAYS_TEXT}</p>
                {refused(strays)}
            </section>
        }
    })
}
