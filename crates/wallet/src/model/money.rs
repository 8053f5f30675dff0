//! Money: a whole number of minor units, and a currency.

use std::fmt;

use serde::{Deserialize, Serialize};

use plenum_core::error::{AppError, AppResult};

/// The largest amount that anybody enters, in minor units: ten million.
const LARGEST: i64 = 1_000_000_000;

/// A currency with two decimals.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "UPPERCASE", const_into_str, parse_err_ty = AppError, parse_err_fn = unknown_currency)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "UPPERCASE"))]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Euro.
    #[default]
    Eur,
    /// Swiss franc.
    Chf,
    /// Pound sterling.
    Gbp,
    /// US dollar.
    Usd,
}

impl Currency {
    /// Its name (ISO 4217).
    pub const fn code(self) -> &'static str {
        self.into_str()
    }

    /// What stands before an amount.
    fn sign(self) -> &'static str {
        match self {
            Self::Eur => "€",
            Self::Chf => "CHF\u{a0}",
            Self::Gbp => "£",
            Self::Usd => "$",
        }
    }
}

fn unknown_currency(_: &str) -> AppError {
    AppError::invalid("currency", "The currencies are EUR, CHF, GBP and USD.")
}

/// An amount of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Money {
    /// In minor units: cents.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
}

impl Money {
    /// `amount` minor units of `currency`.
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// What is missing if this is to be paid and there is only `available`; none if that is enough.
    pub fn missing(self, available: Self) -> Option<Self> {
        let missing = self.amount.saturating_sub(available.amount);
        (missing > 0).then_some(Self::new(missing, self.currency))
    }

    /// The amount alone, as a form holds it: `25.00`.
    pub fn plain(self) -> String {
        let (sign, units) = (if self.amount < 0 { "-" } else { "" }, self.amount.unsigned_abs());
        format!("{sign}{}.{:02}", units / 100, units % 100)
    }

    /// Reads what somebody entered: `25`, `25.5`, `25,50` or `1 250.00`; `field` is what an error names.
    ///
    /// # Errors
    /// 422 `field`, if it is not an amount, is below zero or above ten million.
    pub fn parse(field: &str, text: &str, currency: Currency) -> AppResult<Self> {
        let wrong = || AppError::invalid(field, "An amount is expected, like 25 or 25.50.");
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (whole, part) = text.split_once(['.', ',']).unwrap_or((&text, ""));
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        if whole.is_empty() || whole.len() > 10 || part.len() > 2 || !digits(whole) || !digits(part) {
            return Err(wrong());
        }
        let units: i64 = format!("{whole}{part:0<2}").parse().map_err(|_| wrong())?;
        if units > LARGEST {
            return Err(AppError::invalid(field, format!("At most {}.", Self::new(LARGEST, currency))));
        }
        Ok(Self::new(units, currency))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, units) = (if self.amount < 0 { "−" } else { "" }, self.amount.unsigned_abs());
        let whole = (units / 100).to_string();
        write!(f, "{sign}{}", self.currency.sign())?;
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        write!(f, ".{:02}", units % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_shown_with_their_currency() {
        let shown = |amount| Money::new(amount, Currency::Eur).to_string();
        assert_eq!(shown(2_500), "€25.00");
        assert_eq!(shown(100_000), "€1,000.00");
        assert_eq!(shown(123_456_789), "€1,234,567.89");
        assert_eq!(shown(-750), "−€7.50");
        assert_eq!(shown(5), "€0.05");
        assert_eq!(Money::new(i64::MIN, Currency::Chf).to_string(), "−CHF\u{a0}92,233,720,368,547,758.08");
    }

    #[test]
    fn what_is_entered_is_read() {
        for (text, amount) in [("25", 2_500), ("25.5", 2_550), ("25,50", 2_550), (" 1 250.00 ", 125_000), ("0.05", 5), ("25.", 2_500)] {
            assert_eq!(Money::parse("amount", text, Currency::Eur).unwrap().amount, amount, "{text:?}");
        }
        for wrong in ["", "-1", "+1", "1.234", "1.2.3", "x", ".5", "1e3", "10000000.01", "99999999999999999999"] {
            assert_eq!(Money::parse("price", wrong, Currency::Eur).unwrap_err().field.as_deref(), Some("price"), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn a_form_holds_what_it_was_given(amount in 0..=LARGEST) {
            let money = Money::new(amount, Currency::Eur);
            prop_assert_eq!(Money::parse("amount", &money.plain(), Currency::Eur), Ok(money));
        }
    }
}
