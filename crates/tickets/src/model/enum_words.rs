//! The words of enums in rows, in addresses and on the wire.

use strum::VariantArray as _;

use super::ticket::TicketState;

/// A variant that is renamed keeps its word: rows, links and programs know it.
#[test]
fn words_of_enums_stay() {
    assert_eq!(TicketState::VARIANTS.iter().map(TicketState::into_str).collect::<Vec<_>>(), ["valid", "used", "void"]);
}
