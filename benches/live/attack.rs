//! What one client does to another (I33): a person's pages and messages, alone and beside each attack, on a server with the usual limits.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{io::AsyncWriteExt as _, task::JoinHandle};

use super::{
    http::Http,
    server::{Person, Seeded, Server, pause},
    table::{Spread, kib, millis},
    wire::{Socket, Target},
};
use crate::Bench;

/// How long a person asks, alone and beside an attack.
const TIME: Duration = Duration::from_secs(8);
/// Connections of an attack.
const AT_ONCE: usize = 200;
/// What a server has that nobody has set up for a bench, one external application, and a proxy at the address that attacks come from.
const USUAL: [(&str, &str); 10] = [
    ("PLENUM_LIMITS__CONNECTIONS", "10000"),
    ("PLENUM_LIMITS__CONNECTIONS_PER_APPLICATION", "1000"),
    ("PLENUM_LIMITS__SOCKETS_PER_PERSON", "10"),
    ("PLENUM_LIMITS__ANONYMOUS_SOCKETS_PER_ADDRESS", "50"),
    ("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "100"),
    ("PLENUM_LIMITS__FRAMES_PER_SECOND", "20"),
    ("PLENUM_APP__ID", "bench"),
    ("PLENUM_APP__KEY", "bench-key"),
    ("PLENUM_APP__SECRET", "bench-secret"),
    ("PLENUM_SERVER__TRUSTED_PROXIES", "127.0.0.2"),
];

/// What somebody does who has no sign-in.
#[derive(Debug, Clone, Copy)]
enum Attack {
    /// Requests whose head is never completed; a new one is sent when the server closes one.
    HalfRequests,
    /// Sockets that join and leave as fast as they are answered.
    Frames(&'static str),
    /// Commands, each from another address.
    Addresses,
}

const ATTACKS: [(&str, Attack); 4] = [
    ("200 requests that never end", Attack::HalfRequests),
    ("200 sockets that join and leave", Attack::Frames("plenum")),
    ("the same on an external application", Attack::Frames("bench-key")),
    ("200 connections, each command from another address", Attack::Addresses),
];

pub async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    bench.seeded().await?;
    let Bench { machine, table, seeded: Some(seeded), .. } = bench else { return Ok(()) };
    for (name, attack) in ATTACKS {
        let server = seeded.serve(machine, &USUAL)?;
        // The first ones pay for caches and prepared statements.
        others(&server, seeded, TIME / 8).await?;
        let mut alone = others(&server, seeded, TIME).await?;
        let before = server.resident()?;
        let attackers: Vec<JoinHandle<()>> =
            (0..AT_ONCE).map(|number| tokio::task::spawn_local(attack_on(server.address, attack, number as u32))).collect();
        pause(1_000).await;
        let mut beside = others(&server, seeded, TIME).await?;
        let grown = server.resident()? - before;
        attackers.iter().for_each(JoinHandle::abort);
        for (what, alone, beside) in
            [("pages", &mut alone.pages, &mut beside.pages), ("messages", &mut alone.messages, &mut beside.messages)]
        {
            let (usual, attacked) = (alone.quantile(0.99), beside.quantile(0.99));
            table.compared(
                format!("{name}: another's {what}"),
                beside.percentiles(),
                format!("p99 alone {}", millis(usual)),
                attacked / usual,
            );
        }
        table.row(format!("{name}: memory"), format!("{} more", kib(grown)));
    }
    Ok(())
}

/// What people wait for.
#[derive(Default)]
struct Others {
    pages: Spread,
    messages: Spread,
}

/// People who open a page and send a message, one after the other, each few enough for their own limits.
async fn others(server: &Server, seeded: &Seeded, time: Duration) -> anyhow::Result<Others> {
    let mut http = Http::connect(server.address).await?;
    let (mut waited, begun) = (Others::default(), Instant::now());
    for person in seeded.people.iter().cycle() {
        if begun.elapsed() > time {
            break;
        }
        one(&mut http, seeded, person, &mut waited).await?;
        pause(10).await;
    }
    Ok(waited)
}

async fn one(http: &mut Http, seeded: &Seeded, person: &Person, waited: &mut Others) -> anyhow::Result<()> {
    let asked = Instant::now();
    http.get(&format!("/messages/{}", seeded.general), Some(person), "identity").await?;
    waited.pages.add(asked.elapsed());
    let sent = Instant::now();
    http.send_message(person, seeded.general, "all the same").await?;
    waited.messages.add(sent.elapsed());
    Ok(())
}

/// One of the attackers; what the server refuses is tried again.
async fn attack_on(address: std::net::SocketAddr, attack: Attack, number: u32) {
    let target = match attack {
        Attack::Frames(key) => Target::of(address, key),
        Attack::HalfRequests | Attack::Addresses => Target::new(address),
    };
    for round in 0..u32::MAX {
        let _ = match attack {
            Attack::HalfRequests => half_request(&target).await,
            Attack::Frames(_) => flood(&target, number).await,
            Attack::Addresses => commands(&target, address, number).await,
        };
        // Without this a server that refuses at once would be measured against a loop of this process.
        pause(if round < 3 { 10 } else { 100 }).await;
    }
}

async fn half_request(target: &Target) -> anyhow::Result<()> {
    let mut stream = target.connect().await?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await?;
    loop {
        pause(500).await;
        stream.write_all(b"x: y\r\n").await?;
    }
}

async fn flood(target: &Target, number: u32) -> anyhow::Result<()> {
    let mut socket = Socket::open(target, None).await?;
    socket.next().await?;
    for round in 0..u32::MAX {
        let channel = format!("organisation.{number}{round}");
        for event in ["pusher:subscribe", "pusher:unsubscribe"] {
            socket.say(&json!({ "event": event, "data": { "channel": channel } }).to_string()).await?;
        }
        socket.next().await?;
    }
    Ok(())
}

async fn commands(target: &Target, address: std::net::SocketAddr, number: u32) -> anyhow::Result<()> {
    let mut http = Http::over(target.connect().await?, address);
    for round in 0..u32::MAX {
        let from = Ipv4Addr::from_bits(0x0800_0000 + number * 0x1_0000 + round % 0x1_0000);
        let head = format!(
            "POST /fn/people/sign_out HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\nx-forwarded-for: {from}\r\naccept: application/json\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 0\r\n\r\n"
        );
        http.request(head.as_bytes()).await?;
    }
    Ok(())
}
