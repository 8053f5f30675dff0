//! Passwords: argon2id, off the async threads, at most two at a time.
//!
//! Promises: hashing never holds up a request that does not hash; verifying costs the
//! same whether or not there is such an account, so that the time says nothing.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use plenum_core::error::{AppError, AppResult};
use plenum_store::db::Store;

/// Hashes at the same time: 19 MiB and some 20 ms of one core each.
const AT_ONCE: usize = 2;
/// Beyond so many who wait one is sent away, so that a flood cannot pile up.
const MAX_WAITING: usize = 200;

/// Who hashes and who waits for it; a [part](Store::part) of the store.
struct Queue {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// What an unknown account's password is compared with: the work is the same, the answer always no.
    nobody: OnceLock<Option<String>>,
}

impl Default for Queue {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), waiting: AtomicUsize::new(0), nobody: OnceLock::new() }
    }
}

impl Queue {
    fn nobody(&self) -> Option<String> {
        self.nobody.get_or_init(|| hash_now(&format!("{:032x}", rand::random::<u128>()))).clone()
    }
}

/// Counts one who waits, until it is dropped.
struct Waiting<'a>(&'a Queue);

impl<'a> Waiting<'a> {
    fn enter(queue: &'a Queue) -> AppResult<Self> {
        if queue.waiting.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING {
            queue.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(AppError::too_many(3));
        }
        Ok(Self(queue))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash_now(password: &str) -> Option<String> {
    let hash: Result<PasswordHash, _> = Argon2::default().hash_password(password.as_bytes());
    hash.inspect_err(|error| tracing::error!(%error, "a password could not be hashed")).ok().map(|hash| hash.to_string())
}

/// Runs `work` on a blocking thread when there is a place for it.
async fn in_turn<T: Send + 'static>(queue: &Queue, work: impl FnOnce() -> T + Send + 'static) -> AppResult<T> {
    let waiting = Waiting::enter(queue)?;
    let place = Arc::clone(&queue.places).acquire_owned().await.map_err(|_| AppError::internal())?;
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
pub async fn hash(store: &Store, password: String) -> AppResult<String> {
    in_turn(&store.part::<Queue>(), move || hash_now(&password)).await?.ok_or_else(AppError::internal)
}

/// True if `password` is the one that `stored` was made of; without `stored` the work is the same and the answer no.
///
/// # Errors
/// As [`hash`].
pub async fn verify(store: &Store, password: String, stored: Option<String>) -> AppResult<bool> {
    let queue = store.part::<Queue>();
    let asked = Arc::clone(&queue);
    in_turn(&queue, move || {
        let known = stored.is_some();
        let Some(hash) = stored.or_else(|| asked.nobody()) else { return false };
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
    use plenum_testing::House;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_matches() {
        let house = House::with(1).await;
        let stored = hash(&house.store, "correct horse".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert!(verify(&house.store, "correct horse".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!verify(&house.store, "correct horsf".to_owned(), Some(stored)).await.unwrap());
        assert!(!verify(&house.store, "correct horse".to_owned(), None).await.unwrap());
        assert!(!verify(&house.store, "correct horse".to_owned(), Some("not a hash".to_owned())).await.unwrap());
    }

    #[tokio::test]
    async fn two_hashes_of_a_password_differ() {
        let house = House::with(1).await;
        let hashed = async || hash(&house.store, "correct horse".to_owned()).await.unwrap();
        assert_ne!(hashed().await, hashed().await);
    }
}
