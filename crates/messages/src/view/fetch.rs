//! What a thread asks the server for while it is on the screen: a fresh snapshot after a gap,
//! pages of history, the newest end, the surroundings of a linked message.

use leptos::prelude::*;

use super::store::ThreadStore;
use crate::{
    api,
    model::{Message, Thread},
};
use plenum_core::{error::AppResult, live::Snapshot};

impl ThreadStore {
    /// A fresh snapshot from the first loaded message on.
    pub(super) fn snapshot(self) -> impl Future<Output = AppResult<Snapshot<Thread>>> {
        let from = self.state.try_with_value(|thread| (!thread.messages.is_empty()).then(|| thread.first())).flatten();
        api::thread(self.conversation, from, None)
    }

    /// Shows the newest messages instead of the window that is loaded.
    ///
    /// # Errors
    /// As [`api::thread`].
    pub async fn to_newest(self) -> AppResult<()> {
        let fresh = api::thread(self.conversation, None, None).await?;
        self.replace(fresh);
        Ok(())
    }

    /// Shows the messages around number `number` instead of the window that is loaded.
    ///
    /// # Errors
    /// As [`api::thread`].
    pub async fn to_message(self, number: u64) -> AppResult<()> {
        let fresh = api::thread(self.conversation, None, Some(number)).await?;
        self.replace(fresh);
        Ok(())
    }

    /// The page of history before the window.
    ///
    /// # Errors
    /// As [`api::older`].
    pub async fn older(self) -> AppResult<Vec<Message>> {
        let Some(first) = self.state.try_with_value(Thread::first) else { return Ok(Vec::new()) };
        api::older(self.conversation, first).await
    }

    /// The page after the window.
    ///
    /// # Errors
    /// As [`api::newer`].
    pub async fn newer(self) -> AppResult<Vec<Message>> {
        let Some(last) = self.state.try_with_value(Thread::last) else { return Ok(Vec::new()) };
        api::newer(self.conversation, last).await
    }

    /// Adds a page of history before the window.
    pub fn prepend(&self, page: Vec<Message>) {
        self.state.try_update_value(|thread| thread.prepend(page));
        self.draw_all();
    }

    /// Adds a page after the window.
    pub fn append(&self, page: Vec<Message>) {
        self.state.try_update_value(|thread| thread.append(page));
        self.draw_all();
    }

    /// Shows a snapshot that was fetched for another window than the one that is loaded.
    fn replace(self, Snapshot { state, cursors }: Snapshot<Thread>) {
        if !self.state.is_disposed() {
            self.absorb(state);
            self.follower.go_on_from(cursors);
        }
    }

    /// Shows a snapshot; what waits in the outbox stays.
    pub(super) fn absorb(self, fresh: Thread) {
        let Some(()) = self.state.try_update_value(|thread| thread.absorb(self.viewer, fresh)) else { return };
        self.draw_all();
        self.show_pending(untrack(|| self.context.outbox.of(self.conversation)), false);
    }
}
