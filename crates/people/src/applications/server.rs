//! The rows of external applications. After each change the running ones are to be read anew ([`Applications::load`]).

use crate::applications::{
    model::{self, Application, Credentials, Delivery, Settings, Webhook},
    settings,
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{ApplicationId, Millis, OrganisationId},
    people::{Identity, Role},
};
use plenum_directory::server::require_role;
use plenum_live::{
    pusher::{
        registry::Applications,
        signature::hex,
        webhooks::{Refused, check_address},
    },
    settings::Webhooks,
};
use plenum_store::db::{Activity, Conn, Store, Tx};

/// Applications of one organisation at the most.
const APPLICATIONS: i64 = 100;
/// Deliveries that are listed.
const DELIVERIES: i64 = 50;

/// Makes or updates the `first` application, which the settings name (`[app]`); and reads all of them.
///
/// # Errors
/// If the database refuses, or another application has the same id or key.
pub async fn start(store: &Store, first: Option<settings::App>, applications: &Applications) -> AppResult<()> {
    if let Some(app) = first {
        let origins = model::parse_origins(&app.origins)?.join(" ");
        store
            .write(async move |tx: &mut Tx| {
                let organisation: Option<OrganisationId> =
                    sqlx::query_scalar("select min(id) from organisations").fetch_one(&mut **tx).await?;
                let Some(organisation) = organisation else { return Ok(()) };
                sqlx::query(
                    "insert into applications (organisation_id, name, app_id, key, secret, origins, created_at) values ($1, $2, $2, $3, $4, $5, $6)
                     on conflict (app_id) do update set key = excluded.key, secret = excluded.secret, origins = excluded.origins",
                )
                .bind(organisation)
                .bind(&app.id)
                .bind(&app.key)
                .bind(&app.secret)
                .bind(&origins)
                .bind(tx.now())
                .execute(&mut **tx)
                .await?;
                Ok(())
            })
            .await?;
    }
    applications.load(store).await
}

/// The name is that of the row, so that a removal is recorded before it.
async fn record(tx: &mut Tx, who: &Identity, record: Record, id: i64) -> AppResult<()> {
    let name: String = sqlx::query_scalar("select name from applications where id = $1").bind(id).fetch_one(&mut **tx).await?;
    tx.record(Activity::by(who, record, Subject::named(id, &name))).await
}

/// Where a webhook goes to, without what may be secret in its address.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// A new secret: 20 random bytes in hex, as others make them.
fn secret() -> String {
    hex(&rand::random::<[u8; 20]>())
}

/// Makes an application; its secret is told here and never again.
///
/// # Errors
/// 403 unless one is an admin; 409 if there are too many; 422 for the settings.
pub async fn create(tx: &mut Tx, who: &Identity, settings: &Settings) -> AppResult<Credentials> {
    require_role(tx, who, Role::Admin).await?;
    let settings = settings.clone().checked()?;
    let count: i64 = sqlx::query_scalar("select count(*) from applications where organisation_id = $1")
        .bind(who.organisation)
        .fetch_one(&mut **tx)
        .await?;
    if count >= APPLICATIONS {
        return Err(AppError::conflict("An organisation has at most a hundred applications."));
    }
    let made = Credentials {
        app_id: (u64::from(rand::random::<u32>()) + 1_000_000).to_string(),
        key: hex(&rand::random::<[u8; 10]>()),
        secret: secret(),
    };
    let id: i64 = sqlx::query_scalar(
        // Never the id of one that is gone: its log is still there for a day.
        "insert into applications (id, organisation_id, name, app_id, key, secret, created_at)
         select coalesce(max(used.id), 0) + 1, $1, $2, $3, $4, $5, $6
         from (select max(id) as id from applications union all select max(application) from channels) as used returning id",
    )
    .bind(who.organisation)
    .bind(&settings.name)
    .bind(&made.app_id)
    .bind(&made.key)
    .bind(&made.secret)
    .bind(tx.now())
    .fetch_one(&mut **tx)
    .await?;
    write_settings(tx, id, &settings).await?;
    record(tx, who, Record::ApplicationCreated, id).await?;
    Ok(made)
}

