//! Notifications: what concerns a person, in which state, and how they want to be told.

use serde::{Deserialize, Serialize};

use crate::{
    error::{AppError, AppResult},
    features::people::model::PersonCard,
    ids::{Millis, NotificationId},
};

/// Notifications of one page.
pub const PAGE: usize = 30;
/// How long one can be put off at the most, in days.
const SNOOZE_DAYS: i64 = 90;
const DAY: Millis = 24 * 3_600_000;

/// What a notification is about; one can refuse each, but for what keeps an account safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// One's account: a new sign-in, a changed password.
    Security,
}

impl Category {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 6] = [Self::Mentions, Self::Replies, Self::Messages, Self::People, Self::Announcements, Self::Security];

    /// Its name in addresses and rows.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mentions => "mentions",
            Self::Replies => "replies",
            Self::Messages => "messages",
            Self::People => "people",
            Self::Announcements => "announcements",
            Self::Security => "security",
        }
    }

    /// The one of this name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.word() == word)
    }

    /// It cannot be switched off (S0-04).
    pub fn is_locked(self) -> bool {
        self == Self::Security
    }

    /// The unread messages of the navigation count it already.
    pub fn is_of_messages(self) -> bool {
        matches!(self, Self::Mentions | Self::Replies | Self::Messages)
    }
}

/// A way to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// In Plenum: the inbox, the bell, a note on the screen.
    App,
    /// By the browser, while no page of Plenum is looked at.
    Browser,
    /// In the daily mail.
    Mail,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::App, Self::Browser, Self::Mail];

    /// Its name in forms and rows.
    pub fn word(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Browser => "browser",
            Self::Mail => "mail",
        }
    }
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

/// Over all that is in the inbox and not put off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Not seen: the bell's number.
    pub unseen: u32,
    /// Not read.
    pub unread: u32,
    /// Not seen, without what the unread messages count already: what the page's title adds.
    pub beside: u32,
}

/// Which notifications are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// In which state.
    pub shelf: Shelf,
    /// Only of this category.
    pub category: Option<Category>,
}

/// States by which the inbox is divided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shelf {
    /// All that was not put away.
    #[default]
    Inbox,
    /// What was not read of it.
    Unread,
    /// What was put away.
    Archive,
}

impl Shelf {
    /// All of them, in the order of the tabs.
    pub const ALL: [Self; 3] = [Self::Inbox, Self::Unread, Self::Archive];

    /// Its name in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Unread => "unread",
            Self::Archive => "archive",
        }
    }

    /// The one of this name; the inbox for any other.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|shelf| shelf.word() == word).unwrap_or_default()
    }
}

impl Filter {
    /// True if it shows `notification`.
    pub fn shows(self, notification: &Notification) -> bool {
        let stands = match self.shelf {
            Shelf::Inbox => !notification.archived,
            Shelf::Unread => !notification.archived && !notification.read,
            Shelf::Archive => notification.archived,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Read, Self::Follow, Self::Unread, Self::Archive, Self::Restore, Self::Delete];

    /// Its name in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Follow => "follow",
            Self::Unread => "unread",
            Self::Archive => "archive",
            Self::Restore => "restore",
            Self::Delete => "delete",
        }
    }

    /// The one of this name.
    ///
    /// # Errors
    /// 422 `act`.
    pub fn parse(word: &str) -> AppResult<Self> {
        Self::ALL
            .into_iter()
            .find(|act| act.word() == word)
            .ok_or_else(|| AppError::invalid("act", "Nothing of that kind can be done to a notification."))
    }
}

/// What is done to all up to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sweep {
    /// They were on the screen.
    Seen,
    /// They are read.
    Read,
    /// What is in the inbox goes, for an hour still to be had back.
    Clear,
}

impl Sweep {
    /// Its name in forms and rows.
    pub fn word(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Read => "read",
            Self::Clear => "clear",
        }
    }

    /// The one of this name.
    ///
    /// # Errors
    /// 422 `what`.
    pub fn parse(word: &str) -> AppResult<Self> {
        [Self::Seen, Self::Read, Self::Clear]
            .into_iter()
            .find(|sweep| sweep.word() == word)
            .ok_or_else(|| AppError::invalid("what", "Notifications can be marked seen or read, or be cleared."))
    }
}

/// Quiet hours: minutes of the person's day; over midnight if they end earlier than they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// From this minute on…
    pub from: u16,
    /// …to before this one.
    pub until: u16,
}

