//! Messages a second through the whole path, beside the rate at which SQLite commits one
//! row under the same durability on the same disk.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use futures::future::try_join_all;
use sqlx::{
    Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{
    http::Http,
    load::Hit,
    server::{Person, Server, folder, pause},
    table::{Spread, thousands},
};
use crate::Bench;

const TIME: Duration = Duration::from_secs(5);
const WARM_UP: Duration = Duration::from_secs(1);

pub async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    bench.seeded().await?;
    let Bench { machine, table, seeded: Some(seeded), .. } = bench else { return Ok(()) };
    let server = seeded.serve(machine, &[])?;
    let raw = raw_rate().await?;
    table.row("SQLite: transactions of one row, WAL, synchronous=FULL", format!("{}/s", thousands(raw)));
    let against = format!("SQLite: {}/s", thousands(raw));
    for (writers, general) in [(1, true), (20, true), (20, false)] {
        let place = if general { "the room of everyone" } else { "a room each" };
        let before = Figures::read(&server).await?;
        let ((rate, mut spread), processor) =
            server.processor_time(write(&server, &seeded.people, writers, general.then_some(seeded.general))).await?;
        let during = Figures::read(&server).await?.since(&before);
        let what = format!("{writers} writer{}, {place}", if writers == 1 { "" } else { "s" });
        table.compared(format!("{what}: messages"), format!("{}/s", thousands(rate)), against.clone(), rate / raw);
        table.row(format!("{what}: sent to acknowledged"), spread.percentiles());
        table.row(
            format!("{what}: a commit"),
            format!(
                "{:.1} writes, {:.1} ms on average, {:.2} % above 20 ms",
                during.writes / during.commits,
                during.seconds / during.commits * 1000.0,
                during.long / during.commits * 100.0
            ),
        );
        let each = processor / during.writes;
        table.row(
            format!("{what}: processor time for one message"),
            format!("{} µs, so {}/s at most on one core", thousands(each * 1e6), thousands(1.0 / each)),
        );
        pause(500).await;
    }
    Ok(())
}

/// One-row transactions a second, by the same driver on the same disk; the database is small.
pub async fn raw_rate() -> anyhow::Result<f64> {
    let folder = folder()?;
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("raw.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut database = SqliteConnection::connect_with(&options).await?;
    sqlx::query("create table t (id integer primary key, text text not null)").execute(&mut database).await?;
    let begun = Instant::now();
    let mut rows = 0_u32;
    while begun.elapsed() < TIME / 2 {
        sqlx::query("insert into t (text) values ($1)")
            .bind("a line of sixty-four bytes, as people write them in a room, more")
            .execute(&mut database)
            .await?;
        rows += 1;
    }
    let rate = f64::from(rows) / begun.elapsed().as_secs_f64();
    database.close().await?;
    Ok(rate)
}

/// Each writer sends one message after the other; returns messages a second and how long each took.
async fn write(server: &Server, people: &[Person], writers: usize, conversation: Option<i64>) -> anyhow::Result<(f64, Spread)> {
    let begun = Instant::now();
    let (sent, spread) = (Cell::new(0_u64), std::cell::RefCell::new(Spread::default()));
    // Far apart in the list, so that their rooms differ.
    let writing = people.iter().step_by(people.len() / (writers + 1)).take(writers).map(|person| {
        let (sent, spread) = (&sent, &spread);
        async move {
            let mut http = Http::connect(server.address).await?;
            while begun.elapsed() < WARM_UP + TIME {
                let started = Instant::now();
                http.send_message(
                    person,
                    conversation.unwrap_or(person.room),
                    &format!("{} a line of sixty-four bytes, as people write them in a room", Hit(0)),
                )
                .await?;
                if begun.elapsed() >= WARM_UP {
                    sent.set(sent.get() + 1);
                    spread.borrow_mut().add(started.elapsed());
                }
            }
            anyhow::Ok(())
        }
    });
    try_join_all(writing).await?;
    let rate = sent.get() as f64 / (begun.elapsed() - WARM_UP).as_secs_f64();
    Ok((rate, spread.take()))
}

/// The writer's own figures, from `/metrics`.
#[derive(Debug, Default)]
pub struct Figures {
    /// Closures that were run.
    pub writes: f64,
    /// Commits that they shared.
    pub commits: f64,
    /// How long these took together.
    pub seconds: f64,
    /// Commits that held the writer for more than 20 ms.
    long: f64,
}

impl Figures {
    pub async fn read(server: &Server) -> anyhow::Result<Self> {
        let answer = Http::connect(server.address).await?.get("/metrics", None, "identity").await?;
        let text = String::from_utf8(answer.body).context("figures are text")?;
        let figure = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok()).unwrap_or_default();
        let commits = figure("plenum_write_seconds_count");
        Ok(Self {
            writes: figure("plenum_writes_total"),
            commits,
            seconds: figure("plenum_write_seconds_sum"),
            long: commits - figure("plenum_write_seconds_bucket{le=\"0.02\"}"),
        })
    }

    pub fn since(&self, before: &Self) -> Self {
        Self {
            writes: self.writes - before.writes,
            commits: self.commits - before.commits,
            seconds: self.seconds - before.seconds,
            long: self.long - before.long,
        }
    }
}
