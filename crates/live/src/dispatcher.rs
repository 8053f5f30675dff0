//! One dispatcher takes what the writer committed, in commit order, encodes each event
//! once, and hands it to the hub. If it ever misses a number (a panic, a lost wake-up), it
//! reads the hole from the log: the log carries the truth.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::{
    frames,
    hub::{Channel, Hub},
    outbound::Weight,
    pusher::{durable, registry::Applications},
    write_pacing,
};
use plenum_core::protocol::ServerFrame;
use plenum_store::db::{Commits, Committed};
use plenum_store::log;

/// Commits that are dispatched together at the most: what they announce on one channel is written in one go.
const ROUND: usize = 32;

/// An event as bytes that all subscribers share.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// The event's wire name.
    pub event: Arc<str>,
    /// The whole WebSocket frame.
    pub bytes: Bytes,
    /// Whether it may be dropped.
    pub weight: Weight,
    /// Its number in the log.
    pub seq: Option<u64>,
}

impl Encoded {
    /// A logged event.
    pub fn logged(channel: &str, event: &str, payload: &str, seq: u64) -> Self {
        let frame = ServerFrame { seq: Some(seq), ..ServerFrame::new(event, payload).on(channel) };
        Self { event: event.into(), bytes: frames::text(&frame.text()), weight: Weight::Kept, seq: Some(seq) }
    }

    /// An event that is not logged.
    pub fn ephemeral(channel: &str, event: &str, payload: &str, conflation: &str) -> Self {
        let frame = ServerFrame::new(event, payload).on(channel);
        let key = format!("{channel}\n{conflation}");
        Self { event: event.into(), bytes: frames::text(&frame.text()), weight: Weight::Ephemeral(key.into()), seq: None }
    }

    /// A frame of the protocol itself, which must arrive.
    pub fn control(frame: &ServerFrame) -> Self {
        Self { event: frame.event.as_str().into(), bytes: frames::text(&frame.text()), weight: Weight::Kept, seq: None }
    }
}

/// Dispatches for as long as the writer lives.
pub async fn run(hub: Arc<Hub>, applications: Arc<Applications>, mut commits: Commits) {
    let mut round = Vec::with_capacity(ROUND);
    while commits.recv_many(&mut round, ROUND).await > 0 {
        let begun = Instant::now();
        let mut gathered = Vec::new();
        let mut times = Vec::new();
        for (at, item) in round.drain(..).flat_map(|commit| commit.items.into_iter().map(move |item| (commit.at, item))) {
            if let Committed::Event { channel, seq: Some(seq), .. } = &item {
                fill_hole(&hub, channel, *seq).await;
            }
            if matches!(item, Committed::Event { .. }) {
                times.push(at);
            } else {
                // What was announced before a right ended still comes.
                flush(&hub, &mut gathered);
            }
            if catch_unwind(AssertUnwindSafe(|| dispatch(&hub, &applications, item, &mut gathered))).is_err() {
                tracing::error!("the dispatcher panicked on an event; the next one on its channel reads it from the log");
            }
        }
        flush(&hub, &mut gathered);
        for at in times {
            let took = at.elapsed();
            metrics::histogram!("plenum_live_publish_seconds").record(took.as_secs_f64());
            hub.meters().publish.record(took);
        }
        hub.note_backlog(commits.len());
        match write_pacing::after(begun.elapsed()) {
            Duration::ZERO => tokio::task::yield_now().await,
            rest => tokio::time::sleep(rest).await,
        }
    }
}

/// Writes what is gathered for these channels.
fn flush(hub: &Hub, gathered: &mut Vec<Arc<Channel>>) {
    for channel in gathered.drain(..) {
        if catch_unwind(AssertUnwindSafe(|| hub.flush(&channel))).is_err() {
            tracing::error!("the dispatcher panicked on a write");
        }
    }
}

fn dispatch(hub: &Arc<Hub>, applications: &Applications, item: Committed, gathered: &mut Vec<Arc<Channel>>) {
    match item {
        Committed::Event { channel, event, payload, seq: Some(seq), .. } => {
            if hub.has_channel(&channel) {
                gathered.extend(hub.gather(&channel, Encoded::logged(&channel, &event, &payload, seq)));
            }
        }
        Committed::Event { channel, event, payload, seq: None, conflation } => {
            if hub.has_channel(&channel) {
                let encoded = Encoded::ephemeral(&channel, &event, &payload, conflation.as_deref().unwrap_or(&event));
                hub.deliver(&channel, &encoded, None);
            }
        }
        Committed::External(event, seq) => {
            if let Some(app) = applications.by_id(event.application) {
                durable::dispatch(&app, &event, seq);
            }
        }
        Committed::Revoked(revocation) => hub.revoke(&revocation),
        Committed::Moved { subject } => hub.moved().note(subject),
        Committed::Happened { subject } => hub.happened().note(subject),
        Committed::KeptApart { one, other, apart } => hub.keep_apart(one, other, apart),
        Committed::PresenceShown { person, shown } => {
            hub.show_presence(person, shown);
            if shown {
                tokio::spawn(Arc::clone(hub).ask_again(person));
            }
        }
    }
}

/// If numbers below `seq` were never dispatched on `channel`, reads and dispatches them.
async fn fill_hole(hub: &Hub, channel: &str, seq: u64) {
    let Some(head) = hub.head(channel).filter(|head| *head + 1 < seq) else { return };
    hub.meters().holes.increment();
    let missed = async {
        let mut tx = hub.store().read().await?;
        log::page(&mut tx, log::LogChannel::of_plenum(channel), head, i64::try_from(seq - head).unwrap_or(i64::MAX)).await
    };
    match missed.await {
        Ok(events) => {
            for event in events.into_iter().filter(|event| event.seq.unsigned_abs() < seq) {
                hub.deliver(channel, &Encoded::logged(channel, &event.event, &event.data, event.seq.unsigned_abs()), None);
            }
        }
        // Subscribers would miss events without knowing: let them resume from the log.
        Err(_) => hub.reset_channel(channel),
    }
}
