//! The codes of a second factor, without a clock or a database: those of an app (RFC 6238) and those for recovery.

use qrcode::EcLevel;
use sha2::{Digest as _, Sha256};
use totp_rs::{Builder, Secret, Totp};

use crate::model::second_factor::SetUp;
use plenum_core::error::AppResult;
use plenum_store::faults;
use plenum_web::qr;

/// Bytes of a secret: as many as SHA-1 gives (RFC 4226, 4).
const SECRET_BYTES: usize = 20;
/// Recovery codes that are made at a time.
pub(super) const RECOVERY_CODES: usize = 10;
/// Letters and digits of recovery codes: 32, without 1, i, l and o, which look like others.
const LETTERS: &[u8; 32] = b"023456789abcdefghjkmnpqrstuvwxyz";
/// Characters of a recovery code, five bits each.
const RECOVERY_CHARS: usize = 16;

/// What an app makes its codes of: 30 seconds, six digits, SHA-1, as all apps do by themselves; one step before and after counts.
pub(super) struct AppCodes(Vec<u8>);

impl AppCodes {
    /// With a secret of its own.
    pub(super) fn random() -> Self {
        Self(rand::random::<[u8; SECRET_BYTES]>().to_vec())
    }

    pub(super) fn of(secret: Vec<u8>) -> Self {
        Self(secret)
    }

    pub(super) fn secret(&self) -> &[u8] {
        &self.0
    }

    /// The time step of `code` if it is right at the second `now`.
    pub(super) fn step(&self, code: &str, now: u64) -> Option<i64> {
        self.totp("", "").ok()?.check(code, now).and_then(|step| step.try_into().ok())
    }

    /// What an app is to know of the account with this address.
    pub(super) fn set_up(&self, organisation: &str, email: &str) -> AppResult<SetUp> {
        let url = self.totp(organisation, email)?.to_url().map_err(|error| faults::because(&format!("a second factor: {error}")))?;
        let secret: Vec<char> = Secret::from(self.0.clone()).to_base32().chars().collect();
        let groups: Vec<String> = secret.chunks(4).map(|group| group.iter().collect()).collect();
        Ok(SetUp { secret: groups.join(" "), picture: qr::draw(&url, EcLevel::M)? })
    }

    fn totp(&self, organisation: &str, email: &str) -> AppResult<Totp> {
        // A colon divides the two in the address that the app reads.
        let plain = |text: &str| text.replace(':', " ");
        let issuer = (!organisation.is_empty()).then(|| plain(organisation));
        let built = Builder::new().with_secret(self.0.clone()).with_account_name(plain(email)).with_issuer(issuer).build();
        built.map_err(|error| faults::because(&format!("a second factor: {error}")))
    }
}

/// What somebody enters as a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entered {
    /// Of the app: digits.
    App(String),
    /// The hash of one for recovery.
    Recovery(Vec<u8>),
    /// It can be neither.
    Neither,
}

impl Entered {
    /// Reads it; blanks, hyphens and capitals do not count.
    pub(super) fn parse(text: &str) -> Self {
        let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).collect();
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::App(text);
        }
        if text.len() == RECOVERY_CHARS && text.bytes().all(|byte| LETTERS.contains(&byte)) {
            Self::Recovery(hash(&text))
        } else {
            Self::Neither
        }
    }
}

/// A new code for recovery, as it is shown, and what the database holds of it.
pub(super) fn recovery_code() -> (String, Vec<u8>) {
    let letter = |bits: u8| char::from(LETTERS.get(usize::from(bits % 32)).copied().unwrap_or(b'2'));
    let text: String = rand::random::<[u8; RECOVERY_CHARS]>().into_iter().map(letter).collect();
    let hash = hash(&text);
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    (groups.join("-"), hash)
}

fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(format!("plenum recovery code {text}")).to_vec()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn rfc() -> AppCodes {
        AppCodes::of(b"12345678901234567890".to_vec())
    }

    /// RFC 6238, appendix B, for SHA-1; the last six of its eight digits.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (at, code) in vectors {
            assert_eq!(rfc().step(code, at), Some(i64::try_from(at / 30).unwrap()), "{at}");
        }
    }

    /// A code counts one step before and after its own, and says which it is of.
    #[test]
    fn the_window_is_one_step_each_way() {
        let step = 1_234_567_890 / 30;
        for at in [step - 1, step, step + 1] {
            assert_eq!(rfc().step("005924", at * 30), Some(step as i64));
            assert_eq!(rfc().step("005924", at * 30 + 29), Some(step as i64));
        }
        for at in [step - 2, step + 2] {
            assert_eq!(rfc().step("005924", at * 30), None);
        }
        assert_eq!(AppCodes::random().secret().len(), SECRET_BYTES);
    }

    #[test]
    fn what_is_entered_is_read_as_people_write_it() {
        assert_eq!(Entered::parse(" 123 456 "), Entered::App("123456".into()));
        let (shown, hash) = recovery_code();
        assert_eq!(shown.len(), RECOVERY_CHARS + 3);
        for written in [shown.clone(), shown.to_uppercase(), shown.replace('-', ""), format!(" {} ", shown.replace('-', " "))] {
            assert_eq!(Entered::parse(&written), Entered::Recovery(hash.clone()), "{written}");
        }
        for neither in ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "llll-oooo-1111-iiii"] {
            assert_eq!(Entered::parse(neither), Entered::Neither, "{neither}");
        }
    }

    #[test]
    fn recovery_codes_are_unlike_each_other() {
        let codes: BTreeSet<String> = (0..200).map(|_| recovery_code().0).collect();
        assert_eq!(codes.len(), 200);
        assert!(codes.iter().all(|code| code.bytes().all(|byte| byte == b'-' || LETTERS.contains(&byte))));
    }

    /// The app gets the secret, whatever the organisation is called.
    #[test]
    fn an_app_is_told_the_secret() {
        let set_up = rfc().set_up("Institute: of <Music> & Dance", "sam@plenum.example").unwrap();
        assert_eq!(set_up.secret, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(set_up.picture.path.starts_with("M4 4h7"));
        let url = rfc().totp("A: b", "sam@plenum.example").unwrap().to_url().unwrap();
        assert!(url.starts_with("otpauth://totp/") && url.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{url}");
    }
}
