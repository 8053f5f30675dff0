//! The list of keys: `?` opens it. Features add theirs with
//! [`describe_keys`](plenum_ui::keys::describe_keys).

use leptos::prelude::*;

use plenum_ui::{
    Dialog, dynamic,
    keys::{KeyHelp, KeySection, SingleKeys},
    view, words,
};

/// Whether the list is open.
#[derive(Debug, Clone, Copy)]
pub struct KeyHelpOpen(pub RwSignal<bool>);

/// The keys that work on every page.
fn anywhere() -> KeySection {
    KeySection {
        title: words::KEYS_ANYWHERE.to_owned(),
        keys: vec![
            (words::KEY_PALETTE.to_owned(), vec!["Ctrl", "K"]),
            (words::KEY_HELP.to_owned(), vec!["?"]),
            (words::KEY_ESCAPE.to_owned(), vec!["Esc"]),
        ],
    }
}

/// The list of keys, open while `open` is true.
pub(super) fn dialog(open: RwSignal<bool>) -> AnyView {
    let help = use_context::<KeyHelp>();
    let sections = dynamic(move || {
        let more = help.map(KeyHelp::sections).unwrap_or_default();
        [anywhere()].into_iter().chain(more).map(section).collect_view()
    });
    let single = use_context::<SingleKeys>();
    view! {
        <Dialog open id="key-help" title=words::KEYS wide=true>
            <div class="dialog-body">
                <div class="keys-grid">{sections}</div>
                {single
                    .map(|single| {
                        view! {
                            <label class="switch">
                                <input
                                    type="checkbox"
                                    role="switch"
                                    prop:checked=move || single.are_on()
                                    on:change=move |event| single.switch(event_target_checked(&event))
                                />
                                <span>
                                    {words::SINGLE_KEYS} <small>{words::SINGLE_KEYS_HINT}</small>
                                </span>
                            </label>
                        }
                    })}
            </div>
        </Dialog>
    }
}

fn section(section: KeySection) -> impl IntoView {
    let rows = section.keys.into_iter().map(|(what, keys)| {
        let keys = keys.into_iter().map(|key| view! { <kbd>{key}</kbd>" " }).collect_view();
        view! {
            <div>
                <dt>{what}</dt>
                <dd>{keys}</dd>
            </div>
        }
    });
    view! {
        <section>
            <h3>{section.title}</h3>
            <dl class="keys">{rows.collect_view()}</dl>
        </section>
    }
}
