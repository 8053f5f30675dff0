//! What happens to broadcasts, and how it applies to a list of them and to one.

use super::model::{Broadcast, Broadcasts, Report, Series, SeriesState, moments::MomentOf};
use plenum_core::{
    ids::{OrganisationId, PersonId},
    live::Live,
    live_events,
};

live_events! {
    /// What an organisation's admins and managers are told of its broadcasts.
    pub enum BroadcastEvent on Channel::Broadcasts(OrganisationId) {
        #[doc = "A broadcast as it is now: it was made, has come further, or was paused, resumed, decided, retried or cancelled."]
        BroadcastChanged(Broadcast) = "broadcast.changed", state(|broadcast| format!("broadcast:{}", broadcast.id));
        #[doc = "How many got, saw, read and followed a broadcast within a stretch of time, as it is now."]
        MomentChanged(MomentOf) = "broadcast.moment", state(|of| format!("broadcast:{}:{}", of.broadcast, of.moment.at));
        #[doc = "What is repeated, as it is now: it was made, has sent or missed one, or was paused, resumed or ended."]
        SeriesChanged(Series) = "series.changed", state(|series| format!("series:{}", series.id));
    }
}

impl Broadcasts {
    /// Adds the page of older ones that was asked for.
    pub fn append(&mut self, older: Self) {
        let floor = self.floor;
        self.broadcasts.extend(older.broadcasts.into_iter().filter(|broadcast| broadcast.id.0 < floor));
        self.floor = older.floor;
    }

    fn put_series(&mut self, changed: &Series) -> bool {
        let place = self.series.partition_point(|known| known.id < changed.id);
        let known = self.series.get(place).filter(|known| known.id == changed.id);
        let touched = known != Some(changed) && (known.is_some() || changed.state != SeriesState::Ended);
        if known.is_some() {
            self.series.remove(place);
        }
        if changed.state != SeriesState::Ended {
            self.series.insert(place, changed.clone());
        }
        touched
    }
}

impl Live<BroadcastEvent> for Broadcasts {
    /// Something that is shown has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &BroadcastEvent) -> bool {
        let changed = match event {
            BroadcastEvent::BroadcastChanged(changed) => changed,
            BroadcastEvent::SeriesChanged(series) => return self.put_series(series),
            BroadcastEvent::MomentChanged(_) => return false,
        };
        if let Some(known) = self.broadcasts.iter_mut().find(|known| known.id == changed.id) {
            let touched = known != changed;
            known.clone_from(changed);
            return touched;
        }
        if changed.id.0 < self.floor {
            return false;
        }
        let place = self.broadcasts.partition_point(|known| known.id > changed.id);
        self.broadcasts.insert(place, changed.clone());
        true
    }
}

impl Live<BroadcastEvent> for Report {
    /// It has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &BroadcastEvent) -> bool {
        match event {
            BroadcastEvent::BroadcastChanged(changed) => {
                let touched = changed.id == self.broadcast.id && *changed != self.broadcast;
                if touched {
                    self.broadcast.clone_from(changed);
                }
                touched
            }
            BroadcastEvent::MomentChanged(changed) if changed.broadcast == self.broadcast.id => {
                let place = self.moments.partition_point(|known| known.at < changed.moment.at);
                match self.moments.get_mut(place).filter(|known| known.at == changed.moment.at) {
                    Some(known) => std::mem::replace(known, changed.moment) != changed.moment,
                    None => {
                        self.moments.insert(place, changed.moment);
                        true
                    }
                }
            }
            _ => false,
        }
    }
}
