//! What lies over a page when it is asked for: the palette and the list of keys. Their
//! code is one chunk, fetched when either is first opened.

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{key_help, palette};
use plenum_ui::page::context::use_viewer;
use plenum_ui::{
    effect,
    keys::{on_control_key, on_single_key},
    part::{Fetched, part},
    view,
};

/// Which is open.
#[derive(Clone, Copy)]
struct Open {
    palette: RwSignal<bool>,
    keys: RwSignal<bool>,
}

#[wasm_split(overlays, wasm_split_path = ::leptos::wasm_split, fallible)]
fn overlays() -> Fetched<Open> {
    Ok(dialogs)
}

fn dialogs(open: Open) -> AnyView {
    let signed_in = use_viewer().with_untracked(Option::is_some);
    view! {
        {signed_in.then(|| palette::dialog(open.palette))}
        {key_help::dialog(open.keys)}
    }
}

/// The palette (`Ctrl K`) and the list of keys (`?`), each open while its signal is true.
#[component]
pub fn Overlays(
    /// The palette, for whoever is signed in.
    palette: RwSignal<bool>,
    /// The list of keys.
    keys: RwSignal<bool>,
) -> impl IntoView {
    if use_viewer().with_untracked(Option::is_some) {
        on_control_key("k", move || palette.update(|open| *open = !*open));
    }
    on_single_key("?", move || keys.set(true));
    // Once opened they stay: a dialog is there before and after it is shown.
    let wanted = RwSignal::new(false);
    effect(move |_| {
        if palette.get() || keys.get() {
            wanted.set(true);
        }
    });
    let close = move || {
        wanted.try_set(false);
        palette.try_set(false);
        keys.try_set(false);
    };
    part(wanted.into(), overlays, Open { palette, keys }, close)
}
