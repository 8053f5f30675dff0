//! Who sees what in a feed.

use super::{fresh, sentences};
use crate::server::{administration, profile};
use plenum_activity::{
    model::{Scope, audit::Asked},
    server::{Nudges, Part, audit, open},
};
use plenum_core::{
    activity::live::{Nudge, PersonActivity},
    error::ErrorKind,
    ids::PersonId,
    live::LiveEvent,
    people::Role,
};
use plenum_live::heads::Heads as _;
use plenum_messages::{
    model::Access,
    testing::{Conversations as _, acts},
};
use plenum_store::db::Tx;
use plenum_testing::House;

/// The admin of the house holds the role in the database too.
async fn with_admin(count: i64) -> House {
    let house = House::with(count).await;
    let give = async |tx: &mut Tx| {
        sqlx::query("insert into roles (person_id, role) values (1, 'admin'), (1, 'member'), (2, 'member')").execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(give).await.unwrap();
    house
}

/// Members see what happens in their conversations, others nothing of it; whoever leaves, or mutes, sees it no more. Nobody sees an echo.
#[tokio::test]
async fn a_feed_shows_what_its_viewer_may_see() {
    let house = House::with(4).await;
    let [vera, sam, lena, other] = [1, 2, 3, 4].map(|id| house.person(id).clone());
    let private = acts::create_room(&house.store, &sam, "Quiet".to_owned(), String::new(), Access::Private).await.unwrap();
    acts::invite(&house.store, &sam, private, lena.person).await.unwrap();
    let today = async |who: &_| sentences(&fresh(&house, who, Scope::Today, None).await, PersonId(3));
    assert_eq!(today(&lena).await, ["Sam Adeyemi added you to Quiet", "Sam Adeyemi made the private room Quiet"]);
    assert_eq!(today(&sam).await, [] as [&str; 0], "what one did oneself is no news");
    for outsider in [&vera, &other, house.person(5)] {
        assert_eq!(today(outsider).await, [] as [&str; 0]);
        let mut tx = house.store.read().await.unwrap();
        let refused = open(&mut tx, outsider, house.store.epoch(), Scope::Conversation(private), None, Part::default()).await;
        assert_eq!(refused.unwrap_err().kind, ErrorKind::NotFound, "an admin has no business there either");
    }
    assert_eq!(fresh(&house, &lena, Scope::Conversation(private), None).await.items.len(), 2);
    // Of a person one sees what they did where one is.
    assert_eq!(fresh(&house, &lena, Scope::Person(sam.person), None).await.items.len(), 2);
    assert_eq!(fresh(&house, &other, Scope::Person(sam.person), None).await.items.len(), 0);

    acts::mute(&house.store, &lena, private, true).await.unwrap();
    let muted = fresh(&house, &lena, Scope::Today, None).await;
    assert_eq!((muted.items.len(), muted.muted), (0, vec![private]));
    acts::mute(&house.store, &lena, private, false).await.unwrap();
    assert_eq!(today(&lena).await.len(), 2);
    acts::leave(&house.store, &lena, private).await.unwrap();
    assert_eq!(today(&lena).await, [] as [&str; 0], "who has left sees nothing of it any more");
    assert_eq!(today(&sam).await, ["You left Quiet"]);
}

/// Everyone sees who is new; only its author sees that a message of theirs was deleted, and only whom it concerns that a role was given.
#[tokio::test]
async fn what_concerns_one_person_is_theirs_alone() {
    let house = with_admin(4).await;
    let [vera, sam, lena] = [1, 2, 3].map(|id| house.person(id).clone());
    let room = house.room(2, [3, 4]).await;
    let message = house.send(3, room, "nonsense").await.unwrap();
    acts::delete(&house.store, &sam, message.id).await.unwrap();
    let admin = vera.clone();
    let promote = async move |tx: &mut Tx| administration::set_roles(tx, &admin, PersonId(2), &[Role::Instructor]).await;
    house.store.write(promote).await.unwrap();
    let of = async |who: &_| sentences(&fresh(&house, who, Scope::Today, None).await, PersonId(3)).into_iter().take(2).collect::<Vec<_>>();
    assert!(of(&lena).await[0].starts_with("Sam Adeyemi deleted a message of yours in Room "), "{:?}", of(&lena).await);
    assert_eq!(of(&sam).await[0], "Vera Nowak gave Sam Adeyemi the role instructor");
    let fourth = fresh(&house, house.person(4), Scope::Today, None).await;
    assert!(fourth.items.iter().all(|item| !matches!(item.verb().into_str(), "message.deleted" | "role.granted")), "{fourth:?}");
}

/// A nudge has the newest items and where they go on; it goes to those who are in the conversation, whether they have muted it or not.
#[tokio::test]
async fn nudges_go_to_those_who_follow() {
    let house = House::with(9).await;
    let room = house.room(2, 3..=9).await;
    acts::mute(&house.store, house.person(3), room, true).await.unwrap();
    let head = Nudges::new(house.store.clone()).head(room.0).await.unwrap().unwrap();
    assert_eq!(head.people, [2, 3, 4, 5, 6, 7, 8, 9].map(PersonId));
    let PersonActivity::Moved(Nudge { items, before, .. }) = PersonActivity::read(&head.event, &head.payload).unwrap() else {
        panic!("{head:?}")
    };
    assert_eq!(items.iter().map(|item| item.actor.as_ref().unwrap().id).collect::<Vec<_>>(), [9, 8, 7, 6, 5].map(PersonId));
    assert_eq!(before.map(|before| before.0), Some(items[4].id.0 - 1));
}

/// The audit log shows admins all rows of their organisation, and what its filter leaves of them; others nothing. Former names are for it alone.
#[tokio::test]
async fn the_audit_log_is_for_admins() {
    let house = with_admin(4).await;
    let [vera, sam] = [1, 2].map(|id| house.person(id).clone());
    let room = house.room(2, [3, 4]).await;
    acts::remove(&house.store, &vera, room, PersonId(4)).await.unwrap();
    let renamed = profile::Profile::parse("Sam 50%_", 2, "Europe/Berlin".to_owned()).unwrap();
    let who = sam.clone();
    house.store.write(async move |tx: &mut Tx| profile::update(tx, &who, &renamed).await).await.unwrap();
    // What does not change is not recorded.
    let name = open(&mut house.store.read().await.unwrap(), &sam, house.store.epoch(), Scope::Conversation(room), None, Part::default())
        .await
        .unwrap()
        .state
        .name;
    acts::rename(&house.store, &sam, room, name, String::new()).await.unwrap();
    let log = async |asked: Asked| {
        let mut tx = house.store.read().await.unwrap();
        let page = audit::page(&mut tx, &vera, house.store.epoch(), &asked, None).await.unwrap().state;
        page.rows.iter().map(|item| item.verb().into_str()).collect::<Vec<_>>()
    };
    let all = ["person.renamed", "member.removed", "member.joined", "member.joined", "conversation.created"];
    assert_eq!(log(Asked::default()).await, all);
    assert_eq!(log(Asked { topic: "people".to_owned(), ..Asked::default() }).await, all[..1]);
    assert_eq!(log(Asked { subject: "conversation".to_owned(), ..Asked::default() }).await, all[1..]);
    assert_eq!(log(Asked { person: " person 4 ".to_owned(), ..Asked::default() }).await, ["member.removed", "member.joined"]);
    assert_eq!(log(Asked { person: "p3@plenum".to_owned(), ..Asked::default() }).await, ["member.joined"]);
    assert_eq!(log(Asked { text: "Adeyemi".to_owned(), ..Asked::default() }).await, ["person.renamed"], "in the details");
    assert_eq!(log(Asked { text: "50%_".to_owned(), ..Asked::default() }).await, ["person.renamed"], "taken literally");
    assert_eq!(log(Asked { from: "2026-01-01".to_owned(), to: "2026-01-02".to_owned(), ..Asked::default() }).await, [] as [&str; 0]);
    assert_eq!(log(Asked { from: "2026-01-01".to_owned(), ..Asked::default() }).await, all);
    let mut tx = house.store.read().await.unwrap();
    for wrong in [Asked { from: "yesterday".to_owned(), ..Asked::default() }, Asked { topic: "gossip".to_owned(), ..Asked::default() }] {
        assert_eq!(audit::page(&mut tx, &vera, house.store.epoch(), &wrong, None).await.unwrap_err().kind, ErrorKind::Invalid);
    }
    let refused = audit::page(&mut tx, &sam, house.store.epoch(), &Asked::default(), None).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Forbidden);
    assert_eq!(audit::count_new(&mut tx, &vera, &Asked::default(), plenum_core::ids::ActivityId(2)).await.unwrap(), 3);
    for viewer in 2..=4 {
        let feed = fresh(&house, house.person(viewer), Scope::Today, None).await;
        assert!(feed.items.iter().all(|item| item.verb().into_str() != "person.renamed"));
    }
}
