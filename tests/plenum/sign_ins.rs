//! What admins see and do of other people's sign-ins (S0-32: nobody else does).

use serde_json::{Value, json};

use super::server::{Person, Server, client, cursor};

async fn listed(admin: &Person, query: &str) -> Vec<Value> {
    admin.ask("people/sign_ins", &[("query", query)]).await["state"]["rows"].as_array().unwrap().clone()
}

/// An admin sees who is signed in with what, ends it, and that browser is out at once: its socket closes, its cookie is nobody's, its
/// owner finds out when they are back. What comes and goes is told on the admins' channel.
#[tokio::test]
async fn admins_end_sign_ins() {
    let server = Server::start();
    let admin = server.person("admin").await;
    let snapshot = admin.ask("people/sign_ins", &[]).await;
    let mut told = admin.socket().await;
    told.resume("private-ops.1", &cursor(&snapshot, "private-ops.1")).await;
    let sam = server.person("sam").await;
    let mut socket = sam.socket().await;

    let rows = listed(&admin, "Sam Adeyemi").await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((&rows[0]["person"]["name"], &rows[0]["token"]), (&json!("Sam Adeyemi"), &json!(false)));
    assert_eq!(rows[0]["sign_in"]["id"], json!(sam.sign_in));
    assert_eq!(listed(&admin, "sam@").await, rows, "an address finds them too");
    assert!(listed(&admin, "nobody at all").await.is_empty());
    assert!(listed(&admin, "").await.iter().any(|row| row["sign_in"]["current"] == true));

    let id = sam.sign_in.to_string();
    let lena = server.person("lena").await;
    assert_eq!(lena.get("people/sign_ins", &[]).await.status(), 403);
    assert_eq!(lena.call("people/end_sign_in", &[("id", &id)]).await.status(), 403);
    assert_eq!(admin.call("people/end_sign_in", &[("id", &id)]).await.status(), 200);
    assert_eq!(socket.closed().await, Some(4009));
    told.wait("audit.moved").await;
    assert_eq!(sam.get("inbox/page", &[]).await.status(), 401);
    assert_eq!(admin.call("people/end_sign_in", &[("id", &id)]).await.status(), 404, "it has ended");
    assert!(listed(&admin, "sam@").await.is_empty());

    let back = server.person("sam").await;
    let inbox = back.ask("inbox/page", &[]).await["state"]["notifications"].clone();
    assert!(inbox.to_string().contains("An admin ended a sign-in of yours"), "{inbox}");
    let feed = back.html("/").await;
    assert!(feed.contains("ended a sign-in of yours with"), "the feed says who it was");
}

/// The sign-ins of another organisation are neither seen nor ended (I24); who signs out is gone from the list, and the record says so.
#[tokio::test]
async fn another_organisations_sign_ins_are_its_own() {
    let server = Server::start();
    let (admin, tom) = (server.person("admin").await, server.person("tom").await);
    let database = server.database().await;
    sqlx::query("insert into organisations (id, name, host, registration, created_at) values (2, 'Second', 'second.example', 'open', 0)")
        .execute(&database)
        .await
        .unwrap();
    sqlx::query("update people set organisation_id = 2 where email = 'tom@plenum.example'").execute(&database).await.unwrap();
    assert!(listed(&admin, "tom@").await.is_empty());
    assert_eq!(admin.call("people/end_sign_in", &[("id", &tom.sign_in.to_string())]).await.status(), 404);
    sqlx::query("update people set organisation_id = 1 where email = 'tom@plenum.example'").execute(&database).await.unwrap();
    assert_eq!(listed(&admin, "tom@").await.len(), 1);
    tom.call("people/sign_out", &[]).await.error_for_status().unwrap();
    assert!(listed(&admin, "tom@").await.is_empty());
    let page = client().get(format!("{}/admin/sign-ins", server.url)).header("cookie", &tom.cookie).send().await.unwrap();
    assert!(!page.text().await.unwrap().contains("sam@"), "the door is not the list");
    let audit = admin.html("/admin/audit?topic=security&person=tom").await;
    assert!(audit.contains("Tom Visser signed out of"), "the record has no row of the way out");
}
