//! A seeded database with everyone signed in, and servers over copies of it.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use plenum_store::db::now;
use plenum_web::sign_ins::{self, SessionId};
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use super::{
    machine::{Machine, processor_time, resident},
    table::{Table, thousands},
};

/// Someone who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub id: i64,
    /// The header that says so.
    pub cookie: String,
    /// A room that they are in, not the general one.
    pub room: i64,
}

/// The large seed.
#[derive(Debug)]
pub struct Seeded {
    folder: TempDir,
    program: PathBuf,
    /// Everyone of the organisation.
    pub people: Vec<Person>,
    /// The organisation.
    pub organisation: i64,
    /// The room that everyone is in.
    pub general: i64,
}

/// A folder on the disk that the build is on; where temporary files live may be memory.
pub fn folder() -> anyhow::Result<TempDir> {
    Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?)
}

/// What the server is told; what a developer has set for their own is none of the bench's business.
fn configure<'a>(command: &'a mut Command, program: &Path, folder: &Path) -> &'a mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("PLENUM_") || name.starts_with("LEPTOS_")) {
            command.env_remove(name);
        }
    }
    if !program.with_file_name("Leptos.toml").is_file() {
        command.env("LEPTOS_OUTPUT_NAME", "plenum");
    }
    command
        .current_dir(folder)
        .env("PLENUM_DATABASE__URL", format!("sqlite://{}", folder.join("plenum.db").display()))
        .env("PLENUM_MAIL__OUTBOX", folder.join("outbox"))
        .env("LEPTOS_SITE_ADDR", "127.0.0.1:0")
}

impl Seeded {
    /// Runs `plenum seed --large` and signs everyone in by inserting the rows.
    ///
    /// # Errors
    /// If seeding fails.
    pub async fn make(program: &Path, machine: &Machine, table: &mut Table) -> anyhow::Result<Self> {
        eprintln!("  (seeding 2,000 people and 200,000 messages…)");
        let folder = folder()?;
        let begun = Instant::now();
        let mut command = machine.on_all_cores(program);
        let status = configure(&mut command, program, folder.path()).args(["seed", "--large"]).stdout(Stdio::null()).status()?;
        ensure!(status.success(), "plenum seed --large failed");
        let seconds = begun.elapsed().as_secs_f64();
        let path = folder.path().join("plenum.db");
        let mut database = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&path)).await?;
        let (general, organisation): (i64, i64) =
            sqlx::query_as("select id, organisation_id from conversations where general order by id limit 1")
                .fetch_one(&mut database)
                .await?;
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "select p.id, coalesce((select min(c.id) from memberships m join conversations c on c.id = m.conversation_id
                                    where m.person_id = p.id and c.kind = 'room' and not c.general), $2)
             from people p join memberships g on g.person_id = p.id and g.conversation_id = $2 where organisation_id = $1 order by p.id",
        )
        .bind(organisation)
        .bind(general)
        .fetch_all(&mut database)
        .await?;
        let mut people = Vec::with_capacity(rows.len());
        let mut tx = database.begin().await?;
        for (id, room) in rows {
            let session = SessionId::default();
            sqlx::query(
                "insert into sign_ins (person_id, token_hash, device, address, created_at, used_at, expires_at)
                 values ($1, $2, 'bench', '127.0.0.1', $3, $3, $3 + 86400000)",
            )
            .bind(id)
            .bind(sign_ins::hash(&session))
            .bind(now())
            .execute(&mut *tx)
            .await?;
            people.push(Person { id, cookie: format!("plenum_sign_in={session}"), room });
        }
        tx.commit().await?;
        let (messages,): (i64,) = sqlx::query_as("select count(*) from messages").fetch_one(&mut database).await?;
        database.close().await?;
        let size = fs::metadata(&path)?.len() as f64 / 1_048_576.0;
        table.row(
            "plenum seed --large",
            format!("{seconds:.1} s: {} people, {} messages, {size:.0} MiB", thousands(people.len() as f64), thousands(messages as f64)),
        );
        Ok(Self { folder, program: program.to_owned(), people, organisation, general })
    }

    /// `count` people, each as often as there are sockets to fill.
    pub fn people(&self, count: usize) -> impl Iterator<Item = &Person> {
        self.people.iter().cycle().take(count)
    }

    /// A server over a copy of the database, with limits out of the way and `settings` on top.
    ///
    /// # Errors
    /// If it does not start.
    pub fn serve(&self, machine: &Machine, settings: &[(&str, &str)]) -> anyhow::Result<Server> {
        let folder = folder()?;
        fs::copy(self.folder.path().join("plenum.db"), folder.path().join("plenum.db"))?;
        let mut command = machine.on_servers_core(&self.program);
        configure(&mut command, &self.program, folder.path())
            .arg("serve")
            .env("PLENUM_LOG__FILTER", "warn")
            .env("PLENUM_LOG__FORMAT", "json")
            .env("PLENUM_LIMITS__CONNECTIONS", "0")
            .env("PLENUM_LIMITS__CONNECTIONS_PER_APPLICATION", "0")
            .env("PLENUM_LIMITS__APPLICATION_SOCKETS_PER_ADDRESS", "0")
            .env("PLENUM_LIMITS__FRAMES_PER_SECOND", "0")
            .env("PLENUM_LIMITS__SOCKETS_PER_PERSON", "0")
            .env("PLENUM_LIMITS__ANONYMOUS_SOCKETS_PER_ADDRESS", "0")
            .env("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")
            .env("PLENUM_LIMITS__MARKS_PER_MINUTE", "0")
            .env("PLENUM_LIMITS__CLIENT_EVENTS_PER_SECOND", "0")
            .envs(settings.iter().copied());
        Server::spawn(command, folder)
    }
}

