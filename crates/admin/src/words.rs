//! The words of the operations board and of its alarms.

pub mod channels;
pub mod findings;
pub mod health;
pub mod jobs;
pub mod mail;

use crate::model::{Alarm, Chart, Figure, Period, Rule, Side, Unit};
use plenum_wallet::model::{Currency, Money};

pub const OPERATIONS: &str = "Operations";
pub const ALARMS: &str = "Alarms";
pub const LIVE: &str = "live, once a second";
pub const PAUSED: &str = "paused";
pub const PAUSE: &str = "Pause";
pub const RESUME: &str = "Go on";
pub const PERIODS: &str = "How far back";
pub const CHARTS: &str = "What is drawn";
pub const TILES: &str = "Figures now";
pub const LINES: &str = "Lines";
pub const POINT_IN_TIME: &str = "Point in time";
pub const AS_TABLE: &str = "Show as table";
pub const TIME: &str = "Time";
pub const NOTHING_YET: &str = "Nothing is known of this period yet. The first figures come within seconds.";
pub const BUSIEST: &str = "Busiest channels";
pub const ALL_CHANNELS: &str = "All live channels";
pub const NO_CHANNELS: &str = "Nobody is on a channel now.";
pub const JOBS: &str = "Jobs";
pub const LOOK_AT_JOBS: &str = "Look at jobs";
pub const HEALTH: &str = "Health";
pub const STATUS: &str = "Status";
pub const ALL_WELL: &str = "All well";
pub const NO_ALARMS: &str = "No alarms set";
pub const WATCHED: &str = "What is watched";
pub const TAKEN: &str = "Set";
pub const NO_ALARM_YET: &str = "No alarm so far";

/// How many alarms are raised.
pub fn raised_now(count: usize) -> String {
    if count == 1 { "1 alarm".to_owned() } else { format!("{count} alarms") }
}

/// The last alarm, and when.
pub fn last_alarm(alarm: &Alarm, when: &str) -> String {
    format!("Last alarm: {when}, {}", rule(&alarm.rule))
}

/// A period in the choice of them.
pub fn period(period: Period) -> &'static str {
    match period {
        Period::Quarter => "15 min",
        Period::Day => "Day",
        Period::Week => "Week",
    }
}

/// A period after a change.
fn in_period(period: Period) -> &'static str {
    match period {
        Period::Quarter => "in 15 min",
        Period::Day => "in a day",
        Period::Week => "in a week",
    }
}

/// `+18 in 15 min`; nothing worth saying if it is the same.
pub fn change(figure: Figure, change: f64, over: Period) -> String {
    let unit = figure.described().unit;
    let amount = value(unit, change.abs());
    if amount == value(unit, 0.0) {
        return format!("unchanged {}", in_period(over));
    }
    format!("{}{amount} {}", if change > 0.0 { "+" } else { "−" }, in_period(over))
}

/// A chart.
pub fn chart(chart: Chart) -> &'static str {
    match chart {
        Chart::People => "People",
        Chart::Traffic => "Traffic a second",
        Chart::Connections => "Connections",
        Chart::Notices => "Messages and notices",
        Chart::Latency => "Latency",
        Chart::Work => "Work a second",
        Chart::Queues => "Queues",
        Chart::Losses => "Losses a minute",
        Chart::Jobs => "Jobs over time",
        Chart::Processor => "Processor",
        Chart::Memory => "Memory",
        Chart::Sales => "Sales",
        Chart::Revenue => "Revenue today",
    }
}

