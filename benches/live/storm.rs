//! Connections a second, and the worst moment of a live system: everyone is cut off and
//! comes back at once, each to resume from where it was.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use futures::future::join_all;
use serde_json::Value;
use tokio::time::timeout;

use super::{
    http::Http,
    load::{Hit, counter, crowd},
    server::{Person, pause},
    table::{Spread, thousands},
    wire::{Ear, Listener, Socket, Target},
};
use crate::Bench;

const OPENED: usize = 2_000;
const STORM: usize = 5_000;
const PATIENCE: Duration = Duration::from_secs(30);

pub async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    bench.seeded().await?;
    let Bench { machine, table, seeded: Some(seeded), .. } = bench else { return Ok(()) };
    // The limit on all connections is the usual one: those who come back must not be refused for the ghosts of those who left.
    let server = seeded.serve(machine, &[("PLENUM_LIMITS__CONNECTIONS", "10000")])?;
    let target = Target::new(server.address);
    let channels = |person: Option<&Person>| {
        person.map_or_else(Vec::new, |person| {
            vec![format!("private-conversation.{}", seeded.general), format!("private-person.{}", person.id)]
        })
    };
    let (ear, _) = counter();

    let begun = Instant::now();
    let (opened, processor) = server.processor_time(crowd(&target, seeded.people(OPENED).map(Some), channels, &ear)).await?;
    let rate = opened.len() as f64 / begun.elapsed().as_secs_f64();
    table.row(
        "connections a second, each with its cookie and two channels",
        format!("{}/s; {} µs of processor time each", thousands(rate), thousands(processor / OPENED as f64 * 1e6)),
    );
    drop(opened);
    pause(1_500).await;

    let storm = STORM.min(machine.most_sockets() / 2);
    let mut before = Socket::open(&target, Some(&seeded.people[0])).await?;
    let cursor = before.subscribe(&channels(seeded.people.first())[..1], None).await?;
    drop(before);
    let present = crowd(&target, seeded.people(storm).map(Some), channels, &ear).await?;
    pause(1_000).await;
    drop(present);
    // Something happens while they are away.
    let mut http = Http::connect(server.address).await?;
    http.send_message(&seeded.people[0], seeded.general, &format!("{} while you were out", Hit(0))).await?;

    let begun = Instant::now();
    let returned = Return {
        target: &target,
        channel: format!("private-conversation.{}", seeded.general),
        cursor,
        ear,
        refused: Cell::default(),
        failed: Cell::default(),
    };
    let coming = join_all(seeded.people(storm).map(|person| returned.come(person)));
    let (back, processor) = server.processor_time(async { Ok(coming.await) }).await?;
    let mut times = Spread::default();
    let mut listeners = Vec::new();
    for (listener, took) in back.into_iter().flatten() {
        times.add(took);
        listeners.push(listener);
    }
    let all = times.quantile(1.0) / 1000.0;
    table.row(
        format!("{} dropped at once, all come back at once", thousands(storm as f64)),
        format!("{all:.1} s until the last has resumed, half after {:.1} s", times.quantile(0.5) / 1000.0),
    );
    table.row(
        "of them",
        format!(
            "{} resumed, {} refused, {} failed; {}/s; {} µs of processor time each",
            thousands(listeners.len() as f64),
            returned.refused.get(),
            returned.failed.get(),
            thousands(listeners.len() as f64 / begun.elapsed().as_secs_f64()),
            thousands(processor / storm as f64 * 1e6)
        ),
    );
    Ok(())
}

/// Someone's way back.
struct Return<'a> {
    target: &'a Target,
    channel: String,
    cursor: Value,
    ear: Ear,
    refused: Cell<u32>,
    failed: Cell<u32>,
}

impl Return<'_> {
    /// Connects and resumes; none if that is refused or fails.
    async fn come(&self, person: &Person) -> Option<(Listener, Duration)> {
        let begun = Instant::now();
        let back = async {
            let mut socket = Socket::open(self.target, Some(person)).await?;
            if !socket.is_let_in().await? {
                return anyhow::Ok(None);
            }
            socket.subscribe(std::slice::from_ref(&self.channel), Some(&self.cursor)).await?;
            socket.subscribe(&[format!("private-person.{}", person.id)], None).await?;
            Ok(Some(socket.listen(Rc::clone(&self.ear))))
        };
        match timeout(PATIENCE, back).await {
            Ok(Ok(Some(listener))) => return Some((listener, begun.elapsed())),
            Ok(Ok(None)) => self.refused.set(self.refused.get() + 1),
            Ok(Err(_)) | Err(_) => self.failed.set(self.failed.get() + 1),
        }
        None
    }
}
