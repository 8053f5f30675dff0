//! What only the browser knows of a person.

use js_sys::{Array, Intl::DateTimeFormat, Object, Reflect};

/// The time zone that the browser is set to, as `Europe/Berlin`.
pub(super) fn time_zone() -> Option<String> {
    let options = DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}
