//! How often somebody may do something (DESIGN "Limits", I27).
//!
//! Promises: a limit of n in a minute means that the one after the n-th within *any*
//! 60 seconds is refused, and that what is refused does not count; nobody's limit touches
//! anybody else's; each key costs a few hundred bytes however high its limit, and
//! [`Rates::sweep`] forgets those that are idle.
//!
//! [`window`] counts, [`failures`] slows down guessing; both are pure and are told the
//! time. What is here lives in this process: with several nodes, these methods ask a
//! shared store instead, and nothing else of Plenum changes.

mod failures;
mod window;

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use failures::Failures;
use window::Window;

use plenum_core::{
    error::{AppError, AppResult},
    ids::{OrganisationId, PersonId},
};
use plenum_live::settings::Limits;

/// One typing mark in this time, per person and conversation.
const TYPING_EVERY: Duration = Duration::from_secs(3);
/// Keys of one kind at the most; beyond it the idle are forgotten at once, and if none are, newcomers share one count.
const MAX_KEYS: usize = 200_000;

/// All limits of this process.
pub struct Rates {
    started: Instant,
    commands: PerMinute<PersonId>,
    marks: PerMinute<PersonId>,
    addresses: PerMinute<IpAddr>,
    failures: Mutex<Failures>,
    typing: Mutex<HashMap<(PersonId, i64), Instant>>,
}

/// A try to sign in, from its beginning until it is known how it ended. Dropped without
/// [`SignInTry::succeeded`], it was a failure.
#[must_use = "a try that is dropped counts as a failure"]
pub struct SignInTry<'a> {
    rates: &'a Rates,
    account: String,
    address: IpAddr,
}

impl Rates {
    /// Nothing counted yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            started: Instant::now(),
            commands: PerMinute::new(limits.commands_per_minute),
            marks: PerMinute::new(limits.marks_per_minute),
            addresses: PerMinute::new(limits.commands_per_minute),
            failures: Mutex::new(Failures::new(limits.sign_in_failures_per_account, limits.sign_in_failures_per_address)),
            typing: Mutex::default(),
        }
    }

    /// Counts a command of `person`.
    ///
    /// # Errors
    /// 429 with the seconds to wait, once there were `limits.commands_per_minute` in the last minute.
    pub fn command(&self, person: PersonId) -> AppResult<()> {
        self.commands.take(person, self.second())
    }

    /// Counts a mark (read, delivered, typing) of `person`.
    ///
    /// # Errors
    /// As [`Rates::command`], for `limits.marks_per_minute`.
    pub fn mark(&self, person: PersonId) -> AppResult<()> {
        self.marks.take(person, self.second())
    }

    /// Counts a command of somebody who is not signed in, by their address.
    ///
    /// # Errors
    /// As [`Rates::command`].
    pub fn command_from_address(&self, address: IpAddr) -> AppResult<()> {
        self.addresses.take(network(address), self.second())
    }

    /// True if `person` may send a typing mark in `subject` now; the next one is due in three seconds.
    pub fn typing(&self, person: PersonId, subject: i64) -> bool {
        let now = Instant::now();
        let mut typing = lock(&self.typing);
        if typing.get(&(person, subject)).is_some_and(|last| now.duration_since(*last) < TYPING_EVERY) {
            return false;
        }
        if typing.len() >= MAX_KEYS {
            typing.retain(|_, last| now.duration_since(*last) < TYPING_EVERY);
        }
        typing.insert((person, subject), now);
        true
    }

    /// Begins a try to sign in, and waits as long as the failures before it demand: it delays
    /// and never locks, so that nobody can lock anybody out. Tries at the same time stand in
    /// one line, so that many at once are no faster than one after the other.
    ///
    /// # Errors
    /// 429 with the seconds to wait, if the line is too long already.
    pub async fn sign_in_try(&self, organisation: OrganisationId, email: &str, address: IpAddr) -> AppResult<SignInTry<'_>> {
        let account = format!("{organisation}:{email}");
        let address = network(address);
        let delay = lock(&self.failures).begin(&account, address, tokio::time::Instant::now().into_std()).map_err(AppError::too_many)?;
        let begun = SignInTry { rates: self, account, address };
        if !delay.is_zero() {
            tracing::info!(delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX), %address, "a sign-in is delayed after failures");
            tokio::time::sleep(delay).await;
        }
        Ok(begun)
    }

    /// Forgets what no longer matters. Called about once a minute.
    pub fn sweep(&self) {
        let second = self.second();
        self.commands.sweep(second);
        self.marks.sweep(second);
        self.addresses.sweep(second);
        let now = Instant::now();
        lock(&self.failures).sweep(now);
        lock(&self.typing).retain(|_, last| now.duration_since(*last) < TYPING_EVERY);
    }

    fn second(&self) -> u64 {
        self.started.elapsed().as_secs()
    }
}

