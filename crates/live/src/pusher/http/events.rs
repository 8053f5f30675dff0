//! Publishing: one event to up to a hundred channels, or ten events at once.

use axum::{Json, http::StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    super::{
        application::App,
        durable,
        names::{Access, ChannelKind, is_event_name},
    },
    Info, Refusal, Signed,
};
use plenum_core::error::AppError;
use plenum_store::db::External;

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
    signed.app.noted(publish_one(&signed).await)
}

async fn publish_one(signed: &Signed) -> Result<Json<Value>, Refusal> {
    let event: Event = read(&signed.body)?;
    let info = Info::parse(&event.info);
    let Checked { events, channels } = Checked::new(&signed.app, event)?;
    durable::publish(&signed.app, events).await.map_err(unwritten)?;
    Ok(Json(if info == Info::default() { json!({}) } else { json!({ "channels": described(&signed.app, &channels, info) }) }))
}

/// `POST /apps/{app_id}/batch_events`: all of them, or none.
pub async fn publish_batch(signed: Signed) -> Result<Json<Value>, Refusal> {
    signed.app.noted(publish_all(&signed).await)
}

async fn publish_all(signed: &Signed) -> Result<Json<Value>, Refusal> {
    let Batch { batch } = read(&signed.body)?;
    if batch.len() > BATCH {
        return Err(Refusal::bad(format!("A batch has at most {BATCH} events.")));
    }
    let infos: Vec<Info> = batch.iter().map(|event| Info::parse(&event.info)).collect();
    let checked = batch.into_iter().map(|event| Checked::new(&signed.app, event)).collect::<Result<Vec<_>, _>>()?;
    let (events, channels): (Vec<_>, Vec<_>) = checked.into_iter().map(|checked| (checked.events, checked.channels)).unzip();
    durable::publish(&signed.app, events.into_iter().flatten().collect()).await.map_err(unwritten)?;
    let answers: Vec<Value> = channels
        .iter()
        .zip(&infos)
        .map(|(channels, info)| {
            described(&signed.app, channels, *info).into_iter().next().map_or_else(|| json!({}), |(_, described)| described)
        })
        .collect();
    Ok(Json(if infos.iter().all(|info| *info == Info::default()) { json!({}) } else { json!({ "batch": answers }) }))
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::bad(format!("The body cannot be read: {error}")))
}

fn unwritten(_: AppError) -> Refusal {
    Refusal(StatusCode::SERVICE_UNAVAILABLE, "The event could not be written to the log, and was not sent. Try again.".to_owned())
}

/// An event that can be published: to each channel, and which these are.
struct Checked {
    events: Vec<External>,
    channels: Vec<String>,
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
        let except = event.socket_id.as_deref().map(|id| app.connection_of(id));
        if except == Some(None) {
            return Err(Refusal::bad("socket_id is not one: two numbers with a dot between them."));
        }
        let to = |channel: &String| External {
            application: app.id,
            channel: channel.clone(),
            event: event.name.clone(),
            data: data.clone(),
            except: except.flatten(),
        };
        Ok(Self { events: channels.iter().map(to).collect(), channels })
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
