//! The bank accounts that withdrawals go to, and the one that the organisation pays them from: sealed under the server's key.
//!
//! A withdrawal whose account is empty waits for its owner to give it. So do those whose key is lost: what was sealed stays, and opens
//! again if the key comes back.

use std::time::Duration;

use super::{bank::BankAccount, notices, withdrawals, withdrawals::withdrawal_is_open};
use crate::{
    live::{QueueEvent, WalletEvent},
    model::{
        payment_file::Payer,
        withdrawal::{Queued, Withdrawal},
    },
    words,
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId, PersonId, WithdrawalId},
    people::{Identity, Role},
};
use plenum_directory::server::has_role;
use plenum_store::{
    db::{Activity, Conn, Store, Tx},
    sealing::{Sealed, Sealing},
};

/// The job that brings accounts to the key of this server.
pub const CHECK: &str = "wallet.accounts";
/// How often it runs; the first time soon after the start.
pub const PERIOD: Duration = Duration::from_secs(24 * 3_600);
/// Withdrawals that one write of it changes.
const STEP: i64 = 50;

/// What the account of a withdrawal is sealed for.
pub(super) fn about(id: WithdrawalId) -> String {
    format!("withdrawal:{id}")
}

fn about_payer(organisation: OrganisationId) -> String {
    format!("payer:{organisation}")
}

/// Writes the account of a withdrawal down, in place of one that does not open any more.
pub(super) async fn keep(tx: &mut Tx, id: WithdrawalId, account: &BankAccount) -> AppResult<()> {
    let sealing = tx.part::<Sealing>();
    keep_sealed(tx, id, account.sealed(sealing.key()?, &about(id))?).await?;
    show(tx, id, &account.shortened()).await
}

async fn keep_sealed(tx: &mut Tx, id: WithdrawalId, sealed: Sealed) -> AppResult<()> {
    let upsert = "insert into withdrawal_accounts (withdrawal_id, key_id, sealed) values ($1, $2, $3)
         on conflict (withdrawal_id) do update set key_id = excluded.key_id, sealed = excluded.sealed";
    sqlx::query(upsert).bind(id).bind(sealed.key_id).bind(sealed.bytes).execute(&mut **tx).await?;
    Ok(())
}

async fn show(tx: &mut Tx, id: WithdrawalId, shortened: &str) -> AppResult<()> {
    sqlx::query("update withdrawals set account = $2 where id = $1").bind(id).bind(shortened).execute(&mut **tx).await?;
    Ok(())
}

/// Gives the account that a withdrawal of one's own waits for.
///
/// # Errors
/// 404; 409 if it does not wait for one.
pub async fn give(tx: &mut Tx, who: &Identity, id: WithdrawalId, account: &BankAccount) -> AppResult<Withdrawal> {
    let before = withdrawals::queued(tx, who.organisation, id).await?;
    if before.person.id != who.person {
        return Err(AppError::no_such("withdrawal"));
    }
    if !before.withdrawal.asks_for_account() {
        return Err(AppError::conflict(
            "This withdrawal has its bank account. Cancel it and ask for another one to have it paid elsewhere.",
        ));
    }
    keep(tx, id, account).await?;
    let after = account_announce(tx, who.organisation, id).await?;
    let amount = Subject::named(id.0, &after.withdrawal.money().to_string());
    tx.record(Activity::by(who, Record::WithdrawalAccountGiven, amount).about(who.person)).await?;
    Ok(after.withdrawal)
}

/// Tells whoever gets it and those who decide.
async fn account_announce(tx: &mut Tx, organisation: OrganisationId, id: WithdrawalId) -> AppResult<Queued> {
    let queued = withdrawals::queued(tx, organisation, id).await?;
    notices::withdrawal(tx, queued.person.id, queued.withdrawal.clone(), WalletEvent::WithdrawalAccountChanged).await?;
    tx.announce(organisation, &QueueEvent::WithdrawalMoved(queued.clone()));
    Ok(queued)
}

