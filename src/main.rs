//! The server's entry and the command line.

use std::{
    fs::{File, TryLockError},
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use clap::{Parser, Subcommand};
use plenum::{
    LIVE_SCHEMA,
    config::{Config, Loaded},
    run,
    seed::Seeding,
    status::Status,
    telemetry,
};
use plenum_admin::public::Checkup;
use plenum_store::db;
use plenum_wallet::server::verify;
use serde::de::DeserializeOwned;

/// The live place of an institution.
#[derive(Parser)]
#[command(version, about, propagate_version = true)]
struct Arguments {
    /// The settings file; else ./Leptos.toml, else the one beside the program.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the site; creates and migrates the database first.
    Serve {
        /// Fill an empty database first, as `seed` does.
        #[arg(long)]
        seed: bool,
    },
    /// Fills an empty database with a believable institution; twice is harmless.
    Seed {
        /// 2,000 people, 300 rooms and 200,000 messages.
        #[arg(long)]
        large: bool,
        /// Tell nobody anything: inboxes are empty, and no broadcast was sent
        #[arg(long)]
        empty_inboxes: bool,
    },
    /// Says whether the server at the configured address is well.
    Status,
    /// Has the running server measure itself, and says what is not well and what to do; fails if something is bad.
    Doctor,
    /// Creates the database or brings it up to date.
    Migrate,
    /// Writes a consistent copy of the database, also while the server runs.
    Backup {
        /// The file to write; it must not exist.
        file: PathBuf,
    },
    /// Puts a backup in the database's place; clients will take fresh snapshots.
    Restore {
        /// The backup.
        file: PathBuf,
    },
    /// Looks at the ledger of the wallets, also while the server runs.
    Ledger {
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// Lists the pages, one a line.
    Routes,
}

#[derive(Subcommand)]
enum LedgerCommand {
    /// Proves that the ledger is even: every balance is the sum of its postings, every transfer sums to zero; fails if something is off.
    Verify,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        // One line with its causes; where in the code it was helps nobody at the command line.
        Err(error) => {
            eprintln!("plenum: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if matches!(arguments.command, Command::Routes) {
        for page in plenum::router::pages() {
            println!("{page}");
        }
        return Ok(());
    }
    let loaded = Config::load(arguments.config.as_deref())?;
    telemetry::start_logs(&loaded.config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    runtime.block_on(act(arguments.command, loaded))
}

async fn act(command: Command, loaded: Loaded) -> anyhow::Result<()> {
    let config = &loaded.config;
    match command {
        Command::Serve { seed } => {
            let _lock = lock_database(config)?;
            if seed {
                run::seed(config, Seeding::default()).await?;
            }
            run::serve(&loaded).await
        }
        Command::Seed { large, empty_inboxes } => {
            let _lock = lock_database(config)?;
            run::seed(config, Seeding { large, empty_inboxes }).await
        }
        Command::Status => status(&loaded),
        Command::Doctor => doctor(&loaded),
        Command::Migrate => {
            let _lock = lock_database(config)?;
            let (store, _commits) = db::Store::open(&config.database.url, LIVE_SCHEMA).await?;
            store.close().await;
            println!("The database is up to date: {}", database_path(config).display());
            Ok(())
        }
        Command::Backup { file } => {
            db::backup(&database_path(config), &file).await?;
            println!("Backed up to {}", file.display());
            Ok(())
        }
        Command::Restore { file } => restore(config, &file).await,
        Command::Ledger { command: LedgerCommand::Verify } => verify_ledger(config).await,
        Command::Routes => Ok(()),
    }
}

/// Looks at the whole ledger, and fails if something is off.
async fn verify_ledger(config: &Config) -> anyhow::Result<()> {
    let proof = verify::verify(&database_path(config)).await?;
    print!("{proof}");
    ensure!(proof.off.is_empty(), "the ledger is off: restore a backup, or put it right by transfers; postings are never changed");
    Ok(())
}

/// The database's file, without the address's scheme and options.
fn database_path(config: &Config) -> PathBuf {
    let path = config.database.url.trim_start_matches("sqlite://");
    PathBuf::from(path.split_once('?').map_or(path, |(path, _)| path))
}

/// Holds the database for one process: `seed`, `migrate` and `restore` refuse while a server has it.
fn lock_database(config: &Config) -> anyhow::Result<File> {
    let path = database_path(config).with_extension("db.lock");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!("a Plenum process has the database open; stop it first ({})", path.display()),
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock the database"),
    }
}

async fn restore(config: &Config, backup: &Path) -> anyhow::Result<()> {
    let _lock = lock_database(config)?;
    ensure!(backup.is_file(), "there is no backup at {}", backup.display());
    db::check_backup(backup).await.with_context(|| format!("{} is not a backup of Plenum", backup.display()))?;
    let target = database_path(config);
    // Beside the target first, then into its place: a failed copy loses nothing.
    let fresh = target.with_extension("db.restored");
    std::fs::copy(backup, &fresh).with_context(|| format!("cannot copy to {}", fresh.display()))?;
    for suffix in ["-wal", "-shm"] {
        let mut name = target.clone().into_os_string();
        name.push(suffix);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error).context("cannot remove the old journal"),
            _ => {}
        }
    }
    std::fs::rename(&fresh, &target).context("cannot put the backup in place")?;
    db::renew_epoch(&config.database.url, LIVE_SCHEMA).await?;
    println!("Restored {} from {}", target.display(), backup.display());
    Ok(())
}

/// Asks the server whether it and its database are well.
fn status(loaded: &Loaded) -> anyhow::Result<()> {
    let status: Status = ask(loaded, "/api/v1/realtime/status", Duration::from_secs(3))?;
    print!("{status}");
    Ok(())
}

/// Has the server measure itself.
fn doctor(loaded: &Loaded) -> anyhow::Result<()> {
    // It gives its database five seconds, and then says that it does not answer.
    let checkup: Checkup = ask(loaded, "/api/v1/realtime/health", Duration::from_secs(30))?;
    print!("{checkup}");
    ensure!(!checkup.is_bad(), "not well: see above what to do");
    Ok(())
}

/// What the server at the configured address answers to a program on its own machine.
fn ask<T: DeserializeOwned>(loaded: &Loaded, path: &str, patience: Duration) -> anyhow::Result<T> {
    let address = run::leptos_options(loaded)?.site_addr;
    let ask = || -> anyhow::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
        stream.set_read_timeout(Some(patience))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = ask().with_context(|| format!("not well: nothing answers at {address}; is the server running?"))?;
    let status = answer.split_whitespace().nth(1).unwrap_or_default();
    ensure!(status == "200", "not well: the server at {address} runs, but its database does not answer");
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).context("the server's answer cannot be read; is it another version?")
}
