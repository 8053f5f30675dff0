use crate::testing::Conversations as _;
use crate::{
    live::PersonEvent,
    model::{Found, Own, Pointer},
    server,
};
use plenum_core::{
    error::ErrorKind,
    ids::ConversationId,
    live::{Live as _, LiveEvent as _},
};
use plenum_live::heads::Heads as _;
use plenum_store::{db::Committed, log};
use plenum_testing::House;

/// Everything that the log holds, as text.
async fn logged(house: &House) -> String {
    let rows: Vec<(String,)> =
        sqlx::query_as("select data from live_log").fetch_all(&mut **house.store.read().await.as_mut().unwrap()).await.unwrap();
    rows.into_iter().map(|row| row.0).collect()
}

/// I7: twenty writers at once give one order without gaps.
#[tokio::test]
async fn one_order_without_gaps() {
    let house = House::with(4).await;
    let room = house.room(1, [2, 3, 4]).await;
    let sent = futures::future::join_all((0..200).map(|index| house.send(index % 4 + 1, room, "hello"))).await;
    let mut numbers: Vec<u64> = sent.into_iter().map(|message| message.unwrap().number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=200).collect::<Vec<_>>());
}

/// I6, I8: a key makes one message however often it comes, also after an edit and a deletion.
#[tokio::test]
async fn a_key_makes_one_message() {
    let house = House::with(3).await;
    let room = house.room(1, [2]).await;
    let other = house.room(1, [2]).await;
    let who = house.person(2);
    let send = async |room, text: &str| server::send(&house.store, who, room, text.to_owned(), None, "key-00001".to_owned()).await;
    let replies = futures::future::join_all((0..20).map(|_| send(room, "once"))).await;
    let first = replies[0].clone().unwrap();
    assert!(replies.into_iter().all(|reply| reply.unwrap() == first));
    for (room, text) in [(room, "twice"), (other, "once")] {
        let refused = send(room, text).await.unwrap_err();
        assert_eq!((refused.kind, refused.field.as_deref()), (ErrorKind::Invalid, Some("key")));
    }
    server::edit(&house.store, who, first.id, "edited".to_owned()).await.unwrap();
    assert_eq!(send(room, "once").await.unwrap().text, "edited");
    server::delete(&house.store, who, first.id).await.unwrap();
    assert!(send(room, "once").await.unwrap().deleted);
    assert_eq!(house.count("select count(*) from messages").await, 1);
    // The key is the sender's own.
    assert_eq!(server::send(&house.store, house.person(1), room, "mine".to_owned(), None, "key-00001".to_owned()).await.unwrap().number, 2);
}

