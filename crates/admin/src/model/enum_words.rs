//! The words of enums in rows, in addresses and on the wire.

use strum::VariantArray as _;

use super::alarms::Side;
use super::board::Period;
use super::figures::Chart;

/// A variant that is renamed keeps its word: rows, links and programs know it.
#[test]
fn words_of_enums_stay() {
    assert_eq!(Side::VARIANTS.iter().map(Side::into_str).collect::<Vec<_>>(), ["above", "below"]);
    assert_eq!(Period::VARIANTS.iter().map(Period::into_str).collect::<Vec<_>>(), ["quarter", "day", "week"]);
    assert_eq!(
        Chart::VARIANTS.iter().map(Chart::into_str).collect::<Vec<_>>(),
        [
            "people",
            "traffic",
            "connections",
            "notices",
            "sales",
            "revenue",
            "latency",
            "work",
            "queues",
            "losses",
            "jobs",
            "processor",
            "memory"
        ]
    );
}
