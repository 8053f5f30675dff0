//! A text to be copied, such as a secret or an address.

use leptos::prelude::*;

use super::{browser, view};
use crate::words;

/// The text, selected as a whole by a click, and a button that copies it where scripts run.
#[component]
pub fn CopyLine(
    /// What is to be copied.
    text: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let taken = text.clone();
    view! {
        <div class="copy-line">
            <code>{text}</code>
            <button class="btn" type="button" data-size="s" on:click=move |_| copied.set(browser::copy(&taken))>
                {move || if copied.get() { words::COPIED } else { words::COPY }}
            </button>
        </div>
    }
}
