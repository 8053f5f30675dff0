//! The address of an online event: who has it, and when.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    orders::{change, gala},
    server::{Person, Server},
};

const ADDRESS: &str = "https://meet.example/gala";
const MINUTE: i64 = 60_000;

async fn asked(by: &Person, event: i64) -> Value {
    by.ask("tickets/address", &[("event", &event.to_string())]).await
}

/// Ticket holders and staff have it from a quarter of an hour before the beginning until the end; nobody else, and nothing that everyone
/// gets has it. Another address is announced without it.
#[tokio::test]
async fn ticket_holders_have_the_address_around_the_event() {
    let server = Server::start();
    let (event, seats) = gala(&server, 2).await;
    change(
        &server,
        "update events set place = 'virtual', address = 'https://meet.example/gala' where id = (select min(event_id) from seats)",
    )
    .await;
    let (lena, sam) = (server.person("lena").await, server.person("sam").await);
    let (_, tickets) = server.sell(&lena, event, &seats).await;
    let page = lena.ask("events/page", &[("id", &event.to_string())]).await;
    let (starts, ends) = (page["state"]["event"]["starts_at"].as_i64().unwrap(), page["state"]["event"]["ends_at"].as_i64().unwrap());
    assert_eq!(asked(&lena, event).await, json!({ "from": starts - 15 * MINUTE, "until": ends, "address": null }));
    assert_eq!(asked(&sam, event).await, Value::Null);

    server.advance_to(starts - 16 * MINUTE).await;
    let (otto, lena, sam) = (server.person("otto").await, server.person("lena").await, server.person("sam").await);
    assert_eq!(asked(&lena, event).await["address"], Value::Null);
    server.advance_to(starts - 15 * MINUTE).await;
    for person in [&lena, &otto] {
        assert_eq!(asked(person, event).await["address"], ADDRESS);
    }
    assert_eq!(asked(&sam, event).await, Value::Null);
    for path in [format!("/events/{event}"), format!("/tickets/{}", tickets[0])] {
        assert!(lena.html(&path).await.contains(ADDRESS), "{path}");
    }
    for public in [
        sam.html(&format!("/events/{event}")).await,
        server.get(&format!("/events/{event}")).await.text().await.unwrap(),
        lena.ask("events/page", &[("id", &event.to_string())]).await.to_string(),
        lena.html("/events").await,
    ] {
        assert!(!public.contains("meet.example"));
    }
    let holder = Program::of(&server, "lena", &["read"]).await;
    let path = format!("events/{event}/address");
    assert_eq!(holder.get(&path).await["address"], ADDRESS);
    let other = Program::of(&server, "sam", &["read"]).await;
    assert_eq!(other.request(Method::GET, &path, None, None).await.0, 404);

    let mut visitor = server.visitor().await;
    visitor.subscribe(&format!("event.{event}")).await;
    let editing = otto.ask("events/editing", &[("id", &event.to_string())]).await;
    let mut form: Vec<(&str, &str)> =
        editing["form"].as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    let (id, version) = (event.to_string(), editing["event"]["version"].to_string());
    form.retain(|(name, _)| *name != "address");
    form.extend([("id", id.as_str()), ("version", version.as_str())]);
    let with = |address: &'static str| form.iter().copied().chain([("address", address)]).collect::<Vec<_>>();
    assert_eq!(otto.call("events/change", &with("http://meet.example/other")).await.status(), 422);
    assert_eq!(otto.call("events/change", &with("https://meet.example/other")).await.status(), 200);
    let told = visitor.wait("event.changed").await;
    assert!(!told.to_string().contains("meet.example"), "{told}");
    assert_eq!(asked(&lena, event).await["address"], "https://meet.example/other");

    server.advance_to(ends).await;
    let lena = server.person("lena").await;
    assert_eq!(asked(&lena, event).await, Value::Null);
}
