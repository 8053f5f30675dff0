//! What a security scan asks, and what people need to get in.

use serde_json::Value;

use super::server::{Server, client};

fn form<'a>(pairs: &'a [(&'a str, &'a str)]) -> &'a [(&'a str, &'a str)] {
    pairs
}

async fn sign_in(server: &Server, email: &str, password: &str) -> reqwest::Response {
    let request =
        client().post(format!("{}/fn/people/sign_in", server.url)).header("origin", &server.url).header("accept", "application/json");
    request.form(form(&[("email", email), ("password", password)])).send().await.unwrap()
}

fn cookie_of(response: &reqwest::Response) -> Option<String> {
    let header = response.headers().get_all("set-cookie").iter().find(|value| value.to_str().unwrap().starts_with("plenum_sign_in="))?;
    Some(header.to_str().unwrap().to_owned())
}

/// The cookie is closed to scripts and to other sites, and its id is new at every sign-in.
#[tokio::test]
async fn the_cookie_is_closed_and_renewed() {
    let server = Server::start();
    let first = cookie_of(&sign_in(&server, "sam@plenum.example", "plenum-demo").await).unwrap();
    assert!(first.contains("HttpOnly") && first.contains("SameSite=Lax") && !first.contains("Secure"), "{first}");
    let second = cookie_of(&sign_in(&server, " Sam@Plenum.example ", "plenum-demo").await).unwrap();
    assert_ne!(first.split(';').next(), second.split(';').next());
    let secure = Server::start_with(&[("PLENUM_SERVER__PUBLIC_URL", "https://plenum.example")]);
    let request = client()
        .post(format!("{}/fn/people/sign_in", secure.url))
        .header("origin", "https://plenum.example")
        .header("accept", "application/json");
    let response = request.form(form(&[("email", "sam@plenum.example"), ("password", "plenum-demo")])).send().await.unwrap();
    assert!(cookie_of(&response).unwrap().contains("Secure"));
    assert!(response.headers().contains_key("strict-transport-security"));
}

/// A wrong password and an unknown account get the same answer; after five failures the right one still works.
#[tokio::test]
async fn sign_in_is_delayed_and_never_locked() {
    let server = Server::start();
    let unknown = sign_in(&server, "nobody@plenum.example", "wrong-password").await;
    let wrong = sign_in(&server, "sam@plenum.example", "wrong-password").await;
    assert!(wrong.status().is_client_error() && unknown.status() == wrong.status());
    let message = async |response: reqwest::Response| response.json::<Value>().await.unwrap()["message"].clone();
    assert_eq!(message(unknown).await, message(wrong).await);
    for _ in 0..5 {
        let wrong = sign_in(&server, "sam@plenum.example", "wrong-password").await;
        assert!(wrong.status().is_client_error() && cookie_of(&wrong).is_none());
    }
    assert!(cookie_of(&sign_in(&server, "sam@plenum.example", "plenum-demo").await).is_some());
}

/// Requests from other sites' pages change nothing (the Origin is checked on everything that changes state).
#[tokio::test]
async fn other_sites_change_nothing() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let general = sam.general().await.to_string();
    for (origin, site, status) in [
        (Some("https://evil.example"), None, 403),
        (Some("null"), None, 403),
        (None, Some("cross-site"), 403),
        (None, None, 403),
        (Some(server.url.as_str()), None, 200),
    ] {
        let mut request =
            client().post(format!("{}/fn/messages/send", server.url)).header("cookie", &sam.cookie).header("accept", "application/json");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let response = request.form(form(&[("conversation", &general), ("text", "forged?")])).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{origin:?} {site:?}");
    }
}

/// The headers that a scan looks for, on pages and on files.
#[tokio::test]
async fn pages_carry_their_headers() {
    let server = Server::start();
    let page = client().get(format!("{}/sign-in", server.url)).header("accept", "text/html").send().await.unwrap();
    assert_eq!(page.status(), 200);
    let header = |name: &str| page.headers().get(name).unwrap_or_else(|| panic!("{name} is missing")).to_str().unwrap().to_owned();
    let policy = header("content-security-policy");
    assert!(
        policy.contains("'nonce-")
            && policy.contains("object-src 'none'")
            && policy.contains("frame-ancestors 'none'")
            && !policy.replace("style-src-attr 'unsafe-inline'", "").contains("unsafe-inline"),
        "{policy}"
    );
    assert_eq!(header("referrer-policy"), "same-origin");
    assert_eq!(header("x-content-type-options"), "nosniff");
    let text = page.text().await.unwrap();
    for name in ["E-mail", "Password", "Sign in"] {
        assert!(text.contains(name), "{name} is not on the sign-in page");
    }
    let missing = client().get(format!("{}/no/such/page", server.url)).header("accept", "text/html").send().await.unwrap();
    assert_eq!(missing.status(), 404);
}

/// Answers that are no pages carry the headers too.
#[tokio::test]
async fn files_and_probes_carry_their_headers() {
    let server = Server::start();
    for path in ["/healthz", "/readyz", "/metrics", "/pkg/nothing.js", "/favicon.svg", "/fn/messages/sidebar"] {
        let response = server.get(path).await;
        assert_eq!(response.headers().get("x-content-type-options").map(|value| value.as_bytes()), Some(&b"nosniff"[..]), "{path}");
    }
}

