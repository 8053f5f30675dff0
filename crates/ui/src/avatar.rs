//! A person's picture: their initials on their colour.

use leptos::prelude::*;

use super::view;

/// An avatar. It is decoration: the name stands beside it, and so do the words "online"
/// or "last seen" for those who do not see the dot.
#[component]
pub fn Avatar(
    /// One or two letters.
    #[prop(into)]
    initials: Signal<String>,
    /// The colour, 0 to 11.
    #[prop(into)]
    hue: Signal<u8>,
    /// `s`, `l` or `xl`; a middle one otherwise.
    #[prop(optional)]
    size: Option<&'static str>,
    /// Online or away, where that is known and shown.
    #[prop(optional)]
    presence: Option<Signal<bool>>,
) -> impl IntoView {
    view! {
        <span class="avatar" data-hue=move || hue.get().to_string() data-size=size aria-hidden="true">
            {move || initials.get()}
            {presence.map(|online| {
                view! { <span class="presence" data-presence=move || if online.get() { "online" } else { "away" }></span> }
            })}
        </span>
    }
}
