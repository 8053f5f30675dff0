//! What took long in the database: statements, writes and commits, by name, in bounded memory.
//!
//! sqlx times each statement and reports slow ones as events of `tracing`; [`Collector`] listens to these. Values are bound, never
//! part of a statement's text, so that the text is its name ([`name_of`] makes those of different length the same). A write is
//! named by the function that its closure stands in: it holds the writer, which nothing should for more than 20 ms.

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context};

use super::{now, statements};
use crate::windowed_counts::{Seen, Tally};
use plenum_core::ids::Millis;

/// Names that are remembered.
const NAMES: usize = 200;
/// Characters of a statement.
const CHARS: usize = 400;
/// What sqlx reports statements under.
pub const TARGET: &str = "sqlx::query";

/// From when on something is slow; none: never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slow {
    /// A statement that reads.
    pub read: Option<Duration>,
    /// A write, a statement in it, a commit.
    pub write: Option<Duration>,
}

impl Default for Slow {
    fn default() -> Self {
        Self::above(50, 20)
    }
}

impl Slow {
    /// Slow from so many milliseconds on; 0: never.
    pub fn above(read: u64, write: u64) -> Self {
        let limit = |ms: u64| (ms > 0).then(|| Duration::from_millis(ms));
        Self { read: limit(read), write: limit(write) }
    }
}

/// What it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// One statement, reading or writing.
    Statement,
    /// A closure in the writer.
    Write,
    /// A commit with all the closures in it.
    Commit,
}

/// How long it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Took {
    /// The longest.
    pub longest: Duration,
    /// The last.
    pub last: Duration,
}

/// Of the whole process, as its subscriber of `tracing` is: sqlx does not say of which database a slow statement was.
static KNOWN: Tally<(Work, String), Took> = Tally::new(NAMES);

/// It took so long.
pub fn work_record(work: Work, name: String, took: Duration) {
    KNOWN.note((work, name), now(), |known| {
        known.last = took;
        known.longest = known.longest.max(took);
    });
}

/// What was slow lately, the newest first.
pub fn known(now: Millis) -> Vec<Seen<(Work, String), Took>> {
    KNOWN.list(now)
}

/// Notes a write or a commit that began at `started`, if it was slow.
pub(super) fn note_write(limit: Option<Duration>, work: Work, name: &str, started: Instant) {
    let took = started.elapsed();
    if limit.is_some_and(|limit| took >= limit) {
        let name = within(name);
        tracing::info!(write = name, elapsed_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), "a write held the writer");
        work_record(work, name, took);
    }
}

/// The path of the function that a closure's type stands in.
fn within(type_name: &str) -> String {
    // What a closure is generic over follows its name.
    let path = type_name.split('<').next().unwrap_or(type_name);
    path.replace("::{{closure}}", "").trim_start_matches("plenum::").to_owned()
}

/// A statement's text as a name: its [shape](shape_of), cut.
pub fn name_of(statement: &str) -> String {
    let text = shape_of(statement);
    match text.char_indices().nth(CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// A statement's text: blanks as one, parameters without their numbers, lists of values as one.
pub(super) fn shape_of(statement: &str) -> String {
    let mut text = String::with_capacity(statement.len());
    let mut characters = statement.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect::<Vec<_>>().into_iter().peekable();
    while let Some(character) = characters.next() {
        // sqlx' QueryBuilder writes `?` where other statements have `$1`.
        text.push(if character == '?' { '$' } else { character });
        if character == '$' {
            while characters.next_if(char::is_ascii_digit).is_some() {}
        }
    }
    repeated_once(&repeated_once(&text, "$"), "(…)")
}

/// Lists of parameters become `…`; so do lists of such lists.
fn repeated_once(text: &str, item: &str) -> String {
    let (pair, mark) = (format!("{item}, {item}"), format!("{item}, …"));
    let mut text = text.replace(&pair, &mark);
    let longer = [format!("{mark}, {item}"), format!("{mark}, …")];
    while longer.iter().any(|longer| text.contains(longer)) {
        for longer in &longer {
            text = text.replace(longer, &mark);
        }
    }
    text.replace(&format!("({mark})"), "(…)")
}

/// A layer of `tracing` that takes in what sqlx says of slow statements.
#[derive(Debug, Clone, Copy, Default)]
pub struct Collector;

impl<S: Subscriber> Layer<S> for Collector {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != TARGET {
            return;
        }
        let mut said = Statement::default();
        event.record(&mut said);
        // The whole text is there only where the summary is not all of it.
        let text = if said.text.trim().is_empty() { said.summary } else { said.text };
        statements::statement_record(&text);
        if let (true, Some(seconds)) = (said.slow, said.seconds) {
            work_record(Work::Statement, name_of(&text), Duration::try_from_secs_f64(seconds).unwrap_or_default());
        }
    }
}

#[derive(Default)]
struct Statement {
    summary: String,
    text: String,
    seconds: Option<f64>,
    slow: bool,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.text),
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.seconds = Some(value);
        }
    }

    fn record_debug(&mut self, field: &Field, _: &dyn Debug) {
        self.slow |= field.name() == "slow_threshold";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::layer::SubscriberExt as _;

    #[test]
    fn statements_of_one_kind_have_one_name() {
        assert_eq!(name_of("select id\n   from people where id = $12 and name = $1"), "select id from people where id = $ and name = $");
        let values = |rows: usize| format!("insert into a (b, c) values {}", vec!["($1, $2)"; rows].join(", "));
        assert_eq!(name_of(&values(2)), name_of(&values(64)));
        assert_eq!(name_of(&values(3)), "insert into a (b, c) values (…), …");
        let list = |count: usize| format!("select a from b where c in ({})", vec!["$1"; count].join(", "));
        assert_eq!(name_of(&list(2)), name_of(&list(300)));
        assert_eq!(name_of(&list(2).replace("$1", "?")), name_of(&list(2)));
        assert!(name_of(&"x".repeat(5_000)).chars().count() <= CHARS + 1);
    }

    #[test]
    fn a_write_is_named_by_its_function() {
        assert_eq!(
            within("plenum::features::messages::server::sending::send::{{closure}}::{{closure}}"),
            "features::messages::server::sending::send"
        );
        assert_eq!(within("plenum::a::b<plenum::c::d>::{{closure}}"), "a::b");
    }

    /// What sqlx reports is taken in, and nothing else is.
    #[test]
    fn the_reports_of_sqlx_are_collected() {
        let mine = "select 'a test of the collector', $1";
        let report = |seconds: f64| {
            let summary = "select 'a test …";
            let (sql, threshold) = (format!("\n\n{mine}\n"), Duration::from_millis(50));
            tracing::event!(target: "sqlx::query", tracing::Level::INFO, summary, db.statement = sql, elapsed_secs = seconds, slow_threshold = ?threshold, "slow");
        };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(Collector), || {
            report(0.25);
            report(0.0625);
            tracing::event!(target: "sqlx::query", tracing::Level::INFO, summary = "select 'not slow'", elapsed_secs = 0.001);
            tracing::event!(target: "elsewhere", tracing::Level::INFO, summary = "select 'else'", elapsed_secs = 9.0, slow_threshold = ?1);
        });
        let seen = known(now());
        let found = seen.iter().find(|seen| seen.key.1 == name_of(mine)).unwrap();
        assert_eq!((found.key.0, found.count), (Work::Statement, 2));
        assert_eq!((found.about.longest, found.about.last), (Duration::from_millis(250), Duration::from_micros(62_500)));
        assert!(!seen.iter().any(|seen| seen.key.1.contains("not slow") || seen.key.1.contains("'else'")));
    }
}
