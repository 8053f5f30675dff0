//! The text of every statement that tests run, for `make check-postgres`.
//!
//! With `RECORD_STATEMENTS` in the environment each process writes, into a file of its own in the folder of that name, each statement
//! of the store's connections once, as a line of JSON. sqlx reports all statements then, and [`Collector`] hands them over. Without
//! the variable nothing is reported and nothing is written.

use std::{
    collections::HashSet,
    env,
    fs::{self, File},
    io::Write as _,
    path::PathBuf,
    process,
    sync::{LazyLock, Mutex, PoisonError},
};

use tracing_subscriber::{Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use super::slow::{Collector, TARGET, shape_of};

/// The environment's variable that names the folder.
const FOLDER: &str = "RECORD_STATEMENTS";

struct Recorder {
    /// Statements as they were run, to be quick, and without the lengths of their lists.
    known: HashSet<String>,
    file: File,
}

static RECORDER: LazyLock<Option<Mutex<Recorder>>> = LazyLock::new(|| {
    let folder = PathBuf::from(env::var_os(FOLDER)?);
    fs::create_dir_all(&folder).ok()?;
    let file = File::create(folder.join(format!("{}-{}.jsonl", process::id(), rand::random::<u32>()))).ok()?;
    Some(Mutex::new(Recorder { known: HashSet::new(), file }))
});

/// True if this process records its statements.
pub(super) fn are_recorded() -> bool {
    RECORDER.is_some()
}

/// Listens to sqlx where nobody does: the server has its subscriber, a test has none.
pub(super) fn listen() {
    if are_recorded() {
        let _ =
            tracing_subscriber::registry().with(Collector.with_filter(Targets::new().with_target(TARGET, tracing::Level::INFO))).try_init();
    }
}

/// Records a statement, if it is new and statements are recorded.
pub(super) fn statement_record(statement: &str) {
    let Some(recorder) = RECORDER.as_ref() else { return };
    let statement = statement.trim();
    let mut recorder = recorder.lock().unwrap_or_else(PoisonError::into_inner);
    if recorder.known.contains(statement) {
        return;
    }
    recorder.known.insert(statement.to_owned());
    if recorder.known.insert(format!("shape {}", shape_of(statement))) {
        let line = serde_json::Value::from(statement);
        let _ = writeln!(recorder.file, "{line}");
    }
}
