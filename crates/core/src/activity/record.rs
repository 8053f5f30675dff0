//! The catalogue of what can happen: a [`Record`] is what happened with its details, a [`Verb`] its name alone.
//!
//! A field of a record is a detail under its own name in the row, in items of feeds and in the audit log. Leaving one out does not
//! compile, and neither does a record without a sentence.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    detail::{ConversationSort, Detail, Registration},
    kind::{Audience, SubjectKind, Topic},
};
use crate::{
    ids::InvitationId,
    people::{Role, Scope},
};

/// Details by their names, as rows and items hold them.
pub type Details = Map<String, Value>;

/// What feeds show of a detail.
macro_rules! shown {
    ($field:ident) => {
        $field
    };
    ($field:ident audit) => {{
        let _ = $field;
        Default::default()
    }};
}

/// Declares the records: name, details, name of the verb, topic, the kind of what it is done to, audience. Feeds leave out a detail that is
/// marked `[audit]`: it has its default there. A name is a `tt`: what reads `#[serde(rename)]` for the description of the API does not see into
/// a `literal`.
macro_rules! records {
    ($($(#[$doc:meta])* $name:ident $({ $($field:ident: $type:ty $([$audit:ident])?),* })? = $wire:tt: $topic:ident, $subject:ident, $audience:ident;)*) => {
        /// What happened, by its name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[derive(strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
        #[strum(const_into_str)]
        #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
        pub enum Verb {
            $($(#[$doc])* #[serde(rename = $wire)] #[strum(serialize = $wire)] $name,)*
        }

        impl Verb {
            /// What it is about.
            pub fn topic(self) -> Topic {
                match self { $(Self::$name => Topic::$topic,)* }
            }

            /// The kind of what it is done to.
            pub fn subject(self) -> SubjectKind {
                match self { $(Self::$name => SubjectKind::$subject,)* }
            }

            /// Who sees it in a feed.
            pub fn audience(self) -> Audience {
                match self { $(Self::$name => Audience::$audience,)* }
            }
        }

        /// What happened, with its details; leaves a row when it does.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "Named", into = "Named")]
        pub enum Record {
            $($(#[$doc])* $name $({ $($field: $type),* })?,)*
        }

        impl Record {
            /// Its name.
            pub fn verb(&self) -> Verb {
                match self { $(Self::$name $({ $($field: _),* })? => Verb::$name,)* }
            }

            /// Its details, for rows and items.
            pub fn details(&self) -> Details {
                let mut details = Details::new();
                match self {
                    $(Self::$name $({ $($field),* })? => {
                        $($(if let Some(value) = $field.write() { details.insert(stringify!($field).to_owned(), value); })*)?
                    })*
                }
                details
            }

            /// Reads one back; none if a detail is missing or is something else. More details than there are now do no harm.
            pub fn read(verb: Verb, details: &Details) -> Option<Self> {
                Some(match verb {
                    $(Verb::$name => Self::$name $({ $($field: Detail::read(details.get(stringify!($field)))?),* })?,)*
                })
            }

            /// As feeds show it, without what only the audit log does.
            #[must_use]
            pub fn for_feeds(self) -> Self {
                match self {
                    $(Self::$name $({ $($field),* })? => Self::$name $({ $($field: shown!($field $($audit)?)),* })?,)*
                }
            }
        }
    };
}

records! {
    /// A room or a group was made, or a direct conversation begun.
    ConversationCreated { kind: ConversationSort } = "conversation.created": Conversations, Conversation, Members;
    /// It has another name or topic.
    ConversationChanged { from: Option<String>, topic: Option<String> } = "conversation.changed": Conversations, Conversation, Members;
    /// Somebody joined an open room.
    MemberJoined = "member.joined": Conversations, Conversation, Members;
    /// Somebody was added.
    MemberInvited = "member.invited": Conversations, Conversation, Members;
    /// Somebody left.
    MemberLeft = "member.left": Conversations, Conversation, Members;
    /// Somebody was removed.
    MemberRemoved = "member.removed": Conversations, Conversation, Members;
    /// Who has been there longest runs it now, for its last owner is gone.
    OwnerChanged = "owner.changed": Conversations, Conversation, Members;
    /// A message was deleted by somebody else than its author.
    MessageDeleted = "message.deleted": Conversations, Message, Concerned;

    /// A message was reported to the admins.
    MessageReported { reason: String } = "message.reported": Conversations, Message, Admins;
    /// An admin decided about it.
    ReportDecided { decision: String } = "report.decided": Conversations, Message, Admins;
    /// Somebody is new.
    PersonRegistered { invitation: Option<InvitationId> [audit] } = "person.registered": People, Person, Everyone;
    /// Somebody has another name. What they were called before is nobody's business but the admins'.
    PersonRenamed { from: String } = "person.renamed": People, Person, Admins;
    /// Somebody's account was suspended.
    PersonSuspended = "person.suspended": People, Person, Admins;
    /// Somebody's account was restored.
    PersonRestored = "person.restored": People, Person, Admins;
    /// Somebody was removed from the organisation.
    PersonRemoved = "person.removed": People, Person, Admins;
    /// Somebody was given a role.
    RoleGranted { role: Role } = "role.granted": People, Person, Concerned;
    /// A role was taken from somebody.
    RoleRevoked { role: Role } = "role.revoked": People, Person, Concerned;
    /// Somebody was invited to the organisation.
    InvitationCreated { role: Role } = "invitation.created": People, Invitation, Admins;
    /// An invitation was taken back.
    InvitationWithdrawn = "invitation.withdrawn": People, Invitation, Admins;

    /// A broadcast was made, for now or for later.
    BroadcastCreated { audience: String } = "broadcast.created": Announcements, Broadcast, Admins;
    /// It goes out.
    BroadcastStarted = "broadcast.started": Announcements, Broadcast, Addressees;
    /// It was stopped for a while.
    BroadcastPaused = "broadcast.paused": Announcements, Broadcast, Admins;
    /// It goes on.
    BroadcastResumed = "broadcast.resumed": Announcements, Broadcast, Admins;
    /// It was stopped for good.
    BroadcastCancelled = "broadcast.cancelled": Announcements, Broadcast, Admins;
    /// All have it.
    BroadcastSent = "broadcast.sent": Announcements, Broadcast, Admins;
    /// A sample has it; the rest waits for the winner of its variants.
    BroadcastSampled = "broadcast.sampled": Announcements, Broadcast, Admins;
    /// The winner was chosen, by its time or by somebody.
    BroadcastDecided = "broadcast.decided": Announcements, Broadcast, Admins;
    /// Those whom it failed to reach are tried again.
    BroadcastRetried = "broadcast.retried": Announcements, Broadcast, Admins;
    /// A series of broadcasts was made.
    SeriesCreated = "series.created": Announcements, Series, Admins;
    /// It was stopped for a while.
    SeriesPaused = "series.paused": Announcements, Series, Admins;
    /// It goes on.
    SeriesResumed = "series.resumed": Announcements, Series, Admins;
    /// It was stopped for good.
    SeriesEnded = "series.ended": Announcements, Series, Admins;
    /// It has sent its last.
    SeriesFinished = "series.finished": Announcements, Series, Admins;
    /// One of its times passed while Plenum was not there, too long ago to be made up for.
    SeriesMissed = "series.missed": Announcements, Series, Admins;
    /// A template was written.
    TemplateCreated = "template.created": Announcements, Template, Admins;
    /// It says something else.
    TemplateChanged = "template.changed": Announcements, Template, Admins;
    /// It is gone.
    TemplateDeleted = "template.deleted": Announcements, Template, Admins;

    /// Somebody wants to put money into their wallet.
    DepositBegun = "deposit.begun": Money, Deposit, Concerned;
    /// It is there.
    DepositCompleted = "deposit.completed": Money, Deposit, Concerned;
    /// The gateway refused it.
    DepositDeclined = "deposit.declined": Money, Deposit, Concerned;
    /// It was not paid in time.
    DepositExpired = "deposit.expired": Money, Deposit, Concerned;
    /// The gateway says the opposite of what it said before; nothing has moved.
    DepositDisputed = "deposit.disputed": Money, Deposit, Admins;
    /// Somebody wants money out of their wallet; it is set aside.
    WithdrawalRequested = "withdrawal.requested": Money, Withdrawal, Concerned;
    /// It is to be paid out.
    WithdrawalApproved = "withdrawal.approved": Money, Withdrawal, Concerned;
    /// It is not.
    WithdrawalRejected { reason: String } = "withdrawal.rejected": Money, Withdrawal, Concerned;
    /// It was paid out.
    WithdrawalProcessed = "withdrawal.processed": Money, Withdrawal, Concerned;
    /// Its owner took it back.
    WithdrawalCancelled = "withdrawal.cancelled": Money, Withdrawal, Concerned;
    /// Its owner gave the bank account again.
    WithdrawalAccountGiven = "withdrawal.account_given": Money, Withdrawal, Concerned;
    /// An admin downloaded the bank account of one, to pay it by hand.
    WithdrawalAccountDownloaded = "withdrawal.account_downloaded": Money, Withdrawal, Admins;
    /// A file was made, with which the organisation's bank pays withdrawals.
    PaymentFileMade { amount: String } = "payment_file.made": Money, PaymentFile, Admins;
    /// Somebody downloaded it.
    PaymentFileDownloaded { amount: String } = "payment_file.downloaded": Money, PaymentFile, Admins;
    /// The bank has paid it.
    PaymentFileProcessed { amount: String } = "payment_file.processed": Money, PaymentFile, Admins;
    /// The organisation pays from another bank account.
    PayerAccountChanged { account: String } = "payer_account.changed": Money, Organisation, Admins;
    /// An order was paid, and its places are somebody's.
    OrderPaid { event: String, amount: String } = "order.paid": Events, Order, Concerned;
    /// Some or all of one was given back.
    OrderRefunded { event: String, amount: String, reason: String } = "order.refunded": Events, Order, Concerned;
    /// A card paid for an order that could not be had any more; the money goes into the wallet, or back to the card.
    CardPaymentLate { amount: String, credited: bool } = "card_payment.late": Money, Order, Concerned;
    /// It is back.
    CardPaymentReturned { amount: String } = "card_payment.returned": Money, Order, Concerned;
    /// A promo code was made.
    PromoCreated { event: String } = "promo.created": Events, PromoCode, Admins;
    /// It cannot be used any more.
    PromoEnded { event: String } = "promo.ended": Events, PromoCode, Admins;
    /// An event was made, a draft.
    EventCreated = "event.created": Events, Event, Admins;
    /// It says something else, or its tickets cost something else.
    EventChanged = "event.changed": Events, Event, Admins;
    /// It takes place somewhere else, or what its venue is called was corrected.
    VenueChanged { from: String, to: String } = "venue.changed": Events, Event, Addressees;
    /// Everyone sees it.
    EventPublished = "event.published": Events, Event, Addressees;
    /// Nobody sees it any more.
    EventWithdrawn = "event.withdrawn": Events, Event, Admins;
    /// It has begun.
    EventBegan = "event.began": Events, Event, Addressees;
    /// It is over.
    EventEnded = "event.ended": Events, Event, Admins;
    /// It was put off.
    EventPostponed = "event.postponed": Events, Event, Addressees;
    /// It has a new time.
    EventRescheduled = "event.rescheduled": Events, Event, Addressees;
    /// It does not take place.
    EventCancelled = "event.cancelled": Events, Event, Addressees;
    /// Somebody runs it, too.
    EventStaffAdded = "event.staff_added": Events, Event, Concerned;
    /// Somebody runs it no longer.
    EventStaffRemoved = "event.staff_removed": Events, Event, Concerned;
    /// Somebody checks tickets at its doors.
    EventUsherAdded = "event.usher_added": Events, Event, Concerned;
    /// Somebody does no longer.
    EventUsherRemoved = "event.usher_removed": Events, Event, Concerned;
    /// Rows, seats or sections of an event's plan came, went or changed.
    PlanChanged = "plan.changed": Events, Event, Admins;
    /// The last change of one was undone.
    PlanUndone = "plan.undone": Events, Event, Admins;
    /// A table went into one.
    PlanImported = "plan.imported": Events, Event, Admins;
    /// What went in was stopped, by somebody or by what stood in its way.
    PlanImportStopped = "plan.import_stopped": Events, Event, Admins;
    /// An event has another's ticket types and seats.
    PlanCopied = "plan.copied": Events, Event, Admins;
    /// An event has a ticket type more.
    TicketTypeCreated { ticket_type: String, price: String } = "ticket_type.created": Events, Event, Admins;
    /// One has another name, price or capacity.
    TicketTypeChanged { ticket_type: String, price: String } = "ticket_type.changed": Events, Event, Admins;
    /// One is gone.
    TicketTypeRemoved { ticket_type: String, price: String } = "ticket_type.removed": Events, Event, Admins;

    /// Somebody signed in.
    SignInCreated { device: String, address: String } = "sign_in.created": Security, SignIn, Concerned;
    /// Somebody signed out.
    SignedOut { device: String } = "sign_in.closed": Security, SignIn, Concerned;
    /// Somebody ended one of their sign-ins from another, or an admin did.
    SignInEnded { device: String } = "sign_in.ended": Security, SignIn, Concerned;
    /// Somebody ended all their other sign-ins and tokens.
    SignInOthersEnded { count: usize } = "sign_in.others_ended": Security, SignIn, Concerned;
    /// Somebody changed their password; their other sign-ins and tokens ended.
    PasswordChanged = "password.changed": Security, Person, Concerned;
    /// Somebody set a new password with a mail; all their sign-ins and tokens ended.
    PasswordReset = "password.reset": Security, Person, Concerned;
    /// Somebody's account has another e-mail address; their other sign-ins and tokens ended.
    EmailChanged = "email.changed": Security, Person, Concerned;
    /// Somebody turned their second factor on.
    SecondFactorTurnedOn = "second_factor.turned_on": Security, Person, Concerned;
    /// They turned it off.
    SecondFactorTurnedOff = "second_factor.turned_off": Security, Person, Concerned;
    /// An admin removed it; all their sign-ins and tokens ended.
    SecondFactorReset = "second_factor.reset": Security, Person, Concerned;
    /// Somebody made new recovery codes; those before work no more.
    RecoveryCodesMade = "recovery_codes.made": Security, Person, Concerned;
    /// Somebody used a recovery code; `count` codes are left.
    RecoveryCodeUsed { count: usize } = "recovery_code.used": Security, Person, Concerned;
    /// Somebody made a token for a program.
    TokenCreated { scopes: Vec<Scope> } = "token.created": Security, Token, Concerned;
    /// Somebody ended one, or an admin did.
    TokenEnded = "token.ended": Security, Token, Concerned;

    /// The organisation has another name.
    OrganisationRenamed { from: String } = "organisation.renamed": Organisation, Organisation, Everyone;
    /// Who may register was changed.
    OrganisationChanged { registration: Registration } = "organisation.changed": Organisation, Organisation, Admins;
    /// Which roles need a second factor was changed.
    SecondFactorRequired { roles: String } = "second_factor.required": Organisation, Organisation, Admins;
    /// The operator made it.
    OrganisationCreated { host: String } = "organisation.created": Organisation, Organisation, Admins;
    /// The operator gave it another name or host name, or changed who may register.
    OrganisationEdited { from: String, host: String } = "organisation.edited": Organisation, Organisation, Admins;
    /// The operator allows it more or less.
    OrganisationLimited { people: String, messages_a_day: String } = "organisation.limited": Organisation, Organisation, Admins;
    /// The operator suspended it.
    OrganisationSuspended = "organisation.suspended": Organisation, Organisation, Admins;
    /// It goes on.
    OrganisationResumed = "organisation.resumed": Organisation, Organisation, Admins;
    /// Its imprint, privacy text, postal address, logo or colour changed.
    OrganisationShown { part: String } = "organisation.shown": Organisation, Organisation, Admins;
    /// An external application was made.
    ApplicationCreated = "application.created": Organisation, Application, Admins;
    /// Its settings were changed.
    ApplicationChanged { enabled: bool } = "application.changed": Organisation, Application, Admins;
    /// It has a new secret; the one before is still valid.
    ApplicationSecretChanged = "application.secret_changed": Organisation, Application, Admins;
    /// Its older secret is no longer valid.
    ApplicationSecretEnded = "application.secret_ended": Organisation, Application, Admins;
    /// It is gone.
    ApplicationRemoved = "application.removed": Organisation, Application, Admins;
    /// It got one more webhook, which sends to `host`.
    ApplicationWebhookAdded { host: String } = "application.webhook_added": Organisation, Application, Admins;
    /// It no longer is.
    ApplicationWebhookRemoved = "application.webhook_removed": Organisation, Application, Admins;
    /// An admin sent an event as its backend would.
    ApplicationEventSent { channel: String, event: String } = "application.event_sent": Organisation, Application, Admins;
    /// A threshold of the operations board was added.
    AlarmCreated = "alarm.created": Organisation, Alarm, Admins;
    /// It was switched on or off.
    AlarmChanged { enabled: bool } = "alarm.changed": Organisation, Alarm, Admins;
    /// It is gone.
    AlarmDeleted = "alarm.deleted": Organisation, Alarm, Admins;
    /// It was crossed for long enough.
    AlarmRaised { stood: String } = "alarm.raised": Organisation, Alarm, Admins;
    /// It is no longer crossed.
    AlarmEnded { stood: String } = "alarm.ended": Organisation, Alarm, Admins;
    /// A job that failed too often is tried again.
    JobRetried = "job.retried": Organisation, Job, Admins;
    /// It was given up.
    JobDiscarded = "job.discarded": Organisation, Job, Admins;
    /// An address that had refused mail may be written to again.
    MailAllowed = "mail.allowed": Organisation, Organisation, Admins;

    /// Somebody was let in at a door.
    TicketCheckedIn = "ticket.checked_in": Events, Ticket, Admins;
    /// That was taken back.
    CheckInUndone = "check_in.undone": Events, Ticket, Admins;
}

/// A record as it is written: the name of its verb, and its details by their names.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema), schema(as = Record))]
pub struct Named {
    verb: Verb,
    /// What there is to say of it besides who did it to what, by name: `from`, `role`, `device`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    details: Details,
}

impl From<Record> for Named {
    fn from(record: Record) -> Self {
        Self { verb: record.verb(), details: record.details() }
    }
}

impl TryFrom<Named> for Record {
    type Error = String;

    fn try_from(Named { verb, details }: Named) -> Result<Self, String> {
        Self::read(verb, &details).ok_or_else(|| format!("`{}` lacks a detail", verb.into_str()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use strum::VariantArray as _;

    use serde_json::json;

    use super::*;

    #[test]
    fn each_verb_has_a_name_of_its_own_that_reads_back() {
        for verb in Verb::VARIANTS {
            assert_eq!(verb.into_str().parse(), Ok(*verb));
            assert_eq!(serde_json::to_value(verb).unwrap(), verb.into_str());
        }
        let names: BTreeSet<&str> = Verb::VARIANTS.iter().map(|verb| verb.into_str()).collect();
        assert_eq!(names.len(), Verb::VARIANTS.len());
        assert_eq!(Topic::VARIANTS.iter().copied().flat_map(Topic::verbs).count(), Verb::VARIANTS.len());
    }

    /// What keeps an account safe, and what admins do behind the scenes, is in nobody else's feed.
    #[test]
    fn accounts_and_administration_are_nobody_elses_business() {
        for verb in Topic::Security.verbs() {
            assert_eq!(verb.audience(), Audience::Concerned, "{verb:?}");
        }
        for verb in Verb::VARIANTS.iter().filter(|verb| matches!(verb.subject(), SubjectKind::Application | SubjectKind::Invitation)) {
            assert_eq!(verb.audience(), Audience::Admins, "{verb:?}");
        }
    }

    #[test]
    fn a_record_is_its_verb_and_its_details() {
        let moved = Record::VenueChanged { from: "Great hall".into(), to: "Courtyard".into() };
        let text = json!({ "verb": "venue.changed", "details": { "from": "Great hall", "to": "Courtyard" } });
        assert_eq!(serde_json::to_value(&moved).unwrap(), text);
        assert_eq!(serde_json::from_value::<Record>(text).unwrap(), moved);
        assert_eq!(serde_json::to_value(Record::MemberJoined).unwrap(), json!({ "verb": "member.joined" }));
        let renamed = Record::ConversationChanged { from: Some("Chess".into()), topic: None };
        assert_eq!(serde_json::to_value(renamed).unwrap(), json!({ "verb": "conversation.changed", "details": { "from": "Chess" } }));
    }

    /// Rows outlive the program that wrote them: one that says more is read, one that lacks something is not.
    #[test]
    fn what_lacks_a_detail_is_not_read() {
        let details = |value: Value| value.as_object().unwrap().clone();
        let whole = json!({ "device": "Firefox on Linux", "address": "127.0.0.1", "colour": "red" });
        let signed_in = Record::SignInCreated { device: "Firefox on Linux".into(), address: "127.0.0.1".into() };
        assert_eq!(Record::read(Verb::SignInCreated, &details(whole)), Some(signed_in));
        assert_eq!(Record::read(Verb::SignInCreated, &details(json!({ "device": "Firefox on Linux" }))), None);
        assert_eq!(Record::read(Verb::RoleGranted, &details(json!({ "role": "king" }))), None);
        assert_eq!(Record::read(Verb::MemberJoined, &details(json!({ "room": 7 }))), Some(Record::MemberJoined));
        assert!(serde_json::from_value::<Record>(json!({ "verb": "role.granted" })).is_err());
    }

    /// By which invitation somebody came is for the audit log.
    #[test]
    fn feeds_leave_out_what_is_for_the_audit_log() {
        let registered = Record::PersonRegistered { invitation: Some(InvitationId(7)) };
        assert_eq!(registered.for_feeds(), Record::PersonRegistered { invitation: None });
        let granted = Record::RoleGranted { role: Role::Agent };
        assert_eq!(granted.clone().for_feeds(), granted);
    }
}
