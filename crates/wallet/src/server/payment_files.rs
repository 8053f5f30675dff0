//! Payment files: what is approved, as the organisation's bank takes it.
//!
//! A file is made whole in one transaction, its bytes with it, so that each download gives the same and a crash leaves nothing half made. A
//! withdrawal is in one file at the most: its number is the key of `payment_file_items`. Nobody makes a file with a withdrawal of their
//! own in it, nor marks one as paid; so whoever made a file can always mark it.

mod rows;

use serde_json::{Value, json};
use sqlx::QueryBuilder;

pub(super) use rows::{find, of_organisation};

use super::{
    accounts,
    bank::BankAccount,
    sepa::{Order, Payment},
    withdrawals::{self, By},
};
use crate::{
    live::QueueEvent,
    model::{
        payment_file::{FileState, PaymentFile},
        wallet::FILE_WITHDRAWALS,
    },
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId, PaymentFileId, PersonId, WithdrawalId},
    people::{Identity, Role},
    time::Zone,
};
use plenum_directory::server::has_role;
use plenum_store::{
    db::{self, Activity, Conn, Db, Store, Tx, push_list},
    idempotency::once,
    jobs::{self, Job},
    sealing::{Sealed, Sealing},
};

/// The jobs that pay out the withdrawals of a file that is marked as paid.
pub const PAY_OUT: &str = "wallet.pay_out";
/// Withdrawals that one write of it pays out.
const STEP: i64 = 10;

/// Of a withdrawal `w` that goes into a payment file; `$1` is the organisation, `$2` who makes the file.
const PAYABLE: &str = "w.organisation_id = $1 and w.person_id <> $2 and w.state = 'approved' and w.currency = 'EUR' and w.account <> ''
    and not exists (select 1 from payment_file_items i where i.withdrawal_id = w.id)";

/// Payment files are for admins.
///
/// # Errors
/// 403 unless one is an admin.
pub(super) async fn require_admin(conn: &mut Conn, who: &Identity) -> AppResult<()> {
    if has_role(conn, who.person, Role::Admin).await? {
        return Ok(());
    }
    Err(AppError::forbidden("Only admins work with payment files."))
}

/// A file before it is written down.
struct Draft {
    message_id: String,
    at: Millis,
    sum: i64,
    /// The payer's account, shortened.
    account: String,
    /// When the payer's account was changed: it must be the same when the file is written down.
    payer_changed_at: Millis,
    withdrawals: Vec<WithdrawalId>,
    sealed: Sealed,
}

/// Makes a file of what is approved, once for `key`: at most [`FILE_WITHDRAWALS`], the oldest first.
///
/// # Errors
/// 403 unless one is an admin; 409 if there is no payer, nothing is approved, or somebody else was faster; 422 `key`.
pub async fn make(store: &Store, who: &Identity, key: String) -> AppResult<PaymentFile> {
    // Written and sealed before the write, which only looks whether it is still so.
    let draft = draft(store, who).await;
    let who = who.clone();
    let write = async move |tx: &mut Tx| {
        let effect = async |tx: &mut Tx| match &draft {
            Ok(draft) => insert(tx, &who, draft).await,
            Err(error) => Err(error.clone()),
        };
        once(tx, who.person, &key, &"wallet/make_file", effect).await
    };
    store.write(write).await
}

#[derive(sqlx::FromRow)]
struct Payable {
    id: WithdrawalId,
    amount: i64,
    #[sqlx(flatten)]
    sealed: Sealed,
}

async fn draft(store: &Store, who: &Identity) -> AppResult<Draft> {
    let sealing = store.part::<Sealing>();
    let key = sealing.key()?;
    let mut conn = store.read().await?;
    require_admin(&mut conn, who).await?;
    let payer = accounts::payer_in_full(&mut conn, &sealing, who.organisation).await?;
    let (payer, payer_changed_at) = payer.ok_or_else(|| AppError::conflict("Enter the account that withdrawals are paid from first."))?;
    let statement = format!(
        "select w.id, w.amount, a.key_id, a.sealed from withdrawals w join withdrawal_accounts a on a.withdrawal_id = w.id
         where {PAYABLE} and a.key_id = $3 order by w.id limit $4"
    );
    let most = i64::try_from(FILE_WITHDRAWALS).unwrap_or(i64::MAX);
    let rows: Vec<Payable> = sqlx::query_as(sqlx::AssertSqlSafe(statement))
        .bind(who.organisation)
        .bind(who.person)
        .bind(key.id())
        .bind(most)
        .fetch_all(&mut *conn)
        .await?;
    drop(conn);
    let mut payments = Vec::new();
    for Payable { id, amount, sealed } in rows {
        if let Some(to) = BankAccount::opened(key, &accounts::about(id), &sealed)? {
            payments.push(Payment { withdrawal: id, amount, to });
        }
    }
    if payments.is_empty() {
        return Err(AppError::conflict("Nothing is approved that is not in a payment file."));
    }
    let at = db::now();
    let day: String = Zone::machine(at).chars().filter(char::is_ascii_digit).take(8).collect();
    let message_id = format!("PLENUM-{day}-{:012x}", rand::random::<u64>() >> 16);
    let order = Order { message_id: &message_id, at, payer: &payer, payments: &payments };
    let sealed = key.seal(&about(&message_id), &order.xml()?)?;
    let withdrawals = payments.iter().map(|payment| payment.withdrawal).collect();
    Ok(Draft { sum: order.sum(), account: payer.shortened(), at, payer_changed_at, withdrawals, sealed, message_id })
}

/// What the bytes of a file are sealed for.
pub(super) fn about(message_id: &str) -> String {
    format!("payment-file:{message_id}")
}

