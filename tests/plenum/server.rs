//! A server process of its own for each test, over a copy of one seeded database.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        LazyLock, OnceLock,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use plenum_core::ids::PersonId;
use plenum_web::sign_ins::{self, SessionId};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{socket::Socket, waiting::eventually_true};

const PROGRAM: &str = env!("CARGO_BIN_EXE_plenum");
const PUBLIC_URL: &str = "PLENUM_SERVER__PUBLIC_URL";

/// The seeded database that every test copies; made once. What people are told is what the test does.
fn seeded() -> &'static Path {
    static SEEDED: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = SEEDED.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("plenum.db");
        let status = command(folder.path(), &[]).args(["seed", "--empty-inboxes"]).stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "seeding failed");
        (folder, path)
    });
    path
}

fn command(folder: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .current_dir(folder)
        .env("PLENUM_DATABASE__URL", format!("sqlite://{}", folder.join("plenum.db").display()))
        .env("PLENUM_MAIL__OUTBOX", folder.join("outbox"))
        .env("PLENUM_LOG__FILTER", "warn")
        .env("LEPTOS_OUTPUT_NAME", "plenum")
        .env("LEPTOS_HASH_FILES", "false")
        // Backends of tests are on this machine.
        .env("PLENUM_WEBHOOKS__ALLOW_PRIVATE", "true")
        // Where the server has an address that others reach its clock cannot be turned.
        .env("PLENUM_TESTING__CLOCK", (!variables.iter().any(|(name, _)| *name == PUBLIC_URL)).to_string())
        .envs(variables.iter().copied());
    command
}

/// Nobody asks whether rights still stand: what ends live is what ends them (I24).
pub const ONLY_REVOKED: (&str, &str) = ("PLENUM_REALTIME__RECHECK_SECONDS", "86400");

/// A running server; killed when it is dropped.
pub struct Server {
    child: Child,
    pub url: String,
    folder: TempDir,
    variables: Vec<(String, String)>,
    /// By how many milliseconds its clock was turned.
    ahead: AtomicU64,
}

impl Server {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(variables: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::copy(seeded(), folder.path().join("plenum.db")).unwrap();
        let variables: Vec<(String, String)> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let address = free_address();
        let (child, _) = spawn(folder.path(), &variables, &address);
        Self { child, url: format!("http://{address}"), folder, variables, ahead: AtomicU64::new(0) }
    }

    /// An empty folder instead of the seeded database; returns what it printed before its address, too.
    pub fn start_empty() -> (Self, Vec<String>) {
        let folder = TempDir::new().unwrap();
        let (child, url, printed) = spawn_and_read(folder.path(), &[], &free_address());
        (Self { child, url, folder, variables: Vec::new(), ahead: AtomicU64::new(0) }, printed)
    }

    /// `kill -9`: no goodbye, no flush.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its process, for those who end it while others hold on to it.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The same database on the same port again.
    pub fn restart(&mut self) {
        self.restart_with(&[]);
    }

    pub fn restart_with(&mut self, more: &[(&str, &str)]) {
        self.variables.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let ahead = self.ahead.load(Ordering::Relaxed).to_string();
        let clock = ("PLENUM_TESTING__AHEAD_MS".to_owned(), ahead);
        let variables: Vec<_> = self.variables.iter().cloned().chain([clock]).collect();
        let address = self.address().to_owned();
        (self.child, _) = spawn(self.folder.path(), &variables, &address);
    }

    /// The time by the server's clock.
    pub fn now(&self) -> i64 {
        plenum_store::db::now() + i64::try_from(self.ahead.load(Ordering::Relaxed)).unwrap()
    }

    /// Turns the clock of the running server forward by so many milliseconds.
    pub async fn advance(&self, milliseconds: i64) {
        self.post("/testing/clock", json!({ "advance_ms": milliseconds })).await;
        self.advance_while_down(milliseconds);
    }

    /// Turns its clock to the instant `at`, if that is ahead.
    pub async fn advance_to(&self, at: i64) {
        self.advance((at - self.now()).max(0)).await;
    }

