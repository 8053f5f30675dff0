//! Mails as rows: once each, two hand-overs without an answer at the most, and nothing left of what is over.

use super::*;
use crate::mail::verdict::Stage;
use plenum_core::mail::MailKind;
use plenum_store::db::Store;

const HERE: OrganisationId = OrganisationId(1);
const HOUR: Millis = 3_600_000;

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let (store, _commits) = Store::open(&format!("sqlite://{}", folder.path().join("test.db").display()), 1).await.unwrap();
    let here = async |tx: &mut Tx| {
        sqlx::query("insert into organisations (id, name, created_at) values ($1, 'Institute', 0)").bind(HERE).execute(&mut **tx).await?;
        Ok(())
    };
    store.write(here).await.unwrap();
    (folder, store)
}

fn mail(name: &str, lifetime: Millis) -> Mail {
    let to = Email::parse("zoe@example.org").unwrap();
    Mail::new(HERE, MailKind::Invitation, "invitation:7", to, lifetime).saying("Invitation", "https://plenum.example/register").once(name)
}

async fn ask(store: &Store, mail: Mail) -> Enqueued {
    store.write(async move |tx: &mut Tx| enqueue(tx, mail.clone()).await).await.unwrap()
}

async fn take(store: &Store, id: i64) -> Option<Letter> {
    store.write(async move |tx: &mut Tx| begin(tx, id).await).await.unwrap()
}

async fn hand(store: &Store, id: i64) -> bool {
    store.write(async move |tx: &mut Tx| hand_over(tx, id).await).await.is_ok()
}

async fn ended(store: &Store, id: i64, handed: bool, failure: Option<Failure>) {
    store.write(async move |tx: &mut Tx| finish(tx, id, handed, failure.as_ref().map_or(Ok(()), Err)).await).await.unwrap();
}

/// State, hand-overs without an answer, and what it says still.
async fn row(store: &Store, id: i64) -> (MailState, i64, String) {
    sqlx::query_as("select state, unanswered, subject || text from mails where id = $1")
        .bind(id)
        .fetch_one(&mut *store.look().await.unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_name_is_one_mail_with_one_job() {
    let (_folder, store) = store().await;
    assert_eq!(ask(&store, mail("one", HOUR)).await, Enqueued::Waiting);
    assert_eq!(ask(&store, mail("one", HOUR)).await, Enqueued::Known);
    let rolled_back = async |tx: &mut Tx| {
        enqueue(tx, mail("two", HOUR)).await?;
        Err::<(), _>(AppError::conflict("its cause did not come about"))
    };
    assert!(store.write(rolled_back).await.is_err());
    let count = "select (select count(*) from mails) * 10 + (select count(*) from jobs where kind = 'mail.send')";
    assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(&mut *store.look().await.unwrap()).await.unwrap(), 11);
}

/// A refusal is an answer; silence is none, and after two there is no third.
#[tokio::test]
async fn a_content_is_handed_over_twice_at_the_most_without_an_answer() {
    let (_folder, store) = store().await;
    ask(&store, mail("one", HOUR)).await;
    for attempt in 1..=3 {
        assert_eq!(take(&store, 1).await.unwrap().attempts, attempt);
        assert!(hand(&store, 1).await);
        ended(&store, 1, true, Some(Failure::refused(Stage::Content, 451, "4.3.0 later"))).await;
        assert_eq!(row(&store, 1).await.1, 0, "it was refused: it was certainly not sent");
    }
    for unanswered in 1..=2 {
        assert!(take(&store, 1).await.is_some() && hand(&store, 1).await);
        ended(&store, 1, true, Some(Failure::timeout(Stage::Content))).await;
        assert_eq!(row(&store, 1).await.1, unanswered);
    }
    assert!(!hand(&store, 1).await, "not even by a run that has begun already");
    assert!(take(&store, 1).await.is_none());
    assert_eq!(row(&store, 1).await, (MailState::Unanswered, 2, String::new()));
}

#[tokio::test]
async fn what_is_over_says_nothing_and_is_forgotten() {
    let (_folder, store) = store().await;
    for (name, lifetime) in [("sent", HOUR), ("late", 0), ("expired", 0), ("withdrawn", HOUR)] {
        ask(&store, mail(name, lifetime)).await;
    }
    assert!(take(&store, 1).await.is_some() && hand(&store, 1).await);
    ended(&store, 1, true, None).await;
    assert!(take(&store, 2).await.is_none(), "of no use any more");
    let now = plenum_store::db::now();
    assert!(!store.write(async move |tx: &mut Tx| tidy(tx, now + 1).await).await.unwrap());
    store.write(async |tx: &mut Tx| withdraw(tx, "invitation:7").await).await.unwrap();
    let states = [MailState::Sent, MailState::Expired, MailState::Expired, MailState::Withdrawn];
    for (id, state) in (1..).zip(states) {
        assert_eq!(row(&store, id).await, (state, 0, String::new()));
    }
    store.write(async move |tx: &mut Tx| tidy(tx, now + KEPT + HOUR).await).await.unwrap();
    assert_eq!(sqlx::query_scalar::<_, i64>("select count(*) from mails").fetch_one(&mut *store.look().await.unwrap()).await.unwrap(), 0);
}

/// An address that refuses keeps back what waits for it and what comes, of this organisation, until it is allowed.
#[tokio::test]
async fn an_address_that_refuses_is_kept_back() {
    let (_folder, store) = store().await;
    ask(&store, mail("one", HOUR)).await;
    ask(&store, mail("two", HOUR)).await;
    take(&store, 1).await.unwrap();
    ended(&store, 1, false, Some(Failure::refused(Stage::Recipient, 550, "5.1.1 nobody"))).await;
    assert_eq!(row(&store, 1).await.0, MailState::Refused);
    assert!(take(&store, 2).await.is_none());
    assert_eq!(row(&store, 2).await.0, MailState::Withheld);
    assert_eq!(ask(&store, mail("three", HOUR)).await, Enqueued::Withheld);
    for known in [true, false] {
        assert_eq!(store.write(async |tx: &mut Tx| allow(tx, HERE, "zoe@example.org").await).await.unwrap(), known);
    }
    assert_eq!(ask(&store, mail("four", HOUR)).await, Enqueued::Waiting);
}
