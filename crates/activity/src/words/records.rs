//! What is said of a record: its sentence, and what the audit log shows beside it.

use super::{names, people};
use plenum_core::{
    activity::{Item, Record, Registration},
    ids::PersonId,
    people::{PersonCard, Role},
};

/// A conversation without a name of its own.
fn place(name: &str) -> &str {
    if name.is_empty() { "a conversation" } else { name }
}

/// What happened, in a sentence. `item` is the newest of a line; `actors` and `abouts` are all people of it.
pub fn says(item: &Item, actors: &[PersonCard], abouts: &[PersonCard], viewer: PersonId) -> String {
    let (who, whom) = (names(actors, viewer), names(abouts, viewer));
    let name = item.subject.name.as_str();
    let to = place(name);
    let text = match &item.record {
        Record::ConversationCreated { kind } if name.is_empty() => format!("{who} began a {}", kind.into_str()),
        Record::ConversationCreated { kind } => format!("{who} made the {} {name}", kind.into_str()),
        Record::ConversationChanged { from: None, topic: _ } => format!("{who} changed the topic of {to}"),
        Record::ConversationChanged { from: Some(from), topic: _ } => format!("{who} renamed {} to {to}", place(from)),
        Record::MemberJoined => format!("{who} joined {to}"),
        Record::MemberInvited => format!("{who} added {whom} to {to}"),
        Record::MemberLeft => format!("{who} left {to}"),
        Record::MemberRemoved => format!("{who} removed {whom} from {to}"),
        Record::OwnerChanged => format!("{whom} became an owner of {to}"),
        Record::MessageDeleted => format!("{who} deleted a message of {} in {to}", of(&whom)),
        Record::MessageReported { reason: _ } => format!("{who} reported a message of {} in {to}", of(&whom)),
        Record::ReportDecided { decision } if decision == "deleted" => {
            format!("{who} decided a report and deleted a message of {} in {to}", of(&whom))
        }
        Record::ReportDecided { decision: _ } => format!("{who} dismissed a report of a message of {} in {to}", of(&whom)),
        Record::PersonRegistered { invitation: _ } => format!("{who} registered"),
        Record::PersonRenamed { from: _ } => format!("{who} took the name {name}"),
        Record::PersonSuspended => format!("{who} suspended {name}"),
        Record::PersonRestored => format!("{who} restored {name}"),
        Record::PersonRemoved => format!("{who} removed {name}"),
        Record::RoleGranted { role } => format!("{who} gave {} the role {}", given(item, &whom), called(*role)),
        Record::RoleRevoked { role } => format!("{who} took the role {} from {}", called(*role), given(item, &whom)),
        Record::InvitationCreated { role: _ } => format!("{who} invited {}", someone(name)),
        Record::InvitationWithdrawn => format!("{who} withdrew the invitation of {}", someone(name)),
        Record::PlanChanged => format!("{who} changed the seat plan of “{name}”"),
        Record::PlanUndone => format!("{who} undid a change of the seat plan of “{name}”"),
        Record::PlanImported => format!("{who} imported the seat plan of “{name}”"),
        Record::PlanImportStopped => format!("The import of {who} into the seat plan of “{name}” was stopped"),
        Record::PlanCopied => format!("{who} copied ticket types and seats to “{name}”"),
        Record::TicketTypeCreated { ticket_type: _, price: _ } => format!("{who} made a ticket type of “{name}”"),
        Record::TicketTypeChanged { ticket_type: _, price: _ } => format!("{who} changed a ticket type of “{name}”"),
        Record::TicketTypeRemoved { ticket_type: _, price: _ } => format!("{who} removed a ticket type of “{name}”"),
        Record::BroadcastCreated { audience: _ } => format!("{who} made the broadcast “{name}”"),
        Record::BroadcastStarted if abouts.is_empty() => format!("The broadcast “{name}” goes out"),
        Record::BroadcastStarted if name.is_empty() => format!("{whom} sent an announcement"),
        Record::BroadcastStarted => format!("{whom} announced: {name}"),
        Record::BroadcastPaused => format!("{who} paused the broadcast “{name}”"),
        Record::BroadcastResumed => format!("{who} resumed the broadcast “{name}”"),
        Record::BroadcastCancelled => format!("{who} cancelled the broadcast “{name}”"),
        Record::BroadcastSent => format!("The broadcast “{name}” has reached all"),
        Record::BroadcastSampled => format!("The broadcast “{name}” has reached its sample"),
        Record::BroadcastDecided => format!("{who} chose what the rest gets of the broadcast “{name}”"),
        Record::BroadcastRetried => format!("{who} tried again whom the broadcast “{name}” did not reach"),
        Record::SeriesCreated => format!("{who} made the series “{name}”"),
        Record::SeriesPaused => format!("{who} paused the series “{name}”"),
        Record::SeriesResumed => format!("{who} resumed the series “{name}”"),
        Record::SeriesFinished => format!("The series “{name}” has come to its end"),
        Record::SeriesEnded => format!("{who} ended the series “{name}”"),
        Record::SeriesMissed => format!("A time of the series “{name}” was missed"),
        Record::TemplateCreated => format!("{who} wrote the template “{name}”"),
        Record::TemplateChanged => format!("{who} changed the template “{name}”"),
        Record::TemplateDeleted => format!("{who} deleted the template “{name}”"),
        Record::DepositBegun => format!("{who} began a deposit of {name}"),
        Record::DepositCompleted => format!("A deposit of {name} by {whom} arrived"),
        Record::DepositDeclined => format!("A deposit of {name} by {whom} was declined"),
        Record::DepositExpired => format!("A deposit of {name} by {whom} was not paid in time"),
        Record::DepositDisputed => format!("The payment gateway contradicts itself about a deposit of {name} by {whom}"),
        Record::WithdrawalRequested => format!("{who} asked to withdraw {name}"),
        Record::WithdrawalApproved => format!("{who} approved a withdrawal of {name} by {whom}"),
        Record::WithdrawalRejected { reason: _ } => format!("{who} rejected a withdrawal of {name} by {whom}"),
        Record::WithdrawalProcessed => format!("{who} paid out {name} to {whom}"),
        Record::WithdrawalCancelled => format!("{who} took back a withdrawal of {name}"),
        Record::WithdrawalAccountGiven => format!("{who} gave the bank account for a withdrawal of {name}"),
        Record::WithdrawalAccountDownloaded => format!("{who} downloaded the bank account for a withdrawal of {name} by {whom}"),
        Record::PaymentFileMade { amount } => format!("{who} made the payment file {name} of {amount}"),
        Record::PaymentFileDownloaded { amount } => format!("{who} downloaded the payment file {name} of {amount}"),
        Record::PaymentFileProcessed { amount } => format!("{who} marked the payment file {name} of {amount} as paid"),
        Record::PayerAccountChanged { account } => format!("{who} changed the bank account that withdrawals are paid from to {account}"),
        Record::OrderPaid { event, amount: _ } => format!("{who} paid the order {name}: {event}"),
        Record::OrderRefunded { event, amount: _, reason: _ } => {
            format!("{who} refunded some or all of the order {name} of {}: {event}", of(&whom))
        }
        Record::CardPaymentLate { amount, credited: true } => {
            format!("A card payment of {amount} by {whom} came too late for the order {name} and is in the wallet")
        }
        Record::CardPaymentLate { amount, credited: false } => {
            format!("A card payment of {amount} by {whom} came too late for the order {name} and is returned")
        }
        Record::CardPaymentReturned { amount } => format!("A card payment of {amount} for the order {name} was returned to {whom}"),
        Record::PromoCreated { event: _ } => format!("{who} made the promo code {name}"),
        Record::PromoEnded { event: _ } => format!("{who} ended the promo code {name}"),
        Record::EventCreated => format!("{who} made the event “{name}”"),
        Record::EventChanged => format!("{who} changed the event “{name}”"),
        Record::VenueChanged { from, to } => match (from.as_str(), to.as_str()) {
            ("", to) => format!("{who} made {to} the venue of “{name}”"),
            (from, "") => format!("{who} removed the venue of “{name}”, which was {from}"),
            (from, to) => format!("{who} changed the venue of “{name}” from {from} to {to}"),
        },
        Record::EventPublished => format!("{who} published the event “{name}”"),
        Record::EventWithdrawn => format!("{who} withdrew the event “{name}”"),
        Record::EventBegan => format!("The event “{name}” has begun"),
        Record::EventEnded => format!("The event “{name}” is over"),
        Record::EventPostponed => format!("The event “{name}” was postponed"),
        Record::EventRescheduled => format!("The event “{name}” has a new time"),
        Record::EventCancelled => format!("The event “{name}” was cancelled"),
        Record::EventStaffAdded => format!("{who} made {whom} an organiser of “{name}”"),
        Record::EventUsherAdded => format!("{who} made {whom} an usher of “{name}”"),
        Record::EventUsherRemoved => format!("{who} ended that {whom} is an usher of “{name}”"),
        Record::EventStaffRemoved => format!("{who} ended that {whom} is an organiser of “{name}”"),
        Record::SignInCreated { device, address: _ } => format!("{who} signed in with {}", browser(device)),
        Record::SignedOut { device } => format!("{who} signed out of {}", browser(device)),
        Record::SignInEnded { device } if !abouts.is_empty() => format!("{who} ended a sign-in of {} with {}", of(&whom), browser(device)),
        Record::SignInEnded { device } => format!("{who} ended a sign-in with {}", browser(device)),
        Record::SignInOthersEnded { count: _ } => format!("{who} ended all other sign-ins and tokens"),
        Record::PasswordChanged => format!("{who} changed the password"),
        Record::EmailChanged if item.actor.as_ref().map(|actor| actor.id) == item.about.as_ref().map(|about| about.id) => {
            format!("{who} changed the e-mail address of the account")
        }
        Record::EmailChanged => format!("{who} changed the e-mail address of the account of {whom}"),
        Record::PasswordReset => format!("{who} set a new password by mail"),
        Record::SecondFactorTurnedOn => format!("{who} turned the second factor on"),
        Record::SecondFactorTurnedOff => format!("{who} turned the second factor off"),
        Record::SecondFactorReset => format!("{who} reset the second factor for {whom}"),
        Record::RecoveryCodesMade => format!("{who} made new recovery codes"),
        Record::RecoveryCodeUsed { count: _ } => format!("{who} used a recovery code"),
        Record::TokenCreated { scopes: _ } => format!("{who} made the token “{name}”"),
        Record::TokenEnded if !abouts.is_empty() => format!("{who} ended the token “{name}” of {}", of(&whom)),
        Record::TokenEnded => format!("{who} ended the token “{name}”"),
        Record::OrganisationRenamed { from: _ } => format!("{who} renamed the organisation to {name}"),
        Record::OrganisationChanged { registration: _ } => format!("{who} changed who may register"),
        Record::SecondFactorRequired { roles: _ } => format!("{who} changed which roles need a second factor"),
        Record::OrganisationCreated { host: _ } => format!("{who} made the organisation {name}"),
        Record::OrganisationEdited { from: _, host: _ } => format!("{who} changed the organisation {name}"),
        Record::OrganisationLimited { people: _, messages_a_day: _ } => format!("{who} changed the limits of the organisation {name}"),
        Record::OrganisationSuspended => format!("{who} suspended the organisation {name}"),
        Record::OrganisationResumed => format!("{who} resumed the organisation {name}"),
        Record::OrganisationShown { part } => format!("{who} changed the {part} of the organisation"),
        Record::ApplicationCreated => format!("{who} made the application {name}"),
        Record::ApplicationChanged { enabled: _ } => format!("{who} changed the application {name}"),
        Record::ApplicationSecretChanged => format!("{who} gave the application {name} a new secret"),
        Record::ApplicationSecretEnded => format!("{who} ended the older secret of the application {name}"),
        Record::ApplicationRemoved => format!("{who} removed the application {name}"),
        Record::ApplicationWebhookAdded { host: _ } => format!("{who} added a webhook to the application {name}"),
        Record::ApplicationWebhookRemoved => format!("{who} removed a webhook of the application {name}"),
        Record::ApplicationEventSent { channel: _, event: _ } => format!("{who} sent a test event to the application {name}"),
        Record::AlarmCreated => format!("{who} set the alarm “{name}”"),
        Record::AlarmChanged { enabled: _ } => format!("{who} switched the alarm “{name}”"),
        Record::AlarmDeleted => format!("{who} deleted the alarm “{name}”"),
        Record::AlarmRaised { stood: _ } => format!("The alarm “{name}” was raised"),
        Record::AlarmEnded { stood: _ } => format!("The alarm “{name}” ended"),
        Record::JobRetried => format!("{who} tried a failed job again: {name}"),
        Record::MailAllowed => format!("{who} allowed mail to {name} again"),
        Record::JobDiscarded => format!("{who} discarded a failed job: {name}"),
        Record::TicketCheckedIn => format!("{who} let {whom} in to {name}"),
        Record::CheckInUndone => format!("{who} took back that {whom} came in to {name}"),
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

fn browser(device: &str) -> &str {
    if device.is_empty() { "a browser" } else { device }
}

fn called(role: Role) -> String {
    people::role(role).to_lowercase()
}

/// A sentence begins with a capital, also if it begins with "you".
fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// What else is worth knowing, as the audit log shows it beside the sentence: what each is called, and what it says.
pub fn details(record: &Record) -> Vec<(&'static str, String)> {
    let shown = |name: &'static str, text: &str| (name, text.to_owned());
    match record {
        Record::ConversationChanged { from, topic } => {
            let from = from.as_deref().map(|from| shown("Before", from));
            from.into_iter().chain(topic.as_deref().map(|topic| shown("Topic", topic))).collect()
        }
        Record::PersonRegistered { invitation } => invitation.iter().map(|id| ("Invitation", id.to_string())).collect(),
        Record::PersonRenamed { from } | Record::OrganisationRenamed { from } => vec![shown("Before", from)],
        Record::BroadcastCreated { audience } => vec![shown("For", audience)],
        Record::WithdrawalRejected { reason } | Record::MessageReported { reason } => vec![shown("Reason", reason)],
        Record::ReportDecided { decision } => vec![shown("Decision", decision)],
        Record::OrderPaid { event, amount } => vec![shown("Amount", amount), shown("Event", event)],
        Record::OrderRefunded { event, amount, reason } => vec![shown("Amount", amount), shown("Event", event), shown("Reason", reason)],
        Record::PromoCreated { event } | Record::PromoEnded { event } => vec![shown("Event", event)],
        Record::TicketTypeCreated { ticket_type, price }
        | Record::TicketTypeChanged { ticket_type, price }
        | Record::TicketTypeRemoved { ticket_type, price } => vec![shown("Price", price), shown("Ticket type", ticket_type)],
        Record::InvitationCreated { role } => vec![("Role", people::role(*role).to_owned())],
        Record::SignInCreated { device: _, address } => vec![shown("Address", address)],
        Record::SignInOthersEnded { count } => vec![("How many", count.to_string())],
        Record::RecoveryCodeUsed { count } => vec![("Left", count.to_string())],
        Record::SecondFactorRequired { roles } => vec![shown("Roles", roles)],
        Record::TokenCreated { scopes } => vec![("Scopes", scopes.iter().map(|scope| scope.into_str()).collect::<Vec<_>>().join(", "))],
        Record::OrganisationChanged { registration } => {
            let who = match registration {
                Registration::Open => "Anyone",
                Registration::Invitation => "People with an invitation",
            };
            vec![shown("Who may register", who)]
        }
        Record::ApplicationChanged { enabled } | Record::AlarmChanged { enabled } => {
            vec![shown("Switched on", if *enabled { "Yes" } else { "No" })]
        }
        Record::OrganisationCreated { host } => vec![shown("Host name", host)],
        Record::OrganisationEdited { from, host } => vec![shown("Before", from), shown("Host name", host)],
        Record::OrganisationLimited { people, messages_a_day } => vec![shown("Messages a day", messages_a_day), shown("People", people)],
        Record::ApplicationWebhookAdded { host } => vec![shown("To", host)],
        Record::ApplicationEventSent { channel, event } => vec![shown("Channel", channel), shown("Event", event)],
        Record::AlarmRaised { stood } | Record::AlarmEnded { stood } => vec![shown("Stood at", stood)],
        // The sentence says it all. That nothing is left out here is a test.
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::{
        activity::{ConversationSort, Details, Subject, Verb},
        ids::ActivityId,
    };
    use strum::VariantArray as _;

    const LENA: PersonId = PersonId(3);

    fn card(id: i64, name: &str) -> PersonCard {
        PersonCard { id: PersonId(id), name: name.to_owned(), hue: 0 }
    }

    fn item(record: Record, name: &str) -> Item {
        Item { id: ActivityId(1), at: 0, record, actor: None, about: None, subject: Subject::named(4, name), conversation: None }
    }

    /// Each record, with a detail of each name and kind that there is.
    fn records() -> impl Iterator<Item = Record> {
        let details = serde_json::json!({
            "kind": "private room", "from": "Great hall", "to": "Courtyard", "topic": "Wednesdays", "invitation": 12, "role": "agent",
            "audience": "Instructors", "reason": "twice paid", "event": "Winter gala", "amount": "31.00 EUR", "ticket_type": "Stalls",
            "price": "15.50", "device": "Firefox on Linux", "address": "192.0.2.7", "count": 3, "scopes": "read, write",
            "registration": "open", "enabled": true, "host": "hooks.example", "channel": "news", "stood": "97 %",
            "account": "DE89 … 3000", "roles": "Admin", "decision": "dismissed",
            "people": "25", "messages_a_day": "no limit", "part": "logo", "credited": true,
        });
        let details: Details = details.as_object().unwrap().clone();
        Verb::VARIANTS
            .iter()
            .map(move |verb| Record::read(*verb, &details).unwrap_or_else(|| panic!("{verb:?} has a detail of another name")))
    }

    #[test]
    fn sentences_are_said_to_whoever_reads() {
        let (sam, lena) = (card(2, "Sam"), card(3, "Lena"));
        let actors = std::slice::from_ref(&sam);
        let abouts = std::slice::from_ref(&lena);
        let renamed = Record::ConversationChanged { from: Some("Chess".to_owned()), topic: None };
        let topic = Record::ConversationChanged { from: None, topic: Some("Wednesdays".to_owned()) };
        let added = item(Record::MemberInvited, "Chess");
        assert_eq!(says(&added, actors, abouts, LENA), "Sam added you to Chess");
        assert_eq!(says(&added, actors, abouts, PersonId(9)), "Sam added Lena to Chess");
        assert_eq!(says(&item(Record::MemberJoined, "Chess"), abouts, &[], LENA), "You joined Chess");
        assert_eq!(says(&item(renamed, "Go"), actors, &[], LENA), "Sam renamed Chess to Go");
        assert_eq!(says(&item(topic, "Go"), actors, &[], LENA), "Sam changed the topic of Go");
        assert_eq!(says(&item(Record::MessageDeleted, "Go"), actors, abouts, LENA), "Sam deleted a message of yours in Go");
        assert_eq!(says(&item(Record::BroadcastStarted, "Room 7 is free"), &[], actors, LENA), "Sam announced: Room 7 is free");
        assert_eq!(
            says(&item(Record::RoleGranted { role: Role::Instructor }, ""), actors, abouts, LENA),
            "Sam gave you the role instructor"
        );
    }

    #[test]
    fn a_venue_is_said_as_it_was_and_as_it_is() {
        let otto = [card(2, "Otto")];
        let says = |from: &str, to: &str| {
            says(&item(Record::VenueChanged { from: from.to_owned(), to: to.to_owned() }, "Winter gala"), &otto, &[], LENA)
        };
        assert_eq!(says("Great hall", "Courtyard"), "Otto changed the venue of “Winter gala” from Great hall to Courtyard");
        assert_eq!(says("", "Courtyard"), "Otto made Courtyard the venue of “Winter gala”");
        assert_eq!(says("Great hall", ""), "Otto removed the venue of “Winter gala”, which was Great hall");
    }

    #[test]
    fn a_conversation_without_a_name_is_said_without_one() {
        let sam = [card(2, "Sam")];
        let begun = item(Record::ConversationCreated { kind: ConversationSort::Direct }, "");
        assert_eq!(says(&begun, &sam, &[], LENA), "Sam began a direct conversation");
        let named = Record::ConversationChanged { from: Some(String::new()), topic: None };
        assert_eq!(says(&item(named, "Go"), &sam, &[], LENA), "Sam renamed a conversation to Go");
    }

    /// Every record has a sentence with a subject in it, whatever name or person is missing.
    #[test]
    fn every_record_has_a_sentence() {
        for record in records() {
            let text = says(&item(record.clone(), ""), &[], &[], LENA);
            assert!(text.chars().next().is_some_and(char::is_uppercase) && text.split(' ').count() > 1, "{record:?}: {text}");
        }
    }

    /// Each detail is in the sentence or beside it: nothing is recorded that nobody can read.
    #[test]
    fn every_detail_is_read_somewhere() {
        for record in records() {
            let shown = details(&record).into_iter().map(|(_, value)| value).chain([says(&item(record.clone(), "X"), &[], &[], LENA)]);
            let shown = shown.collect::<Vec<_>>().join("\n").to_lowercase();
            for (name, value) in record.details() {
                let said = match (name.as_str(), value) {
                    ("registration", _) => "Anyone".to_owned(),
                    ("enabled", _) => "Yes".to_owned(),
                    ("credited", _) => "in the wallet".to_owned(),
                    (_, serde_json::Value::String(text)) => text,
                    (_, value) => value.to_string(),
                };
                assert!(shown.contains(&said.to_lowercase()), "{record:?}: {name} is nowhere in {shown:?}");
            }
        }
    }
}
