//! The words of what happens, of the page "Today", and of the audit log.

use plenum_core::{
    activity::{Item, SubjectKind, Topic, Verb},
    ids::PersonId,
    people::{PersonCard, Role},
};
use plenum_directory::words as people;

/// The first page, and where it stands in the navigation.
pub const TODAY: &str = "Today";
/// What waits for whoever looks.
pub const NEEDS_YOU: &str = "What needs you";
/// The feed.
pub const WHAT_HAPPENED: &str = "What happened";
/// The chips above a feed.
pub const FILTER: &str = "What is shown";
/// No filter.
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
/// More of a feed.
pub const OLDER: &str = "Load older";
/// A page of older ones leads back.
pub const NEWEST: &str = "Back to the newest";
/// A feed without items.
pub const NOTHING: &str = "Nothing has happened yet";
/// What will be there, on the first page.
pub const NOTHING_TODAY: &str = "When others join, change or announce something that you may see, it stands here. Join a room to see more.";
/// What will be there, of a conversation.
pub const NOTHING_IN_CONVERSATION: &str = "Who joins and leaves, and what it is called, stands here.";
/// What will be there, of a person.
pub const NOTHING_OF_PERSON: &str = "What they do in the conversations that you are in stands here.";
/// Leads to a conversation's feed, and heads it.
pub const ACTIVITY: &str = "Activity";
/// A conversation's feed.
pub fn activity_in(name: &str) -> String {
    if name.is_empty() { ACTIVITY.to_owned() } else { format!("Activity in {name}") }
}
/// Leads back.
pub const BACK: &str = "Back to the conversation";
/// What a person did.
pub const ACTIVITY_OF: &str = "Activity";
/// A line that stands for several: opens them.
pub fn show_all(count: usize) -> String {
    format!("Show all {count}")
}
/// A page that is no longer followed.
pub const ENDED: &str = "This page is no longer told what happens.";
/// What was asked for did not come.
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

fn role(word: &str) -> String {
    Role::from_word(word).map_or_else(|| word.to_owned(), |held| people::role(held).to_lowercase())
}

/// A conversation without a name of its own.
fn place(name: &str) -> &str {
    if name.is_empty() { "a conversation" } else { name }
}

