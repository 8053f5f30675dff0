//! Deliveries: what stands in the rows is sent.
//!
//! An organisation has one job, which waits or runs. A run is a *turn*: it sends some requests at a time for a few seconds, and then
//! goes to the end of the line if more are due. So an organisation whose backends are slow, or many, has one of the places where such jobs
//! run, and a backend that does not answer some of its organisation's requests.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt as _, stream::FuturesUnordered};
use serde_json::{Value, json};
use sqlx::QueryBuilder;

use super::target::{ANSWERS_WITHIN, Caller};
use crate::pusher::registry::Applications;
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId},
};
use plenum_store::{
    db::{self, Db, Store, Tx, push_list},
    faults::Faults,
    jobs::{self, Job},
    organisations::{self, is_suspended},
};

/// The kind of the jobs that deliver.
pub const JOB: &str = "webhook.deliver";
/// Requests of one organisation on their way at a time…
const AT_ONCE: i64 = 8;
/// …and of those to one address.
const AT_ONCE_TO_ONE: i64 = 3;
/// How long a turn begins new requests.
const TURN: Duration = Duration::from_secs(15);
/// How soon a turn in which somebody does not answer looks for what is new.
const LOOKS_AGAIN: Duration = Duration::from_millis(500);
/// A request that was begun and of whose end nothing is known (the process died) is tried again after this.
const LEASE: Millis = 30_000;
/// How long a delivery is tried.
const TRIED: Millis = 5 * 60_000;
/// A webhook that was not taken, as HTTP would say it.
const UNANSWERED: u16 = 502;

const _: () = assert!(ANSWERS_WITHIN.as_millis() < LEASE as u128);

fn key(organisation: OrganisationId) -> String {
    format!("{JOB}:{organisation}")
}

fn job(organisation: OrganisationId, due_at: Millis) -> Job {
    Job { kind: JOB, payload: json!({ "organisation": organisation }), unique_key: Some(key(organisation)), due_at }
}

/// Something of `organisation` is due now.
pub(super) async fn wake(tx: &mut Tx, organisation: OrganisationId) -> AppResult<()> {
    let now = tx.now();
    jobs::schedule_no_later(tx, job(organisation, now)).await
}

#[derive(Debug, sqlx::FromRow)]
struct Delivery {
    id: i64,
    application_id: i64,
    url: String,
    body: String,
    attempts: u32,
    created_at: Millis,
}

/// What became of a request: its status, or that and what went wrong.
type Outcome = Result<i64, (Option<i64>, String)>;

/// One turn of an organisation; the handler of the jobs.
///
/// # Errors
/// If the database refuses. That a backend does is written down, and it is tried again.
pub async fn deliver(store: Store, applications: Arc<Applications>, caller: Caller, payload: Value) -> AppResult<()> {
    let organisation = payload.get("organisation").and_then(Value::as_i64).map(OrganisationId).ok_or_else(AppError::internal)?;
    let waits = async move |tx: &mut Tx| {
        let now = tx.now();
        organisations::waits(tx, job(organisation, now), organisation).await
    };
    if is_suspended(&mut *store.look().await?, organisation).await? && store.write(waits).await? {
        return Ok(());
    }
    let begun = Instant::now();
    let mut flight = FuturesUnordered::new();
    let mut busy: HashMap<String, usize> = HashMap::new();
    loop {
        let room = AT_ONCE - i64::try_from(flight.len()).unwrap_or(AT_ONCE);
        if room > 0 && begun.elapsed() < TURN {
            for delivery in claim(&store, organisation, busy.keys().cloned().collect(), room).await? {
                *busy.entry(delivery.url.clone()).or_default() += 1;
                flight.push(send(&store, &applications, &caller, delivery));
            }
        }
        if flight.is_empty() {
            break;
        }
        // One backend that does not answer keeps none of the others waiting.
        let Ok(Some(sent)) = tokio::time::timeout(LOOKS_AGAIN, flight.next()).await else { continue };
        let url = sent?;
        if let Some(count) = busy.get_mut(&url) {
            *count -= 1;
            if *count == 0 {
                busy.remove(&url);
            }
        }
    }
    store.write(async move |tx: &mut Tx| end_turn(tx, organisation).await).await
}

