//! Effects and memos, each compiled once for what it holds rather than once for each
//! closure that makes it: a closure goes in boxed. Leptos' own inline their machinery
//! (a task, a channel, an owner) into every use.

use leptos::prelude::{Effect, Memo, ReadSignal, Set, signal};

/// Runs `run` now and whenever a signal that it read has changed; in browsers only. It is
/// given what it returned the last time.
pub fn effect<T: 'static>(run: impl FnMut(Option<T>) -> T + 'static) {
    let run: Box<dyn FnMut(Option<T>) -> T> = Box::new(run);
    Effect::new(run);
}

/// What `compute` returns, and again whenever a signal that it read has changed; who reads
/// it is told only if the value is another.
pub fn memo<T: PartialEq + Send + Sync + 'static>(compute: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    let compute: Box<dyn Fn() -> T + Send + Sync> = Box::new(compute);
    lasting(compute)
}

fn lasting<T: PartialEq + Send + Sync + 'static>(compute: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
    Memo::new(move |_| compute())
}

/// False on the server and for the first paint, so that both render the same; true once the page is hydrated and its scripts run.
pub fn use_hydrated() -> ReadSignal<bool> {
    let (hydrated, set_hydrated) = signal(false);
    effect(move |_| set_hydrated.set(true));
    hydrated
}
