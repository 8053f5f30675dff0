//! The words of seat plans.

use crate::model::import::{Import, ImportState, Mode, Source};
use plenum_events::model::seat::SeatKind;

pub const PLAN: &str = "Seat plan";
/// The page of an event.
pub fn plan_of(title: &str) -> String {
    format!("Seat plan: {title}")
}
pub const TO_EVENT: &str = "Event";
pub const EXPORT: &str = "Download as a table";
pub const UNDO: &str = "Undo the last change";
pub const UNDONE: &str = "The last change is undone.";
pub const DONE: &str = "The plan is changed.";
pub const READ: &str = "The table was read.";

pub const PREVIEW: &str = "Preview";
pub const PREVIEW_NEW: &str = "Preview of what you are entering. Nothing is changed yet.";
pub const STAGE: &str = "Stage";
pub const NO_SEATS: &str = "No seats yet";
pub const NO_SEATS_TEXT: &str = "Make a ticket type, then a section, then its rows. Or copy or import a plan.";

/// What the drawing is, for those who do not see it.
pub fn drawing(seats: usize, sections: usize) -> String {
    format!("Drawing of the plan: {} in {}, the stage above", counted(seats, "seat"), counted(sections, "section"))
}

fn counted(count: usize, of: &str) -> String {
    if count == 1 { format!("1 {of}") } else { format!("{count} {of}s") }
}

/// A number of seats.
pub fn seats(count: usize) -> String {
    counted(count, "seat")
}

/// What a section has.
pub fn rows_and_seats(rows: usize, count: usize) -> String {
    format!("{}, {}", counted(rows, "row"), counted(count, "seat"))
}

pub const TYPES: &str = "Ticket types and prices";
pub const TYPE: &str = "Ticket type";
pub const PRICE: &str = "Price";
pub const PLACES: &str = "Places";
pub const WORTH: &str = "When all are sold";
pub const TOTAL: &str = "Total";
pub const STANDING: &str = "standing";
pub const ACTIONS: &str = "Actions";
pub const NO_TYPES: &str = "No ticket types yet. Each seat is sold as one.";
pub const NEW_TYPE: &str = "New ticket type";
pub const TYPE_NAME: &str = "Ticket type’s name";
pub fn price_in(currency: &str) -> String {
    format!("Price in {currency}")
}
pub const IS_STANDING: &str = "Standing places, without seats";
pub const CAPACITY: &str = "How many can stand";
pub const CAPACITY_HINT: &str = "Only for standing places. Seats are counted from the plan.";
pub const SAVE_TYPE: &str = "Save ticket type";
pub const REMOVE: &str = "Remove";
pub const CHANGE: &str = "Change";
/// Which one a button is about.
pub fn which_one(name: &str) -> String {
    format!(" {name}")
}

pub const KINDS: &str = "Kinds of seats";
/// A kind of seat.
pub fn kind(kind: SeatKind) -> &'static str {
    match kind {
        SeatKind::Standard => "Standard",
        SeatKind::Accessible => "Accessible",
        SeatKind::Companion => "Companion",
        SeatKind::Restricted => "Restricted view",
    }
}
/// A kind and how many there are.
pub fn of_kind(which: SeatKind, count: usize) -> String {
    format!("{}: {count}", kind(which))
}

pub const SECTIONS: &str = "Sections";
pub const NEW_SECTION: &str = "New section";
pub const SECTION_NAME: &str = "Section’s name";
pub const ADD_SECTION: &str = "Add section";
pub const RENAME: &str = "Rename";
/// A section's new name.
pub fn new_name(section: &str) -> String {
    format!("New name of {section}")
}
pub const UP: &str = "Move up";
pub const DOWN: &str = "Move down";
/// With its seats.
pub fn remove_section(section: &str, count: usize) -> String {
    format!("Remove {section} and {}", counted(count, "seat"))
}

