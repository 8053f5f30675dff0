//! What a backend asks about channels.

use std::time::Instant;

use axum::{Json, extract::Path};
use serde_json::{Map, Value, json};

use super::{super::names::ChannelKind, Info, Refusal, Signed};

/// `GET /apps/{app_id}/channels`: those with somebody on them.
pub async fn channels(signed: Signed) -> Result<Json<Value>, Refusal> {
    let prefix = signed.value("filter_by_prefix").unwrap_or_default();
    let info = signed.info();
    if info.user_count && !prefix.starts_with("presence-") {
        return Err(Refusal::bad("user_count is known of presence channels only: ask with filter_by_prefix=presence-."));
    }
    let mut found = Map::new();
    for channel in signed.app.all_channels() {
        let counts = channel.counts();
        if counts.subscriptions > 0 && channel.name().starts_with(prefix) {
            let mut fields = Map::new();
            if info.user_count {
                fields.insert("user_count".to_owned(), json!(counts.users));
            }
            if info.subscription_count {
                fields.insert("subscription_count".to_owned(), json!(counts.subscriptions));
            }
            found.insert(channel.name().to_string(), Value::Object(fields));
        }
    }
    Ok(Json(json!({ "channels": found })))
}

/// `GET /apps/{app_id}/channels/{name}`
pub async fn channel(Path((_, name)): Path<(String, String)>, signed: Signed) -> Result<Json<Value>, Refusal> {
    let kind = kind(&name)?;
    let Info { user_count, subscription_count, cache } = signed.info();
    if user_count && !kind.is_presence() {
        return Err(Refusal::bad("user_count is known of presence channels only."));
    }
    let channel = signed.app.channel(&name);
    let counts = channel.as_ref().map(|channel| channel.counts());
    let subscriptions = counts.map_or(0, |counts| counts.subscriptions);
    let mut answer = Map::from_iter([("occupied".to_owned(), json!(subscriptions > 0))]);
    if user_count {
        answer.insert("user_count".to_owned(), json!(counts.map_or(0, |counts| counts.users)));
    }
    if subscription_count {
        answer.insert("subscription_count".to_owned(), json!(subscriptions));
    }
    if cache && kind.cache {
        let cached = channel.and_then(|channel| channel.cached(Instant::now()));
        answer.insert("cache".to_owned(), cached.map_or(Value::Null, |(data, ttl)| json!({ "data": data, "ttl": ttl })));
    }
    Ok(Json(Value::Object(answer)))
}

/// `GET /apps/{app_id}/channels/{name}/users`
pub async fn users(Path((_, name)): Path<(String, String)>, signed: Signed) -> Result<Json<Value>, Refusal> {
    if !kind(&name)?.is_presence() {
        return Err(Refusal::bad("Only presence channels know their users."));
    }
    let users = signed.app.channel(&name).map(|channel| channel.users()).unwrap_or_default();
    let users: Vec<Value> = users.into_iter().map(|id| json!({ "id": id })).collect();
    Ok(Json(json!({ "users": users })))
}

fn kind(name: &str) -> Result<ChannelKind, Refusal> {
    ChannelKind::of(name).ok_or_else(|| Refusal::bad("That is not a channel's name."))
}
