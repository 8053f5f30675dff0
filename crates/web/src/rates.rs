//! How often somebody may do something (DESIGN "Limits", I27).
//!
//! Promises: a limit of n in a minute means that the one after the n-th within *any*
//! 60 seconds is refused, and that what is refused does not count; nobody's limit touches
//! anybody else's; each key costs a few hundred bytes however high its limit; and whoever comes
//! from very many addresses makes no request cost more than another (I33): the idle are forgotten
//! by the [`generations`].
//!
//! [`window`] counts, [`failures`] slows down guessing; all are pure and are told the
//! time. What is here lives in this process: with several nodes, these methods ask a
//! shared store instead, and nothing else of Plenum changes.

mod failures;
mod generations;
mod window;

use std::{
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use failures::Failures;
use generations::Generations;
use window::Window;

use plenum_core::{
    error::{AppError, AppResult},
    ids::{OrganisationId, PersonId},
    network::network,
};
use plenum_live::settings::Limits;

/// One typing mark in this time, per person and conversation.
const TYPING_EVERY: Duration = Duration::from_secs(3);
/// Keys of one kind at the most; beyond it those that were idle for longest are forgotten.
const MAX_KEYS: usize = 200_000;

/// All limits of this process.
pub struct Rates {
    started: Instant,
    commands: PerMinute<PersonId>,
    marks: PerMinute<PersonId>,
    addresses: PerMinute<IpAddr>,
    failures: Mutex<Failures>,
    typing: Mutex<Generations<(PersonId, i64), Option<Instant>>>,
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
            typing: Mutex::new(Generations::new(MAX_KEYS, TYPING_EVERY)),
        }
    }

    /// Counts a command of `person`.
    ///
    /// # Errors
    /// 429 with the seconds to wait, once there were `limits.commands_per_minute` in the last minute.
    pub fn command(&self, person: PersonId) -> AppResult<()> {
        self.commands.take(person, self.started)
    }

    /// Counts a mark (read, delivered, typing) of `person`.
    ///
    /// # Errors
    /// As [`Rates::command`], for `limits.marks_per_minute`.
    pub fn mark(&self, person: PersonId) -> AppResult<()> {
        self.marks.take(person, self.started)
    }

    /// Counts a command of somebody who is not signed in, by their address.
    ///
    /// # Errors
    /// As [`Rates::command`].
    pub fn command_from_address(&self, address: IpAddr) -> AppResult<()> {
        self.addresses.take(network(address), self.started)
    }

    /// True if `person` may send a typing mark in `subject` now; the next one is due in three seconds.
    pub fn typing(&self, person: PersonId, subject: i64) -> bool {
        let now = Instant::now();
        let mut typing = lock(&self.typing);
        let last = typing.touch((person, subject), now);
        let due = last.is_none_or(|last| now.duration_since(last) >= TYPING_EVERY);
        if due {
            *last = Some(now);
        }
        due
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

    /// Forgets what no longer matters, where nobody asks. Called about once a minute.
    pub fn sweep(&self) {
        let now = Instant::now();
        for windows in [&self.commands.windows, &self.marks.windows] {
            lock(windows).forget(now);
        }
        lock(&self.addresses.windows).forget(now);
        lock(&self.failures).forget(tokio::time::Instant::now().into_std());
        lock(&self.typing).forget(now);
    }
}

impl SignInTry<'_> {
    /// The password was right: the account's failures are forgotten, the address's stay.
    pub fn succeeded(self) {
        lock(&self.rates.failures).succeeded(&self.account, self.address, tokio::time::Instant::now().into_std());
    }
}

/// A limit a minute for each key.
struct PerMinute<K> {
    limit: u32,
    windows: Mutex<Generations<K, Window>>,
}

impl<K: Eq + Hash> PerMinute<K> {
    fn new(limit: u32) -> Self {
        Self { limit, windows: Mutex::new(Generations::new(MAX_KEYS, window::LENGTH)) }
    }

    /// Counts one of `key`, in seconds since `started`.
    fn take(&self, key: K, started: Instant) -> AppResult<()> {
        if self.limit == 0 {
            return Ok(());
        }
        let now = Instant::now();
        let second = now.saturating_duration_since(started).as_secs();
        lock(&self.windows).touch(key, now).take(self.limit, second).map_err(AppError::too_many)
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

    /// I33: newcomers from very many addresses neither share a count with others nor take theirs away.
    #[test]
    fn many_addresses_hurt_nobody_else() {
        let rates = rates(2);
        let crowd = |number: u32| IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0100_0000 + number));
        for number in 0..(MAX_KEYS as u32) * 2 {
            rates.command_from_address(crowd(number)).unwrap();
        }
        let address = "192.0.2.1".parse().unwrap();
        assert!((0..2).all(|_| rates.command_from_address(address).is_ok()));
        for number in 0..1_000 {
            rates.command_from_address(crowd(number)).unwrap();
        }
        assert!(rates.command_from_address(address).is_err());
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
