//! Tabs above the lists of the box office.

use leptos::prelude::*;

use plenum_ui::{
    dynamic, memo,
    page::{Tabs, use_viewer},
    view, words,
};

/// The events, and what one has bought; a visitor has nothing but the events.
#[component]
pub fn EventTabs() -> impl IntoView {
    let viewer = use_viewer();
    let signed_in = memo(move || viewer.with(Option::is_some));
    let tabs = [("/events", words::ALL_EVENTS), ("/tickets", words::TICKETS), ("/orders", words::ORDERS)];
    dynamic(move || signed_in.get().then(|| view! { <Tabs label=words::EVENTS tabs=tabs.to_vec()/> }))
}
