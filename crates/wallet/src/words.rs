//! The words of wallets, of the simulated gateway, and of the withdrawals that admins decide about.

use crate::model::{
    Currency, Money,
    deposit::{DepositState, Simulated},
    payment_file::FileState,
    statement::TransferKind,
    withdrawal::{WithdrawalAction, WithdrawalState},
};

pub const WALLET: &str = "Wallet";
pub const AVAILABLE: &str = "Available";
pub const PENDING_IN: &str = "On its way in";
pub const PENDING_OUT: &str = "Set aside for withdrawals";
pub const CURRENCIES: &str = "Currencies";
/// There is little left.
pub fn low(threshold: Money) -> String {
    format!("There is less than {threshold} in your wallet.")
}
pub const ADD: &str = "Add money";
pub const ADD_TEXT: &str = "You pay at the payment gateway. The money is here as soon as it has answered.";
pub const NO_GATEWAY: &str = "Money cannot be added here yet: this Plenum is not connected to a payment gateway.";
pub const ADD_GO: &str = "Go to the payment";
pub const WITHDRAW: &str = "Withdraw";
pub const WITHDRAW_TEXT: &str = "The amount is set aside at once. An admin approves it, and it is paid out after that.";
pub const WITHDRAW_GO: &str = "Ask for it";
pub const AMOUNT: &str = "Amount";
pub const AMOUNT_HINT: &str = "Like 25 or 25.50";
pub const CURRENCY: &str = "Currency";
pub const HOLDER: &str = "Account holder";
pub const IBAN: &str = "IBAN";
pub const IBAN_HINT: &str = "Like DE89 3704 0044 0532 0130 00; it is shown shortened from then on";
pub const BIC: &str = "BIC (optional)";
pub const BIC_HINT: &str = "Like COBADEFFXXX";
pub const GIVE_ACCOUNT: &str = "Enter the bank account";
pub const ACCOUNT_TEXT: &str = "It is paid out to this account. It cannot be changed afterwards.";
pub const ACCOUNT_GIVEN: &str = "The bank account is saved.";
pub const ACCOUNT_MISSING: &str = "bank account missing, its owner was asked";
/// The heading of the form.
pub fn account_for(money: Money) -> String {
    format!("Bank account for {money}")
}
pub const CONFIRMING: &str = "Confirming…";
pub const REQUESTED: &str = "The amount is set aside. You are told when an admin has decided.";
pub const CANCELLED: &str = "The withdrawal is cancelled, and the money is back.";
pub const MOVES: &str = "Deposits and withdrawals";
pub const NO_MOVES: &str = "No deposit or withdrawal yet.";
pub const DEPOSIT: &str = "Deposit";
pub const WITHDRAWAL: &str = "Withdrawal";
pub const PAY: &str = "Pay";
pub const CANCEL: &str = "Cancel";
/// Which one, behind a button.
pub fn which(id: i64) -> String {
    format!(" number {id}")
}
/// Why a withdrawal was rejected.
pub fn because(reason: &str) -> String {
    format!("Rejected: {reason}")
}

/// Where a deposit is on its way: tone and word.
pub fn deposit_state(state: DepositState) -> (Option<&'static str>, &'static str) {
    match state {
        DepositState::Pending => (Some("live"), "Waiting for payment"),
        DepositState::Completed => (Some("good"), "In your wallet"),
        DepositState::Declined => (Some("bad"), "Declined"),
        DepositState::Expired => (None, "Not paid in time"),
    }
}

/// Where a withdrawal is on its way: tone and word.
pub fn withdrawal_state(state: WithdrawalState) -> (Option<&'static str>, &'static str) {
    match state {
        WithdrawalState::Requested => (Some("live"), "Requested"),
        WithdrawalState::Approved => (Some("accent"), "Approved"),
        WithdrawalState::Rejected => (Some("bad"), "Rejected"),
        WithdrawalState::Processed => (Some("good"), "Paid out"),
        WithdrawalState::Cancelled => (None, "Cancelled"),
    }
}

pub const STATEMENT: &str = "Statement";
pub const FILTER: &str = "Filter the statement";
pub const KIND: &str = "What";
pub const ANY_KIND: &str = "Anything";
pub const FROM: &str = "From";
pub const TO: &str = "To";
pub const SHOW: &str = "Show";
pub const CLEAR: &str = "Clear the filter";
pub const EXPORT: &str = "Export as CSV";
pub const WHEN: &str = "When";
pub const BALANCE: &str = "Balance";
pub const STATEMENT_TABLE: &str = "What has moved, the newest first, with the balance after it";
pub const NOTHING: &str = "Nothing has moved yet";
pub const NOTHING_TEXT: &str = "Add money, and it stands here with the balance after it.";
pub const NOTHING_FITS: &str = "Nothing fits";
pub const NOTHING_FITS_TEXT: &str = "Change the filter, or clear it to see everything.";
pub const PAGES: &str = "Pages";

