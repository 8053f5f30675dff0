//! Orders from outside: paid once, seen live, given back; who may what; the whole way without scripts.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    server::{ONLY_REVOKED, Person, Server},
    socket::{Socket, data},
    waiting::eventually_true,
};

pub(super) const FREE: (&str, &str) = ("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0");
/// What a seat of the stalls costs.
pub(super) const STALLS: i64 = 2_500;

/// A number that the database says.
pub(super) async fn count(server: &Server, statement: &'static str) -> i64 {
    let database = server.database().await;
    let count = sqlx::query_scalar(statement).fetch_one(&database).await.unwrap();
    database.close().await;
    count
}

pub(super) async fn change(server: &Server, statement: &'static str) {
    let database = server.database().await;
    sqlx::query(statement).execute(&database).await.unwrap();
    database.close().await;
}

/// The event with seats, and the first of these, which are all of the stalls.
pub(super) async fn gala(server: &Server, seats: i64) -> (i64, Vec<i64>) {
    let database = server.database().await;
    let event: i64 = sqlx::query_scalar("select min(event_id) from seats").fetch_one(&database).await.unwrap();
    let first = sqlx::query_scalar("select id from seats where event_id = $1 order by id limit $2");
    let seats = first.bind(event).bind(seats).fetch_all(&database).await.unwrap();
    database.close().await;
    (event, seats)
}

pub(super) async fn try_hold(by: &Person, event: i64, seats: &[i64]) -> reqwest::Result<reqwest::Response> {
    let (event, seats) = (event.to_string(), seats.iter().map(ToString::to_string).collect::<Vec<_>>());
    let mut form = vec![("event", event.as_str())];
    form.extend(seats.iter().map(|seat| ("seats[]", seat.as_str())));
    by.try_call("box_office/hold", &form).await
}

