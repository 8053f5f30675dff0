//! Looks at everything that [`judge`](super::judge) judges. Nothing here fails: what cannot be known is none.

use std::{
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use crate::model::{health::LATELY, jobs::LATE};
use plenum_core::{error::AppResult, ids::Millis};
use plenum_live::audit;
use plenum_store::{
    db::{self, Tx, room::Room, slow},
    faults::Faults,
    jobs::dead_letters,
    meters::Meters,
    os,
};
use plenum_web::{
    mail::figures::{Figures, figures},
    security::rejected_origins::RejectedOrigins,
    state::AppState,
};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// All that was seen.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    /// How long a small read took.
    pub(super) read: Option<Duration>,
    /// The time.
    pub(super) now: Millis,
    /// How long a small write took, from asking for it to its being committed.
    pub(super) write: Option<Duration>,
    /// How far the clock is behind the latest time at which something was written.
    pub(super) clock_back: Millis,
    pub(super) write_queue: usize,
    pub(super) slow_writes: Slow,
    pub(super) slow_reads: Slow,
    /// Bytes that are free, and all.
    pub(super) disk: Option<(u64, u64)>,
    /// Writes that found no room in the last hour.
    pub(super) without_room: u32,
    /// Bytes of the database and of its journal.
    pub(super) sizes: (u64, u64),
    pub(super) rows: Option<Rows>,
    pub(super) dispatch_queue: usize,
    /// Channels that have not got what the log holds.
    pub(super) behind: Vec<String>,
    pub(super) holes: u32,
    pub(super) slow_consumers: u32,
    pub(super) recovered: u32,
    pub(super) gaps: u32,
    /// The folder of mails; none if they are sent.
    pub(super) outbox: Option<Outbox>,
    pub(super) open_files: Option<u64>,
    /// `limits.connections`.
    pub(super) connections: usize,
    pub(super) address: String,
    pub(super) is_secure: bool,
    pub(super) is_loopback: bool,
    /// Refused in the last hour: the origin, the last path, how often.
    pub(super) origins: Vec<(String, String, u32)>,
    /// Asked in the last hour.
    pub(super) proxies: Vec<String>,
    pub(super) demo: bool,
    /// In the last hour.
    pub(super) internal_errors: u32,
}

/// Slow work of the last hour.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slow {
    pub(super) times: u32,
    pub(super) longest_ms: u32,
}

/// What only the database knows.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// How old the last backup is, and its bytes.
    pub(super) backup: Option<(Millis, i64)>,
    pub(super) dead: u32,
    pub(super) late: u32,
    /// By how much the oldest is.
    pub(super) late_by: Millis,
    pub(super) mail: Figures,
}

/// The folder of mails.
#[derive(Debug, Clone, Default)]
pub(super) struct Outbox {
    pub(super) waiting: usize,
    /// For how long the oldest has waited.
    pub(super) oldest: Millis,
    /// Why it cannot be written to.
    pub(super) error: Option<String>,
}

/// Looks at all of it, at the same time.
pub(super) async fn all(state: &AppState) -> Measured {
    let now = db::now();
    let folder = state.store.path().parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let outbox = (!state.mail.is_sent()).then(|| state.mail.outbox.clone());
    let (read, (write, clock_back), disk, behind, outbox) =
        tokio::join!(read(state), write(state), os::disk(folder), async { audit::behind(&state.hub).await.unwrap_or_default() }, async {
            tokio::task::spawn_blocking(move || outbox.map(|outbox| look_into(&outbox))).await.unwrap_or_default()
        },);
    let (read, rows) = read.map_or((None, None), |(took, rows)| (Some(took), Some(rows)));
    let slow = slow::known(now);
    let slow_work = |writes: bool| {
        let lately = slow.iter().filter(|seen| is_write(&seen.key) == writes && seen.last > now - LATELY);
        lately.fold(Slow::default(), |sum, seen| Slow {
            times: sum.times.saturating_add(seen.in_last_hour),
            longest_ms: sum.longest_ms.max(u32::try_from(seen.about.longest.as_millis()).unwrap_or(u32::MAX)),
        })
    };
    let internal_errors =
        state.store.part::<Faults>().known(now).iter().filter(|seen| seen.key.status == 500).map(|seen| seen.in_last_hour).sum();
    let meters = state.store.part::<Meters>();
    let rejected = state.store.part::<RejectedOrigins>();
    let origins = rejected.origins(now).into_iter().filter(|seen| seen.in_last_hour > 0);
    let proxies = rejected.proxies(now).into_iter().filter(|seen| seen.in_last_hour > 0);
    Measured {
        read,
        now,
        write,
        clock_back,
        write_queue: state.store.write_queue(),
        slow_writes: slow_work(true),
        slow_reads: slow_work(false),
        disk,
        without_room: state.store.part::<Room>().refusals(now),
        sizes: os::sizes(state.store.path()),
        rows,
        dispatch_queue: state.hub.dispatch_queue(),
        behind,
        holes: meters.holes.in_last_hour(now),
        slow_consumers: meters.slow_consumers.in_last_hour(now),
        recovered: meters.recovered.in_last_hour(now),
        gaps: meters.gaps.in_last_hour(now),
        outbox,
        open_files: os::open_files(),
        connections: state.limits.connections,
        address: state.server.url(state.leptos.site_addr),
        is_secure: state.server.is_secure(),
        is_loopback: state.server.is_only_here(state.leptos.site_addr),
        origins: origins.map(|seen| (seen.key, seen.about, seen.in_last_hour)).collect(),
        proxies: proxies.map(|seen| seen.key.to_string()).collect(),
        demo: state.demo,
        internal_errors,
    }
}

