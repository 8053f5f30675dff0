//! I25: an old board and the events since make a fresh board, for every period. An alarm is told once, to those who run the place.

use proptest::prelude::*;

use super::{alarms, history};
use crate::{
    live::OpsEvent,
    model::{Alarm, Board, Figure, LiveChannels, Metrics, Period, Rule, Side, Values},
};
use plenum_core::{
    channels::Channel,
    error::{AppResult, ErrorKind},
    ids::{AlarmId, Millis, OrganisationId, PersonId},
    live::{Live, LiveEvent},
};
use plenum_store::db::{Committed, Tx};
use plenum_testing::{ELSEWHERE, HERE, House};
use strum::VariantArray as _;

const START: Millis = 1_800_000_000_000;

/// A house whose first two people are admins.
async fn house() -> House {
    let house = House::with(3).await;
    let grant = async |tx: &mut Tx| {
        sqlx::query("insert into roles (person_id, role) values (1, 'admin'), (2, 'admin'), (4, 'admin')").execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(grant).await.unwrap();
    house
}

async fn add(house: &House, by: usize, rule: Rule) -> AppResult<AlarmId> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| alarms::add(tx, &who, rule).await).await
}

async fn switch(house: &House, by: usize, id: AlarmId, on: bool) -> AppResult<()> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| alarms::switch(tx, &who, id, on).await).await
}

async fn delete(house: &House, by: usize, id: AlarmId) -> AppResult<()> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| alarms::delete(tx, &who, id).await).await
}

async fn all(house: &House) -> Vec<Alarm> {
    alarms::of_organisation(&mut house.store.read().await.unwrap(), HERE).await.unwrap().0
}

fn busy(threshold: f64, seconds: u32) -> Rule {
    Rule { figure: Figure::Messages, side: Side::Above, threshold, seconds }
}

/// A sample of each organisation, one second after the other.
async fn look(house: &House, from: Millis, values: &[f64]) {
    for (second, value) in values.iter().enumerate() {
        let sample = |organisation: OrganisationId, value: f64| (organisation, Values(vec![(Figure::Messages, value)]));
        let samples = [sample(HERE, *value), sample(ELSEWHERE, 0.0)];
        alarms::look(&house.store, &samples, from + i64::try_from(second).unwrap() * 1_000).await.unwrap();
    }
}

/// Raised once while it lasts, ended once, told to each admin of that organisation and to nobody else, and written down (I32).
#[tokio::test]
async fn an_alarm_is_told_once() {
    let house = house().await;
    let id = add(&house, 1, busy(10.0, 2)).await.unwrap();
    look(&house, START, &[11.0, 12.0, 9.0, 11.0, 11.0, 11.0, 11.0, 9.5, 11.0]).await;
    assert!(all(&house).await[0].is_raised());
    let told = "select count(*) from notifications where subject = 'alarm:1'";
    assert_eq!((id, house.count(told).await), (AlarmId(1), 2), "both admins, once");
    assert_eq!(house.count("select count(*) from notifications where person_id in (3, 4)").await, 0);
    // Where it stands is in its row: another process goes on from there.
    look(&house, START + 60_000, &[8.0, 8.0, 8.0, 8.0]).await;
    let alarm = all(&house).await.remove(0);
    assert_eq!((alarm.raised_at, alarm.ended_at), (Some(START + 5_000), Some(START + 62_000)));
    let title: String = sqlx::query_scalar("select title from notifications where person_id = 2")
        .fetch_one(&mut **house.store.read().await.as_mut().unwrap())
        .await
        .unwrap();
    assert_eq!(title, "Over: Messages a second above 10 for 2 s", "what was not read is brought up to date");
    for (verb, count) in [("alarm.created", 1), ("alarm.raised", 1), ("alarm.ended", 1)] {
        let rows: i64 = sqlx::query_scalar("select count(*) from activity where verb = $1 and organisation_id = 1 and subject_id = 1")
            .bind(verb)
            .fetch_one(&mut **house.store.read().await.as_mut().unwrap())
            .await
            .unwrap();
        assert_eq!(rows, count, "{verb}");
    }
}

