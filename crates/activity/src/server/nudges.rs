//! The newest of a conversation's feed, for those who are in it: unlogged, a few times a second at the most, to the
//! channels of connected people. Who gets one that does not go on where they are asks.

use futures::future::BoxFuture;

use super::reading;
use plenum_core::{
    activity::live::{Nudge, PersonActivity},
    error::AppResult,
    ids::ConversationId,
};
use plenum_live::heads::{HeadEvent, Heads};
use plenum_messages::server as messages;
use plenum_store::db::{Conn, Store};

/// Items of a nudge at the most: what came since the one before, unless it came in a rush.
const ITEMS: usize = 5;

/// Feeds of conversations, as the live layer follows them.
#[derive(Clone)]
pub struct Nudges {
    store: Store,
}

impl Nudges {
    /// Reads from `store`.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Heads for Nudges {
    fn head(&self, subject: i64) -> BoxFuture<'_, AppResult<Option<HeadEvent>>> {
        Box::pin(async move {
            let mut tx = self.store.read().await?;
            let conversation = ConversationId(subject);
            let nudge = read(&mut tx, conversation).await?;
            // Those who have muted it too: the page "Today" leaves it out, a person's page does not.
            let people = messages::member_ids(&mut tx, conversation).await?;
            Ok(Some(HeadEvent::of(&PersonActivity::Moved(nudge), people)))
        })
    }
}

/// The newest of the feed of `conversation` now.
pub(super) async fn read(conn: &mut Conn, conversation: ConversationId) -> AppResult<Nudge> {
    let mut items = reading::of_conversation(conn, conversation, ITEMS + 1).await?;
    let before = items.get(ITEMS).map(|item| item.id);
    items.truncate(ITEMS);
    Ok(Nudge { conversation, items, before })
}
