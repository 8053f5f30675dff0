//! What waits to be written to one connection. Empty almost always, and then it owns
//! no memory: a publisher writes straight to the socket, and only what the socket does
//! not take is queued here.

use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    sync::Arc,
};

use bytes::{Buf, Bytes};

/// Frames written with one system call at the most.
const GATHER: usize = 64;

/// How a frame behaves when the queue is full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weight {
    /// Must arrive; a connection that cannot take it is closed and resumes from the log.
    Kept,
    /// May be replaced by a newer one of the same key, and is the first to go.
    Ephemeral(Arc<str>),
}

#[derive(Debug)]
struct Waiting {
    bytes: Bytes,
    weight: Weight,
}

/// The queue cannot take a frame that must arrive.
#[derive(Debug, PartialEq, Eq)]
pub struct Full;

/// The queue of one connection.
#[derive(Debug, Default)]
pub struct Outbound {
    queue: VecDeque<Waiting>,
    bytes: usize,
    /// The front has been written in part and must be finished, or the framing breaks.
    started: bool,
    /// Ephemeral events that were dropped or replaced, and not counted yet.
    dropped: u32,
}

impl Outbound {
    /// Nothing waits.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Bytes that wait.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Queues what is left of a frame; `started` if its first bytes are on the wire already.
    ///
    /// # Errors
    /// [`Full`] if it would exceed `limit` even without the ephemerals. What waits is not touched then.
    pub fn push(&mut self, bytes: Bytes, weight: Weight, started: bool, limit: usize) -> Result<(), Full> {
        if let Weight::Ephemeral(key) = &weight
            && !started
        {
            let first = usize::from(self.started);
            if let Some(older) = self.queue.iter_mut().skip(first).find(|waiting| waiting.weight == Weight::Ephemeral(Arc::clone(key))) {
                self.bytes = self.bytes - older.bytes.len() + bytes.len();
                older.bytes = bytes;
                self.dropped += 1;
                return Ok(());
            }
        }
        if self.bytes + bytes.len() > limit {
            if weight != Weight::Kept && !started {
                self.dropped += 1;
                return Ok(());
            }
            self.drop_ephemerals();
            if self.bytes + bytes.len() > limit {
                return Err(Full);
            }
        }
        self.started |= started;
        self.bytes += bytes.len();
        self.queue.push_back(Waiting { bytes, weight });
        Ok(())
    }

    fn drop_ephemerals(&mut self) {
        let mut index = 0;
        let (started, before) = (self.started, self.queue.len());
        self.queue.retain(|waiting| {
            let keep = waiting.weight == Weight::Kept || (index == 0 && started);
            index += 1;
            keep
        });
        self.dropped += u32::try_from(before - self.queue.len()).unwrap_or(u32::MAX);
        self.bytes = self.queue.iter().map(|waiting| waiting.bytes.len()).sum();
    }

    /// How many ephemeral events were dropped or replaced since the last call.
    pub fn take_dropped(&mut self) -> u32 {
        std::mem::take(&mut self.dropped)
    }

    /// Forgets everything but a frame that is half on the wire; what follows is the last word.
    pub fn clear_for_close(&mut self) {
        self.queue.truncate(usize::from(self.started));
        self.bytes = self.queue.iter().map(|waiting| waiting.bytes.len()).sum();
    }

    /// Writes what waits, many frames at once, until all is gone or the socket takes no more.
    ///
    /// # Errors
    /// What `write` returns, `WouldBlock` excepted.
    pub fn flush(&mut self, mut write: impl FnMut(&[IoSlice<'_>]) -> io::Result<usize>) -> io::Result<()> {
        while !self.queue.is_empty() {
            let slices: Vec<IoSlice<'_>> = self.queue.iter().take(GATHER).map(|waiting| IoSlice::new(&waiting.bytes)).collect();
            match write(&slices) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => self.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        // Grown by a burst; not to be kept by ten thousand idle connections.
        self.queue = VecDeque::new();
        Ok(())
    }

    fn advance(&mut self, mut written: usize) {
        self.bytes -= written;
        while let Some(front) = self.queue.front_mut() {
            if written < front.bytes.len() {
                front.bytes.advance(written);
                self.started |= written > 0;
                return;
            }
            written -= front.bytes.len();
            self.started = false;
            self.queue.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ephemeral(key: &str) -> Weight {
        Weight::Ephemeral(key.into())
    }

    fn drain(outbound: &mut Outbound) -> String {
        let mut out = Vec::new();
        outbound
            .flush(|slices| {
                let count = slices.iter().map(|slice| slice.len()).sum::<usize>().min(3);
                out.extend(slices.iter().flat_map(|slice| slice.iter().copied()).take(count));
                Ok(count)
            })
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_newest_ephemeral_of_a_key_replaces_the_older() {
        let mut outbound = Outbound::default();
        for (bytes, weight) in
            [("aaaa", Weight::Kept), ("t1", ephemeral("t")), ("bbbb", Weight::Kept), ("t2", ephemeral("t")), ("u1", ephemeral("u"))]
        {
            outbound.push(Bytes::from_static(bytes.as_bytes()), weight, false, 100).unwrap();
        }
        assert_eq!(drain(&mut outbound), "aaaat2bbbbu1");
        assert_eq!((outbound.bytes(), outbound.is_empty()), (0, true));
    }

    #[test]
    fn ephemerals_go_first_and_kept_frames_never_silently() {
        let mut outbound = Outbound::default();
        outbound.push(Bytes::from_static(b"11111"), ephemeral("a"), false, 10).unwrap();
        outbound.push(Bytes::from_static(b"22222"), Weight::Kept, false, 10).unwrap();
        outbound.push(Bytes::from_static(b"33333"), ephemeral("b"), false, 10).unwrap();
        outbound.push(Bytes::from_static(b"44444"), Weight::Kept, false, 10).unwrap();
        assert_eq!(outbound.push(Bytes::from_static(b"5"), Weight::Kept, false, 10), Err(Full));
        assert_eq!(drain(&mut outbound), "2222244444");
    }

    #[test]
    fn a_frame_half_on_the_wire_is_finished() {
        let mut outbound = Outbound::default();
        outbound.push(Bytes::from_static(b"rest"), ephemeral("a"), true, 10).unwrap();
        outbound.push(Bytes::from_static(b"more"), Weight::Kept, false, 10).unwrap();
        outbound.push(Bytes::from_static(b"newer"), ephemeral("a"), false, 10).unwrap();
        outbound.clear_for_close();
        outbound.push(Bytes::from_static(b"!"), Weight::Kept, false, usize::MAX).unwrap();
        assert_eq!(drain(&mut outbound), "rest!");
    }
}