    /// Lets so many milliseconds pass between the server's end and its restart.
    pub fn advance_while_down(&self, milliseconds: i64) {
        self.ahead.fetch_add(u64::try_from(milliseconds).unwrap(), Ordering::Relaxed);
    }

    /// Waits until the server has so many connections, all of Plenum's own browsers.
    pub async fn connections(&self, count: usize) {
        eventually_true("sockets that were closed are gone", async || {
            let status: Value = self.get("/api/v1/realtime/status").await.json().await.unwrap();
            status["connections"] == count
        })
        .await;
    }

    /// Sells seats to a person as the program does; their wallet is as before. Returns the order and its tickets.
    pub async fn sell(&self, person: &Person, event: i64, seats: &[i64]) -> (i64, Vec<i64>) {
        let sold = self.post("/testing/sales", json!({ "person": person.email, "event": event, "seats": seats })).await;
        serde_json::from_str(&sold).map(|Sold { order, tickets }| (order, tickets)).unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> String {
        let response = client().post(format!("{}{path}", self.url)).json(&body).send().await.unwrap();
        let (status, answer) = (response.status(), response.text().await.unwrap());
        assert_eq!(status, 200, "{path} {body}: {answer}");
        answer
    }

    /// Lets somebody have so many cents.
    pub async fn set_wallet(&self, person: &Person, cents: i64) {
        self.post("/testing/wallets", json!({ "people": [person.email], "cents": cents })).await;
    }

    /// `plenum ledger verify`, beside the running server or without it: whether it is content, and what it says.
    pub fn verify_ledger(&self) -> (bool, String) {
        let output = self.run(&["ledger", "verify"]);
        (output.status.success(), format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
    }

    /// The ledger is even, and agrees with deposits, withdrawals and orders (I13).
    pub fn assert_even(&self) {
        let (even, said) = self.verify_ledger();
        assert!(even && said.contains("The ledger is even."), "{said}");
    }

    /// SIGTERM, and waits for the end.
    pub fn stop(&mut self) {
        let status = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(status.success());
        self.child.wait().unwrap();
    }

    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs another command of the program against the same settings.
    pub fn run(&self, arguments: &[&str]) -> std::process::Output {
        let variables: Vec<(&str, &str)> = self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        command(self.folder.path(), &variables).env("LEPTOS_SITE_ADDR", self.address()).args(arguments).output().unwrap()
    }

    /// Resident memory of the process, in bytes.
    pub fn resident(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }

    /// The database, for looking behind the scenes.
    pub async fn database(&self) -> sqlx::SqlitePool {
        let options =
            sqlx::sqlite::SqliteConnectOptions::new().filename(self.folder.path().join("plenum.db")).busy_timeout(Duration::from_secs(10));
        sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap()
    }

    /// Signs a seeded person in without the cost of a password, by inserting the row.
    pub async fn person(&self, name: &str) -> Person {
        let database = self.database().await;
        let email = format!("{name}@plenum.example");
        let (id, organisation): (i64, i64) =
            sqlx::query_as("select id, organisation_id from people where email = $1").bind(&email).fetch_one(&database).await.unwrap();
        let session = SessionId::default();
        let (sign_in,): (i64,) = sqlx::query_as(
            "insert into sign_ins (person_id, token_hash, device, address, created_at, used_at, expires_at)
             values ($1, $2, 'test', '127.0.0.1', $3, $3, $3 + 30 * 86400000) returning id",
        )
        .bind(id)
        .bind(sign_ins::hash(&session))
        .bind(self.now())
        .fetch_one(&database)
        .await
        .unwrap();
        database.close().await;
        let cookie = format!("plenum_sign_in={session}");
        Person { id: PersonId(id), organisation, sign_in, email, cookie, url: self.url.clone(), http: client() }
    }

    /// People beside the seeded ones, signed in, each with so many cents.
    pub async fn rich_crowd(&self, organisation: i64, count: usize, cents: i64) -> Vec<Person> {
        let database = self.database().await;
        let mut tx = database.begin().await.unwrap();
        let now = self.now();
        let mut crowd = Vec::with_capacity(count);
        for number in 0..count {
            let (email, session) = (format!("rich{number}@plenum.example"), SessionId::default());
            let id: i64 = sqlx::query_scalar(
                "insert into people (organisation_id, email, name, password_hash, hue, created_at) values ($1, $2, $3, '', 0, 0) returning id",
            )
            .bind(organisation)
            .bind(&email)
            .bind(format!("Rich {number}"))
            .fetch_one(&mut *tx)
            .await
            .unwrap();
            let sign_in: i64 = sqlx::query_scalar(
                "insert into sign_ins (person_id, token_hash, device, address, created_at, used_at, expires_at)
                 values ($1, $2, 'test', '127.0.0.1', $3, $3, $3 + 30 * 86400000) returning id",
            )
            .bind(id)
            .bind(sign_ins::hash(&session))
            .bind(now)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
            let cookie = format!("plenum_sign_in={session}");
            crowd.push(Person { id: PersonId(id), organisation, sign_in, email, cookie, url: self.url.clone(), http: client() });
        }
        tx.commit().await.unwrap();
        database.close().await;
        let emails: Vec<&str> = crowd.iter().map(|person| person.email.as_str()).collect();
        self.post("/testing/wallets", json!({ "people": emails, "cents": cents })).await;
        crowd
    }

    /// A socket without cookie or Origin.
    pub async fn visitor(&self) -> Socket {
        Socket::open(&self.url, None).await
    }

    /// A GET without a cookie.
    pub async fn get(&self, path: &str) -> reqwest::Response {
        client().get(format!("{}{path}", self.url)).send().await.unwrap()
    }
}

/// What came of a sale.
#[derive(serde::Deserialize)]
struct Sold {
    order: i64,
    tickets: Vec<i64>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the server says when it does not start with these settings.
pub fn refused(variables: &[(&str, &str)]) -> String {
    let folder = TempDir::new().unwrap();
    let output =
        command(folder.path(), &[("LEPTOS_SITE_ADDR", "127.0.0.1:0")]).envs(variables.iter().copied()).arg("serve").output().unwrap();
    assert!(!output.status.success(), "it started with {variables:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// An address that a server keeps while it is down: no other one of this process gets it, and its port is below those that the system
/// gives to outgoing connections.
pub fn free_address() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = std::process::id().wrapping_mul(613).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let address = format!("127.0.0.1:{}", 10_000 + number % 20_000);
        if std::net::TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}

/// A client for HTTP. Each request has a connection of its own: one that is kept could be of a server that was killed meanwhile.
pub fn client() -> reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).pool_max_idle_per_host(0);
        client.timeout(Duration::from_secs(60)).build().unwrap()
    });
    CLIENT.clone()
}

