//! `/admin/jobs`: what waits, by kind, and what failed for good, with the way back.

use leptos::prelude::*;

use crate::{
    api::{
        jobs as api,
        jobs::{DiscardJob, RetryJob, RetryJobs},
    },
    live::jobs::JobsEvent,
    model::jobs::{Jobs, Kind, Letter},
    words::jobs as words,
};
use plenum_core::live::Snapshot;
use plenum_ui::{
    Column, Each, Notice, Table, When, dynamic, effect,
    forms::{Failure, failure, is_done, succeeded},
    memo,
    notice::Tone,
    page::{AdminPage, Ended, Followed, Loaded, use_organisation},
    toast, use_query, view,
};

/// `/admin/jobs`, with `?discard={id}` asking before that one is discarded.
#[component]
pub fn JobsPage() -> impl IntoView {
    let jobs = Resource::new_blocking(|| (), |()| api::list());
    let (retried, discarded) = (is_done("retried"), is_done("discarded"));
    view! {
        <AdminPage title=words::JOBS>
                {dynamic(move || retried.get().then(|| view! { <Notice tone=Tone::Good>{words::RETRIED}</Notice> }))}
                {dynamic(move || discarded.get().then(|| view! { <Notice tone=Tone::Good>{words::DISCARDED}</Notice> }))}
                <p class="muted">{words::JOBS_TEXT}</p>
                <Loaded from=jobs let:jobs>
                    <Watch jobs/>
                </Loaded>
        </AdminPage>
    }
}

/// The commands of the page: one form of each for all lines, so that what was refused is said in one place.
#[derive(Clone, Copy)]
struct Actions {
    retry: ServerAction<RetryJob>,
    retry_kind: ServerAction<RetryJobs>,
    discard: ServerAction<DiscardJob>,
}

#[component]
fn Watch(jobs: Jobs) -> impl IntoView {
    let followed = follow(jobs);
    let Followed { shown, ended, .. } = followed;
    let actions = Actions { retry: ServerAction::new(), retry_kind: ServerAction::new(), discard: ServerAction::new() };
    announce(succeeded(actions.retry), words::RETRIED, followed);
    announce(succeeded(actions.retry_kind), words::RETRIED, followed);
    announce(succeeded(actions.discard), words::DISCARDED, followed);
    view! {
        <Ended reason=ended/>
        <Failure failure=failure(actions.retry)/>
        <Failure failure=failure(actions.retry_kind)/>
        <Failure failure=failure(actions.discard)/>
        <Question shown discard=actions.discard/>
        <Failed shown actions/>
        <Waiting shown/>
    }
}

/// The jobs, kept up to date. None of their events are logged: each says all of it.
fn follow(jobs: Jobs) -> Followed<Jobs> {
    let snapshot = |state| Snapshot { state, cursors: Vec::new() };
    let followed = Followed::new(snapshot(jobs), move || async move { Ok(snapshot(api::list().await?)) });
    followed.on_unlogged::<JobsEvent>(use_organisation())
}

/// Says that something was done, and shows what it did at once.
fn announce(done: Signal<bool>, text: &'static str, followed: Followed<Jobs>) {
    effect(move |_| {
        if done.get() {
            toast::show(text);
            followed.renew();
        }
    });
}

/// Asks before a job is discarded: the page's address says which, so that it works without scripts too.
#[component]
fn Question(shown: RwSignal<Jobs>, discard: ServerAction<DiscardJob>) -> impl IntoView {
    let query = use_query();
    let asked = memo(move || query.with(|query| query.get_str("discard").and_then(|id| id.parse::<i64>().ok())));
    let letter = memo(move || asked.get().and_then(|id| shown.with(|shown| shown.letter(id).cloned())));
    dynamic(move || {
        letter.get().map(|letter| {
            view! {
                <section class="card stack" aria-labelledby="discard">
                    <h2 id="discard">{words::discard_question(&letter.kind, letter.id)}</h2>
                    <p>{words::DISCARD_TEXT}</p>
                    <div class="form-actions">
                        <ActionForm action=discard>
                            <input type="hidden" name="id" value=letter.id.to_string()/>
                            <button class="btn" type="submit" data-kind="danger">
                                {words::DISCARD}
                            </button>
                        </ActionForm>
                        <a class="btn" href="/admin/jobs">
                            {words::KEEP}
                        </a>
                    </div>
                </section>
            }
        })
    })
}

