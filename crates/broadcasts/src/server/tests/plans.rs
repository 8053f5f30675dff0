//! No step reads more of the recipients than it deals with, however many there are.

use super::*;

/// How the database goes about a statement.
async fn plan(house: &House, statement: &str) -> String {
    let statement = sqlx::AssertSqlSafe(format!("explain query plan {statement}"));
    let rows: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(statement).fetch_all(&mut **house.store.read().await.as_mut().unwrap()).await.unwrap();
    rows.into_iter().map(|(.., detail)| detail).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn no_step_scans_the_recipients() {
    let house = house(3).await;
    for (statement, index) in [
        (delivering::WAITING, "broadcast_recipients_waiting"),
        (delivering::NEXT, "broadcast_recipients_waiting"),
        (gathering::HELD, "broadcast_recipients_held"),
        (gathering::FAILED, "broadcast_recipients_failed"),
        (
            "update broadcast_recipients set status = 'delivered' where status = 'queued' and broadcast_id = 1 and person_id in (2, 3)",
            "PRIMARY KEY",
        ),
        ("select at from broadcast_moments where broadcast_id = 1 order by at", "PRIMARY KEY"),
    ] {
        let plan = plan(&house, statement).await;
        assert!(plan.contains(index) && !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{statement}: {plan}");
    }
}
