//! The seat map and baskets from outside (S3-18 to S3-21, S3-26 to S3-29, S3-32): what is held, by whom, until when, and who is told.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    orders::{STALLS, try_buy},
    server::{Person, Server, cursor},
    socket::{Socket, data},
};

/// Nobody is too fast.
pub const FREE: (&str, &str) = ("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0");
/// So many milliseconds before the end of a hold it is sure to be alive, however slow the machine is.
const MINUTE: i64 = 60_000;

/// The event with seats, and the first `count` of these.
pub async fn gala(server: &Server, count: i64) -> (i64, Vec<i64>) {
    let database = server.database().await;
    let event = sqlx::query_scalar("select min(event_id) from seats").fetch_one(&database).await.unwrap();
    let seats = sqlx::query_scalar("select id from seats where event_id = $1 order by id limit $2")
        .bind(event)
        .bind(count)
        .fetch_all(&database)
        .await
        .unwrap();
    database.close().await;
    (event, seats)
}

/// The event where people stand, and its ticket type with the fewest places.
async fn courtyard(server: &Server) -> (i64, i64, i64) {
    let database = server.database().await;
    let found = sqlx::query_as("select event_id, id, capacity from ticket_types where not seated order by capacity limit 1");
    let found = found.fetch_one(&database).await.unwrap();
    database.close().await;
    found
}

