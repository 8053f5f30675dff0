//! Money on its way in. What a gateway answers has one effect, however often and in whatever order it comes.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    card,
    gateway::{self, Answer, Outcome, Payment, PaymentGateway, Purpose},
    ledger::{self, AccountKind, Transfer, TransferKind},
    notices,
};
use crate::{
    live::WalletEvent,
    model::{
        Currency, Money,
        deposit::{Deposit, DepositAction, DepositState, Errand, PATIENCE, UNDER_WAY, check_amount, contradicts, transition},
    },
    words,
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{DepositId, Millis, OrganisationId, PersonId},
    people::Identity,
};
use plenum_store::{
    db::{Activity, Conn, Store, Tx},
    idempotency::{once, parse_key},
    jobs::{self, Job},
};
use plenum_web::state::AppState;

/// The jobs that end what was not paid in time.
pub const EXPIRE: &str = "wallet.expire";

/// The columns of a [`Deposit`].
pub(super) const COLUMNS: &str = "id, amount, currency, state, checkout_url, created_at, expires_at, ended_at";

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

/// Begins a deposit, once for `key`, and asks the gateway where it is paid: two steps, because no write waits for a gateway.
///
/// # Errors
/// 409 if there is no gateway, or too many are under way; 422 `amount` or `key`; those of the gateway.
pub async fn begin_and_lead(state: &AppState, who: &Identity, key: &str, money: Money, errand: Option<Errand>) -> AppResult<Deposit> {
    let key = parse_key(key)?;
    let gateway = gateway::gateway_for_deposits(state)?;
    let (by, adapter) = (who.clone(), gateway.name());
    let write = async move |tx: &mut Tx| {
        let request = ("wallet/deposit", money, errand.as_ref().map(|errand| &errand.path));
        let effect = async |tx: &mut Tx| begin(tx, &by, adapter, money, errand.as_ref()).await;
        once(tx, by.person, &key, &request, effect).await
    };
    let deposit = state.store.write(write).await?;
    lead(state, &*gateway, who, deposit).await
}

/// Begins a deposit; the gateway is asked after this transaction, by [`lead`].
///
/// # Errors
/// 422 `amount`; 409 if too many are under way.
pub async fn begin(tx: &mut Tx, who: &Identity, adapter: &str, money: Money, errand: Option<&Errand>) -> AppResult<Deposit> {
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
        "insert into deposits (organisation_id, person_id, adapter, reference, state, currency, amount, created_at, expires_at,
           back_path, back_until)
         values ($1, $2, $3, $4, 'pending', $5, $6, $7, $8, $9, $10) returning {COLUMNS}"
    );
    let reference = format!("{:032x}", rand::random::<u128>());
    let deposit: Deposit = sqlx::query_as(sqlx::AssertSqlSafe(statement))
        .bind(who.organisation)
        .bind(who.person)
        .bind(adapter)
        .bind(&reference)
        .bind(money.currency)
        .bind(money.amount)
        .bind(tx.now())
        .bind(tx.now() + PATIENCE)
        .bind(errand.map_or("", |errand| errand.path.as_str()))
        .bind(errand.and_then(|errand| errand.until))
        .fetch_one(&mut **tx)
        .await?;
    if adapter == card::NAME {
        card::payments::begin_deposit(tx, who, &deposit, &reference).await?;
    }
    let (id, due_at) = (deposit.id, deposit.expires_at);
    jobs::schedule(tx, Job { kind: EXPIRE, payload: json!({ "deposit": id }), unique_key: Some(format!("{EXPIRE}:{id}")), due_at }).await?;
    notices::deposit(tx, who.person, deposit.clone(), WalletEvent::DepositBegun).await?;
    tx.record(Activity::by(who, Record::DepositBegun, Subject::named(id.0, &money.to_string())).about(who.person)).await?;
    Ok(deposit)
}

