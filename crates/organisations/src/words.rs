//! The words of organisations' pages.

use super::model::PublicPage;

pub const ORGANISATIONS: &str = "Organisations";
pub const ORGANISATION: &str = "Organisation";
pub const ORGANISATIONS_TEXT: &str = "Each organisation is reached at a host name of its own, and sees nothing of the others.";
pub const MADE: &str = "Made";
pub const NEW: &str = "New organisation";
pub const MAKE: &str = "Make organisation";
pub const CHANGE: &str = "Change";
pub const CHANGE_TITLE: &str = "Change organisation";
pub const NAME: &str = "Name";
pub const HOST: &str = "Host name";
pub const HOST_HINT: &str = "As school.example.org. It must lead to this server, and its certificate must cover it.";
pub const HOST_CHANGE_HINT: &str = "After a change people sign in again at the new host name.";
pub const EVERY_OTHER_HOST: &str = "every other host name";
pub const OPEN_REGISTRATION: &str = "Anyone may register";
pub const OPEN_REGISTRATION_TEXT: &str = "Otherwise people need an invitation.";
pub const BY_INVITATION: &str = "By invitation";
pub const MOST_PEOPLE: &str = "Most people";
pub const MOST_MESSAGES: &str = "Most messages a day";
pub const LIMIT_HINT: &str = "Empty for no limit.";
pub const SAVE: &str = "Save";
pub const CANCEL: &str = "Cancel";
pub const OPERATES: &str = "Runs the server";
pub const SUSPENDED: &str = "Suspended";
pub const SUSPEND: &str = "Suspend";
pub const SUSPEND_TITLE: &str = "Suspend this organisation?";
pub const SUSPEND_TEXT: &str = "Nobody reaches it until it is resumed: its pages are closed, its people and programs are disconnected, and its mail and broadcasts wait. Nothing is removed.";
pub const RESUME: &str = "Resume";
pub const INVITE: &str = "Invite an admin";
pub const INVITATION_TEXT: &str = "Hand this address on to the organisation's first admin. It is shown only now.";
/// Of which organisation, for screen readers.
pub fn of(name: &str) -> String {
    format!(" {name}")
}
/// Host, and how many people of how many.
pub fn line(host: Option<&str>, people: u32, most: Option<u32>) -> String {
    format!("{} · {}", host.unwrap_or(EVERY_OTHER_HOST), people_of(people, most))
}
/// How many people there are, and may be.
pub fn people_of(people: u32, most: Option<u32>) -> String {
    match (people, most) {
        (people, Some(most)) => format!("{people} of at most {most} people"),
        (1, None) => "1 person".to_owned(),
        (people, None) => format!("{people} people"),
    }
}
/// How many messages were sent today, and may be.
pub fn messages_of(today: u32, most: Option<u32>) -> String {
    match most {
        Some(most) => format!("{today} of at most {most} messages today"),
        None => "Messages are not limited".to_owned(),
    }
}
pub const LIMITS_TEXT: &str = "Those who run this server set the limits.";
pub const RENAME: &str = "Change the name and who may register";

pub const SAYS: &str = "Imprint and privacy";
pub const SAYS_TEXT: &str = "Anyone may read these pages. An empty one is not linked.";
pub const POSTAL_ADDRESS: &str = "Postal address";
pub const POSTAL_ADDRESS_HINT: &str = "For receipts.";
pub const MARKDOWN_HINT: &str = "Markdown, as in messages; at most 20,000 characters.";
pub const COLOUR: &str = "Colour";
pub const COLOUR_TEXT: &str = "Buttons and links take this colour. Its shade is adapted, so that text stays readable in light and dark.";
pub const OWN_COLOUR: &str = "Own colour";
pub const OWN_COLOUR_TEXT: &str = "Otherwise Plenum's green.";
pub const LOGO: &str = "Logo";
pub const LOGO_FILE: &str = "Picture";
pub const LOGO_HINT: &str = "JPEG, PNG or WebP, at most 5 MB. It stands on white.";
pub const LOGO_SEND: &str = "Upload";
pub const LOGO_REMOVE: &str = "Remove";
pub const LOGO_ALT: &str = "The logo now";

/// What a public page is called.
pub const fn page(page: PublicPage) -> &'static str {
    match page {
        PublicPage::Imprint => "Imprint",
        PublicPage::Privacy => "Privacy",
    }
}
pub const NOTHING_WRITTEN: &str = "Nothing is written here yet.";
pub const PUBLIC_PAGES: &str = "About this organisation";
