//! That each recipient gets a broadcast once, that counts are those of the rows, and that pages and events are never apart.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{
    channels::Channel,
    features::{
        broadcasts::model::{Broadcasts, Draft},
        inbox::{
            model::{Act, Category, Preferences, Sweep, Way},
            server as inbox,
        },
        messages::server::tests::House,
    },
    ids::NotificationId,
    realtime::live::{Live, LiveEvent},
    server::db::{Committed, Store},
};

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

fn draft(audience: Audience) -> Draft {
    Draft::parse(audience, "Fire drill for {{ first_name }}", "At noon.", "/messages", None).unwrap()
}

async fn make(house: &House, by: usize, draft: Draft) -> AppResult<BroadcastId> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| create(tx, &who, &draft).await.map(|made| made.id)).await
}

async fn one_step(store: &Store, id: BroadcastId) -> bool {
    store.write(async move |tx: &mut Tx| sending::step(tx, id).await).await.unwrap()
}

async fn send_all(store: &Store, id: BroadcastId) {
    while one_step(store, id).await {}
}

async fn fresh(house: &House) -> Broadcasts {
    list(&mut house.store.read().await.unwrap(), house.person(SENDER), house.store.epoch(), None).await.unwrap().state
}

async fn one(house: &House, id: BroadcastId) -> Broadcast {
    detail(&mut house.store.read().await.unwrap(), house.person(SENDER), house.store.epoch(), id).await.unwrap().state
}

/// Who has a notification of it, and how many.
async fn told(house: &House, id: BroadcastId) -> Vec<(i64, i64)> {
    sqlx::query_as("select person_id, count(*) from notifications where subject = $1 group by person_id order by person_id")
        .bind(sending::subject(id))
        .fetch_all(&mut **house.store.read().await.as_mut().unwrap())
        .await
        .unwrap()
}

/// The counts are those of the rows, and a step further is never more than the step before.
async fn check_counts(house: &House) {
    let counted: Vec<(i64, i64, i64, i64, i64, i64)> = sqlx::query_as(
        "select b.id, count(r.person_id), count(case when r.status = 'refused' then 1 end),
           count(case when r.status in ('delivered', 'seen', 'read') then 1 end), count(case when r.status in ('seen', 'read') then 1 end),
           count(case when r.status = 'read' then 1 end)
         from broadcasts b left join broadcast_recipients r on r.broadcast_id = b.id group by b.id",
    )
    .fetch_all(&mut **house.store.read().await.as_mut().unwrap())
    .await
    .unwrap();
    for (id, recipients, refused, delivered, seen, read) in counted {
        let funnel = one(house, BroadcastId(id)).await.funnel;
        let shown = [funnel.recipients, funnel.refused, funnel.delivered, funnel.seen, funnel.read].map(i64::from);
        assert_eq!(shown, [recipients, refused, delivered, seen, read], "broadcast {id}");
        assert!(seen <= delivered && read <= seen && delivered + refused <= recipients);
    }
}

/// I26: two workers, each with a writer of its own on the same database, send one broadcast at the same time: each recipient has it
/// once, everyone of the organisation but the sender, in their own words.
#[tokio::test(flavor = "multi_thread")]
async fn two_workers_send_once() {
    let house = house(430).await;
    let id = make(&house, SENDER, draft(Audience::Everyone)).await.unwrap();
    let url = format!("sqlite://{}", house.store.path().display());
    let (other, _commits) = Store::open(&url).await.unwrap();
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
    let take = async || house.store.write(async |tx: &mut Tx| receipts::take(tx).await).await.unwrap();
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
        (funnel.delivered, funnel.seen, funnel.read)
    };
    act(0, Act::Archive).await;
    take().await;
    assert_eq!(counts().await, (3, 1, 0), "what was put away was seen");
    for what in [Act::Read, Act::Unread, Act::Read, Act::Delete] {
        act(1, what).await;
    }
    let forget = async |tx: &mut Tx| {
        sqlx::query("delete from notifications").execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(forget).await.unwrap();
    take().await;
    assert_eq!(counts().await, (3, 2, 1));
    take().await;
    assert_eq!(counts().await, (3, 2, 1), "each mark counts once");
    check_counts(&house).await;
}

