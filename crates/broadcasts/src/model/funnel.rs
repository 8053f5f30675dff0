//! How many people a broadcast has reached, step by step.

use serde::{Deserialize, Serialize};

/// How many people a broadcast has reached, step by step. Whoever has followed it has read it, whoever has read it has seen it, whoever
/// has seen it has got it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Funnel {
    /// People it is for.
    pub recipients: u32,
    /// Of these: do not want announcements, and got nothing.
    pub refused: u32,
    /// Of these: something stood in the way; they can be tried again.
    pub failed: u32,
    /// Of these: it is in their inbox.
    pub delivered: u32,
    /// Of these: it was on their screen.
    pub seen: u32,
    /// Of these: they opened it, or said that they read it.
    pub read: u32,
    /// Of these: they went where it leads.
    pub acted: u32,
}

impl Funnel {
    /// Recipients who were dealt with: delivered, refused or failed.
    pub fn done(&self) -> u32 {
        self.delivered.saturating_add(self.refused).saturating_add(self.failed)
    }

    /// `part` of all who got it, in whole per cent.
    pub fn percent(&self, part: u32) -> u32 {
        if self.delivered == 0 { 0 } else { u32::try_from(u64::from(part) * 100 / u64::from(self.delivered)).unwrap_or(100) }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            recipients: self.recipients.saturating_add(other.recipients),
            refused: self.refused.saturating_add(other.refused),
            failed: self.failed.saturating_add(other.failed),
            delivered: self.delivered.saturating_add(other.delivered),
            seen: self.seen.saturating_add(other.seen),
            read: self.read.saturating_add(other.read),
            acted: self.acted.saturating_add(other.acted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_of_those_who_got_it() {
        let funnel = Funnel { recipients: 10, refused: 1, failed: 1, delivered: 8, seen: 4, read: 1, acted: 1 };
        assert_eq!((funnel.done(), funnel.percent(funnel.seen), funnel.percent(funnel.read)), (10, 50, 12));
        assert_eq!(Funnel::default().percent(0), 0);
        let both = funnel.plus(funnel);
        assert_eq!((both.recipients, both.done(), both.acted, both.percent(both.seen)), (20, 20, 2, 50));
    }
}
