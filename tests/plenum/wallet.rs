//! Wallets from outside: money is there once, whoever answers how often (I6); nobody spends what they do not have, over `kill -9` too,
//! and the ledger is even (I13); what happens is told at once (S1-35 to S1-37), to nobody else (S1-19), and all of it works without scripts.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use futures::future::join_all;
use plenum_live::plenum_auth::AppSecret;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Program,
    server::{Person, Server, client},
    socket::{Socket, data},
    waiting::eventually_true,
};

const FREE: (&str, &str) = ("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0");
const IBAN: &str = "DE89 3704 0044 0532 0130 00";
const OWN: [&str; 2] = ["read", "write"];
const ALL: [&str; 3] = ["read", "write", "admin"];

impl Program<'_> {
    /// What its person can spend.
    async fn available(&self) -> i64 {
        self.get("wallet").await["balances"][0]["available"].as_i64().unwrap()
    }

    async fn deposit(&self, amount: i64) -> i64 {
        let (status, deposit) = self.post("wallet/deposits", json!({ "amount": amount, "currency": "EUR" })).await;
        assert_eq!((status, &deposit["state"]), (201, &json!("pending")), "{deposit}");
        deposit["id"].as_i64().unwrap()
    }

    async fn simulate(&self, deposit: i64, outcome: &str) -> (u16, Value) {
        self.post(&format!("wallet/deposits/{deposit}/simulate"), json!({ "outcome": outcome })).await
    }
}

