//! The activity record: what happened, once and for all, written in the transaction of what happened (I32).
//!
//! [`Tx::record`] writes the row and announces it to those who may see it: all of the organisation, the members of a conversation, one
//! person. Who that is follows from the verb's [`Audience`]; what lacks the place or person that its audience needs is for the audit log
//! only. No row is written for each who sees it.

use crate::db::{Conn, Tx};
use plenum_core::{
    activity::{
        Audience, Details, Item, Record, Subject,
        live::{AuditEvent, ConversationActivity, OrganisationActivity, PersonActivity, RecordHead},
    },
    error::{AppError, AppResult},
    ids::{ActivityId, ConversationId, Millis, OrganisationId, PersonId},
    people::{Identity, PersonCard},
};

/// Where something happened, or for whom it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Nowhere,
    Conversation(ConversationId),
    Everywhere,
}

/// A row of the activity record, to be written.
#[derive(Debug, Clone)]
pub struct Activity {
    organisation: OrganisationId,
    person: Option<PersonId>,
    record: Record,
    subject: Subject,
    about: Option<PersonId>,
    place: Place,
}

impl Activity {
    /// What `record` says was done to `subject` by `person`; none is Plenum itself.
    pub fn new(organisation: OrganisationId, person: Option<PersonId>, record: Record, subject: Subject) -> Self {
        Self { organisation, person, record, subject, about: None, place: Place::Nowhere }
    }

    /// `who` did it.
    pub fn by(who: &Identity, record: Record, subject: Subject) -> Self {
        Self::new(who.organisation, Some(who.person), record, subject)
    }

    /// Whom it is about.
    pub fn about(self, person: PersonId) -> Self {
        Self { about: Some(person), ..self }
    }

    /// It belongs to this conversation.
    pub fn within(self, conversation: ConversationId) -> Self {
        Self { place: Place::Conversation(conversation), ..self }
    }

    /// It is for all people of the organisation.
    pub fn for_everyone(self) -> Self {
        Self { place: Place::Everywhere, ..self }
    }

    /// Who sees it in a feed, closed to all but admins where something lacks.
    fn reach(&self) -> Reach {
        match (self.record.verb().audience(), self.place, self.about) {
            (Audience::Everyone, ..) | (Audience::Addressees, Place::Everywhere, _) => Reach::Organisation,
            (Audience::Members | Audience::Addressees, Place::Conversation(conversation), _) => Reach::Conversation(conversation),
            (Audience::Concerned, _, Some(person)) => Reach::Person(person),
            _ => Reach::Admins,
        }
    }

    fn conversation(&self) -> Option<ConversationId> {
        match self.place {
            Place::Conversation(conversation) => Some(conversation),
            Place::Nowhere | Place::Everywhere => None,
        }
    }
}

/// Who sees a row in a feed, as the column `audience` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase", const_into_str)]
enum Reach {
    Organisation,
    Conversation(ConversationId),
    Person(PersonId),
    Admins,
}

impl Tx {
    /// Writes a row of the activity record, and announces it to those who may see it.
    pub async fn record(&mut self, activity: Activity) -> AppResult<()> {
        let (reach, verb) = (activity.reach(), activity.record.verb());
        let id: ActivityId = sqlx::query_scalar(
            "insert into activity (organisation_id, person_id, verb, subject_kind, subject_id, subject_name, about_id, conversation_id, audience, details, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id",
        )
        .bind(activity.organisation)
        .bind(activity.person)
        .bind(verb.into_str())
        .bind(verb.subject().into_str())
        .bind(activity.subject.id)
        .bind(&activity.subject.name)
        .bind(activity.about)
        .bind(activity.conversation())
        .bind(reach.into_str())
        .bind(serde_json::Value::Object(activity.record.details()).to_string())
        .bind(self.now())
        .fetch_one(&mut **self)
        .await?;
        self.announce(activity.organisation, &AuditEvent::Moved(RecordHead { id }));
        match reach {
            Reach::Organisation => {
                let item = item(self, id).await?;
                self.announce(activity.organisation, &OrganisationActivity::Recorded(item));
            }
            Reach::Conversation(conversation) => {
                let item = item(self, id).await?;
                self.announce(conversation, &ConversationActivity::Recorded(item));
                self.happened(conversation.0);
            }
            Reach::Person(person) => {
                let item = item(self, id).await?;
                self.announce(person, &PersonActivity::Recorded(item));
            }
            Reach::Admins => {}
        }
        Ok(())
    }
}

