//! What admins demand and reset.

use super::*;
use crate::server::ONLY_REVOKED;

/// Whose role needs it and who has none can do nothing but set it up, from the next request on: pages lead there, server functions and tokens
/// are refused, sockets close. Others notice nothing.
#[tokio::test]
async fn a_role_needs_it() {
    let server = Server::start_with(&[ONLY_REVOKED]);
    let (admin, otto, sam) = (server.person("admin").await, server.person("otto").await, server.person("sam").await);
    let program = Program::of(&server, "otto", &["read"]).await;
    let (mut ottos, mut sams) = (otto.socket().await, sam.socket().await);
    ottos.subscribe(&format!("private-person.{}", otto.id)).await;
    sams.subscribe(&format!("private-person.{}", sam.id)).await;
    assert_eq!(sam.call("people/require_second_factor", &[("roles[0]", "organiser")]).await.status(), 403);
    assert_eq!(admin.call("people/require_second_factor", &[("roles[0]", "organiser")]).await.status(), 200);

    assert_eq!(ottos.closed().await, Some(4009));
    assert_eq!(asks(&server, &otto.cookie).await, 401);
    assert_eq!(otto.call("people/create_token", &[("name", "x"), ("scopes[0]", "read"), ("current", PASSWORD)]).await.status(), 401);
    let (status, problem) = program.request(Method::GET, "conversations", None, None).await;
    assert_eq!(status, 403, "{problem}");
    let wanted = json!({ "email": "otto@plenum.example", "password": PASSWORD, "name": "test", "scopes": ["read"] });
    let made = client().post(format!("{}/api/v1/tokens", server.url)).json(&wanted).send().await.unwrap();
    assert_eq!(made.status(), 403, "with the password alone nobody makes what works later");
    let page = otto.page("/events/3?done=x").await;
    assert_eq!(page.status(), 303);
    assert_eq!(page.headers()["location"], "/sign-in/set-up?next=%2Fevents%2F3%3Fdone%3Dx");
    let mut again = otto.socket().await;
    let answer = again.try_subscribe(&format!("private-person.{}", otto.id), None).await;
    assert_eq!(answer["event"], "pusher:subscription_error", "{answer}");
    assert!(otto.html("/sign-in/set-up?next=/events/3").await.contains("Your role needs it"));
    sams.settle().await;
    assert_eq!(asks(&server, &sam.cookie).await, 200);
    let demanded = admin.ask("people/second_factor_requirement", &[]).await;
    assert_eq!((&demanded["roles"], &demanded["people"][0]["name"]), (&json!(["organiser"]), &json!("Otto Lindqvist")));

    let app = turn_on(&server, &otto).await;
    assert_eq!(asks(&server, &otto.cookie).await, 200);
    program.get("conversations").await;
    otto.html("/settings").await;
    let code = app.next(&server).await;
    let off = otto.call("people/turn_second_factor_off", &[("current", PASSWORD), ("code", &code)]).await;
    assert_eq!(off.status(), 409);

    // A role that is given needs it at once, too.
    let (id, form) = (sam.id.to_string(), "people/set_roles");
    assert_eq!(admin.call(form, &[("person", &id), ("roles[0]", "organiser")]).await.status(), 200);
    assert_eq!(sams.closed().await, Some(4009));
    assert_eq!(asks(&server, &sam.cookie).await, 401);
    assert_eq!(admin.call(form, &[("person", &id)]).await.status(), 200);
    assert_eq!(asks(&server, &sam.cookie).await, 200);
}

/// An admin resets it for somebody: their sign-ins and tokens end, they are notified, and the record says who did it. Nobody else does.
#[tokio::test]
async fn an_admin_resets_it() {
    let server = Server::start();
    let (admin, lena, sam) = (server.person("admin").await, server.person("lena").await, server.person("sam").await);
    let program = Program::of(&server, "sam", &["read"]).await;
    turn_on(&server, &sam).await;
    let mut socket = sam.socket().await;
    let person = sam.id.to_string();
    let overview = admin.ask("people/overview", &[("query", "sam@")]).await;
    assert_eq!(overview["people"][0]["second_factor"], true);
    assert_eq!(lena.call("people/reset_second_factor", &[("person", &person)]).await.status(), 403);
    assert_eq!(admin.call("people/reset_second_factor", &[("person", &lena.id.to_string())]).await.status(), 409);
    assert_eq!(admin.call("people/reset_second_factor", &[("person", "999999")]).await.status(), 404);
    assert_eq!(admin.call("people/reset_second_factor", &[("person", &person)]).await.status(), 200);
    assert_eq!(socket.closed().await, Some(4009));
    assert_eq!(asks(&server, &sam.cookie).await, 401);
    assert_eq!(program.request(Method::GET, "conversations", None, None).await.0, 401);

    let signed_in = post(&server, "people/sign_in", "", &[("email", "sam@plenum.example"), ("password", PASSWORD)]).await;
    assert!(set(&signed_in, "plenum_sign_in").is_some(), "no code is asked for");
    let back = server.person("sam").await;
    assert!(back.ask("inbox/page", &[]).await.to_string().contains("An admin reset your two-factor authentication"));
    assert!(admin.html("/admin/audit?topic=security").await.contains("reset the second factor"));
}