fn spawn(folder: &Path, variables: &[(String, String)], address: &str) -> (Child, String) {
    let (child, url, _) = spawn_and_read(folder, variables, address);
    (child, url)
}

fn spawn_and_read(folder: &Path, variables: &[(String, String)], address: &str) -> (Child, String, Vec<String>) {
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut child = command(folder, &variables).arg("serve").env("LEPTOS_SITE_ADDR", address).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut printed = Vec::new();
    loop {
        let Some(Ok(line)) = lines.next() else {
            let status = child.wait().unwrap();
            panic!("the server ended before it served: {status}");
        };
        if let Some(url) = line.strip_prefix("Plenum is at ") {
            let url = url.to_owned();
            // Keep the pipe open: the server may print more.
            std::thread::spawn(move || lines.for_each(drop));
            return (child, url, printed);
        }
        printed.push(line);
    }
}

/// A signed-in person.
#[derive(Clone)]
pub struct Person {
    pub id: PersonId,
    pub organisation: i64,
    pub sign_in: i64,
    pub email: String,
    pub cookie: String,
    url: String,
    http: reqwest::Client,
}

impl Person {
    /// Calls a command (POST) of the browser's private API.
    pub async fn call(&self, endpoint: &str, arguments: &[(&str, &str)]) -> reqwest::Response {
        self.try_call(endpoint, arguments).await.unwrap()
    }

