//! What has happened becomes rows: a request to each webhook that wants it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlx::QueryBuilder;

use super::{Hook, Webhook, delivery};
use crate::pusher::{application::App, registry::Applications};
use plenum_core::{
    error::AppResult,
    ids::{Millis, OrganisationId},
};
use plenum_store::db::{self, Db, Store, Tx};

/// How often what is ready becomes rows.
const EVERY: Duration = Duration::from_millis(500);
/// Writes of one application each time; more waits for the next.
const WRITES: usize = 8;
/// Events of one request…
const BATCH: usize = 100;
/// …and the bytes that their JSON has at the most, unless one event alone has more.
const BATCH_BYTES: usize = 128 * 1024;
/// Requests of one application that wait for its backends; beyond it events are dropped and counted.
const UNDELIVERED: i64 = 500;
/// Requests of one application that are remembered once they are done with…
const REMEMBERED: i64 = 1_000;
/// …and how long.
const REMEMBERED_FOR: Millis = 7 * 24 * 3_600_000;
/// Rows that one write forgets.
const FORGOTTEN: i64 = 100;

/// Turns what is ready into rows, for as long as the process lives.
pub async fn run(store: Store, applications: Arc<Applications>) {
    let mut interval = tokio::time::interval(EVERY);
    loop {
        interval.tick().await;
        for _ in 0..WRITES {
            let mut any = false;
            // One short write for each: an application with much to tell goes to the end of the line.
            for app in applications.all() {
                any |= write_some(&store, &app).await;
            }
            if !any {
                break;
            }
        }
    }
}

/// Makes rows of some of what is ready; false if nothing is.
async fn write_some(store: &Store, app: &App) -> bool {
    let hooks = app.outbox.take(Instant::now());
    if hooks.is_empty() {
        return false;
    }
    let settings = app.settings();
    let requests = requests(&settings.webhooks, &hooks, db::now());
    let (application, organisation) = (app.id, settings.organisation);
    let written = store.write(async move |tx: &mut Tx| insert(tx, application, organisation, &requests).await).await;
    match written {
        Ok(dropped) => metrics::counter!("plenum_webhook_events_dropped_total").increment(dropped),
        Err(error) => tracing::error!(%error, application.id = application, "webhooks could not be written down"),
    }
    true
}

/// One request to a backend.
#[derive(Debug)]
struct Request {
    url: String,
    body: String,
    events: usize,
}

/// What goes where, in requests of a bounded size.
fn requests(webhooks: &[Webhook], hooks: &[Hook], now: Millis) -> Vec<Request> {
    let mut requests = Vec::new();
    for webhook in webhooks {
        let mut wanted = hooks.iter().filter(|hook| webhook.events.iter().any(|name| name == hook.name())).peekable();
        while wanted.peek().is_some() {
            let (mut events, mut bytes) = (Vec::<Value>::new(), 0);
            while let Some(hook) = wanted.next_if(|hook| events.is_empty() || (events.len() < BATCH && bytes + hook.bytes() <= BATCH_BYTES))
            {
                bytes += hook.bytes();
                events.push(hook.json());
            }
            let body = json!({ "time_ms": now, "events": events }).to_string();
            requests.push(Request { url: webhook.url.clone(), body, events: events.len() });
        }
    }
    requests
}

