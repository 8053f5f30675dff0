//! Whatever happens: an old page and the events make a fresh one, and each has it once.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::model::{Every, Late, Measure, Repeat, Sample, SeriesAction, When};
use plenum_core::{
    channels::Channel,
    ids::{OrganisationId, SeriesId},
    live::{Live, LiveEvent},
};
use plenum_inbox::model::BulkAction;
use plenum_store::db::Committed;
use strum::VariantArray as _;

/// What can happen, in whatever order.
#[derive(Debug, Clone)]
enum Command {
    Make { by: usize, audience: usize, kind: usize },
    Step { which: usize },
    LeaveOut { which: usize },
    Act { which: usize, action: usize },
    Choose { which: usize, variant: u8 },
    See { person: i64, read: bool },
    Follow { person: i64 },
    Refuse { person: i64, refused: bool },
    Take,
    Repeat { every: usize },
    Come { which: i64 },
    ActOnSeries { which: i64, action: usize },
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => (1..3_usize, 0..3_usize, 0..4_usize).prop_map(|(by, audience, kind)| Command::Make { by, audience, kind }),
        8 => (0..4_usize).prop_map(|which| Command::Step { which }),
        1 => (0..4_usize).prop_map(|which| Command::LeaveOut { which }),
        3 => (0..4_usize, 0..Action::OF_PEOPLE.len()).prop_map(|(which, action)| Command::Act { which, action }),
        2 => (0..4_usize, 0..3_u8).prop_map(|(which, variant)| Command::Choose { which, variant }),
        3 => (2..6_i64, any::<bool>()).prop_map(|(person, read)| Command::See { person, read }),
        2 => (2..6_i64).prop_map(|person| Command::Follow { person }),
        1 => (2..6_i64, any::<bool>()).prop_map(|(person, refused)| Command::Refuse { person, refused }),
        2 => Just(Command::Take),
        1 => (0..3_usize).prop_map(|every| Command::Repeat { every }),
        2 => (1..4_i64).prop_map(|which| Command::Come { which }),
        1 => (1..4_i64, 0..SeriesAction::OF_PEOPLE.len()).prop_map(|(which, action)| Command::ActOnSeries { which, action }),
    ]
}

/// In one way, in two, to a sample, or at each one's own time, which has come somewhere and elsewhere not.
fn wanted(audience: Audience, kind: usize) -> Draft {
    let one = draft(audience);
    let two = vec![words("One"), words("{{ {'Sam': 1, 'Lena': 2}[first_name] }}")];
    match kind {
        0 => one,
        1 => Draft { variants: two, ..one },
        2 => Draft { variants: two, sample: Some(Sample { percent: 50, hours: 1, measure: Measure::Acted }), ..one },
        _ => Draft { when: When::OwnClock { local: here(), late: Late::NextDay }, ..one },
    }
}

/// Now, as clocks in UTC say it.
fn here() -> String {
    plenum_core::time::Zone::machine(plenum_store::db::now()).get(..16).unwrap().to_owned()
}

async fn perform(house: &House, command: Command) {
    let id = |which: usize| BroadcastId(i64::try_from(which).unwrap() + 1);
    let store = &house.store;
    let who = house.person(SENDER).clone();
    // What is not there, or cannot be done now, is refused and changes nothing.
    match command {
        Command::Make { by, audience, kind } => {
            let audience = [Audience::Everyone, Audience::Role(Role::Instructor), Audience::Person(PersonId(5))][audience];
            let _ = make(house, by, wanted(audience, kind)).await;
        }
        Command::Step { which } => {
            let letters = delivering::render(&mut store.read().await.unwrap(), id(which), 2).await.unwrap();
            let _ = store.write(async move |tx: &mut Tx| sending::step(tx, id(which), 2, &letters).await).await;
        }
        Command::LeaveOut { which } => {
            store.write(async move |tx: &mut Tx| delivering::leave_out(tx, id(which), "It was refused.").await).await.unwrap();
        }
        Command::Act { which, action } => {
            let _ = store.write(async move |tx: &mut Tx| act(tx, &who, id(which), Action::OF_PEOPLE[action]).await).await;
        }
        Command::Choose { which, variant } => {
            let _ = store.write(async move |tx: &mut Tx| choose(tx, &who, id(which), variant).await).await;
        }
        Command::See { person, read } => {
            let what = if read { BulkAction::Read } else { BulkAction::Seen };
            store.write(async move |tx: &mut Tx| inbox::sweep(tx, PersonId(person), what, u64::MAX).await).await.unwrap();
        }
        Command::Follow { person } => {
            let newest: Option<NotificationId> = sqlx::query_scalar("select max(id) from notifications where person_id = $1")
                .bind(person)
                .fetch_one(&mut **store.read().await.as_mut().unwrap())
                .await
                .unwrap();
            if let Some(newest) = newest {
                store.write(async move |tx: &mut Tx| inbox::act(tx, PersonId(person), newest, Act::Follow).await).await.unwrap();
            }
        }
        Command::Refuse { person, refused } => {
            let refused = if refused { vec![(Category::Announcements, Way::App)] } else { vec![] };
            let wanted = Preferences { refused, ..Preferences::default() };
            store.write(async move |tx: &mut Tx| inbox::set_preferences(tx, PersonId(person), &wanted).await).await.unwrap();
        }
        Command::Take => take(house).await,
        Command::Repeat { every } => {
            let repeat = Some(Repeat { every: Every::VARIANTS[every], days: vec![], until: None, times: Some(2) });
            let when = When::Clock { local: here(), zone: "UTC".into() };
            let draft = Draft { repeat, when, ..draft(Audience::Person(PersonId(4))) };
            let _ = store.write(async move |tx: &mut Tx| series::create(tx, &who, &Proved::of(draft.clone())?).await).await;
        }
        Command::Come { which } => store.write(async move |tx: &mut Tx| series::come(tx, SeriesId(which)).await).await.unwrap(),
        Command::ActOnSeries { which, action } => {
            let action = SeriesAction::OF_PEOPLE[action];
            let _ = store.write(async move |tx: &mut Tx| series::act(tx, &who, SeriesId(which), action).await).await;
        }
    }
}

async fn run(commands: Vec<Command>, point: usize) {
    let mut house = house(6).await;
    let channel = Channel::Broadcasts(OrganisationId(1)).to_string();
    let mut live: Option<Broadcasts> = None;
    let mut single: Option<Report> = None;
    for (index, command) in commands.into_iter().enumerate() {
        if index == point {
            live = Some(fresh(&house).await);
            if let Some(newest) = live.as_ref().and_then(|live| live.broadcasts.first()) {
                single = Some(reported(&house, newest.id).await);
            }
            house.committed();
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
        assert_eq!(single, reported(&house, single.broadcast.id).await);
    }
    check_counts(&house).await;
    for broadcast in &fresh(&house).await.broadcasts {
        let told = told(&house, broadcast.id).await;
        assert!(told.iter().all(|(_, count)| *count == 1), "{told:?}");
        assert_eq!(told.len(), broadcast.funnel.delivered as usize);
        let unique: BTreeSet<i64> = told.into_iter().map(|(person, _)| person).collect();
        assert!(!unique.contains(&broadcast.sender.id.0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// I25 and I26: an old page and the events make a fresh one; the counts are those of the rows; nobody has anything twice.
    #[test]
    fn an_old_page_and_the_events_make_a_fresh_one(
        (commands, point) in proptest::collection::vec(any_command(), 1..40).prop_flat_map(|commands| { let length = commands.len(); (Just(commands), 0..length) })
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(commands, point));
    }
}
