//! Payment files, with which the organisation's bank pays withdrawals, and the account that it pays them from.

use serde::{Deserialize, Serialize};

use super::{Currency, Money};
use plenum_core::{
    ids::{Millis, PaymentFileId, WithdrawalId},
    people::PersonCard,
};

/// Where a payment file is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum FileState {
    /// The bank is to pay it.
    Made,
    /// The bank has paid it; its withdrawals are being paid out on the ledger.
    Processing,
    /// All of that is done. This is the end.
    Processed,
}

/// A payment file, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentFile {
    /// Which.
    pub id: PaymentFileId,
    /// What the bank calls it.
    pub message_id: String,
    /// Where it is on its way.
    pub state: FileState,
    /// The sum of its withdrawals when it was made, in cents.
    pub sum: i64,
    /// The account that it is paid from, shortened.
    pub account: String,
    /// The withdrawals in it, the oldest first.
    pub withdrawals: Vec<WithdrawalId>,
    /// Who has made it.
    pub made_by: PersonCard,
    /// When.
    pub made_at: Millis,
    /// Who has said that the bank paid it.
    pub processed_by: Option<PersonCard>,
    /// When.
    pub processed_at: Option<Millis>,
}

impl PaymentFile {
    /// How much it pays.
    pub fn money(&self) -> Money {
        Money::new(self.sum, Currency::Eur)
    }

    /// Some of its withdrawals may not be paid out on the ledger yet.
    pub fn is_open(&self) -> bool {
        self.state != FileState::Processed
    }
}

/// The organisation's own account, which its withdrawals are paid from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Payer {
    /// Its holder.
    pub name: String,
    /// Its number, shortened.
    pub account: String,
    /// When it was changed.
    pub changed_at: Millis,
}