/// Writes and commits; and of statements those that change something, which run in a write.
fn is_write((work, name): &(slow::Work, String)) -> bool {
    *work != slow::Work::Statement || !name.trim_start_matches('(').starts_with("select") && !name.starts_with("with")
}

async fn read(state: &AppState) -> Option<(Duration, Rows)> {
    let asked = async {
        let started = Instant::now();
        let mut conn = state.store.read().await?;
        sqlx::query_scalar::<_, i64>("select min(id) from organisations").fetch_one(&mut *conn).await?;
        let took = started.elapsed();
        let now = db::now();
        let backup = db::last_backup(&mut conn).await?.map(|(at, bytes)| (now - at, bytes));
        let (dead, _) = dead_letters::letters(&mut conn, 0).await?;
        let kinds = dead_letters::waiting(&mut conn, now).await?;
        let late = kinds.iter().filter(|kind| kind.due_since.is_some_and(|since| since < now - LATE));
        let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        let late_by = late.clone().filter_map(|kind| kind.due_since).min().map_or(0, |since| now - since);
        let mail = figures(&mut conn, None, now).await?;
        AppResult::Ok((took, Rows { backup, dead: count(dead), late: count(late.map(|kind| kind.due).sum()), late_by, mail }))
    };
    tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()
}

/// Writes one row; tells how far the clock is behind the latest time that was written there.
async fn write(state: &AppState) -> (Option<Duration>, Millis) {
    let started = Instant::now();
    let pulse = async |tx: &mut Tx| {
        let now = tx.now();
        let latest: Millis = sqlx::query_scalar(
            "insert into pulse (id, at) values (1, $1)
             on conflict (id) do update set at = case when pulse.at > excluded.at then pulse.at else excluded.at end returning at",
        )
        .bind(now)
        .fetch_one(&mut **tx)
        .await?;
        Ok(latest - now)
    };
    match tokio::time::timeout(PATIENCE, state.store.write(pulse)).await {
        Ok(Ok(back)) => (Some(started.elapsed()), back),
        _ => (None, 0),
    }
}

/// What waits in the folder, and whether another could be put there. It is made with the first mail.
fn look_into(folder: &Path) -> Outbox {
    let Ok(files) = std::fs::read_dir(folder) else {
        let error = folder.exists().then(|| "it cannot be read".to_owned());
        return Outbox { error, ..Outbox::default() };
    };
    let mails = files.flatten().filter(|file| file.path().extension().is_some_and(|extension| extension == "eml"));
    let age = |file: std::fs::DirEntry| SystemTime::now().duration_since(file.metadata().ok()?.modified().ok()?).ok();
    let ages: Vec<Duration> = mails.map(|file| age(file).unwrap_or_default()).collect();
    let trial = folder.join(".health.part");
    let error = std::fs::write(&trial, b"").and_then(|()| std::fs::remove_file(&trial)).err().map(|error| error.kind().to_string());
    let oldest = ages.iter().max().map_or(0, |age| Millis::try_from(age.as_millis()).unwrap_or(Millis::MAX));
    Outbox { waiting: ages.len(), oldest, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outbox_is_looked_into() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = folder.path().join("out");
        let none = look_into(&outbox);
        assert!((none.waiting, none.error.is_none()) == (0, true), "it is made with the first mail");
        std::fs::create_dir(&outbox).unwrap();
        std::fs::write(outbox.join("1.eml"), "").unwrap();
        std::fs::write(outbox.join(".2.part"), "").unwrap();
        let one = look_into(&outbox);
        assert!((one.waiting, one.error.is_none()) == (1, true) && one.oldest < 60_000);
        assert_eq!(std::fs::read_dir(&outbox).unwrap().count(), 2, "nothing is left behind");
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(look_into(&file).error.is_some());
    }

    #[test]
    fn statements_that_change_something_are_writes() {
        let of = |work, name: &str| is_write(&(work, name.to_owned()));
        assert!(of(slow::Work::Write, "a::b") && of(slow::Work::Commit, "a whole commit"));
        assert!(of(slow::Work::Statement, "commit") && of(slow::Work::Statement, "insert into a values (…)"));
        assert!(!of(slow::Work::Statement, "select 1") && !of(slow::Work::Statement, "with a as (select 1) select 2"));
    }
}
