//! A payment by card on a gateway's own page: one function says what may become what.

use serde::{Deserialize, Serialize};

use plenum_core::error::{AppError, AppResult};

/// Where a payment by card is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::VariantArray)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[cfg_attr(feature = "ssr", schema(as = CardPaymentState))]
#[serde(rename_all = "lowercase")]
pub enum CardState {
    /// The gateway's page is open.
    Open,
    /// Its time is over, or it was declined. Should the gateway charge the card after all, it goes on from here.
    Closed,
    /// It has paid what it was for. This is an end.
    Used,
    /// What it was for was not there any more; the money is in the wallet. This is an end.
    Credited,
    /// Likewise; the gateway is to give the money back.
    Returning,
    /// It has. This is an end.
    Returned,
}

/// What happens to a payment by card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub enum CardAction {
    /// The card was charged, and what it pays is there.
    Use,
    /// The card was charged too late, and its owner wants the money in the wallet.
    Credit,
    /// The card was charged too late, and its owner wants the money back.
    GiveBack,
    /// The gateway has given it back.
    Return,
    /// The gateway's page ended without a payment.
    Close,
}

/// What a payment in `state` becomes by `action`; none: nothing, it was said before or says nothing new.
pub fn transition(state: CardState, action: CardAction) -> Option<CardState> {
    use CardAction as A;
    use CardState as S;
    match (state, action) {
        (S::Open | S::Closed, A::Use) => Some(S::Used),
        (S::Open | S::Closed, A::Credit) => Some(S::Credited),
        (S::Open | S::Closed, A::GiveBack) => Some(S::Returning),
        (S::Returning, A::Return) => Some(S::Returned),
        (S::Open, A::Close) => Some(S::Closed),
        _ => None,
    }
}

/// Where money goes that comes when what it was for is not there any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum Late {
    /// Back to the card.
    #[default]
    Refund,
    /// Into the wallet.
    Wallet,
}

impl Late {
    /// What a form says; nothing is a refund.
    ///
    /// # Errors
    /// 422 `late`.
    pub fn parse(word: &str) -> AppResult<Self> {
        if word.is_empty() {
            return Ok(Self::default());
        }
        word.parse().map_err(|_: strum::ParseError| AppError::invalid("late", "A late payment is a refund, or goes to the wallet."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    /// Every state and action: money that was captured is used once, credited once, or returned once.
    #[test]
    fn the_table_of_states() {
        use CardAction::*;
        use CardState::*;
        let table = [
            (Open, Use, Used),
            (Open, Credit, Credited),
            (Open, GiveBack, Returning),
            (Open, Close, Closed),
            (Closed, Use, Used),
            (Closed, Credit, Credited),
            (Closed, GiveBack, Returning),
            (Returning, Return, Returned),
        ];
        for &state in CardState::VARIANTS {
            for &action in CardAction::VARIANTS {
                let expected = table.iter().find(|(from, by, _)| (*from, *by) == (state, action)).map(|(.., to)| *to);
                assert_eq!(transition(state, action), expected, "{state:?} {action:?}");
            }
        }
    }

    #[test]
    fn a_late_payment_is_a_refund_unless_it_is_said() {
        assert_eq!((Late::parse(""), Late::parse("refund"), Late::parse("wallet")), (Ok(Late::Refund), Ok(Late::Refund), Ok(Late::Wallet)));
        assert_eq!(Late::parse("elsewhere").unwrap_err().field.as_deref(), Some("late"));
    }
}
