//! The words of enums in rows, in addresses and on the wire.

use strum::VariantArray as _;

use super::check_in::Outcome;
use super::desk::Span;
use super::event::{EventAction, EventState};
use super::events::{Place, When};
use super::order::OrderState;
use super::seat::SeatKind;

/// A variant that is renamed keeps its word: rows, links and programs know it.
#[test]
fn words_of_enums_stay() {
    assert_eq!(Outcome::VARIANTS.iter().map(Outcome::into_str).collect::<Vec<_>>(), ["admitted", "used", "wrong_event", "void", "unknown"]);
    assert_eq!(Span::VARIANTS.iter().map(Span::into_str).collect::<Vec<_>>(), ["day", "week", "all"]);
    assert_eq!(
        EventAction::VARIANTS.iter().map(EventAction::into_str).collect::<Vec<_>>(),
        ["publish", "withdraw", "begin", "end", "postpone", "reschedule", "cancel"]
    );
    assert_eq!(
        EventState::VARIANTS.iter().map(EventState::into_str).collect::<Vec<_>>(),
        ["draft", "published", "live", "ended", "postponed", "cancelled"]
    );
    assert_eq!(Place::VARIANTS.iter().map(Place::into_str).collect::<Vec<_>>(), ["hall", "virtual"]);
    assert_eq!(When::VARIANTS.iter().map(When::into_str).collect::<Vec<_>>(), ["coming", "week", "month", "past"]);
    assert_eq!(
        OrderState::VARIANTS.iter().map(OrderState::into_str).collect::<Vec<_>>(),
        ["draft", "awaiting_payment", "paid", "partly_refunded", "refunded", "cancelled", "expired"]
    );
    assert_eq!(
        SeatKind::VARIANTS.iter().map(SeatKind::into_str).collect::<Vec<_>>(),
        ["standard", "accessible", "companion", "restricted"]
    );
}