async fn write_settings(tx: &mut Tx, id: i64, settings: &Settings) -> AppResult<()> {
    sqlx::query(
        "update applications set name = $2, enabled = $3, origins = $4, client_events = $5, subscription_counts = $6, connections = $7,
           presence_members = $8, data_bytes = $9, durable = $10 where id = $1",
    )
    .bind(id)
    .bind(&settings.name)
    .bind(settings.enabled)
    .bind(settings.origins.join(" "))
    .bind(settings.client_events)
    .bind(settings.subscription_counts)
    .bind(settings.connections)
    .bind(settings.presence_members)
    .bind(settings.data_bytes)
    .bind(settings.durable)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// 404 unless the application is one of this organisation's.
async fn own(conn: &mut Conn, who: &Identity, id: i64) -> AppResult<()> {
    let known: Option<i64> = sqlx::query_scalar("select id from applications where id = $1 and organisation_id = $2")
        .bind(id)
        .bind(who.organisation)
        .fetch_optional(conn)
        .await?;
    known.map(drop).ok_or_else(|| AppError::no_such("application"))
}

/// The organisation's applications.
pub async fn ids(conn: &mut Conn, organisation: OrganisationId) -> AppResult<Vec<ApplicationId>> {
    Ok(sqlx::query_scalar("select id from applications where organisation_id = $1").bind(organisation).fetch_all(conn).await?)
}

/// The names of the organisation's applications, in order.
pub async fn names(conn: &mut Conn, organisation: OrganisationId) -> AppResult<Vec<(ApplicationId, String)>> {
    let names = sqlx::query_as("select id, name from applications where organisation_id = $1 order by name, id");
    Ok(names.bind(organisation).fetch_all(conn).await?)
}

/// Changes an application's settings.
///
/// # Errors
/// 403; 404; 422 for the settings.
pub async fn update(tx: &mut Tx, who: &Identity, id: i64, settings: &Settings) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    let settings = settings.clone().checked()?;
    own(tx, who, id).await?;
    write_settings(tx, id, &settings).await?;
    record(tx, who, Record::ApplicationChanged { enabled: settings.enabled }, id).await
}

/// Makes a new secret; the one before stays valid until [`end_rotation`].
///
/// # Errors
/// 403; 404; 409 while an older one is still valid.
pub async fn rotate(tx: &mut Tx, who: &Identity, id: i64) -> AppResult<Credentials> {
    require_role(tx, who, Role::Admin).await?;
    own(tx, who, id).await?;
    let fresh = secret();
    let row: Option<(String, String)> = sqlx::query_as(
        "update applications set old_secret = secret, secret = $2 where id = $1 and old_secret is null returning app_id, key",
    )
    .bind(id)
    .bind(&fresh)
    .fetch_optional(&mut **tx)
    .await?;
    let (app_id, key) = row.ok_or_else(|| AppError::conflict("Two secrets are valid already. End the older one first."))?;
    record(tx, who, Record::ApplicationSecretChanged, id).await?;
    Ok(Credentials { app_id, key, secret: fresh })
}

/// Ends the older of two secrets.
///
/// # Errors
/// 403; 404.
pub async fn end_rotation(tx: &mut Tx, who: &Identity, id: i64) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    own(tx, who, id).await?;
    let ended = sqlx::query("update applications set old_secret = null where id = $1 and old_secret is not null")
        .bind(id)
        .execute(&mut **tx)
        .await?;
    if ended.rows_affected() == 0 {
        return Ok(());
    }
    record(tx, who, Record::ApplicationSecretEnded, id).await
}

/// Removes an application; its sockets close.
///
/// # Errors
/// 403; 404.
pub async fn remove(tx: &mut Tx, who: &Identity, id: i64) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    own(tx, who, id).await?;
    record(tx, who, Record::ApplicationRemoved, id).await?;
    sqlx::query("delete from applications where id = $1").bind(id).execute(&mut **tx).await?;
    Ok(())
}

/// Adds a webhook.
///
/// # Errors
/// 403; 404; 409 if there are too many; 422 `url` or `events`.
pub async fn add_webhook(tx: &mut Tx, who: &Identity, settings: Webhooks, id: i64, url: &str, events: &[String]) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    let (url, events) = model::parse_webhook(url, events)?;
    check_address(&url, settings).map_err(|refused| match refused {
        Refused::NotAnAddress => model::no_address(),
        Refused::Private => AppError::invalid("url", "This address is not one of the internet. Only the server's settings can allow such."),
    })?;
    own(tx, who, id).await?;
    let count: i64 = sqlx::query_scalar("select count(*) from webhooks where application_id = $1").bind(id).fetch_one(&mut **tx).await?;
    if usize::try_from(count).is_ok_and(|count| count >= model::WEBHOOKS) {
        return Err(AppError::conflict("An application has at most ten webhooks."));
    }
    sqlx::query("insert into webhooks (application_id, url, events, created_at) values ($1, $2, $3, $4)")
        .bind(id)
        .bind(&url)
        .bind(events.join(" "))
        .bind(tx.now())
        .execute(&mut **tx)
        .await?;
    record(tx, who, Record::ApplicationWebhookAdded { host: host_of(&url).to_owned() }, id).await
}