    pub async fn try_call(&self, endpoint: &str, arguments: &[(&str, &str)]) -> reqwest::Result<reqwest::Response> {
        let request = self.http.post(format!("{}/fn/{endpoint}", self.url)).header("cookie", &self.cookie).header("origin", &self.url);
        request.header("accept", "application/json").form(arguments).send().await
    }

    /// Sends a form of the page at `from`, as a browser without scripts does; returns where it is led.
    pub async fn submit(&self, endpoint: &str, arguments: &[(&str, &str)], from: &str) -> String {
        let request = self.http.post(format!("{}/fn/{endpoint}", self.url)).header("cookie", &self.cookie).header("origin", &self.url);
        let request = request.header("accept", "text/html").header("referer", format!("{}{from}", self.url));
        let response = request.form(arguments).send().await.unwrap();
        assert!(response.status().is_redirection(), "{endpoint} {arguments:?}: {}", response.status());
        let to = response.headers()["location"].to_str().unwrap();
        to.strip_prefix(&self.url).unwrap_or(to).to_owned()
    }

    /// A page as HTML, which is there.
    pub async fn html(&self, path: &str) -> String {
        let page = self.page(path).await;
        assert_eq!(page.status(), 200, "{path}");
        page.text().await.unwrap()
    }

    /// Asks a question (GET); panics unless it is answered with 200.
    pub async fn ask(&self, endpoint: &str, arguments: &[(&str, &str)]) -> Value {
        let response = self.get(endpoint, arguments).await;
        assert_eq!(response.status(), 200, "{endpoint} {arguments:?}");
        response.json().await.unwrap()
    }

    pub async fn get(&self, endpoint: &str, arguments: &[(&str, &str)]) -> reqwest::Response {
        self.try_get(endpoint, arguments).await.unwrap()
    }

    pub async fn try_get(&self, endpoint: &str, arguments: &[(&str, &str)]) -> reqwest::Result<reqwest::Response> {
        let request = self.http.get(format!("{}/fn/{endpoint}", self.url)).header("cookie", &self.cookie).query(arguments);
        request.header("accept", "application/json").send().await
    }

    /// A page as HTML.
    pub async fn page(&self, path: &str) -> reqwest::Response {
        let request = self.http.get(format!("{}{path}", self.url)).header("cookie", &self.cookie);
        request.header("accept", "text/html").send().await.unwrap()
    }

    /// A socket of a browser that this person is signed in with.
    pub async fn socket(&self) -> Socket {
        Socket::open(&self.url, Some(&self.cookie)).await
    }

    /// The id of the conversation with this name in one's list.
    pub async fn conversation(&self, name: &str) -> i64 {
        let sidebar = self.ask("messages/sidebar", &[]).await;
        let lines = sidebar["state"]["lines"].as_array().unwrap();
        let line = lines.iter().find(|line| line["conversation"]["name"] == name).unwrap_or_else(|| panic!("{name} is not in the list"));
        line["conversation"]["id"].as_i64().unwrap()
    }

    pub async fn general(&self) -> i64 {
        self.conversation("General").await
    }

    /// Sends a message; returns it as it was acknowledged.
    pub async fn send(&self, conversation: i64, text: &str) -> Value {
        let response = self.call("messages/send", &[("conversation", &conversation.to_string()), ("text", text)]).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// The snapshot of a conversation.
    pub async fn thread(&self, conversation: i64) -> Value {
        self.ask("messages/thread", &[("conversation", &conversation.to_string())]).await
    }
}

/// The cursor of `channel` in a snapshot.
pub fn cursor(snapshot: &Value, channel: &str) -> Value {
    let cursors = snapshot["cursors"].as_array().unwrap();
    cursors.iter().find(|pair| pair[0] == channel).unwrap_or_else(|| panic!("no cursor for {channel}"))[1].clone()
}
