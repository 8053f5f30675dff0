//! What is repeated: a broadcast at each of its times, once, and what is missed is said.

use super::*;
use crate::model::{Every, Halt, Repeat, Series, SeriesAction, SeriesState, When};
use plenum_core::{
    ids::{Millis, SeriesId},
    time::Zone,
};
use plenum_store::db::now;

const DAY: Millis = 24 * 3_600_000;

fn daily(times: Option<u32>) -> Draft {
    let local = Zone::machine(now() + 60_000).get(..16).unwrap().to_owned();
    let repeat = Some(Repeat { every: Every::Day, days: vec![], until: None, times });
    Draft { repeat, when: When::Clock { local, zone: "UTC".into() }, ..draft(Audience::Person(PersonId(3))) }
}

async fn begin(house: &House, draft: Draft) -> AppResult<SeriesId> {
    let who = house.person(SENDER).clone();
    house.store.write(async move |tx: &mut Tx| series::create(tx, &who, &Proved::of(draft.clone())?).await.map(|made| made.id)).await
}

async fn come(house: &House, id: SeriesId) {
    house.store.write(async move |tx: &mut Tx| series::come(tx, id).await).await.unwrap();
}

async fn what(house: &House, id: SeriesId, action: SeriesAction) -> AppResult<Series> {
    let who = house.person(SENDER).clone();
    house.store.write(async move |tx: &mut Tx| series::act(tx, &who, id, action).await).await
}

async fn only(house: &House) -> Option<Series> {
    fresh(house).await.series.pop()
}

/// Sets its next time so long ago, as if the server had been away.
async fn ago(house: &House, id: SeriesId, past: Millis) {
    let local = Zone::machine(now() - past).get(..16).unwrap().to_owned();
    let body = async move |tx: &mut Tx| {
        let at = tx.now() - past;
        sqlx::query("update broadcast_series set next_local = $2, next_at = $3 where id = $1")
            .bind(id)
            .bind(&local)
            .bind(at - at.rem_euclid(60_000))
            .execute(&mut **tx)
            .await?;
        Ok(())
    };
    house.store.write(body).await.unwrap();
}

/// At its time one broadcast is made, however often the job runs, and the next time is a day later; after the last it is over.
#[tokio::test]
async fn each_time_has_one_broadcast() {
    let house = house(4).await;
    let id = begin(&house, daily(Some(2))).await.unwrap();
    come(&house, id).await;
    assert_eq!(house.count("select count(*) from broadcasts").await, 0, "it is not time yet");
    for number in 1..=2 {
        ago(&house, id, 1_000).await;
        for _ in 0..3 {
            come(&house, id).await;
        }
        let made = fresh(&house).await.broadcasts;
        assert_eq!(made.len(), number);
        let occurrence = made[0].series.unwrap();
        assert_eq!((occurrence.series, occurrence.number as usize), (id, number));
        send_all(&house.store, made[0].id).await;
        assert_eq!(told(&house, made[0].id).await, [(3, 1)]);
        if number == 1 {
            let series = only(&house).await.unwrap();
            assert_eq!((series.state, series.made, series.missed), (SeriesState::Running, 1, 0));
            assert!((series.next_at - now() - DAY).abs() < 120_000);
        }
    }
    assert_eq!(only(&house).await, None, "it is over");
    assert_eq!(house.count("select count(*) from broadcast_series where state = 'ended' and made = 2").await, 1);
    assert_eq!(house.count("select count(*) from jobs where kind = 'broadcasts.repeat'").await, 0);
    assert_eq!(house.count("select count(*) from activity where verb in ('series.created', 'series.finished')").await, 2);
    assert_eq!(what(&house, id, SeriesAction::End).await.unwrap_err().status(), 409);
}

/// The server was away: of three days the last is made up for if that was less than two hours ago, else it is left out too; it is said.
#[tokio::test]
async fn what_was_missed_is_said() {
    for (past, made, missed) in [(2 * DAY + 60_000, 1, 2), (2 * DAY + series::LATE + 60_000, 0, 3)] {
        let house = house(4).await;
        let id = begin(&house, daily(None)).await.unwrap();
        ago(&house, id, past).await;
        come(&house, id).await;
        let series = only(&house).await.unwrap();
        assert_eq!((series.made, series.missed, series.state), (made, missed, SeriesState::Running), "{past}");
        assert!(series.missed_at.is_some() && series.next_at > now());
        assert_eq!(house.count("select count(*) from broadcasts").await, i64::from(made));
        assert_eq!(house.count("select count(*) from activity where verb = 'series.missed'").await, 1);
    }
}

