//! What is told once, to pages without scripts.
//!
//! With scripts the answer to a command carries a new secret, and the page shows it. A page without them is led elsewhere after its
//! form, and a secret must stand in no address: it waits here, for the browser that asked, until the page that it is led to takes
//! it out. The router does that, once a request, and puts it into the request as [`Told`]: what makes a page may ask twice.
//!
//! It waits in this process' memory and nowhere else, so that no file ever holds it. What is lost with the process, or on another
//! node, is told to nobody; the page says so, and whoever made it makes another.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde::{Serialize, de::DeserializeOwned};

use plenum_core::ids::SignInId;

/// How long something waits.
const WAITS: Duration = Duration::from_secs(120);
/// How many wait at the most; beyond, nothing more is taken in.
const MOST: usize = 10_000;

/// What a page tells now, and never again.
#[derive(Clone)]
pub struct Told {
    what: &'static str,
    value: Arc<str>,
}

impl Told {
    /// It, if it is this.
    pub fn get<T: DeserializeOwned>(&self, what: &str) -> Option<T> {
        if self.what == what { serde_json::from_str(&self.value).ok() } else { None }
    }
}

/// What waits to be told, one thing for each browser.
#[derive(Default)]
pub struct ToldOnce(Mutex<HashMap<SignInId, (Told, Instant)>>);

impl ToldOnce {
    fn waiting(&self) -> MutexGuard<'_, HashMap<SignInId, (Told, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps `value` for the browser of `sign_in`, in place of what waited there.
    pub fn keep(&self, sign_in: SignInId, what: &'static str, value: &impl Serialize) {
        self.keep_at(sign_in, what, value, Instant::now());
    }

    fn keep_at(&self, sign_in: SignInId, what: &'static str, value: &impl Serialize, now: Instant) {
        let Ok(value) = serde_json::to_string(value) else { return };
        let mut waiting = self.waiting();
        waiting.retain(|_, (_, since)| !is_over(*since, now));
        if waiting.len() < MOST {
            waiting.insert(sign_in, (Told { what, value: value.into() }, now));
        }
    }

    /// What waits for this browser: once, within two minutes.
    pub fn take(&self, sign_in: SignInId) -> Option<Told> {
        self.take_at(sign_in, Instant::now())
    }

    fn take_at(&self, sign_in: SignInId, now: Instant) -> Option<Told> {
        let (told, since) = self.waiting().remove(&sign_in)?;
        (!is_over(since, now)).then_some(told)
    }
}

fn is_over(since: Instant, now: Instant) -> bool {
    now.saturating_duration_since(since) >= WAITS
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
        assert!(told.take_at(other, now).is_none());
        let taken = told.take_at(mine, now).unwrap();
        assert_eq!(taken.get::<String>("application"), None);
        assert_eq!(taken.get::<String>("token").as_deref(), Some("second"));
        assert!(told.take_at(mine, now).is_none());
        told.keep_at(mine, "token", &"third", now);
        assert!(told.take_at(mine, now + WAITS).is_none());
        told.keep_at(mine, "token", &"fourth", now);
        told.keep_at(other, "token", &"fifth", now + WAITS);
        assert_eq!(told.waiting().len(), 1, "what is over is forgotten");
    }
}
