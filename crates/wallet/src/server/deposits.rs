//! Money on its way in. What a gateway answers has one effect, however often and in whatever order it comes.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    gateway::{Answer, Outcome, Payment, PaymentGateway},
    ledger::{self, AccountKind, Transfer, TransferKind},
    noted, telling,
};
use crate::{
    live::WalletEvent,
    model::{
        Currency, Money,
        deposit::{Deposit, DepositAction, DepositState, PATIENCE, UNDER_WAY, check_amount, contradicts, transition},
    },
    words,
};
use plenum_core::{
    activity::Verb,
    error::{AppError, AppResult},
    ids::{DepositId, OrganisationId, PersonId},
    people::Identity,
};
use plenum_store::{
    db::{Activity, Conn, Store, Tx},
    jobs::{self, Job},
};
use plenum_web::state::AppState;

/// The jobs that end what was not paid in time.
pub const EXPIRE: &str = "wallet.expire";

/// The columns of a [`Deposit`].
pub(super) const COLUMNS: &str = "id, amount, currency, state, way, created_at, expires_at, ended_at";

/// What came of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum Effect {
    /// The money is in the wallet.
    Credited,
    /// It will not be.
    Declined,
    /// Nothing: it had been said before, or came too late to matter.
    Nothing,
    /// Nothing, though it contradicts what was said before: people have to ask the gateway.
    Disputed,
}

/// A deposit with what only the server needs.
#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    deposit: Deposit,
    organisation_id: OrganisationId,
    person_id: PersonId,
}

/// Begins a deposit; the gateway is asked after this transaction, by [`lead`].
///
/// # Errors
/// 422 `amount`; 409 if too many are under way.
pub async fn begin(tx: &mut Tx, who: &Identity, adapter: &str, money: Money) -> AppResult<Deposit> {
    let money = check_amount(money)?;
    let under_way: i64 = sqlx::query_scalar("select count(*) from deposits where person_id = $1 and state = 'pending' and expires_at > $2")
        .bind(who.person)
        .bind(tx.now())
        .fetch_one(&mut **tx)
        .await?;
    if under_way >= UNDER_WAY {
        return Err(AppError::conflict(format!("{UNDER_WAY} deposits are under way. Pay one of them first, or wait until they expire.")));
    }
    // Where it will go: a wallet of this currency is shown from now on.
    ledger::of_person(tx, who.organisation, who.person, money.currency).await?;
    let statement = format!(
        "insert into deposits (organisation_id, person_id, adapter, reference, state, currency, amount, created_at, expires_at)
         values ($1, $2, $3, $4, 'pending', $5, $6, $7, $8) returning {COLUMNS}"
    );
    let deposit: Deposit = sqlx::query_as(sqlx::AssertSqlSafe(statement))
        .bind(who.organisation)
        .bind(who.person)
        .bind(adapter)
        .bind(format!("{:032x}", rand::random::<u128>()))
        .bind(money.currency)
        .bind(money.amount)
        .bind(tx.now())
        .bind(tx.now() + PATIENCE)
        .fetch_one(&mut **tx)
        .await?;
    let (id, due_at) = (deposit.id, deposit.expires_at);
    jobs::schedule(tx, Job { kind: EXPIRE, payload: json!({ "deposit": id }), unique_key: Some(format!("{EXPIRE}:{id}")), due_at }).await?;
    telling::deposit(tx, who.person, deposit.clone(), WalletEvent::DepositBegun).await?;
    tx.record(noted(Activity::by(who, Verb::DepositBegun, id.0).about(who.person), money)).await?;
    Ok(deposit)
}

/// Asks the gateway where a deposit is paid, unless it has said so already.
///
/// # Errors
/// If the gateway cannot be reached; the deposit can be led on later.
pub async fn lead(state: &AppState, gateway: &dyn PaymentGateway, who: &Identity, deposit: Deposit) -> AppResult<Deposit> {
    if !deposit.way.is_empty() || !deposit.is_open() {
        return Ok(deposit);
    }
    let (id, person) = (deposit.id, who.person);
    let payment = payment(&mut *state.store.look().await?, Some(person), id).await?;
    let way = gateway.begin(&payment).await?;
    let write = async move |tx: &mut Tx| {
        let statement = format!("update deposits set way = $2 where id = $1 and way = '' returning {COLUMNS}");
        let led: Option<Deposit> = sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).bind(&way).fetch_optional(&mut **tx).await?;
        let Some(led) = led else { return of(tx, person, id).await };
        telling::deposit(tx, person, led.clone(), WalletEvent::DepositBegun).await?;
        Ok(led)
    };
    state.store.write(write).await
}

/// One of a person's deposits.
///
/// # Errors
/// 404.
pub async fn of(conn: &mut Conn, person: PersonId, id: DepositId) -> AppResult<Deposit> {
    let statement = format!("select {COLUMNS} from deposits where id = $1 and person_id = $2");
    let found: Option<Deposit> = sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).bind(person).fetch_optional(conn).await?;
    found.ok_or_else(unknown)
}

fn unknown() -> AppError {
    AppError::not_found("There is no such deposit.")
}

/// A deposit as its gateway knows it; of `person` only, if one is given.
///
/// # Errors
/// 404.
pub async fn payment(conn: &mut Conn, person: Option<PersonId>, id: DepositId) -> AppResult<Payment> {
    let found: Option<(String, i64, Currency)> =
        sqlx::query_as("select reference, amount, currency from deposits where id = $1 and person_id = coalesce($2, person_id)")
            .bind(id)
            .bind(person)
            .fetch_optional(conn)
            .await?;
    let (reference, amount, currency) = found.ok_or_else(unknown)?;
    Ok(Payment { deposit: id, reference, money: Money::new(amount, currency) })
}