/// Takes some that are due, to addresses that are not `busy`, a few of each. They are this turn's for [`LEASE`].
async fn claim(store: &Store, organisation: OrganisationId, busy: Vec<String>, most: i64) -> AppResult<Vec<Delivery>> {
    let now = db::now();
    let mut due = QueryBuilder::<Db>::new(
        "select id from (
           select d.id, d.due_at, row_number() over (partition by d.url order by d.due_at, d.id) as place
           from webhook_deliveries d join applications a on a.id = d.application_id
           where d.done_at is null and a.organisation_id = ",
    );
    due.push_bind(organisation).push(" and d.due_at <= ").push_bind(now);
    if !busy.is_empty() {
        push_list(due.push(" and d.url not in "), busy);
    }
    due.push(") as due where place <= ").push_bind(AT_ONCE_TO_ONE).push(" order by due_at, id limit ").push_bind(most);
    let ids: Vec<i64> = due.build_query_scalar().fetch_all(&mut *store.look().await?).await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    store
        .write(async move |tx: &mut Tx| {
            let now = tx.now();
            let mut lease = QueryBuilder::<Db>::new("update webhook_deliveries set attempts = attempts + 1, due_at = ");
            lease.push_bind(now + LEASE).push(" where done_at is null and due_at <= ").push_bind(now).push(" and id in ");
            push_list(&mut lease, ids.iter().copied());
            lease.push(" returning id, application_id, url, body, attempts, created_at");
            Ok(lease.build_query_as().fetch_all(&mut **tx).await?)
        })
        .await
}

/// Sends one request and writes down what came of it. Returns its address.
async fn send(store: &Store, applications: &Applications, caller: &Caller, delivery: Delivery) -> AppResult<String> {
    let Delivery { id, application_id, url, body, attempts, created_at } = delivery;
    let outcome: Outcome = match applications.by_id(application_id).map(|app| app.settings()) {
        Some(settings) => match settings.secret() {
            Some(secret) => caller.post(&url, &settings.key, secret, body).await,
            None => Err((None, "the application has no secret".to_owned())),
        },
        None => Err((None, "the application is gone".to_owned())),
    };
    if let Err((_, error)) = &outcome {
        store.part::<Faults>().count("webhook", UNANSWERED, error);
    }
    metrics::counter!("plenum_webhook_deliveries_total", "outcome" => if outcome.is_ok() { "ok" } else { "failed" }).increment(1);
    let tries_again = outcome.is_err() && db::now() - created_at < TRIED;
    let pause = 1_000 << attempts.saturating_sub(1).min(7);
    store
        .write(async move |tx: &mut Tx| {
            let (status, error) = match &outcome {
                Ok(status) => (Some(*status), None),
                Err((status, error)) => (*status, Some(error.as_str())),
            };
            // What is done with is remembered without what was in it.
            sqlx::query(
                "update webhook_deliveries set status = $2, error = $3, done_at = $4, due_at = $5, body = case when $6 then body else '' end
                 where id = $1",
            )
            .bind(id)
            .bind(status)
            .bind(error)
            .bind((!tries_again).then_some(tx.now()))
            .bind(tx.now() + pause)
            .bind(tries_again)
            .execute(&mut **tx)
            .await?;
            Ok(())
        })
        .await?;
    Ok(url)
}

