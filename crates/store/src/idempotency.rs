//! A command that carries a key has one effect and one reply, however often it comes (I6).
//!
//! The key, a hash of the request and the reply are stored in the effect's own transaction, and kept
//! for 24 hours (the housekeeping job removes older ones). There is no state "in flight" to wait
//! for: the writer runs one transaction after the other, so that a repeated command waits there for
//! the first one and then finds its reply. Messages keep their keys for ever, in a column of their own.

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use sqlx::QueryBuilder;

use super::db::{Conn, Db, Tx};
use plenum_core::{
    error::{AppError, AppResult, ErrorCode},
    ids::{Millis, PersonId},
};

/// How long a reply is kept.
const KEPT: Millis = 24 * 3_600_000;
/// Rows of one statement at the most.
const STORED_AT_ONCE: usize = 64;
/// Rows that one pruning removes at the most, so that it does not hold the writer.
const PRUNED_AT_ONCE: i64 = 500;

/// An idempotency key: 8 to 64 letters, digits or hyphens.
///
/// # Errors
/// Invalid `key` for anything else.
pub fn parse_key(text: &str) -> AppResult<String> {
    let fits = (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits {
        Ok(text.to_owned())
    } else {
        Err(AppError::invalid("key", "The idempotency key has 8 to 64 letters, digits or hyphens.").with_code(ErrorCode::IdempotencyKey))
    }
}

/// Reads the key of a command that may come without one, as from a page without scripts.
///
/// # Errors
/// As [`parse_key`].
pub fn parse_key_if_any(text: &str) -> AppResult<Option<String>> {
    if text.is_empty() { Ok(None) } else { parse_key(text).map(Some) }
}

/// A key for a page that makes none, or for the next thing that a page does.
pub fn fresh_key() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Runs `effect` once for this `key` of `person`; the same request again gets the stored reply.
/// `request` is the command's name and its arguments. A refused effect is not stored: it is taken
/// back, and the next try may succeed.
///
/// # Errors
/// What `effect` returns; 422 `key` if the key came with another request.
pub async fn once<T, R>(
    tx: &mut Tx,
    person: PersonId,
    key: &str,
    request: &R,
    effect: impl AsyncFnOnce(&mut Tx) -> AppResult<T>,
) -> AppResult<T>
where
    T: Serialize + DeserializeOwned,
    R: Serialize,
{
    once_if(tx, person, key, request, |_| true, effect).await
}

/// As [`once`], for an effect that can refuse and still leave something behind in the same write: a reply that is not `done` is given
/// and committed, but not stored, and the next try may succeed.
///
/// # Errors
/// As [`once`].
pub async fn once_if<T, R>(
    tx: &mut Tx,
    person: PersonId,
    key: &str,
    request: &R,
    done: impl FnOnce(&T) -> bool,
    effect: impl AsyncFnOnce(&mut Tx) -> AppResult<T>,
) -> AppResult<T>
where
    T: Serialize + DeserializeOwned,
    R: Serialize,
{
    let request = Sha256::digest(json(request)?).to_vec();
    let known = match tx.known_reply(person, key) {
        Some(known) => Some((known.request.clone(), known.reply.clone())),
        None => {
            sqlx::query_as("select request, reply from idempotency where person_id = $1 and key = $2")
                .bind(person)
                .bind(key)
                .fetch_optional(&mut **tx)
                .await?
        }
    };
    if let Some((known, reply)) = known {
        if known != request {
            return Err(AppError::invalid("key", "This key was used for another request.").with_code(ErrorCode::IdempotencyKey));
        }
        return serde_json::from_str(&reply).map_err(|error| {
            tracing::error!(%error, "a stored reply cannot be read");
            AppError::internal()
        });
    }
    let reply = effect(tx).await?;
    if !done(&reply) {
        return Ok(reply);
    }
    tx.keep_reply(Reply { person, key: key.to_owned(), request, reply: json(&reply)? });
    Ok(reply)
}

/// A reply that is stored with its effect's commit.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Who asked.
    pub person: PersonId,
    /// Under which key.
    pub key: String,
    /// SHA-256 of the request.
    pub request: Vec<u8>,
    /// What was answered, as JSON text.
    pub reply: String,
}