fn money(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

/// A withdrawal that is asked for.
fn withdrawal(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR", "holder": "Sam Adeyemi", "iban": IBAN })
}

async fn number(server: &Server, statement: &'static str) -> i64 {
    let database = server.database().await;
    let number = sqlx::query_scalar(statement).fetch_one(&database).await.unwrap();
    database.close().await;
    number
}

/// S1-35, S1-37, S1-05: a deposit that the gateway approves is told on its person's channel with the balance, puts a notification into the
/// inbox, stands in the statement and in the file; another person's socket hears none of it (S1-19).
#[tokio::test]
async fn a_deposit_is_told_at_once() {
    let server = Server::start();
    let program = Program::of(&server, "sam", &OWN).await;
    let (sam, lena) = (server.person("sam").await, server.person("lena").await);
    let mut socket = Socket::open(&server.url, Some(&sam.cookie)).await;
    socket.subscribe(&format!("private-person.{}", sam.id)).await;
    assert_eq!(program.available().await, 100_000, "each of the ten has 1,000.00");
    let deposit = program.deposit(2_550).await;
    assert_eq!(data(&socket.wait("deposit.begun").await)["balance"]["pending_in"], 2_550);
    assert_eq!(program.available().await, 100_000, "nothing is there before the gateway has answered");
    let (status, approved) = program.simulate(deposit, "approve").await;
    assert_eq!((status, &approved["state"]), (200, &json!("completed")), "{approved}");
    let moved = data(&socket.wait("balance.changed").await);
    assert_eq!((&moved["balance"]["available"], &moved["entry"]["kind"]), (&json!(102_550), &json!("deposit")));
    assert_eq!(data(&socket.wait("deposit.completed").await)["deposit"]["state"], "completed");
    assert_eq!(data(&socket.wait("notification.created").await)["notification"]["category"], "money");

    let statement = program.get("wallet/statement").await;
    assert_eq!((&statement["data"][0]["amount"], &statement["data"][0]["balance"]), (&json!(2_550), &json!(102_550)));
    assert_eq!(program.get("wallet/statement?kind=payment").await["data"], json!([]));
    assert_eq!(program.request(Method::GET, "wallet/statement?from=soon", None, None).await.1["field"], "from");
    let file = sam.page("/wallet/statement.csv").await;
    assert_eq!(file.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    let file = file.text().await.unwrap();
    assert!(file.contains(",deposit,,25.50,1025.50,EUR\r\n") && file.contains(",opening,Opening balance,1000.00,1000.00,EUR"), "{file}");

    let other = Program::of(&server, "lena", &OWN).await;
    assert_eq!(other.request(Method::GET, &format!("wallet/deposits/{deposit}"), None, None).await.0, 404);
    assert_eq!(other.simulate(deposit, "approve").await.0, 404);
    let mut stranger = Socket::open(&server.url, Some(&lena.cookie)).await;
    let refused = stranger.try_subscribe(&format!("private-person.{}", sam.id), None).await;
    assert_eq!(refused["event"], "pusher:subscription_error");
    server.assert_even();
}

/// The gateway declines, answers late, twice at once, contradicts itself: each has the effect that it should, and no other.
#[tokio::test]
async fn a_gateway_answers_as_gateways_do() {
    let server = Server::start_with(&[FREE]);
    let program = Program::of(&server, "sam", &OWN).await;
    let start = program.available().await;
    for (outcome, state, credited) in [("decline", "declined", 0), ("twice", "completed", 500), ("contradict", "declined", 0)] {
        let before = program.available().await;
        let deposit = program.deposit(500).await;
        let (status, answered) = program.simulate(deposit, outcome).await;
        assert_eq!((status, answered["state"].as_str()), (200, Some(state)), "{outcome}: {answered}");
        assert_eq!(program.available().await - before, credited, "{outcome}");
        // Whatever it says after that.
        for again in ["approve", "twice"] {
            program.simulate(deposit, again).await;
        }
        assert_eq!(program.available().await - before, credited, "{outcome}, and again");
    }
    let late = program.deposit(700).await;
    let sam = server.person("sam").await;
    let mut socket = Socket::open(&server.url, Some(&sam.cookie)).await;
    socket.subscribe(&format!("private-person.{}", sam.id)).await;
    let (_, waiting) = program.simulate(late, "late").await;
    assert_eq!(waiting["state"], "pending");
    socket.wait("deposit.completed").await;
    assert_eq!(program.available().await, start + 1_200);
    assert_eq!(program.simulate(late, "never").await.1["field"], "outcome");
    assert_eq!(number(&server, "select count(*) from activity where verb = 'deposit.disputed'").await, 2, "once for each payment");
    server.assert_even();
}

/// Only the gateway can say that it has the money: without its signature, with another's, or about another amount nothing moves; what it
/// has signed has one effect, fifty times in parallel (I6).
#[tokio::test]
async fn only_the_gateway_answers() {
    let server = Server::start_with(&[FREE]);
    let program = Program::of(&server, "sam", &OWN).await;
    let before = program.available().await;
    program.deposit(500).await;
    let database = server.database().await;
    let secret: String = sqlx::query_scalar("select secret from own_application").fetch_one(&database).await.unwrap();
    let reference: String = sqlx::query_scalar("select reference from deposits").fetch_one(&database).await.unwrap();
    database.close().await;
    let signed = |secret: &str, body: &str| AppSecret::new(secret).sign(format!("wallet-callback:{body}").as_bytes());
    let send = async |adapter: &str, body: &str, signature: &str| {
        let request = client().post(format!("{}/wallet/callbacks/{adapter}", server.url)).body(body.to_owned());
        let response = request.header("plenum-simulator-signature", signature).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap_or_default()["effect"].as_str().unwrap_or_default().to_owned())
    };
    let said = |id: &str, amount: i64| {
        json!({ "id": id, "reference": reference, "outcome": "approved", "amount": amount, "currency": "EUR" }).to_string()
    };
    let right = said("answer-1", 500);
    for (adapter, body, signature, status) in [
        ("simulator", right.as_str(), String::new(), 401),
        ("simulator", &right, signed("another", &right), 401),
        ("simulator", &right, AppSecret::new(&secret).sign(right.as_bytes()), 401),
        ("another", &right, signed(&secret, &right), 404),
        ("simulator", "{}", signed(&secret, "{}"), 422),
        ("simulator", &said("answer-1", 900), signed(&secret, &said("answer-1", 900)), 422),
    ] {
        assert_eq!(send(adapter, body, &signature).await.0, status, "{adapter} {body}");
    }
    assert_eq!(program.available().await, before);
    let signature = signed(&secret, &right);
    let answers = join_all((0..50).map(|_| send("simulator", &right, &signature))).await;
    assert!(answers.iter().all(|answer| *answer == (200, "credited".to_owned())), "{answers:?}");
    let other = said("answer-2", 500);
    assert_eq!(send("simulator", &other, &signed(&secret, &other)).await, (200, "nothing".to_owned()));
    assert_eq!(program.available().await, before + 500);
    assert_eq!(number(&server, "select count(*) from transfers where kind = 'deposit'").await, 1);
    server.assert_even();
}

/// I6: one key fifty times in parallel begins one deposit and asks for money once, with one reply; with another body it is refused, after a
/// crash too.
#[tokio::test]
async fn a_key_moves_money_once() {
    let mut server = Server::start_with(&[FREE]);
    let token = {
        let program = Program::of(&server, "sam", &OWN).await;
        for (path, key, body) in [("wallet/deposits", "deposit-1", money(500)), ("wallet/withdrawals", "withdrawal-1", withdrawal(500))] {
            let replies = join_all((0..50).map(|_| program.request(Method::POST, path, Some(body.clone()), Some(key)))).await;
            assert!(replies.iter().all(|(status, reply)| *status == 201 && reply["id"] == replies[0].1["id"]), "{replies:?}");
        }
        program.token.clone()
    };
    server.kill();
    server.restart();
    let program = Program::with(&server, token);
    for (path, key, body) in [
        ("wallet/deposits", "deposit-1", money as fn(i64) -> Value),
        ("wallet/withdrawals", "withdrawal-1", withdrawal as fn(i64) -> Value),
    ] {
        let same = program.request(Method::POST, path, Some(body(500)), Some(key)).await;
        assert_eq!((same.0, &same.1["id"]), (201, &json!(1)));
        let (status, problem) = program.request(Method::POST, path, Some(body(900)), Some(key)).await;
        assert_eq!((status, &problem["field"]), (422, &json!("Idempotency-Key")), "{problem}");
    }
    let wallet = program.get("wallet").await["balances"][0].clone();
    assert_eq!((&wallet["available"], &wallet["pending_in"], &wallet["pending_out"]), (&json!(99_500), &json!(500), &json!(500)));
    server.assert_even();
}

/// S1-36: what is requested is set aside, seen by the admins at once, approved and paid out by others than its owner; whoever may not gets
/// 403 with a sentence; too much is 409 at its field.
#[tokio::test]
async fn a_withdrawal_is_decided_by_another() {
    let server = Server::start_with(&[FREE]);
    let (program, chief) = (Program::of(&server, "sam", &OWN).await, Program::of(&server, "admin", &ALL).await);
    let (sam, admin) = (server.person("sam").await, server.person("admin").await);
    let mut desk = Socket::open(&server.url, Some(&admin.cookie)).await;
    desk.subscribe(&format!("private-ops.{}", admin.organisation)).await;
    let mut socket = Socket::open(&server.url, Some(&sam.cookie)).await;
    socket.subscribe(&format!("private-person.{}", sam.id)).await;
    let (status, refused) = program.post("wallet/withdrawals", withdrawal(100_001)).await;
    assert_eq!((status, &refused["field"], &refused["detail"]), (409, &json!("amount"), &json!("There is €1,000.00 in the wallet.")));
    let (status, requested) = program.post("wallet/withdrawals", withdrawal(30_000)).await;
    assert_eq!((status, &requested["state"]), (201, &json!("requested")), "{requested}");
    assert_eq!(data(&desk.wait("withdrawal.moved").await)["person"]["name"], "Sam Adeyemi");
    let path = format!("wallet/withdrawals/{}/act", requested["id"]);
    assert_eq!(program.post(&path, json!({ "act": "approve" })).await.0, 403, "without the scope");
    let id = requested["id"].to_string();
    let refused = sam.call("wallet/decide", &[("id", &id), ("act", "approve")]).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.json::<Value>().await.unwrap()["message"], "Only admins decide about withdrawals.");
    let lena = server.person("lena").await;
    assert_eq!(lena.call("wallet/decide", &[("id", &id), ("act", "approve")]).await.status(), 404, "others do not learn that it is there");
    assert_eq!(chief.post(&path, json!({ "act": "process" })).await.0, 409, "not before it is approved");
    assert_eq!(chief.post(&path, json!({ "act": "approve" })).await.1["state"], "approved");
    socket.wait("withdrawal.approved").await;
    assert_eq!(chief.post(&path, json!({ "act": "process" })).await.1["state"], "processed");
    let processed = data(&socket.wait("withdrawal.processed").await);
    assert_eq!((&processed["balance"]["available"], &processed["balance"]["pending_out"]), (&json!(70_000), &json!(0)));

    let (_, own) = chief.post("wallet/withdrawals", withdrawal(100)).await;
    let path = format!("wallet/withdrawals/{}/act", own["id"]);
    let (status, refused) = chief.post(&path, json!({ "act": "approve" })).await;
    assert_eq!((status, refused["detail"].as_str().unwrap()), (403, "This is your own withdrawal: another admin has to decide about it."));
    assert_eq!(chief.post(&path, json!({ "act": "cancel" })).await.1["state"], "cancelled");
    assert_eq!(chief.get("wallet/queue").await["data"].as_array().unwrap().len(), 2);
    assert_eq!(program.request(Method::GET, "wallet/queue", None, None).await.0, 403);
    assert_eq!(sam.get("wallet/withdrawals", &[]).await.status(), 403);
    server.assert_even();
}

