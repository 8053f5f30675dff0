//! What the live layer must know of the application: who may join what, what a client
//! event becomes, and who wants to hear of presence. The application registers one
//! [`Rules`]; nothing else of it is known here.

use futures::future::BoxFuture;

use plenum_core::{
    error::AppResult,
    ids::{Millis, OrganisationId, PersonId, SignInId},
    people::{Identity, Scopes},
};
use plenum_store::db::Conn;

/// Who a connection belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// The person.
    pub person: PersonId,
    /// Their tenant.
    pub organisation: OrganisationId,
    /// The browser they are signed in with, or the token.
    pub sign_in: SignInId,
    /// What that may be used for.
    pub scopes: Scopes,
}

impl Who {
    /// Somebody who asks with an access that has these scopes.
    pub fn new(identity: &Identity, scopes: Scopes) -> Self {
        Self { person: identity.person, organisation: identity.organisation, sign_in: identity.sign_in, scopes }
    }
}

/// The answer to "may they join?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allow {
        /// For how long, if the right has an end of its own.
        until: Option<Millis>,
        /// On presence channels: what the others see of them, as JSON; `None` if they do not want to be seen.
        member: Option<String>,
    },
    /// No: an HTTP status and a sentence.
    Refuse {
        /// 403 or 404.
        status: u16,
        /// What to tell.
        reason: String,
    },
}

impl Decision {
    /// Yes, for as long as the right lasts.
    pub fn allow() -> Self {
        Self::Allow { until: None, member: None }
    }

    /// No.
    pub fn refuse(reason: impl Into<String>) -> Self {
        Self::Refuse { status: 403, reason: reason.into() }
    }
}

/// What a client event becomes for the others on its channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relayed {
    /// The event's wire name.
    pub event: String,
    /// Its payload as JSON text, with the person stamped by the server.
    pub payload: String,
    /// Under pressure the newest of this key replaces the older.
    pub conflation: String,
}

/// The application's side of the live layer.
pub trait Rules: Send + Sync + 'static {
    /// True if `channel` is a presence channel.
    fn is_presence(&self, channel: &str) -> bool;

    /// May `who` (`None`: a visitor) join `channel`? Asked in the transaction that reads the log.
    fn may_join<'a>(&'a self, conn: &'a mut Conn, who: Option<&'a Who>, channel: &'a str) -> BoxFuture<'a, AppResult<Decision>>;

    /// What the client event becomes; `None`: nothing (privacy, or too soon), silently. The sender is subscribed.
    fn client_event<'a>(
        &'a self,
        who: &'a Who,
        channel: &'a str,
        event: &'a str,
        payload: &'a str,
    ) -> BoxFuture<'a, AppResult<Option<Relayed>>>;

    /// Whose is this sign-in, and do they let others see them online? `None` if it has ended, or is not `person`'s.
    fn whose<'a>(&'a self, conn: &'a mut Conn, person: PersonId, sign_in: SignInId) -> BoxFuture<'a, AppResult<Option<(Who, bool)>>>;

    /// The person's last connection is gone.
    fn last_seen(&self, person: PersonId, at: Millis) -> BoxFuture<'_, AppResult<()>>;
}
