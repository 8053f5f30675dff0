//! Tokens: what a program may do for a person, and until when.

use serde::{Deserialize, Serialize};

use crate::{
    error::{AppError, AppResult},
    ids::{Millis, SignInId},
};

/// Characters of a token's name at the most.
pub const TOKEN_NAME_CHARS: u32 = 80;
/// Days that a token is valid for, unless it is said.
pub const TOKEN_DAYS: u32 = 90;
/// Days that a token is valid for at the most.
pub const TOKEN_MAX_DAYS: u32 = 365;

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// To see what its person sees.
    Read,
    /// To do what its person may do.
    Write,
    /// To open sockets (`/broadcasting/auth`).
    Connect,
    /// To see and do what its person may as an admin.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Connect, Self::Admin];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Connect => "connect",
            Self::Admin => "admin",
        }
    }

    /// The one of this name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
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
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().any(char::is_control) || name.chars().nth(TOKEN_NAME_CHARS as usize).is_some() {
            return Err(AppError::invalid("name", format!("A name has 1 to {TOKEN_NAME_CHARS} characters.")));
        }
        let none = || AppError::invalid("scopes", "Name at least one of read, write, connect, admin.");
        let named = scopes.iter().map(|word| Scope::from_word(word).ok_or_else(none)).collect::<AppResult<Vec<Scope>>>()?;
        if named.is_empty() {
            return Err(none());
        }
        let days = days.unwrap_or(TOKEN_DAYS);
        if !(1..=TOKEN_MAX_DAYS).contains(&days) {
            return Err(AppError::invalid("expires_in_days", format!("A token is valid for 1 to {TOKEN_MAX_DAYS} days.")));
        }
        Ok(Self { name, scopes: Scope::ALL.into_iter().filter(|scope| named.contains(scope)).collect(), days })
    }

    /// The scopes as they are stored.
    pub fn words(&self) -> String {
        self.scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" ")
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
