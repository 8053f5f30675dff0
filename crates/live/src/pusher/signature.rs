//! Signatures of the Pusher protocol: HMAC-SHA256 in hex with an application's secret, over what
//! stands in each function's words. Compared in constant time.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use plenum_core::ids::Millis;

/// How far a request's timestamp may be from now, in seconds (the protocol's own figure).
const TIMESTAMP_SECONDS: i64 = 600;

/// The secret of an application. It never shows itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct AppSecret(String);

impl AppSecret {
    /// Takes a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    fn mac(&self, message: &[u8]) -> Option<Hmac<Sha256>> {
        // HMAC takes keys of any length: this is always there.
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).ok()?;
        mac.update(message);
        Some(mac)
    }

    /// The signature of `message`, in hex.
    pub fn sign(&self, message: &[u8]) -> String {
        self.mac(message).map_or_else(String::new, |mac| hex(&mac.finalize().into_bytes()))
    }

    /// True if `signature` (hex) is the one of `message`. Takes the same time whatever is wrong with it.
    pub fn verify(&self, message: &[u8], signature: &str) -> bool {
        let (Some(mac), Some(given)) = (self.mac(message), unhex(signature)) else { return false };
        mac.verify_slice(&given).is_ok()
    }
}

impl std::fmt::Debug for AppSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AppSecret(…)")
    }
}

/// What is signed for joining a private channel; on presence channels with the member's data, the exact text.
pub fn subscription(socket_id: &str, channel: &str, channel_data: Option<&str>) -> String {
    match channel_data {
        Some(data) => format!("{socket_id}:{channel}:{data}"),
        None => format!("{socket_id}:{channel}"),
    }
}

/// What is signed for `pusher:signin`.
pub fn sign_in(socket_id: &str, user_data: &str) -> String {
    format!("{socket_id}::user::{user_data}")
}

/// What is signed for a request to the HTTP API: method, path, and the query without its signature, keys in
/// lower case and sorted, values as they are after decoding.
pub fn request(method: &str, path: &str, query: &[(String, String)]) -> String {
    let mut pairs: Vec<(String, &str)> =
        query.iter().map(|(key, value)| (key.to_lowercase(), value.as_str())).filter(|(key, _)| key != "auth_signature").collect();
    pairs.sort();
    let query: Vec<String> = pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!("{}\n{path}\n{}", method.to_uppercase(), query.join("&"))
}

/// True if a request's timestamp (seconds) is near enough to `now`: an older one may be a replay.
pub fn is_recent(timestamp: &str, now: Millis) -> bool {
    timestamp.parse::<i64>().is_ok_and(|seconds| (now / 1000).abs_diff(seconds) <= TIMESTAMP_SECONDS.unsigned_abs())
}

/// Bytes in hex, lower case.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| (byte as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The key and secret of the public documentation's examples.
    const SECRET: &str = "7ad3773142a6692b25b8";
    const KEY: &str = "278d425bdf160c739803";

    fn signs(message: &str, signature: &str) {
        let secret = AppSecret::new(SECRET);
        assert_eq!(secret.sign(message.as_bytes()), signature);
        assert!(secret.verify(message.as_bytes(), signature));
        assert!(!secret.verify(message.as_bytes(), &signature.replace('a', "b")));
    }

    #[test]
    fn the_vectors_of_the_protocol_hold() {
        signs(&subscription("1234.1234", "private-foobar", None), "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4");
        signs(&sign_in("1234.1234", r#"{"id":"12345"}"#), "4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba");
        signs(
            &subscription("1234.1234", "presence-foobar", Some(r#"{"user_id":10,"user_info":{"name":"Mr. Channels"}}"#)),
            "31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80",
        );
        let query = [
            ("auth_version", "1.0"),
            ("Auth_Key", KEY),
            ("auth_timestamp", "1353088179"),
            ("auth_signature", "whatever"),
            ("body_md5", "ec365a775a4cd0599faeb73354201b6f"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
        signs(&request("post", "/apps/3/events", &query), "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c");
    }

    #[test]
    fn an_old_or_unreadable_timestamp_is_refused() {
        let now = 1_353_088_179_000;
        for (timestamp, recent) in [
            ("1353088179", true),
            ("1353087579", true),
            ("1353088779", true),
            ("1353087578", false),
            ("1353088780", false),
            ("", false),
            ("soon", false),
            ("-9223372036854775808", false),
        ] {
            assert_eq!(is_recent(timestamp, now), recent, "{timestamp}");
        }
    }

    proptest! {
        /// Whatever is given as a signature is answered, and only the right one is true.
        #[test]
        fn any_signature_is_answered(given in ".{0,80}", message in ".{0,80}") {
            let secret = AppSecret::new(SECRET);
            prop_assert_eq!(secret.verify(message.as_bytes(), &given), secret.sign(message.as_bytes()).eq_ignore_ascii_case(&given));
        }
    }
}
