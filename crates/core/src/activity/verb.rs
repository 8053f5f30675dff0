//! The catalogue of what can happen.

use serde::{Deserialize, Serialize};

/// Who sees in a feed that something has happened. Admins see all of it in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// All people of the organisation.
    Everyone,
    /// Those who are in the conversation that it belongs to.
    Members,
    /// The person whom it is about.
    Concerned,
    /// Those whom it is for, where these are everyone or a conversation.
    Addressees,
    /// Nobody: it is for the audit log.
    Admins,
}

/// What a verb is about: the chips of a feed, the filter of the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// Conversations, and who is in them.
    Conversations,
    /// People, their roles and invitations.
    People,
    /// What the institution tells its people.
    Announcements,
    /// Wallets: money on its way in and out.
    Money,
    /// Events, and what becomes of them.
    Events,
    /// Sign-ins, passwords, tokens.
    Security,
    /// The organisation itself and its external applications.
    Organisation,
}

impl Topic {
    /// All of them, in the order of the audit log's filter.
    pub const ALL: [Self; 7] =
        [Self::Conversations, Self::People, Self::Announcements, Self::Events, Self::Money, Self::Security, Self::Organisation];
    /// Those that a feed is filtered by.
    pub const OF_FEEDS: [Self; 4] = [Self::Conversations, Self::People, Self::Announcements, Self::Events];

    /// Its name in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Conversations => "conversations",
            Self::People => "people",
            Self::Announcements => "announcements",
            Self::Money => "money",
            Self::Events => "events",
            Self::Security => "security",
            Self::Organisation => "organisation",
        }
    }

    /// The one of this name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.word() == word)
    }

    /// The verbs of it.
    pub fn verbs(self) -> impl Iterator<Item = Verb> {
        Verb::ALL.iter().copied().filter(move |verb| verb.topic() == self)
    }
}

/// The kind of what something is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A room, a group or a direct conversation.
    Conversation,
    /// A message.
    Message,
    /// A person.
    Person,
    /// An invitation.
    Invitation,
    /// The organisation.
    Organisation,
    /// A browser that somebody is signed in with.
    SignIn,
    /// A program's token.
    Token,
    /// An external application.
    Application,
    /// Something that the institution tells its people.
    Broadcast,
    /// Something that it tells them again and again.
    Series,
    /// What is written once and sent often.
    Template,
    /// An event of the box office.
    Event,
    /// A threshold of the operations board.
    Alarm,
    /// A job that failed too often.
    Job,
    /// Money on its way into a wallet.
    Deposit,
    /// Money on its way out of one.
    Withdrawal,
    /// What somebody buys.
    Order,
    /// A code that lowers a price.
    PromoCode,
    /// What admits to an event.
    Ticket,
}

impl SubjectKind {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Conversation,
        Self::Message,
        Self::Person,
        Self::Invitation,
        Self::Organisation,
        Self::SignIn,
        Self::Token,
        Self::Application,
        Self::Broadcast,
        Self::Series,
        Self::Template,
        Self::Event,
        Self::Alarm,
        Self::Job,
        Self::Deposit,
        Self::Withdrawal,
        Self::Order,
        Self::PromoCode,
        Self::Ticket,
    ];

    /// Its name in rows and addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::Message => "message",
            Self::Person => "person",
            Self::Invitation => "invitation",
            Self::Organisation => "organisation",
            Self::SignIn => "sign_in",
            Self::Token => "token",
            Self::Application => "application",
            Self::Broadcast => "broadcast",
            Self::Series => "series",
            Self::Template => "template",
            Self::Event => "event",
            Self::Alarm => "alarm",
            Self::Job => "job",
            Self::Deposit => "deposit",
            Self::Withdrawal => "withdrawal",
            Self::Order => "order",
            Self::PromoCode => "promo_code",
            Self::Ticket => "ticket",
        }
    }

    /// The one of this name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Declares the verbs: name, topic, the kind of what it is done to, audience.
macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident = $wire:literal: $topic:ident, $subject:ident, $audience:ident;)*) => {
        /// Something that happens, and leaves a row when it does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
        pub enum Verb {
            $($(#[$doc])* #[serde(rename = $wire)] $name,)*
        }

        impl Verb {
            /// All of them, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in rows and on the wire, `noun.verb`.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $wire,)* }
            }

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
    };
}

verbs! {
    /// A room or a group was made, or a direct conversation begun.
    ConversationCreated = "conversation.created": Conversations, Conversation, Members;
    /// It has another name or topic.
    ConversationChanged = "conversation.changed": Conversations, Conversation, Members;
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

    /// Somebody is new.
    PersonRegistered = "person.registered": People, Person, Everyone;
    /// Somebody has another name. What they were called before is nobody's business but the admins'.
    PersonRenamed = "person.renamed": People, Person, Admins;
    /// Somebody was given a role.
    RoleGranted = "role.granted": People, Person, Concerned;
    /// A role was taken from somebody.
    RoleRevoked = "role.revoked": People, Person, Concerned;
    /// Somebody was invited to the organisation.
    InvitationCreated = "invitation.created": People, Invitation, Admins;
    /// An invitation was taken back.
    InvitationWithdrawn = "invitation.withdrawn": People, Invitation, Admins;

    /// A broadcast was made, for now or for later.
    BroadcastCreated = "broadcast.created": Announcements, Broadcast, Admins;
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
    WithdrawalRejected = "withdrawal.rejected": Money, Withdrawal, Concerned;
    /// It was paid out.
    WithdrawalProcessed = "withdrawal.processed": Money, Withdrawal, Concerned;
    /// Its owner took it back.
    WithdrawalCancelled = "withdrawal.cancelled": Money, Withdrawal, Concerned;
    /// An order was paid, and its places are somebody's.
    OrderPaid = "order.paid": Events, Order, Concerned;
    /// Some or all of one was given back.
    OrderRefunded = "order.refunded": Events, Order, Concerned;
    /// A promo code was made.
    PromoCreated = "promo.created": Events, PromoCode, Admins;
    /// It cannot be used any more.
    PromoEnded = "promo.ended": Events, PromoCode, Admins;
    /// An event was made, a draft.
    EventCreated = "event.created": Events, Event, Admins;
    /// It says something else, or its tickets cost something else.
    EventChanged = "event.changed": Events, Event, Admins;
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
    TicketTypeCreated = "ticket_type.created": Events, Event, Admins;
    /// One has another name, price or capacity.
    TicketTypeChanged = "ticket_type.changed": Events, Event, Admins;
    /// One is gone.
    TicketTypeRemoved = "ticket_type.removed": Events, Event, Admins;

    /// Somebody signed in.
    SignInCreated = "sign_in.created": Security, SignIn, Concerned;
    /// Somebody signed out.
    SignedOut = "sign_in.closed": Security, SignIn, Concerned;
    /// Somebody ended one of their sign-ins from another, or an admin did.
    SignInEnded = "sign_in.ended": Security, SignIn, Concerned;
    /// Somebody ended all their other sign-ins and tokens.
    SignInOthersEnded = "sign_in.others_ended": Security, SignIn, Concerned;
    /// Somebody changed their password; their other sign-ins and tokens ended.
    PasswordChanged = "password.changed": Security, Person, Concerned;
    /// Somebody set a new password with a mail; all their sign-ins and tokens ended.
    PasswordReset = "password.reset": Security, Person, Concerned;
    /// Somebody made a token for a program.
    TokenCreated = "token.created": Security, Token, Concerned;
    /// Somebody ended one, or an admin did.
    TokenEnded = "token.ended": Security, Token, Concerned;

    /// The organisation has another name.
    OrganisationRenamed = "organisation.renamed": Organisation, Organisation, Everyone;
    /// Who may register was changed.
    OrganisationChanged = "organisation.changed": Organisation, Organisation, Admins;
    /// An external application was made.
    ApplicationCreated = "application.created": Organisation, Application, Admins;
    /// Its settings were changed.
    ApplicationChanged = "application.changed": Organisation, Application, Admins;
    /// It has a new secret; the one before is still valid.
    ApplicationSecretChanged = "application.secret_changed": Organisation, Application, Admins;
    /// Its older secret is no longer valid.
    ApplicationSecretEnded = "application.secret_ended": Organisation, Application, Admins;
    /// It is gone.
    ApplicationRemoved = "application.removed": Organisation, Application, Admins;
    /// What happens on it is told to another address.
    ApplicationWebhookAdded = "application.webhook_added": Organisation, Application, Admins;
    /// It no longer is.
    ApplicationWebhookRemoved = "application.webhook_removed": Organisation, Application, Admins;
    /// An admin sent an event as its backend would.
    ApplicationEventSent = "application.event_sent": Organisation, Application, Admins;
    /// A threshold of the operations board was added.
    AlarmCreated = "alarm.created": Organisation, Alarm, Admins;
    /// It was switched on or off.
    AlarmChanged = "alarm.changed": Organisation, Alarm, Admins;
    /// It is gone.
    AlarmDeleted = "alarm.deleted": Organisation, Alarm, Admins;
    /// It was crossed for long enough.
    AlarmRaised = "alarm.raised": Organisation, Alarm, Admins;
    /// It is no longer crossed.
    AlarmEnded = "alarm.ended": Organisation, Alarm, Admins;
    /// A job that failed too often is tried again.
    JobRetried = "job.retried": Organisation, Job, Admins;
    /// It was given up.
    JobDiscarded = "job.discarded": Organisation, Job, Admins;

    /// Somebody was let in at a door.
    TicketCheckedIn = "ticket.checked_in": Events, Ticket, Admins;
    /// That was taken back.
    CheckInUndone = "check_in.undone": Events, Ticket, Admins;
}

impl Verb {
    /// The one of this name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|verb| verb.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_verb_has_a_name_of_its_own_that_reads_back() {
        for verb in Verb::ALL {
            assert_eq!(Verb::from_word(verb.word()), Some(*verb));
            assert_eq!(serde_json::to_value(verb).unwrap(), verb.word());
        }
        let names: BTreeSet<&str> = Verb::ALL.iter().map(|verb| verb.word()).collect();
        assert_eq!(names.len(), Verb::ALL.len());
        assert_eq!(Topic::ALL.into_iter().flat_map(Topic::verbs).count(), Verb::ALL.len());
    }

    #[test]
    fn names_of_topics_and_subjects_read_back() {
        for topic in Topic::ALL {
            assert_eq!(Topic::from_word(topic.word()), Some(topic));
        }
        for kind in SubjectKind::ALL {
            assert_eq!(SubjectKind::from_word(kind.word()), Some(kind));
        }
        assert!(Topic::from_word("gossip").is_none() && SubjectKind::from_word("").is_none());
    }

    /// What keeps an account safe, and what admins do behind the scenes, is in nobody else's feed.
    #[test]
    fn accounts_and_administration_are_nobody_elses_business() {
        for verb in Topic::Security.verbs() {
            assert_eq!(verb.audience(), Audience::Concerned, "{verb:?}");
        }
        for verb in Verb::ALL.iter().filter(|verb| matches!(verb.subject(), SubjectKind::Application | SubjectKind::Invitation)) {
            assert_eq!(verb.audience(), Audience::Admins, "{verb:?}");
        }
    }
}
