//! Tickets from outside: a ticket admits once at however many doors, over `kill -9`; who sees and does what; what leaves as a table.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    orders::change,
    server::{Person, Server},
    socket::data,
    waiting::eventually_true,
};

/// The gala, its space, and its seats by id.
pub(super) struct Gala {
    pub(super) event: i64,
    pub(super) space: i64,
    pub(super) seats: Vec<i64>,
}

pub(super) async fn gala(server: &Server) -> Gala {
    let database = server.database().await;
    let (event, space): (i64, i64) =
        sqlx::query_as("select id, space_id from events where id = (select min(event_id) from seats)").fetch_one(&database).await.unwrap();
    let seats = sqlx::query_scalar("select id from seats where event_id = $1 order by id").bind(event).fetch_all(&database).await.unwrap();
    database.close().await;
    Gala { event, space, seats }
}

async fn execute(server: &Server, statement: &'static str, id: i64) {
    let database = server.database().await;
    sqlx::query(statement).bind(id).execute(&database).await.unwrap();
    database.close().await;
}

async fn count(server: &Server, statement: &'static str) -> i64 {
    let database = server.database().await;
    let count = sqlx::query_scalar(statement).fetch_one(&database).await.unwrap();
    database.close().await;
    count
}

/// The code on a ticket of one's own.
async fn code(owner: &Person, ticket: i64) -> String {
    let read = owner.ask("tickets/one", &[("id", &ticket.to_string())]).await;
    read["state"]["tickets"][0]["code"].as_str().unwrap().to_owned()
}

/// Reads a code at a door; the status, and what was answered.
async fn read_at(door: &Person, event: i64, code: &str, key: &str) -> Option<Value> {
    let form = [("event", event.to_string()), ("code", code.to_owned()), ("key", key.to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let response = door.try_call("check_in/code", &form).await.ok()?;
    (response.status() == 200).then_some(response.json().await.ok()?)
}

async fn second_door(server: &Server, name: &str, space: i64) -> Person {
    let person = server.person(name).await;
    let database = server.database().await;
    sqlx::query("insert into space_members (space_id, person_id, staff, joined_at) values ($1, $2, true, 0)")
        .bind(space)
        .bind(person.id)
        .execute(&database)
        .await
        .unwrap();
    database.close().await;
    person
}

/// A hundred scans of one ticket at two doors, at once: it admits once, and both doors have the same count.
#[tokio::test]
async fn a_ticket_admits_once_at_two_doors() {
    let server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let Gala { event, space, seats } = gala(&server).await;
    let (otto, lena) = (server.person("otto").await, server.person("lena").await);
    let mara = second_door(&server, "mara", space).await;
    let (_, tickets) = server.sell(&lena, event, &seats[..2]).await;
    let code = code(&lena, tickets[0]).await;
    let mut told = mara.socket().await;
    told.subscribe(&format!("private-event.{event}.door")).await;
    let mut owner = lena.socket().await;
    owner.subscribe(&format!("private-person.{}", lena.id)).await;
    let scans = (0..100).map(|number| {
        let (door, code) = (if number % 2 == 0 { &otto } else { &mara }, &code);
        async move { read_at(door, event, code, &format!("scan-{number:06}")).await.unwrap()["outcome"].clone() }
    });
    let outcomes = futures::future::join_all(scans).await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == "admitted").count(), 1);
    assert!(outcomes.iter().all(|outcome| *outcome == "admitted" || *outcome == "used"), "{outcomes:?}");
    let now = data(&told.wait("check_ins.changed").await);
    assert_eq!(now["counts"], json!({ "admitted": 1, "expected": 2 }));
    assert_eq!(now["recent"][0]["guest"]["ticket_id"], tickets[0]);
    let changed = data(&owner.wait("tickets.changed").await);
    let used = changed["tickets"].as_array().unwrap().iter().filter(|ticket| ticket["state"] == "used");
    assert_eq!(used.map(|ticket| &ticket["id"]).collect::<Vec<_>>(), [&json!(tickets[0])]);
    assert_eq!(count(&server, "select count(*) from check_ins").await, 1);
    assert_eq!(count(&server, "select count(*) from activity where verb = 'ticket.checked_in'").await, 1, "I32");
    let frames = told.settle().await;
    assert!(frames.iter().all(|frame| frame["event"] != "check_ins.changed"), "once: {frames:?}");
}

