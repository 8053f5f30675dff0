//! That each recipient gets a broadcast once, that counts are those of the rows, and that pages and events are never apart.

mod apply;
mod failing;
mod plans;
mod repeating;
mod sampling;
mod table;
mod zones;

use super::*;
use crate::model::{Audience, Broadcasts, Draft, Report, State, Words};
use plenum_core::ids::NotificationId;
use plenum_inbox::{
    model::{Act, Category, Preferences, Way},
    server as inbox,
};
use plenum_messages::testing::Conversations as _;
use plenum_store::db::Store;
use plenum_testing::House;

const SENDER: usize = 1;

/// A house whose first two people may send.
async fn house(people: i64) -> House {
    let house = House::with(people).await;
    let grant = async |tx: &mut Tx| {
        sqlx::query("insert into roles (person_id, role) values (1, 'admin'), (2, 'manager'), (3, 'instructor')")
            .execute(&mut **tx)
            .await?;
        Ok(())
    };
    house.store.write(grant).await.unwrap();
    house
}

fn words(title: &str) -> Words {
    Words::parse(0, title, "At noon.", "/messages", 1).unwrap()
}

fn draft(audience: Audience) -> Draft {
    Draft::new(audience, words("Fire drill for {{ first_name }}"))
}

async fn make(house: &House, by: usize, draft: Draft) -> AppResult<BroadcastId> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| create(tx, &who, &Proved::of(draft.clone())?).await.map(|made| made.id)).await
}

async fn one_step(store: &Store, id: BroadcastId) -> bool {
    let letters = delivering::render(&mut store.read().await.unwrap(), id, 40).await.unwrap();
    store.write(async move |tx: &mut Tx| sending::step(tx, id, 40, &letters).await).await.unwrap()
}

async fn send_all(store: &Store, id: BroadcastId) {
    while one_step(store, id).await {}
}

async fn fresh(house: &House) -> Broadcasts {
    list(&mut house.store.read().await.unwrap(), house.person(SENDER), house.store.epoch(), None).await.unwrap().state
}

async fn reported(house: &House, id: BroadcastId) -> Report {
    report(&mut house.store.read().await.unwrap(), house.person(SENDER), house.store.epoch(), id).await.unwrap().state
}

async fn one(house: &House, id: BroadcastId) -> Broadcast {
    reported(house, id).await.broadcast
}

async fn take(house: &House) {
    house.store.write(async |tx: &mut Tx| receipts::marks_write(tx).await).await.unwrap();
}

