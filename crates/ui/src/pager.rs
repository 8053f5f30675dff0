//! Links from one page of a list to the others.

use leptos::prelude::*;

use super::{dynamic, view};
use crate::words;

/// For lists whose pages are counted from the beginning: the page before and the one after.
#[component]
pub fn Pager(
    /// Which pages they are.
    label: &'static str,
    /// The address of the page before, if there is one.
    before: Option<String>,
    /// The address of the page after, if there is one.
    after: Option<String>,
    /// What is shown of how many.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <nav class="form-actions" aria-label=label>
            {before.map(|href| view! { <a class="btn" href=href rel="prev">{words::PREVIOUS}</a> })}
            {children.map(|children| children())}
            {after.map(|href| view! { <a class="btn" href=href rel="next">{words::NEXT}</a> })}
        </nav>
    }
}

/// For lists that grow at their beginning, so that a page is what is older than some row: back to the newest, and on to older ones.
#[component]
pub fn OlderPager(
    /// Which pages they are.
    label: &'static str,
    /// The address of the first page, if it is not this one.
    newest: Option<String>,
    /// The address of what is older, if there is any.
    #[prop(into)]
    older: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <nav class="form-actions" aria-label=label>
            {newest.map(|href| view! { <a class="btn" href=href>{words::NEWEST}</a> })}
            {dynamic(move || older.get().map(|href| view! { <a class="btn" href=href rel="next">{words::OLDER}</a> }))}
        </nav>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    /// A link is there only if its page is.
    #[test]
    fn links_lead_only_to_pages_that_are_there() {
        let html = |before: Option<&str>, after: Option<&str>| {
            let (before, after) = (before.map(ToOwned::to_owned), after.map(ToOwned::to_owned));
            Owner::new().with(|| view! { <Pager label="Pages" before after/> }.to_html())
        };
        let first = html(None, Some("/people?from=50"));
        assert!(first.contains(r#"href="/people?from=50" rel="next""#) && !first.contains("prev"), "{first}");
        let last = html(Some("/people?from=0"), None);
        assert!(last.contains(r#"href="/people?from=0" rel="prev""#) && !last.contains("next"), "{last}");
    }

    #[test]
    fn what_is_newest_needs_no_way_back_to_it() {
        let html = |newest: Option<&str>| {
            let newest = newest.map(ToOwned::to_owned);
            Owner::new().with(|| view! { <OlderPager label="Pages" newest older=Some("/wallet?before=7".to_owned())/> }.to_html())
        };
        assert!(!html(None).contains(words::NEWEST) && html(None).contains(words::OLDER));
        assert!(html(Some("/wallet")).contains(r#"href="/wallet""#));
    }
}
