//! When the address of an online event is shown to those who take part.

use std::ops::Range;

use super::event::EventState;
use plenum_core::ids::Millis;

/// So long before it begins, in milliseconds.
const BEFORE: Millis = 15 * 60_000;

/// From when until when the address is shown; none of an event that does not take place as it is planned, or is over.
pub fn address_shown(state: EventState, starts_at: Millis, ends_at: Millis) -> Option<Range<Millis>> {
    matches!(state, EventState::Published | EventState::Live).then_some(starts_at - BEFORE..ends_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    #[test]
    fn it_is_shown_from_a_quarter_of_an_hour_before_until_the_end() {
        let (starts, ends) = (100 * 60_000, 200 * 60_000);
        let shown = address_shown(EventState::Published, starts, ends).unwrap();
        assert!(!shown.contains(&(starts - BEFORE - 1)) && shown.contains(&(starts - BEFORE)));
        assert!(shown.contains(&(ends - 1)) && !shown.contains(&ends));
        for state in EventState::VARIANTS {
            let expected = matches!(state, EventState::Published | EventState::Live);
            assert_eq!(address_shown(*state, starts, ends).is_some(), expected, "{state:?}");
        }
    }
}