/// Changes the database behind everybody's back.
async fn meddle(house: &House, statement: &'static str) {
    let body = async move |tx: &mut Tx| {
        sqlx::query(statement).execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(body).await.unwrap();
}

/// Who has a notification of it, and how many.
async fn told(house: &House, id: BroadcastId) -> Vec<(i64, i64)> {
    sqlx::query_as("select person_id, count(*) from notifications where subject = $1 group by person_id order by person_id")
        .bind(delivering::subject(id))
        .fetch_all(&mut **house.store.read().await.as_mut().unwrap())
        .await
        .unwrap()
}

/// The counts are those of the rows, by variant, and a step further is never more than the step before; variants and those who wait
/// are the audience; what came when adds up to the same.
async fn check_counts(house: &House) {
    type Counted = (i64, u8, i64, i64, i64, i64, i64, i64, i64);
    let counted: Vec<Counted> = sqlx::query_as(
        "select v.broadcast_id, v.number, count(r.person_id), count(case when r.status = 'refused' then 1 end),
           count(case when r.status = 'failed' then 1 end),
           count(case when r.status in ('delivered', 'seen', 'read', 'acted') then 1 end),
           count(case when r.status in ('seen', 'read', 'acted') then 1 end), count(case when r.status in ('read', 'acted') then 1 end),
           count(case when r.status = 'acted' then 1 end)
         from broadcast_variants v left join broadcast_recipients r on r.broadcast_id = v.broadcast_id and r.variant = v.number
         group by v.broadcast_id, v.number",
    )
    .fetch_all(&mut **house.store.read().await.as_mut().unwrap())
    .await
    .unwrap();
    for (id, number, recipients, refused, failed, delivered, seen, read, acted) in counted {
        let funnel = one(house, BroadcastId(id)).await.variants[usize::from(number)].funnel;
        let shown = [funnel.recipients, funnel.refused, funnel.failed, funnel.delivered, funnel.seen, funnel.read, funnel.acted];
        assert_eq!(shown.map(i64::from), [recipients, refused, failed, delivered, seen, read, acted], "broadcast {id}, variant {number}");
        assert!(acted <= read && read <= seen && seen <= delivered && delivered + refused + failed <= recipients);
    }
    for broadcast in fresh(house).await.broadcasts {
        let (recipients, held): (u32, u32) = sqlx::query_as(
            "select count(*), count(case when status = 'held' then 1 end) from broadcast_recipients where broadcast_id = $1",
        )
        .bind(broadcast.id)
        .fetch_one(&mut **house.store.read().await.as_mut().unwrap())
        .await
        .unwrap();
        assert_eq!((broadcast.funnel.recipients, broadcast.held), (recipients, held), "{broadcast:?}");
        let all = crate::model::moments::in_all(&reported(house, broadcast.id).await.moments);
        let last = all.last().copied().unwrap_or_default();
        let funnel = broadcast.funnel;
        assert_eq!([last.delivered, last.seen, last.read, last.acted], [funnel.delivered, funnel.seen, funnel.read, funnel.acted]);
    }
}

/// I26: two workers, each with a writer of its own on the same database, send one broadcast at the same time: each recipient has it
/// once, everyone of the organisation but the sender, in their own words.
#[tokio::test(flavor = "multi_thread")]
async fn two_workers_send_once() {
    let house = house(430).await;
    let id = make(&house, SENDER, draft(Audience::Everyone)).await.unwrap();
    let url = format!("sqlite://{}", house.store.path().display());
    let (other, _commits) = Store::open(&url, 1).await.unwrap();
    let work = |store: Store| async move { send_all(&store, id).await };
    tokio::join!(work(house.store.clone()), work(other), work(house.store.clone()));
    send_all(&house.store, id).await;
    assert_eq!(told(&house, id).await, (2..=430).map(|person| (person, 1)).collect::<Vec<_>>());
    let sent = one(&house, id).await;
    assert_eq!((sent.state, sent.funnel.recipients, sent.funnel.delivered), (State::Sent, 429, 429));
    assert_eq!(house.count("select count(*) from activity where verb in ('broadcast.started', 'broadcast.sent')").await, 2);
    let title: String = sqlx::query_scalar("select title from notifications where person_id = 3")
        .fetch_one(&mut **house.store.read().await.as_mut().unwrap())
        .await
        .unwrap();
    assert_eq!(title, "Fire drill for Lena");
    check_counts(&house).await;
}

/// I33: the writer renders no template. A recipient without a rendered letter gets theirs in a later step.
#[tokio::test]
async fn what_is_said_is_rendered_before_the_write() {
    let house = house(6).await;
    let id = make(&house, SENDER, draft(Audience::Everyone)).await.unwrap();
    let step = async |letters: delivering::Letters| {
        house.store.write(async move |tx: &mut Tx| sending::step(tx, id, 40, &letters).await).await.unwrap()
    };
    let render = async |people| delivering::render(&mut house.store.read().await.unwrap(), id, people).await.unwrap();
    while house.count("select count(*) from broadcast_recipients").await < 5 || !one(&house, id).await.gathered {
        assert!(step(delivering::Letters::default()).await);
    }
    assert!(step(delivering::Letters::default()).await && told(&house, id).await.is_empty());
    assert!(step(render(2).await).await);
    assert_eq!(told(&house, id).await, [(2, 1), (3, 1)]);
    send_all(&house.store, id).await;
    assert_eq!(told(&house, id).await, (2..=6).map(|person| (person, 1)).collect::<Vec<_>>());
}

/// I33: the export reads the recipients in parts of a bounded number of rows.
#[tokio::test]
async fn recipients_are_read_in_parts() {
    let house = house(622).await;
    let id = make(&house, SENDER, draft(Audience::Everyone)).await.unwrap();
    while !one(&house, id).await.gathered {
        let body = async move |tx: &mut Tx| sending::step(tx, id, 40, &delivering::Letters::default()).await;
        house.store.write(body).await.unwrap();
    }
    let part = async |after| export::part(&mut house.store.look().await.unwrap(), id, after).await.unwrap();
    let (first, next) = part(0).await;
    let (second, end) = part(next.unwrap()).await;
    assert_eq!((first.lines().count(), next, second.lines().count(), end), (501, Some(501), 121, None));
    assert!(first.starts_with("person,") && second.starts_with("502,"));
    let refused = export::begin(&mut house.store.look().await.unwrap(), house.person(4), id).await.unwrap_err();
    assert_eq!(refused.status(), 403);
}

/// Each audience is its people; who does not want announcements has refused, and is counted; who comes later is not meant.
#[tokio::test]
async fn an_audience_is_its_people() {
    let house = house(12).await;
    let room = house.room(SENDER, [4, 5]).await;
    let refusal = Preferences { refused: vec![(Category::Announcements, Way::App)], ..Preferences::default() };
    house.store.write(async move |tx: &mut Tx| inbox::set_preferences(tx, PersonId(5), &refusal).await).await.unwrap();
    for (audience, expected, refused) in [
        (Audience::Role(Role::Instructor), vec![3], 0),
        (Audience::Room(room), vec![4], 1),
        (Audience::Person(PersonId(7)), vec![7], 0),
        (Audience::Everyone, vec![2, 3, 4, 6, 7, 8, 9, 10, 11, 12], 1),
    ] {
        let id = make(&house, SENDER, draft(audience)).await.unwrap();
        assert!(one_step(&house.store, id).await, "it begins");
        let late = async |tx: &mut Tx| {
            sqlx::query("insert into people (organisation_id, email, name, password_hash, hue, created_at) select 1, 'late' || count(*), 'Late', '', 0, 0 from people")
                .execute(&mut **tx)
                .await?;
            Ok(())
        };
        if audience == Audience::Everyone {
            house.store.write(late).await.unwrap();
        }
        send_all(&house.store, id).await;
        assert_eq!(told(&house, id).await, expected.iter().map(|person| (*person, 1)).collect::<Vec<_>>(), "{audience}");
        let funnel = one(&house, id).await.funnel;
        assert_eq!((funnel.refused, funnel.recipients as usize), (refused, expected.len() + refused as usize), "{audience}");
    }
    check_counts(&house).await;
    for wrong in ["person:1", "person:13", "person:999", "room:999"] {
        let refused = make(&house, SENDER, draft(wrong.parse().unwrap())).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("audience"), "{wrong}");
    }
    assert_eq!(make(&house, 4, draft(Audience::Everyone)).await.unwrap_err().status(), 403);
}

