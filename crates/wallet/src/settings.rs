//! Settings of payments.

use std::path::PathBuf;

use serde::Deserialize;

/// `[payments]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Payments {
    /// The file with the key under which bank accounts are sealed, relative to the settings file; empty: beside the database.
    pub key_file: PathBuf,
}
