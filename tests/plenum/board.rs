//! The operations board from outside: every figure that the database knows equals a query, for admins of the organisation alone, over
//! `kill -9`; and alarms that are told once.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    server::{Person, Server},
    socket::{Socket, data},
    waiting::eventually,
};

/// Figures of the process, for the operator's admins only.
const PROCESS: [&str; 8] = ["publish_p99", "write_p99", "http_p99", "write_queue", "jobs_waiting", "dead_letters", "processor", "memory"];

type Figures = BTreeMap<String, f64>;

fn figures(values: &Value) -> Figures {
    let pairs = values.as_array().unwrap().iter();
    pairs.map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].as_f64().unwrap())).collect()
}

async fn board(by: &Person, period: &str) -> Value {
    by.ask("admin/board", &[("period", period)]).await["state"].clone()
}

/// The board once so many of its shortest intervals, five seconds each, are written down.
async fn written(server: &Server, by: &Person, count: usize) -> Value {
    for begun in 1..count {
        let at_least = |board: &Value, count| board["series"]["at"].as_array().unwrap().len() >= count;
        eventually("an interval is written down", async || Some(board(by, "quarter").await).filter(|board| at_least(board, begun))).await;
        server.advance(5_000).await;
    }
    eventually("the last interval is written down", async || {
        Some(board(by, "quarter").await).filter(|board| board["series"]["at"].as_array().unwrap().len() >= count)
    })
    .await
}

async fn watch(by: &Person) -> Socket {
    let mut socket = by.socket().await;
    socket.subscribe(&format!("private-ops.{}", by.organisation)).await;
    socket
}

/// The next telling of which `enough` is true.
async fn told(socket: &mut Socket, enough: impl Fn(&Figures) -> bool) -> Figures {
    loop {
        let now = figures(&data(&socket.wait("metrics.updated").await)["now"]);
        if enough(&now) {
            return now;
        }
    }
}

async fn count(server: &Server, sql: &'static str, organisation: i64) -> f64 {
    let database = server.database().await;
    let now = plenum_store::db::now();
    let count: u32 =
        sqlx::query_scalar(sql).bind(organisation).bind(now).bind(now - now.rem_euclid(86_400_000)).fetch_one(&database).await.unwrap();
    database.close().await;
    f64::from(count)
}

/// `$1` the organisation, `$2` now, `$3` midnight UTC. Said otherwise than the program says it, so that both would have to be wrong.
const TRUTHS: [(&str, &str); 17] = [
    ("people", "select count(*) from people where organisation_id = $1"),
    ("people_new", "select count(*) from people where organisation_id = $1 and created_at >= $2 - 604800000"),
    (
        "people_active",
        "select count(*) from people where organisation_id = $1 and id in (select person_id from sign_ins where used_at >= $3)",
    ),
    (
        "sign_ins",
        "select count(*) from sign_ins where scopes is null and expires_at > $2 and person_id in (select id from people where organisation_id = $1)",
    ),
    (
        "messages_today",
        "select count(*) from messages where sent_at >= $3 and conversation_id in (select id from conversations where organisation_id = $1)",
    ),
    (
        "notifications_today",
        "select count(*) from notifications where created_at >= $3 and deleted_at is null and person_id in (select id from people where organisation_id = $1)",
    ),
    (
        "notifications_unseen",
        "select count(*) from notifications where seen_at is null and read_at is null and archived_at is null and deleted_at is null
         and snoozed_until is null and person_id in (select id from people where organisation_id = $1)",
    ),
    ("broadcasts_sending", "select count(*) from broadcasts where organisation_id = $1 and state = 'sending'"),
    ("broadcasts_waiting", "select count(*) from broadcasts where organisation_id = $1 and (state = 'scheduled' or state = 'paused')"),
    ("orders_today", "select count(*) from orders where organisation_id = $1 and paid_at >= $3"),
    (
        "seats_held",
        "select (select count(*) from held_seats where until > $2 and seat_id in
             (select s.id from seats s join events e on e.id = s.event_id where e.organisation_id = $1))
           + (select coalesce(sum(quantity), 0) from held_places where until > $2 and ticket_type_id in
             (select t.id from ticket_types t join events e on e.id = t.event_id where e.organisation_id = $1))",
    ),
    (
        "seats_sold",
        "select count(*) from order_lines l join orders o on o.id = l.order_id join events e on e.id = o.event_id
         where e.organisation_id = $1 and l.state = 'sold' and e.state not in ('draft', 'ended', 'cancelled')",
    ),
    (
        "events_open",
        "select count(*) from events where organisation_id = $1 and $2 between sales_from and sales_until - 1 and state not in
           ('draft', 'ended', 'postponed', 'cancelled')",
    ),
    (
        "revenue_today",
        "select coalesce(-sum(p.amount), 0) from postings p join accounts a on a.id = p.account_id and a.kind = 'person' and a.currency = 'EUR'
           join transfers t on t.id = p.transfer_id where t.organisation_id = $1 and t.kind in ('payment', 'refund') and t.at >= $3",
    ),
    ("jobs_waiting", "select count(*) from jobs where $1 > 0"),
    ("jobs_retrying", "select count(*) from jobs where $1 > 0 and last_error is not null"),
    ("dead_letters", "select count(*) from dead_letters where $1 > 0"),
];

