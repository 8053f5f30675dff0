//! The clock that tests turn: the server's alone, and only where nobody else reaches the server.

use serde_json::json;

use super::server::{Server, client, refused};

/// Unless the settings say so nobody turns a clock, fills a wallet or gets a seat.
#[tokio::test]
async fn it_is_not_there_by_default() {
    let server = Server::start_with(&[("PLENUM_TESTING__CLOCK", "false")]);
    let sam = server.person("sam").await;
    for (path, body) in [
        ("clock", json!({ "advance_ms": 1 })),
        ("wallets", json!({ "people": [sam.email], "cents": 1 })),
        ("sales", json!({ "person": sam.email, "event": 1, "count": 1 })),
    ] {
        let answer = client().post(format!("{}/testing/{path}", server.url)).json(&body).send().await.unwrap().status().as_u16();
        assert!([404, 405].contains(&answer), "{path}: {answer}");
    }
    assert!(sam.html("/wallet").await.contains("€1,000.00"));
}

/// The server does not start with it where others reach it.
#[test]
fn it_is_refused_where_others_reach_the_server() {
    for other in [("PLENUM_SERVER__PUBLIC_URL", "https://plenum.example"), ("LEPTOS_SITE_ADDR", "0.0.0.0:0")] {
        let said = refused(&[("PLENUM_TESTING__CLOCK", "true"), other]);
        assert!(said.contains("testing.clock is for this machine only"), "{other:?}: {said}");
    }
}

/// Time passes for sign-ins as for all else, and goes on over a restart.
#[tokio::test]
async fn time_passes_for_the_whole_server() {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let mut server = Server::start();
    let sam = server.person("sam").await;
    server.advance(29 * DAY).await;
    assert_eq!(sam.get("messages/sidebar", &[]).await.status(), 200);
    server.kill();
    server.restart();
    assert_eq!(sam.get("messages/sidebar", &[]).await.status(), 200);
    server.advance(2 * DAY).await;
    assert_eq!(sam.get("messages/sidebar", &[]).await.status(), 401, "it was valid for thirty days");
}
