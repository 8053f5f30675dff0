//! `make bench`: what Plenum costs and how fast it is, printed as one table.
//!
//! This process is the load: it starts the built server as a process of its own on another
//! core and another disk file, and speaks to it as browsers do. Ratios of one run count;
//! absolute figures belong to the machine. Nothing here passes or fails.
//!
//! The map:
//! - [`machine`](live::machine) looks at cores and open files; [`server`](live::server) seeds
//!   a database and runs servers over copies of it; [`load`](live::load) opens thousands of
//!   sockets and publishes.
//! - [`wire`](live::wire) and [`http`](live::http) are the smallest possible clients, so that
//!   the load generator is not what is measured; [`yardstick`](live::yardstick) is the least
//!   that any server must do.
//! - one file a section: memory, fan-out, external applications, writes, latency, resync, storm, pages,
//!   bundle, browser, seats, inbox, attack; and [`peers`](live::peers), other servers, which only `make bench-peers` measures.
//!
//! `cargo bench --features ssr --bench live -- fanout writes` measures these two only;
//! `PLENUM_BIN` names another server than `dist/plenum`.

mod live {
    pub mod attack;
    pub mod browser;
    pub mod bundle;
    pub mod external;
    pub mod fanout;
    pub mod http;
    pub mod inbox;
    pub mod latency;
    pub mod load;
    pub mod machine;
    pub mod memory;
    pub mod pages;
    pub mod peers;
    pub mod resync;
    pub mod seats;
    pub mod server;
    pub mod storm;
    pub mod table;
    pub mod wire;
    pub mod writes;
    pub mod yardstick;
}

use std::{env, path::PathBuf, time::Instant};

use anyhow::{Context as _, ensure};
use live::{machine::Machine, server::Seeded, table::Table, yardstick};
use tokio::task::LocalSet;

/// Measured only if it is named: it needs `scripts/setup peers`.
const PEERS: (&str, &str) = ("peers", "the same of sockudo and Bun's WebSocket server (5 min)");

/// Everything that is measured unless sections are named, in the order in which it is, with how long it takes.
const SECTIONS: &[(&str, &str)] = &[
    ("memory", "resident memory per idle connection (50 s)"),
    ("fanout", "one publish to 1,000 subscribers, against a bare loop (60 s)"),
    ("external", "an external application: 1,000 and 10,000 subscribers, 100,000 that come and go (100 s)"),
    ("writes", "messages a second, against SQLite's own transactions (25 s)"),
    ("latency", "from send to received, on an idle server (10 s)"),
    ("resync", "300 missed events after a reconnect (5 s)"),
    ("storm", "connections a second; 5,000 that all come back at once (20 s)"),
    ("pages", "pages over the large seed: time, size, queries (15 s)"),
    ("bundle", "what a browser loads first"),
    ("browser", "from send in one browser to visible in another (25 s)"),
    ("seats", "seats held a second by 200 buyers; 5,000 who watch (40 s)"),
    ("inbox", "notifications: visible, resynced, 10,000 at once beside a chat (60 s)"),
    ("attack", "a person's pages and messages beside each attack (90 s)"),
];

/// What every section is given.
pub struct Bench {
    /// Cores and limits.
    pub machine: Machine,
    /// The server's program.
    pub program: PathBuf,
    /// The rows so far.
    pub table: Table,
    seeded: Option<Seeded>,
}

impl Bench {
    /// The large seed with everyone signed in; made at the first call.
    async fn seeded(&mut self) -> anyhow::Result<&Seeded> {
        if self.seeded.is_none() {
            let seeded = Seeded::make(&self.program, &self.machine, &mut self.table).await?;
            self.seeded = Some(seeded);
        }
        self.seeded.as_ref().context("seeded a moment ago")
    }
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.first().is_some_and(|first| first == yardstick::FLAG) {
        return yardstick::serve();
    }
    if arguments.iter().any(|argument| argument.starts_with('-')) {
        println!("Usage: cargo bench --features ssr --bench live -- [SECTION…]\n");
        for (name, what) in SECTIONS.iter().chain([&PEERS]) {
            println!("  {name:<10}{what}");
        }
        println!("\nBENCH_SHORT=1 makes external, inbox and peers small, to see that they work.");
        return Ok(());
    }
    for wanted in &arguments {
        ensure!(SECTIONS.iter().chain([&PEERS]).any(|(name, _)| name == wanted), "there is no section {wanted}; --help lists them");
    }
    let machine = Machine::prepare()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, measure(machine, &arguments))
}

async fn measure(machine: Machine, wanted: &[String]) -> anyhow::Result<()> {
    let program = match env::var_os("PLENUM_BIN") {
        Some(program) => PathBuf::from(program),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("dist/plenum"),
    };
    ensure!(program.is_file(), "there is no {}; `make build` makes it", program.display());
    for line in machine.describe() {
        eprintln!("{line}");
    }
    let begun = Instant::now();
    let mut bench = Bench { machine, program, table: Table::default(), seeded: None };
    for (name, what) in SECTIONS.iter().chain([&PEERS]) {
        let is_named = wanted.iter().any(|wanted| wanted == name);
        let is_usual = wanted.is_empty() && *name != PEERS.0;
        if !is_named && !is_usual {
            continue;
        }
        bench.table.begin(name, what);
        let outcome = match *name {
            "memory" => live::memory::measure(&mut bench).await,
            "fanout" => live::fanout::measure(&mut bench).await,
            "external" => live::external::measure(&mut bench).await,
            "peers" => live::peers::measure(&mut bench).await,
            "writes" => live::writes::measure(&mut bench).await,
            "latency" => live::latency::measure(&mut bench).await,
            "resync" => live::resync::measure(&mut bench).await,
            "storm" => live::storm::measure(&mut bench).await,
            "pages" => live::pages::measure(&mut bench).await,
            "bundle" => live::bundle::measure(&mut bench),
            "seats" => live::seats::measure(&mut bench).await,
            "attack" => live::attack::measure(&mut bench).await,
            "inbox" => live::inbox::measure(&mut bench).await,
            _ => live::browser::measure(&mut bench),
        };
        // One section that cannot be measured does not take the others with it.
        if let Err(error) = outcome {
            bench.table.note(&format!("not measured: {error:#}"));
        }
    }
    println!();
    for line in bench.machine.describe() {
        println!("{line}");
    }
    print!("{}", bench.table);
    println!("measured in {:.0} s; ratios count, absolute figures belong to this machine", begun.elapsed().as_secs_f64());
    Ok(())
}
