//! Webhooks: what happens on an application's channels, told to its backend.
//!
//! What happens is noted in memory ([`Outbox`]); that a channel was vacated or a member removed
//! waits three seconds and is forgotten if they come back. Twice a second what is ready becomes
//! rows ([`rows`]): requests of a bounded size, a short write at a time, and one application after the other. The
//! rows are the record of deliveries, and what is still to be delivered: a job for each organisation sends them
//! ([`delivery`]), signed, and with growing pauses for five minutes until the backend answers with 2xx.
//!
//! Promises (I33): who knows an application's public key, and an organisation whose backends do not answer, hold up neither the writer nor
//! other organisations' webhooks; memory and rows are bounded; and requests go to addresses of the internet only ([`target`]), unless the
//! settings say otherwise.

mod delivery;
mod outbox;
mod rows;
mod target;

use std::sync::Arc;

use serde_json::{Value, json};

pub use delivery::{JOB, deliver};
pub use outbox::Outbox;
pub use rows::{prune, run};
pub use target::{Caller, Refused, check_address};

/// Bytes of an event beside its texts.
const FIELDLESS_BYTES: usize = 64;

/// Where an application wants to be told, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its row.
    pub id: i64,
    /// The address that is called.
    pub url: String,
    /// The names that [`Hook::name`] gives.
    pub events: Vec<String>,
}

/// Something that happened on an application's channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hook {
    /// The first connection joined.
    ChannelOccupied {
        /// Where.
        channel: Arc<str>,
    },
    /// The last connection left.
    ChannelVacated {
        /// Where.
        channel: Arc<str>,
    },
    /// Somebody's first connection joined a presence channel.
    MemberAdded {
        /// Where.
        channel: Arc<str>,
        user_id: Arc<str>,
    },
    /// Somebody's last connection left a presence channel.
    MemberRemoved {
        /// Where.
        channel: Arc<str>,
        user_id: Arc<str>,
    },
    /// A client sent an event.
    ClientEvent {
        /// Where.
        channel: Arc<str>,
        event: String,
        /// Its data.
        data: String,
        /// Which connection sent it.
        socket_id: String,
        /// Who, on presence channels.
        user_id: Option<Arc<str>>,
    },
    /// Somebody joined a cache channel that has nothing cached.
    CacheMiss {
        /// Where.
        channel: Arc<str>,
    },
    /// The number of subscribers changed.
    SubscriptionCount {
        /// Where.
        channel: Arc<str>,
        /// How many there are.
        count: usize,
    },
}

/// Who comes and goes: a channel's subscribers, or one of its members.
type Place = (Arc<str>, Option<Arc<str>>);

impl Hook {
    /// Its name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ChannelOccupied { .. } => "channel_occupied",
            Self::ChannelVacated { .. } => "channel_vacated",
            Self::MemberAdded { .. } => "member_added",
            Self::MemberRemoved { .. } => "member_removed",
            Self::ClientEvent { .. } => "client_event",
            Self::CacheMiss { .. } => "cache_miss",
            Self::SubscriptionCount { .. } => "subscription_count",
        }
    }

    fn json(&self) -> Value {
        let name = self.name();
        match self {
            Self::ChannelOccupied { channel } | Self::ChannelVacated { channel } | Self::CacheMiss { channel } => {
                json!({ "name": name, "channel": channel })
            }
            Self::MemberAdded { channel, user_id } | Self::MemberRemoved { channel, user_id } => {
                json!({ "name": name, "channel": channel, "user_id": user_id })
            }
            Self::ClientEvent { channel, event, data, socket_id, user_id } => {
                let mut hook = json!({ "name": name, "channel": channel, "event": event, "data": data, "socket_id": socket_id });
                if let (Some(user_id), Some(fields)) = (user_id, hook.as_object_mut()) {
                    fields.insert("user_id".to_owned(), json!(user_id));
                }
                hook
            }
            Self::SubscriptionCount { channel, count } => json!({ "name": name, "channel": channel, "subscription_count": count }),
        }
    }

    /// About how many bytes it takes.
    fn bytes(&self) -> usize {
        let text = |text: &Option<Arc<str>>| text.as_ref().map_or(0, |text| text.len());
        let fields = match self {
            Self::ChannelOccupied { channel } | Self::ChannelVacated { channel } | Self::CacheMiss { channel } => channel.len(),
            Self::SubscriptionCount { channel, .. } => channel.len(),
            Self::MemberAdded { channel, user_id } | Self::MemberRemoved { channel, user_id } => channel.len() + user_id.len(),
            Self::ClientEvent { channel, event, data, socket_id, user_id } => {
                channel.len() + event.len() + data.len() + socket_id.len() + text(user_id)
            }
        };
        FIELDLESS_BYTES + fields
    }

    /// Somebody came.
    fn came(&self) -> Option<Place> {
        match self {
            Self::ChannelOccupied { channel } => Some((Arc::clone(channel), None)),
            Self::MemberAdded { channel, user_id } => Some((Arc::clone(channel), Some(Arc::clone(user_id)))),
            _ => None,
        }
    }

    /// Somebody went.
    fn went(&self) -> Option<Place> {
        match self {
            Self::ChannelVacated { channel } => Some((Arc::clone(channel), None)),
            Self::MemberRemoved { channel, user_id } => Some((Arc::clone(channel), Some(Arc::clone(user_id)))),
            _ => None,
        }
    }
}
