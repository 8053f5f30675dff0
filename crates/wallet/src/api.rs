//! What pages ask of wallets. Each command is also a plain form: without scripts it leads back to the page.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::model::{
    deposit::{Deposit, Errand},
    statement::Asked,
    wallet::{Queue, Wallet},
};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{DepositId, PaymentFileId, PostingId, WithdrawalId},
    live::Snapshot,
};
#[cfg(feature = "ssr")]
use {
    super::{
        model::{Currency, Money, deposit::Simulated, withdrawal::WithdrawalAction},
        server::{self, bank::BankAccount, gateway},
    },
    plenum_core::{cursor::Epoch, people::Identity},
    plenum_store::{
        db::{Conn, Tx},
        idempotency::{fresh_key, once, parse_key},
    },
    plenum_web::{
        server_fn::{command, command_with_input, command_with_state, query_snapshot, query_with_state},
        state::AppState,
    },
};

/// What the page of a wallet begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The wallet, with where its channel stands.
    pub wallet: Snapshot<Wallet>,
    /// For the next deposit or withdrawal of this page: sent twice, it is done once.
    pub key: String,
    /// There is a gateway that takes money.
    pub takes_deposits: bool,
}

/// One's wallet, with a page of the statement of a currency: what is below `before`.
///
/// # Errors
/// 401; 422 for the filter.
#[server(name = OpenWallet, prefix = "/fn", endpoint = "wallet/open", input = GetUrl, output = Json)]
pub async fn wallet(#[server(default)] asked: Asked, #[server(default)] before: Option<PostingId>) -> Result<Opened, AppError> {
    query_with_state(async move |state, who| {
        let wallet = server::reading::wallet(&mut *state.store.read().await?, &who, state.store.epoch(), asked, before).await?;
        Ok(Opened { wallet, key: fresh_key(), takes_deposits: gateway::takes_deposits(&state) })
    })
    .await
}

/// Begins a deposit, once for its key; returns where it is paid, and a page without scripts goes there.
///
/// # Errors
/// 401; 409 if there is no gateway, or too many are under way; 422 `amount`, `currency` or `key`; 429.
#[server(name = BeginDeposit, prefix = "/fn", endpoint = "wallet/deposit", output = Json)]
pub async fn begin_deposit(
    #[server(default)] amount: String,
    #[server(default)] currency: String,
    #[server(default)] key: String,
) -> Result<String, AppError> {
    let begin = async move |state: AppState, who: Identity| {
        let money = money(&amount, &currency)?;
        Ok(server::deposits::begin_and_lead(&state, &who, &key, money, None).await?.checkout_url)
    };
    command_with_state(begin).done_at(|checkout_url| server::deposits::path_to_pay(checkout_url)).await
}

/// Reads an amount and its currency.
#[cfg(feature = "ssr")]
fn money(amount: &str, currency: &str) -> Result<Money, AppError> {
    let currency = if currency.is_empty() { Currency::default() } else { currency.parse()? };
    Money::parse("amount", amount, currency)
}

/// Asks for money, to be paid to a bank account, once for its key.
///
/// # Errors
/// 401; 409 `amount` if there is not enough; 409 if too many are under way; 422 `amount`, `currency`, `holder`, `iban`, `bic` or `key`; 429.
#[server(name = RequestWithdrawal, prefix = "/fn", endpoint = "wallet/withdraw", output = Json)]
pub async fn request_withdrawal(
    #[server(default)] amount: String,
    #[server(default)] currency: String,
    #[server(default)] holder: String,
    #[server(default)] iban: String,
    #[server(default)] bic: String,
    #[server(default)] key: String,
) -> Result<(), AppError> {
    let input =
        move || -> Result<_, AppError> { Ok((money(&amount, &currency)?, BankAccount::parse(&holder, &iban, &bic)?, parse_key(&key)?)) };
    let request = async move |tx: &mut Tx, who: &Identity, (money, account, key): &(Money, BankAccount, String)| {
        // A hash of the request is stored: of a whole account it could be guessed.
        let request = ("wallet/withdraw", *money, account.shortened());
        let effect = async |tx: &mut Tx| server::withdrawals::request(tx, who, *money, account).await;
        once(tx, who.person, key, &request, effect).await.map(drop)
    };
    command_with_input(input, request).done("/wallet?done=requested").await
}

/// Gives the bank account that a withdrawal of one's own waits for.
///
/// # Errors
/// 401; 404; 409 if it does not wait for one; 422 `holder`, `iban` or `bic`; 429.
#[server(name = GiveAccount, prefix = "/fn", endpoint = "wallet/account", output = Json)]
pub async fn give_account(
    id: WithdrawalId,
    #[server(default)] holder: String,
    #[server(default)] iban: String,
    #[server(default)] bic: String,
) -> Result<(), AppError> {
    let give = async move |tx: &mut Tx, who: &Identity, account: &BankAccount| server::accounts::give(tx, who, id, account).await.map(drop);
    command_with_input(move || BankAccount::parse(&holder, &iban, &bic), give).done("/wallet?done=account").await
}

