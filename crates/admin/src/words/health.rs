//! The words of "Is it well?" and of the jobs.

use crate::model::health::{Check, Mark, Refusable, Work};
use plenum_core::{people::SignInEnd, protocol::code};

pub const HEALTH: &str = "Health";
pub const IS_IT_WELL: &str = "Is it well?";
/// How it is, in a word.
pub fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Well => "well",
        Mark::Look => "look",
        Mark::Bad => "bad",
    }
}
/// All of it, in a sentence.
pub fn verdict(worst: Mark, others: usize) -> String {
    match (worst, others) {
        (Mark::Well, _) => "All is well.".to_owned(),
        (Mark::Look, 1) => "It is well, but somebody should look at one thing.".to_owned(),
        (Mark::Look, count) => format!("It is well, but somebody should look at {count} things."),
        (Mark::Bad, 1) => "It is not well: one thing needs somebody.".to_owned(),
        (Mark::Bad, count) => format!("It is not well: {count} things need somebody."),
    }
}
pub const AGAIN: &str = "Measure again";
pub const FINDINGS: &str = "The server";
pub const FINDINGS_TEXT: &str = "Measured when this page was made. plenum doctor says the same on the command line.";

/// What was looked at.
pub fn check(check: Check) -> &'static str {
    match check {
        Check::Read => "Reading from the database",
        Check::Write => "Writing to the database",
        Check::WriteQueue => "Waiting writes",
        Check::SlowWrites => "Slow writes",
        Check::SlowReads => "Slow questions",
        Check::Disk => "Room on the disk",
        Check::Size => "Size of the database",
        Check::Backup => "Backup",
        Check::Dispatcher => "Sending out",
        Check::Delivered => "Delivery",
        Check::SlowConsumers => "Slow browsers",
        Check::Recoveries => "Coming back",
        Check::LateJobs => "Late jobs",
        Check::DeadLetters => "Failed jobs",
        Check::Mail => "Mail",
        Check::Clock => "Clock",
        Check::Files => "Open files",
        Check::Address => "Address",
        Check::Origins => "Refused origins",
        Check::Proxies => "Proxies",
        Check::Demo => "Demo mode",
        Check::Errors => "Internal errors",
    }
}

/// Those that need nobody, folded up.
pub fn fine(count: usize) -> String {
    if count == 1 { "1 other is well".to_owned() } else { format!("{count} others are well") }
}
pub const TO_JOBS: &str = "Go to the jobs";
pub const TO_MAIL: &str = "Go to the mail";

pub const SELF_TEST: &str = "This browser's live connection";
pub const SELF_TEST_TEXT: &str = "An event is sent from this page through the database and back to it.";
pub const TEST: &str = "Test the connection";
pub const NEEDS_SCRIPTS: &str = "The test needs scripts: a page without them has no live connection.";
pub const CONNECTION: &str = "Connected";
pub const CONNECTED: &str = "The socket is open.";
pub const CONNECTING: &str = "The socket is being opened.";
pub const NOT_CONNECTED: &str = "Not connected.";
pub const OFFLINE: &str = "The browser says that it has no network.";
pub const CLOSED: &str = "There is no socket.";
pub const CHECK_SERVER: &str = "Check that the server runs, that a proxy in between passes WebSocket upgrades on /app/, and that this page's address is \
     server.public_url or an organisation's host name: other origins are refused and listed below.";
pub const CHECK_NETWORK: &str = "Check this device's network; the page connects by itself when it is back.";
/// The server closed it for good.
pub fn refused_with(code: u16) -> String {
    format!("The server closed the socket with {code}.")
}
/// What to check for a close code.
pub fn close_code(code: u16) -> &'static str {
    match code {
        4001 => "There is no application with the key that the page uses: it may be of another server.",
        4003 => "The application is switched off.",
        code::SUSPENDED | code::REMOVED => "Your account is suspended or was removed. Ask an administrator.",
        code if SignInEnd::closes_with(code) => "You were signed out, here or elsewhere. Sign in again.",
        _ => "Load the page again; if it stays so, look for the code in the server's log.",
    }
}
pub const ROUND_TRIP: &str = "Ping";
/// It took so long.
pub fn took(ms: u32) -> String {
    format!("It took {ms} ms.")
}
pub const SLOW_WAY: &str = "That is slow. Check the network in between, and below whether the server has to wait for its disk.";
pub const ASKED: &str = "A ping is on its way.";
pub const NOT_ASKED: &str = "No ping was sent yet.";
pub const NEEDS_CONNECTION: &str = "It needs a connection.";
pub const SUBSCRIPTION: &str = "Subscribed";
pub const SUBSCRIBED: &str = "The page follows its organisation's channel.";
pub const JOINING: &str = "The page asks to follow the channel.";
pub const CATCHING_UP: &str = "The page asks anew.";
/// It was refused.
pub fn subscription_refused(status: u16, reason: &str) -> String {
    format!("Refused ({status}): {reason}")
}
/// What to check for a refusal.
pub fn subscription_advice(status: u16) -> &'static str {
    match status {
        401 => "The sign-in or signature is not valid any more. Sign in again.",
        403 => {
            "The channel is for others, or the right has ended: check the role Admin at /admin/people, and how many channels a connection may have."
        }
        404 => "There is no channel of this name: the page and the server may be of different versions. Load the page again.",
        _ => "The server could not ask its database. See below.",
    }
}
pub const TEST_EVENT: &str = "Test event";
pub const NOT_SENT: &str = "Not sent yet.";
pub const ON_ITS_WAY: &str = "On its way.";
/// The server did not take the command.
pub fn not_taken(reason: &str) -> String {
    format!("The server did not take it: {reason}")
}
/// What to check.
pub const CHECK_COMMAND: &str =
    "Commands go over HTTP: check that this page's address is server.public_url, and that you are still signed in.";
