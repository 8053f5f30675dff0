//! External applications as an admin sees them, and what an admin may set.

use serde::{Deserialize, Serialize};

use plenum_core::{
    error::{AppError, AppResult},
    ids::Millis,
    text::title,
};

/// Characters of a name at the most.
const NAME_CHARS: usize = 80;
/// Webhooks of one application at the most.
pub const WEBHOOKS: usize = 10;
/// What a webhook can be told.
pub const WEBHOOK_EVENTS: [&str; 7] =
    ["channel_occupied", "channel_vacated", "member_added", "member_removed", "client_event", "cache_miss", "subscription_count"];

/// What an admin sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What people call it.
    pub name: String,
    /// It can be connected to.
    pub enabled: bool,
    /// Origins whose pages may open its socket; empty: any.
    pub origins: Vec<String>,
    /// Its clients may send events to each other.
    pub client_events: bool,
    /// Counts of subscribers are told.
    pub subscription_counts: bool,
    /// Its events are kept for a day, over restarts too.
    pub durable: bool,
    /// Sockets at the most; 0: as many as the server's settings say.
    pub connections: u32,
    /// People on one presence channel at the most; 0: any number.
    pub presence_members: u32,
    /// Bytes of an event's data at the most; 0: any.
    pub data_bytes: u32,
}

impl Settings {
    /// What a new application has: switched on, open to any origin, with the protocol's own limits.
    pub fn usual(name: String) -> Self {
        Self {
            name,
            enabled: true,
            origins: Vec::new(),
            client_events: true,
            subscription_counts: false,
            durable: false,
            connections: 0,
            presence_members: 100,
            data_bytes: 10_000,
        }
    }

    /// Checks what an admin has entered.
    ///
    /// # Errors
    /// 422 `name` or `origins`.
    pub fn checked(mut self) -> AppResult<Self> {
        self.name = title("name", &self.name, NAME_CHARS)?;
        if self.name.is_empty() {
            return Err(AppError::invalid("name", format!("A name has 1 to {NAME_CHARS} characters.")));
        }
        self.origins = parse_origins(&self.origins.join(" "))?;
        Ok(self)
    }
}

/// Reads origins that are separated by blanks, commas or lines; `*` or nothing is any.
///
/// # Errors
/// 422 `origins` with the one that is none.
pub fn parse_origins(text: &str) -> AppResult<Vec<String>> {
    let mut origins = Vec::new();
    for origin in text.split(|c: char| c.is_whitespace() || c == ',').filter(|origin| !origin.is_empty()) {
        if origin == "*" {
            return Ok(Vec::new());
        }
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let valid =
            host.is_some_and(|host| !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte)));
        if !valid {
            return Err(AppError::invalid(
                "origins",
                format!("{origin} is not an origin. Write https:// and a host, and a port if it has one, without a path."),
            ));
        }
        origins.push(origin.to_lowercase());
    }
    Ok(origins)
}

/// Where an application wants to be told, and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its row.
    pub id: i64,
    /// The address that is called.
    pub url: String,
    /// Names of [`WEBHOOK_EVENTS`].
    pub events: Vec<String>,
}

/// What a webhook needs.
pub fn no_address() -> AppError {
    AppError::invalid("url", "Write an address that begins with https:// (or http:// within your own network).")
}

/// Checks a webhook's address and events.
///
/// # Errors
/// 422 `url` or `events`.
pub fn parse_webhook(url: &str, events: &[String]) -> AppResult<(String, Vec<String>)> {
    let url = url.trim();
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if url.len() > 2_000 || host.is_none_or(|host| host.is_empty() || host.starts_with('/') || host.contains(char::is_whitespace)) {
        return Err(no_address());
    }
    let known: Vec<String> =
        WEBHOOK_EVENTS.iter().filter(|name| events.iter().any(|event| event == *name)).map(|name| (*name).to_owned()).collect();
    if known.is_empty() || known.len() != events.len() {
        return Err(AppError::invalid("events", "Choose at least one of the events."));
    }
    Ok((url.to_owned(), known))
}

/// An application in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its row.
    pub id: i64,
    /// In the paths of the HTTP API.
    pub app_id: String,
    /// In the socket's address and in every signature.
    pub key: String,
    /// An older secret is still valid.
    pub rotating: bool,
    /// What an admin has set.
    pub settings: Settings,
    /// Where it wants to be told what happens.
    pub webhooks: Vec<Webhook>,
    /// Since when.
    pub created_at: Millis,
    /// Sockets that are open now.
    pub connections: usize,
    /// Channels with somebody on them now.
    pub channels: usize,
}

/// What is shown once: a new application's or a new secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// In the paths of the HTTP API.
    pub app_id: String,
    /// In the socket's address.
    pub key: String,
    /// Shown now and never again.
    pub secret: String,
}

/// One request to a backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Delivery {
    /// Its row.
    pub id: i64,
    /// Where it went.
    pub url: String,
    /// How many events are in it.
    pub events: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// What the backend answered last.
    pub status: Option<i64>,
    /// Why it did not work.
    pub error: Option<String>,
    /// When it was written.
    pub created_at: Millis,
    /// When it was taken, or given up.
    pub done_at: Option<Millis>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_or_refused_by_name() {
        assert_eq!(parse_origins("https://A.example, http://localhost:3000\n").unwrap(), ["https://a.example", "http://localhost:3000"]);
        assert_eq!(parse_origins("https://a.example *").unwrap(), [] as [&str; 0]);
        assert_eq!(parse_origins("").unwrap(), [] as [&str; 0]);
        for wrong in ["a.example", "https://a.example/path", "ftp://a.example", "https://"] {
            assert_eq!(parse_origins(wrong).unwrap_err().field.as_deref(), Some("origins"), "{wrong}");
        }
    }

    #[test]
    fn a_webhook_needs_an_address_and_known_events() {
        let events = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(parse_webhook(" https://a.example/hook ", &events(&["client_event"])).is_ok());
        assert_eq!(parse_webhook("a.example", &events(&["client_event"])).unwrap_err().field.as_deref(), Some("url"));
        assert_eq!(parse_webhook("https://a.example", &[]).unwrap_err().field.as_deref(), Some("events"));
        assert_eq!(parse_webhook("https://a.example", &events(&["nothing"])).unwrap_err().field.as_deref(), Some("events"));
    }
}
