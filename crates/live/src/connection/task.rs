//! The task of one connection: it reads frames through one buffer per thread, and writes what waits when the socket is writable again.

use std::{
    cell::RefCell,
    io,
    sync::{Arc, atomic::Ordering},
};

use tokio::io::Interest;

use super::{Connection, End, Host, TOO_MANY_FRAMES};
use crate::{
    frames::{self, Assembler, Broken, Incoming},
    outbound::Weight,
    pace::Verdict,
};
use plenum_core::protocol::code;

/// Bytes of the buffer that all connections of a thread read through.
const READ_BUFFER: usize = 16 * 1024;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BUFFER]);
}

/// What one look at the socket brought.
enum Read {
    Frames(Vec<Incoming>),
    Nothing,
    Ended,
    Broken(Broken),
}

fn read(connection: &Connection, assembler: &mut Assembler) -> Read {
    BUFFER.with_borrow_mut(|buffer| match connection.stream.try_read(buffer) {
        Ok(0) => Read::Ended,
        Ok(count) => match assembler.feed(buffer.get(..count).unwrap_or_default()) {
            Ok(frames) => Read::Frames(frames),
            Err(broken) => Read::Broken(broken),
        },
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Read::Nothing,
        Err(_) => Read::Ended,
    })
}

/// The task of one connection, from the first frame to the last.
pub async fn run<H: Host>(host: Arc<H>, connection: Arc<Connection>, early: Vec<u8>) {
    let mut session = H::Session::default();
    let end = serve(&host, &connection, &mut session, early).await;
    host.leave(&connection, session, end);
}

async fn serve<H: Host>(host: &Arc<H>, connection: &Arc<Connection>, session: &mut H::Session, early: Vec<u8>) -> End {
    let mut assembler = Assembler::default();
    if !early.is_empty() {
        let fed = assembler.feed(&early);
        drop(early);
        match fed {
            Ok(frames) => {
                if let Some(end) = Box::pin(take(host, connection, session, frames)).await {
                    return end;
                }
            }
            Err(Broken(code)) => connection.close(code, "broken framing"),
        }
    }
    loop {
        if connection.dead.load(Ordering::Acquire) {
            let _ = connection.flush();
            return connection.ended();
        }
        let (drained, closing) = connection.state();
        if drained && closing.is_none() && H::is_catching_up(session) {
            Box::pin(host.feed(connection, session)).await;
            continue;
        }
        let interest = if drained { Interest::READABLE } else { Interest::READABLE | Interest::WRITABLE };
        let ready = tokio::select! {
            ready = connection.stream.ready(interest) => ready,
            () = connection.wake.notified() => continue,
        };
        let Ok(ready) = ready else { return End::Lost };
        if ready.is_writable() && connection.flush().is_err() {
            return connection.ended();
        }
        if !ready.is_readable() {
            continue;
        }
        match read(connection, &mut assembler) {
            Read::Frames(frames) => {
                connection.hear(host.clock());
                if let Some(end) = Box::pin(take(host, connection, session, frames)).await {
                    return end;
                }
            }
            Read::Nothing => {}
            Read::Ended => return connection.ended(),
            Read::Broken(Broken(code)) => connection.close(code, "broken framing"),
        }
    }
}

/// Acts on whole frames; `Some` ends the connection.
async fn take<H: Host>(host: &Arc<H>, connection: &Arc<Connection>, session: &mut H::Session, frames: Vec<Incoming>) -> Option<End> {
    for frame in frames {
        match frame {
            Incoming::Text(text) => host.text(connection, session, &text).await,
            Incoming::Ping(_) | Incoming::Pong if host.count_frame(session) == Verdict::Close => {
                connection.close(code::OVER_CAPACITY, TOO_MANY_FRAMES);
            }
            Incoming::Ping(payload) => connection.send(&frames::pong(&payload), &Weight::Kept),
            Incoming::Pong => {}
            Incoming::Close(code) => {
                let ours = connection.state().1;
                connection.close(code, "");
                let _ = connection.flush();
                return Some(if ours == Some(End::SignedOut) { End::SignedOut } else { End::Closed });
            }
        }
    }
    None
}

/// Sees a refused connection off: writes what waits, then closes.
pub async fn see_off(connection: Arc<Connection>) {
    let goodbye = async {
        let mut assembler = Assembler::default();
        loop {
            if connection.flush().is_err() {
                return;
            }
            let interest = if connection.state().0 { Interest::READABLE } else { Interest::READABLE | Interest::WRITABLE };
            if connection.stream.ready(interest).await.is_err() {
                return;
            }
            match read(&connection, &mut assembler) {
                Read::Frames(frames) if !frames.iter().any(|frame| matches!(frame, Incoming::Close(_))) => {}
                Read::Nothing => {}
                _ => return,
            }
        }
    };
    let _ = tokio::time::timeout(std::time::Duration::from_secs(2), goodbye).await;
}
