//! Tokens made in the settings, and what is shown once to pages without scripts.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    server::{Person, Server},
};

const FORM: [(&str, &str); 5] =
    [("name", "Timetable"), ("scopes[0]", "read"), ("scopes[1]", "write"), ("expires_in_days", "30"), ("current", "plenum-demo")];

/// The texts that a page offers to be copied.
fn offered(page: &str) -> Vec<String> {
    page.split("class=\"copy-line\"")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("<code>")?.1.split_once("</code>")?.0.replace("<!>", "")))
        .collect()
}

async fn works(server: &Server, token: &str) -> bool {
    let (status, _) = Program::with(server, token.to_owned()).request(Method::GET, "conversations", None, None).await;
    assert!(status == 200 || status == 401, "{status}");
    status == 200
}

/// Scripts make a token with the password, list and end it; what is wrong is named; nobody ends another's.
#[tokio::test]
async fn a_person_makes_and_ends_tokens() {
    let server = Server::start();
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let made: Value = sam.call("people/create_token", &FORM).await.json().await.unwrap();
    let (id, token) = (made["id"].to_string(), made["token"].as_str().unwrap().to_owned());
    assert!(works(&server, &token).await);
    let listed = sam.ask("people/tokens", &[]).await;
    assert_eq!(listed["made"], json!(null), "it has been told");
    assert_eq!((&listed["tokens"][0]["name"], &listed["tokens"][0]["scopes"]), (&json!("Timetable"), &json!(["read", "write"])));
    assert!(!listed.to_string().contains(&token) && !sam.html("/settings").await.contains(&token));
    for (field, name, value) in [
        ("current", "current", "wrong-password"),
        ("scopes", "scopes[0]", "admin"),
        ("name", "name", " "),
        ("expires_in_days", "expires_in_days", "366"),
    ] {
        let form: Vec<(&str, &str)> = FORM.into_iter().map(|(key, usual)| (key, if key == name { value } else { usual })).collect();
        let response = sam.call("people/create_token", &form).await;
        assert_eq!(response.status(), 422, "{field}");
        assert_eq!(response.json::<Value>().await.unwrap()["field"], field);
    }
    assert_eq!(lena.call("people/end_token", &[("id", &id)]).await.status(), 404);
    let browser = sam.sign_in.to_string();
    assert_eq!(sam.call("people/end_token", &[("id", &browser)]).await.status(), 404, "a browser is no token");
    assert_eq!(sam.call("people/end_token", &[("id", &id)]).await.status(), 200);
    assert!(!works(&server, &token).await);
    assert_eq!(sam.ask("people/tokens", &[]).await["tokens"], json!([]));
    assert_eq!(sam.call("people/end_token", &[("id", &id)]).await.status(), 404);
}

/// A page without scripts shows a new token once, to the browser that asked: not in its address, not again, and to no other browser.
#[tokio::test]
async fn a_token_is_shown_once_without_scripts() {
    let server = Server::start();
    let (here, elsewhere) = (server.person("sam").await, server.person("sam").await);
    let to = here.submit("people/create_token", &FORM, "/settings").await;
    assert_eq!(to, "/settings?done=token#tokens");
    let path = "/settings?done=token";
    assert_eq!(offered(&elsewhere.html(path).await), [] as [&str; 0]);
    let page = here.page(path).await;
    assert_eq!(page.headers()["cache-control"], "no-store");
    let shown = offered(&page.text().await.unwrap());
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(works(&server, &shown[0]).await);
    let again = here.html(path).await;
    assert!(offered(&again).is_empty() && !again.contains(&shown[0]) && again.contains("made and shown once"));

    let id = here.ask("people/tokens", &[]).await["tokens"][0]["id"].to_string();
    assert_eq!(here.submit("people/end_token", &[("id", &id)], "/settings").await, "/settings?done=token-ended#tokens");
    assert!(here.html("/settings?done=token-ended").await.contains("The token has ended."));
    assert!(!works(&server, &shown[0]).await);

    let wrong: Vec<(&str, &str)> =
        FORM.into_iter().map(|(key, value)| (key, if key == "current" { "my-old-secret" } else { value })).collect();
    let to = here.submit("people/create_token", &wrong, "/settings").await;
    assert!(!to.contains("my-old-secret"), "{to}");
    let refused = here.html(&to).await;
    assert!(refused.contains("This is not your password.") && offered(&refused).is_empty());
}

/// However busy the server is: what makes a page may ask for the same twice, and only one of the answers is shown.
#[tokio::test]
async fn no_secret_is_lost_on_its_way_to_the_page() {
    let server = Server::start_with(&[("PLENUM_LIMITS__SIGN_IN_FAILURES_PER_ACCOUNT", "0")]);
    let browsers = join_all((0..40).map(|_| server.person("sam"))).await;
    let shown = join_all(browsers.iter().map(async |browser| {
        browser.submit("people/create_token", &FORM, "/settings").await;
        offered(&browser.html("/settings?done=token").await).len()
    }));
    assert_eq!(shown.await, [1; 40]);
}

/// So do pages of external applications: the secret of a new one, and a new secret.
#[tokio::test]
async fn credentials_are_shown_once_without_scripts() {
    let server = Server::start();
    let admin = server.person("admin").await;
    assert_eq!(
        admin.submit("applications/create", &[("name", "Canteen")], "/admin/applications").await,
        "/admin/applications?done=created"
    );
    let [_, key, secret] = three(&admin, "/admin/applications?done=created").await;
    assert_eq!(secret.len(), 40);
    assert!(!admin.html("/admin/applications?done=created").await.contains(&secret));
    let listed = admin.ask("applications/list", &[]).await;
    let id = listed.as_array().unwrap().iter().find(|app| app["key"] == key.as_str()).unwrap()["id"].to_string();
    let path = format!("/admin/applications?app={id}&done=rotated");
    assert_eq!(admin.submit("applications/rotate", &[("id", &id)], &format!("/admin/applications?app={id}")).await, path);
    let [_, same, fresh] = three(&admin, &path).await;
    assert!(same == key && fresh != secret && fresh.len() == 40);
    assert!(!admin.html(&path).await.contains(&fresh));
}

/// The first three texts to be copied: application, key and secret.
async fn three(admin: &Person, path: &str) -> [String; 3] {
    let mut shown = offered(&admin.html(path).await);
    assert!(shown.len() >= 3, "{path}: {shown:?}");
    shown.truncate(3);
    shown.try_into().unwrap()
}
