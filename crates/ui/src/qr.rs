//! A QR code on a page.

use leptos::prelude::*;

use super::view;
use plenum_core::qr::Picture;

/// The code, dark on white in every theme: that is what cameras read.
#[component]
pub fn QrCode(
    picture: Picture,
    /// What it is, for those who do not see it.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let size = picture.size;
    view! {
        <svg viewBox=format!("0 0 {size} {size}") role="img" aria-label=label shape-rendering="crispEdges">
            <rect class="code-paper" width=size.to_string() height=size.to_string()></rect>
            <path class="code-ink" d=picture.path></path>
        </svg>
    }
}
