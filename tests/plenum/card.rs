//! Payments by card from outside (I36): what the gateway has captured has paid an order, is credited, or is returned, though it says so late,
//! twice, out of order, after the hold, or while the server is killed; and nobody pays without a place.

use futures::future::join_all;
use serde_json::{Value, json};

use super::{
    api::Program,
    card_gateway::{Gateway, signature, tell},
    orders::{STALLS, change, check, count, gala, hold, order, try_pay},
    server::{Person, Server, refused},
    socket::data,
    waiting::{eventually, eventually_true},
};

const COMPLETED: &str = "checkout.session.completed";
const MINUTE: i64 = 60_000;

/// What the database says of an order and its payments: state of the order, states of the payments in their order.
async fn states(server: &Server, order: i64) -> (String, Vec<String>) {
    let database = server.database().await;
    let state = sqlx::query_scalar("select state from orders where id = $1").bind(order).fetch_one(&database).await.unwrap();
    let payments = sqlx::query_scalar("select state from card_payments where order_id = $1 order by id");
    let payments = payments.bind(order).fetch_all(&database).await.unwrap();
    database.close().await;
    (state, payments)
}

/// Waits until an order and its payments are so.
async fn become_so(server: &Server, order: i64, state: &str, payments: &[&str]) {
    eventually_true(&format!("{state} {payments:?}"), async || {
        let now = states(server, order).await;
        now.0 == state && now.1 == payments
    })
    .await;
}

async fn try_card(by: &Person, order: i64, key: &str, late: &str) -> reqwest::Result<reqwest::Response> {
    let (id, total) = (order.to_string(), STALLS.to_string());
    by.try_call("box_office/pay_by_card", &[("key", key), ("id", &id), ("total", &total), ("late", late)]).await
}

/// Begins to pay an order of one seat by card; the gateway's page.
async fn card(gateway: &Gateway, by: &Person, order: i64, key: &str, late: &str) -> String {
    let response = try_card(by, order, key, late).await.unwrap();
    assert_eq!(response.status(), 200);
    let to_pay: Value = response.json().await.unwrap();
    gateway.session_at(to_pay["checkout_url"].as_str().unwrap())
}

/// An order of one seat, which waits to be paid.
async fn ordered(server: &Server, by: &Person, seat: usize) -> (i64, Value) {
    let (event, seats) = gala(server, 10).await;
    let held = hold(by, event, &seats[seat..=seat]).await;
    (order(by, &held).await, held)
}

/// From the order to the gateway's page and back: paid once though the gateway says so fifty times at once, told live, on the ledger.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_pays_an_order_once() {
    let gateway = Gateway::open().await;
    let server = gateway.server(&[]);
    let program = Program::of(&server, "sam", &["read", "write"]).await;
    let sam = server.person("sam").await;
    let (id, held) = ordered(&server, &sam, 0).await;
    let mut socket = sam.socket().await;
    socket.subscribe(&format!("private-order.{id}")).await;
    let wanted = json!({ "method": "card", "total": STALLS });
    let (status, begun) = program.post(&format!("orders/{id}/pay"), wanted.clone()).await;
    assert_eq!((status, &begun["state"], &begun["card"]), (200, &json!("awaiting_payment"), &json!("open")), "{begun}");
    assert!(begun["until"].as_i64() > held["until"].as_i64(), "the places are held while the gateway works");
    assert_eq!(data(&socket.wait("order.updated").await)["order"]["card"], "open");
    let session = gateway.session_at(begun["checkout_url"].as_str().unwrap());
    let page = gateway.session(&session);
    assert_eq!((&page["amount_total"], &page["currency"]), (&json!(STALLS), &json!("eur")));
    let (_, again) = program.post(&format!("orders/{id}/pay"), wanted).await;
    assert_eq!((&again["checkout_url"], &again["until"]), (&begun["checkout_url"], &begun["until"]), "one page, and no longer held for it");
    assert!(sam.html(&format!("/orders/{id}")).await.contains("Paying by card…"));

    gateway.charge(&session);
    let told = join_all((0..50).map(|_| gateway.tell(&server, COMPLETED, &session))).await;
    assert!(told.iter().all(|answer| answer.as_ref().is_some_and(|(status, _)| *status == 200)), "{told:?}");
    assert_eq!(told.iter().flatten().filter(|(_, said)| said["effect"] == "credited").count(), 1);
    become_so(&server, id, "paid", &["used"]).await;
    let paid = socket.wait_for(|frame| frame["event"] == "order.updated" && data(frame)["status"] == "paid").await;
    assert_eq!(data(&paid)["order"]["card"], "used");
    assert_eq!(program.get("wallet").await["balances"][0]["available"], 100_000, "the wallet is as it was");
    assert!(gateway.books().refunds.is_empty());
    let success = page["success_url"].as_str().unwrap().to_owned();
    let back = server.get(success.strip_prefix(&server.url).unwrap()).await;
    assert_eq!((back.status().as_u16(), &back.headers()["location"]), (303, &format!("/orders/{id}").parse().unwrap()));
    check(&server).await;
}

