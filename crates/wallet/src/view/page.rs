//! `/wallet`: what one has, adding to it and taking from it, and what has moved. `?currency=`, `?kind=`, `?from=`, `?to=` and `?before=` say
//! which part of the statement is shown.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    account::{AccountQuestion, account_path},
    forms::{Add, Reminder, Withdraw},
    statement::{Statement, address},
};
use crate::{
    api::{self, CancelWithdrawal, Opened},
    live::WalletEvent,
    model::{
        Money,
        deposit::Deposit,
        statement::Asked,
        wallet::{Balance, Wallet},
        withdrawal::{Withdrawal, WithdrawalAction, transition},
    },
    words,
};
use plenum_core::ids::{Millis, PostingId};
use plenum_ui::{
    Each, Notice, When, dynamic, effect,
    forms::{Failure, failure, is_done, succeeded},
    memo,
    notice::Tone,
    page::{Ended, Followed, Loaded, use_own_id},
    toast, use_query, view,
};

/// The wallet of whoever is signed in.
#[component]
pub fn WalletPage() -> impl IntoView {
    let query = use_query();
    let asked = memo(move || {
        query.with(|query| {
            let field = |name: &str| query.get_str(name).unwrap_or_default().to_owned();
            let asked = Asked { currency: field("currency"), kind: field("kind"), from: field("from"), to: field("to") };
            (asked, query.get_str("before").and_then(|id| id.parse::<PostingId>().ok()))
        })
    });
    let opened = Resource::new_blocking(move || asked.get(), |(asked, before)| api::wallet(asked, before));
    let (requested, cancelled, given) = (is_done("requested"), is_done("cancelled"), is_done("account"));
    view! {
        <Title text=words::WALLET/>
        <main id="main" tabindex="-1" class="page" data-width="wide">
            <header class="page-head">
                <h1>{words::WALLET}</h1>
            </header>
            <div class="stack">
                {dynamic(move || requested.get().then(|| view! { <Notice tone=Tone::Good>{words::REQUESTED}</Notice> }))}
                {dynamic(move || cancelled.get().then(|| view! { <Notice tone=Tone::Good>{words::CANCELLED}</Notice> }))}
                {dynamic(move || given.get().then(|| view! { <Notice tone=Tone::Good>{words::ACCOUNT_GIVEN}</Notice> }))}
                <Loaded from=opened let:opened>
                    <Purse opened asked=asked.get_untracked()/>
                </Loaded>
            </div>
        </main>
    }
}

#[component]
fn Purse(opened: Opened, asked: (Asked, Option<PostingId>)) -> impl IntoView {
    let Opened { wallet, key, takes_deposits } = opened;
    let followed = Followed::new(wallet, move || {
        let (asked, before) = asked.clone();
        async move { Ok(api::wallet(asked, before).await?.wallet) }
    });
    let Followed { shown, ended, .. } = followed.on::<WalletEvent>(use_own_id());
    let currency = shown.with_untracked(|wallet| wallet.filter.currency);
    let key = RwSignal::new(key);
    let low = memo(move || shown.with(|wallet| wallet.is_low().then(|| Money::new(wallet.low_balance, currency))));
    view! {
        <Ended reason=ended/>
        {dynamic(move || low.get().map(|threshold| view! { <Notice tone=Tone::Live>{words::low(threshold)}</Notice> }))}
        <AccountQuestion shown/>
        <div class="wallet-top">
            <Balances shown/>
            <section class="card stack" aria-labelledby="add">
                <h2 id="add">{words::ADD}</h2>
                <Add takes_deposits currency key/>
            </section>
            <section class="card stack" aria-labelledby="withdraw">
                <h2 id="withdraw">{words::WITHDRAW}</h2>
                <Withdraw currency key/>
            </section>
        </div>
        <Moves shown/>
        <Statement shown/>
        <section class="card stack" aria-labelledby="reminder">
            <h2 id="reminder">{words::REMINDER}</h2>
            <Reminder low_balance=shown.with_untracked(|wallet| wallet.low_balance)/>
        </section>
    }
}

/// What there is of the currency that is shown, and of the others.
#[component]
fn Balances(shown: RwSignal<Wallet>) -> impl IntoView {
    let balance = memo(move || shown.with(Wallet::balance));
    let part = move |amount: fn(&Balance) -> i64| move || balance.with(|balance| Money::new(amount(balance), balance.currency).to_string());
    let others = memo(move || shown.with(|wallet| if wallet.balances.len() > 1 { wallet.balances.clone() } else { vec![] }));
    let choice = dynamic(move || {
        let link = |of: Balance| {
            let is_shown = balance.with(|balance| balance.currency == of.currency);
            let asked = Asked { currency: of.currency.code().to_owned(), ..Asked::default() };
            view! {
                <a href=address("/wallet", &asked, None) aria-current=is_shown.then_some("page")>
                    {of.currency.code()}
                </a>
            }
        };
        let others = others.get();
        (!others.is_empty()).then(|| {
            view! {
                <nav class="tabs" aria-label=words::CURRENCIES>
                    {others.into_iter().map(link).collect_view()}
                </nav>
            }
        })
    });
    view! {
        <section class="card stack wallet-balance" aria-labelledby="available">
            {choice}
            <h2 id="available">{words::AVAILABLE}</h2>
            <p class="wallet-amount" role="status" aria-labelledby="available wallet-amount">
                <b id="wallet-amount">{part(|balance| balance.available)}</b>
            </p>
            <dl class="details">
                <div>
                    <dt>{words::PENDING_IN}</dt>
                    <dd data-balance="pending_in">{part(|balance| balance.pending_in)}</dd>
                </div>
                <div>
                    <dt>{words::PENDING_OUT}</dt>
                    <dd data-balance="pending_out">{part(|balance| balance.pending_out)}</dd>
                </div>
            </dl>
        </section>
    }
}

