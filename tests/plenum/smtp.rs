//! A real mail server (aiosmtpd, in `smtp.py`) of a test's own, and what it took.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use super::{server::free_address, waiting::eventually};

/// The password that it asks for; a character of it means something in URLs.
pub const PASSWORD: &str = "p@ss:word";

/// How it is spoken to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    Plain,
    StartTls,
    Tls,
}

/// A running mail server; it ends when it is dropped.
pub struct Smtp {
    child: Option<Child>,
    folder: TempDir,
    address: String,
    encryption: Encryption,
}

impl Smtp {
    pub fn start(encryption: Encryption) -> Self {
        let mut smtp = Self::absent(encryption);
        smtp.begin();
        smtp
    }

    /// It has an address, and does not run yet.
    pub fn absent(encryption: Encryption) -> Self {
        let folder = TempDir::new().unwrap();
        if encryption != Encryption::Plain {
            certify(folder.path());
        }
        Self { child: None, folder, address: free_address(), encryption }
    }

    pub fn begin(&mut self) {
        let python = std::env::var("PLENUM_PYTHON").map_or_else(|_| root().join(".tools/python/bin/python"), PathBuf::from);
        let mut command = Command::new(&python);
        let (_, port) = self.address.rsplit_once(':').unwrap();
        command.arg(root().join("tests/plenum/smtp.py")).arg(self.folder.path()).arg(port);
        match self.encryption {
            Encryption::Plain => command.arg("plain"),
            Encryption::StartTls => command.arg("starttls").args(["cert.pem", "key.pem"].map(|file| self.folder.path().join(file))),
            Encryption::Tls => command.arg("tls").args(["cert.pem", "key.pem"].map(|file| self.folder.path().join(file))),
        };
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{}: {error}; `scripts/setup unit` installs it", python.display()));
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert_eq!(ready, "ready\n", "the mail server did not start; `scripts/setup unit` installs it");
        self.child = Some(child);
    }

    /// Plenum's settings for it: mails go there, and its certificate is believed.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let url = match self.encryption {
            Encryption::Plain => format!("smtp://{}?tls=none", self.address),
            Encryption::StartTls => format!("smtp://plenum:p%40ss%3Aword@{}", self.address),
            Encryption::Tls => format!("smtps://plenum:p%40ss%3Aword@{}", self.address),
        };
        let certificate = self.folder.path().join("cert.pem").display().to_string();
        vec![
            ("PLENUM_MAIL__SMTP_URL", url),
            ("SSL_CERT_FILE", certificate),
            ("PLENUM_MAIL__FROM", "Institute <mail@institute.example>".to_owned()),
        ]
    }

    /// The mails that it took, the oldest first.
    pub fn taken(&self) -> Vec<String> {
        let mails = (1..).map(|number| std::fs::read_to_string(self.folder.path().join(format!("{number}.eml"))));
        mails.map_while(Result::ok).collect()
    }

    /// Waits until it has taken so many.
    pub async fn has_taken(&self, count: usize) -> Vec<String> {
        eventually("the mails are taken", async || Some(self.taken()).filter(|mails| mails.len() >= count)).await
    }

    /// What it noted: `connected`, `taken {address} {encrypted} {signed in}`, `slow`.
    pub fn log(&self) -> Vec<String> {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// From now on addresses that begin with `busy` are, or are not any more, to be tried again later.
    pub fn set_busy(&self, busy: bool) {
        let file = self.folder.path().join("busy");
        if busy { std::fs::write(file, "").unwrap() } else { std::fs::remove_file(file).unwrap() }
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A certificate of its own for this machine, by openssl, which Debian's ca-certificates brings.
fn certify(folder: &Path) {
    let mut command = Command::new("openssl");
    command.current_dir(folder).args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]);
    command.args(["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost"]);
    command.args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"]);
    assert!(command.stderr(Stdio::null()).status().unwrap().success(), "openssl made no certificate");
}
