//! The mail a day: in the outbox once, over crashes and two workers; stopped by its link without signing in.

use std::time::Duration;

use reqwest::header;
use serde_json::Value;

use super::{
    server::{Person, Server, client},
    waiting::{eventually, eventually_true},
};

/// The mails in the outbox, in the order of their names.
fn mails(server: &Server) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(server.folder().join("outbox")) else { return Vec::new() };
    let mut paths: Vec<_> =
        folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|kind| kind == "eml")).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

async fn mailed(server: &Server, count: usize) -> Vec<String> {
    eventually("the mails are there", async || Some(mails(server)).filter(|mails| mails.len() >= count)).await
}

async fn want(person: &Person, hour: &str) {
    let form = [
        ("wanted[0]", "mentions.app"),
        ("wanted[1]", "mentions.mail"),
        ("wanted[2]", "messages.app"),
        ("wanted[3]", "messages.mail"),
        ("digest", hour),
    ];
    let led = person.submit("inbox/set_preferences", &form, "/settings/notifications").await;
    assert_eq!(led, "/settings/notifications?done=told");
}

/// The hour of everybody who wants the mail has come; the sweep looks for them when the server starts.
async fn come_due(server: &Server) {
    let database = server.database().await;
    sqlx::query("update inboxes set digest_due_at = 1 where digest").execute(&database).await.unwrap();
    sqlx::query("update jobs set due_at = 1 where kind = 'inbox.digests'").execute(&database).await.unwrap();
    database.close().await;
}

/// Without the soft line ends of quoted-printable text, which fall anywhere.
fn joined(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=3D", "=")
}

/// The address in a mail's header.
fn stop_link(mail: &str) -> String {
    let line = mail.lines().find_map(|line| line.strip_prefix("List-Unsubscribe: <")).unwrap();
    line.trim_end_matches('>').to_owned()
}

/// Killed again and again around the time that it is due: each gets one mail, and in it what they have not seen.
#[tokio::test]
async fn a_mail_comes_once_whatever_happens() {
    let mut server = Server::start();
    let (lena, tom, sam) = (server.person("lena").await, server.person("tom").await, server.person("sam").await);
    for person in [&lena, &tom] {
        want(person, "8").await;
    }
    let general = sam.general().await;
    sam.send(general, "@Lena Kovač @Tom Visser a secret place").await;
    // Tom looks; Lena does not.
    assert_eq!(tom.call("inbox/sweep", &[("what", "seen"), ("up_to", "1")]).await.status(), 200);
    server.kill();
    for wait in [0, 5, 20, 60, 150] {
        come_due(&server).await;
        server.restart();
        tokio::time::sleep(Duration::from_millis(wait)).await;
        server.kill();
    }
    // A run that was killed keeps its lease: let it go.
    let database = server.database().await;
    sqlx::query("update jobs set leased_until = null, due_at = 1").execute(&database).await.unwrap();
    database.close().await;
    come_due(&server).await;
    server.restart();
    let mails = mailed(&server, 1).await;
    // Whoever wants the mail is looked for again, and there is nothing left to send.
    server.advance(2 * 60_000).await;
    let database = server.database().await;
    eventually_true("it was looked again", async || {
        let left = "select count(*) from jobs where kind = 'inbox.digest' or kind = 'inbox.digests' and due_at <= $1";
        sqlx::query_scalar::<_, i64>(left).bind(server.now()).fetch_one(&database).await.unwrap() == 0
    })
    .await;
    assert_eq!(self::mails(&server), mails, "one person has something new, and gets one mail");
    let mail = joined(&mails[0]);
    assert!(mail.contains("To: lena@plenum.example") && mail.contains("Sam Adeyemi mentioned you in General"), "{mail}");
    assert!(!mail.contains("secret place"), "what was said is not in it");
    assert!(mail.contains(&format!("{}/messages/{general}?m=", server.url)), "{mail}");
    assert_eq!(
        sqlx::query_scalar::<_, i64>("select count(*) from jobs where kind = 'inbox.digest'")
            .fetch_one(&server.database().await)
            .await
            .unwrap(),
        0
    );
}

