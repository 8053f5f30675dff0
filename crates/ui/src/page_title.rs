//! The page's title in the browser's tab.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{effect, view};

/// A title that changes while the page is open.
///
/// Not `leptos_meta`'s own with a closure over signals: the server asks that for its text
/// after the page's arena has been put away, and finds no signals there, or another
/// page's.
#[component]
pub fn PageTitle(
    /// The title, without the program's name.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let shown = ArcRwSignal::new(text.get_untracked());
    let follows = shown.clone();
    effect(move |_| follows.set(text.get()));
    view! { <Title text=move || shown.get()/> }
}