/// What happened, in a sentence. `item` is the newest of a line; `actors` and `abouts` are all people of it.
pub fn says(item: &Item, actors: &[PersonCard], abouts: &[PersonCard], viewer: PersonId) -> String {
    let (who, whom) = (names(actors, viewer), names(abouts, viewer));
    let (name, word) = (item.subject.name.as_str(), item.word.as_str());
    let to = place(name);
    let text = match item.verb {
        Verb::ConversationCreated if name.is_empty() => format!("{who} began a {word}"),
        Verb::ConversationCreated => format!("{who} made the {word} {name}"),
        Verb::ConversationChanged if word.is_empty() => format!("{who} changed the topic of {to}"),
        Verb::ConversationChanged => format!("{who} renamed {word} to {to}"),
        Verb::MemberJoined => format!("{who} joined {to}"),
        Verb::MemberInvited => format!("{who} added {whom} to {to}"),
        Verb::MemberLeft => format!("{who} left {to}"),
        Verb::MemberRemoved => format!("{who} removed {whom} from {to}"),
        Verb::OwnerChanged => format!("{whom} became an owner of {to}"),
        Verb::MessageDeleted => format!("{who} deleted a message of {} in {to}", of(&whom)),
        Verb::PersonRegistered => format!("{who} registered"),
        Verb::PersonRenamed => format!("{who} took the name {name}"),
        Verb::RoleGranted => format!("{who} gave {} the role {}", given(item, &whom), role(word)),
        Verb::RoleRevoked => format!("{who} took the role {} from {}", role(word), given(item, &whom)),
        Verb::InvitationCreated => format!("{who} invited {}", someone(name)),
        Verb::InvitationWithdrawn => format!("{who} withdrew the invitation of {}", someone(name)),
        Verb::PlanChanged => format!("{who} changed the seat plan of “{name}”"),
        Verb::PlanUndone => format!("{who} undid a change of the seat plan of “{name}”"),
        Verb::PlanImported => format!("{who} imported the seat plan of “{name}”"),
        Verb::PlanImportStopped => format!("The import of {who} into the seat plan of “{name}” was stopped"),
        Verb::PlanCopied => format!("{who} copied ticket types and seats to “{name}”"),
        Verb::TicketTypeCreated => format!("{who} made a ticket type of “{name}”"),
        Verb::TicketTypeChanged => format!("{who} changed a ticket type of “{name}”"),
        Verb::TicketTypeRemoved => format!("{who} removed a ticket type of “{name}”"),
        Verb::BroadcastCreated => format!("{who} made the broadcast “{name}”"),
        Verb::BroadcastStarted if abouts.is_empty() => format!("The broadcast “{name}” goes out"),
        Verb::BroadcastStarted if name.is_empty() => format!("{whom} sent an announcement"),
        Verb::BroadcastStarted => format!("{whom} announced: {name}"),
        Verb::BroadcastPaused => format!("{who} paused the broadcast “{name}”"),
        Verb::BroadcastResumed => format!("{who} resumed the broadcast “{name}”"),
        Verb::BroadcastCancelled => format!("{who} cancelled the broadcast “{name}”"),
        Verb::BroadcastSent => format!("The broadcast “{name}” has reached all"),
        Verb::BroadcastSampled => format!("The broadcast “{name}” has reached its sample"),
        Verb::BroadcastDecided => format!("{who} chose what the rest gets of the broadcast “{name}”"),
        Verb::BroadcastRetried => format!("{who} tried again whom the broadcast “{name}” did not reach"),
        Verb::SeriesCreated => format!("{who} made the series “{name}”"),
        Verb::SeriesPaused => format!("{who} paused the series “{name}”"),
        Verb::SeriesResumed => format!("{who} resumed the series “{name}”"),
        Verb::SeriesFinished => format!("The series “{name}” has come to its end"),
        Verb::SeriesEnded => format!("{who} ended the series “{name}”"),
        Verb::SeriesMissed => format!("A time of the series “{name}” was missed"),
        Verb::TemplateCreated => format!("{who} wrote the template “{name}”"),
        Verb::TemplateChanged => format!("{who} changed the template “{name}”"),
        Verb::TemplateDeleted => format!("{who} deleted the template “{name}”"),
        Verb::DepositBegun => format!("{who} began a deposit of {name}"),
        Verb::DepositCompleted => format!("A deposit of {name} by {whom} arrived"),
        Verb::DepositDeclined => format!("A deposit of {name} by {whom} was declined"),
        Verb::DepositExpired => format!("A deposit of {name} by {whom} was not paid in time"),
        Verb::DepositDisputed => format!("The payment gateway contradicts itself about a deposit of {name} by {whom}"),
        Verb::WithdrawalRequested => format!("{who} asked to withdraw {name}"),
        Verb::WithdrawalApproved => format!("{who} approved a withdrawal of {name} by {whom}"),
        Verb::WithdrawalRejected => format!("{who} rejected a withdrawal of {name} by {whom}"),
        Verb::WithdrawalProcessed => format!("{who} paid out {name} to {whom}"),
        Verb::WithdrawalCancelled => format!("{who} took back a withdrawal of {name}"),
        Verb::OrderPaid => format!("{who} paid the order {name}: {}", paid(word)),
        Verb::OrderRefunded => format!("{who} refunded some or all of the order {name} of {}: {}", of(&whom), paid(word)),
        Verb::PromoCreated => format!("{who} made the promo code {name}"),
        Verb::PromoEnded => format!("{who} ended the promo code {name}"),
        Verb::EventCreated => format!("{who} made the event “{name}”"),
        Verb::EventChanged => format!("{who} changed the event “{name}”"),
        Verb::EventPublished => format!("{who} published the event “{name}”"),
        Verb::EventWithdrawn => format!("{who} withdrew the event “{name}”"),
        Verb::EventBegan => format!("The event “{name}” has begun"),
        Verb::EventEnded => format!("The event “{name}” is over"),
        Verb::EventPostponed => format!("The event “{name}” was postponed"),
        Verb::EventRescheduled => format!("The event “{name}” has a new time"),
        Verb::EventCancelled => format!("The event “{name}” was cancelled"),
        Verb::EventStaffAdded => format!("{who} made {whom} an organiser of “{name}”"),
        Verb::EventStaffRemoved => format!("{who} ended that {whom} is an organiser of “{name}”"),
        Verb::SignInCreated => format!("{who} signed in with {}", device(word)),
        Verb::SignedOut => format!("{who} signed out of {}", device(word)),
        Verb::SignInEnded if !abouts.is_empty() => format!("{who} ended a sign-in of {} with {}", of(&whom), device(word)),
        Verb::SignInEnded => format!("{who} ended a sign-in with {}", device(word)),
        Verb::SignInOthersEnded => format!("{who} ended all other sign-ins and tokens"),
        Verb::PasswordChanged => format!("{who} changed the password"),
        Verb::PasswordReset => format!("{who} set a new password by mail"),
        Verb::TokenCreated => format!("{who} made the token “{name}”"),
        Verb::TokenEnded if !abouts.is_empty() => format!("{who} ended the token “{name}” of {}", of(&whom)),
        Verb::TokenEnded => format!("{who} ended the token “{name}”"),
        Verb::OrganisationRenamed => format!("{who} renamed the organisation to {name}"),
        Verb::OrganisationChanged => format!("{who} changed who may register"),
        Verb::ApplicationCreated => format!("{who} made the application {name}"),
        Verb::ApplicationChanged => format!("{who} changed the application {name}"),
        Verb::ApplicationSecretChanged => format!("{who} gave the application {name} a new secret"),
        Verb::ApplicationSecretEnded => format!("{who} ended the older secret of the application {name}"),
        Verb::ApplicationRemoved => format!("{who} removed the application {name}"),
        Verb::ApplicationWebhookAdded => format!("{who} added a webhook to the application {name}"),
        Verb::ApplicationWebhookRemoved => format!("{who} removed a webhook of the application {name}"),
        Verb::ApplicationEventSent => format!("{who} sent a test event to the application {name}"),
        Verb::AlarmCreated => format!("{who} set the alarm “{name}”"),
        Verb::AlarmChanged => format!("{who} switched the alarm “{name}”"),
        Verb::AlarmDeleted => format!("{who} deleted the alarm “{name}”"),
        Verb::AlarmRaised => format!("The alarm “{name}” was raised"),
        Verb::AlarmEnded => format!("The alarm “{name}” ended"),
        Verb::JobRetried => format!("{who} tried a failed job again: {name}"),
        Verb::JobDiscarded => format!("{who} discarded a failed job: {name}"),
        Verb::TicketCheckedIn => format!("{who} let {whom} in to {name}"),
        Verb::CheckInUndone => format!("{who} took back that {whom} came in to {name}"),
    };
    capital(&text)
}

