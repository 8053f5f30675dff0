//! Mail leaves: over a real mail server, with TLS, refusals, a server that hangs, and `kill -9` in the middle.

use serde_json::Value;

use super::{
    server::{Person, Server, client, refused},
    smtp::{Encryption, PASSWORD, Smtp},
    waiting::{eventually, eventually_true},
};

pub(super) fn start(smtp: &Smtp, more: &[(&str, &str)]) -> Server {
    let settings = smtp.settings();
    let variables: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).chain(more.iter().copied()).collect();
    Server::start_with(&variables)
}

async fn invite(admin: &Person, email: &str) -> reqwest::Response {
    admin.call("people/invite", &[("email", email), ("role", "member")]).await
}

/// The mails to `recipient` as the admins see them, the newest first.
async fn listed(admin: &Person, recipient: &str) -> Vec<Value> {
    let mailing = admin.ask("admin/mail", &[]).await;
    mailing["state"]["mails"].as_array().unwrap().iter().filter(|mail| mail["recipient"] == recipient).cloned().collect()
}

/// Waits until the newest mail to `recipient` is in this state.
async fn reaches(admin: &Person, recipient: &str, state: &str) -> Value {
    eventually(&format!("the mail to {recipient} is {state}"), async || {
        listed(admin, recipient).await.into_iter().next().filter(|mail| mail["state"] == state)
    })
    .await
}

/// Waits until the newest mail to `recipient` was tried so often, and this try has ended.
async fn tried(admin: &Person, recipient: &str, attempts: i64) -> Value {
    eventually(&format!("the mail to {recipient} was tried {attempts} times"), async || {
        let mail = listed(admin, recipient).await.into_iter().next()?;
        (mail["attempts"] == attempts && mail["error"] != Value::Null).then_some(mail)
    })
    .await
}

async fn finding(admin: &Person) -> (String, String) {
    let health = admin.ask("admin/health", &[]).await;
    let findings = health["place"]["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["check"] == "mail").unwrap();
    (finding["mark"].as_str().unwrap().to_owned(), finding["measured"].as_str().unwrap().to_owned())
}

pub(super) fn header<'a>(mail: &'a str, name: &str) -> &'a str {
    mail.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_else(|| panic!("{name} is missing: {mail}"))
}

/// The first address of a page in a mail.
pub(super) fn link(mail: &str) -> String {
    let text = mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
    let from = text.find("http://").unwrap();
    text[from..].split_whitespace().next().unwrap().to_owned()
}

/// TLS, STARTTLS and a password; what is sent is forgotten; and a certificate that nobody vouches for ends the conversation.
#[tokio::test]
async fn mail_leaves_over_tls() {
    for encryption in [Encryption::Tls, Encryption::StartTls] {
        let smtp = Smtp::start(encryption);
        let mut server = start(&smtp, &[]);
        let admin = server.person("admin").await;
        assert_eq!(invite(&admin, "zoe@example.org").await.status(), 200);
        let mail = smtp.has_taken(1).await.remove(0);
        assert_eq!(smtp.log(), ["connected", "taken zoe@example.org encrypted signed-in"]);
        assert_eq!((header(&mail, "From"), header(&mail, "To")), ("Institute <mail@institute.example>", "zoe@example.org"));
        assert!(header(&mail, "Message-ID").ends_with("@institute.example>"), "{mail}");
        assert!(link(&mail).starts_with(&format!("{}/register?invitation=", server.url)), "{mail}");
        let sent = reaches(&admin, "zoe@example.org", "sent").await;
        assert_eq!((&sent["attempts"], &sent["perhaps_twice"]), (&Value::from(1), &Value::from(false)));
        let database = server.database().await;
        let left: i64 =
            sqlx::query_scalar("select count(*) from mails where text <> '' or subject <> ''").fetch_one(&database).await.unwrap();
        database.close().await;
        assert_eq!(left, 0, "the link is not kept");
        assert_eq!(finding(&admin).await.0, "well");
        // Nobody vouches for the certificate now: no word is said, least of all the password.
        server.stop();
        server.restart_with(&[("SSL_CERT_FILE", "/dev/null")]);
        let admin = server.person("admin").await;
        assert_eq!(invite(&admin, "ada@example.org").await.status(), 200);
        let waiting = tried(&admin, "ada@example.org", 1).await;
        let error = waiting["error"].as_str().unwrap();
        assert!(error.contains("the connection") && error.contains("certificate") && !error.contains(PASSWORD), "{error}");
        assert_eq!(smtp.taken().len(), 1);
    }
}

