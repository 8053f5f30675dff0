//! The map as it is on the server: after a gap, when the plan is another one, every 30 s while there is no connection, and after a command
//! that was refused.

use std::time::Duration;

use leptos::{
    prelude::{Update as _, *},
    task::spawn_local,
};

use super::screen::Screen;
use crate::{
    api::seats as api,
    model::{seat_map::SeatMap, waiting_list::WaitingState},
};
use plenum_core::{ids::SeatId, live::Snapshot};

/// Whoever waits asks for their place this long after something has changed.
const ASK_PLACE: Duration = Duration::from_secs(2);

impl Screen {
    /// Fetches the map and shows it, if there is an answer.
    pub async fn refresh(self) {
        if let Ok(Snapshot { state, cursors }) = api::map(self.event).await
            && !self.map.is_disposed()
        {
            self.replace(state);
            self.follower.go_on_from(cursors);
        }
    }

    /// Shows `map` in place of the one that is shown.
    pub fn replace(self, map: SeatMap) {
        // What was not answered is seen now.
        self.unanswered.set_value(None);
        self.clock.hear(map.now);
        let other_plan = self.map.with_value(|shown| shown.rows != map.rows || shown.sections != map.sections);
        self.map.set_value(map);
        if other_plan {
            self.plan.update(|plan| *plan = plan.wrapping_add(1));
        }
        let seats: Vec<SeatId> = self.map.with_value(|map| map.rows.iter().flat_map(|row| row.spots.iter().map(|spot| spot.id)).collect());
        self.repaint(seats.into_iter());
        self.show();
    }

    /// Whoever waits is told their place anew when something has become of the event.
    pub fn ask_place(self) {
        let waits = self.waiting.with_untracked(|waiting| waiting.iter().any(|known| known.state == WaitingState::Waiting));
        if !waits || self.asking_place.get_value() {
            return;
        }
        self.asking_place.set_value(true);
        set_timeout(
            move || {
                spawn_local(async move {
                    let waiting = api::waiting_at(self.event).await;
                    if self.map.is_disposed() {
                        return;
                    }
                    self.asking_place.set_value(false);
                    if let Ok(waiting) = waiting {
                        self.map.update_value(|map| map.waiting = waiting);
                        self.show();
                    }
                });
            },
            ASK_PLACE,
        );
    }
}
