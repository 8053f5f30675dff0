//! `docs/channels.md`, written from the types: every channel, who may join it, and every
//! live event with its kind. A test compares the file with this.

use std::fmt::Write as _;

use crate::LIVE_SCHEMA;
use plenum_admin::live::{ApplicationEvent, OpsEvent, jobs::JobsEvent, probe::ProbeEvent};
use plenum_broadcasts::live::BroadcastEvent;
use plenum_core::{
    activity::live::{AuditEvent, ConversationActivity, OrganisationActivity, PersonActivity},
    live::{EventEntry, LiveEvent},
};
use plenum_core::{channels::Channel, mail::MailEvent, people::Scope};
use plenum_directory::live::{OrganisationEvent, PublicEvent, SettingsEvent};
use plenum_events::live::{
    desk::{DeskEvent, DoorEvent},
    event::{DraftEvent, EventEvent},
    seats::SeatsEvent,
};
use plenum_inbox::live::InboxEvent;
use plenum_messages::{
    live::{ConversationEvent, PersonEvent, ReportsEvent},
    spaces::live::SpaceEvent,
};
use plenum_plans::live::PlanEvent;
use plenum_sales::live::{
    orders::{OrderEvent, OwnOrderEvent},
    own::OwnEvent,
    promo::PromoEvent,
};
use plenum_tickets::live::tickets::TicketEvent;
use plenum_wallet::live::{QueueEvent, WalletEvent};

/// The events of a channel; a channel that carries none of its own has an empty list.
fn events(channel: Channel) -> Vec<EventEntry> {
    match channel {
        Channel::Person(_) => [
            PersonEvent::CATALOGUE,
            InboxEvent::CATALOGUE,
            PersonActivity::CATALOGUE,
            OwnEvent::CATALOGUE,
            OwnOrderEvent::CATALOGUE,
            PlanEvent::CATALOGUE,
            TicketEvent::CATALOGUE,
            WalletEvent::CATALOGUE,
        ]
        .concat(),
        Channel::Conversation(_) => [ConversationEvent::CATALOGUE, ConversationActivity::CATALOGUE].concat(),
        Channel::ConversationPresence(_) => Vec::new(),
        Channel::OrganisationPublic(_) => PublicEvent::CATALOGUE.to_vec(),
        Channel::Organisation(_) => [OrganisationEvent::CATALOGUE, OrganisationActivity::CATALOGUE].concat(),
        Channel::Ops(_) => [
            OpsEvent::CATALOGUE,
            JobsEvent::CATALOGUE,
            MailEvent::CATALOGUE,
            ProbeEvent::CATALOGUE,
            AuditEvent::CATALOGUE,
            QueueEvent::CATALOGUE,
            ReportsEvent::CATALOGUE,
            SettingsEvent::CATALOGUE,
        ]
        .concat(),
        Channel::Application(_) => ApplicationEvent::CATALOGUE.to_vec(),
        Channel::Broadcasts(_) => BroadcastEvent::CATALOGUE.to_vec(),
        Channel::Space(_) => SpaceEvent::CATALOGUE.to_vec(),
        Channel::SpacePresence(_) => vec![],
        Channel::SpaceStaff(_) => [DraftEvent::CATALOGUE, DeskEvent::CATALOGUE, PromoEvent::CATALOGUE].concat(),
        Channel::Order(_) => OrderEvent::CATALOGUE.to_vec(),
        Channel::Event(_) => EventEvent::CATALOGUE.to_vec(),
        Channel::EventDoor(_) => DoorEvent::CATALOGUE.to_vec(),
        Channel::Seats(_) => SeatsEvent::CATALOGUE.to_vec(),
    }
}

/// What a token needs to follow a channel.
fn token(scope: Option<Scope>) -> String {
    scope.map_or_else(String::new, |scope| format!(" (a token with the scopes `connect` and `{}`)", scope.into_str()))
}

/// The whole document.
pub fn markdown() -> String {
    let mut text = format!(
        "# Channels and live events\n\nWritten from the types by a test (`UPDATE_DOCS=1 cargo test --features ssr --lib channels`); do not edit.\n\
         The live schema is {LIVE_SCHEMA}: it is raised whenever the JSON of an event changes.\n\n\
         A *fact* is appended to the log; a *state* replaces the logged row of its key; an *ephemeral* is never stored.\n\
         Logged events carry `seq`, and a subscription with `since` resumes after it.\n"
    );
    for channel in Channel::one_of_each(1) {
        let entry = channel.entry();
        let _ = write!(text, "\n## `{}`\n\nJoined by {}{}. Carries {}.\n", entry.pattern, entry.who, token(channel.scope()), entry.carries);
        if channel.is_presence() {
            text.push_str("\nThe roster comes with `pusher_internal:subscription_succeeded`, changes as `pusher_internal:member_added` and `pusher_internal:member_removed`.\n");
        }
        let events = events(channel);
        if !events.is_empty() {
            text.push_str("\n| event | kind | says |\n|---|---|---|\n");
            for event in events {
                let _ = writeln!(text, "| `{}` | {} | {} |", event.name, event.kind, event.about);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The document in the repository is what the types say. `UPDATE_DOCS=1` writes it.
    #[test]
    fn the_document_is_what_the_types_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/channels.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, markdown()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), markdown(), "run this test with UPDATE_DOCS=1");
    }
}
