//! What programs ask of the box office has one effect and one reply for its `Idempotency-Key` (I6): however often it comes at once, and
//! whatever becomes of the connection or of the server before the reply is read. `idempotency.rs` has messages, `orders.rs` a payment
//! fifty times at once, `wallet.rs` deposits and withdrawals.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use super::{
    api::Program,
    orders::{FREE, STALLS, check, count},
    server::{Person, Server},
    socket::data,
    tickets::{Gala, gala},
};

const BOTH: [&str; 2] = ["read", "write"];

/// I6, "one key 50 times in parallel; the same key with another body": one hold and one extension of it, one reply each, 422 for any other
/// body or path; and once the places were let go the reply is still that one, and nothing is held again.
#[tokio::test]
async fn a_key_holds_places_once() {
    // All fifty could extend it, if each counted for itself.
    let server = Server::start_with(&[FREE, ("PLENUM_BOX_OFFICE__HOLD_EXTENSIONS", "50")]);
    let program = Program::of(&server, "sam", &BOTH).await;
    let Gala { event, seats, .. } = gala(&server).await;
    let wanted = json!({ "event_id": event, "seats": seats[..2] });
    let (status, held) = program.at_once("holds", &wanted, "hold-0001").await;
    assert_eq!((status, &held["seats"]), (201, &json!(seats[..2])), "{held}");
    program.refuses("holds", json!({ "event_id": event, "seats": seats[..3] }), "hold-0001").await;
    assert_eq!(count(&server, "select count(*) from holds").await, 1);
    assert_eq!(count(&server, "select count(*) from held_seats").await, 2);

    let extend = format!("holds/{}/extend", held["id"]);
    let (status, longer) = program.at_once(&extend, &json!({}), "extend-0001").await;
    assert_eq!((status, &longer["extensions_left"]), (200, &json!(49)), "{longer}");
    assert_eq!(longer["until"].as_i64().unwrap() - held["until"].as_i64().unwrap(), 900_000, "by as much again, once");
    program.refuses(&extend, json!({ "other": 1 }), "extend-0001").await;
    program.refuses(&extend, json!({}), "hold-0001").await;
    assert_eq!(count(&server, "select sum(extensions) from holds").await, 1);

    assert_eq!(program.request(Method::DELETE, &format!("holds/{}", held["id"]), None, None).await.0, 204);
    assert_eq!(program.at_once("holds", &wanted, "hold-0001").await, (201, held));
    assert_eq!(program.at_once(&extend, &json!({}), "extend-0001").await, (200, longer));
    assert_eq!(count(&server, "select count(*) from holds").await, 1);
    assert_eq!(count(&server, "select count(*) from held_seats").await, 0, "what was let go stays free");
}

/// I6, "one key 50 times in parallel; the same key with another body": one order of the hold, given up once, one reply each, 422 for
/// another body; and once the order was given up the reply that made it is still that one, and no other order is made.
#[tokio::test]
async fn a_key_makes_an_order_once() {
    let server = Server::start_with(&[FREE]);
    let program = Program::of(&server, "sam", &BOTH).await;
    let Gala { event, seats, .. } = gala(&server).await;
    let (_, held) = program.post("holds", json!({ "event_id": event, "seats": seats[..2] })).await;
    let wanted = json!({ "hold_id": held["id"] });
    let (status, made) = program.at_once("orders", &wanted, "order-0001").await;
    assert_eq!((status, &made["state"], &made["total"]["amount"]), (201, &json!("awaiting_payment"), &json!(2 * STALLS)), "{made}");
    program.refuses("orders", json!({ "hold_id": held["id"], "promo": "" }), "order-0001").await;
    assert_eq!(count(&server, "select count(*) from orders").await, 1);
    assert_eq!(count(&server, "select count(*) from order_lines").await, 2);

    let cancel = format!("orders/{}/cancel", made["id"]);
    let (status, cancelled) = program.at_once(&cancel, &json!({}), "cancel-0001").await;
    assert_eq!((status, &cancelled["state"]), (200, &json!("cancelled")), "{cancelled}");
    program.refuses(&cancel, json!({ "other": 1 }), "cancel-0001").await;
    assert_eq!(program.post(&cancel, json!({})).await.0, 409, "without its key it is asked anew");
    assert_eq!(program.post("orders", wanted.clone()).await.0, 409);
    assert_eq!(program.at_once("orders", &wanted, "order-0001").await, (201, made));
    assert_eq!(count(&server, "select count(*) from orders").await, 1);
    assert_eq!(count(&server, "select count(*) from orders where state = 'cancelled'").await, 1);
    check(&server).await;
}

