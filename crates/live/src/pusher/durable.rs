//! Applications whose log is durable: an event is written to the database before it goes out, so that
//! whoever comes back gets it after a restart too, for as long as Plenum's own log reaches.
//!
//! Publishing is one write for all events of a request; the dispatcher brings them to the channel in
//! commit order. A subscription opens the channel first and reads the log then, so that nothing can go
//! out between the two unseen; what was missed is fed as the socket drains.

use std::{sync::Arc, time::Instant};

use super::{application::App, channel::Channel, names::ChannelKind, tap::What};
use crate::{connection::Connection, dispatcher::Encoded};
use plenum_core::{
    cursor::Extent,
    error::{AppError, AppResult},
    protocol::code,
};
use plenum_store::{
    db::{External, Tx},
    log::{self, LogChannel, Logged},
};

/// Logged events that are read at once.
const PAGE: i64 = 200;

/// A subscription on its way from the log to the live stream.
#[derive(Debug)]
pub(super) struct CatchUp {
    pub(super) channel: Arc<Channel>,
    /// The last number sent.
    pub(super) after: u64,
}

/// Publishes events of an application: at once, or when the durable log has them.
///
/// # Errors
/// If the database refuses: then none of them goes out.
pub async fn publish(app: &App, events: Vec<External>) -> AppResult<()> {
    for event in &events {
        app.tap.note(What::Published, None, Some(&event.channel.as_str().into()), Some((&event.event, &event.data)));
    }
    let Some(store) = app.store() else {
        for event in &events {
            app.publish(&event.channel, &event.event, &event.data, event.except);
        }
        return Ok(());
    };
    store
        .write(async move |tx: &mut Tx| {
            for event in &events {
                tx.announce_external(event.clone());
            }
            Ok(())
        })
        .await
}

/// What the log of a channel holds. The channel must be open already.
///
/// # Errors
/// If the database refuses, or this is no durable application.
pub(super) async fn extent(app: &App, channel: &str) -> AppResult<Extent> {
    let store = app.store().ok_or_else(AppError::internal)?;
    log::extent(&mut *store.look().await?, store.epoch(), LogChannel { application: app.id, channel }).await
}

/// An event of the log has been committed.
pub fn dispatch(app: &App, event: &External, seq: u64) {
    let now = Instant::now();
    // Nobody is on a channel that is not open; a cache channel keeps the event for whoever comes.
    let is_cache = || ChannelKind::of(&event.channel).is_some_and(|kind| kind.cache);
    let Some(channel) = app.channel(&event.channel).or_else(|| if is_cache() { app.open(&event.channel) } else { None }) else { return };
    app.gather(channel, &event.event, |channel| {
        if app.is_durable() {
            channel.publish_logged(seq, &event.event, &event.data, event.except, now)
        } else {
            // Switched off between the commit and now.
            channel.publish(&event.event, &event.data, event.except, now)
        }
    });
}

/// Feeds one page of the log to each channel that catches up; those at its head go live.
pub(super) async fn feed(app: &App, connection: &Arc<Connection>, catching_up: Vec<CatchUp>) -> Vec<CatchUp> {
    let mut behind = Vec::new();
    for CatchUp { channel, after } in catching_up {
        match page(app, channel.name(), after).await {
            Ok(Some(events)) => {
                let mut reached = after;
                for event in &events {
                    reached = event.seq.unsigned_abs();
                    let encoded = Encoded::logged(channel.name(), &event.event, &event.data, reached);
                    connection.send(&encoded.bytes, &encoded.weight);
                }
                let more = i64::try_from(events.len()).is_ok_and(|count| count == PAGE);
                if more || !channel.go_live(connection.id, reached) {
                    behind.push(CatchUp { channel, after: reached });
                }
            }
            // What is left of the gap is no longer there: coming back tells the client so.
            Ok(None) => connection.close(code::RECONNECT, "come back: the log no longer reaches so far"),
            Err(_) => connection.close(code::OVER_CAPACITY, "the log cannot be read: come back and resume"),
        }
    }
    behind
}

/// The next events after `after`; `None` if some of them are gone.
async fn page(app: &App, channel: &str, after: u64) -> AppResult<Option<Vec<Logged>>> {
    let store = app.store().ok_or_else(AppError::internal)?;
    let place = LogChannel { application: app.id, channel };
    let mut tx = store.read().await?;
    let extent = log::extent(&mut tx, store.epoch(), place).await?;
    if extent.floor > after {
        return Ok(None);
    }
    Ok(Some(log::page(&mut tx, place, after, PAGE).await?))
}
