//! Money on its way out. What is requested is set aside at once; who decides about it and who pays it out is an admin, and never the one
//! who gets it. What is in a payment file is paid out with the file.

use super::{
    accounts, balances,
    bank::BankAccount,
    ledger::{self, AccountKind, Transfer, TransferKind},
    notices,
};
use crate::{
    live::{QueueEvent, WalletEvent},
    model::{
        Money,
        deposit::LEAST,
        payment_file::FileState,
        withdrawal::{Queued, REASON_CHARS, UNDER_WAY, Withdrawal, WithdrawalAction, WithdrawalState, transition},
    },
    words,
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{OrganisationId, PersonId, WithdrawalId},
    people::{Identity, PersonCard, Role},
    text::title,
};
use plenum_directory::server::has_role;
use plenum_store::db::{Activity, Conn, Tx};

/// The columns of a [`Withdrawal`], of `withdrawals w`.
pub(super) const COLUMNS: &str = "w.id, w.amount, w.currency, w.state, w.account, w.reason, w.created_at, w.decided_at, w.ended_at";
/// Those of a [`Row`] besides, and where it is read from.
pub(super) const PEOPLE: &str = "w.person_id, p.name as person_name, p.hue as person_hue, d.id as decider_id, d.name as decider_name,
    d.hue as decider_hue, o.id as payer_id, o.name as payer_name, o.hue as payer_hue";
/// Where a [`Row`] is read from.
pub(super) const SOURCE: &str = "withdrawals w join people p on p.id = w.person_id
    left join people d on d.id = w.decided_by left join people o on o.id = w.processed_by";

/// The condition of SQL for a withdrawal `w` that has not come to its end ([`WithdrawalState::is_end`]).
macro_rules! withdrawal_is_open {
    () => {
        "w.state in ('requested', 'approved')"
    };
}
pub(super) use withdrawal_is_open;

/// A withdrawal with the people of it.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    #[sqlx(flatten)]
    withdrawal: Withdrawal,
    person_id: PersonId,
    person_name: String,
    person_hue: u8,
    decider_id: Option<PersonId>,
    decider_name: Option<String>,
    decider_hue: Option<u8>,
    payer_id: Option<PersonId>,
    payer_name: Option<String>,
    payer_hue: Option<u8>,
}

impl Row {
    pub(super) fn queued(self) -> Queued {
        let card = |id: Option<PersonId>, name: Option<String>, hue: Option<u8>| Some(PersonCard { id: id?, name: name?, hue: hue? });
        Queued {
            person: PersonCard { id: self.person_id, name: self.person_name, hue: self.person_hue },
            decided_by: card(self.decider_id, self.decider_name, self.decider_hue),
            processed_by: card(self.payer_id, self.payer_name, self.payer_hue),
            withdrawal: self.withdrawal,
        }
    }
}

/// Who does something to a withdrawal.
#[derive(Debug, Clone, Copy)]
pub(super) struct By {
    pub organisation: OrganisationId,
    pub person: PersonId,
}

impl By {
    fn of(who: &Identity) -> Self {
        Self { organisation: who.organisation, person: who.person }
    }
}

/// Asks for money, to be paid to `account`: it is set aside until somebody has decided.
///
/// # Errors
/// 422 `amount`; 409 `amount` if there is not enough; 409 if too many are under way.
pub async fn request(tx: &mut Tx, who: &Identity, money: Money, account: &BankAccount) -> AppResult<Withdrawal> {
    let Money { amount, currency } = money;
    if amount < LEAST {
        return Err(AppError::invalid("amount", format!("At least {}.", Money::new(LEAST, currency))));
    }
    let available = balances::balance(tx, who.person, currency).await?.money();
    if amount > available.amount {
        let message = format!("There is {available} in the wallet.");
        return Err(AppError::conflict(message).at_field("amount"));
    }
    let count = concat!("select count(*) from withdrawals w where w.person_id = $1 and ", withdrawal_is_open!());
    let under_way: i64 = sqlx::query_scalar(count).bind(who.person).fetch_one(&mut **tx).await?;
    if under_way >= UNDER_WAY {
        return Err(AppError::conflict(format!(
            "{UNDER_WAY} withdrawals are under way. Wait until one of them is decided, or cancel one."
        )));
    }
    let id: WithdrawalId = sqlx::query_scalar(
        "insert into withdrawals (organisation_id, person_id, state, currency, amount, created_at)
         values ($1, $2, 'requested', $3, $4, $5) returning id",
    )
    .bind(who.organisation)
    .bind(who.person)
    .bind(currency)
    .bind(amount)
    .bind(tx.now())
    .fetch_one(&mut **tx)
    .await?;
    accounts::keep(tx, id, account).await?;
    let queued = queued(tx, who.organisation, id).await?;
    let wallet = ledger::of_person(tx, who.organisation, who.person, currency).await?;
    let aside = ledger::organisation_account(tx, who.organisation, AccountKind::Withdrawals, currency).await?;
    let key = format!("withdrawal:{id}");
    let postings = [(wallet, -amount), (aside, amount)];
    let kind = TransferKind::Withdrawal;
    let note = &queued.withdrawal.account;
    let transfer = Transfer { organisation: who.organisation, kind, key, subject: id.0, note, by: Some(who.person), postings: &postings };
    ledger::post(tx, transfer).await?;
    withdrawal_announce(tx, By::of(who), &queued, WithdrawalState::Requested).await?;
    Ok(queued.withdrawal)
}

