//! A ticket type as organisers enter it and see it.

use serde::{Deserialize, Serialize};

use plenum_core::{
    error::{AppError, AppResult},
    ids::TicketTypeId,
    text::title,
};
use plenum_events::model::event::TypeAvailability;
use plenum_wallet::model::{Currency, Money};

/// Ticket types of an event at the most.
pub const TYPES: usize = 20;
/// Characters of a ticket type's name at the most.
pub const TYPE_CHARS: usize = 60;
/// Places of a standing ticket type at the most.
pub const PLACES: i64 = 100_000;

/// What organisers have entered for a ticket type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypeForm {
    pub name: String,
    pub price: String,
    /// Its places are seats of the plan, which counts them: `capacity` is empty.
    pub seated: bool,
    pub capacity: String,
}

/// The same, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewType {
    pub name: String,
    /// What one costs.
    pub price: Money,
    /// How many places there are where one stands; none: its places are seats.
    pub standing: Option<i64>,
}

impl TypeForm {
    /// Reads what was entered; prices are in `currency`.
    ///
    /// # Errors
    /// 422 `name`, `price` or `capacity`.
    pub fn parse(&self, currency: Currency) -> AppResult<NewType> {
        let name = title("name", &self.name, TYPE_CHARS)?;
        if name.is_empty() {
            return Err(AppError::invalid("name", "Give it a name."));
        }
        let price = Money::parse("price", &self.price, currency)?;
        if self.seated && !matches!(self.capacity.trim(), "" | "0") {
            return Err(AppError::invalid(
                "capacity",
                "A seated type gets its places from the seat plan. Leave this empty, or say that people stand.",
            ));
        }
        let places = || {
            let places = self.capacity.trim().parse().ok().filter(|places| (1..=PLACES).contains(places));
            places.ok_or_else(|| AppError::invalid("capacity", format!("How many people can stand: 1 to {PLACES}.")))
        };
        Ok(NewType { name, price, standing: if self.seated { None } else { Some(places()?) } })
    }
}

/// A ticket type on the page of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TypeLine {
    /// The ticket type.
    pub id: TicketTypeId,
    /// Its name.
    pub name: String,
    /// What one costs.
    pub price: Money,
    /// Its places are seats.
    pub seated: bool,
    /// How many places it has.
    pub capacity: i64,
    /// How many are sold.
    pub sold: i64,
    /// Raised by each change of its name, price or places.
    pub version: i64,
}

impl TypeLine {
    /// What all its places bring.
    pub fn worth(&self) -> i64 {
        self.price.amount.saturating_mul(self.capacity)
    }
}

/// A ticket type on the page of the event, for those who change it.
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
        let read = |name: &str, price: &str, seated, capacity: &str| {
            TypeForm { name: name.into(), price: price.into(), seated, capacity: capacity.into() }.parse(Currency::Eur)
        };
        let circle = read(" Upper  circle ", "18,5", true, "").unwrap();
        assert_eq!((circle.name.as_str(), circle.price.amount, circle.standing), ("Upper circle", 1_850, None));
        assert_eq!(read("Standing", "12.5", false, " 300 ").unwrap().standing, Some(300));
        for (wrong, field) in [
            (read("", "1", true, ""), "name"),
            (read(&"x".repeat(61), "1", true, ""), "name"),
            (read("x", "-1", true, ""), "price"),
            (read("x", "x", false, "1"), "price"),
            (read("x", "1", false, ""), "capacity"),
            (read("x", "1", false, "0"), "capacity"),
            (read("x", "1", true, "30"), "capacity"),
            (read("x", "1", false, "100001"), "capacity"),
        ] {
            assert_eq!(wrong.unwrap_err().field.as_deref(), Some(field));
        }
    }
}
