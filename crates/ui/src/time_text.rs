//! An instant on the page.

use leptos::prelude::*;

use super::{
    dynamic,
    page::{use_now, use_zone},
    view,
};
use plenum_core::ids::Millis;
use plenum_core::time::Zone;

/// What is left of a time, in seconds that have begun: `13:42`, or `1:02:03` from an hour on.
pub fn time_left(milliseconds: Millis) -> String {
    let seconds = milliseconds.max(0).saturating_add(999) / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A `<time>`: a short text, the absolute time with its zone on hover, and the machine's
/// form for everybody else's tools.
#[component]
pub fn TimeText(
    /// The instant.
    at: Millis,
    /// What is shown, as [`Zone::short`] or [`Zone::clock`] formats it.
    #[prop(into)]
    text: String,
    /// The absolute time, as [`Zone::full`] formats it.
    #[prop(into)]
    full: String,
) -> impl IntoView {
    view! {
        <time datetime=Zone::machine(at) title=full>
            {text}
        </time>
    }
}

/// The [`TimeText`] of an instant in the viewer's zone; the shortest that says when.
#[component]
pub fn When(
    /// The instant.
    at: Millis,
    /// What is shown instead of the shortest: [`Zone::stamp`], [`Zone::clock`], ….
    #[prop(optional)]
    text: Option<fn(&Zone, Millis) -> String>,
) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    dynamic(move || {
        let text = |zone: &Zone| text.map_or_else(|| zone.short(at, now), |text| text(zone, at));
        let (text, full) = zone.with(|zone| (text(zone), zone.full(at)));
        view! { <TimeText at text full/> }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_counted_in_seconds_begun() {
        assert_eq!(
            [3_723_000, 822_000, 60_001, 59_999, 1, 0, -5].map(time_left),
            ["1:02:03", "13:42", "1:01", "1:00", "0:01", "0:00", "0:00"].map(str::to_owned)
        );
    }
}
