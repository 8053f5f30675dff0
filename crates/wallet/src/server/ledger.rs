//! The ledger: accounts, transfers and their postings (I13).
//!
//! A transfer's postings sum to zero. The balance of an account is changed in the transaction that posts to it, under the check
//! `balance >= floor`, so that nobody spends what they do not have, whoever else is paying at the same time. Nothing is ever changed:
//! triggers refuse it.

use sqlx::error::ErrorKind;

use super::balances;
use crate::{
    live::{BalanceChanged, WalletEvent},
    model::{Currency, Money, statement::Entry},
};
use plenum_core::{
    error::{AppError, AppResult, ErrorCode},
    ids::{AccountId, OrderId, OrganisationId, PersonId, PostingId, TransferId},
};
use plenum_store::db::{Conn, Tx, violates_unique};

pub use crate::model::statement::TransferKind;

/// Who or what holds money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "snake_case")]
pub enum AccountKind {
    /// A person's wallet; never below zero.
    Person,
    /// The world outside: below zero by what has come in.
    Gateway,
    /// What is on its way out, until it is processed.
    Withdrawals,
    /// What the institution has sold.
    Sales,
    /// What cards were charged, until it is used or back.
    Captured,
}

/// Money that is to move.
#[derive(Debug, Clone)]
pub struct Transfer<'a> {
    /// Whose ledger.
    pub organisation: OrganisationId,
    /// Why.
    pub kind: TransferKind,
    /// What makes it happen once: `payment:order:12`.
    pub key: String,
    /// The deposit, withdrawal or order that it is for.
    pub subject: i64,
    /// What a statement says of it.
    pub note: &'a str,
    /// On whose behalf; none: Plenum itself.
    pub by: Option<PersonId>,
    /// What each account gets (above zero) or gives, in minor units.
    pub postings: &'a [(AccountId, i64)],
}

/// The account of `person` in `currency`, made if there is none.
pub async fn of_person(tx: &mut Tx, organisation: OrganisationId, person: PersonId, currency: Currency) -> AppResult<AccountId> {
    let known = sqlx::query_scalar("select id from accounts where person_id = $1 and currency = $2")
        .bind(person)
        .bind(currency)
        .fetch_optional(&mut **tx);
    if let Some(id) = known.await? {
        return Ok(id);
    }
    let made = sqlx::query_scalar(
        "insert into accounts (organisation_id, kind, person_id, currency, floor, created_at) values ($1, 'person', $2, $3, 0, $4) returning id",
    );
    Ok(made.bind(organisation).bind(person).bind(currency).bind(tx.now()).fetch_one(&mut **tx).await?)
}

/// What `person` can spend in `currency`.
pub async fn available(conn: &mut Conn, person: PersonId, currency: Currency) -> AppResult<Money> {
    let balance = sqlx::query_scalar("select balance from accounts where person_id = $1 and currency = $2");
    let balance: Option<i64> = balance.bind(person).bind(currency).fetch_optional(conn).await?;
    Ok(Money::new(balance.unwrap_or_default(), currency))
}

/// The organisation's own account of `kind` in `currency`, made if there is none.
pub async fn organisation_account(
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: AccountKind,
    currency: Currency,
) -> AppResult<AccountId> {
    let known =
        sqlx::query_scalar("select id from accounts where organisation_id = $1 and kind = $2 and currency = $3 and person_id is null")
            .bind(organisation)
            .bind(kind)
            .bind(currency)
            .fetch_optional(&mut **tx);
    if let Some(id) = known.await? {
        return Ok(id);
    }
    // The world outside has no floor; nobody else gives what they do not have.
    let floor = (kind != AccountKind::Gateway).then_some(0);
    let made = sqlx::query_scalar(
        "insert into accounts (organisation_id, kind, currency, floor, created_at) values ($1, $2, $3, $4, $5) returning id",
    );
    Ok(made.bind(organisation).bind(kind).bind(currency).bind(floor).bind(tx.now()).fetch_one(&mut **tx).await?)
}

/// An account that money is posted to.
#[derive(sqlx::FromRow)]
struct Posted {
    balance: i64,
    person_id: Option<PersonId>,
    currency: Currency,
}

