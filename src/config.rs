//! All run-time settings, composed of each layer's own: `Leptos.toml` (each key documented there) overridden by
//! `PLENUM_…`, where `__` separates table and key. A wrong key or value is refused
//! at start with its name.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;

use plenum_live::settings::{Limits, Realtime};
use plenum_people::applications::settings::App;
use plenum_sales::settings::BoxOffice;
use plenum_store::settings::Database;
use plenum_web::settings::{Mail, Server};

/// All settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Demo mode: the sign-in page lists the seeded people.
    pub demo: bool,
    /// The HTTP server.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// The live layer.
    pub realtime: Realtime,
    /// Limits; 0 means none.
    pub limits: Limits,
    /// The box office.
    pub box_office: BoxOffice,
    /// Mail.
    pub mail: Mail,
    /// Logs.
    pub log: Log,
    /// The first external application.
    pub app: App,
    /// What tests may do to the server.
    pub testing: Testing,
}

/// How logs look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// What is logged, as `info` or `plenum=debug,info`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Human, filter: "info".to_owned() }
    }
}

/// `[testing]`
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Testing {
    /// Tests may turn the clock, fill wallets and sell seats over HTTP.
    pub clock: bool,
    /// By how much the clock is ahead from the start.
    pub ahead_ms: u64,
}

/// The settings and where they came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// All settings, paths made absolute.
    pub config: Config,
    /// The settings file, if there is one.
    pub file: Option<PathBuf>,
}

impl Config {
    /// Reads the settings: `file` if given, else `./Leptos.toml`, else the one beside the
    /// executable, else the defaults; then the environment.
    ///
    /// # Errors
    /// A file that cannot be read, or an unknown key or wrong value, with its name.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Loaded> {
        let file = match file {
            Some(file) => Some(file.to_owned()),
            None => find_file(),
        };
        let text = match &file {
            Some(file) => std::fs::read_to_string(file).with_context(|| format!("cannot read the settings file {}", file.display()))?,
            None => String::new(),
        };
        let variables = env::vars().filter(|(name, _)| name.starts_with("PLENUM_"));
        let mut config = Self::parse(&text, variables)
            .with_context(|| format!("the settings ({}) are refused", file.as_deref().unwrap_or(Path::new("environment")).display()))?;
        // `Leptos.toml` alone has the empty path as its folder: here.
        let folder = file.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
        let base = folder.map_or_else(env::current_dir, std::path::absolute)?;
        config.anchor(&base);
        Ok(Loaded { config, file })
    }

    /// Reads settings from the text of a file and from `PLENUM_…` variables.
    ///
    /// # Errors
    /// An unknown key or a wrong value, with its name.
    pub fn parse(text: &str, variables: impl Iterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let mut table: toml::Table = text.parse().context("the file is not valid TOML")?;
        // cargo-leptos' own settings may stand in the same file.
        table.remove("package");
        for (name, value) in variables {
            set_variable(&mut table, &name, &value)?;
        }
        let config: Self = table.try_into()?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        let realtime = &self.realtime;
        ensure!(realtime.ping_seconds >= 1, "realtime.ping_seconds must be at least 1");
        ensure!(realtime.lost_seconds > realtime.ping_seconds, "realtime.lost_seconds must be more than realtime.ping_seconds");
        ensure!(realtime.queue_bytes >= 32 * 1024, "realtime.queue_bytes must be at least 32768, the longest frame");
        ensure!((1..=86_400).contains(&self.box_office.hold_seconds), "box_office.hold_seconds must be 1 to 86400, a day");
        ensure!(self.database.url.starts_with("sqlite://"), "database.url must begin with sqlite://");
        if !self.server.public_url.is_empty() {
            let url = &self.server.public_url;
            let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
            ensure!(
                host.is_some_and(|host| !host.is_empty() && !host.contains('/')),
                "server.public_url must be http:// or https://, a host and perhaps a port, without a path"
            );
        }
        let app = [&self.app.id, &self.app.key, &self.app.secret];
        ensure!(
            app.iter().all(|part| part.is_empty()) || app.iter().all(|part| !part.is_empty()),
            "app.id, app.key and app.secret go together"
        );
        Ok(())
    }

    /// Makes relative paths relative to `base`.
    fn anchor(&mut self, base: &Path) {
        if let Some(path) = self.database.url.strip_prefix("sqlite://").map(str::to_owned) {
            let (path, query) = path.split_once('?').map_or((path.as_str(), ""), |(path, query)| (path, query));
            let absolute = base.join(path);
            let query = if query.is_empty() { String::new() } else { format!("?{query}") };
            self.database.url = format!("sqlite://{}{query}", absolute.display());
        }
        self.mail.outbox = base.join(&self.mail.outbox);
    }

    /// The external application that the settings name; in demo mode there always is one.
    pub fn first_app(&self) -> Option<App> {
        if !self.app.id.is_empty() {
            return Some(self.app.clone());
        }
        let demo = || App { id: "plenum-demo".to_owned(), key: "demo-key".to_owned(), secret: "demo-secret".to_owned(), ..App::default() };
        self.demo.then(demo)
    }
}

