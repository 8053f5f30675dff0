//! Read and delivered marks on their way to the server: one call per 2 s, the highest
//! number of each conversation only.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::api;
use plenum_core::{ids::ConversationId, sorted::SortedMap};

/// One call per so long (DESIGN "Limits").
const PACE: Duration = Duration::from_secs(2);

type Numbers = SortedMap<ConversationId, u64>;

/// What is still to be said to the server.
#[derive(Clone, Copy)]
pub struct Marks {
    read: StoredValue<Numbers>,
    received: StoredValue<Numbers>,
    /// The highest numbers that the server knows from this page.
    known: StoredValue<Numbers>,
    reading: StoredValue<bool>,
    receiving: StoredValue<bool>,
}

impl Marks {
    /// Nothing to say yet.
    pub fn new() -> Self {
        Self {
            read: StoredValue::default(),
            received: StoredValue::default(),
            known: StoredValue::default(),
            reading: StoredValue::new(false),
            receiving: StoredValue::new(false),
        }
    }

    /// Everything up to `number` has been read. The first mark goes out at once, those that
    /// follow within 2 s together after that.
    pub fn read(self, conversation: ConversationId, number: u64) {
        raise(self.read, conversation, number);
        raise(self.known, conversation, number);
        if !self.reading.get_value() {
            self.say_read();
        }
    }

    fn say_read(self) {
        let numbers = self.read.try_update_value(std::mem::take).unwrap_or_default();
        if numbers.is_empty() {
            return;
        }
        self.reading.set_value(true);
        spawn_local(async move {
            for (conversation, number) in numbers {
                let answer = api::mark_read(conversation, number).await;
                if answer.is_err_and(|error| error.is_transient()) {
                    raise(self.read, conversation, number);
                }
            }
        });
        set_timeout(
            move || {
                if self.reading.try_set_value(false).is_none() {
                    self.say_read();
                }
            },
            PACE,
        );
    }

    /// Everything up to `number` has reached this browser. All that comes within 2 s goes out together.
    pub fn received(self, conversation: ConversationId, number: u64) {
        if self.known.with_value(|known| known.get(&conversation).is_some_and(|known| *known >= number)) {
            return;
        }
        raise(self.known, conversation, number);
        raise(self.received, conversation, number);
        if self.receiving.get_value() {
            return;
        }
        self.receiving.set_value(true);
        set_timeout(
            move || {
                self.receiving.try_set_value(false);
                let heads: Vec<_> = self.received.try_update_value(std::mem::take).unwrap_or_default().into_iter().collect();
                if !heads.is_empty() {
                    spawn_local(async move {
                        // A lost mark is made good by the next one.
                        let _ = api::mark_delivered(heads).await;
                    });
                }
            },
            PACE,
        );
    }
}

impl Default for Marks {
    fn default() -> Self {
        Self::new()
    }
}

fn raise(numbers: StoredValue<Numbers>, conversation: ConversationId, number: u64) {
    numbers.try_update_value(|numbers| {
        let known = numbers.get_or_insert_with(conversation, || 0);
        *known = (*known).max(number);
    });
}
