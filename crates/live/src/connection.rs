//! One socket: written to by whoever publishes, read by one small task.
//!
//! A publisher writes straight to the socket while nothing waits ([`Connection::send`]);
//! what the socket does not take is queued, and the task flushes it when the socket is
//! writable again. The task reads through one buffer per thread, so that an idle
//! connection owns no buffer at all.

mod task;

use std::{
    io,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Instant,
};

use bytes::Bytes;
pub use task::{run, see_off};
use tokio::{net::TcpStream, sync::Notify};

use super::{
    frames,
    outbound::{Outbound, Weight},
    pace::Verdict,
    places::{Place, Places, Whose},
    rules::Who,
};
use plenum_core::ids::ConnectionId;
use plenum_core::{
    ids::PersonId,
    people::{Close, SignInEnd},
    protocol::{ServerFrame, code},
};
use plenum_store::meters::Meters;

/// Who is at the other end of a socket's task: Plenum's own hub, or an external application.
pub trait Host: Send + Sync + 'static {
    /// What only the connection's own task knows.
    type Session: Default + Send;

    /// Whole seconds since the host began.
    fn clock(&self) -> u32;

    /// Acts on one frame.
    fn text(self: &Arc<Self>, connection: &Arc<Connection>, session: &mut Self::Session, text: &str) -> impl Future<Output = ()> + Send;

    /// Counts a frame of a socket; pings and pongs of the WebSocket itself, which never come to [`Host::text`], as well.
    fn count_frame(&self, session: &mut Self::Session) -> Verdict;

    /// Something is still to be fed once the socket has drained.
    fn is_catching_up(session: &Self::Session) -> bool;

    /// Feeds some of it.
    fn feed(self: &Arc<Self>, connection: &Arc<Connection>, session: &mut Self::Session) -> impl Future<Output = ()> + Send;

    /// The connection is gone.
    fn leave(&self, connection: &Arc<Connection>, session: Self::Session, end: End);
}

/// Why a client that sends on and on is sent away.
pub const TOO_MANY_FRAMES: &str = "too many frames: come back and resume";

/// How a connection ended; it decides how long its person stays present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Closed by the client, or by the server for the client's own good.
    Closed,
    /// No sign of life, or the network failed.
    Lost,
    /// The right to be here has ended.
    SignedOut,
}

/// A goodbye that is on its way.
#[derive(Debug, Clone, Copy)]
struct Closing {
    end: End,
    since: Instant,
}

#[derive(Debug, Default)]
struct Output {
    queue: Outbound,
    closing: Option<Closing>,
}

/// An open socket.
#[derive(Debug)]
pub struct Connection {
    pub id: ConnectionId,
    /// Whose it is. A page's cookie says so at once; a client that is authorised by a signature says it later.
    who: OnceLock<Who>,
    /// Where it comes from.
    pub address: IpAddr,
    stream: TcpStream,
    output: Mutex<Output>,
    wake: Notify,
    dead: AtomicBool,
    /// Second of the hub's clock in which the last frame came in.
    heard: AtomicU32,
    pinged: AtomicBool,
    /// The sign-in has not been looked at since the hub knows of this connection.
    unverified: AtomicBool,
    /// The channels it is subscribed to, by the hub's handle.
    pub(super) channels: Mutex<Vec<Arc<super::hub::Channel>>>,
    pub(super) watched: Mutex<Vec<PersonId>>,
    queue_limit: usize,
    meters: Arc<Meters>,
    /// Its place among all sockets, once it has been let in; free when the connection is no more.
    place: OnceLock<Place>,
}

