//! Storms at the till: a seat is one's, a payment races the end of its hold, and the ledger is even over a `kill -9` (I1, I5, I13).

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::Value;

use super::{
    orders::{FREE, STALLS, change, check, count, gala, hold, try_buy, try_hold, try_pay},
    server::{Person, Server},
    waiting::eventually_true,
};

/// How asking for a seat has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Bought,
    Taken,
    /// The server was away; what was asked then may have happened or not.
    Unknown,
}

async fn holds_and_buys(by: &Person, event: i64, seat: i64) -> Ended {
    let Ok(held) = try_hold(by, event, &[seat]).await else { return Ended::Unknown };
    let status = held.status();
    let Ok(held) = held.json::<Value>().await else { return Ended::Unknown };
    if status != 200 {
        assert_eq!(status, 409, "{held}");
        return Ended::Taken;
    }
    // What could not be paid before is in the basket yet.
    let places = i64::try_from(held["seats"].as_array().unwrap().len()).unwrap();
    let Ok(bought) = try_buy(by, &held, places * STALLS, &format!("seat-{seat}-of-{}", by.id)).await else { return Ended::Unknown };
    let status = bought.status();
    let Ok(answer) = bought.text().await else { return Ended::Unknown };
    assert_eq!(status, 200, "{answer}");
    Ended::Bought
}

/// 200 clients hold, then buy, one seat: one has it, the rest are told. Then fifty seats, each client in an order of its own, and the
/// server is killed in the middle: what is sold is what was paid for, each seat is one's, and nothing that was answered is lost (I1).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_is_one_buyers() {
    let mut server = Server::start_with(&[FREE]);
    change(&server, "update events set places_each = 50").await;
    let admin = server.person("admin").await;
    let (event, seats) = gala(&server, 51).await;
    let crowd = server.rich_crowd(admin.organisation, 200, 200_000).await;
    let outcomes = join_all(crowd.iter().map(|person| holds_and_buys(person, event, seats[0]))).await;
    assert_eq!(outcomes.iter().filter(|ended| **ended == Ended::Bought).count(), 1);
    assert_eq!(outcomes.iter().filter(|ended| **ended == Ended::Taken).count(), 199);
    assert_eq!(count(&server, "select count(*) from order_lines where state = 'sold'").await, 1);

    let shoppers: Vec<_> = crowd
        .into_iter()
        .enumerate()
        .map(|(number, person)| {
            let mut wanted = seats[1..].to_vec();
            wanted.shuffle(&mut StdRng::seed_from_u64(number.try_into().unwrap()));
            tokio::spawn(async move {
                let mut bought = 0;
                for seat in wanted.into_iter().take(12) {
                    loop {
                        match holds_and_buys(&person, event, seat).await {
                            Ended::Bought => bought += 1,
                            Ended::Taken => {}
                            // It comes back; the same is asked again, under the same key.
                            Ended::Unknown => {
                                tokio::time::sleep(Duration::from_millis(100)).await;
                                continue;
                            }
                        }
                        break;
                    }
                }
                bought
            })
        })
        .collect();
    let sold = "select count(*) from order_lines where state = 'sold'";
    eventually_true("some are sold", async || count(&server, sold).await >= 15).await;
    server.kill();
    check(&server).await;
    server.restart();
    let mut answered = 1;
    for shopper in join_all(shoppers).await {
        answered += shopper.unwrap();
    }
    let sold = count(&server, "select count(*) from order_lines where state = 'sold'").await;
    assert!(sold >= answered && sold > 30, "{sold} are sold, {answered} were answered");
    assert_eq!(count(&server, "select count(distinct seat_id) from order_lines where state = 'sold'").await, sold);
    let captured = "select coalesce(sum(p.amount), 0) from transfers t join postings p on p.transfer_id = t.id where t.kind = 'payment' and p.amount > 0";
    assert_eq!(count(&server, captured).await, sold * STALLS, "what was taken is what was sold");
    check(&server).await;
}

