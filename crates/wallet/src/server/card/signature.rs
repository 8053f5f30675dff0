//! The signature of a webhook: `Stripe-Signature: t=1492774577,v1=…,v1=…`, HMAC-SHA256 in hex over the time, a dot and the body.
//!
//! While a secret is changed a body has several signatures; one that is right is enough. Schemes other than `v1` are not looked at. An old
//! webhook may be a replay.

use plenum_core::ids::Millis;
use plenum_live::plenum_auth::AppSecret;

/// The header.
pub const HEADER: &str = "stripe-signature";
/// How far the signature's time may be from now.
const TOLERANCE: Millis = 300_000;
/// Signatures of one header that are looked at.
const MOST: usize = 8;

/// True if `header` is a signature of `body` with `secret`, made lately. Signatures are compared in constant time.
pub fn is_valid(secret: &AppSecret, header: &str, body: &[u8], now: Millis) -> bool {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let Some((_, time)) = parts().find(|(name, _)| *name == "t") else { return false };
    let digits = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
    let Some(at) = time.parse::<i64>().ok().filter(|_| digits).and_then(|seconds| seconds.checked_mul(1_000)) else { return false };
    if now.abs_diff(at) > TOLERANCE.unsigned_abs() {
        return false;
    }
    let signed = [time.as_bytes(), b".", body].concat();
    parts().filter(|(name, _)| *name == "v1").take(MOST).any(|(_, signature)| secret.verify(&signed, signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_test_webhook","object":"event"}"#;
    const AT: i64 = 1_492_774_577;
    const NOW: Millis = AT * 1_000;

    fn secret() -> AppSecret {
        AppSecret::new("whsec_test_secret")
    }

    fn v1(time: i64) -> String {
        secret().sign(&[time.to_string().as_bytes(), b".", BODY].concat())
    }

    fn accepts(header: &str) -> bool {
        is_valid(&secret(), header, BODY, NOW)
    }

    /// Made with Python: `hmac.new(secret, b"1492774577." + body, sha256).hexdigest()`.
    #[test]
    fn a_signature_that_was_made_elsewhere_is_right() {
        assert_eq!(v1(AT), "88a022085c6bdb887b02cb26ff76dd681234d9675c0f22844059f55552a8883a");
        assert!(accepts("t=1492774577,v1=88a022085c6bdb887b02cb26ff76dd681234d9675c0f22844059f55552a8883a"));
    }

    #[test]
    fn one_right_signature_of_several_is_enough() {
        let (right, wrong) = (v1(AT), "0".repeat(64));
        for header in [
            format!("t={AT},v1={right}"),
            format!("t={AT},v1={wrong},v1={right}"),
            format!("t={AT},v1={right},v1={wrong},v0={wrong}"),
            format!("v0={wrong}, v1={right}, t={AT}"),
        ] {
            assert!(accepts(&header), "{header}");
        }
    }

    #[test]
    fn what_is_wrong_is_refused() {
        let right = v1(AT);
        for header in [
            String::new(),
            format!("t={AT}"),
            format!("v1={right}"),
            format!("t={AT},v0={right}"),
            format!("t={},v1={right}", AT + 1),
            format!("t=+{AT},v1={right}"),
            format!("t=,v1={right}"),
            format!("t={AT},v1="),
            format!("t={AT},v1={}", &right[..62]),
            format!("t={AT},v1={}", right.replace('a', "b")),
            format!("t=9223372036854775807,v1={right}"),
        ] {
            assert!(!accepts(&header), "{header}");
        }
        assert!(!is_valid(&AppSecret::new("another"), &format!("t={AT},v1={right}"), BODY, NOW));
        assert!(!is_valid(&secret(), &format!("t={AT},v1={right}"), b"{}", NOW));
    }

    /// Five minutes, and not longer.
    #[test]
    fn an_old_signature_is_refused() {
        let header = format!("t={AT},v1={}", v1(AT));
        for (later, right) in [(0, true), (299_999, true), (300_000, true), (300_001, false), (-300_001, false)] {
            assert_eq!(is_valid(&secret(), &header, BODY, NOW + later), right, "{later}");
        }
    }
}
