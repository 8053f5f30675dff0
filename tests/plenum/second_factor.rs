//! The second factor: what it asks for, that a code works once, and that nobody goes past it.

mod roles;

use std::collections::BTreeMap;

use futures::future::join_all;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::{
    api::Program,
    server::{Person, Server, client},
    socket::Socket,
    waiting::eventually,
};

const PASSWORD: &str = "plenum-demo";
/// A step of the app's codes, in milliseconds.
const STEP: i64 = 30_000;

/// Somebody's authenticator app, and their recovery codes.
struct App {
    secret: String,
    recovery: Vec<String>,
    /// The code that turned it on.
    first: String,
}

impl App {
    /// What it shows, by the server's time.
    fn code(&self, server: &Server) -> String {
        code(&self.secret, server.now())
    }

    /// The next code, once it is shown: each works once.
    async fn next(&self, server: &Server) -> String {
        server.advance(STEP).await;
        self.code(server)
    }
}

fn code(secret: &str, at: i64) -> String {
    let secret = Secret::try_from_base32(secret.replace(' ', "")).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(at / 1000).unwrap()).to_string()
}

/// Turns it on as the settings do.
async fn turn_on(server: &Server, person: &Person) -> App {
    let begun = person.call("people/begin_second_factor", &[("current", PASSWORD)]).await;
    assert_eq!(begun.status(), 200);
    let secret = person.ask("people/second_factor", &[]).await["state"]["Begun"]["secret"].as_str().unwrap().to_owned();
    let first = code(&secret, server.now());
    let confirmed = person.call("people/confirm_second_factor", &[("code", &first)]).await;
    assert_eq!(confirmed.status(), 200);
    assert_eq!(confirmed.headers()["cache-control"], "no-store");
    App { secret, recovery: confirmed.json().await.unwrap(), first }
}

async fn post(server: &Server, endpoint: &str, cookie: &str, form: &[(&str, &str)]) -> Response {
    let request = client().post(format!("{}/fn/{endpoint}", server.url)).header("origin", &server.url).header("cookie", cookie);
    request.header("accept", "application/json").form(form).send().await.unwrap()
}

/// The value of the cookie `name` that an answer sets, as a browser sends it back.
fn set(response: &Response, name: &str) -> Option<String> {
    let values = response.headers().get_all("set-cookie").into_iter().map(|value| value.to_str().unwrap());
    let ours = values.into_iter().find(|value| value.starts_with(&format!("{name}=")))?;
    Some(ours.split(';').next().unwrap().to_owned())
}

/// Gives the password: the cookie that waits for the code.
async fn give_password(server: &Server, email: &str, password: &str) -> String {
    let answer = post(server, "people/sign_in", "", &[("email", email), ("password", password), ("next", "/events/3")]).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(set(&answer, "plenum_sign_in"), None, "nobody is signed in yet");
    let pending = set(&answer, "plenum_code").unwrap();
    assert_eq!(answer.json::<String>().await.unwrap(), "/sign-in/code?next=/events/3");
    pending
}

async fn give_code(server: &Server, pending: &str, code: &str) -> Response {
    post(server, "people/sign_in_code", pending, &[("code", code), ("next", "/events/3")]).await
}

async fn field(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    (status, response.json::<Value>().await.unwrap()["field"].as_str().unwrap_or_default().to_owned())
}

async fn asks(server: &Server, cookie: &str) -> u16 {
    let request = client().get(format!("{}/fn/inbox/page", server.url)).header("cookie", cookie).header("accept", "application/json");
    request.send().await.unwrap().status().as_u16()
}

