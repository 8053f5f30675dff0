//! Tabs above the pages of a section. A section whose pages belong to several features has its list from the
//! composition root ([`provide_tabs`]); a feature that has all pages of a section draws its own [`Tabs`].

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::context::use_role;
use crate::{dynamic, view};
use plenum_core::people::Role;

/// Address and name of a page.
pub type Tab = (&'static str, &'static str);

/// A section whose pages are several features'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The settings of one person.
    Settings,
    /// The pages of admins; managers have one of these, and see no tabs.
    Admin,
}

impl Section {
    /// The role whose holders see the tabs; everyone does where there is none.
    fn role(self) -> Option<Role> {
        (self == Self::Admin).then_some(Role::Admin)
    }
}

/// The name and the tabs of each section.
#[derive(Clone, Copy)]
struct Sections(fn(Section) -> (&'static str, Vec<Tab>));

/// Hands down the name and the tabs of each section.
pub fn provide_tabs(sections: fn(Section) -> (&'static str, Vec<Tab>)) {
    provide_context(Sections(sections));
}

/// The tabs of `section`.
#[component]
pub fn SectionTabs(
    /// Whose pages are listed.
    section: Section,
) -> impl IntoView {
    let seen = section.role().map_or_else(|| Signal::stored(true), use_role);
    let sections = use_context::<Sections>();
    dynamic(move || {
        sections.filter(|_| seen.get()).map(|sections| {
            let (label, tabs) = sections.0(section);
            view! { <Tabs label tabs/> }
        })
    })
}

/// Links to the pages of a section, the one that is shown marked.
#[component]
pub fn Tabs(
    /// The section's name.
    label: &'static str,
    /// Its pages.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let pathname = use_location().pathname;
    let tabs = tabs
        .into_iter()
        .map(|(href, name)| {
            view! {
                <a href=href aria-current=move || pathname.with(|path| path == href).then_some("page")>
                    {name}
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="tabs" aria-label=label>
            {tabs}
        </nav>
    }
}