/// It did not come.
pub fn lost(seconds: u32) -> String {
    format!("It was written, and did not come within {seconds} s.")
}
/// What to check.
pub const CHECK_EVENT: &str =
    "If one of the steps above has failed, that is why. Else look below at the writer, and at what is committed and has not gone out.";

pub const APPLICATIONS: &str = "External applications";
pub const NO_APPLICATIONS: &str = "There are none. They are made at Applications.";
pub const NOTHING_REFUSED: &str = "Nothing was refused since the server started.";
pub const STRAYS: &str = "For no application";
pub const STRAYS_TEXT: &str = "Whoever asked for these has a wrong key or id, or means another server.";
/// Facts of an application.
pub fn application(enabled: bool, origins: &[String], connections: u32) -> String {
    let state = if enabled { "Switched on" } else { "Switched off: nobody can connect or publish" };
    let from = if origins.is_empty() { "pages of any origin".to_owned() } else { format!("pages of {}", origins.join(", ")) };
    format!("{state} · {from} · {connections} connected now")
}
pub const LAST_CONNECTED: &str = "Last connection";
pub const LAST_ASKED: &str = "Last signed request";
pub const LAST_PUBLISHED: &str = "Last event";
pub const LAST_UNDELIVERED: &str = "Last webhook that failed";
pub const NOT_SINCE_START: &str = "none since the server started";
/// A webhook's fate.
pub fn given_up(given_up: bool) -> &'static str {
    if given_up { "given up" } else { "will be tried again" }
}
pub const REFUSED: &str = "What was refused";
/// What was refused.
pub fn refusable(what: Refusable) -> &'static str {
    match what {
        Refusable::Socket => "socket",
        Refusable::Subscription => "subscription",
        Refusable::SignIn => "sign-in",
        Refusable::ClientEvent => "client event",
        Refusable::Request => "request",
    }
}
/// What its owners check.
pub fn refusal_advice(what: Refusable) -> &'static str {
    match what {
        Refusable::Socket => {
            "Check the key in the client, the application's origins, whether it is switched on, and its limit of connections."
        }
        Refusable::Subscription => {
            "Check that the endpoint that signs has this application's key and secret, and signs socket_id:channel (with the exact channel_data on \
             presence channels) of the socket that asks."
        }
        Refusable::SignIn => "Check that the endpoint that signs users has this application's secret and signs socket_id::user::user_data.",
        Refusable::ClientEvent => {
            "Check that client events are switched on, and that the client is subscribed to that private or presence channel."
        }
        Refusable::Request => {
            "Check app id, key and secret in the backend's settings, its clock, and that no proxy changes path, query or body."
        }
    }
}
/// How often.
pub fn times(times: u64) -> String {
    if times == 1 { "once".to_owned() } else { format!("{times} times") }
}

pub const ERRORS: &str = "Errors";
pub const ERRORS_TEXT: &str = "What went wrong on this server since it started, by kind and place. A person's own mistake (401 to 429) is here too: many of one kind are worth a look.";
pub const OWN_ERRORS_TEXT: &str = "What your people met in their browsers since the server started. What programs and sockets met is known to those who run the \
     server only.";
pub const NO_ERRORS: &str = "None since the server started.";
pub const KIND: &str = "Kind";
pub const PLACE: &str = "Place";
pub const IN_LAST_HOUR: &str = "Last hour";
pub const IN_ALL: &str = "In all";
pub const LAST: &str = "Last";
pub const SAID: &str = "Why, the last time";
/// A kind of error.
pub fn status(status: u16) -> String {
    let word = match status {
        400 => "not understood",
        401 => "not signed in",
        403 => "not allowed",
        404 => "not found",
        409 => "in conflict",
        413 => "too large",
        422 => "not acceptable",
        429 => "too often",
        500 => "internal",
        502 => "not taken",
        503 => "unreachable",
        _ => "other",
    };
    format!("{status} {word}")
}
pub const REFERENCES: &str = "Internal errors by reference";
pub const REFERENCES_TEXT: &str = "Whoever met one was shown the reference; it stands in the log, too.";
pub const REFERENCE: &str = "Reference";
pub const CAUSE: &str = "Cause";
pub const IN_BACKGROUND: &str = "in the background";

pub const SLOW: &str = "Slow work in the database";
pub const SLOW_TEXT: &str =
    "Statements, writes and commits that took longer than database.slow_read_ms or slow_write_ms, since the server started.";
pub const NO_SLOW: &str = "None since the server started.";
pub const WHAT: &str = "What";
pub const LONGEST: &str = "Longest";
pub const TIMES: &str = "Times";
/// What took long.
pub fn work(work: Work) -> &'static str {
    match work {
        Work::Statement => "statement",
        Work::Write => "write",
        Work::Commit => "commit",
    }
}
/// Milliseconds.
pub fn ms(ms: u32) -> String {
    format!("{ms} ms")
}

/// What was refused to those who run another organisation.
pub const NOT_OPERATOR: &str =
    "Figures of the whole server are for the admins of the organisation that runs it. What concerns your organisation is here.";
