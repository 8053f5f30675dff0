//! All external applications that are known, by their keys and ids.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use super::{
    application::{App, Settings},
    record::Record,
    signature::AppSecret,
    webhooks::Webhook,
};
use crate::settings::Limits;
use plenum_core::{error::AppResult, ids::OrganisationId};
use plenum_store::db::{Conn, Store};

/// How often counts are told and heartbeats looked at.
const TICK: Duration = Duration::from_secs(1);
/// How often what is old is forgotten.
const SWEEP: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
struct Known {
    by_id: BTreeMap<i64, Arc<App>>,
    by_key: HashMap<String, Arc<App>>,
    by_app_id: HashMap<String, Arc<App>>,
}

/// The applications of this process.
#[derive(Debug, Default)]
pub struct Applications {
    known: RwLock<Known>,
    limits: Limits,
    /// Who named an application that there is not.
    pub strays: Record,
    /// One at a time reads the rows and puts them in place: what was read earlier must not come later.
    loading: tokio::sync::Mutex<()>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    organisation_id: OrganisationId,
    app_id: String,
    key: String,
    secret: String,
    old_secret: Option<String>,
    enabled: bool,
    origins: String,
    client_events: bool,
    subscription_counts: bool,
    durable: bool,
    connections: i64,
    presence_members: i64,
    data_bytes: i64,
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

impl Row {
    fn settings(self, webhooks: Vec<Webhook>) -> Settings {
        let size = |value: i64| usize::try_from(value).unwrap_or_default();
        Settings {
            app_id: self.app_id,
            key: self.key,
            secrets: std::iter::once(self.secret).chain(self.old_secret).map(AppSecret::new).collect(),
            organisation: self.organisation_id,
            enabled: self.enabled,
            origins: words(&self.origins),
            client_events: self.client_events,
            subscription_counts: self.subscription_counts,
            durable: self.durable,
            connections: size(self.connections),
            presence_members: size(self.presence_members),
            data_bytes: size(self.data_bytes),
            webhooks,
        }
    }
}

async fn webhooks(conn: &mut Conn) -> AppResult<HashMap<i64, Vec<Webhook>>> {
    let rows: Vec<(i64, i64, String, String)> =
        sqlx::query_as("select application_id, id, url, events from webhooks order by id").fetch_all(conn).await?;
    let mut webhooks: HashMap<i64, Vec<Webhook>> = HashMap::new();
    for (application, id, url, events) in rows {
        webhooks.entry(application).or_default().push(Webhook { id, url, events: words(&events) });
    }
    Ok(webhooks)
}

impl Applications {
    /// None yet; all within the server's `limits`.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Reads all applications as they are set now. Those that are known keep their connections.
    pub async fn load(&self, store: &Store) -> AppResult<()> {
        let _turn = self.loading.lock().await;
        let (rows, mut webhooks) = {
            let mut tx = store.read().await?;
            let rows: Vec<Row> = sqlx::query_as(
                "select a.id, organisation_id, app_id, key, secret, old_secret, enabled and o.suspended_at is null as enabled, origins,
                        client_events, subscription_counts, durable, connections, presence_members, data_bytes
                 from applications a join organisations o on o.id = a.organisation_id order by a.id",
            )
            .fetch_all(&mut *tx)
            .await?;
            (rows, webhooks(&mut tx).await?)
        };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *known);
        for row in rows {
            let id = row.id;
            let settings = row.settings(webhooks.remove(&id).unwrap_or_default());
            let (key, app_id, wanted) = (settings.key.clone(), settings.app_id.clone(), !settings.webhooks.is_empty());
            let app = match before.by_id.remove(&id) {
                Some(app) => {
                    app.configure(settings);
                    app
                }
                None => Arc::new(App::new(id, settings).over(store.clone()).within(self.limits)),
            };
            app.outbox.want(wanted);
            known.by_key.insert(key, Arc::clone(&app));
            known.by_app_id.insert(app_id, Arc::clone(&app));
            known.by_id.insert(id, app);
        }
        drop(known);
        for gone in before.by_id.into_values() {
            gone.switch_off();
        }
        Ok(())
    }

    fn look<T>(&self, at: impl FnOnce(&Known) -> T) -> T {
        at(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The application of a row.
    pub fn by_id(&self, id: i64) -> Option<Arc<App>> {
        self.look(|known| known.by_id.get(&id).cloned())
    }

    /// The application with this key.
    pub fn by_key(&self, key: &str) -> Option<Arc<App>> {
        self.look(|known| known.by_key.get(key).cloned())
    }

    /// The application that the HTTP API's path names.
    pub fn by_app_id(&self, app_id: &str) -> Option<Arc<App>> {
        self.look(|known| known.by_app_id.get(app_id).cloned())
    }

    /// All of them.
    pub fn all(&self) -> Vec<Arc<App>> {
        self.look(|known| known.by_id.values().cloned().collect())
    }
}

/// Heartbeats, counts and forgetting, for as long as the process lives. `ping` and `lost` are seconds of silence.
pub async fn run(applications: Arc<Applications>, ping: u32, lost: u32) {
    let mut interval = tokio::time::interval(TICK);
    let mut swept = Instant::now();
    loop {
        interval.tick().await;
        let now = Instant::now();
        let sweeps = now.duration_since(swept) >= SWEEP;
        if sweeps {
            swept = now;
        }
        for app in applications.all() {
            app.tick(now);
            for connection in app.all_connections() {
                connection.check_life(app.clock(), ping, lost);
            }
            if sweeps {
                app.sweep(now);
            }
            tokio::task::yield_now().await;
        }
    }
}
