//! `/admin/withdrawals`: what people ask for, as it happens, and deciding about it. `?reject={id}` asks why, `?pay={id}` whether it was paid
//! out, so that it works without scripts too.

use leptos::prelude::*;

use crate::{
    api::{self, DecideWithdrawal},
    live::QueueEvent,
    model::{
        wallet::Queue,
        withdrawal::{Queued, WithdrawalAction, transition},
    },
    words,
};
use plenum_core::{ids::WithdrawalId, live::Snapshot};
use plenum_ui::{
    Each, EmptyState, Field, Notice, When, browser, dynamic, effect,
    forms::{Failure, Submit, failure, field_error, is_done, succeeded},
    memo,
    notice::Tone,
    page::{AdminPage, Ended, Followed, Loaded, use_organisation, use_own_id},
    toast, use_query, view,
};

/// The withdrawals of the organisation.
#[component]
pub fn WithdrawalsPage() -> impl IntoView {
    let queue = Resource::new_blocking(|| (), |()| api::withdrawals());
    let done = is_done("decided");
    view! {
        <AdminPage title=words::WITHDRAWALS>
            {dynamic(move || done.get().then(|| view! { <Notice tone=Tone::Good>{words::DONE}</Notice> }))}
            <p class="muted">{words::WITHDRAWALS_TEXT}</p>
            <Loaded from=queue let:snapshot>
                <Desk snapshot/>
            </Loaded>
        </AdminPage>
    }
}

#[component]
fn Desk(snapshot: Snapshot<Queue>) -> impl IntoView {
    let Followed { shown, ended, .. } = Followed::new(snapshot, api::withdrawals).on::<QueueEvent>(use_organisation());
    let decide = ServerAction::<DecideWithdrawal>::new();
    let decided = succeeded(decide);
    effect(move |_| {
        if decided.get() {
            toast::show(words::DONE);
        }
    });
    let ids = move |open: bool| {
        memo(move || {
            shown.with(|queue| {
                let part = queue.withdrawals.iter().filter(|queued| queued.withdrawal.is_open() == open);
                part.map(|queued| queued.withdrawal.id).collect::<Vec<_>>()
            })
        })
    };
    let (waiting, over) = (ids(true), ids(false));
    let nothing = dynamic(move || {
        waiting.with(Vec::is_empty).then(|| view! { <EmptyState icon="wallet" title=words::NONE_WAITING text=words::NONE_WAITING_TEXT/> })
    });
    let none = dynamic(move || over.with(Vec::is_empty).then(|| view! { <p class="muted">{words::NONE_DECIDED}</p> }));
    let list = move |ids: Memo<Vec<WithdrawalId>>, label: &'static str| {
        view! {
            <ul class="lines" aria-label=label>
                <Each each=move || ids.get() key=|id| id.to_string() children=move |id| view! { <Line id shown decide/> }/>
            </ul>
        }
    };
    view! {
        <Ended reason=ended/>
        <Failure failure=failure(decide) fields=&["reason"]/>
        <Question shown/>
        <section class="card stack" aria-labelledby="waiting">
            <h2 id="waiting">{words::WAITING}</h2>
            {nothing}
            {list(waiting, words::WAITING)}
        </section>
        <section class="card stack" aria-labelledby="decided">
            <h2 id="decided">{words::DECIDED}</h2>
            {none}
            {list(over, words::DECIDED)}
        </section>
    }
}

/// What is asked about before it is done, by its key in the address: a rejection for its reason; a payment, because it is the second step
/// of money and stands where the first one stood.
const QUESTIONS: [(&str, WithdrawalAction); 2] = [("reject", WithdrawalAction::Reject), ("pay", WithdrawalAction::Process)];

/// The address that asks.
fn question_path(action: WithdrawalAction, id: WithdrawalId) -> Option<String> {
    let (key, _) = QUESTIONS.into_iter().find(|(_, asked)| *asked == action)?;
    Some(format!("/admin/withdrawals?{key}={id}"))
}

