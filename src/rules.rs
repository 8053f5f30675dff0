//! Who may join which channel: the one exhaustive `match` of Plenum (I24), and what a
//! client event becomes. The SQL is each feature's; the decision stands here.

use std::sync::Arc;

use futures::future::{BoxFuture, LocalBoxFuture};

use plenum_broadcasts as broadcasts;
use plenum_core::channels::Channel;
use plenum_core::{
    error::AppResult,
    ids::{ConversationId, Millis, PersonId, SignInId, SpaceId},
    live::LiveEvent,
    people::{Role, Scope},
};
use plenum_directory as directory;
use plenum_events::server::access;
use plenum_inbox as inbox;
use plenum_live::rules::{Decision, Relayed, Rules, Who};
use plenum_messages as messages;
use plenum_messages::spaces;
use plenum_people::applications;
use plenum_store::{
    db::{Conn, Store, Tx},
    organisations::is_suspended,
};
use plenum_web::sign_ins::Visits;
use plenum_web::{rates::Rates, sign_ins};

/// Plenum's rules, as the live layer asks them.
pub struct PlenumRules {
    store: Store,
    rates: Arc<Rates>,
}

impl PlenumRules {
    /// Rules over this store and these limits.
    pub fn new(store: Store, rates: Arc<Rates>) -> Self {
        Self { store, rates }
    }
}

fn only(allowed: bool, reason: &str) -> Decision {
    if allowed { Decision::allow() } else { Decision::refuse(reason) }
}

/// May `who` join `channel`? A channel without a rule does not compile.
pub async fn may_join(conn: &mut Conn, who: Option<&Who>, channel: Channel) -> AppResult<Decision> {
    let Some(who) = who else { return may_visit(conn, channel).await };
    // What anyone may follow a token follows too; but a draft of its person's is read with the scope `read`, as all else that is theirs.
    if let Err(lacks) = who.scopes.require(channel.scope().unwrap_or(Scope::Read)) {
        return if channel.scope().is_some() { Ok(Decision::refuse(lacks.message)) } else { may_visit(conn, channel).await };
    }
    match channel {
        Channel::Person(person) => Ok(only(person == who.person, "This is somebody else's.")),
        Channel::Conversation(conversation) => {
            let member = messages::server::may_join_channel(conn, who.person, conversation).await?;
            Ok(only(member, "Only members can follow this conversation."))
        }
        Channel::ConversationPresence(conversation) => join_presence(conn, who, conversation).await,
        Channel::OrganisationPublic(_) => may_visit(conn, channel).await,
        Channel::Organisation(organisation) => Ok(only(organisation == who.organisation, "This is another organisation's.")),
        Channel::Ops(organisation) => {
            let admin = organisation == who.organisation && directory::server::has_role(conn, who.person, Role::Admin).await?;
            Ok(only(admin, "Only its admins can follow how an organisation runs."))
        }
        Channel::Application(application) => {
            let admin = directory::server::has_role(conn, who.person, Role::Admin).await?
                && applications::server::ids(conn, who.organisation).await?.contains(&application);
            Ok(only(admin, "Only the admins of its organisation can follow an application."))
        }
        Channel::Broadcasts(organisation) => {
            let may = organisation == who.organisation && broadcasts::server::may_send(conn, who.person).await?;
            Ok(only(may, "Only its admins and managers can follow an organisation's broadcasts."))
        }
        Channel::Space(space) => {
            let member = spaces::server::is_member(conn, space, who.person).await?;
            Ok(only(member, "Only those who are in it can follow this."))
        }
        Channel::SpacePresence(space) => {
            if !spaces::server::is_member(conn, space, who.person).await? {
                return Ok(Decision::refuse("Only those who are in it can see who is here."));
            }
            shown_as(conn, who).await
        }
        Channel::SpaceStaff(space) => {
            let staff = spaces::server::is_staff(conn, space, who.person).await? || runs_organisation_of(conn, who, space).await?;
            Ok(only(staff, "Only those who run it can follow this."))
        }
        Channel::Event(event) | Channel::Seats(event) => {
            let may = access::is_public(conn, event).await? || access::is_run_by(conn, event, who.person).await?;
            Ok(only(may, "There is no such event."))
        }
        Channel::EventDoor(event) => {
            let may = access::works_at_door(conn, event, who.person).await?;
            Ok(only(may, "Only those who run the event or work at its doors can follow this."))
        }
        Channel::Order(order) => {
            let may = plenum_sales::server::orders::may_follow_order(conn, order, who).await?;
            Ok(only(may, "This is somebody else's order."))
        }
    }
}

