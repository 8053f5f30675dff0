//! Light, dark or as the system. With scripts a choice is taken at once; without, by the button.

use leptos::{prelude::*, server_fn::ServerFn as _};
use strum::VariantArray as _;

use crate::words;
use plenum_ui::{
    Icon, browser, effect,
    page::theme::{SetTheme, Theme, use_theme},
    view, words as shell,
};

#[component]
pub(super) fn Appearance(
    /// The choice until now.
    theme: Theme,
) -> impl IntoView {
    let choose = use_theme();
    let chosen = RwSignal::new(theme);
    // What was chosen before the scripts ran is taken when they do.
    let early = browser::boxes("input[name='theme']").into_iter().find(|(_, on)| *on).and_then(|(value, _)| value.parse::<Theme>().ok());
    if let Some(early) = early.filter(|early| *early != theme) {
        chosen.set(early);
        effect(move |_| choose.run(early));
    }
    let choices = Theme::VARIANTS
        .iter()
        .copied()
        .map(|choice| {
            view! {
                <label>
                    <input
                        type="radio"
                        name="theme"
                        value=choice.into_str()
                        checked=choice == theme
                        on:change=move |_| {
                            chosen.set(choice);
                            choose.run(choice);
                        }
                    />
                    <span>
                        <Icon name=choice.icon()/>
                        {choice.name()}
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="appearance">
            <h2 id="appearance">{words::APPEARANCE}</h2>
            <form
                class="form"
                method="post"
                autocomplete="off"
                action=SetTheme::url()
                on:submit=move |event| {
                    event.prevent_default();
                    choose.run(chosen.get_untracked());
                }
            >
                <fieldset class="segments">
                    <legend>{shell::THEME}</legend>
                    {choices}
                </fieldset>
                <div class="form-actions">
                    <button class="btn" type="submit">
                        {words::SAVE}
                    </button>
                </div>
            </form>
        </section>
    }
}
