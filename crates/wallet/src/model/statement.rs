//! A statement: what has moved in a wallet, and which of it is shown.

use serde::{Deserialize, Serialize};

use super::{Currency, Money};
use plenum_core::ids::{Millis, PostingId};

/// Entries of one page.
pub const PAGE: usize = 30;

/// Why money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum TransferKind {
    /// What a wallet begins with.
    Opening,
    /// Money came in.
    Deposit,
    /// Somebody asked for money; it is set aside.
    Withdrawal,
    /// They do not get it.
    WithdrawalReturned,
    /// It went out.
    WithdrawalProcessed,
    /// An order was paid.
    Payment,
    /// Some or all of it was given back.
    Refund,
    /// A card was charged.
    Capture,
    /// What a card has paid for was not there any more; the money is in the wallet.
    Credit,
    /// It is back with the card.
    Return,
}

impl TransferKind {
    /// Those that touch a wallet: what is processed was set aside before, and what a card is charged is in none yet.
    pub const OF_WALLETS: [Self; 7] =
        [Self::Deposit, Self::Withdrawal, Self::WithdrawalReturned, Self::Payment, Self::Refund, Self::Credit, Self::Opening];

    /// The one of this name that touches wallets.
    pub fn from_word(word: &str) -> Option<Self> {
        word.parse().ok().filter(|kind| Self::OF_WALLETS.contains(kind))
    }
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow, utoipa::ToSchema))]
pub struct Entry {
    /// Which; what came later has a higher one.
    pub id: PostingId,
    /// When, in milliseconds UTC.
    pub at: Millis,
    /// Why.
    pub kind: TransferKind,
    /// What it was for.
    pub note: String,
    /// What the wallet got (above zero) or gave, in minor units.
    pub amount: i64,
    /// What was in it then.
    pub balance: i64,
    /// Of which currency.
    pub currency: Currency,
}

impl Entry {
    /// What the wallet got or gave.
    pub fn money(&self) -> Money {
        Money::new(self.amount, self.currency)
    }

    /// What was in it then.
    pub fn after(&self) -> Money {
        Money::new(self.balance, self.currency)
    }
}

/// Which entries are shown, as it was entered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A currency's code; empty: euros.
    pub currency: String,
    /// The name of a kind; empty: all.
    pub kind: String,
    /// The first day, `2026-11-21`, in the zone of who asks; empty: from the beginning.
    pub from: String,
    /// The last day, likewise; empty: until now.
    pub to: String,
}

impl Asked {
    /// The fields with something in them, by name, for an address.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [("currency", self.currency.as_str()), ("kind", &self.kind), ("from", &self.from), ("to", &self.to)];
        all.into_iter().filter(|(_, value)| !value.is_empty())
    }

    /// Fewer entries than the currency has are shown.
    pub fn narrows(&self) -> bool {
        self.fields().any(|(name, _)| name != "currency")
    }
}

/// Which entries are shown, understood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Of which currency.
    pub currency: Currency,
    /// Only of this kind.
    pub kind: Option<TransferKind>,
    /// Not before this instant.
    pub from: Option<Millis>,
    /// Before this one.
    pub to: Option<Millis>,
}

impl Filter {
    /// True if it shows `entry`.
    pub fn shows(&self, entry: &Entry) -> bool {
        entry.currency == self.currency
            && self.kind.is_none_or(|kind| kind == entry.kind)
            && self.from.is_none_or(|from| entry.at >= from)
            && self.to.is_none_or(|to| entry.at < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_shows_what_it_names() {
        let entry = Entry {
            id: PostingId(1),
            at: 100,
            kind: TransferKind::Deposit,
            note: String::new(),
            amount: 500,
            balance: 500,
            currency: Currency::Eur,
        };
        let all = Filter::default();
        for (filter, shown) in [
            (all, true),
            (Filter { currency: Currency::Chf, ..all }, false),
            (Filter { kind: Some(TransferKind::Deposit), from: Some(100), to: Some(101), ..all }, true),
            (Filter { kind: Some(TransferKind::Refund), ..all }, false),
            (Filter { from: Some(101), ..all }, false),
            (Filter { to: Some(100), ..all }, false),
        ] {
            assert_eq!(filter.shows(&entry), shown, "{filter:?}");
        }
        for kind in TransferKind::OF_WALLETS {
            assert_eq!(TransferKind::from_word(kind.into_str()), Some(kind));
        }
        assert_eq!(TransferKind::from_word("withdrawal_processed"), None, "no wallet shows it");
    }

    #[test]
    fn what_was_entered_is_what_the_address_says() {
        let asked = Asked { kind: "deposit".to_owned(), to: "2026-11-21".to_owned(), ..Asked::default() };
        assert_eq!(asked.fields().collect::<Vec<_>>(), [("kind", "deposit"), ("to", "2026-11-21")]);
        assert!(asked.narrows() && !Asked { currency: "CHF".to_owned(), ..Asked::default() }.narrows());
    }
}
