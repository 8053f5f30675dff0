use crate::{
    model::{Access, ConversationKind},
    server,
    testing::{Conversations as _, acts},
};
use plenum_core::{
    channels::Channel,
    error::ErrorKind,
    ids::{ConversationId, PersonId},
};
use plenum_store::{
    db::{Committed, Scope},
    idempotency::fresh_key,
};
use plenum_testing::House;

/// I24: an open room is read by all of the organisation and written by its members; a private one, and
/// another organisation's, does not exist for others.
#[tokio::test]
async fn who_may_read_and_write() {
    let house = House::with(4).await;
    let open = house.room(2, []).await;
    let private = acts::create_room(&house.store, house.person(2), "Private".to_owned(), String::new(), Access::Private).await.unwrap();
    let said = house.send(2, open, "open").await.unwrap();
    let secret = house.send(2, private, "secret").await.unwrap();

    let visitor = house.person(3);
    let thread = acts::thread(&house.store, visitor, open, None, None).await.unwrap();
    assert_eq!((thread.state.messages.len(), thread.state.own), (1, None));
    assert!(thread.cursor(&Channel::Conversation(open)).is_none());
    for outcome in [
        house.send(3, open, "me too").await.map(drop),
        acts::react(&house.store, visitor, said.id, "👍", true).await,
        acts::invite(&house.store, visitor, open, house.person(4).person).await,
        acts::rename(&house.store, visitor, open, "Mine".to_owned(), String::new()).await,
        acts::edit(&house.store, visitor, said.id, "x".to_owned()).await.map(drop),
        acts::delete(&house.store, visitor, said.id).await,
        acts::remove(&house.store, visitor, open, house.person(2).person).await,
    ] {
        assert_eq!(outcome.unwrap_err().kind, ErrorKind::Forbidden);
    }
    for (person, conversation, message) in [(3, private, secret.id), (1, private, secret.id), (5, open, said.id), (5, private, secret.id)] {
        let who = house.person(person);
        for outcome in [
            acts::thread(&house.store, who, conversation, None, None).await.map(drop),
            acts::page_before(&house.store, who, conversation, 9).await.map(drop),
            acts::page_after(&house.store, who, conversation, 0).await.map(drop),
            acts::members(&house.store, who, conversation, "", 0).await.map(drop),
            house.send(person, conversation, "x").await.map(drop),
            acts::join(&house.store, who, conversation).await,
            acts::leave(&house.store, who, conversation).await,
            acts::mute(&house.store, who, conversation, true).await,
            acts::mark_read(&house.store, who, conversation, 1).await,
            acts::mark_unread(&house.store, who, conversation, 1).await,
            acts::invite(&house.store, who, conversation, who.person).await,
            acts::rename(&house.store, who, conversation, "x".to_owned(), String::new()).await,
            acts::edit(&house.store, who, message, "x".to_owned()).await.map(drop),
            acts::delete(&house.store, who, message).await,
            acts::react(&house.store, who, message, "👍", true).await,
            acts::readers(&house.store, who, message).await.map(drop),
        ] {
            assert_eq!(outcome.unwrap_err().kind, ErrorKind::NotFound, "{person} {conversation}");
        }
    }
    // The same words as for what does not exist.
    let unknown = acts::delete(&house.store, visitor, plenum_core::ids::MessageId(999)).await.unwrap_err();
    assert_eq!(acts::delete(&house.store, visitor, secret.id).await.unwrap_err(), unknown);
    assert_eq!(acts::rooms(&house.store, visitor).await.unwrap().len(), 1);
    assert_eq!(acts::rooms(&house.store, house.person(2)).await.unwrap().len(), 2);
    assert_eq!(acts::rooms(&house.store, house.person(5)).await.unwrap().len(), 0);
}

