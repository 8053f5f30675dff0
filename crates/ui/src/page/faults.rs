//! Pages for what is not there, not allowed or broken: what happened and what to do.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{Notice, notice::Tone, response, view, words};
use plenum_core::error::{AppError, ErrorKind};

/// A whole page about an error, with the error's status. Goes in place of the page's `<main>`.
#[component]
pub fn Fault(
    /// What went wrong.
    error: AppError,
) -> impl IntoView {
    response::set_status(error.status());
    let (title, text) = sentences(&error);
    let reload = error.is_transient().then(|| {
        // A link to the same address loads it again, without scripts too.
        view! {
            <a class="btn" data-kind="primary" href="" rel="external">
                {words::RELOAD}
            </a>
        }
    });
    let start_kind = (!error.is_transient()).then_some("primary");
    view! {
        <Title text=title.clone()/>
        <main id="main" tabindex="-1" class="page fault">
            <p class="fault-code">{error.status()}</p>
            <h1>{title}</h1>
            <p>{text}</p>
            {reference(&error)}
            <div class="form-actions">
                {reload}
                <a class="btn" data-kind=start_kind href="/">
                    {words::TO_START}
                </a>
            </div>
        </main>
    }
}

/// The page for an address that leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    view! { <Fault error=AppError::not_found("")/> }
}

/// The page for those without the right.
#[component]
pub fn Forbidden() -> impl IntoView {
    view! { <Fault error=AppError::forbidden("")/> }
}

/// The same within a page that has its own heading.
#[component]
pub fn FaultWithin(
    /// What went wrong.
    error: AppError,
) -> impl IntoView {
    response::set_status(error.status());
    let (title, text) = sentences(&error);
    let reload = error.is_transient().then(|| {
        view! {
            <div class="form-actions">
                <a class="btn" data-kind="primary" href="" rel="external">
                    {words::RELOAD}
                </a>
            </div>
        }
    });
    view! {
        <section class="card stack">
            <h2>{title}</h2>
            <p>{text}</p>
            {reference(&error)}
            {reload}
        </section>
    }
}

/// [`Fault`], for what is [`Loaded`](super::Loaded) with all of its page.
pub fn fault_page(error: AppError) -> AnyView {
    view! { <Fault error/> }
}

/// [`FaultWithin`], for what is loaded below a heading.
pub fn fault_within(error: AppError) -> AnyView {
    view! { <FaultWithin error/> }
}

/// The error's sentence alone, where there is a way on beside it. The page keeps its status.
pub fn fault_notice(error: AppError) -> AnyView {
    view! { <Notice tone=Tone::Bad>{error.message}</Notice> }
}

/// Under which word those who run the place find an internal error.
fn reference(error: &AppError) -> Option<AnyView> {
    error.reference.as_ref().map(|word| view! { <p class="muted">{words::reference(word)}</p> })
}

/// What happened, and what to do. The error's own sentence goes first, where there is one.
fn sentences(error: &AppError) -> (String, String) {
    let (title, text) = match error.kind {
        ErrorKind::NotFound => (words::NOT_FOUND, words::NOT_FOUND_TEXT),
        ErrorKind::Forbidden | ErrorKind::SignedOut => (words::FORBIDDEN, words::FORBIDDEN_TEXT),
        ErrorKind::Internal => return (words::BROKEN.to_owned(), words::BROKEN_TEXT.to_owned()),
        ErrorKind::Unreachable if error.message != AppError::unreachable().message => (words::NOT_NOW, ""),
        ErrorKind::Unreachable => return (words::UNREACHABLE.to_owned(), words::UNREACHABLE_TEXT.to_owned()),
        ErrorKind::TooMany => (words::TOO_OFTEN, ""),
        ErrorKind::Invalid | ErrorKind::Conflict | ErrorKind::TooLarge => (words::REFUSED_TITLE, ""),
    };
    let text = match (error.message.as_str(), text) {
        ("", text) => text.to_owned(),
        (message, "") => message.to_owned(),
        (message, text) => format!("{message} {text}"),
    };
    (title.to_owned(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_what_happened_and_what_to_do() {
        let errors = [
            AppError::invalid("text", "Write something first."),
            AppError::signed_out(),
            AppError::forbidden("Only its owner may do this."),
            AppError::not_found(""),
            AppError::conflict("It is full."),
            AppError::too_many(3),
            AppError::internal(),
            AppError::unreachable(),
        ];
        for error in errors {
            let (title, text) = sentences(&error);
            assert!(!title.is_empty() && text.ends_with('.'), "{error:?}: {title:?}, {text:?}");
        }
    }

    #[test]
    fn the_errors_own_sentence_goes_first() {
        let (_, text) = sentences(&AppError::no_such("room"));
        assert!(text.starts_with("There is no such room. "));
    }
}
