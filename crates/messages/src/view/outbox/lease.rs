//! One tab at a time where the browser has no Web Locks: a lease in the storage that all
//! tabs share. Weaker than a lock, and enough: two tabs that send at once send the same keys,
//! and a key makes one message however often it is sent (I6).

use super::super::{
    alarm::{pause, within},
    here::{self, storage},
};
use plenum_core::ids::Millis;

/// A lease that is not renewed ends after so long, in milliseconds.
const LASTS: Millis = 8_000;
/// How often it is renewed, or asked for, in milliseconds.
const STEP: u32 = 2_000;
/// After taking it, wait so long to see whether another tab took it too, in milliseconds.
const SETTLE: u32 = 120;

/// Runs `work` under the lease `name`.
pub(super) async fn under(name: String, work: impl Future<Output = ()>) {
    let name = format!("plenum.lease.{name}");
    let me = here::fresh_key();
    while !take(&name, &me).await {
        pause(STEP).await;
    }
    let mut work = std::pin::pin!(work);
    while within(STEP, work.as_mut()).await.is_none() {
        renew(&name, &me);
    }
    storage::remove(&name);
}

async fn take(name: &str, me: &str) -> bool {
    let held = storage::get(name).and_then(|lease| {
        let (holder, until) = lease.split_once(' ')?;
        Some(holder != me && until.parse::<Millis>().ok()? > here::now())
    });
    if held == Some(true) {
        return false;
    }
    renew(name, me);
    pause(SETTLE).await;
    storage::get(name).is_none_or(|lease| lease.starts_with(me))
}

fn renew(name: &str, me: &str) {
    storage::set(name, &format!("{me} {}", here::now() + LASTS));
}
