//! Icons, from the one sprite in `public/icons.svg`. The server writes it into every page,
//! so that an icon that is first shown while there is no network is there too.
//!
//! They are drawn on 24 px with a 1.75 px round stroke in the colour of the text; the class
//! `icon` in `style/base.css` sets stroke and size.

use leptos::prelude::*;

use super::view;

/// An icon. It is decoration: the control around it carries the name.
#[component]
pub fn Icon(
    /// The symbol's id in the sprite, without `i-`.
    name: &'static str,
    /// `s` for a small one.
    #[prop(optional)]
    size: Option<&'static str>,
) -> impl IntoView {
    view! {
        <svg class="icon" data-size=size aria-hidden="true">
            <use_ href=format!("#i-{name}")></use_>
        </svg>
    }
}
