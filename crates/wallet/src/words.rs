//! The words of wallets, of the simulated gateway, and of the withdrawals that admins decide about.

use crate::model::{
    Currency, Money,
    deposit::{DepositState, Simulated},
    statement::TransferKind,
    withdrawal::{WithdrawalAction, WithdrawalState},
};

/// The page, and where it stands in the navigation.
pub const WALLET: &str = "Wallet";
/// What can be spent.
pub const AVAILABLE: &str = "Available";
/// Deposits under way.
pub const PENDING_IN: &str = "On its way in";
/// Set aside for withdrawals.
pub const PENDING_OUT: &str = "Set aside for withdrawals";
/// Chooses another currency.
pub const CURRENCIES: &str = "Currencies";
/// There is little left.
pub fn low(threshold: Money) -> String {
    format!("There is less than {threshold} in your wallet.")
}
/// The form and its button.
pub const ADD: &str = "Add money";
/// What it does.
pub const ADD_TEXT: &str = "You pay at the payment gateway. The money is here as soon as it has answered.";
/// There is no gateway.
pub const NO_GATEWAY: &str = "Money cannot be added here yet: this Plenum is not connected to a payment gateway.";
/// The button.
pub const ADD_GO: &str = "Go to the payment";
/// The form and its heading.
pub const WITHDRAW: &str = "Withdraw";
/// What it does.
pub const WITHDRAW_TEXT: &str = "The amount is set aside at once. An admin approves it, and it is paid out after that.";
/// The button.
pub const WITHDRAW_GO: &str = "Ask for it";
/// A field.
pub const AMOUNT: &str = "Amount";
/// What to enter there.
pub const AMOUNT_HINT: &str = "Like 25 or 25.50";
/// A field.
pub const CURRENCY: &str = "Currency";
/// A field.
pub const NOTE: &str = "Where it is to go";
/// What to enter there.
pub const NOTE_HINT: &str = "An account number, for whoever pays it out";
/// While the server has not answered: money is never shown before it has moved.
pub const CONFIRMING: &str = "Confirming…";
/// A withdrawal was asked for.
pub const REQUESTED: &str = "The amount is set aside. You are told when an admin has decided.";
/// A withdrawal was taken back.
pub const CANCELLED: &str = "The withdrawal is cancelled, and the money is back.";
/// What is on its way and what was lately.
pub const MOVES: &str = "Deposits and withdrawals";
/// There is none.
pub const NO_MOVES: &str = "No deposit or withdrawal yet.";
/// A deposit in the list.
pub const DEPOSIT: &str = "Deposit";
/// A withdrawal in the list.
pub const WITHDRAWAL: &str = "Withdrawal";
/// Leads to where it is paid.
pub const PAY: &str = "Pay";
/// Takes a withdrawal back.
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

/// A heading.
pub const STATEMENT: &str = "Statement";
/// The form above it, for screen readers.
pub const FILTER: &str = "Filter the statement";
/// A field.
pub const KIND: &str = "What";
/// Nothing chosen.
pub const ANY_KIND: &str = "Anything";
/// A field.
pub const FROM: &str = "From";
/// A field.
pub const TO: &str = "To";
/// Applies the filter.
pub const SHOW: &str = "Show";
/// Takes it away.
pub const CLEAR: &str = "Clear the filter";
/// The file.
pub const EXPORT: &str = "Export as CSV";
/// A column.
pub const WHEN: &str = "When";
/// A column.
pub const BALANCE: &str = "Balance";
/// The table, for screen readers.
pub const STATEMENT_TABLE: &str = "What has moved, the newest first, with the balance after it";
/// An empty one.
pub const NOTHING: &str = "Nothing has moved yet";
/// What to do then.
pub const NOTHING_TEXT: &str = "Add money, and it stands here with the balance after it.";
/// A filter shows none.
pub const NOTHING_FITS: &str = "Nothing fits";
/// What to do then.
pub const NOTHING_FITS_TEXT: &str = "Change the filter, or clear it to see everything.";
/// Links.
pub const PAGES: &str = "Pages";
/// A link.
pub const OLDER: &str = "Older";
/// A link.
pub const NEWEST: &str = "Newest";

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
    }
}

/// What has moved: with its sign, so that it is not the colour alone that says it.
pub fn signed(money: Money) -> String {
    if money.amount > 0 { format!("+{money}") } else { money.to_string() }
}

/// The setting.
pub const REMINDER: &str = "Reminder";
/// Its field.
pub const LOW_BALANCE: &str = "Remind me below";
/// What to enter there.
pub const LOW_BALANCE_HINT: &str = "Shown on this page while there is less. Empty: never.";
/// Its button.
pub const SAVE: &str = "Save";

/// A notification.
pub const DEPOSIT_ARRIVED: &str = "Your deposit is in your wallet";
/// A notification.
pub const WITHDRAWAL_REJECTED: &str = "Your withdrawal was rejected";
/// A notification.
pub const WITHDRAWAL_PAID: &str = "Your withdrawal was paid out";

/// The simulated gateway.
pub const SIMULATOR: &str = "Simulated payment";
/// What it is.
pub const SIMULATOR_TEXT: &str = "This is a simulator, for trying Plenum out: no money moves outside. It answers to Plenum over HTTP, signed, as a real payment gateway does.";
/// What it asks.
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
/// It will answer.
pub const ANSWERS_LATER: &str = "It will answer in a few seconds.";
/// Leads back.
pub const BACK: &str = "Back to the wallet";
/// A part of the page.
pub const DEPOSIT_NOW: &str = "This deposit";

/// The admins' page.
pub const WITHDRAWALS: &str = "Withdrawals";
/// What it is.
pub const WITHDRAWALS_TEXT: &str = "What people ask for is set aside in their wallets. Nobody decides about their own: another admin has to approve, reject or pay it out.";
/// Those that are to be decided or paid.
pub const WAITING: &str = "To do";
/// There is none.
pub const NONE_WAITING: &str = "Nothing to do";
/// What will be there.
pub const NONE_WAITING_TEXT: &str = "When somebody asks for money, it stands here at once.";
/// Those that came to their end.
pub const DECIDED: &str = "Done lately";
/// Nothing was.
pub const NONE_DECIDED: &str = "Nothing yet.";
/// What was done, after a form.
pub const DONE: &str = "Done. Whoever asked for it is told.";
/// A field.
pub const REASON: &str = "Why it is rejected";
/// The page is not told any more.
pub const ENDED: &str = "This page is no longer told what happens.";
/// One's own withdrawal.
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
pub fn of(money: Money, name: &str) -> String {
    format!(" {money} of {name}")
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