/// Only what the gateway has signed lately, about the amount that it was asked for, moves anything; what is about something else is taken
/// and changes nothing.
#[tokio::test]
async fn only_the_gateway_says_that_a_card_was_charged() {
    let gateway = Gateway::open().await;
    let server = gateway.server(&[]);
    let sam = server.person("sam").await;
    let (id, _) = ordered(&server, &sam, 0).await;
    let session = card(&gateway, &sam, id, "key-0000-0001", "").await;
    gateway.charge(&session);
    let body = |change: Value| {
        let mut object = gateway.session(&session);
        object.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        json!({ "id": "evt_1", "type": COMPLETED, "data": { "object": object } }).to_string()
    };
    let right = body(json!({}));
    let (other_amount, unknown) = (body(json!({ "amount_total": 1 })), body(json!({ "client_reference_id": "somebody-elses" })));
    let unpaid = body(json!({ "payment_status": "unpaid" }));
    let now = server.now();
    for (body, header, status) in [
        (&right, String::new(), 401),
        (&right, signature(now, "another body"), 401),
        (&right, signature(now - 6 * MINUTE, &right), 401),
        (&right, signature(now, &right).replace("v1=", "v0="), 401),
        (&other_amount, signature(now, &other_amount), 422),
        (&unknown, signature(now, &unknown), 200),
        (&unpaid, signature(now, &unpaid), 200),
    ] {
        let (told, said) = tell(&server, body, &header).await.unwrap();
        assert_eq!(told, status, "{said}");
        assert_eq!(states(&server, id).await, ("awaiting_payment".to_owned(), vec!["open".to_owned()]));
    }
    let wrong = "0".repeat(64);
    let several = signature(now, &right).replace("v1=", &format!("v1={wrong},v1="));
    assert_eq!(tell(&server, &right, &several).await.unwrap().0, 200, "one of several signatures is enough");
    become_so(&server, id, "paid", &["used"]).await;
    check(&server).await;
}

/// One order, two cards: begun again after the basket was priced anew, both pages are paid; the first buys, the second is returned. So is
/// a card's money for an order that was paid from the wallet meanwhile.
#[tokio::test]
async fn what_is_paid_twice_is_returned_once() {
    let gateway = Gateway::open().await;
    let server = gateway.server(&[]);
    let sam = server.person("sam").await;
    let (id, _) = ordered(&server, &sam, 0).await;
    let first = card(&gateway, &sam, id, "key-0000-0001", "").await;
    // The first page is about to end, so that another is opened.
    change(&server, "update card_payments set expires_at = created_at").await;
    let second = card(&gateway, &sam, id, "key-0000-0002", "").await;
    assert_ne!(first, second);
    gateway.pay(&server, &second).await;
    gateway.pay(&server, &first).await;
    become_so(&server, id, "paid", &["returned", "used"]).await;
    assert_eq!(gateway.books().refunds, [format!("pi_{first}")]);
    gateway.tell(&server, COMPLETED, &first).await;

    let (other, _) = ordered(&server, &sam, 1).await;
    let late = card(&gateway, &sam, other, "key-0000-0003", "").await;
    assert_eq!(try_pay(&sam, other, STALLS, "key-0000-0004").await.unwrap().status(), 200);
    gateway.pay(&server, &late).await;
    become_so(&server, other, "paid", &["returned"]).await;
    assert_eq!(gateway.books().refunds.len(), 2);
    assert_eq!(count(&server, "select count(*) from activity where verb = 'card_payment.returned'").await, 2);
    check(&server).await;
}

