//! The words of enums in rows, in addresses and on the wire.

use strum::VariantArray as _;

use super::orders::Show;

/// A variant that is renamed keeps its word: rows, links and programs know it.
#[test]
fn words_of_enums_stay() {
    assert_eq!(Show::VARIANTS.iter().map(Show::into_str).collect::<Vec<_>>(), ["all", "open", "paid", "ended"]);
}
