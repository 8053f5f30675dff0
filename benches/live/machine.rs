//! The machine: which cores there are and who gets which, and how many files may be open.

use std::{
    ffi::OsStr,
    fs,
    process::{self, Command, Stdio},
};

use anyhow::Context as _;

/// Open files that are no sockets of the crowd: databases, pipes, HTTP connections.
const OTHER_FILES: usize = 300;
/// The kernel's ticks a second in `/proc/…/stat`; on Linux always this.
const TICKS: f64 = 100.0;

/// Cores and limits, as this run uses them.
#[derive(Debug)]
pub struct Machine {
    cores: Vec<usize>,
    pinned: bool,
    open_files: usize,
}

impl Machine {
    /// Looks around, raises the limit of open files as far as allowed, and takes the second core for this process.
    ///
    /// # Errors
    /// If `/proc` cannot be read: this needs Linux.
    pub fn prepare() -> anyhow::Result<Self> {
        let status = fs::read_to_string("/proc/self/status")?;
        let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
        let cores = cores_in(list.trim());
        let (soft, hard) = open_files()?;
        if soft < hard {
            // Children inherit it.
            run("prlimit", &["--pid", &process::id().to_string(), &format!("--nofile={hard}:{hard}")]);
        }
        let (open_files, _) = open_files()?;
        let pinned = cores.len() >= 2 && run("taskset", &["-acp", &cores[1].to_string(), &process::id().to_string()]);
        Ok(Self { cores, pinned, open_files })
    }

    /// A command that runs on the server's core.
    pub fn on_servers_core(&self, program: impl AsRef<OsStr>) -> Command {
        self.on(&self.cores.first().map_or_else(String::new, ToString::to_string), program)
    }

    /// A command that may use every core, as this process could before it was pinned.
    pub fn on_all_cores(&self, program: impl AsRef<OsStr>) -> Command {
        let list: Vec<String> = self.cores.iter().map(ToString::to_string).collect();
        self.on(&list.join(","), program)
    }

    fn on(&self, cores: &str, program: impl AsRef<OsStr>) -> Command {
        if !self.pinned {
            return Command::new(program);
        }
        let mut command = Command::new("taskset");
        command.args(["-c", cores]).arg(program);
        command
    }

    /// Sockets that one process may have open here.
    pub fn most_sockets(&self) -> usize {
        self.open_files.saturating_sub(OTHER_FILES)
    }

    /// What a reader of the table must know.
    pub fn describe(&self) -> Vec<String> {
        let model = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = model
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
            .map_or("an unknown processor", |(_, name)| name.trim());
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let cores = match (self.pinned, self.cores.as_slice()) {
            (true, [server, load, ..]) => format!("the server on core {server}, the load on core {load}"),
            _ => format!("server and load share {} core(s): no ratio holds", self.cores.len()),
        };
        vec![
            format!("{model}, Linux {}, {} cores: {cores}", kernel.trim(), self.cores.len()),
            format!("open files: {}, so at most {} sockets", self.open_files, self.most_sockets()),
            format!(
                "load of the last minute: {}",
                fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or_default()
            ),
        ]
    }
}

/// Seconds of processor time that a process of ours has used so far.
///
/// # Errors
/// If it has ended.
fn processor_seconds(process: u32) -> anyhow::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    Ok((ticks(11) + ticks(12)) / TICKS)
}

/// Resident memory of a process of ours, in bytes.
///
/// # Errors
/// If it has ended.
pub fn resident(process: u32) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the process has ended")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
}

/// Seconds of processor time that `process` used while `body` ran. What is done in one of them
/// hardly depends on who else uses the machine.
///
/// # Errors
/// What `body` returned, or that the process has ended.
pub async fn processor_time<T>(process: u32, body: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<(T, f64)> {
    let before = processor_seconds(process)?;
    let value = body.await?;
    Ok((value, processor_seconds(process)? - before))
}

/// `0-2,5` as numbers.
fn cores_in(list: &str) -> Vec<usize> {
    let mut cores = Vec::new();
    for part in list.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(first), Ok(last)) = (first.parse::<usize>(), last.parse::<usize>()) {
            cores.extend(first..=last);
        }
    }
    cores
}

/// The soft and the hard limit of open files.
fn open_files() -> anyhow::Result<(usize, usize)> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default();
    let mut numbers = line.split_whitespace().skip(3).map(|number| number.parse().unwrap_or(1024));
    let soft = numbers.next().unwrap_or(1024);
    Ok((soft, numbers.next().unwrap_or(soft)))
}

/// True if the command is there and succeeds.
fn run(command: &str, arguments: &[&str]) -> bool {
    Command::new(command).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
