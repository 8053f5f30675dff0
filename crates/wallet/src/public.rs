//! Wallets in the public JSON API. Amounts are whole minor units: 2500 is 25.00.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    model::{
        Currency, Money,
        deposit::{Deposit, Simulated},
        statement::{Asked, Entry, PAGE},
        wallet::Balance,
        withdrawal::{Queued, Withdrawal, WithdrawalAction},
    },
    server::{self, bank::BankAccount, gateway},
};
use plenum_core::{
    ids::{DepositId, PostingId, WithdrawalId},
    people::Scope,
};
use plenum_store::db::Tx;
use plenum_web::{
    api::{Before, Command, Endpoints, Keyed, Page, Path, Program, Query},
    problem::Problem,
};

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default()
        .with(routes!(read_wallet))
        .with(routes!(read_statement))
        .with(routes!(begin_deposit))
        .with(routes!(read_deposit))
        .with(routes!(simulate_answer))
        .with(routes!(list_withdrawals, request_withdrawal))
        .with(routes!(list_queue))
        .with(routes!(act_on_withdrawal))
}

/// What somebody has.
#[derive(Serialize, ToSchema)]
struct Purse {
    /// By currency; euros are always there.
    balances: Vec<Balance>,
    /// Below this balance its owner is reminded, in minor units.
    low_balance: i64,
}

/// Shows what one has.
#[utoipa::path(get, path = "/api/v1/wallet", tag = "Wallet", security(("token" = ["read"])),
    responses((status = 200, description = "As it is now.", body = Purse)))]
async fn read_wallet(program: Program) -> Result<Json<Purse>, Problem> {
    program.asks()?;
    let (balances, low_balance) = server::reading::balances(&mut *program.state.store.read().await?, program.who.person).await?;
    Ok(Json(Purse { balances, low_balance }))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only entries below this id: the `next` of the page before.
    #[param(inline)]
    before: Option<Before>,
    /// Of which currency; euros unless it is said.
    #[serde(default)]
    #[param(required = false, inline, value_type = Currency)]
    currency: String,
    /// Only of this kind.
    #[serde(default)]
    #[param(required = false, pattern = "^(deposit|withdrawal|withdrawal_returned|payment|refund|credit|opening)$")]
    kind: String,
    /// The first day, in the zone of its owner.
    #[serde(default)]
    #[param(required = false, format = Date, example = "2026-11-01")]
    from: String,
    /// The last day, likewise.
    #[serde(default)]
    #[param(required = false, format = Date, example = "2026-11-30")]
    to: String,
}

/// Lists what has moved in one's wallet, the newest first.
#[utoipa::path(get, path = "/api/v1/wallet/statement", tag = "Wallet", security(("token" = ["read"])), params(Wanted),
    responses((status = 200, description = "Thirty at most, each with the balance after it.", body = Page<Entry>)))]
async fn read_statement(program: Program, Query(wanted): Query<Wanted>) -> Result<Json<Page<Entry>>, Problem> {
    program.asks()?;
    let Wanted { before, currency, kind, from, to } = wanted;
    let mut tx = program.state.store.read().await?;
    let person = program.who.person;
    let filter = server::reading::filter(&mut tx, person, &Asked { currency, kind, from, to }).await?;
    let mut data = server::reading::entries(&mut tx, person, &filter, before.map(|before| PostingId(before.get())), PAGE + 1).await?;
    let has_more = data.len() > PAGE;
    data.truncate(PAGE);
    let next = data.last().filter(|_| has_more).map(|oldest| oldest.id.0);
    Ok(Json(Page { data, next }))
}

/// An amount.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDeposit {
    /// In minor units.
    #[schema(minimum = 100, maximum = 1_000_000)]
    amount: i64,
    /// Of which currency.
    currency: Currency,
}

/// Begins a deposit: `checkout_url` is where its person pays.
///
/// It is pending until the payment gateway has answered, thirty minutes at most; its person's channel tells (`deposit.completed`,
/// `balance.changed`).
#[utoipa::path(post, path = "/api/v1/wallet/deposits", tag = "Wallet", security(("token" = ["write"])), params(Keyed),
    request_body(content = NewDeposit, example = json!({ "amount": 5000, "currency": "EUR" })),
    responses((status = 201, description = "It is under way.", body = Deposit),
        (status = 409, description = "There is no payment gateway, or too many deposits are under way.")))]
async fn begin_deposit(program: Program, command: Command<NewDeposit>) -> Result<Response, Problem> {
    program.commands()?;
    let gateway = gateway::gateway_for_deposits(&program.state)?;
    let (who, adapter) = (program.who.clone(), gateway.name());
    let begun = program.once(command, async move |tx: &mut Tx, wanted: &NewDeposit| {
        server::deposits::begin(tx, &who, adapter, Money::new(wanted.amount, wanted.currency), None).await
    });
    // The reply that is stored does not know the way yet; asked again, the gateway gives the same.
    let begun = begun.await?;
    let checkout_url = server::deposits::lead(&program.state, &*gateway, &program.who, begun.clone()).await?.checkout_url;
    Ok((StatusCode::CREATED, Json(Deposit { checkout_url, ..begun })).into_response())
}

/// Shows one of one's deposits.
#[utoipa::path(get, path = "/api/v1/wallet/deposits/{id}", tag = "Wallet", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The deposit.", minimum = 1)),
    responses((status = 200, description = "As it is now.", body = Deposit), (status = 404, description = "One has no such deposit.")))]
async fn read_deposit(program: Program, Path(id): Path<i64>) -> Result<Json<Deposit>, Problem> {
    program.asks()?;
    let deposit = server::deposits::deposit_find(&mut *program.state.store.look().await?, program.who.person, DepositId(id)).await?;
    Ok(Json(deposit))
}