/// Where mail leaves, whoever registers shows first that the address is theirs; the answer is the same whether or not it has an account,
/// and the link leads on to where one wanted to go.
#[tokio::test]
async fn whoever_registers_shows_their_address() {
    let smtp = Smtp::start(Encryption::Plain);
    let server = start(&smtp, &[]);
    let admin = server.person("admin").await;
    let open = [("name", "Institute"), ("open_registration", "true")];
    assert_eq!(admin.call("people/update_organisation", &open).await.status(), 200);
    let post = async |endpoint: &str, form: &[(&str, &str)]| {
        let request = client().post(format!("{}/fn/people/{endpoint}", server.url)).header("origin", &server.url);
        let response = request.header("accept", "application/json").form(form).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let account = [("name", "Zoe"), ("email", "zoe@example.org"), ("password", "a long password")];
    assert_eq!(post("register", &account).await.0, 403);
    let asked = post("request_registration", &[("email", "zoe@example.org"), ("next", "/events/1?q=a b")]).await;
    assert_eq!(asked.0, 200, "{}", asked.1);
    assert_eq!(post("request_registration", &[("email", "sam@plenum.example")]).await, asked);
    // Asked again at once: no second mail.
    assert_eq!(post("request_registration", &[("email", "zoe@example.org")]).await, asked);
    let mails = smtp.has_taken(2).await;
    let to = |address: &str| mails.iter().find(|mail| header(mail, "To") == address).unwrap_or_else(|| panic!("no mail to {address}"));
    let known = to("sam@plenum.example").replace("=\r\n", "").replace("=\n", "");
    assert!(known.contains("You have an account already"), "{known}");
    let link = link(to("zoe@example.org"));
    let (path, query) = link.split_once('?').unwrap();
    assert!(path.ends_with("/register") && query.ends_with("&next=/events/1%3Fq%3Da%20b"), "{link}");
    let secret = query.split_once("invitation=").unwrap().1.split('&').next().unwrap();
    let page = server.get(&format!("/register?{query}")).await.text().await.unwrap();
    assert!(page.contains("zoe@example.org") && page.contains("value=\"/events/1?q=a b\""), "{page}");
    let stolen = [("name", "Eve"), ("email", "eve@example.org"), ("password", "a long password"), ("invitation", secret)];
    assert_eq!(post("register", &stolen).await.0, 422);
    let joins = [&account[..], &[("invitation", secret), ("next", "/events/1?q=a b")]].concat();
    assert_eq!(post("register", &joins).await, (200, "\"/events/1?q=a%20b\"".to_owned()));
    assert_eq!(smtp.taken().len(), 2);
}

/// Asking for a link to register with takes away the earlier one of its own kind alone: not an admin's invitation of this address, nor one
/// of whoever runs the server, which gives another role.
#[tokio::test]
async fn asking_to_register_takes_no_other_invitation_away() {
    let smtp = Smtp::start(Encryption::Plain);
    let server = start(&smtp, &[]);
    let admin = server.person("admin").await;
    let open = [("name", "Institute"), ("open_registration", "true")];
    assert_eq!(admin.call("people/update_organisation", &open).await.status(), 200);
    assert_eq!(invite(&admin, "zoe@example.org").await.status(), 200);
    let invited = smtp.has_taken(1).await.remove(0);
    let database = server.database().await;
    sqlx::query(
        "insert into invitations (organisation_id, token_hash, email, role, invited_by, created_at, expires_at)
         select $1, $2, 'zoe@example.org', 'admin', null, 0, $3",
    )
    .bind(admin.organisation)
    .bind(vec![7_u8; 32])
    .bind(i64::MAX)
    .execute(&database)
    .await
    .unwrap();
    let ask = async || {
        let request = client().post(format!("{}/fn/people/request_registration", server.url)).header("origin", &server.url);
        let request = request.header("accept", "application/json").form(&[("email", "zoe@example.org")]);
        assert_eq!(request.send().await.unwrap().status(), 200);
    };
    ask().await;
    let first = smtp.has_taken(2).await.remove(1);
    server.advance(61_000).await;
    ask().await;
    let second = smtp.has_taken(3).await.remove(2);
    let rest: i64 =
        sqlx::query_scalar("select count(*) from invitations where email = 'zoe@example.org'").fetch_one(&database).await.unwrap();
    database.close().await;
    assert_eq!(rest, 3, "the admin's, the operator's and the newest link");
    let opens = async |mail: &str| {
        let link = link(mail);
        let (_, query) = link.split_once('?').unwrap();
        server.get(&format!("/register?{query}")).await.text().await.unwrap().contains("zoe@example.org")
    };
    assert_eq!((opens(&invited).await, opens(&first).await, opens(&second).await), (true, false, true));
}

/// The link of a reset that came by mail sets a password; a new one takes the older one's place.
#[tokio::test]
async fn a_password_is_reset_by_mail() {
    let smtp = Smtp::start(Encryption::Plain);
    let server = start(&smtp, &[]);
    let ask = async |email: &str| {
        let request = client().post(format!("{}/fn/people/request_reset", server.url)).header("origin", &server.url);
        request.header("accept", "application/json").form(&[("email", email)]).send().await.unwrap().status()
    };
    assert_eq!(ask("nobody@plenum.example").await, 200);
    assert_eq!(ask("sam@plenum.example").await, 200);
    let mail = smtp.has_taken(1).await.remove(0);
    assert_eq!(header(&mail, "To"), "sam@plenum.example");
    let link = link(&mail);
    let token = link.split_once("/reset?token=").unwrap().1;
    let reset = client().post(format!("{}/fn/people/reset_password", server.url)).header("origin", &server.url);
    let reset = reset.header("accept", "application/json").form(&[("token", token), ("password", "another long one")]);
    assert_eq!(reset.send().await.unwrap().status(), 200);
    assert_eq!(smtp.taken().len(), 1, "nobody else gets one");
}

/// Several mails go over one connection.
#[tokio::test]
async fn a_connection_is_used_again() {
    let smtp = Smtp::start(Encryption::Plain);
    let server = start(&smtp, &[]);
    let admin = server.person("admin").await;
    for number in 1..=4 {
        assert_eq!(invite(&admin, &format!("person{number}@example.org")).await.status(), 200);
        reaches(&admin, &format!("person{number}@example.org"), "sent").await;
    }
    assert_eq!(smtp.log().iter().filter(|line| *line == "connected").count(), 1, "{:?}", smtp.log());
}

/// An address that there is not is written to once, shown to the admins, and again only when one of them allows it.
#[tokio::test]
async fn an_address_that_refuses_is_not_written_to_again() {
    let smtp = Smtp::start(Encryption::Plain);
    let server = start(&smtp, &[]);
    let admin = server.person("admin").await;
    assert_eq!(invite(&admin, "gone@example.org").await.status(), 200);
    let mail = reaches(&admin, "gone@example.org", "refused").await;
    assert!(mail["error"].as_str().unwrap().contains("550 5.1.1 there is nobody of this name"), "{mail}");
    let page = admin.html("/admin/mail").await;
    assert!(
        page.contains("gone@example.org") && page.contains("there is nobody of this name") && page.contains("Write to it again"),
        "{page}"
    );
    let again = invite(&admin, "gone@example.org").await;
    assert_eq!(again.status(), 422);
    let again: Value = again.json().await.unwrap();
    assert!(again["field"] == "email" && again["message"].as_str().unwrap().contains("nobody of this name"), "{again}");
    // What is written by the server itself is kept back, too.
    let database = server.database().await;
    sqlx::query("update people set email = 'gone@example.org' where email = 'sam@plenum.example'").execute(&database).await.unwrap();
    database.close().await;
    let request = client().post(format!("{}/fn/people/request_reset", server.url)).header("origin", &server.url);
    let asked = request.header("accept", "application/json").form(&[("email", "gone@example.org")]).send().await.unwrap();
    assert_eq!(asked.status(), 200, "the page says the same to everybody");
    reaches(&admin, "gone@example.org", "withheld").await;
    assert_eq!(finding(&admin).await, ("look".to_owned(), "1 address refused mail in the last day.".to_owned()));

    let sam = server.person("lena").await;
    assert_eq!(sam.call("admin/allow_mail", &[("address", "gone@example.org")]).await.status(), 403);
    assert_eq!(sam.get("admin/mail", &[]).await.status(), 403);
    let led = admin.submit("admin/allow_mail", &[("address", "gone@example.org")], "/admin/mail").await;
    assert_eq!(led, "/admin/mail?done=allowed");
    assert_eq!(admin.call("admin/allow_mail", &[("address", "gone@example.org")]).await.status(), 404);
    assert!(admin.html("/admin/audit").await.contains("allowed mail to gone@example.org again"));
    assert!(smtp.taken().is_empty());
}

/// "Come again later" is heeded for a day, with growing pauses; then the job is a dead letter, which an admin can put back. A mail that
/// is refused with its content is not tried again, and its address is none the worse for it.
#[tokio::test]
async fn what_is_put_off_is_tried_again() {
    let smtp = Smtp::start(Encryption::Plain);
    smtp.set_busy(true);
    let server = start(&smtp, &[]);
    let admin = server.person("admin").await;
    assert_eq!(invite(&admin, "busy@example.org").await.status(), 200);
    let mail = tried(&admin, "busy@example.org", 1).await;
    assert!(mail["error"].as_str().unwrap().contains("450 4.2.0 come again later") && mail["given_up"] == false, "{mail}");
    assert_eq!(finding(&admin).await.0, "look");
    assert!(server.get("/forgot").await.text().await.unwrap().contains("Enter your address"));
    assert!(server.get("/forgot?done=mailed").await.text().await.unwrap().contains("mail is delayed just now"));
    smtp.set_busy(false);
    server.advance(11_000).await;
    reaches(&admin, "busy@example.org", "sent").await;
    assert!(server.get("/forgot?done=mailed").await.text().await.unwrap().contains("a mail is on its way"));

    smtp.set_busy(true);
    assert_eq!(invite(&admin, "busy2@example.org").await.status(), 200);
    let pauses = plenum_web::mail::PAUSES;
    for (attempt, pause) in (1..).zip(pauses) {
        tried(&admin, "busy2@example.org", attempt).await;
        // The try has ended when its job waits for the next.
        let database = server.database().await;
        eventually_true("the job waits", async || {
            let waits = "select count(*) from jobs where kind = 'mail.send' and leased_until is null and attempts = $1";
            sqlx::query_scalar::<_, i64>(waits).bind(attempt).fetch_one(&database).await.unwrap() == 1
        })
        .await;
        database.close().await;
        server.advance(i64::try_from(pause.as_millis()).unwrap() + 1_000).await;
    }
    let given_up = eventually("it is given up", async || {
        listed(&admin, "busy2@example.org").await.into_iter().next().filter(|mail| mail["given_up"] == true)
    });
    assert_eq!((&given_up.await["attempts"], pauses.len()), (&Value::from(9), 8));
    let (mark, measured) = finding(&admin).await;
    assert!(mark == "bad" && measured.contains("1 given up") && measured.contains("come again later"), "{measured}");
    smtp.set_busy(false);
    let letters = admin.ask("admin/jobs", &[]).await["letters"].clone();
    let letter = letters.as_array().unwrap().iter().find(|letter| letter["kind"] == "mail.send").unwrap().clone();
    assert!(!letter.to_string().contains("busy2@"), "whom it was for is not shown: {letter}");
    assert_eq!(admin.call("admin/retry_job", &[("id", &letter["id"].to_string())]).await.status(), 200);
    reaches(&admin, "busy2@example.org", "sent").await;

    assert_eq!(invite(&admin, "spam@example.org").await.status(), 200);
    let mail = reaches(&admin, "spam@example.org", "failed").await;
    assert!(mail["error"].as_str().unwrap().contains("554 5.7.1 this is spam") && mail["attempts"] == 1, "{mail}");
    assert_eq!(admin.ask("admin/mail", &[]).await["state"]["refused"], Value::Array(Vec::new()));
    let (mark, measured) = finding(&admin).await;
    assert!(mark == "bad" && measured.contains("1 mail failed for good in the last day"), "{measured}");
}

/// A server that does not answer costs the time that the settings give it; others' mail goes out meanwhile.
#[tokio::test]
async fn a_server_that_hangs_holds_up_nobody() {
    let smtp = Smtp::start(Encryption::Plain);
    let server = start(&smtp, &[("PLENUM_MAIL__TIMEOUT_SECONDS", "5")]);
    let admin = server.person("admin").await;
    assert_eq!(invite(&admin, "slow@example.org").await.status(), 200);
    eventually_true("it hangs", async || smtp.log().contains(&"slow".to_owned())).await;
    assert_eq!(invite(&admin, "zoe@example.org").await.status(), 200);
    reaches(&admin, "zoe@example.org", "sent").await;
    let mail = tried(&admin, "slow@example.org", 1).await;
    assert_eq!(mail["error"], "the mail server did not answer in time, at the recipient");
}

/// Killed after the content was handed over and before the answer: it is sent once more under the same Message-ID, and never a third time;
/// that says so. Killed before, it is sent once.
#[tokio::test]
async fn a_crash_sends_at_most_twice_and_says_so() {
    let smtp = Smtp::start(Encryption::Plain);
    let mut server = start(&smtp, &[]);
    let admin = server.person("admin").await;
    assert_eq!(invite(&admin, "mute@example.org").await.status(), 200);
    for round in 1..=2 {
        smtp.has_taken(round).await;
        server.kill();
        // The lease of the run that died ends.
        server.advance_while_down(100_000);
        server.restart();
    }
    let admin = server.person("admin").await;
    let mail = reaches(&admin, "mute@example.org", "unanswered").await;
    assert_eq!(mail["attempts"], 2);
    assert!(admin.html("/admin/mail").await.contains("handed over twice, not answered"));
    let (mark, measured) = finding(&admin).await;
    assert!(mark == "bad" && measured.contains("1 mail failed for good"), "{measured}");
    let taken = smtp.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(header(&taken[0], "Message-ID"), header(&taken[1], "Message-ID"));
    assert_eq!(taken[0], taken[1], "the same to the last byte, so that a program knows it");
}

/// What was committed is sent, also if the server is killed before it could, and once.
#[tokio::test]
async fn what_was_committed_is_sent_after_a_crash() {
    let mut smtp = Smtp::absent(Encryption::Plain);
    let mut server = start(&smtp, &[]);
    let admin = server.person("admin").await;
    assert_eq!(invite(&admin, "zoe@example.org").await.status(), 200);
    server.kill();
    smtp.begin();
    server.advance_while_down(100_000);
    server.restart();
    smtp.has_taken(1).await;
    let admin = server.person("admin").await;
    let mail = reaches(&admin, "zoe@example.org", "sent").await;
    assert_eq!((&mail["perhaps_twice"], smtp.taken().len()), (&Value::from(false), 1));
}

/// An invitation that is taken back takes its mail back.
#[tokio::test]
async fn a_mail_goes_with_its_cause() {
    let smtp = Smtp::start(Encryption::Plain);
    smtp.set_busy(true);
    let server = start(&smtp, &[]);
    let admin = server.person("admin").await;
    assert_eq!(invite(&admin, "busy@example.org").await.status(), 200);
    tried(&admin, "busy@example.org", 1).await;
    let overview = admin.ask("people/overview", &[]).await;
    let id = overview["invitations"].as_array().unwrap().iter().find(|line| line["email"] == "busy@example.org").unwrap()["id"].to_string();
    assert_eq!(admin.call("people/withdraw_invitation", &[("id", &id)]).await.status(), 200);
    reaches(&admin, "busy@example.org", "withdrawn").await;
    smtp.set_busy(false);
    server.advance(3_600_000).await;
    assert_eq!(invite(&admin, "zoe@example.org").await.status(), 200);
    reaches(&admin, "zoe@example.org", "sent").await;
    assert_eq!(smtp.taken().len(), 1);
}

/// Wrong settings are refused at the start, by name and without the password; `plenum mail test` says what the mail server said.
#[tokio::test]
async fn the_settings_are_tried() {
    for (variables, says) in [
        ([("PLENUM_MAIL__SMTP_URL", "http://plenum:hunter2@mail.example.org"), ("PLENUM_MAIL__FROM", "a@b.example")], "mail.smtp_url"),
        (
            [("PLENUM_MAIL__SMTP_URL", "smtp://plenum:hunter2@mail.example.org?tls=none"), ("PLENUM_MAIL__FROM", "a@b.example")],
            "mail.smtp_url",
        ),
        ([("PLENUM_MAIL__SMTP_URL", "smtps://plenum:hunter2@mail.example.org"), ("PLENUM_MAIL__FROM", "nobody")], "mail.from"),
    ] {
        let said = refused(&variables);
        assert!(said.contains(says) && !said.contains("hunter2"), "{said}");
    }
    let smtp = Smtp::start(Encryption::Tls);
    let server = start(&smtp, &[]);
    let test = |address: &str| {
        let output = server.run(&["mail", "test", address]);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.success(), said)
    };
    let (well, said) = test("zoe@example.org");
    assert!(well && said.contains("2.0.0 taken as 1"), "{said}");
    assert!(smtp.taken()[0].contains("plenum mail test"), "{:?}", smtp.taken());
    let (well, said) = test("gone@example.org");
    assert!(!well && said.contains("550 5.1.1 there is nobody of this name"), "{said}");
    let (well, said) = test("nobody");
    assert!(!well && said.contains("e-mail address"), "{said}");
}

/// Without a mail server the pages do not promise one.
#[tokio::test]
async fn pages_say_where_mails_go() {
    let server = Server::start();
    let page = server.get("/forgot?done=mailed").await.text().await.unwrap();
    assert!(page.contains("does not send mail by itself") && !page.contains("on its way"), "{page}");
    let admin = server.person("admin").await;
    assert!(admin.html("/admin/people").await.contains("This server sends no mail by itself"));
    // Who looks at the mails is told that there is another.
    let mut looking = admin.socket().await;
    let organisation = admin.ask("people/shell", &[]).await["state"]["viewer"]["organisation"].clone();
    looking.subscribe(&format!("private-ops.{organisation}")).await;
    assert_eq!(invite(&admin, "zoe@example.org").await.status(), 200);
    looking.wait("mails.changed").await;
    reaches(&admin, "zoe@example.org", "sent").await;
    let page = admin.html("/admin/mail").await;
    assert!(page.contains("sets mail.smtp_url") && page.contains("written into the folder"), "{page}");
    assert!(admin.html("/settings/notifications").await.contains("does not send mail by itself"));
    let output = server.run(&["mail", "test", "zoe@example.org"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("mail.smtp_url is not set"), "{said}");
}
