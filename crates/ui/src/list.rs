//! A list whose lines keep their elements while they stay in it: Leptos' `For`, compiled
//! once for all lists rather than once for each.

use std::sync::Arc;

use leptos::prelude::{AnyView, For, ForProps, IntoAny, component};

/// A line: its key, and what makes it when it is new.
struct Line {
    key: String,
    make: Box<dyn FnOnce() -> AnyView + Send>,
}

/// The lines of `each`, in order; a line with the key of one that is there already is not made again.
#[component]
pub fn Each<T: Send + 'static, V: IntoAny>(
    /// What there is.
    each: impl Fn() -> Vec<T> + Send + Sync + 'static,
    /// What tells one from all others.
    key: impl Fn(&T) -> String + Send + Sync + 'static,
    /// Makes a line.
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> AnyView {
    let children = Arc::new(children);
    lines(Box::new(move || {
        each()
            .into_iter()
            .map(|item| {
                let children = Arc::clone(&children);
                Line { key: key(&item), make: Box::new(move || children(item).into_any()) }
            })
            .collect()
    }))
}

fn lines(each: Box<dyn Fn() -> Vec<Line> + Send + Sync>) -> AnyView {
    let props = ForProps::builder().each(each).key(|line: &Line| line.key.clone()).children(|line: Line| (line.make)());
    For(props.build()).into_any()
}
