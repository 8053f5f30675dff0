//! What stands in the way of one recipient does not stand in the way of the others, and is tried again when somebody wants it.

use super::*;
use crate::model::Draft;
use plenum_store::jobs::{self, Runner};

async fn statuses(house: &House, id: BroadcastId) -> Vec<(i64, String, Option<String>)> {
    sqlx::query_as("select person_id, status, reason from broadcast_recipients where broadcast_id = $1 order by person_id")
        .bind(id)
        .fetch_all(&mut **house.store.read().await.as_mut().unwrap())
        .await
        .unwrap()
}

async fn retry(house: &House, id: BroadcastId) -> AppResult<Broadcast> {
    let who = house.person(SENDER).clone();
    house.store.write(async move |tx: &mut Tx| act(tx, &who, id, Action::Retry).await).await
}

/// A template that is right for most is wrong for one: they fail, with the reason, the others have it; a retry reaches them once what
/// stood in the way is gone, and nobody twice.
#[tokio::test]
async fn who_cannot_be_told_is_left_out_and_tried_again() {
    let house = house(6).await;
    meddle(&house, "update people set name = 'Ines ' || id where id <> 5").await;
    let only = Draft::new(Audience::Everyone, words("{{ {'Ines': 'Dear Ines'}[first_name] }}"));
    let id = make(&house, SENDER, only).await.unwrap();
    send_all(&house.store, id).await;
    let sent = one(&house, id).await;
    assert_eq!((sent.state, sent.funnel.delivered, sent.funnel.failed), (State::Sent, 4, 1));
    let failed: Vec<_> = statuses(&house, id).await.into_iter().filter(|(_, status, _)| status == "failed").collect();
    assert!(matches!(&failed[..], [(5, _, Some(reason))] if reason.contains("undefined")), "{failed:?}");
    assert_eq!(sent.failure, failed[0].2);
    check_counts(&house).await;

    retry(&house, id).await.unwrap();
    send_all(&house.store, id).await;
    let again = one(&house, id).await;
    assert_eq!((again.state, again.funnel.delivered, again.funnel.failed), (State::Sent, 4, 1), "it still stands in the way");
    meddle(&house, "update people set name = 'Ines Five' where id = 5").await;
    retry(&house, id).await.unwrap();
    send_all(&house.store, id).await;
    let whole = one(&house, id).await;
    assert_eq!((whole.state, whole.funnel.delivered, whole.funnel.failed, whole.failure), (State::Sent, 5, 0, None));
    assert_eq!(told(&house, id).await, (2..=6).map(|person| (person, 1)).collect::<Vec<_>>());
    check_counts(&house).await;
    assert_eq!(retry(&house, id).await.unwrap_err().status(), 409, "there is nothing to retry");
    assert_eq!(one(&house, id).await.state, State::Sent);
    assert_eq!(house.count("select count(*) from activity where verb = 'broadcast.retried'").await, 2);
}

/// The database refuses one of many: the job finds out which, leaves them out, and goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_constraint_stops_nobody_else() {
    let house = house(90).await;
    meddle(
        &house,
        "create trigger no_notice before insert on notifications when new.person_id in (30, 31, 77) begin select raise(abort, 'no'); end",
    )
    .await;
    let id = make(&house, SENDER, draft(Audience::Everyone)).await.unwrap();
    let stop = tokio_util::sync::CancellationToken::new();
    let runner = Runner::new(house.store.clone()).on(SEND, send).start(stop.clone());
    for _ in 0..600 {
        if one(&house, id).await.state == State::Sent {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    stop.cancel();
    runner.await.unwrap();
    let sent = one(&house, id).await;
    assert_eq!((sent.state, sent.funnel.delivered, sent.funnel.failed), (State::Sent, 86, 3), "{sent:?}");
    let failed: Vec<i64> =
        statuses(&house, id).await.into_iter().filter(|(_, status, _)| status == "failed").map(|(person, ..)| person).collect();
    assert_eq!(failed, [30, 31, 77]);
    assert_eq!(house.count("select count(*) from dead_letters").await, 0);
    check_counts(&house).await;
    let key = sending::key(id);
    house.store.write(async move |tx: &mut Tx| jobs::cancel(tx, &key).await).await.unwrap();
}