fn find_file() -> Option<PathBuf> {
    let beside = env::current_exe().ok().and_then(|exe| exe.parent().map(|folder| folder.join("Leptos.toml")));
    [Some(PathBuf::from("Leptos.toml")), beside].into_iter().flatten().find(|file| file.is_file())
}

/// Puts `PLENUM_TABLE__KEY=value` into the table, with the type that the default has.
fn set_variable(table: &mut toml::Table, name: &str, value: &str) -> anyhow::Result<()> {
    let path = name.trim_start_matches("PLENUM_").to_lowercase();
    let mut parts: Vec<&str> = path.split("__").collect();
    let Some(key) = parts.pop().filter(|key| !key.is_empty()) else { bail!("{name}: no key is named") };
    let text_only = matches!(
        path.as_str(),
        "app__id"
            | "app__key"
            | "app__secret"
            | "app__origins"
            | "server__metrics_token"
            | "server__public_url"
            | "mail__from"
            | "log__filter"
    );
    let parsed = match value.parse::<i64>() {
        _ if text_only => toml::Value::String(value.to_owned()),
        Ok(number) => toml::Value::Integer(number),
        Err(_) if value == "true" || value == "false" => toml::Value::Boolean(value == "true"),
        Err(_) if path == "server__trusted_proxies" => toml::Value::Array(
            value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(|item| toml::Value::String(item.to_owned())).collect(),
        ),
        Err(_) => toml::Value::String(value.to_owned()),
    };
    let mut inner = table;
    for part in parts {
        let entry = inner.entry(part.to_owned()).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        inner = entry.as_table_mut().with_context(|| format!("{name}: {part} is not a table"))?;
    }
    inner.insert(key.to_owned(), parsed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, variables: &[(&str, &str)]) -> anyhow::Result<Config> {
        Config::parse(text, variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    /// The file that ships with Plenum is valid and says exactly the defaults.
    #[test]
    fn the_shipped_file_says_the_defaults() {
        let shipped = with(include_str!("../Leptos.toml"), &[]).unwrap();
        assert_eq!(format!("{shipped:?}"), format!("{:?}", Config::default()));
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let config = with(
            "[realtime]\nping_seconds = 7",
            &[
                ("PLENUM_REALTIME__PING_SECONDS", "9"),
                ("PLENUM_APP__ID", "1"),
                ("PLENUM_APP__KEY", "2"),
                ("PLENUM_APP__SECRET", "3"),
                ("PLENUM_DEMO", "true"),
            ],
        )
        .unwrap();
        assert_eq!(config.realtime.ping_seconds, 9);
        assert_eq!(config.app.secret, "3");
        assert!(config.demo);
    }

    #[test]
    fn a_wrong_key_or_value_is_named() {
        for (text, name) in [
            ("[realtime]\nping = 1", "ping"),
            ("[limits]\nconnections = \"many\"", "connections"),
            ("[realtime]\nping_seconds = 0", "realtime.ping_seconds"),
            ("[server]\npublic_url = \"plenum\"", "server.public_url"),
        ] {
            let error = format!("{:#}", with(text, &[]).unwrap_err());
            assert!(error.contains(name), "{error}");
        }
        let error = format!("{:#}", with("", &[("PLENUM_LIMITS__CONNEXIONS", "1")]).unwrap_err());
        assert!(error.contains("connexions"), "{error}");
    }
}
