//! Storms at the till: a seat is one's, a payment races the end of its hold, and the ledger is even over a `kill -9` (I1, I5, I13).

use std::{collections::BTreeSet, time::Duration};

use futures::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::Value;

use super::{
    orders::{FREE, STALLS, change, check, count, gala, hold, try_buy, try_hold, try_pay},
    server::{Person, Server},
};

async fn holds_and_buys(by: &Person, event: i64, seat: i64) -> bool {
    let held = try_hold(by, event, &[seat]).await.unwrap();
    let status = held.status();
    if status != 200 {
        assert_eq!(status, 409);
        return false;
    }
    let held: Value = held.json().await.unwrap();
    let bought = try_buy(by, &held, STALLS, &format!("seat-{seat}-of-{}", by.id)).await.unwrap();
    assert_eq!(bought.status(), 200, "{}", bought.text().await.unwrap());
    true
}

/// 200 clients hold, then buy, one seat: one has it, the rest are told. Then fifty seats, each client in an order of its own: what is sold
/// is what was paid for, and each seat is one's (I1).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_is_one_buyers() {
    let server = Server::start_with(&[FREE]);
    change(&server, "update events set places_each = 50").await;
    let admin = server.person("admin").await;
    let (event, seats) = gala(&server, 40).await;
    let crowd = server.rich_crowd(admin.organisation, 200, 200_000).await;
    let outcomes = join_all(crowd.iter().map(|person| holds_and_buys(person, event, seats[0]))).await;
    assert_eq!(outcomes.into_iter().filter(|bought| *bought).count(), 1);
    assert_eq!(count(&server, "select count(*) from order_lines where state = 'sold'").await, 1);
    let shoppers = crowd.into_iter().take(50).enumerate().map(|(number, person)| {
        let mut wanted = seats[1..].to_vec();
        wanted.shuffle(&mut StdRng::seed_from_u64(number.try_into().unwrap()));
        tokio::spawn(async move {
            let mut own = 0;
            for seat in wanted.into_iter().take(12) {
                own += u32::from(holds_and_buys(&person, event, seat).await);
            }
            own
        })
    });
    let mut sold = 1;
    for shopper in join_all(shoppers).await {
        sold += i64::from(shopper.unwrap());
    }
    assert_eq!(count(&server, "select count(*) from order_lines where state = 'sold'").await, sold);
    assert_eq!(count(&server, "select count(distinct seat_id) from order_lines where state = 'sold'").await, sold);
    assert_eq!(count(&server, "select count(*) from transfers where kind = 'payment'").await, sold);
    assert!(sold > 30, "{sold}");
    check(&server).await;
}

/// Payments that race the end of their hold: paid and seated, or not charged and free; never paid without a seat (I5).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payment_races_the_end_of_its_hold() {
    const EACH: usize = 10;
    let server = Server::start_with(&[FREE, ("PLENUM_BOX_OFFICE__HOLD_SECONDS", "1")]);
    change(&server, "update events set places_each = 50").await;
    let admin = server.person("admin").await;
    let (event, seats) = gala(&server, 82).await;
    // Two for each seat, one after the other half of the time: whoever comes later finds it free or sold.
    let crowd = server.rich_crowd(admin.organisation, 50, 200_000).await;
    let seats: Vec<i64> = seats.into_iter().chain(circle(&server).await).collect();
    assert!(seats.len() >= crowd.len() * 5);
    let racing = crowd.into_iter().enumerate().map(|(number, person)| {
        let own: Vec<i64> = seats[number * 5..number * 5 + 5].to_vec();
        tokio::spawn(async move {
            let (mut paid, mut free, mut random) = (0, 0, StdRng::seed_from_u64(number.try_into().unwrap()));
            for round in 0..EACH {
                let seat = own[round % own.len()];
                let response = try_hold(&person, event, &[seat]).await.unwrap();
                if response.status() != 200 {
                    // It is one's own already, of an earlier round.
                    assert_eq!(response.status(), 409);
                    continue;
                }
                let held: Value = response.json().await.unwrap();
                let made = person.call("box_office/create_order", &[("hold", &held["id"].to_string())]).await;
                if made.status() != 200 {
                    assert_eq!(made.status(), 409, "the machine is slow, and the hold has ended");
                    free += 1;
                    continue;
                }
                let id: i64 = made.json().await.unwrap();
                let total =
                    person.ask("box_office/order", &[("id", &id.to_string())]).await["state"]["order"]["total"]["amount"].as_i64().unwrap();
                let at = held["until"].as_i64().unwrap() + random.random_range(-150..=50);
                let wait = (at - plenum::server::db::now()).max(0);
                tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
                let response = try_pay(&person, id, total, &format!("race-{number}-{round}")).await.unwrap();
                let status = response.status().as_u16();
                let answer: Value = response.json().await.unwrap();
                match status {
                    200 => {
                        assert!(
                            answer["state"] == "paid" && answer["lines"].as_array().unwrap().iter().all(|line| line["ticket_id"].is_i64()),
                            "{answer}"
                        );
                        paid += 1;
                    }
                    _ => {
                        assert_eq!((status, answer["field"].as_str()), (409, Some("hold")), "{answer}");
                        free += 1;
                    }
                }
            }
            (paid, free)
        })
    });
    let (mut paid, mut free) = (0, 0);
    for outcome in join_all(racing).await {
        let (own_paid, own_free) = outcome.unwrap();
        (paid, free) = (paid + own_paid, free + own_free);
    }
    println!("{paid} were paid, {free} came too late");
    assert!(paid > 0 && free > 0, "{paid} paid, {free} free: nothing raced");
    assert_eq!(count(&server, "select count(*) from orders where state = 'paid'").await, paid);
    assert_eq!(count(&server, "select count(*) from order_lines where state = 'sold'").await, paid);
    // Nobody has what was not paid: once the last hold has ended, each of these seats can be had.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let database = server.database().await;
    let left: Vec<i64> = sqlx::query_scalar(
        "select distinct seat_id from order_lines where state = 'void' and seat_id not in (select seat_id from order_lines where state = 'sold') limit 40",
    )
    .fetch_all(&database)
    .await
    .unwrap();
    database.close().await;
    for some in left.chunks(20) {
        hold(&admin, event, some).await;
    }
    check(&server).await;
}