/// Takes what a gateway says of a payment: the same answer again has the effect that it had, and no other.
///
/// # Errors
/// 404 for a payment that this gateway was not asked for; 422 `amount` if it is about another amount.
pub async fn answer(tx: &mut Tx, adapter: &str, answer: &Answer) -> AppResult<Effect> {
    let statement = format!("select {COLUMNS}, organisation_id, person_id from deposits where adapter = $1 and reference = $2");
    let found: Option<Row> =
        sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(adapter).bind(&answer.reference).fetch_optional(&mut **tx).await?;
    let row = found.ok_or_else(unknown)?;
    if row.deposit.money() != Money::new(answer.amount, answer.currency) {
        tracing::error!(deposit.id = row.deposit.id.0, "a gateway answers for another amount than it was asked for");
        return Err(AppError::invalid("amount", "This is not the amount of that payment."));
    }
    if !(1..=64).contains(&answer.id.len()) {
        return Err(AppError::invalid("id", "An answer's id has 1 to 64 bytes."));
    }
    let known: Option<Effect> = sqlx::query_scalar("select effect from gateway_answers where deposit_id = $1 and answer = $2")
        .bind(row.deposit.id)
        .bind(&answer.id)
        .fetch_optional(&mut **tx)
        .await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let action = match answer.outcome {
        Outcome::Approved => DepositAction::Approve,
        Outcome::Declined => DepositAction::Decline,
    };
    let effect = match transition(row.deposit.state, action) {
        Some(DepositState::Completed) => Effect::Credited,
        Some(_) => Effect::Declined,
        None if contradicts(row.deposit.state, action) => Effect::Disputed,
        None => Effect::Nothing,
    };
    sqlx::query("insert into gateway_answers (deposit_id, answer, outcome, effect, at) values ($1, $2, $3, $4, $5)")
        .bind(row.deposit.id)
        .bind(&answer.id)
        .bind(answer.outcome)
        .bind(effect)
        .bind(tx.now())
        .execute(&mut **tx)
        .await?;
    match effect {
        Effect::Credited => credit(tx, &row).await?,
        Effect::Declined => end(tx, &row, DepositState::Declined).await?,
        Effect::Disputed => {
            tracing::error!(deposit.id = row.deposit.id.0, "a gateway contradicts itself");
            record(tx, &row, Verb::DepositDisputed).await?;
        }
        Effect::Nothing => {}
    }
    Ok(effect)
}

/// Puts the money into the wallet.
async fn credit(tx: &mut Tx, row: &Row) -> AppResult<()> {
    let Row { deposit, organisation_id: organisation, person_id: person } = row;
    // What is pending is another before the balance is told.
    let completed = set(tx, deposit.id, DepositState::Completed).await?;
    let wallet = ledger::of_person(tx, *organisation, *person, deposit.currency).await?;
    let gateway = ledger::own(tx, *organisation, AccountKind::Gateway, deposit.currency).await?;
    let postings = [(wallet, deposit.amount), (gateway, -deposit.amount)];
    let transfer = Transfer {
        organisation: *organisation,
        kind: TransferKind::Deposit,
        key: format!("deposit:{}", deposit.id),
        subject: deposit.id.0,
        note: "",
        by: Some(*person),
        postings: &postings,
    };
    ledger::post(tx, transfer).await?;
    telling::deposit(tx, *person, completed, WalletEvent::DepositCompleted).await?;
    telling::notify(tx, *person, format!("deposit:{}", deposit.id), words::DEPOSIT_ARRIVED, "").await?;
    record(tx, row, Verb::DepositCompleted).await
}

/// Ends a deposit without the money.
async fn end(tx: &mut Tx, row: &Row, state: DepositState) -> AppResult<()> {
    let ended = set(tx, row.deposit.id, state).await?;
    let (event, verb): (fn(_) -> _, _) = match state {
        DepositState::Declined => (WalletEvent::DepositDeclined, Verb::DepositDeclined),
        _ => (WalletEvent::DepositExpired, Verb::DepositExpired),
    };
    telling::deposit(tx, row.person_id, ended, event).await?;
    record(tx, row, verb).await
}

async fn set(tx: &mut Tx, id: DepositId, state: DepositState) -> AppResult<Deposit> {
    if state != DepositState::Expired {
        jobs::cancel(tx, &format!("{EXPIRE}:{id}")).await?;
    }
    let statement = format!("update deposits set state = $2, ended_at = $3 where id = $1 returning {COLUMNS}");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).bind(state).bind(tx.now()).fetch_one(&mut **tx).await?)
}

async fn record(tx: &mut Tx, row: &Row, verb: Verb) -> AppResult<()> {
    let activity = Activity::new(row.organisation_id, None, verb, row.deposit.id.0).about(row.person_id);
    tx.record(noted(activity, row.deposit.money())).await
}

/// Ends a deposit that was not paid in time; the handler of the jobs.
///
/// # Errors
/// If the database refuses.
pub async fn expire(store: Store, payload: Value) -> AppResult<()> {
    let id = payload.get("deposit").and_then(Value::as_i64).map(DepositId).ok_or_else(AppError::internal)?;
    store
        .write(async move |tx: &mut Tx| {
            let statement = format!("select {COLUMNS}, organisation_id, person_id from deposits where id = $1 and expires_at <= $2");
            let due: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).bind(tx.now()).fetch_optional(&mut **tx).await?;
            match due {
                Some(row) if transition(row.deposit.state, DepositAction::Expire).is_some() => end(tx, &row, DepositState::Expired).await,
                _ => Ok(()),
            }
        })
        .await
}
