//! A person's wallet as a page shows it, and the withdrawals that admins decide about.

use serde::{Deserialize, Serialize};

use super::{
    Currency, Money,
    deposit::Deposit,
    payment_file::{Payer, PaymentFile},
    statement::{Asked, Entry, Filter, PAGE},
    withdrawal::{Queued, Withdrawal},
};
use plenum_core::ids::{PersonId, WithdrawalId};

/// Below this balance somebody is reminded, unless they say otherwise; in minor units.
pub const LOW_BALANCE: i64 = 1_000;
/// Of the deposits and withdrawals that came to their end so many are shown.
pub const ENDED: usize = 5;
/// Of the withdrawals of an organisation that came to their end so many are shown.
pub const DECIDED: usize = 20;
/// Of its payment files that are paid so many are shown.
pub const PAID: usize = 10;
/// Withdrawals that one payment file has at the most.
pub const FILE_WITHDRAWALS: usize = 100;

/// What somebody has of a currency, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow, utoipa::ToSchema))]
pub struct Balance {
    /// Which currency.
    pub currency: Currency,
    /// What can be spent.
    pub available: i64,
    /// Deposits under way.
    pub pending_in: i64,
    /// Set aside for withdrawals.
    pub pending_out: i64,
}

impl Balance {
    /// What can be spent.
    pub fn money(&self) -> Money {
        Money::new(self.available, self.currency)
    }
}

/// A person's wallet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallet {
    /// Which part of the statement was asked for.
    pub asked: Asked,
    /// The same, understood.
    pub filter: Filter,
    /// It is the statement's first page, where new entries go.
    pub is_first: bool,
    /// By currency; euros are always there.
    pub balances: Vec<Balance>,
    /// Below this they are reminded.
    pub low_balance: i64,
    /// All that are under way and the last that ended, the newest first.
    pub deposits: Vec<Deposit>,
    /// Likewise.
    pub withdrawals: Vec<Withdrawal>,
    /// The newest first.
    pub entries: Vec<Entry>,
    /// There are older ones.
    pub has_more: bool,
}

impl Wallet {
    /// What there is of the currency that is shown.
    pub fn balance(&self) -> Balance {
        let shown = self.filter.currency;
        let known = self.balances.iter().find(|balance| balance.currency == shown).copied();
        known.unwrap_or(Balance { currency: shown, ..Balance::default() })
    }

    /// There is less than they want to have; which is a sum of the usual currency.
    pub fn is_low(&self) -> bool {
        self.filter.currency == Currency::default() && self.balance().available < self.low_balance
    }

    /// Puts a balance in place of what it was.
    pub fn put_balance(&mut self, balance: Balance) {
        self.balances.retain(|known| known.currency != balance.currency);
        let place = self.balances.partition_point(|known| known.currency < balance.currency);
        self.balances.insert(place, balance);
    }

    /// Puts a new entry where it belongs, if it is shown.
    pub fn put_entry(&mut self, entry: &Entry) {
        if !self.is_first || !self.filter.shows(entry) || self.entries.iter().any(|known| known.id == entry.id) {
            return;
        }
        let place = self.entries.partition_point(|known| known.id > entry.id);
        self.entries.insert(place, entry.clone());
        if self.entries.len() > PAGE {
            self.entries.truncate(PAGE);
            self.has_more = true;
        }
    }

    /// Puts a deposit where it belongs.
    pub fn put_deposit(&mut self, deposit: &Deposit) {
        put(&mut self.deposits, deposit, |known| known.id.0, Deposit::is_open, ENDED);
    }

    /// Puts a withdrawal where it belongs.
    pub fn put_withdrawal(&mut self, withdrawal: &Withdrawal) {
        put(&mut self.withdrawals, withdrawal, |known| known.id.0, Withdrawal::is_open, ENDED);
    }
}

/// The withdrawals of an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// All that are under way and the last that ended, the newest first.
    pub withdrawals: Vec<Queued>,
    /// The payment files: all that are not paid and the last that are, the newest first.
    pub files: Vec<PaymentFile>,
    /// The organisation's own account, if there is one.
    pub payer: Option<Payer>,
}

impl Queue {
    /// The payment file that a withdrawal is in.
    pub fn file_of(&self, id: WithdrawalId) -> Option<&PaymentFile> {
        self.files.iter().find(|file| file.withdrawals.contains(&id))
    }

    /// What goes into the next payment file that `maker` makes: at most [`FILE_WITHDRAWALS`], the oldest first, and nothing of their own.
    pub fn payable(&self, maker: PersonId) -> impl Iterator<Item = &Queued> {
        let payable = self.withdrawals.iter().rev().filter(move |queued| {
            queued.withdrawal.is_payable() && queued.person.id != maker && self.file_of(queued.withdrawal.id).is_none()
        });
        payable.take(FILE_WITHDRAWALS)
    }

    /// Puts a payment file where it belongs.
    pub fn put_file(&mut self, file: &PaymentFile) {
        put(&mut self.files, file, |known| known.id.0, PaymentFile::is_open, PAID);
    }

    /// Puts a withdrawal where it belongs.
    pub fn put(&mut self, queued: &Queued) {
        put(&mut self.withdrawals, queued, |known| known.withdrawal.id.0, |known| known.withdrawal.is_open(), DECIDED);
    }
}

/// Puts `item` into `items`, the newest first: all that are open stay, and of the others the newest `ended`.
fn put<T: Clone>(items: &mut Vec<T>, item: &T, id: fn(&T) -> i64, is_open: fn(&T) -> bool, ended: usize) {
    items.retain(|known| id(known) != id(item));
    let place = items.partition_point(|known| id(known) > id(item));
    items.insert(place, item.clone());
    let mut left = ended;
    items.retain(|known| {
        if is_open(known) {
            return true;
        }
        let stays = left > 0;
        left = left.saturating_sub(1);
        stays
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_open_stays_and_some_that_ended() {
        // What is even is open.
        let mut shown = Vec::new();
        for id in [1, 2, 3, 4, 5, 7, 6] {
            put(&mut shown, &id, |id| *id, |id| id % 2 == 0, 2);
        }
        assert_eq!(shown, [7, 6, 5, 4, 2]);
        put(&mut shown, &3, |id| *id, |id| id % 2 == 0, 2);
        assert_eq!(shown, [7, 6, 5, 4, 2], "again it changes nothing");
    }

    #[test]
    fn a_balance_is_low_below_what_one_wants() {
        let mut wallet = Wallet { low_balance: 1_000, ..Wallet::default() };
        assert!(wallet.is_low());
        wallet.put_balance(Balance { currency: Currency::Chf, available: 5_000, ..Balance::default() });
        wallet.put_balance(Balance { available: 1_000, ..Balance::default() });
        assert!(!wallet.is_low());
        assert_eq!(wallet.balances.iter().map(|balance| balance.currency).collect::<Vec<_>>(), [Currency::Eur, Currency::Chf]);
    }
}
