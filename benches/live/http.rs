//! HTTP/1.1 over one connection, kept as long as the server keeps it: no pool, no redirects, nothing but the bytes.

use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::server::Person;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body, not decoded.
    pub body: Vec<u8>,
}

/// A kept connection.
#[derive(Debug)]
pub struct Http {
    stream: TcpStream,
    address: SocketAddr,
    held: Vec<u8>,
    /// The server has said that it closes this connection: the next request takes a new one.
    closes: bool,
}

impl Http {
    /// Connects.
    ///
    /// # Errors
    /// If nothing listens.
    pub async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self::over(stream, address))
    }

    /// Over a connection that is there, to the server at `address`.
    pub fn over(stream: TcpStream, address: SocketAddr) -> Self {
        Self { stream, address, held: Vec::new(), closes: false }
    }

    /// Asks for a page or a file; `person` is who is signed in, `encodings` what is accepted.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn get(&mut self, path: &str, person: Option<&Person>, encodings: &str) -> anyhow::Result<Answer> {
        let cookie = person.map_or_else(String::new, |person| format!("cookie: {}\r\n", person.cookie));
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {}\r\n{cookie}accept: text/html\r\naccept-encoding: {encodings}\r\n\r\n", self.address);
        self.request(request.as_bytes()).await
    }

    /// Sends a message, as the composer does, and waits for its acknowledgement.
    ///
    /// # Errors
    /// If the connection breaks, or the message is refused.
    pub async fn send_message(&mut self, person: &Person, conversation: i64, text: &str) -> anyhow::Result<()> {
        let body = format!("conversation={conversation}&text={}&key={:032x}", text.replace(' ', "+"), rand::random::<u128>());
        self.command(person, "messages/send", &body).await
    }

    /// Calls a server function with the fields of `body`, as a page does, and waits for its answer.
    ///
    /// # Errors
    /// If the connection breaks, or it is refused.
    pub async fn command(&mut self, person: &Person, endpoint: &str, body: &str) -> anyhow::Result<()> {
        let answer = self.call(person, endpoint, body).await?;
        ensure!(answer.status == 200, "{endpoint} was refused with {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        Ok(())
    }

    /// The same, for what may be refused.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn call(&mut self, person: &Person, endpoint: &str, body: &str) -> anyhow::Result<Answer> {
        let request = format!(
            "POST /fn/{endpoint} HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\ncookie: {1}\r\naccept: application/json\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {2}\r\n\r\n{body}",
            self.address,
            person.cookie,
            body.len(),
        );
        self.request(request.as_bytes()).await
    }

    /// Sends a JSON text to a path with its query, and waits for the answer.
    ///
    /// # Errors
    /// If the connection breaks, or it is refused.
    pub async fn post_json(&mut self, path: &str, body: &str) -> anyhow::Result<()> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
        );
        let answer = self.request(request.as_bytes()).await?;
        ensure!(answer.status == 200, "{path} was refused with {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        Ok(())
    }

    /// Sends the bytes of a request, and waits for the answer.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn request(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        if self.closes {
            *self = Self::connect(self.address).await?;
        }
        self.stream.write_all(request).await?;
        let end = loop {
            if let Some(end) = find(&self.held, b"\r\n\r\n") {
                break end;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.held[..end]).to_lowercase();
        self.held.drain(..end + 4);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("an answer without a status")?;
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
        self.closes = header("connection") == Some("close");
        let body = match header("content-length").and_then(|length| length.parse::<usize>().ok()) {
            Some(length) => self.take(length).await?,
            None if header("transfer-encoding").is_some() => self.chunks().await?,
            None => Vec::new(),
        };
        Ok(Answer { status, body })
    }

    async fn chunks(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let end = loop {
                if let Some(end) = find(&self.held, b"\r\n") {
                    break end;
                }
                self.more().await?;
            };
            let line = String::from_utf8_lossy(&self.held[..end]).into_owned();
            let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16).context("a chunk without a size")?;
            self.held.drain(..end + 2);
            let chunk = self.take(size + 2).await?;
            if size == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&chunk[..size]);
        }
    }

    async fn take(&mut self, length: usize) -> anyhow::Result<Vec<u8>> {
        while self.held.len() < length {
            self.more().await?;
        }
        let rest = self.held.split_off(length);
        Ok(std::mem::replace(&mut self.held, rest))
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        let count = self.stream.read_buf(&mut self.held).await?;
        ensure!(count > 0, "the server closed a kept connection");
        Ok(())
    }
}

/// Where `wanted` begins in `bytes`.
pub fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
