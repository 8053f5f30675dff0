use crate::{
    live::PersonEvent,
    model::{Found, Own, Pointer},
    server,
    testing::{Conversations as _, acts},
};
use plenum_core::{
    channels::Channel,
    error::ErrorKind,
    ids::ConversationId,
    live::{Live as _, LiveEvent as _},
};
use plenum_live::heads::Heads as _;
use plenum_store::{db::Committed, idempotency::fresh_key, log};
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
    let send = async |room, text: &str| acts::send(&house.store, who, room, text.to_owned(), None, "key-00001".to_owned()).await;
    let replies = futures::future::join_all((0..20).map(|_| send(room, "once"))).await;
    let first = replies[0].clone().unwrap();
    assert!(replies.into_iter().all(|reply| reply.unwrap() == first));
    for (room, text) in [(room, "twice"), (other, "once")] {
        let refused = send(room, text).await.unwrap_err();
        assert_eq!((refused.kind, refused.field.as_deref()), (ErrorKind::Invalid, Some("key")));
    }
    acts::edit(&house.store, who, first.id, "edited".to_owned()).await.unwrap();
    assert_eq!(send(room, "once").await.unwrap().text, "edited");
    acts::delete(&house.store, who, first.id).await.unwrap();
    assert!(send(room, "once").await.unwrap().deleted);
    assert_eq!(house.count("select count(*) from messages").await, 1);
    // The key is the sender's own.
    assert_eq!(acts::send(&house.store, house.person(1), room, "mine".to_owned(), None, "key-00001".to_owned()).await.unwrap().number, 2);
}

/// A deleted text is gone from the tables, the index and the log, in quotes and lists too.
#[tokio::test]
async fn a_deleted_text_is_gone_everywhere() {
    let house = House::with(5).await;
    let room = house.room(1, [2, 3]).await;
    let (author, reader) = (house.person(2), house.person(3));
    let secret = acts::send(&house.store, author, room, "the zanzibar plan @Lena Kovač".to_owned(), None, fresh_key()).await.unwrap();
    assert_eq!(secret.mentions, [reader.person]);
    acts::react(&house.store, reader, secret.id, "👍", true).await.unwrap();
    // Somebody's list takes it as the last message.
    acts::join(&house.store, house.person(4), room).await.unwrap();
    acts::invite(&house.store, author, room, house.person(5).person).await.unwrap();
    let reply = acts::send(&house.store, reader, room, "yes".to_owned(), Some(secret.id), fresh_key()).await.unwrap();
    assert_eq!(reply.reply_to.unwrap().text, "the zanzibar plan @Lena Kovač");
    assert_eq!(acts::search(&house.store, reader, "ZANZI", None).await.unwrap().len(), 1);
    assert!(logged(&house).await.contains("zanzibar"));

    acts::edit(&house.store, author, secret.id, "the yucatan plan".to_owned()).await.unwrap();
    assert!(!logged(&house).await.contains("zanzibar"));
    assert!(acts::search(&house.store, reader, "zanzibar", None).await.unwrap().is_empty());
    assert_eq!(acts::search(&house.store, reader, "yucatan", None).await.unwrap().len(), 1);

    acts::delete(&house.store, author, secret.id).await.unwrap();
    acts::delete(&house.store, author, secret.id).await.unwrap();
    assert!(!logged(&house).await.contains("yucatan"));
    assert!(acts::search(&house.store, reader, "yucatan", None).await.unwrap().is_empty());
    let thread = acts::thread(&house.store, reader, room, None, None).await.unwrap().state;
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
    assert_eq!(acts::edit(&house.store, author, secret.id, "again".to_owned()).await.unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(acts::react(&house.store, author, secret.id, "👍", true).await.unwrap_err().kind, ErrorKind::Conflict);
}

/// I33: however many messages quote a text, one row of the log has it, and an edit or a deletion is two events.
#[tokio::test]
async fn what_many_quote_changes_with_one_row() {
    let mut house = House::with(2).await;
    let room = house.room(1, [2]).await;
    let quoted = house.send(1, room, "the first text").await.unwrap().id;
    for _ in 0..60 {
        acts::send(&house.store, house.person(2), room, "yes".to_owned(), Some(quoted), fresh_key()).await.unwrap();
    }
    assert_eq!(house.count("select count(*) from live_log where data like '%the first text%' and event <> 'message.sent'").await, 1);
    let channel = Channel::Conversation(room).to_string();
    let told = |house: &mut House| house.announced(&channel).into_iter().map(|(event, _)| event).collect::<Vec<_>>();
    told(&mut house);
    acts::edit(&house.store, house.person(1), quoted, "another text".to_owned()).await.unwrap();
    assert_eq!(told(&mut house), ["message.edited", "quote.changed"]);
    assert!(!logged(&house).await.contains("the first text"));
    acts::delete(&house.store, house.person(1), quoted).await.unwrap();
    assert_eq!(told(&mut house), ["message.deleted", "quote.changed"]);
    assert!(!logged(&house).await.contains("another text"));
}

/// I33: of the index a search reads the messages of its person's conversations, and no others with the same words.
#[tokio::test]
async fn a_search_reads_ones_own_conversations() {
    let house = House::with(3).await;
    let (own, others) = (house.room(2, []).await, house.room(1, []).await);
    house.send(2, own, "the zanzibar plan").await.unwrap();
    for _ in 0..5 {
        house.send(1, others, "zanzibar again").await.unwrap();
    }
    let read = async |person: usize| {
        server::search::count_read(&mut house.store.look().await.unwrap(), house.person(person).person, "zanzi").await.unwrap()
    };
    assert_eq!((read(1).await, read(2).await, read(3).await), (5, 1, 0));
    let found = acts::search(&house.store, house.person(2), "plan zanzi", None).await.unwrap();
    assert_eq!(found.len(), 1);
    let place = format!("c{own}");
    assert!(acts::search(&house.store, house.person(2), &place, None).await.unwrap().is_empty(), "a place is no word");
}

/// Nobody has to read what was deleted: lists and totals count without it, a fresh one as one that is followed.
#[tokio::test]
async fn what_was_deleted_is_not_unread() {
    let house = House::with(2).await;
    let room = house.room(1, [2]).await;
    let counts = async || {
        let line = acts::sidebar(&house.store, house.person(2)).await.unwrap().state.lines[&room].unread();
        (line, server::unread(&mut house.store.read().await.unwrap(), house.person(2)).await.unwrap())
    };
    let mut sent = Vec::new();
    for text in ["a", "b", "c"] {
        sent.push(house.send(1, room, text).await.unwrap());
    }
    assert_eq!(counts().await, (3, 3));
    for (left, message) in [2, 1, 0].into_iter().zip(&sent) {
        acts::delete(&house.store, house.person(1), message.id).await.unwrap();
        assert_eq!(counts().await, (left, left));
    }
    house.send(1, room, "d").await.unwrap();
    assert_eq!(counts().await, (1, 1));
}

/// Who may not write in a conversation has nothing rendered for it, and a message mentions only so many; what was sent before one left
/// is still found by its key.
#[tokio::test]
async fn nothing_is_rendered_for_who_may_not_write() {
    let house = House::with(60).await;
    let room = house.room(1, 2..=60).await;
    let outside = house.room(2, []).await;
    let refused = server::sending::prepare(&house.store, house.person(3), outside, "hello").await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Forbidden);
    let elsewhere = server::sending::prepare(&house.store, house.person(61), room, "hello").await.unwrap_err();
    assert_eq!(elsewhere.kind, ErrorKind::NotFound);

    let names: Vec<String> = (4..=60).map(|id| format!("@Person {id},")).collect();
    assert_eq!(house.send(1, room, &names.join(" ")).await.unwrap_err().field.as_deref(), Some("text"));
    assert_eq!(house.send(1, room, &names[..50].join(" ")).await.unwrap().mentions.len(), 50);

    let who = house.person(3);
    let send = async |text: &str| acts::send(&house.store, who, room, text.to_owned(), None, "key-of-mine".to_owned()).await;
    let sent = send("before I left").await.unwrap();
    acts::leave(&house.store, who, room).await.unwrap();
    assert_eq!(send("before I left").await.unwrap().id, sent.id);
    assert_eq!(send("and after").await.unwrap_err().field.as_deref(), Some("key"));
}

