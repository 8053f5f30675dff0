//! An external application: clients on one public channel, a backend that publishes over the HTTP API with four
//! requests in flight. The same figures of any server that speaks the protocol, so that [`peers`](super::peers)
//! can be measured in the same way.

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use futures::{StreamExt as _, TryStreamExt as _, future::try_join_all, stream};
use md5::{Digest as _, Md5};
use plenum_live::pusher::signature::{AppSecret, hex, request};
use plenum_store::db::now;
use serde_json::json;

use super::{
    fanout::{bare_loop, show},
    http::Http,
    load::{Hit, IN_FLIGHT, Outcome, Publisher, Tally, counter, crowd, publish},
    machine::{Machine, processor_time, resident},
    server::{Server, pause},
    table::{kib, thousands},
    wire::{Ear, Socket, Target},
};
use crate::Bench;

/// The application that every server is told of.
pub const APP_ID: &str = "1000001";
/// Its key.
pub const KEY: &str = "bench-key";
/// Its secret.
pub const SECRET: &str = "bench-secret";
const CHANNEL: &str = "stadium";
/// Sockets that are opened at once, as in [`crowd`].
const OPENING: usize = 64;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Crowds that are published to; the last one is also what memory is measured with.
    pub crowds: [usize; 2],
    /// How long.
    pub time: Duration,
    /// Connections that come and go.
    pub churn: usize,
}

impl Scale {
    /// What this machine allows; with `BENCH_SHORT` set, only enough to see that it works.
    pub fn here(machine: &Machine) -> Self {
        let sockets = |wanted: usize| wanted.min(machine.most_sockets());
        if std::env::var_os("BENCH_SHORT").is_some() {
            return Self { crowds: [100, sockets(1_000)], time: Duration::from_secs(1), churn: 5_000 };
        }
        Self { crowds: [1_000, sockets(10_000)], time: Duration::from_secs(6), churn: 100_000 }
    }
}

/// A server under load.
#[derive(Debug, Clone, Copy)]
pub struct Contestant {
    /// What it is called in the table.
    pub name: &'static str,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process.
    pub process: u32,
}

/// One crowd, published to as fast as it goes and at half that rate.
#[derive(Debug)]
pub struct Fanout {
    /// How many there are.
    pub listeners: usize,
    /// As fast as it goes.
    pub saturated: Outcome,
    /// At half that rate.
    pub half: Outcome,
}

/// What a server does.
#[derive(Debug)]
pub struct Figures {
    /// Bytes a connection, idle and subscribed.
    pub idle: f64,
    /// Connections a second, each subscribed, while the largest crowd comes.
    pub connects: f64,
    /// Of each crowd.
    pub fanouts: Vec<Fanout>,
    /// Connections a second that come, subscribe and go.
    pub churn: f64,
    /// Resident memory before and after they did.
    pub resident: (f64, f64),
}

/// Plenum's external application alone, beside the bare loop.
pub async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let Bench { machine, program, table, .. } = bench;
    let scale = Scale::here(machine);
    let figures = {
        let server = plenum(program, machine)?;
        figures(&contestant(&server), scale).await?
    };
    for Fanout { listeners, saturated, half } in &figures.fanouts {
        let bare = bare_loop(machine, saturated.bytes, *listeners).await?;
        show(table, &format!("{} subscribers, {} bytes", thousands(*listeners as f64), saturated.bytes), saturated, half, &bare);
    }
    let aim = 4.0 * 1024.0;
    table.compared(
        format!("{} idle connections", thousands(scale.crowds[1] as f64)),
        kib(figures.idle),
        "aim: 4.0 KiB",
        figures.idle / aim,
    );
    table.row("connections a second, each with a channel", format!("{}/s", thousands(figures.connects)));
    table.row(format!("{} that come and go", thousands(scale.churn as f64)), format!("{}/s", thousands(figures.churn)));
    let (before, after) = figures.resident;
    let mebibytes = |bytes: f64| format!("{:.1} MiB", bytes / 1_048_576.0);
    table.compared("the process when all have gone", mebibytes(after), format!("before: {}", mebibytes(before)), after / before);
    Ok(())
}

/// A Plenum with the application.
///
/// # Errors
/// If it does not start.
pub fn plenum(program: &std::path::Path, machine: &Machine) -> anyhow::Result<Server> {
    Server::fresh(program, machine, &[("PLENUM_APP__ID", APP_ID), ("PLENUM_APP__KEY", KEY), ("PLENUM_APP__SECRET", SECRET)])
}

/// It, as one that is compared.
pub fn contestant(server: &Server) -> Contestant {
    Contestant { name: "Plenum", address: server.address, process: server.process() }
}

