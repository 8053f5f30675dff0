//! Settings of the first external application.

use serde::Deserialize;

/// `[app]`: the first external application.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct App {
    /// Its id; empty: there is none.
    pub id: String,
    /// Its key.
    pub key: String,
    /// Its secret.
    pub secret: String,
    /// Origins that may open its socket.
    pub origins: String,
}

impl Default for App {
    fn default() -> Self {
        Self { id: String::new(), key: String::new(), secret: String::new(), origins: "*".to_owned() }
    }
}
