//! Rights that end: revoked in commit order, ended by their own date, or found wanting when
//! they are asked again.

use std::sync::Arc;

use super::{Channel, Hub, Phase};
use crate::{
    connection::{Connection, lock},
    rules::Decision,
};
use plenum_core::ids::{ConnectionId, OrganisationId};
use plenum_core::{clock, error::AppResult, ids::PersonId, people::SignInEnd, protocol::ServerFrame};
use plenum_store::db::{Revocation, Scope, now};

impl Hub {
    /// Ends rights, in commit order; what has to be asked first, a moment later.
    pub fn revoke(self: &Arc<Self>, revocation: &Revocation) {
        match &revocation.scope {
            Scope::Channels(names) => {
                for name in names {
                    self.end_subscriptions(revocation.person, name);
                }
            }
            Scope::SignIn(sign_in, cause) => {
                for connection in self.connections_of(revocation.person) {
                    if connection.who().is_some_and(|who| who.sign_in == *sign_in) {
                        connection.sign_out(*cause);
                    }
                }
            }
            Scope::Rights => {
                tokio::spawn(Arc::clone(self).ask_again(revocation.person));
            }
        }
    }

    /// Asks all rules of a person again: what they have lost ends, and who lets others see them again is back on the rosters.
    pub async fn ask_again(self: Arc<Self>, person: PersonId) {
        for connection in self.connections_of(person) {
            if let Err(error) = self.recheck(&connection).await {
                tracing::warn!(%error, "the rights of a person could not be asked again");
            }
        }
    }

    /// Closes the sockets of an organisation that is suspended, and asks all others again: visitors follow what is public of it.
    pub async fn suspend(self: Arc<Self>, organisation: OrganisationId) {
        let (theirs, others): (Vec<_>, Vec<_>) =
            self.all_connections().into_iter().partition(|connection| connection.who().is_some_and(|who| who.organisation == organisation));
        for connection in theirs {
            connection.sign_out(SignInEnd::OrganisationSuspended);
        }
        for connection in others {
            if let Err(error) = self.recheck(&connection).await {
                tracing::warn!(%error, "the rights of a socket could not be asked again");
            }
        }
    }

    fn end_subscriptions(&self, person: PersonId, name: &str) {
        let Some(channel) = self.channel(name) else { return };
        let ended: Vec<Arc<Connection>> = {
            let mut members = lock(&channel.members);
            let theirs =
                members.subscribers.values_mut().filter(|subscriber| subscriber.connection.who().is_some_and(|who| who.person == person));
            theirs
                .filter_map(|subscriber| match &mut subscriber.phase {
                    Phase::Joining { revoked } => {
                        *revoked = true;
                        None
                    }
                    Phase::CatchingUp | Phase::Live { .. } => Some(Arc::clone(&subscriber.connection)),
                })
                .collect()
        };
        for connection in ended {
            self.end_subscription(&connection, &channel, 403, "You no longer have access here.");
        }
    }

    /// Ends one subscription and tells its client.
    pub(super) fn end_subscription(&self, connection: &Arc<Connection>, channel: &Arc<Channel>, status: u16, reason: &str) {
        self.forget(connection, channel);
        self.expire_roster(channel, clock::instant());
        connection.say(&ServerFrame::refused(&channel.name, status, reason));
        metrics::counter!("plenum_live_subscriptions_ended_total").increment(1);
    }

    /// Ends subscriptions whose right had an end of its own.
    pub fn end_due(&self) {
        let due = {
            let mut ending = lock(&self.ending);
            let later = ending.split_off(&(now() + 1, ConnectionId(0)));
            std::mem::replace(&mut *ending, later)
        };
        for ((_, id), channel) in due {
            let connection = lock(&self.connections).get(&id).cloned();
            if let Some(connection) =
                connection.filter(|connection| lock(&connection.channels).iter().any(|known| Arc::ptr_eq(known, &channel)))
            {
                self.end_subscription(&connection, &channel, 403, "Your access has ended.");
            }
        }
    }

    /// Asks all rules of one connection again.
    ///
    /// # Errors
    /// If the database cannot be asked; nothing is ended then.
    pub async fn recheck(&self, connection: &Arc<Connection>) -> AppResult<()> {
        let mut tx = self.store.read().await?;
        if let Some(who) = connection.who()
            && self.rules.whose(&mut tx, who.person, who.sign_in).await?.is_none()
        {
            connection.sign_out(SignInEnd::Gone);
            return Ok(());
        }
        let channels = lock(&connection.channels).clone();
        for channel in channels {
            match self.rules.may_join(&mut tx, connection.who().as_ref(), &channel.name).await? {
                Decision::Refuse { status, reason } => self.end_subscription(connection, &channel, status, &reason),
                // Somebody who lets others see them again.
                Decision::Allow { member: Some(info), .. } => self.show_in_roster(connection, &channel, info),
                Decision::Allow { member: None, .. } => {}
            }
        }
        Ok(())
    }
}