/// Why money moved, as a statement says it.
pub fn kind(kind: TransferKind) -> &'static str {
    match kind {
        TransferKind::Opening => "Opening balance",
        TransferKind::Deposit => "Deposit",
        TransferKind::Withdrawal => "Withdrawal set aside",
        TransferKind::WithdrawalReturned => "Withdrawal returned",
        TransferKind::WithdrawalProcessed => "Withdrawal paid out",
        TransferKind::Payment => "Payment",
        TransferKind::Refund => "Refund",
        TransferKind::Capture => "Card charged",
        TransferKind::Credit => "Card payment credited",
        TransferKind::Return => "Card payment returned",
    }
}

/// What has moved: with its sign, so that it is not the colour alone that says it.
pub fn signed(money: Money) -> String {
    if money.amount > 0 { format!("+{money}") } else { money.to_string() }
}

pub const REMINDER: &str = "Reminder";
pub const LOW_BALANCE: &str = "Remind me below";
pub const LOW_BALANCE_HINT: &str = "Shown on this page while there is less. Empty: never.";
pub const SAVE: &str = "Save";

/// A notification: a card has paid for what could not be had any more.
pub fn card_late(title: &str) -> String {
    format!("Your card payment came too late: {title}")
}
pub const CARD_CREDITED: &str = "You could not get the places any more. The money is in your wallet.";
pub const CARD_RETURNING: &str = "You could not get the places any more. The money goes back to your card; that can take some days.";
pub const CARD_UNREACHABLE: &str = "The payment gateway does not answer just now, and nothing was charged. Try again in a moment.";
pub const CARD_REFUSED: &str = "The payment gateway refused to begin this payment, and nothing was charged. Try again, or pay another way.";
pub const CARD_ADD_TITLE: &str = "Add money to the wallet";

pub const DEPOSIT_ARRIVED: &str = "Your deposit is in your wallet";
pub const WITHDRAWAL_REJECTED: &str = "Your withdrawal was rejected";
pub const ACCOUNT_ASKED: &str = "Enter the bank account for your withdrawal";
pub const WITHDRAWAL_PAID: &str = "Your withdrawal was paid out";

pub const SIMULATOR: &str = "Simulated payment";
pub const SIMULATOR_TEXT: &str = "This is a simulator, for trying Plenum out: no money moves outside. It answers to Plenum over HTTP, signed, as a real payment gateway does.";
pub const SIMULATOR_QUESTION: &str = "How shall the gateway answer?";
/// A way of it: its button, and what it does.
pub fn simulated(outcome: Simulated) -> (&'static str, &'static str) {
    match outcome {
        Simulated::Approve => ("Approve", "The money is in the wallet at once."),
        Simulated::Decline => ("Decline", "The gateway refuses."),
        Simulated::Late => ("Approve later", "The answer comes after five seconds."),
        Simulated::Twice => ("Approve twice", "The answer comes twice at the same time, and is credited once."),
        Simulated::Contradict => ("Decline, then approve", "The gateway contradicts itself: nothing moves, and the audit log says so."),
    }
}
pub const ANSWERS_LATER: &str = "It will answer in a few seconds.";
pub const BACK: &str = "Back to the wallet";
pub const BACK_TO_ORDER: &str = "Back to your order";
pub const WAITS_FOR: &str = "Your places are held for another";
pub const DEPOSIT_NOW: &str = "This deposit";

