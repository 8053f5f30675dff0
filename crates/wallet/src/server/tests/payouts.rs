//! Payment files: what goes into one, who marks it, what becomes of each withdrawal; and accounts whose key is lost.

use super::*;
use crate::{
    live::QueueEvent,
    model::{
        payment_file::{FileState, PaymentFile},
        withdrawal::{Withdrawal, WithdrawalAction, WithdrawalState},
    },
    server::{accounts, bank::BankAccount, payment_files, reading, withdrawals},
};
use plenum_core::{
    error::ErrorKind,
    ids::{PaymentFileId, WithdrawalId},
    live::LiveEvent as _,
};
use plenum_store::{db::Committed, idempotency::fresh_key};

async fn payer(house: &House) {
    let who = house.person(1).clone();
    house.store.write(async move |tx: &mut Tx| accounts::set_payer(tx, &who, &bank_account()).await).await.unwrap();
}

async fn request(house: &House, person: usize, money: Money) -> WithdrawalId {
    let who = house.person(person).clone();
    house.store.write(async move |tx: &mut Tx| withdrawals::request(tx, &who, money, &bank_account()).await).await.unwrap().id
}

async fn act(house: &House, by: usize, id: WithdrawalId, action: WithdrawalAction) -> AppResult<Withdrawal> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| withdrawals::act(tx, &who, id, action, "why").await).await
}

/// A withdrawal that another admin than its owner has approved.
async fn approved(house: &House, person: usize, amount: i64) -> WithdrawalId {
    let id = request(house, person, euros(amount)).await;
    act(house, if person == 1 { 2 } else { 1 }, id, WithdrawalAction::Approve).await.unwrap();
    id
}

async fn make(house: &House, by: usize) -> AppResult<PaymentFile> {
    payment_files::make(&house.store, house.person(by), fresh_key()).await
}

async fn mark(house: &House, by: usize, id: PaymentFileId) -> AppResult<PaymentFile> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| payment_files::mark_paid(tx, &who, id).await).await
}

async fn states(house: &House) -> Vec<(i64, WithdrawalState)> {
    let mut conn = house.store.look().await.unwrap();
    sqlx::query_as("select id, state from withdrawals order by id").fetch_all(&mut *conn).await.unwrap()
}

/// What is approved, in euros and not the maker's own goes into one file; each withdrawal once, whoever makes the next.
#[tokio::test]
async fn a_file_has_what_is_approved() {
    let house = house(4).await;
    let first = approved(&house, 3, 300).await;
    assert_eq!(make(&house, 1).await.unwrap_err().kind, ErrorKind::Conflict, "there is no account to pay from");
    payer(&house).await;
    assert_eq!(make(&house, 3).await.unwrap_err().kind, ErrorKind::Forbidden);
    let (own, second) = (approved(&house, 1, 200).await, approved(&house, 4, 150).await);
    request(&house, 4, euros(100)).await;
    let file = make(&house, 1).await.unwrap();
    assert_eq!((file.withdrawals, file.sum, file.state), (vec![first, second], 450, FileState::Made));
    assert_eq!(make(&house, 1).await.unwrap_err().kind, ErrorKind::Conflict, "only their own is left");
    assert_eq!(make(&house, 2).await.unwrap().withdrawals, [own]);
    assert_eq!(house.count("select count(*) from payment_file_items").await, 3);
    // Not even by hand: the table refuses it.
    assert!(!house.execute("insert into payment_file_items (withdrawal_id, file_id) values (1, 2)").await);
    assert_eq!(house.count("select count(*) from activity where verb = 'payment_file.made'").await, 2, "I32");
}

/// One key makes one file.
#[tokio::test]
async fn a_key_makes_one_file() {
    let house = house(3).await;
    payer(&house).await;
    approved(&house, 3, 300).await;
    let key = fresh_key();
    let first = payment_files::make(&house.store, house.person(1), key.clone()).await.unwrap();
    approved(&house, 3, 200).await;
    assert_eq!(payment_files::make(&house.store, house.person(1), key).await, Ok(first));
    assert_eq!(house.count("select count(*) from payment_files").await, 1);
}

