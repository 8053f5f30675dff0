//! The words of those who make events.

use plenum_events::model::event::EventAction;

/// The page, and the link to it.
pub const NEW: &str = "New event";
/// The page.
pub const EDIT: &str = "Edit event";
/// Leads to how everyone sees it.
pub const SEE: &str = "See the event";
/// Leads to the list.
pub const ALL: &str = "All events";
/// A section.
pub const ABOUT: &str = "About the event";
/// A field.
pub const TITLE: &str = "Title";
/// A field.
pub const DESCRIPTION: &str = "Description";
/// What to enter there.
pub const DESCRIPTION_HINT: &str = "Markdown: **bold**, *slanted*, lists, links.";
/// Shows how it will look.
pub const PREVIEW: &str = "Preview";
/// A choice.
pub const PLACE: &str = "Where";
/// A field.
pub const VENUE: &str = "Venue";
/// What to enter there.
pub const VENUE_HINT: &str = "The hall and its address; of an online event, nothing or what it takes.";
/// A field.
pub const ZONE: &str = "Time zone of the venue";
/// A field.
pub const STARTS: &str = "Begins";
/// A field.
pub const ENDS: &str = "Ends";
/// A field.
pub const DOORS: &str = "Doors open";
/// What to enter there.
pub const DOORS_HINT: &str = "Empty if there are none.";
/// A field.
pub const SALES_FROM: &str = "Places are sold from";
/// What to enter there.
pub const SALES_FROM_HINT: &str = "Empty: as soon as it is published.";
/// A field.
pub const SALES_UNTIL: &str = "Until";
/// What to enter there.
pub const SALES_UNTIL_HINT: &str = "Empty: until it begins.";
/// A field.
pub const CURRENCY: &str = "Currency";
/// A field.
pub const EACH: &str = "Places for one person";
/// The button.
pub const CREATE: &str = "Make a draft";
/// The button.
pub const SAVE: &str = "Save";
/// Said when it is there.
pub const CREATED: &str = "The draft is there. Add ticket types, then publish it.";
/// Said when it was changed.
pub const STATE_CHANGED: &str = "Done.";

/// A section.
pub const TYPES: &str = "Ticket types";
/// What they are.
pub const TYPES_TEXT: &str = "A seated one has as many places as it has seats in the plan; a standing one as many as you say.";
/// A field.
pub const TYPE_NAME: &str = "Name";
/// A field.
pub fn type_price(currency: &str) -> String {
    format!("Price, {currency}")
}
/// A choice.
pub const TYPE_SEATED: &str = "Seated";
/// A field.
pub const TYPE_CAPACITY: &str = "Places";
/// How a type stands.
pub fn type_stands(sold: i64, held: i64, capacity: i64) -> String {
    format!("{sold} sold, {held} held, of {capacity}")
}
/// The button of a new one.
pub const TYPE_ADD: &str = "Add ticket type";
/// The heading of its form.
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
/// Short, on that button.
pub const REMOVE: &str = "Remove";
/// Short, on that button.
pub const UP: &str = "Up";

/// A section.
pub const PICTURE: &str = "Picture";
/// What it can be.
pub const PICTURE_HINT: &str = "JPEG, PNG or WebP, at most 5 MB.";
/// A field.
pub const PICTURE_FILE: &str = "File";
/// The button.
pub const PICTURE_SEND: &str = "Upload";
/// While it is on its way.
pub const PICTURE_SENDING: &str = "Uploading the picture";
/// The button.
pub const PICTURE_REMOVE: &str = "Remove the picture";
/// What a picture is called.
pub fn picture_of(title: &str) -> String {
    format!("Picture of {title}")
}

/// A section.
pub const STAFF: &str = "Organisers";
/// What they may do.
pub const STAFF_TEXT: &str = "They change the event, see its sales, and check tickets.";
/// A field.
pub const STAFF_EMAIL: &str = "E-mail";
/// The button.
pub const STAFF_ADD: &str = "Add organiser";
/// A button, in a row.
pub fn staff_remove(name: &str) -> String {
    format!("Remove {name}")
}

/// A section.
pub const COURSE: &str = "What becomes of it";
/// A field.
pub const NOTE: &str = "Why";
/// What to enter there.
pub const NOTE_HINT: &str = "Everyone who looks at the event reads it.";
/// A choice that must be made before what cannot be undone.
pub const CONFIRM: &str = "Yes, I am sure";

/// A button.
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
