//! `/admin/health`: is it well, and what to do when it is not.

mod applications;
mod faults;
mod self_test;

use leptos::prelude::*;

use crate::{
    api::health as api,
    model::health::{Check, Finding, Health, Mark, Place, worst},
    words::health as words,
};
use applications::{Applications, Strays};
use faults::{Faults, References, SlowWork};
use plenum_ui::{
    Notice,
    notice::Tone,
    page::{AdminPage, Loaded},
    view,
};
use self_test::SelfTest;

/// The page.
#[component]
pub fn HealthPage() -> impl IntoView {
    let health = Resource::new_blocking(|| (), |()| api::health());
    // A link to the same address loads it again, without scripts too.
    let actions = view! {
        <a class="btn" href="/admin/health" rel="external">
            {words::AGAIN}
        </a>
    };
    view! {
        <AdminPage title=words::HEALTH heading=words::IS_IT_WELL actions>
            <Loaded from=health let:health>
                <Found health/>
            </Loaded>
        </AdminPage>
    }
}

#[component]
fn Found(health: Health) -> impl IntoView {
    let Health { place, applications, faults } = health;
    let operates = place.is_some();
    let (top, bottom) = match place {
        Some(Place { findings, slow, references, strays }) => {
            let bottom = view! {
                <Strays strays/>
                <References references/>
                <SlowWork slow/>
            };
            (view! { <Findings findings/> }, Some(bottom))
        }
        None => (view! { <p class="muted">{words::NOT_OPERATOR}</p> }, None),
    };
    view! {
        {top}
        <SelfTest/>
        <Applications applications/>
        <Faults faults operates/>
        {bottom}
    }
}

/// How well something is, in a word and a colour.
fn chip(mark: Mark) -> AnyView {
    let tone = match mark {
        Mark::Well => "good",
        Mark::Look => "live",
        Mark::Bad => "bad",
    };
    view! {
        <span class="chip" data-tone=tone>
            {words::mark(mark)}
        </span>
    }
}

#[component]
fn Findings(findings: Vec<Finding>) -> impl IntoView {
    let worst = worst(&findings);
    let tone = match worst {
        Mark::Well => Tone::Good,
        Mark::Look => Tone::Live,
        Mark::Bad => Tone::Bad,
    };
    let others = findings.iter().filter(|finding| finding.mark == worst).count();
    let (fine, wanting): (Vec<_>, Vec<_>) = findings.into_iter().partition(|finding| finding.mark == Mark::Well);
    let wanting = (!wanting.is_empty()).then(|| view! { <ul class="lines">{wanting.into_iter().map(line).collect_view()}</ul> });
    view! {
        <Notice tone>{words::verdict(worst, others)}</Notice>
        <section class="card stack" aria-labelledby="findings">
            <h2 id="findings">{words::FINDINGS}</h2>
            <p class="muted">{words::FINDINGS_TEXT}</p>
            {wanting}
            // What needs nobody is not in the way.
            <details>
                <summary>
                    <span class="link-btn">{words::fine(fine.len())}</span>
                </summary>
                <ul class="lines">{fine.into_iter().map(line).collect_view()}</ul>
            </details>
        </section>
    }
}

fn line(finding: Finding) -> AnyView {
    let Finding { check, mark, measured, advice } = finding;
    let further = match check {
        Check::DeadLetters | Check::LateJobs => Some(("/admin/jobs", words::TO_JOBS)),
        Check::Mail => Some(("/admin/mail", words::TO_MAIL)),
        _ => None,
    };
    let further = further.filter(|_| advice.is_some()).map(|(href, text)| {
        view! {
            <a class="btn" data-size="s" href=href>
                {text}
            </a>
        }
    });
    view! {
        <li class="line">
            {chip(mark)}
            <div class="line-text">
                <b>{words::check(check)}</b>
                <p class="wrap">{measured}</p>
                {advice.map(|advice| view! { <p class="muted">{advice}</p> })}
            </div>
            {further}
        </li>
    }
}
