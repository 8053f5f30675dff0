//! How a person wants to be told: of what, in which way, and when not.

use serde::{Deserialize, Serialize};

use super::Category;
use plenum_core::error::{AppError, AppResult};

/// A way to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
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

/// The mail a day of what was not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// At which hour of the person's day, 0 to 23.
    pub hour: u8,
    /// What people said stands in it; else only who, and where.
    pub texts: bool,
}

impl Digest {
    /// Reads an hour of the day, `8`; empty is no mail.
    ///
    /// # Errors
    /// 422 `digest`.
    pub fn parse(hour: &str, texts: bool) -> AppResult<Option<Self>> {
        match hour.trim() {
            "" => Ok(None),
            hour => {
                let hour = hour.parse().ok().filter(|hour| *hour < 24);
                let hour = hour.ok_or_else(|| AppError::invalid("digest", "Choose an hour of the day, or no mail."))?;
                Ok(Some(Self { hour, texts }))
            }
        }
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
    /// A mail a day of what is unseen, if they want one.
    pub digest: Option<Digest>,
}

impl Preferences {
    /// True if they are told of `category` in this way; of what is locked always.
    pub fn wants(&self, category: Category, way: Way) -> bool {
        category.is_locked() || !self.refused.contains(&(category, way))
    }
}

/// The daily mail, as the link in it shows it to whoever opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Who gets it, in part: `l…@plenum.example`.
    pub address: String,
    /// Of which organisation.
    pub organisation: String,
    /// It comes.
    pub on: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

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
        let refused =
            Category::VARIANTS.iter().copied().flat_map(|category| Way::VARIANTS.iter().copied().map(move |way| (category, way))).collect();
        let preferences = Preferences { refused, ..Preferences::default() };
        for &category in Category::VARIANTS {
            assert_eq!(preferences.wants(category, Way::App), category.is_locked(), "{category:?}");
        }
    }

    #[test]
    fn the_mail_comes_at_an_hour_or_not_at_all() {
        assert_eq!(Digest::parse(" ", true).unwrap(), None);
        assert_eq!(Digest::parse("0", true).unwrap(), Some(Digest { hour: 0, texts: true }));
        assert_eq!(Digest::parse("23", false).unwrap(), Some(Digest { hour: 23, texts: false }));
        for wrong in ["24", "-1", "8:00", "x"] {
            assert_eq!(Digest::parse(wrong, false).unwrap_err().field.as_deref(), Some("digest"), "{wrong}");
        }
    }
}
