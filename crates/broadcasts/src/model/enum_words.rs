//! The words of enums in rows, in addresses and on the wire.

use strum::VariantArray as _;

use super::repeat::{Every, Weekday};
use super::series::SeriesAction;
use super::state::Action;
use super::variants::Measure;

/// A variant that is renamed keeps its word: rows, links and programs know it.
#[test]
fn words_of_enums_stay() {
    assert_eq!(Every::VARIANTS.iter().map(Every::into_str).collect::<Vec<_>>(), ["day", "week", "month"]);
    assert_eq!(
        Weekday::VARIANTS.iter().map(Weekday::into_str).collect::<Vec<_>>(),
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    );
    assert_eq!(SeriesAction::VARIANTS.iter().map(SeriesAction::into_str).collect::<Vec<_>>(), ["pause", "resume", "end", "finish"]);
    assert_eq!(
        Action::VARIANTS.iter().map(Action::into_str).collect::<Vec<_>>(),
        ["begin", "finish", "await", "decide", "pause", "resume", "cancel", "retry"]
    );
    assert_eq!(Measure::VARIANTS.iter().map(Measure::into_str).collect::<Vec<_>>(), ["read", "acted"]);
}
