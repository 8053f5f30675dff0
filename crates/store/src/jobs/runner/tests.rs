use std::sync::{Mutex, PoisonError};

use super::*;
use crate::jobs::dead_letters;

type Seen = Arc<Mutex<Vec<String>>>;

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let (store, _commits) = Store::open(&format!("sqlite://{}", folder.path().join("test.db").display()), 1).await.unwrap();
    (folder, store)
}

async fn plan(store: &Store, kind: &'static str, payload: &'static str, unique_key: Option<&'static str>, after: Millis) {
    store
        .write(async move |tx: &mut Tx| {
            let due_at = tx.now() + after;
            schedule(tx, Job { kind, payload: payload.into(), unique_key: unique_key.map(str::to_owned), due_at }).await
        })
        .await
        .unwrap();
}

async fn waiting(store: &Store) -> Vec<(String, u32, Option<String>)> {
    sqlx::query_as("select payload, attempts, last_error from jobs order by id")
        .fetch_all(&mut **store.read().await.as_mut().unwrap())
        .await
        .unwrap()
}

/// A runner that notes what it did on a channel, and fails what is called "bad".
fn noting(store: &Store) -> (Runner, tokio::sync::mpsc::UnboundedReceiver<String>, Seen) {
    let (done, doing) = tokio::sync::mpsc::unbounded_channel();
    let seen: Seen = Seen::default();
    let seen_here = Arc::clone(&seen);
    let runner = Runner::new(store.clone()).on("note", move |_store, payload| {
        let text = payload.as_str().unwrap_or_default().to_owned();
        seen_here.lock().unwrap_or_else(PoisonError::into_inner).push(text.clone());
        let done = done.clone();
        async move {
            assert_ne!(text, "panic");
            let outcome = if text == "bad" { Err(AppError::conflict("it is bad")) } else { Ok(()) };
            done.send(text).map_err(|_| AppError::internal())?;
            outcome
        }
    });
    (runner, doing, seen)
}

/// A job that is due runs at once when it is scheduled, and one that is due later runs later, each once.
#[tokio::test]
async fn jobs_run_when_they_are_due() {
    let (_folder, store) = store().await;
    let (runner, mut done, _) = noting(&store);
    let stop = CancellationToken::new();
    let running = runner.start(stop.clone());
    plan(&store, "note", "later", None, 150).await;
    plan(&store, "note", "now", None, 0).await;
    assert_eq!(done.recv().await.as_deref(), Some("now"));
    assert_eq!(done.recv().await.as_deref(), Some("later"));
    stop.cancel();
    running.await.unwrap();
    assert!(waiting(&store).await.is_empty());
    assert!(done.try_recv().is_err());
}

/// What was scheduled before the start is found at the start; a job of a taken key replaces the older one.
#[tokio::test]
async fn one_job_of_a_key_waits() {
    let (_folder, store) = store().await;
    plan(&store, "note", "older", Some("key"), 0).await;
    plan(&store, "note", "newer", Some("key"), 0).await;
    let (runner, mut done, seen) = noting(&store);
    let stop = CancellationToken::new();
    let running = runner.start(stop.clone());
    assert_eq!(done.recv().await.as_deref(), Some("newer"));
    stop.cancel();
    running.await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["newer"]);
}

/// Three failed tries make a dead letter; a panic is a failure, and so is a kind that nobody handles.
#[tokio::test]
async fn what_fails_three_times_is_a_dead_letter() {
    let (_folder, store) = store().await;
    for (kind, payload) in [("note", "bad"), ("note", "panic"), ("unknown", "x")] {
        plan(&store, kind, payload, None, 0).await;
    }
    let (runner, _done, seen) = noting(&store);
    for attempt in 1..=3 {
        let (due, _) = runner.claim(&HashMap::new()).await.unwrap();
        assert_eq!(due.len(), 3, "attempt {attempt}");
        assert!(due.iter().all(|job| job.attempts == attempt));
        for job in due {
            runner.work(job).await;
        }
        if attempt < 3 {
            let rows = waiting(&store).await;
            assert_eq!(
                rows.iter().map(|row| row.2.clone().unwrap()).collect::<Vec<_>>(),
                ["it is bad", "it panicked", "nobody handles this kind"]
            );
            assert!(runner.claim(&HashMap::new()).await.unwrap().0.is_empty(), "they wait");
            store
                .write(async |tx: &mut Tx| Ok(sqlx::query("update jobs set due_at = 0").execute(&mut **tx).await.map(drop)?))
                .await
                .unwrap();
        }
    }
    assert!(waiting(&store).await.is_empty());
    let dead: i64 = sqlx::query_scalar("select count(*) from dead_letters where attempts = 3")
        .fetch_one(&mut **store.read().await.as_mut().unwrap())
        .await
        .unwrap();
    assert_eq!(dead, 3);
    assert_eq!(seen.lock().unwrap().iter().filter(|text| *text == "bad").count(), 3);
}

