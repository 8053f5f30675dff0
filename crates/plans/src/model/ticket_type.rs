//! A ticket type as organisers enter it and see it.

use serde::{Deserialize, Serialize};

use plenum_core::{
    error::{AppError, AppResult},
    text::{at_most, single_line},
};
use plenum_events::model::event::TypeAvailability;
use plenum_wallet::model::{Currency, Money};

/// Characters of a ticket type's name at the most.
pub const TYPE_CHARS: usize = 60;
/// Places of a standing ticket type at the most.
pub const PLACES: i64 = 100_000;

/// A ticket type as it was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeWish {
    /// Its name.
    pub name: String,
    /// What one costs.
    pub price: Money,
    /// How many places of a standing one there are; none: its places are seats.
    pub capacity: Option<i64>,
}

impl TypeWish {
    /// Reads what was entered.
    ///
    /// # Errors
    /// 422 `name`, `price` or `capacity`.
    pub fn parse(name: &str, price: &str, seated: bool, capacity: &str, currency: Currency) -> AppResult<Self> {
        let name = single_line(name);
        if name.is_empty() {
            return Err(AppError::invalid("name", "Give it a name."));
        }
        at_most("name", &name, TYPE_CHARS)?;
        let price = Money::parse("price", price, currency)?;
        let number = || AppError::invalid("capacity", format!("A number of places, at most {PLACES}."));
        let capacity = if seated { None } else { Some(capacity.trim().parse::<i64>().map_err(|_| number())?) };
        if capacity.is_some_and(|places| !(1..=PLACES).contains(&places)) {
            return Err(number());
        }
        Ok(Self { name, price, capacity })
    }
}

/// A ticket type, for those who change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeRow {
    /// As everyone sees it.
    pub of: TypeAvailability,
    /// Whoever changes it says which version they saw.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_type_has_a_name_a_price_and_places() {
        let wish = |name, price, seated, capacity| TypeWish::parse(name, price, seated, capacity, Currency::Eur);
        assert_eq!(wish("Standing", "12.5", false, " 300 ").unwrap().capacity, Some(300));
        assert_eq!(wish("Stalls", "25", true, "whatever").unwrap().capacity, None, "it has as many as it has seats");
        for (wrong, field) in [
            (wish("", "1", true, ""), "name"),
            (wish("x", "-1", true, ""), "price"),
            (wish("x", "1", false, ""), "capacity"),
            (wish("x", "1", false, "0"), "capacity"),
            (wish("x", "1", false, "100001"), "capacity"),
        ] {
            assert_eq!(wrong.unwrap_err().field.as_deref(), Some(field));
        }
    }
}
