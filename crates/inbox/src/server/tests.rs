//! I25: an old page of the inbox and the events since make a fresh one, for every filter. I11: counts equal the rows.
//! And what becomes of messages: who is told, and what undoes it.

use proptest::prelude::*;

use super::{
    News, act, away::since, notify, preferences, read_thread, reading::down_to, retell, retract, set_preferences, snooze, sweep_between,
    undo_clear, wake,
};
use crate::{
    live::InboxEvent,
    model::{Absence, Act, Away, BulkAction, Category, Digest, Filter, Folder, Inbox, Notification, Preferences, Way},
};
use plenum_core::{
    channels::Channel,
    counts::Counts,
    ids::{NotificationId, PersonId},
    live::{Live, LiveEvent},
};
use plenum_store::{
    db::{Committed, Tx},
    log::{self, LogChannel},
};
use plenum_testing::House;
use strum::VariantArray as _;

/// Whose inbox it is, and somebody else's beside it.
const VIEWER: PersonId = PersonId(2);
const OTHER: PersonId = PersonId(3);

#[derive(Debug, Clone)]
enum Command {
    Notify { category: Category, thread: Option<i64>, grouped: bool },
    ReadThread { number: i64 },
    Retract { subject: usize },
    Retell { subject: usize },
    Act { which: usize, act: Act },
    BulkAction { what: BulkAction, back: u64, length: Option<u64> },
    Prefer { hour: Option<u8>, refused: bool },
    UndoClear,
    Snooze { which: usize },
    Wake { which: usize },
}

fn any_command() -> impl Strategy<Value = Command> {
    let category = prop_oneof![Just(Category::Mentions), Just(Category::Messages), Just(Category::Security)];
    prop_oneof![
        6 => (category, proptest::option::of(1..9_i64), any::<bool>()).prop_map(|(category, thread, grouped)| Command::Notify { category, thread, grouped }),
        1 => (0..9_i64).prop_map(|number| Command::ReadThread { number }),
        1 => (0..40_usize).prop_map(|subject| Command::Retract { subject }),
        1 => (0..40_usize).prop_map(|subject| Command::Retell { subject }),
        6 => (0..40_usize, 0..Act::VARIANTS.len()).prop_map(|(which, act)| Command::Act { which, act: Act::VARIANTS[act] }),
        2 => (0..3_usize, 0..6_u64, proptest::option::of(0..6_u64))
            .prop_map(|(what, back, length)| Command::BulkAction { what: [BulkAction::Seen, BulkAction::Read, BulkAction::Clear][what], back, length }),
        1 => (proptest::option::of(0..24_u8), any::<bool>()).prop_map(|(hour, refused)| Command::Prefer { hour, refused }),
        1 => Just(Command::UndoClear),
        1 => (0..40_usize).prop_map(|which| Command::Snooze { which }),
        1 => (0..40_usize).prop_map(|which| Command::Wake { which }),
    ]
}

/// What a course of commands has to remember.
#[derive(Default)]
struct Stage {
    told: i64,
    cleared_at: i64,
}

