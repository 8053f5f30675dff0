//! The box office under a crowd: holds a second by 200 buyers on one event and on 50, beside the rate at which SQLite commits one row
//! under the same durability on the same disk; and what 5,000 who look at a seat map are told of each hold.

use std::{
    cell::{Cell, RefCell},
    process::Stdio,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use futures::future::try_join_all;
use serde::Deserialize;
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{
    http::{Http, find},
    load::crowd,
    server::{Person, Server, pause},
    table::{Spread, Table, millis, thousands},
    wire::{Ear, Target},
    writes::{Figures, raw_rate},
};
use crate::Bench;

const BUYERS: usize = 200;
const EVENTS: i64 = 50;
/// Seats of each event: few enough that buyers meet.
const SEATS: i64 = 400;
const WATCHERS: usize = 5_000;
const TIME: Duration = Duration::from_secs(5);
const WARM_UP: Duration = Duration::from_secs(1);
/// Holds that are told one by one.
const CALM: usize = 100;

pub async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    bench.seeded().await?;
    let Bench { machine, table, seeded: Some(seeded), .. } = bench else { return Ok(()) };
    let server = seeded.serve(machine, &[])?;
    let mut database = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(server.database())).await?;
    let mut events = Vec::new();
    for number in 0..EVENTS {
        events.push(Event::make(&mut database, number).await?);
    }
    database.close().await?;
    let raw = raw_rate().await?;
    table.row("SQLite: transactions of one row, WAL, synchronous=FULL", format!("{}/s", thousands(raw)));
    for of in [&events[..1], &events[..]] {
        buy(&server, &seeded.people, of, raw, table).await?;
        pause(500).await;
    }
    let watchers = WATCHERS.min(machine.most_sockets() / 2);
    watch(&server, &seeded.people, &events[0], watchers, table).await?;
    drop(server);
    frames(bench)
}

/// What `end2end/bench-seats.mjs` prints: times in milliseconds.
#[derive(Deserialize)]
struct Frames {
    seats: u32,
    changed: f64,
    median: f64,
    p99: f64,
    longest: f64,
    interactive: f64,
}

/// Frames of a large map while seats change, in a real browser.
fn frames(bench: &mut Bench) -> anyhow::Result<()> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/end2end/bench-seats.mjs");
    let mut command = bench.machine.on_all_cores("node");
    let output = command.arg(script).env("PLENUM_BIN", &bench.program).stderr(Stdio::inherit()).output().context("node does not run")?;
    ensure!(output.status.success(), "end2end/bench-seats.mjs ended with {}; `scripts/setup bench` installs what it needs", output.status);
    let printed = String::from_utf8_lossy(&output.stdout);
    let line = printed.lines().rev().find(|line| line.starts_with('{')).context("end2end/bench-seats.mjs printed no result")?;
    let Frames { seats, changed, median, p99, longest, interactive } = serde_json::from_str(line)?;
    let what = format!("a map of {} seats", thousands(f64::from(seats)));
    let frames = format!("median {}, p99 {}", millis(median), millis(p99));
    bench.table.row(format!("{what}: frames while {changed:.0} a second change"), frames);
    bench.table.row(format!("{what}: longest task of its scripts meanwhile"), millis(longest));
    bench.table.row(format!("{what}: from opening to seats that can be pressed, processor at a quarter"), millis(interactive));
    Ok(())
}

/// An event with seats on sale.
#[derive(Debug)]
struct Event {
    id: i64,
    first_seat: i64,
}

