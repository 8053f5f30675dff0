//! The conversation with a mail server, step by step, so that a refusal is known by its place; and a pool of connections.
//!
//! One deadline is over the whole conversation: a server that hangs costs `mail.timeout_seconds`, and one worker of its kind.

use std::{
    error::Error as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use lettre::{
    Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::time::{Instant, timeout, timeout_at};

use super::{
    carrier::Failure,
    relay::{Encryption, Relay},
    verdict::Stage,
};

/// Connections that wait for the next mail; more are closed.
const IDLE: usize = 4;
/// How long one waits: servers close them after a minute or more.
const IDLE_FOR: Duration = Duration::from_secs(30);
/// Mails over one connection.
const MAILS_OF_CONNECTION: u32 = 50;
/// What is done for politeness only is not waited for.
const GOODBYE: Duration = Duration::from_secs(2);

/// A mail server, and connections to it.
pub(super) struct Smtp {
    relay: Relay,
    hello: ClientId,
    tls: TlsParameters,
    patience: Duration,
    idle: Arc<Mutex<Vec<Connection>>>,
}

struct Connection {
    smtp: AsyncSmtpConnection,
    mails: u32,
    since: Instant,
}

impl Smtp {
    /// The server `relay`, which is told that `domain` calls.
    pub(super) fn new(relay: Relay, domain: &str, patience: Duration) -> anyhow::Result<Self> {
        let tls = TlsParameters::new(relay.host.clone()).context("TLS to this host is not possible")?;
        Ok(Self { relay, hello: ClientId::Domain(domain.to_owned()), tls, patience, idle: Arc::default() })
    }

    /// The server.
    pub(super) fn relay(&self) -> &Relay {
        &self.relay
    }

    /// Has the server take `message`; `content` are its bytes. `hand_over` is called right before these: from then on the server may
    /// have the mail. Returns what the server said.
    pub(super) async fn carry<F>(&self, message: &Message, content: &[u8], hand_over: impl Fn() -> F) -> Result<String, Failure>
    where
        F: Future<Output = Result<(), Failure>>,
    {
        let deadline = Instant::now() + self.patience;
        if let Some(mut kept) = self.kept(deadline).await {
            match begin(&mut kept.smtp, message, content, deadline).await {
                Ok(()) => return self.complete(kept, content, deadline, hand_over).await,
                // It was closed while it waited, or just now.
                Err(failure) if failure.is_broken => {}
                Err(failure) => return Err(failure),
            }
        }
        let mut fresh = Connection { smtp: self.connect(deadline).await?, mails: 0, since: Instant::now() };
        begin(&mut fresh.smtp, message, content, deadline).await?;
        self.complete(fresh, content, deadline, hand_over).await
    }

    /// Hands the content over, and keeps the connection if the server is content.
    async fn complete<F>(
        &self,
        mut connection: Connection,
        content: &[u8],
        deadline: Instant,
        hand_over: impl Fn() -> F,
    ) -> Result<String, Failure>
    where
        F: Future<Output = Result<(), Failure>>,
    {
        hand_over().await?;
        let said = step(Stage::Content, deadline, connection.smtp.message(content)).await?;
        connection.mails += 1;
        self.keep(connection);
        Ok(said.message().collect::<Vec<_>>().join(" "))
    }

    /// A connection that waits and still answers.
    async fn kept(&self, deadline: Instant) -> Option<Connection> {
        loop {
            let mut connection = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            let answers = timeout_at(deadline.min(Instant::now() + GOODBYE), connection.smtp.test_connected()).await;
            if answers.unwrap_or_default() {
                return Some(connection);
            }
        }
    }

    fn keep(&self, mut connection: Connection) {
        connection.since = Instant::now();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= IDLE || connection.mails >= MAILS_OF_CONNECTION {
            drop(idle);
            tokio::spawn(leave(connection));
            return;
        }
        idle.push(connection);
        drop(idle);
        let idle = Arc::clone(&self.idle);
        tokio::spawn(async move {
            tokio::time::sleep(IDLE_FOR).await;
            let old: Vec<Connection> = {
                let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
                idle.extract_if(.., |connection| connection.since.elapsed() >= IDLE_FOR).collect()
            };
            for connection in old {
                leave(connection).await;
            }
        });
    }

    async fn connect(&self, deadline: Instant) -> Result<AsyncSmtpConnection, Failure> {
        let Relay { host, port, encryption, credentials } = &self.relay;
        let tls = (*encryption == Encryption::Tls).then(|| self.tls.clone());
        let address = (host.as_str(), *port);
        let connecting = AsyncSmtpConnection::connect_tokio1(address, Some(self.patience), &self.hello, tls, None);
        let mut connection = step(Stage::Connecting, deadline, connecting).await?;
        if *encryption == Encryption::StartTls {
            step(Stage::Connecting, deadline, connection.starttls(self.tls.clone(), &self.hello)).await?;
        }
        if let Some((name, password)) = credentials {
            let credentials = Credentials::new(name.clone(), password.clone());
            step(Stage::SigningIn, deadline, connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)).await?;
        }
        Ok(connection)
    }
}

/// All before the content: from whom, to whom, and that it comes.
async fn begin(connection: &mut AsyncSmtpConnection, message: &Message, content: &[u8], deadline: Instant) -> Result<(), Failure> {
    let envelope = message.envelope();
    let server = connection.server_info();
    let mut options = Vec::new();
    if envelope.to().iter().any(|to| !to.user().is_ascii()) {
        if !server.supports_feature(Extension::SmtpUtfEight) {
            return Err(Failure::of_mail("the mail server takes no address with letters outside ASCII (SMTPUTF8)"));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !content.is_ascii() && server.supports_feature(Extension::EightBitMime) {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    step(Stage::Sender, deadline, connection.command(Mail::new(envelope.from().cloned(), options))).await?;
    for to in envelope.to() {
        step(Stage::Recipient, deadline, connection.command(Rcpt::new(to.clone(), Vec::new()))).await?;
    }
    step(Stage::Content, deadline, connection.command(Data)).await?;
    Ok(())
}

/// One step of the conversation, until `deadline` at the most.
async fn step<T>(stage: Stage, deadline: Instant, work: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    match timeout_at(deadline, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(failure(stage, &error)),
        Err(_) => Err(Failure::timeout(stage)),
    }
}

fn failure(stage: Stage, error: &Error) -> Failure {
    if error.is_timeout() {
        return Failure::timeout(stage);
    }
    match error.status() {
        // The source of a refusal is the server's own text.
        Some(code) => Failure::refused(stage, code.into(), &error.source().map_or_else(String::new, ToString::to_string)),
        None => Failure::broken(stage, &format!("{}", Chain(error))),
    }
}

/// An error and what has caused it.
struct Chain<'a>(&'a Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source().and_then(std::error::Error::source);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

async fn leave(mut connection: Connection) {
    let _ = timeout(GOODBYE, connection.smtp.quit()).await;
}
