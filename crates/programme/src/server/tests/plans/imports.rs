//! Tables that become plans.

use super::{hold, is_counted, look, sell};
use crate::server::tests::{house, seated};
use plenum_core::{error::ErrorKind, ids::EventId};
use plenum_plans::model::change::Change;
use plenum_plans::{
    model::import::{ImportState, Mode},
    server::{
        change,
        imports::{self, run, start, upload},
        undo,
    },
};
use plenum_store::db::Tx;
use plenum_testing::House;

/// Runs the newest import of an event until it is over.
pub async fn finish(house: &House, event: EventId) {
    for _ in 0..200 {
        let import = look(house, event).await.import.unwrap();
        if import.progress.state != ImportState::Running {
            return;
        }
        run(house.store.clone(), serde_json::json!({ "import": import.progress.id })).await.unwrap();
    }
    panic!("it never ended");
}

fn table(rows: i64, seats: i64) -> Vec<u8> {
    let mut text = String::from("section,row,seat,ticket_type\n");
    for row in 1..=rows {
        for seat in 1..=seats {
            text.push_str(&format!("Stalls,{row},{seat},Stalls\n"));
        }
    }
    text.into_bytes()
}

/// A table whose lines are all good goes in at once; it is what the plan is then, seats are counted, and it can be undone.
#[tokio::test]
async fn a_good_table_becomes_the_plan() {
    let house = house(2).await;
    let (event, _) = seated(&house, 0).await;
    let before = look(&house, event).await.plan;
    upload(&house.store, house.person(1), event, Mode::Replace, table(40, 50)).await.unwrap();
    let refused = change(&house.store, house.person(1), event, &Change::AddSection("Gallery".to_owned())).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Conflict, "nothing else changes the plan meanwhile");
    finish(&house, event).await;
    let after = look(&house, event).await;
    let done = after.import.clone().unwrap();
    assert_eq!((done.progress.state, done.lines, done.wrong, done.progress.kept), (ImportState::Done, 2_000, 0, 0));
    assert_eq!((done.progress.written, done.progress.percent()), (done.progress.steps, 100));
    assert_eq!((after.plan.len(), after.plan.sections.len()), (2_000, 1));
    is_counted(&house, event).await;

    undo(&house.store, house.person(1), event).await.unwrap();
    finish(&house, event).await;
    let back = look(&house, event).await.plan;
    assert_eq!((back.len(), back.sections.len(), back.kinds()), (before.len(), 2, before.kinds()));
    is_counted(&house, event).await;
}

/// A table with wrong lines changes nothing until somebody wants its good ones; if the plan is another one by then, it is read anew.
#[tokio::test]
async fn wrong_lines_wait() {
    let house = house(2).await;
    let (event, _) = seated(&house, 0).await;
    let before = look(&house, event).await;
    let mut text = table(2, 3);
    text.extend_from_slice(b"Stalls,9,9,Gallery\n");
    let id = upload(&house.store, house.person(1), event, Mode::Replace, text.clone()).await.unwrap();
    let waiting = look(&house, event).await;
    let import = waiting.import.unwrap();
    assert_eq!((waiting.plan, import.progress.state, import.wrong), (before.plan, ImportState::Checked, 1));
    assert_eq!((import.report[0].line, import.report[0].column.as_str()), (8, "ticket_type"));
    change(&house.store, house.person(1), event, &Change::AddSection("Gallery".to_owned())).await.unwrap();
    assert_eq!(start(&house.store, house.person(1), event, id).await.unwrap_err().kind, ErrorKind::Conflict);
    let id = upload(&house.store, house.person(1), event, Mode::Add, text).await.unwrap();
    start(&house.store, house.person(1), event, id).await.unwrap();
    finish(&house, event).await;
    let after = look(&house, event).await;
    assert_eq!((after.plan.len(), after.import.unwrap().progress.state), (270 + 6, ImportState::Done));
    is_counted(&house, event).await;
    assert_eq!(start(&house.store, house.person(1), event, id).await.unwrap_err().kind, ErrorKind::Conflict, "once");
}

/// A table that would take somebody's seat does not begin; a seat that is taken while it goes in stays, and is counted as kept.
#[tokio::test]
async fn nobody_loses_a_seat_to_a_table() {
    let house = house(3).await;
    let (event, seats) = seated(&house, 2).await;
    sell(&house, event, seats[0]).await;
    let refused = upload(&house.store, house.person(1), event, Mode::Replace, table(2, 3)).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Conflict);
    assert!(refused.message.contains("Stalls, row A, seat 1"), "{}", refused.message);
    assert_eq!(look(&house, event).await.plan.len(), 270);

    house
        .store
        .write(async move |tx: &mut Tx| Ok(sqlx::query("delete from order_lines").execute(&mut **tx).await.map(drop)?))
        .await
        .unwrap();
    house
        .store
        .write(async move |tx: &mut Tx| Ok(sqlx::query("update ticket_types set sold = 0").execute(&mut **tx).await.map(drop)?))
        .await
        .unwrap();
    upload(&house.store, house.person(1), event, Mode::Replace, table(2, 3)).await.unwrap();
    hold(&house, 2, event, &seats[1..]).await;
    finish(&house, event).await;
    let after = look(&house, event).await;
    let done = after.import.clone().unwrap().progress;
    assert_eq!((done.state, done.kept, after.plan.len()), (ImportState::Done, 1, 7));
    is_counted(&house, event).await;
}

/// What is stopped stays as far as it came, and goes no further.
#[tokio::test]
async fn an_import_is_stopped() {
    let house = house(2).await;
    let (event, _) = seated(&house, 0).await;
    let id = upload(&house.store, house.person(1), event, Mode::Add, table(10, 20)).await.unwrap();
    let who = house.person(1).clone();
    let cancel = async move |tx: &mut Tx| imports::cancel(tx, &who, event, id).await;
    house.store.write(cancel.clone()).await.unwrap();
    run(house.store.clone(), serde_json::json!({ "import": id })).await.unwrap();
    let after = look(&house, event).await;
    assert_eq!((after.plan.len(), after.import.unwrap().progress.state), (270, ImportState::Cancelled));
    assert_eq!(house.store.write(cancel).await.unwrap_err().kind, ErrorKind::Conflict);
}