/// Does something to a withdrawal: its owner takes it back, or an admin decides about it or pays it out.
///
/// # Errors
/// 404; 403 for whoever may not; 409 if that cannot be done to it any more, or is done with its payment file; 422 `reason` if it is rejected
/// without one.
pub async fn act(tx: &mut Tx, who: &Identity, id: WithdrawalId, action: WithdrawalAction, reason: &str) -> AppResult<Withdrawal> {
    let before = queued(tx, who.organisation, id).await?;
    let is_own = before.person.id == who.person;
    let is_admin = has_role(tx, who.person, Role::Admin).await?;
    match (action, is_own, is_admin) {
        // Others' withdrawals are nobody's business.
        (_, false, false) => return Err(AppError::no_such("withdrawal")),
        (WithdrawalAction::Cancel, true, _) => {}
        (WithdrawalAction::Cancel, false, true) => {
            return Err(AppError::forbidden("Only whoever asked for it takes it back. You can reject it."));
        }
        (_, true, true) => return Err(AppError::forbidden("This is your own withdrawal: another admin has to decide about it.")),
        (_, true, false) => return Err(AppError::forbidden("Only admins decide about withdrawals.")),
        (_, false, true) => {}
    }
    match (action, file_state(tx, id).await?) {
        (WithdrawalAction::Approve, _) if before.withdrawal.asks_for_account() => {
            return Err(AppError::conflict("Its owner has not given a bank account yet, and was asked for it."));
        }
        (WithdrawalAction::Process, Some(_)) => {
            return Err(AppError::conflict("It is in a payment file: mark the file as paid when the bank has paid it."));
        }
        (WithdrawalAction::Reject, Some(FileState::Processing)) => {
            return Err(AppError::conflict("Its payment file is marked as paid: it is being paid out."));
        }
        _ => {}
    }
    settle(tx, By::of(who), &before, action, reason).await
}

/// Where the payment file of a withdrawal is on its way, if it is in one.
pub(super) async fn file_state(conn: &mut Conn, id: WithdrawalId) -> AppResult<Option<FileState>> {
    let state =
        sqlx::query_scalar("select f.state from payment_file_items i join payment_files f on f.id = i.file_id where i.withdrawal_id = $1");
    Ok(state.bind(id).fetch_optional(conn).await?)
}

/// Pays out a withdrawal of a payment file that `by` has marked as paid.
///
/// # Errors
/// 404; 409 if it is not approved.
pub(super) async fn pay_out(tx: &mut Tx, by: By, id: WithdrawalId) -> AppResult<()> {
    let before = queued(tx, by.organisation, id).await?;
    settle(tx, by, &before, WithdrawalAction::Process, "").await.map(drop)
}

