//! The host name of an organisation, in the one form that is compared.

use url::Host as Parsed;

use plenum_core::error::{AppError, AppResult};
use plenum_web::security::without_port;

/// A host name: lower case, without port, letters of other alphabets as browsers send them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host(String);

impl Host {
    /// Reads one as it is entered. `own` is the address of this server (`https://plenum.example`), whose host belongs to the first
    /// organisation.
    ///
    /// # Errors
    /// Invalid `host`.
    pub fn parse(text: &str, own: &str) -> AppResult<Self> {
        let wrong = || AppError::invalid("host", "Enter a host name like school.example.org, without https:// and without a path.");
        let text = text.trim();
        if text.is_empty() || text.contains(['/', '@', '?', '#']) || text.contains(char::is_whitespace) {
            return Err(wrong());
        }
        let Ok(Parsed::Domain(name)) = Parsed::parse(without_port(text).trim_end_matches('.')) else {
            return Err(AppError::invalid("host", "Enter a name: an address of numbers cannot be an organisation's."));
        };
        let plain = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if name.len() > 253 || !name.split('.').all(plain) {
            return Err(wrong());
        }
        let server = own.split_once("://").map_or(own, |(_, authority)| authority);
        if name == "localhost" || name == without_port(server).to_lowercase() {
            return Err(AppError::invalid("host", "The first organisation is reached there. Choose another host name."));
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://plenum.example:8443";

    #[test]
    fn a_host_has_one_form() {
        for (entered, host) in [
            (" School.Example.ORG ", "school.example.org"),
            ("school.example.org:8080", "school.example.org"),
            ("school.example.org.", "school.example.org"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("other.localhost", "other.localhost"),
            ("intranet", "intranet"),
        ] {
            assert_eq!(Host::parse(entered, OWN).map(|host| host.0).as_deref(), Ok(host), "{entered}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        let long = "a".repeat(64);
        for wrong in [
            "",
            "https://school.example",
            "school.example/path",
            "a b.example",
            "someone@school.example",
            "192.0.2.7",
            "[2001:db8::1]",
            "under_score.example",
            "-a.example",
            "a-.example",
            "a..b",
            long.as_str(),
            "localhost",
            "PLENUM.example",
            "plenum.example:8443",
        ] {
            assert_eq!(Host::parse(wrong, OWN).unwrap_err().field.as_deref(), Some("host"), "{wrong}");
        }
    }
}
