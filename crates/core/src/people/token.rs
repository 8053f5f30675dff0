//! Tokens: what a program may do for a person, and until when.

use serde::{Deserialize, Serialize};
use strum::VariantArray as _;

use crate::{
    error::{AppError, AppResult},
    ids::{Millis, SignInId},
    text::title,
};

/// Characters of a token's name at the most.
pub const TOKEN_NAME_CHARS: u32 = 80;
/// Days that a token is valid for, unless it is said.
pub const TOKEN_DAYS: u32 = 90;
/// Days that a token is valid for at the most.
pub const TOKEN_MAX_DAYS: u32 = 365;

/// What a token may be used for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// To see what its person sees.
    Read,
    /// To do what its person may do.
    Write,
    /// To open sockets (`/broadcasting/auth`).
    Connect,
    /// To act on what is others': their orders, events that its person runs, broadcasts.
    Manage,
    /// To see and do what its person may as an admin.
    Admin,
}

/// What the access of a request or socket may be used for: a browser's for everything, a token's for its scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// A browser's.
    pub const ALL: Self = Self(u8::MAX);

    /// A token's, as they are stored; `None` is a browser's sign-in.
    pub fn stored(words: Option<&str>) -> Self {
        let bits = |words: &str| words.split_whitespace().filter_map(|word| word.parse().ok()).map(Self::bit).fold(0, |all, bit| all | bit);
        words.map_or(Self::ALL, |words| Self(bits(words)))
    }

    fn bit(scope: Scope) -> u8 {
        1 << scope as u8
    }

    /// True if `scope` is among them.
    pub fn has(self, scope: Scope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    /// # Errors
    /// 403 without `scope`.
    pub fn require(self, scope: Scope) -> AppResult<()> {
        if self.has(scope) { Ok(()) } else { Err(AppError::forbidden(format!("This token lacks the scope {}.", scope.into_str()))) }
    }
}

/// A program's access, as its person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Token {
    /// Which.
    pub id: SignInId,
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Since when.
    #[cfg_attr(feature = "ssr", schema(value_type = i64))]
    pub created_at: Millis,
    /// When it was used last, to the minute; when it was made, before that.
    #[cfg_attr(feature = "ssr", schema(value_type = i64))]
    pub used_at: Millis,
    /// Until when.
    #[cfg_attr(feature = "ssr", schema(value_type = i64))]
    pub expires_at: Millis,
}

/// A new token, with what is told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MadeToken {
    /// Which.
    pub id: SignInId,
    /// The secret that a program sends as `Authorization: Bearer …`; told now and never again.
    pub token: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Until when.
    #[cfg_attr(feature = "ssr", schema(value_type = i64))]
    pub expires_at: Millis,
}

/// The token that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenWish {
    /// What it is for.
    pub name: String,
    /// What it may be used for, each once.
    pub scopes: Vec<Scope>,
    /// How long it is valid.
    pub days: u32,
}

impl TokenWish {
    /// Reads what was entered: a name of 1 to 80 characters, one scope or more by their names, 1 to 365 days (90 if it is not said).
    ///
    /// # Errors
    /// Invalid `name`, `scopes` or `expires_in_days`.
    pub fn parse(name: &str, scopes: &[String], days: Option<u32>) -> AppResult<Self> {
        let name = title("name", name, TOKEN_NAME_CHARS as usize)?;
        if name.is_empty() {
            return Err(AppError::invalid("name", format!("A name has 1 to {TOKEN_NAME_CHARS} characters.")));
        }
        let none = || AppError::invalid("scopes", "Name at least one of read, write, connect, manage, admin.");
        let named = scopes.iter().map(|word| word.parse().map_err(|_| none())).collect::<AppResult<Vec<Scope>>>()?;
        if named.is_empty() {
            return Err(none());
        }
        let days = days.unwrap_or(TOKEN_DAYS);
        if !(1..=TOKEN_MAX_DAYS).contains(&days) {
            return Err(AppError::invalid("expires_in_days", format!("A token is valid for 1 to {TOKEN_MAX_DAYS} days.")));
        }
        Ok(Self { name, scopes: Scope::VARIANTS.iter().copied().filter(|scope| named.contains(scope)).collect(), days })
    }

    /// The scopes as they are stored.
    pub fn words(&self) -> String {
        self.scopes.iter().map(|scope| scope.into_str()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &str, scopes: &[&str], days: Option<u32>) -> AppResult<TokenWish> {
        TokenWish::parse(name, &scopes.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(), days)
    }

    #[test]
    fn a_wish_is_read_in_one_form() {
        let wish = parse("  Time \t table ", &["write", "read", "read"], None).unwrap();
        assert_eq!((wish.name.as_str(), wish.words().as_str(), wish.days), ("Time table", "read write", 90));
        assert!(parse(&"ü".repeat(80), &["admin"], Some(365)).is_ok());
    }

    #[test]
    fn a_token_has_its_scopes_and_a_browser_all() {
        for scope in Scope::VARIANTS {
            assert!(Scopes::ALL.has(*scope) && Scopes::stored(None).has(*scope));
            assert!(!Scopes::stored(Some("")).has(*scope));
            for other in Scope::VARIANTS {
                assert_eq!(Scopes::stored(Some(scope.into_str())).has(*other), scope == other);
            }
        }
        let both = Scopes::stored(Some("read connect unheard-of"));
        assert!(both.has(Scope::Read) && both.has(Scope::Connect) && !both.has(Scope::Admin));
        assert_eq!(both.require(Scope::Admin).unwrap_err().message, "This token lacks the scope admin.");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (wish, field) in [
            (parse(" ", &["read"], None), "name"),
            (parse(&"x".repeat(81), &["read"], None), "name"),
            (parse("x", &[], None), "scopes"),
            (parse("x", &["read", "all"], None), "scopes"),
            (parse("x", &["read"], Some(0)), "expires_in_days"),
            (parse("x", &["read"], Some(366)), "expires_in_days"),
        ] {
            assert_eq!(wish.unwrap_err().field.as_deref(), Some(field));
        }
    }
}
