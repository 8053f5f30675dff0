//! The address of the client behind proxies.

use std::net::IpAddr;

use axum::http::HeaderMap;

/// The client's address: the peer itself, unless it is a trusted proxy; then the nearest hop of
/// `X-Forwarded-For` that is not one. What lies beyond that hop anyone could have written.
pub(super) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|proxy| proxy.to_canonical() == *address);
    let mut client = peer.to_canonical();
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok()).collect();
    let mut hops = lines.iter().flat_map(|line| line.split(',')).rev();
    while is_trusted(&client) {
        let Some(hop) = hops.next().and_then(|hop| parse(hop.trim())) else { break };
        client = hop;
    }
    client
}

/// An address, perhaps with a port, as proxies write it.
fn parse(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(|| hop.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()))?;
    Some(IpAddr::to_canonical(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        lines
            .iter()
            .map(|line| (axum::http::HeaderName::from_static("x-forwarded-for"), axum::http::HeaderValue::from_static(line)))
            .collect()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        for (peer, lines, client_is) in [
            ("192.0.2.9", &["198.51.100.7"][..], "192.0.2.9"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["1.2.3.4, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            ("10.0.0.1", &["1.2.3.4", "198.51.100.7:4711"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["[2001:db8::1]:443"], "2001:db8::1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["10.0.0.2"], "10.0.0.2"),
        ] {
            assert_eq!(client(ip(peer), &headers(lines), &trusted), ip(client_is), "{peer} {lines:?}");
        }
    }
}