/// Scheduled by somebody who has lost the role since: it does not go out in their name (I24).
#[tokio::test]
async fn a_broadcast_of_a_former_sender_is_cancelled() {
    let house = house(3).await;
    let id = make(&house, SENDER, draft(Audience::Everyone)).await.unwrap();
    meddle(&house, "delete from roles where role <> 'member'").await;
    send_all(&house.store, id).await;
    let row = row(&mut house.store.read().await.unwrap(), id).await.unwrap().unwrap();
    assert_eq!(row.state, State::Cancelled);
    assert_eq!(told(&house, id).await, []);
}

/// The eleventh within an hour is refused for its sender, says when again, and hurts nobody else.
#[tokio::test]
async fn ten_an_hour_and_sender() {
    let house = house(3).await;
    for _ in 0..10 {
        make(&house, SENDER, draft(Audience::Person(PersonId(3)))).await.unwrap();
    }
    let refused = make(&house, SENDER, draft(Audience::Person(PersonId(3)))).await.unwrap_err();
    assert_eq!(refused.status(), 429);
    assert!((3_590..=3_600).contains(&refused.retry_after.unwrap()));
    make(&house, 2, draft(Audience::Person(PersonId(3)))).await.unwrap();
    let earlier = async |tx: &mut Tx| {
        sqlx::query("update broadcasts set created_at = created_at - 3600000 where id = 1").execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(earlier).await.unwrap();
    make(&house, SENDER, draft(Audience::Person(PersonId(3)))).await.unwrap();
}

/// A receipt outlives its notification, whatever is done to it afterwards, and never goes back.
#[tokio::test]
async fn receipts_move_forward_only() {
    let house = house(4).await;
    let id = make(&house, SENDER, draft(Audience::Everyone)).await.unwrap();
    send_all(&house.store, id).await;
    let ids: Vec<(PersonId, NotificationId)> = sqlx::query_as("select person_id, id from notifications order by person_id")
        .fetch_all(&mut **house.store.read().await.as_mut().unwrap())
        .await
        .unwrap();
    let act = async |index: usize, what: Act| {
        let (person, id) = ids[index];
        house.store.write(async move |tx: &mut Tx| inbox::act(tx, person, id, what).await).await.unwrap();
    };
    let counts = async || {
        let funnel = one(&house, id).await.funnel;
        (funnel.delivered, funnel.seen, funnel.read, funnel.acted)
    };
    act(0, Act::Archive).await;
    take(&house).await;
    assert_eq!(counts().await, (3, 1, 0, 0), "what was put away was seen");
    for what in [Act::Read, Act::Unread, Act::Read, Act::Delete] {
        act(1, what).await;
    }
    for what in [Act::Follow, Act::Unread, Act::Follow] {
        act(2, what).await;
    }
    let forget = async |tx: &mut Tx| {
        sqlx::query("delete from notifications").execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(forget).await.unwrap();
    take(&house).await;
    assert_eq!(counts().await, (3, 3, 2, 1), "whoever followed it has read and seen it");
    take(&house).await;
    assert_eq!(counts().await, (3, 3, 2, 1), "each mark counts once");
    check_counts(&house).await;
}
