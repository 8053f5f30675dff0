//! The map taken anew: after a gap, when the plan is another one, and now and then while there is no line.

use std::time::Duration;

use leptos::{
    prelude::{Update as _, *},
    task::spawn_local,
};

use super::screen::Screen;
use crate::{api, model::waiting_list::WaitingState};
use plenum_core::{error::AppError, ids::SeatId, live::Snapshot};
use plenum_ui::effect;

/// What was asked for and did not come is asked for again after so long.
const AGAIN: Duration = Duration::from_secs(3);
/// While there is no line the map is asked for so often (S4-43).
const REFRESH: Duration = Duration::from_secs(30);
/// Whoever waits asks for their place this long after something has changed.
const ASK_PLACE: Duration = Duration::from_secs(2);

impl Screen {
    /// Takes a new snapshot, and goes on from there.
    pub fn renew(self) {
        if !self.follows.get_untracked() {
            return;
        }
        self.follows.set(false);
        self.go_on();
    }

    fn go_on(self) {
        spawn_local(async move {
            match self.refresh().await {
                Ok(()) => drop(self.follows.try_set(true)),
                Err(error) if error.is_transient() => set_timeout(move || self.go_on(), AGAIN),
                // There is nothing more to be seen; what stands there is as it was.
                Err(error) => drop(self.alarm.try_set(Some(error.message))),
            }
        });
    }

    /// Takes a new snapshot.
    pub async fn refresh(self) -> Result<(), AppError> {
        let snapshot = api::seats::map(self.event).await;
        if self.map.is_disposed() {
            return Ok(());
        }
        let Snapshot { state, cursors } = snapshot?;
        // What was not answered is seen now.
        self.unanswered.set_value(None);
        self.clock.hear(state.now);
        self.cursors.set_value(cursors);
        let other_plan = self.map.with_value(|map| map.rows != state.rows || map.sections != state.sections);
        self.map.set_value(state);
        if other_plan {
            self.plan.update(|plan| *plan = plan.wrapping_add(1));
        }
        let seats: Vec<SeatId> = self.map.with_value(|map| map.rows.iter().flat_map(|row| row.spots.iter().map(|spot| spot.id)).collect());
        self.repaint(seats.into_iter());
        self.show();
        Ok(())
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
                    let waiting = api::seats::waiting_at(self.event).await;
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

    pub fn while_there_is_no_line(self) {
        effect(move |_| {
            if !self.away.get() {
                self.reached();
                return;
            }
            let ask = move || {
                spawn_local(async move {
                    let _ = self.refresh().await;
                });
            };
            let ticks = set_interval_with_handle(ask, REFRESH);
            on_cleanup(move || {
                if let Ok(ticks) = ticks {
                    ticks.clear();
                }
            });
        });
    }
}