/// Locks without caring for poison: what is behind these locks is valid between any two statements.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connection {
    /// Takes over an upgraded stream.
    pub fn new(
        id: ConnectionId,
        who: Option<Who>,
        address: IpAddr,
        stream: TcpStream,
        now: u32,
        queue_limit: usize,
        meters: Arc<Meters>,
    ) -> Self {
        Self {
            id,
            who: who.map_or_else(OnceLock::new, OnceLock::from),
            address,
            stream,
            output: Mutex::default(),
            wake: Notify::new(),
            dead: AtomicBool::new(false),
            heard: AtomicU32::new(now),
            pinged: AtomicBool::new(false),
            unverified: AtomicBool::new(true),
            channels: Mutex::default(),
            watched: Mutex::default(),
            queue_limit,
            meters,
            place: OnceLock::new(),
        }
    }

    /// Takes one of the places that all sockets share; false if there is none.
    pub(super) fn take_place(&self, places: &Arc<Places>, whose: Whose) -> bool {
        places.take(whose).is_some_and(|place| self.place.set(place).is_ok())
    }

    /// Whose it is; `None` for a visitor.
    pub fn who(&self) -> Option<Who> {
        self.who.get().copied()
    }

    /// Becomes `who`'s, once and for all; false if it is somebody else's.
    pub(super) fn become_whose(&self, who: Who) -> bool {
        *self.who.get_or_init(|| who) == who
    }

    /// Writes a frame, or queues what the socket does not take. A consumer that is too slow
    /// for what must arrive is closed with 4100 and resumes from the log.
    pub fn send(&self, bytes: &Bytes, weight: &Weight) {
        let mut output = lock(&self.output);
        if output.closing.is_some() {
            return;
        }
        let mut written = 0;
        if output.queue.is_empty() {
            match self.stream.try_write(bytes) {
                Ok(all) if all == bytes.len() => return,
                Ok(some) => written = some,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => {
                    drop(output);
                    return self.give_up();
                }
            }
        }
        if output.queue.push(bytes.slice(written..), weight.clone(), written > 0, self.queue_limit).is_err() {
            metrics::counter!("plenum_live_slow_consumers_total").increment(1);
            self.meters.slow_consumers.increment();
            close_output(&mut output, code::OVER_CAPACITY, "too slow: come back and resume", End::Closed);
        }
        let dropped = u64::from(output.queue.take_dropped());
        if dropped > 0 {
            metrics::counter!("plenum_live_dropped_total").increment(dropped);
            self.meters.dropped.add(dropped);
        }
        drop(output);
        self.wake.notify_one();
    }

    /// Sends a frame of the protocol itself.
    pub fn say(&self, frame: &ServerFrame) {
        self.send(&frames::text(&frame.text()), &Weight::Kept);
    }

    /// Says goodbye: nothing is sent after this.
    pub fn close(&self, code: u16, reason: &str) {
        self.close_as(code, reason, End::Closed);
    }

    /// Says goodbye because its sign-in has ended: nothing is sent after this.
    pub fn sign_out(&self, cause: SignInEnd) {
        let Close { code, reason } = cause.close();
        self.close_as(code, reason, End::SignedOut);
    }

    /// Says why a client is not who it says that it is, and goodbye.
    pub(super) fn refuse_sign_in(&self, reason: &str) {
        self.say(&ServerFrame::error(Some(SignInEnd::NotBelieved.close().code), reason));
        self.sign_out(SignInEnd::NotBelieved);
    }

    fn close_as(&self, code: u16, reason: &str, end: End) {
        let mut output = lock(&self.output);
        if output.closing.is_none() {
            close_output(&mut output, code, reason, end);
        }
        drop(output);
        self.wake.notify_one();
    }

    /// Ends the connection without another word: its peer is not there.
    pub fn give_up(&self) {
        self.dead.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    /// Called once a second: pings after silence, gives up after more of it.
    pub fn check_life(&self, now: u32, ping_after: u32, lost_after: u32) {
        let closing = lock(&self.output).closing;
        if closing.is_some_and(|closing| closing.since.elapsed().as_secs() >= 2) {
            return self.give_up();
        }
        let silent = now.saturating_sub(self.heard.load(Ordering::Relaxed));
        if silent >= lost_after {
            self.close_as(code::NO_PONG, "no sign of life", End::Lost);
            self.give_up();
        } else if silent >= ping_after && !self.pinged.swap(true, Ordering::Relaxed) {
            self.send(&frames::ping(), &Weight::Kept);
        }
    }

    /// True once: the first subscription makes sure that the sign-in still stands.
    pub fn is_unverified(&self) -> bool {
        self.unverified.swap(false, Ordering::Relaxed)
    }

    /// Bytes that wait for this connection.
    pub fn queued(&self) -> usize {
        lock(&self.output).queue.bytes()
    }

    fn hear(&self, now: u32) {
        self.heard.store(now, Ordering::Relaxed);
        self.pinged.store(false, Ordering::Relaxed);
    }

    fn flush(&self) -> io::Result<()> {
        lock(&self.output).queue.flush(|slices| self.stream.try_write_vectored(slices))
    }

    /// True if nothing waits to be written; and how it ends, once it is closing.
    fn state(&self) -> (bool, Option<End>) {
        let output = lock(&self.output);
        (output.queue.is_empty(), output.closing.map(|closing| closing.end))
    }

    fn ended(&self) -> End {
        self.state().1.unwrap_or(End::Lost)
    }
}

fn close_output(output: &mut Output, code: u16, reason: &str, end: End) {
    output.queue.clear_for_close();
    let _ = output.queue.push(frames::closing(code, reason), Weight::Kept, false, usize::MAX);
    output.closing = Some(Closing { end, since: Instant::now() });
}
