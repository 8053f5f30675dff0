//! What happens to a wallet, and how it applies to the pages that show it (S1-05, S1-35 to S1-37).

use serde::{Deserialize, Serialize};

use super::model::{
    deposit::Deposit,
    payment_file::{Payer, PaymentFile},
    statement::Entry,
    wallet::{Balance, Queue, Wallet},
    withdrawal::{Queued, Withdrawal},
};
use plenum_core::{
    ids::{OrganisationId, PersonId},
    live::Live,
    live_events,
};

/// Money has moved in a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceChanged {
    /// What there is of the currency now.
    pub balance: Balance,
    /// What has moved.
    pub entry: Entry,
}

/// A deposit as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositChanged {
    /// All of it.
    pub deposit: Deposit,
    /// What there is of its currency now.
    pub balance: Balance,
}

/// A withdrawal as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalChanged {
    /// All of it.
    pub withdrawal: Withdrawal,
    /// What there is of its currency now.
    pub balance: Balance,
}

/// What a person has set for their wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletSettings {
    /// Below which balance they are reminded, in minor units.
    pub low_balance: i64,
}

live_events! {
    /// What a person's tabs are told of their wallet; nobody else is (S1-19).
    pub enum WalletEvent on Channel::Person(PersonId) {
        #[doc = "Money has moved in the wallet: a line of its statement, and what there is now."]
        BalanceChanged(BalanceChanged) = "balance.changed", fact;
        #[doc = "A deposit was begun."]
        DepositBegun(DepositChanged) = "deposit.begun", state(|changed| format!("deposit:{}", changed.deposit.id));
        #[doc = "A deposit is in the wallet."]
        DepositCompleted(DepositChanged) = "deposit.completed", state(|changed| format!("deposit:{}", changed.deposit.id));
        #[doc = "The gateway refused a deposit."]
        DepositDeclined(DepositChanged) = "deposit.declined", state(|changed| format!("deposit:{}", changed.deposit.id));
        #[doc = "A deposit was not paid in time."]
        DepositExpired(DepositChanged) = "deposit.expired", state(|changed| format!("deposit:{}", changed.deposit.id));
        #[doc = "Money was set aside for a withdrawal."]
        WithdrawalRequested(WithdrawalChanged) = "withdrawal.requested", state(|changed| format!("withdrawal:{}", changed.withdrawal.id));
        #[doc = "A withdrawal is to be paid out."]
        WithdrawalApproved(WithdrawalChanged) = "withdrawal.approved", state(|changed| format!("withdrawal:{}", changed.withdrawal.id));
        #[doc = "A withdrawal is not paid out; the money is back."]
        WithdrawalRejected(WithdrawalChanged) = "withdrawal.rejected", state(|changed| format!("withdrawal:{}", changed.withdrawal.id));
        #[doc = "A withdrawal was paid out."]
        WithdrawalProcessed(WithdrawalChanged) = "withdrawal.processed", state(|changed| format!("withdrawal:{}", changed.withdrawal.id));
        #[doc = "The person took a withdrawal back; the money is there again."]
        WithdrawalCancelled(WithdrawalChanged) = "withdrawal.cancelled", state(|changed| format!("withdrawal:{}", changed.withdrawal.id));
        #[doc = "The bank account of a withdrawal was given, or is asked for again."]
        WithdrawalAccountChanged(WithdrawalChanged) = "withdrawal.account_changed", state(|changed| format!("withdrawal:{}", changed.withdrawal.id));
        #[doc = "The person set below which balance they are reminded."]
        SettingsChanged(WalletSettings) = "wallet.settings_changed", state(|_| "wallet.settings".to_owned());
    }
}

live_events! {
    /// What admins are told of the withdrawals that they decide about.
    pub enum QueueEvent on Channel::Ops(OrganisationId) {
        #[doc = "A withdrawal of the organisation, as it is now."]
        WithdrawalMoved(Queued) = "withdrawal.moved", state(|queued| format!("withdrawal:{}", queued.withdrawal.id));
        #[doc = "A payment file of the organisation, as it is now."]
        PaymentFileMoved(PaymentFile) = "payment_file.moved", state(|file| format!("payment_file:{}", file.id));
        #[doc = "The account that the organisation pays withdrawals from."]
        PayerChanged(Payer) = "payer.changed", state(|_| "payer".to_owned());
    }
}

impl WalletEvent {
    /// The deposit that it is about.
    pub fn deposit(&self) -> Option<&DepositChanged> {
        match self {
            Self::DepositBegun(changed)
            | Self::DepositCompleted(changed)
            | Self::DepositDeclined(changed)
            | Self::DepositExpired(changed) => Some(changed),
            _ => None,
        }
    }
}

impl Live<WalletEvent> for Wallet {
    /// Something that is shown has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &WalletEvent) -> bool {
        let before = self.clone();
        match event {
            WalletEvent::BalanceChanged(changed) => {
                self.put_balance(changed.balance);
                self.put_entry(&changed.entry);
            }
            WalletEvent::DepositBegun(changed)
            | WalletEvent::DepositCompleted(changed)
            | WalletEvent::DepositDeclined(changed)
            | WalletEvent::DepositExpired(changed) => {
                self.put_balance(changed.balance);
                self.put_deposit(&changed.deposit);
            }
            WalletEvent::WithdrawalRequested(changed)
            | WalletEvent::WithdrawalApproved(changed)
            | WalletEvent::WithdrawalRejected(changed)
            | WalletEvent::WithdrawalProcessed(changed)
            | WalletEvent::WithdrawalCancelled(changed)
            | WalletEvent::WithdrawalAccountChanged(changed) => {
                self.put_balance(changed.balance);
                self.put_withdrawal(&changed.withdrawal);
            }
            WalletEvent::SettingsChanged(settings) => self.low_balance = settings.low_balance,
        }
        *self != before
    }
}

impl Live<WalletEvent> for Deposit {
    /// It is another now.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &WalletEvent) -> bool {
        let Some(newest) = event.deposit().map(|changed| &changed.deposit).filter(|deposit| deposit.id == self.id) else { return false };
        let touched = self != newest;
        self.clone_from(newest);
        touched
    }
}

impl Live<QueueEvent> for Queue {
    /// Something that is shown has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &QueueEvent) -> bool {
        let before = self.clone();
        match event {
            QueueEvent::WithdrawalMoved(queued) => self.put(queued),
            QueueEvent::PaymentFileMoved(file) => self.put_file(file),
            QueueEvent::PayerChanged(payer) => self.payer = Some(payer.clone()),
        }
        *self != before
    }
}
