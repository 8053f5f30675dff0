//! The document around the application, as the server writes it.

use leptos::{
    attr::custom::{CustomAttr, custom_attribute},
    config::LeptosOptions,
    prelude::*,
};
use leptos_meta::{HashedStylesheet, MetaTags};

use super::App;
use plenum_core::{look, people::Shell};
use plenum_ui::page::theme::Theme;

/// The icons' sprite. It stands behind the application, which hydrates from the body's start.
const ICONS: &str = include_str!("../../public/icons.svg");

/// An attribute that Leptos does not know on `<meta>`.
fn media(query: &'static str) -> CustomAttr<&'static str, &'static str> {
    custom_attribute("media", query)
}

/// The whole page: the document with the application in its body.
///
/// The theme is an attribute and the style sheet is in the head, so that nothing flashes;
/// scripts carry the request's nonce.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let chosen = Theme::of_request();
    let [light, dark] = chosen.bars();
    let colours = use_context::<Shell>().and_then(|shell| shell.look.hue).map(look::style);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=chosen.attribute() {..custom_attribute("style", colours)}>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"/>
                <meta name="color-scheme" content=chosen.color_scheme()/>
                <meta name="theme-color" content={light} {..media("(prefers-color-scheme: light)")}/>
                <meta name="theme-color" content={dark} {..media("(prefers-color-scheme: dark)")}/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <HashedStylesheet options=options.clone() id="leptos"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
                <div hidden="true" inner_html=ICONS></div>
            </body>
        </html>
    }
}
