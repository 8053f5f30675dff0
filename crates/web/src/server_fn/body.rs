//! Bodies that borrow a read transaction. An `AsyncFnOnce` cannot say that its future may be sent to a task; these traits can. Every
//! `async` closure is one, if it names the types of its arguments:
//! `async move |conn: &mut Conn, who: &Identity| …`.

use plenum_core::{cursor::Epoch, error::AppResult, people::Identity};
use plenum_store::db::Conn;

/// What reads in one transaction for who asks.
pub trait ReadBody<'a, T>: FnOnce(&'a mut Conn, &'a Identity) -> Self::Answer + Send {
    /// What it returns.
    type Answer: Future<Output = AppResult<T>> + Send + 'a;
}

impl<'a, T, F, A> ReadBody<'a, T> for F
where
    F: FnOnce(&'a mut Conn, &'a Identity) -> A + Send,
    A: Future<Output = AppResult<T>> + Send + 'a,
{
    type Answer = A;
}

/// The same with the log's epoch.
pub trait SnapshotBody<'a, T>: FnOnce(&'a mut Conn, &'a Identity, &'a Epoch) -> Self::Answer + Send {
    /// What it returns.
    type Answer: Future<Output = AppResult<T>> + Send + 'a;
}

impl<'a, T, F, A> SnapshotBody<'a, T> for F
where
    F: FnOnce(&'a mut Conn, &'a Identity, &'a Epoch) -> A + Send,
    A: Future<Output = AppResult<T>> + Send + 'a,
{
    type Answer = A;
}
