//! What a browser loads before a page lives: script, program and style, as they go over the line.

use std::fs;

use anyhow::{Context as _, ensure};

use super::table::kib;
use crate::Bench;

/// The aim of DESIGN, in bytes.
const AIM: f64 = 350.0 * 1024.0;

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let folder = bench.program.with_file_name("site").join("pkg");
    let mut total = 0.0;
    let mut parts = Vec::new();
    for kind in ["wasm", "js", "css"] {
        let suffix = format!(".{kind}.br");
        let entries = fs::read_dir(&folder).with_context(|| format!("there is no {}", folder.display()))?;
        let files: Vec<_> = entries.filter_map(Result::ok).filter(|entry| entry.file_name().to_string_lossy().ends_with(&suffix)).collect();
        ensure!(!files.is_empty(), "there is no {} in {}", suffix, folder.display());
        let size: u64 = files.iter().filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum();
        parts.push(format!("{kind} {}", kib(size as f64)));
        total += size as f64;
    }
    bench.table.compared(format!("brotli: {}", parts.join(", ")), kib(total), "aim: 350 KiB", total / AIM);
    Ok(())
}
