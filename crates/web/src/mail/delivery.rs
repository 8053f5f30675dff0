//! The job that delivers a mail.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::Value;

use super::{
    carrier::{Carrier, Failure},
    rows,
    verdict::Verdict,
};
use plenum_core::error::{AppError, AppResult};
use plenum_store::db::{Store, Tx};

/// The kind of the jobs that send one.
pub const SEND: &str = "mail.send";
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// What lies between one try and the next; then the job is a dead letter. Servers that make strangers wait want some minutes.
pub const PAUSES: [Duration; 8] = [
    Duration::from_secs(10),
    Duration::from_secs(MINUTE),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(15 * MINUTE),
    Duration::from_secs(HOUR),
    Duration::from_secs(3 * HOUR),
    Duration::from_secs(8 * HOUR),
    Duration::from_secs(12 * HOUR),
];

/// Sends a mail, unless it is over; the handler of the jobs.
///
/// # Errors
/// If the database refuses, or the mail is to be tried again.
pub async fn deliver(store: Store, carrier: Arc<Carrier>, payload: Value) -> AppResult<()> {
    let id = payload.get("mail").and_then(Value::as_i64).ok_or_else(AppError::internal)?;
    let Some(letter) = store.write(async move |tx: &mut Tx| rows::begin(tx, id).await).await? else { return Ok(()) };
    let handed = Arc::new(AtomicBool::new(false));
    let hand_over = || {
        let (store, handed) = (store.clone(), Arc::clone(&handed));
        async move {
            let noted = store.write(async move |tx: &mut Tx| rows::hand_over(tx, id).await).await;
            noted.map_err(|error| Failure::ours(&error.message))?;
            handed.store(true, Ordering::Relaxed);
            Ok(())
        }
    };
    let outcome = carrier.carry(&letter, hand_over).await;
    let (handed, failure) = (handed.load(Ordering::Relaxed), outcome.err());
    let failed = failure.clone();
    store.write(async move |tx: &mut Tx| rows::finish(tx, id, handed, failed.as_ref().map_or(Ok(()), Err)).await).await?;
    match failure {
        None => {
            tracing::info!(mail.id = id, mail.attempts = letter.attempts, "a mail was sent");
            Ok(())
        }
        Some(failure) if failure.verdict == Verdict::Later => Err(AppError::conflict(failure.reason)),
        Some(failure) => {
            tracing::warn!(mail.id = id, reason = failure.reason, "a mail was refused for good");
            Ok(())
        }
    }
}