/// Does `action`, by somebody who may.
async fn settle(tx: &mut Tx, by: By, before: &Queued, action: WithdrawalAction, reason: &str) -> AppResult<Withdrawal> {
    let Withdrawal { id, state, amount, currency, .. } = before.withdrawal;
    let next = transition(state, action)
        .ok_or_else(|| AppError::conflict(format!("That cannot be done any more: the withdrawal is {}.", state.into_str())))?;
    let reason = title("reason", if action == WithdrawalAction::Reject { reason } else { "" }, REASON_CHARS)?;
    if action == WithdrawalAction::Reject && reason.is_empty() {
        return Err(AppError::invalid("reason", "Say why: whoever asked for it reads it."));
    }
    let decides = matches!(action, WithdrawalAction::Approve | WithdrawalAction::Reject);
    sqlx::query(
        "update withdrawals set state = $2, reason = $3, decided_by = coalesce($4, decided_by), decided_at = coalesce($5, decided_at),
           processed_by = $6, ended_at = $7 where id = $1",
    )
    .bind(id)
    .bind(next)
    .bind(&reason)
    .bind(decides.then_some(by.person))
    .bind(decides.then_some(tx.now()))
    .bind((action == WithdrawalAction::Process).then_some(by.person))
    .bind(next.is_end().then_some(tx.now()))
    .execute(&mut **tx)
    .await?;
    move_on(tx, by, before, next, Money::new(amount, currency)).await?;
    let after = queued(tx, by.organisation, id).await?;
    withdrawal_announce(tx, by, &after, next).await?;
    Ok(after.withdrawal)
}

/// Moves what was set aside: out, or back into the wallet.
async fn move_on(tx: &mut Tx, by: By, withdrawal: &Queued, next: WithdrawalState, money: Money) -> AppResult<()> {
    let Money { amount, currency } = money;
    let (organisation, id) = (by.organisation, withdrawal.withdrawal.id);
    let aside = ledger::organisation_account(tx, organisation, AccountKind::Withdrawals, currency).await?;
    let (kind, key, to) = match next {
        WithdrawalState::Requested | WithdrawalState::Approved => return Ok(()),
        WithdrawalState::Rejected | WithdrawalState::Cancelled => {
            let wallet = ledger::of_person(tx, organisation, withdrawal.person.id, currency).await?;
            (TransferKind::WithdrawalReturned, format!("withdrawal:{id}:returned"), wallet)
        }
        WithdrawalState::Processed => {
            let gateway = ledger::organisation_account(tx, organisation, AccountKind::Gateway, currency).await?;
            (TransferKind::WithdrawalProcessed, format!("withdrawal:{id}:processed"), gateway)
        }
    };
    let postings = [(aside, -amount), (to, amount)];
    let note = &withdrawal.withdrawal.account;
    let transfer = Transfer { organisation, kind, key, subject: id.0, note, by: Some(by.person), postings: &postings };
    ledger::post(tx, transfer).await.map(drop)
}

/// Tells whoever gets it and those who decide, and writes it down.
async fn withdrawal_announce(tx: &mut Tx, by: By, queued: &Queued, state: WithdrawalState) -> AppResult<()> {
    let Queued { withdrawal, person, .. } = queued;
    let (event, record): (fn(_) -> _, _) = match state {
        WithdrawalState::Requested => (WalletEvent::WithdrawalRequested, Record::WithdrawalRequested),
        WithdrawalState::Approved => (WalletEvent::WithdrawalApproved, Record::WithdrawalApproved),
        WithdrawalState::Rejected => (WalletEvent::WithdrawalRejected, Record::WithdrawalRejected { reason: withdrawal.reason.clone() }),
        WithdrawalState::Processed => (WalletEvent::WithdrawalProcessed, Record::WithdrawalProcessed),
        WithdrawalState::Cancelled => (WalletEvent::WithdrawalCancelled, Record::WithdrawalCancelled),
    };
    notices::withdrawal(tx, person.id, withdrawal.clone(), event).await?;
    tx.announce(by.organisation, &QueueEvent::WithdrawalMoved(queued.clone()));
    let subject = format!("withdrawal:{}", withdrawal.id);
    match state {
        WithdrawalState::Rejected => notices::notify(tx, person.id, subject, words::WITHDRAWAL_REJECTED, &withdrawal.reason).await?,
        WithdrawalState::Processed => notices::notify(tx, person.id, subject, words::WITHDRAWAL_PAID, "").await?,
        _ => {}
    }
    let amount = Subject::named(withdrawal.id.0, &withdrawal.money().to_string());
    tx.record(Activity::new(by.organisation, Some(by.person), record, amount).about(person.id)).await
}

/// A withdrawal of the organisation.
///
/// # Errors
/// 404.
pub(super) async fn queued(conn: &mut Conn, organisation: OrganisationId, id: WithdrawalId) -> AppResult<Queued> {
    let statement = format!("select {COLUMNS}, {PEOPLE} from {SOURCE} where w.id = $1 and w.organisation_id = $2");
    let found: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).bind(organisation).fetch_optional(conn).await?;
    Ok(found.ok_or_else(|| AppError::no_such("withdrawal"))?.queued())
}