/// One that is switched off while it is raised has ended, tells nothing more, and begins anew.
#[tokio::test]
async fn one_that_is_switched_off_is_quiet() {
    let house = house().await;
    let id = add(&house, 1, busy(10.0, 0)).await.unwrap();
    look(&house, START, &[11.0]).await;
    switch(&house, 2, id, false).await.unwrap();
    assert!(!all(&house).await[0].is_raised());
    look(&house, START + 5_000, &[0.0, 11.0, 0.0]).await;
    assert_eq!(house.count("select count(*) from activity where verb in ('alarm.raised', 'alarm.ended')").await, 1);
    switch(&house, 1, id, true).await.unwrap();
    look(&house, START + 9_000, &[11.0]).await;
    assert!(all(&house).await[0].is_raised());
    delete(&house, 1, id).await.unwrap();
    look(&house, START + 10_000, &[0.0]).await;
    assert_eq!(all(&house).await, []);
}

/// I24: only admins, only their own organisation's; each once.
#[tokio::test]
async fn alarms_are_for_admins_of_their_organisation() {
    let house = house().await;
    let id = add(&house, 1, busy(10.0, 0)).await.unwrap();
    let kind = |outcome: AppResult<()>| outcome.map_err(|error| error.kind);
    assert_eq!(kind(add(&house, 3, busy(1.0, 0)).await.map(drop)), Err(ErrorKind::Forbidden));
    assert_eq!(kind(add(&house, 2, busy(10.0, 0)).await.map(drop)), Err(ErrorKind::Conflict), "there is one like it");
    // Person 4 is an admin elsewhere.
    assert_eq!(kind(switch(&house, 4, id, false).await), Err(ErrorKind::NotFound));
    assert_eq!(kind(delete(&house, 4, id).await), Err(ErrorKind::NotFound));
    assert_eq!(kind(delete(&house, 3, id).await), Err(ErrorKind::Forbidden));
    assert_eq!(all(&house).await.len(), 1);
}

/// What was sampled before the process ended is there for the next one, and its open intervals are filled further.
#[tokio::test]
async fn history_outlives_the_process() {
    let house = House::with(1).await;
    let sample = |value: f64| Values(vec![(Figure::Deliveries, value)]);
    let before = history::Figures::default();
    for second in 0..4 {
        before.take(HERE, START + second * 1_000, sample(2.0));
    }
    before.write(&house.store, START + 4_000).await.unwrap();
    // A minute later; the longer intervals are still open.
    let after = history::Figures::default();
    let later = START + 60_000;
    after.resume(&mut house.store.read().await.unwrap(), later).await.unwrap();
    after.take(HERE, later, sample(12.0));
    let of = async |period| {
        let mut tx = house.store.read().await.unwrap();
        history::series(&mut tx, &after, HERE, period, later).await.unwrap().2.line(Figure::Deliveries)
    };
    assert_eq!(of(Period::Quarter).await, [(START, 2.0), (later, 12.0)], "in between is nothing, not zero");
    assert_eq!(of(Period::Day).await, [(START, 4.0)], "the mean of five samples");
    // What no period shows is removed.
    let much_later = START + 2 * Period::Day.length();
    after.take(HERE, much_later, sample(1.0));
    after.write(&house.store, much_later).await.unwrap();
    assert_eq!(house.count("select count(*) from figure_points where seconds = 5").await, 1);
    assert_eq!(house.count("select count(*) from figure_points where seconds = 300").await, 1);
    assert_eq!(house.count("select count(*) from figure_points where seconds = 1800").await, 2);
}

#[derive(Debug, Clone)]
enum Command {
    /// So many seconds later, these figures.
    Sample {
        after: Millis,
        deliveries: u8,
        p99: Option<u8>,
    },
    Add {
        threshold: u8,
    },
    Switch {
        which: i64,
        on: bool,
    },
    Delete {
        which: i64,
    },
}

