//! What the pages of messages need of the browser and Leptos does not give: storage that
//! outlives the page, one lock for all tabs, the clock, chance, the clipboard. The server
//! has a twin, `absent.rs`, in which nothing happens.

use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::js_sys::{Array, Date, Function, Math, Promise, Reflect};

use crate::ids::Millis;

/// The browser's clock.
pub fn now() -> Millis {
    Date::now() as Millis
}

/// From 0 to 1.
pub fn chance() -> f64 {
    Math::random()
}

/// A new idempotency key: a random UUID, or 32 hexadecimal digits where the browser has none.
pub fn fresh_key() -> String {
    let random_uuid = member(&JsValue::from(web_sys::window()), "crypto").and_then(|crypto| {
        let function: Function = member(&crypto, "randomUUID")?.dyn_into().ok()?;
        function.call0(&crypto).ok()?.as_string()
    });
    random_uuid.unwrap_or_else(|| (0..4).map(|_| format!("{:08x}", (chance() * f64::from(u32::MAX)) as u32)).collect())
}

/// The page is visible and its window has the focus.
pub fn is_watched() -> bool {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return false };
    document.visibility_state() == web_sys::VisibilityState::Visible && document.has_focus().unwrap_or(false)
}

/// Copies a text; true if the browser lets us.
pub fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else { return false };
    let Some(clipboard) = member(&JsValue::from(window.navigator()), "clipboard") else { return false };
    let Some(write) = member(&clipboard, "writeText").and_then(|write| write.dyn_into::<Function>().ok()) else { return false };
    write.call1(&clipboard, &JsValue::from_str(text)).is_ok()
}

/// The address of this site, without a path.
pub fn origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Texts that outlive the page, shared by all tabs of this site.
pub mod storage {
    use web_sys::Storage;

    fn local() -> Option<Storage> {
        web_sys::window()?.local_storage().ok().flatten()
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

/// Runs `work` while no other tab runs its own under this name: by Web Locks, which the
/// browser releases when a tab goes away. False if this browser has none (then [`lease`]).
pub fn exclusively<W>(name: &str, work: W) -> bool
where
    W: Future<Output = ()> + 'static,
{
    let Some(window) = web_sys::window() else { return false };
    let Some(locks) = member(&JsValue::from(window.navigator()), "locks") else { return false };
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
