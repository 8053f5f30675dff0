//! Payments by card on the ledger. What is captured comes from outside into the account `captured`, and leaves it once: for an order, a
//! wallet, or back outside.

use super::payments::CardPayment;
use crate::server::ledger::{self, AccountKind, Bill, Transfer, TransferKind};
use plenum_core::{
    error::AppResult,
    ids::{AccountId, PersonId},
};
use plenum_store::db::Tx;

/// What moves, and why.
struct Move<'a> {
    kind: TransferKind,
    key: String,
    subject: i64,
    note: &'a str,
    by: Option<PersonId>,
    from: AccountId,
    to: AccountId,
}

async fn post(tx: &mut Tx, payment: &CardPayment, moves: Move<'_>) -> AppResult<()> {
    let Move { kind, key, subject, note, by, from, to } = moves;
    let postings = [(to, payment.amount), (from, -payment.amount)];
    let transfer = Transfer { organisation: payment.organisation_id, kind, key, subject, note, by, postings: &postings };
    ledger::post(tx, transfer).await.map(drop)
}

async fn account(tx: &mut Tx, payment: &CardPayment, kind: AccountKind) -> AppResult<AccountId> {
    ledger::organisation_account(tx, payment.organisation_id, kind, payment.currency).await
}

/// The gateway has the money.
pub(super) async fn capture(tx: &mut Tx, payment: &CardPayment) -> AppResult<()> {
    let (from, to) = (account(tx, payment, AccountKind::Gateway).await?, account(tx, payment, AccountKind::Captured).await?);
    let (kind, key, subject) = (TransferKind::Capture, format!("capture:card:{}", payment.id), payment.id.0);
    post(tx, payment, Move { kind, key, subject, note: "", by: Some(payment.person_id), from, to }).await
}

/// What was captured pays an order, once.
///
/// # Errors
/// 409 if it is paid already.
pub async fn pay_order(tx: &mut Tx, payment: &CardPayment, bill: Bill<'_>) -> AppResult<()> {
    let (from, to) = (account(tx, payment, AccountKind::Captured).await?, account(tx, payment, AccountKind::Sales).await?);
    let (kind, key, subject) = (TransferKind::Payment, format!("payment:order:{}", bill.order), bill.order.0);
    post(tx, payment, Move { kind, key, subject, note: bill.note, by: Some(bill.person), from, to }).await
}

/// What was captured goes into its person's wallet, because what it was for is not there any more.
pub(super) async fn credit(tx: &mut Tx, payment: &CardPayment) -> AppResult<()> {
    let from = account(tx, payment, AccountKind::Captured).await?;
    let to = ledger::of_person(tx, payment.organisation_id, payment.person_id, payment.currency).await?;
    let (kind, key, subject) = (TransferKind::Credit, format!("credit:card:{}", payment.id), payment.id.0);
    post(tx, payment, Move { kind, key, subject, note: &payment.title, by: None, from, to }).await
}

/// The gateway has given back what was captured.
pub(super) async fn give_back(tx: &mut Tx, payment: &CardPayment) -> AppResult<()> {
    let (from, to) = (account(tx, payment, AccountKind::Captured).await?, account(tx, payment, AccountKind::Gateway).await?);
    let (kind, key, subject) = (TransferKind::Return, format!("return:card:{}", payment.id), payment.id.0);
    post(tx, payment, Move { kind, key, subject, note: "", by: None, from, to }).await
}
