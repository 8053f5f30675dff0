//! Publishing: one event to up to a hundred channels, or ten events at once.

use axum::{Json, http::StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    super::{
        application::App,
        names::{Access, ChannelKind, is_event_name},
    },
    Info, Refusal, Signed,
};

/// Channels of one event.
const CHANNELS: usize = 100;
/// Events of one batch.
const BATCH: usize = 10;

#[derive(Debug, Deserialize)]
struct Event {
    name: String,
    data: Value,
    #[serde(default)]
    channels: Vec<String>,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    socket_id: Option<String>,
    #[serde(default)]
    info: String,
}

#[derive(Debug, Deserialize)]
struct Batch {
    batch: Vec<Event>,
}

/// `POST /apps/{app_id}/events`
pub async fn publish(signed: Signed) -> Result<Json<Value>, Refusal> {
    let event: Event = read(&signed.body)?;
    let info = Info::parse(&event.info);
    let checked = Checked::new(&signed.app, event)?;
    let channels = checked.publish(&signed.app);
    Ok(Json(if info == Info::default() { json!({}) } else { json!({ "channels": described(&signed.app, &channels, info) }) }))
}

/// `POST /apps/{app_id}/batch_events`: all of them, or none.
pub async fn publish_batch(signed: Signed) -> Result<Json<Value>, Refusal> {
    let Batch { batch } = read(&signed.body)?;
    if batch.len() > BATCH {
        return Err(Refusal::bad(format!("A batch has at most {BATCH} events.")));
    }
    let infos: Vec<Info> = batch.iter().map(|event| Info::parse(&event.info)).collect();
    let checked = batch.into_iter().map(|event| Checked::new(&signed.app, event)).collect::<Result<Vec<_>, _>>()?;
    let answers: Vec<Value> = checked
        .into_iter()
        .zip(&infos)
        .map(|(event, info)| {
            let channels = event.publish(&signed.app);
            described(&signed.app, &channels, *info).into_iter().next().map_or_else(|| json!({}), |(_, described)| described)
        })
        .collect();
    Ok(Json(if infos.iter().all(|info| *info == Info::default()) { json!({}) } else { json!({ "batch": answers }) }))
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::bad(format!("The body cannot be read: {error}")))
}

/// An event that can be published.
struct Checked {
    name: String,
    data: String,
    channels: Vec<String>,
    except: Option<String>,
}

impl Checked {
    fn new(app: &App, event: Event) -> Result<Self, Refusal> {
        let mut channels = event.channels;
        channels.extend(event.channel);
        if channels.is_empty() {
            return Err(Refusal::bad("channels is empty: name at least one."));
        }
        if channels.len() > CHANNELS {
            return Err(Refusal::bad(format!("An event goes to at most {CHANNELS} channels at once.")));
        }
        if !is_event_name(&event.name) {
            return Err(Refusal::bad("name must have 1 to 200 bytes."));
        }
        let kinds: Option<Vec<ChannelKind>> = channels.iter().map(|name| ChannelKind::of(name)).collect();
        let Some(kinds) = kinds else { return Err(Refusal::bad("One of the channels has no valid name.")) };
        if kinds.len() > 1 && kinds.iter().any(|kind| kind.access == Access::Encrypted) {
            return Err(Refusal::bad("An event for an encrypted channel can go to no other channel: each has a key of its own."));
        }
        // SDKs send text; a program of one's own may send JSON as it is.
        let data = match event.data {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let most = app.settings().data_bytes;
        if most != 0 && data.len() > most {
            return Err(Refusal(StatusCode::PAYLOAD_TOO_LARGE, format!("The data of an event has at most {most} bytes.")));
        }
        if event.socket_id.as_deref().is_some_and(|id| app.connection_of(id).is_none()) {
            return Err(Refusal::bad("socket_id is not one: two numbers with a dot between them."));
        }
        Ok(Self { name: event.name, data, channels, except: event.socket_id })
    }

    /// Publishes it; returns where.
    fn publish(self, app: &App) -> Vec<String> {
        let except = self.except.as_deref().and_then(|id| app.connection_of(id));
        for channel in &self.channels {
            app.publish(channel, &self.name, &self.data, except);
        }
        self.channels
    }
}

/// The attributes that were asked for, by channel.
fn described(app: &App, channels: &[String], info: Info) -> Map<String, Value> {
    channels
        .iter()
        .map(|name| {
            let counts = app.channel(name).map(|channel| channel.counts());
            let mut fields = Map::new();
            if info.user_count && name.starts_with("presence-") {
                fields.insert("user_count".to_owned(), json!(counts.map_or(0, |counts| counts.users)));
            }
            if info.subscription_count {
                fields.insert("subscription_count".to_owned(), json!(counts.map_or(0, |counts| counts.subscriptions)));
            }
            (name.clone(), Value::Object(fields))
        })
        .collect()
}