/// A lease ends: what a dead process had taken runs again. What was scheduled anew meanwhile is not removed.
#[tokio::test]
async fn a_lease_ends() {
    let (_folder, store) = store().await;
    plan(&store, "note", "a", Some("a"), 0).await;
    let (runner, _done, _) = noting(&store);
    let (mut taken, next) = runner.claim(&HashMap::new()).await.unwrap();
    assert!(next.unwrap() > now() + LEASE - 10_000);
    assert!(runner.claim(&HashMap::new()).await.unwrap().0.is_empty());
    store.write(async |tx: &mut Tx| Ok(sqlx::query("update jobs set leased_until = 1").execute(&mut **tx).await.map(drop)?)).await.unwrap();
    assert_eq!(runner.claim(&HashMap::new()).await.unwrap().0.len(), 1);
    plan(&store, "note", "again", Some("a"), 0).await;
    runner.work(taken.remove(0)).await;
    assert_eq!(waiting(&store).await.len(), 1);
}

/// Jobs that hang keep nothing else waiting, however many they are; and no more than some of a kind run at a time.
#[tokio::test]
async fn what_hangs_keeps_nothing_else_waiting() {
    let (_folder, store) = store().await;
    let (runner, mut done, _) = noting(&store);
    let (began, mut beginning) = tokio::sync::mpsc::unbounded_channel();
    let release = CancellationToken::new();
    let released = release.clone();
    let runner = runner.on("hang", move |_store, _| {
        let (began, released) = (began.clone(), released.clone());
        async move {
            began.send(()).map_err(|_| AppError::internal())?;
            released.cancelled().await;
            Ok(())
        }
    });
    for _ in 0..2 * AT_ONCE {
        plan(&store, "hang", "x", None, 0).await;
    }
    let stop = CancellationToken::new();
    let running = runner.start(stop.clone());
    for _ in 0..AT_ONCE_OF_KIND {
        beginning.recv().await.unwrap();
    }
    for _ in 0..3 {
        plan(&store, "note", "soon", None, 0).await;
        assert_eq!(done.recv().await.as_deref(), Some("soon"));
    }
    assert!(beginning.try_recv().is_err(), "the others of the kind wait their turn");
    release.cancel();
    for _ in AT_ONCE_OF_KIND..2 * AT_ONCE {
        beginning.recv().await.unwrap();
    }
    stop.cancel();
    running.await.unwrap();
    assert!(waiting(&store).await.is_empty());
}

/// Of one kind some begin, and of all together so many.
#[test]
fn there_is_so_much_room() {
    let running = |kind: &str, count| HashMap::from([(kind.to_owned(), count)]);
    let mut room = Room::beside(&running("a", AT_ONCE_OF_KIND - 1));
    assert_eq!(["a", "a", "b"].map(|kind| room.take(kind.to_owned())), [true, false, true]);
    assert_eq!((room.full(), room.free), (vec!["a"], AT_ONCE - AT_ONCE_OF_KIND - 1));
    assert!(!Room::beside(&running("b", AT_ONCE)).take("a".to_owned()));
}

/// However long the queue of one kind is, what is behind it begins.
#[tokio::test]
async fn a_long_queue_hides_nothing() {
    let (_folder, store) = store().await;
    let (runner, _done, _) = noting(&store);
    for _ in 0..2 * LOOKED_AT {
        plan(&store, "many", "x", None, -10).await;
    }
    plan(&store, "note", "last", None, 0).await;
    let (due, _) = runner.claim(&HashMap::new()).await.unwrap();
    let of = |kind: &str| due.iter().filter(|job| job.kind == kind).count();
    assert_eq!((of("many"), of("note")), (AT_ONCE_OF_KIND, 1));
}

/// A recurring job is armed at the start and again after each run, also after a failure.
#[tokio::test]
async fn a_recurring_job_goes_on() {
    let (_folder, store) = store().await;
    let (done, mut doing) = tokio::sync::mpsc::unbounded_channel();
    let runner = Runner::new(store.clone()).every("hourly", Duration::from_secs(3_600), |_store| async { Ok(()) }).every(
        "tick",
        Duration::from_millis(20),
        move |_store| {
            let done = done.clone();
            async move {
                done.send(()).map_err(|_| AppError::internal())?;
                Err(AppError::internal())
            }
        },
    );
    let stop = CancellationToken::new();
    let running = runner.start(stop.clone());
    for _ in 0..3 {
        doing.recv().await.unwrap();
    }
    stop.cancel();
    running.await.unwrap();
    assert_eq!(waiting(&store).await.len(), 2, "both wait for their next time");
}

