//! How many look at each seat map, told to them at most once a second and only when it has changed.

use std::{collections::HashMap, sync::Arc, time::Duration};

use plenum_core::{
    channels::Channel,
    clock::Ticks,
    ids::EventId,
    live::{Kind, LiveEvent},
};
use plenum_events::live::seats::{SeatsEvent, Watching};
use plenum_live::{dispatcher::Encoded, hub::Hub};
use plenum_store::db;

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(1);

/// How many look at the seat map of `event` now.
pub fn watching(hub: &Hub, event: EventId) -> u32 {
    u32::try_from(hub.watchers(&Channel::Seats(event).to_string())).unwrap_or(u32::MAX)
}

/// Tells those who look, for as long as the process lives.
pub async fn run(hub: Arc<Hub>) {
    let mut ticks = Ticks::every(LOOK);
    let mut told: HashMap<EventId, (u32, usize)> = HashMap::new();
    loop {
        ticks.tick().await;
        let names = hub.channels_named("seats.");
        let events = names.iter().filter_map(|name| match name.parse::<Channel>() {
            Ok(Channel::Seats(event)) => Some((event, hub.subscribers(name))),
            _ => None,
        });
        let now: HashMap<EventId, (u32, usize)> =
            events.map(|(event, subscribers)| (event, (watching(&hub, event), subscribers))).collect();
        for (event, figures) in &now {
            // Somebody's second tab does not change how many look, but is to be told.
            if told.get(event) != Some(figures) {
                count_publish(&hub, *event, figures.0);
            }
        }
        told = now;
    }
}

fn count_publish(hub: &Hub, event: EventId, watching: u32) {
    let told = SeatsEvent::WatchersChanged(Watching { watching, at: db::now() });
    let Kind::Ephemeral(key) = told.kind() else { return };
    let channel = Channel::Seats(event).to_string();
    hub.deliver(&channel, &Encoded::ephemeral(&channel, told.name(), &told.payload(), &format!("{}:{key}", told.name())), None);
}
