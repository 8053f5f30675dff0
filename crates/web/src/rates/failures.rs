//! Failed sign-ins: each try beyond the limit waits, a little longer each time.
//!
//! Failures are counted per account (from anywhere) and per address (of any account),
//! for 15 minutes from the first. A try counts as failed from its beginning, so that
//! tries at the same time see each other, and they stand in line: per account *and*
//! address, so that whoever guesses from elsewhere does not stand in the owner's way,
//! and per address over all accounts.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use sha2::{Digest as _, Sha256};

use super::generations::Generations;

/// How long a failure counts.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// The longest delay between two tries on an account from one address.
const ACCOUNT_DELAY: Duration = Duration::from_secs(4);
/// The longest delay between two tries from one address, which may stand for many people.
const ADDRESS_DELAY: Duration = Duration::from_secs(1);
/// The longest time in line; whoever would wait longer is told to come back then.
const LONGEST_LINE: Duration = Duration::from_secs(10);
/// Longer than anybody is in line.
const LINE: Duration = Duration::from_secs(30);
/// Accounts and addresses at the most; beyond, those that were idle for longest are forgotten.
const MAX_KEYS: usize = 100_000;

/// An account, of whatever length somebody writes it.
type Account = [u8; 32];

fn account_of(text: &str) -> Account {
    Sha256::digest(text).into()
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    failures: u32,
    /// The first of them.
    since: Option<Instant>,
}

impl Tally {
    /// As it counts at `now`.
    fn at(self, now: Instant) -> Self {
        let counts = self.since.is_some_and(|since| now.saturating_duration_since(since) < WINDOW);
        if counts { self } else { Self { failures: 0, since: Some(now) } }
    }
}

/// What went wrong lately, and who is in line.
#[derive(Debug)]
pub(super) struct Failures {
    per_account: u32,
    per_address: u32,
    accounts: Generations<Account, Tally>,
    addresses: Generations<IpAddr, Tally>,
    /// When the last in line is answered.
    account_lines: Generations<(Account, IpAddr), Option<Instant>>,
    address_lines: Generations<IpAddr, Option<Instant>>,
}

impl Failures {
    pub(super) fn new(per_account: u32, per_address: u32) -> Self {
        Self {
            per_account,
            per_address,
            accounts: Generations::new(MAX_KEYS, WINDOW),
            addresses: Generations::new(MAX_KEYS, WINDOW),
            account_lines: Generations::new(MAX_KEYS, LINE),
            address_lines: Generations::new(MAX_KEYS, LINE),
        }
    }

    /// Puts a try in line and returns its delay; the error is the seconds after which to come back.
    pub(super) fn begin(&mut self, account: &str, address: IpAddr, now: Instant) -> Result<Duration, u32> {
        let account = account_of(account);
        let of_account = self.accounts.get(&account).copied().unwrap_or_default().at(now);
        let of_address = self.addresses.get(&address).copied().unwrap_or_default().at(now);

        let account_pause = pause(of_account.failures, self.per_account, Duration::from_secs(1), ACCOUNT_DELAY);
        let address_pause = pause(of_address.failures, self.per_address, Duration::from_millis(250), ADDRESS_DELAY);
        let line = (account, address);
        let turn = |last: Option<&Option<Instant>>, pause: Duration| last.copied().flatten().map_or(now, |last| now.max(last)) + pause;
        let account_turn = turn(self.account_lines.get(&line), account_pause);
        let address_turn = turn(self.address_lines.get(&address), address_pause);
        let delay = account_turn.max(address_turn) - now;
        if delay > LONGEST_LINE {
            return Err(u32::try_from(delay.as_secs()).unwrap_or(u32::MAX).saturating_add(1));
        }

        let one_more = |tally: Tally| Tally { failures: tally.failures.saturating_add(1), ..tally };
        *self.accounts.touch(account, now) = one_more(of_account);
        *self.addresses.touch(address, now) = one_more(of_address);
        if !account_pause.is_zero() {
            *self.account_lines.touch(line, now) = Some(account_turn);
        }
        if !address_pause.is_zero() {
            *self.address_lines.touch(address, now) = Some(address_turn);
        }
        Ok(delay)
    }

    /// The try that began last on this account was right.
    pub(super) fn succeeded(&mut self, account: &str, address: IpAddr, now: Instant) {
        self.accounts.remove(&account_of(account));
        let tally = self.addresses.touch(address, now);
        tally.failures = tally.failures.saturating_sub(1);
    }

