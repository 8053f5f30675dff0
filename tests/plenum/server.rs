//! A server process of its own for each test, over a copy of one seeded database.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

use plenum::{core::ids::PersonId, web::sign_ins::Secret};
use serde_json::Value;
use tempfile::TempDir;

use super::socket::Socket;

const PROGRAM: &str = env!("CARGO_BIN_EXE_plenum");

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
        .envs(variables.iter().copied());
    command
}

/// A running server; killed when it is dropped.
pub struct Server {
    child: Child,
    pub url: String,
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Server {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(variables: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::copy(seeded(), folder.path().join("plenum.db")).unwrap();
        let variables: Vec<(String, String)> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        // With a public address it prints that one: then the port must be known before.
        let public = variables.iter().any(|(name, _)| name == "PLENUM_SERVER__PUBLIC_URL");
        let address = if public { free_address() } else { "127.0.0.1:0".to_owned() };
        let (child, printed) = spawn(folder.path(), &variables, &address);
        let url = if public { format!("http://{address}") } else { printed };
        Self { child, url, folder, variables }
    }

    /// An empty folder instead of the seeded database; returns what it printed before its address, too.
    pub fn start_empty() -> (Self, Vec<String>) {
        let folder = TempDir::new().unwrap();
        let (child, url, printed) = spawn_and_read(folder.path(), &[], "127.0.0.1:0");
        (Self { child, url, folder, variables: Vec::new() }, printed)
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
        let address = self.address().to_owned();
        (self.child, self.url) = spawn(self.folder.path(), &self.variables, &address);
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
        command(self.folder.path(), &[]).env("LEPTOS_SITE_ADDR", self.address()).args(arguments).output().unwrap()
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
        let secret = Secret::random();
        let (sign_in,): (i64,) = sqlx::query_as(
            "insert into sign_ins (person_id, token_hash, device, address, created_at, used_at, expires_at)
             values ($1, $2, 'test', '127.0.0.1', $3, $3, $3 + 86400000) returning id",
        )
        .bind(id)
        .bind(secret.hash())
        .bind(plenum::store::db::now())
        .fetch_one(&database)
        .await
        .unwrap();
        database.close().await;
        let cookie = format!("plenum_sign_in={}", secret.reveal());
        Person { id: PersonId(id), organisation, sign_in, email, cookie, url: self.url.clone(), http: client() }
    }

    /// People beside the seeded ones, signed in, each with so many cents.
    pub async fn rich_crowd(&self, organisation: i64, count: usize, cents: i64) -> Vec<Person> {
        let database = self.database().await;
        let mut tx = database.begin().await.unwrap();
        let now = plenum::store::db::now();
        let mut crowd = Vec::with_capacity(count);
        for number in 0..count {
            let (email, secret) = (format!("rich{number}@plenum.example"), Secret::random());
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
                 values ($1, $2, 'test', '127.0.0.1', $3, $3, $3 + 86400000) returning id",
            )
            .bind(id)
            .bind(secret.hash())
            .bind(now)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
            let cookie = format!("plenum_sign_in={}", secret.reveal());
            crowd.push(Person { id: PersonId(id), organisation, sign_in, email, cookie, url: self.url.clone(), http: client() });
        }
        // As the ledger opens a wallet: from the world outside, so that all of it sums to zero.
        for statement in [
            "insert into accounts (organisation_id, kind, person_id, currency, balance, floor, created_at)
               select organisation_id, 'person', id, 'EUR', $2, 0, 0 from people where organisation_id = $1 and email like 'rich%'",
            "insert into transfers (organisation_id, kind, key, subject_id, at)
               select organisation_id, 'opening', 'opening:' || id || ':EUR', id, 0 from people where organisation_id = $1 and email like 'rich%' and $2 > 0",
            "insert into postings (transfer_id, account_id, amount, balance_after)
               select t.id, a.id, $2, $2 from people p join transfers t on t.key = 'opening:' || p.id || ':EUR' join accounts a on a.person_id = p.id
               where p.organisation_id = $1 and p.email like 'rich%'",
            "insert into postings (transfer_id, account_id, amount, balance_after)
               select t.id, g.id, -$2, g.balance - $2 * row_number() over (order by t.id) from people p
               join transfers t on t.key = 'opening:' || p.id || ':EUR' join accounts g on g.organisation_id = $1 and g.kind = 'gateway' and g.currency = 'EUR'
               where p.organisation_id = $1 and p.email like 'rich%'",
            "update accounts set balance = (select sum(amount) from postings where account_id = accounts.id)
               where organisation_id = $1 and kind = 'gateway' and currency = 'EUR' and $2 > 0",
        ] {
            sqlx::query(statement).bind(organisation).bind(cents).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        database.close().await;
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

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

pub fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(20)).build().unwrap()
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
