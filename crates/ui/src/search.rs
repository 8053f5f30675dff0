//! The form by which a list is searched.

use leptos::prelude::*;
use leptos_router::components::Form;

use super::{Icon, view};

/// A line of text that is searched for: the page at `action` with `?q=` is the answer, with scripts and without.
#[component]
pub fn Search(
    /// The page's address.
    #[prop(into)]
    action: String,
    /// What is searched for now.
    text: String,
    /// What can be searched for; the accessible name of the line.
    label: &'static str,
    /// The word on the button.
    button: &'static str,
    /// What else narrows the search.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <Form method="GET" action=action attr:class="filter" attr:role="search">
            <label class="search">
                <span class="visually-hidden">{label}</span>
                <Icon name="search"/>
                <input class="input" type="search" dir="auto" name="q" value=text placeholder=label/>
            </label>
            {children.map(|children| children())}
            <button class="btn" type="submit">
                {button}
            </button>
        </Form>
    }
}
