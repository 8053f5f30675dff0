//! `make bench-peers`: Plenum's external application beside other servers of the same protocol, one after the
//! other on the same core, under the same load. Each is a process with its usual settings and without limits.

use std::{
    env, fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, bail};

use super::{
    external::{APP_ID, Contestant, Fanout, Figures, KEY, SECRET, Scale, contestant, figures, plenum},
    load::Outcome,
    machine::Machine,
    server::pause,
    table::{Table, kib, millis, thousands},
};
use crate::Bench;

pub async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let Bench { machine, program, table, .. } = bench;
    let scale = Scale::here(machine);
    let ours = {
        eprintln!("  (Plenum…)");
        let server = plenum(program, machine)?;
        figures(&contestant(&server), scale).await?
    };
    for start in [Peer::sockudo as fn(&Machine) -> anyhow::Result<Peer>, Peer::bun] {
        let peer = start(machine)?;
        peer.listens().await?;
        eprintln!("  ({}…)", peer.contestant.name);
        match figures(&peer.contestant, scale).await {
            Ok(theirs) => show(table, scale, &ours, peer.contestant.name, &theirs),
            Err(error) => table.note(&format!("{}: not measured: {error:#}", peer.contestant.name)),
        }
    }
    Ok(())
}

/// Another server; killed when it is dropped.
struct Peer {
    child: Child,
    contestant: Contestant,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn installed(path: &str) -> anyhow::Result<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/peers").join(path);
    // A link would be another process name, and a shell around it another process.
    fs::canonicalize(&path).with_context(|| format!("there is no {}; `scripts/setup peers` installs it", path.display()))
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

impl Peer {
    fn sockudo(machine: &Machine) -> anyhow::Result<Self> {
        let (address, metrics) = (free_address()?, free_address()?);
        let mut command = machine.on_servers_core(installed("bin/sockudo")?);
        command
            .env("HOST", "127.0.0.1")
            .env("PORT", address.port().to_string())
            .env("METRICS_PORT", metrics.port().to_string())
            .env("RUST_LOG", "error")
            .env("RATE_LIMITER_ENABLED", "false")
            .env("SOCKUDO_DEFAULT_APP_ENABLED", "true")
            .env("SOCKUDO_DEFAULT_APP_ID", APP_ID)
            .env("SOCKUDO_DEFAULT_APP_KEY", KEY)
            .env("SOCKUDO_DEFAULT_APP_SECRET", SECRET)
            .env("SOCKUDO_DEFAULT_APP_MAX_CONNECTIONS", "1000000")
            .env("SOCKUDO_DEFAULT_APP_MAX_BACKEND_EVENTS_PER_SECOND", "1000000");
        Self::start("sockudo", command, address)
    }

    fn bun(machine: &Machine) -> anyhow::Result<Self> {
        let address = free_address()?;
        let mut command = machine.on_servers_core(installed("node_modules/bun/bin/bun.exe")?);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/bun.js")).arg(address.port().to_string());
        Self::start("Bun", command, address)
    }

    fn start(name: &'static str, mut command: Command, address: SocketAddr) -> anyhow::Result<Self> {
        // What is set for Plenum, or for another sockudo, is none of theirs.
        for (variable, _) in env::vars_os() {
            let is_known = command.get_envs().any(|(own, _)| own == variable);
            if !is_known && variable.to_str().is_some_and(|name| name.starts_with("SOCKUDO_") || name.starts_with("PLENUM_")) {
                command.env_remove(variable);
            }
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Self { contestant: Contestant { name, address, process: child.id() }, child })
    }

    /// Waits until it can be connected to.
    async fn listens(&self) -> anyhow::Result<()> {
        for _ in 0..100 {
            if TcpStream::connect(self.contestant.address).is_ok() {
                return Ok(());
            }
            pause(100).await;
        }
        bail!("{} does not listen", self.contestant.name)
    }
}

/// Plenum's figures beside a peer's; the ratio is the first over the second.
fn show(table: &mut Table, scale: Scale, ours: &Figures, name: &str, theirs: &Figures) {
    for (our, their) in ours.fanouts.iter().zip(&theirs.fanouts) {
        show_fanout(table, our, name, their);
    }
    let connections = thousands(scale.crowds[1] as f64);
    table.compared(
        format!("{connections} idle connections, each"),
        kib(ours.idle),
        format!("{name}: {}", kib(theirs.idle)),
        ours.idle / theirs.idle,
    );
    for (what, our, their) in
        [("connections a second", ours.connects, theirs.connects), ("connections that come and go, a second", ours.churn, theirs.churn)]
    {
        table.compared(what, format!("{}/s", thousands(our)), format!("{name}: {}/s", thousands(their)), our / their);
    }
    let growth = |figures: &Figures| (figures.resident.1 - figures.resident.0) / 1_048_576.0;
    table.row(
        format!("growth of the process by {} that came and went", thousands(scale.churn as f64)),
        format!("{:.1} MiB; {name}: {:.1} MiB", growth(ours), growth(theirs)),
    );
}

fn show_fanout(table: &mut Table, ours: &Fanout, name: &str, theirs: &Fanout) {
    let crowd = format!("{} subscribers", thousands(ours.listeners as f64));
    let (our, their) = (ours.saturated.deliveries, theirs.saturated.deliveries);
    table.compared(
        format!("{crowd}: deliveries, as fast as it goes"),
        format!("{}/s", thousands(our)),
        format!("{name}: {}/s", thousands(their)),
        our / their,
    );
    let share = |outcome: &Outcome| outcome.count as f64 / outcome.processor;
    table.compared(
        format!("{crowd}: deliveries in a second of processor time"),
        thousands(share(&ours.saturated)),
        format!("{name}: {}", thousands(share(&theirs.saturated))),
        share(&ours.saturated) / share(&theirs.saturated),
    );
    for (when, our, their) in
        [("as fast as it goes", &ours.saturated, &theirs.saturated), ("each at half its rate", &ours.half, &theirs.half)]
    {
        let (our_p99, their_p99) = (our.spread.clone().quantile(0.99), their.spread.clone().quantile(0.99));
        table.compared(format!("{crowd}: p99, {when}"), millis(our_p99), format!("{name}: {}", millis(their_p99)), our_p99 / their_p99);
        for (who, outcome) in [("Plenum", our), (name, their)] {
            if !outcome.complete {
                table.note(&format!("{crowd}, {when}: not everything arrived from {who}"));
            }
        }
    }
}
