//! A socket that comes back after 300 events: how long until it has them all.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use tokio::time::timeout;

use super::{
    http::Http,
    load::{Hit, counter},
    server::pause,
    table::{Spread, millis},
    wire::{Ear, Socket, Target, trailing_seq},
};
use crate::Bench;

const MISSED: u64 = 300;
const TIMES: usize = 20;
/// The aim of DESIGN, in milliseconds.
const AIM: f64 = 100.0;

pub async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    bench.seeded().await?;
    let Bench { machine, table, seeded: Some(seeded), .. } = bench else { return Ok(()) };
    let server = seeded.serve(machine, &[])?;
    let target = Target::new(server.address);
    let (author, reader) = (&seeded.people[0], &seeded.people[1]);
    let channels = [format!("private-conversation.{}", seeded.general)];

    let mut before = Socket::open(&target, Some(reader)).await?;
    let cursor = before.subscribe(&channels, None).await?;
    drop(before);
    let mut http = Http::connect(server.address).await?;
    for number in 0..MISSED {
        http.send_message(author, seeded.general, &format!("{} a line of sixty-four bytes, as people write them in a room", Hit(number)))
            .await?;
    }
    let mut spread = Spread::default();
    for _ in 0..TIMES {
        let begun = Instant::now();
        let mut socket = Socket::open(&target, Some(reader)).await?;
        socket.subscribe(&channels, Some(&cursor)).await?;
        let (count, received) = counter();
        let ear: Ear = Rc::new(move |payload, at| {
            if trailing_seq(payload).is_some() {
                count(payload, at);
            }
        });
        let listener = socket.listen(ear);
        let all = timeout(Duration::from_secs(10), async {
            while received.get() < MISSED {
                tokio::task::yield_now().await;
            }
        });
        ensure!(all.await.is_ok(), "only {} of {MISSED} events came", received.get());
        spread.add(begun.elapsed());
        drop(listener);
        pause(20).await;
    }
    let median = spread.quantile(0.5);
    table.compared(
        format!("connect, resume and receive {MISSED} missed events, {TIMES} times"),
        format!("median {}, slowest {}", millis(median), millis(spread.quantile(1.0))),
        "aim: 100 ms",
        median / AIM,
    );
    Ok(())
}