/// A deleted text is gone from the tables, the index and the log, in quotes and lists too.
#[tokio::test]
async fn a_deleted_text_is_gone_everywhere() {
    let house = House::with(5).await;
    let room = house.room(1, [2, 3]).await;
    let (author, reader) = (house.person(2), house.person(3));
    let secret =
        server::send(&house.store, author, room, "the zanzibar plan @Lena Kovač".to_owned(), None, server::fresh_key()).await.unwrap();
    assert_eq!(secret.mentions, [reader.person]);
    server::react(&house.store, reader, secret.id, "👍", true).await.unwrap();
    // Somebody's list takes it as the last message.
    server::join(&house.store, house.person(4), room).await.unwrap();
    server::invite(&house.store, author, room, house.person(5).person).await.unwrap();
    let reply = server::send(&house.store, reader, room, "yes".to_owned(), Some(secret.id), server::fresh_key()).await.unwrap();
    assert_eq!(reply.reply_to.unwrap().text, "the zanzibar plan @Lena Kovač");
    assert_eq!(server::search(&house.store, reader, "ZANZI", None).await.unwrap().len(), 1);
    assert!(logged(&house).await.contains("zanzibar"));

    server::edit(&house.store, author, secret.id, "the yucatan plan".to_owned()).await.unwrap();
    assert!(!logged(&house).await.contains("zanzibar"));
    assert!(server::search(&house.store, reader, "zanzibar", None).await.unwrap().is_empty());
    assert_eq!(server::search(&house.store, reader, "yucatan", None).await.unwrap().len(), 1);

    server::delete(&house.store, author, secret.id).await.unwrap();
    server::delete(&house.store, author, secret.id).await.unwrap();
    assert!(!logged(&house).await.contains("yucatan"));
    assert!(server::search(&house.store, reader, "yucatan", None).await.unwrap().is_empty());
    let thread = server::thread(&house.store, reader, room, None, None).await.unwrap().state;
    let (tombstone, reply) = (&thread.messages[&1], &thread.messages[&2]);
    assert!(
        tombstone.deleted
            && tombstone.text.is_empty()
            && tombstone.html.is_empty()
            && tombstone.mentions.is_empty()
            && tombstone.reactions.is_empty()
    );
    assert_eq!(reply.reply_to.as_ref().unwrap().text, "");
    assert_eq!(house.count("select count(*) from activity where verb = 'message.deleted'").await, 0, "one's own");
    assert_eq!(server::edit(&house.store, author, secret.id, "again".to_owned()).await.unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(server::react(&house.store, author, secret.id, "👍", true).await.unwrap_err().kind, ErrorKind::Conflict);
}

/// I12: pointers never move back, delivered is never behind read, and nothing beyond the head is read.
#[tokio::test]
async fn pointers_only_move_forward() {
    let mut house = House::with(2).await;
    let room = house.room(1, [2]).await;
    for text in ["a", "b", "c"] {
        house.send(1, room, text).await.unwrap();
    }
    let who = house.person(2).clone();
    house.committed();
    server::mark_read(&house.store, &who, room, 2).await.unwrap();
    assert_eq!(house.announced("private-conversation.1").len(), 1);
    // Within the period: written later, as one.
    for number in [1, 99, 1] {
        server::mark_read(&house.store, &who, room, number).await.unwrap();
    }
    assert!(house.committed().is_empty());
    // Marking unread writes what waits first, so that it is not taken back by it.
    server::mark_unread(&house.store, &who, room, 2).await.unwrap();
    let thread = server::thread(&house.store, &who, room, None, None).await.unwrap().state;
    assert_eq!(thread.own, Some(Own { read: 3, unread_from: Some(2), muted: false }));
    assert_eq!(thread.unread_divider, Some(2));
    assert_eq!(thread.members[1].pointer, Pointer { read: 3, delivered: 3 });
    assert_eq!(server::mark_read(&house.store, &who, ConversationId(99), 1).await.unwrap_err().kind, ErrorKind::NotFound);
}

/// Who keeps their reading to themselves shows an old pointer, and their own count is right all the same.
#[tokio::test]
async fn reading_is_shown_only_if_one_wants_it() {
    let mut house = House::with(3).await;
    let room = house.room(1, [2, 3]).await;
    let message = house.send(1, room, "hello").await.unwrap();
    house.committed();
    let mut shy = house.person(2).clone();
    shy.privacy.send_read_marks = false;
    server::mark_read(&house.store, &shy, room, 1).await.unwrap();
    server::mark_read(&house.store, house.person(3), room, 1).await.unwrap();
    let readers = server::readers(&house.store, house.person(1), message.id).await.unwrap();
    assert_eq!((readers.count, readers.people.len()), (1, 1));
    let thread = server::thread(&house.store, &shy, room, None, None).await.unwrap().state;
    assert_eq!(thread.own.unwrap().read, 1);
    assert_eq!(thread.members[1].pointer, Pointer { read: 0, delivered: 1 });
}

/// Deliveries are taken for one's own conversations only, silently.
#[tokio::test]
async fn deliveries_elsewhere_are_left_out() {
    let house = House::with(3).await;
    let (mine, other) = (house.room(1, [2]).await, house.room(1, [3]).await);
    for room in [mine, other] {
        house.send(1, room, "hello").await.unwrap();
    }
    server::mark_delivered(&house.store, house.person(2), vec![(mine, 7), (other, 1), (ConversationId(99), 1)]).await.unwrap();
    assert_eq!(house.count("select sum(delivered_number) from memberships where person_id = 2").await, 1);
    assert_eq!(house.count("select delivered_number from memberships where person_id = 3").await, 0);
}

/// Above fifty members nobody is told of pointers, and lists have none; at fifty they are there again.
#[tokio::test]
async fn large_rooms_have_no_pointers() {
    let mut house = House::with(52).await;
    let room = house.room(1, 2..=51).await;
    house.send(1, room, "hello").await.unwrap();
    house.committed();
    server::mark_read(&house.store, house.person(2), room, 1).await.unwrap();
    assert!(house.announced(&format!("private-conversation.{room}")).is_empty());
    let thread = server::thread(&house.store, house.person(2), room, None, None).await.unwrap().state;
    assert_eq!((thread.member_count, thread.members.len()), (51, 0));
    let page = server::members(&house.store, house.person(2), room, "PERSON", 0).await.unwrap();
    assert_eq!(page.len(), 48);
    assert!(page.iter().all(|entry| entry.member.pointer == Pointer::default()));
    server::leave(&house.store, house.person(51), room).await.unwrap();
    let announced = house.announced(&format!("private-conversation.{room}"));
    assert_eq!(announced.iter().filter(|(event, _)| event == "member.joined").count(), 50);
    let thread = server::thread(&house.store, house.person(2), room, None, None).await.unwrap().state;
    assert_eq!(thread.members[1].pointer.read, 1);
}

/// Nobody finds what is not theirs; nothing that is typed is an error; hits are marked; pages go back in time.
#[tokio::test]
async fn search_finds_ones_own() {
    let house = House::with(3).await;
    let (mine, other) = (house.room(1, [2]).await, house.room(1, [3]).await);
    for index in 0..60 {
        house.send(1, mine, &format!("Über den Müller number {index}")).await.unwrap();
    }
    house.send(1, other, "müller too").await.unwrap();
    let found: Vec<Found> = server::search(&house.store, house.person(2), "muller uber", None).await.unwrap();
    assert_eq!(found.len(), 50);
    assert_eq!(found[0].number, 60);
    assert_eq!(found[0].excerpt, ["", "Über", " den ", "Müller", " number 59"]);
    let older = server::search(&house.store, house.person(2), "müll", found.last().map(|last| last.message)).await.unwrap();
    assert_eq!(older.iter().map(|hit| hit.number).collect::<Vec<_>>(), (1..=10).rev().collect::<Vec<_>>());
    assert_eq!(server::search(&house.store, house.person(3), "muller", None).await.unwrap().len(), 1);
    for query in ["\"", "a\" OR b", "NEAR(", "text:x", "x*", "^a", "-b", "{c}", "a AND", "\u{0}x", "'", "ß", "é"] {
        let outcome = server::search(&house.store, house.person(2), query, None).await;
        assert!(outcome.is_ok() || outcome.is_err_and(|error| error.kind == ErrorKind::Invalid), "{query}");
    }
}

/// A head has the newest message and goes to all members; an edit of an older message moves no head.
#[tokio::test]
async fn heads_follow_the_last_message() {
    let mut house = House::with(3).await;
    let room = house.room(1, [2]).await;
    let first = house.send(1, room, "**first** text").await.unwrap();
    house.committed();
    house.send(2, room, "second").await.unwrap();
    assert!(house.committed().contains(&Committed::Moved { subject: room.0 }));
    server::edit(&house.store, house.person(1), first.id, "older".to_owned()).await.unwrap();
    assert!(!house.committed().contains(&Committed::Moved { subject: room.0 }));
    let heads = server::ConversationHeads::new(house.store.clone());
    let head = heads.head(room.0).await.unwrap().unwrap();
    assert_eq!(head.people, [house.person(1).person, house.person(2).person]);
    assert!(head.payload.contains("\"second\"") && head.event == "head.moved");
    assert!(heads.head(99).await.unwrap().is_none());
}

/// A line that is announced again has no preview, and takes none away from a list that has one.
#[tokio::test]
async fn a_line_keeps_its_preview() {
    let mut house = House::with(3).await;
    let people = vec![house.person(2).person, house.person(3).person];
    let group = server::create_group(&house.store, house.person(1), people, String::new()).await.unwrap();
    house.send(2, group, "hello").await.unwrap();
    let viewer = house.person(1).clone();
    let mut sidebar = server::sidebar(&house.store, &viewer).await.unwrap().state;
    house.committed();
    server::rename(&house.store, &viewer, group, "Named".to_owned(), String::new()).await.unwrap();
    for (event, payload) in house.announced(&format!("private-person.{}", viewer.person)) {
        assert!(!payload.contains("hello"));
        if let Ok(event) = PersonEvent::read(&event, &payload) {
            sidebar.apply(viewer.person, &event);
        }
    }
    let line = &sidebar.lines[&group];
    assert_eq!((line.title().as_str(), line.last.as_ref().unwrap().text.as_str()), ("Named", "hello"));
}

/// Conversations have windows: the last page, from a number, around a number; and pages before and after.
#[tokio::test]
async fn history_comes_in_pages() {
    let house = House::with(2).await;
    let room = house.room(1, [2]).await;
    for _ in 0..130 {
        house.send(1, room, "hello").await.unwrap();
    }
    let who = house.person(1);
    let window = async |from, around| {
        let thread = server::thread(&house.store, who, room, from, around).await.unwrap().state;
        (thread.first(), thread.last(), thread.messages.len())
    };
    assert_eq!(window(None, None).await, (81, 130, 50));
    assert_eq!(window(Some(20), None).await, (20, 130, 111));
    assert_eq!(window(None, Some(60)).await, (35, 110, 76));
    let page = server::page_before(&house.store, who, room, 81).await.unwrap();
    assert_eq!((page[0].number, page.len()), (31, 50));
    assert_eq!(server::page_before(&house.store, who, room, 1).await.unwrap().len(), 0);
    assert_eq!(server::page_after(&house.store, who, room, 110).await.unwrap().len(), 20);
    assert_eq!(server::page_after(&house.store, who, room, u64::MAX).await.unwrap().len(), 0);
    // Who has not read it opens at the divider.
    let thread = server::thread(&house.store, house.person(2), room, None, None).await.unwrap();
    assert_eq!((thread.state.first(), thread.state.unread_divider), (1, Some(1)));
    let cursor = thread.cursor(&plenum_core::channels::Channel::Conversation(room)).unwrap().clone();
    let extent =
        log::extent(&mut house.store.read().await.unwrap(), house.store.epoch(), log::Place::own(&format!("private-conversation.{room}")))
            .await
            .unwrap();
    assert_eq!(cursor, extent.cursor());
}
