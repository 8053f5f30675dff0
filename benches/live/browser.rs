//! From sending in one real browser to visible in another; `end2end/bench.mjs` does it.

use std::process::Stdio;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use super::table::millis;
use crate::Bench;

/// The aims of DESIGN, in milliseconds.
const AIM_MEDIAN: f64 = 20.0;
const AIM_P99: f64 = 100.0;

/// What the script prints: one line of JSON, times in milliseconds.
#[derive(Deserialize)]
struct Visible {
    messages: u32,
    median: f64,
    p99: f64,
    own: f64,
}

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/end2end/bench.mjs");
    let mut command = bench.machine.on_all_cores("node");
    let output = command.arg(script).env("PLENUM_BIN", &bench.program).stderr(Stdio::inherit()).output().context("node does not run")?;
    ensure!(output.status.success(), "end2end/bench.mjs ended with {}; `scripts/setup bench` installs what it needs", output.status);
    let printed = String::from_utf8_lossy(&output.stdout);
    let line = printed.lines().rev().find(|line| line.starts_with('{')).context("end2end/bench.mjs printed no result")?;
    let visible: Visible = serde_json::from_str(line)?;
    let table = &mut bench.table;
    table.compared(
        format!("send to visible in the other browser, {} messages: median", visible.messages),
        millis(visible.median),
        "aim: 20 ms",
        visible.median / AIM_MEDIAN,
    );
    table.compared("the same: p99", millis(visible.p99), "aim: 100 ms", visible.p99 / AIM_P99);
    table.row("send to acknowledged in one's own browser: median", millis(visible.own));
    Ok(())
}
