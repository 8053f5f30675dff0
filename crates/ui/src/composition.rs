//! Keys that belong to an input method, with which Chinese, Japanese and Korean are written.
//!
//! The Enter that ends a composition means "take this word". Browsers say so in three ways: the key's event is part of the composition, it
//! has the code 229, or it comes right behind the end of the composition with nothing that tells it apart.

use leptos::{ev, prelude::*};

/// What the keyboard sends for any key that an input method has taken.
const TAKEN: u32 = 229;
/// A key within this time after a composition has ended it, in milliseconds: nobody presses another one so soon.
const RIGHT_AFTER: f64 = 40.0;

/// Where a field's composition is.
#[derive(Clone, Copy)]
pub struct Composition {
    /// When it ended last, by the clock of events.
    ended: StoredValue<Option<f64>>,
}

impl Composition {
    /// Of a field in which nothing has been composed yet.
    #[expect(clippy::new_without_default, reason = "it belongs to the component that makes it")]
    pub fn new() -> Self {
        Self { ended: StoredValue::new(None) }
    }

    /// For the field's `compositionend`.
    pub fn end(self, event: &ev::CompositionEvent) {
        self.ended.set_value(Some(event.time_stamp()));
    }

    /// True if the key is the input method's and none of ours.
    pub fn takes(self, event: &ev::KeyboardEvent) -> bool {
        is_taken(event.is_composing(), event.key_code(), self.ended.get_value().map(|ended| event.time_stamp() - ended))
    }
}

fn is_taken(composing: bool, code: u32, after: Option<f64>) -> bool {
    composing || code == TAKEN || after.is_some_and(|after| (0.0..RIGHT_AFTER).contains(&after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_input_methods_in_three_ways() {
        assert!(is_taken(true, 13, None) && is_taken(false, TAKEN, None) && is_taken(false, 13, Some(2.0)));
        assert!(!is_taken(false, 13, None) && !is_taken(false, 13, Some(300.0)) && !is_taken(false, 13, Some(-5.0)));
    }
}