/// What can happen, in whatever order.
#[derive(Debug, Clone)]
enum Command {
    Make { by: usize, audience: usize },
    Step { which: usize },
    Act { which: usize, action: usize },
    See { person: i64, read: bool },
    Refuse { person: i64, refused: bool },
    Take,
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => (1..3_usize, 0..3_usize).prop_map(|(by, audience)| Command::Make { by, audience }),
        8 => (0..4_usize).prop_map(|which| Command::Step { which }),
        3 => (0..4_usize, 0..3_usize).prop_map(|(which, action)| Command::Act { which, action }),
        3 => (2..6_i64, any::<bool>()).prop_map(|(person, read)| Command::See { person, read }),
        1 => (2..6_i64, any::<bool>()).prop_map(|(person, refused)| Command::Refuse { person, refused }),
        2 => Just(Command::Take),
    ]
}

async fn perform(house: &House, command: Command) {
    let id = |which: usize| BroadcastId(i64::try_from(which).unwrap() + 1);
    let store = &house.store;
    match command {
        Command::Make { by, audience } => {
            let audience = [Audience::Everyone, Audience::Role(Role::Instructor), Audience::Person(PersonId(5))][audience];
            make(house, by, draft(audience)).await.unwrap();
        }
        Command::Step { which } => {
            one_step(store, id(which)).await;
        }
        // What is not there, or cannot be done to it now, is refused and changes nothing.
        Command::Act { which, action } => {
            let who = house.person(SENDER).clone();
            let _ = store.write(async move |tx: &mut Tx| act(tx, &who, id(which), Action::OF_PEOPLE[action]).await).await;
        }
        Command::See { person, read } => {
            let what = if read { Sweep::Read } else { Sweep::Seen };
            store.write(async move |tx: &mut Tx| inbox::sweep(tx, PersonId(person), what, u64::MAX).await).await.unwrap();
        }
        Command::Refuse { person, refused } => {
            let refused = if refused { vec![(Category::Announcements, Way::App)] } else { vec![] };
            let wanted = Preferences { refused, ..Preferences::default() };
            store.write(async move |tx: &mut Tx| inbox::set_preferences(tx, PersonId(person), &wanted).await).await.unwrap();
        }
        Command::Take => store.write(async |tx: &mut Tx| receipts::take(tx).await).await.unwrap(),
    }
}

async fn run(commands: Vec<Command>, point: usize) {
    let mut house = house(6).await;
    let channel = Channel::Broadcasts(OrganisationId(1)).to_string();
    let mut live: Option<Broadcasts> = None;
    let mut single: Option<Broadcast> = None;
    for (index, command) in commands.into_iter().enumerate() {
        if index == point {
            live = Some(fresh(&house).await);
            single = live.as_ref().and_then(|live| live.broadcasts.first().cloned());
            house.committed();
        }
        if house.count("select count(*) from broadcasts").await > 8 && matches!(command, Command::Make { .. }) {
            continue;
        }
        perform(&house, command).await;
        for item in house.committed() {
            let Committed::Event { channel: on, event, payload, .. } = item else { continue };
            if on != channel {
                continue;
            }
            let event = BroadcastEvent::read(&event, &payload).unwrap();
            // Applied twice: that changes nothing.
            for _ in 0..2 {
                if let Some(live) = &mut live {
                    live.apply(PersonId(1), &event);
                }
                if let Some(single) = &mut single {
                    single.apply(PersonId(1), &event);
                }
            }
        }
    }
    assert_eq!(live, Some(fresh(&house).await));
    if let Some(single) = single {
        assert_eq!(single, one(&house, single.id).await);
    }
    check_counts(&house).await;
    let broadcasts = fresh(&house).await.broadcasts;
    for broadcast in &broadcasts {
        let told = told(&house, broadcast.id).await;
        assert!(told.iter().all(|(_, count)| *count == 1), "{told:?}");
        assert_eq!(told.len(), broadcast.funnel.delivered as usize);
        let unique: BTreeSet<i64> = told.into_iter().map(|(person, _)| person).collect();
        assert!(!unique.contains(&broadcast.sender.id.0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// I25 and I26: an old page and the events make a fresh one; the counts are those of the rows; nobody has anything twice.
    #[test]
    fn an_old_page_and_the_events_make_a_fresh_one(
        (commands, point) in proptest::collection::vec(any_command(), 1..40).prop_flat_map(|commands| { let length = commands.len(); (Just(commands), 0..length) })
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(commands, point));
    }
}