/// Payments around the end of their hold, five hundred times, while somebody else asks for the seat at the same moment and the server is
/// killed in the middle: paid and seated, or not charged and free; never paid without a seat (I5). Each payment comes within 50 ms of
/// where the last ones of its client went from in time to too late, so that on a slow machine as many are on either side.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payment_races_the_end_of_its_hold() {
    const PAYMENTS: u32 = 500;
    let mut server = Server::start_with(&[FREE, ("PLENUM_BOX_OFFICE__HOLD_SECONDS", "1")]);
    change(&server, "update events set places_each = 50").await;
    let admin = server.person("admin").await;
    let (event, stalls) = gala(&server, 82).await;
    let seats: Arc<[i64]> = stalls.into_iter().chain(circle(&server).await).collect();
    let mut crowd = server.rich_crowd(admin.organisation, 50, 2_000_000).await;
    let rivals = crowd.split_off(25);
    let raced = Arc::new(AtomicU32::new(0));
    let racing: Vec<_> = crowd
        .into_iter()
        .zip(rivals)
        .enumerate()
        .map(|(number, (person, rival))| {
            let (seats, raced) = (Arc::clone(&seats), Arc::clone(&raced));
            tokio::spawn(async move {
                let (mut paid, mut late, mut lead) = (Vec::new(), 0, 0);
                let mut random = StdRng::seed_from_u64(number.try_into().unwrap());
                for round in 0.. {
                    if raced.load(Ordering::Relaxed) >= PAYMENTS {
                        break;
                    }
                    let seat = seats[random.random_range(0..seats.len())];
                    let off = random.random_range(-50..=50) - lead;
                    match race(&person, &rival, event, seat, &format!("race-{number}-{round}"), off).await {
                        Some(Raced::Paid(order)) => {
                            paid.push(order);
                            lead -= 10;
                        }
                        Some(Raced::Late) => {
                            late += 1;
                            lead += 10;
                        }
                        None => continue,
                    }
                    raced.fetch_add(1, Ordering::Relaxed);
                }
                (paid, late)
            })
        })
        .collect();
    eventually_true("half of them have raced", async || raced.load(Ordering::Relaxed) >= PAYMENTS / 2).await;
    server.kill();
    check(&server).await;
    server.restart();
    let (mut answered, mut late) = (BTreeSet::new(), 0);
    for outcome in join_all(racing).await {
        let (paid, too_late) = outcome.unwrap();
        answered.extend(paid);
        late += too_late;
    }
    println!("{} were paid, {late} came too late", answered.len());
    assert!(answered.len() > 20 && late > 20, "{} paid, {late} late: nothing raced", answered.len());
    let database = server.database().await;
    let kept: Vec<i64> = sqlx::query_scalar("select id from orders where paid_at is not null").fetch_all(&database).await.unwrap();
    let kept: BTreeSet<i64> = kept.into_iter().collect();
    assert!(answered.is_subset(&kept), "what was answered as paid is lost: {:?}", answered.difference(&kept));
    // Nobody has what was not paid: once the last hold has ended, each of these seats can be had.
    server.advance(1_200).await;
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

enum Raced {
    Paid(i64),
    Late,
}

/// Holds a seat, and pays for it `off` ms after its hold ends while `rival` asks for it; none if it could not be had or the server was away.
async fn race(person: &Person, rival: &Person, event: i64, seat: i64, key: &str, off: i64) -> Option<Raced> {
    let away = async || tokio::time::sleep(Duration::from_millis(50)).await;
    let Ok(response) = try_hold(person, event, &[seat]).await else {
        away().await;
        return None;
    };
    if response.status() != 200 {
        assert_eq!(response.status(), 409, "it is somebody's");
        return None;
    }
    let held: Value = response.json().await.ok()?;
    let made = person.try_call("box_office/create_order", &[("hold", &held["id"].to_string())]).await.ok()?;
    if made.status() != 200 {
        assert_eq!(made.status(), 409, "the machine is slow, and the hold has ended");
        return None;
    }
    let id: i64 = made.json().await.ok()?;
    let page: Value = person.try_get("box_office/order", &[("id", &id.to_string())]).await.ok()?.json().await.ok()?;
    let total = page["state"]["order"]["total"]["amount"].as_i64()?;
    let wait = (held["until"].as_i64().unwrap() + off - plenum_store::db::now()).max(0);
    tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
    let (paid, taken) = futures::future::join(try_pay(person, id, total, key), try_hold(rival, event, &[seat])).await;
    let paid = paid.ok()?;
    let status = paid.status().as_u16();
    let answer: Value = paid.json().await.ok()?;
    let theirs = taken.is_ok_and(|taken| taken.status() == 200);
    if status == 200 {
        assert!(!theirs, "it is paid, and somebody else holds it: {answer}");
        let whole = answer["lines"].as_array().unwrap().iter().all(|line| line["ticket_id"].is_i64());
        assert!(answer["state"] == "paid" && whole, "{answer}");
        return Some(Raced::Paid(id));
    }
    assert_eq!((status, answer["field"].as_str()), (409, Some("hold")), "{answer}");
    Some(Raced::Late)
}

