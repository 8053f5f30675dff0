//! The server's clock in the browser (I31). What comes from the server with a time was sent at that time or later, so each is a lower
//! bound of how far the server's clock is ahead of this one; the highest of them is nearest.

use std::time::Duration;

use leptos::prelude::*;

use plenum_core::ids::Millis;
use plenum_ui::{browser, effect};

/// How often it goes on.
const TICK: Duration = Duration::from_millis(500);

/// The server's clock, as far as it is known.
#[derive(Clone, Copy)]
pub struct Clock {
    /// What it says: at first as in the page, then twice a second.
    pub now: RwSignal<Millis>,
    ahead: StoredValue<Millis>,
}

impl Clock {
    /// It said `now` when the page was made.
    pub fn at(now: Millis) -> Self {
        Self { now: RwSignal::new(now), ahead: StoredValue::new(Millis::MIN) }
    }

    /// The server has said that it is `at`.
    pub fn hear(self, at: Millis) {
        let ahead = at - browser::now();
        self.ahead.update_value(|known| *known = ahead.max(*known));
    }

    /// What it says this instant; in the browser only.
    pub fn read(self) -> Millis {
        match self.ahead.get_value() {
            Millis::MIN => self.now.get_untracked(),
            ahead => browser::now() + ahead,
        }
    }

    /// Goes on from here, and calls `each` at each step.
    pub fn run(self, each: impl Fn(Millis) + Copy + 'static) {
        effect(move |_| {
            self.hear(self.now.get_untracked());
            let tick = move || {
                let now = self.read();
                self.now.set(now);
                each(now);
            };
            let ticks = set_interval_with_handle(tick, TICK);
            on_cleanup(move || {
                if let Ok(ticks) = ticks {
                    ticks.clear();
                }
            });
        });
    }
}
