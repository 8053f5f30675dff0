//! A field of a form: label, input, hint and error, tied together.

use leptos::prelude::*;

use super::{Icon, view};

/// A line of text. Hint and error are tied to the input, so that they are read with it.
#[component]
pub fn Field(
    /// The input's id, unique on the page.
    id: &'static str,
    /// The input's name in the form.
    name: &'static str,
    /// What is asked for; the input's accessible name.
    #[prop(into)]
    label: String,
    /// `text`, `email`, `password`, …
    #[prop(optional)]
    kind: Option<&'static str>,
    /// What stands in it at first; it keeps what is typed then.
    #[prop(optional, into)]
    value: Option<String>,
    /// What a browser may fill in: `email`, `current-password`, `new-password`, `name`, `off`.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// What is expected.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// It must not be empty.
    #[prop(optional)]
    required: bool,
    /// The most characters.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// The least characters.
    #[prop(optional)]
    minlength: Option<u32>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let described_by = {
        let (hint_id, error_id) = (hint.is_some().then(|| hint_id.clone()), error_id.clone());
        move || described_by(hint_id.as_deref(), error.with(Option::is_some).then_some(error_id.as_str()))
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                class="input"
                id=id
                name=name
                type=kind.unwrap_or("text")
                value=value
                dir="auto"
                autocomplete=autocomplete
                required=required
                minlength=minlength.map(|least| least.to_string())
                maxlength=maxlength.map(|most| most.to_string())
                aria-describedby=described_by
                aria-invalid=move || error.with(Option::is_some).then_some("true")
            />
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            {move || {
                error.get().map(|error| {
                    view! {
                        <p class="field-error" id=error_id.clone() role="alert">
                            <Icon name="warning" size="s"/>
                            {error}
                        </p>
                    }
                })
            }}
        </div>
    }
}

/// The ids that describe an input, if there are any.
fn described_by(hint: Option<&str>, error: Option<&str>) -> Option<String> {
    let ids: Vec<&str> = hint.into_iter().chain(error).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_described_by_what_is_there() {
        assert_eq!(described_by(None, None), None);
        assert_eq!(described_by(Some("a-hint"), None).as_deref(), Some("a-hint"));
        assert_eq!(described_by(Some("a-hint"), Some("a-error")).as_deref(), Some("a-hint a-error"));
    }
}
