//! Variants, and samples whose winner the rest gets.

use super::*;
use crate::model::{Ground, Measure, Sample, Winner};
use plenum_core::ids::Millis;

fn two(sample: Option<Sample>) -> Draft {
    let variants = vec![words("One for {{ first_name }}"), Words { weight: 3, ..words("Two for {{ first_name }}") }];
    Draft { variants, sample, ..draft(Audience::Everyone) }
}

fn half(measure: Measure) -> Option<Sample> {
    Some(Sample { percent: 50, hours: 4, measure })
}

/// Who has a notification with a title like this.
async fn titled(house: &House, id: BroadcastId, title: &str) -> i64 {
    sqlx::query_scalar("select count(*) from notifications where subject = $1 and title like $2")
        .bind(delivering::subject(id))
        .bind(format!("{title}%"))
        .fetch_one(&mut **house.store.read().await.as_mut().unwrap())
        .await
        .unwrap()
}

/// I26: each recipient has one variant, by the weights; the variants sum to the audience; the rows say who has which, as the ids do.
#[tokio::test]
async fn variants_sum_to_the_audience() {
    let house = house(401).await;
    let id = make(&house, SENDER, two(None)).await.unwrap();
    send_all(&house.store, id).await;
    let sent = one(&house, id).await;
    let [a, b] = [0, 1].map(|number| sent.variants[number].funnel.delivered);
    assert_eq!((a + b, sent.funnel.recipients, sent.state), (400, 400, State::Sent));
    assert!((60..=140).contains(&a), "a quarter of 400, within what chance allows: {a}");
    assert_eq!((titled(&house, id, "One").await, titled(&house, id, "Two").await), (i64::from(a), i64::from(b)));
    let rows: Vec<(PersonId, u8)> = sqlx::query_as("select person_id, variant from broadcast_recipients where broadcast_id = $1")
        .bind(id)
        .fetch_all(&mut **house.store.read().await.as_mut().unwrap())
        .await
        .unwrap();
    for (person, variant) in rows {
        assert_eq!(variant, crate::model::variants::assigned(id, person, &[1, 3]));
    }
    check_counts(&house).await;
}

/// The sample has it and the rest waits; when the time has come the rest gets the one that more have read; each once, all counted.
#[tokio::test]
async fn the_winner_goes_to_the_rest() {
    let house = house(401).await;
    let id = make(&house, SENDER, two(half(Measure::Read))).await.unwrap();
    send_all(&house.store, id).await;
    let waiting = one(&house, id).await;
    assert_eq!((waiting.state, waiting.gathered), (State::Deciding, true));
    assert!((140..=260).contains(&waiting.held), "half of 400: {}", waiting.held);
    assert_eq!(waiting.funnel.delivered + waiting.held, 400);
    let decide_at = waiting.decide_at.unwrap();
    assert!((decide_at - plenum_store::db::now() - 4 * 3_600_000).abs() < 60_000);
    assert!(!one_step(&house.store, id).await, "it is not time yet");
    check_counts(&house).await;

    // All who got the second variant read it, nobody of the first.
    meddle(&house, "update notifications set read_at = 1, seen_at = 1 where title like 'Two%'").await;
    for _ in 0..4 {
        take(&house).await;
    }
    meddle(&house, "update broadcasts set decide_at = 1").await;
    let delivered = waiting.variants[1].funnel.delivered;
    let expected = if waiting.variants[0].funnel.delivered < 30 { Ground::Few } else { Ground::Clear };
    send_all(&house.store, id).await;
    let sent = one(&house, id).await;
    assert_eq!((sent.state, sent.winner), (State::Sent, Some(Winner { variant: 1, ground: expected })));
    assert_eq!((sent.held, sent.funnel.delivered, sent.variants[1].funnel.delivered), (0, 400, delivered + waiting.held));
    assert_eq!(told(&house, id).await, (2..=401).map(|person| (person, 1)).collect::<Vec<_>>());
    check_counts(&house).await;
    let verbs: Vec<String> = sqlx::query_scalar("select verb from activity where subject_kind = 'broadcast' order by id")
        .fetch_all(&mut **house.store.read().await.as_mut().unwrap())
        .await
        .unwrap();
    let verbs: Vec<&str> = verbs.iter().map(|verb| verb.trim_start_matches("broadcast.")).collect();
    assert_eq!(verbs, ["created", "started", "sampled", "decided", "started", "sent"]);
}