fn any_command() -> impl Strategy<Value = Command> {
    let after = prop_oneof![8 => Just(1_i64), 2 => 2..9_i64, 1 => 300..1_200_i64];
    prop_oneof![
        12 => (after, any::<u8>(), proptest::option::of(any::<u8>())).prop_map(|(after, deliveries, p99)| Command::Sample { after, deliveries, p99 }),
        1 => (0..4_u8).prop_map(|threshold| Command::Add { threshold: threshold * 60 }),
        1 => (1..5_i64, any::<bool>()).prop_map(|(which, on)| Command::Switch { which, on }),
        1 => (1..5_i64).prop_map(|which| Command::Delete { which }),
    ]
}

/// A house, its clock and its figures.
struct Stage {
    house: House,
    figures: history::Figures,
    now: Millis,
}

impl Stage {
    /// Does what the sampling task or an admin does; returns what those who look are told.
    async fn perform(&mut self, command: &Command) -> Vec<OpsEvent> {
        let mut told = Vec::new();
        match *command {
            Command::Sample { after, deliveries, p99 } => {
                let before = Period::Quarter.begin(self.now);
                self.now += after * 1_000;
                let mut sample = vec![(Figure::Deliveries, f64::from(deliveries))];
                sample.extend(p99.map(|p99| (Figure::PublishP99, f64::from(p99) / 4.0)));
                let sample = Values(sample);
                let points = self.figures.take(HERE, self.now, sample.clone());
                told.push(OpsEvent::MetricsUpdated(Metrics { at: self.now, now: sample.rounded(), points }));
                alarms::look(&self.house.store, &[(HERE, sample)], self.now).await.unwrap();
                if Period::Quarter.begin(self.now) != before {
                    self.figures.write(&self.house.store, self.now).await.unwrap();
                }
            }
            Command::Add { threshold } => {
                let rule = Rule { figure: Figure::Deliveries, side: Side::Above, threshold: f64::from(threshold), seconds: 0 };
                let _ = add(&self.house, 1, rule).await;
            }
            // What is not there is refused and changes nothing.
            Command::Switch { which, on } => drop(switch(&self.house, 1, AlarmId(which), on).await),
            Command::Delete { which } => drop(delete(&self.house, 2, AlarmId(which)).await),
        }
        let channel = Channel::Ops(HERE).to_string();
        told.extend(self.house.committed().into_iter().filter_map(|item| match item {
            // Others' events share the channel.
            Committed::Event { channel: on, event, payload, .. }
                if on == channel && OpsEvent::CATALOGUE.iter().any(|entry| entry.name == event) =>
            {
                Some(OpsEvent::read(&event, &payload).unwrap())
            }
            _ => None,
        }));
        told
    }

    async fn fresh(&self, period: Period) -> Board {
        let mut tx = self.house.store.read().await.unwrap();
        let (at, now, series) = history::series(&mut tx, &self.figures, HERE, period, self.now).await.unwrap();
        let alarms = alarms::of_organisation(&mut tx, HERE).await.unwrap();
        Board { at, operator: true, now, series, busiest: LiveChannels::default(), alarms }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// A board of any moment, with everything that was told since, is a board of now.
    #[test]
    fn an_old_board_and_its_events_make_a_fresh_one(commands in proptest::collection::vec(any_command(), 1..60), looked in 0..60_usize) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let mut stage = Stage { house: house().await, figures: history::Figures::default(), now: START };
            // The sampling task has sampled before anybody can look.
            stage.perform(&Command::Sample { after: 0, deliveries: 1, p99: None }).await;
            let looked = looked % commands.len();
            let mut boards = Vec::new();
            for (index, command) in commands.iter().enumerate() {
                if index == looked {
                    for &period in Period::VARIANTS {
                        boards.push(stage.fresh(period).await);
                    }
                }
                for event in stage.perform(command).await {
                    for board in &mut boards {
                        board.apply(PersonId(1), &event);
                        let again = board.clone();
                        board.apply(PersonId(1), &event);
                        assert_eq!(*board, again, "applying an event again changes nothing");
                    }
                }
            }
            for (period, board) in Period::VARIANTS.iter().copied().zip(boards) {
                assert_eq!(board, stage.fresh(period).await, "{period:?}");
            }
        });
    }
}
