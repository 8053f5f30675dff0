//! The files of `migrations/` keep to the rules of its README.

use std::{collections::BTreeSet, fs};

use super::sources::root;

/// The files that set up the schema; what is added later carries a time stamp.
const FIRST: [&str; 10] = [
    "0001_live.sql",
    "0002_people.sql",
    "0003_messages.sql",
    "0004_inbox.sql",
    "0005_activity.sql",
    "0006_broadcasts.sql",
    "0007_applications.sql",
    "0008_operations.sql",
    "0009_wallet.sql",
    "0010_box_office.sql",
];

fn names(dialect: &str) -> BTreeSet<String> {
    fs::read_dir(root().join("migrations").join(dialect)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The ten files of the first schema are there, and every other name begins with a time stamp of 14 digits.
#[test]
fn later_migrations_have_a_time_stamp() {
    let names = names("sqlite");
    assert_eq!(names.iter().take(FIRST.len()).collect::<Vec<_>>(), FIRST.iter().collect::<Vec<_>>());
    for name in names.iter().skip(FIRST.len()) {
        let (stamp, rest) = name.split_once('_').unwrap_or_default();
        let stamped = stamp.len() == 14 && stamp.starts_with("20") && stamp.bytes().all(|byte| byte.is_ascii_digit());
        assert!(stamped && rest.ends_with(".sql"), "{name}: expected a name like 20261201093000_withdrawal_limits.sql");
    }
}

/// PostgreSQL's schema has a file beside each of SQLite's.
#[test]
fn both_dialects_have_the_same_files() {
    assert_eq!(names("sqlite"), names("postgres"));
}
