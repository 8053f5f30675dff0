//! The smallest WebSocket client that speaks the Pusher protocol: a handshake, masked
//! writes, and a reader that finds where frames end and looks no further.
//!
//! [`Socket`] is for conversations (subscribe and wait for the answer); [`Listener`] is what
//! it becomes when only deliveries count: a task that reads through one buffer for all.

use std::{
    cell::RefCell,
    future::poll_fn,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::Pin,
    rc::Rc,
    task::Poll,
    time::Instant,
};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead as _, AsyncReadExt as _, AsyncWriteExt as _, ReadBuf},
    net::{
        TcpSocket, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

use super::{http::find, server::Person};

const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;
/// Any four bytes do; a browser's are random so that proxies are not fooled, and here are none.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
/// Sockets from one source address; ports of one address are 28,000, and some wait after a close.
const PER_ADDRESS: usize = 10_000;

/// What is done with each text that comes in, and when it came.
pub type Ear = Rc<dyn Fn(&[u8], Instant)>;

/// A frame as a client sends it.
fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 14);
    frame.push(0x80 | opcode);
    match payload.len() {
        length @ ..=125 => frame.push(0x80 | length as u8),
        length => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(&MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// Opcode and payload of the first frame, and where it ends; none if it is not whole.
fn first(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let (header, length) = match bytes {
        [_, 127, size @ ..] => (10, u64::from_be_bytes(*size.first_chunk::<8>()?) as usize),
        [_, 126, high, low, ..] => (4, usize::from(u16::from_be_bytes([*high, *low]))),
        [_, length @ ..=125, ..] => (2, usize::from(*length)),
        _ => return None,
    };
    let payload = bytes.get(header..header + length)?;
    Some((bytes[0] & 0x0f, payload, header + length))
}

/// Calls `on` with opcode and payload of each whole frame; returns how many bytes they were.
fn scan(bytes: &[u8], mut on: impl FnMut(u8, &[u8])) -> usize {
    let mut at = 0;
    while let Some((opcode, payload, end)) = first(&bytes[at..]) {
        on(opcode, payload);
        at += end;
    }
    at
}

/// Where sockets lead to, and where they come from.
#[derive(Debug)]
pub struct Target {
    address: SocketAddr,
    key: &'static str,
    opened: RefCell<usize>,
}

impl Target {
    /// Sockets of Plenum's own application at `address`.
    pub fn new(address: SocketAddr) -> Self {
        Self::of(address, "plenum")
    }

    /// Sockets of the application `key` at `address`.
    pub fn of(address: SocketAddr, key: &'static str) -> Self {
        Self { address, key, opened: RefCell::new(0) }
    }

    /// A plain connection, from 127.0.0.2, then .3, … so that no address runs out of ports.
    ///
    /// # Errors
    /// If nothing listens.
    pub async fn connect(&self) -> anyhow::Result<TcpStream> {
        let number = self.opened.replace_with(|opened| *opened + 1);
        let socket = TcpSocket::new_v4()?;
        let source = Ipv4Addr::new(127, 0, 0, (2 + number / PER_ADDRESS % 200) as u8);
        socket.bind(SocketAddr::new(IpAddr::V4(source), 0))?;
        let stream = socket.connect(self.address).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// A socket that one talks to.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
    held: Vec<u8>,
}

impl Socket {
    /// A stream that frames come from without a handshake.
    pub fn bare(stream: TcpStream) -> Self {
        Self { stream, held: Vec::new() }
    }

    /// Opens a socket as `person`'s browser does, or a visitor's; reads nothing yet.
    ///
    /// # Errors
    /// If the connection or the upgrade is refused.
    pub async fn open(target: &Target, person: Option<&Person>) -> anyhow::Result<Self> {
        let mut stream = target.connect().await?;
        let (host, key) = (target.address, target.key);
        let cookie = person.map_or_else(String::new, |person| format!("origin: http://{host}\r\ncookie: {}\r\n", person.cookie));
        let request = format!(
            "GET /app/{key}?protocol=7&client=bench HTTP/1.1\r\nhost: {host}\r\n{cookie}connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut held = Vec::new();
        loop {
            if let Some(end) = find(&held, b"\r\n\r\n") {
                ensure!(held.starts_with(b"HTTP/1.1 101"), "no upgrade: {}", String::from_utf8_lossy(&held));
                held.drain(..end + 4);
                return Ok(Self { stream, held });
            }
            ensure!(stream.read_buf(&mut held).await? > 0, "closed before the upgrade");
        }
    }

    /// Sends a text.
    ///
    /// # Errors
    /// If the socket is closed.
    pub async fn say(&mut self, text: &str) -> anyhow::Result<()> {
        Ok(self.stream.write_all(&masked(TEXT, text.as_bytes())).await?)
    }

    /// The next text; pings are answered on the way.
    ///
    /// # Errors
    /// If the socket is closed.
    pub async fn next(&mut self) -> anyhow::Result<Value> {
        loop {
            let Some((opcode, payload, end)) = first(&self.held) else {
                ensure!(self.stream.read_buf(&mut self.held).await? > 0, "the server closed without a word");
                continue;
            };
            let payload = payload.to_vec();
            self.held.drain(..end);
            match opcode {
                TEXT => return Ok(serde_json::from_slice(&payload)?),
                PING => self.stream.write_all(&masked(PONG, &payload)).await?,
                CLOSE => bail!("closed with {}", payload.first_chunk::<2>().map_or(1005, |code| u16::from_be_bytes(*code))),
                _ => {}
            }
        }
    }

    /// The next frame called one of `names`; others are dropped.
    ///
    /// # Errors
    /// If the socket is closed.
    pub async fn wait(&mut self, names: &[&str]) -> anyhow::Result<Value> {
        loop {
            let frame = self.next().await?;
            if names.iter().any(|name| frame["event"] == *name) {
                return Ok(frame);
            }
        }
    }

    /// The first frame: true if the server lets this socket in, false if it is full.
    ///
    /// # Errors
    /// If the socket is closed.
    pub async fn is_let_in(&mut self) -> anyhow::Result<bool> {
        Ok(self.wait(&["pusher:connection_established", "pusher:error"]).await?["event"] != "pusher:error")
    }

    /// Asks to join all of `channels` at once and waits for all answers; returns the cursor of the first.
    ///
    /// # Errors
    /// If one is refused.
    pub async fn subscribe(&mut self, channels: &[String], since: Option<&Value>) -> anyhow::Result<Value> {
        let mut request = Vec::new();
        for channel in channels {
            let mut frame = json!({ "event": "pusher:subscribe", "data": { "channel": channel } });
            if let Some(since) = since {
                frame["since"] = since.clone();
            }
            request.extend(masked(TEXT, frame.to_string().as_bytes()));
        }
        self.stream.write_all(&request).await?;
        let mut cursor = Value::Null;
        for _ in channels {
            let answer = self.wait(&["pusher_internal:subscription_succeeded", "pusher:subscription_error"]).await?;
            ensure!(answer["event"] != "pusher:subscription_error", "{} is refused: {}", answer["channel"], answer["data"]);
            if let Some(since) = since {
                ensure!(answer["recovered"] == true, "{} did not recover from {since}", answer["channel"]);
            }
            if answer["channel"] == channels.first().map_or("", String::as_str) {
                cursor = answer["cursor"].clone();
            }
        }
        Ok(cursor)
    }

    /// From here on only `ear` hears what comes.
    pub fn listen(self, ear: Ear) -> Listener {
        let (read, write) = self.stream.into_split();
        let write = Rc::new(write);
        let task = tokio::task::spawn_local(listen(read, Rc::clone(&write), self.held, ear));
        Listener { write, task }
    }
}

/// A socket whose deliveries are heard; closed without a word when it is dropped.
#[derive(Debug)]
pub struct Listener {
    write: Rc<OwnedWriteHalf>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Sends a frame without waiting: idle sockets take it at once.
    ///
    /// # Errors
    /// If the socket is closed or does not take it.
    pub fn say(&self, text: &str) -> anyhow::Result<()> {
        let frame = masked(TEXT, text.as_bytes());
        let written = self.write.try_write(&frame).context("a socket does not take a frame")?;
        ensure!(written == frame.len(), "a socket took half a frame");
        Ok(())
    }

    /// Says goodbye, as a tab that is closed does.
    pub fn close(&self) {
        let _ = self.write.try_write(&masked(CLOSE, &1001_u16.to_be_bytes()));
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

thread_local! {
    /// All listeners read through this, one at a time.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 64 * 1024]);
}

async fn listen(mut read: OwnedReadHalf, write: Rc<OwnedWriteHalf>, mut held: Vec<u8>, ear: Ear) {
    let hear = |bytes: &[u8]| {
        let at = Instant::now();
        scan(bytes, |opcode, payload| match opcode {
            TEXT => ear(payload, at),
            PING => drop(write.try_write(&masked(PONG, payload))),
            _ => {}
        })
    };
    let heard = hear(&held);
    held.drain(..heard);
    loop {
        // `poll_read` knows that a read which did not fill the buffer emptied the socket: one system call a delivery.
        let open = poll_fn(|context| {
            BUFFER.with_borrow_mut(|buffer| {
                let mut buffer = ReadBuf::new(buffer);
                match Pin::new(&mut read).poll_read(context, &mut buffer) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                    Poll::Ready(_) => return Poll::Ready(false),
                }
                let bytes = buffer.filled();
                if held.is_empty() {
                    let heard = hear(bytes);
                    held.extend_from_slice(&bytes[heard..]);
                } else {
                    held.extend_from_slice(bytes);
                    let heard = hear(&held);
                    held.drain(..heard);
                }
                Poll::Ready(true)
            })
        });
        if !open.await {
            return;
        }
    }
}

/// The event's number in its channel's log, read backwards from the frame's end: `…,"seq":123}`.
pub fn trailing_seq(payload: &[u8]) -> Option<u64> {
    let digits = payload.strip_suffix(b"}")?;
    let start = digits.iter().rposition(|byte| !byte.is_ascii_digit())? + 1;
    digits[..start].ends_with(b"\"seq\":").then(|| digits[start..].iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}
