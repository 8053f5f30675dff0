//! All run-time settings, composed of each layer's own: `Leptos.toml` (each key documented there) overridden by
//! `PLENUM_…`, where `__` separates table and key. A wrong key or value is refused
//! at start with its name.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;

use plenum_live::settings::{Limits, Realtime, Webhooks};
use plenum_people::applications::settings::App;
use plenum_sales::settings::BoxOffice;
use plenum_store::settings::Database;
use plenum_wallet::settings::Payments;
use plenum_web::settings::{Mail, Security, Server};

/// All settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Demo mode: the sign-in page lists the seeded people.
    pub demo: bool,
    /// The HTTP server.
    pub server: Server,
    /// The key that seals secrets.
    pub security: Security,
    /// The database.
    pub database: Database,
    /// The live layer.
    pub realtime: Realtime,
    /// Limits; 0 means none.
    pub limits: Limits,
    /// Webhooks of external applications.
    pub webhooks: Webhooks,
    /// The box office.
    pub box_office: BoxOffice,
    /// Payments.
    pub payments: Payments,
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
        // Without the line itself, which may hold a password.
        let broken = |error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            anyhow::anyhow!("the file is not valid TOML in line {}: {}", before.matches('\n').count() + 1, error.message())
        };
        let mut table: toml::Table = text.parse().map_err(broken)?;
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
        self.mail.check()?;
        self.payments.card.check()?;
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
        if !self.security.key_file.as_os_str().is_empty() {
            self.security.key_file = base.join(&self.security.key_file);
        }
    }

    /// The file with the key that seals secrets.
    pub fn key_file(&self) -> PathBuf {
        if !self.security.key_file.as_os_str().is_empty() {
            return self.security.key_file.clone();
        }
        let database = self.database.url.trim_start_matches("sqlite://");
        Path::new(database.split('?').next().unwrap_or(database)).with_extension("key")
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
            | "mail__smtp_url"
            | "log__filter"
            | "payments__card__base_url"
            | "payments__card__secret_key"
            | "payments__card__webhook_secret"
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
    use std::collections::BTreeMap;

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

    /// Every setting that exists, by its path, and its default as TOML. The names are those that `Debug` tells: a new field cannot be left out.
    fn settings() -> BTreeMap<String, String> {
        let mut path: Vec<String> = Vec::new();
        let mut names = Vec::new();
        for line in format!("{:#?}", Config::default()).lines().skip(1) {
            match line.trim().split_once(": ") {
                Some((table, rest)) if rest.ends_with(" {") => path.push(table.to_owned()),
                Some((key, _)) => names.push(path.iter().map(String::as_str).chain([key]).collect::<Vec<_>>().join(".")),
                None => drop(path.pop()),
            }
        }
        let mut shipped: toml::Table = include_str!("../Leptos.toml").parse().unwrap();
        shipped.remove("package");
        let default = |name: &str| {
            let (tables, key) = name.rsplit_once('.').map_or((None, name), |(tables, key)| (Some(tables), key));
            let mut tables = tables.into_iter().flat_map(|tables| tables.split('.'));
            let table = tables.try_fold(&shipped, |table, name| table.get(name)?.as_table());
            table.and_then(|table| table.get(key)).unwrap_or_else(|| panic!("{name} is not in Leptos.toml")).to_string()
        };
        names.into_iter().map(|name| (name.clone(), default(&name))).collect()
    }

    /// The document names every setting with its default, and none that there is not.
    #[test]
    fn every_setting_is_documented() {
        let settings = settings();
        assert!(settings.len() > 35 && settings.contains_key("server.public_url") && settings.contains_key("demo"), "{settings:?}");
        let documented = include_str!("../docs/settings.md").lines().filter_map(|line| {
            let (name, rest) = line.strip_prefix("| `")?.split_once("` | `")?;
            let (default, _) = rest.split_once("` | ")?;
            // Leptos' own have a variable in the second column.
            (!default.starts_with("LEPTOS_")).then(|| (name.to_owned(), default.to_owned()))
        });
        assert_eq!(documented.collect::<BTreeMap<_, _>>(), settings);
    }

    /// What stands in deploy/ are settings that are read, and the service manager waits longer than the sockets are drained.
    #[test]
    fn the_files_of_a_deployment_fit() {
        let variables: Vec<(&str, &str)> = include_str!("../deploy/plenum.env")
            .lines()
            .map(|line| line.trim_start_matches("#"))
            .filter_map(|line| line.split_once('='))
            .filter(|(name, _)| name.starts_with("PLENUM_"))
            .map(|(name, value)| (name, value.trim_matches('"')))
            .collect();
        assert!(variables.len() > 6);
        let config = with("", &variables).unwrap();
        assert!(config.server.is_secure() && config.server.trusted_proxies.len() == 1 && config.mail.is_sent());
        let unit = include_str!("../deploy/plenum.service");
        let seconds = unit.lines().find_map(|line| line.strip_prefix("TimeoutStopSec=")).unwrap().parse::<u64>().unwrap();
        assert!(seconds >= Server::default().drain_seconds + 10);
        let files = unit.lines().find_map(|line| line.strip_prefix("LimitNOFILE=")).unwrap().parse::<usize>().unwrap();
        assert_eq!(Limits::default().within(files).connections, Limits::default().connections);
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

    /// The key of what is sealed is beside the database, unless another place is named; neither is inside the other.
    #[test]
    fn the_key_file_is_beside_the_database() {
        for (text, expected) in [
            ("", "/srv/data/plenum.key"),
            ("[database]\nurl = \"sqlite:///var/lib/plenum/plenum.db\"", "/var/lib/plenum/plenum.key"),
            ("[security]\nkey_file = \"keys/accounts\"", "/srv/keys/accounts"),
            ("[security]\nkey_file = \"/etc/plenum/accounts.key\"", "/etc/plenum/accounts.key"),
        ] {
            let mut config = with(text, &[]).unwrap();
            config.anchor(Path::new("/srv"));
            assert_eq!(config.key_file(), Path::new(expected), "{text}");
        }
    }

    #[test]
    fn a_wrong_key_or_value_is_named() {
        for (text, name) in [
            ("[realtime]\nping = 1", "ping"),
            ("[limits]\nconnections = \"many\"", "connections"),
            ("[realtime]\nping_seconds = 0", "realtime.ping_seconds"),
            ("[server]\npublic_url = \"plenum\"", "server.public_url"),
            ("[mail]\nsmtp_url = \"mail.example.org\"", "mail.smtp_url"),
            ("[mail]\nfrom = \"Plenum\"", "mail.from"),
            ("[mail]\ntimeout_seconds = 0", "mail.timeout_seconds"),
            ("[payments.card]\nsecret_key = \"sk_test\"", "payments.card.secret_key"),
            ("[payments.card]\nbase_url = \"https://api.stripe.com\"", "payments.card.base_url"),
        ] {
            let error = format!("{:#}", with(text, &[]).unwrap_err());
            assert!(error.contains(name), "{error}");
        }
        let error = format!("{:#}", with("", &[("PLENUM_LIMITS__CONNEXIONS", "1")]).unwrap_err());
        assert!(error.contains("connexions"), "{error}");
    }

    /// Neither what is refused nor what is shown of the settings repeats the mail server's password.
    #[test]
    fn no_error_repeats_the_password() {
        for text in [
            "[mail]\nsmtp_url = smtps://plenum:hunter2@mail.example.org",
            "[mail]\nsmtp_url = \"smtps://plenum:hunter2@mail.example.org",
            "[mail]\nsmtp_url = \"smtps://plenum:hunter2@mail.example.org/inbox\"",
            "[mail]\nsmtp_url = [\"smtps://plenum:hunter2@mail.example.org\"]",
        ] {
            let error = format!("{:#}", with(text, &[]).unwrap_err());
            assert!(!error.contains("hunter2") && (error.contains("line 2") || error.contains("smtp_url")), "{error}");
        }
        let config = with("", &[("PLENUM_MAIL__SMTP_URL", "smtps://plenum:hunter2@mail.example.org")]).unwrap();
        assert!(config.mail.is_sent() && !format!("{config:?}").contains("hunter2"));
    }
}