/// Sets the account that the organisation pays withdrawals from.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn set_payer(tx: &mut Tx, who: &Identity, account: &BankAccount) -> AppResult<()> {
    if !has_role(tx, who.person, Role::Admin).await? {
        return Err(AppError::forbidden("Only admins set the account that withdrawals are paid from."));
    }
    let sealing = tx.part::<Sealing>();
    let sealed = account.sealed(sealing.key()?, &about_payer(who.organisation))?;
    let shortened = account.shortened();
    sqlx::query(
        "insert into payer_accounts (organisation_id, name, account, key_id, sealed, changed_by, changed_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (organisation_id) do update set name = excluded.name, account = excluded.account, key_id = excluded.key_id,
           sealed = excluded.sealed, changed_by = excluded.changed_by, changed_at = excluded.changed_at",
    )
    .bind(who.organisation)
    .bind(account.holder())
    .bind(&shortened)
    .bind(sealed.key_id)
    .bind(sealed.bytes)
    .bind(who.person)
    .bind(tx.now())
    .execute(&mut **tx)
    .await?;
    let payer = Payer { name: account.holder().to_owned(), account: shortened.clone(), changed_at: tx.now() };
    tx.announce(who.organisation, &QueueEvent::PayerChanged(payer));
    let subject = Subject::named(who.organisation.0, account.holder());
    tx.record(Activity::by(who, Record::PayerAccountChanged { account: shortened }, subject)).await
}

/// The account that the organisation pays from, as it is shown.
pub(super) async fn payer(conn: &mut Conn, organisation: OrganisationId) -> AppResult<Option<Payer>> {
    let payer = sqlx::query_as("select name, account, changed_at from payer_accounts where organisation_id = $1");
    Ok(payer.bind(organisation).fetch_optional(conn).await?)
}

/// The same in full, with when it was changed; none if there is none that opens.
pub(super) async fn payer_in_full(
    conn: &mut Conn,
    sealing: &Sealing,
    organisation: OrganisationId,
) -> AppResult<Option<(BankAccount, Millis)>> {
    let found: Option<SealedPayer> = sqlx::query_as("select changed_at, key_id, sealed from payer_accounts where organisation_id = $1")
        .bind(organisation)
        .fetch_optional(conn)
        .await?;
    let Some(SealedPayer { changed_at, sealed }) = found else { return Ok(None) };
    let account = BankAccount::opened(sealing.key()?, &about_payer(organisation), &sealed)?;
    Ok(account.map(|account| (account, changed_at)))
}

#[derive(sqlx::FromRow)]
struct SealedPayer {
    changed_at: Millis,
    #[sqlx(flatten)]
    sealed: Sealed,
}

/// A withdrawal that the job looks at.
#[derive(sqlx::FromRow)]
struct Looked {
    id: WithdrawalId,
    organisation_id: OrganisationId,
    person_id: PersonId,
    is_open: bool,
}

/// Seals what withdrawals of before have as plain text, asks again for accounts whose key is lost, and shows those whose key is back. Some
/// withdrawals a write; what a crash leaves is done the next time.
///
/// # Errors
/// If the database cannot be written.
pub async fn check(store: Store) -> AppResult<()> {
    let mut after = WithdrawalId(0);
    while let Some(last) = store.write(async move |tx: &mut Tx| seal_plain(tx, after).await).await? {
        after = last;
    }
    after = WithdrawalId(0);
    while let Some(last) = store.write(async move |tx: &mut Tx| ask_again(tx, after).await).await? {
        after = last;
    }
    after = WithdrawalId(0);
    while let Some(last) = store.write(async move |tx: &mut Tx| show_again(tx, after).await).await? {
        after = last;
    }
    store.write(check_payers).await
}

/// Seals the text of withdrawals above `after`. An IBAN in it is the account; of what has none its owner is asked for one.
async fn seal_plain(tx: &mut Tx, after: WithdrawalId) -> AppResult<Option<WithdrawalId>> {
    #[derive(sqlx::FromRow)]
    struct Plain {
        #[sqlx(flatten)]
        withdrawal: Looked,
        note: String,
        name: String,
    }
    let statement = concat!(
        "select w.id, w.organisation_id, w.person_id, w.note, p.name, ",
        withdrawal_is_open!(),
        " as is_open from withdrawals w join people p on p.id = w.person_id where w.note <> '' and w.id > $1 order by w.id limit $2"
    );
    let rows: Vec<Plain> = sqlx::query_as(statement).bind(after).bind(STEP).fetch_all(&mut **tx).await?;
    let sealing = tx.part::<Sealing>();
    for Plain { withdrawal: Looked { id, organisation_id, person_id, is_open }, note, name } in &rows {
        match BankAccount::found_in(note, name) {
            Some(account) => keep(tx, *id, &account).await?,
            None => keep_sealed(tx, *id, sealing.key()?.seal(&about(*id), note.as_bytes())?).await?,
        }
        sqlx::query("update withdrawals set note = '' where id = $1").bind(id).execute(&mut **tx).await?;
        let after = account_announce(tx, *organisation_id, *id).await?;
        if *is_open && after.withdrawal.asks_for_account() {
            ask(tx, *person_id, *id).await?;
        }
    }
    Ok(rows.last().map(|last| last.withdrawal.id))
}