/// As plain forms: a deposit leads to the gateway and is approved there; money is asked for, taken back, rejected with a reason; what is
/// refused stands at its field; the statement is filtered by its address.
#[tokio::test]
async fn all_of_it_works_without_scripts() {
    let server = Server::start();
    let (sam, admin) = (server.person("sam").await, server.person("admin").await);
    let page = sam.html("/wallet").await;
    let key = page.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = [("key", key.as_str()), ("amount", "25,50"), ("currency", "EUR")];
    let way = sam.submit("wallet/deposit", &form, "/wallet").await;
    assert_eq!(way, "/wallet/deposits/1/simulator");
    assert_eq!(sam.submit("wallet/deposit", &form, "/wallet").await, way, "sent twice, begun once");
    let gateway = sam.html(&way).await;
    assert!(gateway.contains("This is a simulator") && gateway.contains("€25.50") && gateway.contains("Waiting for payment"), "{gateway}");
    assert_eq!(sam.submit("wallet/simulate", &[("id", "1"), ("outcome", "approve")], &way).await, way);
    assert!(sam.html(&way).await.contains("In your wallet"));
    assert_eq!(admin.page(&way).await.status(), 404, "somebody else's");

    let key = key.replace("-in", "-out");
    let form = [("key", key.as_str()), ("amount", "2000"), ("currency", "EUR"), ("holder", "Sam"), ("iban", IBAN)];
    let back = sam.submit("wallet/withdraw", &form, "/wallet").await;
    assert!(sam.html(&back).await.contains("There is €1,025.50 in the wallet."), "{back}");
    let ask = async |number: u8, amount: &str| {
        let key = format!("withdrawal-{number}");
        let form = [("key", key.as_str()), ("amount", amount), ("currency", "EUR"), ("holder", "Sam"), ("iban", IBAN)];
        assert_eq!(sam.submit("wallet/withdraw", &form, "/wallet").await, "/wallet?done=requested");
    };
    ask(1, "10").await;
    assert_eq!(sam.submit("wallet/cancel", &[("id", "1")], "/wallet").await, "/wallet?done=cancelled");
    ask(2, "20").await;
    let desk = admin.html("/admin/withdrawals").await;
    assert!(
        desk.contains("€20.00")
            && desk.contains("DE89 … 3000")
            && !desk.contains("DE8937040044")
            && !desk.contains("DE89 3704")
            && desk.contains("/admin/withdrawals?reject=2"),
        "{desk}"
    );
    assert!(admin.html("/admin/withdrawals?reject=2").await.contains("Why it is rejected"));
    let form = [("id", "2"), ("act", "reject"), ("reason", "No such account")];
    assert_eq!(admin.submit("wallet/decide", &form, "/admin/withdrawals?reject=2").await, "/admin/withdrawals?done=decided");
    let page = sam.html("/wallet").await;
    assert!(page.contains("Rejected: No such account") && page.contains("€1,025.50"), "{page}");
    let filtered = sam.html("/wallet?kind=deposit").await;
    assert!(filtered.contains("+€25.50") && !filtered.contains("−€20.00"), "{filtered}");
    assert!(sam.html("/wallet?kind=payment").await.contains("Nothing fits"));
    assert_eq!(sam.page("/wallet?from=soon").await.status(), 422);

    assert_eq!(sam.submit("wallet/low_balance", &[("low_balance", "1100")], "/wallet").await, "/wallet?done=saved");
    assert!(sam.html("/wallet").await.contains("There is less than €1,100.00 in your wallet."));
    assert_eq!(sam.page("/admin/withdrawals").await.status(), 403);
    let stranger = server.get("/wallet").await;
    assert!(stranger.status().is_redirection() && stranger.headers()["location"].to_str().unwrap().starts_with("/sign-in"));
    server.assert_even();
}

