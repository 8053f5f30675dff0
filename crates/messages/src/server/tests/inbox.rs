//! What messages put into inboxes, and what takes it out again.

use plenum_core::ids::PersonId;
use plenum_inbox::{model::Filter, server::reading::down_to};
use plenum_store::idempotency::fresh_key;
use plenum_testing::House;

use crate::testing::{Conversations as _, acts};

const OTHER: PersonId = PersonId(3);

async fn titles(house: &House, person: i64) -> Vec<(String, u32, bool)> {
    let inbox = down_to(&mut house.store.read().await.unwrap(), PersonId(person), Filter::default(), None, Some(0)).await.unwrap();
    inbox.notifications.into_iter().map(|known| (known.title, known.count, known.read)).collect()
}

/// A message tells each person for one reason at most: named, answered, or being in a small conversation; its author never.
#[tokio::test]
async fn messages_tell_whom_they_concern() {
    let house = House::with(4).await;
    let room = house.room(1, [2, 3, 4]).await;
    house.send(2, room, "anyone?").await.unwrap();
    assert!(titles(&house, 3).await.is_empty(), "a room does not notify everyone");
    let asked = house.send(3, room, "I am. @Sam Adeyemi will know").await.unwrap();
    let sam = titles(&house, 2).await;
    assert!(sam.len() == 1 && sam[0].0.starts_with("Lena Kovač mentioned you in Room "), "{sam:?}");

    let who = house.person(2);
    acts::send(&house.store, who, room, "thank you".to_owned(), Some(asked.id), fresh_key()).await.unwrap();
    let lena = titles(&house, 3).await;
    assert!(lena.len() == 1 && lena[0].0.starts_with("Sam Adeyemi answered you in "), "{lena:?}");

    let direct = acts::direct(&house.store, house.person(4), PersonId(3)).await.unwrap();
    for text in ["one", "two", "three"] {
        house.send(4, direct, text).await.unwrap();
    }
    assert_eq!(titles(&house, 3).await[0], ("Person 4".to_owned(), 3, false), "what comes together is one notification");
    assert!(titles(&house, 4).await.is_empty());

    acts::mute(&house.store, house.person(3), direct, true).await.unwrap();
    acts::mark_read(&house.store, house.person(3), direct, 3).await.unwrap();
    house.send(4, direct, "four").await.unwrap();
    assert_eq!(titles(&house, 3).await[0], ("Person 4".to_owned(), 3, true), "read up to there is read here; and muted is muted");
    let group = acts::create_group(&house.store, house.person(1), vec![PersonId(2), PersonId(4)], "Project".to_owned()).await.unwrap();
    house.send(1, group, "hello").await.unwrap();
    assert_eq!(titles(&house, 4).await.first().map(|(title, ..)| title.clone()), Some("Vera Nowak in Project".to_owned()));
}

/// What is deleted or edited is so in the inbox too, and no text is left behind in rows or log.
#[tokio::test]
async fn an_undone_message_leaves_no_text_in_the_inbox() {
    let house = House::with(3).await;
    let direct = acts::direct(&house.store, house.person(2), OTHER).await.unwrap();
    let first = house.send(2, direct, "a secret").await.unwrap();
    acts::edit(&house.store, house.person(2), first.id, "no secret".to_owned()).await.unwrap();
    let traces = async || {
        house.count("select count(*) from notifications where text like '%a secret%'").await
            + house.count("select count(*) from live_log where data like '%a secret%'").await
    };
    assert_eq!(traces().await, 0);
    let second = house.send(2, direct, "a secret again").await.unwrap();
    acts::delete(&house.store, house.person(2), second.id).await.unwrap();
    assert_eq!(titles(&house, 3).await, [("Sam Adeyemi".to_owned(), 1, false)]);
    assert_eq!(traces().await, 0);
    acts::delete(&house.store, house.person(2), first.id).await.unwrap();
    assert_eq!(traces().await, 0);
    assert!(titles(&house, 3).await.is_empty(), "one that stands for nothing is gone");
}

/// In whatever order the messages of a group are deleted, their notification counts those that are left, and goes with the last.
#[tokio::test]
async fn a_notification_goes_with_the_last_of_its_messages() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let house = House::with(3).await;
        let direct = acts::direct(&house.store, house.person(2), OTHER).await.unwrap();
        let mut sent = Vec::new();
        for text in ["one", "two", "three"] {
            sent.push(house.send(2, direct, text).await.unwrap().id);
        }
        for (left, index) in [2, 1, 0].into_iter().zip(order) {
            acts::delete(&house.store, house.person(2), sent[index]).await.unwrap();
            let counts: Vec<u32> = titles(&house, 3).await.into_iter().map(|(_, count, _)| count).collect();
            assert_eq!(counts, if left > 0 { vec![left] } else { vec![] }, "{order:?}");
        }
        assert_eq!(house.count("select count(*) from notification_parts").await, 0);
    }
}

/// An edit tells those whom it mentions and who were not told, once; what told those whom it mentions no longer goes.
#[tokio::test]
async fn an_edit_tells_of_the_mentions_that_it_adds() {
    let house = House::with(4).await;
    let room = house.room(1, [2, 3, 4]).await;
    let edit = async |message, text: &str| acts::edit(&house.store, house.person(2), message, text.to_owned()).await.unwrap();
    let told = async |person| titles(&house, person).await.len();
    let sent = house.send(2, room, "@Vera Nowak, see").await.unwrap();
    assert_eq!((told(1).await, told(3).await), (1, 0));
    edit(sent.id, "@Vera Nowak and @Lena Kovač, see").await;
    assert_eq!((told(1).await, told(3).await), (1, 1));
    edit(sent.id, "@Vera Nowak and @Lena Kovač, see below").await;
    assert_eq!((told(1).await, told(3).await), (1, 1), "once");
    edit(sent.id, "@Lena Kovač, see below").await;
    assert_eq!((told(1).await, told(3).await), (0, 1));
    edit(sent.id, "see below").await;
    assert_eq!((told(1).await, told(3).await), (0, 0));

    // In a small conversation everybody has been told already.
    let direct = acts::direct(&house.store, house.person(2), OTHER).await.unwrap();
    let sent = house.send(2, direct, "hello").await.unwrap();
    edit(sent.id, "hello @Lena Kovač").await;
    assert_eq!(told(3).await, 1);
}