pub const WITHDRAWALS: &str = "Withdrawals";
pub const WITHDRAWALS_TEXT: &str = "What people ask for is set aside in their wallets. Nobody decides about their own: another admin has to approve, reject or pay it out.";
pub const WAITING: &str = "To do";
pub const NONE_WAITING: &str = "Nothing to do";
pub const NONE_WAITING_TEXT: &str = "When somebody asks for money, it stands here at once.";
pub const DECIDED: &str = "Done lately";
pub const NONE_DECIDED: &str = "Nothing yet.";
pub const DONE: &str = "Done. Whoever asked for it is told.";
pub const REASON: &str = "Why it is rejected";
pub const YOUR_OWN: &str = "Your own: another admin decides.";
/// What is done to a withdrawal: its button.
pub fn act(action: WithdrawalAction) -> &'static str {
    match action {
        WithdrawalAction::Approve => "Approve",
        WithdrawalAction::Reject => "Reject",
        WithdrawalAction::Process => "Mark as paid out",
        WithdrawalAction::Cancel => CANCEL,
    }
}
/// Whose it is, and how much, for buttons.
pub fn withdrawal_label(money: Money, name: &str) -> String {
    format!(" {money} of {name}")
}
/// `To DE89 … 3000`
pub fn paid_to(account: &str) -> String {
    format!("To {account}")
}
pub const DOWNLOAD_ACCOUNT: &str = "Download the bank account";
/// In which payment file it is.
pub fn in_file(name: &str) -> String {
    format!("in payment file {name}")
}
pub const RETURN: &str = "Return";
pub const RETURN_TEXT: &str = "For a transfer that the bank has rejected: the money goes back into the wallet.";

pub const FILES: &str = "Payment files";
pub const FILES_TEXT: &str = "A payment file (SEPA, pain.001) has the approved withdrawals in euros; those in other currencies are paid by hand. Download it, upload it at your bank, and mark it as paid once the bank has paid. Your own withdrawals are left out of the files that you make.";
pub const NO_FILES: &str = "No payment file yet.";
pub const NO_PAYER: &str = "Enter the organisation's bank account first.";
pub const ENTER_PAYER: &str = "Enter the organisation's account";
pub const CHANGE_PAYER: &str = "Change the organisation's account";
pub const PAYER_TEXT: &str = "Withdrawals are paid from it. Files that were made before keep the account of their day.";
pub const PAYER_SAVED: &str = "The organisation's account is saved.";
pub const MAKE_FILE: &str = "Make a payment file";
pub const FILE_MADE: &str = "The payment file is made. Download it for your bank.";
pub const MARK_PAID: &str = "Mark as paid";
pub const MARK_PAID_TEXT: &str = "Each withdrawal in it is paid out in Plenum, and its owner is told. Return those that the bank has rejected before that: this cannot be undone.";
pub const FILE_PAID: &str = "The payment file is marked as paid.";
pub const DOWNLOAD: &str = "Download";
/// What it is paid from.
pub fn paid_from(name: &str, account: &str) -> String {
    format!("Paid from {account} of {name}")
}
/// What the next file has in it.
pub fn payable(count: usize, money: Money) -> String {
    format!("{}, {money}", transfers(count))
}
/// How many transfers.
pub fn transfers(count: usize) -> String {
    if count == 1 { "1 transfer".to_owned() } else { format!("{count} transfers") }
}
/// Which file, behind a button.
pub fn file_label(money: Money, name: &str) -> String {
    format!(" {name} of {money}")
}
/// Who made it.
pub fn made_by(name: &str) -> String {
    format!("made by {name}")
}
/// Who marked it.
pub fn marked_by(name: &str) -> String {
    format!("marked as paid by {name}")
}
/// Which account it is paid from.
pub fn from_account(account: &str) -> String {
    format!("from {account}")
}
/// Where a payment file is on its way: tone and word.
pub fn file_state(state: FileState) -> (Option<&'static str>, &'static str) {
    match state {
        FileState::Made => (Some("accent"), "To be paid"),
        FileState::Processing => (Some("live"), "Being paid out"),
        FileState::Processed => (Some("good"), "Paid"),
    }
}
/// Who has decided.
pub fn decided_by(state: WithdrawalState, name: &str) -> String {
    if state == WithdrawalState::Rejected { format!("Rejected by {name}") } else { format!("Approved by {name}") }
}
/// Who has paid it out.
pub fn paid_by(name: &str) -> String {
    format!("paid out by {name}")
}

/// A currency in a list.
pub fn currency(currency: Currency) -> &'static str {
    match currency {
        Currency::Eur => "Euro (EUR)",
        Currency::Chf => "Swiss franc (CHF)",
        Currency::Gbp => "Pound sterling (GBP)",
        Currency::Usd => "US dollar (USD)",
    }
}

/// Why somebody cannot be removed.
pub const WITHDRAWAL_FIRST: &str = "A withdrawal of theirs is under way. Process or reject it first.";
pub const DEPOSIT_FIRST: &str = "A deposit of theirs is under way. Wait until it is completed or has expired.";
pub const MONEY_FIRST: &str = "There is money in their wallet. Let them withdraw it first.";