/// Removes a webhook of an application.
///
/// # Errors
/// 403; 404.
pub async fn remove_webhook(tx: &mut Tx, who: &Identity, id: i64, webhook: i64) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    own(tx, who, id).await?;
    let removed =
        sqlx::query("delete from webhooks where id = $2 and application_id = $1").bind(id).bind(webhook).execute(&mut **tx).await?;
    if removed.rows_affected() == 0 {
        return Ok(());
    }
    record(tx, who, Record::ApplicationWebhookRemoved, id).await
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    app_id: String,
    key: String,
    rotating: bool,
    enabled: bool,
    origins: String,
    client_events: bool,
    subscription_counts: bool,
    durable: bool,
    connections: u32,
    presence_members: u32,
    data_bytes: u32,
    created_at: Millis,
}

/// The organisation's applications, with what is on them now.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn list(conn: &mut Conn, who: &Identity, applications: &Applications) -> AppResult<Vec<Application>> {
    who.require(Role::Admin)?;
    let rows: Vec<Row> = sqlx::query_as(
        "select id, name, app_id, key, old_secret is not null as rotating, enabled, origins, client_events, subscription_counts, durable,
                connections, presence_members, data_bytes, created_at
         from applications where organisation_id = $1 order by name, id",
    )
    .bind(who.organisation)
    .fetch_all(&mut *conn)
    .await?;
    let hooks: Vec<(i64, i64, String, String)> = sqlx::query_as(
        "select webhooks.application_id, webhooks.id, url, events from webhooks join applications on applications.id = webhooks.application_id
         where organisation_id = $1 order by webhooks.id",
    )
    .bind(who.organisation)
    .fetch_all(&mut *conn)
    .await?;
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let listed = rows.into_iter().map(|row| {
        let running = applications.by_id(row.id);
        let webhooks = hooks
            .iter()
            .filter(|(application, ..)| *application == row.id)
            .map(|(_, id, url, events)| Webhook { id: *id, url: url.clone(), events: words(events) })
            .collect();
        Application {
            id: row.id,
            app_id: row.app_id,
            key: row.key,
            rotating: row.rotating,
            settings: Settings {
                name: row.name,
                enabled: row.enabled,
                origins: words(&row.origins),
                client_events: row.client_events,
                subscription_counts: row.subscription_counts,
                durable: row.durable,
                connections: row.connections,
                presence_members: row.presence_members,
                data_bytes: row.data_bytes,
            },
            webhooks,
            created_at: row.created_at,
            connections: running.as_ref().map_or(0, |app| app.connection_count()),
            channels: running.map_or(0, |app| app.all_channels().iter().filter(|channel| channel.counts().subscriptions > 0).count()),
        }
    });
    Ok(listed.collect())
}

/// The last delivery of an application's webhooks that was not taken.
pub async fn last_undelivered(conn: &mut Conn, id: ApplicationId) -> AppResult<Option<Delivery>> {
    let delivery = sqlx::query_as(
        "select id, url, events, attempts, status, error, created_at, done_at from webhook_deliveries
         where application_id = $1 and error is not null order by id desc limit 1",
    );
    Ok(delivery.bind(id).fetch_optional(conn).await?)
}

/// The last deliveries of an application's webhooks, the newest first.
///
/// # Errors
/// 403; 404.
pub async fn deliveries(conn: &mut Conn, who: &Identity, id: i64) -> AppResult<Vec<Delivery>> {
    who.require(Role::Admin)?;
    own(conn, who, id).await?;
    let deliveries = sqlx::query_as(
        "select id, url, events, attempts, status, error, created_at, done_at from webhook_deliveries where application_id = $1 order by id desc limit $2",
    )
    .bind(id)
    .bind(DELIVERIES)
    .fetch_all(conn)
    .await?;
    Ok(deliveries)
}