/// Takes a withdrawal of one's own back.
///
/// # Errors
/// 401; 404; 409 if it is decided already; 429.
#[server(name = CancelWithdrawal, prefix = "/fn", endpoint = "wallet/cancel", output = Json)]
pub async fn cancel_withdrawal(id: WithdrawalId) -> Result<(), AppError> {
    command(async move |tx, who| server::withdrawals::act(tx, who, id, WithdrawalAction::Cancel, "").await.map(drop))
        .done("/wallet?done=cancelled")
        .await
}

/// Sets below which balance one is reminded; nothing or zero: never.
///
/// # Errors
/// 401; 422 `low_balance`; 429.
#[server(name = SetLowBalance, prefix = "/fn", endpoint = "wallet/low_balance", output = Json)]
pub async fn set_low_balance(#[server(default)] low_balance: String) -> Result<(), AppError> {
    let money = move || {
        let text = if low_balance.trim().is_empty() { "0" } else { &low_balance };
        Money::parse("low_balance", text, Currency::default())
    };
    command_with_input(money, async move |tx, who, money| server::set_low_balance(tx, who, *money).await).done("/wallet?done=saved").await
}

/// One of one's deposits, and what it was begun for.
///
/// # Errors
/// 401; 404.
#[server(name = ReadDeposit, prefix = "/fn", endpoint = "wallet/one", input = GetUrl, output = Json)]
pub async fn deposit(id: DepositId) -> Result<(Snapshot<Deposit>, Option<Errand>), AppError> {
    query_with_state(async move |state, who| {
        if !server::simulator::is_here(&state) {
            return Err(AppError::no_such("page"));
        }
        let mut conn = state.store.read().await?;
        let errand = server::deposits::errand(&mut conn, who.person, id).await?;
        Ok((server::reading::deposit(&mut conn, &who, state.store.epoch(), id).await?, errand))
    })
    .await
}

/// Lets the simulator answer for a deposit: `approve`, `decline`, `late`, `twice` or `contradict`.
///
/// # Errors
/// 401; 404, elsewhere than on this machine too; 422 `outcome`; 429.
#[server(name = SimulateAnswer, prefix = "/fn", endpoint = "wallet/simulate", output = Json)]
pub async fn simulate(id: DepositId, #[server(default)] outcome: String) -> Result<Deposit, AppError> {
    command_with_state(async move |state, who| server::simulator::simulate(&state, &who, id, Simulated::parse(&outcome)?).await)
        .done(format!("/wallet/deposits/{id}/simulator"))
        .await
}

/// The withdrawals that the admins of the organisation decide about.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(name = ListWithdrawals, prefix = "/fn", endpoint = "wallet/withdrawals", input = GetUrl, output = Json)]
pub async fn withdrawals() -> Result<Snapshot<Queue>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| server::reading::queue(conn, who, epoch).await).await
}

/// Decides about a withdrawal: `approve`, `reject` with a reason, or `process`.
///
/// # Errors
/// 401; 403 unless one is an admin and somebody else than its owner; 404; 409 if it is decided already; 422 `act` or `reason`; 429.
#[server(name = DecideWithdrawal, prefix = "/fn", endpoint = "wallet/decide", output = Json)]
pub async fn decide(id: WithdrawalId, #[server(default)] act: String, #[server(default)] reason: String) -> Result<(), AppError> {
    let decide = async move |tx: &mut Tx, who: &Identity, action: &WithdrawalAction| {
        server::withdrawals::act(tx, who, id, *action, &reason).await.map(drop)
    };
    command_with_input(move || WithdrawalAction::parse(&act), decide).done("/admin/withdrawals?done=decided").await
}

/// The account that the organisation pays withdrawals from.
///
/// # Errors
/// 401; 403 unless one is an admin; 422 `holder`, `iban` or `bic`; 429.
#[server(name = SetPayer, prefix = "/fn", endpoint = "wallet/payer", output = Json)]
pub async fn set_payer(
    #[server(default)] holder: String,
    #[server(default)] iban: String,
    #[server(default)] bic: String,
) -> Result<(), AppError> {
    let set = async move |tx: &mut Tx, who: &Identity, account: &BankAccount| server::accounts::set_payer(tx, who, account).await;
    command_with_input(move || BankAccount::parse(&holder, &iban, &bic), set).done("/admin/withdrawals?done=payer").await
}

/// Makes a payment file of what is approved, once for its key.
///
/// # Errors
/// 401; 403 unless one is an admin; 409 if nothing is approved, there is no account to pay from, or somebody was faster; 422 `key`; 429.
#[server(name = MakePaymentFile, prefix = "/fn", endpoint = "wallet/make_file", output = Json)]
pub async fn make_payment_file(#[server(default)] key: String) -> Result<(), AppError> {
    command_with_state(async move |state: AppState, who: Identity| {
        server::payment_files::make(&state.store, &who, parse_key(&key)?).await.map(drop)
    })
    .done("/admin/withdrawals?done=file")
    .await
}

/// Marks a payment file as paid by the bank; its withdrawals are paid out.
///
/// # Errors
/// 401; 403 unless one is an admin without a withdrawal in it; 404; 409 if it is marked already; 429.
#[server(name = MarkPaid, prefix = "/fn", endpoint = "wallet/mark_paid", output = Json)]
pub async fn mark_paid(id: PaymentFileId) -> Result<(), AppError> {
    command(async move |tx, who| server::payment_files::mark_paid(tx, who, id).await.map(drop)).done("/admin/withdrawals?done=paid").await
}