/// A job is tried again after the pauses of its kind, and buried after the last.
#[tokio::test]
async fn a_kind_has_its_own_pauses() {
    const HOURS: [Duration; 3] = [Duration::from_secs(60), Duration::from_secs(3_600), Duration::from_secs(7_200)];
    let (_folder, store) = store().await;
    let (runner, _done, _) = noting(&store);
    let runner = runner.pauses("patient", &HOURS);
    assert_eq!([0, 1, 2, 3].map(|attempts| runner.pause("note", attempts)), [None, Some(10_000), Some(60_000), None]);
    assert_eq!([1, 2, 3, 4].map(|attempts| runner.pause("patient", attempts)), [Some(60_000), Some(3_600_000), Some(7_200_000), None]);
    plan(&store, "patient", "bad", None, 0).await;
    for attempt in 1..=4 {
        let (due, _) = runner.claim(&HashMap::new()).await.unwrap();
        assert_eq!(due.len(), 1, "attempt {attempt}");
        for job in due {
            runner.work(job).await;
        }
        let waits: Option<Millis> =
            sqlx::query_scalar("select due_at from jobs").fetch_optional(&mut *store.read().await.unwrap()).await.unwrap();
        assert_eq!(waits.is_some(), attempt < 4);
        store.write(async |tx: &mut Tx| Ok(sqlx::query("update jobs set due_at = 0").execute(&mut **tx).await.map(drop)?)).await.unwrap();
    }
    assert_eq!(dead_letters::letters(&mut store.look().await.unwrap(), 1).await.unwrap().1[0].attempts, 4);
}

/// A dead letter goes back once, whoever asks; it has all its tries again, and its key: one of its key waits.
#[tokio::test]
async fn a_dead_letter_goes_back_once() {
    let (_folder, store) = store().await;
    plan(&store, "note", "bad", Some("key"), 0).await;
    let (runner, _done, seen) = noting(&store);
    let fail = async || {
        for _ in 0..3 {
            store
                .write(async |tx: &mut Tx| Ok(sqlx::query("update jobs set due_at = 0").execute(&mut **tx).await.map(drop)?))
                .await
                .unwrap();
            for job in runner.claim(&HashMap::new()).await.unwrap().0 {
                runner.work(job).await;
            }
        }
        dead_letters::letters(&mut store.look().await.unwrap(), 10).await.unwrap()
    };
    let (count, letters) = fail().await;
    assert_eq!((count, letters[0].kind.as_str(), letters[0].attempts, letters[0].error.as_str()), (1, "note", 3, "it is bad"));
    let id = letters[0].id;
    let revive = || store.write(async move |tx: &mut Tx| dead_letters::revive(tx, id).await);
    let (one, two) = tokio::join!(revive(), revive());
    let mut revived = [one.unwrap(), two.unwrap()];
    revived.sort();
    assert_eq!(revived, [None, Some("note".to_owned())]);
    let kinds = dead_letters::waiting(&mut store.look().await.unwrap(), now()).await.unwrap();
    assert_eq!((kinds[0].due, kinds[0].running, kinds[0].retrying, kinds[0].error.as_deref()), (1, 0, 0, None));
    let (count, letters) = fail().await;
    assert_eq!((count, letters[0].attempts), (1, 3));
    assert_eq!(seen.lock().unwrap().len(), 6, "it had all its tries again");

    plan(&store, "note", "newer", Some("key"), 60_000).await;
    let id = letters[0].id;
    store.write(async move |tx: &mut Tx| dead_letters::revive(tx, id).await).await.unwrap();
    assert_eq!(waiting(&store).await.iter().map(|row| row.0.as_str()).collect::<Vec<_>>(), ["\"newer\""]);
}

/// What waits is told by what it waits for.
#[tokio::test]
async fn waiting_jobs_are_told_apart() {
    let (_folder, store) = store().await;
    for (payload, after) in [("bad", 0), ("good", 0), ("later", 60_000)] {
        plan(&store, "note", payload, None, after).await;
    }
    let (runner, _done, _) = noting(&store);
    let (due, _) = runner.claim(&HashMap::new()).await.unwrap();
    let mut due = due.into_iter();
    let figures = async || {
        let kinds = dead_letters::waiting(&mut store.look().await.unwrap(), now()).await.unwrap();
        (kinds[0].due, kinds[0].running, kinds[0].retrying, kinds[0].scheduled)
    };
    assert_eq!(figures().await, (0, 2, 0, 1));
    runner.work(due.next().unwrap()).await;
    assert_eq!(figures().await, (0, 1, 1, 1));
    runner.work(due.next().unwrap()).await;
    assert_eq!(figures().await, (0, 0, 1, 1));
    let kinds = dead_letters::waiting(&mut store.look().await.unwrap(), now() + 3_600_000).await.unwrap();
    assert_eq!((kinds[0].due, kinds[0].error.as_deref()), (2, Some("it is bad")));
    assert!(kinds[0].due_since.is_some());
}