/// Messages, notifications, broadcasts, sign-ins, sockets and jobs of all sorts; then, when it is quiet, each tile is what a query says.
#[tokio::test]
async fn every_tile_equals_a_query() {
    let server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let (admin, sam, lena) = (server.person("admin").await, server.person("sam").await, server.person("lena").await);
    let mut socket = watch(&admin).await;
    let before = told(&mut socket, |now| now.contains_key("messages_today")).await;
    let general = sam.general().await;
    let mut listening = Vec::new();
    for _ in 0..2 {
        let mut open = sam.socket().await;
        open.subscribe(&format!("private-conversation.{general}")).await;
        listening.push(open);
    }
    for number in 0..7 {
        sam.send(general, &format!("@Lena number {number}")).await;
    }
    let at = plenum_core::time::Zone::machine(plenum_store::db::now() + 36 * 3_600_000);
    let at = at.get(..16).unwrap();
    for (key, audience, at) in
        [("broadcast-one-of-test", format!("person:{}", lena.id), ""), ("broadcast-two-of-test", "everyone".to_owned(), at)]
    {
        let form = [("key", key), ("audience", audience.as_str()), ("title", "Fire drill"), ("text", "At noon."), ("at", at)];
        assert_eq!(admin.call("broadcasts/send", &form).await.status(), 200);
    }
    // Jobs that nobody handles: one has failed and waits, one is dead.
    let database = server.database().await;
    sqlx::query(
        "insert into jobs (kind, payload, due_at, attempts, last_error, created_at) values ('nobody', 'null', $1, 1, 'it failed', 0)",
    )
    .bind(plenum_store::db::now() + 3_600_000)
    .execute(&database)
    .await
    .unwrap();
    sqlx::query(
        "insert into dead_letters (kind, payload, error, attempts, created_at, died_at) values ('nobody', 'null', 'it failed', 3, 0, 0)",
    )
    .execute(&database)
    .await
    .unwrap();
    database.close().await;

    // Quiet: the broadcast has gone out, the sums have followed.
    let sent = before["messages_today"] + 7.0;
    let quiet = |now: &Figures| {
        now["messages_today"] == sent
            && now["broadcasts_sending"] == 0.0
            && now["broadcasts_waiting"] == 1.0
            && now["jobs_retrying"] == 1.0
            && now["jobs_due"] == 0.0
    };
    told(&mut socket, quiet).await;
    let now = told(&mut socket, quiet).await;
    for (name, sql) in TRUTHS {
        assert_eq!(now[name], count(&server, sql, admin.organisation).await, "{name}: {now:?}");
    }
    assert_eq!((now["people_online"], now["connections"]), (2.0, 3.0), "sam over two tabs, and the admin who looks");
    assert_eq!((now["channels"], now["subscriptions"]), (2.0, 3.0));
    assert!(now["messages_today"] >= 7.0 && now["notifications_unseen"] >= 1.0 && now["sign_ins"] >= 3.0, "{now:?}");
    assert!(now["memory"] > 1e6 && now["publish_p99"] > 0.0 && now["http_p99"] >= now["http_p50"], "{now:?}");

    // The page says the same, without a script.
    let page = admin.html("/admin").await;
    let tile = |name: &str| {
        let tile = page.split(&format!("data-figure=\"{name}\"")).nth(1).unwrap_or_else(|| panic!("{name} has no tile: {page}"));
        let value = tile.split("<b class=\"tile-value\">").nth(1).unwrap().split("</b>").next().unwrap();
        value.replace("<!>", "").replace("<!---->", "")
    };
    assert_eq!(tile("messages_today"), format!("{:.0}", now["messages_today"]));
    assert_eq!(tile("people_online"), "2");
    assert!(page.contains("Memory") && page.contains("class=\"spark-line\"") && page.contains("<path d=\"M"), "{page}");

    // What closes is gone after its grace.
    for open in listening {
        open.close().await;
    }
    let after = told(&mut socket, |now| now["connections"] == 1.0 && now["people_online"] == 1.0).await;
    assert_eq!(after["subscriptions"], 1.0);
}

