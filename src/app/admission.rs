//! Who may open a page, and where everybody else is led.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use plenum_core::people::Role;
use plenum_ui::page::{
    context::{use_role, use_viewer},
    faults::Forbidden,
};
use plenum_ui::{
    browser, effect,
    redirect::{after_sign_in, redirect, sign_in_path, with_query},
    response, use_query, view, words,
};

/// A page for everyone.
pub(super) fn anyone(page: impl FnOnce() -> AnyView) -> AnyView {
    page()
}

/// The first page: that of whoever is signed in, or the door.
pub(super) fn start(page: impl FnOnce() -> AnyView) -> AnyView {
    if use_viewer().with_untracked(Option::is_some) {
        return page();
    }
    redirect("/sign-in");
    moving_on()
}

/// A page for whoever is signed in; others are led to the door and back.
pub(super) fn for_people(page: impl FnOnce() -> AnyView) -> AnyView {
    if use_viewer().with_untracked(Option::is_some) {
        return page();
    }
    let door = sign_in_path(&address());
    response::redirect(&door);
    effect(move |_| browser::load(&door));
    moving_on()
}

/// Path and query of the page that is opened.
pub(super) fn address() -> String {
    let location = use_location();
    with_query(&location.pathname.get_untracked(), &location.search.get_untracked())
}

/// A page for admins.
pub(super) fn for_admins(page: impl FnOnce() -> AnyView) -> AnyView {
    let admin = use_role(Role::Admin);
    for_people(move || if admin.get_untracked() { page() } else { view! { <Forbidden/> }.into_any() })
}

/// A page for those who send broadcasts: admins and managers.
pub(super) fn for_senders(page: impl FnOnce() -> AnyView) -> AnyView {
    let (admin, manager) = (use_role(Role::Admin), use_role(Role::Manager));
    for_people(move || if admin.get_untracked() || manager.get_untracked() { page() } else { view! { <Forbidden/> }.into_any() })
}

/// A page for whoever is not signed in; others go where they wanted to.
pub(super) fn for_visitors(page: impl FnOnce() -> AnyView) -> AnyView {
    if use_viewer().with_untracked(Option::is_none) {
        return page();
    }
    let next = use_query().with_untracked(|query| query.get("next"));
    redirect(&after_sign_in(next.as_deref()));
    moving_on()
}

/// What is there while one is led on: seen for a moment, if at all.
pub(super) fn moving_on() -> AnyView {
    view! {
        <main id="main" tabindex="-1" class="page">
            <h1 class="visually-hidden">{words::MOVING_ON}</h1>
        </main>
    }
    .into_any()
}
