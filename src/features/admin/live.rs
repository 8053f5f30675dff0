//! What admins who look are told of the live layer, and how it applies.

pub mod jobs;
pub mod probe;

use super::model::{FRAMES, Frame, LiveChannels, Passed};
use crate::{
    ids::{ApplicationId, OrganisationId, PersonId},
    live_events,
    realtime::live::Live,
};

live_events! {
    /// What the admins of an organisation see of how it runs.
    pub enum OpsEvent on Channel::Ops(OrganisationId) {
        #[doc = "The organisation's live channels, once a second while somebody looks."]
        ChannelsUpdated(LiveChannels) = "channels.updated", ephemeral(|_| String::new());
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
    use crate::features::admin::model::What;

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