pub fn figure(figure: Figure) -> &'static str {
    match figure {
        Figure::PeopleOnline => "People online",
        Figure::PeopleActive => "Active today",
        Figure::PeopleNew => "New within a week",
        Figure::People => "People in all",
        Figure::SignIns => "Open sign-ins",
        Figure::Messages => "Messages a second",
        Figure::Events => "Live events a second",
        Figure::Deliveries => "Deliveries a second",
        Figure::MessagesToday => "Messages today",
        Figure::NotificationsToday => "Notifications today",
        Figure::NotificationsUnseen => "Notifications unseen",
        Figure::BroadcastsSending => "Broadcasts going out",
        Figure::BroadcastsWaiting => "Broadcasts waiting",
        Figure::Connections => "Connections",
        Figure::Channels => "Live channels",
        Figure::Subscriptions => "Subscriptions",
        Figure::PublishP50 => "Commit to screen, p50",
        Figure::PublishP99 => "Commit to screen, p99",
        Figure::WriteP50 => "Database write, p50",
        Figure::WriteP99 => "Database write, p99",
        Figure::HttpP50 => "HTTP answer, p50",
        Figure::HttpP99 => "HTTP answer, p99",
        Figure::Requests => "Requests a second",
        Figure::Writes => "Writes a second",
        Figure::WriteQueue => "Write queue",
        Figure::DispatchQueue => "Dispatch queue",
        Figure::Dropped => "Dropped a minute",
        Figure::SlowConsumers => "Slow consumers a minute",
        Figure::Recoveries => "Recoveries a minute",
        Figure::Gaps => "Gaps a minute",
        Figure::JobsWaiting => "Jobs waiting",
        Figure::JobsDue => "Jobs due",
        Figure::JobsRetrying => "Jobs retrying",
        Figure::DeadLetters => "Dead letters",
        Figure::Processor => "Processor",
        Figure::Memory => "Memory",
        Figure::QueuedBytes => "Queued for slow sockets",
        Figure::OrdersToday => "Orders paid today",
        Figure::SeatsHeld => "Places held",
        Figure::SeatsSold => "Places sold",
        Figure::EventsOpen => "Events on sale",
        Figure::RevenueToday => "Revenue today",
    }
}

/// Beside the people online.
pub fn of_people(all: &str, active: &str) -> String {
    format!("of {all} · {active} active today")
}
/// Beside the messages a second.
pub fn events(events: &str) -> String {
    format!("{events} live events a second")
}
/// Beside the deliveries.
pub fn on_channels(channels: &str) -> String {
    format!("on {channels} live channels")
}
/// Beside the connections.
pub fn subscriptions(subscriptions: &str) -> String {
    format!("{subscriptions} subscriptions")
}
/// Beside the notifications unseen.
pub fn notified_today(told: &str) -> String {
    format!("{told} told today")
}
/// Beside the sign-ins.
pub fn new_people(people: &str) -> String {
    format!("{people} people new within a week")
}
/// Beside the broadcasts.
pub fn waiting(waiting: &str) -> String {
    format!("{waiting} waiting")
}
/// Beside a percentile.
pub fn half_within(half: &str) -> String {
    format!("half within {half}")
}
pub const OF_ONE_CORE: &str = "of one core";
/// Beside the memory.
pub fn queued(bytes: &str) -> String {
    format!("{bytes} queued for slow sockets")
}
pub const SINCE_MIDNIGHT: &str = "since midnight UTC";

/// A value as it is read.
pub fn value(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Count | Unit::PerMinute => grouped(value),
        Unit::PerSecond => short(value),
        Unit::Milliseconds => format!("{} ms", short(value)),
        Unit::Percent => format!("{} %", short(value)),
        Unit::Bytes => bytes(value),
        Unit::Cents => euros(value),
    }
}

/// One decimal below 100, none above, and none where there is nothing to say.
fn short(value: f64) -> String {
    if value >= 99.95 {
        return grouped(value);
    }
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}

/// `12,345`
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |digits| ("−", digits));
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{sign}{text}")
}

fn bytes(value: f64) -> String {
    const STEP: f64 = 1_024.0;
    let (mut value, mut unit) = (value, "B");
    for larger in ["KiB", "MiB", "GiB"] {
        if value < STEP {
            break;
        }
        value /= STEP;
        unit = larger;
    }
    format!("{} {unit}", short(value))
}

/// `€1,234.50`
#[expect(clippy::cast_possible_truncation, reason = "an amount is far below 2^53 cents")]
fn euros(cents: f64) -> String {
    Money::new(cents.round() as i64, Currency::Eur).to_string()
}

/// Beside the places that are held.
pub fn sold(places: &str) -> String {
    format!("{places} sold for events to come")
}

/// Beside the revenue.
pub fn of_orders(orders: &str, events: &str) -> String {
    format!("{orders} orders · {events} events on sale")
}

/// The unit beside a field.
pub fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "",
        Unit::PerSecond => "a second",
        Unit::PerMinute => "a minute",
        Unit::Milliseconds => "ms",
        Unit::Percent => "%",
        Unit::Bytes => "MiB",
        Unit::Cents => "EUR",
    }
}

