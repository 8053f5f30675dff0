//! What a page says beside its content: that there is nothing yet, that something is
//! wrong, that it works on it.

use leptos::prelude::*;

use super::{Icon, view};
use crate::words;

/// In place of a list that has nothing in it: says what to do next.
#[component]
pub fn EmptyState(
    /// The icon's name.
    icon: &'static str,
    /// What there is not.
    #[prop(into)]
    title: String,
    /// What to do about it.
    #[prop(into)]
    text: String,
    /// Buttons or links to do it with.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon/>
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// How a notice or a toast is meant; the icon says it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum Tone {
    /// For information.
    #[default]
    Plain,
    /// It worked.
    Good,
    /// It did not.
    Bad,
    /// It is new, or running out.
    Live,
}

impl Tone {
    /// The attribute's value in the style sheet.
    pub fn attribute(self) -> Option<&'static str> {
        (self != Self::Plain).then(|| self.into_str())
    }

    /// The icon that says the same as the colour.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Plain => "info",
            Self::Good => "check",
            Self::Bad => "warning",
            Self::Live => "bell",
        }
    }
}

/// A sentence that must be seen. `Bad` ones are announced at once.
#[component]
pub fn Notice(
    /// How it is meant.
    #[prop(optional)]
    tone: Tone,
    /// The sentence.
    children: Children,
) -> impl IntoView {
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    view! {
        <p class="notice" data-tone=tone.attribute() role=role>
            <Icon name=tone.icon()/>
            <span>{children()}</span>
        </p>
    }
}

/// Something that turns. Nothing under 300 ms should show it.
#[component]
pub fn Spinner() -> impl IntoView {
    view! { <span class="spinner" role="img" aria-label=words::LOADING></span> }
}
