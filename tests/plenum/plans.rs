//! Seat plans from outside: who makes one, what a form without scripts does, and a table that goes in over `kill -9`, exactly once.

use reqwest::StatusCode;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

use super::{
    api::Program,
    server::{Person, Server, client},
    waiting::{eventually, eventually_true},
};

/// The gala of the seeds, which Otto runs.
async fn gala(server: &Server) -> i64 {
    scalar(server, "select min(event_id) from seats").await
}

async fn scalar(server: &Server, statement: &'static str) -> i64 {
    let database = server.database().await;
    let found = sqlx::query_scalar(statement).fetch_one(&database).await.unwrap();
    database.close().await;
    found
}

async fn desk(by: &Person, event: i64) -> Value {
    by.ask("plans/desk", &[("event", &event.to_string())]).await["state"].clone()
}

/// Seats of the plan in all.
fn seats(desk: &Value) -> usize {
    let sections = desk["plan"]["sections"].as_array().unwrap();
    let rows = sections.iter().flat_map(|section| section["rows"].as_array().unwrap());
    rows.map(|row| row["seats"].as_array().unwrap().len()).sum()
}

/// The capacity of seated ticket types is the number of their seats.
fn is_counted(desk: &Value) -> bool {
    let capacity: i64 =
        desk["types"].as_array().unwrap().iter().filter(|of| of["seated"] == true).map(|of| of["capacity"].as_i64().unwrap()).sum();
    usize::try_from(capacity).unwrap() == seats(desk)
}

