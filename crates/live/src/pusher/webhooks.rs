//! Webhooks: what happens on an application's channels, told to its backend.
//!
//! What happens is noted in memory ([`Outbox`]); that a channel was vacated or a member removed
//! waits three seconds and is forgotten if they come back. Twice a second what is ready becomes a
//! row for each webhook that wants it, and a job sends it: signed, and with growing pauses for five
//! minutes until the backend answers with 2xx. The rows are the record of deliveries.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{registry::Applications, signature::AppSecret};
use crate::connection::lock;
use plenum_core::{
    error::{AppError, AppResult},
    ids::Millis,
};
use plenum_store::{
    db::{self, Store, Tx},
    faults,
    jobs::{self, Job},
};

/// The kind of the jobs that deliver.
pub const JOB: &str = "webhook.deliver";
/// How long somebody may be away before it is told.
const AWAY: Duration = Duration::from_secs(3);
/// Events of one request.
const BATCH: usize = 100;
/// Events that wait in memory at the most: more are dropped and counted.
const WAITING: usize = 20_000;
/// How often what is ready goes out.
const EVERY: Duration = Duration::from_millis(500);
/// How long a delivery is tried.
const TRIED: Millis = 5 * 60_000;
/// How long a backend may take to answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// A webhook that was not taken, as HTTP would say it.
const UNANSWERED: u16 = 502;
/// How long deliveries are remembered.
const REMEMBERED: Millis = 7 * 24 * 3_600_000;

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
        /// Who.
        user_id: Arc<str>,
    },
    /// Somebody's last connection left a presence channel.
    MemberRemoved {
        /// Where.
        channel: Arc<str>,
        /// Who.
        user_id: Arc<str>,
    },
    /// A client sent an event.
    ClientEvent {
        /// Where.
        channel: Arc<str>,
        /// Its name.
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

#[derive(Debug, Default)]
struct Waiting {
    ready: Vec<Hook>,
    away: BTreeMap<Place, (Instant, Hook)>,
}

/// What an application's webhooks have not been told yet.
#[derive(Debug, Default)]
pub struct Outbox {
    wanted: AtomicBool,
    waiting: Mutex<Waiting>,
}

impl Outbox {
    /// Somebody wants to know, or nobody: then nothing is noted.
    pub fn want(&self, wanted: bool) {
        self.wanted.store(wanted, Ordering::Relaxed);
        if !wanted {
            *lock(&self.waiting) = Waiting::default();
        }
    }

    /// Somebody wants to know.
    pub fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// Notes what happened.
    pub fn note(&self, hook: Hook, now: Instant) {
        if !self.is_wanted() {
            return;
        }
        let mut waiting = lock(&self.waiting);
        if let Some(place) = hook.went() {
            waiting.away.insert(place, (now + AWAY, hook));
            return;
        }
        // Back before it was told: neither was away.
        if hook.came().is_some_and(|place| waiting.away.remove(&place).is_some()) {
            return;
        }
        if let Hook::SubscriptionCount { channel, .. } = &hook {
            waiting.ready.retain(|known| !matches!(known, Hook::SubscriptionCount { channel: same, .. } if same == channel));
        }
        if waiting.ready.len() + waiting.away.len() >= WAITING {
            metrics::counter!("plenum_webhook_events_dropped_total").increment(1);
            return;
        }
        waiting.ready.push(hook);
    }

    /// What is to be told now.
    pub fn take(&self, now: Instant) -> Vec<Hook> {
        let mut waiting = lock(&self.waiting);
        let due: Vec<Place> = waiting.away.iter().filter(|(_, (at, _))| *at <= now).map(|(place, _)| place.clone()).collect();
        for place in due {
            if let Some((_, hook)) = waiting.away.remove(&place) {
                waiting.ready.push(hook);
            }
        }
        std::mem::take(&mut waiting.ready)
    }
}

/// Turns what is ready into deliveries, for as long as the process lives.
pub async fn run(store: Store, applications: Arc<Applications>) {
    let mut interval = tokio::time::interval(EVERY);
    loop {
        interval.tick().await;
        for app in applications.all() {
            let hooks = app.outbox.take(Instant::now());
            if hooks.is_empty() {
                continue;
            }
            let batches = batches(&app.settings().webhooks, &hooks);
            let id = app.id;
            let written = store
                .write(async move |tx: &mut Tx| {
                    for (url, events) in &batches {
                        enqueue(tx, id, url, events).await?;
                    }
                    Ok(())
                })
                .await;
            if let Err(error) = written {
                tracing::error!(%error, application.id = id, "webhooks could not be written down");
            }
        }
    }
}

/// What goes where, in requests of a bounded size.
fn batches(webhooks: &[Webhook], hooks: &[Hook]) -> Vec<(String, Vec<Value>)> {
    let mut batches = Vec::new();
    for webhook in webhooks {
        let wanted: Vec<Value> =
            hooks.iter().filter(|hook| webhook.events.iter().any(|name| name == hook.name())).map(Hook::json).collect();
        batches.extend(wanted.chunks(BATCH).map(|batch| (webhook.url.clone(), batch.to_vec())));
    }
    batches
}

async fn enqueue(tx: &mut Tx, application: i64, url: &str, events: &[Value]) -> AppResult<()> {
    let body = json!({ "time_ms": tx.now(), "events": events }).to_string();
    let id: i64 = sqlx::query_scalar(
        "insert into webhook_deliveries (application_id, url, body, events, created_at) values ($1, $2, $3, $4, $5) returning id",
    )
    .bind(application)
    .bind(url)
    .bind(body)
    .bind(i64::try_from(events.len()).unwrap_or(i64::MAX))
    .bind(tx.now())
    .fetch_one(&mut **tx)
    .await?;
    schedule(tx, id, 0).await
}

async fn schedule(tx: &mut Tx, delivery: i64, after: Millis) -> AppResult<()> {
    let due_at = tx.now() + after;
    let unique_key = Some(format!("{JOB}:{delivery}"));
    jobs::schedule(tx, Job { kind: JOB, payload: json!({ "delivery": delivery }), unique_key, due_at }).await
}

#[derive(sqlx::FromRow)]
struct Delivery {
    application_id: i64,
    url: String,
    body: String,
    attempts: u32,
    created_at: Millis,
    done_at: Option<Millis>,
}

/// Sends one delivery; the handler of the jobs.
///
/// # Errors
/// If the database refuses. That the backend does is written down, and it is tried again.
pub async fn deliver(store: Store, applications: Arc<Applications>, payload: Value) -> AppResult<()> {
    let id = payload.get("delivery").and_then(Value::as_i64).ok_or_else(AppError::internal)?;
    let delivery: Option<Delivery> =
        sqlx::query_as("select application_id, url, body, attempts, created_at, done_at from webhook_deliveries where id = $1")
            .bind(id)
            .fetch_optional(&mut *store.look().await?)
            .await?;
    let Some(delivery) = delivery.filter(|delivery| delivery.done_at.is_none()) else { return Ok(()) };
    let outcome = match applications.by_id(delivery.application_id).map(|app| app.settings()) {
        Some(settings) => match settings.secret() {
            Some(secret) => post(&delivery.url, &settings.key, secret, &delivery.body).await,
            None => Err((None, "the application has no secret".to_owned())),
        },
        None => Err((None, "the application is gone".to_owned())),
    };
    let (status, error) = match &outcome {
        Ok(status) => (Some(*status), None),
        Err((status, error)) => (*status, Some(error.clone())),
    };
    if let Some(error) = &error {
        faults::note("webhook", UNANSWERED, error);
    }
    let tries_again = outcome.is_err() && db::now() - delivery.created_at < TRIED;
    metrics::counter!("plenum_webhook_deliveries_total", "outcome" => if outcome.is_ok() { "ok" } else { "failed" }).increment(1);
    store
        .write(async move |tx: &mut Tx| {
            sqlx::query("update webhook_deliveries set attempts = attempts + 1, status = $2, error = $3, done_at = $4 where id = $1")
                .bind(id)
                .bind(status)
                .bind(&error)
                .bind((!tries_again).then_some(tx.now()))
                .execute(&mut **tx)
                .await?;
            // The job that runs now is finished by its runner, which leaves one that was scheduled anew alone.
            if tries_again { schedule(tx, id, 1_000 << delivery.attempts.min(7)).await } else { Ok(()) }
        })
        .await
}

/// Follows no redirect: an address is called as it was entered.
static CLIENT: LazyLock<Option<reqwest::Client>> = LazyLock::new(|| {
    reqwest::Client::builder()
        .timeout(ANSWERS_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("plenum/", env!("CARGO_PKG_VERSION")))
        .build()
        .inspect_err(|error| tracing::error!(%error, "webhooks cannot be sent"))
        .ok()
});

/// Calls a backend. The status if it took it; else what it said.
async fn post(url: &str, key: &str, secret: &AppSecret, body: &str) -> Result<i64, (Option<i64>, String)> {
    let Some(client) = CLIENT.as_ref() else { return Err((None, "no requests can be made from here".to_owned())) };
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header("x-pusher-key", key)
        .header("x-pusher-signature", secret.sign(body.as_bytes()))
        .body(body.to_owned());
    match request.send().await {
        Ok(response) if response.status().is_success() => Ok(i64::from(response.status().as_u16())),
        Ok(response) => Err((Some(i64::from(response.status().as_u16())), format!("it answered {}", response.status()))),
        Err(error) => Err((None, error.without_url().to_string())),
    }
}

/// Forgets old deliveries, a batch at a time. True if there may be more.
///
/// # Errors
/// If the database refuses.
pub async fn prune(tx: &mut Tx) -> AppResult<bool> {
    let before = tx.now() - REMEMBERED;
    let gone =
        sqlx::query("delete from webhook_deliveries where id in (select id from webhook_deliveries where created_at < $1 limit 500)")
            .bind(before)
            .execute(&mut **tx)
            .await?
            .rows_affected();
    Ok(gone == 500)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(hooks: &[Hook]) -> Vec<&'static str> {
        hooks.iter().map(Hook::name).collect()
    }

    #[test]
    fn who_comes_back_soon_was_never_away() {
        let (outbox, now) = (Outbox::default(), Instant::now());
        outbox.want(true);
        let member = |came: bool| {
            let (channel, user_id) = (Arc::from("presence-a"), Arc::from("7"));
            if came { Hook::MemberAdded { channel, user_id } } else { Hook::MemberRemoved { channel, user_id } }
        };
        outbox.note(Hook::ChannelOccupied { channel: "presence-a".into() }, now);
        outbox.note(member(true), now);
        assert_eq!(names(&outbox.take(now)), ["channel_occupied", "member_added"]);
        outbox.note(member(false), now);
        outbox.note(Hook::ChannelVacated { channel: "presence-a".into() }, now);
        assert_eq!(names(&outbox.take(now + AWAY / 2)), [] as [&str; 0]);
        outbox.note(Hook::ChannelOccupied { channel: "presence-a".into() }, now + AWAY / 2);
        outbox.note(member(true), now + AWAY / 2);
        assert_eq!(names(&outbox.take(now + AWAY * 2)), [] as [&str; 0]);
        outbox.note(member(false), now);
        assert_eq!(names(&outbox.take(now + AWAY)), ["member_removed"]);
    }

    #[test]
    fn nothing_is_kept_for_nobody() {
        let (outbox, now) = (Outbox::default(), Instant::now());
        outbox.note(Hook::CacheMiss { channel: "cache-a".into() }, now);
        outbox.want(true);
        assert!(outbox.take(now).is_empty());
        for count in 1..5 {
            outbox.note(Hook::SubscriptionCount { channel: "a".into(), count }, now);
        }
        assert_eq!(outbox.take(now), [Hook::SubscriptionCount { channel: "a".into(), count: 4 }]);
        for _ in 0..WAITING + 10 {
            outbox.note(Hook::CacheMiss { channel: "cache-a".into() }, now);
        }
        assert_eq!(outbox.take(now).len(), WAITING);
    }
}
