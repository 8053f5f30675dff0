//! I25: an old snapshot and the events since make a fresh snapshot, for every viewer.
//!
//! Several people do random things to a real store. At a random point everybody takes snapshots: of
//! their list, and of every conversation they are in, as a whole, as its last messages (with an older
//! page that is asked for at one point and comes at another) and as a window that does not reach the
//! head (with a newer page, likewise). From there on two readers follow: one gets the commits as they
//! come, with heads that come later; one was away, and reads the logs of its channels, one after the
//! other, at the end. Both must see what a fresh snapshot shows.

mod commands;
mod reader;

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::{
    model::{Access, POINTER_MEMBERS},
    testing::{Conversations as _, acts},
};
use commands::{Command, any_command};
use plenum_core::ids::ConversationId;
use plenum_testing::House;
use reader::Reader;

/// People who do things and look.
pub(super) const ACTORS: usize = 4;
/// People who are only there, so that a room crosses the limit of pointers.
const CROWD: usize = 47;

/// What happens in one case.
#[derive(Debug, Clone)]
struct Course {
    commands: Vec<Command>,
    /// Where the snapshots are taken, where pages are read, and where they arrive: shares of the commands.
    points: [usize; 3],
    /// Heads are sent after so many commands.
    heads_every: usize,
    /// The order in which the logs are replayed.
    order: usize,
}

fn any_course() -> impl Strategy<Value = Course> {
    (1..60_usize).prop_flat_map(|length| {
        (proptest::collection::vec(any_command(), length), proptest::collection::vec(0..=length, 3), 1..6_usize, 0..6_usize).prop_map(
            |(commands, mut points, heads_every, order)| {
                points.sort_unstable();
                Course { commands, points: [points[0], points[1], points[2]], heads_every, order }
            },
        )
    })
}

/// Rooms, a group and a direct conversation of the actors, with something said in each.
async fn furnish(house: &mut House) -> Vec<ConversationId> {
    let crowded = house.room(1, ACTORS + 1..=ACTORS + CROWD).await;
    acts::join(&house.store, house.person(2), crowded).await.unwrap();
    let room = house.room(1, [2, 3]).await;
    let private = acts::create_room(&house.store, house.person(2), "Private".to_owned(), String::new(), Access::Private).await.unwrap();
    acts::invite(&house.store, house.person(2), private, house.person(3).person).await.unwrap();
    let group = acts::create_group(&house.store, house.person(3), vec![house.person(1).person, house.person(2).person], String::new())
        .await
        .unwrap();
    let direct = acts::direct(&house.store, house.person(1), house.person(2).person).await.unwrap();
    let conversations = vec![crowded, room, private, group, direct];
    for conversation in &conversations {
        for person in [1, 2, 3] {
            // Who is not in it cannot.
            let _ = house.send(person, *conversation, "something to begin with").await;
        }
    }
    house.committed();
    conversations
}

async fn run(course: Course) {
    let mut house = House::with(i64::try_from(ACTORS + CROWD).unwrap()).await;
    let conversations = furnish(&mut house).await;
    let [snapshot, asked, arrived] = course.points;
    let mut stage = commands::Stage::new(conversations);
    let mut live: Vec<Reader> = Vec::new();
    let mut away: Vec<Reader> = Vec::new();
    let mut moved = BTreeSet::new();
    for (index, command) in course.commands.iter().enumerate() {
        if index == snapshot {
            live = Reader::all(&house, &stage, &course.commands[index..]).await;
            away.clone_from(&live);
        }
        if index == asked {
            for reader in &mut live {
                reader.ask_for_pages(&house).await;
            }
        }
        if index == arrived {
            live.iter_mut().for_each(Reader::take_pages);
        }
        stage.perform(&mut house, command).await;
        let committed = house.committed();
        for reader in &mut live {
            reader.follow(&house, &committed, &mut moved).await;
        }
        if index % course.heads_every == 0 {
            send_heads(&house, &mut live, &mut moved).await;
        }
    }
    send_heads(&house, &mut live, &mut moved).await;
    for reader in &mut live {
        reader.take_pages();
        reader.check(&house, &stage, "live").await;
    }
    for reader in &mut away {
        reader.catch_up(&house, &stage, course.order).await;
        reader.check(&house, &stage, "replayed").await;
    }
    check_counts(&house).await;
}

/// What the live layer does for heads: the newest of what moved, to all members.
async fn send_heads(house: &House, readers: &mut [Reader], moved: &mut BTreeSet<i64>) {
    for subject in std::mem::take(moved) {
        for reader in &mut *readers {
            reader.head(house, subject).await;
        }
    }
}

/// The rows that are counted agree with the counts.
async fn check_counts(house: &House) {
    assert_eq!(house.count("select count(*) from conversations where member_count <> (select count(*) from memberships where conversation_id = conversations.id)").await, 0);
    assert_eq!(
        house
            .count(
                "select count(*) from conversations where head <> (select count(*) from messages where conversation_id = conversations.id)"
            )
            .await,
        0
    );
    assert_eq!(house.count("select count(*) from memberships where shown_read > read_number").await, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn an_old_snapshot_and_the_events_make_a_fresh_one(course in any_course()) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(course));
    }
}

/// The crowded room crosses the limit in both directions, under the eyes of everyone.
#[test]
fn crossing_the_limit_of_pointers() {
    assert!(i64::try_from(CROWD + ACTORS).unwrap() == POINTER_MEMBERS + 1);
    let step = |who, act| Command { who, act };
    use commands::Act::{Join, Leave, Read, Send};
    let commands = vec![
        step(1, Send { conversation: 0, text: 0, answers: None }),
        step(2, Join { conversation: 0 }),
        step(3, Join { conversation: 0 }),
        step(1, Read { conversation: 0, number: 9 }),
        step(0, Send { conversation: 0, text: 0, answers: None }),
        step(2, Leave { conversation: 0 }),
        step(0, Read { conversation: 0, number: 9 }),
        step(2, Join { conversation: 0 }),
        step(3, Leave { conversation: 0 }),
    ];
    for snapshot in 0..commands.len() {
        let course = Course { commands: commands.clone(), points: [snapshot, snapshot, commands.len()], heads_every: 2, order: snapshot };
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(course));
    }
}
