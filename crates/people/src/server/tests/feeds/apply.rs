//! I25: several people do random things; at a random point everybody takes their feeds. From there on one reader follows the commits, with
//! nudges that come later and answers that come later still; another was away and reads the logs at the end. Both must see what a fresh feed
//! shows.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::fresh;
use crate::server::profile;
use plenum_activity::{
    live::{FeedEvent, FeedTouched},
    model::{Feed, Scope},
    server::{
        Nudges,
        reading::{Part, feed},
    },
};
use plenum_core::{
    activity::live::{ConversationActivity, OrganisationActivity, PersonActivity},
    channels::Channel,
    error::ErrorKind,
    ids::{ConversationId, PersonId},
    live::{Live, LiveEvent},
    people::Identity,
};
use plenum_directory::live::OrganisationEvent;
use plenum_live::heads::Heads as _;
use plenum_messages::{
    model::Access,
    server as messages,
    testing::{Conversations as _, acts},
};
use plenum_store::{
    db::{Committed, Scope as Revoked, Tx},
    log::{self, LogChannel},
};
use plenum_testing::House;

/// People who do things and look.
const PEOPLE: usize = 4;

#[derive(Debug, Clone)]
enum Act {
    CreateRoom { private: bool },
    CreateGroup { other: usize },
    Join { room: usize },
    Leave { room: usize },
    Invite { room: usize, person: usize },
    Remove { room: usize, person: usize },
    Rename { room: usize, name: usize },
    Mute { room: usize, muted: bool },
    DeleteMessage { room: usize },
    RenameSelf { name: usize },
}

fn any_act() -> impl Strategy<Value = (usize, Act)> {
    let room = || 0..5_usize;
    let person = || 0..PEOPLE;
    let act = prop_oneof![
        1 => any::<bool>().prop_map(|private| Act::CreateRoom { private }),
        1 => person().prop_map(|other| Act::CreateGroup { other }),
        6 => room().prop_map(|room| Act::Join { room }),
        5 => room().prop_map(|room| Act::Leave { room }),
        4 => (room(), person()).prop_map(|(room, person)| Act::Invite { room, person }),
        3 => (room(), person()).prop_map(|(room, person)| Act::Remove { room, person }),
        2 => (room(), 0..9_usize).prop_map(|(room, name)| Act::Rename { room, name }),
        3 => (room(), any::<bool>()).prop_map(|(room, muted)| Act::Mute { room, muted }),
        2 => room().prop_map(|room| Act::DeleteMessage { room }),
        2 => (0..9_usize).prop_map(|name| Act::RenameSelf { name }),
    ];
    (person(), act)
}

#[derive(Debug, Clone)]
struct Course {
    acts: Vec<(usize, Act)>,
    /// Where feeds are taken.
    snapshot: usize,
    /// Nudges go out, and answers come, after so many acts.
    pace: usize,
    /// In which order the logs are read.
    order: usize,
    /// Things that happened before, so that feeds have older pages.
    before: usize,
}

fn any_course() -> impl Strategy<Value = Course> {
    (1..50_usize).prop_flat_map(|length| {
        (proptest::collection::vec(any_act(), length), 0..length, 1..5_usize, 0..2_usize, 0..30_usize)
            .prop_map(|(acts, snapshot, pace, order, before)| Course { acts, snapshot, pace, order, before })
    })
}

/// What there is to do things with.
struct Stage {
    rooms: Vec<ConversationId>,
    step: usize,
}

