//! An order on its way: one function says what may become what.

use serde::{Deserialize, Serialize};

/// Where an order is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Its places are being chosen.
    Draft,
    /// Its places are held until it is paid.
    AwaitingPayment,
    /// It is paid, and its tickets are there.
    Paid,
    /// Some of it was given back.
    PartlyRefunded,
    /// All of it was given back. This is an end.
    Refunded,
    /// Its owner gave it up before paying. This is an end.
    Cancelled,
    /// Its hold ended before it was paid. This is an end.
    Expired,
}

/// What happens to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub enum OrderAction {
    /// Its owner wants to pay.
    CheckOut,
    /// It is paid.
    Pay,
    /// Some of its lines are given back.
    RefundSome,
    /// The last of them is.
    RefundAll,
    /// Its owner gives it up.
    Cancel,
    /// Its hold has ended.
    Expire,
}

/// What an order in `state` becomes by `action`; none if that cannot happen to it.
pub fn transition(state: OrderState, action: OrderAction) -> Option<OrderState> {
    use OrderAction as A;
    use OrderState as S;
    match (state, action) {
        (S::Draft, A::CheckOut) => Some(S::AwaitingPayment),
        (S::AwaitingPayment, A::Pay) => Some(S::Paid),
        (S::Paid | S::PartlyRefunded, A::RefundSome) => Some(S::PartlyRefunded),
        (S::Paid | S::PartlyRefunded, A::RefundAll) => Some(S::Refunded),
        (S::Draft | S::AwaitingPayment, A::Cancel) => Some(S::Cancelled),
        (S::Draft | S::AwaitingPayment, A::Expire) => Some(S::Expired),
        _ => None,
    }
}

impl OrderState {
    /// Nothing more happens to it.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Refunded | Self::Cancelled | Self::Expired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    /// Every state and action: what is not in the table cannot happen.
    #[test]
    fn the_table_of_states() {
        use OrderAction::*;
        use OrderState::*;
        let table = [
            (Draft, CheckOut, AwaitingPayment),
            (Draft, Cancel, Cancelled),
            (Draft, Expire, Expired),
            (AwaitingPayment, Pay, Paid),
            (AwaitingPayment, Cancel, Cancelled),
            (AwaitingPayment, Expire, Expired),
            (Paid, RefundSome, PartlyRefunded),
            (Paid, RefundAll, Refunded),
            (PartlyRefunded, RefundSome, PartlyRefunded),
            (PartlyRefunded, RefundAll, Refunded),
        ];
        for &state in OrderState::VARIANTS {
            for &action in OrderAction::VARIANTS {
                let expected = table.iter().find(|(from, by, _)| (*from, *by) == (state, action)).map(|(.., to)| *to);
                assert_eq!(transition(state, action), expected, "{state:?} {action:?}");
                assert!(!state.is_end() || expected.is_none(), "{state:?} is an end");
            }
        }
    }
}
