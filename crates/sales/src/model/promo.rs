//! Promo codes: what one lowers, and by how much each line of an order.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, Millis, PromoCodeId, SpaceId},
    time::Zone,
};
use plenum_wallet::model::{Currency, Money};

/// A code as it is compared: upper case, 3 to 24 letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(transparent))]
#[serde(transparent)]
pub struct Code(String);

impl FromStr for Code {
    type Err = AppError;

    /// Reads what somebody entered: upper and lower case are the same.
    fn from_str(text: &str) -> AppResult<Self> {
        let code = text.trim().to_ascii_uppercase();
        let fits = (3..=24).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if fits { Ok(Self(code)) } else { Err(AppError::invalid("promo", "A promo code has 3 to 24 letters, digits or hyphens.")) }
    }
}

impl Code {
    /// What a form holds: nothing, or a code.
    ///
    /// # Errors
    /// 422 `promo`.
    pub fn parse(text: &str) -> AppResult<Option<Self>> {
        if text.trim().is_empty() { Ok(None) } else { text.parse().map(Some) }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much a code takes off an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Off {
    /// So many hundredths of it, 1 to 100.
    Percent(i64),
    /// So many minor units, at most all of it.
    Amount(i64),
}

impl Off {
    /// What is taken off places that cost `subtotal` together; half a cent is a cent.
    pub fn of(self, subtotal: i64) -> i64 {
        let subtotal = subtotal.max(0);
        match self {
            Self::Percent(percent) => {
                let hundredths = i128::from(subtotal) * i128::from(percent.clamp(0, 100));
                i64::try_from((hundredths + 50) / 100).unwrap_or(subtotal)
            }
            Self::Amount(amount) => amount.clamp(0, subtotal),
        }
    }

    /// What is taken off each of `prices`: in proportion, to the cent, together exactly [`of`](Self::of) their sum. Cents that are left
    /// over go to the lines that came closest to one, the first of equals.
    pub fn spread(self, prices: &[i64]) -> Vec<i64> {
        let subtotal: i64 = prices.iter().sum();
        let discount = self.of(subtotal);
        if discount == 0 {
            return vec![0; prices.len()];
        }
        let exact = |price: i64| i128::from(price) * i128::from(discount);
        let whole = i128::from(subtotal);
        let mut parts: Vec<i64> = prices.iter().map(|price| i64::try_from(exact(*price) / whole).unwrap_or_default()).collect();
        let mut closest: Vec<(usize, i128)> = prices.iter().map(|price| exact(*price) % whole).enumerate().collect();
        closest.sort_by_key(|(index, rest)| (-rest, *index));
        let left = usize::try_from(discount - parts.iter().sum::<i64>()).unwrap_or_default();
        for (index, _) in closest.into_iter().take(left) {
            if let Some(part) = parts.get_mut(index) {
                *part += 1;
            }
        }
        parts
    }
}

/// What a code is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPromo {
    /// What people enter.
    pub code: Code,
    /// How much it takes off.
    pub off: Off,
    /// How many orders in all.
    pub most_uses: Option<i64>,
    /// How many orders of one person.
    pub most_each: Option<i64>,
    /// From when on.
    pub from_at: Option<Millis>,
    /// Until when.
    pub until_at: Option<Millis>,
}

impl NewPromo {
    /// Reads a form: how much is taken off is either a percentage or an amount.
    ///
    /// # Errors
    /// 422 of the field: `code`, `off`, `most_uses`, `most_each`.
    pub fn parse(code: &str, by: &str, off: &str, most: (&str, &str), currency: Currency) -> AppResult<Self> {
        let code = code.parse().map_err(|error: AppError| error.at_field("code"))?;
        let off = match by {
            "percent" => {
                let percent = off.trim().trim_end_matches('%').trim_end().parse().ok().filter(|percent| (1..=100).contains(percent));
                Off::Percent(percent.ok_or_else(|| AppError::invalid("off", "A whole number from 1 to 100 is expected."))?)
            }
            "amount" => {
                let amount = Money::parse("off", off, currency)?.amount;
                if amount == 0 {
                    return Err(AppError::invalid("off", "It must take something off."));
                }
                Off::Amount(amount)
            }
            _ => return Err(AppError::invalid("by", "A code takes off a percentage or an amount.")),
        };
        let (all, each) = most;
        Ok(Self { code, off, most_uses: limit("most_uses", all)?, most_each: limit("most_each", each)?, from_at: None, until_at: None })
    }
}

/// A limit that a form may leave open.
fn limit(field: &str, text: &str) -> AppResult<Option<i64>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let number = text.trim().parse().ok().filter(|number| (1..=1_000_000).contains(number));
    number.map(Some).ok_or_else(|| AppError::invalid(field, "A number from 1 on, or nothing for no limit."))
}

/// A code, and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promo {
    /// The code's id.
    pub id: PromoCodeId,
    /// What people enter.
    pub code: Code,
    /// How much it takes off.
    pub off: Off,
    /// Of which currency its amount is.
    pub currency: Currency,
    /// In how many paid orders it was used.
    pub uses: i64,
    /// In how many it can be.
    pub most_uses: Option<i64>,
    /// In how many of one person.
    pub most_each: Option<i64>,
    /// From when on.
    pub from_at: Option<Millis>,
    /// Until when.
    pub until_at: Option<Millis>,
    /// When somebody ended it.
    pub ended_at: Option<Millis>,
}