/// Stores the replies of a commit.
pub async fn store(conn: &mut Conn, replies: &[Reply], at: Millis) -> AppResult<()> {
    for chunk in replies.chunks(STORED_AT_ONCE) {
        QueryBuilder::<Db>::new("insert into idempotency (person_id, key, request, reply, created_at) ")
            .push_values(chunk, |mut row, reply| {
                row.push_bind(reply.person).push_bind(&reply.key).push_bind(&reply.request).push_bind(&reply.reply).push_bind(at);
            })
            .build()
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

fn json(value: &impl Serialize) -> AppResult<String> {
    serde_json::to_string(value).map_err(|error| {
        tracing::error!(%error, "a request or reply cannot be stored");
        AppError::internal()
    })
}

/// Removes one batch of what is older than a day. True if there may be more.
pub async fn prune(conn: &mut Conn, now: Millis) -> AppResult<bool> {
    let removed = sqlx::query(
        "delete from idempotency where (person_id, key) in (select person_id, key from idempotency where created_at < $1 order by created_at limit $2)",
    )
    .bind(now - KEPT)
    .bind(PRUNED_AT_ONCE)
    .execute(conn)
    .await?;
    Ok(removed.rows_affected() > 0)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;
    use crate::db::Store;
    use plenum_core::error::ErrorKind;

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let (store, _commits) = Store::open(&format!("sqlite://{}", folder.path().join("test.db").display()), 1).await.unwrap();
        (folder, store)
    }

    /// Runs a command that counts its effects; `refused` makes the effect fail.
    async fn command(store: &Store, effects: &Arc<AtomicU32>, key: &'static str, amount: u32, refused: bool) -> AppResult<String> {
        let effects = Arc::clone(effects);
        store
            .write(async move |tx: &mut Tx| {
                once(tx, PersonId(1), key, &("deposit", amount), async |_tx: &mut Tx| {
                    if refused {
                        return Err(AppError::conflict("not now"));
                    }
                    Ok(format!("reply {}", effects.fetch_add(1, Ordering::SeqCst)))
                })
                .await
            })
            .await
    }

    /// I6: one key fifty times in parallel has one effect, and every caller gets its reply.
    #[tokio::test]
    async fn the_same_request_has_one_effect() {
        let (_folder, store) = store().await;
        let effects = Arc::default();
        let replies = futures::future::join_all((0..50).map(|_| command(&store, &effects, "key-0001", 5, false))).await;
        assert!(replies.into_iter().all(|reply| reply == Ok("reply 0".to_owned())));
        assert_eq!(effects.load(Ordering::SeqCst), 1);
    }

    /// I6: the same key with another body is refused; a refused effect does not use its key up.
    #[tokio::test]
    async fn another_request_under_the_same_key_is_refused() {
        let (_folder, store) = store().await;
        let effects = Arc::default();
        assert_eq!(command(&store, &effects, "key-0001", 5, true).await.unwrap_err().kind, ErrorKind::Conflict);
        assert_eq!(command(&store, &effects, "key-0001", 5, false).await, Ok("reply 0".to_owned()));
        let refused = command(&store, &effects, "key-0001", 6, false).await.unwrap_err();
        assert_eq!((refused.kind, refused.field.as_deref()), (ErrorKind::Invalid, Some("key")));
        assert_eq!(effects.load(Ordering::SeqCst), 1);
    }

    /// What a key looks like, at its edges.
    #[test]
    fn a_key_has_a_form() {
        for right in ["12345678", "a-b-c-d-", &"x".repeat(64)] {
            assert_eq!(parse_key(right).as_deref(), Ok(right));
        }
        for wrong in ["", "1234567", "with blank", "ümlaut-key", "under_score", &"x".repeat(65)] {
            assert_eq!(parse_key(wrong).unwrap_err().field.as_deref(), Some("key"), "{wrong:?}");
        }
    }

    /// Replies are kept for a day.
    #[tokio::test]
    async fn old_replies_are_pruned() {
        let (_folder, store) = store().await;
        let effects = Arc::default();
        command(&store, &effects, "key-0001", 5, false).await.unwrap();
        let prune_at = async |later: Millis| {
            store
                .write(async move |tx: &mut Tx| {
                    let now = tx.now() + later;
                    prune(tx, now).await
                })
                .await
                .unwrap()
        };
        assert!(!prune_at(KEPT - 60_000).await);
        assert!(prune_at(KEPT + 60_000).await);
        assert!(!prune_at(KEPT + 60_000).await);
    }
}