/// Moves money, once for its key; the people whose wallets it moves are told (S1-37). What does not go through leaves no trace: the caller's transaction is to be given up then.
///
/// # Errors
/// 409 `balance` if an account does not have it, 409 if it has moved already.
pub async fn post(tx: &mut Tx, transfer: Transfer<'_>) -> AppResult<TransferId> {
    if transfer.postings.iter().map(|(_, amount)| i128::from(*amount)).sum::<i128>() != 0 {
        tracing::error!(transfer.key, "the postings of a transfer do not sum to zero");
        return Err(AppError::internal());
    }
    let id: TransferId = sqlx::query_scalar(
        "insert into transfers (organisation_id, kind, key, subject_id, note, by_person_id, at) values ($1, $2, $3, $4, $5, $6, $7) returning id",
    )
    .bind(transfer.organisation)
    .bind(transfer.kind)
    .bind(transfer.key)
    .bind(transfer.subject)
    .bind(transfer.note)
    .bind(transfer.by)
    .bind(tx.now())
    .fetch_one(&mut **tx)
    .await
    .map_err(|error| if violates_unique(&error, "transfers.key") { AppError::conflict("That has been paid already.") } else { error.into() })?;
    for (account, amount) in transfer.postings {
        let statement = "update accounts set balance = balance + $2 where id = $1 returning balance, person_id, currency";
        let posted: Posted = sqlx::query_as(statement).bind(account).bind(amount).fetch_one(&mut **tx).await.map_err(too_little)?;
        let insert = "insert into postings (transfer_id, account_id, amount, balance_after) values ($1, $2, $3, $4) returning id";
        let posting: PostingId =
            sqlx::query_scalar(insert).bind(id).bind(account).bind(amount).bind(posted.balance).fetch_one(&mut **tx).await?;
        let Posted { balance, person_id: Some(person), currency } = posted else { continue };
        let (note, at) = (transfer.note.to_owned(), tx.now());
        let entry = Entry { id: posting, at, kind: transfer.kind, note, amount: *amount, balance, currency };
        let balance = balances::balance(tx, person, currency).await?;
        tx.announce(person, &WalletEvent::BalanceChanged(BalanceChanged { balance, entry }));
    }
    Ok(id)
}

fn too_little(error: sqlx::Error) -> AppError {
    if error.as_database_error().is_some_and(|refused| refused.kind() == ErrorKind::CheckViolation) {
        return AppError::conflict("There is not enough in the wallet.").at_field("balance").with_code(ErrorCode::InsufficientBalance);
    }
    error.into()
}

/// What an order costs, and whose it is.
#[derive(Debug, Clone, Copy)]
pub struct Bill<'a> {
    /// Whose ledger.
    pub organisation: OrganisationId,
    /// Who pays, and gets back.
    pub person: PersonId,
    /// The order.
    pub order: OrderId,
    /// What a statement says.
    pub note: &'a str,
    /// How much; nothing moves for zero.
    pub money: Money,
}

/// Pays an order from its owner's wallet, once.
///
/// # Errors
/// 409 `balance` if there is not enough; 409 if it is paid already.
pub async fn pay(tx: &mut Tx, bill: Bill<'_>) -> AppResult<()> {
    let kind = TransferKind::Payment;
    between(tx, bill, kind, format!("payment:order:{}", bill.order), -bill.money.amount, Some(bill.person)).await
}

/// Gives some of an order back; `key` names which part, so that it is given back once.
///
/// # Errors
/// 409 if that was given back already, or the institution does not have it.
pub async fn refund(tx: &mut Tx, bill: Bill<'_>, key: &str, by: Option<PersonId>) -> AppResult<()> {
    let kind = TransferKind::Refund;
    between(tx, bill, kind, format!("refund:order:{}:{key}", bill.order), bill.money.amount, by).await
}

async fn between(tx: &mut Tx, bill: Bill<'_>, kind: TransferKind, key: String, gets: i64, by: Option<PersonId>) -> AppResult<()> {
    if gets == 0 {
        return Ok(());
    }
    let Money { currency, .. } = bill.money;
    let wallet = of_person(tx, bill.organisation, bill.person, currency).await?;
    let sales = organisation_account(tx, bill.organisation, AccountKind::Sales, currency).await?;
    let postings = [(wallet, gets), (sales, -gets)];
    let transfer = Transfer { organisation: bill.organisation, kind, key, subject: bill.order.0, note: bill.note, by, postings: &postings };
    post(tx, transfer).await.map(drop)
}

/// Gives a wallet what it begins with.
pub async fn open(tx: &mut Tx, organisation: OrganisationId, person: PersonId, money: Money) -> AppResult<()> {
    let wallet = of_person(tx, organisation, person, money.currency).await?;
    let gateway = organisation_account(tx, organisation, AccountKind::Gateway, money.currency).await?;
    let postings = [(wallet, money.amount), (gateway, -money.amount)];
    let key = format!("opening:{person}:{}", money.currency.code());
    let transfer = Transfer {
        organisation,
        kind: TransferKind::Opening,
        key,
        subject: person.0,
        note: "Opening balance",
        by: None,
        postings: &postings,
    };
    post(tx, transfer).await.map(drop)
}
