//! Another e-mail address: both confirm, and whoever asks learns nothing of other accounts.

use serde_json::{Value, json};

use super::{
    mail::{header, link, start},
    server::{Person, Server, client},
    smtp::{Encryption, Smtp},
};

const PASSWORD: &str = "plenum-demo";
const MINUTE: i64 = 60_000;

async fn request(by: &Person, email: &str, current: &str) -> (u16, String) {
    let answer = by.call("people/request_email", &[("email", email), ("current", current)]).await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn post(server: &Server, endpoint: &str, token: &str) -> (u16, Value) {
    let request = client().post(format!("{}/fn/people/{endpoint}", server.url)).header("origin", &server.url);
    let answer = request.header("accept", "application/json").form(&[("token", token)]).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

/// The secret in the mail to an address.
fn token(mails: &[String], to: &str) -> String {
    let mail = mails.iter().rev().find(|mail| header(mail, "To") == to).unwrap_or_else(|| panic!("no mail to {to}"));
    link(mail).split_once("/confirm-email?token=").unwrap().1.to_owned()
}

async fn signs_in(server: &Server, email: &str) -> u16 {
    let request = client().post(format!("{}/fn/people/sign_in", server.url)).header("origin", &server.url);
    let form = [("email", email), ("password", PASSWORD)];
    request.header("accept", "application/json").form(&form).send().await.unwrap().status().as_u16()
}

/// The address changes with the second confirmation; each link is used once; other sign-ins end, and both addresses are told.
#[tokio::test]
async fn both_addresses_confirm() {
    let smtp = Smtp::start(Encryption::Plain);
    let server = start(&smtp, &[]);
    let (sam, elsewhere) = (server.person("sam").await, server.person("sam").await);
    assert_eq!(request(&sam, "sam@example.org", "a wrong password").await.0, 422);
    assert_eq!(request(&sam, "sam@plenum.example", PASSWORD).await.0, 422, "one's own");
    assert_eq!(request(&sam, "sam@example.org", PASSWORD).await.0, 200);
    assert_eq!(request(&sam, "sam@example.org", PASSWORD).await.0, 409, "a moment later");
    assert_eq!(sam.ask("people/settings", &[]).await["pending_email"], "sam@example.org");
    let mails = smtp.has_taken(2).await;
    let (old, new) = (token(&mails, "sam@plenum.example"), token(&mails, "sam@example.org"));
    assert_eq!(post(&server, "email_change", &new).await, (200, json!({ "email": "sam@example.org", "side": "new" })));
    let page = server.get(&format!("/confirm-email?token={old}")).await.text().await.unwrap();
    assert!(page.contains("sam@example.org") && page.contains("Cancel the change"), "{page}");

    assert_eq!(post(&server, "confirm_email", &new).await, (200, json!("one")));
    assert_eq!(post(&server, "confirm_email", &new).await.0, 422, "once");
    assert_eq!((signs_in(&server, "sam@example.org").await, signs_in(&server, "sam@plenum.example").await), (401, 200));
    assert_eq!(post(&server, "confirm_email", &old).await, (200, json!("both")));
    assert_eq!(post(&server, "confirm_email", &old).await.0, 422);
    assert_eq!((signs_in(&server, "sam@example.org").await, signs_in(&server, "sam@plenum.example").await), (200, 401));
    assert_eq!(elsewhere.get("people/settings", &[]).await.status(), 401, "other sign-ins have ended");
    let settings = sam.ask("people/settings", &[]).await;
    assert_eq!((&settings["viewer"]["email"], &settings["pending_email"]), (&json!("sam@example.org"), &Value::Null));
    let mails = smtp.has_taken(4).await;
    let told: Vec<&str> = mails[2..].iter().map(|mail| header(mail, "To")).collect();
    assert!(told.contains(&"sam@plenum.example") && told.contains(&"sam@example.org"), "{told:?}");
}

/// An address of another account gets the same answer and no mail; a change that is cancelled, replaced or too old is over.
#[tokio::test]
async fn a_change_that_is_over_cannot_be_confirmed() {
    let smtp = Smtp::start(Encryption::Plain);
    let server = start(&smtp, &[]);
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    assert_eq!(request(&sam, "lena@plenum.example", PASSWORD).await, request(&lena, "lena@example.org", PASSWORD).await);
    let mails = smtp.has_taken(3).await;
    let to: Vec<&str> = mails.iter().map(|mail| header(mail, "To")).collect();
    assert_eq!(to.iter().filter(|to| **to == "lena@plenum.example").count(), 1, "the one about her own change: {to:?}");

    let cancelled = token(&mails, "lena@plenum.example");
    assert_eq!(post(&server, "cancel_email", &cancelled).await.0, 200);
    assert_eq!(post(&server, "confirm_email", &cancelled).await.0, 422);
    assert_eq!(post(&server, "confirm_email", &token(&mails, "lena@example.org")).await.0, 422);

    server.advance(2 * MINUTE).await;
    assert_eq!(request(&sam, "sam@example.org", PASSWORD).await.0, 200);
    let newer = smtp.has_taken(5).await;
    assert_eq!(post(&server, "confirm_email", &token(&mails, "sam@plenum.example")).await.0, 422, "the newest links alone are good");
    server.advance(24 * 60 * MINUTE).await;
    assert_eq!(post(&server, "confirm_email", &token(&newer, "sam@plenum.example")).await.0, 422);
    assert_eq!(sam.ask("people/settings", &[]).await["pending_email"], Value::Null);
}

/// Where no mail leaves nobody can confirm: an admin sets the address, and the person signs in again.
#[tokio::test]
async fn an_admin_sets_it_where_no_mail_leaves() {
    let server = Server::start();
    let (sam, admin) = (server.person("sam").await, server.person("admin").await);
    assert_eq!(request(&sam, "sam@example.org", PASSWORD).await.0, 409);
    assert!(sam.html("/settings").await.contains("An admin can change your address"));
    let form = |email: &str| [("person", sam.id.to_string()), ("email", email.to_owned())];
    let set = async |by: &Person, email: &str| {
        let form = form(email);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        by.call("people/set_email", &form).await.status().as_u16()
    };
    assert_eq!(set(&sam, "sam@example.org").await, 403);
    assert_eq!(set(&admin, "lena@plenum.example").await, 409);
    assert_eq!(set(&admin, "sam@example.org").await, 200);
    assert_eq!(sam.get("people/settings", &[]).await.status(), 401);
    assert_eq!((signs_in(&server, "sam@example.org").await, signs_in(&server, "sam@plenum.example").await), (200, 401));
}