impl Stage {
    /// Does it; a refusal is part of life, a failure is not.
    async fn perform(&mut self, house: &mut House, who: usize, act: &Act) {
        self.step += 1;
        let (store, who) = (house.store.clone(), house.people[who].clone());
        let room = |index: usize| self.rooms[index % self.rooms.len()];
        let person = |index: usize| PersonId(i64::try_from(index + 1).unwrap());
        let (mut made, step) = (None, self.step);
        let outcome = match act.clone() {
            Act::CreateRoom { private } => {
                let access = if private { Access::Private } else { Access::Open };
                acts::create_room(&store, &who, format!("Room {step}"), String::new(), access).await.map(|id| made = Some(id))
            }
            Act::CreateGroup { other } => {
                let people = vec![person(other), person((other + 1) % PEOPLE)];
                acts::create_group(&store, &who, people, String::new()).await.map(|id| made = Some(id))
            }
            Act::Join { room: index } => acts::join(&store, &who, room(index)).await,
            Act::Leave { room: index } => acts::leave(&store, &who, room(index)).await,
            Act::Invite { room: index, person: whom } => acts::invite(&store, &who, room(index), person(whom)).await,
            Act::Remove { room: index, person: whom } => acts::remove(&store, &who, room(index), person(whom)).await,
            Act::Rename { room: index, name } => {
                acts::rename(&store, &who, room(index), format!("Name {name} of {index}"), format!("topic {name}")).await
            }
            Act::Mute { room: index, muted } => acts::mute(&store, &who, room(index), muted).await,
            Act::DeleteMessage { room: index } => match house.send(3, room(index), "nonsense").await {
                Ok(message) => acts::delete(&store, &who, message.id).await,
                Err(refused) => Err(refused),
            },
            Act::RenameSelf { name } => {
                let called = profile::Profile::parse(&format!("Person {} {name}", who.person), 1, "Europe/Berlin".to_owned()).unwrap();
                store.write(async move |tx: &mut Tx| profile::update(tx, &who, &called).await).await
            }
        };
        self.rooms.extend(made);
        if let Err(error) = outcome {
            assert_ne!(error.kind, ErrorKind::Internal, "{act:?}");
        }
    }
}

/// A feed on somebody's screen.
#[derive(Clone)]
struct Reader {
    who: Identity,
    feed: Feed,
    /// Where its channels stood.
    since: Vec<(Channel, u64)>,
    /// The conversation's channel is followed.
    subscribed: bool,
    /// It has asked; what came since, and whether there was another reason meanwhile.
    asked: Option<(Feed, Vec<FeedEvent>, bool)>,
    /// An older page that was asked for and has not come yet.
    older: Option<Feed>,
}

impl Reader {
    async fn new(house: &House, who: &Identity, scope: Scope) -> Self {
        let own = match scope {
            Scope::Conversation(id) => Channel::Conversation(id),
            Scope::Today | Scope::Person(_) => Channel::Person(who.person),
        };
        let mut since = Vec::new();
        for channel in [own, Channel::Organisation(who.organisation)] {
            let mut tx = house.store.read().await.unwrap();
            since.push((
                channel,
                log::extent(&mut tx, house.store.epoch(), LogChannel::of_plenum(&channel.to_string())).await.unwrap().head,
            ));
        }
        let shown = fresh(house, who, scope, None).await;
        let older = match shown.floor.0 {
            0 => None,
            _ => Some(
                feed(&mut house.store.read().await.unwrap(), who, scope, None, Part { before: Some(shown.floor), floor: None })
                    .await
                    .unwrap(),
            ),
        };
        Self { who: who.clone(), feed: shown, since, subscribed: true, asked: None, older }
    }

    /// The event that a channel brings to this feed, if it is one.
    fn read(&self, channel: Channel, name: &str, payload: &str) -> Option<FeedEvent> {
        fn of<E: LiveEvent>(name: &str, payload: &str) -> Option<E> {
            E::CATALOGUE.iter().any(|entry| entry.name == name).then(|| E::read(name, payload).unwrap())
        }
        match channel {
            Channel::Person(person) if person == self.who.person => {
                of(name, payload).map(FeedEvent::Person).or_else(|| of(name, payload).map(FeedEvent::Membership))
            }
            Channel::Organisation(id) if id == self.who.organisation => of::<OrganisationActivity>(name, payload)
                .map(FeedEvent::Organisation)
                .or_else(|| of::<OrganisationEvent>(name, payload).map(FeedEvent::People)),
            Channel::Conversation(id) if self.subscribed && self.feed.scope == Scope::Conversation(id) => {
                of::<ConversationActivity>(name, payload).map(FeedEvent::Conversation)
            }
            _ => None,
        }
    }

