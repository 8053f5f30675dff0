//! What a thread asks the server for while it is on the screen: a fresh snapshot after a gap,
//! pages of history, the newest end, the surroundings of a linked message.

use leptos::{prelude::*, task::spawn_local};

use super::{
    alarm::pause,
    context::REFRESH,
    refresh::ASK_AGAIN,
    store::{Asking, ThreadStore},
};
use crate::{
    api,
    model::{Message, Thread},
};
use plenum_core::{error::AppResult, live::Snapshot};
use plenum_ui::effect;

impl ThreadStore {
    /// Takes a fresh snapshot from the first loaded message on, and goes on from there.
    pub fn ask_again(self) {
        match self.asking.try_get_value() {
            Some(Asking::No) => {}
            Some(_) => return self.asking.set_value(Asking::Again),
            None => return,
        }
        self.asking.set_value(Asking::Yes);
        spawn_local(async move {
            loop {
                let from = self.state.try_with_value(|thread| (!thread.messages.is_empty()).then(|| thread.first())).flatten();
                let answer = api::thread(self.conversation, from, None).await;
                let asked = self.asking.try_get_value();
                if asked.is_none() {
                    return;
                }
                match answer {
                    Ok(fresh) => self.absorb(fresh),
                    Err(error) if error.is_transient() && self.is_stale() => {
                        pause(ASK_AGAIN).await;
                        continue;
                    }
                    Err(_) => {}
                }
                if asked != Some(Asking::Again) {
                    break;
                }
                self.asking.set_value(Asking::Yes);
            }
            self.asking.set_value(Asking::No);
        });
    }

    /// Shows the newest messages instead of the window that is loaded.
    ///
    /// # Errors
    /// As [`api::thread`].
    pub async fn to_newest(self) -> AppResult<()> {
        let fresh = api::thread(self.conversation, None, None).await?;
        self.absorb(fresh);
        Ok(())
    }

    /// Shows the messages around number `number` instead of the window that is loaded.
    ///
    /// # Errors
    /// As [`api::thread`].
    pub async fn to_message(self, number: u64) -> AppResult<()> {
        let fresh = api::thread(self.conversation, None, Some(number)).await?;
        self.absorb(fresh);
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

    fn absorb(&self, fresh: Snapshot<Thread>) {
        let Some(()) = self.state.try_update_value(|thread| thread.absorb(self.viewer, fresh.state)) else { return };
        self.cursors.set_value(fresh.cursors);
        self.draw_all();
        self.show_pending(untrack(|| self.context.outbox.of(self.conversation)), false);
        self.resume();
    }

    /// While the socket is down, the page asks over HTTP every 30 s (S4-29).
    pub(super) fn refresh_while_down(self) {
        effect(move |_| {
            let every = set_interval_with_handle(
                move || {
                    if !self.is_connected() {
                        self.ask_again();
                    }
                },
                REFRESH,
            );
            on_cleanup(move || {
                if let Ok(every) = every {
                    every.clear();
                }
            });
        });
    }
}
