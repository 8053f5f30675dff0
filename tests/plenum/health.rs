//! Is it well? Jobs and their dead letters, what goes wrong, what takes long, and what is found when something is made wrong.

use serde_json::{Value, json};

use super::{
    server::{Person, Server, client},
    socket::{Socket, data},
    waiting::{eventually, eventually_true},
};

const APP: [(&str, &str); 3] = [("PLENUM_APP__ID", "shown"), ("PLENUM_APP__KEY", "shown-key"), ("PLENUM_APP__SECRET", "shown-secret")];
/// A payload that the handler cannot read: it fails each time.
const BROKEN: &str = r#"{"delivery":"sam@plenum.example"}"#;

/// Schedules a job as the server would, and a moment later wakes the runner.
async fn plan(server: &Server, kind: &str, payload: &str, attempts: i64) {
    let database = server.database().await;
    sqlx::query("insert into jobs (kind, payload, due_at, attempts, created_at) values ($1, $2, 0, $3, 1)")
        .bind(kind)
        .bind(payload)
        .bind(attempts)
        .execute(&database)
        .await
        .unwrap();
    database.close().await;
}

/// Buries a job that has failed three times.
async fn bury(server: &Server, kind: &str, payload: &str) -> i64 {
    let database = server.database().await;
    let id: i64 = sqlx::query_scalar(
        "insert into dead_letters (kind, payload, error, attempts, created_at, died_at) values ($1, $2, 'it took too long', 3, 1, 2) returning id",
    )
    .bind(kind)
    .bind(payload)
    .fetch_one(&database)
    .await
    .unwrap();
    database.close().await;
    id
}

async fn count(server: &Server, question: &'static str) -> i64 {
    let database = server.database().await;
    let count = sqlx::query_scalar(question).fetch_one(&database).await.unwrap();
    database.close().await;
    count
}

/// An admin of another organisation on the same server.
async fn stranger(server: &Server) -> Person {
    let database = server.database().await;
    let mut tx = database.begin().await.unwrap();
    let organisation: i64 = sqlx::query_scalar("insert into organisations (name, host, registration, created_at) values ('Elsewhere', 'elsewhere.example', 'invitation', 1) returning id")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    let columns = "insert into people (organisation_id, email, name, hue, password_hash, created_at) select $1, 'eve@plenum.example', 'Eve', 1, password_hash, 1 from people limit 1 returning id";
    let person: i64 = sqlx::query_scalar(columns).bind(organisation).fetch_one(&mut *tx).await.unwrap();
    sqlx::query("insert into roles (person_id, role) values ($1, 'admin')").bind(person).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    database.close().await;
    server.person("eve").await
}

fn finding(health: &Value, check: &str) -> Value {
    let findings = health["place"]["findings"].as_array().or(health["findings"].as_array()).unwrap();
    findings.iter().find(|finding| finding["check"] == check).unwrap_or_else(|| panic!("nobody looked at {check}: {health}")).clone()
}

