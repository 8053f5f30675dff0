//! A word to all who come.

use leptos::prelude::*;

use crate::{api::desk::WriteToAttendees, words::desk as words};
use plenum_broadcasts::model::{TEXT_CHARS, TITLE_CHARS};
use plenum_core::ids::EventId;
use plenum_ui::{
    Field, browser, effect,
    forms::{Done, Failure, FieldError, Submit, failure, field_error, succeeded},
    view,
};

/// The form. Each sending has a key of its own, so that a repeated one goes out once.
#[component]
pub fn Write(event: EventId, key: String) -> impl IntoView {
    let send = ServerAction::<WriteToAttendees>::new();
    let refused = failure(send);
    let sent = succeeded(send);
    let key = RwSignal::new(key);
    effect(move |_| {
        if sent.get() {
            key.set(browser::fresh_key());
        }
    });
    let wrong = field_error(refused, "text");
    let described_by = move || wrong.with(Option::is_some).then_some("text-error");
    let most = |chars: usize| u32::try_from(chars).unwrap_or(u32::MAX);
    view! {
        <section class="card stack" aria-labelledby="write">
            <h2 id="write">{words::WRITE}</h2>
            <p class="muted">{words::WRITE_TEXT}</p>
            <ActionForm action=send attr:class="form">
                <Failure failure=refused fields=&["title", "text"]/>
                <input type="hidden" name="key" value=move || key.get()/>
                <input type="hidden" name="event" value=event.to_string()/>
                <Field
                    id="title"
                    name="title"
                    label=words::TITLE
                    autocomplete="off"
                    maxlength=most(TITLE_CHARS)
                    error=field_error(refused, "title")
                    required=true
                />
                <div class="field">
                    <label for="text">{words::TEXT}</label>
                    <textarea class="input" dir="auto" id="text" name="text" rows="3" maxlength=TEXT_CHARS.to_string() aria-describedby=described_by></textarea>
                    <FieldError id="text-error" error=wrong/>
                </div>
                <div class="form-actions">
                    <Submit label=words::SEND busy=send.pending()/>
                    <Done name="sent" by_action=sent text=words::SENT/>
                </div>
            </ActionForm>
        </section>
    }
}
