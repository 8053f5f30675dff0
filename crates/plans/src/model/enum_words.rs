//! The words of enums in rows, in addresses and on the wire.

use strum::VariantArray as _;

use super::import::Mode;
use super::spans::Step;

/// A variant that is renamed keeps its word: rows, links and programs know it.
#[test]
fn words_of_enums_stay() {
    assert_eq!([Mode::Replace, Mode::Add].map(|value| value.into_str()), ["replace", "add"]);
    assert_eq!(Step::VARIANTS.iter().map(Step::into_str).collect::<Vec<_>>(), ["each", "second"]);
}
