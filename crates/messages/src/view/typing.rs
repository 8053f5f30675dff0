//! Who is typing, in words, under the log and in the list.

use leptos::prelude::*;

use super::{parts::first_name, screen::Screen};
use crate::words;
use plenum_ui::{effect, memo, view};

/// The line under the log; always there, mostly empty.
#[component]
pub(super) fn TypingLine(screen: Screen) -> impl IntoView {
    let store = screen.store;
    let who = store.typing();
    let text = memo(move || {
        let names: Vec<String> = who.get().iter().map(first_name).collect();
        (!names.is_empty()).then(|| words::typing(&names))
    });
    effect(move |_| store.context.typing.set(text.get().map(|text| (store.conversation, text))));
    on_cleanup(move || {
        store.context.typing.try_set(None);
    });
    view! {
        <p class="typing" aria-live="off">
            {move || text.get().map(|text| view! {
                <span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>
                {text}
            })}
        </p>
    }
}