/// Writes requests down as far as there is room, and forgets some old ones. Returns how many events are dropped.
async fn insert(tx: &mut Tx, application: i64, organisation: OrganisationId, requests: &[Request]) -> AppResult<u64> {
    let waiting: i64 = sqlx::query_scalar("select count(*) from webhook_deliveries where application_id = $1 and done_at is null")
        .bind(application)
        .fetch_one(&mut **tx)
        .await?;
    let room = usize::try_from(UNDELIVERED - waiting).unwrap_or_default().min(requests.len());
    let (kept, dropped) = requests.split_at(room);
    let now = tx.now();
    if !kept.is_empty() {
        let mut rows = QueryBuilder::<Db>::new("insert into webhook_deliveries (application_id, url, body, events, created_at, due_at) ");
        rows.push_values(kept, |mut row, request| {
            row.push_bind(application)
                .push_bind(&request.url)
                .push_bind(&request.body)
                .push_bind(i64::try_from(request.events).unwrap_or(i64::MAX))
                .push_bind(now)
                .push_bind(now);
        });
        rows.build().execute(&mut **tx).await?;
        delivery::wake(tx, organisation).await?;
    }
    sqlx::query(
        "delete from webhook_deliveries where id in (select id from webhook_deliveries where application_id = $1 order by id desc limit $2 offset $3)
           and done_at is not null",
    )
    .bind(application)
    .bind(FORGOTTEN)
    .bind(UNDELIVERED + REMEMBERED)
    .execute(&mut **tx)
    .await?;
    Ok(dropped.iter().map(|request| request.events as u64).sum())
}

/// Forgets old deliveries, a batch at a time. True if there may be more.
pub async fn prune(tx: &mut Tx) -> AppResult<bool> {
    let before = tx.now() - REMEMBERED_FOR;
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
    use crate::pusher::webhooks::delivery::tests::{Institution, WEBHOOKS};

    fn webhook(id: i64, url: &str, events: &[&str]) -> Webhook {
        Webhook { id, url: url.to_owned(), events: events.iter().map(|name| (*name).to_owned()).collect() }
    }

    fn vacated(number: usize) -> Hook {
        Hook::ChannelVacated { channel: format!("a-{number}").into() }
    }

    #[test]
    fn requests_have_a_bounded_size() {
        let hooks: Vec<Hook> = (0..250).map(vacated).collect();
        let webhooks = [webhook(1, "https://a.example", &["channel_vacated"]), webhook(2, "https://b.example", &["cache_miss"])];
        let made: Vec<usize> = requests(&webhooks, &hooks, 1).iter().map(|request| request.events).collect();
        assert_eq!(made, [100, 100, 50]);

        let long = |length: usize| Hook::ClientEvent {
            channel: "private-a".into(),
            event: "client-a".into(),
            data: "x".repeat(length),
            socket_id: "1.1".into(),
            user_id: None,
        };
        let hooks = [long(BATCH_BYTES * 2), long(1), long(BATCH_BYTES - 1_000), long(1_000)];
        let made: Vec<usize> =
            requests(&[webhook(1, "https://a.example", &["client_event"])], &hooks, 1).iter().map(|request| request.events).collect();
        assert_eq!(made, [1, 2, 1]);
    }

    /// I33: a backend that answers nobody, and a client that makes things happen without end, fill neither the disk nor the writer.
    #[tokio::test]
    async fn rows_of_an_application_are_bounded() {
        let place = Institution::new().await;
        let [(organisation, applications)] = place.organisations([1]).await;
        let hooks: Vec<Hook> = (0..200).map(vacated).collect();
        let webhooks: Vec<Webhook> = (0..10).map(|id| webhook(id, "https://a.example", &WEBHOOKS)).collect();
        let mut dropped = 0;
        for _ in 0..40 {
            let requests = requests(&webhooks, &hooks, 1);
            assert!(requests.len() <= 20, "rows of one write");
            let application = applications[0];
            dropped += place.store.write(async move |tx: &mut Tx| insert(tx, application, organisation, &requests).await).await.unwrap();
        }
        assert_eq!(place.count("select count(*) from webhook_deliveries").await, UNDELIVERED);
        assert_eq!(dropped, (40 * 20 - 500) * 100, "and what is dropped is known");
        assert_eq!(place.count("select count(*) from jobs").await, 1);

        // What is done with is forgotten, the oldest first.
        for _ in 0..60 {
            place.change("update webhook_deliveries set done_at = 1").await;
            let requests = requests(&webhooks, &hooks, 1);
            let application = applications[0];
            place.store.write(async move |tx: &mut Tx| insert(tx, application, organisation, &requests).await).await.unwrap();
        }
        assert_eq!(place.count("select count(*) from webhook_deliveries").await, UNDELIVERED + REMEMBERED);
    }
}
