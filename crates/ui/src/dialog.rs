//! Dialogs over the page, as the browser's own `<dialog>`: it keeps the focus inside,
//! closes on Escape and gives the focus back.

use leptos::{ev::MouseEvent, html, prelude::*};

use super::{Icon, browser, effect, view};
use crate::words;

/// A dialog that is open while `open` is true, whoever closes it.
#[component]
pub fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The id of its title, unique on the page.
    id: &'static str,
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// Room for lists.
    #[prop(optional)]
    wide: bool,
    /// Its body, and a `footer.dialog-foot` if there are choices.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    follow(dialog, open);
    view! {
        <dialog
            class="dialog"
            data-size=wide.then_some("wide")
            aria-labelledby=id
            node_ref=dialog
            on:close=move |_| open.set(false)
            on:click=move |event| close_on_backdrop(&event, dialog, open)
        >
            <div class="dialog-form">
                <header class="dialog-head">
                    <h2 id=id>{move || title.get()}</h2>
                    <button
                        class="btn icon-btn"
                        data-kind="quiet"
                        type="button"
                        aria-label=words::CLOSE
                        title=words::CLOSE
                        on:click=move |_| open.set(false)
                    >
                        <Icon name="close"/>
                    </button>
                </header>
                {children()}
            </div>
        </dialog>
    }
}

/// Opens and closes the element as the signal says.
pub fn follow(dialog: NodeRef<html::Dialog>, open: RwSignal<bool>) {
    effect(move |_| {
        let wanted = open.get();
        if let Some(dialog) = dialog.get() {
            browser::show_dialog(&dialog, wanted);
        }
    });
}

/// A click on what is behind the dialog closes it; it is the dialog itself that is hit then.
pub fn close_on_backdrop(event: &MouseEvent, dialog: NodeRef<html::Dialog>, open: RwSignal<bool>) {
    if let Some(dialog) = dialog.get_untracked()
        && browser::is_target(event, &dialog)
    {
        open.set(false);
    }
}

/// Asks before something that cannot be undone.
#[component]
pub fn Confirm(
    /// Whether it asks.
    open: RwSignal<bool>,
    /// The id of its title, unique on the page.
    id: &'static str,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// What it would mean.
    #[prop(into)]
    text: Signal<String>,
    /// The verb on the button.
    #[prop(into)]
    verb: Signal<String>,
    /// Done when the answer is yes.
    #[prop(into)]
    on_yes: Callback<()>,
) -> impl IntoView {
    let yes = move |_| {
        open.set(false);
        on_yes.run(());
    };
    view! {
        <Dialog open id title>
            <div class="dialog-body">
                <p>{move || text.get()}</p>
            </div>
            <footer class="dialog-foot">
                <button class="btn" type="button" on:click=move |_| open.set(false)>
                    {words::CANCEL}
                </button>
                <button class="btn" data-kind="danger" type="button" on:click=yes>
                    {move || verb.get()}
                </button>
            </footer>
        </Dialog>
    }
}
