//! How long to wait before connecting again. Pure: the caller brings the randomness.

use plenum_core::protocol::code;

/// The first wait is below this, in milliseconds.
const BASE_MS: u32 = 500;
/// No wait is longer, in milliseconds.
const CEILING_MS: u32 = 30_000;
/// An overloaded server is left alone for at least this long (4100–4199).
const OVERLOAD_MS: u32 = 1_000;

/// Milliseconds to wait before attempt number `attempt` (1 is the first after a loss):
/// 0.5 s doubled to 30 s, full jitter. `random` is in `0.0..1.0`; anything else is taken
/// to the nearest of it.
///
/// The jitter is full (from 0 on) so that a thousand clients that were cut off at the
/// same instant come back spread over the whole time (I29).
pub fn backoff(attempt: u32, random: f64) -> u32 {
    let doublings = attempt.saturating_sub(1).min(16);
    let most = BASE_MS.saturating_mul(1 << doublings).min(CEILING_MS);
    fraction(most, random)
}

/// What a close code asks of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Do not come back (4000–4099).
    GiveUp,
    /// Come back after so many milliseconds.
    After(u32),
}

/// When to come back after a socket was closed with `code` (`None`: it just broke).
pub fn after_close(code: Option<u16>, attempt: u32, random: f64) -> Verdict {
    match code {
        Some(4000..=4099) => Verdict::GiveUp,
        Some(code::OVER_CAPACITY..=4199) => Verdict::After(OVERLOAD_MS + backoff(attempt.saturating_add(1), random)),
        _ => Verdict::After(backoff(attempt, random)),
    }
}

/// Milliseconds within a random second: when the browser comes online or the tab becomes
/// visible, the wait is cut to this.
pub fn soon(random: f64) -> u32 {
    fraction(1_000, random)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and `most`")]
fn fraction(most: u32, random: f64) -> u32 {
    let random = if random.is_finite() { random.clamp(0.0, 1.0) } else { 1.0 };
    (f64::from(most) * random) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever the attempt and the dice: never negative, never above 30 s, for ever.
        #[test]
        fn a_wait_is_bounded(attempt in any::<u32>(), random in any::<f64>()) {
            prop_assert!(backoff(attempt, random) <= CEILING_MS);
            prop_assert!(soon(random) <= 1_000);
        }

        /// The bound doubles from 0.5 s to 30 s and every wait below it can occur: full jitter.
        #[test]
        fn the_bound_doubles(attempt in 1u32..40, random in 0.0f64..1.0) {
            let most = f64::from(CEILING_MS).min(500.0 * 2f64.powi(i32::try_from(attempt - 1).unwrap()));
            prop_assert!((f64::from(backoff(attempt, random)) - most * random).abs() <= 1.0);
        }

        /// Codes decide: 40xx gives up, 41xx waits at least a second, everything else backs off.
        #[test]
        fn codes_are_obeyed(code in proptest::option::of(1000u16..5000), attempt in 1u32..40, random in 0.0f64..1.0) {
            match (code, after_close(code, attempt, random)) {
                (Some(4000..=4099), verdict) => prop_assert_eq!(verdict, Verdict::GiveUp),
                (Some(4100..=4199), Verdict::After(wait)) => prop_assert!((1_000..=31_000).contains(&wait)),
                (_, Verdict::After(wait)) => prop_assert_eq!(wait, backoff(attempt, random)),
                (_, Verdict::GiveUp) => prop_assert!(false, "{code:?} gave up"),
            }
        }
    }

    #[test]
    fn the_first_attempts() {
        let bounds: Vec<u32> = (0..9).map(|attempt| backoff(attempt, 1.0)).collect();
        assert_eq!(bounds, [500, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        assert_eq!(backoff(5, f64::NAN), backoff(5, 1.0));
    }
}
