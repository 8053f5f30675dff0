//! What came when: how many got, saw, read and followed a broadcast, in stretches of time that get longer as it gets older. So there are
//! a few hundred rows of a broadcast at the most, however many people it is for.

use serde::{Deserialize, Serialize};

use plenum_core::ids::{BroadcastId, Millis};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// Until how long after the start a stretch is how long.
const STRETCHES: [(Millis, Millis); 3] = [(2 * HOUR, MINUTE), (2 * DAY, 15 * MINUTE), (30 * DAY, HOUR)];

/// What came in a stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Moment {
    /// When the stretch begins.
    pub at: Millis,
    /// So many got the broadcast.
    pub delivered: u32,
    /// So many saw it.
    pub seen: u32,
    /// So many read it.
    pub read: u32,
    /// So many followed it.
    pub acted: u32,
}

/// The moment of one broadcast, as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MomentOf {
    /// The broadcast.
    pub broadcast: BroadcastId,
    /// What came then, all of it so far.
    pub moment: Moment,
}

/// The start of the stretch that holds `now`, of a broadcast that began at `started`.
pub fn stretch(started: Millis, now: Millis) -> Millis {
    let age = (now - started).max(0);
    let length = STRETCHES.into_iter().find(|(until, _)| age < *until).map_or(DAY, |(_, length)| length);
    started + age - age % length
}

/// `moments`, by time, each with all that came before it.
pub fn in_all(moments: &[Moment]) -> Vec<Moment> {
    let sum = |all: &mut Moment, moment: &Moment| {
        *all = Moment {
            at: moment.at,
            delivered: all.delivered.saturating_add(moment.delivered),
            seen: all.seen.saturating_add(moment.seen),
            read: all.read.saturating_add(moment.read),
            acted: all.acted.saturating_add(moment.acted),
        };
        Some(*all)
    };
    moments.iter().scan(Moment::default(), sum).collect()
}

/// At most `most` of them, the last of each stretch between; the first and the last always.
pub fn thinned(moments: &[Moment], most: usize) -> Vec<Moment> {
    if moments.len() <= most || most < 2 {
        return moments.to_vec();
    }
    (0..most).filter_map(|index| moments.get(index * (moments.len() - 1) / (most - 1))).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A stretch holds its time, is never longer than a day, and a later time is never in an earlier stretch.
        #[test]
        fn stretches_are_in_order(started in 0..4_000_000_000_000_i64, age in 0..400 * DAY, later in 0..DAY) {
            let (now, then) = (started + age, started + age + later);
            let begins = stretch(started, now);
            prop_assert!(begins <= now && now - begins < DAY && begins >= started);
            prop_assert!(stretch(started, then) >= begins);
            prop_assert_eq!(stretch(started, begins), begins, "its own start is in it");
        }
    }

    #[test]
    fn a_year_has_few_stretches() {
        let mut starts: Vec<Millis> = (0..365 * 24 * 60).map(|minute| stretch(0, minute * MINUTE)).collect();
        starts.dedup();
        assert!(starts.len() < 1_400, "{}", starts.len());
        assert_eq!(stretch(1_000, 0), 1_000, "a clock that was set back");
    }

    #[test]
    fn moments_add_up_and_thin_out() {
        let moments: Vec<Moment> = (0..100).map(|at| Moment { at, delivered: 1, ..Moment::default() }).collect();
        let all = in_all(&moments);
        assert_eq!((all[0].delivered, all[99].delivered), (1, 100));
        let few = thinned(&all, 12);
        assert_eq!((few.len(), few[0].at, few[11].at), (12, 0, 99));
        assert_eq!(thinned(&all[..3], 12).len(), 3);
    }
}