/// Killed in the middle of a queue at the door: whoever was let in stays in, the same question gets the same answer, nobody comes in twice.
#[tokio::test]
async fn nobody_is_let_in_twice_over_a_kill() {
    let mut server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let Gala { event, seats, .. } = gala(&server).await;
    let (otto, lena) = (server.person("otto").await, server.person("lena").await);
    change(&server, "update events set places_each = 50").await;
    let (_, tickets) = server.sell(&lena, event, &seats[..40]).await;
    let mut codes = Vec::new();
    for ticket in &tickets {
        codes.push(code(&lena, *ticket).await);
    }
    let doing = codes.iter().enumerate().map(|(number, code)| {
        let otto = otto.clone();
        let code = code.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(5 * number as u64)).await;
            read_at(&otto, event, &code, &format!("queue-{number:05}")).await
        })
    });
    let doing: Vec<_> = doing.collect();
    eventually_true("some are let in", async || count(&server, "select count(*) from check_ins").await >= 5).await;
    server.kill();
    let mut before = Vec::new();
    for answer in doing {
        before.push(answer.await.unwrap());
    }
    server.restart();
    for (number, (code, before)) in codes.iter().zip(before).enumerate() {
        let after = read_at(&otto, event, code, &format!("queue-{number:05}")).await.unwrap();
        assert_eq!(after["outcome"], "admitted", "{number}: the phone of the door goes on where it was");
        if let Some(before) = before {
            assert_eq!(after, before, "{number}: the same answer");
        }
        assert_eq!(read_at(&otto, event, code, &format!("again-{number:05}")).await.unwrap()["outcome"], "used");
    }
    assert_eq!(count(&server, "select count(*) from check_ins").await, 40);
    assert_eq!(count(&server, "select count(*) from tickets where state = 'used'").await, 40);
    assert_eq!(count(&server, "select count(*) from activity where verb = 'ticket.checked_in'").await, 40);
}