/// A figure in the choice of an alarm, with the unit that its threshold is entered in.
pub fn figure_with_unit(of: Figure) -> String {
    match unit(of.described().unit) {
        "" | "a second" | "a minute" => figure(of).to_owned(),
        unit => format!("{} ({unit})", figure(of)),
    }
}

/// A side.
pub fn side(side: Side) -> &'static str {
    match side {
        Side::Above => "above",
        Side::Below => "below",
    }
}

/// `Processor above 90 % for 2 min`
pub fn rule(rule: &Rule) -> String {
    let limit = value(rule.figure.described().unit, rule.threshold);
    let wait = match rule.seconds {
        0 => String::new(),
        seconds if seconds >= 120 && seconds % 60 == 0 => format!(" for {} min", seconds / 60),
        seconds => format!(" for {seconds} s"),
    };
    format!("{} {} {limit}{wait}", figure(rule.figure), side(rule.side))
}

/// The title of what admins are told when an alarm is raised.
pub fn raised(of: &Rule) -> String {
    format!("Alarm: {}", rule(of))
}

/// The title of what admins are told when an alarm has ended.
pub fn ended(of: &Rule) -> String {
    format!("Over: {}", rule(of))
}

/// What a figure was at that moment.
pub fn stands_at(of: Figure, at: f64) -> String {
    format!("{}: {}", figure(of), value(of.described().unit, at))
}

/// What alarms are.
pub const ABOUT: &str =
    "When a figure crosses its threshold for as long as you say, every admin finds it in their inbox, once; and again when it is over.";
pub const NEW: &str = "New alarm";
pub const SUGGESTIONS: &str = "Suggestions";
pub const SUGGESTIONS_TEXT: &str = "Thresholds that many places watch. You can add your own with other values.";
pub const NONE: &str = "No alarms yet";
pub const NONE_TEXT: &str = "Add one of the suggestions, or one of your own.";
pub const FIGURE: &str = "Figure";
pub const SIDE: &str = "Is";
pub const THRESHOLD: &str = "Threshold";
pub const SECONDS: &str = "For how many seconds";
pub const SECONDS_HINT: &str = "0: at once.";
pub const ADD: &str = "Add";
pub const ADDED: &str = "Added.";
pub const SWITCH_OFF: &str = "Switch off";
pub const SWITCH_ON: &str = "Switch on";
pub const DELETE: &str = "Delete";
pub const STATE_RAISED: &str = "Raised";
pub const STATE_QUIET: &str = "Quiet";
pub const STATE_OFF: &str = "Off";
pub const NEVER_RAISED: &str = "Never raised.";

/// When it was raised, and what the figure was then.
pub fn raised_at(alarm: &Alarm, when: &str) -> String {
    match alarm.value {
        Some(at) => format!("Raised {when}, at {}", value(alarm.rule.figure.described().unit, at)),
        None => format!("Raised {when}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_short_and_have_their_unit() {
        for (unit, number, text) in [
            (Unit::Count, 1_234_567.0, "1,234,567"),
            (Unit::Count, -1_200.0, "−1,200"),
            (Unit::Count, 12.0, "12"),
            (Unit::PerSecond, 0.0, "0"),
            (Unit::PerSecond, 37.25, "37.2"),
            (Unit::PerSecond, 1_815.4, "1,815"),
            (Unit::Milliseconds, 0.61, "0.6 ms"),
            (Unit::Percent, 99.96, "100 %"),
            (Unit::Milliseconds, 1_500.0, "1,500 ms"),
            (Unit::Bytes, 77_594_624.0, "74 MiB"),
            (Unit::Bytes, 12.0, "12 B"),
            (Unit::Cents, 123_450.0, "€1,234.50"),
            (Unit::Cents, -50.0, "−€0.50"),
        ] {
            assert_eq!(value(unit, number), text);
        }
        assert_eq!(change(Figure::PeopleOnline, 18.0, Period::Quarter), "+18 in 15 min");
        assert_eq!(change(Figure::PeopleOnline, -0.2, Period::Day), "unchanged in a day");
        let of = Rule { figure: Figure::Processor, side: Side::Above, threshold: 90.0, seconds: 120 };
        assert_eq!(rule(&of), "Processor above 90 % for 2 min");
        assert_eq!(rule(&Rule { seconds: 0, figure: Figure::DeadLetters, threshold: 0.0, ..of }), "Dead letters above 0");
    }
}