impl Quiet {
    /// Reads times of the day, `22:00`; two empty ones are no quiet hours.
    ///
    /// # Errors
    /// 422 `quiet_from` or `quiet_until`.
    pub fn parse(from: &str, until: &str) -> AppResult<Option<Self>> {
        if from.trim().is_empty() && until.trim().is_empty() {
            return Ok(None);
        }
        let minute = |field: &'static str, text: &str| {
            let parts =
                text.trim().split_once(':').and_then(|(hour, minute)| Some((hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?)));
            parts
                .filter(|(hour, minute)| *hour < 24 && *minute < 60)
                .map(|(hour, minute)| hour * 60 + minute)
                .ok_or_else(|| AppError::invalid(field, "Enter a time of the day like 22:00, or leave both empty."))
        };
        Ok(Some(Self { from: minute("quiet_from", from)?, until: minute("quiet_until", until)? }))
    }

    /// True at this minute of the person's day.
    pub fn holds(self, minute: u16) -> bool {
        if self.from <= self.until { (self.from..self.until).contains(&minute) } else { minute >= self.from || minute < self.until }
    }

    /// `22:00`
    pub fn clock(minute: u16) -> String {
        format!("{:02}:{:02}", minute / 60, minute % 60)
    }
}

/// How a person wants to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// What they do not want.
    pub refused: Vec<(Category, Way)>,
    /// When nothing is to be heard or seen.
    pub quiet: Option<Quiet>,
    /// A sound comes with a note.
    pub sound: bool,
    /// A mail a day of what is unseen.
    pub digest: bool,
}

impl Preferences {
    /// True if they are told of `category` in this way; of what is locked always.
    pub fn wants(&self, category: Category, way: Way) -> bool {
        category.is_locked() || !self.refused.contains(&(category, way))
    }

    /// What comes by mail, by its name in forms.
    pub fn wanted_by_mail(&self) -> Vec<String> {
        let wanted = Category::ALL.into_iter().filter(|category| self.wants(*category, Way::Mail));
        wanted.map(|category| format!("{}.{}", category.word(), Way::Mail.word())).collect()
    }
}

/// What every page of a signed-in person begins with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    /// The newest, for the bell's preview.
    pub inbox: Inbox,
    /// How they want to be told.
    pub preferences: Preferences,
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
    fn quiet_hours_go_over_midnight() {
        let night = Quiet::parse("22:00", "07:30").unwrap().unwrap();
        assert_eq!((night.from, night.until), (1_320, 450));
        for (minute, quiet) in [(1_319, false), (1_320, true), (0, true), (449, true), (450, false)] {
            assert_eq!(night.holds(minute), quiet, "{minute}");
        }
        let noon = Quiet::parse("12:00", "13:00").unwrap().unwrap();
        assert!(noon.holds(12 * 60) && !noon.holds(13 * 60) && !noon.holds(0));
        assert_eq!(Quiet::parse("", " ").unwrap(), None);
        assert_eq!(Quiet::parse("25:00", "07:00").unwrap_err().field.as_deref(), Some("quiet_from"));
        assert_eq!(Quiet::parse("22:00", "").unwrap_err().field.as_deref(), Some("quiet_until"));
        assert_eq!(Quiet::clock(450), "07:30");
    }

    #[test]
    fn what_keeps_an_account_safe_cannot_be_refused() {
        let refused = Category::ALL.into_iter().flat_map(|category| Way::ALL.map(|way| (category, way))).collect();
        let preferences = Preferences { refused, ..Preferences::default() };
        for category in Category::ALL {
            assert_eq!(preferences.wants(category, Way::App), category == Category::Security, "{category:?}");
        }
    }

    #[test]
    fn names_read_back() {
        for category in Category::ALL {
            assert_eq!(Category::from_word(category.word()), Some(category));
        }
        for act in Act::ALL {
            assert_eq!(Act::parse(act.word()), Ok(act));
        }
        for shelf in Shelf::ALL {
            assert_eq!(Shelf::from_word(shelf.word()), shelf);
        }
        assert!(Act::parse("burn").is_err() && Sweep::parse("burn").is_err());
        assert!(check_snooze(0, DAY).is_ok() && check_snooze(10, 5).is_err() && check_snooze(0, 91 * DAY).is_err());
    }
}
