//! An instant on the page.

use leptos::prelude::*;

use super::view;
use plenum_core::ids::Millis;
use plenum_core::time::Zone;

/// A `<time>`: a short text, the absolute time with its zone on hover, and the machine's
/// form for everybody else's tools.
#[component]
pub fn TimeText(
    /// The instant.
    at: Millis,
    /// What is shown, as [`Zone::short`] or [`Zone::clock`] formats it.
    #[prop(into)]
    text: TextProp,
    /// The absolute time, as [`Zone::full`] formats it.
    #[prop(into)]
    full: String,
) -> impl IntoView {
    view! {
        <time datetime=Zone::machine(at) title=full>
            {move || text.get()}
        </time>
    }
}