impl Stage {
    async fn perform(&mut self, house: &House, command: &Command) {
        let id = |which: usize| NotificationId(i64::try_from(which).unwrap() + 1);
        let subject = |which: usize| format!("thing:{which}");
        let store = &house.store;
        match command.clone() {
            Command::Notify { category, thread, grouped } => {
                self.told += 1;
                let news = News {
                    category,
                    title: format!("news {}", self.told),
                    text: "what was said".to_owned(),
                    link: "/".to_owned(),
                    actor: Some(PersonId(1)),
                    subject: Some(format!("thing:{}", self.told)),
                    thread: thread.map(|number| ("place:1".to_owned(), number)),
                    group: grouped.then(|| "place:1".to_owned()),
                };
                store.write(async move |tx: &mut Tx| notify(tx, &[PersonId(1), VIEWER, OTHER], &news).await).await.unwrap();
            }
            Command::ReadThread { number } => {
                store.write(async move |tx: &mut Tx| read_thread(tx, VIEWER, "place:1", number).await).await.unwrap();
            }
            Command::Retract { subject: which } => {
                let subject = subject(which);
                store.write(async move |tx: &mut Tx| retract(tx, &subject).await).await.unwrap();
            }
            Command::Retell { subject: which } => {
                let subject = subject(which);
                store.write(async move |tx: &mut Tx| retell(tx, &subject, "said otherwise").await).await.unwrap();
            }
            // What is somebody else's, or not there, is refused and changes nothing.
            Command::Act { which, act: what } => {
                let _ = store.write(async move |tx: &mut Tx| act(tx, VIEWER, id(which), what).await).await;
            }
            Command::Prefer { hour, refused } => {
                let wanted = Preferences {
                    refused: if refused { vec![(Category::Messages, Way::Mail)] } else { vec![] },
                    digest: hour.map(|hour| Digest { hour, texts: refused }),
                    ..Preferences::default()
                };
                store.write(async move |tx: &mut Tx| set_preferences(tx, VIEWER, &wanted).await).await.unwrap();
            }
            Command::BulkAction { what, back, length } => {
                let up_to = down_to(&mut store.read().await.unwrap(), VIEWER, Filter::default(), None, None)
                    .await
                    .unwrap()
                    .head
                    .saturating_sub(back);
                let after = length.map_or(0, |length| up_to.saturating_sub(length));
                let at = store.write(async move |tx: &mut Tx| sweep_between(tx, VIEWER, what, after, up_to).await).await.unwrap();
                if what == BulkAction::Clear {
                    self.cleared_at = at;
                }
            }
            Command::UndoClear => {
                let at = self.cleared_at;
                store.write(async move |tx: &mut Tx| undo_clear(tx, VIEWER, at).await).await.unwrap();
            }
            Command::Snooze { which } => {
                let _ = store
                    .write(async move |tx: &mut Tx| {
                        let now = tx.now();
                        snooze(tx, VIEWER, id(which), now).await
                    })
                    .await;
            }
            Command::Wake { which } => wake(store.clone(), serde_json::json!({ "notification": id(which) })).await.unwrap(),
        }
    }
}

fn filters() -> impl Iterator<Item = Filter> {
    Folder::VARIANTS.iter().copied().flat_map(|shelf| [None, Some(Category::Messages)].map(|category| Filter { shelf, category }))
}

async fn fresh(house: &House, filter: Filter, floor: Option<u64>) -> Inbox {
    down_to(&mut house.store.read().await.unwrap(), VIEWER, filter, None, floor).await.unwrap()
}

fn read(channel: &str, name: &str, payload: &str) -> Option<InboxEvent> {
    (channel == Channel::Person(VIEWER).to_string()).then(|| InboxEvent::read(name, payload).unwrap())
}

/// All that a person's tabs follow with these events.
#[derive(Clone)]
struct Pages {
    inboxes: Vec<Inbox>,
    away: Away,
    preferences: Preferences,
}

impl Pages {
    async fn fresh(house: &House, went: u64) -> Self {
        let mut inboxes = Vec::new();
        for filter in filters() {
            inboxes.push(fresh(house, filter, None).await);
        }
        // They came back a moment ago: what was read until then was read elsewhere.
        let absence = Absence { since: 0, back: plenum_store::db::now() };
        let mut tx = house.store.read().await.unwrap();
        let away = since(&mut tx, VIEWER, absence, went, None).await.unwrap();
        Self { inboxes, away, preferences: preferences(&mut tx, VIEWER).await.unwrap() }
    }

    fn apply(&mut self, event: &InboxEvent) {
        for inbox in &mut self.inboxes {
            inbox.apply(VIEWER, event);
        }
        self.away.apply(VIEWER, event);
        self.preferences.apply(VIEWER, event);
    }

    /// What is shown is what a page that is opened now shows.
    async fn check(&self, house: &House) {
        for inbox in &self.inboxes {
            assert_eq!(*inbox, fresh(house, inbox.filter, Some(inbox.floor)).await);
        }
        let mut tx = house.store.read().await.unwrap();
        let Away { absence, after, floor, .. } = self.away;
        let expected = since(&mut tx, VIEWER, absence.unwrap(), after, Some(floor)).await.unwrap();
        assert_eq!((&self.away.notifications, self.away.counts, self.away.head), (&expected.notifications, expected.counts, expected.head));
        assert_eq!(self.away.groups(), expected.groups());
        assert_eq!(self.away.read_elsewhere(), expected.read_elsewhere());
        assert_eq!(self.preferences, preferences(&mut tx, VIEWER).await.unwrap());
    }
}

