//! A time of each recipient's own zone.

use super::*;
use crate::model::{Late, When};
use plenum_core::{ids::Millis, time::Zone};
use plenum_store::{db::now, zones};

const HOUR: Millis = 3_600_000;

/// Each has it when it is theirs: those whose time has come get it now, the others when it comes; nobody before, nobody twice.
#[tokio::test]
async fn each_has_it_when_it_is_theirs() {
    let house = house(8).await;
    meddle(
        &house,
        "update people set time_zone = case id % 3 when 0 then 'Pacific/Kiritimati' when 1 then 'UTC' else 'Pacific/Pago_Pago' end",
    )
    .await;
    // Just now in UTC; long ago in Kiritimati (+14), and eleven hours ahead in Pago Pago.
    let local = Zone::machine(now()).get(..16).unwrap().to_owned();
    let when = When::OwnClock { local: local.clone(), late: Late::NextDay };
    let id = make(&house, SENDER, Draft { when, ..draft(Audience::Everyone) }).await.unwrap();
    send_all(&house.store, id).await;
    let first = one(&house, id).await;
    assert_eq!(told(&house, id).await, [(4, 1), (7, 1)], "UTC");
    let next_day_there = zones::instant("Pacific/Kiritimati", &local).unwrap() + 24 * HOUR;
    assert_eq!((first.state, first.next_at), (State::Sending, Some(next_day_there)), "the next is tomorrow in Kiritimati");
    let due: Millis = sqlx::query_scalar("select due_at from jobs where unique_key = $1")
        .bind(sending::key(id))
        .fetch_one(&mut **house.store.read().await.as_mut().unwrap())
        .await
        .unwrap();
    assert_eq!(due, next_day_there);
    assert!(!one_step(&house.store, id).await, "nobody has it before their time");
    assert_eq!(told(&house, id).await.len(), 2);
    check_counts(&house).await;
    for count in [4, 7] {
        meddle(
            &house,
            "update broadcast_recipients set due_at = 1 where status = 'queued' and due_at = (select min(due_at) from broadcast_recipients where status = 'queued')",
        )
        .await;
        send_all(&house.store, id).await;
        assert_eq!(told(&house, id).await.len(), count);
    }
    assert_eq!((one(&house, id).await.state, one(&house, id).await.funnel.delivered), (State::Sent, 7));
    assert!(told(&house, id).await.iter().all(|(_, count)| *count == 1));
    check_counts(&house).await;
}

/// Whoever has that time behind them gets it at once, if that was wanted.
#[tokio::test]
async fn whoever_has_it_behind_them_gets_it_at_once() {
    let house = house(5).await;
    meddle(&house, "update people set time_zone = case when id < 4 then 'Pacific/Kiritimati' else 'Pacific/Pago_Pago' end").await;
    let local = Zone::machine(now()).get(..16).unwrap().to_owned();
    let when = When::OwnClock { local: local.clone(), late: Late::AtOnce };
    let id = make(&house, SENDER, Draft { when, ..draft(Audience::Everyone) }).await.unwrap();
    send_all(&house.store, id).await;
    assert_eq!(told(&house, id).await, [(2, 1), (3, 1)]);
    assert_eq!(one(&house, id).await.next_at, zones::instant("Pacific/Pago_Pago", &local));
}
