//! Conversations for tests, here and in the crates above.

#![expect(clippy::unwrap_used, async_fn_in_trait, reason = "a fixture that fails fails its test, and runs on one thread")]

pub mod acts;

use plenum_core::{error::AppResult, ids::ConversationId};
use plenum_store::idempotency::fresh_key;
use plenum_testing::House;

use crate::model::{Access, Message};

/// What people of a [`House`] do in conversations.
pub trait Conversations {
    /// An open room of the person `owner` that `members` have joined.
    async fn room(&self, owner: usize, members: impl IntoIterator<Item = usize>) -> ConversationId;

    /// Sends `text` as `person`.
    ///
    /// # Errors
    /// As sending.
    async fn send(&self, person: usize, conversation: ConversationId, text: &str) -> AppResult<Message>;
}

impl Conversations for House {
    async fn room(&self, owner: usize, members: impl IntoIterator<Item = usize>) -> ConversationId {
        let room =
            acts::create_room(&self.store, self.person(owner), format!("Room {}", fresh_key()), String::new(), Access::Open).await.unwrap();
        for member in members {
            acts::join(&self.store, self.person(member), room).await.unwrap();
        }
        room
    }

    async fn send(&self, person: usize, conversation: ConversationId, text: &str) -> AppResult<Message> {
        acts::send(&self.store, self.person(person), conversation, text.to_owned(), None, fresh_key()).await
    }
}