/// Paused it sends nothing, and what would have been sent meanwhile is not missed; who may no longer send pauses it.
#[tokio::test]
async fn it_is_paused_resumed_and_ended() {
    let house = house(4).await;
    let id = begin(&house, daily(None)).await.unwrap();
    assert_eq!(what(&house, id, SeriesAction::Pause).await.unwrap().state, SeriesState::Paused);
    ago(&house, id, DAY + 60_000).await;
    come(&house, id).await;
    assert_eq!(house.count("select count(*) from broadcasts").await, 0);
    let resumed = what(&house, id, SeriesAction::Resume).await.unwrap();
    assert_eq!((resumed.state, resumed.missed), (SeriesState::Running, 0));
    assert!(resumed.next_at > now());
    assert_eq!(what(&house, id, SeriesAction::Resume).await.unwrap_err().status(), 409);

    meddle(&house, "delete from roles where person_id = 1").await;
    ago(&house, id, 1_000).await;
    come(&house, id).await;
    meddle(&house, "insert into roles (person_id, role) values (1, 'admin')").await;
    let halted = only(&house).await.unwrap();
    assert_eq!((halted.state, halted.halt, halted.made), (SeriesState::Paused, Some(Halt::Sender), 0));
    assert_eq!(what(&house, id, SeriesAction::End).await.unwrap().state, SeriesState::Ended);
    assert_eq!(only(&house).await, None);
    let stranger = house.person(4).clone();
    let refused = house.store.write(async move |tx: &mut Tx| series::act(tx, &stranger, id, SeriesAction::End).await).await;
    assert_eq!(refused.unwrap_err().status(), 403);
}

/// What cannot be is named; a series counts as one of ten an hour.
#[tokio::test]
async fn a_series_is_checked() {
    let house = house(4).await;
    let with = |repeat: Repeat| Draft { repeat: Some(repeat), ..daily(None) };
    let repeat = daily(None).repeat.unwrap();
    for (wrong, field) in [
        (with(Repeat { until: Some("2001-01-01".into()), ..repeat.clone() }), "until"),
        (with(Repeat { until: Some("soon".into()), ..repeat.clone() }), "until"),
        (with(Repeat { times: Some(0), ..repeat.clone() }), "times"),
        (Draft { when: When::Now, ..daily(None) }, "at"),
        (Draft { variants: vec![words("{{ nickname }}")], ..daily(None) }, "title"),
        (Draft { audience: Audience::Person(PersonId(99)), ..daily(None) }, "audience"),
    ] {
        assert_eq!(begin(&house, wrong).await.unwrap_err().field.as_deref(), Some(field));
    }
    for _ in 0..10 {
        begin(&house, daily(None)).await.unwrap();
    }
    assert_eq!(begin(&house, daily(None)).await.unwrap_err().status(), 429);
    assert_eq!(make(&house, SENDER, draft(Audience::Everyone)).await.unwrap_err().status(), 429);
}

/// I26: two servers on one database: the time of a series has one broadcast.
#[tokio::test(flavor = "multi_thread")]
async fn two_workers_make_one() {
    let house = house(4).await;
    let id = begin(&house, daily(None)).await.unwrap();
    let (other, _commits) = Store::open(&format!("sqlite://{}", house.store.path().display()), 1).await.unwrap();
    for made in 1..=5 {
        ago(&house, id, 1_000).await;
        let come = |store: Store| async move { store.write(async move |tx: &mut Tx| series::come(tx, id).await).await.unwrap() };
        tokio::join!(come(house.store.clone()), come(other.clone()), come(house.store.clone()), come(other.clone()));
        assert_eq!(house.count("select count(*) from broadcasts").await, made);
    }
    assert_eq!(house.count("select count(distinct occurrence) from broadcasts").await, 5);
}
