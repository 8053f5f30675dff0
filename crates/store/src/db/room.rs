//! A disk without room: what is to be written is refused with a sentence, what is read goes on, and all is well when there is room again.

use plenum_core::{
    error::{AppError, ErrorCode},
    ids::Millis,
};

use crate::windowed_counts::Counter;

/// Writes that were refused for want of room; a [part](super::Store::part) of the store.
#[derive(Debug, Default)]
pub struct Room(Counter);

impl Room {
    /// Notes a write that was refused for want of room, at `now`.
    pub fn refused(&self, now: Millis) {
        self.0.count(now);
    }

    /// How many were within the hour before `now`.
    pub fn refusals(&self, now: Millis) -> u32 {
        self.0.sum(now)
    }
}

/// True if `error` is that refusal.
pub(super) fn is_missing(error: &AppError) -> bool {
    error.code == Some(ErrorCode::StorageFull)
}

#[cfg(test)]
mod tests {
    use crate::db::{Store, Tx, now, sqlite};

    use super::*;

    async fn fill(store: &Store, bytes: usize) -> Result<(), AppError> {
        let body = async move |tx: &mut Tx| {
            sqlx::query("insert into jobs (kind, payload, due_at, created_at) values ('never', $1, $2, 0)")
                .bind("x".repeat(bytes))
                .bind(Millis::MAX)
                .execute(&mut **tx)
                .await?;
            Ok(())
        };
        store.write(body).await
    }

    /// The database may have so many pages more than it has.
    async fn room_for(store: &Store, pages: i64) {
        store.write(async move |tx: &mut Tx| Ok(sqlite::leave_room(tx, pages).await?)).await.unwrap();
    }

    async fn rows(store: &Store) -> i64 {
        sqlx::query_scalar("select count(*) from jobs").fetch_one(&mut *store.look().await.unwrap()).await.unwrap()
    }

    /// A write that finds no room is refused with 503, alone or together with others, and changes nothing; reads go on; with room the
    /// next write is as any other.
    #[tokio::test]
    async fn a_full_disk_refuses_writes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _commits) = Store::open(&format!("sqlite://{}", folder.path().join("test.db").display()), 1).await.unwrap();
        fill(&store, 10).await.unwrap();
        room_for(&store, 4).await;
        assert_eq!(store.part::<Room>().refusals(now()), 0);
        for _ in 0..3 {
            let refused = fill(&store, 1_000_000).await.unwrap_err();
            assert_eq!((refused.status(), refused.code), (503, Some(ErrorCode::StorageFull)), "{refused:?}");
            assert_eq!(rows(&store).await, 1);
        }
        let crowd = futures::future::join_all((0..20).map(|index| fill(&store, if index % 2 == 0 { 1_000_000 } else { 10 }))).await;
        for (index, outcome) in crowd.iter().enumerate() {
            assert!(
                outcome.is_ok() && index % 2 == 1 || outcome.as_ref().is_err_and(|refused| refused.status() == 503),
                "{index}: {outcome:?}"
            );
        }
        let done = i64::try_from(crowd.iter().filter(|outcome| outcome.is_ok()).count()).unwrap();
        assert_eq!(rows(&store).await, 1 + done, "what was said to be written is there");
        assert!(store.part::<Room>().refusals(now()) >= 4);
        room_for(&store, 100_000).await;
        fill(&store, 1_000_000).await.unwrap();
        assert_eq!(rows(&store).await, 2 + done);
    }
}
