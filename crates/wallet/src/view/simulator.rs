//! `/wallet/deposits/{id}/simulator`: a gateway for trying Plenum out; whoever looks says what it answers.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{self, SimulateAnswer},
    live::WalletEvent,
    model::deposit::{Deposit, Simulated},
    words,
};
use plenum_core::{error::AppError, ids::DepositId, live::Snapshot};
use plenum_ui::{
    Notice, dynamic,
    forms::{Failure, failure},
    memo,
    notice::Tone,
    page::{FaultWithin, Followed, use_own_id},
    view,
};

/// The simulator, for the deposit in the address.
#[component]
pub fn SimulatorPage() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move || params.with(|params| params.get_str("id").and_then(|id| id.parse::<DepositId>().ok())));
    let deposit = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            let id = id.ok_or_else(|| AppError::not_found("There is no such deposit."))?;
            api::deposit(id).await
        },
    );
    let content = move || {
        Suspend::new(async move {
            match deposit.await {
                Ok(snapshot) => view! { <Payment snapshot/> },
                Err(error) => view! { <FaultWithin error/> },
            }
        })
    };
    view! {
        <Title text=words::SIMULATOR/>
        <main id="main" tabindex="-1" class="page" data-width="narrow">
            <header class="page-head">
                <h1>{words::SIMULATOR}</h1>
            </header>
            <div class="stack">
                <Notice tone=Tone::Live>{words::SIMULATOR_TEXT}</Notice>
                <Transition>{content}</Transition>
                <p>
                    <a class="btn" href="/wallet">
                        {words::BACK}
                    </a>
                </p>
            </div>
        </main>
    }
}

#[component]
fn Payment(snapshot: Snapshot<Deposit>) -> impl IntoView {
    let id = snapshot.state.id;
    let money = snapshot.state.money();
    let Followed { shown, ended, .. } = Followed::new(snapshot, move || api::deposit(id)).on::<WalletEvent>(use_own_id());
    let simulate = ServerAction::<SimulateAnswer>::new();
    let pending = simulate.pending();
    let state = memo(move || shown.with(|deposit| deposit.state));
    let later = memo(move || {
        let asked = simulate.input().with(|input| input.as_ref().is_some_and(|input| input.outcome == Simulated::Late.word()));
        asked || simulate.value().with(|value| matches!(value, Some(Ok(deposit)) if deposit.is_open()))
    });
    let chip = dynamic(move || {
        let (tone, word) = words::deposit_state(state.get());
        view! {
            <span class="chip" data-tone=tone>
                {word}
            </span>
        }
    });
    let waits = dynamic(move || {
        let open = shown.with(Deposit::is_open);
        (open && later.get() && !pending.get()).then(|| view! { <p role="status">{words::ANSWERS_LATER}</p> })
    });
    let way = |outcome: Simulated| {
        let (label, text) = words::simulated(outcome);
        let kind = (outcome == Simulated::Approve).then_some("primary");
        view! {
            <li class="line">
                <p class="line-text">{text}</p>
                <ActionForm action=simulate>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <input type="hidden" name="outcome" value=outcome.word()/>
                    <button class="btn" type="submit" data-kind=kind disabled=move || pending.get()>
                        {label}
                    </button>
                </ActionForm>
            </li>
        }
    };
    let ways = Simulated::ALL.map(way).collect_view();
    view! {
        {dynamic(move || ended.get().map(|reason| view! { <Notice>{words::ENDED}" "{reason}</Notice> }))}
        <section class="card stack" aria-labelledby="deposit">
            <h2 id="deposit">{words::DEPOSIT_NOW}</h2>
            <p class="wallet-amount">
                <b>{money.to_string()}</b>
                <span role="status">{chip}</span>
            </p>
            <Failure failure=failure(simulate)/>
            {waits}
        </section>
        <section class="card stack" aria-labelledby="answers">
            <h2 id="answers">{words::SIMULATOR_QUESTION}</h2>
            <ul class="lines">{ways}</ul>
        </section>
    }
}