impl Event {
    async fn make(database: &mut SqliteConnection, number: i64) -> anyhow::Result<Self> {
        let name = format!("Evening {number}");
        let space: i64 =
            sqlx::query_scalar("insert into spaces (organisation_id, kind, name, created_at) values (1, 'event', $1, 0) returning id")
                .bind(&name)
                .fetch_one(&mut *database)
                .await?;
        let id: i64 = sqlx::query_scalar(
            "insert into events (organisation_id, space_id, state, title, place, zone, starts_at, ends_at, sales_from, sales_until, currency,
               created_by, created_at, published_at)
             values (1, $1, 'published', $2, 'hall', 'Europe/Berlin', 4000000000000, 4000003600000, 0, 4000000000000, 'EUR', 1, 0, 0) returning id",
        )
        .bind(space)
        .bind(&name)
        .fetch_one(&mut *database)
        .await?;
        let of_type: i64 = sqlx::query_scalar(
            "insert into ticket_types (event_id, position, name, price, seated, capacity) values ($1, 0, 'Stalls', 2500, true, $2) returning id",
        )
        .bind(id)
        .bind(SEATS)
        .fetch_one(&mut *database)
        .await?;
        let section: i64 = sqlx::query_scalar("insert into sections (event_id, position, name) values ($1, 0, 'Stalls') returning id")
            .bind(id)
            .fetch_one(&mut *database)
            .await?;
        let mut made = database.begin().await?;
        for seat in 0..SEATS {
            sqlx::query("insert into seats (event_id, section_id, ticket_type_id, row, number, x, y) values ($1, $2, $3, $4, $5, $6, $7)")
                .bind(id)
                .bind(section)
                .bind(of_type)
                .bind((seat / 20 + 1).to_string())
                .bind(seat % 20 + 1)
                .bind(seat % 20 * 10)
                .bind(seat / 20 * 12)
                .execute(&mut *made)
                .await?;
        }
        made.commit().await?;
        let first_seat = sqlx::query_scalar("select min(id) from seats where event_id = $1").bind(id).fetch_one(&mut *database).await?;
        Ok(Self { id, first_seat })
    }

    /// One of its seats, any.
    fn seat(&self) -> i64 {
        self.first_seat + i64::from(rand::random::<u16>()) % SEATS
    }
}

/// Somebody who holds a seat and lets it go, over one kept connection.
struct Buyer<'a> {
    http: Http,
    person: &'a Person,
    event: &'a Event,
}

impl Buyer<'_> {
    /// Holds a seat, as the seat map does; none if somebody else has it.
    async fn hold(&mut self, seat: i64) -> anyhow::Result<Option<i64>> {
        let body = format!("event={}&seats[0]={seat}&key={:032x}", self.event.id, rand::random::<u128>());
        let answer = self.http.call(self.person, "box_office/hold", &body).await?;
        match answer.status {
            200 => Ok(Some(serde_json::from_slice::<Value>(&answer.body)?["id"].as_i64().context("a hold without an id")?)),
            409 => Ok(None),
            status => anyhow::bail!("a hold was refused with {status}: {}", String::from_utf8_lossy(&answer.body)),
        }
    }

    async fn release(&mut self, hold: i64) -> anyhow::Result<()> {
        self.http.command(self.person, "box_office/release", &format!("event={}&hold={hold}", self.event.id)).await
    }
}

/// What the buyers did.
#[derive(Debug, Default)]
struct Sales {
    held: Cell<u32>,
    conflicts: Cell<u32>,
    writes: Cell<u32>,
    spread: RefCell<Spread>,
}

async fn buy(server: &Server, people: &[Person], events: &[Event], raw: f64, table: &mut Table) -> anyhow::Result<()> {
    let before = Figures::read(server).await?;
    let begun = Instant::now();
    let sales = Sales::default();
    let buying = people.iter().take(BUYERS).zip(events.iter().cycle()).map(|(person, event)| {
        let sales = &sales;
        async move {
            let mut buyer = Buyer { http: Http::connect(server.address).await?, person, event };
            while begun.elapsed() < WARM_UP + TIME {
                let started = Instant::now();
                let hold = buyer.hold(event.seat()).await?;
                let took = started.elapsed();
                if let Some(hold) = hold {
                    buyer.release(hold).await?;
                }
                if begun.elapsed() >= WARM_UP {
                    let counted = if hold.is_some() { &sales.held } else { &sales.conflicts };
                    counted.set(counted.get() + 1);
                    sales.writes.set(sales.writes.get() + if hold.is_some() { 2 } else { 1 });
                    sales.spread.borrow_mut().add(took);
                }
            }
            anyhow::Ok(())
        }
    });
    let (_, processor) = server.processor_time(try_join_all(buying)).await?;
    let seconds = (begun.elapsed() - WARM_UP).as_secs_f64();
    let during = Figures::read(server).await?.since(&before);
    let rate = |count: u32| f64::from(count) / seconds;
    let what =
        format!("{BUYERS} buyers on {}", if events.len() == 1 { "one event".to_owned() } else { format!("{} events", events.len()) });
    let against = format!("SQLite: {}/s", thousands(raw));
    let (held, writes) = (rate(sales.held.get()), rate(sales.writes.get()));
    table.compared(
        format!("{what}: seats held, each let go before the next"),
        format!("{}/s", thousands(held)),
        against.clone(),
        held / raw,
    );
    table.compared(format!("{what}: holds, refusals and releases"), format!("{}/s", thousands(writes)), against, writes / raw);
    table.row(format!("{what}: somebody else had the seat"), format!("{}/s", thousands(rate(sales.conflicts.get()))));
    table.row(format!("{what}: hold to answer"), sales.spread.borrow_mut().percentiles());
    table.row(
        format!("{what}: a commit"),
        format!("{:.1} writes, {:.1} ms on average", during.writes / during.commits, during.seconds / during.commits * 1000.0),
    );
    table.row(format!("{what}: processor time for one write"), format!("{} µs", thousands(processor / during.writes * 1e6)));
    Ok(())
}

