//! The words of those who make events.

use crate::model::StaffRole;
use plenum_events::model::event::EventAction;

pub const NEW: &str = "New event";
pub const EDIT: &str = "Edit event";
pub const SEE: &str = "See the event";
pub const ALL: &str = "All events";
pub const ABOUT: &str = "About the event";
pub const TITLE: &str = "Title";
pub const DESCRIPTION: &str = "Description";
pub const DESCRIPTION_HINT: &str = "Markdown: **bold**, *slanted*, lists, links.";
pub const PREVIEW: &str = "Preview";
pub const PLACE: &str = "Where";
pub const VENUE: &str = "Venue";
pub const ADDRESS: &str = "Address of the online event";
pub const ADDRESS_HINT: &str = "https://… Only people with a ticket see it, from 15 minutes before it begins.";
pub const VENUE_HINT: &str = "The hall and its address; of an online event, nothing or what it takes.";
pub const ZONE: &str = "Time zone of the venue";
pub const STARTS: &str = "Begins";
pub const ENDS: &str = "Ends";
pub const DOORS: &str = "Doors open";
pub const DOORS_HINT: &str = "Empty if there are none.";
pub const SALES_FROM: &str = "Places are sold from";
pub const SALES_FROM_HINT: &str = "Empty: as soon as it is published.";
pub const SALES_UNTIL: &str = "Until";
pub const SALES_UNTIL_HINT: &str = "Empty: until it begins.";
pub const CURRENCY: &str = "Currency";
pub const EACH: &str = "Places for one person";
pub const CREATE: &str = "Make a draft";
pub const SAVE: &str = "Save";
pub const CREATED: &str = "The draft is there. Add ticket types, then publish it.";
pub const STATE_CHANGED: &str = "Done.";

pub const TYPES: &str = "Ticket types";
pub const TYPES_TEXT: &str = "A seated one has as many places as it has seats in the plan; a standing one as many as you say.";
pub const TYPE_NAME: &str = "Name";
pub fn type_price(currency: &str) -> String {
    format!("Price, {currency}")
}
pub const TYPE_SEATED: &str = "Seated";
pub const TYPE_CAPACITY: &str = "Places";
/// How a type stands.
pub fn type_stands(sold: i64, held: i64, capacity: i64) -> String {
    format!("{sold} sold, {held} held, of {capacity}")
}
pub const TYPE_ADD: &str = "Add ticket type";
pub const TYPE_NEW: &str = "New ticket type";
/// A button, in a row.
pub fn type_up(name: &str) -> String {
    format!("Move {name} up")
}
/// A button, in a row.
pub fn type_remove(name: &str) -> String {
    format!("Remove {name}")
}
/// A button, in a row.
pub fn type_save(name: &str) -> String {
    format!("Save {name}")
}
pub const REMOVE: &str = "Remove";
pub const UP: &str = "Up";

pub const PICTURE: &str = "Picture";
pub const PICTURE_HINT: &str = "JPEG, PNG or WebP, at most 5 MB.";
pub const PICTURE_FILE: &str = "File";
pub const PICTURE_SEND: &str = "Upload";
pub const PICTURE_SENDING: &str = "Uploading the picture";
pub const PICTURE_REMOVE: &str = "Remove the picture";
/// What a picture is called.
pub fn picture_of(title: &str) -> String {
    format!("Picture of {title}")
}

pub const STAFF: &str = "Organisers and ushers";
pub const STAFF_TEXT: &str =
    "Organisers change the event, see its sales, and check tickets. Ushers check tickets at the doors, and see nothing of its money.";
pub const STAFF_EMAIL: &str = "E-mail";
pub const STAFF_ROLE: &str = "Role";
pub fn staff_role(role: StaffRole) -> &'static str {
    match role {
        StaffRole::Organiser => "Organiser",
        StaffRole::Usher => "Usher",
    }
}
pub const STAFF_ADD: &str = "Add";
/// A button, in a row.
pub fn staff_remove(name: &str) -> String {
    format!("Remove {name}")
}

pub const COURSE: &str = "What becomes of it";
pub const NOTE: &str = "Why";
pub const NOTE_HINT: &str = "Everyone who looks at the event reads it.";
pub const CONFIRM: &str = "Yes, I am sure";

pub fn act(action: EventAction) -> &'static str {
    match action {
        EventAction::Publish => "Publish",
        EventAction::Withdraw => "Withdraw",
        EventAction::Begin => "Begin now",
        EventAction::End => "End now",
        EventAction::Postpone => "Postpone",
        EventAction::Reschedule => "Give it a new time",
        EventAction::Cancel => "Cancel the event",
    }
}

/// What a button would do.
pub fn act_text(action: EventAction) -> &'static str {
    match action {
        EventAction::Publish => "Everyone sees it, and places are sold within its window.",
        EventAction::Withdraw => "It is a draft again. Only before anything is sold or held.",
        EventAction::Begin => "By itself it begins at its time; this is for sooner.",
        EventAction::End => "By itself it ends at its time; this is for sooner. It stays ended.",
        EventAction::Postpone => "Nothing is sold until it has a new time. Tickets stay valid; who has one is told.",
        EventAction::Reschedule => "It is published again. Who has a ticket is told.",
        EventAction::Cancel => "It stays cancelled. All that was paid is given back, and who has a ticket is told.",
    }
}