/// What hinders somebody from using a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// There is none of this name here, or somebody ended it.
    Unknown,
    /// Its time has not come.
    TooEarly,
    /// Its time has passed.
    TooLate,
    /// It was used as often as it can be.
    UsedUp,
    /// They have used it as often as one can.
    UsedByThem,
}

impl Promo {
    /// What hinders somebody from using it at `now` who has used it in `own` paid orders.
    pub fn hindrance(&self, now: Millis, own: i64) -> Option<Hindrance> {
        let used_by_them = || self.most_each.is_some_and(|most| own >= most).then_some(Hindrance::UsedByThem);
        self.hindrance_for_all(now).or_else(used_by_them)
    }

    /// What hinders everybody from using it at `now`.
    pub fn hindrance_for_all(&self, now: Millis) -> Option<Hindrance> {
        if self.ended_at.is_some() {
            Some(Hindrance::Unknown)
        } else if self.from_at.is_some_and(|from| now < from) {
            Some(Hindrance::TooEarly)
        } else if self.until_at.is_some_and(|until| now >= until) {
            Some(Hindrance::TooLate)
        } else if self.most_uses.is_some_and(|most| self.uses >= most) {
            Some(Hindrance::UsedUp)
        } else {
            None
        }
    }
}

/// The codes of an event, by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promos {
    /// Of which event.
    pub event: EventId,
    /// Its space, whose staff follows them.
    pub space: SpaceId,
    /// What it is called.
    pub title: String,
    /// In which zone its times are.
    pub zone: Zone,
    /// Its currency.
    pub currency: Currency,
    /// The codes.
    pub promos: Vec<Promo>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_off() -> impl Strategy<Value = Off> {
        prop_oneof![(1..=100_i64).prop_map(Off::Percent), (1..=2_000_000_i64).prop_map(Off::Amount)]
    }

    proptest! {
        /// To the cent: the parts are what is taken off in all, and no line goes below zero.
        #[test]
        fn a_discount_is_spread_to_the_cent(off in any_off(), prices in proptest::collection::vec(0..=200_000_i64, 0..50)) {
            let subtotal: i64 = prices.iter().sum();
            let parts = off.spread(&prices);
            prop_assert_eq!(parts.len(), prices.len());
            prop_assert_eq!(parts.iter().sum::<i64>(), off.of(subtotal));
            prop_assert!(off.of(subtotal) <= subtotal);
            prop_assert!(parts.iter().zip(&prices).all(|(part, price)| (0..=*price).contains(part)));
            // Lines of the same price differ by a cent at the most.
            for (part, price) in parts.iter().zip(&prices) {
                for (other, same) in parts.iter().zip(&prices) {
                    prop_assert!(price != same || (part - other).abs() <= 1);
                }
            }
        }
    }

    #[test]
    fn what_is_left_over_goes_to_the_first() {
        assert_eq!(Off::Percent(10).spread(&[2_500, 2_500, 2_500]), [250, 250, 250]);
        assert_eq!(Off::Amount(100).spread(&[1_000, 1_000, 1_000]), [34, 33, 33]);
        assert_eq!(Off::Amount(1).spread(&[10, 20]), [0, 1]);
        assert_eq!(Off::Amount(9_999).spread(&[1_000, 0]), [1_000, 0]);
        assert_eq!(Off::Percent(50).spread(&[1]), [1], "half a cent is a cent");
        assert_eq!(Off::Percent(50).spread(&[0, 0]), [0, 0]);
        assert!(Off::Percent(50).spread(&[]).is_empty());
    }

    #[test]
    fn a_code_is_read_as_it_is_meant() {
        assert_eq!(" members10 ".parse::<Code>().unwrap().as_str(), "MEMBERS10");
        for wrong in ["ab", "with blank", "ümlaut", "x".repeat(25).as_str()] {
            assert_eq!(wrong.parse::<Code>().unwrap_err().field.as_deref(), Some("promo"), "{wrong:?}");
        }
        assert_eq!(Code::parse("  "), Ok(None));
    }

    #[test]
    fn a_form_says_what_is_wrong() {
        let parse = |by: &str, off: &str, all: &str, each: &str| NewPromo::parse("early", by, off, (all, each), Currency::Eur);
        let made = parse("percent", "10 %", "50", "").unwrap();
        assert_eq!((made.off, made.most_uses, made.most_each), (Off::Percent(10), Some(50), None));
        assert_eq!(parse("amount", "5,50", "", "1").unwrap().off, Off::Amount(550));
        for (by, off, all, each, field) in [
            ("percent", "0", "", "", "off"),
            ("percent", "101", "", "", "off"),
            ("amount", "0", "", "", "off"),
            ("amount", "-1", "", "", "off"),
            ("gift", "1", "", "", "by"),
            ("percent", "5", "0", "", "most_uses"),
            ("percent", "5", "", "many", "most_each"),
        ] {
            assert_eq!(parse(by, off, all, each).unwrap_err().field.as_deref(), Some(field), "{by} {off} {all} {each}");
        }
        assert_eq!(NewPromo::parse("x", "percent", "1", ("", ""), Currency::Eur).unwrap_err().field.as_deref(), Some("code"));
    }
}