/// Asks before a step that cannot be taken back: whose money it is, how much, and where it goes.
#[component]
fn Question(shown: RwSignal<Queue>) -> impl IntoView {
    let query = use_query();
    let answer = ServerAction::<DecideWithdrawal>::new();
    let refused = failure(answer);
    let answered = succeeded(answer);
    effect(move |_| {
        if answered.get() {
            toast::show(words::DONE);
            browser::go("/admin/withdrawals");
        }
    });
    let asked = memo(move || {
        query
            .with(|query| QUESTIONS.into_iter().find_map(|(key, action)| Some((action, query.get_str(key)?.parse::<WithdrawalId>().ok()?))))
    });
    // Its line may change meanwhile; the question stands while it can be answered.
    let of = memo(move || {
        let (action, id) = asked.get()?;
        shown.with(|queue| {
            let queued = queue.withdrawals.iter().find(|queued| queued.withdrawal.id == id)?;
            transition(queued.withdrawal.state, action)?;
            let Queued { withdrawal, person, .. } = queued;
            Some((action, id, words::withdrawal_label(withdrawal.money(), &person.name), withdrawal.note.clone()))
        })
    });
    dynamic(move || {
        of.get().map(|(action, id, label, account)| {
            let account = (!account.is_empty()).then(|| view! { <p class="wrap">{words::paid_to(&account)}</p> });
            let reason = (action == WithdrawalAction::Reject).then(|| {
                view! { <Field id="reason" name="reason" label=words::REASON autocomplete="off" maxlength=240 error=field_error(refused, "reason") required=true/> }
            });
            view! {
                <section class="card stack" aria-labelledby="question">
                    <h2 id="question">{words::act(action)} {label}</h2>
                    {account}
                    <ActionForm action=answer attr:class="form">
                        <Failure failure=refused fields=&["reason"]/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <input type="hidden" name="act" value=action.into_str()/>
                        {reason}
                        <div class="form-actions">
                            <Submit label=words::act(action) busy=answer.pending()/>
                            <a class="btn" href="/admin/withdrawals">
                                {words::CANCEL}
                            </a>
                        </div>
                    </ActionForm>
                </section>
            }
        })
    })
}

#[component]
fn Line(id: WithdrawalId, shown: RwSignal<Queue>, decide: ServerAction<DecideWithdrawal>) -> impl IntoView {
    let me = use_own_id().get_untracked();
    let queued: Memo<Option<Queued>> =
        memo(move || shown.with(|queue| queue.withdrawals.iter().find(|queued| queued.withdrawal.id == id).cloned()));
    let content = dynamic(move || {
        queued.get().map(|queued| {
            let is_own = Some(queued.person.id) == me;
            let (tone, state) = words::withdrawal_state(queued.withdrawal.state);
            let actions = if queued.withdrawal.is_open() && !is_own { actions(&queued, decide) } else { ().into_any() };
            let own = (queued.withdrawal.is_open() && is_own).then(|| view! { <span class="muted">{words::YOUR_OWN}</span> });
            view! {
                {text(&queued)}
                <span class="chip" data-tone=tone>
                    {state}
                </span>
                {own}
                {actions}
            }
        })
    });
    view! {
        <li class="line" data-withdrawal-id=id.to_string()>
            {content}
        </li>
    }
}

fn text(queued: &Queued) -> AnyView {
    let Queued { withdrawal, person, decided_by, processed_by } = queued;
    let note = (!withdrawal.note.is_empty()).then(|| format!(" · {}", withdrawal.note));
    let decided = decided_by.as_ref().map(|by| format!(" · {}", words::decided_by(withdrawal.state, &by.name)));
    let paid = processed_by.as_ref().map(|by| format!(", {}", words::paid_by(&by.name)));
    let reason = (!withdrawal.reason.is_empty()).then(|| view! { <p class="wrap">{words::because(&withdrawal.reason)}</p> });
    view! {
        <div class="line-text">
            <b>{withdrawal.money().to_string()}</b>
            " · "
            <a href=format!("/people/{}", person.id)>{person.name.clone()}</a>
            <p class="muted wrap"><When at=withdrawal.created_at/> {note} {decided} {paid}</p>
            {reason}
        </div>
    }
}

fn actions(queued: &Queued, decide: ServerAction<DecideWithdrawal>) -> AnyView {
    let id = queued.withdrawal.id;
    let of = words::withdrawal_label(queued.withdrawal.money(), &queued.person.name);
    let pending = decide.pending();
    let can = |action| transition(queued.withdrawal.state, action).is_some();
    let approve = can(WithdrawalAction::Approve).then(|| {
        let of = of.clone();
        view! {
            <ActionForm action=decide>
                <input type="hidden" name="id" value=id.to_string()/>
                <input type="hidden" name="act" value=WithdrawalAction::Approve.into_str()/>
                <button class="btn" type="submit" data-size="s" data-kind="primary" disabled=move || pending.get()>
                    {words::act(WithdrawalAction::Approve)}
                    <span class="visually-hidden">{of}</span>
                </button>
            </ActionForm>
        }
    });
    let questions = [WithdrawalAction::Process, WithdrawalAction::Reject].into_iter().filter(|action| can(*action)).filter_map(|action| {
        let (path, kind) = (question_path(action, id)?, if action == WithdrawalAction::Reject { "danger" } else { "primary" });
        Some(view! {
            <a class="btn" data-kind=kind data-size="s" href=path>
                {words::act(action)}
                <span class="visually-hidden">{of.clone()}</span>
            </a>
        })
    });
    let questions = questions.collect_view();
    view! {
        {approve}
        {questions}
    }
}
