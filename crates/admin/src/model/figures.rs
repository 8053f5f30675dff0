//! The catalogue of figures: what is measured, of whom, in what, and where it is drawn.
//!
//! A feature to come adds a line here, its words in `strings/operations.rs`, and where the value comes from: a statement in
//! `server/counts.rs` if the database knows it, a line of `server/figures.rs` if the process does.

use serde::{Deserialize, Serialize};
use strum::VariantArray as _;

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Times a second.
    PerSecond,
    /// Times in the last minute.
    PerMinute,
    /// Milliseconds.
    Milliseconds,
    /// Parts of a hundred.
    Percent,
    /// Bytes.
    Bytes,
    /// Cents of the euro.
    Cents,
}

/// Whose a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Each organisation has its own.
    Organisation,
    /// The process has one; it is for the admins of the operator.
    Process,
}

/// What stands for several values when they become one point of a longer period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Their mean.
    Mean,
    /// The highest: a moment that was too slow must not be averaged away.
    Peak,
    /// The newest: what only grows within a day.
    Last,
}

/// Figures of one unit that are drawn together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum Chart {
    /// Who is here.
    People,
    /// What passes.
    Traffic,
    /// What is open.
    Connections,
    /// What people are told.
    Notices,
    /// What is sold.
    Sales,
    /// For how much.
    Revenue,
    /// How long things take.
    Latency,
    /// What the process does.
    Work,
    /// What waits.
    Queues,
    /// What was lost, or nearly.
    Losses,
    /// Work that is due at a time.
    Jobs,
    /// Processor time.
    Processor,
    /// Memory.
    Memory,
}

/// A line of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Described {
    /// Its name on the wire and in rows.
    pub name: &'static str,
    /// Whose it is.
    pub scope: Scope,
    /// Its unit.
    pub unit: Unit,
    /// How it is folded.
    pub fold: Fold,
    /// Where it is drawn.
    pub chart: Chart,
}

