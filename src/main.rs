//! The server's entry and the command line.

use std::{
    fs::{File, TryLockError},
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
use plenum_core::people::Email;
use plenum_live::plenum_auth;
use plenum_store::db;
use plenum_wallet::server::verify;
use plenum_web::mail::carrier::Carrier;
use rustix::fs::Mode;
use serde::de::DeserializeOwned;
use sqlx::{Connection as _, sqlite::SqliteConnectOptions};

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
    /// Looks after organisations; while the server runs, its page /admin/organisations does.
    Organisation {
        #[command(subcommand)]
        command: OrganisationCommand,
    },
    /// Looks after mail.
    Mail {
        #[command(subcommand)]
        command: MailCommand,
    },
    /// Lists the pages, one a line.
    Routes,
}

#[derive(Subcommand)]
enum OrganisationCommand {
    /// Makes one, and prints the invitation for its first admin.
    Add {
        /// What it is called.
        name: String,
        /// The host name that it is reached at.
        #[arg(long)]
        host: String,
    },
}

#[derive(Subcommand)]
enum MailCommand {
    /// Sends one mail as the settings say, also while the server runs, and says what the mail server answered; fails if it refused.
    Test {
        /// The address to send it to.
        address: String,
    },
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
    // What it writes (database, backups, mails) is for nobody else of this machine.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    runtime.block_on(act(arguments.command, loaded))
}

async fn act(command: Command, loaded: Loaded) -> anyhow::Result<()> {
    let config = &loaded.config;
    match command {
        Command::Serve { seed } => {
            let _lock = lock_database(config)?;
            if seed {
                run::seed(&loaded, Seeding::default()).await?;
            }
            run::serve(&loaded).await
        }
        Command::Seed { large, empty_inboxes } => {
            let _lock = lock_database(config)?;
            run::seed(&loaded, Seeding { large, empty_inboxes }).await
        }
        Command::Status => status(&loaded).await,
        Command::Doctor => doctor(&loaded).await,
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
        Command::Organisation { command: OrganisationCommand::Add { name, host } } => {
            let _lock = lock_database(config)
                .context("organisations are made here while no server runs; beside one, use its page /admin/organisations")?;
            run::add_organisation(&loaded, &name, &host).await
        }
        Command::Mail { command: MailCommand::Test { address } } => test_mail(config, &address).await,
        Command::Routes => Ok(()),
    }
}

/// Sends one mail at once.
async fn test_mail(config: &Config, address: &str) -> anyhow::Result<()> {
    let to = Email::parse(address).map_err(|error| anyhow::anyhow!(error.message))?;
    println!("{}", Carrier::new(&config.mail)?.send_trial(&to, db::now()).await?);
    Ok(())
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
    let target = database_path(config);
    db::restore(backup, &target, LIVE_SCHEMA).await?;
    println!("Restored {} from {}", target.display(), backup.display());
    Ok(())
}

/// Asks the server whether it and its database are well.
async fn status(loaded: &Loaded) -> anyhow::Result<()> {
    let status: Status = ask(loaded, "/api/v1/realtime/status", Duration::from_secs(3)).await?;
    print!("{status}");
    Ok(())
}

/// Has the server measure itself.
async fn doctor(loaded: &Loaded) -> anyhow::Result<()> {
    // It gives its database five seconds, and then says that it does not answer.
    let checkup: Checkup = ask(loaded, "/api/v1/realtime/health", Duration::from_secs(30)).await?;
    print!("{checkup}");
    ensure!(!checkup.is_bad(), "not well: see above what to do");
    Ok(())
}

/// The secret of the server's own, as its database has it.
async fn own_secret(config: &Config) -> anyhow::Result<plenum_auth::AppSecret> {
    let options = SqliteConnectOptions::new().filename(database_path(config)).read_only(true).busy_timeout(Duration::from_secs(1));
    let mut conn = db::Conn::connect_with(&options).await?;
    let secret: String = sqlx::query_scalar("select secret from own_application where id = 1").fetch_one(&mut conn).await?;
    conn.close().await?;
    Ok(plenum_auth::AppSecret::new(secret))
}

/// What the server at the configured address answers to a program on its own machine.
async fn ask<T: DeserializeOwned>(loaded: &Loaded, path: &str, patience: Duration) -> anyhow::Result<T> {
    let address = run::leptos_options(loaded)?.site_addr;
    let client = reqwest::Client::builder().connect_timeout(Duration::from_secs(2)).timeout(patience).no_proxy().build()?;
    let mut question = client.get(format!("http://{address}{path}"));
    // Behind a proxy it is not enough to be on the same machine. A database that cannot be read is for the answer to tell.
    if let Ok(secret) = own_secret(&loaded.config).await {
        question = question.bearer_auth(plenum_auth::figures_token(&secret));
    }
    let answer = question.send().await;
    let answer = answer.with_context(|| format!("not well: nothing answers at {address}; is the server running?"))?;
    ensure!(
        !matches!(answer.status(), reqwest::StatusCode::FORBIDDEN | reqwest::StatusCode::UNAUTHORIZED),
        "the server at {address} tells its figures to none but programs that can read its database: is {} the one?",
        loaded.config.database.url
    );
    ensure!(answer.status().is_success(), "not well: the server at {address} runs, but its database does not answer");
    let body = answer.bytes().await.with_context(|| format!("not well: the server at {address} stopped in the middle of its answer"))?;
    serde_json::from_slice(&body).context("the server's answer cannot be read; is it another version?")
}