/// Holds seats; the hold.
pub(super) async fn hold(by: &Person, event: i64, seats: &[i64]) -> Value {
    let response = try_hold(by, event, seats).await.unwrap();
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

/// Makes the order of a hold; its id.
pub(super) async fn order(by: &Person, hold: &Value) -> i64 {
    let response = by.call("box_office/create_order", &[("hold", &hold["id"].to_string())]).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

pub(super) async fn try_pay(by: &Person, id: i64, total: i64, key: &str) -> reqwest::Result<reqwest::Response> {
    by.try_call("box_office/pay", &[("key", key), ("id", &id.to_string()), ("total", &total.to_string())]).await
}

pub(super) async fn try_buy(by: &Person, hold: &Value, total: i64, key: &str) -> reqwest::Result<reqwest::Response> {
    let (hold, total) = (hold["id"].to_string(), total.to_string());
    by.try_call("box_office/buy", &[("key", key), ("hold", &hold), ("promo", ""), ("total", &total)]).await
}

/// Holds and buys seats of the stalls; the order.
pub(super) async fn bought(by: &Person, event: i64, seats: &[i64], key: &str) -> i64 {
    let held = hold(by, event, seats).await;
    let response = try_buy(by, &held, STALLS * i64::try_from(seats.len()).unwrap(), key).await.unwrap();
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

/// An order's page; panics unless it may be seen.
async fn page(by: &Person, id: i64) -> Value {
    by.ask("box_office/order", &[("id", &id.to_string())]).await["state"].clone()
}

async fn try_refund(by: &Person, id: i64, lines: &[i64], key: &str) -> reqwest::Response {
    let (id, lines) = (id.to_string(), lines.iter().map(ToString::to_string).collect::<Vec<_>>());
    let mut form = vec![("key", key), ("id", id.as_str()), ("reason", "Rained off")];
    form.extend(lines.iter().map(|line| ("lines[]", line.as_str())));
    by.call("box_office/refund", &form).await
}

fn lines(order: &Value) -> Vec<i64> {
    order["lines"].as_array().unwrap().iter().map(|line| line["id"].as_i64().unwrap()).collect()
}

/// What must hold whatever happened: a seat is one's, what is sold is counted and paid for, and the ledger is even (I1, I4, I13).
pub(super) async fn check(server: &Server) {
    let database = server.database().await;
    for (what, statement) in [
        ("the ledger sums to zero", "select coalesce(sum(amount), 0) from postings"),
        (
            "balances are the sums of postings",
            "select count(*) from accounts where balance <> (select coalesce(sum(amount), 0) from postings where account_id = accounts.id)",
        ),
        ("nobody is below zero", "select count(*) from accounts where kind <> 'gateway' and balance < 0"),
        (
            "a seat is sold once",
            "select count(*) from (select seat_id from order_lines where state = 'sold' and seat_id is not null group by seat_id having count(*) > 1)",
        ),
        (
            "what is sold is counted",
            "select count(*) from ticket_types t where sold <> (select count(*) from order_lines l where l.ticket_type_id = t.id and l.state = 'sold')",
        ),
        (
            "a sold line has a ticket that admits, no other has",
            "select count(*) from order_lines l left join tickets k on k.order_line_id = l.id where (l.state = 'sold') <> (k.state is not null and k.state <> 'void')",
        ),
        (
            "an order is paid once, and what is not paid is not charged",
            "select count(*) from orders o where (select count(*) from transfers t where t.kind = 'payment' and t.subject_id = o.id) <> case when paid_at is not null and subtotal > discount then 1 else 0 end",
        ),
        (
            "who has paid has places",
            "select count(*) from orders o where paid_at is not null and not exists (select 1 from order_lines l where l.order_id = o.id and l.state in ('sold', 'refunded'))",
        ),
        (
            "the sales account has what the orders say",
            "select count(*) from accounts where kind = 'sales' and balance <> (select coalesce(sum(subtotal - discount - refunded), 0) from orders where paid_at is not null)",
        ),
        (
            "a line is given back once",
            "select count(*) from (select order_line_id from refund_lines group by order_line_id having count(*) > 1)",
        ),
        (
            "every payment and refund is recorded (I32)",
            "select (select count(*) from orders where paid_at is not null) + (select count(*) from refunds) - (select count(*) from activity where verb in ('order.paid', 'order.refunded'))",
        ),
    ] {
        let off: i64 = sqlx::query_scalar(statement).fetch_one(&database).await.unwrap();
        assert_eq!(off, 0, "not so: {what}");
    }
    database.close().await;
    server.assert_even();
}

/// Hold, price with a code, pay, order page: all of it plain forms and links; what is refused is said on the page that it was sent from.
#[tokio::test]
async fn the_whole_way_without_scripts() {
    let server = Server::start();
    let (otto, sam) = (server.person("otto").await, server.person("sam").await);
    let (event, seats) = gala(&server, 3).await;
    let codes = format!("/events/{event}/codes");
    let number = event.to_string();
    let form = [("event", number.as_str()), ("code", "members10"), ("by", "percent"), ("off", "10"), ("most_uses", "1")];
    assert_eq!(otto.submit("box_office/create_promo_code", &form, &codes).await, format!("{codes}?done=made"));
    let html = otto.html(&codes).await;
    assert!(html.contains("MEMBERS10") && html.contains("used in 0 of 1 orders"), "the code is listed");
    let again = otto.submit("box_office/create_promo_code", &form, &codes).await;
    assert!(otto.html(&again).await.contains("This event has a code of this name already."));
    assert_eq!(sam.page(&codes).await.status(), 403);

    let held = hold(&sam, event, &seats).await;
    let basket = format!("/orders/new?hold={}", held["id"]);
    let html = sam.html(&basket).await;
    for said in [
        "Row A, seat 1",
        "€75.00",
        "Pay from wallet · €1,000.00 available",
        "Nothing is charged before the seats are yours.",
        "Europe/Ljubljana",
    ] {
        assert!(html.contains(said), "{said}");
    }
    assert!(sam.html(&format!("{basket}&promo=nobody")).await.contains("There is no such promo code for this event."));
    let html = sam.html(&format!("{basket}&promo=members10")).await;
    assert!(html.contains("−€7.50") && html.contains("€67.50"), "the price with the code");
    let id = held["id"].to_string();
    let buy = |total: &'static str| {
        [("key", "key-0000-0001"), ("hold", id.as_str()), ("promo", "MEMBERS10"), ("total", total)]
            .map(|(name, value)| (name, value.to_owned()))
    };
    let submit = async |total: &'static str| {
        let form = buy(total);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sam.submit("box_office/buy", &form, &basket).await
    };
    let refused = submit("7500").await;
    assert!(refused.starts_with("/orders/new?"), "{refused}");
    assert!(sam.html(&refused).await.contains("it costs €67.50 now"), "nobody pays what they have not seen");
    let form = [("key", "key-0000-0002"), ("hold", id.as_str()), ("promo", "MEMBERS10"), ("total", "6750")];
    let led = sam.submit("box_office/buy", &form, &basket).await;
    let order = led.strip_suffix("?done=paid").unwrap_or_else(|| panic!("{led}")).to_owned();
    assert_eq!(sam.submit("box_office/buy", &form, &basket).await, led, "sent again it is the same");
    let html = sam.html(&led).await;
    for said in ["It is paid, and the places are yours.", "Order ", "/tickets/", "€67.50", "Promo MEMBERS10"] {
        assert!(html.contains(said), "{said}");
    }
    assert!(sam.html("/orders").await.contains(&format!("href=\"{order}\"")));
    assert!(!sam.html("/orders?show=open").await.contains(&format!("href=\"{order}\"")));
    assert!(sam.html(&basket).await.contains("This order is paid already."), "what was bought says so");
    assert!(otto.html(&codes).await.contains("Used up"));

    let html = otto.html(&order).await;
    assert!(html.contains("Refund these places") && html.contains("Sam Adeyemi"), "who runs the event can give it back");
    assert!(!sam.html(&order).await.contains("action=\"/fn/box_office/refund\""), "the buyer cannot");
    let refund = [("key", "key-0000-0003"), ("id", order.trim_start_matches("/orders/")), ("reason", "Rained off")];
    let refused = otto.submit("box_office/refund", &refund, &order).await;
    assert!(otto.html(&refused).await.contains("Choose at least one place."));
    let id: i64 = order.trim_start_matches("/orders/").parse().unwrap();
    let first = lines(&page(&otto, id).await["order"])[0].to_string();
    let mut refund = refund.to_vec();
    refund.push(("lines[]", first.as_str()));
    assert_eq!(otto.submit("box_office/refund", &refund, &order).await, format!("{order}?done=refunded"));
    let html = sam.html(&order).await;
    for said in ["Partly refunded", "€22.50 refunded for 1 place", "Rained off"] {
        assert!(html.contains(said), "{said}");
    }
    check(&server).await;
}

/// Buyer and organiser see each step as it happens, on `private-order` and on the buyer's own channel (S3-27, S3-28); a refund of the last
/// ticket closes the event's space to its buyer within 5 s (I24).
#[tokio::test]
async fn it_is_seen_as_it_happens() {
    let server = Server::start_with(&[ONLY_REVOKED]);
    let (otto, sam) = (server.person("otto").await, server.person("sam").await);
    let (event, seats) = gala(&server, 2).await;
    let held = hold(&sam, event, &seats).await;
    let id = order(&sam, &held).await;
    let (mut buyer, mut organiser) = (sam.socket().await, otto.socket().await);
    let channel = format!("private-order.{id}");
    for socket in [&mut buyer, &mut organiser] {
        socket.subscribe(&channel).await;
    }
    let own = format!("private-person.{}", sam.id);
    buyer.subscribe(&own).await;
    buyer.subscribe(&format!("seats.{event}")).await;
    assert_eq!(try_pay(&sam, id, 2 * STALLS, "key-0000-0001").await.unwrap().status(), 200);
    let number = page(&sam, id).await["order"]["number"].clone();
    let updated = async |socket: &mut Socket, channel: &str| {
        let frame = socket.wait_for(|frame| frame["event"] == "order.updated" && frame["channel"] == channel).await;
        let said = data(&frame);
        assert_eq!((&said["order_id"], &said["order_number"]), (&json!(id), &number));
        (said["status"].as_str().unwrap().to_owned(), said["message"].as_str().unwrap().to_owned())
    };
    for (socket, channel) in [(&mut buyer, channel.as_str()), (&mut organiser, channel.as_str())] {
        let (status, message) = updated(socket, channel).await;
        assert_eq!(status, "paid");
        assert!(message.contains("is paid"), "{message}");
    }
    assert_eq!(updated(&mut buyer, &own).await.0, "paid");
    let sold = buyer.wait("seat.changed").await;
    assert!(data(&sold)["seats"].as_array().unwrap().iter().all(|seat| seat["state"] == "sold"), "{sold}");
    let space = count(&server, "select space_id from events where id = (select min(event_id) from seats)").await;
    let presence = format!("presence-space.{space}");
    buyer.subscribe(&presence).await;
    let all = lines(&page(&otto, id).await["order"]);
    assert_eq!(try_refund(&otto, id, &all[..1], "key-0000-0002").await.status(), 200);
    assert_eq!(updated(&mut buyer, &channel).await.0, "partly_refunded");
    assert_eq!(try_refund(&otto, id, &all[1..], "key-0000-0003").await.status(), 200);
    let (status, message) = updated(&mut buyer, &channel).await;
    assert_eq!(status, "refunded");
    assert!(message.contains("was refunded"), "{message}");
    buyer.wait_for(|frame| frame["event"] == "pusher:subscription_error" && frame["channel"] == presence).await;
    let seat = buyer.wait_for(|frame| frame["event"] == "seat.changed" && data(frame)["seats"][0]["state"] == "free").await;
    assert_eq!(data(&seat)["seats"][0]["id"], seats[0]);
    check(&server).await;
}

/// An order is its owner's, and those' who handle orders; nobody else learns that it is there (S3-21, I24).
#[tokio::test]
async fn an_order_is_its_owners() {
    let server = Server::start();
    let (event, seats) = gala(&server, 1).await;
    let sam = server.person("sam").await;
    let id = bought(&sam, event, &seats, "key-0000-0001").await;
    for (name, may) in [("sam", true), ("otto", true), ("aiko", true), ("admin", true), ("lena", false), ("mara", false)] {
        let person = server.person(name).await;
        let answer = person.socket().await.try_subscribe(&format!("private-order.{id}"), None).await;
        assert_eq!(answer["event"] == "pusher_internal:subscription_succeeded", may, "{name}: {answer}");
        let status = person.get("box_office/order", &[("id", &id.to_string())]).await.status();
        assert_eq!(status, if may { 200 } else { 404 }, "{name}");
        let refund = try_refund(&person, id, &[999_999], "key-0000-0009").await.status().as_u16();
        let expected = match name {
            "sam" => 403,
            _ if may => 422,
            _ => 404,
        };
        assert_eq!(refund, expected, "{name}");
    }
    assert_eq!(server.visitor().await.try_subscribe(&format!("private-order.{id}"), None).await["event"], "pusher:subscription_error");
    check(&server).await;
}

/// What a hold leaves behind expires by itself, and its pages are told within a second of it (I3).
#[tokio::test]
async fn an_order_expires_with_its_hold() {
    let server = Server::start_with(&[("PLENUM_BOX_OFFICE__HOLD_SECONDS", "1")]);
    let sam = server.person("sam").await;
    let (event, seats) = gala(&server, 1).await;
    let held = hold(&sam, event, &seats).await;
    let id = order(&sam, &held).await;
    let mut socket = sam.socket().await;
    socket.subscribe(&format!("private-order.{id}")).await;
    let told = if page(&sam, id).await["order"]["state"] == "expired" {
        // It was slow here; then it reads so.
        return;
    } else {
        socket.wait("order.updated").await
    };
    let late = plenum_store::db::now() - held["until"].as_i64().unwrap();
    assert_eq!(data(&told)["status"], "expired");
    assert!((0..1_000).contains(&late), "told {late} ms after its end");
    let refused = try_pay(&sam, id, STALLS, "key-0000-0001").await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.json::<Value>().await.unwrap()["field"].clone()), (409, json!("hold")));
    check(&server).await;
}

