//! Waiting for what must come: a question that is asked again until it has an answer.

use std::time::{Duration, Instant};

/// Far longer than anything takes on a busy machine: who comes near it has found a fault.
const PATIENCE: Duration = Duration::from_secs(120);
/// Short enough to catch a server in the middle of its work.
const PAUSE: Duration = Duration::from_millis(5);

/// Asks `check` again until it gives something.
///
/// # Panics
/// If that does not happen within two minutes, with `what` was waited for.
pub async fn eventually<T>(what: &str, mut check: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = check().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Asks `check` again until it is true; panics as [`eventually`] does.
pub async fn eventually_true(what: &str, mut check: impl AsyncFnMut() -> bool) {
    eventually(what, async || check().await.then_some(())).await;
}
