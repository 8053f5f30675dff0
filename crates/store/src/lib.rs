//! The database and what is kept in it for every feature: the writer and the readers ([`db`]), the
//! live [`log`], [`jobs`], [`idempotency`], rows of the [`activity`] record, [`sealing`]; and what is measured of it.

pub mod active;
pub mod activity;
pub mod db;
pub mod faults;
pub mod heavy;
pub mod idempotency;
pub mod jobs;
pub mod log;
pub mod meters;
pub mod organisations;
pub mod os;
pub mod sealing;
pub mod settings;
pub mod windowed_counts;
pub mod zones;
