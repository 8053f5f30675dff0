//! The load: crowds of sockets, and publications whose every delivery is timed.
//!
//! A publication carries a [`Hit`], a number between `~`. The first listener that gets an
//! event finds the hit in it and notes which event number it became; all others read the
//! event's number from the frame's end, so that a delivery costs some 50 ns to time.

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    http::Http,
    server::Person,
    table::Spread,
    wire::{Ear, Listener, Socket, Target, trailing_seq},
};

/// Publications under way at once when the server is to be saturated.
pub const IN_FLIGHT: usize = 4;
/// Connections that are being opened at once.
const OPENING: usize = 64;

/// Which publication.
#[derive(Debug, Clone, Copy)]
pub struct Hit(pub u64);

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "~{}~", self.0)
    }
}

impl Hit {
    fn find(payload: &[u8]) -> Option<u64> {
        let start = payload.iter().position(|byte| *byte == b'~')? + 1;
        let digits = payload[start..].iter().take_while(|byte| byte.is_ascii_digit());
        Some(digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
    }
}

/// Something that publishes to the crowd, and knows when that has been acknowledged.
pub trait Publisher {
    /// Publishes `hit`.
    ///
    /// # Errors
    /// If it is refused or the connection breaks.
    async fn publish(&mut self, hit: Hit) -> anyhow::Result<()>;
}

/// Publishes by sending messages, as browsers do.
#[derive(Debug)]
pub struct Messages {
    /// The kept connection.
    pub http: Http,
    /// The author.
    pub person: Person,
    /// Where to.
    pub conversation: i64,
}

impl Publisher for Messages {
    async fn publish(&mut self, hit: Hit) -> anyhow::Result<()> {
        let text = format!("{hit} a line of sixty-four bytes, as people write them in a room");
        self.http.send_message(&self.person, self.conversation, &text).await
    }
}

/// What the crowd has heard.
#[derive(Debug)]
pub struct Tally {
    begun: Instant,
    published: RefCell<Vec<Instant>>,
    /// When the event with this number above the first was published.
    by_seq: RefCell<Vec<Option<Instant>>>,
    first_seq: Cell<Option<u64>>,
    /// Events carry no number: the hit is looked for in each.
    unnumbered: bool,
    deliveries: Cell<u64>,
    bytes: Cell<u64>,
    spread: RefCell<Spread>,
    last: Cell<Instant>,
}

impl Tally {
    /// Nothing heard yet, of events that Plenum numbers.
    pub fn new() -> Rc<Self> {
        Self::hearing(false)
    }

    /// Nothing heard yet, of events as any server of the protocol sends them. (Some 30 ns more a delivery.)
    pub fn of_any_server() -> Rc<Self> {
        Self::hearing(true)
    }

    fn hearing(unnumbered: bool) -> Rc<Self> {
        let begun = Instant::now();
        Rc::new(Self {
            begun,
            published: RefCell::default(),
            by_seq: RefCell::default(),
            first_seq: Cell::new(None),
            unnumbered,
            deliveries: Cell::new(0),
            bytes: Cell::new(0),
            spread: RefCell::default(),
            last: Cell::new(begun),
        })
    }

    /// What all listeners share.
    pub fn ear(self: &Rc<Self>) -> Ear {
        let tally = Rc::clone(self);
        Rc::new(move |payload, at| tally.hear(payload, at))
    }

    /// Notes a delivery.
    pub fn hear(&self, payload: &[u8], at: Instant) {
        if self.unnumbered {
            let published = Hit::find(payload).and_then(|hit| self.published.borrow().get(hit as usize).copied());
            return published.into_iter().for_each(|published| self.count(payload, published, at));
        }
        let Some(seq) = trailing_seq(payload) else { return };
        let first = self.first_seq.get().unwrap_or_else(|| {
            self.first_seq.set(Some(seq));
            seq
        });
        // Numbers come in order on each socket, and the very first event reaches all of them.
        let Some(index) = seq.checked_sub(first) else { return };
        let index = index as usize;
        let mut by_seq = self.by_seq.borrow_mut();
        if by_seq.len() <= index {
            by_seq.resize(index + 1, None);
            by_seq[index] = Hit::find(payload).and_then(|hit| self.published.borrow().get(hit as usize).copied());
        }
        if let Some(published) = by_seq[index] {
            self.count(payload, published, at);
        }
    }