/// The next turn comes when something is due; now, behind the other organisations, if something is.
async fn end_turn(tx: &mut Tx, organisation: OrganisationId) -> AppResult<()> {
    let due: Option<Millis> = sqlx::query_scalar(
        "select min(due_at) from webhook_deliveries
         where done_at is null and application_id in (select id from applications where organisation_id = $1)",
    )
    .bind(organisation)
    .fetch_one(&mut **tx)
    .await?;
    match due {
        // The job that runs now is finished by its runner, which leaves one that was scheduled anew alone.
        Some(due_at) => {
            let due_at = due_at.max(tx.now());
            jobs::schedule(tx, job(organisation, due_at)).await
        }
        None => jobs::cancel(tx, &key(organisation)).await,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use tempfile::TempDir;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
        sync::mpsc,
    };
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::settings::Webhooks;

    /// What there is to be told.
    pub(in crate::pusher::webhooks) const WEBHOOKS: [&str; 1] = ["channel_vacated"];

    /// A database with organisations that have applications.
    pub(in crate::pusher::webhooks) struct Institution {
        pub store: Store,
        _folder: TempDir,
    }

    impl Institution {
        pub async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let (store, _commits) = Store::open(&format!("sqlite://{}", folder.path().join("test.db").display()), 1).await.unwrap();
            Self { store, _folder: folder }
        }

        /// Organisations with so many applications each.
        pub async fn organisations<const N: usize>(&self, counts: [usize; N]) -> [(OrganisationId, Vec<i64>); N] {
            self.store
                .write(async move |tx: &mut Tx| {
                    let mut made = counts.map(|_| (OrganisationId(0), Vec::new()));
                    for (number, ((organisation, applications), count)) in made.iter_mut().zip(counts).enumerate() {
                        *organisation = sqlx::query_scalar(
                            "insert into organisations (name, host, registration, created_at) values ($1, $1, 'invitation', 1) returning id",
                        )
                        .bind(format!("o{number}.example"))
                        .fetch_one(&mut **tx)
                        .await?;
                        for application in 0..count {
                            let id: i64 = sqlx::query_scalar(
                                "insert into applications (organisation_id, name, app_id, key, secret, created_at)
                                 values ($1, 'a', $2, $2, 'secret', 1) returning id",
                            )
                            .bind(*organisation)
                            .bind(format!("{number}-{application}"))
                            .fetch_one(&mut **tx)
                            .await?;
                            applications.push(id);
                        }
                    }
                    Ok(made)
                })
                .await
                .unwrap()
        }

        /// A request of an application waits.
        async fn waits(&self, organisation: OrganisationId, application: i64, url: String) {
            self.store
                .write(async move |tx: &mut Tx| {
                    sqlx::query(
                        "insert into webhook_deliveries (application_id, url, body, events, created_at, due_at) values ($1, $2, '{}', 1, $3, $3)",
                    )
                    .bind(application)
                    .bind(&url)
                    .bind(tx.now())
                    .execute(&mut **tx)
                    .await?;
                    wake(tx, organisation).await
                })
                .await
                .unwrap();
        }

        pub async fn count(&self, question: &'static str) -> i64 {
            sqlx::query_scalar(question).fetch_one(&mut *self.store.look().await.unwrap()).await.unwrap()
        }

        pub async fn change(&self, statement: &'static str) {
            self.store.write(async move |tx: &mut Tx| Ok(sqlx::query(statement).execute(&mut **tx).await.map(drop)?)).await.unwrap();
        }

        async fn runner(&self) -> (CancellationToken, Arc<Applications>) {
            let applications = Arc::new(Applications::default());
            applications.load(&self.store).await.unwrap();
            let (known, caller, stop) =
                (Arc::clone(&applications), Caller::new(Webhooks { allow_private: true }).unwrap(), CancellationToken::new());
            jobs::Runner::new(self.store.clone())
                .on(JOB, move |store, payload| deliver(store, Arc::clone(&known), caller.clone(), payload))
                .start(stop.clone());
            (stop, applications)
        }
    }

    /// A backend; each request's connection comes out, to be answered or not.
    async fn backend() -> (String, mpsc::UnboundedReceiver<TcpStream>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if sender.send(stream).is_err() {
                    return;
                }
            }
        });
        (url, receiver)
    }

    async fn answer(mut stream: TcpStream, status: &str) {
        let mut read = [0; 4096];
        let _ = stream.read(&mut read).await.unwrap();
        stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
    }

    /// I33: an organisation with many applications whose backends do not answer has a few requests on their way; another one's webhooks,
    /// which came after all of them, go out meanwhile.
    #[tokio::test]
    async fn one_organisation_does_not_take_all_places() {
        let place = Institution::new().await;
        let [(slow, many), (other, one)] = place.organisations([40, 1]).await;
        let (hangs, mut hanging) = backend().await;
        let (url, mut requests) = backend().await;
        for (number, application) in many.iter().enumerate() {
            place.waits(slow, *application, format!("{hangs}/{number}")).await;
        }
        place.waits(other, one[0], url).await;
        let (stop, _applications) = place.runner().await;
        answer(requests.recv().await.unwrap(), "200 OK").await;
        let mut begun = 0;
        while hanging.try_recv().is_ok() {
            begun += 1;
        }
        assert!(begun <= AT_ONCE, "{begun} requests of one organisation at a time");
        stop.cancel();
    }

    /// A backend that does not answer holds up none of its organisation's others, before and after.
    #[tokio::test]
    async fn one_backend_does_not_hold_up_the_others() {
        let place = Institution::new().await;
        let [(organisation, applications)] = place.organisations([1]).await;
        let (hangs, mut hanging) = backend().await;
        let (url, mut requests) = backend().await;
        for _ in 0..20 {
            place.waits(organisation, applications[0], hangs.clone()).await;
        }
        let (stop, _applications) = place.runner().await;
        let _first = hanging.recv().await.unwrap();
        place.waits(organisation, applications[0], url).await;
        answer(requests.recv().await.unwrap(), "200 OK").await;
        let mut begun = 1;
        while hanging.try_recv().is_ok() {
            begun += 1;
        }
        assert!(begun <= AT_ONCE_TO_ONE, "{begun} requests to one address at a time");
        stop.cancel();
    }

    /// What is refused is tried again, what is taken is remembered without its body, and then there is no job.
    #[tokio::test]
    async fn what_is_refused_is_tried_again() {
        let place = Institution::new().await;
        let [(organisation, applications)] = place.organisations([1]).await;
        let (url, mut requests) = backend().await;
        place.waits(organisation, applications[0], url).await;
        let (stop, _applications) = place.runner().await;
        answer(requests.recv().await.unwrap(), "503 Service Unavailable").await;
        answer(requests.recv().await.unwrap(), "200 OK").await;
        while place.count("select count(*) from jobs").await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(
            place
                .count("select count(*) from webhook_deliveries where attempts = 2 and status = 200 and error is null and body = ''")
                .await,
            1
        );
        stop.cancel();
    }
}