/// The seats beyond the stalls.
async fn circle(server: &Server) -> Vec<i64> {
    let database = server.database().await;
    let seats = sqlx::query_scalar("select id from seats order by id limit 1000 offset 82").fetch_all(&database).await.unwrap();
    database.close().await;
    seats
}

/// Fifty clients buy, deposit and withdraw while others give back at random, the server is killed in the middle: sums are zero, balances are
/// what was posted, who has too little is refused, and each order that was answered as paid is paid (I13).
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
            let (mut paid, mut refused, mut random) = (BTreeSet::new(), 0, StdRng::seed_from_u64(number.try_into().unwrap()));
            for round in 0..20 {
                refused += u32::from(moves_money(&person, &mut random, round).await);
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
                let Ok(bought) = try_buy(&person, &held, places * STALLS, &format!("storm-{number}-{round}")).await else { continue };
                if bought.status() == 200
                    && let Ok(order) = bought.json::<i64>().await
                {
                    paid.insert(order);
                } else {
                    refused += 1;
                }
            }
            (paid, refused)
        })
    });
    let buying: Vec<_> = buying.collect();
    let otto = server.person("otto").await;
    let refunding = tokio::spawn(async move { gives_back(&otto, 400).await });
    let payments = "select count(*) from transfers where kind = 'payment'";
    eventually_true("some have paid", async || count(&server, payments).await >= 25).await;
    server.kill();
    check(&server).await;
    server.restart();
    let (mut answered, mut refused) = (BTreeSet::new(), 0);
    for outcome in join_all(buying).await {
        let (paid, too_little) = outcome.unwrap();
        answered.extend(paid);
        refused += too_little;
    }
    refunding.await.unwrap();
    assert!(refused > 0, "nobody had too little");
    for kind in ["select count(*) from deposits where state = 'completed'", "select count(*) from withdrawals"] {
        assert!(count(&server, kind).await > 5, "{kind}");
    }
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

/// Adds to a wallet, or takes out of it more than there may be; true if that was refused for want of money.
async fn moves_money(person: &Person, random: &mut StdRng, round: usize) -> bool {
    let amount = format!("{}.00", random.random_range(10..400));
    let key = format!("money-{}-{round}", person.id);
    let form = [("amount", amount.as_str()), ("currency", "EUR"), ("key", key.as_str())];
    if random.random_bool(0.3) {
        let Ok(begun) = person.try_call("wallet/deposit", &form).await else { return false };
        // `/wallet/deposits/{id}/simulator`
        let way = begun.json::<String>().await.unwrap_or_default();
        if let Some(id) = way.split('/').nth(3) {
            let _ = person.try_call("wallet/simulate", &[("id", id), ("outcome", "approve")]).await;
        }
        return false;
    }
    let bank = [("holder", "Rich"), ("iban", "DE89 3704 0044 0532 0130 00")];
    let Ok(asked) = person.try_call("wallet/withdraw", &[&form[..], &bank[..]].concat()).await else { return false };
    let status = asked.status().as_u16();
    assert!(status == 200 || status == 409, "{status}: {:?}", asked.text().await);
    status == 409
}

/// Gives places of anybody's orders back, so many times.
pub(super) async fn gives_back(otto: &Person, rounds: u32) {
    let mut random = StdRng::seed_from_u64(7);
    for round in 0..rounds {
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
}
