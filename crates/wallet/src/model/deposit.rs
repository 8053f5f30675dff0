//! A deposit on its way: one function says what may become what.

use serde::{Deserialize, Serialize};

use super::{Currency, Money};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{DepositId, Millis},
};

/// The least that is deposited or withdrawn at once, in minor units.
pub const LEAST: i64 = 100;
/// The most that is deposited at once, in minor units.
pub const MOST: i64 = 1_000_000;
/// Deposits that somebody can have under way.
pub const UNDER_WAY: i64 = 5;
/// How long a gateway has time to answer.
pub const PATIENCE: Millis = 30 * 60_000;

/// Where a deposit is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::VariantArray)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum DepositState {
    /// The gateway has not answered yet.
    Pending,
    /// The money is in the wallet. This is an end.
    Completed,
    /// The gateway refused it. This is an end.
    Declined,
    /// The gateway has not answered in time. Should it approve after all, the money is credited.
    Expired,
}

/// What happens to a deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub enum DepositAction {
    /// The gateway has the money.
    Approve,
    /// The gateway does not get it.
    Decline,
    /// Its time is over.
    Expire,
}

/// What a deposit in `state` becomes by `action`; none if it stays what it is.
///
/// An approval after the time is over is credited: the gateway has the person's money by then. An approval after a refusal, or a refusal
/// after an approval, moves nothing ([`contradicts`]): people have to ask the gateway which of both is true.
pub fn transition(state: DepositState, action: DepositAction) -> Option<DepositState> {
    use DepositAction as A;
    use DepositState as S;
    match (state, action) {
        (S::Pending | S::Expired, A::Approve) => Some(S::Completed),
        (S::Pending, A::Decline) => Some(S::Declined),
        (S::Pending, A::Expire) => Some(S::Expired),
        _ => None,
    }
}

/// True if the gateway says the opposite of what it said before.
pub fn contradicts(state: DepositState, action: DepositAction) -> bool {
    matches!((state, action), (DepositState::Declined, DepositAction::Approve) | (DepositState::Completed, DepositAction::Decline))
}

/// Money on its way into a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow, utoipa::ToSchema))]
pub struct Deposit {
    /// Which.
    pub id: DepositId,
    /// How much, in minor units.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
    /// Where it is on its way.
    pub state: DepositState,
    /// Where it is paid: an address of the gateway, or a path of this site. Empty until the gateway has said.
    pub checkout_url: String,
    /// When it was begun, in milliseconds UTC.
    pub created_at: Millis,
    /// Until when the gateway has time to answer.
    pub expires_at: Millis,
    /// When it came to its end.
    pub ended_at: Option<Millis>,
}

impl Deposit {
    /// How much it is.
    pub fn money(&self) -> Money {
        Money::new(self.amount, self.currency)
    }

    /// It can still be paid.
    pub fn is_open(&self) -> bool {
        self.state == DepositState::Pending
    }
}

/// What money is added for: where its person goes on afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// A path of this site.
    pub path: String,
    /// Until when what is there waits, in milliseconds UTC; none: it does not end.
    pub until: Option<Millis>,
}

/// What is deposited when `missing` minor units are missing: no less than [`LEAST`].
pub fn to_add(missing: Money) -> Money {
    Money::new(missing.amount.max(LEAST), missing.currency)
}

/// Checks how much is to be deposited.
///
/// # Errors
/// 422 `amount`.
pub fn check_amount(money: Money) -> AppResult<Money> {
    let at = |amount| Money::new(amount, money.currency);
    match money.amount {
        ..LEAST => Err(AppError::invalid("amount", format!("At least {}.", at(LEAST)))),
        LEAST..=MOST => Ok(money),
        _ => Err(AppError::invalid("amount", format!("At most {} at once.", at(MOST)))),
    }
}

/// What the simulator is to do as a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Simulated {
    /// It approves.
    Approve,
    /// It declines.
    Decline,
    /// It approves some seconds later.
    Late,
    /// It approves twice, at the same time.
    Twice,
    /// It declines, and approves after that.
    Contradict,
}

impl Simulated {
    /// The one of this name.
    ///
    /// # Errors
    /// 422 `outcome`.
    pub fn parse(word: &str) -> AppResult<Self> {
        word.parse().map_err(|_: strum::ParseError| {
            AppError::invalid("outcome", "The simulator can approve, decline, answer late or twice, or contradict itself.")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    /// Every state and action: what is not in the table changes nothing, and what contradicts never moves anything.
    #[test]
    fn the_table_of_states() {
        use DepositAction::*;
        use DepositState::*;
        let table =
            [(Pending, Approve, Completed), (Pending, Decline, Declined), (Pending, Expire, Expired), (Expired, Approve, Completed)];
        for &state in DepositState::VARIANTS {
            for &action in DepositAction::VARIANTS {
                let expected = table.iter().find(|(from, by, _)| (*from, *by) == (state, action)).map(|(.., to)| *to);
                assert_eq!(transition(state, action), expected, "{state:?} {action:?}");
                assert!(!contradicts(state, action) || expected.is_none(), "{state:?} {action:?}");
            }
        }
        assert!(contradicts(Declined, Approve) && contradicts(Completed, Decline) && !contradicts(Completed, Approve));
    }

    #[test]
    fn amounts_have_limits() {
        let check = |amount| check_amount(Money::new(amount, Currency::Eur));
        for (amount, right) in [(LEAST - 1, false), (LEAST, true), (MOST, true), (MOST + 1, false), (-LEAST, false), (0, false)] {
            assert_eq!(check(amount).is_ok(), right, "{amount}");
        }
        assert_eq!(check(5).unwrap_err().message, "At least €1.00.");
        for &outcome in Simulated::VARIANTS {
            assert_eq!(Simulated::parse(outcome.into_str()), Ok(outcome));
        }
    }
}
