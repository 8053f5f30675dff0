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

use super::{
    context::{use_role, use_viewer},
    faults::{Forbidden, NotFound},
};
use crate::{
    features::{
        messages::view::{ConversationPage, MessagesLayout, MessagesPage, NewConversationPage, RoomsPage, SearchPage},
        people::{
            model::Role,
            view::{AdminPeoplePage, ForgotPage, PeoplePage, PersonPage, RegisterPage, ResetPage, SettingsPage, SignInPage},
        },
    },
    strings::shell as words,
    ui::{
        browser,
        redirect::{own_path, redirect, sign_in_path},
        response,
    },
};

/// The page of the address.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=|| view! { <NotFound/> }>
            <Route path=path!("") view=start ssr=SsrMode::Async/>
            <Route path=path!("sign-in") view=|| for_visitors(|| view! { <SignInPage/> }.into_any()) ssr=SsrMode::Async/>
            <Route path=path!("register") view=|| for_visitors(|| view! { <RegisterPage/> }.into_any()) ssr=SsrMode::Async/>
            <Route path=path!("forgot") view=|| view! { <ForgotPage/> }.into_any() ssr=SsrMode::Async/>
            <Route path=path!("reset") view=|| view! { <ResetPage/> }.into_any() ssr=SsrMode::Async/>
            <Route path=path!("people") view=|| for_people(|| view! { <PeoplePage/> }.into_any()) ssr=SsrMode::Async/>
            <Route path=path!("people/:id") view=|| for_people(|| view! { <PersonPage/> }.into_any()) ssr=SsrMode::Async/>
            <Route path=path!("settings") view=|| for_people(|| view! { <SettingsPage/> }.into_any()) ssr=SsrMode::Async/>
            <Route path=path!("admin/people") view=|| for_admins(|| view! { <AdminPeoplePage/> }.into_any()) ssr=SsrMode::Async/>
            <ParentRoute path=path!("messages") view=|| for_people(|| view! { <MessagesLayout/> }.into_any()) ssr=SsrMode::Async>
                <Route path=path!("") view=|| view! { <MessagesPage/> }.into_any() ssr=SsrMode::Async/>
                <Route path=path!("rooms") view=|| view! { <RoomsPage/> }.into_any() ssr=SsrMode::Async/>
                <Route path=path!("new") view=|| view! { <NewConversationPage/> }.into_any() ssr=SsrMode::Async/>
                <Route path=path!("search") view=|| view! { <SearchPage/> }.into_any() ssr=SsrMode::Async/>
                <Route path=path!(":id") view=|| view! { <ConversationPage/> }.into_any() ssr=SsrMode::Async/>
            </ParentRoute>
        </Routes>
    }
}

/// The first page: one's messages, or the door.
fn start() -> AnyView {
    let signed_in = use_viewer().with_untracked(Option::is_some);
    redirect(if signed_in { "/messages" } else { "/sign-in" });
    moving_on()
}

/// A page for whoever is signed in; others are led to the door and back.
fn for_people(page: impl FnOnce() -> AnyView) -> AnyView {
    if use_viewer().with_untracked(Option::is_some) {
        return page();
    }
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    let from = if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) };
    let door = sign_in_path(&from);
    response::redirect(&door);
    Effect::new(move |_| browser::load(&door));
    moving_on()
}

/// A page for admins.
fn for_admins(page: impl FnOnce() -> AnyView) -> AnyView {
    let admin = use_role(Role::Admin);
    for_people(move || if admin.get_untracked() { page() } else { view! { <Forbidden/> }.into_any() })
}

/// A page for whoever is not signed in; others go where they wanted to.
fn for_visitors(page: impl FnOnce() -> AnyView) -> AnyView {
    if use_viewer().with_untracked(Option::is_none) {
        return page();
    }
    let next = use_query_map().with_untracked(|query| query.get("next"));
    redirect(next.as_deref().and_then(own_path).unwrap_or("/"));
    moving_on()
}

/// What is there while one is led on: seen for a moment, if at all.
fn moving_on() -> AnyView {
    view! {
        <main id="main" tabindex="-1" class="page">
            <h1 class="visually-hidden">{words::MOVING_ON}</h1>
        </main>
    }
    .into_any()
}
