//! What the forms of people have in common.

use leptos::prelude::*;

use crate::words;
use plenum_core::error::AppError;
pub(super) use plenum_ui::forms::{Done, Failure, FieldError, Submit, Switch, failure, field_error, is_done, succeeded};
use plenum_ui::{Field, view};

/// The field of a password that is chosen anew.
#[component]
pub(super) fn NewPassword(
    /// What is asked for.
    label: &'static str,
    /// The refusal.
    failure: Signal<Option<AppError>>,
) -> impl IntoView {
    view! {
        <Field
            id="password"
            name="password"
            label
            hint=words::PASSWORD_HINT
            kind="password"
            autocomplete="new-password"
            minlength=10
            maxlength=200
            error=field_error(failure, "password")
            required=true
        />
    }
}