/// I6, "one key 50 times in parallel; the same key with another body": a code that is read fifty times under one key lets one guest in, and
/// each answer is "admitted" and never "used"; another code under the key is 422; what was refused has not used its key up.
#[tokio::test]
async fn a_key_lets_in_once() {
    let server = Server::start_with(&[FREE]);
    let Gala { event, seats, .. } = gala(&server).await;
    let lena = server.person("lena").await;
    server.sell(&lena, event, &seats[..2]).await;
    let own = Program::of(&server, "lena", &["read"]).await.get("tickets").await;
    let scanned = |ticket: usize| json!({ "event_id": event, "code": own["data"][ticket]["code"] });
    let door = Program::of(&server, "otto", &BOTH).await;
    let (status, admitted) = door.at_once("check-ins", &scanned(0), "scan-0001").await;
    assert_eq!((status, &admitted["outcome"], &admitted["counts"]["admitted"]), (200, &json!("admitted"), &json!(1)), "{admitted}");
    door.refuses("check-ins", scanned(1), "scan-0001").await;
    for statement in [
        "select count(*) from check_ins",
        "select count(*) from tickets where state = 'used'",
        "select count(*) from activity where verb = 'ticket.checked_in'",
    ] {
        assert_eq!(count(&server, statement).await, 1, "{statement}");
    }

    let (status, used) = door.request(Method::POST, "check-ins", Some(scanned(0)), Some("scan-0002")).await;
    assert_eq!((status, &used["field"]), (409, &json!("code")), "another key is another guest: {used}");
    let (status, second) = door.request(Method::POST, "check-ins", Some(scanned(1)), Some("scan-0002")).await;
    assert_eq!((status, &second["counts"]["admitted"]), (200, &json!(2)), "{second}");
    assert_eq!(door.at_once("check-ins", &scanned(0), "scan-0001").await, (200, admitted), "with the counts of then");
    assert_eq!(count(&server, "select count(*) from check_ins").await, 2);
}

/// How a reply is lost.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lost {
    /// Its client hangs up.
    HungUp,
    /// The server is killed.
    Killed,
}

/// A command under a key.
struct Asked {
    token: String,
    path: String,
    body: Value,
    key: &'static str,
}

impl Asked {
    fn new(token: &str, path: &str, body: Value, key: &'static str) -> Self {
        Self { token: token.to_owned(), path: path.to_owned(), body, key }
    }

