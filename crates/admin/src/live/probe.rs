//! The event of the self-test: it goes the whole way, from a command through the writer, the commit and the dispatcher to the socket.

use serde::{Deserialize, Serialize};

use plenum_core::{
    ids::{Millis, OrganisationId},
    live_events,
};

/// An event that somebody sent to see whether it comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Made by the page that sent it, which knows it by this.
    pub key: String,
    /// When it was written, by the server's clock.
    pub at: Millis,
}

live_events! {
    /// What a self-test waits for.
    pub enum ProbeEvent on Channel::Ops(OrganisationId) {
        #[doc = "A test event that an admin's page sent to itself, to see whether it arrives."]
        ProbeSent(Probe) = "probe.sent", ephemeral(|probe| probe.key.clone());
    }
}