/// The columns of a [`Row`], of [`SOURCE`].
pub const COLUMNS: &str = "a.id, a.at, a.verb, a.subject_id, a.subject_name, a.conversation_id, a.details,
    actor.id as actor_id, actor.name as actor_name, actor.hue as actor_hue, about.id as about_id, about.name as about_name, about.hue as about_hue";
/// Where the rows are read from.
pub const SOURCE: &str = "activity a left join people actor on actor.id = a.person_id left join people about on about.id = a.about_id";

/// A row of the record with the people in it, as they are called now.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
    id: ActivityId,
    at: Millis,
    verb: String,
    subject_id: i64,
    subject_name: String,
    conversation_id: Option<ConversationId>,
    details: String,
    actor_id: Option<PersonId>,
    actor_name: Option<String>,
    actor_hue: Option<u8>,
    about_id: Option<PersonId>,
    about_name: Option<String>,
    about_hue: Option<u8>,
}

impl Row {
    /// The item as feeds show it; none if this Plenum cannot read it.
    pub fn for_feeds(self) -> Option<Item> {
        self.for_audit().map(Item::for_feeds)
    }

    /// The item with all that is worth knowing; none if this Plenum cannot read it, because another wrote it that knows other records.
    pub fn for_audit(self) -> Option<Item> {
        let details: Details = serde_json::from_str(&self.details).unwrap_or_default();
        let record = self.verb.parse().ok().and_then(|verb| Record::read(verb, &details));
        let Some(record) = record else {
            tracing::warn!(activity.id = self.id.0, verb = self.verb, "an activity that cannot be read");
            return None;
        };
        let actor = card(self.actor_id, self.actor_name, self.actor_hue);
        let about = card(self.about_id, self.about_name, self.about_hue).filter(|about| Some(about) != actor.as_ref());
        let subject = Subject { id: self.subject_id, name: self.subject_name };
        Some(Item { id: self.id, at: self.at, record, actor, about, subject, conversation: self.conversation_id })
    }
}

fn card(id: Option<PersonId>, name: Option<String>, hue: Option<u8>) -> Option<PersonCard> {
    Some(PersonCard { id: id?, name: name?, hue: hue? })
}

async fn item(conn: &mut Conn, id: ActivityId) -> AppResult<Item> {
    let statement = format!("select {COLUMNS} from {SOURCE} where a.id = $1");
    let row: Row = sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).fetch_one(conn).await?;
    row.for_feeds().ok_or_else(AppError::internal)
}

/// The newest row of the organisation; 0 while there is none.
pub async fn head(conn: &mut Conn, organisation: OrganisationId) -> AppResult<ActivityId> {
    Ok(sqlx::query_scalar("select coalesce(max(id), 0) from activity where organisation_id = $1")
        .bind(organisation)
        .fetch_one(conn)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::activity::Verb;
    use strum::VariantArray as _;

    /// What lacks the place or the person that its audience needs is for the audit log only, whatever that audience is.
    #[test]
    fn what_lacks_its_audience_is_for_admins() {
        let (organisation, person, conversation) = (OrganisationId(1), PersonId(2), ConversationId(3));
        let details = serde_json::json!({
            "kind": "room", "role": "agent", "from": "Plenum", "to": "Courtyard", "audience": "Everyone", "reason": "twice", "event": "Gala",
            "amount": "1.00 EUR", "ticket_type": "Stalls", "price": "1.00", "device": "curl", "address": "::1", "count": 2, "scopes": "read",
            "registration": "open", "enabled": true, "host": "localhost", "channel": "news", "stood": "7", "account": "DE89",
            "credited": true, "roles": "Admin", "decision": "dismissed", "people": "9", "messages_a_day": "9", "part": "logo",
        });
        let details: Details = details.as_object().unwrap().clone();
        for verb in Verb::VARIANTS {
            let record = Record::read(*verb, &details).unwrap_or_else(|| panic!("{verb:?}"));
            let bare = Activity::new(organisation, Some(PersonId(1)), record, Subject::unnamed(7));
            let reaches = [bare.clone(), bare.clone().about(person), bare.clone().within(conversation), bare.for_everyone()]
                .map(|activity| activity.reach());
            let expected = match verb.audience() {
                Audience::Everyone => [Reach::Organisation; 4],
                Audience::Admins => [Reach::Admins; 4],
                Audience::Concerned => [Reach::Admins, Reach::Person(person), Reach::Admins, Reach::Admins],
                Audience::Members => [Reach::Admins, Reach::Admins, Reach::Conversation(conversation), Reach::Admins],
                Audience::Addressees => [Reach::Admins, Reach::Admins, Reach::Conversation(conversation), Reach::Organisation],
            };
            assert_eq!(reaches, expected, "{verb:?}");
        }
    }
}