/// Asks the gateway where a deposit is paid, unless it has said so already.
///
/// # Errors
/// If the gateway cannot be reached; the deposit can be led on later.
pub async fn lead(state: &AppState, gateway: &dyn PaymentGateway, who: &Identity, deposit: Deposit) -> AppResult<Deposit> {
    if !deposit.checkout_url.is_empty() || !deposit.is_open() {
        return Ok(deposit);
    }
    let (id, person) = (deposit.id, who.person);
    let by_card = card::payments::of_deposit(&mut *state.store.look().await?, id).await?;
    let checkout_url = match by_card {
        Some(by_card) => card::lead(state, person, by_card.id).await?,
        None => {
            let payment = payment(&mut *state.store.look().await?, Some(person), id).await?;
            gateway.begin(&payment).await?.checkout_url
        }
    };
    let write = async move |tx: &mut Tx| {
        let statement = format!("update deposits set checkout_url = $2 where id = $1 and checkout_url = '' returning {COLUMNS}");
        let led: Option<Deposit> =
            sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).bind(&checkout_url).fetch_optional(&mut **tx).await?;
        let Some(led) = led else { return deposit_find(tx, person, id).await };
        notices::deposit(tx, person, led.clone(), WalletEvent::DepositBegun).await?;
        Ok(led)
    };
    state.store.write(write).await
}

/// Where a page without scripts goes on to what is paid at `checkout_url`: its forms lead nowhere but on this site, so that it goes to
/// the wallet, where a link does.
pub fn path_to_pay(checkout_url: &str) -> String {
    if checkout_url.starts_with('/') { checkout_url } else { "/wallet" }.to_owned()
}

/// One of a person's deposits.
///
/// # Errors
/// 404.
pub async fn deposit_find(conn: &mut Conn, person: PersonId, id: DepositId) -> AppResult<Deposit> {
    let statement = format!("select {COLUMNS} from deposits where id = $1 and person_id = $2");
    let found: Option<Deposit> = sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).bind(person).fetch_optional(conn).await?;
    found.ok_or_else(|| AppError::no_such("deposit"))
}

/// What one of a person's deposits was begun for, if it was for something.
///
/// # Errors
/// 404.
pub async fn errand(conn: &mut Conn, person: PersonId, id: DepositId) -> AppResult<Option<Errand>> {
    let found: Option<(String, Option<Millis>)> =
        sqlx::query_as("select back_path, back_until from deposits where id = $1 and person_id = $2")
            .bind(id)
            .bind(person)
            .fetch_optional(conn)
            .await?;
    let (path, until) = found.ok_or_else(|| AppError::no_such("deposit"))?;
    Ok((!path.is_empty()).then_some(Errand { path, until }))
}

/// A deposit as its gateway knows it; of `person` only, if one is given.
///
/// # Errors
/// 404.
pub async fn payment(conn: &mut Conn, person: Option<PersonId>, id: DepositId) -> AppResult<Payment> {
    let found: Option<(String, i64, Currency, Millis)> = sqlx::query_as(
        "select reference, amount, currency, expires_at from deposits where id = $1 and person_id = coalesce($2, person_id)",
    )
    .bind(id)
    .bind(person)
    .fetch_optional(conn)
    .await?;
    let (reference, amount, currency, expires_at) = found.ok_or_else(|| AppError::no_such("deposit"))?;
    let (purpose, money) = (Purpose::Deposit(id), Money::new(amount, currency));
    Ok(Payment { purpose, reference, money, title: words::CARD_ADD_TITLE.to_owned(), expires_at })
}

/// Takes what a gateway says of a payment: the same answer again has the effect that it had, and no other.
///
/// # Errors
/// 404 for a payment that this gateway was not asked for; 422 `amount` if it is about another amount.
pub async fn answer(tx: &mut Tx, adapter: &str, answer: &Answer) -> AppResult<Effect> {
    let statement = format!("select {COLUMNS}, organisation_id, person_id from deposits where adapter = $1 and reference = $2");
    let found: Option<Row> =
        sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(adapter).bind(&answer.reference).fetch_optional(&mut **tx).await?;
    let row = found.ok_or_else(|| AppError::no_such("deposit"))?;
    if row.deposit.money() != answer.money() {
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
        Outcome::Expired => return Err(AppError::invalid("outcome", "A payment is approved or declined.")),
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
        Effect::Credited => credit(tx, &row, AccountKind::Gateway).await?,
        Effect::Declined => end(tx, &row, DepositState::Declined).await?,
        Effect::Disputed => {
            tracing::error!(deposit.id = row.deposit.id.0, "a gateway contradicts itself");
            record(tx, &row, Record::DepositDisputed).await?;
        }
        Effect::Nothing => {}
    }
    Ok(effect)
}

