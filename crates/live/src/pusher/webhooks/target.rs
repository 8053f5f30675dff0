//! Where a webhook may go: to addresses of the internet, not to what only this server reaches (its own machine, the net that it stands
//! in, a cloud's metadata), unless `webhooks.allow_private` says so.
//!
//! A name is looked at when the connection is made, by the resolver that finds its addresses: what it meant when the webhook was saved
//! says nothing. An address that stands in the URL itself is never resolved, so that it is looked at here, when it is saved and when it is
//! called.

use std::{
    error::Error,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::{pusher::signature::AppSecret, settings::Webhooks};
use plenum_core::network::is_public;

/// How long a backend may take to answer.
pub(super) const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// Why a webhook is not sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not an http(s) URL with a host.
    #[error("this is not an address of the web")]
    NotAnAddress,
    /// It names what only this server reaches.
    #[error("this is not an address of the internet")]
    Private,
}

/// Looks at the address of a webhook, as far as that can be done without asking for what its name means.
///
/// # Errors
/// Why nothing is sent there.
pub fn check_address(url: &str, settings: Webhooks) -> Result<Url, Refused> {
    let url = Url::parse(url).map_err(|_| Refused::NotAnAddress)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused::NotAnAddress);
    }
    let is_private = match url.host() {
        None => return Err(Refused::NotAnAddress),
        // `Url` reads 2130706433 and 0x7f.1 as the addresses that they are.
        Some(Host::Ipv4(address)) => !is_public(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => !is_public(IpAddr::V6(address)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
    };
    if is_private && !settings.allow_private { Err(Refused::Private) } else { Ok(url) }
}

/// Finds the public addresses of a name, and no others.
#[derive(Debug, Clone, Copy)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(Box::new(Refused::Private) as Box<dyn Error + Send + Sync>);
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Calls backends.
#[derive(Debug, Clone)]
pub struct Caller {
    client: reqwest::Client,
    settings: Webhooks,
}

impl Caller {
    /// It follows no redirect and uses no proxy: an address is called as it was entered.
    ///
    /// # Errors
    /// If this machine can make no requests.
    pub fn new(settings: Webhooks) -> reqwest::Result<Self> {
        let builder = reqwest::Client::builder()
            .timeout(ANSWERS_WITHIN)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("plenum/", env!("CARGO_PKG_VERSION")));
        let builder = if settings.allow_private { builder } else { builder.dns_resolver(Arc::new(PublicOnly)) };
        Ok(Self { client: builder.build()?, settings })
    }

    /// Calls a backend. The status if it took it; else what it said.
    pub(super) async fn post(&self, url: &str, key: &str, secret: &AppSecret, body: String) -> Result<i64, (Option<i64>, String)> {
        let url = check_address(url, self.settings).map_err(|refused| (None, refused.to_string()))?;
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("x-pusher-key", key)
            .header("x-pusher-signature", secret.sign(body.as_bytes()))
            .body(body);
        match request.send().await {
            Ok(response) if response.status().is_success() => Ok(i64::from(response.status().as_u16())),
            Ok(response) => Err((Some(i64::from(response.status().as_u16())), format!("it answered {}", response.status()))),
            Err(error) => Err((None, reason(error))),
        }
    }
}

/// Why a request failed, without its address, which may hold a secret.
fn reason(error: reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<Refused>() {
            return inner.to_string();
        }
        cause = inner.source();
    }
    error.without_url().to_string()
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    const PUBLIC: Webhooks = Webhooks { allow_private: false };
    const PRIVATE: Webhooks = Webhooks { allow_private: true };

    /// However an address is written, it is known for what it is (A9).
    #[test]
    fn addresses_in_urls_are_looked_at() {
        for private in [
            "http://127.0.0.1/hook",
            "http://127.1:8080/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://localhost/",
            "http://LOCALHOST.:80/",
            "http://db.localhost/",
            "https://169.254.169.254/latest/meta-data",
            "http://10.0.0.1@10.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[::127.0.0.1]/",
            "http://[fd00::1]/",
            "http://0/",
        ] {
            assert_eq!(check_address(private, PUBLIC), Err(Refused::Private), "{private}");
            assert!(check_address(private, PRIVATE).is_ok(), "{private}");
        }
        for public in ["https://hooks.example.org/a?b=c", "http://8.8.8.8/", "https://[2606:4700::1111]:8443/"] {
            assert!(check_address(public, PUBLIC).is_ok(), "{public}");
        }
        for wrong in ["", "hooks.example.org", "ftp://hooks.example.org", "http://", "http://[::1", "file:///etc/passwd"] {
            assert_eq!(check_address(wrong, PRIVATE), Err(Refused::NotAnAddress), "{wrong}");
        }
    }

    /// A name that means this machine is found out when the connection is made; nothing connects.
    #[tokio::test]
    async fn names_are_looked_at_when_they_are_resolved() {
        let resolved = PublicOnly.resolve("localhost".parse().unwrap()).await;
        assert_eq!(resolved.err().map(|error| error.to_string()), Some(Refused::Private.to_string()));

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = Caller::new(PUBLIC).unwrap().client;
        // As a name that somebody else's server resolves to an address of this machine: it is not in the URL.
        let error = client.post(format!("http://localhost:{port}/hook")).send().await.unwrap_err();
        assert_eq!(reason(error), Refused::Private.to_string());
        let secret = AppSecret::new("secret".to_owned());
        let refused = Caller::new(PUBLIC).unwrap().post(&format!("http://127.0.0.1:{port}/hook"), "key", &secret, String::new()).await;
        assert_eq!(refused, Err((None, Refused::Private.to_string())));
        let pending = futures::FutureExt::now_or_never(listener.accept());
        assert!(pending.is_none(), "somebody connected");
    }
}
