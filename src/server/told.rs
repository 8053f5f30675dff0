//! What is told once, to pages without scripts.
//!
//! With scripts the answer to a command carries a new secret, and the page shows it. A page without them is led elsewhere after its
//! form, and a secret must stand in no address: it waits here, for the browser that asked, until its next page takes it out.
//!
//! It waits in this process' memory and nowhere else, so that no file ever holds it. What is lost with the process, or on another
//! node, is told to nobody; the page says so, and whoever made it makes another.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::ids::SignInId;

/// How long something waits.
const WAITS: Duration = Duration::from_secs(120);
/// How much waits at the most; beyond, nothing more is taken in.
const MOST: usize = 10_000;

/// Whose, and what of it.
type Key = (SignInId, &'static str);

struct Waiting {
    value: String,
    since: Instant,
}

impl Waiting {
    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= WAITS
    }
}

/// What waits to be told.
#[derive(Default)]
pub struct ToldOnce(Mutex<HashMap<Key, Waiting>>);

impl ToldOnce {
    fn waiting(&self) -> MutexGuard<'_, HashMap<Key, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps `value` for the browser of `sign_in`, in place of what waited there under the same name.
    pub fn keep(&self, sign_in: SignInId, what: &'static str, value: &impl Serialize) {
        self.keep_at(sign_in, what, value, Instant::now());
    }

    fn keep_at(&self, sign_in: SignInId, what: &'static str, value: &impl Serialize, now: Instant) {
        let Ok(value) = serde_json::to_string(value) else { return };
        let mut waiting = self.waiting();
        waiting.retain(|_, one| !one.is_over(now));
        if waiting.len() < MOST {
            waiting.insert((sign_in, what), Waiting { value, since: now });
        }
    }

    /// What waits for this browser: once, within two minutes.
    pub fn take<T: DeserializeOwned>(&self, sign_in: SignInId, what: &'static str) -> Option<T> {
        self.take_at(sign_in, what, Instant::now())
    }

    fn take_at<T: DeserializeOwned>(&self, sign_in: SignInId, what: &'static str, now: Instant) -> Option<T> {
        let one = self.waiting().remove(&(sign_in, what)).filter(|one| !one.is_over(now))?;
        serde_json::from_str(&one.value).ok()
    }
}

impl std::fmt::Debug for ToldOnce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ToldOnce({} waiting)", self.waiting().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Once, to its own browser, under its own name, and not for long.
    #[test]
    fn it_is_told_once() {
        let (told, now) = (ToldOnce::default(), Instant::now());
        let (mine, other) = (SignInId(1), SignInId(2));
        told.keep_at(mine, "token", &"first", now);
        told.keep_at(mine, "token", &"second", now);
        assert_eq!(told.take_at::<String>(other, "token", now), None);
        assert_eq!(told.take_at::<String>(mine, "application", now), None);
        assert_eq!(told.take_at::<String>(mine, "token", now).as_deref(), Some("second"));
        assert_eq!(told.take_at::<String>(mine, "token", now), None);
        told.keep_at(mine, "token", &"third", now);
        assert_eq!(told.take_at::<String>(mine, "token", now + WAITS), None);
        told.keep_at(mine, "token", &"fourth", now);
        told.keep_at(other, "token", &"fifth", now + WAITS);
        assert_eq!(format!("{told:?}"), "ToldOnce(1 waiting)", "what is over is forgotten");
    }
}