    fn count(&self, payload: &[u8], published: Instant, at: Instant) {
        self.spread.borrow_mut().add(at.saturating_duration_since(published));
        self.deliveries.set(self.deliveries.get() + 1);
        self.bytes.set(self.bytes.get() + payload.len() as u64);
        self.last.set(at);
    }

    /// The next publication begins now.
    fn publish(&self) -> Hit {
        let mut published = self.published.borrow_mut();
        published.push(Instant::now());
        Hit(published.len() as u64 - 1)
    }

    /// Deliveries so far.
    pub fn deliveries(&self) -> u64 {
        self.deliveries.get()
    }

    /// How long all of them took.
    pub fn spread(&self) -> Spread {
        self.spread.borrow().clone()
    }

    /// Bytes of a delivery, on average.
    pub fn bytes_each(&self) -> usize {
        self.bytes.get().checked_div(self.deliveries.get()).unwrap_or_default() as usize
    }

    /// Waits until all that was published has reached `listeners`; false if nothing comes any more.
    pub async fn settle(&self, listeners: u64) -> bool {
        loop {
            let expected = self.published.borrow().len() as u64 * listeners;
            if self.deliveries.get() >= expected {
                return true;
            }
            if self.last.get().max(self.begun).elapsed() > Duration::from_secs(3) {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// What a stretch of publishing brought.
#[derive(Debug)]
pub struct Outcome {
    /// Publications a second.
    pub publications: f64,
    /// Deliveries a second, until the last one was received.
    pub deliveries: f64,
    /// Deliveries in all.
    pub count: u64,
    /// Seconds of processor time that whoever delivers used; filled in by who can see it.
    pub processor: f64,
    /// From publishing to receiving.
    pub spread: Spread,
    /// Bytes of one delivery.
    pub bytes: usize,
    /// All that was published has been received by everyone.
    pub complete: bool,
}

/// Publishes for `time` with each of `publishers` doing one after the other; with `pause`, each begins one in that time.
///
/// # Errors
/// If a publication fails.
pub async fn publish<P: Publisher>(
    tally: &Rc<Tally>,
    publishers: &mut [P],
    listeners: usize,
    time: Duration,
    pause: Option<Duration>,
) -> anyhow::Result<Outcome> {
    let begun = Instant::now();
    let count = publishers.len() as u32;
    let publishing = publishers.iter_mut().enumerate().map(|(index, publisher)| async move {
        // Evenly spread, not all at the same moment.
        let mut due = begun + pause.map_or(Duration::ZERO, |pause| pause * index as u32 / count);
        while begun.elapsed() < time {
            if let Some(pause) = pause {
                tokio::time::sleep_until(due.into()).await;
                due += pause;
            }
            let hit = tally.publish();
            publisher.publish(hit).await?;
        }
        anyhow::Ok(())
    });
    futures::future::try_join_all(publishing).await?;
    let publications = tally.published.borrow().len() as f64 / begun.elapsed().as_secs_f64();
    let complete = tally.settle(listeners as u64).await;
    let seconds = tally.last.get().duration_since(begun).as_secs_f64();
    let count = tally.deliveries();
    Ok(Outcome {
        publications,
        deliveries: count as f64 / seconds,
        count,
        processor: f64::NAN,
        spread: tally.spread(),
        bytes: tally.bytes_each(),
        complete,
    })
}

/// Opens a socket for each of `people` (`None`: a visitor) and subscribes it to what `channels` says.
///
/// # Errors
/// If one is refused.
pub async fn crowd<'a>(
    target: &Target,
    people: impl Iterator<Item = Option<&'a Person>>,
    channels: impl Fn(Option<&Person>) -> Vec<String>,
    ear: &Ear,
) -> anyhow::Result<Vec<Listener>> {
    let channels = &channels;
    let opening = people.map(|person| async move {
        let mut socket = Socket::open(target, person).await?;
        ensure!(socket.is_let_in().await?, "the server is full");
        socket.subscribe(&channels(person), None).await?;
        anyhow::Ok(socket.listen(Rc::clone(ear)))
    });
    stream::iter(opening).buffer_unordered(OPENING).try_collect().await
}

/// An ear that counts texts.
pub fn counter() -> (Ear, Rc<Cell<u64>>) {
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    (Rc::new(move |_: &[u8], _| counted.set(counted.get() + 1)), count)
}
