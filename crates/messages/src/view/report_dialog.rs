//! Reporting a message to the admins.

use leptos::prelude::*;
use strum::VariantArray as _;

use super::screen::Screen;
use crate::{
    api::reports::ReportMessage,
    model::reports::{NOTE_CHARS, Reason},
    words::reports as words,
};
use plenum_ui::{
    Dialog, dynamic, effect,
    forms::{Failure, FieldError, Submit, failure, field_error, succeeded},
    toast, view,
};

/// Asks why, for the message that the screen has chosen.
#[component]
pub(super) fn ReportDialog(screen: Screen) -> impl IntoView {
    let open = RwSignal::new(false);
    let action = ServerAction::<ReportMessage>::new();
    let failure = failure(action);
    let (reason_error, note_error) = (field_error(failure, "reason"), field_error(failure, "note"));
    let done = succeeded(action);
    effect(move |_| {
        if screen.reported.with(Option::is_some) {
            action.clear();
            open.set(true);
        }
    });
    effect(move |_| {
        if !open.get() {
            screen.reported.set(None);
        }
    });
    effect(move |_| {
        if done.get() {
            open.set(false);
            toast::show(words::REPORTED);
        }
    });
    // The fields are empty each time.
    let form = dynamic(move || {
        screen.reported.get().map(|message| {
            let options = Reason::VARIANTS
                .iter()
                .map(|reason| view! { <option value=reason.into_str()>{words::reason(*reason)}</option> })
                .collect_view();
            view! {
                <ActionForm action attr:class="form">
                    <div class="dialog-body stack">
                        <p>{words::REPORT_TEXT}</p>
                        <Failure failure fields=&["reason", "note"]/>
                        <input type="hidden" name="message" value=message.id.to_string()/>
                        <div class="field">
                            <label for="report-reason">{words::REASON}</label>
                            <select class="input select" id="report-reason" name="reason" aria-describedby="report-reason-error">{options}</select>
                            <FieldError id="report-reason-error" error=reason_error/>
                        </div>
                        <div class="field">
                            <label for="report-note">{words::NOTE}</label>
                            <textarea
                                class="input"
                                dir="auto"
                                id="report-note"
                                name="note"
                                rows="3"
                                maxlength=NOTE_CHARS.to_string()
                                aria-describedby="report-note-error"
                            ></textarea>
                            <FieldError id="report-note-error" error=note_error/>
                        </div>
                    </div>
                    <footer class="dialog-foot">
                        <Submit label=words::SEND_REPORT busy=action.pending()/>
                    </footer>
                </ActionForm>
            }
        })
    });
    view! { <Dialog open id="report-title" title=words::REPORT_TITLE>{form}</Dialog> }
}