/// Publishes over the HTTP API, as a backend's SDK does.
struct Backend {
    http: Http,
    secret: AppSecret,
}

impl Backend {
    async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self { http: Http::connect(address).await?, secret: AppSecret::new(SECRET) })
    }
}

impl Publisher for Backend {
    async fn publish(&mut self, hit: Hit) -> anyhow::Result<()> {
        let data = format!("{:<64}", format!("{hit} sixty-four bytes of data, as a backend sends them"));
        let body = json!({ "name": "goal", "channels": [CHANNEL], "data": data }).to_string();
        let digest = hex(&Md5::digest(body.as_bytes()));
        let timestamp = (now() / 1000).to_string();
        let query = [("auth_key", KEY), ("auth_timestamp", &timestamp), ("auth_version", "1.0"), ("body_md5", &digest)];
        let signed = request("POST", &path(), &query.map(|(key, value)| (key.to_owned(), value.to_owned())));
        let query: Vec<String> = query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let signature = self.secret.sign(signed.as_bytes());
        self.http.post_json(&format!("{}?{}&auth_signature={signature}", path(), query.join("&")), &body).await
    }
}

fn path() -> String {
    format!("/apps/{APP_ID}/events")
}

/// Measures a server that has just been started.
///
/// # Errors
/// If it refuses something, or ends.
pub async fn figures(contestant: &Contestant, scale: Scale) -> anyhow::Result<Figures> {
    let target = Target::of(contestant.address, KEY);
    // What is loaded with the first connections is not theirs.
    come_and_go(&target, 200).await?;
    pause(1_000).await;
    let before = resident(contestant.process)?;
    let begun = Instant::now();
    come_and_go(&target, scale.churn).await?;
    let churn = scale.churn as f64 / begun.elapsed().as_secs_f64();
    pause(5_000).await;
    let after = resident(contestant.process)?;

    let mut fanouts = Vec::new();
    let (mut idle, mut connects) = (f64::NAN, f64::NAN);
    for listeners in scale.crowds {
        let empty = resident(contestant.process)?;
        // One crowd for both rounds: what it hears goes to the tally of the moment.
        let tally = Rc::new(RefCell::new(Tally::of_any_server()));
        let hearing = Rc::clone(&tally);
        let ear: Ear = Rc::new(move |payload, at| hearing.borrow().hear(payload, at));
        let begun = Instant::now();
        let crowd = crowd(&target, (0..listeners).map(|_| None), |_| vec![CHANNEL.to_owned()], &ear).await?;
        connects = listeners as f64 / begun.elapsed().as_secs_f64();
        pause(2_000).await;
        // Memory that earlier ones left to be used again is not counted against the server: the last crowd is the largest.
        idle = (resident(contestant.process)? - empty) / listeners as f64;
        let mut backends = try_join_all((0..IN_FLIGHT).map(|_| Backend::connect(contestant.address))).await?;
        let round = async |backends: &mut [Backend], pause: Option<Duration>| {
            let fresh = Tally::of_any_server();
            tally.replace(Rc::clone(&fresh));
            let published = publish(&fresh, backends, listeners, scale.time, pause);
            let (mut outcome, seconds) = processor_time(contestant.process, published).await?;
            outcome.processor = seconds;
            anyhow::Ok(outcome)
        };
        let saturated = round(&mut backends, None).await?;
        // What arrives counts: a server may acknowledge more than it delivers.
        let rate = (saturated.deliveries / listeners as f64).max(0.1);
        let half = round(&mut backends, Some(Duration::from_secs_f64(2.0 * IN_FLIGHT as f64 / rate))).await?;
        fanouts.push(Fanout { listeners, saturated, half });
        drop(crowd);
        pause(4_000).await;
    }
    Ok(Figures { idle, connects, fanouts, churn, resident: (before, after) })
}

/// So many connect, subscribe and go, every other one with a goodbye.
async fn come_and_go(target: &Target, count: usize) -> anyhow::Result<()> {
    let (ear, _) = counter();
    let (ear, channel) = (&ear, &[CHANNEL.to_owned()]);
    let gone = Cell::new(0);
    stream::iter(0..count)
        .map(|number| async move {
            let mut socket = Socket::open(target, None).await?;
            ensure!(socket.is_let_in().await?, "the server is full");
            socket.subscribe(channel, None).await?;
            let listener = socket.listen(Rc::clone(ear));
            if number % 2 == 0 {
                listener.close();
            }
            anyhow::Ok(())
        })
        .buffer_unordered(OPENING)
        .try_for_each(|()| {
            gone.set(gone.get() + 1);
            std::future::ready(Ok(()))
        })
        .await?;
    ensure!(gone.get() == count, "only {} of {count} came", gone.get());
    Ok(())
}
