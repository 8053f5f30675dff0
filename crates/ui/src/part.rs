//! Parts of a page whose code is a chunk of its own, fetched when the part is first wanted.
//!
//! The function that fetches is one of `#[wasm_split]`; on the server, and in a browser
//! that has the chunk already, what it returns is there at once, so that a part that is
//! wanted from the start is rendered and hydrated like everything else.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use leptos::{prelude::*, task::spawn_local, wasm_split::SplitLoaderError};

use super::{dynamic, effect, toast};
use crate::words;

/// What such a function returns: what makes the part.
pub type Fetched<P> = Result<fn(P) -> AnyView, SplitLoaderError>;

/// The part that `fetch` brings, made with `props` while `wanted` is true. If it does not
/// come, a note says so and `give_up` is called.
pub fn part<P, F>(wanted: Signal<bool>, fetch: fn() -> F, props: P, give_up: impl Fn() + Copy + 'static) -> AnyView
where
    P: Copy + Send + Sync + 'static,
    F: Future<Output = Fetched<P>> + 'static,
{
    let at_start = wanted.get_untracked().then(|| at_once(fetch())).flatten().and_then(Result::ok);
    let code = RwSignal::new(at_start);
    effect(move |_| {
        if wanted.get() && code.with_untracked(Option::is_none) {
            spawn_local(async move {
                if let Ok(make) = fetch().await {
                    code.try_set(Some(make));
                } else {
                    give_up();
                    toast::show_error(words::NOT_FETCHED);
                }
            });
        }
    });
    dynamic(move || code.get().filter(|_| wanted.get()).map(|make| make(props)))
}

/// What `future` returns, if it is there without waiting.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(there) => Some(there),
        Poll::Pending => None,
    }
}
