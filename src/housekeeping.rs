//! What Plenum tidies up by itself, all in one place. Each step is a small write of its own, so that
//! no pruning holds the writer.

use std::time::Duration;

use plenum_core::{error::AppResult, ids::Millis};
use plenum_inbox as inbox;
use plenum_live::pusher::webhooks;
use plenum_messages::server::reports;
use plenum_store::jobs::Runner;
use plenum_store::{
    db::{self, Store, Tx},
    idempotency, log,
};
use plenum_web::{mail, sign_ins};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
/// Rows of one step.
const AT_ONCE: i64 = 500;
/// Sign-ins of one step: each ends by itself, with its sockets.
const SIGN_INS_AT_ONCE: i64 = 100;
/// Used and expired invitations are listed for so long.
const INVITATIONS_KEPT: Millis = 30 * 24 * 3_600_000;

/// Registers the recurring jobs.
#[must_use]
pub fn housekeeping(runner: Runner) -> Runner {
    runner
        .every("housekeeping.log", MINUTE, |store| async move { log::prune(&store, db::now()).await })
        .every("housekeeping.idempotency", HOUR, |store| async move {
            in_steps(&store, async |tx: &mut Tx, now| idempotency::prune(tx, now).await).await
        })
        .every(
            "housekeeping.webhooks",
            HOUR,
            |store| async move { in_steps(&store, async |tx: &mut Tx, _| webhooks::prune(tx).await).await },
        )
        .every(
            "housekeeping.inbox",
            HOUR,
            |store| async move { in_steps(&store, async |tx: &mut Tx, _| inbox::server::prune(tx).await).await },
        )
        .every(
            "housekeeping.mail",
            MINUTE,
            |store| async move { in_steps(&store, async |tx: &mut Tx, now| mail::tidy(tx, now).await).await },
        )
        .every("housekeeping.reports", HOUR, |store| async move {
            in_steps(&store, async |tx: &mut Tx, now| reports::erase_old(tx, now).await).await
        })
        .every("housekeeping.people", HOUR, |store| async move { in_steps(&store, async |tx: &mut Tx, now| expired(tx, now).await).await })
}

/// Repeats `step`, a write each, until it says that there is no more.
async fn in_steps<F>(store: &Store, step: F) -> AppResult<()>
where
    F: AsyncFn(&mut Tx, Millis) -> AppResult<bool> + Send + Copy + 'static,
{
    while store
        .write(async move |tx: &mut Tx| {
            let now = tx.now();
            step(tx, now).await
        })
        .await?
    {}
    Ok(())
}

/// Ended sign-ins, password resets, changes of addresses and old invitations. True if there may be more.
async fn expired(tx: &mut Tx, now: Millis) -> AppResult<bool> {
    let sign_ins = sign_ins::expire(tx, SIGN_INS_AT_ONCE).await?;
    let resets = sqlx::query(
        "delete from password_resets where token_hash in (select token_hash from password_resets where expires_at <= $1 limit $2)",
    )
    .bind(now)
    .bind(AT_ONCE)
    .execute(&mut **tx)
    .await?;
    let invitations = sqlx::query("delete from invitations where id in (select id from invitations where expires_at <= $1 limit $2)")
        .bind(now - INVITATIONS_KEPT)
        .bind(AT_ONCE)
        .execute(&mut **tx)
        .await?;
    let changes = sqlx::query(
        "delete from email_changes where person_id in (select person_id from email_changes where expires_at <= $1 order by expires_at limit $2)",
    )
    .bind(now)
    .bind(AT_ONCE)
    .execute(&mut **tx)
    .await?;
    Ok(sign_ins || changes.rows_affected() > 0 || resets.rows_affected() + invitations.rows_affected() > 0)
}
