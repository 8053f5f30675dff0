//! How much passes on a channel, and what passed last: its name and time, never what it says.

use std::sync::Arc;

use plenum_core::ids::Millis;

/// What passed so many milliseconds ago counts a third of what passes now.
const MEMORY: f64 = 10_000.0;

/// How often something happens, in times a second over about the last ten seconds. Two numbers,
/// and no timer.
#[derive(Debug, Clone, Copy, Default)]
struct Rate {
    value: f64,
    at: Millis,
}

impl Rate {
    fn at(&self, now: Millis) -> f64 {
        let ago = u32::try_from((now - self.at).max(0)).unwrap_or(u32::MAX);
        self.value * (-f64::from(ago) / MEMORY).exp()
    }

    fn count(&mut self, times: u32, now: Millis) {
        self.value = self.at(now) + f64::from(times) * 1_000.0 / MEMORY;
        self.at = self.at.max(now);
    }
}

/// What passes on a channel.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    events: Rate,
    deliveries: Rate,
    last: Option<(Arc<str>, Millis)>,
}

/// What [`Traffic`] says at one time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flow {
    /// Events a second.
    pub events: f64,
    /// Deliveries a second: each event to each subscriber.
    pub deliveries: f64,
    /// The last event's name, and when it passed.
    pub last: Option<(Arc<str>, Millis)>,
}

impl Traffic {
    /// Counts an event that went to so many subscribers.
    pub fn note(&mut self, event: &Arc<str>, deliveries: u32, now: Millis) {
        self.events.count(1, now);
        self.deliveries.count(deliveries, now);
        self.last = Some((Arc::clone(event), now));
    }

    /// How much passes now.
    pub fn flow(&self, now: Millis) -> Flow {
        // Nothing below one a minute is worth a figure.
        let shown = |rate: Rate| Some(rate.at(now)).filter(|rate| *rate >= 1.0 / 60.0).unwrap_or_default();
        Flow { events: shown(self.events), deliveries: shown(self.deliveries), last: self.last.clone() }
    }
}

/// A channel with somebody on it, as those who watch over it see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Its wire name.
    pub name: Arc<str>,
    /// Connections on it.
    pub subscriptions: usize,
    /// People on it, on presence channels.
    pub people: Option<usize>,
    /// What passes on it.
    pub flow: Flow,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_rate_is_found_and_forgotten() {
        let (event, mut traffic) = (Arc::from("a"), Traffic::default());
        let start: Millis = 1_800_000_000_000;
        for tick in 0..600 {
            traffic.note(&event, 7, start + tick * 100);
        }
        let end = start + 600 * 100;
        let Flow { events, deliveries, last } = traffic.flow(end);
        assert!((9.5..10.6).contains(&events), "{events}");
        assert!((66.0..74.0).contains(&deliveries), "{deliveries}");
        assert_eq!(last, Some((Arc::clone(&event), end - 100)));
        let later = traffic.flow(end + 120_000);
        assert_eq!((later.events, later.deliveries), (0.0, 0.0));
        assert!(later.last.is_some(), "what was last is still known");
    }

    #[test]
    fn a_clock_that_goes_back_does_no_harm() {
        let (event, mut traffic) = (Arc::from("a"), Traffic::default());
        traffic.note(&event, 1, 10_000);
        traffic.note(&event, 1, 5_000);
        assert!(traffic.flow(5_000).events.is_finite() && traffic.flow(5_000).events < 1.0);
    }
}
