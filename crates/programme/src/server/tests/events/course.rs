//! What becomes of an event, and who is told of it.

use super::*;
use crate::server::{clock, event_notices};

/// It begins and ends by itself; who has a ticket is told once, however often the job runs.
#[tokio::test]
async fn it_begins_and_ends_by_itself() {
    let mut house = house(3).await;
    let id = draft(&house, 24 * HOUR).await;
    act(&house, 1, id, EventAction::Publish).await.unwrap();
    ticket(&house, id, 2).await;
    let to = async |starts: Millis, ends: Millis| {
        let body = async move |tx: &mut Tx| {
            sqlx::query("update events set starts_at = $2, ends_at = $3 where id = $1")
                .bind(id)
                .bind(starts)
                .bind(ends)
                .execute(&mut **tx)
                .await?;
            Ok(())
        };
        house.store.write(body).await.unwrap();
    };
    to(now() - 5, now() + HOUR).await;
    let due = house.count("select count(*) from jobs where kind = 'box_office.clock'").await;
    assert_eq!(due, 1, "the clock is set");
    for _ in 0..2 {
        clock::run(house.store.clone(), serde_json::Value::Null).await.unwrap();
    }
    assert_eq!(page(&house, None, id).await.unwrap().event.state, EventState::Live);
    let announced = house.announced(&format!("event.{id}"));
    assert_eq!(announced.iter().filter(|(name, _)| name == "event.live").count(), 1, "{announced:?}");
    for _ in 0..2 {
        event_notices::run(house.store.clone(), serde_json::json!({ "event": id })).await.unwrap();
    }
    let told = house.count("select count(*) from notifications where person_id = 2 and title = 'It begins: Open day'").await;
    assert_eq!(told, 1, "told once");
    let body = async move |tx: &mut Tx| {
        sqlx::query("update events set ends_at = starts_at + 1 where id = $1").bind(id).execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(body).await.unwrap();
    clock::run(house.store.clone(), serde_json::Value::Null).await.unwrap();
    assert_eq!(page(&house, None, id).await.unwrap().event.state, EventState::Ended);
    assert_eq!(act(&house, 1, id, EventAction::Cancel).await.unwrap_err().kind, ErrorKind::Conflict, "an end stays");
}

/// Writes a ticket of `person`, as an order would.
async fn ticket(house: &House, event: EventId, person: i64) {
    let body = async move |tx: &mut Tx| {
        let now = tx.now();
        sqlx::query("insert into holds (id, event_id, person_id, state, until, created_at) values (900, $1, $2, 'bought', $3, $3)")
            .bind(event)
            .bind(person)
            .bind(now)
            .execute(&mut **tx)
            .await?;
        sqlx::query(
            "insert into orders (id, organisation_id, event_id, person_id, hold_id, number, state, currency, subtotal, created_at)
             values (900, 1, $1, $2, 900, 'T-900', 'paid', 'EUR', 0, $3)",
        )
        .bind(event)
        .bind(person)
        .bind(now)
        .execute(&mut **tx)
        .await?;
        sqlx::query("insert into order_lines (id, order_id, ticket_type_id, state, price) select 900, 900, min(id), 'sold', 0 from ticket_types where event_id = $1")
            .bind(event)
            .execute(&mut **tx)
            .await?;
        sqlx::query("insert into tickets (event_id, person_id, order_line_id, state, created_at) values ($1, $2, 900, 'valid', $3)")
            .bind(event)
            .bind(person)
            .bind(now)
            .execute(&mut **tx)
            .await?;
        Ok(())
    };
    house.store.write(body).await.unwrap();
}

/// A cancelled event gives everything back: the job for it is scheduled in the same transaction. It is told, and stays.
#[tokio::test]
async fn a_cancelled_event_gives_everything_back() {
    let mut house = house(3).await;
    let id = draft(&house, 24 * HOUR).await;
    act(&house, 1, id, EventAction::Publish).await.unwrap();
    ticket(&house, id, 3).await;
    house.committed();
    let cancelled = act(&house, 1, id, EventAction::Cancel).await.unwrap();
    assert_eq!((cancelled.state, cancelled.note.as_str()), (EventState::Cancelled, "The hall is flooded."));
    assert_eq!(house.count("select count(*) from jobs where kind = 'box_office.refund_all'").await, 1);
    let announced = house.announced(&format!("event.{id}"));
    assert!(announced.iter().any(|(name, payload)| name == "event.changed" && payload.contains("\"cancelled\"")), "{announced:?}");
    event_notices::run(house.store.clone(), serde_json::json!({ "event": id })).await.unwrap();
    assert_eq!(house.count("select count(*) from notifications where person_id = 3 and title = 'Cancelled: Open day'").await, 1);
    assert_eq!(house.count("select count(*) from activity where verb = 'event.cancelled'").await, 1, "I32");
}

/// A crowd is told some at a time: what happens writes one row, however many there are. Each is told once, also who gives a ticket back
/// or loses a basket before it is their turn; what happens meanwhile begins anew.
#[tokio::test]
async fn a_crowd_is_told_some_at_a_time() {
    let crowd = 2 * event_notices::AT_ONCE + 10;
    let house = house(crowd).await;
    let id = draft(&house, 24 * HOUR).await;
    act(&house, 1, id, EventAction::Publish).await.unwrap();
    let body = async move |tx: &mut Tx| {
        let until = tx.now() + HOUR;
        for person in 1..crowd {
            sqlx::query("insert into holds (event_id, person_id, state, until, created_at) values ($1, $2, 'active', $3, $3)")
                .bind(id)
                .bind(person)
                .bind(until)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    };
    house.store.write(body).await.unwrap();
    ticket(&house, id, crowd).await;
    act(&house, 1, id, EventAction::Postpone).await.unwrap();
    assert_eq!(house.count("select count(*) from event_notices").await, 1);
    let step = async || house.store.write(async move |tx: &mut Tx| event_notices::step(tx, id).await).await.unwrap();
    assert!(step().await);
    assert_eq!(house.count("select count(*) from notifications where title = 'Postponed: Open day'").await, event_notices::AT_ONCE);

    act(&house, 1, id, EventAction::Cancel).await.unwrap();
    let body = async move |tx: &mut Tx| {
        let now = tx.now();
        sqlx::query("update holds set state = 'expired' where event_id = $1 and state = 'active'").bind(id).execute(&mut **tx).await?;
        sqlx::query("update tickets set state = 'void' where event_id = $1").bind(id).execute(&mut **tx).await?;
        sqlx::query("insert into refunds (id, order_id, reason, amount, at) values (900, 900, 'Cancelled', 0, $1)")
            .bind(now)
            .execute(&mut **tx)
            .await?;
        sqlx::query("insert into refund_lines (order_line_id, refund_id) values (900, 900)").execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(body).await.unwrap();
    let mut steps = 0;
    while step().await {
        steps += 1;
        let told = house.count("select count(*) from notifications where title = 'Cancelled: Open day'").await;
        assert_eq!(told, crowd.min(steps * event_notices::AT_ONCE));
    }
    assert_eq!(steps, 3);
    let left = "select count(*) from notifications where title = 'Postponed: Open day'";
    assert_eq!(house.count(left).await, 0, "what was not read yet is replaced");
    assert_eq!(house.count("select count(*) from event_notices").await, 0);
}

/// What becomes of a draft reaches the tabs of those who run it, and nobody else: whoever followed it before it was withdrawn may still be there.
#[tokio::test]
async fn a_draft_is_followed_by_those_who_run_it() {
    let mut house = house(3).await;
    let id = draft(&house, 24 * HOUR).await;
    let space = row(&mut house.store.look().await.unwrap(), id).await.unwrap().space_id;
    let staff = Channel::SpaceStaff(space).to_string();
    let told = |house: &mut House| -> Vec<(String, String)> {
        let of = |item| match item {
            Committed::Event { channel, event, .. } if [&staff, &format!("event.{id}")].contains(&&channel) => Some((channel, event)),
            _ => None,
        };
        house.committed().into_iter().filter_map(of).collect()
    };
    let draft_changed = (staff.clone(), "draft.changed".to_owned());
    told(&mut house);
    let who = house.person(1).clone();
    house.store.write(async move |tx: &mut Tx| ticket_types::add(tx, &who, id, &standing("More", 5)).await).await.unwrap();
    assert_eq!(told(&mut house), std::slice::from_ref(&draft_changed));
    act(&house, 1, id, EventAction::Publish).await.unwrap();
    assert!(!told(&mut house).contains(&draft_changed), "now it is everyone's");
    act(&house, 1, id, EventAction::Withdraw).await.unwrap();
    assert!(told(&mut house).contains(&(format!("event.{id}"), "event.changed".to_owned())), "there is nothing to see any more");
    let who = house.person(1).clone();
    let rename = async move |tx: &mut Tx| {
        let version = row(tx, id).await?.version;
        let form = EventForm { title: "Secret".into(), ..event_edit::editing(tx, &who, Some(id)).await?.form };
        event_edit::change(tx, &who, id, version, &event_edit::Written::read(form)?).await
    };
    house.store.write(rename).await.unwrap();
    assert_eq!(told(&mut house), std::slice::from_ref(&draft_changed));
    act(&house, 1, id, EventAction::Cancel).await.unwrap();
    let cancelled = told(&mut house);
    assert!(cancelled.contains(&draft_changed) && cancelled.iter().all(|(_, event)| event != "event.changed"), "{cancelled:?}");
    assert_eq!(page(&house, Some(1), id).await.unwrap().event.state, EventState::Cancelled);
}

/// Where it is and when the doors open may change after it was published; who has a ticket is told, once, of how it is now, beside what
/// becomes of it.
#[tokio::test]
async fn whoever_has_a_ticket_is_told_where_it_is_now() {
    let house = house(3).await;
    let id = draft(&house, 24 * HOUR).await;
    let change = async |venue: &'static str| {
        let who = house.person(1).clone();
        let body = async move |tx: &mut Tx| {
            let version = row(tx, id).await?.version;
            let mut form = event_edit::editing(tx, &who, Some(id)).await?.form;
            form.venue = venue.into();
            event_edit::change(tx, &who, id, version, &event_edit::Written::read(form)?).await
        };
        house.store.write(body).await.unwrap();
    };
    change("Garden").await;
    act(&house, 1, id, EventAction::Publish).await.unwrap();
    ticket(&house, id, 2).await;
    change("Garden").await;
    assert_eq!(house.count("select count(*) from event_notices").await, 0, "nothing of it has changed");
    change("Cellar").await;
    change("Attic").await;
    let tell = async || event_notices::run(house.store.clone(), serde_json::json!({ "event": id })).await.unwrap();
    tell().await;
    let told = "select count(*) from notifications where person_id = 2 and title = 'Please note: Open day' and text = 'It is at Attic.'";
    assert_eq!(house.count(told).await, 1);
    act(&house, 1, id, EventAction::Postpone).await.unwrap();
    change("Yard").await;
    tell().await;
    assert_eq!(house.count("select count(*) from notifications where person_id = 2 and title = 'Postponed: Open day'").await, 1);
    let told = "select count(*) from notifications where person_id = 2 and title = 'Please note: Open day' and text = 'It is at Yard.'";
    assert_eq!((house.count(told).await, house.count("select count(*) from notifications where person_id = 2").await), (1, 2));
}

/// Another venue is recorded once, as it was and as it is: for the audit log while the event is a draft, then for all who see the event.
#[tokio::test]
async fn a_venue_is_recorded_as_it_was_and_as_it_is() {
    let house = house(2).await;
    let id = draft(&house, 24 * HOUR).await;
    let change = async |title: &'static str, venue: &'static str| {
        let who = house.person(1).clone();
        let body = async move |tx: &mut Tx| {
            let version = row(tx, id).await?.version;
            let form = event_edit::editing(tx, &who, Some(id)).await?.form;
            let form = EventForm { title: title.into(), venue: venue.into(), ..form };
            event_edit::change(tx, &who, id, version, &event_edit::Written::read(form)?).await
        };
        house.store.write(body).await.unwrap();
    };
    change("Open day", "Garden").await;
    act(&house, 1, id, EventAction::Publish).await.unwrap();
    change("Open day", "Cellar").await;
    change("Open house", "Attic").await;
    change("Open house", "Attic").await;
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "select verb, subject_name, audience, details from activity where subject_kind = 'event' and subject_id = $1 and verb not like 'ticket_type.%' order by id",
    )
    .bind(id)
    .fetch_all(&mut *house.store.look().await.unwrap())
    .await
    .unwrap();
    let rows: Vec<String> = rows.into_iter().map(|(verb, name, audience, details)| format!("{verb} {name} {audience} {details}")).collect();
    assert_eq!(
        rows,
        [
            "event.created Open day admins {}",
            r#"venue.changed Open day admins {"from":"Courtyard","to":"Garden"}"#,
            "event.published Open day organisation {}",
            r#"venue.changed Open day organisation {"from":"Garden","to":"Cellar"}"#,
            r#"venue.changed Open house organisation {"from":"Cellar","to":"Attic"}"#,
            "event.changed Open house admins {}",
            "event.changed Open house admins {}",
        ]
    );
}