/// Out of order: a page has expired, and was paid after all. While the places are held it buys; for a cancelled order it does not.
#[tokio::test]
async fn a_page_that_has_expired_can_be_paid() {
    let gateway = Gateway::open().await;
    let server = gateway.server(&[]);
    let sam = server.person("sam").await;
    let (id, _) = ordered(&server, &sam, 0).await;
    let session = card(&gateway, &sam, id, "key-0000-0001", "").await;
    gateway.expire(&session);
    gateway.tell(&server, "checkout.session.expired", &session).await;
    become_so(&server, id, "awaiting_payment", &["closed"]).await;
    gateway.pay(&server, &session).await;
    become_so(&server, id, "paid", &["used"]).await;
    gateway.tell(&server, "checkout.session.expired", &session).await;
    gateway.tell(&server, "checkout.session.async_payment_failed", &session).await;
    assert_eq!(states(&server, id).await, ("paid".to_owned(), vec!["used".to_owned()]));

    let (given_up, _) = ordered(&server, &sam, 1).await;
    let session = card(&gateway, &sam, given_up, "key-0000-0002", "").await;
    assert_eq!(sam.call("box_office/cancel_order", &[("id", &given_up.to_string())]).await.status(), 200);
    gateway.pay(&server, &session).await;
    become_so(&server, given_up, "cancelled", &["returned"]).await;
    check(&server).await;
}

/// After the hold: somebody else has the seat by then, and the money goes where its owner wanted it, back to the card or into the wallet.
#[tokio::test]
async fn late_money_is_returned_or_credited() {
    let gateway = Gateway::open().await;
    let server = gateway.server(&[]);
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    for (seat, (late, ends)) in [("refund", "returned"), ("wallet", "credited")].into_iter().enumerate() {
        let (id, _) = ordered(&server, &sam, seat).await;
        let session = card(&gateway, &sam, id, &format!("key-0000-000{seat}"), late).await;
        server.advance(40 * MINUTE).await;
        become_so(&server, id, "expired", &["open"]).await;
        let (taken, _) = ordered(&server, &lena, seat).await;
        assert_eq!(try_pay(&lena, taken, STALLS, &format!("key-0000-001{seat}")).await.unwrap().status(), 200);
        gateway.pay(&server, &session).await;
        become_so(&server, id, "expired", &[ends]).await;
        let told = sam.html(&format!("/orders/{id}")).await;
        assert!(told.contains("A card payment came too late."), "{ends}");
    }
    let mine =
        "select balance from accounts a join people p on p.id = a.person_id where p.email = 'sam@plenum.example' and currency = 'EUR'";
    assert_eq!(count(&server, mine).await, 100_000 + STALLS);
    assert_eq!(gateway.books().refunds.len(), 1);
    assert!(sam.html("/wallet").await.contains("Card payment credited"));
    check(&server).await;
}

/// A webhook that never comes is made up for by asking; a gateway that is away is asked again, and nothing is begun there meanwhile.
#[tokio::test]
async fn the_gateway_is_asked_when_it_says_nothing() {
    let gateway = Gateway::open().await;
    let server = gateway.server(&[]);
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let (id, _) = ordered(&server, &sam, 0).await;
    let session = card(&gateway, &sam, id, "key-0000-0001", "").await;
    gateway.charge(&session);
    gateway.books().down = true;
    server.advance(3 * MINUTE).await;
    assert_eq!(try_card(&lena, ordered(&server, &lena, 1).await.0, "key-0000-0002", "").await.unwrap().status(), 503);
    gateway.books().down = false;
    // The places are held for half an hour.
    server.advance(10 * MINUTE).await;
    become_so(&server, id, "paid", &["used"]).await;
    check(&server).await;
}

