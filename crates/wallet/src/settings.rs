//! Settings of payments.

use anyhow::ensure;
use serde::Deserialize;

use plenum_web::settings::Concealed;

/// `[payments]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Payments {
    /// Payments by card.
    pub card: Card,
}

/// `[payments.card]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Card {
    /// The gateway's API, without a path: `https://api.stripe.com`.
    pub base_url: String,
    /// The key that the gateway is asked with.
    pub secret_key: Concealed,
    /// What the gateway signs its webhooks with.
    pub webhook_secret: Concealed,
}

impl Card {
    /// True if cards are taken.
    pub fn is_on(&self) -> bool {
        !self.base_url.is_empty()
    }

    /// # Errors
    /// The setting that is wrong, and why.
    pub fn check(&self) -> anyhow::Result<()> {
        let set = [self.base_url.is_empty(), self.secret_key.text().is_empty(), self.webhook_secret.text().is_empty()];
        ensure!(
            set.iter().all(|empty| *empty) || !set.contains(&true),
            "payments.card.base_url, payments.card.secret_key and payments.card.webhook_secret go together"
        );
        let host = |scheme| self.base_url.strip_prefix(scheme).filter(|host| !host.is_empty() && !host.contains('/'));
        let here = host("http://").is_some_and(|host| {
            let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
            ["127.0.0.1", "localhost", "[::1]"].contains(&name)
        });
        ensure!(
            !self.is_on() || here || host("https://").is_some(),
            "payments.card.base_url must be https:// and a host, without a path; http:// is for this machine only"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(base_url: &str, secret_key: &str, webhook_secret: &str) -> anyhow::Result<()> {
        let fields = serde_json::json!({ "base_url": base_url, "secret_key": secret_key, "webhook_secret": webhook_secret });
        serde_json::from_value::<Card>(fields)?.check()
    }

    #[test]
    fn all_of_it_or_nothing() {
        assert!(card("", "", "").is_ok());
        for base in ["https://api.stripe.com", "http://127.0.0.1:9000", "http://localhost", "http://[::1]:9"] {
            assert!(card(base, "sk_test", "whsec_test").is_ok(), "{base}");
        }
        for (base, key, secret) in [
            ("https://api.stripe.com", "", ""),
            ("https://api.stripe.com", "sk_test", ""),
            ("https://api.stripe.com", "", "whsec_test"),
            ("", "sk_test", "whsec_test"),
            ("http://api.stripe.com", "sk_test", "whsec_test"),
            ("https://api.stripe.com/v1", "sk_test", "whsec_test"),
            ("https://", "sk_test", "whsec_test"),
        ] {
            let error = card(base, key, secret).unwrap_err().to_string();
            assert!(error.contains("payments.card") && !error.contains("sk_test"), "{error}");
        }
    }
}
