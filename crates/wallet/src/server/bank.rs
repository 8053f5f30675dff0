//! A bank account: what is entered is checked, and what is kept is sealed. In full it stands in a payment file only.

use std::fmt;

use iban::{Iban, IbanLike as _, ParseIbanError};
use serde::{Deserialize, Serialize};

use plenum_core::{
    error::{AppError, AppResult},
    text::title,
};
use plenum_store::{
    faults,
    sealing::{Sealed, SealingKey},
};

/// Characters of a holder's name.
const NAME_CHARS: usize = 70;

/// The countries whose banks take SEPA credit transfers.
const SEPA: [&str; 42] = [
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR", "HU", "IE", "IS", "IT",
    "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
];

/// A bank account that can be paid.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankAccount {
    holder: String,
    iban: String,
    bic: String,
}

/// Nothing of it comes into a log.
impl fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BankAccount({})", self.shortened())
    }
}

impl BankAccount {
    /// Reads what somebody entered; the BIC may be empty.
    ///
    /// # Errors
    /// 422 `holder`, `iban` or `bic`. What was entered is not repeated.
    pub fn parse(holder: &str, iban: &str, bic: &str) -> AppResult<Self> {
        let holder = title("holder", holder, NAME_CHARS)?;
        if holder.is_empty() {
            return Err(AppError::invalid("holder", "Enter the name of whoever holds the account."));
        }
        let iban = read_iban(iban)?;
        if !SEPA.contains(&iban.country_code()) {
            return Err(AppError::invalid("iban", "Banks of this country take no SEPA transfers. Enter an account of another country."));
        }
        Ok(Self { holder, iban: iban.electronic_str().to_owned(), bic: read_bic(bic)? })
    }

    /// What people wrote before accounts were asked for: the IBAN in it, if there is one.
    pub(super) fn found_in(text: &str, holder: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
        (0..words.len())
            .find_map(|from| (from + 1..=words.len()).find_map(|to| Self::parse(holder, &words.get(from..to)?.concat(), "").ok()))
    }

    /// Whose account it is.
    pub(super) fn holder(&self) -> &str {
        &self.holder
    }

    /// Its number, in full.
    pub(super) fn iban(&self) -> &str {
        &self.iban
    }

    /// Its bank, if that was entered.
    pub(super) fn bic(&self) -> Option<&str> {
        (!self.bic.is_empty()).then_some(&self.bic)
    }

    /// As it is shown: `DE89 … 3000`.
    pub fn shortened(&self) -> String {
        let ends = self.iban.split_at_checked(4).zip(self.iban.len().checked_sub(4).and_then(|at| self.iban.split_at_checked(at)));
        ends.map_or_else(String::new, |((first, _), (_, last))| format!("{first} … {last}"))
    }

    /// It, sealed for what `about` names.
    ///
    /// # Errors
    /// Internal, if it cannot be sealed.
    pub(super) fn sealed(&self, key: &SealingKey, about: &str) -> AppResult<Sealed> {
        let text = serde_json::to_vec(self).map_err(|_| faults::because("a bank account cannot be written"))?;
        key.seal(about, &text)
    }

    /// What was sealed for `about`; none if that was under another key, or is no account.
    ///
    /// # Errors
    /// Internal, if it was changed.
    pub(super) fn opened(key: &SealingKey, about: &str, sealed: &Sealed) -> AppResult<Option<Self>> {
        Ok(key.open(about, sealed)?.and_then(|text| serde_json::from_slice(&text).ok()))
    }
}

fn read_iban(text: &str) -> AppResult<Iban> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_ascii_uppercase();
    if plain.is_empty() {
        return Err(AppError::invalid("iban", "Enter the IBAN of the account."));
    }
    plain.parse::<Iban>().map_err(|error| {
        let message = match error {
            ParseIbanError::InvalidBaseIban { source: iban::ParseBaseIbanError::InvalidChecksum } => {
                "This IBAN has a typing error: its check digits do not fit."
            }
            ParseIbanError::InvalidBaseIban { .. } => "An IBAN is expected, like DE89 3704 0044 0532 0130 00.",
            ParseIbanError::InvalidBban(_) => "IBANs of this country have another length or other characters.",
            ParseIbanError::UnknownCountry(_) => "There are no IBANs of this country.",
        };
        AppError::invalid("iban", message)
    })
}

