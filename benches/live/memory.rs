//! What an idle, subscribed connection costs, with presence, limits and heartbeat on.

use std::time::Instant;

use super::{
    load::{counter, crowd},
    server::{Person, Seeded, pause},
    table::{kib, thousands},
    wire::{Listener, Target},
};
use crate::Bench;

const SIZES: [usize; 3] = [1_000, 5_000, 10_000];
/// The aim of DESIGN, in bytes a connection.
const AIM: f64 = 4.0 * 1024.0;
/// The server pings after this much silence, here sooner than usual, so that heartbeats happen while it settles.
const PING_SECONDS: &str = "4";

pub async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    bench.seeded().await?;
    for signed_in in [false, true] {
        measure_kind(bench, signed_in).await?;
    }
    Ok(())
}

/// A public channel for a visitor; a tab's usual five for someone who is signed in.
fn channels(seeded: &Seeded, person: Option<&Person>) -> Vec<String> {
    let public = format!("organisation.{}", seeded.organisation);
    match person {
        None => vec![public],
        Some(person) => vec![
            public,
            format!("private-organisation.{}", seeded.organisation),
            format!("private-person.{}", person.id),
            format!("private-conversation.{}", person.room),
            format!("presence-conversation.{}", person.room),
        ],
    }
}

async fn measure_kind(bench: &mut Bench, signed_in: bool) -> anyhow::Result<()> {
    let Bench { machine, table, seeded: Some(seeded), .. } = bench else { return Ok(()) };
    let server = seeded.serve(machine, &[("PLENUM_REALTIME__PING_SECONDS", PING_SECONDS)])?;
    let target = Target::new(server.address);
    let (ear, _) = counter();
    let kind = if signed_in { "signed in, 5 channels" } else { "visitor, 1 channel" };
    let who = |count: usize| seeded.people(count).map(move |person| signed_in.then_some(person));

    // Whatever the first connections make the process allocate for good is not any connection's own.
    drop(crowd(&target, who(20), |person| channels(seeded, person), &ear).await?);
    pause(500).await;
    let baseline = server.resident()?;
    if !signed_in {
        table.row("server without connections", format!("{:.1} MiB", baseline / 1_048_576.0));
    }
    let mut connections = Vec::new();
    for size in SIZES {
        let size = size.min(machine.most_sockets());
        let more = size - connections.len().min(size);
        let begun = Instant::now();
        connections.extend(crowd(&target, who(size).skip(size - more), |person| channels(seeded, person), &ear).await?);
        let rate = more as f64 / begun.elapsed().as_secs_f64();
        pause(2_000).await;
        let idle = async {
            pause(5_000).await;
            Ok(())
        };
        let ((), busy) = server.processor_time(idle).await?;
        let each = (server.resident()? - baseline) / size as f64;
        table.compared(format!("{kind}, {} connections", thousands(size as f64)), kib(each), "aim: 4.0 KiB", each / AIM);
        if size == SIZES[2].min(machine.most_sockets()) {
            table.row(format!("{kind}: connections a second while opening"), thousands(rate));
            table.row(format!("{kind}: the server's core while all are idle"), format!("{:.1} %", busy / 5.0 * 100.0));
        }
        if size < SIZES[2] && size == machine.most_sockets() {
            table.note(&format!("only {} sockets: the limit of open files", thousands(size as f64)));
            break;
        }
    }
    let count = connections.len();
    let full = server.resident()?;
    leave(connections).await;
    let left = server.resident()? - baseline;
    table.row(
        format!("{kind}: left behind when all have gone"),
        format!("{:.1} MiB ({} each)", left / 1_048_576.0, kib(left / count as f64)),
    );
    // What was left behind is used again, or it is a leak.
    let connections = crowd(&target, who(count), |person| channels(seeded, person), &ear).await?;
    pause(3_000).await;
    let again = server.resident()?;
    table.compared(
        format!("{kind}: the process when all are back"),
        format!("{:.1} MiB", again / 1_048_576.0),
        format!("before: {:.1} MiB", full / 1_048_576.0),
        again / full,
    );
    drop(connections);
    Ok(())
}

/// Everyone says goodbye and is gone, past the grace of five seconds in which they still count.
async fn leave(connections: Vec<Listener>) {
    for connection in &connections {
        connection.close();
    }
    pause(500).await;
    drop(connections);
    pause(7_500).await;
}
