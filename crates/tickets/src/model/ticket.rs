//! Tickets: what admits to an event, what becomes of one, and the code on it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use plenum_core::{
    error::AppError,
    ids::{EventId, Millis, OrderId, TicketId, parse_id},
    people::PersonCard,
    qr::Picture,
    time::Zone,
};
use plenum_events::model::{event::EventState, seat::Place};
use plenum_wallet::model::Money;

/// What a ticket is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum TicketState {
    /// It admits.
    Valid,
    /// It has admitted.
    Used,
    /// Its money was given back. This is an end.
    Void,
}

/// What happens to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub enum TicketAction {
    /// Its holder comes in.
    Admit,
    /// That was a mistake.
    Undo,
    /// Its money is given back.
    Void,
}

/// What a ticket in `state` becomes by `action`; none if that cannot happen to it.
pub fn transition(state: TicketState, action: TicketAction) -> Option<TicketState> {
    use TicketAction as A;
    use TicketState as S;
    match (state, action) {
        (S::Valid, A::Admit) => Some(S::Used),
        (S::Used, A::Undo) => Some(S::Valid),
        (S::Valid | S::Used, A::Void) => Some(S::Void),
        _ => None,
    }
}

/// Bytes of a code's signature: half of what HMAC-SHA256 makes (RFC 2104 wants no less), so that the picture stays coarse.
pub const SIGNATURE_BYTES: usize = 16;
/// What every code begins with: whose it is, and how it is made.
const PREFIX: &str = "PT1";

/// The code on a ticket, as it was read: `PT1.12.9F86…`. Who knows a ticket's number does not know its signature; whether that is right
/// only the server can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketCode {
    /// Which ticket it says it is.
    pub ticket: TicketId,
    /// What is to prove it.
    pub signature: [u8; SIGNATURE_BYTES],
}

impl fmt::Display for TicketCode {
    /// Capitals, digits and points alone: what a QR code holds with the fewest dots.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}.{}.", self.ticket)?;
        self.signature.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl FromStr for TicketCode {
    type Err = AppError;

    /// Reads what was scanned or typed, in either case, with blanks around it.
    fn from_str(text: &str) -> Result<Self, AppError> {
        let wrong = || AppError::invalid("code", "This is not the code of a ticket.");
        let mut parts = text.trim().split('.');
        let (Some(prefix), Some(id), Some(hex), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        if !prefix.eq_ignore_ascii_case(PREFIX) || hex.len() != 2 * SIGNATURE_BYTES || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let ticket = parse_id(id).map(TicketId).map_err(|_| wrong())?;
        let mut signature = [0; SIGNATURE_BYTES];
        for (index, byte) in signature.iter_mut().enumerate() {
            let digits = hex.get(2 * index..2 * index + 2).ok_or_else(wrong)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self { ticket, signature })
    }
}

/// A ticket, with all that stands on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The ticket.
    pub id: TicketId,
    /// To which event it admits.
    pub event_id: EventId,
    /// What that is called.
    pub title: String,
    /// How it stands with the event.
    pub event_state: EventState,
    /// It takes place online.
    pub is_virtual: bool,
    /// Where; empty if it is online.
    pub venue: String,
    /// The zone of its times.
    pub zone: Zone,
    /// When the doors open.
    pub doors_at: Option<Millis>,
    /// When it begins.
    pub starts_at: Millis,
    /// When it ends.
    pub ends_at: Millis,
    /// The ticket type.
    pub kind: String,
    /// What was paid for it.
    pub paid: Money,
    /// The seat; none where one stands.
    pub place: Option<Place>,
    /// Whose it is.
    pub holder: PersonCard,
    /// The order that it is of.
    pub order_id: OrderId,
    /// That order's number.
    pub order: String,
    /// What it is good for now.
    pub state: TicketState,
    /// When it admitted.
    pub used_at: Option<Millis>,
    /// The code, while it is good for something.
    pub code: Option<String>,
    /// The code as a picture; not in lists.
    pub picture: Option<Picture>,
}

/// Tickets on a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tickets {
    /// By the beginning of the event, then by id.
    pub tickets: Vec<Ticket>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use strum::VariantArray as _;

    /// Every state and action: what is not in the table cannot happen.
    #[test]
    fn the_table_of_states() {
        use TicketAction as A;
        use TicketState as S;
        let table =
            [(S::Valid, A::Admit, S::Used), (S::Used, A::Undo, S::Valid), (S::Valid, A::Void, S::Void), (S::Used, A::Void, S::Void)];
        for &state in S::VARIANTS {
            for &action in A::VARIANTS {
                let expected = table.iter().find(|(from, by, _)| (*from, *by) == (state, action)).map(|(.., to)| *to);
                assert_eq!(transition(state, action), expected, "{state:?} {action:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_code_reads_back(id in 1..=i64::MAX, signature: [u8; SIGNATURE_BYTES]) {
            let code = TicketCode { ticket: TicketId(id), signature };
            let text = code.to_string();
            prop_assert_eq!(text.parse::<TicketCode>(), Ok(code));
            prop_assert_eq!(format!(" {} \n", text.to_lowercase()).parse::<TicketCode>(), Ok(code));
            prop_assert!(text.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase() || c == '.'), "a QR code's small alphabet");
        }

        /// Whatever is scanned is read, or refused.
        #[test]
        fn anything_can_be_scanned(text in "\\PC*") {
            let _ = text.parse::<TicketCode>();
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let good = TicketCode { ticket: TicketId(12), signature: [0xA5; SIGNATURE_BYTES] }.to_string();
        assert_eq!(good, "PT1.12.A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5");
        let truncated = good.get(..good.len() - 1).unwrap();
        let longer = format!("{good}0");
        for wrong in ["", "12", "PT1", "PT1.12", "PT1.12.", truncated, &longer, &good.replace("PT1", "PT2"), &good.replace("12", "012")] {
            assert_eq!(wrong.parse::<TicketCode>().unwrap_err().field.as_deref(), Some("code"), "{wrong:?}");
        }
        for wrong in [good.replace("12", "0"), good.replace("12", "-1"), good.replace("A5A5A5A5A", "A5A5é5A5A"), format!("{good}.")] {
            wrong.parse::<TicketCode>().unwrap_err();
        }
    }
}
