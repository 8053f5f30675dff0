//! Broadcasts in variants, on a sample, repeated and in each one's zone, from outside: each once over `kill -9` (I26); what is followed
//! is counted; all of it without scripts and for programs too.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    broadcasts::{CROWD, a_day_ahead, act, crowd, delivered, detail, end_leases, is_sent, send, told, try_send, until},
    server::{Person, Server, client},
    waiting::eventually_true,
};

/// Changes the database while the server is away.
async fn meanwhile(server: &Server, statements: &[&'static str]) {
    let database = server.database().await;
    for statement in statements {
        sqlx::query(*statement).execute(&database).await.unwrap();
    }
    database.close().await;
}

async fn count(server: &Server, statement: &'static str) -> i64 {
    let database = server.database().await;
    let count = sqlx::query_scalar(statement).fetch_one(&database).await.unwrap();
    database.close().await;
    count
}

/// Now in UTC, as a form says it.
fn now() -> String {
    plenum_core::time::Zone::machine(plenum_store::db::now()).get(..16).unwrap().to_owned()
}

fn by_variant(broadcast: &Value) -> Vec<i64> {
    broadcast["variants"].as_array().unwrap().iter().map(|variant| variant["funnel"]["delivered"].as_i64().unwrap()).collect()
}

/// I26: a sample in two variants, killed while it goes out; decided while the server is away, killed again while the rest gets the
/// winner. Each has one variant, once; the variants sum to the audience.
#[tokio::test]
async fn a_sample_and_its_winner_over_kills() {
    let mut server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let admin = server.person("admin").await;
    crowd(&server, admin.organisation).await;
    let fields = [("audience", "everyone"), ("title", "One"), ("title_b", "Two"), ("sample", "30"), ("hours", "2"), ("measure", "read")];
    let response = try_send(&admin, &fields).await;
    assert_eq!(response.status(), 200);
    let id: i64 = response.json().await.unwrap();
    until(&admin, id, |now| delivered(now) > 50).await;
    server.kill();
    end_leases(&server).await;
    server.restart();
    let waiting = until(&admin, id, |now| now["state"] == "deciding").await;
    let held = waiting["held"].as_i64().unwrap();
    assert!(held > CROWD / 2 && delivered(&waiting) + held == waiting["funnel"]["recipients"].as_i64().unwrap(), "{waiting}");
    assert!(by_variant(&waiting).iter().all(|count| *count > 100), "{waiting}");

    server.kill();
    let read = "update notifications set read_at = 1, seen_at = 1 where title = 'Two'";
    meanwhile(&server, &[read, "update broadcasts set decide_at = 1", "update jobs set due_at = 1 where kind = 'broadcasts.send'"]).await;
    end_leases(&server).await;
    // What nobody has counted yet is not in the figures: the receipts come first.
    meanwhile(&server, &["update jobs set due_at = due_at + 4102444800000 where kind = 'broadcasts.send'"]).await;
    server.restart();
    let read = by_variant(&waiting)[1];
    until(&admin, id, |now| now["funnel"]["read"] == read).await;
    server.kill();
    meanwhile(&server, &["update jobs set due_at = 1 where kind = 'broadcasts.send'"]).await;
    server.restart();
    let before = delivered(&waiting);
    until(&admin, id, |now| delivered(now) > before).await;
    server.kill();
    end_leases(&server).await;
    server.restart();

    let sent = until(&admin, id, is_sent).await;
    assert_eq!(sent["winner"], json!({ "variant": 1, "ground": "clear" }));
    let recipients = sent["funnel"]["recipients"].as_i64().unwrap();
    assert_eq!((by_variant(&sent).iter().sum::<i64>(), sent["held"].as_i64()), (recipients, Some(0)));
    assert_eq!(by_variant(&sent)[1], by_variant(&waiting)[1] + held, "the rest has the winner");
    assert_eq!(told(&server, id).await, (recipients, recipients), "each once");
    assert_eq!(count(&server, "select count(*) from dead_letters").await, 0);
}

/// I26: what is repeated, killed around its time: one broadcast for each time, each recipient has it once; the next is a day later.
#[tokio::test]
async fn what_is_repeated_over_kills() {
    let mut server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let admin = server.person("admin").await;
    let response = try_send(&admin, &[("audience", "everyone"), ("at", &a_day_ahead()), ("repeat", "day"), ("times", "3")]).await;
    assert_eq!((response.status().as_u16(), response.json::<Value>().await.unwrap()), (200, json!(null)), "it has no broadcast yet");
    let list = async |admin: &Person| admin.ask("broadcasts/list", &[]).await["state"].clone();
    let begun = list(&admin).await;
    assert_eq!((begun["series"][0]["state"].as_str(), begun["broadcasts"].as_array().map(Vec::len)), (Some("running"), Some(0)));
    for number in 1..=3 {
        server.kill();
        meanwhile(
            &server,
            &[
                "update broadcast_series set next_at = (select max(created_at) from sign_ins) - 1000",
                "update jobs set due_at = 1, leased_until = null where kind = 'broadcasts.repeat'",
            ],
        )
        .await;
        server.restart();
        eventually_true("its broadcast is made", async || count(&server, "select count(*) from broadcasts").await == number).await;
        server.kill();
        end_leases(&server).await;
        server.restart();
        let newest = count(&server, "select max(id) from broadcasts").await;
        let sent = until(&admin, newest, is_sent).await;
        assert_eq!(sent["series"]["number"], number);
        let (people, notifications) = told(&server, newest).await;
        assert!(people > 5 && people == notifications && people == delivered(&sent));
    }
    let over = list(&admin).await;
    assert_eq!((over["series"].as_array().map(Vec::len), over["broadcasts"].as_array().map(Vec::len)), (Some(0), Some(3)));
    assert_eq!(count(&server, "select count(*) from broadcasts where occurrence between 1 and 3").await, 3);
}

/// I26: in each one's zone, killed between two zones: those whose time has come have it, the others when theirs comes, each once.
#[tokio::test]
async fn each_ones_own_time_over_kills() {
    let mut server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let admin = server.person("admin").await;
    crowd(&server, admin.organisation).await;
    let zones = "update people set time_zone = case id % 2 when 0 then 'UTC' else 'Pacific/Pago_Pago' end where email like 'crowd%'";
    meanwhile(&server, &[zones, "update people set time_zone = 'UTC' where email not like 'crowd%'"]).await;
    let response = try_send(&admin, &[("audience", "everyone"), ("at", &now()), ("clock", "own")]).await;
    assert_eq!(response.status(), 200);
    let id: i64 = response.json().await.unwrap();
    until(&admin, id, |now| delivered(now) > 20).await;
    server.kill();
    end_leases(&server).await;
    server.restart();
    let waiting = until(&admin, id, |now| now["next_at"].is_i64()).await;
    let recipients = waiting["funnel"]["recipients"].as_i64().unwrap();
    assert_eq!((waiting["state"].as_str(), delivered(&waiting)), (Some("sending"), recipients - CROWD / 2));
    server.kill();
    let come = "update broadcast_recipients set due_at = 1 where status = 'queued'";
    meanwhile(&server, &[come, "update jobs set due_at = 1, leased_until = null where kind = 'broadcasts.send'"]).await;
    server.restart();
    let later = delivered(&waiting) + 30;
    until(&admin, id, |now| delivered(now) > later).await;
    server.kill();
    end_leases(&server).await;
    server.restart();
    let sent = until(&admin, id, is_sent).await;
    assert_eq!(delivered(&sent), recipients);
    assert_eq!(told(&server, id).await, (recipients, recipients), "each once");
}

/// Whoever opens what a notification leads to has followed it: without scripts over the server, with them by the command; it is counted,
/// and leads nobody astray.
#[tokio::test]
async fn what_is_followed_is_counted() {
    let server = Server::start();
    let (admin, sam, lena) = (server.person("admin").await, server.person("sam").await, server.person("lena").await);
    let response = try_send(&admin, &[("audience", "everyone"), ("link", "/messages/rooms")]).await;
    let id: i64 = response.json().await.unwrap();
    until(&admin, id, is_sent).await;
    let newest = async |person: &Person| person.ask("inbox/page", &[]).await["state"]["notifications"][0].clone();
    let own = newest(&sam).await["id"].to_string();
    let page = sam.html("/inbox").await;
    let way = format!("/inbox/{own}/open");
    assert!(page.contains(&format!("href=\"{way}\"")), "the way is in the page");
    let led = sam.page(&way).await;
    assert_eq!((led.status().as_u16(), &led.headers()["location"]), (303, &"/messages/rooms".parse().unwrap()));
    assert_eq!(newest(&sam).await["read"], true);
    let others = newest(&lena).await["id"].to_string();
    for (person, path) in [(&sam, format!("/inbox/{others}/open")), (&sam, "/inbox/999999/open".to_owned())] {
        assert_eq!(person.page(&path).await.headers()["location"], "/inbox", "{path}");
    }
    let stranger = client().get(format!("{}{way}", server.url)).send().await.unwrap();
    assert!(stranger.status().is_redirection() && stranger.headers()["location"].to_str().unwrap().starts_with("/sign-in"));
    until(&admin, id, |now| now["funnel"]["acted"] == 1).await;
    for what in ["follow", "unread", "follow"] {
        assert_eq!(lena.call("inbox/act", &[("id", &others), ("act", what)]).await.status(), 200);
    }
    let both = until(&admin, id, |now| now["funnel"]["acted"] == 2).await;
    assert_eq!((&both["funnel"]["read"], &both["funnel"]["seen"]), (&json!(2), &json!(2)));

    // What leads nowhere cannot be followed.
    let nowhere = send(&admin, &format!("person:{}", sam.id)).await;
    until(&admin, nowhere, is_sent).await;
    let own = newest(&sam).await["id"].to_string();
    assert_eq!(sam.page(&format!("/inbox/{own}/open")).await.headers()["location"], "/inbox");
    let read = until(&admin, nowhere, |now| now["funnel"]["read"] == 1).await;
    assert_eq!(read["funnel"]["acted"], 0);
}

/// As plain forms: two variants and a sample are previewed and sent, what is repeated is paused, a template is written, used, changed and
/// deleted; the recipients come as a table, to those who may have it.
#[tokio::test]
async fn all_of_it_works_without_scripts() {
    let server = Server::start();
    let (mara, sam) = (server.person("mara").await, server.person("sam").await);
    let path = "/admin/broadcasts/new?audience=everyone&title=Dear+%7B%7Bfirst_name%7D%7D&title_b=Hello&weight_b=3&sample=20&measure=acted&recipient=lena%40plenum.example";
    let page = mara.html(path).await;
    for shown in ["Dear Lena", "Hello", "Variant A · 25 % of them", "Variant B · 75 % of them", "20 % get one of the variants", "Send"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(page.contains("name=\"title_b\" value=\"Hello\""), "it is sent with the form");
    let wrong = mara.html("/admin/broadcasts/new?audience=everyone&title=A&title_b=B&text_b=%7B%7Bnickname%7D%7D").await;
    assert!(wrong.contains("id=\"text_b-error\"") && wrong.contains("There is no variable nickname"), "{wrong}");
    let key = page.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = [("key", key), ("audience", "everyone"), ("title", "Dear {{first_name}}"), ("title_b", "Hello"), ("weight_b", "3")];
    assert_eq!(mara.submit("broadcasts/send", &form, path).await, "/admin/broadcasts?done=sent");
    let id = count(&server, "select max(id) from broadcasts").await;
    until(&mara, id, is_sent).await;
    let own = mara.html(&format!("/admin/broadcasts/{id}")).await;
    for shown in ["Variants compared", "95 % interval", "Too few people", "Over time", "class=\"chart\"", "recipients.csv"] {
        assert!(own.contains(shown), "{shown}: {own}");
    }
    let table = mara.page(&format!("/admin/broadcasts/{id}/recipients.csv")).await;
    assert_eq!(table.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    let table = table.text().await.unwrap();
    assert!(table.starts_with("person,name,email,variant,status") && table.contains("sam@plenum.example") && table.contains(",delivered,"));
    assert_eq!(sam.page(&format!("/admin/broadcasts/{id}/recipients.csv")).await.status(), 403);
    assert_eq!(mara.page("/admin/broadcasts/999/recipients.csv").await.status(), 404);

    let at = a_day_ahead();
    let form = [
        ("key", "key-of-the-series"),
        ("audience", "everyone"),
        ("title", "Menu"),
        ("at", &at),
        ("repeat", "week"),
        ("monday", "on"),
        ("friday", "on"),
    ];
    mara.submit("broadcasts/send", &form, path).await;
    let list = mara.html("/admin/broadcasts").await;
    assert!(list.contains("Each week on Monday, Friday") && list.contains("Repeated"), "{list}");
    let series = count(&server, "select max(id) from broadcast_series").await.to_string();
    assert_eq!(
        mara.submit("broadcasts/act_on_series", &[("id", &series), ("act", "pause")], "/admin/broadcasts").await,
        "/admin/broadcasts"
    );
    assert!(mara.html("/admin/broadcasts").await.contains("Paused"));
    assert_eq!(sam.call("broadcasts/act_on_series", &[("id", &series), ("act", "end")]).await.status(), 403);

    let templates = "/admin/broadcasts/templates";
    assert!(mara.html(templates).await.contains("No templates yet"));
    let form = [("name", "Welcome"), ("title", "Welcome, {{ first_name }}"), ("text", "We are glad."), ("link", "/messages")];
    assert_eq!(mara.submit("broadcasts/save_template", &form, templates).await, format!("{templates}?done=saved"));
    let page = mara.html(templates).await;
    let id = count(&server, "select max(id) from broadcast_templates").await.to_string();
    assert!(page.contains("Welcome") && page.contains(&format!("/admin/broadcasts/new?template={id}")));
    let begun = mara.html(&format!("/admin/broadcasts/new?template={id}")).await;
    assert!(begun.contains("value=\"Welcome, {{ first_name }}\"") && begun.contains("We are glad."), "{begun}");
    assert!(mara.html(&format!("{templates}?edit={id}")).await.contains("Change a template"));
    for (fields, status) in [
        (vec![("name", "Welcome"), ("title", "Twice")], 422),
        (vec![("name", "Wrong"), ("title", "{{ nickname }}")], 422),
        (vec![("id", "999"), ("name", "Nothing"), ("title", "Nothing")], 404),
        (vec![("id", id.as_str()), ("name", "Good-bye"), ("title", "Good-bye")], 200),
    ] {
        assert_eq!(mara.call("broadcasts/save_template", &fields).await.status(), status, "{fields:?}");
    }
    assert_eq!(sam.call("broadcasts/save_template", &[("name", "Mine"), ("title", "Mine")]).await.status(), 403);
    assert_eq!(sam.call("broadcasts/delete_template", &[("id", &id)]).await.status(), 403);
    assert_eq!(mara.submit("broadcasts/delete_template", &[("id", &id)], templates).await, format!("{templates}?done=deleted"));
    let verbs = count(&server, "select count(*) from activity where subject_kind = 'template'").await;
    assert_eq!(verbs, 3, "each leaves one row (I32)");
}

/// For programs: variants with their figures, a sample decided by hand, what failed retried, what is repeated paused and ended.
#[tokio::test]
async fn a_program_compares_and_repeats() {
    let server = Server::start();
    let mara = server.person("mara").await;
    let program = Program::of(&server, "mara", &["read", "write", "manage"]).await;
    let variants = json!([{ "title": "One" }, { "title": "Two", "weight": 2 }]);
    let body = json!({ "audience": "everyone", "variants": variants, "sample": { "percent": 50, "hours": 3, "measure": "acted" } });
    let key = Some("sample-of-the-program");
    let (status, made) = program.request(Method::POST, "broadcasts", Some(body.clone()), key).await;
    assert_eq!((status, made["variants"].as_array().map(Vec::len)), (201, Some(2)), "{made}");
    assert_eq!(program.request(Method::POST, "broadcasts", Some(body), key).await, (201, made.clone()));
    let id = made["id"].as_i64().unwrap();
    // Of so few people the sample can be nobody, and then there is nothing to wait for; or everybody, and nobody waits.
    let waiting = until(&mara, id, |now| now["state"] == "deciding" || is_sent(now)).await;
    let path = format!("broadcasts/{id}");
    if waiting["state"] == "deciding" {
        assert_eq!(program.post(&format!("{path}/act"), json!({ "act": "choose" })).await.0, 422);
        let (status, chosen) = program.post(&format!("{path}/act"), json!({ "act": "choose", "variant": 1 })).await;
        assert_eq!((status, &chosen["winner"]), (200, &json!({ "variant": 1, "ground": "chosen" })));
    }
    let sent = until(&mara, id, is_sent).await;
    let told_of = |broadcast: &Value| by_variant(broadcast).iter().sum::<i64>();
    assert_eq!(told_of(&sent), sent["funnel"]["recipients"].as_i64().unwrap());
    let analytics = program.get(&format!("{path}/analytics")).await;
    assert_eq!((&analytics["measure"], analytics["rates"].as_array().map(Vec::len)), (&json!("acted"), Some(2)));
    let moments: i64 = analytics["moments"].as_array().unwrap().iter().map(|moment| moment["delivered"].as_i64().unwrap()).sum();
    assert_eq!(moments, delivered(&sent));
    for (wanted, status) in [("retry", 409), ("pause", 409), ("burn", 422)] {
        assert_eq!(program.post(&format!("{path}/act"), json!({ "act": wanted })).await.0, status, "{wanted}");
    }
    assert_eq!(act(&mara, id, "retry").await, 409, "nothing failed");
    assert_eq!(detail(&mara, id).await["state"], "sent");

    let local = a_day_ahead();
    let repeat = json!({ "every": "week", "days": ["monday", "friday"], "times": 4 });
    let body = json!({ "audience": "everyone", "title": "Menu", "local": local, "zone": "Europe/Berlin", "repeat": repeat });
    let (status, series) = program.post("broadcast-series", body.clone()).await;
    assert_eq!((status, &series["state"], &series["zone"]), (201, &json!("running"), &json!("Europe/Berlin")), "{series}");
    let series_path = format!("broadcast-series/{}/act", series["id"]);
    assert_eq!(program.get("broadcast-series").await["data"][0], series);
    assert_eq!(program.post(&series_path, json!({ "act": "pause" })).await.1["state"], "paused");
    assert_eq!(program.post(&series_path, json!({ "act": "pause" })).await.0, 409);
    assert_eq!(program.post(&series_path, json!({ "act": "end" })).await.1["state"], "ended");
    assert_eq!(program.get("broadcast-series").await["data"], json!([]));
    for (field, changes) in [
        ("zone", json!({ "zone": "Nowhere/Town" })),
        ("at", json!({ "local": null, "zone": null })),
        ("at", json!({ "at": 1 })),
        ("days", json!({ "repeat": { "every": "day", "days": ["monday"] } })),
        ("repeat", json!({ "repeat": null })),
        ("variants", json!({ "variants": [{ "title": "One" }] })),
        ("title", json!({ "title": "" })),
    ] {
        let mut wrong = body.clone();
        wrong.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let (status, problem) = program.post("broadcast-series", wrong).await;
        assert_eq!((status, &problem["field"]), (422, &json!(field)), "{problem}");
    }
    assert_eq!(program.post("broadcasts", body).await.1["field"], "repeat", "that is another address");
}

/// What cannot be told to one is told to the others; it is said, and retried when somebody wants it.
#[tokio::test]
async fn what_failed_is_retried() {
    let server = Server::start();
    let (mara, lena) = (server.person("mara").await, server.person("lena").await);
    // Right for Lena, for whom it is shown, and for nobody else.
    let title = "{{ {'Ines': 'Dear Ines', 'Lena': 'Dear Lena'}[first_name] }}";
    let response = try_send(&mara, &[("audience", "everyone"), ("title", title)]).await;
    assert_eq!(response.status(), 200);
    let id: i64 = response.json().await.unwrap();
    let sent = until(&mara, id, is_sent).await;
    assert_eq!(delivered(&sent), 2);
    let failed = sent["funnel"]["failed"].as_i64().unwrap();
    assert_eq!(failed + 2, sent["funnel"]["recipients"].as_i64().unwrap());
    let page = mara.html(&format!("/admin/broadcasts/{id}")).await;
    assert!(page.contains("Retry what failed") && page.contains("The last reason"), "{page}");
    meanwhile(&server, &["update people set name = 'Ines ' || id where email <> 'lena@plenum.example'"]).await;
    let own = format!("/admin/broadcasts/{id}");
    assert_eq!(mara.submit("broadcasts/act", &[("id", &id.to_string()), ("act", "retry")], &own).await, own);
    let whole = until(&mara, id, |now| is_sent(now) && now["funnel"]["failed"] == 0).await;
    assert_eq!(delivered(&whole), failed + 2);
    assert_eq!(told(&server, id).await, (failed + 2, failed + 2), "each once");
    assert_eq!(lena.ask("inbox/page", &[]).await["state"]["notifications"].as_array().unwrap().len(), 1);
}