/// One key fifty times in parallel has one effect and one reply, over a `kill -9` too; with another body it is refused (I6).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_has_one_effect() {
    let mut server = Server::start_with(&[FREE]);
    let (event, seats) = gala(&server, 3).await;
    let token = {
        let program = Program::of(&server, "sam", &["read", "write", "manage"]).await;
        let sam = server.person("sam").await;
        let held = hold(&sam, event, &seats[..1]).await;
        let (status, made) = program.post("orders", json!({ "hold_id": held["id"] })).await;
        assert_eq!((status, &made["state"], &made["total"]["amount"]), (201, &json!("awaiting_payment"), &json!(STALLS)), "{made}");
        let path = format!("orders/{}/pay", made["id"]);
        let pay = || program.request(Method::POST, &path, Some(json!({ "total": STALLS })), Some("payment-1"));
        let replies = join_all((0..50).map(|_| pay())).await;
        assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
        assert_eq!((replies[0].0, &replies[0].1["state"]), (200, &json!("paid")));
        let (status, other) = program.request(Method::POST, &path, Some(json!({ "total": 1 })), Some("payment-1")).await;
        assert_eq!((status, &other["field"]), (422, &json!("Idempotency-Key")));
        assert_eq!(program.post(&path, json!({})).await.0, 409, "it is paid already");
        assert_eq!(program.get("orders?show=paid").await["data"].as_array().unwrap().len(), 1);
        assert_eq!(program.get(&format!("orders/{}", made["id"])).await["number"], made["number"]);

        let held = hold(&sam, event, &seats[1..2]).await;
        let (_, given_up) = program.post("orders", json!({ "hold_id": held["id"] })).await;
        let (status, cancelled) = program.post(&format!("orders/{}/cancel", given_up["id"]), json!({})).await;
        assert_eq!((status, &cancelled["state"]), (200, &json!("cancelled")));
        assert_eq!(program.post(&format!("orders/{}/pay", given_up["id"]), json!({})).await.0, 409);
        assert_eq!(program.post(&format!("orders/{}/refund", made["id"]), json!({ "reason": "mine" })).await.0, 403);
        program.token
    };
    // The crash comes between the commit and the reply: whoever asks again gets what was done.
    let sam = server.person("sam").await;
    let held = hold(&sam, event, &seats[2..]).await;
    let asking = {
        let (sam, held) = (sam.clone(), held.clone());
        tokio::spawn(async move { try_buy(&sam, &held, STALLS, "payment-2").await.is_ok() })
    };
    let paid = "select count(*) from orders where state = 'paid'";
    eventually_true("it is paid", async || count(&server, paid).await >= 2).await;
    server.kill();
    let _ = asking.await.unwrap();
    server.restart();
    let again = try_buy(&sam, &held, STALLS, "payment-2").await.unwrap();
    assert_eq!(again.status(), 200);
    assert_eq!(count(&server, "select count(*) from transfers where kind = 'payment'").await, 2);
    let otto = Program::of(&server, "otto", &["read", "write", "manage"]).await;
    let refund = json!({ "reason": "Rained off" });
    let path = format!("orders/{}/refund", again.json::<i64>().await.unwrap());
    let (status, refunded) = otto.at_once(&path, &refund, "refund-01").await;
    assert_eq!((status, &refunded["state"]), (200, &json!("refunded")), "{refunded}");
    otto.refuses(&path, json!({ "reason": "Snowed in" }), "refund-01").await;
    assert_eq!(Program::with(&server, token).get("orders?show=ended").await["data"].as_array().unwrap().len(), 2);
    check(&server).await;
}

