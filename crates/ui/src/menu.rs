//! What scripts add to every `details.dropdown`: Escape and a click beside it close it, a
//! choice closes it, the arrows move in it. Without scripts it opens and closes by itself.
//!
//! One listener for the whole page, so that features write plain `<details>`.

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
