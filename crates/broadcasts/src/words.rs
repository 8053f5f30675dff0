//! The words of broadcasts: of the list and of what is repeated. [`compose`] has those of writing one, [`report`] those of one that was
//! written, [`templates`] those of what is written once and sent often.

pub mod compose;
pub mod report;
pub mod templates;

use crate::model::{Action, Broadcast, Every, Halt, Late, Repeat, Series, SeriesAction, SeriesState, State, Weekday};

pub const BROADCASTS: &str = "Broadcasts";
/// What they are.
pub const ABOUT: &str =
    "What the institution tells its people stands in their inbox, once for each. Whoever has switched announcements off gets none.";
pub const NEW: &str = "New broadcast";
pub const TEMPLATES: &str = "Templates";
pub const EVERYONE: &str = "Everyone";
/// An audience: those who have a ticket of an event.
pub fn holders_of(event: &str) -> String {
    format!("Ticket holders of {event}")
}
pub const NONE: &str = "No broadcasts yet";
pub const NONE_TEXT: &str = "Write one to everyone, to a role, to a room or to one person.";
pub const MADE: &str = "The broadcast is on its way.";
pub const OLDER: &str = "Show older ones";
pub const ALL: &str = "All broadcasts";
pub const SENT_AND_DUE: &str = "Sent and scheduled";
pub const REPEATED: &str = "Repeated";

/// Where a broadcast is on its way.
pub fn state(state: State) -> &'static str {
    match state {
        State::Scheduled => "Scheduled",
        State::Sending => "Sending",
        State::Deciding => "Waiting for the winner",
        State::Paused => "Paused",
        State::Sent => "Sent",
        State::Cancelled => "Cancelled",
    }
}
pub fn act(action: Action) -> &'static str {
    match action {
        Action::Pause => "Pause",
        Action::Resume => "Go on",
        Action::Cancel => "Cancel",
        Action::Retry => "Retry what failed",
        Action::Begin | Action::Finish | Action::Await | Action::Decide => "",
    }
}
/// The progress bar, for screen readers.
pub fn progress(broadcast: &Broadcast) -> String {
    let funnel = broadcast.funnel;
    if broadcast.gathered { format!("{} of {} dealt with", funnel.done(), funnel.recipients) } else { "Counting who gets it".to_owned() }
}
/// A line of the list.
pub fn line(broadcast: &Broadcast) -> String {
    let funnel = broadcast.funnel;
    let mut parts = vec![broadcast.audience_name.clone()];
    if broadcast.variants.len() > 1 {
        parts.push(format!("{} variants", broadcast.variants.len()));
    }
    if let Some(occurrence) = broadcast.series {
        parts.push(format!("repeated, number {}", occurrence.number));
    }
    if broadcast.started_at.is_some() {
        parts.push(format!("{} of {} got it", funnel.delivered, funnel.recipients));
        parts.push(format!("{} read it", funnel.read));
        if funnel.failed > 0 {
            parts.push(format!("{} failed", funnel.failed));
        }
    }
    parts.join(" · ")
}

/// Whether a series goes on.
pub fn series_state(state: SeriesState) -> &'static str {
    match state {
        SeriesState::Running => "Running",
        SeriesState::Paused => "Paused",
        SeriesState::Ended => "Ended",
    }
}
pub fn series_act(action: SeriesAction) -> &'static str {
    match action {
        SeriesAction::Pause => "Pause",
        SeriesAction::Resume => "Go on",
        SeriesAction::End => "End",
        SeriesAction::Finish => "",
    }
}
/// Which of them a button is of, for screen readers.
pub fn which_one(title: &str) -> String {
    format!("“{title}”")
}
/// A day of the week.
pub fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}
/// How often.
pub fn every(every: Every) -> &'static str {
    match every {
        Every::Day => "Each day",
        Every::Week => "Each week",
        Every::Month => "Each month",
    }
}
/// How often, and until when.
pub fn repeat(repeat: &Repeat) -> String {
    let mut text = every(repeat.every).to_owned();
    if !repeat.days.is_empty() {
        let days: Vec<&str> = repeat.days.iter().map(|day| weekday(*day)).collect();
        text.push_str(&format!(" on {}", days.join(", ")));
    }
    if let Some(until) = &repeat.until {
        text.push_str(&format!(" until {}", date(until)));
    }
    match repeat.times {
        Some(1) => text.push_str(", once"),
        Some(times) => text.push_str(&format!(", {times} times")),
        None => {}
    }
    text
}
/// What is known of a series beside its next time.
pub fn series_line(series: &Series) -> String {
    let mut parts = vec![series.audience_name.clone(), repeat(&series.repeat)];
    parts.push(if series.made == 0 { "not sent yet".to_owned() } else { format!("sent {}", times(series.made)) });
    if series.missed > 0 {
        parts.push(format!("missed {}", times(series.missed)));
    }
    parts.join(" · ")
}
fn times(count: u32) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}
/// The next time.
pub fn next_time(series: &Series) -> String {
    let zone = series.zone.as_deref().unwrap_or("each recipient's own time zone");
    format!("Next: {} ({zone})", local(&series.next_local))
}
/// A time passed while no server was there.
pub fn missed(at: &str) -> String {
    format!("The time of {at} passed while the server was away; it was too late to make up for it.")
}
/// Why Plenum paused it.
pub fn halt(halt: Halt) -> &'static str {
    match halt {
        Halt::Sender => "It was paused: whoever made it may no longer send broadcasts.",
        Halt::Audience => "It was paused: the room or the person is no longer there for whoever made it.",
    }
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// A day, of `2026-11-22`: 22 November 2026.
pub fn date(text: &str) -> String {
    let mut parts = text.split('-').map(str::parse::<usize>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month @ 1..=12)), Some(Ok(day))) => format!("{day} {} {year}", MONTHS[month - 1]),
        _ => text.to_owned(),
    }
}
/// A day and a time, of `2026-11-22T09:00`: 22 November 2026, 09:00.
pub fn local(text: &str) -> String {
    match text.split_once('T') {
        Some((day, time)) => format!("{}, {time}", date(day)),
        None => text.to_owned(),
    }
}
/// What becomes of those for whom their own time has passed.
pub fn late(late: Late) -> &'static str {
    match late {
        Late::AtOnce => "whoever has it behind them gets it at once",
        Late::NextDay => "whoever has it behind them gets it the next day",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated_is_said() {
        let days = vec![Weekday::Monday, Weekday::Thursday];
        let weekly = Repeat { every: Every::Week, days, until: Some("2027-01-31".into()), times: Some(5) };
        assert_eq!(repeat(&weekly), "Each week on Monday, Thursday until 31 January 2027, 5 times");
        assert_eq!((local("2026-11-22T09:00"), local("soon")), ("22 November 2026, 09:00".to_owned(), "soon".to_owned()));
    }
}
