//! People as every layer knows them: cards, roles, privacy, who looks at a page, and who asks.

mod identity;
mod sign_in_end;
mod token;

use serde::{Deserialize, Serialize};

pub use identity::Identity;
pub use sign_in_end::{Close, SignInEnd};
pub use token::{MadeToken, Scope, Scopes, TOKEN_DAYS, TOKEN_MAX_DAYS, TOKEN_NAME_CHARS, Token, TokenWish};

use super::{
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId, PersonId, SignInId},
    look::Look,
    time::Zone,
};

/// Number of avatar colours.
pub const HUES: u8 = 12;

/// What a person may do, held in the organisation.
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
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(rename_all = "snake_case"))]
pub enum Role {
    /// Takes part.
    Member,
    /// Teaches.
    Instructor,
    /// Treats patients.
    Clinician,
    /// Answers customers.
    Agent,
    /// Runs events.
    Organiser,
    /// Runs campaigns.
    Manager,
    /// Runs the organisation.
    Admin,
}

/// How a person stands in their organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "snake_case"))]
pub enum PersonState {
    /// Takes part.
    Active,
    /// Has no access until an admin restores it; their data stays.
    Suspended,
    /// Has no access any more, and their personal data is erased.
    Removed,
}

/// The name of those who were removed, on what stays of them.
pub const FORMER_MEMBER: &str = "A former member";

/// What is shown of a person wherever they appear.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PersonCard {
    /// Who.
    pub id: PersonId,
    /// The name they chose.
    pub name: String,
    /// Avatar colour, 0 to 11.
    pub hue: u8,
}

impl PersonCard {
    /// At most two letters for the avatar.
    pub fn initials(&self) -> String {
        let mut words = self.name.split_whitespace().filter_map(|word| word.chars().next());
        let first = words.next();
        let last = words.next_back();
        first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
    }
}

/// What a person lets others see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    /// Others see when they are online, and when they were last.
    pub show_presence: bool,
    /// Others see that they are typing.
    pub send_typing: bool,
    /// Others see how far they have read.
    pub send_read_marks: bool,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { show_presence: true, send_typing: true, send_read_marks: true }
    }
}

/// The person who looks at the page, in the shell of every page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Who.
    pub card: PersonCard,
    /// Their login's address.
    pub email: String,
    /// Their tenant.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Roles in the organisation.
    pub roles: Vec<Role>,
    /// What others see.
    pub privacy: Privacy,
    /// Their time zone, with its offsets.
    pub zone: Zone,
    /// The browser they are signed in with.
    pub sign_in: SignInId,
    /// An admin of the organisation that runs the server.
    pub operator: bool,
}

impl Viewer {
    /// True if they hold `role`.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// The first thing a page asks: who looks, and at what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shell {
    /// The person, if someone is signed in.
    pub viewer: Option<Viewer>,
    /// The organisation of this host name.
    pub organisation_name: String,
    /// How it looks.
    pub look: Look,
    /// Anyone may register, or only with an invitation; told to visitors alone.
    pub open_registration: bool,
    /// The people of the demo, to sign in with one click; empty outside the demo.
    pub demo_people: Vec<DemoPerson>,
    /// The server's clock when the page was made, for "today" and countdowns.
    pub now: Millis,
}

/// Someone to try Plenum as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoPerson {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they do.
    pub role: Role,
    /// Avatar colour, 0 to 11.
    pub hue: u8,
}

/// A browser that someone is signed in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Which.
    pub id: SignInId,
    /// Browser and system, as far as it told.
    pub device: String,
    /// Network address of the last use.
    pub address: String,
    /// Since when.
    pub created_at: Millis,
    /// Last use, to the minute.
    pub used_at: Millis,
    /// True for the browser that asks.
    pub current: bool,
}

/// An e-mail address in the one form that is compared: trimmed, lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email(String);

impl Email {
    /// # Errors
    /// Invalid `email` if it cannot be an address.
    pub fn parse(text: &str) -> AppResult<Self> {
        let text = text.trim().to_lowercase();
        let wrong = || AppError::invalid("email", "Enter an e-mail address like name@example.org.");
        let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
        let plain =
            |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"(),;:\\@".contains(c));
        if text.len() > 254 || !plain(local) || !plain(domain) || domain.starts_with('.') || domain.ends_with('.') {
            return Err(wrong());
        }
        Ok(Self(text))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    #[test]
    fn an_address_is_compared_in_one_form() {
        assert_eq!(Email::parse(" Ines@Plenum.Example ").unwrap().as_str(), "ines@plenum.example");
        for wrong in ["", "ines", "@x", "a@", "a b@c.d", "a@b@", "<a>@b.c"] {
            assert!(Email::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn initials_are_of_the_first_and_last_name() {
        let card = |name: &str| PersonCard { id: PersonId(1), name: name.into(), hue: 0 };
        assert_eq!(card("Ines Moreau").initials(), "IM");
        assert_eq!(card("anna maria d'este").initials(), "AD");
        assert_eq!(card("Čapek").initials(), "Č");
    }

    #[test]
    fn roles_read_back() {
        for &role in Role::VARIANTS {
            assert_eq!(role.into_str().parse(), Ok(role));
        }
        assert!("Admin".parse::<Role>().is_err());
    }
}
