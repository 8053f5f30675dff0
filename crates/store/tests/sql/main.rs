//! Rules of the SQL text: names of migrations, and no words of one database's own outside the files that are meant for them.

#![expect(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod dialects;
mod migrations;
mod sources;