async fn row(tx: &mut Tx, id: DepositId) -> AppResult<Row> {
    let statement = format!("select {COLUMNS}, organisation_id, person_id from deposits where id = $1");
    let found: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).fetch_optional(&mut **tx).await?;
    found.ok_or_else(|| AppError::no_such("deposit"))
}

/// A card was charged for a deposit: puts what was captured into the wallet. False if the deposit is at another end; nothing moves then.
pub(super) async fn complete(tx: &mut Tx, id: DepositId) -> AppResult<bool> {
    let row = row(tx, id).await?;
    if transition(row.deposit.state, DepositAction::Approve).is_none() {
        return Ok(false);
    }
    credit(tx, &row, AccountKind::Captured).await.map(|()| true)
}

/// A card was not charged for a deposit.
pub(super) async fn close(tx: &mut Tx, id: DepositId, action: DepositAction) -> AppResult<()> {
    let row = row(tx, id).await?;
    match transition(row.deposit.state, action) {
        Some(state) => end(tx, &row, state).await,
        None => Ok(()),
    }
}

/// The gateway has charged a card for a deposit that it had declined.
pub(super) async fn dispute(tx: &mut Tx, id: DepositId) -> AppResult<()> {
    tracing::error!(deposit.id = id.0, "a gateway contradicts itself");
    let row = row(tx, id).await?;
    record(tx, &row, Record::DepositDisputed).await
}

/// Puts the money into the wallet, from where it is.
async fn credit(tx: &mut Tx, row: &Row, from: AccountKind) -> AppResult<()> {
    let Row { deposit, organisation_id: organisation, person_id: person } = row;
    // What is pending is another before the balance is told.
    let completed = set(tx, deposit.id, DepositState::Completed).await?;
    let wallet = ledger::of_person(tx, *organisation, *person, deposit.currency).await?;
    let from = ledger::organisation_account(tx, *organisation, from, deposit.currency).await?;
    let postings = [(wallet, deposit.amount), (from, -deposit.amount)];
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
    notices::deposit(tx, *person, completed, WalletEvent::DepositCompleted).await?;
    notices::notify(tx, *person, format!("deposit:{}", deposit.id), words::DEPOSIT_ARRIVED, "").await?;
    record(tx, row, Record::DepositCompleted).await
}

/// Ends a deposit without the money.
async fn end(tx: &mut Tx, row: &Row, state: DepositState) -> AppResult<()> {
    let ended = set(tx, row.deposit.id, state).await?;
    let (event, record_of): (fn(_) -> _, _) = match state {
        DepositState::Declined => (WalletEvent::DepositDeclined, Record::DepositDeclined),
        _ => (WalletEvent::DepositExpired, Record::DepositExpired),
    };
    notices::deposit(tx, row.person_id, ended, event).await?;
    record(tx, row, record_of).await
}

async fn set(tx: &mut Tx, id: DepositId, state: DepositState) -> AppResult<Deposit> {
    if state != DepositState::Expired {
        jobs::cancel(tx, &format!("{EXPIRE}:{id}")).await?;
    }
    let statement = format!("update deposits set state = $2, ended_at = $3 where id = $1 returning {COLUMNS}");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).bind(state).bind(tx.now()).fetch_one(&mut **tx).await?)
}

async fn record(tx: &mut Tx, row: &Row, record: Record) -> AppResult<()> {
    let subject = Subject::named(row.deposit.id.0, &row.deposit.money().to_string());
    tx.record(Activity::new(row.organisation_id, None, record, subject).about(row.person_id)).await
}

/// Ends a deposit that was not paid in time; the handler of the jobs.
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