/// Nobody has read what was said before they came, as others see it; nor is it new to them.
#[tokio::test]
async fn who_comes_later_has_not_read() {
    let house = House::with(3).await;
    let room = house.room(1, [2]).await;
    let said = house.send(1, room, "before").await.unwrap();
    acts::join(&house.store, house.person(3), room).await.unwrap();
    let newcomer = house.person(3).person;
    let seen = async |by: usize| {
        let thread = acts::thread(&house.store, house.person(by), room, None, None).await.unwrap().state;
        let pointer = thread.members.iter().find(|member| member.card.id == newcomer).map(|member| member.pointer.read);
        (pointer, thread.own.map(|own| own.read))
    };
    assert_eq!(seen(1).await.0, Some(0));
    assert_eq!(seen(3).await, (Some(0), Some(said.number)));
    assert!(acts::readers(&house.store, house.person(1), said.id).await.unwrap().people.is_empty());
    house.send(1, room, "after").await.unwrap();
    acts::mark_read(&house.store, house.person(3), room, said.number + 1).await.unwrap();
    assert_eq!(seen(1).await.0, Some(said.number + 1));
}

/// An answer stays in its conversation.
#[tokio::test]
async fn a_reply_stays_in_its_conversation() {
    let house = House::with(2).await;
    let (room, other) = (house.room(1, [2]).await, house.room(1, []).await);
    let elsewhere = house.send(1, other, "elsewhere").await.unwrap();
    let refused = acts::send(&house.store, house.person(2), room, "x".to_owned(), Some(elsewhere.id), fresh_key()).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("reply_to"));
    assert_eq!(house.send(2, room, "first").await.unwrap().number, 1, "the refused one took no number");
}