/// Arguments that cannot be read are the client's fault, and the answer says which.
#[tokio::test]
async fn unreadable_arguments_are_refused_by_name() {
    let server = Server::start();
    let sam = server.person("sam").await;
    for (body, named) in [("conversation=1", "text"), ("conversation=one&text=hello", "invalid digit"), ("", "conversation")] {
        let request = client()
            .post(format!("{}/fn/messages/send", server.url))
            .header("origin", &server.url)
            .header("cookie", &sam.cookie)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded");
        let response = request.body(body).send().await.unwrap();
        assert_eq!(response.status(), 422, "{body}");
        let answer: Value = response.json().await.unwrap();
        assert!(answer["message"].as_str().unwrap().contains(named), "{body}: {answer}");
    }
}

/// The host name chooses the organisation; what is one's is nothing to the other (I24).
#[tokio::test]
async fn organisations_are_apart() {
    let server = Server::start();
    let database = server.database().await;
    sqlx::query("insert into organisations (name, host, registration, created_at) values ('Second', 'second.example', 'open', 0)")
        .execute(&database)
        .await
        .unwrap();
    let register = async |host: &str, origin: &str| {
        let request = client().post(format!("{}/fn/people/register", server.url)).header("host", host).header("origin", origin);
        let request = request.header("accept", "application/json");
        request.form(&[("name", "Zoe Second"), ("email", "sam@plenum.example"), ("password", "a long password")]).send().await.unwrap()
    };
    assert_eq!(register("third.example", "http://third.example").await.status(), 403, "an unknown host name is no origin");
    assert!(register("plenum.example", &server.url).await.status().is_client_error(), "the first organisation is by invitation");
    let port = server.address().rsplit_once(':').unwrap().1;
    let second = format!("second.example:{port}");
    let registered = register(&second, &format!("http://{second}")).await;
    assert!(registered.status().is_success(), "{}", registered.text().await.unwrap());
    let cookie = cookie_of(&registered).unwrap().split(';').next().unwrap().to_owned();
    let sam = server.person("sam").await;
    let general = sam.general().await;
    let ask = async |path: &str| client().get(format!("{}{path}", server.url)).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(ask(&format!("/fn/messages/thread?conversation={general}")).await.status(), 404);
    let rooms = ask("/fn/messages/rooms").await.text().await.unwrap();
    assert!(!rooms.contains("Plenum") && rooms.matches("General").count() == 1, "{rooms}");
    let people = ask("/fn/people/directory?query=&role=&offset=0").await.text().await.unwrap();
    assert!(people.contains("Zoe Second") && !people.contains(&sam.email) && people.matches("\"card\"").count() == 1, "{people}");
}

/// An empty database prints one invitation; whoever follows it is the admin, once.
#[tokio::test]
async fn the_first_admin_is_invited_once() {
    let (server, printed) = Server::start_empty();
    let line = printed.iter().find(|line| line.contains("invitation=")).expect("no invitation was printed");
    let token = line.rsplit("invitation=").next().unwrap().trim().to_owned();
    let register = async |email: &str| {
        let request =
            client().post(format!("{}/fn/people/register", server.url)).header("origin", &server.url).header("accept", "application/json");
        request
            .form(&[("name", "Ada Admin"), ("email", email), ("password", "a long password"), ("invitation", token.as_str())])
            .send()
            .await
            .unwrap()
    };
    let first = register("ada@example.org").await;
    assert!(first.status().is_success(), "{}", first.text().await.unwrap());
    let second = register("eve@example.org").await;
    assert!(second.status().is_client_error(), "the invitation worked twice");
    let database = server.database().await;
    let (admins,): (i64,) = sqlx::query_as("select count(*) from roles where role = 'admin'").fetch_one(&database).await.unwrap();
    assert_eq!(admins, 1);
}

/// Figures are for this machine; a proxy in between has no part in it.
#[tokio::test]
async fn figures_are_for_this_machine() {
    let server = Server::start_with(&[("PLENUM_SERVER__METRICS_TOKEN", "let-me-see")]);
    assert_eq!(server.get("/metrics").await.status(), 200);
    let forwarded = client().get(format!("{}/metrics", server.url)).header("x-forwarded-for", "127.0.0.1").send().await.unwrap();
    assert_eq!(forwarded.status(), 403);
    let token = client()
        .get(format!("{}/metrics", server.url))
        .header("x-forwarded-for", "1.2.3.4")
        .bearer_auth("let-me-see")
        .send()
        .await
        .unwrap();
    assert_eq!(token.status(), 200);
    assert_eq!(server.get("/healthz").await.status(), 200);
    assert_eq!(server.get("/readyz").await.status(), 200);
    assert!(server.run(&["status"]).status.success());
}

/// A page arrives with its data, without a script having run.
#[tokio::test]
async fn a_page_has_its_data_at_first_paint() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let general = sam.general().await;
    sam.send(general, "readable **without** scripts").await;
    let page = sam.page(&format!("/messages/{general}")).await;
    assert_eq!(page.status(), 200);
    let html = page.text().await.unwrap();
    for part in ["readable <strong>without</strong> scripts", "role=\"log\"", "data-message-id", "<textarea", "Send"] {
        assert!(html.contains(part), "{part} is not in the page");
    }
    let visitor = server.get(&format!("/messages/{general}")).await;
    assert!(visitor.status().is_redirection(), "{}", visitor.status());
}
