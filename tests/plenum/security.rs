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
    let is_ours = |text: &str| text.trim_start_matches("__Host-").starts_with("plenum_sign_in=");
    let header = response.headers().get_all("set-cookie").iter().find(|value| is_ours(value.to_str().unwrap()))?;
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
    let cookie = cookie_of(&response).unwrap();
    assert!(cookie.starts_with("__Host-") && cookie.contains("Secure"), "{cookie}");
    // It is the one that counts, and under no other name.
    let secret = cookie.split(';').next().unwrap().trim_start_matches("__Host-");
    let sidebar = async |cookie: &str| {
        let request = client().get(format!("{}/fn/messages/sidebar", secure.url)).header("cookie", cookie.as_bytes());
        request.send().await.unwrap().status().as_u16()
    };
    let right = format!("__Host-{secret}");
    assert_eq!(sidebar(&right).await, 200);
    // The last three are names that browsers let a sibling domain set, and that decoding or trimming would turn into the right one.
    for wrong in [secret.to_owned(), format!("%5F%5FHost-{secret}"), format!("__Host%2D{secret}"), format!("\u{2000}{right}")] {
        assert_eq!(sidebar(&wrong).await, 401, "{wrong}");
        assert_eq!(sidebar(&format!("{right}; {wrong}")).await, 200, "{wrong}");
    }
    // Browsers take the removal of a cookie with the prefix only if it is secure.
    let request = client().post(format!("{}/fn/people/sign_out", secure.url)).header("origin", "https://plenum.example");
    let left = request.header("accept", "application/json").header("cookie", &right).send().await.unwrap();
    let removal = cookie_of(&left).unwrap();
    assert!(removal.starts_with("__Host-plenum_sign_in=; Path=/; Max-Age=0") && removal.contains("; Secure"), "{removal}");
    assert_eq!(sidebar(&right).await, 401);
    assert!(response.headers().contains_key("strict-transport-security"));
}

/// Who signs in again in the same browser gets another id; the id before is nobody's, and its sockets close. A refused sign-in leaves the
/// browser as it was. The cookie is sent when it is new and at no other time.
#[tokio::test]
async fn signing_in_again_replaces_the_session() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let mut socket = sam.socket().await;
    let sign_in = async |password: &str| sam.call("people/sign_in", &[("email", "sam@plenum.example"), ("password", password)]).await;
    let wrong = sign_in("wrong-password").await;
    assert!(wrong.status() == 401 && cookie_of(&wrong).is_none());
    let taken = [("name", "Sam"), ("email", "lena@plenum.example"), ("password", "a password of some length")];
    let taken = sam.call("people/register", &taken).await;
    assert!(taken.status().is_client_error() && cookie_of(&taken).is_none(), "{taken:?}");
    let page = sam.page("/settings?done=token").await;
    assert!(page.status() == 200 && cookie_of(&page).is_none());

    let cookie = cookie_of(&sign_in("plenum-demo").await).unwrap();
    assert!(cookie.contains("; Max-Age=2592000"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    assert_ne!(cookie, sam.cookie);
    assert_eq!(socket.closed().await, Some(4009));
    assert_eq!(sam.get("messages/sidebar", &[]).await.status(), 401);
    let mut again = sam.clone();
    again.cookie = cookie.to_owned();
    assert_eq!(again.get("messages/sidebar", &[]).await.status(), 200);

    // Late answers to requests with the former cookie leave the new one alone.
    for path in ["/settings?done=token", "/sign-in"] {
        assert_eq!(cookie_of(&sam.page(path).await), None, "{path}");
    }
    let out = again.call("people/sign_out", &[]).await;
    assert_eq!(cookie_of(&out).unwrap(), "plenum_sign_in=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    assert_eq!(again.get("messages/sidebar", &[]).await.status(), 401);
}

/// What is no id is taken from the browser, and its page is a visitor's.
#[tokio::test]
async fn a_malformed_cookie_is_nobodys() {
    let server = Server::start();
    let request = client().get(format!("{}/sign-in", server.url)).header("accept", "text/html").header("cookie", "plenum_sign_in=a-b");
    let page = request.send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(cookie_of(&page).unwrap().starts_with("plenum_sign_in=; Path=/; Max-Age=0"));
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
    // Who asks through a proxy that adds nothing is not on this machine because the proxy is (B1).
    for path in ["/metrics", "/api/v1/realtime/health"] {
        let through = client().get(format!("{}{path}", server.url)).header("host", "plenum.example").send().await.unwrap();
        assert_eq!(through.status(), 403, "{path}");
    }
    let status = client().get(format!("{}/api/v1/realtime/status", server.url)).header("host", "plenum.example").send().await.unwrap();
    assert_eq!(status.text().await.unwrap(), r#"{"status":"ok"}"#);
    assert_eq!(server.get("/healthz").await.status(), 200);
    assert_eq!(server.get("/readyz").await.status(), 200);
    assert!(server.run(&["status"]).status.success());
}

/// Where the server has a public address, something stands before it: figures are for who brings a token, the program's own commands
/// among them.
#[tokio::test]
async fn behind_a_proxy_figures_ask_for_a_token() {
    let server =
        Server::start_with(&[("PLENUM_SERVER__PUBLIC_URL", "https://plenum.example"), ("PLENUM_SERVER__METRICS_TOKEN", "let-me-see")]);
    for path in ["/metrics", "/api/v1/realtime/health"] {
        assert_eq!(server.get(path).await.status(), 403, "{path}");
        let token = client().get(format!("{}{path}", server.url)).bearer_auth("let-me-see").send().await.unwrap();
        assert_eq!(token.status(), 200, "{path}");
    }
    let printed = server.run(&["status"]);
    assert!(String::from_utf8_lossy(&printed.stdout).contains("people online"), "{printed:?}");
    let doctor = server.run(&["doctor"]);
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("Reading from the database"), "{doctor:?}");
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
