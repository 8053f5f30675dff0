//! `/admin/withdrawals`: what people ask for, as it happens, and deciding about it. `?reject={id}` asks why, so that it works without
//! scripts too.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::{self, DecideWithdrawal},
    live::QueueEvent,
    model::{
        wallet::Queue,
        withdrawal::{Queued, WithdrawalAction, WithdrawalState, transition},
    },
    words,
};
use plenum_core::{
    ids::{Millis, WithdrawalId},
    live::Snapshot,
};
use plenum_ui::{
    Each, EmptyState, Field, Notice, TimeText, browser, dynamic, effect,
    forms::{Failure, Submit, at, failure, is_done, succeeded},
    memo,
    notice::Tone,
    page::{AdminPage, FaultWithin, Followed, use_now, use_organisation, use_own_id, use_zone},
    toast, view,
};

/// The withdrawals of the organisation.
#[component]
pub fn WithdrawalsPage() -> impl IntoView {
    let queue = Resource::new_blocking(|| (), |()| api::withdrawals());
    let done = is_done("decided");
    let content = move || {
        Suspend::new(async move {
            match queue.await {
                Ok(snapshot) => view! { <Desk snapshot/> },
                Err(error) => view! { <FaultWithin error/> },
            }
        })
    };
    view! {
        <AdminPage title=words::WITHDRAWALS>
            {dynamic(move || done.get().then(|| view! { <Notice tone=Tone::Good>{words::DONE}</Notice> }))}
            <p class="muted">{words::WITHDRAWALS_TEXT}</p>
            <Transition>{content}</Transition>
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
        {dynamic(move || ended.get().map(|reason| view! { <Notice>{words::ENDED}" "{reason}</Notice> }))}
        <Failure failure=failure(decide) fields=&["reason"]/>
        <Rejecting shown/>
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

/// Asks why a withdrawal is rejected.
#[component]
fn Rejecting(shown: RwSignal<Queue>) -> impl IntoView {
    let query = use_query_map();
    let reject = ServerAction::<DecideWithdrawal>::new();
    let refused = failure(reject);
    let rejected = succeeded(reject);
    effect(move |_| {
        if rejected.get() {
            toast::show(words::DONE);
            browser::go("/admin/withdrawals");
        }
    });
    let asked = memo(move || query.with(|query| query.get_str("reject").and_then(|id| id.parse::<WithdrawalId>().ok())));
    // Its line may change meanwhile; the question stands while it can be answered.
    let of = memo(move || {
        let id = asked.get()?;
        shown.with(|queue| {
            let queued = queue.withdrawals.iter().find(|queued| queued.withdrawal.id == id)?;
            transition(queued.withdrawal.state, WithdrawalAction::Reject)
                .map(|_| (id, queued.withdrawal.money(), queued.person.name.clone()))
        })
    });
    dynamic(move || {
        of.get().map(|(id, money, name)| {
            view! {
                <section class="card stack" aria-labelledby="reject">
                    <h2 id="reject">{words::act(WithdrawalAction::Reject)} {words::of(money, &name)}</h2>
                    <ActionForm action=reject attr:class="form">
                        <Failure failure=refused fields=&["reason"]/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <input type="hidden" name="act" value=WithdrawalAction::Reject.word()/>
                        <Field id="reason" name="reason" label=words::REASON autocomplete="off" maxlength=240 error=at(refused, "reason") required=true/>
                        <div class="form-actions">
                            <Submit label=words::act(WithdrawalAction::Reject) busy=reject.pending()/>
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

fn instant(at: Millis) -> AnyView {
    let (zone, now) = (use_zone(), use_now());
    let (text, full) = zone.with_untracked(|zone| (zone.short(at, now), zone.full(at)));
    view! { <TimeText at text full/> }
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
            <p class="muted wrap">{instant(withdrawal.created_at)} {note} {decided} {paid}</p>
            {reason}
        </div>
    }
}

fn actions(queued: &Queued, decide: ServerAction<DecideWithdrawal>) -> AnyView {
    let id = queued.withdrawal.id;
    let of = words::of(queued.withdrawal.money(), &queued.person.name);
    let pending = decide.pending();
    let button = |action: WithdrawalAction| {
        let of = of.clone();
        view! {
            <ActionForm action=decide>
                <input type="hidden" name="id" value=id.to_string()/>
                <input type="hidden" name="act" value=action.word()/>
                <button class="btn" type="submit" data-size="s" data-kind="primary" disabled=move || pending.get()>
                    {words::act(action)}
                    <span class="visually-hidden">{of}</span>
                </button>
            </ActionForm>
        }
    };
    let next = if queued.withdrawal.state == WithdrawalState::Requested { WithdrawalAction::Approve } else { WithdrawalAction::Process };
    let next = button(next);
    view! {
        {next}
        <a class="btn" data-kind="danger" data-size="s" href=format!("/admin/withdrawals?reject={id}")>
            {words::act(WithdrawalAction::Reject)}
            <span class="visually-hidden">{of}</span>
        </a>
    }
}