/// A handler that keeps failing: three tries, a dead letter that shows its kind and not what it was given, and back again at a click.
#[tokio::test]
async fn a_job_that_fails_is_buried_and_tried_again() {
    let server = Server::start();
    let admin = server.person("admin").await;
    let mut watching = admin.socket().await;
    watching.subscribe(&format!("private-ops.{}", admin.organisation)).await;
    plan(&server, "webhook.deliver", BROKEN, 2).await;
    // The runner looks at least twice a minute; a command that schedules wakes it at once.
    let wake = bury(&server, "nobody", "{}").await;
    assert_eq!(admin.call("admin/retry_job", &[("id", &wake.to_string())]).await.status(), 200);
    let told = loop {
        let told = data(&watching.wait("jobs.updated").await);
        if let Some(letter) = told["letters"].as_array().unwrap().iter().find(|letter| letter["kind"] == "webhook.deliver") {
            break letter.clone();
        }
    };
    assert_eq!((&told["attempts"], &told["about"]), (&json!(3), &json!("delivery not shown")));
    let jobs = admin.ask("admin/jobs", &[]).await;
    assert!(!jobs.to_string().contains("sam@plenum.example"), "{jobs}");
    let page = admin.html("/admin/jobs").await;
    assert!(page.contains("webhook.deliver") && !page.contains("sam@plenum.example"));
    assert_eq!(finding(&admin.ask("admin/health", &[]).await, "dead_letters")["mark"], "bad");

    let id = told["id"].to_string();
    assert_eq!(admin.call("admin/retry_job", &[("id", &id)]).await.status(), 200);
    assert_eq!(admin.call("admin/retry_job", &[("id", &id)]).await.status(), 404, "it is tried again already");
    // It fails again, and waits to be tried once more.
    let kind = eventually("it failed again", async || {
        let jobs = admin.ask("admin/jobs", &[]).await;
        jobs["kinds"].as_array().unwrap().iter().find(|kind| kind["name"] == "webhook.deliver" && kind["retrying"] == 1).cloned()
    });
    assert!(kind.await["error"].as_str().unwrap().contains("Something went wrong"), "why it failed is said");
    let faults = admin.ask("admin/health", &[]).await["faults"].clone();
    assert!(faults.as_array().unwrap().iter().any(|fault| fault["place"] == "job webhook.deliver" && fault["status"] == 500), "{faults}");
    assert_eq!(count(&server, "select count(*) from activity where verb = 'job.retried' and subject_kind = 'job'").await, 2);
}