    /// Sends all of it on a connection of its own, on which nothing is read.
    async fn send(&self, server: &Server) -> TcpStream {
        let Self { token, path, key, .. } = self;
        let (host, body) = (server.address(), self.body.to_string());
        let length = body.len();
        let request = format!(
            "POST /api/v1/{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    /// Asks, and loses the reply: it is not read before the commit is told to `watcher`, as `event` on `channel`, and not after it.
    /// Returns what was told.
    async fn lose(&self, server: &mut Server, how: Lost, watcher: &Person, channel: &str, event: &str) -> Value {
        let mut socket = watcher.socket().await;
        socket.subscribe(channel).await;
        if how == Lost::HungUp {
            // Some do not even wait for the commit; whether these are heard at all is not theirs to know.
            for _ in 0..4 {
                drop(self.send(server).await);
            }
        }
        let unread = self.send(server).await;
        let told = data(&socket.wait(event).await);
        if how == Lost::Killed {
            server.kill();
        }
        drop(unread);
        if how == Lost::Killed {
            server.restart();
        }
        told
    }

    /// Asks again, on a new connection that is listened to.
    async fn again(&self, server: &Server) -> (u16, Value) {
        let program = Program::with(server, self.token.clone());
        program.request(Method::POST, &self.path, Some(self.body.clone()), Some(self.key)).await
    }

    /// Asks for something else under its key, and is refused.
    async fn refused(&self, server: &Server) {
        let mut other = self.body.clone();
        other["other"] = json!(1);
        Program::with(server, self.token.clone()).refuses(&self.path, other, self.key).await;
    }
}

/// Somebody holds places, takes more time, orders, pays and comes in, and not one reply reaches them; only then is each asked again. What
/// it says must be what was told at its commit, although everything has moved on, and be the same after a `kill -9`.
async fn no_reply_comes(how: Lost) {
    let mut server = Server::start_with(&[FREE]);
    let (sam, otto) = (server.person("sam").await, server.person("otto").await);
    let buyer = Program::of(&server, "sam", &BOTH).await.token;
    let door = Program::of(&server, "otto", &BOTH).await.token;
    let Gala { event, seats, .. } = gala(&server).await;
    let own = format!("private-person.{}", sam.id);

    let holding = Asked::new(&buyer, "holds", json!({ "event_id": event, "seats": seats[..2] }), "hold-0001");
    let held = holding.lose(&mut server, how, &sam, &own, "hold.changed").await["hold"].clone();
    let extending = Asked::new(&buyer, &format!("holds/{}/extend", held["id"]), json!({}), "extend-0001");
    let longer = extending.lose(&mut server, how, &sam, &own, "hold.changed").await["hold"].clone();
    let ordering = Asked::new(&buyer, "orders", json!({ "hold_id": held["id"] }), "order-0001");
    let ordered = ordering.lose(&mut server, how, &sam, &own, "order.updated").await;
    let order = ordered["order_id"].clone();
    let paying = Asked::new(&buyer, &format!("orders/{order}/pay"), json!({ "total": 2 * STALLS }), "payment-0001");
    let paid = paying.lose(&mut server, how, &sam, &format!("private-order.{order}"), "order.updated").await["order"].clone();
    let tickets = Program::with(&server, buyer.clone()).get("tickets").await;
    let scanning = Asked::new(&door, "check-ins", json!({ "event_id": event, "code": tickets["data"][0]["code"] }), "scan-0001");
    let entered = scanning.lose(&mut server, how, &otto, &format!("private-event.{event}.door"), "check_ins.changed").await;

    let all = [holding, extending, ordering, paying, scanning];
    let mut replies = Vec::new();
    for asked in &all {
        replies.push(asked.again(&server).await);
    }
    let statuses: Vec<u16> = replies.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [201_u16, 200, 201, 200, 200], "{replies:?}");
    let [hold, extension, made, payment, admission] = [0, 1, 2, 3, 4].map(|index: usize| &replies[index].1);
    assert_eq!((hold, extension, payment), (&held, &longer, &paid));
    assert_ne!(held["until"], longer["until"], "the hold is told as it was before it was extended");
    assert_eq!((&made["id"], &made["number"], &made["state"]), (&order, &ordered["order_number"], &json!("awaiting_payment")));
    assert_eq!(payment["state"], "paid");
    assert_eq!((&admission["outcome"], &admission["counts"]), (&json!("admitted"), &entered["counts"]), "and not used");
    assert_eq!(admission["check_in_id"], entered["recent"][0]["id"]);

    server.kill();
    server.restart();
    for (asked, reply) in all.iter().zip(&replies) {
        assert_eq!(asked.again(&server).await, *reply, "{} after a crash", asked.path);
        asked.refused(&server).await;
    }
    for (what, statement) in [
        ("hold", "select count(*) from holds"),
        ("extension", "select sum(extensions) from holds"),
        ("order", "select count(*) from orders"),
        ("payment", "select count(*) from transfers where kind = 'payment'"),
        ("admission", "select count(*) from check_ins"),
    ] {
        assert_eq!(count(&server, statement).await, 1, "one {what}");
    }
    assert_eq!(count(&server, "select count(*) from tickets").await, 2);
    check(&server).await;
}

/// I6, "one effect, one reply": a client that hangs up before it reads a reply, at each step from the hold to the door, gets that reply
/// when it asks again under the same key on another connection, and after a crash; nothing has happened twice.
#[tokio::test]
async fn who_hangs_up_gets_the_reply_later() {
    no_reply_comes(Lost::HungUp).await;
}

/// I6, "crash between commit and reply": the server is killed when a commit is known and its reply unread, at each step from the hold to
/// the door; whoever asks again under the same key gets the reply of then, and nothing has happened twice.
#[tokio::test]
async fn a_crash_before_the_reply_changes_nothing() {
    no_reply_comes(Lost::Killed).await;
}