/// The server is killed between each of the steps: while the gateway makes the page, before it says that it was paid, while it says so
/// often, and while it gives back. What was begun goes on under the same keys, and the card is charged and refunded once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_the_server_is_killed() {
    let gateway = Gateway::open().await;
    let mut server = gateway.server(&[]);
    let sam = server.person("sam").await;
    let (id, _) = ordered(&server, &sam, 0).await;

    // The page is made, and its address never arrives.
    gateway.books().stuck = true;
    let asking = {
        let sam = sam.clone();
        tokio::spawn(async move { try_card(&sam, id, "key-0000-0001", "").await.is_ok() })
    };
    eventually_true("the gateway was asked", async || gateway.books().asked == 1).await;
    server.kill();
    assert!(!asking.await.unwrap());
    gateway.books().stuck = false;
    server.restart();
    server.assert_even();
    let session = card(&gateway, &sam, id, "key-0000-0001", "").await;
    assert_eq!(gateway.sessions().len(), 1, "the same page");

    // It is paid while the server is down.
    server.kill();
    gateway.charge(&session);
    assert_eq!(gateway.tell(&server, COMPLETED, &session).await, None);
    server.restart();
    server.assert_even();

    // Killed while the gateway says so often.
    let told = async {
        let answers = join_all((0..20).map(|_| gateway.tell(&server, COMPLETED, &session))).await;
        answers.into_iter().flatten().count()
    };
    let pid = server.pid().to_string();
    let killed = tokio::task::spawn_blocking(move || std::process::Command::new("kill").args(["-9", &pid]).status().unwrap());
    let (_, killed) = tokio::join!(told, killed);
    assert!(killed.unwrap().success());
    server.kill();
    server.restart();
    server.assert_even();
    gateway.tell(&server, COMPLETED, &session).await;
    become_so(&server, id, "paid", &["used"]).await;
    check(&server).await;

    // Killed while the gateway gives back what came too late.
    let (given_up, _) = ordered(&server, &sam, 1).await;
    let late = card(&gateway, &sam, given_up, "key-0000-0002", "").await;
    assert_eq!(sam.call("box_office/cancel_order", &[("id", &given_up.to_string())]).await.status(), 200);
    gateway.books().stuck = true;
    gateway.pay(&server, &late).await;
    eventually("it gives back", async || gateway.books().refunds.first().cloned()).await;
    server.kill();
    gateway.books().stuck = false;
    assert_eq!(states(&server, given_up).await, ("cancelled".to_owned(), vec!["returning".to_owned()]));
    server.assert_even();
    // The lease of the run that was killed has passed.
    server.advance_while_down(2 * MINUTE);
    server.restart();
    become_so(&server, given_up, "cancelled", &["returned"]).await;
    assert_eq!(gateway.books().refunds.len(), 1);
    check(&server).await;
}

/// Where cards are taken money comes into the wallet by card, once; and a page without scripts goes on by a link.
#[tokio::test]
async fn a_card_fills_a_wallet() {
    let gateway = Gateway::open().await;
    let server = gateway.server(&[]);
    let program = Program::of(&server, "sam", &["read", "write"]).await;
    let sam = server.person("sam").await;
    let (status, begun) = program.post("wallet/deposits", json!({ "amount": 2_500, "currency": "EUR" })).await;
    assert_eq!(status, 201, "{begun}");
    let session = gateway.session_at(begun["checkout_url"].as_str().unwrap());
    gateway.charge(&session);
    let told = join_all((0..20).map(|_| gateway.tell(&server, COMPLETED, &session))).await;
    assert_eq!(told.iter().flatten().filter(|(status, said)| *status == 200 && said["effect"] == "credited").count(), 1);
    assert_eq!(program.get("wallet").await["balances"][0]["available"], 102_500);

    let form = [("amount", "10"), ("currency", "EUR"), ("key", "key-0000-0001")];
    assert_eq!(sam.submit("wallet/deposit", &form, "/wallet").await, "/wallet");
    let expired = gateway.sessions().pop().unwrap();
    assert!(sam.html("/wallet").await.contains(&format!("https://checkout.example/{expired}")));
    gateway.expire(&expired);
    gateway.tell(&server, "checkout.session.expired", &expired).await;
    assert!(sam.html("/wallet").await.contains("Not paid in time"));
    gateway.pay(&server, &expired).await;
    assert_eq!(program.get("wallet").await["balances"][0]["available"], 103_500, "the gateway has the money");
    server.assert_even();
}

/// Without the settings there are no cards, and half of them are refused at the start.
#[tokio::test]
async fn cards_are_off_unless_they_are_set_up() {
    let said = refused(&[("PLENUM_PAYMENTS__CARD__SECRET_KEY", "sk_test_plenum")]);
    assert!(said.contains("payments.card.webhook_secret") && !said.contains("sk_test_plenum"), "{said}");
    let server = Server::start();
    let program = Program::of(&server, "sam", &["read", "write"]).await;
    let sam = server.person("sam").await;
    let (id, _) = ordered(&server, &sam, 0).await;
    let (status, problem) = program.post(&format!("orders/{id}/pay"), json!({ "method": "card" })).await;
    assert_eq!((status, &problem["field"]), (409, &json!("method")), "{problem}");
    assert!(!sam.html(&format!("/orders/{id}")).await.contains("by card"));
    assert_eq!(tell(&server, "{}", "").await.unwrap().0, 404);
    check(&server).await;
}