/// What the simulator is to answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToSimulate {
    /// `approve`, `decline`, `late` (it approves after five seconds), `twice`, or `contradict` (it declines, then approves).
    #[schema(pattern = "^(approve|decline|late|twice|contradict)$")]
    outcome: String,
}

/// Lets the simulated gateway answer for a deposit.
///
/// For trying Plenum out: elsewhere than on a developer's own machine it does not exist.
#[utoipa::path(post, path = "/api/v1/wallet/deposits/{id}/simulate", tag = "Wallet", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The deposit.", minimum = 1), Keyed),
    request_body(content = ToSimulate, example = json!({ "outcome": "approve" })),
    responses((status = 200, description = "As it is then.", body = Deposit), (status = 404, description = "One has no such deposit, or there is no simulator.")))]
async fn simulate_answer(program: Program, Path(id): Path<i64>, command: Command<ToSimulate>) -> Result<Json<Deposit>, Problem> {
    program.commands()?;
    let outcome = Simulated::parse(&command.body.outcome)?;
    // The key says whether it is the same request. The effect is the callback's, which is idempotent by itself: one that did not arrive
    // is called again.
    program.first(command).await?;
    Ok(Json(server::simulator::simulate(&program.state, &program.who, DepositId(id), outcome).await?))
}

/// Lists one's withdrawals: all that are under way, and the last that ended.
#[utoipa::path(get, path = "/api/v1/wallet/withdrawals", tag = "Wallet", security(("token" = ["read"])),
    responses((status = 200, description = "The newest first.", body = Page<Withdrawal>)))]
async fn list_withdrawals(program: Program) -> Result<Json<Page<Withdrawal>>, Problem> {
    program.asks()?;
    let data = server::reading::withdrawals_of(&mut *program.state.store.look().await?, program.who.person).await?;
    Ok(Json(Page { data, next: None }))
}

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWithdrawal {
    /// In minor units.
    #[schema(minimum = 100)]
    amount: i64,
    /// Of which currency.
    currency: Currency,
    /// Who holds the account that it goes to.
    #[schema(min_length = 1, max_length = 70)]
    holder: String,
    /// The account's IBAN, of a country whose banks take SEPA transfers. It is sealed, and shown shortened from then on.
    #[schema(example = "DE89 3704 0044 0532 0130 00")]
    iban: String,
    /// The BIC of its bank.
    #[serde(default)]
    bic: String,
}

/// Asks for money; it is set aside until an admin has decided.
#[utoipa::path(post, path = "/api/v1/wallet/withdrawals", tag = "Wallet", security(("token" = ["write"])), params(Keyed),
    request_body(content = NewWithdrawal, example = json!({ "amount": 5000, "currency": "EUR", "holder": "Sam Adeyemi", "iban": "DE89 3704 0044 0532 0130 00" })),
    responses((status = 201, description = "It is set aside.", body = Withdrawal),
        (status = 409, description = "There is not enough, or too many are under way.")))]
async fn request_withdrawal(program: Program, mut command: Command<NewWithdrawal>) -> Result<Response, Problem> {
    program.commands()?;
    let who = program.who.clone();
    let NewWithdrawal { holder, iban, bic, .. } = &command.body;
    let account = BankAccount::parse(holder, iban, bic)?;
    command.forget("iban");
    let requested = program.once(command, async move |tx: &mut Tx, wanted: &NewWithdrawal| {
        server::withdrawals::request(tx, &who, Money::new(wanted.amount, wanted.currency), &account).await
    });
    Ok((StatusCode::CREATED, Json(requested.await?)).into_response())
}

/// Lists the withdrawals of the organisation: all that are under way, and the last that ended.
///
/// For admins.
#[utoipa::path(get, path = "/api/v1/wallet/queue", tag = "Wallet", security(("token" = ["admin"])),
    responses((status = 200, description = "The newest first.", body = Page<Queued>)))]
async fn list_queue(program: Program) -> Result<Json<Page<Queued>>, Problem> {
    program.needs(Scope::Admin)?;
    let Program { state, who, .. } = &program;
    let queue = server::reading::queue(&mut *state.store.read().await?, who, state.store.epoch()).await?;
    Ok(Json(Page { data: queue.state.withdrawals, next: None }))
}

/// What is done to a withdrawal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WithdrawalToDo)]
struct ToDo {
    /// `cancel` for its owner; `approve`, `reject` and `process` for admins, with the scope `admin`.
    act: WithdrawalAction,
    /// Why it is rejected: its owner reads it.
    #[serde(default)]
    #[schema(max_length = 240)]
    reason: String,
}

/// Cancels a withdrawal of one's own, or decides about somebody else's.
///
/// Nobody decides about their own.
#[utoipa::path(post, path = "/api/v1/wallet/withdrawals/{id}/act", tag = "Wallet", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The withdrawal.", minimum = 1), Keyed),
    request_body(content = ToDo, example = json!({ "act": "cancel" })),
    responses((status = 200, description = "As it is now.", body = Withdrawal), (status = 404, description = "There is no such withdrawal."),
        (status = 409, description = "That cannot be done to it any more.")))]
async fn act_on_withdrawal(program: Program, Path(id): Path<i64>, command: Command<ToDo>) -> Result<Json<Withdrawal>, Problem> {
    program.commands()?;
    if command.body.act != WithdrawalAction::Cancel {
        program.needs(Scope::Admin)?;
    }
    let who = program.who.clone();
    let acted = program.once(command, async move |tx: &mut Tx, wanted: &ToDo| {
        server::withdrawals::act(tx, &who, WithdrawalId(id), wanted.act, &wanted.reason).await
    });
    Ok(Json(acted.await?))
}
