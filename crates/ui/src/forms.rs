//! What forms have in common: where their errors stand, and what they say
//! when something was done.

use leptos::{html, prelude::*};
use server_fn::ServerFn;

use super::{Icon, Notice, dynamic, effect, memo, notice::Tone, query::use_query, view};
use crate::words;
use plenum_core::error::AppError;

/// Why the last attempt of `action` was refused, if it was.
pub fn failure<S>(action: ServerAction<S>) -> Signal<Option<AppError>>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let (value, pending) = (action.value(), action.pending());
    Signal::derive(move || {
        if pending.get() {
            return None;
        }
        value.with(|value| value.as_ref().and_then(|outcome| outcome.as_ref().err().cloned()))
    })
}

/// True once `action` has succeeded, until it is tried again.
pub fn succeeded<S>(action: ServerAction<S>) -> Signal<bool>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let (value, pending) = (action.value(), action.pending());
    Signal::derive(move || !pending.get() && value.with(|value| matches!(value, Some(Ok(_)))))
}

/// Empties a form when what it asked for is done; whoever enters several things enters the next.
pub fn empty_when(done: Signal<bool>) -> NodeRef<html::Form> {
    let form = NodeRef::<html::Form>::new();
    effect(move |_| {
        if done.get()
            && let Some(form) = form.get_untracked()
        {
            form.reset();
        }
    });
    form
}

/// What is wrong with the field called `name`.
pub fn field_error(failure: Signal<Option<AppError>>, name: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || {
        failure.with(|failure| failure.as_ref().filter(|error| error.field.as_deref() == Some(name)).map(|error| error.message.clone()))
    })
}

/// What is wrong with none of the fields called `names`: it stands above the form.
#[component]
pub fn Failure(
    /// The refusal.
    failure: Signal<Option<AppError>>,
    /// The fields that show their own.
    #[prop(optional)]
    fields: &'static [&'static str],
) -> impl IntoView {
    let message = move || {
        failure.with(|failure| {
            failure
                .as_ref()
                .filter(|error| error.field.as_deref().is_none_or(|field| !fields.contains(&field)))
                .map(|error| error.message.clone())
        })
    };
    dynamic(move || message().map(|message| view! { <Notice tone=Tone::Bad>{message}</Notice> }))
}

/// The button that sends a form; it says while it works.
#[component]
pub fn Submit(
    /// What it does.
    label: &'static str,
    /// It works on it.
    #[prop(into)]
    busy: Signal<bool>,
    /// As wide as the form.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    view! {
        <button
            class="btn"
            type="submit"
            data-kind="primary"
            data-wide=wide.then_some("")
            aria-busy=move || busy.get().then_some("true")
        >
            {label}
        </button>
    }
}

/// Says beside a button that it was done: by this page, or (without scripts) by the one
/// that led here with `?done=` and `name`.
#[component]
pub fn Done(
    /// What `?done=` says.
    name: &'static str,
    /// This page has done it.
    by_action: Signal<bool>,
    /// What was done.
    #[prop(default = words::SAVED)]
    text: &'static str,
) -> impl IntoView {
    let led_here = is_done(name);
    view! {
        <span class="form-status" role="status">
            {move || (by_action.get() || led_here.get()).then_some(text)}
        </span>
    }
}

/// True if a page without scripts was led here after `name` was done.
pub fn is_done(name: &'static str) -> Signal<bool> {
    let query = use_query();
    memo(move || query.with(|query| query.get_str("done") == Some(name))).into()
}

/// A switch of a form.
#[component]
pub fn Switch(
    /// Its name in the form; `true` is sent while it is on.
    name: &'static str,
    label: &'static str,
    /// What it does.
    text: &'static str,
    /// How it stands at first.
    on: bool,
) -> impl IntoView {
    view! {
        <label class="switch">
            <input type="checkbox" role="switch" name=name value="true" checked=on/>
            <span>{label} <small>{text}</small></span>
        </label>
    }
}

/// A field's error for those that are no text fields.
#[component]
pub fn FieldError(
    /// Its id, for `aria-describedby`.
    id: &'static str,
    /// The error.
    error: Signal<Option<String>>,
) -> impl IntoView {
    dynamic(move || {
        error.get().map(|error| {
            view! {
                <p class="field-error" id=id role="alert">
                    <Icon name="warning" size="s"/>
                    {error}
                </p>
            }
        })
    })
}