pub const ADD_ROWS: &str = "Add rows";
pub const SECTION: &str = "Section";
pub const ROWS: &str = "Rows";
pub const ROWS_HINT: &str = "From the stage on: A–K, or 1–12, or A–H, J–K.";
pub const SEATS: &str = "Seats";
pub const SEATS_HINT: &str = "1–20, or 1–10, 11–20: a comma is an aisle.";
pub const STEP: &str = "Numbers";
pub const EACH: &str = "1, 2, 3 …";
pub const SECOND: &str = "Every second: 1, 3, 5 … or 2, 4, 6 …";
pub const FROM: &str = "Numbered";
pub const FROM_LEFT: &str = "From the left";
pub const FROM_RIGHT: &str = "From the right";
pub const WIDER: &str = "More seats in each next row";
pub const BEND: &str = "Ends towards the stage";
/// How much they are bent.
pub fn bend(bend: i64) -> &'static str {
    match bend {
        0 => "Straight rows",
        1 => "A little",
        2 => "More",
        _ => "Strongly",
    }
}
pub const KIND: &str = "Kind";

pub const CHANGE_SEATS: &str = "Change seats";
pub const CHANGE_SEATS_ABOUT: &str = "Seats that somebody holds or has bought keep their place and their price.";
pub const SOME_ROWS_HINT: &str = "A–C, or nothing for all rows.";
pub const SOME_SEATS_HINT: &str = "1–4, or nothing for all seats.";
pub const AS_IT_IS: &str = "As it is";
pub const SET: &str = "Set";
pub const REMOVE_SEATS: &str = "Remove these seats";

pub const IMPORT: &str = "Import a table";
/// What it looks like.
pub const IMPORT_ABOUT: &str =
    "A CSV file whose first line names its columns: section, row, seat, kind, ticket_type, x, y. Without x and y places are computed.";
pub const FILE: &str = "File";
pub const FILE_HINT: &str = "At most 20,000 lines and 2 MB.";
pub const MODE: &str = "Seats that are there";
/// What becomes of them.
pub fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Replace => "Are replaced by the table",
        Mode::Add => "Stay; the table’s seats come to them",
    }
}
pub const SEND: &str = "Read the table";
/// Takes what can be taken.
pub fn take_good(good: i64) -> String {
    if good == 1 { "Import the one good line".to_owned() } else { format!("Import the {good} good lines") }
}
pub const STOP: &str = "Stop";
pub const GIVE_UP: &str = "Give it up";
pub const PROGRESS: &str = "Seats written";
pub const WRONG_LINES: &str = "Wrong lines";
pub const LINE: &str = "Line";
pub const COLUMN: &str = "Column";
pub const WRONG: &str = "What is wrong";
/// There are more.
pub fn more_wrong(more: i64) -> String {
    format!("… and {more} more.")
}

/// How far an import is, in a sentence.
pub fn state(import: &Import) -> String {
    let what = match import.source {
        Source::Table => "The table",
        Source::Copy => "The copy",
        Source::Undo => "The plan as it was before",
    };
    let progress = &import.progress;
    match progress.state {
        ImportState::Checked => format!("{} of {} lines are wrong. Nothing is changed yet.", import.wrong, import.lines),
        ImportState::Running => format!("{what} is going in: {} of {} seats.", progress.written, progress.steps),
        ImportState::Done if progress.kept > 0 => {
            format!("{what} is in. {} seats were taken meanwhile and stayed as they were.", progress.kept)
        }
        ImportState::Done => format!("{what} is in: {} seats changed.", progress.steps),
        ImportState::Cancelled if progress.written > 0 => {
            format!("{what} was stopped after {} of {} seats.", progress.written, progress.steps)
        }
        ImportState::Cancelled => format!("{what} was given up."),
        ImportState::Failed => format!("{what} could not go on: {}", progress.failure),
    }
}

pub const COPY: &str = "Copy from another event";
pub const COPY_FROM: &str = "Event";
/// An event and what it has.
pub fn other(title: &str, types: i64, count: i64) -> String {
    let count = usize::try_from(count).unwrap_or_default();
    format!("{title} ({}, {})", counted(usize::try_from(types).unwrap_or_default(), "ticket type"), counted(count, "seat"))
}
pub const SHOW_COPY: &str = "Show what will be copied";
pub const DO_COPY: &str = "Copy this";
/// What is shown.
pub fn will_copy(title: &str) -> String {
    format!("From “{title}” these ticket types and seats will be copied:")
}