impl SignInTry<'_> {
    /// The password was right: the account's failures are forgotten, the address's stay.
    pub fn succeeded(self) {
        lock(&self.rates.failures).succeeded(&self.account, self.address);
    }
}

/// A limit a minute for each key.
struct PerMinute<K> {
    limit: u32,
    windows: Mutex<HashMap<K, Window>>,
    overflow: Mutex<Window>,
}

impl<K: Eq + Hash> PerMinute<K> {
    fn new(limit: u32) -> Self {
        Self { limit, windows: Mutex::default(), overflow: Mutex::default() }
    }

    fn take(&self, key: K, second: u64) -> AppResult<()> {
        if self.limit == 0 {
            return Ok(());
        }
        let mut windows = lock(&self.windows);
        if windows.len() >= MAX_KEYS && !windows.contains_key(&key) {
            windows.retain(|_, window| !window.is_idle(second));
            if windows.len() >= MAX_KEYS {
                return lock(&self.overflow).take(self.limit, second).map_err(AppError::too_many);
            }
        }
        windows.entry(key).or_default().take(self.limit, second).map_err(AppError::too_many)
    }

    fn sweep(&self, second: u64) {
        let mut windows = lock(&self.windows);
        windows.retain(|_, window| !window.is_idle(second));
        windows.shrink_to_fit();
    }
}

/// Whom an address stands for: an IPv4 address itself, an IPv6 address its /64, which one subscriber has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address => address,
    }
}

/// Counts stay usable if a thread panicked while it held them.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::error::ErrorKind;

    fn rates(commands: u32) -> Rates {
        Rates::new(&Limits { commands_per_minute: commands, ..Limits::default() })
    }

    /// I27: the 101st command is refused, says when again, and hurts nobody else.
    #[test]
    fn the_101st_command_is_refused_for_its_person_only() {
        let rates = rates(100);
        for _ in 0..100 {
            rates.command(PersonId(1)).unwrap();
        }
        let error = rates.command(PersonId(1)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::TooMany);
        assert!((1..=61).contains(&error.retry_after.unwrap()));
        rates.command(PersonId(2)).unwrap();
        rates.mark(PersonId(1)).unwrap();
    }

    #[test]
    fn zero_is_no_limit() {
        let rates = rates(0);
        assert!((0..10_000).all(|_| rates.command(PersonId(1)).is_ok()));
    }

    #[test]
    fn typing_is_one_in_three_seconds_per_person_and_conversation() {
        let rates = rates(1);
        assert!(rates.typing(PersonId(1), 7));
        assert!(!rates.typing(PersonId(1), 7));
        assert!(rates.typing(PersonId(1), 8));
        assert!(rates.typing(PersonId(2), 7));
    }

    #[test]
    fn an_address_is_counted_by_its_network() {
        let at = |text: &str| network(text.parse().unwrap());
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }

    #[tokio::test(start_paused = true)]
    async fn the_right_password_succeeds_after_any_number_of_failures() {
        let rates = rates(0);
        let address = "192.0.2.1".parse().unwrap();
        for _ in 0..20 {
            drop(rates.sign_in_try(OrganisationId(1), "ines@plenum.example", address).await.unwrap());
        }
        rates.sign_in_try(OrganisationId(1), "ines@plenum.example", address).await.unwrap().succeeded();
    }
}
