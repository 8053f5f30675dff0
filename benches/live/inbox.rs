//! The inbox: from a mention to its line in another browser, 300 missed notifications after a reconnect, and what a broadcast to 10,000
//! people costs those who chat meanwhile.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    process::Stdio,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::time::timeout;

use super::{
    http::Http,
    load::{Messages, Outcome, Tally, crowd, publish},
    machine::Machine,
    server::{Seeded, Server, pause},
    table::{Spread, Table, millis, thousands},
    wire::{Ear, Socket, Target},
};
use crate::Bench;

/// The aims of DESIGN, in milliseconds.
const AIM_VISIBLE: f64 = 20.0;
const AIM_VISIBLE_P99: f64 = 100.0;
const AIM_RESYNC: f64 = 100.0;
const AIM_WRITE: f64 = 20.0;

/// How much is done; with `BENCH_SHORT` set, only enough to see that it works.
#[derive(Debug, Clone, Copy)]
struct Size {
    missed: usize,
    times: usize,
    recipients: usize,
    quiet: Duration,
}

impl Size {
    fn wanted() -> Self {
        if std::env::var_os("BENCH_SHORT").is_some() {
            Self { missed: 30, times: 3, recipients: 2_200, quiet: Duration::from_secs(1) }
        } else {
            Self { missed: 300, times: 20, recipients: 10_000, quiet: Duration::from_secs(6) }
        }
    }
}

/// Time between two messages of the chat beside the broadcast.
const EVERY: Duration = Duration::from_millis(20);

pub async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    // What needs browsers may be missing; the rest is measured all the same.
    if let Err(error) = visible(bench) {
        bench.table.note(&format!("not measured: {error:#}"));
    }
    bench.seeded().await?;
    let Bench { machine, table, seeded: Some(seeded), .. } = bench else { return Ok(()) };
    let size = Size::wanted();
    resync(machine, table, seeded, size).await?;
    beside_a_broadcast(machine, table, seeded, size).await
}

/// What the script prints: one line of JSON, times in milliseconds.
#[derive(Deserialize)]
struct Visible {
    notifications: u32,
    median: f64,
    p99: f64,
    answered: f64,
}

fn visible(bench: &mut Bench) -> anyhow::Result<()> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/end2end/bench-inbox.mjs");
    let mut command = bench.machine.on_all_cores("node");
    let output = command.arg(script).env("PLENUM_BIN", &bench.program).stderr(Stdio::inherit()).output().context("node does not run")?;
    ensure!(output.status.success(), "end2end/bench-inbox.mjs ended with {}; `scripts/setup bench` installs what it needs", output.status);
    let printed = String::from_utf8_lossy(&output.stdout);
    let line = printed.lines().rev().find(|line| line.starts_with('{')).context("end2end/bench-inbox.mjs printed no result")?;
    let visible: Visible = serde_json::from_str(line)?;
    let what = format!("a mention sent to its line in the other browser, {} times", visible.notifications);
    bench.table.compared(format!("{what}: median"), millis(visible.median), "aim: 20 ms", visible.median / AIM_VISIBLE);
    bench.table.compared("the same: p99", millis(visible.p99), "aim: 100 ms", visible.p99 / AIM_VISIBLE_P99);
    bench.table.row("sent to answered in the sender's browser: median", millis(visible.answered));
    Ok(())
}