/// The enum of all figures and their descriptions, from one table.
macro_rules! catalogue {
    ($($(#[$doc:meta])* $figure:ident = $name:literal, $scope:ident, $unit:ident, $fold:ident, $chart:ident;)*) => {
        /// Something that is measured.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[derive(strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
        #[strum(const_into_str)]
        pub enum Figure {
            $($(#[$doc])* #[serde(rename = $name)] #[strum(serialize = $name)] $figure,)*
        }

        impl Figure {
            /// Its line.
            pub fn described(self) -> Described {
                match self {
                    $(Self::$figure => Described {
                        name: $name, scope: Scope::$scope, unit: Unit::$unit, fold: Fold::$fold, chart: Chart::$chart,
                    },)*
                }
            }
        }
    };
}

catalogue! {
    /// People with an open socket, seen by others or not.
    PeopleOnline = "people_online", Organisation, Count, Mean, People;
    /// People whose browser or program asked for something today.
    PeopleActive = "people_active", Organisation, Count, Last, People;
    /// People who came within seven days.
    PeopleNew = "people_new", Organisation, Count, Last, People;
    /// People in all.
    People = "people", Organisation, Count, Last, People;
    /// Browsers that are signed in.
    SignIns = "sign_ins", Organisation, Count, Last, People;
    /// Messages a second.
    Messages = "messages", Organisation, PerSecond, Mean, Traffic;
    /// Live events a second.
    Events = "events", Organisation, PerSecond, Mean, Traffic;
    /// Deliveries a second: each event to each subscriber.
    Deliveries = "deliveries", Organisation, PerSecond, Mean, Traffic;
    /// Messages sent today.
    MessagesToday = "messages_today", Organisation, Count, Last, Notices;
    /// Notifications told today.
    NotificationsToday = "notifications_today", Organisation, Count, Last, Notices;
    /// Notifications that nobody has seen yet.
    NotificationsUnseen = "notifications_unseen", Organisation, Count, Last, Notices;
    /// Broadcasts that go out now.
    BroadcastsSending = "broadcasts_sending", Organisation, Count, Peak, Notices;
    /// Broadcasts that wait for their time, or were paused.
    BroadcastsWaiting = "broadcasts_waiting", Organisation, Count, Last, Notices;
    /// Open sockets of its people.
    Connections = "connections", Organisation, Count, Mean, Connections;
    /// Channels with somebody on them.
    Channels = "channels", Organisation, Count, Mean, Connections;
    /// Subscriptions on these.
    Subscriptions = "subscriptions", Organisation, Count, Mean, Connections;
    /// Orders that were paid today.
    OrdersToday = "orders_today", Organisation, Count, Last, Sales;
    /// Seats and standing places that somebody holds now.
    SeatsHeld = "seats_held", Organisation, Count, Peak, Sales;
    /// Seats and standing places of events to come that are sold.
    SeatsSold = "seats_sold", Organisation, Count, Last, Sales;
    /// Events of which tickets can be bought now.
    EventsOpen = "events_open", Organisation, Count, Last, Sales;
    /// What came in for orders today, less what was given back, of euros.
    RevenueToday = "revenue_today", Organisation, Cents, Last, Revenue;

    /// From the commit to the last socket, half of all.
    PublishP50 = "publish_p50", Process, Milliseconds, Mean, Latency;
    /// From the commit to the last socket, all but one of a hundred.
    PublishP99 = "publish_p99", Process, Milliseconds, Peak, Latency;
    /// A group commit, half of all.
    WriteP50 = "write_p50", Process, Milliseconds, Mean, Latency;
    /// A group commit, all but one of a hundred.
    WriteP99 = "write_p99", Process, Milliseconds, Peak, Latency;
    /// An answer over HTTP, half of all.
    HttpP50 = "http_p50", Process, Milliseconds, Mean, Latency;
    /// An answer over HTTP, all but one of a hundred.
    HttpP99 = "http_p99", Process, Milliseconds, Peak, Latency;
    /// Requests a second.
    Requests = "requests", Process, PerSecond, Mean, Work;
    /// Writes a second.
    Writes = "writes", Process, PerSecond, Mean, Work;
    /// Writes that wait for the writer.
    WriteQueue = "write_queue", Process, Count, Peak, Queues;
    /// Commits that wait to be sent out.
    DispatchQueue = "dispatch_queue", Process, Count, Peak, Queues;
    /// Ephemeral events that were dropped or replaced.
    Dropped = "dropped", Process, PerMinute, Peak, Losses;
    /// Connections that were too slow.
    SlowConsumers = "slow_consumers", Process, PerMinute, Peak, Losses;
    /// Subscriptions that went on where they were.
    Recoveries = "recoveries", Process, PerMinute, Peak, Losses;
    /// Subscriptions that could not, and took a snapshot.
    Gaps = "gaps", Process, PerMinute, Peak, Losses;
    /// Jobs in all.
    JobsWaiting = "jobs_waiting", Process, Count, Last, Jobs;
    /// Jobs whose time has come and that nobody does yet.
    JobsDue = "jobs_due", Process, Count, Peak, Jobs;
    /// Jobs that failed and will be tried again.
    JobsRetrying = "jobs_retrying", Process, Count, Peak, Jobs;
    /// Jobs that failed too often.
    DeadLetters = "dead_letters", Process, Count, Last, Jobs;
    /// Processor time, of one core.
    Processor = "processor", Process, Percent, Peak, Processor;
    /// Resident memory.
    Memory = "memory", Process, Bytes, Peak, Memory;
    /// Bytes that wait for sockets that do not take them.
    QueuedBytes = "queued_bytes", Process, Bytes, Peak, Memory;
}

impl Figure {
    /// Those that the admins of an organisation see.
    pub fn seen(operator: bool) -> impl Iterator<Item = Self> {
        Self::VARIANTS.iter().copied().filter(move |figure| operator || figure.described().scope == Scope::Organisation)
    }
}

impl Chart {
    /// What is drawn in it.
    pub fn figures(self) -> impl Iterator<Item = Figure> {
        Figure::VARIANTS.iter().copied().filter(move |figure| figure.described().chart == self)
    }

    /// Those that the admins of an organisation see.
    pub fn seen(operator: bool) -> impl Iterator<Item = Self> {
        Self::VARIANTS
            .iter()
            .copied()
            .filter(move |chart| chart.figures().any(|figure| operator || figure.described().scope == Scope::Organisation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_found_again_and_once_each() {
        let names: BTreeSet<&str> = Figure::VARIANTS.iter().map(|figure| figure.into_str()).collect();
        assert_eq!(names.len(), Figure::VARIANTS.len());
        for figure in Figure::VARIANTS {
            assert_eq!(figure.into_str().parse(), Ok(*figure));
            assert_eq!(serde_json::to_string(figure).unwrap(), format!("{:?}", figure.into_str()));
        }
        for &chart in Chart::VARIANTS {
            assert_eq!(chart.into_str().parse(), Ok(chart));
        }
    }

    /// A chart has one axis, and what is in it is for the same people.
    #[test]
    fn a_chart_has_one_unit_and_one_scope() {
        for &chart in Chart::VARIANTS {
            let described: Vec<Described> = chart.figures().map(Figure::described).collect();
            assert!(!described.is_empty(), "{chart:?}");
            assert!(described.iter().all(|line| line.unit == described[0].unit && line.scope == described[0].scope), "{chart:?}");
        }
    }

    #[test]
    fn what_is_the_process_is_for_the_operator() {
        assert!(Figure::seen(false).all(|figure| figure.described().scope == Scope::Organisation));
        assert_eq!(Figure::seen(true).count(), Figure::VARIANTS.len());
        assert!(!Chart::seen(false).any(|chart| chart == Chart::Memory));
    }
}