/// "a message of yours", "a message of Tom Baker".
fn of(whom: &str) -> &str {
    if whom == "you" { "yours" } else { whom }
}

/// The person of a role; rows about membership name them as the subject only.
fn given<'a>(item: &'a Item, whom: &'a str) -> &'a str {
    if item.about.is_some() || item.subject.name.is_empty() { whom } else { &item.subject.name }
}

fn someone(email: &str) -> &str {
    if email.is_empty() { "somebody" } else { email }
}

fn paid(event: &str) -> &str {
    if event.is_empty() { "an event" } else { event }
}

fn device(word: &str) -> &str {
    if word.is_empty() { "a browser" } else { word }
}

/// A sentence begins with a capital, also if it begins with "you".
fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// The page of the audit log.
pub const AUDIT: &str = "Audit log";
/// Its filter.
pub const AUDIT_FILTER: &str = "Filter the audit log";
/// A field of it.
pub const PERSON: &str = "Person";
/// What to enter there.
pub const PERSON_HINT: &str = "Name or e-mail";
/// A field.
pub const TOPIC: &str = "What about";
/// Nothing chosen.
pub const ANY_TOPIC: &str = "Anything";
/// A field.
pub const SUBJECT: &str = "Done to";
/// Nothing chosen.
pub const ANY_SUBJECT: &str = "Anything";
/// A field.
pub const FROM: &str = "From";
/// A field.
pub const TO: &str = "To";
/// A field.
pub const TEXT: &str = "Text";
/// What to enter there.
pub const TEXT_HINT: &str = "A name or a detail";
/// Applies the filter.
pub const SHOW: &str = "Show";
/// Takes it away.
pub const CLEAR: &str = "Clear the filter";
/// Exports what is filtered.
pub const EXPORT: &str = "Export as CSV";
/// The table, for screen readers.
pub const AUDIT_TABLE: &str = "What was done, the newest first";
/// A column.
pub const WHEN: &str = "When";
/// A column.
pub const WHO: &str = "Who";
/// A column.
pub const WHAT: &str = "What";
/// A column.
pub const DETAILS: &str = "Details";
/// A page of older rows.
pub const OLDER_ROWS: &str = "Older";
/// The first page.
pub const NEWEST_ROWS: &str = "Newest";
/// The links between pages.
pub const PAGES: &str = "Pages";
/// Nothing fits.
pub const NO_ROWS: &str = "Nothing fits";
/// What to do then.
pub const NO_ROWS_TEXT: &str = "Change the filter, or clear it to see everything.";
/// The pill above the table.
pub fn new_rows(count: u32) -> String {
    if count == 1 { "1 new".to_owned() } else { format!("{count} new") }
}
/// Plenum itself, in the column of who.
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
        SubjectKind::Order => "Order",
        SubjectKind::PromoCode => "Promo code",
        SubjectKind::Ticket => "Ticket",
    }
}