/// I24: doors, desks, tables and others' tickets are for those who run the event; numbers next to one's own lead nowhere.
#[tokio::test]
async fn doors_and_desks_are_for_those_who_run_the_event() {
    let server = Server::start();
    let Gala { event, space, seats } = gala(&server).await;
    let (otto, lena, sam, admin) =
        (server.person("otto").await, server.person("lena").await, server.person("sam").await, server.person("admin").await);
    let (order, tickets) = server.sell(&lena, event, &seats[..1]).await;
    let good = code(&lena, tickets[0]).await;
    // Staff of another event, and an admin of another organisation.
    let other = count(&server, "select space_id from events where id = (select max(id) from events)").await;
    let tom = second_door(&server, "tom", other).await;
    let database = server.database().await;
    for statement in [
        "insert into organisations (id, name, host, created_at) values (900, 'Elsewhere', 'elsewhere.example', 0)",
        "insert into people (id, organisation_id, email, name, password_hash, hue, created_at) values (901, 900, 'eve@plenum.example', 'Eve', '', 0, 0)",
        "insert into roles (person_id, role) values (901, 'member'), (901, 'admin')",
    ] {
        sqlx::query(statement).execute(&database).await.unwrap();
    }
    database.close().await;
    let eve = server.person("eve").await;
    let id = event.to_string();
    let pages = [
        format!("/events/{event}/check-in"),
        format!("/events/{event}/desk"),
        format!("/events/{event}/orders.csv"),
        format!("/events/{event}/attendees.csv"),
    ];
    for (who, status) in [(&sam, 403), (&lena, 403), (&tom, 403), (&eve, 404)] {
        for page in &pages {
            assert_eq!(who.page(page).await.status(), status, "{page} of {}", who.email);
        }
        for question in ["check_in/door", "check_in/find", "desk/read", "desk/over_time", "desk/orders"] {
            assert_eq!(who.get(question, &[("event", &id), ("text", "a")]).await.status(), status, "{question} of {}", who.email);
        }
        let scan = [("event", id.as_str()), ("code", good.as_str())];
        assert_eq!(who.call("check_in/code", &scan).await.status(), status, "{}", who.email);
        let ticket = tickets[0].to_string();
        assert_eq!(who.call("check_in/admit", &[("event", &id), ("ticket", &ticket)]).await.status(), status);
        let word = [("event", id.as_str()), ("key", "key-of-write"), ("title", "Psst")];
        assert_eq!(who.call("desk/write", &word).await.status(), status);
        for channel in [format!("private-space.{space}.staff"), format!("private-event.{event}.door")] {
            let refused = who.socket().await.try_subscribe(&channel, None).await;
            assert_eq!(refused["event"], "pusher:subscription_error", "{channel} of {}", who.email);
        }
    }
    // An usher works at the doors, hears who comes in, and sees nothing else; nor that any more once it is over.
    let staff = [("id", id.as_str()), ("email", sam.email.as_str()), ("role", "usher")];
    assert_eq!(otto.call("events/add_staff", &staff).await.status(), 200);
    let mut socket = sam.socket().await;
    let door = format!("private-event.{event}.door");
    assert_eq!(socket.try_subscribe(&door, None).await["event"], "pusher_internal:subscription_succeeded");
    let money = socket.try_subscribe(&format!("private-space.{space}.staff"), None).await;
    assert_eq!(money["event"], "pusher:subscription_error");
    for (page, status) in pages.iter().zip([200, 403, 403, 403]) {
        assert_eq!(sam.page(page).await.status(), status, "{page} of an usher");
    }
    assert!(!sam.html(&pages[0]).await.contains(&pages[1]), "no link leads to what an usher may not see");
    assert!(sam.html(&format!("/events/{event}")).await.contains(&pages[0]), "an usher finds the way");
    for question in ["desk/read", "desk/over_time", "desk/orders"] {
        assert_eq!(sam.get(question, &[("event", &id), ("text", "a")]).await.status(), 403, "{question} of an usher");
    }
    let seen = sam.ask("check_in/door", &[("event", &id)]).await;
    assert!(!seen.to_string().contains("amount") && !seen.to_string().contains("price"), "{seen}");
    assert_eq!(sam.ask("check_in/find", &[("event", &id), ("text", "lena")]).await[0]["state"], "valid");
    let removed = [("id", id.clone()), ("person", sam.id.to_string())];
    let removed: Vec<(&str, &str)> = removed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(otto.call("events/remove_staff", &removed).await.status(), 200);
    assert_eq!(socket.wait("pusher:subscription_error").await["channel"], door.as_str());
    assert_eq!(sam.page(&pages[0]).await.status(), 403);
    for who in [&sam, &tom, &eve] {
        for page in [format!("/tickets/{}", tickets[0]), format!("/orders/{order}/tickets")] {
            assert_eq!(who.page(&page).await.status(), 404, "{page} of {}", who.email);
        }
    }
    for who in [&otto, &admin] {
        let joined = who.socket().await.try_subscribe(&format!("private-space.{space}.staff"), None).await;
        assert_eq!(joined["event"], "pusher_internal:subscription_succeeded", "{}", who.email);
        for page in &pages {
            assert_eq!(who.page(page).await.status(), 200, "{page} of {}", who.email);
        }
    }
    assert_eq!(count(&server, "select count(*) from tickets where state = 'used'").await, 0);
    assert!(server.get("/tickets").await.status().is_redirection(), "visitors go to the door first");
}

/// A refund is known at the door at once: what a ticket is good for is judged when it is read.
#[tokio::test]
async fn a_void_ticket_is_refused() {
    let server = Server::start();
    let Gala { event, seats, .. } = gala(&server).await;
    let (otto, lena) = (server.person("otto").await, server.person("lena").await);
    let (_, tickets) = server.sell(&lena, event, &seats[..1]).await;
    let code = code(&lena, tickets[0]).await;
    execute(&server, "update tickets set state = 'void' where id = $1", tickets[0]).await;
    let answer = read_at(&otto, event, &code, "scan-000001").await.unwrap();
    assert_eq!((&answer["outcome"], &answer["counts"]["expected"]), (&json!("void"), &json!(0)));
    let page = lena.html(&format!("/tickets/{}", tickets[0])).await;
    assert!(page.contains("It admits nobody") && !page.contains("PT1."), "a void ticket has no code");
}

