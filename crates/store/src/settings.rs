//! Settings of the database.

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
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite://data/plenum.db".to_owned(), slow_read_ms: 50, slow_write_ms: 20 }
    }
}
