//! What every feature needs on the server. It names no page and no feature's rules.

pub mod activity;
pub mod api;
pub mod broadcasting;
pub mod csv;
pub mod db;
pub mod faults;
pub mod idempotency;
pub mod jobs;
pub mod machine;
pub mod mail;
pub mod meters;
pub mod password;
pub mod problem;
pub mod rates;
pub mod request;
pub mod router;
pub mod run;
pub mod search;
pub mod security;
pub mod sign_ins;
pub mod state;
pub mod status;
pub mod tally;
pub mod telemetry;
pub mod told;
pub mod zones;
