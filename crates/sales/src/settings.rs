//! Settings of the box office.

use serde::Deserialize;

/// `[box_office]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BoxOffice {
    /// Seconds that places are held before they are paid.
    pub hold_seconds: u64,
    /// How often that can be extended, by as much again.
    pub hold_extensions: u32,
}

impl Default for BoxOffice {
    fn default() -> Self {
        Self { hold_seconds: 900, hold_extensions: 2 }
    }
}