/// Four letters or digits for the bank, two letters for its country, two or five more letters or digits.
fn read_bic(text: &str) -> AppResult<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let fits = matches!(plain.len(), 8 | 11)
        && plain.bytes().enumerate().all(|(at, byte)| byte.is_ascii_uppercase() || (byte.is_ascii_digit() && !matches!(at, 4 | 5)));
    if plain.is_empty() || fits {
        Ok(plain)
    } else {
        Err(AppError::invalid("bic", "A BIC has 8 or 11 letters and digits, like COBADEFFXXX. You can leave it empty."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(iban: &str) -> AppError {
        BankAccount::parse("Sam Adeyemi", iban, "").unwrap_err()
    }

    /// IBANs of many countries, as people write them, are normalised and shown shortened.
    #[test]
    fn ibans_are_read_as_people_write_them() {
        for (entered, iban, shown) in [
            ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "DE89 … 3000"),
            (" de89370400440532013000 ", "DE89370400440532013000", "DE89 … 3000"),
            ("DE89\u{a0}3704\u{a0}0044\u{a0}0532\u{a0}0130\u{a0}00", "DE89370400440532013000", "DE89 … 3000"),
            ("NO93-8601-1117-947", "NO9386011117947", "NO93 … 7947"),
            ("GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819", "GB29 … 6819"),
            ("FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606", "FR14 … 2606"),
            ("CH93 0076 2011 6238 5295 7", "CH9300762011623852957", "CH93 … 2957"),
            ("MT84 MALT 0110 0001 2345 MTLC AST0 01S", "MT84MALT011000012345MTLCAST001S", "MT84 … 001S"),
        ] {
            let account = BankAccount::parse("  Sam   Adeyemi ", entered, "").unwrap();
            assert_eq!((account.iban(), account.holder(), account.shortened().as_str()), (iban, "Sam Adeyemi", shown), "{entered}");
        }
    }

    /// What is wrong is said at its field, and what was entered is not repeated.
    #[test]
    fn a_wrong_iban_is_refused_with_its_reason() {
        for (entered, word) in [
            ("", "Enter the IBAN"),
            ("account 12", "is expected"),
            ("DE89 3704 0044 0532 0130 01", "check digits"),
            ("DE98 3704 0044 0532 0130 00", "check digits"),
            ("BR18 0036 0305 0000 1000 9795 493C 1", "no SEPA"),
        ] {
            let error = refused(entered);
            assert_eq!(error.field.as_deref(), Some("iban"), "{entered:?}");
            assert!(error.message.contains(word), "{entered:?}: {}", error.message);
        }
        // A German IBAN that is a digit too long, with check digits that fit.
        let long =
            (0..97).map(|check| format!("DE{check:02}3704004405320130000")).find(|iban| !refused(iban).message.contains("check digits"));
        assert!(refused(&long.unwrap()).message.contains("another length"));
        assert_eq!(BankAccount::parse(" ", "DE89370400440532013000", "").unwrap_err().field.as_deref(), Some("holder"));
        for bic in ["COBA", "COBADEF", "COBA1EFF", "COBADEFFXXXX", "COBÄDEFF"] {
            assert_eq!(BankAccount::parse("Sam", "DE89370400440532013000", bic).unwrap_err().field.as_deref(), Some("bic"), "{bic}");
        }
        assert_eq!(BankAccount::parse("Sam", "DE89370400440532013000", "cobadeffxxx").unwrap().bic(), Some("COBADEFFXXX"));
    }

    /// Of what people wrote before, the IBAN is found wherever it stands.
    #[test]
    fn an_iban_is_found_in_what_was_written() {
        let found = |text| BankAccount::found_in(text, "Sam").map(|account| account.iban);
        for text in
            ["DE89370400440532013000", "my account: DE89 3704 0044 0532 0130 00 (Commerzbank)", "to DE89 3704 0044 0532 0130 00, please"]
        {
            assert_eq!(found(text).as_deref(), Some("DE89370400440532013000"), "{text}");
        }
        for text in ["", "home", "DE89 3704", "DE89 3704 0044 0532 0130 01"] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_sealed_is_read_again_and_never_shown() {
        let key = SealingKey::random();
        let account = BankAccount::parse("Sam", "DE89370400440532013000", "COBADEFFXXX").unwrap();
        let sealed = account.sealed(&key, "withdrawal:1").unwrap();
        assert_eq!(BankAccount::opened(&key, "withdrawal:1", &sealed), Ok(Some(account.clone())));
        assert!(!sealed.bytes.windows(6).any(|part| part == b"370400"));
        let shown = format!("{account:?}");
        assert!(!shown.contains("370400") && !shown.contains("Sam"), "{shown}");
    }

    proptest! {
        /// Whatever is entered is read or refused at a field of its own.
        #[test]
        fn anything_can_be_entered(holder in ".{0,80}", iban in ".{0,40}", bic in ".{0,12}") {
            if let Err(error) = BankAccount::parse(&holder, &iban, &bic) {
                prop_assert!(["holder", "iban", "bic"].contains(&error.field.as_deref().unwrap_or_default()));
            }
        }

        /// One digit that is typed wrongly never makes another account.
        #[test]
        fn a_typing_error_is_found(at in 2..22_usize, digit in 0..10_u8) {
            let mut iban = b"DE89370400440532013000".to_vec();
            prop_assume!(iban[at] != b'0' + digit);
            iban[at] = b'0' + digit;
            prop_assert!(BankAccount::parse("Sam", &String::from_utf8(iban).unwrap(), "").is_err());
        }
    }
}
