//! What pages ask of wallets. Each command is also a plain form: without scripts it leads back to the page.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::model::{
    deposit::Deposit,
    statement::Asked,
    wallet::{Queue, Wallet},
};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{DepositId, PostingId, WithdrawalId},
    live::Snapshot,
};
#[cfg(feature = "ssr")]
use {
    super::{
        model::{Currency, Money, deposit::Simulated, withdrawal::WithdrawalAction},
        server::{self, gateway},
    },
    plenum_store::{
        db::Tx,
        idempotency::{once, parse_key},
    },
    plenum_web::request::{answer, asker, command, commander, show_done},
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
    let asker = asker();
    answer(async move {
        let (state, who) = asker?;
        let wallet = server::reading::wallet(&mut *state.store.read().await?, &who, state.store.epoch(), asked, before).await?;
        Ok(Opened { wallet, key: format!("{:032x}", rand::random::<u128>()), takes_deposits: gateway::of(&state).is_ok() })
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
    let asked = commander();
    let way = answer(async move {
        let (state, who) = asked?;
        let (money, key) = (money(&amount, &currency)?, parse_key(&key)?);
        let gateway = gateway::of(&state)?;
        let (by, adapter) = (who.clone(), gateway.name());
        let write = async move |tx: &mut Tx| {
            let request = ("wallet/deposit", money);
            once(tx, by.person, &key, &request, async |tx: &mut Tx| server::deposits::begin(tx, &by, adapter, money).await).await
        };
        let deposit = state.store.write(write).await?;
        Ok(server::deposits::lead(&state, &*gateway, &who, deposit).await?.way)
    });
    let way = way.await?;
    show_done(&way);
    Ok(way)
}

/// Reads an amount and its currency.
#[cfg(feature = "ssr")]
fn money(amount: &str, currency: &str) -> Result<Money, AppError> {
    let currency = if currency.is_empty() { Currency::default() } else { currency.parse()? };
    Money::parse("amount", amount, currency)
}

/// Asks for money, once for its key.
///
/// # Errors
/// 401; 409 `amount` if there is not enough; 409 if too many are under way; 422 `amount`, `currency`, `note` or `key`; 429.
#[server(name = RequestWithdrawal, prefix = "/fn", endpoint = "wallet/withdraw", output = Json)]
pub async fn request_withdrawal(
    #[server(default)] amount: String,
    #[server(default)] currency: String,
    #[server(default)] note: String,
    #[server(default)] key: String,
) -> Result<(), AppError> {
    command("/wallet?done=requested", move |state, who| async move {
        let (money, key) = (money(&amount, &currency)?, parse_key(&key)?);
        let write = async move |tx: &mut Tx| {
            let request = ("wallet/withdraw", money, &note);
            once(tx, who.person, &key, &request, async |tx: &mut Tx| server::withdrawals::request(tx, &who, money, &note).await).await
        };
        state.store.write(write).await.map(drop)
    })
    .await
}

/// Takes a withdrawal of one's own back.
///
/// # Errors
/// 401; 404; 409 if it is decided already; 429.
#[server(name = CancelWithdrawal, prefix = "/fn", endpoint = "wallet/cancel", output = Json)]
pub async fn cancel_withdrawal(id: WithdrawalId) -> Result<(), AppError> {
    command("/wallet?done=cancelled", move |state, who| async move {
        let write = async move |tx: &mut Tx| server::withdrawals::act(tx, &who, id, WithdrawalAction::Cancel, "").await;
        state.store.write(write).await.map(drop)
    })
    .await
}

/// Sets below which balance one is reminded; nothing or zero: never.
///
/// # Errors
/// 401; 422 `low_balance`; 429.
#[server(name = SetLowBalance, prefix = "/fn", endpoint = "wallet/low_balance", output = Json)]
pub async fn set_low_balance(#[server(default)] low_balance: String) -> Result<(), AppError> {
    command("/wallet?done=saved", move |state, who| async move {
        let text = if low_balance.trim().is_empty() { "0" } else { &low_balance };
        let money = Money::parse("low_balance", text, Currency::default())?;
        state.store.write(async move |tx: &mut Tx| server::set_low_balance(tx, &who, money).await).await
    })
    .await
}

/// One of one's deposits.
///
/// # Errors
/// 401; 404.
#[server(name = ReadDeposit, prefix = "/fn", endpoint = "wallet/one", input = GetUrl, output = Json)]
pub async fn deposit(id: DepositId) -> Result<Snapshot<Deposit>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        if !server::simulator::is_here(&state) {
            return Err(AppError::not_found("There is no such page."));
        }
        server::reading::deposit(&mut *state.store.read().await?, &who, state.store.epoch(), id).await
    })
    .await
}

/// Lets the simulator answer for a deposit: `approve`, `decline`, `late`, `twice` or `contradict`.
///
/// # Errors
/// 401; 404, elsewhere than on this machine too; 422 `outcome`; 429.
#[server(name = SimulateAnswer, prefix = "/fn", endpoint = "wallet/simulate", output = Json)]
pub async fn simulate(id: DepositId, #[server(default)] outcome: String) -> Result<Deposit, AppError> {
    command(&format!("/wallet/deposits/{id}/simulator"), move |state, who| async move {
        server::simulator::simulate(&state, &who, id, Simulated::parse(&outcome)?).await
    })
    .await
}

/// The withdrawals that the admins of the organisation decide about.
///
/// # Errors
/// 401; 403 unless one is an admin.
#[server(name = ListWithdrawals, prefix = "/fn", endpoint = "wallet/withdrawals", input = GetUrl, output = Json)]
pub async fn withdrawals() -> Result<Snapshot<Queue>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        server::reading::queue(&mut *state.store.read().await?, &who, state.store.epoch()).await
    })
    .await
}

/// Decides about a withdrawal: `approve`, `reject` with a reason, or `process`.
///
/// # Errors
/// 401; 403 unless one is an admin and somebody else than its owner; 404; 409 if it is decided already; 422 `act` or `reason`; 429.
#[server(name = DecideWithdrawal, prefix = "/fn", endpoint = "wallet/decide", output = Json)]
pub async fn decide(id: WithdrawalId, #[server(default)] act: String, #[server(default)] reason: String) -> Result<(), AppError> {
    command("/admin/withdrawals?done=decided", move |state, who| async move {
        let action = WithdrawalAction::parse(&act)?;
        state.store.write(async move |tx: &mut Tx| server::withdrawals::act(tx, &who, id, action, &reason).await).await.map(drop)
    })
    .await
}
