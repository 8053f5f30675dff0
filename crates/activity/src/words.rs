//! The words of what happens, of the page "Today", and of the audit log.

mod records;

pub use records::{details, says};

use plenum_core::{
    activity::{SubjectKind, Topic},
    ids::PersonId,
    people::PersonCard,
};
use plenum_directory::words as people;

pub const TODAY: &str = "Today";
pub const NEEDS_YOU: &str = "What needs you";
pub const WHAT_HAPPENED: &str = "What happened";
pub const FILTER: &str = "What is shown";
pub const ALL: &str = "All";
/// A topic.
pub fn topic(topic: Topic) -> &'static str {
    match topic {
        Topic::Conversations => "Conversations",
        Topic::People => "People",
        Topic::Announcements => "Announcements",
        Topic::Money => "Wallets",
        Topic::Events => "Events",
        Topic::Security => "Sign-ins and tokens",
        Topic::Organisation => "Organisation and applications",
    }
}
pub const OLDER: &str = "Load older";
pub const NEWEST: &str = "Back to the newest";
pub const NOTHING: &str = "Nothing has happened yet";
pub const NOTHING_TODAY: &str = "When others join, change or announce something that you may see, it stands here. Join a room to see more.";
pub const NOTHING_IN_CONVERSATION: &str = "Who joins and leaves, and what it is called, stands here.";
pub const NOTHING_OF_PERSON: &str = "What they do in the conversations that you are in stands here.";
pub const ACTIVITY: &str = "Activity";
/// A conversation's feed.
pub fn activity_in(name: &str) -> String {
    if name.is_empty() { ACTIVITY.to_owned() } else { format!("Activity in {name}") }
}
pub const BACK: &str = "Back to the conversation";
pub const ACTIVITY_OF: &str = "Activity";
/// A line that stands for several: opens them.
pub fn show_all(count: usize) -> String {
    format!("Show all {count}")
}
pub const TRY_AGAIN: &str = "Try again";

/// Who did something that Plenum did.
const PLENUM: &str = "Plenum";

/// One person as `viewer` reads of them.
fn name(card: &PersonCard, viewer: PersonId) -> String {
    if card.id == viewer { "you".to_owned() } else { card.name.clone() }
}

/// Several people: "Lena, Tom and 3 more".
pub fn names(people: &[PersonCard], viewer: PersonId) -> String {
    match people {
        [] => PLENUM.to_owned(),
        [one] => name(one, viewer),
        [one, other] => format!("{} and {}", name(one, viewer), name(other, viewer)),
        [one, other, third] => format!("{}, {} and {}", name(one, viewer), name(other, viewer), name(third, viewer)),
        [one, other, more @ ..] => format!("{}, {} and {} more", name(one, viewer), name(other, viewer), more.len()),
    }
}

pub const AUDIT: &str = "Audit log";
pub const AUDIT_FILTER: &str = "Filter the audit log";
pub const PERSON: &str = "Person";
pub const PERSON_HINT: &str = "Name or e-mail";
pub const TOPIC: &str = "What about";
pub const ANY_TOPIC: &str = "Anything";
pub const SUBJECT: &str = "Done to";
pub const ANY_SUBJECT: &str = "Anything";
pub const FROM: &str = "From";
pub const TO: &str = "To";
pub const TEXT: &str = "Text";
pub const TEXT_HINT: &str = "A name or a detail";
pub const SHOW: &str = "Show";
pub const CLEAR: &str = "Clear the filter";
pub const EXPORT: &str = "Export as CSV";
pub const AUDIT_TABLE: &str = "What was done, the newest first";
pub const WHEN: &str = "When";
pub const WHO: &str = "Who";
pub const WHAT: &str = "What";
pub const DETAILS: &str = "Details";
pub const PAGES: &str = "Pages";
pub const NO_ROWS: &str = "Nothing fits";
pub const NO_ROWS_TEXT: &str = "Change the filter, or clear it to see everything.";
/// The pill above the table.
pub fn new_rows(count: u32) -> String {
    if count == 1 { "1 new".to_owned() } else { format!("{count} new") }
}
pub const BY_PLENUM: &str = PLENUM;

/// A kind of what something is done to.
pub fn subject(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Conversation => "Conversation",
        SubjectKind::Message => "Message",
        SubjectKind::Person => "Person",
        SubjectKind::Invitation => "Invitation",
        SubjectKind::Organisation => "Organisation",
        SubjectKind::SignIn => "Sign-in",
        SubjectKind::Token => "Token",
        SubjectKind::Application => "Application",
        SubjectKind::Broadcast => "Broadcast",
        SubjectKind::Series => "Series of broadcasts",
        SubjectKind::Template => "Template",
        SubjectKind::Event => "Event",
        SubjectKind::Alarm => "Alarm",
        SubjectKind::Job => "Job",
        SubjectKind::Deposit => "Deposit",
        SubjectKind::Withdrawal => "Withdrawal",
        SubjectKind::PaymentFile => "Payment file",
        SubjectKind::Order => "Order",
        SubjectKind::PromoCode => "Promo code",
        SubjectKind::Ticket => "Ticket",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENA: PersonId = PersonId(3);

    fn card(id: i64, name: &str) -> PersonCard {
        PersonCard { id: PersonId(id), name: name.to_owned(), hue: 0 }
    }

    #[test]
    fn many_people_are_few_words() {
        let people: Vec<PersonCard> = (1..=5).zip(["Sam", "Tom", "Lena", "Noor", "Ines"]).map(|(id, name)| card(id, name)).collect();
        let of = |count: usize| names(&people[..count], LENA);
        assert_eq!(
            (1..=5).map(of).collect::<Vec<_>>(),
            ["Sam", "Sam and Tom", "Sam, Tom and you", "Sam, Tom and 2 more", "Sam, Tom and 3 more"]
        );
        assert_eq!(names(&[], LENA), "Plenum");
    }
}
