//! What was sent before there were variants is there afterwards, with one variant, its recipients and its counts.

use std::borrow::Cow;

use sqlx::{Connection as _, migrate::Migrator};

use crate::{
    model::{Funnel, State},
    server::{moments, receipts, row::row},
};
use plenum_core::ids::BroadcastId;
use plenum_store::db::{Conn, Store, Tx};

/// The migration that brought variants.
const VARIANTS: i64 = 13;

#[tokio::test]
async fn what_was_sent_before_stays() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("old.db").display());
    let mut migrator: Migrator = sqlx::migrate!("../../migrations/sqlite");
    migrator.migrations = Cow::Owned(migrator.migrations.iter().filter(|migration| migration.version < VARIANTS).cloned().collect());
    let mut conn = Conn::connect(&format!("{url}?mode=rwc")).await.unwrap();
    migrator.run(&mut conn).await.unwrap();
    for statement in [
        "insert into organisations (id, name, host, created_at) values (1, 'Institute', 'h', 0)",
        "insert into people (id, organisation_id, email, name, password_hash, hue, created_at) values (1, 1, 'a', 'A', '', 0, 0), (2, 1, 'b', 'B', '', 0, 0), (3, 1, 'c', 'C', '', 0, 0)",
        "insert into broadcasts (id, organisation_id, sender_id, audience, audience_name, title, text, link, state, due_at, created_at, started_at, ended_at, gathered, recipients, delivered, seen, read)
         values (9, 1, 1, 'everyone', 'Everyone', 'Old', 'Text', '/messages', 'sent', 5, 5, 6, 8, 1, 2, 2, 1, 0)",
        "insert into broadcast_recipients (broadcast_id, person_id, status, at) values (9, 2, 'seen', 7), (9, 3, 'delivered', 6)",
        "insert into broadcast_marks (broadcast_id, person_id, read) values (9, 2, 1)",
    ] {
        sqlx::query(statement).execute(&mut conn).await.unwrap();
    }
    conn.close().await.unwrap();

    let (store, _commits) = Store::open(&url, 1).await.unwrap();
    // What nobody had counted yet is counted now.
    store.write(async |tx: &mut Tx| receipts::take(tx).await).await.unwrap();
    let mut conn = store.read().await.unwrap();
    let old = row(&mut conn, BroadcastId(9)).await.unwrap().unwrap().broadcast(&mut conn).await.unwrap();
    let funnel = Funnel { recipients: 2, delivered: 2, seen: 1, read: 1, ..Funnel::default() };
    assert_eq!((old.state, old.funnel, old.variants.len()), (State::Sent, funnel, 1));
    assert_eq!((old.title(), old.variants[0].words.link.as_str()), ("Old", "/messages"));
    let all: u32 = moments::of(&mut conn, BroadcastId(9)).await.unwrap().iter().map(|moment| moment.delivered).sum();
    assert_eq!(all, 2);
    let broken: Vec<(String,)> = sqlx::query_as("select \"table\" from pragma_foreign_key_check").fetch_all(&mut *conn).await.unwrap();
    assert_eq!(broken, []);
}