/// The code signs in and leads on; sent twenty times at once it signs in once; nothing of the secret stands in the database's files.
#[tokio::test]
async fn a_code_works_once() {
    let server = Server::start();
    let sam = server.person("sam").await;
    assert_eq!(field(sam.call("people/begin_second_factor", &[("current", "wrong-password")]).await).await, (422, "current".into()));
    let app = turn_on(&server, &sam).await;
    assert_eq!(app.recovery.len(), 10);
    assert_eq!(sam.call("people/begin_second_factor", &[("current", PASSWORD)]).await.status(), 409, "it is on");

    let pending = give_password(&server, "sam@plenum.example", PASSWORD).await;
    assert_eq!(field(give_code(&server, &pending, &app.first).await).await, (422, "code".into()), "it turned the factor on");
    let code = app.next(&server).await;
    let answers = join_all((0..20).map(|_| give_code(&server, &pending, &code))).await;
    let mut statuses = BTreeMap::new();
    let mut cookies = Vec::new();
    for answer in &answers {
        *statuses.entry(answer.status().as_u16()).or_insert(0) += 1;
        cookies.extend(set(answer, "plenum_sign_in"));
    }
    assert_eq!((statuses.get(&200), cookies.len()), (Some(&1), 1), "{statuses:?}");
    assert!(statuses.keys().all(|status| [200, 422, 429].contains(status)), "{statuses:?}");
    assert_eq!(asks(&server, &cookies[0]).await, 200);
    for answer in answers {
        if answer.status() == 200 {
            assert_eq!(set(&answer, "plenum_code").as_deref(), Some("plenum_code="), "the cookie goes");
            assert_eq!(answer.json::<String>().await.unwrap(), "/events/3");
        }
    }

    let raw = Secret::try_from_base32(app.secret.replace(' ', "")).unwrap();
    let plain = app.recovery[0].replace('-', "");
    for entry in std::fs::read_dir(server.folder()).unwrap() {
        let path = entry.unwrap().path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| name.starts_with("plenum.db")) else { continue };
        let bytes = std::fs::read(&path).unwrap();
        for marker in
            [raw.as_bytes(), app.secret.as_bytes(), app.secret.replace(' ', "").as_bytes(), app.recovery[0].as_bytes(), plain.as_bytes()]
        {
            assert!(!bytes.windows(marker.len()).any(|part| part == marker), "a secret is in {name}");
        }
    }
}

/// Codes count one step before and after their own, and no more; so a phone's clock may be a little off.
#[tokio::test]
async fn codes_follow_the_servers_clock() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let app = turn_on(&server, &sam).await;
    let pending = give_password(&server, "sam@plenum.example", PASSWORD).await;
    let early = app.code(&server);
    // A second after a step begins: no request crosses into the next one.
    let step = server.now() / STEP + 3;
    server.advance_to(step * STEP + 1_000).await;
    assert_eq!(field(give_code(&server, &pending, &early).await).await, (422, "code".into()));
    let ahead = code(&app.secret, server.now() + 3 * STEP);
    assert_eq!(field(give_code(&server, &pending, &ahead).await).await, (422, "code".into()));
    let late = code(&app.secret, server.now());
    server.advance(STEP).await;
    assert_eq!(give_code(&server, &pending, &late).await.status(), 200);
}

/// A recovery code signs in once, however it is written; what is left is shown, and its owner is notified.
#[tokio::test]
async fn a_recovery_code_works_once() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let app = turn_on(&server, &sam).await;
    let pending = give_password(&server, "sam@plenum.example", PASSWORD).await;
    let written = app.recovery[3].to_uppercase().replace('-', " ");
    let answers = join_all((0..4).map(|_| give_code(&server, &pending, &written))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status() == 200).count(), 1);
    assert_eq!(sam.ask("people/second_factor", &[]).await["state"]["On"]["codes_left"], 9);
    let inbox = sam.ask("inbox/page", &[]).await.to_string();
    assert!(inbox.contains("A recovery code of your account was used"), "{inbox}");

    let renewed = sam.call("people/renew_recovery_codes", &[("current", PASSWORD), ("code", &app.next(&server).await)]).await;
    assert_eq!(renewed.status(), 200);
    let renewed: Vec<String> = renewed.json().await.unwrap();
    assert_eq!(field(give_code(&server, &pending, &app.recovery[4]).await).await, (422, "code".into()), "of before");
    assert_eq!(give_code(&server, &pending, &renewed[0]).await.status(), 200);
}

/// Between password and code nobody is signed in: not for pages, server functions, programs or sockets. It ends after five minutes, and with
/// a changed password.
#[tokio::test]
async fn a_pending_sign_in_sees_nothing() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let app = turn_on(&server, &sam).await;
    let pending = give_password(&server, "sam@plenum.example", PASSWORD).await;
    let value = pending.strip_prefix("plenum_code=").unwrap();
    let as_sign_in = format!("plenum_sign_in={value}");
    for cookie in [&pending, &as_sign_in] {
        assert_eq!(asks(&server, cookie).await, 401);
        assert_eq!(post(&server, "people/turn_second_factor_off", cookie, &[("current", PASSWORD)]).await.status(), 401);
        let own = client().get(format!("{}/fn/people/second_factor", server.url)).header("cookie", cookie.as_str());
        assert_eq!(own.header("accept", "application/json").send().await.unwrap().status(), 401);
        let page = client().get(format!("{}/settings", server.url)).header("cookie", cookie.as_str()).header("accept", "text/html");
        let page = page.send().await.unwrap();
        assert_eq!((page.status().as_u16(), page.headers()["location"].to_str().unwrap()), (302, "/sign-in?next=/settings"));
        let mut socket = Socket::open(&server.url, Some(cookie)).await;
        let answer = socket.try_subscribe(&format!("private-person.{}", sam.id), None).await;
        assert_eq!(answer["event"], "pusher:subscription_error", "{answer}");
    }
    let (status, _) = Program::with(&server, value.to_owned()).request(Method::GET, "conversations", None, None).await;
    assert_eq!(status, 401);

    server.advance(300_001).await;
    assert_eq!(give_code(&server, &pending, &app.code(&server)).await.status(), 401, "it took too long");
    let pending = give_password(&server, "sam@plenum.example", PASSWORD).await;
    let change = [("current", PASSWORD), ("password", "another long one")];
    assert_eq!(field(sam.call("people/change_password", &change).await).await, (422, "code".into()));
    let code = app.next(&server).await;
    assert_eq!(sam.call("people/change_password", &[&change[..], &[("code", code.as_str())]].concat()).await.status(), 200);
    assert_eq!(give_code(&server, &pending, &app.next(&server).await).await.status(), 401, "the password is another");
    let pending = give_password(&server, "sam@plenum.example", "another long one").await;
    assert_eq!(give_code(&server, &pending, &app.next(&server).await).await.status(), 200);
}