/// Without scripts: a code is typed into a form, and the page that follows says what it is. An address alone says nothing.
#[tokio::test]
async fn a_door_works_without_scripts() {
    let server = Server::start();
    let Gala { event, seats, .. } = gala(&server).await;
    let (otto, lena) = (server.person("otto").await, server.person("lena").await);
    let (order, tickets) = server.sell(&lena, event, &seats[..2]).await;
    let (code, id, door) = (code(&lena, tickets[0]).await, event.to_string(), format!("/events/{event}/check-in"));
    let fresh = otto.html(&door).await;
    assert!(fresh.contains("0 of 2 in") && fresh.contains("Code of a ticket") && !fresh.contains("Come in"), "{fresh}");
    let forged = otto.html(&format!("{door}?done=admitted&ticket={}", tickets[0])).await;
    assert!(!forged.contains("door-word"), "nobody is let in by a link");
    let scan = async |code: &str| otto.submit("check_in/code", &[("event", &id), ("code", code)], &door).await;
    let led = scan(&code).await;
    assert_eq!(led, format!("{door}?done=admitted&ticket={}", tickets[0]));
    let page = otto.html(&led).await;
    assert!(
        page.contains("Come in") && page.contains("Lena Kovač") && page.contains("Stalls, row A, seat 1") && page.contains("1 of 2 in"),
        "{page}"
    );
    assert!(page.contains("Undo: Lena Kovač has not come in"));
    assert!(otto.html(&scan(&code).await).await.contains("Already used"));
    assert!(otto.html(&scan("PT1.1.nonsense").await).await.contains("No ticket"));
    let found = otto.html(&format!("{door}?q=lena")).await;
    assert!(found.contains(&format!("data-ticket-id=\"{}\"", tickets[1])), "{found}");
    let check_in = count(&server, "select id from check_ins").await.to_string();
    let led = otto.submit("check_in/undo", &[("event", &id), ("id", &check_in)], &door).await;
    assert!(otto.html(&led).await.contains("0 of 2 in"));

    // What is printed: each ticket with its code, seat, time and zone.
    let sheet = lena.html(&format!("/orders/{order}/tickets")).await;
    assert_eq!((sheet.matches("<article").count(), sheet.matches("QR code of ticket").count()), (2, 2), "{sheet}");
    assert!(sheet.contains(&code) && sheet.contains("Europe/Ljubljana") && sheet.contains("Great hall"));
    assert!(lena.html("/tickets").await.contains(&format!("href=\"/tickets/{}\"", tickets[1])));
}

/// The public API: one's tickets with their codes; a door that answers with a status; one key, one effect (I6).
#[tokio::test]
async fn programs_have_doors_too() {
    let server = Server::start();
    let Gala { event, seats, .. } = gala(&server).await;
    let (lena, other) = (server.person("lena").await, count(&server, "select max(id) from events").await);
    let (_, tickets) = server.sell(&lena, event, &seats[..2]).await;
    let (owner, door) = (Program::of(&server, "lena", &["read"]).await, Program::of(&server, "otto", &["read", "write"]).await);
    let own = owner.get("tickets").await;
    assert_eq!((own["data"].as_array().unwrap().len(), &own["next"]), (2, &Value::Null));
    assert_eq!(
        (&own["data"][0]["id"], &own["data"][0]["place"]["row"], &own["data"][0]["state"]),
        (&json!(tickets[1]), &json!("A"), &json!("valid"))
    );
    assert_eq!(owner.get(&format!("tickets/{}", tickets[1])).await, own["data"][0]);
    assert_eq!(door.get("tickets").await["data"], json!([]));
    let scan = async |event: i64, code: &Value, key: Option<&str>| {
        door.request(Method::POST, "check-ins", Some(json!({ "event_id": event, "code": code })), key).await
    };
    let code = &own["data"][0]["code"];
    let (status, admitted) = scan(event, code, Some("door-1-scan-1")).await;
    assert_eq!((status, &admitted["outcome"], &admitted["counts"]["admitted"]), (200, &json!("admitted"), &json!(1)));
    assert_eq!(scan(event, code, Some("door-1-scan-1")).await, (200, admitted), "the same answer");
    assert_eq!(scan(event, &own["data"][1]["code"], Some("door-1-scan-1")).await.0, 422, "another code under the key");
    for (event, code, expected) in
        [(event, code, 409), (other, &own["data"][1]["code"], 409), (event, &json!("PT1.1.00"), 422), (999, code, 404)]
    {
        let (status, problem) = scan(event, code, None).await;
        assert_eq!(status, expected, "{problem}");
        assert!(expected == 404 || problem["field"] == "code", "{problem}");
    }
    let (status, _) = owner.post("check-ins", json!({ "event_id": event, "code": code })).await;
    assert_eq!(status, 403, "a token that only reads");
    assert_eq!(count(&server, "select count(*) from check_ins").await, 1);
}

