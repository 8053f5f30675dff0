//! The sentence of a page that is not kept up to date any more.

use leptos::prelude::*;

use crate::{Notice, dynamic, view, words};

/// Says that the page is no longer told what happens, and why, once a [`Follower`](super::Follower) has an end.
#[component]
pub fn Ended(
    /// Why, as [`Follower::ended`](super::Follower::ended).
    reason: RwSignal<Option<String>>,
    /// What the page is no longer told.
    #[prop(default = words::ENDED)]
    text: &'static str,
) -> impl IntoView {
    dynamic(move || reason.get().map(|reason| view! { <Notice>{text}" "{reason}</Notice> }))
}
