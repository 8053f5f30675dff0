//! Notifications: what concerns a person, and in which state. How they want to be told is in [`preferences`], what came while they were
//! away in [`away`].

pub mod away;
#[cfg(test)]
mod enum_words;
pub mod preferences;

pub use away::{Absence, Away, Group, Heading};
pub use preferences::{Digest, Preferences, Quiet, Way};

use serde::{Deserialize, Serialize};
use strum::VariantArray as _;

use plenum_core::counts::Counts;
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, NotificationId},
    people::PersonCard,
};

/// Notifications of one page.
pub const PAGE: usize = 30;
/// How long one can be put off at the most, in days.
const SNOOZE_DAYS: i64 = 90;
const DAY: Millis = 24 * 3_600_000;

/// What a notification is about; one can refuse each, but for what keeps an account safe.
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
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Somebody was named in a message.
    Mentions,
    /// Somebody answered a message of one's own.
    Replies,
    /// A message in a direct conversation or a group.
    Messages,
    /// Who one is with and what one may do: added to a conversation, a role.
    People,
    /// What the institution tells its people.
    Announcements,
    /// Events, and what one has bought.
    Events,
    /// What comes into one's wallet and goes out of it.
    Money,
    /// One's account: a new sign-in, a changed password.
    Security,
    /// How the place itself runs, for those who run it.
    Operation,
}

impl Category {
    /// It cannot be switched off (S0-04).
    pub fn is_locked(self) -> bool {
        matches!(self, Self::Security | Self::Operation)
    }

    /// Those that somebody meets; only admins run the place.
    pub fn met_by(admin: bool) -> impl Iterator<Item = Self> {
        Self::VARIANTS.iter().copied().filter(move |category| admin || *category != Self::Operation)
    }

    /// The unread messages of the navigation count it already.
    pub fn is_of_messages(self) -> bool {
        matches!(self, Self::Mentions | Self::Replies | Self::Messages)
    }

    /// How much of it a mail may say.
    pub fn in_mail(self) -> InMail {
        match self {
            Self::Mentions | Self::Replies | Self::Messages | Self::Money => InMail::WhoAndWhere,
            Self::People | Self::Announcements | Self::Events | Self::Security | Self::Operation => InMail::All,
        }
    }
}

/// How much of a notification a mail may say: it passes through other hands, and lies open on other screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InMail {
    /// What it says here.
    All,
    /// What people say to each other, and their money: who, and where. The text only for those who want it there.
    WhoAndWhere,
    /// That there is something, and no more; for what concerns somebody's health.
    Number,
}

/// Something that concerns a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Notification {
    /// Which.
    pub id: NotificationId,
    /// Its place in the inbox, the highest first; it gets a higher one when it is news again.
    pub number: u64,
    /// What it is about.
    pub category: Category,
    /// One line.
    pub title: String,
    /// What was said, if anything; a line or two of plain text.
    pub text: String,
    /// Where it leads: a path of this site.
    pub link: String,
    /// Where it happened, if that has a name: a conversation's.
    pub place: String,
    /// Who did it.
    pub actor: Option<PersonCard>,
    /// How many things it stands for.
    pub count: u32,
    /// When the last of them happened.
    pub at: Millis,
    /// It was on the screen.
    pub seen: bool,
    /// It was opened, or said to be read; whatever was read was seen.
    pub read: bool,
    /// It was put away.
    pub archived: bool,
}

/// Which notifications are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// In which state.
    pub shelf: Folder,
    /// Only of this category.
    pub category: Option<Category>,
}

/// States by which the inbox is divided.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[serde(rename_all = "lowercase")]
pub enum Folder {
    /// All that was not put away.
    #[default]
    Inbox,
    /// What was not read of it.
    Unread,
    /// What was put away.
    Archive,
}

impl Filter {
    /// True if it shows `notification`.
    pub fn shows(self, notification: &Notification) -> bool {
        let stands = match self.shelf {
            Folder::Inbox => !notification.archived,
            Folder::Unread => !notification.archived && !notification.read,
            Folder::Archive => notification.archived,
        };
        stands && self.category.is_none_or(|category| category == notification.category)
    }
}

/// The newest notifications that a filter shows, down to some number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// Which are shown.
    pub filter: Filter,
    /// The highest number first.
    pub notifications: Vec<Notification>,
    /// All that the filter shows from this number on is here; 0: there is nothing older.
    pub floor: u64,
    /// Over all of the inbox, whatever the filter.
    pub counts: Counts,
    /// The number of the newest notification there was: marking "all" means up to here.
    pub head: u64,
}

/// What is done to a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// It was opened, or is said to be read.
    Read,
    /// It was opened, and its person went where it leads.
    Follow,
    /// It is to be news again.
    Unread,
    /// Put away.
    Archive,
    /// Taken back into the inbox.
    Restore,
    /// Gone, for an hour still to be had back.
    Delete,
}

impl Act {
    /// The one of this name.
    ///
    /// # Errors
    /// 422 `act`.
    pub fn parse(word: &str) -> AppResult<Self> {
        word.parse().map_err(|_: strum::ParseError| AppError::invalid("act", "Nothing of that kind can be done to a notification."))
    }
}

/// What is done to all up to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[serde(rename_all = "lowercase")]
pub enum BulkAction {
    /// They were on the screen.
    Seen,
    /// They are read.
    Read,
    /// What is in the inbox goes, for an hour still to be had back.
    Clear,
}

impl BulkAction {
    /// The one of this name.
    ///
    /// # Errors
    /// 422 `what`.
    pub fn parse(word: &str) -> AppResult<Self> {
        word.parse().map_err(|_: strum::ParseError| AppError::invalid("what", "Notifications can be marked seen or read, or be cleared."))
    }
}

/// What every page of a signed-in person begins with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    /// The newest, for the bell's preview.
    pub inbox: Inbox,
    /// How they want to be told.
    pub preferences: Preferences,
    /// When they were away last.
    pub absence: Option<Absence>,
}

/// Checks until when something is put off.
///
/// # Errors
/// 422 `until` if that is not in the next ninety days.
pub fn check_snooze(now: Millis, until: Millis) -> AppResult<Millis> {
    if (now..=now + SNOOZE_DAYS * DAY).contains(&until) {
        Ok(until)
    } else {
        Err(AppError::invalid("until", format!("Put it off until a time in the next {SNOOZE_DAYS} days.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for &category in Category::VARIANTS {
            assert_eq!(category.into_str().parse(), Ok(category));
        }
        for &act in Act::VARIANTS {
            assert_eq!(Act::parse(act.into_str()), Ok(act));
        }
        for &shelf in Folder::VARIANTS {
            assert_eq!(shelf.into_str().parse(), Ok(shelf));
        }
        assert!(Act::parse("burn").is_err() && BulkAction::parse("burn").is_err());
        assert!(check_snooze(0, DAY).is_ok() && check_snooze(10, 5).is_err() && check_snooze(0, 91 * DAY).is_err());
    }
}