/// What is in a file is paid out with it, once; what the bank has rejected is returned before; nobody marks a file with their own in it.
#[tokio::test]
async fn a_file_that_is_paid_pays_out_its_withdrawals() {
    let mut house = house(4).await;
    payer(&house).await;
    let (kept, returned, others) = (approved(&house, 3, 300).await, approved(&house, 4, 200).await, approved(&house, 2, 100).await);
    let file = make(&house, 1).await.unwrap();
    assert_eq!(act(&house, 1, kept, WithdrawalAction::Process).await.unwrap_err().kind, ErrorKind::Conflict, "not beside its file");
    assert_eq!(act(&house, 1, returned, WithdrawalAction::Reject).await.unwrap().state, WithdrawalState::Rejected);
    assert_eq!(balance(&house, 4).await, (1_000, 0, 0));
    assert_eq!(mark(&house, 2, file.id).await.unwrap_err().kind, ErrorKind::Forbidden, "their own is in it");
    assert_eq!(mark(&house, 3, file.id).await.unwrap_err().kind, ErrorKind::Forbidden);
    assert_eq!(mark(&house, 1, file.id).await.unwrap().state, FileState::Processing);
    assert_eq!(mark(&house, 1, file.id).await.unwrap_err().kind, ErrorKind::Conflict, "twice");
    assert_eq!(act(&house, 1, kept, WithdrawalAction::Reject).await.unwrap_err().kind, ErrorKind::Conflict, "too late");
    house.committed();
    let payload = serde_json::json!({ "file": file.id });
    for _ in 0..2 {
        payment_files::pay_out(house.store.clone(), payload.clone()).await.unwrap();
    }
    let ends = [(kept.0, WithdrawalState::Processed), (returned.0, WithdrawalState::Rejected), (others.0, WithdrawalState::Processed)];
    assert_eq!(states(&house).await, ends);
    assert_eq!((balance(&house, 3).await, off(&house).await), ((700, 0, 0), vec![]));
    let moved: Vec<FileState> = house
        .committed()
        .into_iter()
        .filter_map(|item| match item {
            Committed::Event { event, payload, .. } => match QueueEvent::read(&event, &payload) {
                Ok(QueueEvent::PaymentFileMoved(file)) => Some(file.state),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert_eq!(moved, [FileState::Processed], "told once");
    assert_eq!(house.count("select count(*) from activity where verb = 'withdrawal.processed' and person_id = 1").await, 2);
}

/// Plain text of before is sealed and gone; of what has no account its owner is asked for one, and nothing goes out before.
#[tokio::test]
async fn plain_text_of_before_is_sealed() {
    let house = house(3).await;
    let (with, without) = (request(&house, 3, euros(100)).await, request(&house, 3, euros(100)).await);
    assert!(house.execute("delete from withdrawal_accounts").await);
    assert!(house.execute("update withdrawals set account = '', note = 'To GB29 NWBK 6016 1331 9268 19, please' where id = 1").await);
    assert!(house.execute("update withdrawals set account = '', note = 'home' where id = 2").await);
    accounts::check(house.store.clone()).await.unwrap();
    assert_eq!(house.count("select count(*) from withdrawals where note <> ''").await, 0);
    let of = reading::withdrawals_of(&mut house.store.look().await.unwrap(), house.person(3).person).await.unwrap();
    assert_eq!(of.iter().map(|of| of.account.as_str()).collect::<Vec<_>>(), ["", "GB29 … 6819"]);
    assert_eq!(house.count("select count(*) from notifications where subject = 'withdrawal:2:account'").await, 1);
    act(&house, 1, with, WithdrawalAction::Approve).await.unwrap();
    assert_eq!(act(&house, 1, without, WithdrawalAction::Approve).await.unwrap_err().kind, ErrorKind::Conflict);
    let give = async |by: usize, id| {
        let who = house.person(by).clone();
        house.store.write(async move |tx: &mut Tx| accounts::give(tx, &who, id, &bank_account()).await).await
    };
    assert_eq!(give(1, without).await.unwrap_err().kind, ErrorKind::NotFound, "somebody else's");
    assert_eq!(give(3, without).await.unwrap().account, "DE89 … 3000");
    assert_eq!(give(3, without).await.unwrap_err().kind, ErrorKind::Conflict, "it is not changed afterwards");
    act(&house, 1, without, WithdrawalAction::Approve).await.unwrap();
    accounts::check(house.store.clone()).await.unwrap();
    assert_eq!(house.count("select count(*) from notifications where subject = 'withdrawal:2:account'").await, 1, "asked once");
}

/// Accounts whose key is lost are asked for again, but for those in a payment file; a key that comes back opens what it has sealed.
#[tokio::test]
async fn accounts_whose_key_is_lost_are_asked_for_again() {
    let house = house(4).await;
    payer(&house).await;
    let filed = approved(&house, 4, 100).await;
    assert_eq!(make(&house, 1).await.unwrap().withdrawals, [filed]);
    let open = approved(&house, 3, 100).await;
    let accounts_now = async || {
        let mut conn = house.store.look().await.unwrap();
        let withdrawals: Vec<String> =
            sqlx::query_scalar("select account from withdrawals order by id").fetch_all(&mut *conn).await.unwrap();
        let payer: String = sqlx::query_scalar("select account from payer_accounts").fetch_one(&mut *conn).await.unwrap();
        (withdrawals, payer)
    };
    let shown = || "DE89 … 3000".to_owned();
    assert!(house.execute("update withdrawal_accounts set key_id = 'x' || substr(key_id, 2)").await);
    assert!(house.execute("update payer_accounts set key_id = 'x' || substr(key_id, 2)").await);
    accounts::check(house.store.clone()).await.unwrap();
    assert_eq!(accounts_now().await, (vec![shown(), String::new()], String::new()));
    assert_eq!(make(&house, 2).await.unwrap_err().kind, ErrorKind::Conflict);
    // The right key is in its place again.
    let key = house.store.part::<plenum_store::sealing::Sealing>().key().unwrap().id().to_owned();
    house
        .store
        .write(async move |tx: &mut Tx| {
            for statement in ["update withdrawal_accounts set key_id = $1", "update payer_accounts set key_id = $1"] {
                sqlx::query(statement).bind(&key).execute(&mut **tx).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    accounts::check(house.store.clone()).await.unwrap();
    assert_eq!(accounts_now().await, (vec![shown(), shown()], shown()));
    assert_eq!(make(&house, 2).await.unwrap().withdrawals, [open]);
}

/// Neither events nor rows nor activity have an account in full.
#[tokio::test]
async fn an_account_stands_nowhere_in_full() {
    let mut house = house(3).await;
    let iban = "FR1420041010050500013M02606";
    let account = BankAccount::parse("Sam", iban, "").unwrap();
    let who = house.person(3).clone();
    house.store.write(async move |tx: &mut Tx| withdrawals::request(tx, &who, euros(100), &account).await).await.unwrap();
    for item in house.committed() {
        if let Committed::Event { payload, event, .. } = item {
            assert!(!payload.contains(iban) && !payload.contains("2004101005"), "{event}: {payload}");
        }
    }
    for name in ["test.db", "test.db-wal"] {
        let bytes = std::fs::read(house.store.path().with_file_name(name)).unwrap();
        assert!(!bytes.windows(10).any(|part| part == b"2004101005"), "{name}");
    }
}