async fn insert(tx: &mut Tx, who: &Identity, draft: &Draft) -> AppResult<PaymentFile> {
    require_admin(tx, who).await?;
    let Draft { message_id, at, sum, account, payer_changed_at, withdrawals, sealed } = draft;
    let changed = || AppError::conflict("Something has changed in the meantime. Look at the withdrawals, and try again.");
    let payer = accounts::payer(tx, who.organisation).await?;
    if payer.is_none_or(|payer| payer.changed_at != *payer_changed_at) {
        return Err(changed());
    }
    let count = i64::try_from(withdrawals.len()).unwrap_or(i64::MAX);
    let id: PaymentFileId = sqlx::query_scalar(
        "insert into payment_files (organisation_id, message_id, state, transactions, sum, account, key_id, sealed, made_by, made_at)
         values ($1, $2, 'made', $3, $4, $5, $6, $7, $8, $9) returning id",
    )
    .bind(who.organisation)
    .bind(message_id)
    .bind(count)
    .bind(sum)
    .bind(account)
    .bind(&sealed.key_id)
    .bind(&sealed.bytes)
    .bind(who.person)
    .bind(at)
    .fetch_one(&mut **tx)
    .await?;
    let mut items = QueryBuilder::<Db>::new("insert into payment_file_items (file_id, withdrawal_id) select ");
    items.push_bind(id).push(", w.id from withdrawals w where w.state = 'approved' and w.id in ");
    push_list(&mut items, withdrawals.iter().copied());
    items.push(" and not exists (select 1 from payment_file_items i where i.withdrawal_id = w.id)");
    let inserted = items.build().execute(&mut **tx).await?.rows_affected();
    if i64::try_from(inserted) != Ok(count) {
        return Err(changed());
    }
    let file = find(tx, who.organisation, id).await?;
    moved(tx, who, &file, |amount| Record::PaymentFileMade { amount }).await?;
    Ok(file)
}

/// Tells admins how a file is now, and writes down what was done.
async fn moved(tx: &mut Tx, who: &Identity, file: &PaymentFile, record: fn(String) -> Record) -> AppResult<()> {
    tx.announce(who.organisation, &QueueEvent::PaymentFileMoved(file.clone()));
    tx.record(Activity::by(who, record(file.money().to_string()), Subject::named(file.id.0, &file.message_id))).await
}

/// Says that the bank has paid a file: its withdrawals are paid out by a job, some a write.
///
/// # Errors
/// 403 unless one is an admin without a withdrawal in it; 404; 409 if it is marked already.
pub async fn mark_paid(tx: &mut Tx, who: &Identity, id: PaymentFileId) -> AppResult<PaymentFile> {
    require_admin(tx, who).await?;
    let before = find(tx, who.organisation, id).await?;
    if before.state != FileState::Made {
        return Err(AppError::conflict("This payment file is marked as paid already."));
    }
    let own = "select exists (select 1 from payment_file_items i join withdrawals w on w.id = i.withdrawal_id
         where i.file_id = $1 and w.person_id = $2)";
    if sqlx::query_scalar(own).bind(id).bind(who.person).fetch_one(&mut **tx).await? {
        return Err(AppError::forbidden("A withdrawal of your own is in this file: another admin has to mark it."));
    }
    sqlx::query("update payment_files set state = 'processing', processed_by = $2, processed_at = $3 where id = $1")
        .bind(id)
        .bind(who.person)
        .bind(tx.now())
        .execute(&mut **tx)
        .await?;
    let due_at = tx.now();
    let unique_key = Some(format!("{PAY_OUT}:{id}"));
    jobs::schedule(tx, Job { kind: PAY_OUT, payload: json!({ "file": id }), unique_key, due_at }).await?;
    let file = find(tx, who.organisation, id).await?;
    moved(tx, who, &file, |amount| Record::PaymentFileProcessed { amount }).await?;
    Ok(file)
}

/// Pays out the withdrawals of a file that is marked as paid. A step leaves fewer of them, so that a crash or a second run repeats nothing.
///
/// # Errors
/// Internal, if the payload names no file; those of paying out.
pub async fn pay_out(store: Store, payload: Value) -> AppResult<()> {
    let id = payload.get("file").and_then(Value::as_i64).map(PaymentFileId).ok_or_else(AppError::internal)?;
    while store.write(async move |tx: &mut Tx| pay_some(tx, id).await).await? {}
    Ok(())
}

/// Pays out some; true if there may be more.
async fn pay_some(tx: &mut Tx, id: PaymentFileId) -> AppResult<bool> {
    let statement = "select organisation_id, processed_by from payment_files where id = $1 and state = 'processing'";
    let marked: Option<(OrganisationId, PersonId)> = sqlx::query_as(statement).bind(id).fetch_optional(&mut **tx).await?;
    let Some((organisation, person)) = marked else { return Ok(false) };
    let left: Vec<WithdrawalId> = sqlx::query_scalar(
        "select w.id from payment_file_items i join withdrawals w on w.id = i.withdrawal_id
         where i.file_id = $1 and w.state = 'approved' order by w.id limit $2",
    )
    .bind(id)
    .bind(STEP)
    .fetch_all(&mut **tx)
    .await?;
    for withdrawal in &left {
        withdrawals::pay_out(tx, By { organisation, person }, *withdrawal).await?;
    }
    if !left.is_empty() {
        return Ok(true);
    }
    let end = sqlx::query("update payment_files set state = 'processed', ended_at = $2 where id = $1");
    end.bind(id).bind(tx.now()).execute(&mut **tx).await?;
    let file = find(tx, organisation, id).await?;
    tx.announce(organisation, &QueueEvent::PaymentFileMoved(file));
    Ok(false)
}
