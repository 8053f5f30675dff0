//! The store's promises, asked of the library itself.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use plenum_core::{
    error::AppError,
    ids::{OrganisationId, PersonId},
    people::PersonCard,
};
use plenum_directory::live::{OrganisationChanged, OrganisationEvent, PublicEvent};
use plenum_store::db::{Commits, Committed, Store, Tx};
use tempfile::TempDir;

async fn store() -> (TempDir, Store, Commits) {
    let folder = TempDir::new().unwrap();
    let (store, commits) = Store::open(&format!("sqlite://{}", folder.path().join("plenum.db").display()), 1).await.unwrap();
    (folder, store, commits)
}

fn renamed(name: &str) -> OrganisationEvent {
    OrganisationEvent::OrganisationRenamed(OrganisationChanged { name: name.to_owned() })
}

fn events(batches: &mut Commits) -> Vec<(String, Option<u64>)> {
    let mut events = Vec::new();
    while let Ok(batch) = batches.try_recv() {
        for item in batch.items {
            if let Committed::Event { channel, seq, .. } = item {
                events.push((channel, seq));
            }
        }
    }
    events
}

/// Of several closures in one commit, one that fails takes only itself back, its announcements included.
#[tokio::test]
async fn a_failure_takes_only_itself_back() {
    let (_folder, store, mut commits) = store().await;
    let mut writes = Vec::new();
    for number in 0..40_i64 {
        let store = store.clone();
        writes.push(tokio::spawn(async move {
            store
                .write(async move |tx| {
                    sqlx::query("insert into organisations (name, created_at) values ($1, 0)")
                        .bind(format!("o{number}"))
                        .execute(&mut **tx)
                        .await?;
                    tx.announce(
                        OrganisationId(1),
                        &OrganisationEvent::PersonChanged(PersonCard { id: PersonId(number + 1), name: "x".into(), hue: 0 }),
                    );
                    if number % 4 == 0 { Err(AppError::conflict("no")) } else { Ok(()) }
                })
                .await
        }));
    }
    let mut failed = 0;
    for write in writes {
        failed += u32::from(write.await.unwrap().is_err());
    }
    let mut tx = store.read().await.unwrap();
    let (rows,): (i64,) = sqlx::query_as("select count(*) from organisations").fetch_one(&mut *tx).await.unwrap();
    assert_eq!((failed, rows), (10, 30));
    let announced = events(&mut commits);
    assert_eq!(announced, (1..=30).map(|seq| ("private-organisation.1".to_owned(), Some(seq))).collect::<Vec<_>>());
}

/// Of a state that many closures of one commit change, the newest that stays goes out, and no other; what was taken back never does.
#[tokio::test]
async fn a_state_goes_out_once_a_commit() {
    let (_folder, store, mut commits) = store().await;
    let write = |number: i64| {
        let store = store.clone();
        tokio::spawn(async move {
            let body = async move |tx: &mut Tx| {
                tx.announce(OrganisationId(1), &renamed(&number.to_string()));
                // The last one fails.
                if number == 39 { Err(AppError::conflict("no")) } else { Ok(()) }
            };
            store.write(body).await
        })
    };
    let writes: Vec<_> = (0..40).map(write).collect();
    for write in writes {
        let _ = write.await.unwrap();
    }
    let mut batches = Vec::new();
    while let Ok(batch) = commits.try_recv() {
        let payloads = batch.items.into_iter().filter_map(|item| match item {
            Committed::Event { payload, seq, .. } => Some((payload, seq)),
            _ => None,
        });
        batches.push(payloads.collect::<Vec<_>>());
    }
    assert!(batches.iter().all(|batch| batch.len() <= 1), "{batches:?}");
    let events: Vec<_> = batches.concat();
    let numbers: Vec<_> = events.iter().map(|(_, seq)| seq.unwrap()).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert!(events.iter().all(|(payload, _)| !payload.contains("39")), "{events:?}");
}

/// A panic in a closure is an error to its caller and to nobody else; the writer lives.
#[tokio::test]
async fn a_panic_is_taken_back() {
    let (_folder, store, mut commits) = store().await;
    let panicked = store
        .write(async |tx| -> plenum_core::error::AppResult<()> {
            tx.announce(OrganisationId(1), &renamed("never"));
            panic!("on purpose")
        })
        .await;
    assert!(panicked.is_err());
    store
        .write(async |tx| {
            tx.announce(OrganisationId(1), &renamed("after"));
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(events(&mut commits), [("private-organisation.1".to_owned(), Some(1))]);
}

/// A caller that goes away does not stop its write.
#[tokio::test]
async fn a_caller_that_goes_away_is_carried_out() {
    let (_folder, store, _commits) = store().await;
    let ran = Arc::new(AtomicU32::new(0));
    let task = tokio::spawn({
        let (store, ran) = (store.clone(), Arc::clone(&ran));
        async move {
            let _ = store
                .write(async move |_tx| {
                    ran.fetch_add(1, Ordering::SeqCst);
                    Ok(())
                })
                .await;
        }
    });
    tokio::task::yield_now().await;
    task.abort();
    let _ = task.await;
    store.write(async |_tx| Ok(())).await.unwrap();
    assert!(ran.load(Ordering::SeqCst) <= 1);
}

/// Numbers survive pruning and a reopened database: they never begin anew within an epoch.
#[tokio::test]
async fn numbers_are_never_given_twice() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("plenum.db").display());
    let mut last = 0;
    let mut epochs = Vec::new();
    for _ in 0..3 {
        let (store, mut commits) = Store::open(&url, 1).await.unwrap();
        epochs.push(store.epoch().clone());
        store
            .write(async |tx| {
                tx.announce(OrganisationId(1), &PublicEvent::OrganisationRenamed(OrganisationChanged { name: "x".into() }));
                Ok(())
            })
            .await
            .unwrap();
        let seq = events(&mut commits)[0].1.unwrap();
        assert!(seq > last);
        last = seq;
        store
            .write(async |tx| {
                sqlx::query("delete from live_log").execute(&mut **tx).await?;
                Ok(())
            })
            .await
            .unwrap();
    }
    assert!(epochs.iter().all(|epoch| *epoch == epochs[0]));
}

/// The write-ahead log does not grow with what is written: it is checkpointed beside the writer, and begins anew when it is long.
#[tokio::test]
async fn the_write_ahead_log_stays_short() {
    let (folder, store, _commits) = store().await;
    let log = folder.path().join("plenum.db-wal");
    let mut longest = 0;
    let mut written = 0_u64;
    // Three times as much as the log may hold.
    for number in 0..400_i64 {
        let body = async move |tx: &mut Tx| {
            sqlx::query(
                "insert into live_log (channel_id, seq, event, data, at) select 1, $1, 'x', hex(randomblob(250000)), 0 from live_epoch",
            )
            .bind(number)
            .execute(&mut **tx)
            .await?;
            Ok(())
        };
        if number == 0 {
            let channel = async |tx: &mut Tx| {
                sqlx::query("insert into channels (id, application, name) values (1, 0, 'x')").execute(&mut **tx).await?;
                Ok(())
            };
            store.write(channel).await.unwrap();
        }
        store.write(body).await.unwrap();
        written += 500_000;
        longest = longest.max(std::fs::metadata(&log).unwrap().len());
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(longest < written * 2 / 3, "{longest} bytes of log after {written} bytes");
    store.close().await;
    assert!(!log.exists(), "one whole file is left behind");
}