/// Asks for the accounts of open withdrawals above `after` that were sealed under another key. Those in a payment file are not asked for:
/// the file may be with the bank.
async fn ask_again(tx: &mut Tx, after: WithdrawalId) -> AppResult<Option<WithdrawalId>> {
    let statement = concat!(
        "select w.id, w.organisation_id, w.person_id, true as is_open from withdrawals w join withdrawal_accounts a on a.withdrawal_id = w.id
         where ",
        withdrawal_is_open!(),
        " and w.account <> '' and a.key_id <> $1 and w.id > $2
           and not exists (select 1 from payment_file_items i where i.withdrawal_id = w.id) order by w.id limit $3"
    );
    let sealing = tx.part::<Sealing>();
    let rows: Vec<Looked> = sqlx::query_as(statement).bind(sealing.key()?.id()).bind(after).bind(STEP).fetch_all(&mut **tx).await?;
    for Looked { id, organisation_id, person_id, .. } in &rows {
        show(tx, *id, "").await?;
        account_announce(tx, *organisation_id, *id).await?;
        ask(tx, *person_id, *id).await?;
    }
    Ok(rows.last().map(|last| last.id))
}

async fn ask(tx: &mut Tx, person: PersonId, id: WithdrawalId) -> AppResult<()> {
    notices::notify(tx, person, format!("withdrawal:{id}:account"), words::ACCOUNT_ASKED, "").await
}

/// Shows the accounts of open withdrawals above `after` that open under the key of this server again.
async fn show_again(tx: &mut Tx, after: WithdrawalId) -> AppResult<Option<WithdrawalId>> {
    #[derive(sqlx::FromRow)]
    struct Hidden {
        id: WithdrawalId,
        organisation_id: OrganisationId,
        #[sqlx(flatten)]
        sealed: Sealed,
    }
    let statement = concat!(
        "select w.id, w.organisation_id, a.key_id, a.sealed from withdrawals w join withdrawal_accounts a on a.withdrawal_id = w.id
         where ",
        withdrawal_is_open!(),
        " and w.account = '' and a.key_id = $1 and w.id > $2 order by w.id limit $3"
    );
    let sealing = tx.part::<Sealing>();
    let rows: Vec<Hidden> = sqlx::query_as(statement).bind(sealing.key()?.id()).bind(after).bind(STEP).fetch_all(&mut **tx).await?;
    for Hidden { id, organisation_id, sealed } in &rows {
        // What people wrote before, without an IBAN in it, is no account.
        let Some(account) = BankAccount::opened(sealing.key()?, &about(*id), sealed)? else { continue };
        show(tx, *id, &account.shortened()).await?;
        account_announce(tx, *organisation_id, *id).await?;
    }
    Ok(rows.last().map(|last| last.id))
}

/// The same for the accounts that organisations pay from, of which there are few.
async fn check_payers(tx: &mut Tx) -> AppResult<()> {
    #[derive(sqlx::FromRow)]
    struct Kept {
        organisation_id: OrganisationId,
        #[sqlx(flatten)]
        payer: Payer,
        #[sqlx(flatten)]
        sealed: Sealed,
    }
    let sealing = tx.part::<Sealing>();
    let statement = "select organisation_id, name, account, changed_at, key_id, sealed from payer_accounts
         where (account = '') = (key_id = $1)";
    let rows: Vec<Kept> = sqlx::query_as(statement).bind(sealing.key()?.id()).fetch_all(&mut **tx).await?;
    for Kept { organisation_id, payer, sealed } in rows {
        let account = BankAccount::opened(sealing.key()?, &about_payer(organisation_id), &sealed)?;
        let account = account.map(|account| account.shortened()).unwrap_or_default();
        let update = sqlx::query("update payer_accounts set account = $2 where organisation_id = $1");
        update.bind(organisation_id).bind(&account).execute(&mut **tx).await?;
        tx.announce(organisation_id, &QueueEvent::PayerChanged(Payer { account, ..payer }));
    }
    Ok(())
}