/// Where a browser asks for it from elsewhere than this machine there is no simulator, and no deposit that nobody pays for.
#[tokio::test]
async fn elsewhere_there_is_no_simulator() {
    let server = Server::start();
    let program = Program::of(&server, "sam", &OWN).await;
    let deposit = program.deposit(500).await;
    let token = program.token.clone();
    drop(program);
    let mut server = server;
    // It prints its public address then.
    let address = server.url.clone();
    server.kill();
    server.restart_with(&[("PLENUM_SERVER__PUBLIC_URL", "https://plenum.example")]);
    let send = async |path: &str, body: Value| {
        let request = client().post(format!("{address}/{path}")).bearer_auth(&token).json(&body);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(send(&format!("api/v1/wallet/deposits/{deposit}/simulate"), json!({ "outcome": "approve" })).await, 404);
    assert_eq!(send("api/v1/wallet/deposits", json!({ "amount": 500, "currency": "EUR" })).await, 409);
    assert_eq!(send("wallet/callbacks/simulator", json!({})).await, 404);
}

/// Anything that is off is found, beside the running server, and the program says so with its status.
#[tokio::test]
async fn what_is_off_is_found() {
    let server = Server::start();
    server.assert_even();
    let database = server.database().await;
    for (statement, found) in [
        ("update accounts set balance = balance + 1 where person_id is not null and id = 1", "account 1 has"),
        ("update accounts set balance = balance - 1 where id = 1", ""),
        ("drop trigger postings_stay", ""),
        ("update postings set amount = amount + 1 where id = 1", "sums to 1 EUR"),
    ] {
        sqlx::query(statement).execute(&database).await.unwrap();
        let (even, said) = server.verify_ledger();
        assert_eq!(even, found.is_empty(), "{statement}: {said}");
        assert!(said.contains(found), "{statement}: {said}");
    }
    database.close().await;
}

/// What a client of the storm does until it is told to stop; refusals are allowed, failures are not.
async fn storm(program: &Program<'_>, chief: &Program<'_>, seed: u64, stop: &AtomicBool, done: &AtomicU32) {
    let mut chance = StdRng::seed_from_u64(seed);
    while !stop.load(Ordering::Relaxed) {
        let amount = chance.random_range(100..60_000_i64);
        let answer = match chance.random_range(0..4) {
            0 | 1 => {
                let Some((status, deposit)) = program.try_post("wallet/deposits", money(amount)).await else { return };
                let outcome = ["approve", "decline", "twice", "contradict"][chance.random_range(0..4)];
                let path = format!("wallet/deposits/{}/simulate", deposit["id"]);
                if status == 201 { program.try_post(&path, json!({ "outcome": outcome })).await } else { Some((status, deposit)) }
            }
            _ => {
                let Some((status, withdrawal)) = program.try_post("wallet/withdrawals", withdrawal(amount)).await else { return };
                let path = format!("wallet/withdrawals/{}/act", withdrawal["id"]);
                let act = ["approve", "reject", "cancel"][chance.random_range(0..3)];
                if status == 201 {
                    let by = if act == "cancel" { program } else { chief };
                    let Some(acted) = by.try_post(&path, json!({ "act": act, "reason": "why" })).await else { return };
                    if act == "approve" { chief.try_post(&path, json!({ "act": "process" })).await } else { Some(acted) }
                } else {
                    Some((status, withdrawal))
                }
            }
        };
        let Some((status, answer)) = answer else { return };
        assert!(matches!(status, 200 | 201 | 409), "{status}: {answer}");
        done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Program<'_> {
    /// None while the server is away.
    async fn try_post(&self, path: &str, body: Value) -> Option<(u16, Value)> {
        // One for all clients of the storm: they ask often.
        static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(client);
        let request = CLIENT.post(format!("{}/api/v1/{path}", self.url())).bearer_auth(&self.token).json(&body);
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        Some((status, response.json().await.ok()?))
    }
}

/// I13: fifty clients of nine people deposit, withdraw, decide and overspend at random, and the server is killed in the middle, twice.
/// After each kill and at the end the ledger sums to zero, each balance is the sum of its postings, nobody is below zero, and each
/// deposit and withdrawal stands in the ledger as it stands in its row.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_clients_and_a_kill() {
    let mut server = Server::start_with(&[FREE]);
    let mut tokens = Vec::new();
    for name in ["sam", "lena", "noor", "tom", "ines", "omar", "aiko", "otto", "mara"] {
        tokens.push(Program::of(&server, name, &OWN).await.token);
    }
    let chief = Program::of(&server, "admin", &ALL).await.token;
    let done = Arc::new(AtomicU32::new(0));
    for round in 0..3_u64 {
        let stop = AtomicBool::new(false);
        let before = done.load(Ordering::Relaxed);
        {
            let here = &server;
            let clients = (0..50_u64).map(|number| {
                let token = tokens[usize::try_from(number).unwrap() % tokens.len()].clone();
                let (chief, stop, done) = (chief.clone(), &stop, &done);
                async move {
                    let (program, chief) = (Program::with(here, token), Program::with(here, chief));
                    storm(&program, &chief, round * 100 + number, stop, done).await;
                }
            });
            let pid = here.pid();
            let end = async {
                eventually_true("the storm blows", async || done.load(Ordering::Relaxed) >= before + 150).await;
                if round < 2 {
                    kill(pid);
                } else {
                    stop.store(true, Ordering::Relaxed);
                }
            };
            futures::future::join(join_all(clients), end).await;
        }
        if round < 2 {
            server.kill();
            server.assert_even();
            server.restart();
        }
    }
    server.assert_even();
    assert_eq!(number(&server, "select coalesce(sum(amount), 0) from postings").await, 0);
    assert_eq!(number(&server, "select count(*) from accounts where floor is not null and balance < floor").await, 0);
    assert!(number(&server, "select count(*) from transfers where kind = 'withdrawal_processed'").await > 5, "money went out");
    assert!(number(&server, "select count(*) from deposits where state = 'completed'").await > 20, "money came in");
    let told = "select count(*) from activity where verb in ('deposit.completed', 'withdrawal.processed')";
    let moved =
        "select (select count(*) from deposits where state = 'completed') + (select count(*) from withdrawals where state = 'processed')";
    assert_eq!(number(&server, told).await, number(&server, moved).await, "I32: a row for each");
    assert_eq!(number(&server, "select count(*) from dead_letters").await, 0);
    let sam: Person = server.person("sam").await;
    assert_eq!(sam.page("/wallet").await.status(), 200);
}

/// `kill -9`, while others hold on to the server.
fn kill(pid: u32) {
    assert!(std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
}
