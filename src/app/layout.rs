//! What stands around every page.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::{key_help::KeyHelpOpen, navigation::Navigation, overlays::Overlays, pages::Pages, palette::PaletteOpen};
use plenum_core::error::AppError;
use plenum_inbox::view::provide_inbox;
use plenum_messages::view::provide_sidebar;
use plenum_organisations::view::PublicLinks;
use plenum_ui::page::{
    banner::{Banner, use_signed_out},
    context::{UnreadTotal, Waiting, use_shell, use_viewer},
    faults::Fault,
};
use plenum_ui::{
    browser,
    client::use_new_build,
    dynamic, effect, memo,
    redirect::with_query,
    toast::{ToastStack, Toasts},
    view, words,
};

/// The frame: navigation, the connection's banner, the page, and what lies over it.
#[component]
pub fn Layout(
    /// Where notes are shown.
    toasts: Toasts,
) -> impl IntoView {
    let signed_in = use_viewer().with_untracked(Option::is_some);
    let (palette, keys) = (RwSignal::new(false), RwSignal::new(false));
    provide_context(PaletteOpen(palette));
    provide_context(KeyHelpOpen(keys));
    let navigate = use_navigate();
    browser::remember_navigate(move |path| navigate(path, NavigateOptions::default()));
    follow_pages();
    if signed_in {
        follow_messages();
        provide_inbox();
    }
    let signed_out = use_signed_out();
    view! {
        <a class="skip-link" href="#main" on:click=move |_| browser::focus("main")>
            {words::SKIP}
        </a>
        <div class="shell">
            {signed_in.then(|| view! { <Navigation/> })}
            <div class="shell-main" data-signed-out=move || signed_out.get().then_some("")>
                <Banner/>
                <ErrorBoundary fallback=|_| view! { <Fault error=AppError::internal()/> }>
                    <Pages/>
                </ErrorBoundary>
                {(!signed_in).then(|| view! { <Foot/> })}
            </div>
        </div>
        <ToastStack toasts/>
        <Overlays palette keys/>
    }
}

/// What visitors find below every page.
#[component]
fn Foot() -> impl IntoView {
    let shell = use_shell();
    let is_written = memo(move || shell.with(|shell| shell.look.imprint || shell.look.privacy));
    dynamic(move || {
        is_written.get().then(|| {
            view! {
                <footer class="foot">
                    <PublicLinks/>
                </footer>
            }
        })
    })
}

/// After the way to another section the focus is in it; and once the server runs another
/// build, the page that one goes to is loaded from it.
fn follow_pages() {
    let location = use_location();
    let new_build = use_new_build();
    effect(move |before: Option<String>| {
        let path = location.pathname.get();
        if let Some(before) = before.filter(|before| *before != path) {
            if new_build.get_untracked() {
                browser::load(&with_query(&path, &location.search.get_untracked()));
            } else if section(&before) != section(&path) {
                browser::focus_page();
            }
        }
        path
    });
}

fn section(path: &str) -> Option<&str> {
    path.split('/').nth(1)
}

/// The viewer's conversations are alive on every page: what they count is shown around it.
fn follow_messages() {
    let sidebar = provide_sidebar();
    let (unread, waiting) = (sidebar.unread(), sidebar.waiting());
    if let (Some(UnreadTotal(total)), Some(Waiting(queue))) = (use_context(), use_context()) {
        // Until the list is there, what the server has counted stands.
        effect(move |_| {
            if sidebar.begun() {
                total.set(unread.get());
            }
        });
        effect(move |_| queue.set(waiting.get()));
    }
}
