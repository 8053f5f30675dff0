//! Which recipient gets which variant, and what a sample is.
//!
//! Nothing is drawn by lot: a broadcast's and a person's ids say it, so that a crash, a second worker or a second look comes to the
//! same.

use serde::{Deserialize, Serialize};

use super::{Funnel, Words};
use plenum_core::ids::{BroadcastId, PersonId};

/// Variants of one broadcast at the most.
pub const MOST: usize = 4;

/// One of the things that a broadcast says, and how far that has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Variant {
    /// What it says.
    pub words: Words,
    /// How far it has come with those who get this one.
    pub funnel: Funnel,
}

/// What a variant is called: A, B, C, D.
pub fn letter(number: usize) -> char {
    ["A", "B", "C", "D"].get(number).and_then(|letter| letter.chars().next()).unwrap_or('?')
}

/// So many get one of the variants, and the rest gets the one that did better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Sample {
    /// Of the audience, in per cent: 5 to 50.
    #[cfg_attr(feature = "ssr", schema(minimum = 5, maximum = 50))]
    pub percent: u8,
    /// Hours from when the sample has it until the winner is chosen: 1 to 168.
    #[cfg_attr(feature = "ssr", schema(minimum = 1, maximum = 168))]
    pub hours: u16,
    /// What the better one is better at.
    pub measure: Measure,
}

/// What a variant can be better at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// More of those who got it have read it.
    Read,
    /// More of those who got it went where it leads.
    Acted,
}

impl Measure {
    /// How many of those in `funnel` did it.
    pub fn of(self, funnel: &Funnel) -> u32 {
        match self {
            Self::Read => funnel.read,
            Self::Acted => funnel.acted,
        }
    }
}

/// The variant that the rest gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Winner {
    /// Which; the first is 0.
    pub variant: u8,
    /// Why.
    pub ground: Ground,
}

/// Why a variant is the winner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// It did better than each other, and hardly by chance.
    Clear,
    /// It did better, which may be chance.
    Leading,
    /// Several did as well; it is the first of these.
    Tie,
    /// Too few have got the variants to say anything; it is the one that leads, or the first.
    Few,
    /// Somebody chose it.
    Chosen,
}

/// What is asked of a broadcast and a person; the answers have nothing to do with each other.
#[derive(Debug, Clone, Copy)]
enum Question {
    Variant,
    Sample,
}

/// A number that looks like chance, and is always the same for the same three (the finaliser of `SplitMix64`, once for each).
fn place(broadcast: BroadcastId, person: PersonId, question: Question) -> u64 {
    let salt = match question {
        Question::Variant => 0x9e37_79b9_7f4a_7c15,
        Question::Sample => 0xd1b5_4a32_d192_ed03,
    };
    let mix = |value: u64| {
        let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    };
    mix(mix(broadcast.0.cast_unsigned().wrapping_add(salt)).wrapping_add(person.0.cast_unsigned()).wrapping_add(salt))
}

/// Which of the variants with these weights `person` gets.
pub fn assigned(broadcast: BroadcastId, person: PersonId, weights: &[u32]) -> u8 {
    let all: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    let mut left = place(broadcast, person, Question::Variant) % all.max(1);
    for (number, weight) in weights.iter().enumerate() {
        match left.checked_sub(u64::from(*weight)) {
            Some(rest) => left = rest,
            None => return u8::try_from(number).unwrap_or(0),
        }
    }
    0
}

/// True if `person` is in a sample of so many per cent.
pub fn in_sample(broadcast: BroadcastId, person: PersonId, percent: u8) -> bool {
    place(broadcast, person, Question::Sample) % 100 < u64::from(percent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CROWD: u32 = 4_000;

    fn crowd() -> impl Iterator<Item = PersonId> {
        (1..=i64::from(CROWD)).map(PersonId)
    }

    proptest! {
        /// Each variant gets its part of a crowd, within what chance allows (five standard deviations), and all parts are the whole.
        #[test]
        fn weights_are_kept(id in 1..1_000_000_i64, weights in proptest::collection::vec(1..=100_u32, 1..=MOST)) {
            let mut counts = vec![0_u32; weights.len()];
            for person in crowd() {
                counts[usize::from(assigned(BroadcastId(id), person, &weights))] += 1;
            }
            prop_assert_eq!(counts.iter().sum::<u32>(), CROWD);
            let all: u32 = weights.iter().sum();
            for (count, weight) in counts.iter().zip(&weights) {
                let part = f64::from(*weight) / f64::from(all);
                let off = (f64::from(*count) - part * f64::from(CROWD)).abs();
                prop_assert!(off <= 5.0 * (part * (1.0 - part) * f64::from(CROWD)).sqrt() + 1.0, "{counts:?} of {weights:?}");
            }
        }

        /// A sample is its part, and within it the variants are as in the whole: the one answer says nothing of the other.
        #[test]
        fn a_sample_is_like_the_whole(id in 1..1_000_000_i64, percent in 5..=50_u8) {
            let id = BroadcastId(id);
            let sample: Vec<PersonId> = crowd().filter(|person| in_sample(id, *person, percent)).collect();
            let (size, part) = (f64::from(u32::try_from(sample.len()).unwrap()), f64::from(percent) / 100.0);
            prop_assert!((size - part * f64::from(CROWD)).abs() <= 5.0 * (part * (1.0 - part) * f64::from(CROWD)).sqrt() + 1.0);
            let first = u32::try_from(sample.iter().filter(|person| assigned(id, **person, &[1, 1]) == 0).count()).unwrap();
            prop_assert!((f64::from(first) - size / 2.0).abs() <= 5.0 * (size / 4.0).sqrt() + 1.0);
        }
    }

    /// What was assigned yesterday is assigned today: these stand in rows.
    #[test]
    fn an_assignment_never_changes() {
        let of = |id| (1..=16).map(|person| assigned(BroadcastId(id), PersonId(person), &[1, 1, 2])).collect::<Vec<_>>();
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2), "another broadcast is another assignment");
        assert_eq!(of(7), SEVENTH);
        assert_eq!(assigned(BroadcastId(7), PersonId(7), &[]), 0);
        assert_eq!((0..=MOST).map(letter).collect::<String>(), "ABCD?");
    }

    const SEVENTH: [u8; 16] = [1, 2, 0, 2, 2, 1, 2, 0, 0, 2, 2, 2, 2, 1, 2, 2];
}