/// The seats beyond the stalls.
async fn circle(server: &Server) -> Vec<i64> {
    let database = server.database().await;
    let seats = sqlx::query_scalar("select id from seats order by id limit 1000 offset 82").fetch_all(&database).await.unwrap();
    database.close().await;
    seats
}

/// Fifty clients buy while others give back at random, the server is killed in the middle: sums are zero, balances are what was posted, and
/// each order that was answered as paid is paid (I13).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_is_even_after_a_storm() {
    let mut server = Server::start_with(&[FREE]);
    change(&server, "update events set places_each = 50").await;
    let admin = server.person("admin").await;
    let (event, seats) = gala(&server, 80).await;
    // Enough for a dozen seats: some are refused for want of money.
    let crowd = server.rich_crowd(admin.organisation, 50, 12 * STALLS).await;
    let buying = crowd.into_iter().enumerate().map(|(number, person)| {
        let seats = seats.clone();
        tokio::spawn(async move {
            let (mut paid, mut random) = (BTreeSet::new(), StdRng::seed_from_u64(number.try_into().unwrap()));
            for round in 0..20 {
                let seat = seats[random.random_range(0..seats.len())];
                // While the server is down nothing is answered; what was asked then may have happened or not.
                let Ok(response) = try_hold(&person, event, &[seat]).await else {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let Ok(held) = response.json::<Value>().await else { continue };
                if held["id"].is_null() {
                    continue;
                }
                let places = i64::try_from(held["seats"].as_array().unwrap().len()).unwrap();
                if let Ok(bought) = try_buy(&person, &held, places * STALLS, &format!("storm-{number}-{round}")).await
                    && bought.status() == 200
                    && let Ok(order) = bought.json::<i64>().await
                {
                    paid.insert(order);
                }
            }
            paid
        })
    });
    let buying: Vec<_> = buying.collect();
    let otto = server.person("otto").await;
    let refunding = tokio::spawn(async move {
        let mut random = StdRng::seed_from_u64(7);
        for round in 0..400 {
            let id = random.random_range(1..300).to_string();
            let Ok(answer) = otto.try_get("box_office/order", &[("id", &id)]).await else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let Ok(page) = answer.json::<Value>().await else { continue };
            let sold = page["state"]["order"]["lines"].as_array().cloned().unwrap_or_default();
            let Some(line) = sold.iter().find(|line| line["state"] == "sold") else { continue };
            let (line, key) = (line["id"].to_string(), format!("refund-{round}"));
            let form = [("key", key.as_str()), ("id", id.as_str()), ("lines[]", line.as_str()), ("reason", "storm")];
            let _ = otto.try_call("box_office/refund", &form).await;
        }
    });
    while count(&server, "select count(*) from transfers where kind = 'payment'").await < 25 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.kill();
    check(&server).await;
    server.restart();
    let mut answered = BTreeSet::new();
    for outcome in join_all(buying).await {
        answered.extend(outcome.unwrap());
    }
    refunding.await.unwrap();
    let database = server.database().await;
    let kept: Vec<i64> = sqlx::query_scalar("select id from orders where paid_at is not null").fetch_all(&database).await.unwrap();
    database.close().await;
    let kept: BTreeSet<i64> = kept.into_iter().collect();
    assert!(answered.is_subset(&kept), "what was answered as paid is lost: {:?}", answered.difference(&kept));
    assert!(count(&server, "select count(*) from refunds").await > 0);
    check(&server).await;
    server.kill();
    server.restart();
    check(&server).await;
}