/// One direct conversation per pair, whoever starts, also if both start at once.
#[tokio::test]
async fn one_direct_conversation_per_pair() {
    let mut house = House::with(3).await;
    let (one, other) = (house.person(1).clone(), house.person(2).clone());
    let (a, b) =
        futures::future::join(acts::direct(&house.store, &one, other.person), acts::direct(&house.store, &other, one.person)).await;
    let id = a.unwrap();
    assert_eq!(b.unwrap(), id);
    assert_eq!(acts::create_group(&house.store, &one, vec![other.person, one.person], "Two".to_owned()).await.unwrap(), id);
    assert_eq!(house.announced(&format!("private-person.{}", other.person)).len(), 1);
    let line = &acts::sidebar(&house.store, &one).await.unwrap().state.lines[&id];
    assert_eq!((line.title().as_str(), line.conversation.kind), ("Sam Adeyemi", ConversationKind::Direct));
    for (person, kind) in [(one.person, ErrorKind::Invalid), (PersonId(4), ErrorKind::NotFound), (PersonId(99), ErrorKind::NotFound)] {
        assert_eq!(acts::direct(&house.store, &one, person).await.unwrap_err().kind, kind);
    }
    assert_eq!(acts::leave(&house.store, &one, id).await.unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(acts::invite(&house.store, &one, id, PersonId(3)).await.unwrap_err().kind, ErrorKind::Conflict);
}

/// Groups name their people, and have at most fifty.
#[tokio::test]
async fn groups_are_small() {
    let house = House::with(52).await;
    let others: Vec<PersonId> = (2..=50).map(PersonId).collect();
    let group = acts::create_group(&house.store, house.person(1), others.clone(), String::new()).await.unwrap();
    let line = acts::sidebar(&house.store, house.person(2)).await.unwrap().state.lines.remove(&group).unwrap();
    assert_eq!(line.others.len(), 4);
    assert_eq!(acts::invite(&house.store, house.person(1), group, PersonId(51)).await.unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(
        acts::create_group(&house.store, house.person(1), (2..=51).map(PersonId).collect(), String::new()).await.unwrap_err().kind,
        ErrorKind::Invalid
    );
    assert_eq!(
        acts::create_group(&house.store, house.person(1), vec![PersonId(1)], String::new()).await.unwrap_err().kind,
        ErrorKind::Invalid
    );
    assert_eq!(
        acts::create_group(&house.store, house.person(1), vec![PersonId(2), PersonId(53)], String::new()).await.unwrap_err().kind,
        ErrorKind::NotFound
    );
}

/// Leaving ends the live rights in commit order, passes ownership on, and leaves a row of activity.
#[tokio::test]
async fn leaving_ends_rights_and_passes_ownership() {
    let mut house = House::with(4).await;
    let room = house.room(2, [3, 4]).await;
    house.committed();
    acts::leave(&house.store, house.person(2), room).await.unwrap();
    let committed = house.committed();
    let revoked = committed.iter().position(|item| {
        matches!(item, Committed::Revoked(revocation) if revocation.person == PersonId(2)
        && revocation.scope == Scope::Channels(vec![format!("private-conversation.{room}"), format!("presence-conversation.{room}")]))
    });
    let left = committed.iter().position(|item| matches!(item, Committed::Event { event, .. } if event == "member.left"));
    assert!(left.unwrap() < revoked.unwrap());
    assert!(!server::may_join_channel(&mut house.store.read().await.unwrap(), PersonId(2), room).await.unwrap());
    let members = acts::members(&house.store, house.person(3), room, "", 0).await.unwrap();
    assert_eq!(
        members.iter().map(|entry| (entry.member.card.id, entry.member.owner)).collect::<Vec<_>>(),
        [(PersonId(3), true), (PersonId(4), false)]
    );
    acts::remove(&house.store, house.person(3), room, PersonId(4)).await.unwrap();
    acts::remove(&house.store, house.person(3), room, PersonId(4)).await.unwrap();
    acts::leave(&house.store, house.person(3), room).await.unwrap();
    acts::join(&house.store, house.person(4), room).await.unwrap();
    acts::rename(&house.store, house.person(4), room, "Mine now".to_owned(), String::new()).await.unwrap();
    assert_eq!(house.count("select count(*) from activity where verb in ('member.left', 'member.removed')").await, 3);
    assert_eq!(house.count("select member_count from conversations").await, 1);
}

/// Private rooms are joined by an owner's invitation.
#[tokio::test]
async fn owners_invite_to_private_rooms() {
    let house = House::with(4).await;
    let private = acts::create_room(&house.store, house.person(2), "Private".to_owned(), String::new(), Access::Private).await.unwrap();
    acts::invite(&house.store, house.person(2), private, PersonId(3)).await.unwrap();
    assert_eq!(acts::invite(&house.store, house.person(3), private, PersonId(4)).await.unwrap_err().kind, ErrorKind::Forbidden);
    assert_eq!(acts::invite(&house.store, house.person(2), private, PersonId(5)).await.unwrap_err().kind, ErrorKind::NotFound);
    let open = house.room(2, [3]).await;
    acts::invite(&house.store, house.person(3), open, PersonId(4)).await.unwrap();
    acts::invite(&house.store, house.person(3), open, PersonId(4)).await.unwrap();
    assert_eq!(house.count("select count(*) from activity where verb = 'member.invited'").await, 2);
}

/// Names of rooms are unique whatever the case; the general room keeps its name and its people.
#[tokio::test]
async fn names_and_the_general_room() {
    let house = House::with(3).await;
    let create = async |name: &str| acts::create_room(&house.store, house.person(2), name.to_owned(), String::new(), Access::Open).await;
    let choir = create("Choir").await.unwrap();
    let taken = create("choir").await.unwrap_err();
    assert_eq!((taken.kind, taken.field.as_deref()), (ErrorKind::Conflict, Some("name")));
    let ballet = create("Ballet").await.unwrap();
    assert_eq!(
        acts::rename(&house.store, house.person(2), ballet, "CHOIR".to_owned(), String::new()).await.unwrap_err().kind,
        ErrorKind::Conflict
    );
    acts::rename(&house.store, house.person(1), choir, "Choir".to_owned(), "By an admin".to_owned()).await.unwrap();
    for person in 1..=3 {
        let who = house.person(person).clone();
        house.store.write(async move |tx| server::welcome(tx, who.person, who.organisation).await).await.unwrap();
    }
    let general = ConversationId(house.count("select id from conversations where general").await);
    assert_eq!(house.count("select member_count from conversations where general").await, 3);
    assert_eq!(acts::leave(&house.store, house.person(2), general).await.unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(acts::remove(&house.store, house.person(1), general, PersonId(2)).await.unwrap_err().kind, ErrorKind::Conflict);
    acts::rename(&house.store, house.person(1), general, "Other".to_owned(), "Everyone".to_owned()).await.unwrap();
    let rooms = acts::rooms(&house.store, house.person(2)).await.unwrap();
    assert_eq!((rooms[0].conversation.name.as_str(), rooms[0].conversation.topic.as_str()), ("General", "Everyone"));
}

/// Another's message is deleted by an owner or an admin, which leaves a row of activity.
#[tokio::test]
async fn owners_and_admins_delete() {
    let house = House::with(4).await;
    let room = house.room(2, [3, 4]).await;
    for deleter in [2, 1] {
        let message = house.send(3, room, "hello").await.unwrap();
        assert_eq!(acts::delete(&house.store, house.person(4), message.id).await.unwrap_err().kind, ErrorKind::Forbidden);
        acts::delete(&house.store, house.person(deleter), message.id).await.unwrap();
    }
    assert_eq!(house.count("select count(*) from activity where verb = 'message.deleted'").await, 2);
}

/// At most twenty kinds of reactions; the same twice changes nothing.
#[tokio::test]
async fn reactions_have_kinds() {
    let mut house = House::with(2).await;
    let room = house.room(1, [2]).await;
    let message = house.send(1, room, "hello").await.unwrap();
    let who = house.person(2).clone();
    house.committed();
    for _ in 0..2 {
        acts::react(&house.store, &who, message.id, "👍", true).await.unwrap();
    }
    assert_eq!(house.announced(&format!("private-conversation.{room}")).len(), 1);
    for emoji in "🍇🍈🍉🍊🍋🍌🍍🥭🍎🍏🍐🍑🍒🍓🥝🍅🥥🥑🍆".chars() {
        acts::react(&house.store, &who, message.id, &emoji.to_string(), true).await.unwrap();
    }
    assert_eq!(acts::react(&house.store, &who, message.id, "🥔", true).await.unwrap_err().kind, ErrorKind::Conflict);
    acts::react(&house.store, house.person(1), message.id, "👍", true).await.unwrap();
    acts::react(&house.store, &who, message.id, "👍", false).await.unwrap();
    let thread = acts::thread(&house.store, &who, room, None, None).await.unwrap().state;
    assert_eq!(thread.messages[&1].reactions.len(), 20);
}

/// Who is blocked begins nothing with the other and adds them to nothing; the other may still add them, and in a group both write. Two who
/// have blocked each other are apart until both have ended it.
#[tokio::test]
async fn who_is_blocked_brings_the_other_into_nothing() {
    let mut house = House::with(4).await;
    let id = |person: usize| PersonId(i64::try_from(person).unwrap());
    let block = async |house: &House, by: usize, whom: usize, blocked: bool| {
        acts::block(&house.store, house.person(by), id(whom), blocked).await.unwrap();
    };
    block(&house, 2, 3, true).await;
    block(&house, 2, 3, true).await;
    let apart = |committed: Vec<Committed>| -> Vec<bool> {
        committed.into_iter().filter_map(|one| if let Committed::KeptApart { apart, .. } = one { Some(apart) } else { None }).collect()
    };
    assert_eq!(apart(house.committed()), [true], "twice is once");
    for (by, whom) in [(2, 3), (3, 2)] {
        let refused = acts::direct(&house.store, house.person(by), id(whom)).await.unwrap_err();
        assert_eq!((refused.kind, refused.message.as_str()), (ErrorKind::Forbidden, "You cannot write to this person."));
    }
    let group = acts::create_group(&house.store, house.person(3), vec![id(2), id(4)], String::new()).await;
    assert_eq!(group.unwrap_err().kind, ErrorKind::Forbidden);
    let group = acts::create_group(&house.store, house.person(2), vec![id(3), id(4)], String::new()).await.unwrap();
    house.send(2, group, "welcome").await.unwrap();
    house.send(3, group, "thanks").await.unwrap();
    house.committed();

    block(&house, 3, 2, true).await;
    block(&house, 2, 3, false).await;
    assert_eq!(apart(house.committed()), [true, true], "one of the two still has");
    block(&house, 3, 2, false).await;
    assert_eq!(apart(house.committed()), [false]);
    acts::direct(&house.store, house.person(3), id(2)).await.unwrap();
}
