//! Typed ids. Every row and every channel is named by one of these newtypes, so
//! that a person's id can never stand where a conversation's is meant.
//!
//! Ids are positive integers; parsing is strict (no sign, no leading zero), so
//! that one id has exactly one spelling in channel names and addresses.

use std::{fmt, num::NonZeroU64, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The text is not the one spelling of an id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not an id: a positive whole number is expected")]
pub struct IdError;

/// Parses the canonical spelling of an id.
///
/// # Errors
/// Anything but a positive decimal number without sign and leading zeros that fits a signed 64-bit integer.
pub fn parse_id(text: &str) -> Result<i64, IdError> {
    if text.starts_with(['0', '+', '-']) {
        return Err(IdError);
    }
    let number: NonZeroU64 = text.parse().map_err(|_| IdError)?;
    i64::try_from(number.get()).map_err(|_| IdError)
}

/// Declares id newtypes over `i64` with strict parsing and, on the server, a transparent column type.
macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_id(text).map(Self)
            }
        }
    )*};
}

id_types! {
    /// A tenant.
    OrganisationId;
    /// A human with one login, in exactly one organisation.
    PersonId;
    /// A person's authenticated browser.
    SignInId;
    /// An external application.
    ApplicationId;
    /// A notification in a person's inbox.
    NotificationId;
    /// Something that the institution tells its people.
    BroadcastId;
    /// A threshold of a figure that admins are told of.
    AlarmId;
    /// A row of the activity record; what happened later has a higher one.
    ActivityId;
    /// A broadcast that is made anew at each of its times.
    SeriesId;
    /// What is written once and sent often.
    TemplateId;
    /// An invitation to an organisation.
    InvitationId;
    /// A room, group or direct conversation.
    ConversationId;
    /// A message, unique over all conversations.
    MessageId;
    /// A message that was reported to the admins.
    ReportId;
    /// Anything that people join: an event, later a course, a clinic, a campaign.
    SpaceId;
    /// An event of the box office.
    EventId;
    /// A kind of ticket of an event, with its price.
    TicketTypeId;
    /// A part of a hall.
    SectionId;
    /// A seat of an event.
    SeatId;
    /// An expiring claim on places.
    HoldId;
    /// What somebody buys.
    OrderId;
    /// One place of an order.
    OrderLineId;
    /// What admits to an event.
    TicketId;
    /// Somebody was let in at a door.
    CheckInId;
    /// A code that lowers a price.
    PromoCodeId;
    /// Somebody's place in a waiting list.
    WaitingId;
    /// An uploaded picture.
    PictureId;
    /// An account of the ledger.
    AccountId;
    /// Money that moves from accounts to accounts.
    TransferId;
    /// What a transfer gave to an account or took from it; a line of a statement.
    PostingId;
    /// Money on its way into a wallet.
    DepositId;
    /// Money on its way out of one.
    WithdrawalId;
    /// What the organisation's bank is to pay.
    PaymentFileId;
    /// A payment by card on a gateway's own page.
    CardPaymentId;
}

/// Milliseconds since 1970-01-01 UTC: how every instant is stored and sent.
pub type Millis = i64;

/// A connection's number, unique in this process's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

impl ConnectionId {
    /// The id that the protocol shows: `123.456`.
    pub fn socket_id(self) -> String {
        format!("{}.{}", self.0 >> 32, self.0 & 0xffff_ffff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        assert_eq!("12".parse(), Ok(PersonId(12)));
        for wrong in ["", "0", "01", "+1", "-1", " 1", "1 ", "1.0", "9223372036854775808", "x"] {
            assert_eq!(wrong.parse::<PersonId>(), Err(IdError), "{wrong:?}");
        }
    }
}
