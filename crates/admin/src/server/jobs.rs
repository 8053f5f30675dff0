//! The jobs of the whole place, for the admins of the organisation that runs it.

use serde_json::Value;

use super::ops_publish;
use crate::{
    live::jobs::JobsEvent,
    model::jobs::{Jobs, Kind, LETTERS, Letter, RETRIED},
};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::OrganisationId,
    people::Identity,
};
pub use plenum_directory::server::organisations::{is_operator, require_operator};
use plenum_live::hub::Hub;
use plenum_store::{
    db::{Activity, Conn, Store, Tx, now},
    faults::short,
    jobs::dead_letters,
};

/// Tellings without a change until it is told again: whoever has come since the last change gets it then.
const AGAIN: u32 = 5;

/// What waits, and what failed too often.
///
/// # Errors
/// 403.
pub async fn jobs(conn: &mut Conn, who: &Identity) -> AppResult<Jobs> {
    require_operator(conn, who).await?;
    gather(conn).await
}

pub(super) async fn gather(conn: &mut Conn) -> AppResult<Jobs> {
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let kinds = dead_letters::waiting(conn, now()).await?;
    let (dead, letters) = dead_letters::letters(conn, i64::try_from(LETTERS).unwrap_or(i64::MAX)).await?;
    let kind = |known: dead_letters::Waiting| Kind {
        name: known.kind,
        due: count(known.due),
        running: count(known.running),
        retrying: count(known.retrying),
        scheduled: count(known.scheduled),
        due_since: known.due_since,
        error: known.error.as_deref().map(short),
    };
    let letter = |known: dead_letters::Letter| Letter {
        id: known.id,
        about: about(&known.payload),
        kind: known.kind,
        error: short(&known.error),
        attempts: known.attempts,
        created_at: known.created_at,
        died_at: known.died_at,
    };
    Ok(Jobs { kinds: kinds.into_iter().map(kind).collect(), letters: letters.into_iter().map(letter).collect(), dead: count(dead) })
}

/// What of a payload is shown: which row it is about. Jobs are given ids, not contents; should one be given a text (a message, an
/// address, a secret), that it is there is shown, and not what it says.
fn about(payload: &str) -> String {
    let fields = match serde_json::from_str(payload) {
        Ok(Value::Object(fields)) => fields,
        Ok(Value::Null) => return String::new(),
        _ => return "not shown".to_owned(),
    };
    let field = |(name, value): (String, Value)| match value {
        Value::Number(_) | Value::Bool(_) | Value::Null => format!("{name} {value}"),
        _ => format!("{name} not shown"),
    };
    short(&fields.into_iter().map(field).collect::<Vec<_>>().join(", "))
}

/// Puts a dead letter back as a job.
///
/// # Errors
/// 403; 404 if somebody else was quicker.
pub async fn retry(tx: &mut Tx, who: &Identity, id: i64) -> AppResult<()> {
    require_operator(tx, who).await?;
    let kind = dead_letters::revive(tx, id).await?.ok_or_else(gone)?;
    record(tx, who, Record::JobRetried, id, &kind).await
}

/// Puts the dead letters of one kind back, at most a hundred; how many these were.
///
/// # Errors
/// 403; 404 if there is none.
pub async fn retry_kind(tx: &mut Tx, who: &Identity, kind: &str) -> AppResult<u32> {
    require_operator(tx, who).await?;
    let mut revived = 0;
    for id in dead_letters::of_kind(tx, kind, RETRIED).await? {
        if dead_letters::revive(tx, id).await?.is_some() {
            record(tx, who, Record::JobRetried, id, kind).await?;
            revived += 1;
        }
    }
    if revived == 0 { Err(gone()) } else { Ok(revived) }
}

/// Forgets a dead letter.
///
/// # Errors
/// 403; 404 if somebody else was quicker.
pub async fn discard(tx: &mut Tx, who: &Identity, id: i64) -> AppResult<()> {
    require_operator(tx, who).await?;
    let kind = dead_letters::discard(tx, id).await?.ok_or_else(gone)?;
    record(tx, who, Record::JobDiscarded, id, &kind).await
}

fn gone() -> AppError {
    AppError::not_found("This is no longer among the failed jobs: somebody has tried it again or discarded it.")
}

async fn record(tx: &mut Tx, who: &Identity, record: Record, id: i64, kind: &str) -> AppResult<()> {
    tx.record(Activity::by(who, record, Subject::named(id, kind))).await
}

/// What those who look were told last.
#[derive(Default)]
pub(super) struct Telling {
    told: Option<Jobs>,
    since: u32,
}

impl Telling {
    /// Tells them, if it is another now or they have not been told for a while; called once a second while somebody looks.
    pub(super) async fn publish(&mut self, hub: &Hub, store: &Store, operator: OrganisationId) {
        let newest = async { gather(&mut *store.read().await?).await };
        let Ok(newest) = newest.await else { return };
        self.since += 1;
        if self.told.as_ref() == Some(&newest) && self.since < AGAIN {
            return;
        }
        self.since = 0;
        ops_publish(hub, operator, &JobsEvent::JobsUpdated(newest.clone()));
        self.told = Some(newest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::{ids::PersonId, live::Live};
    use plenum_store::jobs::{Job, schedule};

    #[test]
    fn no_text_of_a_payload_is_shown() {
        assert_eq!(about(r#"{"delivery":4,"again":true}"#), "again true, delivery 4");
        assert_eq!(about("null"), "");
        for payload in [r#"{"to":"sam@plenum.example"}"#, r#"{"mail":{"text":"sam@"}}"#, r#""sam@""#, r#"["sam@"]"#, "sam@", ""] {
            let shown = about(payload);
            assert!(!shown.contains("sam@") && shown.contains("not shown"), "{payload}: {shown}");
        }
    }

    /// An older list and what is told make a fresh list (I25).
    #[tokio::test]
    async fn an_old_list_and_what_is_told_make_a_fresh_one() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _commits) = Store::open(&format!("sqlite://{}", folder.path().join("test.db").display()), 1).await.unwrap();
        let fresh = async || gather(&mut store.read().await.unwrap()).await.unwrap();
        let mut shown = fresh().await;
        assert_eq!(shown, Jobs::default());
        for step in 0..4_i64 {
            store
                .write(async move |tx: &mut Tx| {
                    let due_at = if step == 0 { 0 } else { tx.now() + 60_000 };
                    schedule(tx, Job { kind: "test", payload: serde_json::json!({ "row": step }), unique_key: None, due_at }).await?;
                    sqlx::query("insert into dead_letters (kind, payload, error, attempts, created_at, died_at) values ('test', '{\"row\":1}', 'why', 3, $1, $1)")
                        .bind(step)
                        .execute(&mut **tx)
                        .await?;
                    if step == 2 {
                        sqlx::query("update jobs set last_error = 'late', attempts = 1 where due_at > 0").execute(&mut **tx).await?;
                    }
                    Ok(())
                })
                .await
                .unwrap();
            let told = JobsEvent::JobsUpdated(fresh().await);
            assert!(shown.apply(PersonId(1), &told));
            assert!(!shown.apply(PersonId(1), &told), "again it changes nothing");
            assert_eq!(shown, fresh().await);
        }
        assert_eq!(
            (shown.dead, shown.dead_kinds(), shown.letter(2).map(|letter| letter.about.as_str())),
            (4, vec!["test".to_owned()], Some("row 1"))
        );
        let kind = &shown.kinds[0];
        assert_eq!((kind.due, kind.running, kind.retrying, kind.scheduled), (1, 0, 2, 1));
    }
}
