//! "Is it well?": what was measured, what that means, and what went wrong lately.

use serde::{Deserialize, Serialize};

use plenum_core::ids::{ApplicationId, Millis};

/// Slow work, errors and references that are listed at the most.
pub const LISTED: usize = 50;
/// What is lately.
pub const LATELY: Millis = 3_600_000;

/// How well something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// As it should be.
    Well,
    /// Somebody should look at it.
    Look,
    /// Something does not work, or will not for long.
    Bad,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// A small read.
    Read,
    /// A small write.
    Write,
    /// Writes that wait for the writer.
    WriteQueue,
    /// Writes that held the writer for long.
    SlowWrites,
    /// Statements that took long.
    SlowReads,
    /// Room on the disk.
    Disk,
    /// The size of the database and of its journal.
    Size,
    /// The last backup.
    Backup,
    /// Commits that wait to be sent out.
    Dispatcher,
    /// What was sent out is what the log says.
    Delivered,
    /// Sockets that did not take what was sent.
    SlowConsumers,
    /// Whoever came back got what they had missed.
    Recoveries,
    /// Jobs that are due and have not begun.
    LateJobs,
    /// Jobs that failed too often.
    DeadLetters,
    /// Mails that wait to be taken.
    Mail,
    /// The clock.
    Clock,
    /// Files that may be open.
    Files,
    /// The address that people use.
    Address,
    /// Pages of other addresses that were refused.
    Origins,
    /// Proxies that are not trusted.
    Proxies,
    /// Demo mode.
    Demo,
    /// Internal errors.
    Errors,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// How well it is.
    pub mark: Mark,
    /// What was measured, in a sentence.
    pub measured: String,
    /// What to do, unless it is well.
    pub advice: Option<String>,
}

/// The worst of all.
pub fn worst(findings: &[Finding]) -> Mark {
    findings.iter().map(|finding| finding.mark).max().unwrap_or(Mark::Well)
}

/// Errors of one kind at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// As HTTP says it.
    pub status: u16,
    /// The route, or what else of the server it was.
    pub place: String,
    /// Why, the last time.
    pub said: String,
    /// How often within the hour.
    pub in_last_hour: u32,
    /// How often since the server started.
    pub count: u64,
    /// When last.
    pub last: Millis,
}

/// An internal error that somebody was shown a reference of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// What they were shown.
    pub word: String,
    /// When.
    pub at: Millis,
    /// Where; none if it was nobody's request.
    pub place: Option<String>,
    /// Why.
    pub cause: String,
}

/// What took long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// One statement.
    Statement,
    /// A write: all that happens in one closure.
    Write,
    /// A commit with all the writes in it.
    Commit,
}

/// Something that took long in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlowWork {
    /// What it is.
    pub work: Work,
    /// The statement, or the function that writes.
    pub name: String,
    /// How often within the hour.
    pub in_last_hour: u32,
    /// How often since the server started.
    pub count: u64,
    /// The longest, in milliseconds.
    pub longest_ms: u32,
    /// When last.
    pub last: Millis,
}

/// What can be refused to an external application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusable {
    /// A socket.
    Socket,
    /// A subscription.
    Subscription,
    /// Signing in on a socket.
    SignIn,
    /// A client's event.
    ClientEvent,
    /// A request of a backend.
    Request,
}

/// Something that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What.
    pub what: Refusable,
    /// Why.
    pub reason: String,
    /// When last.
    pub at: Millis,
    /// How often.
    pub times: u64,
}

/// A webhook that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undelivered {
    /// Where it was to go.
    pub url: String,
    /// Why it did not.
    pub error: String,
    /// When it was written.
    pub at: Millis,
    /// It is not tried any more.
    pub given_up: bool,
}

/// How an external application is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Which.
    pub id: ApplicationId,
    /// Its name.
    pub name: String,
    /// How well it is.
    pub mark: Mark,
    /// It is switched on.
    pub enabled: bool,
    /// Origins whose pages may connect; empty: any.
    pub origins: Vec<String>,
    /// Sockets that are open.
    pub connections: u32,
    /// When a socket was last let in, since the server started.
    pub connected: Option<Millis>,
    /// When its backend last asked with a good signature.
    pub asked: Option<Millis>,
    /// The last event that was published, and when.
    pub published: Option<(String, Millis)>,
    /// What was refused, the newest first.
    pub refusals: Vec<Refused>,
    /// The last webhook that was not taken.
    pub undelivered: Option<Undelivered>,
}

/// What those who run the place see besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// What was looked at, the worst first.
    pub findings: Vec<Finding>,
    /// What took long, the newest first.
    pub slow: Vec<SlowWork>,
    /// The last internal errors.
    pub references: Vec<Reference>,
    /// What was refused to those who named an application that there is not.
    pub strays: Vec<Refused>,
}

/// What `/admin/health` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The whole place; only for those who run it.
    pub place: Option<Place>,
    /// The organisation's external applications.
    pub applications: Vec<Application>,
    /// What went wrong: for the organisation's people, or everywhere for those who run the place.
    pub faults: Vec<Fault>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_counts() {
        let finding = |mark| Finding { check: Check::Read, mark, measured: String::new(), advice: None };
        assert_eq!(worst(&[]), Mark::Well);
        assert_eq!(worst(&[finding(Mark::Look), finding(Mark::Well)]), Mark::Look);
        assert_eq!(worst(&[finding(Mark::Look), finding(Mark::Bad), finding(Mark::Well)]), Mark::Bad);
    }
}