/// Words inside a run of letters without blanks, phrases, and what is shown of a message: text, and no marks of Markdown.
#[tokio::test]
async fn a_search_finds_what_people_read() {
    let house = House::with(2).await;
    let room = house.room(1, [2]).await;
    for text in
        ["我家在上海东边。", "ฉันไปตลาดวันนี้", "a **winter** gala, see [the plan](https://x.example/p)", "gala in winter", "Kovač said so"]
    {
        house.send(1, room, text).await.unwrap();
    }
    let find = async |query: &str| {
        let found = acts::search(&house.store, house.person(2), query, None).await.unwrap();
        found.into_iter().map(|found| found.excerpt.concat()).collect::<Vec<_>>()
    };
    assert_eq!(find("上海").await, ["我家在上海东边。"]);
    assert_eq!(find("海上").await, Vec::<String>::new());
    assert_eq!(find("ตลาด").await.len(), 1);
    assert_eq!(find("winter gala").await.len(), 2);
    assert_eq!(find("\"winter gala\"").await, ["a winter gala, see the plan"]);
    assert_eq!(find("kovac").await.len(), 1);
    let found = acts::search(&house.store, house.person(2), "上海", None).await.unwrap();
    assert_eq!(found[0].excerpt, ["我家在", "上海", "东边。"]);
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
    acts::mark_read(&house.store, &who, room, 2).await.unwrap();
    assert_eq!(house.announced("private-conversation.1").len(), 1);
    // Within the period: written later, as one.
    for number in [1, 99, 1] {
        acts::mark_read(&house.store, &who, room, number).await.unwrap();
    }
    assert!(house.committed().is_empty());
    // Marking unread writes what waits first, so that it is not taken back by it.
    acts::mark_unread(&house.store, &who, room, 2).await.unwrap();
    let thread = acts::thread(&house.store, &who, room, None, None).await.unwrap().state;
    assert_eq!(thread.own, Some(Own { read: 3, unread_from: Some(2), muted: false }));
    assert_eq!(thread.unread_divider, Some(2));
    assert_eq!(thread.members[1].pointer, Pointer { read: 3, delivered: 3 });
    assert_eq!(acts::mark_read(&house.store, &who, ConversationId(99), 1).await.unwrap_err().kind, ErrorKind::NotFound);
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
    acts::mark_read(&house.store, &shy, room, 1).await.unwrap();
    acts::mark_read(&house.store, house.person(3), room, 1).await.unwrap();
    let readers = acts::readers(&house.store, house.person(1), message.id).await.unwrap();
    assert_eq!((readers.count, readers.people.len()), (1, 1));
    let thread = acts::thread(&house.store, &shy, room, None, None).await.unwrap().state;
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
    acts::mark_delivered(&house.store, house.person(2), vec![(mine, 7), (other, 1), (ConversationId(99), 1)]).await.unwrap();
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
    acts::mark_read(&house.store, house.person(2), room, 1).await.unwrap();
    assert!(house.announced(&format!("private-conversation.{room}")).is_empty());
    let thread = acts::thread(&house.store, house.person(2), room, None, None).await.unwrap().state;
    assert_eq!((thread.member_count, thread.members.len()), (51, 0));
    let page = acts::members(&house.store, house.person(2), room, "PERSON", 0).await.unwrap();
    assert_eq!(page.len(), 48);
    assert!(page.iter().all(|entry| entry.member.pointer == Pointer::default()));
    acts::leave(&house.store, house.person(51), room).await.unwrap();
    let announced = house.announced(&format!("private-conversation.{room}"));
    assert_eq!(announced.iter().filter(|(event, _)| event == "member.joined").count(), 50);
    let thread = acts::thread(&house.store, house.person(2), room, None, None).await.unwrap().state;
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
    let found: Vec<Found> = acts::search(&house.store, house.person(2), "muller uber", None).await.unwrap();
    assert_eq!(found.len(), 50);
    assert_eq!(found[0].number, 60);
    assert_eq!(found[0].excerpt, ["", "Über", " den ", "Müller", " number 59"]);
    let older = acts::search(&house.store, house.person(2), "müll", found.last().map(|last| last.message)).await.unwrap();
    assert_eq!(older.iter().map(|hit| hit.number).collect::<Vec<_>>(), (1..=10).rev().collect::<Vec<_>>());
    assert_eq!(acts::search(&house.store, house.person(3), "muller", None).await.unwrap().len(), 1);
    for query in ["\"", "a\" OR b", "NEAR(", "text:x", "x*", "^a", "-b", "{c}", "a AND", "\u{0}x", "'", "ß", "é"] {
        let outcome = acts::search(&house.store, house.person(2), query, None).await;
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
    acts::edit(&house.store, house.person(1), first.id, "older".to_owned()).await.unwrap();
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
    let group = acts::create_group(&house.store, house.person(1), people, String::new()).await.unwrap();
    house.send(2, group, "hello").await.unwrap();
    let viewer = house.person(1).clone();
    let mut sidebar = acts::sidebar(&house.store, &viewer).await.unwrap().state;
    house.committed();
    acts::rename(&house.store, &viewer, group, "Named".to_owned(), String::new()).await.unwrap();
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
        let thread = acts::thread(&house.store, who, room, from, around).await.unwrap().state;
        (thread.first(), thread.last(), thread.messages.len())
    };
    assert_eq!(window(None, None).await, (81, 130, 50));
    assert_eq!(window(Some(20), None).await, (20, 130, 111));
    assert_eq!(window(None, Some(60)).await, (35, 110, 76));
    let page = acts::page_before(&house.store, who, room, 81).await.unwrap();
    assert_eq!((page[0].number, page.len()), (31, 50));
    assert_eq!(acts::page_before(&house.store, who, room, 1).await.unwrap().len(), 0);
    assert_eq!(acts::page_after(&house.store, who, room, 110).await.unwrap().len(), 20);
    assert_eq!(acts::page_after(&house.store, who, room, u64::MAX).await.unwrap().len(), 0);
    // Who has not read it opens at the divider.
    let thread = acts::thread(&house.store, house.person(2), room, None, None).await.unwrap();
    assert_eq!((thread.state.first(), thread.state.unread_divider), (1, Some(1)));
    let cursor = thread.cursor(&Channel::Conversation(room)).unwrap().clone();
    let extent = log::extent(
        &mut house.store.read().await.unwrap(),
        house.store.epoch(),
        log::LogChannel::of_plenum(&format!("private-conversation.{room}")),
    )
    .await
    .unwrap();
    assert_eq!(cursor, extent.cursor());
}