/// True if `who` is an admin of the organisation that has the space.
async fn runs_organisation_of(conn: &mut Conn, who: &Who, space: SpaceId) -> AppResult<bool> {
    Ok(spaces::server::is_of(conn, space, who.organisation).await? && directory::server::has_role(conn, who.person, Role::Admin).await?)
}

/// May anyone join `channel`, whoever they are? What is not for everyone is for nobody who is not signed in.
async fn may_visit(conn: &mut Conn, channel: Channel) -> AppResult<Decision> {
    match channel {
        Channel::OrganisationPublic(organisation) => Ok(only(!is_suspended(conn, organisation).await?, "This organisation is suspended.")),
        Channel::Event(event) | Channel::Seats(event) => Ok(only(access::is_public(conn, event).await?, "There is no such event.")),
        _ => Ok(Decision::refuse("Sign in to see this.")),
    }
}

async fn join_presence(conn: &mut Conn, who: &Who, conversation: ConversationId) -> AppResult<Decision> {
    if !messages::server::may_join_channel(conn, who.person, conversation).await? {
        return Ok(Decision::refuse("Only members can see who is here."));
    }
    shown_as(conn, who).await
}

/// What the others of a presence channel see of `who`, if they let them.
async fn shown_as(conn: &mut Conn, who: &Who) -> AppResult<Decision> {
    let (card, privacy) = directory::server::card_and_privacy(conn, who.person).await?;
    let member = privacy.show_presence.then(|| serde_json::json!({ "name": card.name, "hue": card.hue }).to_string());
    Ok(Decision::Allow { until: None, member })
}

/// The client events of Plenum's own channels: a closed set.
enum ClientEvent {
    Typing(ConversationId),
}

impl ClientEvent {
    fn parse(channel: &str, event: &str) -> Option<Self> {
        match (channel.parse::<Channel>().ok()?, event) {
            (Channel::Conversation(conversation), "client-typing") => Some(Self::Typing(conversation)),
            _ => None,
        }
    }
}

impl Rules for PlenumRules {
    fn is_presence(&self, channel: &str) -> bool {
        channel.parse::<Channel>().is_ok_and(|channel| channel.is_presence())
    }

    fn may_join<'a>(&'a self, conn: &'a mut Conn, who: Option<&'a Who>, channel: &'a str) -> BoxFuture<'a, AppResult<Decision>> {
        Box::pin(async move {
            match channel.parse::<Channel>() {
                Ok(channel) => may_join(conn, who, channel).await,
                Err(unknown) => Ok(Decision::Refuse { status: 404, reason: unknown.to_string() }),
            }
        })
    }

    fn client_event<'a>(
        &'a self,
        who: &'a Who,
        channel: &'a str,
        event: &'a str,
        _payload: &'a str,
    ) -> BoxFuture<'a, AppResult<Option<Relayed>>> {
        Box::pin(async move {
            let Some(ClientEvent::Typing(conversation)) = ClientEvent::parse(channel, event) else {
                return Err(plenum_core::error::AppError::invalid("event", format!("{event} is not a client event of {channel}.")));
            };
            who.scopes.require(Scope::Write)?;
            if !self.rates.typing(who.person, conversation.0) {
                return Ok(None);
            }
            let (card, privacy) = directory::server::card_and_privacy(&mut *self.store.look().await?, who.person).await?;
            if !privacy.send_typing {
                return Ok(None);
            }
            let typing = messages::live::ConversationEvent::Typing(messages::live::Typing { person: card });
            Ok(Some(Relayed { event: typing.name().to_owned(), payload: typing.payload(), conflation: format!("typing:{}", who.person) }))
        })
    }

    fn whose<'a>(&'a self, conn: &'a mut Conn, person: PersonId, sign_in: SignInId) -> BoxFuture<'a, AppResult<Option<(Who, bool)>>> {
        Box::pin(async move {
            let standing = sign_ins::standing(conn, sign_in, person).await?;
            Ok(standing.map(|(organisation, shown, scopes)| (Who { person, organisation, sign_in, scopes }, shown)))
        })
    }

    fn last_seen(&self, person: PersonId, at: Millis) -> BoxFuture<'_, AppResult<()>> {
        Box::pin(async move {
            let seen = async move |tx: &mut Tx| {
                directory::server::set_last_seen(tx, person, at).await?;
                inbox::server::note_here(tx, person, at).await
            };
            self.store.write(seen).await
        })
    }
}

/// Tells the inbox that somebody is here: a visit may end a long absence.
pub struct InboxVisits;

impl Visits for InboxVisits {
    fn visited<'a>(&'a self, tx: &'a mut Tx, person: PersonId, at: Millis) -> LocalBoxFuture<'a, AppResult<()>> {
        Box::pin(inbox::server::note_here(tx, person, at))
    }
}
