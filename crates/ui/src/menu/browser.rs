//! Menus in the browser.

use leptos::{
    ev::{self, KeyboardEvent},
    prelude::*,
};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, Node};

const OPEN: &str = "details.dropdown[open]";
const ITEM: &str = "a[href], button:not([disabled]), input:not([disabled])";

pub(super) fn watch_menus() {
    let clicks = window_event_listener(ev::click, |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        for menu in open_menus() {
            let inside = target.as_ref().is_some_and(|target| menu.contains(Some(target)));
            let chosen = inside && target.as_ref().is_some_and(|target| target.closest(".menu-item").is_ok_and(|item| item.is_some()));
            if !inside || chosen {
                close(&menu, false);
            }
        }
    });
    let keys = window_event_listener(ev::keydown, on_key);
    on_cleanup(move || {
        clicks.remove();
        keys.remove();
    });
}

fn on_key(event: KeyboardEvent) {
    if event.default_prevented() {
        return;
    }
    let Some(menu) = open_menus().pop() else { return };
    let focused = document().active_element();
    let inside = focused.as_ref().is_some_and(|focused| menu.contains(Some(focused)));
    match event.key().as_str() {
        "Escape" => {
            event.prevent_default();
            close(&menu, inside);
        }
        "Tab" => {
            // The focus leaves by itself; a menu that it has left is closed.
            let menu = menu.clone();
            set_timeout(
                move || {
                    let gone = document().active_element().is_none_or(|focused| !menu.contains(Some(&focused)));
                    if gone {
                        close(&menu, false);
                    }
                },
                std::time::Duration::ZERO,
            );
        }
        key @ ("ArrowDown" | "ArrowUp" | "Home" | "End") if inside => {
            let items = items(&menu);
            let here =
                focused.and_then(|focused| items.iter().position(|item| AsRef::<Node>::as_ref(item) == AsRef::<Node>::as_ref(&focused)));
            if let Some(item) = step(key, here, items.len()).and_then(|index| items.get(index)) {
                event.prevent_default();
                let _ = item.focus();
            }
        }
        _ => {}
    }
}

/// Which item comes next.
fn step(key: &str, here: Option<usize>, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match (key, here) {
        ("ArrowDown", Some(here)) if here < last => here + 1,
        ("ArrowUp", Some(here)) if here > 0 => here - 1,
        ("ArrowUp", _) | ("End", _) => last,
        _ => 0,
    })
}

fn open_menus() -> Vec<Element> {
    let Ok(found) = document().query_selector_all(OPEN) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

fn items(menu: &Element) -> Vec<HtmlElement> {
    let Ok(Some(list)) = menu.query_selector(".menu") else { return Vec::new() };
    let Ok(found) = list.query_selector_all(ITEM) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

fn close(menu: &Element, give_focus_back: bool) {
    let _ = menu.remove_attribute("open");
    if give_focus_back
        && let Ok(Some(summary)) = menu.query_selector("summary")
        && let Ok(summary) = summary.dyn_into::<HtmlElement>()
    {
        let _ = summary.focus();
    }
}
