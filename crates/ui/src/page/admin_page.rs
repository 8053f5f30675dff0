//! What all pages of those who run the place have around them.

use leptos::prelude::*;
use leptos_meta::Title;

use super::tabs::{Section, SectionTabs};
use crate::view;

/// A page of those who run the place: its name, what can be done at once, the tabs, and what it is about.
#[component]
pub fn AdminPage(
    /// Title and, if there is no other, heading.
    title: &'static str,
    /// What the page asks or says.
    #[prop(optional)]
    heading: Option<&'static str>,
    /// How it stands, beside the heading.
    #[prop(optional)]
    status: Option<AnyView>,
    /// Links and buttons beside the heading.
    #[prop(optional)]
    actions: Option<AnyView>,
    /// One section after the other.
    children: Children,
) -> impl IntoView {
    let actions = actions.map(|actions| view! { <div class="page-actions">{actions}</div> });
    view! {
        <Title text=title/>
        <main id="main" tabindex="-1" class="page" data-width="wide">
            <header class="page-head">
                <h1>{heading.unwrap_or(title)}</h1>
                {status}
                {actions}
            </header>
            <SectionTabs section=Section::Admin/>
            <div class="stack">{children()}</div>
        </main>
    }
}