    async fn take(&mut self, house: &House, event: FeedEvent) {
        // A conversation's feed does not follow its viewer's own channel.
        if matches!(self.feed.scope, Scope::Conversation(_)) && matches!(event, FeedEvent::Person(_) | FeedEvent::Membership(_)) {
            return;
        }
        let touched = self.feed.apply(self.who.person, &event);
        if let Some((_, meanwhile, again)) = &mut self.asked {
            meanwhile.push(event);
            *again |= touched.ask;
        } else if touched.ask {
            self.ask(house).await;
        }
    }

    async fn ask(&mut self, house: &House) {
        let answer = fresh(house, &self.who, self.feed.scope, Some(self.feed.floor)).await;
        self.asked = Some((answer, Vec::new(), false));
    }

    /// The answer comes.
    async fn answered(&mut self, house: &House) {
        let Some((answer, meanwhile, again)) = self.asked.take() else { return };
        let FeedTouched { ask, .. } = self.feed.absorb(self.who.person, answer, &meanwhile);
        if ask || again {
            self.ask(house).await;
        }
    }

    async fn nudge(&mut self, house: &House, conversation: i64) {
        let head = Nudges::new(house.store.clone()).head(conversation).await.unwrap().unwrap();
        if head.people.contains(&self.who.person) {
            self.take(house, FeedEvent::Person(PersonActivity::read(&head.event, &head.payload).unwrap())).await;
        }
    }

    async fn check(&mut self, house: &House, how: &str) {
        while self.asked.is_some() {
            self.answered(house).await;
        }
        if let Some(older) = self.older.take().filter(|_| self.feed.floor.0 > 0) {
            // Read at the beginning; what its viewer may see may have changed since: then it is asked for again.
            let floor = self.feed.floor;
            if !self.feed.append(0, older) {
                let part = Part { before: Some(floor), floor: None };
                let again = feed(&mut house.store.read().await.unwrap(), &self.who, self.feed.scope, None, part).await.unwrap();
                assert!(self.feed.append(self.feed.turn, again));
            }
        }
        if !self.subscribed {
            return;
        }
        let expected = fresh(house, &self.who, self.feed.scope, Some(self.feed.floor)).await;
        let sorted = |feed: &Feed| feed.muted.iter().copied().collect::<BTreeSet<_>>();
        let shown = (&self.feed.items, self.feed.floor, sorted(&self.feed));
        assert_eq!(
            shown,
            (&expected.items, expected.floor, sorted(&expected)),
            "the {how} feed {} of {}",
            self.feed.scope,
            self.who.person
        );
    }
}

