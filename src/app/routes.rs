//! Which page is where, and for whom.
//!
//! All pages are rendered whole (`SsrMode::Async`): they read without scripts, and their
//! status is known when the first byte is sent.

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Routes},
    hooks::{use_location, use_query_map},
    path,
};

use super::pages::Page;
use plenum_core::people::Role;
use plenum_ui::page::{
    context::{use_role, use_viewer},
    faults::{Forbidden, NotFound},
};
use plenum_ui::{
    browser, effect,
    redirect::{own_path, redirect, sign_in_path},
    response, view, words,
};

/// The page of the address.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=|| view! { <NotFound/> }>
            <Route path=path!("") view=Page::Today ssr=SsrMode::Async/>
            <Route path=path!("sign-in") view=Page::SignIn ssr=SsrMode::Async/>
            <Route path=path!("register") view=Page::Register ssr=SsrMode::Async/>
            <Route path=path!("forgot") view=Page::Forgot ssr=SsrMode::Async/>
            <Route path=path!("reset") view=Page::Reset ssr=SsrMode::Async/>
            <Route path=path!("people") view=Page::People ssr=SsrMode::Async/>
            <Route path=path!("people/:id") view=Page::Person ssr=SsrMode::Async/>
            <Route path=path!("settings") view=Page::Settings ssr=SsrMode::Async/>
            <Route path=path!("settings/notifications") view=Page::NotificationSettings ssr=SsrMode::Async/>
            <Route path=path!("inbox") view=Page::Inbox ssr=SsrMode::Async/>
            <Route path=path!("events/:id/plan") view=Page::Plan ssr=SsrMode::Async/>
            <Route path=path!("admin") view=Page::Board ssr=SsrMode::Async/>
            <Route path=path!("admin/alarms") view=Page::Alarms ssr=SsrMode::Async/>
            <Route path=path!("inbox/away") view=Page::Away ssr=SsrMode::Async/>
            <Route path=path!("unsubscribe") view=Page::Unsubscribe ssr=SsrMode::Async/>
            <Route path=path!("admin/people") view=Page::Admin ssr=SsrMode::Async/>
            <Route path=path!("admin/sign-ins") view=Page::SignIns ssr=SsrMode::Async/>
            <Route path=path!("admin/applications") view=Page::Applications ssr=SsrMode::Async/>
            <Route path=path!("admin/channels") view=Page::Channels ssr=SsrMode::Async/>
            <Route path=path!("admin/jobs") view=Page::Jobs ssr=SsrMode::Async/>
            <Route path=path!("admin/health") view=Page::Health ssr=SsrMode::Async/>
            <Route path=path!("admin/audit") view=Page::Audit ssr=SsrMode::Async/>
            <Route path=path!("admin/broadcasts") view=Page::Broadcasts ssr=SsrMode::Async/>
            <Route path=path!("admin/broadcasts/new") view=Page::NewBroadcast ssr=SsrMode::Async/>
            <Route path=path!("admin/broadcasts/templates") view=Page::BroadcastTemplates ssr=SsrMode::Async/>
            <Route path=path!("admin/broadcasts/:id") view=Page::Broadcast ssr=SsrMode::Async/>
            <Route path=path!("admin/withdrawals") view=Page::Withdrawals ssr=SsrMode::Async/>
            <Route path=path!("wallet") view=Page::Wallet ssr=SsrMode::Async/>
            <Route path=path!("wallet/deposits/:id/simulator") view=Page::Simulator ssr=SsrMode::Async/>
            <Route path=path!("orders") view=Page::Orders ssr=SsrMode::Async/>
            <Route path=path!("orders/new") view=Page::NewOrder ssr=SsrMode::Async/>
            <Route path=path!("orders/:id") view=Page::Order ssr=SsrMode::Async/>
            <Route path=path!("events/:id/codes") view=Page::PromoCodes ssr=SsrMode::Async/>
            <Route path=path!("tickets") view=Page::Tickets ssr=SsrMode::Async/>
            <Route path=path!("tickets/:id") view=Page::Ticket ssr=SsrMode::Async/>
            <Route path=path!("orders/:id/tickets") view=Page::OrderTickets ssr=SsrMode::Async/>
            <Route path=path!("events/:id/check-in") view=Page::CheckIn ssr=SsrMode::Async/>
            <Route path=path!("events/:id/desk") view=Page::Desk ssr=SsrMode::Async/>
            <Route path=path!("events/:id/seats") view=Page::Seats ssr=SsrMode::Async/>
            <Route path=path!("events") view=Page::Events ssr=SsrMode::Async/>
            <Route path=path!("events/new") view=Page::NewEvent ssr=SsrMode::Async/>
            <Route path=path!("events/:id") view=Page::Event ssr=SsrMode::Async/>
            <Route path=path!("events/:id/edit") view=Page::EditEvent ssr=SsrMode::Async/>
            <ParentRoute path=path!("messages") view=Page::Messages ssr=SsrMode::Async>
                <Route path=path!("") view=Page::NoConversation ssr=SsrMode::Async/>
                <Route path=path!("rooms") view=Page::Rooms ssr=SsrMode::Async/>
                <Route path=path!("new") view=Page::NewConversation ssr=SsrMode::Async/>
                <Route path=path!("search") view=Page::Search ssr=SsrMode::Async/>
                <Route path=path!(":id") view=Page::Conversation ssr=SsrMode::Async/>
                <Route path=path!(":id/activity") view=Page::ConversationActivity ssr=SsrMode::Async/>
            </ParentRoute>
        </Routes>
    }
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
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) }
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
    let next = use_query_map().with_untracked(|query| query.get("next"));
    redirect(next.as_deref().and_then(own_path).unwrap_or("/"));
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
