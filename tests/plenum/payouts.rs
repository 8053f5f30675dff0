//! Withdrawals leave by the organisation's bank: each is in one payment file and is paid out once, whoever makes files at the same time and
//! whatever is killed; accounts are sealed in the database, and a lost key stops nothing.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use futures::future::join_all;
use serde_json::Value;

use super::{
    server::{Person, Server, refused},
    socket::data,
    waiting::eventually_true,
};

const FREE: (&str, &str) = ("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0");
const IBAN: &str = "GB29 NWBK 6016 1331 9268 19";
/// What would stand in a file that has it in clear.
const BARE: &[u8] = b"NWBK60161331926819";

async fn number(server: &Server, statement: &'static str) -> i64 {
    let database = server.database().await;
    let number = sqlx::query_scalar(statement).fetch_one(&database).await.unwrap();
    database.close().await;
    number
}

/// Two admins, with an account to pay from.
async fn admins(server: &Server) -> [Person; 2] {
    let (admin, other) = (server.person("admin").await, server.person("mara").await);
    let database = server.database().await;
    let role = "insert into roles (person_id, role) values ($1, 'admin') on conflict do nothing";
    sqlx::query(role).bind(other.id).execute(&database).await.unwrap();
    database.close().await;
    let form = [("holder", "Städtische Bühne"), ("iban", "DE89 3704 0044 0532 0130 00"), ("bic", "COBADEFFXXX")];
    assert_eq!(admin.call("wallet/payer", &form).await.status(), 200);
    [admin, other]
}

async fn request(person: &Person, amount: &str, key: &str) {
    let form = [("amount", amount), ("currency", "EUR"), ("holder", "Rich Person"), ("iban", IBAN), ("key", key)];
    let response = person.call("wallet/withdraw", &form).await;
    assert_eq!(response.status(), 200, "{:?}", response.text().await);
}

async fn approve(admin: &Person, id: i64) {
    let response = admin.call("wallet/decide", &[("id", &id.to_string()), ("act", "approve")]).await;
    assert_eq!(response.status(), 200, "{:?}", response.text().await);
}

/// A crowd whose withdrawals, one each, are 1 to `count`.
async fn crowd(server: &Server, organisation: i64, count: usize) -> Vec<Person> {
    let crowd = server.rich_crowd(organisation, count, 100_000).await;
    join_all(crowd.iter().map(|person| request(person, "25.50", "withdrawal-1"))).await;
    crowd
}

async fn queue(admin: &Person) -> Value {
    admin.ask("wallet/withdrawals", &[]).await["state"].clone()
}

async fn download(admin: &Person, id: &Value) -> String {
    let response = admin.page(&format!("/admin/payment-files/{id}/pain.001.xml")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    response.text().await.unwrap()
}

fn holds(path: &Path, part: &[u8]) -> bool {
    fs::read(path).is_ok_and(|bytes| bytes.windows(part.len()).any(|window| window == part))
}

/// Two admins make files at the same time, again and again, while withdrawals are approved: each is in one file, the sums of the files are
/// those of their withdrawals, and each download gives the same bytes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_withdrawal_is_in_one_file() {
    let server = Server::start_with(&[FREE]);
    let [admin, other] = admins(&server).await;
    let count = 24;
    crowd(&server, admin.organisation, count).await;
    let approving = async {
        for id in 1..=i64::try_from(count).unwrap() {
            approve(&admin, id).await;
        }
    };
    let making = join_all((0..40).map(|try_number| {
        let maker = if try_number % 2 == 0 { &admin } else { &other };
        let key = format!("payment-file-{try_number}");
        async move {
            let status = maker.call("wallet/make_file", &[("key", &key)]).await.status();
            assert!(status == 200 || status == 409, "{status}");
        }
    }));
    futures::future::join(approving, making).await;
    // What was approved after the last of them.
    let last = admin.call("wallet/make_file", &[("key", "payment-file-last")]).await.status();
    assert!(last == 200 || last == 409, "{last}");
    assert_eq!(number(&server, "select count(*) from payment_file_items").await, 24);
    let off = "select count(*) from payment_files f where sum <> (select sum(w.amount) from payment_file_items i
         join withdrawals w on w.id = i.withdrawal_id where i.file_id = f.id)
         or transactions <> (select count(*) from payment_file_items i where i.file_id = f.id)";
    assert_eq!(number(&server, off).await, 0);
    assert_eq!(number(&server, "select cast(sum(sum) as integer) from payment_files").await, 24 * 2_550);
    let queue = queue(&other).await;
    for file in queue["files"].as_array().unwrap() {
        let (first, second) = (download(&admin, &file["id"]).await, download(&other, &file["id"]).await);
        assert_eq!(first, second);
        let transfers = file["withdrawals"].as_array().unwrap().len();
        assert_eq!(first.matches("<CdtTrfTxInf>").count(), transfers);
        assert!(first.contains(&format!("<NbOfTxs>{transfers}</NbOfTxs>")) && first.contains("<Nm>Staedtische Buehne</Nm>"), "{first}");
        for id in file["withdrawals"].as_array().unwrap() {
            assert!(first.contains(&format!("<EndToEndId>WITHDRAWAL-{id}</EndToEndId>")), "{id}");
        }
    }
    assert!(number(&server, "select count(*) from activity where verb = 'payment_file.downloaded'").await >= 2, "I32");
    server.assert_even();
}