/// What a detail is called; none for those that the sentence says already, and for those that are for programs.
pub fn detail(key: &str) -> Option<&'static str> {
    Some(match key {
        "topic" => "Topic",
        "from" => "Before",
        "invitation" => "Invitation",
        "registration" => "Who may register",
        "audience" => "For",
        "address" => "Address",
        "scopes" => "Scopes",
        "host" => "To",
        "enabled" => "Switched on",
        "channel" => "Channel",
        "event" => "Event",
        "amount" => "Amount",
        "reason" => "Reason",
        "count" => "How many",
        "stood" => "Stood at",
        "ticket_type" => "Ticket type",
        "price" => "Price",
        _ => return None,
    })
}

/// The value of a detail.
pub fn value(key: &str, value: &str) -> String {
    match (key, value) {
        ("registration", "open") => "Anyone".to_owned(),
        ("registration", _) => "People with an invitation".to_owned(),
        ("enabled", "true") => "Yes".to_owned(),
        ("enabled", _) => "No".to_owned(),
        (_, value) => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::{activity::Subject, ids::ActivityId};

    const LENA: PersonId = PersonId(3);

    fn card(id: i64, name: &str) -> PersonCard {
        PersonCard { id: PersonId(id), name: name.to_owned(), hue: 0 }
    }

    fn item(verb: Verb, name: &str, word: &str) -> Item {
        let subject = Subject { id: 4, name: name.to_owned() };
        Item { id: ActivityId(1), at: 0, verb, actor: None, about: None, subject, conversation: None, word: word.to_owned() }
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

    #[test]
    fn sentences_are_said_to_whoever_reads() {
        let (sam, lena) = (card(2, "Sam"), card(3, "Lena"));
        let actors = std::slice::from_ref(&sam);
        let abouts = std::slice::from_ref(&lena);
        let added = item(Verb::MemberInvited, "Chess", "");
        assert_eq!(says(&added, actors, abouts, LENA), "Sam added you to Chess");
        assert_eq!(says(&added, actors, abouts, PersonId(9)), "Sam added Lena to Chess");
        assert_eq!(says(&item(Verb::MemberJoined, "Chess", ""), abouts, &[], LENA), "You joined Chess");
        assert_eq!(says(&item(Verb::ConversationChanged, "Go", "Chess"), actors, &[], LENA), "Sam renamed Chess to Go");
        assert_eq!(says(&item(Verb::ConversationChanged, "Go", ""), actors, &[], LENA), "Sam changed the topic of Go");
        assert_eq!(says(&item(Verb::MessageDeleted, "Go", ""), actors, abouts, LENA), "Sam deleted a message of yours in Go");
        assert_eq!(says(&item(Verb::BroadcastStarted, "Room 7 is free", ""), &[], actors, LENA), "Sam announced: Room 7 is free");
        assert_eq!(says(&item(Verb::RoleGranted, "", "instructor"), actors, abouts, LENA), "Sam gave you the role instructor");
    }

    /// Every verb has a sentence with a subject in it, whatever is missing.
    #[test]
    fn every_verb_has_a_sentence() {
        for verb in Verb::ALL {
            let text = says(&item(*verb, "", ""), &[], &[], LENA);
            assert!(text.chars().next().is_some_and(char::is_uppercase) && text.split(' ').count() > 1, "{verb:?}: {text}");
        }
    }
}
