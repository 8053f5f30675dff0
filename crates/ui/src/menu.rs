//! What scripts add to every `details.dropdown`: Escape and a click beside it close it, a
//! choice closes it, the arrows move in it. Without scripts it opens and closes by itself.
//!
//! One listener for the whole page, so that features write plain `<details>`, or [`RowMenu`] for a line of a list.

use leptos::prelude::*;

use super::view;

#[cfg(feature = "hydrate")]
mod browser;

/// Looks after all menus of the page; called once, by the application's root.
#[cfg(feature = "hydrate")]
pub fn watch_menus() {
    browser::watch_menus();
}

/// Menus are closed when a page is made.
#[cfg(not(feature = "hydrate"))]
pub fn watch_menus() {}

/// A small button of a line, and the form that it opens.
#[component]
pub fn RowMenu(
    /// The word on the button.
    label: &'static str,
    /// Of which line, for those who do not see where the button stands.
    of: String,
    /// The classes of what is opened in the style sheet.
    #[prop(default = "menu")]
    class: &'static str,
    /// What is opened.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="dropdown">
            <summary class="btn" data-size="s">
                {label}
                <span class="visually-hidden">{of}</span>
            </summary>
            <div class=class data-align="end">
                {children()}
            </div>
        </details>
    }
}