    /// Forgets what is over.
    pub(super) fn forget(&mut self, now: Instant) {
        self.accounts.forget(now);
        self.addresses.forget(now);
        self.account_lines.forget(now);
        self.address_lines.forget(now);
    }
}

/// The pause before a try: none up to `limit` failures (0: no limit), then `first`, doubled up to `longest`.
fn pause(failures: u32, limit: u32, first: Duration, longest: Duration) -> Duration {
    match failures.checked_sub(limit) {
        Some(over) if limit > 0 => first.saturating_mul(1 << over.min(8)).min(longest),
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn five_are_free_then_the_delay_grows_to_some_seconds() {
        let (mut failures, mut now) = (Failures::new(5, 100), Instant::now());
        let mut delays = Vec::new();
        for _ in 0..9 {
            let delay = failures.begin("ines", address(1), now).unwrap();
            delays.push(delay.as_secs());
            now += delay;
        }
        assert_eq!(delays, [0, 0, 0, 0, 0, 1, 2, 4, 4]);
        assert_eq!(failures.begin("otto", address(1), now), Ok(Duration::ZERO), "another account");
        assert_eq!(failures.begin("ines", address(1), now + WINDOW), Ok(Duration::ZERO), "a quarter of an hour later");
    }

    /// Tries at the same time are answered one after the other, and a long line is sent away.
    #[test]
    fn many_at_once_are_not_faster() {
        let (mut failures, now) = (Failures::new(5, 100), Instant::now());
        let delays: Vec<_> = (0..50).map(|_| failures.begin("ines", address(1), now)).collect();
        let answered: Vec<u64> = delays.iter().filter_map(|delay| delay.ok().map(|delay| delay.as_secs())).collect();
        assert_eq!(answered, [0, 0, 0, 0, 0, 1, 3, 7]);
        assert!(delays.iter().skip(8).all(|delay| matches!(delay, Err(10..=12))), "{delays:?}");
    }

    /// Whoever guesses from elsewhere delays the owner by some seconds and never more.
    #[test]
    fn the_owner_does_not_stand_behind_a_guesser() {
        let (mut failures, now) = (Failures::new(5, 100), Instant::now());
        for _ in 0..1_000 {
            let _ = failures.begin("ines", address(1), now);
        }
        assert!(failures.begin("ines", address(2), now).unwrap() <= ACCOUNT_DELAY);
    }

    #[test]
    fn an_address_is_slowed_over_all_accounts() {
        let (mut failures, now) = (Failures::new(5, 100), Instant::now());
        for account in 0..100 {
            assert_eq!(failures.begin(&account.to_string(), address(1), now), Ok(Duration::ZERO));
        }
        assert!(failures.begin("100", address(1), now).unwrap() > Duration::ZERO);
        let answered = (101..200).filter(|account| failures.begin(&account.to_string(), address(1), now).is_ok()).count();
        assert!(answered < 20, "{answered}");
    }

    /// A success forgets the account's failures but gives the address nothing to guess further with.
    #[test]
    fn a_success_clears_the_account_only() {
        let (mut failures, now) = (Failures::new(2, 3), Instant::now());
        for _ in 0..2 {
            failures.begin("ines", address(1), now).unwrap();
        }
        failures.begin("eve", address(1), now).unwrap();
        failures.succeeded("eve", address(1), now);
        assert_eq!(failures.begin("eve", address(1), now), Ok(Duration::ZERO));
        assert!(failures.begin("eve", address(1), now).unwrap() > Duration::ZERO, "three of the address have failed");
    }

    #[test]
    fn zero_is_no_limit() {
        let (mut failures, now) = (Failures::new(0, 0), Instant::now());
        assert!((0..1_000).all(|_| failures.begin("ines", address(1), now) == Ok(Duration::ZERO)));
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let (mut failures, now) = (Failures::new(1, 1), Instant::now());
        for account in 0..10 {
            let _ = failures.begin(&account.to_string(), address(account), now);
            let _ = failures.begin(&account.to_string(), address(account), now);
        }
        failures.forget(now + WINDOW * 2);
        let left = [failures.accounts.len(), failures.addresses.len(), failures.account_lines.len(), failures.address_lines.len()];
        assert_eq!(left, [0; 4]);
    }
}