async fn run(commands: Vec<Command>, point: usize) {
    let mut house = House::with(3).await;
    let channel = Channel::Person(VIEWER).to_string();
    let mut stage = Stage::default();
    let (mut pages, mut from) = (None, 0);
    for (index, command) in commands.iter().enumerate() {
        if index == point {
            let head = fresh(&house, Filter::default(), None).await.head;
            let opened = Pages::fresh(&house, head / 2).await;
            // What happens in the same millisecond as the return would be before it and after it.
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            pages = Some((opened.clone(), opened));
            from = log::extent(&mut house.store.read().await.unwrap(), house.store.epoch(), LogChannel::of_plenum(&channel))
                .await
                .unwrap()
                .head;
        }
        stage.perform(&house, command).await;
        for item in house.committed() {
            let Committed::Event { channel, event, payload, .. } = item else { continue };
            if let (Some(event), Some((live, _))) = (read(&channel, &event, &payload), &mut pages) {
                live.apply(&event);
            }
        }
    }
    let (live, mut missed) = pages.unwrap();
    for logged in log::page(&mut house.store.read().await.unwrap(), LogChannel::of_plenum(&channel), from, 10_000).await.unwrap() {
        missed.apply(&read(&channel, &logged.event, &logged.data).unwrap());
    }
    live.check(&house).await;
    missed.check(&house).await;
    let counts = fresh(&house, Filter::default(), Some(0)).await;
    let rows: Vec<&Notification> = counts.notifications.iter().collect();
    let count = |of: fn(&Notification) -> bool| u32::try_from(rows.iter().filter(|row| of(row)).count()).unwrap();
    let expected = Counts {
        unseen: count(|row| !row.seen && !row.read),
        unread: count(|row| !row.read),
        beside: count(|row| !row.seen && !row.read && !row.category.is_of_messages()),
    };
    assert_eq!(counts.counts, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn an_old_page_and_the_events_make_a_fresh_one(
        (commands, point) in proptest::collection::vec(any_command(), 1..50).prop_flat_map(|commands| { let length = commands.len(); (Just(commands), 0..length) })
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(commands, point));
    }
}

/// Two sweeps in one absence of a tab: the second does not stand for the first in the log (what was unread again lay in between).
#[test]
fn a_sweep_does_not_replace_another() {
    let told = || Command::Notify { category: Category::Messages, thread: None, grouped: false };
    let commands = vec![
        told(),
        told(),
        told(),
        Command::BulkAction { what: BulkAction::Read, back: 0, length: None },
        Command::Act { which: 0, act: Act::Unread },
        Command::BulkAction { what: BulkAction::Read, back: 2, length: None },
    ];
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(commands, 3));
}

/// Read elsewhere, then unread and read again here: a replay brings the last of it only, and knows that all the same.
#[test]
fn what_is_read_again_is_read_here() {
    let commands = vec![
        Command::Notify { category: Category::Messages, thread: Some(2), grouped: false },
        Command::ReadThread { number: 6 },
        Command::Act { which: 0, act: Act::Unread },
        Command::ReadThread { number: 7 },
    ];
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(commands, 2));
}

async fn titles(house: &House, person: i64) -> Vec<(String, u32, bool)> {
    let inbox = down_to(&mut house.store.read().await.unwrap(), PersonId(person), Filter::default(), None, Some(0)).await.unwrap();
    inbox.notifications.into_iter().map(|known| (known.title, known.count, known.read)).collect()
}

/// What was put off stays away whatever is done to it meanwhile, unless it is taken back.
#[tokio::test]
async fn what_is_put_off_stays_away() {
    let house = House::with(3).await;
    let news = News {
        category: Category::Messages,
        title: "Lena".to_owned(),
        text: "later".to_owned(),
        link: "/".to_owned(),
        actor: Some(OTHER),
        subject: None,
        thread: None,
        group: None,
    };
    house.store.write(async move |tx: &mut Tx| notify(tx, &[VIEWER], &news).await).await.unwrap();
    let id = fresh(&house, Filter::default(), Some(0)).await.notifications[0].id;
    let put_off = async || {
        house
            .store
            .write(async move |tx: &mut Tx| {
                let until = tx.now() + 60_000;
                snooze(tx, VIEWER, id, until).await
            })
            .await
            .unwrap()
    };
    put_off().await;
    for what in [Act::Read, Act::Unread, Act::Archive] {
        house.store.write(async move |tx: &mut Tx| act(tx, VIEWER, id, what).await).await.unwrap();
        assert!(titles(&house, 2).await.is_empty(), "{what:?}");
    }
    house.store.write(async move |tx: &mut Tx| act(tx, VIEWER, id, Act::Restore).await).await.unwrap();
    assert_eq!(titles(&house, 2).await.len(), 1);
    wake(house.store.clone(), serde_json::json!({ "notification": id })).await.unwrap();
    assert_eq!(fresh(&house, Filter::default(), Some(0)).await.head, 1, "it is not told a second time");
}