/// Tables of orders and attendees: all rows, and no name that a spreadsheet takes for a formula.
#[tokio::test]
async fn tables_are_whole_and_safe() {
    let server = Server::start();
    let Gala { event, seats, .. } = gala(&server).await;
    let (otto, lena, sam) = (server.person("otto").await, server.person("lena").await, server.person("sam").await);
    execute(&server, "update people set name = '=1+1, \"Lena\"' where id = $1", lena.id.0).await;
    server.sell(&lena, event, &seats[..2]).await;
    let (_, of_sam) = server.sell(&sam, event, &seats[2..5]).await;
    execute(&server, "update tickets set state = 'void' where id = $1", of_sam[0]).await;
    let orders = otto.page(&format!("/events/{event}/orders.csv")).await;
    assert!(orders.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(orders.headers()["content-disposition"].to_str().unwrap().contains("attachment"));
    let orders = orders.text().await.unwrap();
    let lines: Vec<&str> = orders.lines().collect();
    assert_eq!(lines.len(), 3, "{orders}");
    assert!(lines[0].starts_with("number,state,") && lines[1].contains("Sam Adeyemi,sam@plenum.example,3,75.00,0.00,EUR"), "{orders}");
    assert!(lines[2].contains("\"'=1+1, \"\"Lena\"\"\",lena@plenum.example,2,50.00"), "{orders}");
    let attendees = otto.page(&format!("/events/{event}/attendees.csv")).await.text().await.unwrap();
    assert_eq!(attendees.lines().count(), 5, "without the void one: {attendees}");
    let number = lines[1].split(',').next().unwrap();
    assert!(attendees.contains(&format!(",valid,Sam Adeyemi,sam@plenum.example,Stalls,Stalls,A,4,{number},")), "{attendees}");
}

/// S3-53: a word to all who come reaches each of them once, and nobody else.
#[tokio::test]
async fn guests_are_written_to() {
    let server = Server::start();
    let Gala { event, seats, .. } = gala(&server).await;
    let (otto, lena, sam, tom) =
        (server.person("otto").await, server.person("lena").await, server.person("sam").await, server.person("tom").await);
    server.sell(&lena, event, &seats[..2]).await;
    server.sell(&sam, event, &seats[2..3]).await;
    let id = event.to_string();
    let form = [("event", id.as_str()), ("key", "key-of-the-word"), ("title", "Doors open at seven"), ("text", "Bring the code.")];
    for _ in 0..2 {
        assert_eq!(otto.call("desk/write", &form).await.status(), 200);
    }
    let titles = async |of: &Person| {
        let page = of.ask("inbox/page", &[]).await;
        let all = page["state"]["notifications"].as_array().unwrap().iter().map(|note| note["title"].as_str().unwrap().to_owned());
        all.filter(|title| title == "Doors open at seven").count()
    };
    eventually_true("both have it", async || titles(&lena).await + titles(&sam).await == 2).await;
    assert_eq!((titles(&lena).await, titles(&sam).await, titles(&tom).await), (1, 1, 0));
    let empty = [("event", id.as_str()), ("key", "key-of-another"), ("title", " ")];
    let refused = otto.call("desk/write", &empty).await;
    assert_eq!((refused.status().as_u16(), refused.json::<Value>().await.unwrap()["field"].clone()), (422, json!("title")));
    let page = otto.html(&format!("/events/{event}/desk?q=lena")).await;
    assert!(page.contains("Write to all attendees") && page.contains("€75.00") && page.contains("3 sold and 0 held of"), "{page}");
    assert!(page.contains("lena@plenum.example") && !page.contains("sam@plenum.example"), "the search is a link");
}