/// After ten wrong codes no further one is looked at, not even the right one, until a quarter of an hour is over; the owner is notified.
#[tokio::test]
async fn wrong_codes_are_limited() {
    let server = Server::start_with(&[("PLENUM_LIMITS__SIGN_IN_FAILURES_PER_ACCOUNT", "0")]);
    let sam = server.person("sam").await;
    let app = turn_on(&server, &sam).await;
    let pending = give_password(&server, "sam@plenum.example", PASSWORD).await;
    for _ in 0..10 {
        assert_eq!(field(give_code(&server, &pending, "no code").await).await, (422, "code".into()));
    }
    let code = app.next(&server).await;
    let refused = give_code(&server, &pending, &code).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert!(sam.ask("inbox/page", &[]).await.to_string().contains("ten wrong codes"));
    server.advance(15 * 60_000).await;
    let pending = give_password(&server, "sam@plenum.example", PASSWORD).await;
    assert_eq!(give_code(&server, &pending, &app.code(&server)).await.status(), 200);
}

/// The secret of a mail that sets a new password.
async fn reset_token(server: &Server) -> String {
    eventually("the mail is in the outbox", async || {
        let files = std::fs::read_dir(server.folder().join("outbox")).ok()?;
        let mails = files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok());
        let mut texts = mails.map(|mail| mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "="));
        let text = texts.find(|text| text.contains("/reset?token="))?;
        Some(text.split_once("/reset?token=")?.1.split_whitespace().next()?.to_owned())
    })
    .await
}

/// A new password by mail asks for the code, and so do tokens; a token that was made needs none.
#[tokio::test]
async fn passwords_and_tokens_ask_for_it() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let app = turn_on(&server, &sam).await;
    let wish = [("name", "Timetable"), ("scopes[0]", "read"), ("expires_in_days", "30"), ("current", PASSWORD)];
    assert_eq!(field(sam.call("people/create_token", &wish).await).await, (422, "code".into()));
    let code = app.next(&server).await;
    let made: Value = sam.call("people/create_token", &[&wish[..], &[("code", code.as_str())]].concat()).await.json().await.unwrap();
    Program::with(&server, made["token"].as_str().unwrap().to_owned()).get("conversations").await;

    let wanted =
        |code: &str| json!({ "email": "sam@plenum.example", "password": PASSWORD, "name": "test", "scopes": ["read"], "code": code });
    let ask = async |body: Value| client().post(format!("{}/api/v1/tokens", server.url)).json(&body).send().await.unwrap();
    assert_eq!(field(ask(wanted("")).await).await, (422, "code".into()));
    assert_eq!(field(ask(wanted(&code)).await).await, (422, "code".into()), "it was used");
    assert_eq!(ask(wanted(&app.next(&server).await)).await.status(), 201);

    assert_eq!(post(&server, "people/request_reset", "", &[("email", "sam@plenum.example")]).await.status(), 200);
    let token = reset_token(&server).await;
    let asks_code = post(&server, "people/reset_asks_code", "", &[("token", &token)]).await;
    assert!(asks_code.json::<bool>().await.unwrap());
    let reset = [("token", token.as_str()), ("password", "another long one")];
    assert_eq!(field(post(&server, "people/reset_password", "", &reset).await).await, (422, "code".into()));
    let code = app.next(&server).await;
    assert_eq!(post(&server, "people/reset_password", "", &[&reset[..], &[("code", code.as_str())]].concat()).await.status(), 200);
    let pending = give_password(&server, "sam@plenum.example", "another long one").await;
    assert_eq!(give_code(&server, &pending, &app.next(&server).await).await.status(), 200, "it is still on");
}