/// What a watcher's socket brings of holds: when, since the hold was asked for.
#[derive(Debug)]
struct Told {
    asked: Cell<Instant>,
    seats: Cell<u64>,
    all: Cell<u64>,
    spread: RefCell<Spread>,
}

async fn watch(server: &Server, people: &[Person], event: &Event, watchers: usize, table: &mut Table) -> anyhow::Result<()> {
    let told = Rc::new(Told { asked: Cell::new(Instant::now()), seats: Cell::new(0), all: Cell::new(0), spread: RefCell::default() });
    let hearing = Rc::clone(&told);
    let ear: Ear = Rc::new(move |payload, at| {
        hearing.all.set(hearing.all.get() + 1);
        if find(&payload[..payload.len().min(40)], b"seat.changed").is_some() {
            hearing.seats.set(hearing.seats.get() + 1);
            hearing.spread.borrow_mut().add(at.saturating_duration_since(hearing.asked.get()));
        }
    });
    let channels = vec![format!("event.{}", event.id), format!("seats.{}", event.id)];
    let target = Target::new(server.address);
    let present = crowd(&target, std::iter::repeat_n(None, watchers), |_| channels.clone(), &ear).await?;
    pause(1_500).await;
    let mut buyer = Buyer { http: Http::connect(server.address).await?, person: &people[0], event };
    told.spread.take();
    for number in 0..CALM {
        let before = told.seats.get();
        told.asked.set(Instant::now());
        let hold = buyer.hold(event.first_seat + number as i64).await?.context("nobody else is buying")?;
        arrived(&told, before + watchers as u64).await?;
        let spread = told.spread.take();
        buyer.release(hold).await?;
        arrived(&told, before + 2 * watchers as u64).await?;
        told.spread.replace(spread);
    }
    let what = format!("{} watchers", thousands(watchers as f64));
    table.row(format!("{what}: hold to its seat on their screens' sockets, one at a time"), told.spread.borrow_mut().percentiles());
    let (begun, before) = (Instant::now(), told.all.get());
    let holds = Cell::new(0_u32);
    let buying = people.iter().take(4).map(|person| {
        let holds = &holds;
        async move {
            let mut buyer = Buyer { http: Http::connect(server.address).await?, person, event };
            while begun.elapsed() < TIME {
                if let Some(hold) = buyer.hold(event.seat()).await? {
                    buyer.release(hold).await?;
                    holds.set(holds.get() + 1);
                }
            }
            anyhow::Ok(())
        }
    });
    try_join_all(buying).await?;
    let mut last = told.all.get();
    let mut ended = Instant::now();
    loop {
        pause(300).await;
        if told.all.get() == last {
            break;
        }
        (last, ended) = (told.all.get(), Instant::now());
    }
    let seconds = (ended - begun).as_secs_f64();
    table.row(
        format!("{what}: 4 buyers as fast as it goes"),
        format!(
            "{}/s holds and releases, {}/s deliveries",
            thousands(f64::from(holds.get() * 2) / seconds),
            thousands((last - before) as f64 / seconds)
        ),
    );
    drop(present);
    Ok(())
}

/// Waits until as many have been told of seats.
async fn arrived(told: &Told, count: u64) -> anyhow::Result<()> {
    let begun = Instant::now();
    while told.seats.get() < count {
        ensure!(begun.elapsed() < Duration::from_secs(20), "not everybody was told: {} of {count}", told.seats.get());
        pause(1).await;
    }
    Ok(())
}