/// A running server; killed when it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    folder: TempDir,
    /// Where it listens.
    pub address: SocketAddr,
    /// Statements that it has logged, and other lines (warnings).
    pub statements: Arc<AtomicU64>,
    warnings: Arc<AtomicU64>,
}

impl Server {
    /// A server over an empty database, with limits out of the way and `settings` on top.
    ///
    /// # Errors
    /// If it does not start.
    pub fn fresh(program: &Path, machine: &Machine, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let folder = folder()?;
        let mut command = machine.on_servers_core(program);
        configure(&mut command, program, folder.path())
            .arg("serve")
            .env("PLENUM_LOG__FILTER", "warn")
            .env("PLENUM_LOG__FORMAT", "json")
            .env("PLENUM_LIMITS__CONNECTIONS", "0")
            .env("PLENUM_LIMITS__CONNECTIONS_PER_APPLICATION", "0")
            .env("PLENUM_LIMITS__APPLICATION_SOCKETS_PER_ADDRESS", "0")
            .env("PLENUM_LIMITS__FRAMES_PER_SECOND", "0")
            .envs(settings.iter().copied());
        Self::spawn(command, folder)
    }

    /// Its database's file.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("plenum.db")
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    fn spawn(mut command: Command, folder: TempDir) -> anyhow::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().context("a pipe")?;
        let stderr = child.stderr.take().context("a pipe")?;
        let (statements, warnings) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let counted = (Arc::clone(&statements), Arc::clone(&warnings));
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if line.contains("\"rows_affected\"") && line.contains("\"DEBUG\"") {
                    counted.0.fetch_add(1, Ordering::Relaxed);
                } else if !line.contains("\"DEBUG\"") && counted.1.fetch_add(1, Ordering::Relaxed) == 0 {
                    let said = serde_json::from_str::<Value>(&line).ok().and_then(|said| said["message"].as_str().map(str::to_owned));
                    eprintln!("  (the server logged: {})", said.unwrap_or(line));
                }
            }
        });
        let mut lines = BufReader::new(stdout).lines();
        let address = loop {
            let line = lines.next().context("the server ended before it served")??;
            if let Some(url) = line.strip_prefix("Plenum is at http://") {
                break url.trim().parse()?;
            }
        };
        // Keep the pipe open: the server may print more.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, folder, address, statements, warnings })
    }

    /// Resident memory in bytes.
    ///
    /// # Errors
    /// If it has ended.
    pub fn resident(&self) -> anyhow::Result<f64> {
        resident(self.child.id())
    }

    /// Seconds of processor time that the server used while `body` ran.
    ///
    /// # Errors
    /// What `body` returned, or that the server has ended.
    pub async fn processor_time<T>(&self, body: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<(T, f64)> {
        processor_time(self.child.id(), body).await
    }

    /// Warnings and errors that it logged.
    pub fn warnings(&self) -> u64 {
        self.warnings.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Milliseconds of quiet.
pub async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
