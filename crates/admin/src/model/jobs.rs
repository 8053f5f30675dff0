//! Jobs as those who run the place see them: what waits, and what failed too often.

use serde::{Deserialize, Serialize};

use plenum_core::ids::Millis;

/// Dead letters that are listed; there may be more.
pub const LETTERS: usize = 50;
/// Dead letters of one kind that are put back at once.
pub const RETRIED: i64 = 100;
/// A job that is due so long and has not begun is late.
pub const LATE: Millis = 60_000;

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jobs {
    /// What waits, by kind.
    pub kinds: Vec<Kind>,
    /// The newest dead letters, at most [`LETTERS`].
    pub letters: Vec<Letter>,
    /// How many there are.
    pub dead: u32,
}

/// The jobs of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    pub name: String,
    /// Due, and not begun.
    pub due: u32,
    /// Under way.
    pub running: u32,
    /// Failed, and to be tried again.
    pub retrying: u32,
    /// Due later.
    pub scheduled: u32,
    /// Since when the oldest of those that are due is.
    pub due_since: Option<Millis>,
    /// Why one of those that failed did.
    pub error: Option<String>,
}

/// A job that failed too often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its row.
    pub id: i64,
    /// Its kind.
    pub kind: String,
    /// What it was about, as far as that may be shown.
    pub about: String,
    /// Why the last try failed.
    pub error: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was scheduled.
    pub created_at: Millis,
    /// When it was given up.
    pub died_at: Millis,
}

impl Jobs {
    /// The kinds of which there are dead letters in the list, in order.
    pub fn dead_kinds(&self) -> Vec<String> {
        let mut kinds: Vec<String> = self.letters.iter().map(|letter| letter.kind.clone()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// The letter with this id, if it is in the list.
    pub fn letter(&self, id: i64) -> Option<&Letter> {
        self.letters.iter().find(|letter| letter.id == id)
    }
}
