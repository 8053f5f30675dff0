//! `/wallet/deposits/{id}/simulator`: a gateway for trying Plenum out; whoever looks says what it answers.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;
use strum::VariantArray as _;

use crate::{
    api::{self, SimulateAnswer},
    live::WalletEvent,
    model::deposit::{Deposit, DepositState, Errand, Simulated},
    words,
};
use plenum_core::{ids::DepositId, live::Snapshot};
use plenum_ui::{
    Notice, dynamic, effect,
    forms::{Failure, failure},
    memo,
    notice::Tone,
    page::{Ended, Followed, Loaded, resource_by_id, use_id, use_own_id, use_seconds},
    time_left, view,
};

/// The simulator, for the deposit in the address.
#[component]
pub fn SimulatorPage() -> impl IntoView {
    let id = use_id::<DepositId>();
    let opened = resource_by_id(id, "deposit", api::deposit);
    view! {
        <Title text=words::SIMULATOR/>
        <main id="main" tabindex="-1" class="page" data-width="narrow">
            <header class="page-head">
                <h1>{words::SIMULATOR}</h1>
            </header>
            <div class="stack">
                <Notice tone=Tone::Live>{words::SIMULATOR_TEXT}</Notice>
                <Loaded from=opened let:opened>
                    <Payment opened/>
                </Loaded>
            </div>
        </main>
    }
}

#[component]
fn Payment(opened: (Snapshot<Deposit>, Option<Errand>)) -> impl IntoView {
    let (snapshot, errand) = opened;
    let id = snapshot.state.id;
    let money = snapshot.state.money();
    let Followed { shown, ended, .. } =
        Followed::new(snapshot, move || async move { Ok(api::deposit(id).await?.0) }).on::<WalletEvent>(use_own_id());
    let simulate = ServerAction::<SimulateAnswer>::new();
    let pending = simulate.pending();
    let state = memo(move || shown.with(|deposit| deposit.state));
    // As a gateway does: whoever has paid is led on to what the money is for.
    if let Some(Errand { path, .. }) = errand.clone() {
        let navigate = use_navigate();
        effect(move |before: Option<DepositState>| {
            let now = state.get();
            if before.is_some_and(|before| before != now) && now == DepositState::Completed {
                navigate(&path, Default::default());
            }
            now
        });
    }
    let later = memo(move || {
        let asked = simulate.input().with(|input| input.as_ref().is_some_and(|input| input.outcome == Simulated::Late.into_str()));
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
                    <input type="hidden" name="outcome" value=outcome.into_str()/>
                    <button class="btn" type="submit" data-kind=kind disabled=move || pending.get()>
                        {label}
                    </button>
                </ActionForm>
            </li>
        }
    };
    let ways = Simulated::VARIANTS.iter().copied().map(way).collect_view();
    view! {
        <Ended reason=ended/>
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
        <Onward errand state/>
    }
}

/// The way on: to what the money is for, with the time that is left for it, or to the wallet.
#[component]
fn Onward(errand: Option<Errand>, state: Memo<DepositState>) -> impl IntoView {
    let Some(Errand { path, until }) = errand else {
        return view! {
            <p>
                <a class="btn" href="/wallet">
                    {words::BACK}
                </a>
            </p>
        }
        .into_any();
    };
    let now = use_seconds();
    let left = until.map(|until| {
        let clock = memo(move || time_left(until - now.get()));
        view! {
            <p class="muted">
                {words::WAITS_FOR} " " <b role="timer">{move || clock.get()}</b>
            </p>
        }
    });
    let kind = memo(move || (state.get() == DepositState::Completed).then_some("primary"));
    view! {
        <section class="card stack-s">
            {left}
            <p>
                <a class="btn" href=path data-kind=move || kind.get()>
                    {words::BACK_TO_ORDER}
                </a>
            </p>
        </section>
    }
    .into_any()
}
