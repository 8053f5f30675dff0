//! Light, dark or as the system: one's choice is a cookie, so that the server renders it
//! without a flash. The form works without scripts; with them nothing is loaded.

use leptos::{prelude::*, server_fn::ServerFn as _};
use serde::{Deserialize, Serialize};
use strum::VariantArray as _;

use super::context::Context;
use crate::{Icon, browser, response, view, words};
use plenum_core::{codec::Json, error::AppError};

/// The cookie's name.
pub const COOKIE: &str = "theme";

/// The colours of the browser's own bars: the paper of `style/tokens.css`.
const LIGHT_BAR: &str = "#f6f5f1";
const DARK_BAR: &str = "#141517";

/// Which colours somebody wants.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// What the system says.
    #[default]
    System,
}

impl Theme {
    /// The one that this request's cookie names.
    pub fn of_request() -> Self {
        response::cookie(COOKIE).and_then(|word| word.parse().ok()).unwrap_or_default()
    }

    /// What `data-theme` says.
    pub fn attribute(self) -> Option<&'static str> {
        (self != Self::System).then(|| self.into_str())
    }

    /// What `<meta name="color-scheme">` says.
    pub fn color_scheme(self) -> &'static str {
        match self {
            Self::System => "light dark",
            Self::Light | Self::Dark => self.into_str(),
        }
    }

    /// The colour of the browser's bars where the system is light, and where it is dark.
    pub fn bars(self) -> [&'static str; 2] {
        match self {
            Self::System => [LIGHT_BAR, DARK_BAR],
            Self::Light => [LIGHT_BAR; 2],
            Self::Dark => [DARK_BAR; 2],
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => words::THEME_SYSTEM,
            Self::Light => words::THEME_LIGHT,
            Self::Dark => words::THEME_DARK,
        }
    }

    /// Its icon's name.
    pub fn icon(self) -> &'static str {
        match self {
            Self::System => "monitor",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }
}

/// Keeps the choice in a cookie of this browser, for visitors too.
///
/// # Errors
/// 422 if there is no such theme.
#[server(prefix = "/fn", endpoint = "theme", output = Json)]
pub async fn set_theme(
    /// The choice.
    theme: Theme,
) -> Result<(), AppError> {
    response::set_cookie(COOKIE, theme.into_str());
    Ok(())
}

/// Chooses a theme without a form; taken in a component's body, called later.
pub fn use_theme() -> Callback<Theme> {
    let chosen = use_context::<Context>().map(|context| context.theme);
    Callback::new(move |theme: Theme| {
        if let Some(chosen) = chosen {
            chosen.set(theme);
        }
        browser::set_cookie(COOKIE, theme.into_str());
        browser::set_root_attribute("data-theme", theme.attribute());
        browser::set_meta("color-scheme", [theme.color_scheme(); 2]);
        browser::set_meta("theme-color", theme.bars());
    })
}

/// The choice, as items of a menu.
#[component]
pub fn ThemeItems() -> impl IntoView {
    let chosen = use_context::<Context>().map(|context| context.theme);
    let is_chosen = move |theme: Theme| chosen.map_or_else(Theme::default, |chosen| chosen.get()) == theme;
    let choose = use_theme();
    let item = |theme: Theme| {
        view! {
            <button
                class="menu-item"
                type="submit"
                name="theme"
                value=theme.into_str()
                aria-pressed=move || if is_chosen(theme) { "true" } else { "false" }
                on:click=move |event| {
                    event.prevent_default();
                    choose.run(theme);
                }
            >
                <Icon name=theme.icon()/>
                {theme.name()}
                <span class="menu-mark">
                    <Icon name="check" size="s"/>
                </span>
            </button>
        }
    };
    let items = Theme::VARIANTS.iter().copied().map(item).collect_view();
    view! {
        <form method="post" action=SetTheme::url()>
            <div role="group" aria-label=words::THEME>
                <p class="menu-title" aria-hidden="true">{words::THEME}</p>
                {items}
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_reads_back() {
        for &theme in Theme::VARIANTS {
            assert_eq!(theme.into_str().parse(), Ok(theme));
        }
        assert!("\"><script>".parse::<Theme>().is_err());
    }

    #[test]
    fn the_system_decides_unless_somebody_has() {
        assert_eq!((Theme::System.attribute(), Theme::System.color_scheme()), (None, "light dark"));
        assert_eq!((Theme::Dark.attribute(), Theme::Dark.color_scheme(), Theme::Dark.bars()), (Some("dark"), "dark", [DARK_BAR; 2]));
    }
}
