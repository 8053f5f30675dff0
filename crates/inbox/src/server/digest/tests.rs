//! The daily mail: once a day and of each thing once, over workers and crashes; nothing of what was seen meanwhile.

use super::*;
use crate::{
    model::{BulkAction, Preferences},
    server::{News, notify, retract, set_preferences, sweep},
};
use plenum_store::db;
use plenum_testing::House;

const LENA: PersonId = PersonId(3);
const HOUR: Millis = 3_600_000;

struct Desk {
    house: House,
}

impl Desk {
    /// Lena wants the mail at eight, but without what `refused` names.
    async fn with(refused: Vec<(Category, Way)>) -> Self {
        let house = House::with(3).await;
        let wanted = Preferences { refused, digest: Some(Digest { hour: 8, texts: false }), ..Preferences::default() };
        house.store.write(async move |tx: &mut Tx| set_preferences(tx, LENA, &wanted).await).await.unwrap();
        Self { house }
    }

    async fn tell(&self, category: Category, title: &str) {
        let news = News {
            category,
            title: title.to_owned(),
            text: "by the lake".to_owned(),
            link: "/messages/1?m=1".to_owned(),
            actor: Some(PersonId(2)),
            subject: Some(title.to_owned()),
            thread: None,
            group: None,
        };
        self.house.store.write(async move |tx: &mut Tx| notify(tx, &[LENA], &news).await).await.unwrap();
    }

    /// Her hour comes.
    async fn come_due(&self) {
        let due = async |tx: &mut Tx| {
            let now = tx.now();
            sqlx::query("update inboxes set digest_due_at = $1 where person_id = $2").bind(now - 1).bind(LENA).execute(&mut **tx).await?;
            Ok(())
        };
        self.house.store.write(due).await.unwrap();
        claim_due(self.house.store.clone()).await.unwrap();
    }

    /// What waits to be sent.
    async fn jobs(&self) -> Vec<Value> {
        let jobs: Vec<String> = sqlx::query_scalar("select payload from jobs where kind = $1 order by id")
            .bind(DIGEST)
            .fetch_all(&mut *self.house.store.read().await.unwrap())
            .await
            .unwrap();
        jobs.iter().map(|payload| serde_json::from_str(payload).unwrap()).collect()
    }

    /// Runs one of these, which leaves the queue when it is done.
    async fn run(&self, payload: &Value) {
        let post = Post { url: "https://plenum.example".to_owned(), secret: AppSecret::new("secret") };
        send(self.house.store.clone(), post, payload.clone()).await.unwrap();
    }

    /// The mails that are written, with their names, addresses and states.
    async fn mails(&self) -> Vec<String> {
        let mails =
            "select name || ' ' || recipient || ' ' || state || ' ' || subject || text || html || unsubscribe from mails order by id";
        sqlx::query_scalar(mails).fetch_all(&mut *self.house.store.read().await.unwrap()).await.unwrap()
    }
}

#[tokio::test]
async fn what_was_not_seen_is_mailed_once() {
    let desk = Desk::with(vec![(Category::Replies, Way::Mail)]).await;
    desk.come_due().await;
    assert!(desk.jobs().await.is_empty(), "nothing new, no mail");
    desk.tell(Category::Mentions, "Sam mentioned you").await;
    desk.tell(Category::Replies, "Sam answered you").await;
    desk.come_due().await;
    desk.come_due().await;
    let jobs = desk.jobs().await;
    assert_eq!(jobs.len(), 1, "each is in one mail at the most");
    desk.run(&jobs[0]).await;
    let mails = desk.mails().await;
    assert!(mails.len() == 1 && mails[0].contains("Sam mentioned you") && mails[0].contains("p3@plenum.example"), "{mails:?}");
    assert!(
        !mails[0].contains("answered") && !mails[0].contains("lake"),
        "what is not wanted by mail, and what was said, stay out: {mails:?}"
    );
    // A run that was killed before it could say so runs again, and writes it under the same name, which is there once.
    desk.run(&jobs[0]).await;
    assert_eq!(desk.mails().await, mails);
    assert!(mails[0].starts_with(&format!("digest-3-{} p3@plenum.example waiting", jobs[0]["due"])), "{mails:?}");
    // What waits still when she wants none any more is withdrawn, and says nothing any more.
    desk.house.store.write(async |tx: &mut Tx| unsubscribe::stop(tx, LENA).await).await.unwrap();
    let left = "select count(*) from mails where state = 'withdrawn' and text = '' and html is null and unsubscribe is null";
    assert_eq!(desk.house.count(left).await, 1);
}

