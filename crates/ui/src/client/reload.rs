//! Loading the page again when the server speaks another schema, but never in a loop:
//! at most once in 10 s, and ever more rarely while it does not help. Pure; the shell
//! keeps [`Reload`] in the tab's session storage.

use std::fmt;

use plenum_core::ids::Millis;

/// The least time between two reloads.
const SPACING_MS: Millis = 10_000;
/// The most that is waited.
const CEILING_MS: Millis = 300_000;
/// After so long a quiet time, an older reload has nothing to do with this one.
const FORGOTTEN_MS: Millis = 900_000;

/// The last reload for the sake of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reload {
    pub at: Millis,
    /// How many in a row.
    pub count: u32,
}

impl fmt::Display for Reload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.at, self.count)
    }
}

impl Reload {
    /// Reads what [`fmt::Display`] wrote; anything else counts as no reload.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, count) = text.split_once(' ')?;
        Some(Self { at: at.parse().ok()?, count: count.parse().ok()? })
    }

    /// When to reload, in milliseconds from `now`, and what to remember of it.
    pub fn next(last: Option<Self>, now: Millis) -> (u32, Self) {
        let recent = last.filter(|last| (0..FORGOTTEN_MS).contains(&now.saturating_sub(last.at)));
        let Some(last) = recent else { return (0, Self { at: now, count: 1 }) };
        let spacing = SPACING_MS.saturating_mul(1 << last.count.saturating_sub(1).min(10)).min(CEILING_MS);
        let wait = last.at.saturating_add(spacing).saturating_sub(now).max(0);
        (u32::try_from(wait).unwrap_or(0), Self { at: now.saturating_add(wait), count: last.count.saturating_add(1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_is_at_once_and_the_next_wait() {
        let (wait, first) = Reload::next(None, 1_000_000);
        assert_eq!((wait, first.count), (0, 1));
        let (wait, second) = Reload::next(Some(first), 1_001_000);
        assert_eq!((wait, second), (9_000, Reload { at: 1_010_000, count: 2 }));
        let (wait, _) = Reload::next(Some(second), 1_012_000);
        assert_eq!(wait, 18_000);
        assert_eq!(Reload::next(Some(second), 1_010_000 + FORGOTTEN_MS).0, 0);
    }

    proptest! {
        /// Two reloads are never less than 10 s apart, whatever the clock says.
        #[test]
        fn never_in_a_loop(gaps in proptest::collection::vec(0i64..40_000, 1..30)) {
            let (mut last, mut now) = (None, 1_000_000);
            for gap in gaps {
                now += gap;
                let (wait, reload) = Reload::next(last, now);
                now += i64::from(wait);
                prop_assert_eq!(reload.at, now);
                if let Some(Reload { at, .. }) = last {
                    prop_assert!(now - at >= SPACING_MS);
                }
                last = Some(reload);
            }
        }

        #[test]
        fn storage_is_not_trusted(text in ".{0,30}", at in any::<i64>(), count in any::<u32>(), now in any::<i64>()) {
            let _ = Reload::next(Reload::parse(&text), 0);
            let reload = Reload { at, count };
            prop_assert_eq!(Reload::parse(&reload.to_string()), Some(reload));
            let _ = Reload::next(Some(reload), now);
        }
    }
}