/// A file that both admins mark at the same time is marked once; the server is killed while its withdrawals are paid out, and each is paid
/// out once all the same. Whoever looks sees it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_pays_nobody_twice() {
    let mut server = Server::start_with(&[FREE]);
    let [admin, other] = admins(&server).await;
    let count: i64 = 60;
    crowd(&server, admin.organisation, 60).await;
    for id in 1..=count {
        approve(&admin, id).await;
    }
    let mut desk = other.socket().await;
    desk.subscribe(&format!("private-ops.{}", admin.organisation)).await;
    assert_eq!(admin.call("wallet/make_file", &[("key", "payment-file-0")]).await.status(), 200);
    assert_eq!(data(&desk.wait("payment_file.moved").await)["state"], "made");
    let returned = admin.call("wallet/decide", &[("id", "1"), ("act", "reject"), ("reason", "Account closed")]).await;
    assert_eq!(returned.status(), 200);
    let marks = join_all([&admin, &other].map(|by| by.call("wallet/mark_paid", &[("id", "1")]))).await;
    let mut statuses: Vec<u16> = marks.iter().map(|response| response.status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    server.kill();
    server.assert_even();
    // What the killed server had taken on is free by then.
    server.advance_while_down(100_000);
    server.restart();
    eventually_true("the file is paid out", async || queue(&admin).await["files"][0]["state"] == "processed").await;
    assert_eq!(number(&server, "select count(*) from withdrawals where state = 'processed'").await, count - 1);
    assert_eq!(number(&server, "select count(*) from transfers where kind = 'withdrawal_processed'").await, count - 1);
    assert_eq!(number(&server, "select count(*) from activity where verb = 'withdrawal.processed'").await, count - 1);
    assert_eq!(number(&server, "select count(*) from dead_letters").await, 0);
    server.assert_even();
}