async fn run(course: Course) {
    let mut house = House::with(i64::try_from(PEOPLE).unwrap()).await;
    let mut stage = Stage { rooms: vec![house.room(1, [2, 3]).await, house.room(2, [1, 4]).await], step: 0 };
    for _ in 0..course.before {
        acts::join(&house.store, house.person(3), stage.rooms[1]).await.unwrap();
        acts::leave(&house.store, house.person(3), stage.rooms[1]).await.unwrap();
    }
    let (mut live, mut happened): (Vec<Reader>, BTreeSet<i64>) = Default::default();
    let mut away: Vec<Reader> = Vec::new();
    for (index, (who, act)) in course.acts.iter().enumerate() {
        if index == course.snapshot {
            house.committed();
            for who in &house.people[..PEOPLE] {
                live.push(Reader::new(&house, who, Scope::Today).await);
                live.push(Reader::new(&house, who, Scope::Person(PersonId(2))).await);
                for room in &stage.rooms {
                    if messages::may_join_channel(&mut house.store.read().await.unwrap(), who.person, *room).await.unwrap() {
                        live.push(Reader::new(&house, who, Scope::Conversation(*room)).await);
                    }
                }
            }
            away.clone_from(&live);
        }
        stage.perform(&mut house, *who, act).await;
        for item in house.committed() {
            match &item {
                Committed::Event { channel, event, payload, .. } => {
                    let channel: Channel = channel.parse().unwrap();
                    for reader in &mut live {
                        if let Some(event) = reader.read(channel, event, payload) {
                            reader.take(&house, event).await;
                        }
                    }
                }
                Committed::Happened { subject } => drop(happened.insert(*subject)),
                Committed::Revoked(revocation) => {
                    let Revoked::Channels(ended) = &revocation.scope else { panic!("{revocation:?}") };
                    for reader in live.iter_mut().chain(&mut away).filter(|reader| reader.who.person == revocation.person) {
                        let follows =
                            matches!(reader.feed.scope, Scope::Conversation(id) if ended.contains(&Channel::Conversation(id).to_string()));
                        reader.subscribed &= !follows;
                    }
                }
                _ => {}
            }
        }
        if index % course.pace == 0 {
            for reader in &mut live {
                reader.answered(&house).await;
                for conversation in &happened {
                    reader.nudge(&house, *conversation).await;
                }
            }
            happened.clear();
        }
    }
    for reader in &mut live {
        for conversation in &happened {
            reader.nudge(&house, *conversation).await;
        }
        reader.check(&house, "followed").await;
    }
    for reader in &mut away {
        if course.order == 1 {
            reader.since.reverse();
        }
        for (channel, from) in reader.since.clone() {
            for logged in
                log::page(&mut house.store.read().await.unwrap(), LogChannel::of_plenum(&channel.to_string()), from, 10_000).await.unwrap()
            {
                if let Some(event) = reader.read(channel, &logged.event, &logged.data) {
                    reader.take(&house, event).await;
                }
            }
        }
        // What is followed by nudges is asked for once; a conversation's own feed has all in its log.
        if !matches!(reader.feed.scope, Scope::Conversation(_)) {
            reader.asked = None;
            reader.ask(&house).await;
        }
        reader.check(&house, "replayed").await;
    }
}

fn block_on(course: Course) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(course));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn an_old_feed_and_what_was_told_make_a_fresh_one(course in any_course()) {
        block_on(course);
    }
}

/// More happens between two nudges than one of them carries: whoever follows notices, and asks.
#[test]
fn a_rush_leaves_no_gap() {
    let rush = (0..9).map(|index| (2, if index % 2 == 0 { Act::Join { room: 1 } } else { Act::Leave { room: 1 } }));
    let acts: Vec<(usize, Act)> = std::iter::once((0, Act::RenameSelf { name: 1 })).chain(rush).collect();
    block_on(Course { acts, snapshot: 1, pace: 4, order: 0, before: 25 });
}

/// Found by the property: whoever mutes a conversation, leaves it and comes again, has not muted it any more.
#[test]
fn a_mute_ends_with_the_membership() {
    let acts = vec![
        (0, Act::RenameSelf { name: 0 }),
        (0, Act::Mute { room: 1, muted: true }),
        (0, Act::Leave { room: 1 }),
        (0, Act::Join { room: 1 }),
        (2, Act::Join { room: 1 }),
    ];
    block_on(Course { acts, snapshot: 0, pace: 1, order: 0, before: 0 });
}

/// Found by the property: on a person's page one sees what they do in a conversation that one has muted, too.
#[test]
fn a_muted_conversation_stays_on_a_persons_page() {
    let acts = vec![(0, Act::Mute { room: 0, muted: true }), (1, Act::Leave { room: 0 }), (1, Act::Join { room: 0 })];
    block_on(Course { acts, snapshot: 0, pace: 1, order: 0, before: 0 });
}

/// Found by the property: an older page that was asked for before its viewer left a conversation has nothing of it when it comes.
#[test]
fn an_older_page_comes_after_one_has_left() {
    let acts = vec![(0, Act::RenameSelf { name: 0 }), (1, Act::Leave { room: 0 }), (2, Act::Join { room: 1 })];
    block_on(Course { acts, snapshot: 0, pace: 1, order: 0, before: 26 });
}
