//! `/admin/reports`: reported messages, as they come, and deciding about them.

use leptos::prelude::*;

use crate::{
    api::reports::{self as api, DecideReport},
    live::ReportsEvent,
    model::reports::{Decision, Report, Reports},
    words::reports as words,
};
use plenum_core::live::Snapshot;
use plenum_ui::{
    EmptyState, Notice, When, dynamic, effect,
    forms::{Failure, failure, is_done, succeeded},
    notice::Tone,
    page::{AdminPage, Ended, Followed, Loaded, use_organisation},
    redirect::encoded,
    toast, view,
};

/// The reported messages of the organisation.
#[component]
pub fn ReportsPage() -> impl IntoView {
    let queue = Resource::new_blocking(|| (), |()| api::reports());
    let done = is_done("decided");
    view! {
        <AdminPage title=words::REPORTS>
            {dynamic(move || done.get().then(|| view! { <Notice tone=Tone::Good>{words::DONE}</Notice> }))}
            <p class="muted">{words::REPORTS_TEXT}</p>
            <Loaded from=queue let:snapshot>
                <Desk snapshot/>
            </Loaded>
        </AdminPage>
    }
}

#[component]
fn Desk(snapshot: Snapshot<Reports>) -> impl IntoView {
    let followed = Followed::new(snapshot, api::reports).on::<ReportsEvent>(use_organisation());
    let decide = ServerAction::<DecideReport>::new();
    let (decided, refused) = (succeeded(decide), failure(decide));
    effect(move |_| {
        if decided.get() {
            toast::show(words::DONE);
        }
        if decided.get() || refused.with(Option::is_some) {
            followed.renew();
        }
    });
    let content = dynamic(move || {
        followed.shown.with(|reports| {
            view! {
                <section class="card stack" aria-labelledby="open-reports">
                    <h2 id="open-reports">{words::OPEN}</h2>
                    {open(reports, decide)}
                </section>
                <section class="card stack" aria-labelledby="decided-reports">
                    <h2 id="decided-reports">{words::DECIDED}</h2>
                    {over(reports)}
                </section>
            }
        })
    });
    view! {
        <Ended reason=followed.ended text=words::ENDED/>
        <Failure failure=refused/>
        {content}
    }
}

fn open(reports: &Reports, decide: ServerAction<DecideReport>) -> AnyView {
    if reports.open.is_empty() {
        return view! { <EmptyState icon="check" title=words::NONE_OPEN text=words::NONE_OPEN_TEXT/> };
    }
    let shown = reports.open.len();
    let is_part = i64::try_from(shown).is_ok_and(|shown| shown < reports.waiting);
    let waiting = is_part.then(|| view! { <p class="muted">{words::first_of(shown, reports.waiting)}</p> });
    let lines = reports.open.iter().map(|report| line(report, Some(decide))).collect_view();
    view! {
        {waiting}
        <ul class="lines" aria-label=words::OPEN>{lines}</ul>
    }
}

fn over(reports: &Reports) -> AnyView {
    if reports.decided.is_empty() {
        return view! { <p class="muted">{words::NONE_DECIDED}</p> };
    }
    let lines = reports.decided.iter().map(|report| line(report, None)).collect_view();
    view! { <ul class="lines" aria-label=words::DECIDED>{lines}</ul> }
}

fn line(report: &Report, decide: Option<ServerAction<DecideReport>>) -> AnyView {
    let text = match &report.text {
        Some(text) => view! { <blockquote class="wrap" dir="auto">{text.clone()}</blockquote> },
        None => view! { <p class="muted">{words::ERASED}</p> },
    };
    let note = (!report.note.is_empty()).then(|| view! { <p class="wrap" dir="auto">{report.note.clone()}</p> });
    let deleted = (report.deleted && decide.is_some()).then(|| view! { <p class="muted">{words::DELETED}</p> });
    let link = report.link.clone().map(|href| view! { <a href=href>{words::SHOW_MESSAGE}</a>" · " });
    let decided = report.decided.as_ref().map(|decided| {
        view! { <p class="muted">{words::decided_by(decided.decision, &decided.by.name)}" · "<When at=decided.at/></p> }
    });
    let (author, reporter) = (&report.author, &report.reporter);
    let actions = decide.map(|decide| actions(report, decide));
    view! {
        <li class="line" data-report-id=report.id.to_string()>
            <div class="line-text">
                <b>{words::written_by(&author.name, &report.place)}</b>
                {text}
                <p class="muted wrap">
                    <span class="chip">{words::reason(report.reason)}</span>
                    " "{words::REPORTED_BY}" "
                    <a href=format!("/people/{}", reporter.id)>{reporter.name.clone()}</a>
                    " · "
                    <When at=report.reported_at/>
                </p>
                {note}
                {deleted}
                {decided}
                <p>
                    {link}
                    <a href=format!("/admin/people?q={}", encoded(&author.name))>{words::MANAGE_AUTHOR}</a>
                </p>
            </div>
            {actions}
        </li>
    }
}

fn actions(report: &Report, decide: ServerAction<DecideReport>) -> AnyView {
    let (id, of, pending) = (report.id, words::of_author(&report.author.name), decide.pending());
    let button = move |decision: Decision, label: &'static str, kind: Option<&'static str>| {
        let of = of.clone();
        view! {
            <ActionForm action=decide>
                <input type="hidden" name="id" value=id.to_string()/>
                <input type="hidden" name="decision" value=decision.into_str()/>
                <button class="btn" type="submit" data-size="s" data-kind=kind disabled=move || pending.get()>
                    {label}
                    <span class="visually-hidden">{of}</span>
                </button>
            </ActionForm>
        }
    };
    view! {
        {button(Decision::Dismissed, words::DISMISS, None)}
        {button(Decision::Deleted, words::DELETE_MESSAGE, Some("danger"))}
    }
}
