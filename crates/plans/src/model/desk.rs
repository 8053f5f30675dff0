//! What the page of the editor shows.

use serde::{Deserialize, Serialize};

use super::{Plan, import::Import};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, TicketTypeId},
};
use plenum_events::model::event::EventState;
use plenum_wallet::model::{Currency, Money};

/// Ticket types of an event at the most.
pub const TYPES: usize = 20;
/// Characters of a ticket type's name.
pub const TYPE_CHARS: usize = 60;
/// Standing places of a ticket type at the most.
pub const PLACES: i64 = 100_000;

/// A kind of ticket, and how many places it has.
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
}

impl TypeLine {
    /// What all its places bring.
    pub fn worth(&self) -> i64 {
        self.price.amount.saturating_mul(self.capacity)
    }
}

/// A ticket type as somebody entered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewType {
    /// Its name.
    pub name: String,
    /// What one costs.
    pub price: Money,
    /// How many places; none: its places are seats.
    pub standing: Option<i64>,
}

impl NewType {
    /// Reads what somebody entered.
    ///
    /// # Errors
    /// 422 `type_name`, `price` or `capacity`.
    pub fn parse(name: &str, price: &str, seated: bool, capacity: &str, currency: Currency) -> AppResult<Self> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if !(1..=TYPE_CHARS).contains(&name.chars().count()) {
            return Err(AppError::invalid("type_name", format!("A ticket type has a name of 1 to {TYPE_CHARS} characters.")));
        }
        let price = Money::parse("price", price, currency)?;
        let places = || {
            let places = capacity.trim().parse().ok().filter(|places| (1..=PLACES).contains(places));
            places.ok_or_else(|| AppError::invalid("capacity", format!("How many people can stand: 1 to {PLACES}.")))
        };
        Ok(Self { name, price, standing: if seated { None } else { Some(places()?) } })
    }
}

/// Another event, whose plan can be copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// The event.
    pub id: EventId,
    /// Its title.
    pub title: String,
    /// Its ticket types.
    pub types: i64,
    /// Its seats.
    pub seats: i64,
}

/// What would be copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyPreview {
    /// From where.
    pub from: Other,
    /// Its ticket types.
    pub types: Vec<TypeLine>,
    /// Its plan.
    pub plan: Plan,
}

/// The editor of an event's plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// The event.
    pub event: EventId,
    /// Its title.
    pub title: String,
    /// Where it is on its way.
    pub state: EventState,
    /// In which currency its prices are.
    pub currency: Currency,
    /// Its ticket types, in their order.
    pub types: Vec<TypeLine>,
    /// Its seats.
    pub plan: Plan,
    /// The last change can be undone.
    pub undo: bool,
    /// The newest table that was read for it.
    pub import: Option<Import>,
    /// Events whose plans can be copied.
    pub others: Vec<Other>,
}

impl Desk {
    /// What all places bring when all are sold.
    pub fn worth(&self) -> Money {
        Money::new(self.types.iter().map(TypeLine::worth).sum(), self.currency)
    }

    /// The ticket types that seats can have.
    pub fn seated(&self) -> impl Iterator<Item = &TypeLine> {
        self.types.iter().filter(|of| of.seated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_type_is_read() {
        let read = |name, price, seated, capacity| NewType::parse(name, price, seated, capacity, Currency::Eur);
        let circle = read(" Upper  circle ", "18,5", true, "").unwrap();
        assert_eq!((circle.name.as_str(), circle.price.amount, circle.standing), ("Upper circle", 1_850, None));
        assert_eq!(read("Standing", "0", false, "300").unwrap().standing, Some(300));
        for (name, price, capacity, field) in [
            ("", "1", "1", "type_name"),
            ("A", "x", "1", "price"),
            ("A", "1", "", "capacity"),
            ("A", "1", "0", "capacity"),
            ("A", "1", "100001", "capacity"),
        ] {
            assert_eq!(read(name, price, false, capacity).unwrap_err().field.as_deref(), Some(field));
        }
    }
}