/// It is turned off with password and code, and then asks nobody.
#[tokio::test]
async fn it_is_turned_off() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let app = turn_on(&server, &sam).await;
    let off = async |current: &str, code: &str| sam.call("people/turn_second_factor_off", &[("current", current), ("code", code)]).await;
    assert_eq!(field(off("wrong-password", &app.next(&server).await).await).await, (422, "current".into()));
    assert_eq!(field(off(PASSWORD, "").await).await, (422, "code".into()));
    assert_eq!(off(PASSWORD, &app.next(&server).await).await.status(), 200);
    assert_eq!(sam.ask("people/second_factor", &[]).await["state"], "Off");
    let signed_in = post(&server, "people/sign_in", "", &[("email", "sam@plenum.example"), ("password", PASSWORD)]).await;
    assert!(set(&signed_in, "plenum_sign_in").is_some());
    assert!(sam.ask("inbox/page", &[]).await.to_string().contains("Two-factor authentication was turned off"));
    let verbs: Vec<String> = sqlx::query_scalar("select verb from activity where verb like 'second_factor.%' order by id")
        .fetch_all(&server.database().await)
        .await
        .unwrap();
    assert_eq!(verbs, ["second_factor.turned_on", "second_factor.turned_off"]);
}

/// Without scripts: the settings turn it on and show the recovery codes once; a wrong code leads back to its page; the code signs in.
#[tokio::test]
async fn it_works_without_scripts() {
    let server = Server::start();
    let sam = server.person("sam").await;
    let begun = sam.submit("people/begin_second_factor", &[("current", PASSWORD)], "/settings").await;
    assert_eq!(begun, "/settings?done=factor-begun#second-factor");
    let secret = sam.ask("people/second_factor", &[]).await["state"]["Begun"]["secret"].as_str().unwrap().to_owned();
    assert!(sam.html("/settings").await.contains(&secret));
    let confirmed = sam.submit("people/confirm_second_factor", &[("code", &code(&secret, server.now()))], "/settings").await;
    assert_eq!(confirmed, "/settings?done=recovery-codes#second-factor");
    let codes = |page: &str| {
        page.split("class=\"recovery-codes\"").nth(1).map_or(0, |rest| rest.split("</ul>").next().unwrap().matches("<li").count())
    };
    assert_eq!(codes(&sam.html("/settings?done=recovery-codes").await), 10);
    let again = sam.html("/settings?done=recovery-codes").await;
    assert_eq!(codes(&again), 0, "they are shown once");
    assert!(again.contains("made and shown once") && !again.contains(&secret));

    let form = async |endpoint: &str, cookie: &str, form: &[(&str, &str)], from: &str| {
        let request = client().post(format!("{}/fn/people/{endpoint}", server.url)).header("origin", &server.url).header("cookie", cookie);
        let request = request.header("accept", "text/html").header("referer", format!("{}{from}", server.url));
        request.form(form).send().await.unwrap()
    };
    let to = |answer: &Response| answer.headers()["location"].to_str().unwrap().trim_start_matches(&server.url).to_owned();
    let password = [("email", "sam@plenum.example"), ("password", PASSWORD), ("next", "/people")];
    let answer = form("sign_in", "", &password, "/sign-in?next=/people").await;
    assert_eq!(to(&answer), "/sign-in/code?next=/people");
    let pending = set(&answer, "plenum_code").unwrap();
    let page = async |path: &str| {
        let request = client().get(format!("{}{path}", server.url)).header("cookie", &pending).header("accept", "text/html");
        request.send().await.unwrap().text().await.unwrap()
    };
    assert!(page("/sign-in/code?next=/people").await.contains("name=\"code\""));
    let wrong = form("sign_in_code", &pending, &[("code", "no code"), ("next", "/people")], "/sign-in/code?next=/people").await;
    assert!(to(&wrong).starts_with("/sign-in/code?next="), "{}", to(&wrong));
    assert!(page(&to(&wrong)).await.contains("This code is not right"));
    server.advance(STEP).await;
    let right = [("code", code(&secret, server.now())), ("next", "/people".to_owned())];
    let right: Vec<(&str, &str)> = right.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = form("sign_in_code", &pending, &right, "/sign-in/code?next=/people").await;
    assert_eq!(to(&answer), "/people");
    assert_eq!(asks(&server, &set(&answer, "plenum_sign_in").unwrap()).await, 200);
    assert!(server.get("/sign-in/code").await.text().await.unwrap().contains("Sign in with your password again"));
}