#[component]
fn Failed(shown: RwSignal<Jobs>, actions: Actions) -> impl IntoView {
    let dead = memo(move || shown.with(|shown| shown.dead));
    let listed = memo(move || shown.with(|shown| shown.letters.len()));
    let kinds = memo(move || shown.with(Jobs::dead_kinds));
    let all = dynamic(move || {
        let button = |kind: String| {
            let label = words::retry_all(&kind);
            view! {
                <ActionForm action=actions.retry_kind>
                    <input type="hidden" name="kind" value=kind/>
                    <button class="btn" type="submit">
                        {label}
                    </button>
                </ActionForm>
            }
        };
        // With one letter its own button is enough.
        (dead.get() > 1).then(|| view! { <div class="form-actions">{kinds.get().into_iter().map(button).collect_view()}</div> })
    });
    let more = move || (dead.get() as usize > listed.get()).then(|| view! { <p class="muted">{words::more(listed.get(), dead.get())}</p> });
    view! {
        <section class="card stack" aria-labelledby="failed">
            <h2 id="failed">{words::FAILED}</h2>
            <p class="muted">{move || if dead.get() == 0 { words::NONE_FAILED } else { words::FAILED_TEXT }}</p>
            {all}
            <ul class="lines" aria-labelledby="failed">
                <Each
                    each=move || shown.with(|shown| shown.letters.clone())
                    key=|letter: &Letter| letter.id.to_string()
                    children=move |letter| view! { <Line letter retry=actions.retry/> }
                />
            </ul>
            {dynamic(more)}
        </section>
    }
}

#[component]
fn Line(letter: Letter, retry: ServerAction<RetryJob>) -> impl IntoView {
    let Letter { id, kind, about, error, attempts, died_at, .. } = letter;
    let (which, discarded) = (words::which(id), words::which(id));
    view! {
        <li class="line">
            <div class="line-text">
                <b class="wrap">{kind}</b>
                <p class="muted">{format!("{about} · ")} <When at=died_at/> {format!(" · {}", words::tries(attempts))}</p>
                <p class="wrap">{error}</p>
            </div>
            <ActionForm action=retry>
                <input type="hidden" name="id" value=id.to_string()/>
                <button class="btn" type="submit" data-size="s">
                    {words::RETRY}
                    <span class="visually-hidden">{which}</span>
                </button>
            </ActionForm>
            <a class="btn" data-kind="danger" data-size="s" href=format!("/admin/jobs?discard={id}")>
                {words::DISCARD}
                <span class="visually-hidden">{discarded}</span>
            </a>
        </li>
    }
}

#[component]
fn Waiting(shown: RwSignal<Jobs>) -> impl IntoView {
    let empty = memo(move || shown.with(|shown| shown.kinds.is_empty()));
    let table = move || {
        if empty.get() {
            return view! { <p class="muted">{words::NONE_WAITING}</p> };
        }
        let columns = [
            Column::text(words::KIND),
            Column::number(words::DUE),
            Column::number(words::RUNNING),
            Column::number(words::RETRYING),
            Column::number(words::SCHEDULED),
            Column::text(words::ERROR),
        ];
        view! {
            <Table columns caption=words::WAITING>
                <Each
                    each=move || shown.with(|shown| shown.kinds.iter().map(|kind| kind.name.clone()).collect())
                    key=|name: &String| name.clone()
                    children=move |name| view! { <Row name shown/> }
                />
            </Table>
        }
    };
    view! {
        <section class="card stack" aria-labelledby="waiting">
            <h2 id="waiting">{words::WAITING}</h2>
            {dynamic(table)}
        </section>
    }
}

/// A line that is drawn again only where it changes.
#[component]
fn Row(name: String, shown: RwSignal<Jobs>) -> impl IntoView {
    let sought = name.clone();
    let kind: Memo<Option<Kind>> = memo(move || shown.with(|shown| shown.kinds.iter().find(|kind| kind.name == sought).cloned()));
    let count = move |label: &'static str, value: fn(&Kind) -> u32| {
        let value = memo(move || kind.with(|kind| kind.as_ref().map(value).unwrap_or_default()));
        view! {
            <td class="num" data-label=label>
                {move || value.get().to_string()}
            </td>
        }
    };
    let since = memo(move || kind.with(|kind| kind.as_ref().and_then(|kind| kind.due_since)));
    let due = memo(move || kind.with(|kind| kind.as_ref().map_or(0, |kind| kind.due)));
    let error = memo(move || kind.with(|kind| kind.as_ref().and_then(|kind| kind.error.clone()).unwrap_or_else(|| "–".to_owned())));
    let oldest = dynamic(move || since.get().map(|at| view! { <span class="muted">" "{words::DUE_SINCE}" "<When at/></span> }));
    view! {
        <tr>
            <th scope="row">
                <code class="wrap">{name}</code>
            </th>
            <td class="num" data-label=words::DUE>
                {move || due.get().to_string()}
                {oldest}
            </td>
            {count(words::RUNNING, |kind| kind.running)}
            {count(words::RETRYING, |kind| kind.retrying)}
            {count(words::SCHEDULED, |kind| kind.scheduled)}
            <td class="wrap" data-label=words::ERROR>
                {move || error.get()}
            </td>
        </tr>
    }
}
