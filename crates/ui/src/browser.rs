//! What Leptos does not give of the browser. The server has a twin of this module,
//! `absent`, with the same functions, in which nothing happens.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use js_sys::{Array, Function, Math, Promise, Reflect};
use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    prelude::{document, request_animation_frame, set_timeout, window},
    server_fn::redirect::set_redirect_hook,
    task::spawn_local,
};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::{Element, EventTarget, HtmlDialogElement, HtmlElement, HtmlInputElement, ResizeObserver, VisibilityState};

use super::toast::Toasts;
use plenum_core::ids::Millis;

type Navigate = Box<dyn Fn(&str)>;

thread_local! {
    static TOASTS: Cell<Option<Toasts>> = const { Cell::new(None) };
    static NAVIGATE: RefCell<Option<Navigate>> = const { RefCell::new(None) };
}

/// The browser's clock.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
pub fn now() -> Millis {
    js_sys::Date::now() as Millis
}

/// How long ago the answer that this page came with began to come, in milliseconds.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds fit")]
pub fn since_response() -> Millis {
    let since = || {
        let performance = window().performance()?;
        let navigation = performance.get_entries_by_type("navigation").get(0);
        let began = member(&navigation, "responseStart")?.as_f64().filter(|began| *began > 0.0)?;
        Some((performance.now() - began) as Millis)
    };
    since().unwrap_or_default()
}

/// From 0 to 1.
pub fn chance() -> f64 {
    Math::random()
}

/// A new idempotency key: a random UUID, or 32 hexadecimal digits where the browser has none.
pub fn fresh_key() -> String {
    let random_uuid = member(&window(), "crypto").and_then(|crypto| {
        let function: Function = member(&crypto, "randomUUID")?.dyn_into().ok()?;
        function.call0(&crypto).ok()?.as_string()
    });
    random_uuid.unwrap_or_else(|| (0..4).map(|_| format!("{:08x}", (chance() * f64::from(u32::MAX)) as u32)).collect())
}

/// How far across the element that listens a pointer is: 0 at its left edge, 1 at its right.
pub fn across(event: &MouseEvent) -> Option<f64> {
    let area = event.current_target()?.dyn_into::<Element>().ok()?.get_bounding_client_rect();
    (area.width() > 0.0).then(|| (f64::from(event.client_x()) - area.left()) / area.width())
}

/// The page is on a screen.
pub fn is_visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// The page is on a screen, and its window has the focus.
pub fn is_watched() -> bool {
    is_visible() && document().has_focus().unwrap_or(false)
}

/// The address of this site, without a path.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Path and query of the page.
pub fn path() -> String {
    let location = window().location();
    format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

/// Loads a page from the server.
pub fn load(path: &str) {
    // A browser refuses only addresses of another scheme; there is nothing to do then.
    let _ = window().location().assign(path);
}

/// Loads this page again.
pub fn reload() {
    let _ = window().location().reload();
}

/// Prints the page, as far as the browser can.
pub fn print() {
    let _ = window().print();
}

/// Follows redirects of server functions; see [`redirect`](super::redirect::follow_redirects).
pub fn follow_redirects(signed_in: bool) {
    let hook = move |to: &str| {
        let to = to.to_owned();
        // A tick later, so that the action's value is there before its page goes.
        request_animation_frame(move || {
            let visitors_page = !signed_in || to.starts_with("/sign-in") || !to.starts_with('/');
            let gone = !visitors_page && NAVIGATE.with_borrow(|navigate| navigate.as_ref().map(|navigate| navigate(&to)).is_some());
            if !gone {
                load(&to);
            }
        });
    };
    // Set once: a second application on the same page keeps the first one's.
    let _ = set_redirect_hook(hook);
}

/// Goes to a page of this site, without loading it where the router can.
pub fn go(path: &str) {
    let gone = NAVIGATE.with_borrow(|navigate| navigate.as_ref().map(|navigate| navigate(path)).is_some());
    if !gone {
        load(path);
    }
}

/// What stands in the field of `selector`, if the page has it: somebody may have typed it before the scripts ran.
pub fn entered(selector: &str) -> Option<String> {
    Some(document().query_selector(selector).ok()??.dyn_into::<HtmlInputElement>().ok()?.value())
}

/// The boxes or radio buttons of `selector` that the page has, by their values, and whether each is ticked: it may have been before the
/// scripts ran.
pub fn boxes(selector: &str) -> Vec<(String, bool)> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    let found = (0..found.length()).filter_map(|index| found.item(index)?.dyn_into::<HtmlInputElement>().ok());
    found.map(|input| (input.value(), input.checked())).collect()
}

/// Shows another icon for the page.
pub fn set_icon(path: &str) {
    if let Ok(Some(icon)) = document().query_selector("link[rel=icon]") {
        let _ = icon.set_attribute("href", path);
    }
}

/// Remembers how the router goes somewhere, for what happens outside of it.
pub fn remember_navigate(navigate: impl Fn(&str) + 'static) {
    NAVIGATE.set(Some(Box::new(navigate)));
}

/// Remembers where toasts are shown.
pub fn remember_toasts(toasts: Toasts) {
    TOASTS.set(Some(toasts));
}

/// Where toasts are shown.
pub fn toasts() -> Option<Toasts> {
    TOASTS.get()
}

/// Opens a dialog over the page, or closes it.
pub fn show_dialog(dialog: &HtmlDialogElement, open: bool) {
    if open && !dialog.open() {
        let _ = dialog.show_modal();
    } else if !open && dialog.open() {
        dialog.close();
    }
}

/// The event hit the dialog itself, not what is in it.
pub fn is_target(event: &MouseEvent, dialog: &HtmlDialogElement) -> bool {
    event.target().is_some_and(|target| &target == AsRef::<EventTarget>::as_ref(dialog))
}

