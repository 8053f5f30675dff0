//! Passwords: argon2id, off the async threads, at most two at a time.
//!
//! Promises: hashing never holds up a request that does not hash; verifying costs the
//! same whether or not there is such an account, so that the time says nothing.

use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use plenum_core::error::{AppError, AppResult};

/// Hashes at the same time: 19 MiB and some 20 ms of one core each.
static PLACES: Semaphore = Semaphore::const_new(2);
/// Who waits for a place. Beyond [`MAX_WAITING`] one is sent away, so that a flood cannot pile up.
static WAITING: AtomicUsize = AtomicUsize::new(0);
const MAX_WAITING: usize = 200;

/// What an unknown account's password is compared with: the work is the same, the answer always no.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now(&format!("{:032x}", rand::random::<u128>())));

/// Counts one who waits, until it is dropped.
struct Waiting;

impl Waiting {
    fn enter() -> AppResult<Self> {
        if WAITING.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING {
            WAITING.fetch_sub(1, Ordering::Relaxed);
            return Err(AppError::too_many(3));
        }
        Ok(Self)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash_now(password: &str) -> Option<String> {
    let hash: Result<PasswordHash, _> = Argon2::default().hash_password(password.as_bytes());
    hash.inspect_err(|error| tracing::error!(%error, "a password could not be hashed")).ok().map(|hash| hash.to_string())
}

/// Runs `work` on a blocking thread when there is a place for it.
async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> AppResult<T> {
    let waiting = Waiting::enter()?;
    let place = PLACES.acquire().await.map_err(|_| AppError::internal())?;
    drop(waiting);
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    done.await.map_err(|error| {
        tracing::error!(%error, "hashing stopped");
        AppError::internal()
    })
}

/// Hashes a new password to a PHC string.
///
/// # Errors
/// 429 if too many wait already; internal if the system gives no random salt.
pub async fn hash(password: String) -> AppResult<String> {
    in_turn(move || hash_now(&password)).await?.ok_or_else(AppError::internal)
}

/// True if `password` is the one that `stored` was made of; without `stored` the work is the same and the answer no.
///
/// # Errors
/// As [`hash`].
pub async fn verify(password: String, stored: Option<String>) -> AppResult<bool> {
    in_turn(move || {
        let known = stored.is_some();
        let Some(hash) = stored.or_else(|| NOBODY.clone()) else { return false };
        let matches = match PasswordHash::new(&hash) {
            Ok(hash) => Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
            Err(error) => {
                tracing::error!(%error, "a stored password hash cannot be read");
                false
            }
        };
        matches && known
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_matches() {
        let stored = hash("correct horse".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert!(verify("correct horse".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!verify("correct horsf".to_owned(), Some(stored)).await.unwrap());
        assert!(!verify("correct horse".to_owned(), None).await.unwrap());
        assert!(!verify("correct horse".to_owned(), Some("not a hash".to_owned())).await.unwrap());
    }

    #[tokio::test]
    async fn two_hashes_of_a_password_differ() {
        assert_ne!(hash("correct horse".to_owned()).await.unwrap(), hash("correct horse".to_owned()).await.unwrap());
    }
}
