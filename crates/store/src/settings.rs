//! Settings of the database.

use std::time::Duration;

use serde::Deserialize;

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite://` and a path, relative to the settings file.
    pub url: String,
    /// Milliseconds from which on a statement that reads is noted as slow; 0: never.
    pub slow_read_ms: u64,
    /// The same for writes, which hold the one writer.
    pub slow_write_ms: u64,
    /// Seconds after which a statement that still reads ends with 503; 0: never.
    pub longest_read_seconds: u64,
}

impl Database {
    /// How long a read may take.
    pub fn longest_read(&self) -> Duration {
        if self.longest_read_seconds == 0 { Duration::MAX } else { Duration::from_secs(self.longest_read_seconds) }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite://data/plenum.db".to_owned(), slow_read_ms: 50, slow_write_ms: 20, longest_read_seconds: 10 }
    }
}