/// Somebody chooses before the time, once; without anybody in the sample there is nothing to wait for.
#[tokio::test]
async fn the_winner_is_chosen_by_hand_or_there_is_nothing_to_wait_for() {
    let house = house(61).await;
    let id = make(&house, SENDER, two(half(Measure::Acted))).await.unwrap();
    let pick = async |id: BroadcastId, variant: u8| {
        let who = house.person(SENDER).clone();
        house.store.write(async move |tx: &mut Tx| choose(tx, &who, id, variant).await).await
    };
    assert_eq!(pick(id, 0).await.unwrap_err().status(), 409, "it has not begun");
    send_all(&house.store, id).await;
    assert_eq!(pick(id, 2).await.unwrap_err().field.as_deref(), Some("variant"));
    assert_eq!(pick(id, 0).await.unwrap().winner, Some(Winner { variant: 0, ground: Ground::Chosen }));
    assert_eq!(pick(id, 1).await.unwrap_err().status(), 409, "once");
    send_all(&house.store, id).await;
    let sent = one(&house, id).await;
    assert_eq!((sent.state, sent.funnel.delivered, sent.held), (State::Sent, 60, 0));
    check_counts(&house).await;

    // Nobody wants announcements: nobody of the sample gets it.
    meddle(&house, "insert into notification_refusals (person_id, category, way) select id, 'announcements', 'app' from people").await;
    let nobody = make(&house, SENDER, two(half(Measure::Acted))).await.unwrap();
    send_all(&house.store, nobody).await;
    send_all(&house.store, nobody).await;
    let sent = one(&house, nobody).await;
    assert_eq!((sent.state, sent.funnel.refused, sent.held), (State::Sent, 60, 0));
    assert_eq!(sent.winner, Some(Winner { variant: 0, ground: Ground::Few }));
    check_counts(&house).await;
}

/// Paused while it waits, and resumed: it waits on, for the same time.
#[tokio::test]
async fn what_waits_is_paused_and_waits_on() {
    let house = house(61).await;
    let id = make(&house, SENDER, two(half(Measure::Read))).await.unwrap();
    send_all(&house.store, id).await;
    let waiting = one(&house, id).await;
    let what = async |action: Action| {
        let who = house.person(SENDER).clone();
        house.store.write(async move |tx: &mut Tx| act(tx, &who, id, action).await).await.unwrap()
    };
    assert_eq!(what(Action::Pause).await.state, State::Paused);
    assert!(!one_step(&house.store, id).await);
    assert_eq!(what(Action::Resume).await.state, State::Scheduled);
    send_all(&house.store, id).await;
    let again = one(&house, id).await;
    assert_eq!((again.state, again.decide_at, again.funnel), (State::Deciding, waiting.decide_at, waiting.funnel));
    let due: Millis = sqlx::query_scalar("select due_at from jobs where unique_key = $1")
        .bind(sending::key(id))
        .fetch_one(&mut **house.store.read().await.as_mut().unwrap())
        .await
        .unwrap();
    assert_eq!(Some(due), waiting.decide_at);
    assert_eq!(what(Action::Cancel).await.state, State::Cancelled);
    check_counts(&house).await;
}

/// I26: two servers on one database, from the sample to the winner: each recipient has one variant, once.
#[tokio::test(flavor = "multi_thread")]
async fn two_workers_send_sample_and_winner_once() {
    let house = house(251).await;
    let id = make(&house, SENDER, two(half(Measure::Read))).await.unwrap();
    let (other, _commits) = Store::open(&format!("sqlite://{}", house.store.path().display()), 1).await.unwrap();
    let work = |store: Store| async move { send_all(&store, id).await };
    for state in [State::Deciding, State::Sent] {
        tokio::join!(work(house.store.clone()), work(other.clone()), work(house.store.clone()));
        send_all(&house.store, id).await;
        assert_eq!(one(&house, id).await.state, state);
        meddle(&house, "update broadcasts set decide_at = 1").await;
    }
    assert_eq!(told(&house, id).await, (2..=251).map(|person| (person, 1)).collect::<Vec<_>>());
    let sent = one(&house, id).await;
    assert_eq!(sent.variants.iter().map(|variant| variant.funnel.delivered).sum::<u32>(), 250);
    assert_eq!(house.count("select count(*) from activity where verb in ('broadcast.sampled', 'broadcast.decided')").await, 2);
    check_counts(&house).await;
}
