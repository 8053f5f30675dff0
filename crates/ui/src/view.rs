//! `view!` as Plenum uses it: what it makes has one type, [`AnyView`].
//!
//! Leptos' own gives each view a type of its own, and each of these is compiled anew for
//! every list, option and closure that holds it; that was a fifth of what browsers load.

use std::{
    any::Any,
    sync::{Arc, Mutex},
};

use leptos::prelude::{AnyView, IntoAny, RenderHtml};

/// Leptos' `view!`, with its type erased.
#[macro_export]
macro_rules! view {
    ($($tokens:tt)*) => {
        $crate::view::erased(::leptos::prelude::view! { $($tokens)* }.into_inner())
    };
}

/// `view` as an [`AnyView`]; one that is one already is not wrapped again.
pub fn erased<V: IntoAny + 'static>(view: V) -> AnyView {
    let mut view = Some(view);
    let already = (&mut view as &mut dyn Any).downcast_mut::<Option<AnyView>>().and_then(Option::take);
    already.or_else(|| view.map(IntoAny::into_any)).unwrap_or_else(|| ().into_any())
}

/// What `make` returns, made anew whenever a signal that it read has changed: for a part of
/// a view that has a name of its own. `{move || …}` inside `view!` is the same.
pub fn dynamic<V: RenderHtml + 'static>(make: impl FnMut() -> V + Send + 'static) -> AnyView {
    let make: Arc<Mutex<dyn FnMut() -> V + Send>> = Arc::new(Mutex::new(make));
    make.into_any()
}
