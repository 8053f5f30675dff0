//! A withdrawal on its way: one function says what may become what.

use serde::{Deserialize, Serialize};

use super::{Currency, Money};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, WithdrawalId},
    people::PersonCard,
};

/// Withdrawals that somebody can have under way.
pub const UNDER_WAY: i64 = 5;
/// Characters of a reason.
pub const REASON_CHARS: usize = 240;

/// Where a withdrawal is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum WithdrawalState {
    /// The money is set aside; an admin is to decide.
    Requested,
    /// It is to be paid out.
    Approved,
    /// It is not; the money is back in the wallet. This is an end.
    Rejected,
    /// It was paid out. This is an end.
    Processed,
    /// Its owner took it back. This is an end.
    Cancelled,
}

/// What is done to a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum WithdrawalAction {
    /// An admin lets it go out.
    Approve,
    /// An admin does not, or it could not be paid out; they say why.
    Reject,
    /// An admin has paid it out.
    Process,
    /// Its owner takes it back.
    Cancel,
}

/// What a withdrawal in `state` becomes by `action`; none if that cannot be done to it.
pub fn transition(state: WithdrawalState, action: WithdrawalAction) -> Option<WithdrawalState> {
    use WithdrawalAction as A;
    use WithdrawalState as S;
    match (state, action) {
        (S::Requested, A::Approve) => Some(S::Approved),
        (S::Requested, A::Reject) => Some(S::Rejected),
        (S::Requested, A::Cancel) => Some(S::Cancelled),
        (S::Approved, A::Process) => Some(S::Processed),
        // The bank did not take it.
        (S::Approved, A::Reject) => Some(S::Rejected),
        _ => None,
    }
}

impl WithdrawalState {
    /// Nothing more happens to it.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Rejected | Self::Processed | Self::Cancelled)
    }
}

impl WithdrawalAction {
    /// The one of this name.
    ///
    /// # Errors
    /// 422 `act`.
    pub fn parse(word: &str) -> AppResult<Self> {
        word.parse()
            .map_err(|_: strum::ParseError| AppError::invalid("act", "A withdrawal can be approved, rejected, processed or cancelled."))
    }
}

/// Money on its way out of a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow, utoipa::ToSchema))]
pub struct Withdrawal {
    /// Which.
    pub id: WithdrawalId,
    /// How much, in minor units.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
    /// Where it is on its way.
    pub state: WithdrawalState,
    /// The bank account that it goes to, shortened: `DE89 … 3000`. Empty: its owner is asked for it.
    pub account: String,
    /// Why it was rejected.
    pub reason: String,
    /// When it was requested, in milliseconds UTC.
    pub created_at: Millis,
    /// When it was approved or rejected.
    pub decided_at: Option<Millis>,
    /// When it came to its end.
    pub ended_at: Option<Millis>,
}

impl Withdrawal {
    /// How much it is.
    pub fn money(&self) -> Money {
        Money::new(self.amount, self.currency)
    }

    /// Its money is set aside.
    pub fn is_open(&self) -> bool {
        !self.state.is_end()
    }

    /// It cannot go out until its owner has said where.
    pub fn asks_for_account(&self) -> bool {
        self.is_open() && self.account.is_empty()
    }

    /// It can go into a payment file, which is in euros.
    pub fn is_payable(&self) -> bool {
        self.state == WithdrawalState::Approved && self.currency == Currency::Eur && !self.account.is_empty()
    }
}

/// A withdrawal as those see it who decide about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Queued {
    /// The withdrawal.
    pub withdrawal: Withdrawal,
    /// Whose it is.
    pub person: PersonCard,
    /// Who has approved or rejected it.
    pub decided_by: Option<PersonCard>,
    /// Who has paid it out.
    pub processed_by: Option<PersonCard>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    /// Every state and action: what is not in the table cannot be done.
    #[test]
    fn the_table_of_states() {
        use WithdrawalAction::*;
        use WithdrawalState::*;
        let table = [
            (Requested, Approve, Approved),
            (Requested, Reject, Rejected),
            (Requested, Cancel, Cancelled),
            (Approved, Process, Processed),
            (Approved, Reject, Rejected),
        ];
        for &state in WithdrawalState::VARIANTS {
            for &action in WithdrawalAction::VARIANTS {
                let expected = table.iter().find(|(from, by, _)| (*from, *by) == (state, action)).map(|(.., to)| *to);
                assert_eq!(transition(state, action), expected, "{state:?} {action:?}");
                assert!(!state.is_end() || expected.is_none(), "{state:?} is an end");
                assert_eq!(WithdrawalAction::parse(action.into_str()), Ok(action));
            }
        }
        assert!(WithdrawalAction::parse("burn").is_err());
    }
}