/// Asks for seats as the page does; the status, and what was answered.
pub async fn hold(person: &Person, event: i64, seats: &[i64]) -> (u16, Value) {
    let names: Vec<String> = (0..seats.len()).map(|index| format!("seats[{index}]")).collect();
    let values: Vec<String> = seats.iter().map(ToString::to_string).collect();
    let event = event.to_string();
    let mut form = vec![("event", event.as_str())];
    form.extend(names.iter().map(String::as_str).zip(values.iter().map(String::as_str)));
    let response = person.call("box_office/hold", &form).await;
    (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
}

async fn act(person: &Person, endpoint: &str, event: i64, more: &[(&str, i64)]) -> (u16, Value) {
    let fields: Vec<(&str, String)> =
        [("event", event)].into_iter().chain(more.iter().copied()).map(|(name, value)| (name, value.to_string())).collect();
    let form: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let response = person.call(&format!("box_office/{endpoint}"), &form).await;
    (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
}

async fn map(person: &Person, event: i64) -> Value {
    person.ask("box_office/seats", &[("event", &event.to_string())]).await
}

/// What `seat.changed` says of a seat next.
async fn next_state(socket: &mut Socket, seat: i64) -> Value {
    loop {
        let told = data(&socket.wait("seat.changed").await);
        if let Some(known) = told["seats"].as_array().unwrap().iter().find(|known| known["id"] == seat) {
            return known["state"].clone();
        }
    }
}

/// One holds; a visitor, another person and one's own other tab see it, the others without a name. It is let go, and all see that.
#[tokio::test]
async fn what_is_held_is_seen_by_all_and_its_owner_by_none() {
    let server = Server::start_with(&[FREE]);
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let (event, seats) = gala(&server, 3).await;
    let mut visitor = server.visitor().await;
    visitor.subscribe(&format!("seats.{event}")).await;
    visitor.subscribe(&format!("event.{event}")).await;
    let mut own = sam.socket().await;
    own.subscribe(&format!("private-person.{}", sam.id)).await;
    let snapshot = map(&lena, event).await;

    let (status, held) = hold(&sam, event, &seats[..2]).await;
    assert_eq!((status, &held["seats"]), (200, &json!(seats[..2])));
    let frame = visitor.wait("seat.changed").await;
    assert!(!frame.to_string().contains(&sam.email) && data(&frame)["seats"][0].get("person").is_none(), "{frame}");
    assert_eq!(data(&frame)["seats"][1], json!({ "id": seats[1], "state": { "held": { "until": held["until"] } } }));
    let left = data(&visitor.wait("availability.updated").await);
    assert_eq!(left["ticket_types"][0]["held"], 2, "{left}");
    assert_eq!(data(&own.wait("hold.changed").await)["hold"], held);

    let mut late = lena.socket().await;
    let channel = format!("seats.{event}");
    assert_eq!(late.resume(&channel, &cursor(&snapshot, &channel)).await["recovered"], true);
    assert_eq!(next_state(&mut late, seats[0]).await, json!({ "held": { "until": held["until"] } }));

    let (status, refused) = hold(&lena, event, &[seats[2], seats[1]]).await;
    assert_eq!((status, &refused["field"]), (409, &json!("seats")));
    assert!(refused["message"].as_str().unwrap().contains("row A, seat 2"), "it names the seat: {refused}");
    let id = held["id"].as_i64().unwrap();
    assert_eq!(act(&lena, "release", event, &[("hold", id)]).await.0, 404, "it is not hers");
    assert_eq!(act(&sam, "let_go", event, &[("hold", id), ("seat", seats[0])]).await.1["seats"], json!([seats[1]]));
    assert_eq!(next_state(&mut visitor, seats[0]).await, "free");
    assert_eq!(act(&sam, "release", event, &[("hold", id)]).await.0, 200);
    assert_eq!(next_state(&mut visitor, seats[1]).await, "free");
    assert_eq!(act(&sam, "release", event, &[("hold", id)]).await.0, 200, "twice is harmless");
    assert_eq!(map(&sam, event).await["state"]["hold"], Value::Null);
}

/// I3: a hold that ends frees its seats for whoever comes, and all are told then and not before; it needs no sweep, and a `kill -9` in
/// between changes nothing. The server looks by itself every 30 s, which is longer than a socket waits for a frame here: what is told
/// was told on time.
#[tokio::test]
async fn a_hold_that_ends_frees_its_seats() {
    let mut server = Server::start_with(&[FREE]);
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let (event, seats) = gala(&server, 2).await;
    let (mut visitor, mut own) = (server.visitor().await, sam.socket().await);
    visitor.subscribe(&format!("seats.{event}")).await;
    visitor.subscribe(&format!("event.{event}")).await;
    own.subscribe(&format!("private-person.{}", sam.id)).await;

    let (_, held) = hold(&sam, event, &seats[..1]).await;
    next_state(&mut visitor, seats[0]).await;
    assert_eq!(data(&own.wait("hold.changed").await)["hold"]["id"], held["id"]);
    let until = held["until"].as_i64().unwrap();
    server.advance_to(until - MINUTE).await;
    assert_eq!(hold(&lena, event, &seats[..1]).await.0, 409, "it lasts");
    let early = visitor.settle().await;
    assert!(early.iter().all(|frame| frame["event"] != "seat.changed"), "{early:?}");
    server.advance_to(until).await;
    assert_eq!(next_state(&mut visitor, seats[0]).await, "free");
    while data(&visitor.wait("availability.updated").await)["ticket_types"][0]["held"] != 0 {}
    assert_eq!(data(&own.wait("hold.changed").await)["hold"], Value::Null);

    // Who held it is gone, and the server dies; nothing of both is needed.
    let (_, held) = hold(&sam, event, &seats[..1]).await;
    server.kill();
    server.advance_while_down(held["until"].as_i64().unwrap() - server.now());
    server.restart();
    let (status, taken) = hold(&lena, event, &seats[..1]).await;
    assert_eq!(status, 200, "{taken}");
    let bought = try_buy(&lena, &taken, STALLS, "bought-just-after").await.unwrap();
    assert_eq!(bought.status(), 200, "{}", bought.text().await.unwrap());

    // While it lives it is not to be had.
    let (_, held) = hold(&sam, event, &seats[1..]).await;
    server.kill();
    server.advance_while_down(held["until"].as_i64().unwrap() - MINUTE - server.now());
    server.restart();
    assert_eq!(hold(&lena, event, &seats[1..]).await.0, 409);
    server.assert_even();
}

/// I3, the end of a hold that was made before a restart: the server waits for it again, and everyone who looks is told.
#[tokio::test]
async fn the_end_of_a_hold_is_told_after_a_restart() {
    let mut server = Server::start_with(&[FREE]);
    let sam = server.person("sam").await;
    let (event, seats) = gala(&server, 1).await;
    let (_, held) = hold(&sam, event, &seats).await;
    server.kill();
    server.restart();
    let mut visitor = server.visitor().await;
    visitor.subscribe(&format!("seats.{event}")).await;
    visitor.subscribe(&format!("event.{event}")).await;
    let until = held["until"].as_i64().unwrap();
    server.advance_to(until - MINUTE).await;
    let early = visitor.settle().await;
    assert!(early.iter().all(|frame| frame["event"] != "seat.changed"), "{early:?}");
    server.advance_to(until).await;
    assert_eq!(next_state(&mut visitor, seats[0]).await, "free");
    while data(&visitor.wait("availability.updated").await)["ticket_types"][0]["held"] != 0 {}
}

/// More time, as often as it can be had; and what has ended cannot be had back so.
#[tokio::test]
async fn a_hold_is_extended_up_to_a_cap() {
    let server = Server::start_with(&[FREE, ("PLENUM_BOX_OFFICE__HOLD_EXTENSIONS", "2")]);
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let (event, seats) = gala(&server, 1).await;
    let (_, held) = hold(&sam, event, &seats).await;
    let id = held["id"].as_i64().unwrap();
    let mut until = held["until"].as_i64().unwrap();
    for left in [1, 0] {
        let (status, longer) = act(&sam, "extend", event, &[("hold", id)]).await;
        assert_eq!((status, &longer["extensions_left"]), (200, &json!(left)));
        assert_eq!(longer["until"], until + 900_000, "by as much again");
        until += 900_000;
    }
    assert_eq!(act(&sam, "extend", event, &[("hold", id)]).await.0, 409);
    assert_eq!(act(&lena, "extend", event, &[("hold", id)]).await.0, 404);
    let seen = map(&lena, event).await;
    assert_eq!(seen["state"]["taken"]["held"], json!([[seats[0], until]]), "others see it, too");
    assert_eq!(act(&sam, "release", event, &[("hold", id)]).await.0, 200);
    assert_eq!(act(&sam, "extend", event, &[("hold", id)]).await.0, 409, "it has ended");
}

/// The best together: beside each other, none for more than one can have; and places without seats by number.
#[tokio::test]
async fn the_best_together_and_places_without_seats() {
    let server = Server::start_with(&[FREE]);
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let (event, _) = gala(&server, 1).await;
    let (status, held) = act(&sam, "best", event, &[("count", 3)]).await;
    assert_eq!(status, 200, "{held}");
    let first: Vec<i64> = serde_json::from_value(held["seats"].clone()).unwrap();
    assert!(first.windows(2).all(|pair| pair[1] == pair[0] + 1) && first.len() == 3, "{first:?}");
    let (_, other) = act(&lena, "best", event, &[("count", 2)]).await;
    assert!(other["seats"].as_array().unwrap().iter().all(|seat| !first.contains(&seat.as_i64().unwrap())));
    assert_eq!(act(&sam, "best", event, &[("count", 7)]).await.0, 422);
    assert_eq!(act(&sam, "best", event, &[("count", 4)]).await.0, 422, "with those that are held already it is too many");

    let (event, kind, capacity) = courtyard(&server).await;
    let stand = async |quantity: i64| act(&sam, "stand", event, &[("ticket_type", kind), ("quantity", quantity)]).await;
    assert_eq!(stand(2).await.1["standing"], json!([{ "ticket_type_id": kind, "quantity": 2 }]));
    assert_eq!(stand(5).await.1["standing"][0]["quantity"], 5, "a number replaces the one before");
    assert_eq!(stand(7).await.0, 422);
    assert_eq!(stand(capacity + 1).await.1["field"], "standing");
    assert_eq!(stand(0).await, (200, Value::Null));
    assert_eq!(map(&sam, event).await["state"]["hold"], Value::Null, "with the last place the basket is gone");
}

/// S3-18: how many look, at most once a second; a person counts once, however many tabs they have.
#[tokio::test]
async fn how_many_look_is_told() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let (event, _) = gala(&server, 1).await;
    let channel = format!("seats.{event}");
    let mut visitor = server.visitor().await;
    visitor.subscribe(&channel).await;
    let told = data(&visitor.wait("watchers.changed").await);
    assert_eq!(told["watching"], 1, "{told}");
    assert!((plenum_store::db::now() - told["at"].as_i64().unwrap()).abs() < 5_000, "with the server's clock");
    let (mut one, mut two) = (sam.socket().await, sam.socket().await);
    one.subscribe(&channel).await;
    two.subscribe(&channel).await;
    while data(&visitor.wait("watchers.changed").await)["watching"] != 2 {}
    assert_eq!(map(&sam, event).await["state"]["watching"], 2);
    assert!(server.get(&format!("/events/{event}/seats")).await.text().await.unwrap().contains("2 looking"), "at first paint");
    one.vanish();
    two.vanish();
    while data(&visitor.wait("watchers.changed").await)["watching"] != 1 {}
}

/// I24: what of a draft is nobody's but its organisers': not its channels, its map, its page, its seats.
#[tokio::test]
async fn a_draft_is_nobodys() {
    let server = Server::start();
    let (otto, sam) = (server.person("otto").await, server.person("sam").await);
    let (event, seats) = gala(&server, 1).await;
    let database = server.database().await;
    sqlx::query("update events set state = 'draft' where id = $1").bind(event).execute(&database).await.unwrap();
    database.close().await;
    for channel in [format!("seats.{event}"), format!("event.{event}"), "seats.999".to_owned()] {
        for mut socket in [server.visitor().await, sam.socket().await] {
            assert_eq!(socket.try_subscribe(&channel, None).await["event"], "pusher:subscription_error", "{channel}");
        }
    }
    assert_eq!(sam.get("box_office/seats", &[("event", &event.to_string())]).await.status(), 404);
    assert_eq!(sam.page(&format!("/events/{event}/seats")).await.status(), 404);
    assert_eq!(server.get(&format!("/events/{event}/seats")).await.status(), 404);
    assert_eq!(hold(&sam, event, &seats).await.0, 404);
    let program = Program::of(&server, "sam", &["read", "write"]).await;
    assert_eq!(program.request(Method::GET, &format!("events/{event}/seats"), None, None).await.0, 404);
    assert_eq!(map(&otto, event).await["state"]["event"]["state"], "draft");
    otto.socket().await.subscribe(&format!("seats.{event}")).await;
}

/// Programs hold, look, extend and let go; one key has one effect; what is taken is 409 and says what.
#[tokio::test]
async fn programs_hold_places() {
    let server = Server::start_with(&[FREE]);
    let (program, other) = (Program::of(&server, "sam", &["read", "write"]).await, Program::of(&server, "lena", &["read", "write"]).await);
    let (event, seats) = gala(&server, 3).await;
    let listed = program.get(&format!("events/{event}/seats")).await;
    assert_eq!(listed["seats"].as_array().unwrap().len(), 270);
    assert_eq!((&listed["seats"][0]["row"], &listed["seats"][0]["state"]), (&json!("A"), &json!("free")));
    let wanted = json!({ "event_id": event, "seats": seats[..2] });
    let (status, held) = program.request(Method::POST, "holds", Some(wanted.clone()), Some("hold-key-1")).await;
    assert_eq!((status, &held["seats"]), (201, &json!(seats[..2])), "{held}");
    let again = program.request(Method::POST, "holds", Some(wanted), Some("hold-key-1")).await;
    assert_eq!(again, (201, held.clone()));
    let another = json!({ "event_id": event, "seats": seats });
    assert_eq!(program.request(Method::POST, "holds", Some(another.clone()), Some("hold-key-1")).await.0, 422);
    let (status, refused) = other.post("holds", another).await;
    assert_eq!((status, &refused["field"], &refused["title"]), (409, &json!("seats"), &json!("Conflict")));
    let id = held["id"].as_i64().unwrap();
    assert_eq!(program.get(&format!("holds/{id}")).await, held);
    assert_eq!(other.request(Method::GET, &format!("holds/{id}"), None, None).await.0, 404);
    let (status, longer) = program.post(&format!("holds/{id}/extend"), json!({})).await;
    assert_eq!((status, longer["until"].as_i64().unwrap() - held["until"].as_i64().unwrap()), (200, 900_000));
    assert_eq!(other.request(Method::DELETE, &format!("holds/{id}"), None, None).await.0, 404);
    assert_eq!(program.request(Method::DELETE, &format!("holds/{id}"), None, None).await.0, 204);
    assert_eq!(program.request(Method::GET, &format!("holds/{id}"), None, None).await.0, 404);
    let (event, kind, _) = courtyard(&server).await;
    let standing = json!({ "event_id": event, "standing": [{ "ticket_type_id": kind, "quantity": 2 }] });
    assert_eq!(program.post("holds", standing).await.1["standing"][0]["quantity"], 2);
    for nothing in [json!({ "event_id": event }), json!({ "event_id": event, "seats": [seats[0]] })] {
        assert!([404, 422].contains(&program.post("holds", nothing).await.0));
    }
}

/// Pages without scripts: the picture and the list are there, a row opens by its address, and each button is a form that leads back.
#[tokio::test]
async fn the_map_works_without_scripts() {
    let server = Server::start_with(&[FREE]);
    let sam = server.person("sam").await;
    let (event, seats) = gala(&server, 1).await;
    let path = format!("/events/{event}/seats");
    let page = server.get(&path).await.text().await.unwrap();
    assert!(page.contains("plan-picture") && page.contains("Sign in to hold places"), "a visitor sees the plan");
    assert!(page.len() < 120_000, "{} bytes", page.len());
    let list = sam.html(&format!("{path}?view=list&row=1.A")).await;
    assert!(list.contains("Row A, seat 1, stalls, €25.00, restricted view, available"), "{list}");
    let led = sam.submit("box_office/hold", &[("event", &event.to_string()), ("seats[]", &seats[0].to_string())], &path).await;
    assert_eq!(led, path);
    let page = sam.html(&path).await;
    assert!(page.contains("Held for you") && page.contains("Row A, seat 1"), "it is in the basket");
    let lena = server.person("lena").await;
    let led = lena.submit("box_office/hold", &[("event", &event.to_string()), ("seats[]", &seats[0].to_string())], &path).await;
    assert!(lena.html(&led).await.contains("Somebody else is holding row A, seat 1."), "{led}");
}

/// A hall of 3,000 seats is far below what a page may weigh.
#[tokio::test]
async fn a_large_hall_is_a_small_page() {
    let server = Server::start();
    let (event, _) = gala(&server, 1).await;
    let database = server.database().await;
    sqlx::query(
        "with recursive n (i) as (select 0 union all select i + 1 from n where i < 2729)
         insert into seats (event_id, section_id, ticket_type_id, row, number, x, y)
         select $1, (select max(id) from sections), (select max(ticket_type_id) from seats where event_id = $1), 'R' || (i / 60), i % 60 + 1, (i % 60) * 10, 200 + (i / 60) * 13 from n",
    )
    .bind(event)
    .execute(&database)
    .await
    .unwrap();
    database.close().await;
    for query in ["", "?view=list"] {
        let page = server.get(&format!("/events/{event}/seats{query}")).await.text().await.unwrap();
        assert!(page.len() < 200_000, "{query}: {} bytes", page.len());
    }
}

/// S3-32: sold out, one waits; what becomes free is held for the first in the list, who is told; the offer ends and goes on to the
/// next; nobody who comes by gets it in between.
#[tokio::test]
async fn who_waits_is_served_in_order() {
    let server = Server::start_with(&[FREE]);
    let names = ["sam", "lena", "noor", "tom"];
    let mut people = Vec::new();
    for name in names {
        people.push(server.person(name).await);
    }
    let [sam, lena, noor, tom] = <[Person; 4]>::try_from(people).ok().unwrap();
    let (event, kind, _) = courtyard(&server).await;
    let database = server.database().await;
    sqlx::query("update ticket_types set capacity = 1 where id = $1").bind(kind).execute(&database).await.unwrap();
    let stand = async |person: &Person, quantity| act(person, "stand", event, &[("ticket_type", kind), ("quantity", quantity)]).await;
    let wait = async |person: &Person| act(person, "wait", event, &[("ticket_type", kind)]).await;
    assert_eq!(wait(&lena).await.0, 409, "there is a place");
    assert_eq!(stand(&sam, 1).await.0, 200);
    assert_eq!(wait(&lena).await.1["place"], 1);
    assert_eq!(wait(&noor).await.1["place"], 2);
    assert_eq!(wait(&lena).await.1["place"], 1, "she stays where she is");
    let mut own = lena.socket().await;
    own.subscribe(&format!("private-person.{}", lena.id)).await;
    let mut next = noor.socket().await;
    next.subscribe(&format!("private-person.{}", noor.id)).await;

    assert_eq!(stand(&sam, 0).await.0, 200);
    assert_eq!(stand(&tom, 1).await.0, 409, "it is Lena's");
    let told = data(&own.wait("waiting.changed").await);
    assert_eq!((&told["state"], &told["place"]), (&json!("offered"), &json!(0)));
    let offered = map(&lena, event).await;
    assert_eq!(offered["state"]["hold"]["standing"][0]["quantity"], 1);
    let notes = lena.ask("inbox/begin", &[]).await.to_string();
    assert!(notes.contains("There is a place for you") && notes.contains(&format!("/events/{event}/seats")), "{notes}");
    assert_eq!(map(&noor, event).await["state"]["waiting"][0]["place"], 1, "she is next");

    // Lena lets it pass; then it is Noor's, and Tom still gets nothing.
    server.advance_to(offered["state"]["hold"]["until"].as_i64().unwrap()).await;
    let told = data(&next.wait("waiting.changed").await);
    assert_eq!(told["state"], "offered");
    assert_eq!(data(&own.wait("waiting.changed").await)["state"], "lapsed");
    assert_eq!(stand(&tom, 1).await.0, 409);
    let states: Vec<String> = sqlx::query_scalar("select state from waiting order by id").fetch_all(&database).await.unwrap();
    assert_eq!(states, ["lapsed", "offered"]);
    // What is bought is taken, whoever sells it.
    sqlx::query("update holds set state = 'bought' where person_id = $1 and state = 'active'")
        .bind(noor.id)
        .execute(&database)
        .await
        .unwrap();
    let states: Vec<String> = sqlx::query_scalar("select state from waiting order by id").fetch_all(&database).await.unwrap();
    assert_eq!(states, ["lapsed", "taken"]);
    database.close().await;
}

/// Whoever leaves the list is not served, and the one behind moves up; nobody waits twice.
#[tokio::test]
async fn who_leaves_the_list_is_not_served() {
    let server = Server::start_with(&[FREE]);
    let (sam, lena, noor) = (server.person("sam").await, server.person("lena").await, server.person("noor").await);
    let (event, seats) = gala(&server, 270).await;
    let database = server.database().await;
    // All but one are sold; Sam holds that one.
    sqlx::query("update ticket_types set capacity = 1 where id = (select ticket_type_id from seats where id = $1)")
        .bind(seats[0])
        .execute(&database)
        .await
        .unwrap();
    let kind: i64 = sqlx::query_scalar("select ticket_type_id from seats where id = $1").bind(seats[0]).fetch_one(&database).await.unwrap();
    sqlx::query(
        "update seats set ticket_type_id = (select max(ticket_type_id) from seats where event_id = $1) where event_id = $1 and id <> $2",
    )
    .bind(event)
    .bind(seats[0])
    .execute(&database)
    .await
    .unwrap();
    let (_, held) = hold(&sam, event, &seats[..1]).await;
    for person in [&lena, &noor] {
        assert_eq!(act(person, "wait", event, &[("ticket_type", kind)]).await.0, 200);
    }
    assert_eq!(act(&lena, "stop_waiting", event, &[("ticket_type", kind)]).await.0, 200);
    assert_eq!(noor.ask("box_office/waiting", &[("event", &event.to_string())]).await[0]["place"], 1);
    act(&sam, "release", event, &[("hold", held["id"].as_i64().unwrap())]).await;
    assert_eq!(map(&lena, event).await["state"]["hold"], Value::Null);
    assert_eq!(map(&noor, event).await["state"]["hold"]["seats"], json!([seats[0]]));
    database.close().await;
}
