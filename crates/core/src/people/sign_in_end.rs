//! Why a sign-in ends, and what its sockets are closed with.

use serde::{Deserialize, Serialize};
use strum::VariantArray as _;

use crate::protocol::code;

/// Why a sign-in has ended, or a socket is nobody's any more. The cause alone decides what sockets are closed with ([`SignInEnd::close`]); the
/// crate `web` ends the rows and records it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum SignInEnd {
    /// Its person signed out in that browser.
    SignedOut,
    /// Its person signed in again in the same browser.
    Replaced,
    /// Its person ended it from elsewhere: a browser or a token.
    EndedElsewhere,
    /// Its person ended all but the one they asked with.
    OthersEnded,
    /// An admin ended it.
    EndedByAdmin,
    /// An admin suspended its person.
    Suspended,
    /// An admin removed its person.
    Removed,
    /// Its person changed their password in another browser.
    PasswordChanged,
    /// Its person set a new password by mail.
    PasswordReset,
    /// An admin reset its person's second factor.
    SecondFactorReset,
    /// The account has another e-mail address.
    EmailChanged,
    /// Its person signed in too often since; it was the one used longest ago.
    TooMany,
    /// Its time was over.
    Expired,
    /// Its organisation is suspended; it is good again afterwards.
    OrganisationSuspended,
    /// It is no longer there, whatever ended it: a socket was opened, or asked again, too late to hear why.
    Gone,
    /// A client said on its socket who it is, and was not believed.
    NotBelieved,
    /// The backend of an external application ended its user's connections.
    EndedByApplication,
}

/// What a socket is closed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Close {
    /// The code of the close frame.
    pub code: u16,
    /// Its reason: for people who look at frames, not for programs.
    pub reason: &'static str,
}

impl SignInEnd {
    /// What the sockets of the sign-in are closed with. Codes from 4000 to 4099 tell a client not to come back.
    pub const fn close(self) -> Close {
        let (code, reason) = match self {
            Self::SignedOut => (code::UNAUTHORISED, "signed out"),
            Self::Replaced => (code::UNAUTHORISED, "signed in again"),
            Self::EndedElsewhere | Self::OthersEnded => (code::UNAUTHORISED, "signed out elsewhere"),
            Self::EndedByAdmin => (code::UNAUTHORISED, "signed out by an admin"),
            Self::Suspended => (code::SUSPENDED, "the account is suspended"),
            Self::Removed => (code::REMOVED, "the account was removed"),
            Self::PasswordChanged | Self::PasswordReset => (code::UNAUTHORISED, "the password was changed"),
            Self::SecondFactorReset => (code::UNAUTHORISED, "the second factor was reset"),
            Self::EmailChanged => (code::UNAUTHORISED, "the e-mail address was changed"),
            Self::TooMany => (code::UNAUTHORISED, "signed in too often elsewhere"),
            Self::OrganisationSuspended => (code::UNAUTHORISED, "the organisation is suspended"),
            Self::Expired => (code::UNAUTHORISED, "the sign-in has expired"),
            Self::Gone => (code::UNAUTHORISED, "signed in no more"),
            Self::NotBelieved => (code::UNAUTHORISED, "not signed in"),
            Self::EndedByApplication => (code::UNAUTHORISED, "ended by the application"),
        };
        Close { code, reason }
    }

    /// True for a code with which the end of a sign-in closes sockets.
    pub fn closes_with(code: u16) -> bool {
        Self::VARIANTS.iter().any(|cause| cause.close().code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No client comes back by itself after a sign-in has ended, and a reason fits into a close frame.
    #[test]
    fn who_was_signed_out_stays_out() {
        for &cause in SignInEnd::VARIANTS {
            let Close { code, reason } = cause.close();
            assert!((4000..4100).contains(&code) && (1..=123).contains(&reason.len()), "{cause:?}");
            assert!(SignInEnd::closes_with(code));
        }
        assert!(!SignInEnd::closes_with(code::OVER_CAPACITY) && !SignInEnd::closes_with(code::RECONNECT));
    }
}