/// I24: the board is for admins of the organisation; the process' figures are for those of the first one; a role that ends ends the stream.
#[tokio::test]
async fn figures_are_for_those_whom_they_concern() {
    let server = Server::start();
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    let database = server.database().await;
    for statement in [
        "insert into organisations (id, name, host, created_at) values (900, 'Elsewhere', 'elsewhere.example', 0)",
        "insert into people (id, organisation_id, email, name, password_hash, hue, created_at) values (901, 900, 'eve@plenum.example', 'Eve', '', 0, 0)",
        "insert into roles (person_id, role) values (901, 'member'), (901, 'admin')",
    ] {
        sqlx::query(statement).execute(&database).await.unwrap();
    }
    database.close().await;
    let eve = server.person("eve").await;

    for path in ["/admin", "/admin/alarms"] {
        assert_eq!(sam.page(path).await.status(), 403, "{path}");
    }
    assert_eq!(sam.get("admin/board", &[]).await.status(), 403);
    assert_eq!(sam.get("admin/alarms", &[]).await.status(), 403);
    let alarm = [("figure", "messages"), ("side", "above"), ("threshold", "1"), ("seconds", "0")];
    assert_eq!(sam.call("admin/add_alarm", &alarm).await.status(), 403);
    for (by, name) in [(&sam, format!("private-ops.{}", admin.organisation)), (&eve, format!("private-ops.{}", admin.organisation))] {
        assert_eq!(by.socket().await.try_subscribe(&name, None).await["event"], "pusher:subscription_error", "{name}");
    }

    // Both look at the same time, and each is told of their own.
    let (mut here, mut elsewhere) = (watch(&admin).await, watch(&eve).await);
    let own = told(&mut here, |now| now.contains_key("processor") && now["people_online"] == 1.0).await;
    let others = told(&mut elsewhere, |now| now["people"] == 1.0 && now["people_online"] == 1.0).await;
    for name in PROCESS {
        assert!(own.contains_key(name) || name.ends_with("p99"), "{name}");
        assert!(!others.contains_key(name), "{name}");
    }
    assert!(own["people"] >= 10.0, "{own:?}");
    for period in ["quarter", "day", "week"] {
        let board = board(&eve, period).await;
        assert_eq!(board["operator"], false);
        let text = board.to_string();
        assert!(PROCESS.iter().all(|name| !text.contains(name)), "{text}");
    }
    let page = eve.html("/admin?chart=memory").await;
    assert!(!page.contains("Memory") && !page.contains("Dead letters"), "{page}");
    let process = [("figure", "memory"), ("side", "above"), ("threshold", "1"), ("seconds", "0")];
    assert_eq!(eve.call("admin/add_alarm", &process).await.status(), 422);
    assert_eq!(admin.call("admin/add_alarm", &process).await.status(), 200);

    // A role that is taken back.
    let person = sam.id.to_string();
    assert_eq!(admin.call("people/set_roles", &[("person", &person), ("roles[0]", "admin")]).await.status(), 200);
    let mut socket = watch(&sam).await;
    socket.wait("metrics.updated").await;
    assert_eq!(admin.call("people/set_roles", &[("person", &person)]).await.status(), 200);
    socket.wait("pusher:subscription_error").await;
    for frame in socket.settle().await {
        assert_ne!(frame["event"], "metrics.updated", "nothing more comes");
    }
}

