//! The words about the address of an online event.

pub const TAKE_PART: &str = "Take part online";
pub const OPEN: &str = "Open the event";
/// Before it is time.
pub fn shown_from(when: &str) -> String {
    format!("The address is shown here from {when}.")
}
pub const ONLY_YOU: &str = "Only people with a ticket see this address.";