/// Something on its way, of either kind.
#[derive(Clone, PartialEq)]
enum Move {
    In(Deposit),
    Out(Withdrawal),
}

impl Move {
    fn key(&self) -> String {
        match self {
            Self::In(deposit) => format!("deposit-{}", deposit.id),
            Self::Out(withdrawal) => format!("withdrawal-{}", withdrawal.id),
        }
    }

    fn at(&self) -> Millis {
        match self {
            Self::In(deposit) => deposit.created_at,
            Self::Out(withdrawal) => withdrawal.created_at,
        }
    }
}

/// Deposits and withdrawals under way, and the last that ended.
#[component]
fn Moves(shown: RwSignal<Wallet>) -> impl IntoView {
    let cancel = ServerAction::<CancelWithdrawal>::new();
    let cancelled = succeeded(cancel);
    effect(move |_| {
        if cancelled.get() {
            toast::show(words::CANCELLED);
        }
    });
    let moves = memo(move || {
        shown.with(|wallet| {
            let deposits = wallet.deposits.iter().cloned().map(Move::In);
            let mut moves: Vec<Move> = deposits.chain(wallet.withdrawals.iter().cloned().map(Move::Out)).collect();
            moves.sort_by_key(|of| std::cmp::Reverse((of.at(), of.key())));
            moves
        })
    });
    let empty = memo(move || moves.with(Vec::is_empty));
    view! {
        <section class="card stack" aria-labelledby="moves">
            <h2 id="moves">{words::MOVES}</h2>
            <Failure failure=failure(cancel)/>
            {dynamic(move || empty.get().then(|| view! { <p class="muted">{words::NO_MOVES}</p> }))}
            <ul class="lines" aria-labelledby="moves">
                <Each
                    each=move || moves.with(|moves| moves.iter().map(Move::key).collect())
                    key=|key: &String| key.clone()
                    children=move |key| view! { <Line key moves cancel/> }
                />
            </ul>
        </section>
    }
}

/// One of them, drawn again only when it changes.
#[component]
fn Line(key: String, moves: Memo<Vec<Move>>, cancel: ServerAction<CancelWithdrawal>) -> impl IntoView {
    let id = key.clone();
    let this = memo(move || moves.with(|moves| moves.iter().find(|of| of.key() == key).cloned()));
    let content = dynamic(move || {
        this.get().map(|of| match of {
            Move::In(deposit) => deposit_line(&deposit),
            Move::Out(withdrawal) => withdrawal_line(&withdrawal, cancel),
        })
    });
    view! {
        <li class="line" data-move=id>
            {content}
        </li>
    }
}

fn deposit_line(deposit: &Deposit) -> AnyView {
    let (tone, state) = words::deposit_state(deposit.state);
    let pay = (deposit.is_open() && !deposit.checkout_url.is_empty()).then(|| {
        view! {
            <a class="btn" data-size="s" href=deposit.checkout_url.clone() rel="external">
                {words::PAY}
                <span class="visually-hidden">{words::which(deposit.id.0)}</span>
            </a>
        }
    });
    view! {
        <div class="line-text">
            <b>{words::DEPOSIT} " " {deposit.money().to_string()}</b>
            <p class="muted"><When at=deposit.created_at/></p>
        </div>
        <span class="chip" data-tone=tone>
            {state}
        </span>
        {pay}
    }
}

fn withdrawal_line(withdrawal: &Withdrawal, cancel: ServerAction<CancelWithdrawal>) -> AnyView {
    let (tone, state) = words::withdrawal_state(withdrawal.state);
    let id = withdrawal.id;
    let reason = (!withdrawal.reason.is_empty()).then(|| view! { <p class="wrap">{words::because(&withdrawal.reason)}</p> });
    let account = (!withdrawal.account.is_empty()).then(|| format!(" · {}", withdrawal.account));
    let missing = withdrawal.asks_for_account().then(|| {
        view! {
            <a class="btn" data-kind="primary" data-size="s" href=account_path(id)>
                {words::GIVE_ACCOUNT}
                <span class="visually-hidden">{words::which(id.0)}</span>
            </a>
        }
    });
    let back = transition(withdrawal.state, WithdrawalAction::Cancel).map(|_| {
        view! {
            <ActionForm action=cancel>
                <input type="hidden" name="id" value=id.to_string()/>
                <button class="btn" type="submit" data-size="s">
                    {words::CANCEL}
                    <span class="visually-hidden">{words::which(id.0)}</span>
                </button>
            </ActionForm>
        }
    });
    view! {
        <div class="line-text">
            <b>{words::WITHDRAWAL} " " {withdrawal.money().to_string()}</b>
            <p class="muted wrap"><When at=withdrawal.created_at/> {account}</p>
            {reason}
        </div>
        <span class="chip" data-tone=tone>
            {state}
        </span>
        {missing}
        {back}
    }
}