/// The history is there after `kill -9`; while the server is down there is a gap and no zero.
#[tokio::test]
async fn history_is_there_after_a_kill() {
    let mut server = Server::start();
    let admin = server.person("admin").await;
    let known = |board: &Value| board["series"]["at"].as_array().unwrap().iter().map(|at| at.as_i64().unwrap()).collect::<Vec<_>>();
    // Nobody looks, and it is written down all the same.
    let before = written(&server, &admin, 3).await;
    server.kill();
    server.advance_while_down(11_000);
    server.restart();
    let after = eventually("the next interval is written down", async || {
        Some(board(&admin, "quarter").await).filter(|board| known(board).last() > known(&before).last())
    })
    .await;
    let (before, after) = (known(&before), known(&after));
    // The interval that was under way may have been lost with the process.
    let written = before.get(..before.len() - 1).unwrap();
    assert_eq!(after.get(..written.len()).unwrap(), written, "{before:?} {after:?}");
    assert!(after.windows(2).any(|pair| pair[1] - pair[0] >= 10_000), "the time in between is missing: {after:?}");
    let day = board(&admin, "day").await;
    assert!(!known(&day).is_empty() && known(&day).len() <= 2, "the longer intervals go on: {day}");
}

/// An alarm is raised when its figure crosses the threshold, told once to the admins, live and in their inbox; a restart does not repeat
/// it, and its end is told, too.
#[tokio::test]
async fn an_alarm_is_raised_once_and_ends() {
    let mut server = Server::start();
    let (admin, sam) = (server.person("admin").await, server.person("sam").await);
    let mut socket = watch(&admin).await;
    let rule = [("figure", "connections"), ("side", "above"), ("threshold", "2"), ("seconds", "6")];
    let added = admin.call("admin/add_alarm", &rule).await;
    assert_eq!(added.status(), 200);
    let id: i64 = added.json().await.unwrap();
    let made = data(&socket.wait("alarm.changed").await);
    assert_eq!((&made["id"], &made["raised_at"]), (&json!(id), &Value::Null));
    assert_eq!(admin.call("admin/add_alarm", &rule).await.status(), 409, "there is one like it");

    let crowd = [sam.socket().await, sam.socket().await, sam.socket().await];
    told(&mut socket, |now| now["connections"] == 4.0).await;
    server.advance(6_000).await;
    let raised = data(&socket.wait("alarm.changed").await);
    assert_eq!((&raised["id"], &raised["ended_at"]), (&json!(id), &Value::Null));
    assert!(raised["value"].as_f64().unwrap() > 2.0, "{raised}");
    let page = admin.html("/admin").await;
    assert!(page.contains("1 alarm") && page.contains("Last alarm: "), "{page}");
    assert!(admin.html("/admin/alarms").await.contains("Raised"));
    let inbox = admin.ask("inbox/page", &[]).await["state"]["notifications"].clone();
    assert_eq!((&inbox[0]["title"], &inbox[0]["count"]), (&json!("Alarm: Connections above 2 for 6 s"), &json!(1)));

    // Killed and back with as many connections: it lasts, and is not told again.
    server.kill();
    drop(crowd);
    server.restart();
    let crowd = [sam.socket().await, sam.socket().await, sam.socket().await];
    let mut socket = watch(&admin).await;
    for _ in 0..3 {
        told(&mut socket, |now| now["connections"] == 4.0).await;
        server.advance(6_000).await;
    }
    let raises = "select count(*) from activity where organisation_id = $1 and verb = 'alarm.raised' and $2 > $3";
    let told_of = "select count(*) from notifications n join people p on p.id = n.person_id where p.organisation_id = $1 and subject like 'alarm:%' and $2 > $3";
    assert_eq!(count(&server, raises, admin.organisation).await, 1.0);
    assert_eq!(count(&server, told_of, admin.organisation).await, 1.0, "one line for one admin, while it is unread");

    for open in crowd {
        open.close().await;
    }
    told(&mut socket, |now| now["connections"] == 1.0).await;
    server.advance(6_000).await;
    let over = loop {
        let changed = data(&socket.wait("alarm.changed").await);
        if !changed["ended_at"].is_null() {
            break changed;
        }
    };
    assert_eq!(over["id"], id);
    let inbox = admin.ask("inbox/page", &[]).await["state"]["notifications"].clone();
    assert_eq!(inbox[0]["title"], "Over: Connections above 2 for 6 s");
    let page = admin.html("/admin").await;
    assert!(page.contains("All well"), "{page}");
}

