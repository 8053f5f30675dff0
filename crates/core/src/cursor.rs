//! Where a reader stands in a channel's log: an epoch and a number.
//!
//! Numbers only grow within an epoch. A new epoch (a new database, a restored
//! backup, another `LIVE_SCHEMA`) makes every older cursor void.

use serde::{Deserialize, Serialize};

/// The life of one log: random, stored in the database, in hexadecimal on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub String);

/// The last event of a channel that a reader has seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The log's life that `seq` belongs to.
    pub epoch: Epoch,
    /// The number of the last event seen; 0 before the first.
    pub seq: u64,
}

impl Cursor {
    /// The cursor moved on to `seq`; it never moves back.
    pub fn advance(&mut self, seq: u64) {
        self.seq = self.seq.max(seq);
    }
}

/// What a channel's log holds at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// The log's life.
    pub epoch: Epoch,
    /// The highest number ever pruned (replacing a state's row is not pruning).
    pub floor: u64,
    /// The highest number ever given.
    pub head: u64,
}

impl Extent {
    /// True exactly if a reader at `since` can be brought up to the head without a gap.
    pub fn reaches(&self, since: &Cursor) -> bool {
        since.epoch == self.epoch && self.floor <= since.seq && since.seq <= self.head
    }

    /// The cursor at the head.
    pub fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch.clone(), seq: self.head }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn epoch(name: &str) -> Epoch {
        Epoch(name.to_owned())
    }

    proptest! {
        /// Recovery is claimed exactly if nothing between `since` and the head was pruned.
        #[test]
        fn a_log_reaches_what_it_holds(floor in 0u64..50, length in 0u64..50, since in 0u64..120) {
            let extent = Extent { epoch: epoch("a"), floor, head: floor + length };
            let inside = (floor..=floor + length).contains(&since);
            let (same, another) = (Cursor { epoch: epoch("a"), seq: since }, Cursor { epoch: epoch("b"), seq: since });
            prop_assert_eq!(extent.reaches(&same), inside);
            prop_assert!(!extent.reaches(&another));
        }

        /// A cursor is monotonic whatever order the numbers come in.
        #[test]
        fn a_cursor_never_moves_back(numbers in proptest::collection::vec(0u64..1000, 1..40)) {
            let mut cursor = Cursor { epoch: epoch("a"), seq: 0 };
            let mut highest = 0;
            for number in numbers {
                cursor.advance(number);
                highest = highest.max(number);
                prop_assert_eq!(cursor.seq, highest);
            }
        }
    }
}