/// The link of a mail: opening it changes nothing, its button stops the mails for whoever has it, a mail program does so with one POST,
/// and every tab hears of it.
#[tokio::test]
async fn a_link_stops_the_mails() {
    let mut server = Server::start();
    let (lena, sam) = (server.person("lena").await, server.person("sam").await);
    want(&lena, "8").await;
    sam.send(sam.general().await, "@Lena Kovač hello").await;
    server.stop();
    come_due(&server).await;
    server.restart();
    let mail = mailed(&server, 1).await.remove(0);
    let link = stop_link(&mail);
    assert!(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{mail}");
    assert!(link.starts_with(&format!("{}/unsubscribe?token=", server.url)) && joined(&mail).contains(&link), "{link}");
    let digest = async || lena.ask("inbox/preferences", &[]).await["digest"].clone();

    // Programs look at links, too.
    for method in [reqwest::Method::GET, reqwest::Method::HEAD] {
        assert_eq!(client().request(method, &link).send().await.unwrap().status(), 200);
    }
    assert_eq!(digest().await["hour"], 8);
    let page = client().get(&link).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("l…@plenum.example") && page.contains("Stop these mails") && !page.contains("lena@"), "{page}");

    let mut tab = lena.socket().await;
    tab.subscribe(&format!("private-person.{}", lena.id)).await;
    let post = async |link: &str, body: &'static str| {
        let request = client().post(link).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        request.send().await.unwrap().status().as_u16()
    };
    let forged = link.replace(&format!("token={}.", lena.id), &format!("token={}.", sam.id));
    assert_eq!(post(&forged, "List-Unsubscribe=One-Click").await, 422);
    assert_eq!(post(&link, "List-Unsubscribe=Later").await, 422);
    assert_eq!(digest().await["hour"], 8);
    assert_eq!(post(&link, "List-Unsubscribe=One-Click").await, 204);
    let changed = tab.wait("preferences.changed").await;
    assert_eq!(serde_json::from_str::<Value>(changed["data"].as_str().unwrap()).unwrap()["digest"], Value::Null);
    assert_eq!(post(&link, "List-Unsubscribe=One-Click").await, 204, "twice is harmless");
    assert_eq!(digest().await, Value::Null);

    // The page's own button, without scripts and without a sign-in.
    want(&lena, "9").await;
    let token = link.split_once("token=").unwrap().1;
    let pressed = client()
        .post(format!("{}/fn/inbox/unsubscribe", server.url))
        .header(header::ACCEPT, "text/html")
        .header(header::ORIGIN, &server.url)
        .header(header::REFERER, &link)
        .form(&[("token", token)])
        .send()
        .await
        .unwrap();
    let led = pressed.headers()["location"].to_str().unwrap().to_owned();
    let page = client().get(format!("{}{}", server.url, led.strip_prefix(&server.url).unwrap_or(&led))).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("gets no daily mail any more"));
    assert_eq!(digest().await, Value::Null);
    let wrong = client().get(format!("{}/unsubscribe?token=1.00", server.url)).send().await.unwrap().text().await.unwrap();
    assert!(wrong.contains("This link is not whole") && !wrong.contains("Stop these mails"));
}

/// Category by way, the hour and what may stand in the mail: a plain form that keeps what was chosen and says what is wrong.
#[tokio::test]
async fn the_mail_is_set_without_scripts() {
    let server = Server::start();
    let lena = server.person("lena").await;
    want(&lena, "7").await;
    let page = lena.html("/settings/notifications").await;
    let option = page.split("<option").find(|option| option.contains("07:00")).unwrap();
    assert!(option.split('>').next().unwrap().contains("selected"), "{option}");
    let boxed = |name: &str| {
        page.split("<input").find(|input| input.contains(&format!("value=\"{name}\""))).unwrap().split('>').next().unwrap().to_owned()
    };
    assert!(boxed("mentions.mail").contains("checked") && !boxed("people.mail").contains("checked"));
    assert!(
        boxed("security.mail").contains("disabled") && boxed("security.mail").contains("checked"),
        "what keeps an account safe is locked"
    );
    let wrong = lena.call("inbox/set_preferences", &[("digest", "25")]).await;
    assert_eq!(wrong.status(), 422);
    assert_eq!(wrong.json::<Value>().await.unwrap()["field"], "digest");
}