/// The id of the notification that a text tells of, if it tells of a new one.
fn told(payload: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(payload).ok()?;
    let (_, rest) = text.contains("notification.created").then(|| text.split_once(r#"notification\":{\"id\":"#))??;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

async fn resync(machine: &Machine, table: &mut Table, seeded: &Seeded, size: Size) -> anyhow::Result<()> {
    let server = seeded.serve(machine, &[])?;
    let target = Target::new(server.address);
    let (author, reader) = (&seeded.people[0], &seeded.people[20]);
    let name: String = {
        let mut database = database(&server).await?;
        sqlx::query_scalar("select name from people where id = $1").bind(reader.id).fetch_one(&mut database).await?
    };
    let channels = [format!("private-person.{}", reader.id)];
    let mut before = Socket::open(&target, Some(reader)).await?;
    let cursor = before.subscribe(&channels, None).await?;
    drop(before);
    let mut http = Http::connect(server.address).await?;
    for number in 0..size.missed {
        http.send_message(author, seeded.general, &format!("@{name} number {number}")).await?;
    }
    let mut spread = Spread::default();
    for _ in 0..size.times {
        let begun = Instant::now();
        let mut socket = Socket::open(&target, Some(reader)).await?;
        socket.subscribe(&channels, Some(&cursor)).await?;
        let heard: Rc<RefCell<BTreeSet<i64>>> = Rc::default();
        let hearing = Rc::clone(&heard);
        let ear: Ear = Rc::new(move |payload, _| hearing.borrow_mut().extend(told(payload)));
        let listener = socket.listen(ear);
        let all = timeout(Duration::from_secs(10), async {
            while heard.borrow().len() < size.missed {
                tokio::task::yield_now().await;
            }
        });
        ensure!(all.await.is_ok(), "only {} of {} notifications came", heard.borrow().len(), size.missed);
        spread.add(begun.elapsed());
        drop(listener);
        pause(20).await;
    }
    let median = spread.quantile(0.5);
    table.compared(
        format!("connect, resume and receive {} missed notifications, {} times", size.missed, size.times),
        format!("median {}, slowest {}", millis(median), millis(spread.quantile(1.0))),
        "aim: 100 ms",
        median / AIM_RESYNC,
    );
    Ok(())
}

async fn database(server: &Server) -> anyhow::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(server.database()).busy_timeout(Duration::from_secs(10));
    Ok(SqliteConnection::connect_with(&options).await?)
}

/// People without anything but a name, so that there are `total`.
async fn fill_up(server: &Server, organisation: i64, total: usize) -> anyhow::Result<()> {
    let mut database = database(server).await?;
    let (present,): (i64,) =
        sqlx::query_as("select count(*) from people where organisation_id = $1").bind(organisation).fetch_one(&mut database).await?;
    let mut tx = database.begin().await?;
    for number in present..i64::try_from(total)? {
        sqlx::query("insert into people (organisation_id, email, name, password_hash, hue, created_at) values ($1, $2, $3, '', 0, 0)")
            .bind(organisation)
            .bind(format!("bench-{number}@plenum.example"))
            .bind(format!("Person {number}"))
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn beside_a_broadcast(machine: &Machine, table: &mut Table, seeded: &Seeded, size: Size) -> anyhow::Result<()> {
    let server = seeded.serve(machine, &[])?;
    // Everyone is meant but the sender.
    fill_up(&server, seeded.organisation, size.recipients + 1).await?;
    // The first ones pay for caches and prepared statements.
    chat(&server, seeded, size.quiet / 6).await?;
    let mut quiet = chat(&server, seeded, size.quiet).await?;
    let before = Writes::read(&server).await?;
    let mut http = Http::connect(server.address).await?;
    let body = format!("key={:032x}&audience=everyone&title=Dear+%7B%7B+first_name+%7D%7D&text=Come+at+noon.", rand::random::<u128>());
    let begun = Instant::now();
    http.command(&seeded.people[0], "broadcasts/send", &body).await?;
    // The chat goes on until everybody has it.
    let mut during: Option<Outcome> = None;
    let mut database = database(&server).await?;
    let recipients = loop {
        let outcome = chat(&server, seeded, Duration::from_secs(1)).await?;
        match &mut during {
            Some(all) => all.spread.extend(&outcome.spread),
            None => during = Some(outcome),
        }
        let (state, delivered): (String, i64) = sqlx::query_as(
            "select b.state, (select sum(v.delivered) from broadcast_variants v where v.broadcast_id = b.id)
             from broadcasts b order by b.id desc limit 1",
        )
        .fetch_one(&mut database)
        .await?;
        if state == "sent" {
            break delivered;
        }
        ensure!(begun.elapsed() < Duration::from_secs(300), "the broadcast does not end: {state}, {delivered} have it");
    };
    let seconds = begun.elapsed().as_secs_f64();
    let writes = Writes::read(&server).await?.since(&before);
    let during = during.context("there was time for a chat")?;
    let mut loud = during.spread;
    #[expect(clippy::cast_precision_loss, reason = "ten thousand")]
    let recipients = recipients as f64;
    table.row(format!("a broadcast to {} people", thousands(recipients)), format!("{seconds:.1} s, {}/s", thousands(recipients / seconds)));
    table.row("chat on an idle server: send to received", quiet.spread.percentiles());
    table.compared(
        "chat beside the broadcast: send to received",
        loud.percentiles(),
        "idle, p50",
        loud.quantile(0.5) / quiet.spread.quantile(0.5),
    );
    table.compared("the same, at p99", millis(loud.quantile(0.99)), "idle, p99", loud.quantile(0.99) / quiet.spread.quantile(0.99));
    let longest = writes.longest();
    table.compared("the longest write meanwhile", format!("at most {}", millis(longest)), "aim: 20 ms", longest / AIM_WRITE);
    table.row("writes of more than 20 ms meanwhile", format!("{} of {}", writes.above(AIM_WRITE), writes.count()));
    Ok(())
}

/// One person writes in the room of everyone, another reads: a message every 20 ms, for `time`.
async fn chat(server: &Server, seeded: &Seeded, time: Duration) -> anyhow::Result<Outcome> {
    let target = Target::new(server.address);
    let (author, reader) = (&seeded.people[0], &seeded.people[1]);
    let channels = [format!("private-conversation.{}", seeded.general)];
    let tally = Tally::new();
    let crowd = crowd(&target, [Some(reader)].into_iter(), |_| channels.to_vec(), &tally.ear()).await?;
    let mut publishers = [Messages { http: Http::connect(server.address).await?, person: author.clone(), conversation: seeded.general }];
    publish(&tally, &mut publishers, crowd.len(), time, Some(EVERY)).await
}

/// The writer's commits by how long they took, from `/metrics`: the bounds in milliseconds, and how many were not longer.
#[derive(Debug, Default)]
struct Writes(Vec<(f64, f64)>);

impl Writes {
    async fn read(server: &Server) -> anyhow::Result<Self> {
        let answer = Http::connect(server.address).await?.get("/metrics", None, "identity").await?;
        let text = String::from_utf8(answer.body).context("figures are text")?;
        let buckets = text.lines().filter_map(|line| {
            let (bound, count) = line.strip_prefix("plenum_write_seconds_bucket{le=\"")?.split_once("\"}")?;
            let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse::<f64>().ok()? * 1000.0 };
            Some((bound, count.trim().parse().ok()?))
        });
        Ok(Self(buckets.collect()))
    }

    fn since(self, before: &Self) -> Self {
        let count = |bound: f64| before.0.iter().find(|(known, _)| *known == bound).map_or(0.0, |(_, count)| *count);
        Self(self.0.into_iter().map(|(bound, all)| (bound, all - count(bound))).collect())
    }

    fn count(&self) -> f64 {
        self.0.last().map_or(0.0, |(_, count)| *count)
    }

    /// The bound that no write exceeded, in milliseconds.
    fn longest(&self) -> f64 {
        self.0.iter().find(|(_, count)| *count >= self.count()).map_or(f64::NAN, |(bound, _)| *bound)
    }

    /// Writes that took longer than `bound`, which is one of the figures' own.
    fn above(&self, bound: f64) -> f64 {
        self.count() - self.0.iter().find(|(known, _)| (known - bound).abs() < 0.001).map_or(0.0, |(_, count)| *count)
    }
}