/// Neither the database, its log and a backup of it nor a page has an account in full (I34); the key file is its owner's alone, and one
/// that others may read is refused.
#[tokio::test]
async fn accounts_are_sealed() {
    let server = Server::start_with(&[FREE]);
    let [admin, _] = admins(&server).await;
    let sam = server.person("sam").await;
    request(&sam, "20", "withdrawal-1").await;
    let wrong =
        [("amount", "20"), ("currency", "EUR"), ("holder", "Sam"), ("iban", "GB29 NWBK 6016 1331 9268 18"), ("key", "withdrawal-2")];
    let refusal = sam.call("wallet/withdraw", &wrong).await;
    assert_eq!(refusal.status(), 422);
    let refusal: Value = refusal.json().await.unwrap();
    assert!(refusal["field"] == "iban" && !refusal.to_string().contains("NWBK"), "{refusal}");
    approve(&admin, 1).await;
    assert_eq!(sam.page("/admin/withdrawals/1/account.txt").await.status(), 403);
    let by_hand = admin.page("/admin/withdrawals/1/account.txt").await.text().await.unwrap();
    assert_eq!(by_hand, "Rich Person\nGB29NWBK60161331926819\n€20.00\nWithdrawal 1\n");
    assert_eq!(admin.call("wallet/make_file", &[("key", "payment-file-0")]).await.status(), 200);
    assert_eq!(admin.page("/admin/withdrawals/1/account.txt").await.status(), 409, "it is paid with its file");
    let file = download(&admin, &1.into()).await;
    assert!(file.contains("<IBAN>GB29NWBK60161331926819</IBAN>") && file.contains("<CtrlSum>20.00</CtrlSum>"), "{file}");
    for path in ["/wallet", "/wallet/statement.csv", "/admin/withdrawals"] {
        let page = if path.starts_with("/admin") { admin.html(path).await } else { sam.html(path).await };
        assert!(page.contains("GB29 … 6819") && !page.contains("1331926819"), "{path}: {page}");
    }
    assert_eq!(sam.page("/admin/payment-files/1/pain.001.xml").await.status(), 403);
    let backup = server.folder().join("backup.db");
    assert!(server.run(&["backup", backup.to_str().unwrap()]).status.success());
    for name in ["plenum.db", "plenum.db-wal", "backup.db"] {
        let parts: [&[u8]; 4] = [BARE, b"DE89370400440532013000", b"6016 1331 9268", b"Rich Person"];
        for part in parts {
            assert!(!holds(&server.folder().join(name), part), "{name} holds {}", String::from_utf8_lossy(part));
        }
    }
    let key = server.folder().join("plenum.key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&key).unwrap();
    assert!(!holds(&server.folder().join("plenum.db"), text.trim().as_bytes()) && !holds(&backup, text.trim().as_bytes()));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let said = refused(&[("PLENUM_SECURITY__KEY_FILE", key.to_str().unwrap())]);
    assert!(said.contains("plenum.key") && said.contains("644"), "{said}");
}

/// Restored without its key, Plenum starts, asks for the account again, and goes on when it was given.
#[tokio::test]
async fn a_lost_key_stops_nothing() {
    let mut server = Server::start_with(&[FREE]);
    let [admin, _] = admins(&server).await;
    let sam = server.person("sam").await;
    request(&sam, "20", "withdrawal-1").await;
    approve(&admin, 1).await;
    server.kill();
    fs::remove_file(server.folder().join("plenum.key")).unwrap();
    server.restart();
    eventually_true("the account is asked for", async || sam.html("/wallet").await.contains("/wallet?account=1")).await;
    assert!(sam.html("/inbox").await.contains("Enter the bank account for your withdrawal"));
    eventually_true("so is the organisation's", async || {
        let desk = admin.html("/admin/withdrawals").await;
        desk.contains("bank account missing") && desk.contains("/admin/withdrawals?payer=change") && !desk.contains("Paid from")
    })
    .await;
    assert_eq!(admin.call("wallet/make_file", &[("key", "payment-file-0")]).await.status(), 409);
    assert!(sam.html("/wallet?account=1").await.contains("Bank account for €20.00"));
    let form = [("id", "1"), ("holder", "Sam Adeyemi"), ("iban", IBAN)];
    assert_eq!(sam.submit("wallet/account", &form, "/wallet?account=1").await, "/wallet?done=account");
    let payer = [("holder", "Bühne"), ("iban", "DE89 3704 0044 0532 0130 00")];
    assert_eq!(admin.submit("wallet/payer", &payer, "/admin/withdrawals?payer=change").await, "/admin/withdrawals?done=payer");
    let key = [("key", "payment-file-1")];
    assert_eq!(admin.submit("wallet/make_file", &key, "/admin/withdrawals").await, "/admin/withdrawals?done=file");
    assert!(download(&admin, &1.into()).await.contains("<IBAN>GB29NWBK60161331926819</IBAN>"));
    assert_eq!(admin.submit("wallet/mark_paid", &[("id", "1")], "/admin/withdrawals?paid=1").await, "/admin/withdrawals?done=paid");
    eventually_true("it is paid out", async || sam.html("/wallet").await.contains("Paid out")).await;
    server.assert_even();
}
