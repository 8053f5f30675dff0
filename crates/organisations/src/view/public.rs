//! `/imprint` and `/privacy`, and the links to them.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{api, model::PublicPage, words};
use plenum_ui::{
    dynamic, memo,
    page::{Loaded, fault_page, use_shell},
    view,
};

/// `/imprint`
#[component]
pub fn ImprintPage() -> impl IntoView {
    view! { <Page page=PublicPage::Imprint/> }
}

/// `/privacy`
#[component]
pub fn PrivacyPage() -> impl IntoView {
    view! { <Page page=PublicPage::Privacy/> }
}

#[component]
fn Page(page: PublicPage) -> impl IntoView {
    let shell = use_shell();
    let text = Resource::new_blocking(move || page, api::page);
    let content = move |html: String| {
        let text = if html.is_empty() {
            view! { <p class="muted">{words::NOTHING_WRITTEN}</p> }
        } else {
            view! { <div class="md" dir="auto" inner_html=html></div> }
        };
        view! {
            <Title text=words::page(page)/>
            <main id="main" tabindex="-1" class="page" data-width="narrow">
                <header class="page-head">
                    <h1>{words::page(page)}</h1>
                </header>
                <section class="card stack">
                    <p class="muted">{move || shell.with(|shell| shell.organisation_name.clone())}</p>
                    {text}
                </section>
            </main>
        }
    };
    view! { <Loaded from=text fault=fault_page children=content/> }
}

/// Links to those pages that have a text.
#[component]
pub fn PublicLinks(
    /// The class of each link.
    #[prop(optional)]
    class: Option<&'static str>,
) -> impl IntoView {
    let shell = use_shell();
    let look = memo(move || shell.with(|shell| shell.look));
    dynamic(move || {
        let look = look.get();
        [(look.imprint, PublicPage::Imprint, "/imprint"), (look.privacy, PublicPage::Privacy, "/privacy")]
            .into_iter()
            .filter(|(is_written, ..)| *is_written)
            .map(|(_, page, href)| {
                view! {
                    <a class=class href=href>
                        {words::page(page)}
                    </a>
                }
            })
            .collect_view()
    })
}
