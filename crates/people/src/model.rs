//! People, their roles and sign-ins, as both sides see them; what comes from
//! outside becomes valid here, in the constructors.

pub mod second_factor;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use plenum_core::{
    error::{AppError, AppResult},
    ids::{InvitationId, Millis},
    people::{PersonCard, PersonState, Role, SignIn},
    text::title,
};

/// A sign-in or token of somebody, as admins see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnySignIn {
    /// Whose.
    pub person: PersonCard,
    /// It is a program's token, and `device` its name.
    pub token: bool,
    /// The sign-in.
    pub sign_in: SignIn,
}

/// One page of who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The last used first.
    pub rows: Vec<AnySignIn>,
    /// There is another page.
    pub more: bool,
}

/// An invitation to the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    /// For whom, if it is for one address only.
    pub email: Option<String>,
    /// The role it gives.
    pub role: Role,
    /// When it ends.
    pub expires_at: Millis,
    /// Whether it has been used.
    pub used: bool,
}

/// A line of the admin's list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminPerson {
    pub card: PersonCard,
    /// Their login's address.
    pub email: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Active or suspended.
    pub state: PersonState,
    /// Since when.
    pub created_at: Millis,
    /// They sign in with a code, too.
    pub second_factor: bool,
}

/// What somebody runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runs {
    /// Events that are not over.
    pub events: i64,
    /// Rooms and groups that they alone own.
    pub rooms: i64,
    /// Broadcasts that are not over, those that are repeated among them.
    pub broadcasts: i64,
}

impl Runs {
    /// True if somebody else has to take over.
    pub fn is_anything(self) -> bool {
        self.events > 0 || self.rooms > 0 || self.broadcasts > 0
    }
}

/// A person as their page of administration shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDetail {
    pub card: PersonCard,
    /// Their login's address; empty if they were removed.
    pub email: String,
    /// What they may do while they are active.
    pub roles: Vec<Role>,
    /// How they stand.
    pub state: PersonState,
    /// Since when they are here.
    pub created_at: Millis,
    /// What they run.
    pub runs: Runs,
    /// Their tickets that let somebody in.
    pub tickets: i64,
    /// Why whoever looks can neither suspend nor remove them.
    pub refusal: Option<Cow<'static, str>>,
    /// What has to be done before they can be removed.
    pub obstacle: Option<Cow<'static, str>>,
    /// Some who could take over what they run.
    pub successors: Vec<PersonCard>,
}

/// Which of the two addresses of a change somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeSide {
    /// The one that the account has.
    Old,
    /// The one that it is to have.
    New,
}

/// A change of an address that waits, as the mail's link shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingEmail {
    /// The new address.
    pub email: String,
    pub side: ChangeSide,
}

/// What came of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confirmed {
    /// The other address has to confirm, too.
    One,
    /// The address has changed.
    Both,
}

/// Characters of a person's name at the most.
const NAME_CHARS: usize = 80;

/// A person's name: 1 to 80 characters, single spaces.
///
/// # Errors
/// Invalid `name` if it is empty or too long, or hides something.
pub fn parse_name(text: &str) -> AppResult<String> {
    let name = title("name", text, NAME_CHARS)?;
    if name.is_empty() { Err(AppError::invalid("name", "Enter a name.")) } else { Ok(name) }
}

/// A new password: 10 to 200 characters, not the address.
///
/// # Errors
/// Invalid `field` if it is too short, too long or the address.
pub fn check_password(field: &str, password: &str, email: &str) -> AppResult<()> {
    let length = password.chars().count();
    if length < 10 {
        return Err(AppError::invalid(field, "Choose a password of at least 10 characters."));
    }
    if length > 200 {
        return Err(AppError::invalid(field, "A password has at most 200 characters."));
    }
    if password.eq_ignore_ascii_case(email) {
        return Err(AppError::invalid(field, "Choose a password that is not your e-mail address."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name stands beside others': it turns nothing around, and can be seen.
    #[test]
    fn a_name_hides_nothing() {
        for wrong in ["", " ", "\u{200B}", "\u{3164}", "Sam\u{202E}", "S\u{7}am", "Sam\u{200B}Adeyemi", &"x".repeat(NAME_CHARS + 1)] {
            assert_eq!(parse_name(wrong).unwrap_err().field.as_deref(), Some("name"), "{wrong:?}");
        }
        for name in ["Lena Kovač", "李", "محمد", "نرگس\u{200C}خانم", "O’Brien"] {
            assert_eq!(parse_name(name).unwrap(), name);
        }
    }
}
