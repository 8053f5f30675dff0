//! What a browser loads before a page lives: script, program and style, as they go over the
//! line. The program comes in chunks: what all pages need, and what the pages of a chunk do.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, ensure};

use super::table::kib;
use crate::Bench;

/// The aim of DESIGN, in bytes.
const AIM: f64 = 350.0 * 1024.0;

/// Pages, and the chunks that they load first; a page beside the list of conversations loads the list's too.
const PAGES: [(&str, &[&str]); 7] = [
    ("sign-in", &["doors"]),
    ("messages", &["list"]),
    ("a conversation", &["list", "thread"]),
    ("today, inbox, people, settings", &["others"]),
    ("the pages of admins", &["admin"]),
    ("events, seats, orders, tickets, wallet", &["box_office"]),
    ("rooms, new, search", &["list", "others"]),
];

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let folder = bench.program.with_file_name("site").join("pkg");
    let names = names(&folder)?;
    let manifest = names.iter().find(|name| name.starts_with("__wasm_split_manifest") && name.ends_with(".json"));
    let manifest = fs::read(folder.join(manifest.context("there is no manifest of the chunks")?))?;
    let chunks: BTreeMap<String, Vec<String>> = serde_json::from_slice(&manifest)?;

    let mut shared = 0.0;
    let mut parts = Vec::new();
    for (what, begins, ends) in [("wasm", "plenum", ".wasm.br"), ("js", "", ".js.br"), ("css", "plenum", ".css.br")] {
        let files: Vec<_> = names.iter().filter(|name| name.starts_with(begins) && name.ends_with(ends)).collect();
        ensure!(!files.is_empty(), "there is no {begins}*{ends} in {}", folder.display());
        let size = files.iter().map(|name| size(&folder, name)).sum::<anyhow::Result<f64>>()?;
        parts.push(format!("{what} {}", kib(size)));
        shared += size;
    }
    for (page, wanted) in PAGES {
        let files: BTreeSet<&String> = wanted.iter().filter_map(|chunk| chunks.get(*chunk)).flatten().collect();
        ensure!(!files.is_empty(), "the manifest names no chunk of {page}");
        let own = files.iter().map(|name| size(&folder, &format!("{name}.wasm.br"))).sum::<anyhow::Result<f64>>()?;
        let label = format!("{page}, brotli: {}, chunks {} in {} files", parts.join(", "), kib(own), files.len());
        bench.table.compared(label, kib(shared + own), "aim: 350 KiB", (shared + own) / AIM);
    }
    Ok(())
}

fn names(folder: &Path) -> anyhow::Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("there is no {}", folder.display()))?;
    Ok(entries.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

fn size(folder: &Path, name: &str) -> anyhow::Result<f64> {
    Ok(fs::metadata(folder.join(name)).with_context(|| format!("there is no {name}"))?.len() as f64)
}
