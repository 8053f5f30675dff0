//! Where a ticket holder takes part in an online event.

use serde::{Deserialize, Serialize};

use plenum_core::ids::Millis;

/// The address of an online event, for somebody who may have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineAddress {
    /// From when it is shown.
    pub from: Millis,
    /// Until when: the end of the event.
    pub until: Millis,
    /// The address, while it is shown.
    pub address: Option<String>,
}

impl OnlineAddress {
    /// True if the server has another answer at `now`: the address is to be shown and is not here, or the other way round.
    pub fn is_due(&self, now: Millis) -> bool {
        (self.from..self.until).contains(&now) != self.address.is_some()
    }

    /// True while there is still something to wait for or to show.
    pub fn is_ahead(&self, now: Millis) -> bool {
        now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_asks_again_at_both_ends() {
        let waiting = OnlineAddress { from: 100, until: 200, address: None };
        let shown = OnlineAddress { address: Some("https://x.example".into()), ..waiting.clone() };
        assert_eq!([99, 100, 199, 200].map(|now| waiting.is_due(now)), [false, true, true, false]);
        assert_eq!([99, 100, 199, 200].map(|now| shown.is_due(now)), [true, false, false, true]);
        assert!(waiting.is_ahead(199) && !waiting.is_ahead(200));
    }
}
