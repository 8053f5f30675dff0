//! What admins who look are told of the live layer, and how it applies.

pub mod jobs;
pub mod mail;
pub mod probe;

use serde::{Deserialize, Serialize};

use super::model::{Alarm, AlarmDesk, Alarms, BUSIEST, Board, FRAMES, Frame, LiveChannels, Metrics, Passed};
use plenum_core::{
    ids::{AlarmId, ApplicationId, OrganisationId, PersonId},
    live::Live,
    live_events,
};

live_events! {
    /// What the admins of an organisation see of how it runs.
    pub enum OpsEvent on Channel::Ops(OrganisationId) {
        #[doc = "The organisation's live channels, once a second while somebody looks."]
        ChannelsUpdated(LiveChannels) = "channels.updated", ephemeral(|_| String::new());
        #[doc = "The figures of the operations board, once a second while somebody looks; for the operator those of the process, too."]
        MetricsUpdated(Metrics) = "metrics.updated", ephemeral(|_| String::new());
        #[doc = "A threshold as it is now: it was made or switched, or its alarm was raised or has ended."]
        AlarmChanged(Alarm) = "alarm.changed", state(|alarm| format!("alarm:{}", alarm.id));
        #[doc = "A threshold is gone."]
        AlarmRemoved(AlarmGone) = "alarm.removed", state(|gone| format!("alarm:{}", gone.id));
    }
}

/// A threshold that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmGone {
    pub id: AlarmId,
}

impl Live<OpsEvent> for Alarms {
    /// Something that is shown has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &OpsEvent) -> bool {
        match event {
            OpsEvent::AlarmChanged(changed) => match self.0.binary_search_by_key(&changed.id, |known| known.id) {
                Ok(place) => self.0.get_mut(place).is_some_and(|known| {
                    let touched = known != changed;
                    known.clone_from(changed);
                    touched
                }),
                Err(place) => {
                    self.0.insert(place, changed.clone());
                    true
                }
            },
            OpsEvent::AlarmRemoved(gone) => {
                let before = self.0.len();
                self.0.retain(|known| known.id != gone.id);
                self.0.len() != before
            }
            OpsEvent::ChannelsUpdated(_) | OpsEvent::MetricsUpdated(_) => false,
        }
    }
}

impl Live<OpsEvent> for AlarmDesk {
    /// Something that is shown has changed.
    type Touched = bool;

    fn apply(&mut self, viewer: PersonId, event: &OpsEvent) -> bool {
        self.alarms.apply(viewer, event)
    }
}

impl Live<OpsEvent> for Board {
    /// Something that is shown has changed.
    type Touched = bool;

    fn apply(&mut self, viewer: PersonId, event: &OpsEvent) -> bool {
        match event {
            OpsEvent::ChannelsUpdated(newest) => {
                let newest = newest.clone().first(BUSIEST);
                let touched = self.busiest != newest;
                self.busiest = newest;
                touched
            }
            // What is older than the snapshot is in it.
            OpsEvent::MetricsUpdated(newest) if newest.at < self.at => false,
            OpsEvent::MetricsUpdated(newest) => {
                self.at = newest.at;
                self.now.clone_from(&newest.now);
                let shown = self.series.period;
                for (_, point) in newest.points.iter().filter(|(period, _)| *period == shown) {
                    self.series.put(point);
                }
                self.series.forget(newest.at);
                true
            }
            OpsEvent::AlarmChanged(_) | OpsEvent::AlarmRemoved(_) => self.alarms.apply(viewer, event),
        }
    }
}

live_events! {
    /// What the admins of an organisation see of one of its external applications.
    pub enum ApplicationEvent on Channel::Application(ApplicationId) {
        #[doc = "Its live channels, once a second while somebody looks."]
        ChannelsUpdated(LiveChannels) = "channels.updated", ephemeral(|_| String::new());
        #[doc = "What passed on its sockets, four times a second while somebody looks."]
        FramesPassed(Passed) = "frames.passed", ephemeral(|passed| passed.frames.first().map_or(0, |frame| frame.number).to_string());
    }
}

/// A console: what passed, the newest last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Console {
    /// At most [`FRAMES`].
    pub frames: Vec<Frame>,
    /// How much was not shown.
    pub missed: u32,
}

impl Live<ApplicationEvent> for Console {
    /// Something passed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &ApplicationEvent) -> bool {
        let ApplicationEvent::FramesPassed(passed) = event else { return false };
        let last = self.frames.last().map_or(0, |frame| frame.number);
        let newer = passed.frames.iter().filter(|frame| frame.number > last).cloned();
        let before = self.frames.len();
        self.frames.extend(newer);
        if self.frames.len() == before {
            return false;
        }
        self.missed = self.missed.saturating_add(passed.missed);
        self.frames.drain(..self.frames.len().saturating_sub(FRAMES));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::What;

    fn passed(numbers: std::ops::RangeInclusive<u64>, missed: u32) -> ApplicationEvent {
        let frame = |number| Frame { number, at: 0, what: What::Published, socket: None, channel: None, event: None, data: None };
        ApplicationEvent::FramesPassed(Passed { frames: numbers.map(frame).collect(), missed })
    }

    #[test]
    fn a_console_shows_each_frame_once_and_keeps_the_newest() {
        let mut console = Console::default();
        assert!(console.apply(PersonId(1), &passed(1..=3, 2)));
        assert!(!console.apply(PersonId(1), &passed(1..=3, 2)), "applying an event again changes nothing");
        assert_eq!((console.frames.len(), console.missed), (3, 2));
        assert!(console.apply(PersonId(1), &passed(4..=FRAMES as u64 + 10, 0)));
        let numbers: Vec<u64> = console.frames.iter().map(|frame| frame.number).collect();
        assert_eq!(numbers, (11..=FRAMES as u64 + 10).collect::<Vec<_>>());
    }
}
