//! What counts can say about variants, and what they cannot.

use super::{Broadcast, Ground, Measure, Variant, Winner};

/// Standard deviations of a normal distribution around which 95 % lie.
const Z: f64 = 1.959_964;
/// With fewer who got a variant nothing is said about it.
pub const FEW: u32 = 30;

/// The interval in which a rate lies with 95 % confidence, both ends in 0 to 1 (Wilson): `part` of `all` did it.
pub fn interval(part: u32, all: u32) -> (f64, f64) {
    if all == 0 {
        return (0.0, 1.0);
    }
    let (n, rate) = (f64::from(all), rate(part, all));
    let spread = Z * Z / n;
    let middle = (rate + spread / 2.0) / (1.0 + spread);
    let half = Z / (1.0 + spread) * (rate * (1.0 - rate) / n + spread / (4.0 * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// `part` of `all`, in 0 to 1.
pub fn rate(part: u32, all: u32) -> f64 {
    if all == 0 { 0.0 } else { f64::from(part.min(all)) / f64::from(all) }
}

/// True if the two rates differ by more than chance would let them in 19 of 20 cases (two proportions, pooled).
fn differ(one: (u32, u32), other: (u32, u32)) -> bool {
    let pooled = rate(one.0 + other.0, one.1 + other.1);
    let spread = (pooled * (1.0 - pooled) * (1.0 / f64::from(one.1.max(1)) + 1.0 / f64::from(other.1.max(1)))).sqrt();
    let apart = (rate(one.0, one.1) - rate(other.0, other.1)).abs();
    spread > 0.0 && apart / spread > Z
}

/// The variant that did better at `measure`, and how sure that is; the first if none did. None without variants.
pub fn leader(variants: &[Variant], measure: Measure) -> Option<Winner> {
    let counts: Vec<(u32, u32)> = variants.iter().map(|variant| (measure.of(&variant.funnel), variant.funnel.delivered)).collect();
    // Fractions are compared as they are: 1 of 3 is not less than 2 of 6.
    let better = |one: (u32, u32), other: (u32, u32)| u64::from(one.0) * u64::from(other.1) > u64::from(other.0) * u64::from(one.1);
    let mut first = 0;
    for (number, count) in counts.iter().enumerate().skip(1) {
        let leading = *counts.get(first)?;
        if count.1 > 0 && (leading.1 == 0 || better(*count, leading)) {
            first = number;
        }
    }
    let leading = *counts.get(first)?;
    let others = || counts.iter().enumerate().filter(|(number, _)| *number != first).map(|(_, count)| *count);
    let ground = if counts.iter().any(|(_, all)| *all < FEW) {
        Ground::Few
    } else if others().any(|other| !better(leading, other)) {
        Ground::Tie
    } else if others().all(|other| differ(leading, other)) {
        Ground::Clear
    } else {
        Ground::Leading
    };
    Some(Winner { variant: u8::try_from(first).ok()?, ground })
}

/// The measure by which the variants of `broadcast` are compared: the one that was chosen; else what was followed, if anything was.
pub fn measure(broadcast: &Broadcast) -> Measure {
    let by_itself = if broadcast.funnel.acted > 0 { Measure::Acted } else { Measure::Read };
    broadcast.sample.map_or(by_itself, |sample| sample.measure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Funnel, Words};
    use proptest::prelude::*;

    fn variants(counts: &[(u32, u32)]) -> Vec<Variant> {
        let variant = |(read, delivered): &(u32, u32)| Variant {
            words: Words { title: "A".into(), text: String::new(), link: String::new(), weight: 1 },
            funnel: Funnel { recipients: *delivered, delivered: *delivered, seen: *read, read: *read, ..Funnel::default() },
        };
        counts.iter().map(variant).collect()
    }

    /// Against values from the literature (Newcombe 1998, table I).
    #[test]
    fn intervals_are_wilsons() {
        for (part, all, from, to) in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)] {
            let (low, high) = interval(part, all);
            assert!((low - from).abs() < 0.0001 && (high - to).abs() < 0.0001, "{part} of {all}: {low} to {high}");
        }
        assert_eq!(interval(0, 0), (0.0, 1.0));
        assert!((interval(5, 5).1 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_leader_is_as_sure_as_the_counts() {
        for (counts, variant, ground) in [
            (&[(10, 100), (30, 100)][..], 1, Ground::Clear),
            (&[(20, 100), (24, 100)], 1, Ground::Leading),
            (&[(20, 100), (40, 200)], 0, Ground::Tie),
            (&[(0, 100), (0, 100)], 0, Ground::Tie),
            (&[(1, 5), (5, 5)], 1, Ground::Few),
            (&[(0, 0), (0, 0)], 0, Ground::Few),
            (&[(0, 0), (0, 4)], 1, Ground::Few),
            (&[(90, 100), (10, 100), (88, 100)], 0, Ground::Leading),
            (&[(50, 100)], 0, Ground::Clear),
        ] {
            assert_eq!(leader(&variants(counts), Measure::Read), Some(Winner { variant, ground }), "{counts:?}");
        }
        assert_eq!(leader(&[], Measure::Read), None);
    }

    proptest! {
        /// An interval holds its rate, and more people make it narrower.
        #[test]
        fn an_interval_holds_its_rate(all in 1..5_000_u32, part in 0..5_000_u32) {
            let part = part.min(all);
            let (low, high) = interval(part, all);
            prop_assert!(0.0 <= low && low <= rate(part, all) + 1e-9 && rate(part, all) <= high + 1e-9 && high <= 1.0);
            let (narrow, wide) = interval(part * 4, all * 4);
            prop_assert!(wide - narrow <= high - low + 1e-9);
        }

        /// Nobody does better than the leader.
        #[test]
        fn nobody_does_better_than_the_leader(counts in proptest::collection::vec((0..200_u32, 0..200_u32), 1..5)) {
            let counts: Vec<(u32, u32)> = counts.into_iter().map(|(read, all)| (read.min(all), all)).collect();
            let winner = leader(&variants(&counts), Measure::Read).unwrap();
            let leading = counts[usize::from(winner.variant)];
            for count in counts {
                prop_assert!(rate(count.0, count.1) <= rate(leading.0, leading.1));
            }
        }
    }
}