/// Thresholds are added, switched and deleted by plain forms; what is wrong is said by field.
#[tokio::test]
async fn alarms_work_without_scripts() {
    let server = Server::start();
    let admin = server.person("admin").await;
    let empty = admin.html("/admin/alarms").await;
    assert!(empty.contains("No alarms yet") && empty.contains("Suggestions"));
    let form = [("figure", "memory"), ("side", "above"), ("threshold", "512"), ("seconds", "60")];
    let led = admin.submit("admin/add_alarm", &form, "/admin/alarms").await;
    assert_eq!(led, "/admin/alarms?done=added");
    let page = admin.html(&led).await;
    assert!(page.contains("Memory above 512 MiB for 60 s") && page.contains("Never raised."), "{page}");
    for (field, value) in [("figure", "nothing"), ("side", "beside"), ("threshold", "much"), ("seconds", "long")] {
        let mut wrong = form;
        wrong.iter_mut().find(|(name, _)| *name == field).unwrap().1 = value;
        let refused = admin.call("admin/add_alarm", &wrong).await;
        assert_eq!(refused.status(), 422, "{field}");
        assert_eq!(refused.json::<Value>().await.unwrap()["field"], field);
    }
    let id = admin.ask("admin/alarms", &[]).await["state"]["alarms"][0]["id"].to_string();
    assert_eq!(admin.submit("admin/switch_alarm", &[("id", &id), ("on", "false")], "/admin/alarms").await, "/admin/alarms");
    assert!(admin.html("/admin/alarms").await.contains("Switch on"));
    assert_eq!(admin.submit("admin/delete_alarm", &[("id", &id)], "/admin/alarms").await, "/admin/alarms");
    assert!(admin.html("/admin/alarms").await.contains("No alarms yet"));
    assert_eq!(admin.call("admin/delete_alarm", &[("id", &id)]).await.status(), 404);
}

/// Every period and every chart is a link to a page that is whole without scripts: axes, lines, the table behind them.
#[tokio::test]
async fn charts_are_drawn_without_scripts() {
    let server = Server::start();
    let admin = server.person("admin").await;
    written(&server, &admin, 2).await;
    for period in ["quarter", "day", "week"] {
        let page = admin.html(&format!("/admin?period={period}&chart=people")).await;
        assert!(page.contains(&format!("href=\"/admin?period={period}&amp;chart=people\"")), "{page}");
        assert!(page.contains("<path data-line=\"0\" d=\"M"), "{period}: {page}");
        assert!(page.contains("Show as table") && page.contains("data-label=\"People online\""), "{period}");
    }
    for chart in ["traffic", "connections", "notices", "latency", "work", "queues", "losses", "jobs", "processor", "memory"] {
        let page = admin.html(&format!("/admin?chart={chart}")).await;
        assert!(page.contains("class=\"chart-plot\""), "{chart}");
    }
    // Whoever comes to look is led here.
    assert!(admin.html("/people").await.contains("href=\"/admin\""));
}
