//! The words of the mail a day, and of the page that stops it.

/// One line of the mail.
pub fn subject(organisation: &str, count: usize) -> String {
    match count {
        1 => format!("{organisation}: one thing you have not seen"),
        many => format!("{organisation}: {many} things you have not seen"),
    }
}
/// Its first line.
pub fn greeting(name: &str) -> String {
    format!("Hello {name},")
}
pub const OPENING: &str = "this has come for you since the last mail, and you have not seen it yet.";
/// What a mail does not tell.
pub fn hidden(count: usize) -> String {
    match count {
        1 => "1 notification that is not shown in mails".to_owned(),
        many => format!("{many} notifications that are not shown in mails"),
    }
}
/// What had no room.
pub fn more(count: usize) -> String {
    format!("And {count} more.")
}
/// Leads to the inbox.
pub fn unread(count: u32) -> String {
    format!("Open the inbox ({count} unread)")
}
pub const WHY: &str = "You get this mail because you asked for one a day of what you have not seen.";
pub const CHANGE: &str = "Change what you are told";
pub const STOP: &str = "Get no more of these mails";

pub const UNSUBSCRIBE: &str = "The daily mail";
/// What the button will do.
pub fn ask(address: &str, organisation: &str) -> String {
    format!("{address} gets a mail a day of what has come at {organisation} and was not seen.")
}
pub const UNSUBSCRIBE_NOW: &str = "Stop these mails";
/// It was done, or was so already.
pub fn stopped(address: &str) -> String {
    format!("{address} gets no daily mail any more.")
}
pub const STOPPED_TEXT: &str = "What you are told in Plenum stays as it is. You can have the mail again in your settings.";
pub const SETTINGS: &str = "Open your settings";
