//! The least that any server must do for a fan-out: one loop, one write a delivery, no
//! protocol, no rights, no database. A process of its own on the server's core, so that
//! it has the same machine, the same sockets and the same listeners as the server.

use std::{
    cell::RefCell,
    env,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Stdio},
    rc::Rc,
};

use anyhow::Context as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::LocalSet,
};

use super::{
    load::{Hit, Publisher},
    machine::{Machine, processor_time},
    wire::Target,
};

/// The argument that makes this program a yardstick.
pub const FLAG: &str = "--yardstick";
/// The first byte of a connection that listens, and of one that publishes.
const LISTENS: u8 = b'L';
const PUBLISHES: u8 = b'P';

/// A running yardstick; killed when it is dropped.
#[derive(Debug)]
pub struct Yardstick {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Yardstick {
    /// Starts it on the server's core.
    ///
    /// # Errors
    /// If it does not start.
    pub fn start(machine: &Machine) -> anyhow::Result<Self> {
        let mut child = machine.on_servers_core(env::current_exe()?).arg(FLAG).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().context("a pipe")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        Ok(Self { child, address: line.trim().parse()? })
    }

    /// Seconds of processor time that it used while `body` ran.
    ///
    /// # Errors
    /// What `body` returned, or that it has ended.
    pub async fn processor_time<T>(&self, body: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<(T, f64)> {
        processor_time(self.child.id(), body).await
    }
}

impl Drop for Yardstick {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes a fresh connection one that listens.
///
/// # Errors
/// If the connection breaks.
pub async fn listener(target: &Target) -> anyhow::Result<TcpStream> {
    let mut stream = target.connect().await?;
    stream.write_all(&[LISTENS]).await?;
    // Its answer means that it is on the list.
    stream.read_u8().await?;
    Ok(stream)
}

/// Publishes frames that look like the server's: a mark that says which publication it is,
/// as many bytes, and a number at the end.
#[derive(Debug)]
pub struct Publications {
    stream: TcpStream,
    bytes: usize,
}

impl Publications {
    /// Publishes frames of `bytes` bytes.
    ///
    /// # Errors
    /// If nothing listens.
    pub async fn connect(target: &Target, bytes: usize) -> anyhow::Result<Self> {
        let mut stream = target.connect().await?;
        stream.write_all(&[PUBLISHES]).await?;
        Ok(Self { stream, bytes })
    }
}

impl Publisher for Publications {
    async fn publish(&mut self, hit: Hit) -> anyhow::Result<()> {
        let tail = format!(",\"seq\":{}}}", hit.0 + 1);
        let mut text = format!("{{\"data\":\"{hit}");
        while text.len() + tail.len() + 1 < self.bytes {
            text.push('x');
        }
        text.push('"');
        text.push_str(&tail);
        let mut frame = vec![0x81];
        match text.len() {
            length @ ..=125 => frame.push(length as u8),
            length => {
                frame.push(126);
                frame.extend_from_slice(&(length as u16).to_be_bytes());
            }
        }
        frame.extend_from_slice(text.as_bytes());
        self.stream.write_u32(frame.len() as u32).await?;
        self.stream.write_all(&frame).await?;
        self.stream.read_u8().await?;
        Ok(())
    }
}

/// Is the yardstick, until it is killed.
///
/// # Errors
/// If it cannot listen.
pub fn serve() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let listening = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listening.local_addr()?);
        let listeners: Rc<RefCell<Vec<Rc<TcpStream>>>> = Rc::default();
        loop {
            let (mut stream, _) = listening.accept().await?;
            stream.set_nodelay(true)?;
            let listeners = Rc::clone(&listeners);
            tokio::task::spawn_local(async move {
                if stream.read_u8().await? == LISTENS {
                    stream.write_u8(LISTENS).await?;
                    listeners.borrow_mut().push(Rc::new(stream));
                    return anyhow::Ok(());
                }
                loop {
                    let mut frame = vec![0; stream.read_u32().await? as usize];
                    stream.read_exact(&mut frame).await?;
                    let everyone: Vec<Rc<TcpStream>> = listeners.borrow().clone();
                    for listener in everyone {
                        let mut rest = frame.as_slice();
                        while !rest.is_empty() {
                            match listener.try_write(rest) {
                                Ok(written) => rest = &rest[written..],
                                // No queue: whoever is full holds the others up.
                                Err(_) => listener.writable().await?,
                            }
                        }
                    }
                    stream.write_u8(PUBLISHES).await?;
                }
            });
        }
    })
}