/// Two admins press at once: the job goes back once; and what is put back is there after `kill -9`.
#[tokio::test]
async fn a_dead_letter_goes_back_once_and_survives_a_crash() {
    let mut server = Server::start();
    let (one, two) = (server.person("admin").await, server.person("admin").await);
    let mut ids = Vec::new();
    for row in 0..20 {
        ids.push(bury(&server, "inbox.wake", &format!(r#"{{"notification":{}}}"#, 900_000 + row)).await.to_string());
    }
    let mut won = 0;
    for id in &ids[..10] {
        let arguments = [("id", id.as_str())];
        let (a, b) = tokio::join!(one.call("admin/retry_job", &arguments), two.call("admin/retry_job", &arguments));
        let mut statuses = [a.status().as_u16(), b.status().as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 404]);
        won += 1;
    }
    assert_eq!(count(&server, "select count(*) from activity where verb = 'job.retried'").await, won);
    // The rest in one go by both, and no goodbye.
    let arguments = [("kind", "inbox.wake")];
    let (a, b) = tokio::join!(one.call("admin/retry_jobs", &arguments), two.call("admin/retry_jobs", &arguments));
    let mut statuses = [a.status().as_u16(), b.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
    let late = bury(&server, "test.nobody", r#"{"row":1}"#).await;
    assert_eq!(one.call("admin/retry_job", &[("id", &late.to_string())]).await.status(), 200);
    server.kill();
    assert_eq!(count(&server, "select count(*) from dead_letters where kind = 'inbox.wake'").await, 0);
    assert_eq!(
        count(
            &server,
            "select (select count(*) from jobs where kind = 'test.nobody') + (select count(*) from dead_letters where kind = 'test.nobody')"
        )
        .await,
        1,
        "it is still to be done"
    );
    assert_eq!(count(&server, "select count(*) from activity where verb = 'job.retried'").await, 21);
    // What the dead process had begun is free when its lease ends, after 90 s: nobody waits so long here.
    let database = server.database().await;
    sqlx::query("update jobs set leased_until = 1 where leased_until is not null").execute(&database).await.unwrap();
    database.close().await;
    server.restart();
    // What was put back is done: nobody has these notifications, and that is no failure.
    eventually_true("the job is done", async || count(&server, "select count(*) from jobs where kind = 'inbox.wake'").await == 0).await;
    assert_eq!(count(&server, "select count(*) from dead_letters where kind = 'inbox.wake'").await, 0);
}

/// Without scripts: a link asks, a form discards, and the page says so; what is discarded leaves a row of who did it.
#[tokio::test]
async fn jobs_are_tried_again_and_discarded_without_scripts() {
    let server = Server::start();
    let admin = server.person("admin").await;
    let (first, second) = (bury(&server, "test.nobody", r#"{"row":1}"#).await, bury(&server, "test.nobody", r#"{"row":2}"#).await);
    let page = admin.html("/admin/jobs").await;
    assert!(
        page.contains("row 1") && page.contains("it took too long") && page.contains(&format!("/admin/jobs?discard={first}")),
        "{page}"
    );
    assert!(!page.contains("Discard job"), "nothing is asked before one wants to");
    let question = format!("/admin/jobs?discard={first}");
    assert!(admin.html(&question).await.contains(&format!("Discard job {first}, test.nobody?")));
    let led = admin.submit("admin/discard_job", &[("id", &first.to_string())], &question).await;
    assert_eq!(led, "/admin/jobs?done=discarded");
    let page = admin.html(&led).await;
    assert!(page.contains("It is discarded.") && !page.contains("row 1") && page.contains("row 2"));
    let led = admin.submit("admin/retry_job", &[("id", &second.to_string())], "/admin/jobs").await;
    assert!(admin.html(&led).await.contains("It is tried again."));
    let refused = admin.submit("admin/discard_job", &[("id", &first.to_string())], "/admin/jobs").await;
    assert!(admin.html(&refused).await.contains("no longer among the failed jobs"));
    assert_eq!(count(&server, "select count(*) from activity where verb = 'job.discarded' and subject_name = 'test.nobody'").await, 1);
}

/// Members see nothing of it; admins of another organisation what is theirs, and no figures of the process (I24).
#[tokio::test]
async fn only_those_who_run_the_place_see_its_figures() {
    let server = Server::start_with(&APP);
    let (admin, sam, eve) = (server.person("admin").await, server.person("sam").await, stranger(&server).await);
    let id = bury(&server, "test.nobody", "{}").await.to_string();
    for path in ["/admin/jobs", "/admin/health"] {
        let page = sam.page(path).await;
        assert_eq!(page.status(), 403, "{path}");
        assert!(!page.text().await.unwrap().contains("Reading from the database"), "{path}");
    }
    for (who, endpoint) in [(&sam, "admin/jobs"), (&sam, "admin/health"), (&eve, "admin/jobs")] {
        assert_eq!(who.get(endpoint, &[]).await.status(), 403, "{endpoint}");
    }
    for who in [&sam, &eve] {
        for (endpoint, argument) in
            [("admin/retry_job", ("id", id.as_str())), ("admin/discard_job", ("id", &id)), ("admin/retry_jobs", ("kind", "test.nobody"))]
        {
            assert_eq!(who.call(endpoint, &[argument]).await.status(), 403, "{endpoint}");
        }
    }
    assert_eq!(sam.call("admin/probe", &[("key", "abc")]).await.status(), 403);
    assert_eq!(count(&server, "select count(*) from dead_letters").await, 1);

    let own = eve.ask("admin/health", &[]).await;
    assert_eq!((&own["place"], &own["applications"]), (&Value::Null, &json!([])));
    let told = own["faults"].as_array().unwrap();
    assert!(told.iter().all(|fault| fault["status"] == 403 && fault["place"].as_str().unwrap().starts_with("/fn/admin/")), "{own}");
    let page = eve.html("/admin/health").await;
    assert!(page.contains("for the admins of the organisation that runs it") && !page.contains("Reading from the database"), "{page}");
    let whole = admin.ask("admin/health", &[]).await;
    assert!(whole["place"].is_object() && whole["applications"][0]["name"] == "shown", "{whole}");

    // The channel of another organisation carries nothing of jobs; its own test event does come.
    let mut socket = eve.socket().await;
    socket.subscribe(&format!("private-ops.{}", eve.organisation)).await;
    assert_eq!(socket.try_subscribe(&format!("private-ops.{}", admin.organisation), None).await["event"], "pusher:subscription_error");
    assert_eq!(eve.call("admin/probe", &[("key", "abc-1")]).await.status(), 200);
    assert_eq!(data(&socket.wait("probe.sent").await)["key"], "abc-1");
    for _ in 0..3 {
        socket.wait("channels.updated").await;
    }
    assert!(!socket.settle().await.iter().any(|frame| frame["event"] == "jobs.updated"));
    assert_eq!(eve.call("admin/probe", &[("key", "<script>")]).await.status(), 422);
    // From outside the machine nobody is told without a right.
    let asked =
        client().get(format!("{}/api/v1/realtime/health", server.url)).header("x-forwarded-for", "203.0.113.7").send().await.unwrap();
    assert_eq!(asked.status(), 403);
}

/// What is made wrong is found, and says what to do: on the page, and by `plenum doctor`, which fails then.
#[tokio::test]
async fn what_is_made_wrong_is_found() {
    let server = Server::start_with(&APP);
    let admin = server.person("admin").await;
    let before = admin.ask("admin/health", &[]).await;
    for check in ["read", "write", "delivered", "late_jobs", "dead_letters", "origins", "proxies", "clock", "mail", "errors"] {
        assert_eq!(finding(&before, check)["mark"], "well", "{check}: {before}");
    }
    assert_eq!(finding(&before, "backup")["mark"], "look");
    let backup = server.folder().join("backup.db");
    assert!(server.run(&["backup", backup.to_str().unwrap()]).status.success());
    assert_eq!(finding(&admin.ask("admin/health", &[]).await, "backup")["mark"], "well");

    // A page of another site, a proxy that is not trusted.
    let foreign =
        client().post(format!("{}/fn/people/sign_out", server.url)).header("origin", "https://other.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    let proxied = client().get(format!("{}/sign-in", server.url)).header("x-forwarded-for", "203.0.113.7").send().await.unwrap();
    assert_eq!(proxied.status(), 200);
    let health = admin.ask("admin/health", &[]).await;
    assert!(finding(&health, "origins")["measured"].as_str().unwrap().contains("https://other.example"));
    assert_eq!((&finding(&health, "origins")["mark"], &finding(&health, "proxies")["mark"]), (&json!("look"), &json!("look")));
    let output = server.run(&["doctor"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("https://other.example") && said.contains("server.public_url"), "{said}");

    // The clock was ahead when something was written; a channel has not got what the log holds; a job has failed for good.
    let mut socket = admin.socket().await;
    let channel = format!("private-conversation.{}", admin.general().await);
    socket.subscribe(&channel).await;
    admin.send(admin.general().await, "so that something went out").await;
    socket.wait("message.sent").await;
    bury(&server, "test.nobody", "{}").await;
    let database = server.database().await;
    sqlx::query("update channels set seq = seq + 3 where name = $1").bind(&channel).execute(&database).await.unwrap();
    sqlx::query("update pulse set at = at + 3600000").execute(&database).await.unwrap();
    database.close().await;
    let health = admin.ask("admin/health", &[]).await;
    for check in ["delivered", "clock", "dead_letters"] {
        assert_eq!(finding(&health, check)["mark"], "bad", "{check}: {health}");
        assert!(finding(&health, check)["advice"].is_string(), "{check}");
    }
    assert!(finding(&health, "delivered")["measured"].as_str().unwrap().contains(&channel));
    assert_eq!(health["place"]["findings"][0]["mark"], "bad", "the worst comes first");
    let output = server.run(&["doctor"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && said.contains("bad   Failed jobs"), "{said}");
    let page = admin.html("/admin/health").await;
    assert!(page.contains("It is not well") && page.contains("See why at Jobs"), "{page}");
}

/// What an application's owners look for: a wrong signature, a wrong clock, a wrong origin, a refused subscription, a wrong key.
#[tokio::test]
async fn an_application_tells_why_nothing_arrives() {
    let server = Server::start_with(&APP);
    let admin = server.person("admin").await;
    let quiet = admin.ask("admin/health", &[]).await;
    assert_eq!(quiet["applications"][0]["refusals"], json!([]));
    assert_eq!((&quiet["applications"][0]["connected"], &quiet["applications"][0]["mark"]), (&Value::Null, &json!("well")));

    let ask = async |app: &str, timestamp: i64, secret: &str| {
        let query = format!("auth_key=shown-key&auth_timestamp={timestamp}&auth_version=1.0");
        let signer = plenum_live::pusher::signature::AppSecret::new(secret);
        let signed = signer.sign(format!("GET\n/apps/{app}/channels\n{query}").as_bytes());
        client().get(format!("{}/apps/{app}/channels?{query}&auth_signature={signed}", server.url)).send().await.unwrap().status().as_u16()
    };
    let now = plenum_store::db::now() / 1000;
    assert_eq!(ask("shown", now, "wrong-secret").await, 401);
    assert_eq!(ask("shown", now - 3_600, "shown-secret").await, 401);
    assert_eq!(ask("shown", now, "shown-secret").await, 200);
    assert_eq!(ask("lost", now, "shown-secret").await, 404);
    let mut socket = Socket::connect(&server.url, None, "shown-key").await;
    socket.next().await;
    assert_eq!(socket.try_subscribe("private-news", None).await["event"], "pusher:subscription_error");
    assert_eq!(Socket::connect(&server.url, None, "lost-key").await.closed().await, Some(4001));

    let health = admin.ask("admin/health", &[]).await;
    let app = &health["applications"][0];
    let refused: Vec<(&str, &str)> = app["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refusal| (refusal["what"].as_str().unwrap(), refusal["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(refused[0].0 == "subscription" && refused[0].1.contains("private-news"), "{refused:?}");
    assert!(refused[1].0 == "request" && refused[1].1.contains("clock"), "{refused:?}");
    assert!(refused[2].0 == "request" && refused[2].1.contains("auth_signature"), "{refused:?}");
    assert!(app["connected"].is_i64() && app["asked"].is_i64() && app["mark"] == "look", "{app}");
    let strays = health["place"]["strays"].as_array().unwrap();
    assert!(strays.iter().any(|stray| stray["reason"].as_str().unwrap().contains("lost-key")), "{strays:?}");
    assert!(strays.iter().any(|stray| stray["what"] == "request" && stray["reason"].as_str().unwrap().contains("lost")), "{strays:?}");
    let page = admin.html("/admin/health").await;
    assert!(page.contains("auth_signature is not valid.") && page.contains("Check app id, key and secret"), "{page}");
}

/// A webhook that nobody takes stands with its application, and among what went wrong.
#[tokio::test]
async fn a_webhook_that_nobody_takes_is_found() {
    let server = Server::start_with(&APP);
    let admin = server.person("admin").await;
    let id = admin.ask("applications/list", &[]).await[0]["id"].to_string();
    // Nobody listens on a port that was free a moment ago.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}/hook");
    let added = admin.call("applications/add_webhook", &[("id", &id), ("url", &url), ("events[0]", "channel_occupied")]).await;
    assert_eq!(added.status(), 200);
    let mut socket = Socket::connect(&server.url, None, "shown-key").await;
    socket.next().await;
    socket.subscribe("news").await;
    let health = eventually("the delivery has failed", async || {
        let health = admin.ask("admin/health", &[]).await;
        health["applications"][0]["undelivered"].is_object().then_some(health)
    });
    let health = health.await;
    let webhook = &health["applications"][0]["undelivered"];
    assert!(webhook["url"] == url.as_str() && webhook["given_up"] == false && !webhook["error"].as_str().unwrap().is_empty(), "{webhook}");
    assert_eq!(health["applications"][0]["mark"], "look");
    assert!(health["faults"].as_array().unwrap().iter().any(|fault| fault["place"] == "webhook" && fault["status"] == 502), "{health}");
}

/// Errors are counted by kind and place; an internal one has a reference, which the person is shown and the operator finds.
#[tokio::test]
async fn errors_are_counted_and_internal_ones_have_a_reference() {
    let server = Server::start();
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    for _ in 0..2 {
        assert_eq!(sam.call("messages/send", &[("conversation", "1"), ("text", "")]).await.status(), 422);
    }
    assert_eq!(sam.get("messages/thread", &[("conversation", "999999")]).await.status(), 404);
    assert_eq!(server.get("/no-such-page").await.status(), 404);
    assert_eq!(sam.page("/messages/999999").await.status(), 404);
    assert_eq!(server.get("/api/v1/notifications").await.status(), 401);
    let mut socket = sam.socket().await;
    socket.try_subscribe("private-person.999", None).await;
    // A form of a page without scripts is led back, and is counted all the same.
    sam.submit("messages/send", &[("conversation", "1"), ("text", "")], "/messages/1").await;
    // A table is gone: that is nobody's fault but ours.
    let database = server.database().await;
    sqlx::query("alter table conversations rename to conversations_gone").execute(&database).await.unwrap();
    let broken = sam.get("messages/thread", &[("conversation", "1")]).await;
    assert_eq!(broken.status(), 500);
    let broken: Value = broken.json().await.unwrap();
    let word = broken["reference"].as_str().unwrap().to_owned();
    assert!(broken["message"].as_str().unwrap().contains(&word) && !broken.to_string().contains("conversations"), "{broken}");
    sqlx::query("alter table conversations_gone rename to conversations").execute(&database).await.unwrap();
    database.close().await;

    let health = admin.ask("admin/health", &[]).await;
    let counted = |status: u16, place: &str| {
        let faults = health["faults"].as_array().unwrap();
        faults.iter().find(|fault| fault["status"] == status && fault["place"] == place).map_or(0, |fault| fault["count"].as_u64().unwrap())
    };
    assert_eq!(counted(422, "/fn/messages/send"), 3, "{health}");
    assert_eq!(counted(404, "/fn/messages/thread"), 1, "{health}");
    assert_eq!(counted(404, "no such address"), 1, "{health}");
    assert_eq!(counted(401, "/api/v1/notifications"), 1, "{health}");
    let of_pages = |fault: &&Value| fault["status"] == 404 && fault["place"].as_str().unwrap().starts_with("/messages/");
    assert_eq!(health["faults"].as_array().unwrap().iter().filter(of_pages).count(), 1, "a page's error is counted once: {health}");
    assert_eq!(counted(403, "socket: subscription"), 1, "{health}");
    assert_eq!(counted(500, "/fn/messages/thread"), 1, "{health}");
    let references = health["place"]["references"].as_array().unwrap();
    let found = references.iter().find(|reference| reference["word"] == word.as_str()).unwrap();
    assert_eq!(found["place"], "/fn/messages/thread");
    assert!(found["cause"].as_str().unwrap().contains("conversations"), "{found}");
    assert!(finding(&health, "errors")["mark"] != "well");
    assert!(admin.html("/admin/health").await.contains(&word));
}

/// What takes as long as the settings say is noted by name: statements without their values, writes by their function.
#[tokio::test]
async fn slow_work_is_noted_by_name() {
    let server = Server::start_with(&[
        ("PLENUM_DATABASE__SLOW_READ_MS", "1"),
        ("PLENUM_DATABASE__SLOW_WRITE_MS", "1"),
        ("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0"),
    ]);
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    let general = sam.general().await;
    let slow = eventually("slow work of each kind is noted", async || {
        sam.send(general, "a word that stands in no name").await;
        let health = admin.ask("admin/health", &[]).await;
        let slow = health["place"]["slow"].as_array().unwrap().clone();
        let has = |work: &str| slow.iter().any(|slow| slow["work"] == work);
        (has("statement") && has("write") && has("commit")).then_some(slow)
    });
    let slow = slow.await;
    assert!(!json!(slow).to_string().contains("a word that stands in no name"));
    let write = slow.iter().find(|slow| slow["work"] == "write").unwrap();
    assert!(write["name"].as_str().unwrap().contains("::") && !write["name"].as_str().unwrap().contains("closure"), "{write}");
    assert!(slow.iter().all(|slow| slow["longest_ms"].as_u64().unwrap() >= 1 && slow["count"].as_u64().unwrap() >= 1), "{slow:?}");
    assert!(admin.html("/admin/health").await.contains("a whole commit"));
}