/// Too little in the wallet: said with what is missing and where to add it; the places stay, and are paid when there is enough.
#[tokio::test]
async fn too_little_money_is_said() {
    let server = Server::start();
    let (event, seats) = gala(&server, 1).await;
    let admin = server.person("admin").await;
    let poor = server.rich_crowd(admin.organisation, 1, 1_000).await.remove(0);
    let held = hold(&poor, event, &seats).await;
    let refused = try_buy(&poor, &held, STALLS, "key-0000-0001").await.unwrap();
    assert_eq!(refused.status(), 409);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["field"], "balance");
    assert!(problem["message"].as_str().unwrap().contains("€15.00 is missing"), "{problem}");
    let html = poor.html(&format!("/orders/new?hold={}", held["id"])).await;
    assert!(html.contains("€15.00 is missing") && html.contains("href=\"/wallet\"") && !html.contains("Pay from wallet"));
    let led = poor.submit("box_office/create_order", &[("hold", &held["id"].to_string()), ("promo", "")], "/orders/new").await;
    let html = poor.html(&led).await;
    assert!(html.contains("Not paid yet") && html.contains("Held for you"), "the order keeps the places");
    check(&server).await;
}

/// All of a cancelled event is given back, each order once, over a `kill -9` in the middle.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_event_gives_all_back() {
    let mut server = Server::start_with(&[FREE]);
    let admin = server.person("admin").await;
    let (event, seats) = gala(&server, 84).await;
    let crowd = server.rich_crowd(admin.organisation, 28, 100_000).await;
    join_all(crowd.iter().zip(seats.chunks(3)).map(|(person, seats)| async move {
        for seat in seats {
            bought(person, event, &[*seat], &format!("key-0000-{seat:04}")).await;
        }
    }))
    .await;
    assert_eq!(count(&server, "select count(*) from orders where state = 'paid'").await, 84);
    server.kill();
    change(&server, "update events set state = 'cancelled' where id = (select min(event_id) from seats)").await;
    // It begins when somebody looks.
    change(
        &server,
        "insert into jobs (kind, payload, unique_key, due_at, created_at)
         select 'box_office.refund_all', json_object('event', min(event_id)), 'box_office.refund_all:' || min(event_id), (unixepoch() + 3600) * 1000, 1
         from seats",
    )
    .await;
    server.restart();
    let database = server.database().await;
    server.advance(3_600_000).await;
    let refunds = async || sqlx::query_scalar::<_, i64>("select count(*) from refunds").fetch_one(&database).await.unwrap();
    eventually_true("some are given back", async || refunds().await >= 8).await;
    server.kill();
    let half = refunds().await;
    database.close().await;
    assert!(half < 84, "it was over before it could be killed");
    // The lease of the run that was killed has passed.
    change(&server, "update jobs set leased_until = 1").await;
    server.restart();
    let jobs = "select count(*) from jobs where kind = 'box_office.refund_all'";
    eventually_true("all are given back", async || count(&server, jobs).await == 0).await;
    assert_eq!(count(&server, "select count(*) from orders where state = 'refunded'").await, 84);
    assert_eq!(count(&server, "select count(*) from transfers where kind = 'refund'").await, 84);
    assert_eq!(
        count(
            &server,
            "select count(*) from accounts a join people p on p.id = a.person_id where p.email like 'rich%' and balance <> 100000"
        )
        .await,
        0
    );
    assert_eq!(count(&server, "select count(*) from tickets where state <> 'void'").await, 0);
    check(&server).await;
}