/// Sends a table as a browser's form does; returns where it is led.
async fn send(server: &Server, by: &Person, event: i64, mode: &str, table: String) -> reqwest::Response {
    let part = |head: &str, body: &str| format!("--plan\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let file = "name=\"table\"; filename=\"plan.csv\"\r\nContent-Type: text/csv";
    let body = format!("{}{}--plan--\r\n", part("name=\"mode\"", mode), part(file, &table));
    let request =
        client().post(format!("{}/events/{event}/plan/table", server.url)).header("content-type", "multipart/form-data; boundary=plan");
    request.header("cookie", &by.cookie).header("origin", &server.url).body(body).send().await.unwrap()
}

/// I33: whoever may not send a plan is refused before any of its body is there.
#[tokio::test]
async fn who_may_not_send_a_plan_has_none_of_it_read() {
    let server = Server::start();
    let (sam, event) = (server.person("sam").await, gala(&server).await);
    let mut socket = TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST /events/{event}/plan/table HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nCookie: {}\r\nContent-Type: multipart/form-data; boundary=plan\r\nContent-Length: 1000000\r\n\r\n",
        server.url.trim_start_matches("http://"),
        server.url,
        sam.cookie
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut line = String::new();
    BufReader::new(socket).read_line(&mut line).await.unwrap();
    assert!(line.starts_with("HTTP/1.1 403"), "{line}");
}

fn led(response: &reqwest::Response) -> String {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// A table of so many rows of fifty.
fn hall(rows: usize) -> String {
    let mut text = String::from("section,row,seat,kind,ticket_type\n");
    for row in 1..=rows {
        for seat in 1..=50 {
            let kind = if seat == 1 { "accessible" } else { "" };
            text.push_str(&format!("Arena,{row},{seat},{kind},Stalls\n"));
        }
    }
    text
}

async fn until(by: &Person, event: i64, is: impl Fn(&Value) -> bool) -> Value {
    eventually("the import comes so far", async || Some(desk(by, event).await).filter(&is)).await
}

/// Waits until the import has written more seats than that.
async fn until_written(server: &Server, seats: i64) {
    let written = "select coalesce(max(written), 0) from plan_imports where state = 'running'";
    eventually_true("so many seats are written", async || scalar(server, written).await > seats).await;
}

fn progress(desk: &Value) -> (String, i64) {
    let progress = &desk["import"]["progress"];
    (progress["state"].as_str().unwrap_or_default().to_owned(), progress["written"].as_i64().unwrap_or_default())
}

/// The lease of a process that was killed runs out after 90 s; here it does so at once.
async fn end_leases(server: &Server) {
    let database = server.database().await;
    sqlx::query("update jobs set leased_until = null where kind = 'box_office.import_plan'").execute(&database).await.unwrap();
    database.close().await;
}

/// A table of 10,000 seats, killed twice while it goes in: it ends by itself, each seat is there once, the capacity is the number of
/// seats whenever somebody looks, and it is recorded and ended once. Then it can be undone, over a kill, too.
#[tokio::test]
async fn a_table_goes_in_over_kills() {
    let mut server = Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")]);
    let otto = server.person("otto").await;
    let event = gala(&server).await;
    let before = desk(&otto, event).await;
    let to = led(&send(&server, &otto, event, "replace", hall(200)).await);
    assert_eq!(to, format!("/events/{event}/plan?done=read#import"));
    for more in [500, 4_000] {
        until_written(&server, more).await;
        server.kill();
        assert_eq!(scalar(&server, "select count(*) from plan_imports where state = 'running'").await, 1, "it was killed too late");
        end_leases(&server).await;
        server.restart();
        assert!(is_counted(&desk(&otto, event).await), "in the middle");
    }
    let done = until(&otto, event, |now| progress(now).0 != "running").await;
    assert_eq!(progress(&done).0, "done", "{}", done["import"]);
    assert_eq!((seats(&done), done["plan"]["sections"].as_array().unwrap().len()), (10_000, 1));
    assert!(is_counted(&done));
    assert_eq!(scalar(&server, "select count(*) from activity where verb = 'plan.imported'").await, 1);
    assert_eq!(scalar(&server, "select count(*) from dead_letters").await, 0);
    assert_eq!(scalar(&server, "select count(*) from (select 1 from seats a join seats b on b.event_id = a.event_id and b.id > a.id and b.y = a.y and abs(b.x - a.x) < 10)").await, 0);

    assert_eq!(otto.call("plans/undo", &[("event", &event.to_string())]).await.status(), 200);
    until_written(&server, 1_000).await;
    server.kill();
    end_leases(&server).await;
    server.restart();
    let back = until(&otto, event, |now| progress(now).0 != "running").await;
    assert_eq!((progress(&back).0.as_str(), seats(&back)), ("done", seats(&before)));
    assert!(is_counted(&back));
}

/// Wrong lines are told by number and column, and nothing changes until somebody wants the good ones; the file that comes out goes in
/// again as the same plan; what is no table at all is said on the page.
#[tokio::test]
async fn a_table_is_checked_as_a_whole() {
    let server = Server::start();
    let otto = server.person("otto").await;
    let event = gala(&server).await;
    let before = desk(&otto, event).await;
    let table = "section;row;seat;ticket_type\r\nLoge;A;1;Stalls\r\nLoge;A;2;Gallery\r\nLoge;A;x;Stalls\r\n";
    led(&send(&server, &otto, event, "add", table.to_owned()).await);
    let read = desk(&otto, event).await;
    assert_eq!((read["import"]["lines"].as_i64(), read["import"]["wrong"].as_i64()), (Some(3), Some(2)));
    let wrong: Vec<(i64, &str)> = read["import"]["report"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["line"].as_i64().unwrap(), line["column"].as_str().unwrap()))
        .collect();
    assert_eq!(wrong, [(3, "ticket_type"), (4, "seat")]);
    assert_eq!((&read["plan"], progress(&read).0.as_str()), (&before["plan"], "checked"));
    let page = otto.html(&format!("/events/{event}/plan?done=read")).await;
    assert!(
        page.contains("2 of 3 lines are wrong. Nothing is changed yet.") && page.contains("Import the one good line"),
        "without scripts, too"
    );
    let (id, event_id) = (read["import"]["progress"]["id"].to_string(), event.to_string());
    let form = [("event", event_id.as_str()), ("id", &id), ("act", "start")];
    assert_eq!(otto.submit("plans/act_on_import", &form, &format!("/events/{event}/plan")).await, format!("/events/{event}/plan#import"));
    let after = until(&otto, event, |now| progress(now).0 != "running").await;
    assert_eq!(seats(&after), seats(&before) + 1);

    let file = otto.page(&format!("/events/{event}/plan.csv")).await;
    assert_eq!(file.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    let file = file.text().await.unwrap();
    assert_eq!(file.lines().count(), seats(&after) + 1);
    led(&send(&server, &otto, event, "replace", file).await);
    let again = until(&otto, event, |now| progress(now).0 == "done" && now["import"]["progress"]["id"].as_i64() != id.parse().ok()).await;
    assert_eq!((&again["plan"], again["import"]["wrong"].as_i64()), (&after["plan"], Some(0)));

    let to = led(&send(&server, &otto, event, "replace", "hello".to_owned()).await);
    assert!(otto.html(to.split('#').next().unwrap()).await.contains("There is no column section."));
    // Nobody else puts words into this site's mouth: no link, and not with the seal of another text.
    for forged in [to.split('#').next().unwrap().replace("section", "money"), format!("/events/{event}/plan?refused=Call%20me")] {
        let led = otto.page(&forged).await;
        assert_eq!((led.status().as_u16(), led.headers()["location"].to_str().unwrap()), (303, format!("/events/{event}/plan").as_str()));
    }
    let large = send(&server, &otto, event, "replace", "x".repeat(2 * 1024 * 1024 + 1)).await;
    assert!(led(&large).contains("refused=A%20table%20has%20at%20most%202%20MB."));
}

/// Each form of the editor works without scripts; who does not run the event, who is not there, and another site are refused.
#[tokio::test]
async fn a_plan_is_made_by_plain_forms() {
    let server = Server::start();
    let (otto, sam, admin) = (server.person("otto").await, server.person("sam").await, server.person("admin").await);
    let event = gala(&server).await;
    let (id, path) = (event.to_string(), format!("/events/{event}/plan"));
    let before = desk(&otto, event).await;
    let submit = async |endpoint: &str, more: &[(&str, &str)]| {
        let form: Vec<(&str, &str)> = [("event", id.as_str())].iter().chain(more).copied().collect();
        let to = otto.submit(endpoint, &form, &path).await;
        assert!(to.starts_with(&path), "{to}");
        otto.html(to.split('#').next().unwrap()).await
    };
    assert!(submit("plans/save_section", &[("name", "Gallery")]).await.contains("The plan is changed."));
    let with = desk(&otto, event).await;
    let section = with["plan"]["sections"][2]["id"].to_string();
    let of = with["types"][1]["id"].to_string();
    let rows = [("section", section.as_str()), ("rows", "A–B"), ("seats", "1–5, 6–10"), ("step", "each"), ("ticket_type", &of)];
    submit("plans/add_rows", &rows).await;
    submit("plans/change_seats", &[("act", "set"), ("section", &section), ("rows", "B"), ("step", "each"), ("kind", "restricted")]).await;
    submit("plans/change_seats", &[("act", "remove"), ("section", &section), ("rows", "A"), ("seats", "10"), ("step", "each")]).await;
    submit("plans/act_on_section", &[("id", &section), ("act", "up")]).await;
    let after = desk(&otto, event).await;
    assert_eq!((seats(&after), after["plan"]["sections"][1]["name"].as_str()), (seats(&before) + 19, Some("Gallery")));
    assert!(is_counted(&after));
    assert!(submit("plans/undo", &[]).await.contains("The last change is undone."));
    let refused =
        submit("plans/add_rows", &[("section", &section), ("rows", "A–3"), ("seats", "1"), ("step", "each"), ("ticket_type", &of)]).await;
    assert!(refused.contains("Rows go from letter to letter or from number to number"));

    assert_eq!(sam.page(&path).await.status(), 403);
    assert_eq!(sam.page(&format!("{path}.csv")).await.status(), 403);
    assert_eq!(sam.call("plans/undo", &[("event", &id)]).await.status(), 403);
    assert_eq!(send(&server, &sam, event, "replace", hall(1)).await.status(), 403);
    assert_eq!(admin.page(&path).await.status(), 200, "admins may");
    assert_eq!(otto.page("/events/999/plan").await.status(), 404);
    assert!(server.get(&path).await.status().is_redirection(), "a visitor is led to the door");
    let foreign =
        client().post(format!("{}{path}/table", server.url)).header("cookie", &otto.cookie).header("origin", "https://elsewhere.example");
    assert_eq!(foreign.body("x").send().await.unwrap().status(), 403);

    let program = Program::of(&server, "otto", &["read"]).await;
    let told = program.get(&format!("events/{event}/plan")).await;
    assert_eq!(told["sections"].as_array().unwrap().len(), 3);
    assert_eq!(told["sections"][0]["rows"][0]["seats"][0]["kind"], "restricted");
    let other = Program::of(&server, "sam", &["read"]).await;
    assert_eq!(other.request(reqwest::Method::GET, &format!("events/{event}/plan"), None, None).await.0, 403);
}