#[tokio::test]
async fn what_was_seen_or_undone_meanwhile_is_not_mailed() {
    let desk = Desk::with(vec![]).await;
    desk.tell(Category::Mentions, "first").await;
    desk.tell(Category::Mentions, "second").await;
    desk.come_due().await;
    let jobs = desk.jobs().await;
    desk.house.store.write(async |tx: &mut Tx| sweep(tx, LENA, BulkAction::Seen, 1).await).await.unwrap();
    desk.run(&jobs[0]).await;
    let mails = desk.mails().await;
    assert!(mails.len() == 1 && !mails[0].contains("first") && mails[0].contains("second"), "{mails:?}");
    desk.house.store.write(async |tx: &mut Tx| Ok(sqlx::query("delete from mails").execute(&mut **tx).await.map(drop)?)).await.unwrap();
    desk.house.store.write(async |tx: &mut Tx| retract(tx, "second").await).await.unwrap();
    desk.run(&jobs[0]).await;
    assert!(desk.mails().await.is_empty(), "there is nothing left to tell");
}

/// Of two workers one claims; and whoever switches it off between the claim and the mail gets no last one.
#[tokio::test]
async fn workers_claim_once_and_no_means_no() {
    let desk = Desk::with(vec![]).await;
    desk.tell(Category::Announcements, "news").await;
    let due = async |tx: &mut Tx| {
        let now = tx.now();
        sqlx::query("update inboxes set digest_due_at = $1").bind(now - 1).execute(&mut **tx).await?;
        Ok(())
    };
    desk.house.store.write(due).await.unwrap();
    let (one, other) = tokio::join!(claim_due(desk.house.store.clone()), claim_due(desk.house.store.clone()));
    one.and(other).unwrap();
    let jobs = desk.jobs().await;
    assert_eq!(jobs.len(), 1);
    desk.house.store.write(async |tx: &mut Tx| unsubscribe::stop(tx, LENA).await).await.unwrap();
    desk.run(&jobs[0]).await;
    assert!(desk.mails().await.is_empty());
    assert_eq!(desk.house.count("select count(*) from inboxes where digest_due_at is not null").await, 0);
}

/// What has come before somebody wanted the mail is in none; a new hour or another zone is the next one's, and there is one a day.
#[tokio::test]
async fn the_mail_has_its_hour() {
    let desk = Desk::with(vec![]).await;
    let due = async || desk.house.count("select digest_due_at from inboxes where person_id = 3").await;
    let now = db::now();
    assert_eq!(due().await, zones::next_hour("Europe/Berlin", 8, now, None));
    let moves = async |tx: &mut Tx| {
        sqlx::query("update people set time_zone = 'Asia/Tokyo' where id = 3").execute(&mut **tx).await?;
        plan(tx, LENA).await
    };
    desk.house.store.write(moves).await.unwrap();
    assert_eq!(due().await, zones::next_hour("Asia/Tokyo", 8, now, None));
    desk.tell(Category::Mentions, "first").await;
    desk.come_due().await;
    assert!(due().await > db::now() && due().await <= db::now() + 49 * HOUR);
    let moved = Preferences { digest: Some(Digest { hour: 23, texts: true }), ..Preferences::default() };
    desk.house.store.write(async move |tx: &mut Tx| set_preferences(tx, LENA, &moved).await).await.unwrap();
    let today = zones::next_hour("Asia/Tokyo", 0, db::now(), None);
    assert!(due().await > today, "the mail of today is out: the new hour is tomorrow's");

    let late = Desk::with(vec![]).await;
    late.house.store.write(async |tx: &mut Tx| unsubscribe::stop(tx, LENA).await).await.unwrap();
    late.tell(Category::Mentions, "before").await;
    let again = Preferences { digest: Some(Digest { hour: 8, texts: true }), ..Preferences::default() };
    late.house.store.write(async move |tx: &mut Tx| set_preferences(tx, LENA, &again).await).await.unwrap();
    late.come_due().await;
    assert!(late.jobs().await.is_empty(), "what has come before is in none");
}