/// The keys go into a field.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return false };
    target.is_content_editable() || matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
}

/// A dialog is open over the page.
pub fn has_dialog() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|dialog| dialog.is_some())
}

/// Gives the focus to the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Gives the focus to the page that has just been gone to, unless somebody has put it
/// elsewhere meanwhile. The page comes when its data is there, so this is tried for a while.
pub fn focus_page() {
    for wait in [0, 100, 300, 800, 1_600] {
        set_timeout(
            || {
                let adrift = document()
                    .active_element()
                    .is_none_or(|focused| focused.tag_name() == "BODY" || focused.closest(".rail").is_ok_and(|rail| rail.is_some()));
                if adrift {
                    focus("main");
                }
            },
            Duration::from_millis(wait),
        );
    }
}

/// Scrolls as little as shows the element with this id.
pub fn show(id: &str) {
    if let Some(element) = element(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Copies a text; false if the browser does not let us.
pub fn copy(text: &str) -> bool {
    // Outside of a secure context there is no clipboard, though its type says otherwise.
    if !window().is_secure_context() {
        return false;
    }
    let _ = window().navigator().clipboard().write_text(text);
    true
}

/// Calls `changed` whenever the size of `element` changes, before the browser draws it so, for as
/// long as what is returned is kept.
pub fn watch_size(element: &Element, changed: impl Fn() + 'static) -> Option<SizeWatch> {
    let told = Closure::<dyn Fn()>::new(changed);
    let observer = ResizeObserver::new(told.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some(SizeWatch { observer, _told: told })
}

pub struct SizeWatch {
    observer: ResizeObserver,
    _told: Closure<dyn Fn()>,
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Keeps a cookie for a year.
pub fn set_cookie(name: &str, value: &str) {
    let secure = if window().location().protocol().is_ok_and(|protocol| protocol == "https:") { "; Secure" } else { "" };
    if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = document.set_cookie(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax{secure}"));
    }
}

/// Sets an attribute of the document's element.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// Sets what the document's `<meta>` elements called `name` say, in their order.
pub fn set_meta(name: &str, contents: [&str; 2]) {
    let Ok(found) = document().query_selector_all(&format!("meta[name=\"{name}\"]")) else { return };
    for (index, content) in (0..found.length()).zip(contents) {
        if let Some(meta) = found.item(index).and_then(|node| node.dyn_into::<Element>().ok()) {
            let _ = meta.set_attribute("content", content);
        }
    }
}

/// Runs `work` while no other tab runs its own under this name: by Web Locks, which the
/// browser releases when a tab goes away. False if this browser has none.
pub fn exclusively<W>(name: &str, work: W) -> bool
where
    W: Future<Output = ()> + 'static,
{
    let Some(locks) = member(&window().navigator(), "locks") else { return false };
    let Some(request) = member(&locks, "request").and_then(|request| request.dyn_into::<Function>().ok()) else { return false };
    let held = Closure::once_into_js(move |_lock: JsValue| -> Promise {
        let mut work = Some(work);
        Promise::new(&mut move |done: Function, _| {
            if let Some(work) = work.take() {
                spawn_local(async move {
                    work.await;
                    let _ = done.call0(&JsValue::NULL);
                });
            }
        })
    });
    let Ok(promise) = request.apply(&locks, &Array::of2(&JsValue::from_str(name), &held)) else { return false };
    // A page that goes away breaks the promise; nobody is left to be told.
    if let Some(catch) = member(&promise, "catch").and_then(|catch| catch.dyn_into::<Function>().ok()) {
        let _ = catch.call1(&promise, &Closure::once_into_js(|_reason: JsValue| {}));
    }
    true
}

/// A member of a JavaScript object, unless it is undefined or null.
fn member(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &JsValue::from_str(name)).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// Texts that outlive the page, shared by all tabs of this site.
pub mod storage {
    use leptos::prelude::window;

    fn local() -> Option<web_sys::Storage> {
        window().local_storage().ok().flatten()
    }

    /// The text stored under `key`.
    pub fn get(key: &str) -> Option<String> {
        local()?.get_item(key).ok().flatten()
    }

    /// Stores a text; false if the browser has no room or does not let us.
    pub fn set(key: &str, text: &str) -> bool {
        local().is_some_and(|storage| storage.set_item(key, text).is_ok())
    }

    /// Forgets what is stored under `key`.
    pub fn remove(key: &str) {
        if let Some(storage) = local() {
            let _ = storage.remove_item(key);
        }
    }

    /// All keys that begin with `prefix`, and their texts.
    pub fn entries(prefix: &str) -> Vec<(String, String)> {
        let Some(storage) = local() else { return Vec::new() };
        (0..storage.length().unwrap_or(0))
            .filter_map(|index| storage.key(index).ok().flatten())
            .filter(|key| key.starts_with(prefix))
            .filter_map(|key| get(&key).map(|text| (key, text)))
            .collect()
    }
}

/// Texts that last as long as a tab, and are its own.
pub mod session {
    use leptos::prelude::window;

    fn own() -> Option<web_sys::Storage> {
        window().session_storage().ok().flatten()
    }

    /// The text stored under `key`.
    pub fn get(key: &str) -> Option<String> {
        own()?.get_item(key).ok().flatten()
    }

    /// Stores a text; false if the browser has no room or does not let us.
    pub fn set(key: &str, text: &str) -> bool {
        own().is_some_and(|storage| storage.set_item(key, text).is_ok())
    }

    /// Forgets what is stored under `key`.
    pub fn remove(key: &str) {
        if let Some(storage) = own() {
            let _ = storage.remove_item(key);
        }
    }
}
