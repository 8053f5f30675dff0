//! Making and naming conversations: rooms, groups, direct ones.

use std::collections::BTreeSet;

use crate::{
    live::ConversationEvent,
    model::{self, Access, Conversation, ConversationKind, RoomEntry},
};
use plenum_core::{
    activity::{ConversationSort, Record, Subject},
    error::{AppError, AppResult},
    ids::{ConversationId, OrganisationId, PersonId},
    people::Identity,
    text::title,
};
use plenum_store::{
    active,
    db::{Activity, Conn, Tx, violates_unique},
};

use super::{
    blocking,
    conversations::{self, Membership},
    members::{self, GROUP, Part},
};

/// Characters of a topic at the most.
const MAX_TOPIC: usize = 200;

/// A conversation on its way into its table.
struct New<'a> {
    organisation: OrganisationId,
    kind: ConversationKind,
    access: Access,
    name: &'a str,
    topic: &'a str,
    by: PersonId,
}

async fn insert(tx: &mut Tx, new: New<'_>) -> AppResult<ConversationId> {
    let inserted = sqlx::query_scalar(
        "insert into conversations (organisation_id, kind, access, name, topic, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7) returning id",
    )
    .bind(new.organisation)
    .bind(new.kind)
    .bind(new.access)
    .bind(new.name)
    .bind(new.topic)
    .bind(new.by)
    .bind(tx.now())
    .fetch_one(&mut **tx)
    .await;
    let id = inserted.map_err(name_taken)?;
    Ok(id)
}

/// A second room of a name is the person's matter, everything else is ours.
fn name_taken(error: sqlx::Error) -> AppError {
    if violates_unique(&error, "conversations_room_name") {
        AppError::conflict("There is a room of this name already.").at_field("name")
    } else {
        error.into()
    }
}

fn parse_topic(text: &str) -> AppResult<String> {
    title("topic", text, MAX_TOPIC)
}

/// The name of a group may be empty.
fn parse_group_name(text: &str) -> AppResult<String> {
    if text.trim().is_empty() { Ok(String::new()) } else { model::parse_room_name(text) }
}

/// Creates a room that who asks owns.
///
/// # Errors
/// 409 `name` if it is taken; 422 for the topic.
pub async fn create_room(tx: &mut Tx, who: &Identity, name: &str, topic: &str, access: Access) -> AppResult<ConversationId> {
    let topic = parse_topic(topic)?;
    let id = insert(tx, New { organisation: who.organisation, kind: ConversationKind::Room, access, name, topic: &topic, by: who.person })
        .await?;
    members::add(tx, id, who.person, Part::Owner).await?;
    let kind = if access == Access::Open { ConversationSort::Room } else { ConversationSort::PrivateRoom };
    record(tx, who, id, name, kind).await?;
    Ok(id)
}

/// Creates a group of `people` and who asks; with one other person it is the direct conversation.
///
/// # Errors
/// 403 for somebody who has blocked who asks; 404 for an unknown person; 422 if nobody is named or more than 49.
pub async fn create_group(tx: &mut Tx, who: &Identity, people: &[PersonId], name: &str) -> AppResult<ConversationId> {
    let name = parse_group_name(name)?;
    let others: BTreeSet<PersonId> = people.iter().copied().filter(|person| *person != who.person).collect();
    match others.first() {
        None => return Err(AppError::invalid("people", "Choose at least one other person.")),
        Some(other) if others.len() == 1 => return direct(tx, who, *other).await,
        Some(_) => {}
    }
    if i64::try_from(others.len()).unwrap_or(i64::MAX) >= GROUP {
        return Err(AppError::invalid("people", format!("A group has at most {GROUP} people. Make a room instead.")));
    }
    for person in &others {
        active::require(tx, who.organisation, *person).await?;
        blocking::must_be_addable(tx, who, *person).await?;
    }
    let id = insert(
        tx,
        New {
            organisation: who.organisation,
            kind: ConversationKind::Group,
            access: Access::Private,
            name: &name,
            topic: "",
            by: who.person,
        },
    )
    .await?;
    members::enrol(tx, id, who.person, Part::Owner).await?;
    for person in others {
        members::enrol(tx, id, person, Part::Member).await?;
    }
    conversations::announce_lines(tx, id).await?;
    record(tx, who, id, &name, ConversationSort::Group).await?;
    Ok(id)
}

/// The direct conversation with `person`: one per pair, whoever starts.
///
/// # Errors
/// 403 if it would be new and one of the two has blocked the other; 404 for an unknown person; 422 for oneself.
pub async fn direct(tx: &mut Tx, who: &Identity, person: PersonId) -> AppResult<ConversationId> {
    if person == who.person {
        return Err(AppError::invalid("person", "Choose somebody else."));
    }
    conversations::card(tx, who.organisation, person).await?;
    if let Some(known) = known_direct(tx, who.organisation, who.person, person).await? {
        return Ok(known);
    }
    active::require(tx, who.organisation, person).await?;
    blocking::must_be_reachable(tx, who, person).await?;
    let id = insert(
        tx,
        New {
            organisation: who.organisation,
            kind: ConversationKind::Direct,
            access: Access::Private,
            name: "",
            topic: "",
            by: who.person,
        },
    )
    .await?;
    sqlx::query("update conversations set direct_key = $2 where id = $1")
        .bind(id)
        .bind(pair(who.person, person))
        .execute(&mut **tx)
        .await?;
    members::enrol(tx, id, who.person, Part::Member).await?;
    members::enrol(tx, id, person, Part::Member).await?;
    conversations::announce_lines(tx, id).await?;
    record(tx, who, id, "", ConversationSort::Direct).await?;
    Ok(id)
}

/// The direct conversation of two people of an organisation, if they have one.
pub async fn known_direct(
    conn: &mut Conn,
    organisation: OrganisationId,
    one: PersonId,
    other: PersonId,
) -> AppResult<Option<ConversationId>> {
    let known = sqlx::query_scalar("select id from conversations where organisation_id = $1 and direct_key = $2")
        .bind(organisation)
        .bind(pair(one, other))
        .fetch_optional(conn)
        .await?;
    Ok(known)
}

/// The key of the conversation between two people, whoever comes first.
pub fn pair(one: PersonId, other: PersonId) -> String {
    format!("{}:{}", one.min(other), one.max(other))
}

/// The general room of the organisation, made if there is none yet.
pub async fn general(tx: &mut Tx, organisation: OrganisationId) -> AppResult<ConversationId> {
    let known: Option<ConversationId> = sqlx::query_scalar("select id from conversations where organisation_id = $1 and general")
        .bind(organisation)
        .fetch_optional(&mut **tx)
        .await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let id = sqlx::query_scalar(
        "insert into conversations (organisation_id, kind, access, general, name, topic, created_at)
         values ($1, 'room', 'open', true, 'General', 'For everyone', $2) returning id",
    )
    .bind(organisation)
    .bind(tx.now())
    .fetch_one(&mut **tx)
    .await?;
    Ok(id)
}

/// Changes name and topic of a room or group.
///
/// # Errors
/// 403 unless who asks owns it or runs the organisation; 404; 409 `name` if it is taken, or for direct conversations; 422.
pub async fn rename(tx: &mut Tx, who: &Identity, conversation: ConversationId, name: &str, topic: &str) -> AppResult<()> {
    let membership = conversations::readable_by(tx, who, conversation).await?;
    membership.must_be_run_by(who)?;
    let name = match membership.kind {
        ConversationKind::Direct => return Err(AppError::conflict("A direct conversation has no name.")),
        ConversationKind::Group => parse_group_name(name)?,
        // Everyone looks for it under this name.
        ConversationKind::Room if membership.general => membership.name.clone(),
        ConversationKind::Room => model::parse_room_name(name)?,
    };
    let topic = parse_topic(topic)?;
    if (name.as_str(), topic.as_str()) == (membership.name.as_str(), membership.topic.as_str()) {
        return Ok(());
    }
    sqlx::query("update conversations set name = $2, topic = $3 where id = $1")
        .bind(conversation)
        .bind(&name)
        .bind(&topic)
        .execute(&mut **tx)
        .await
        .map_err(name_taken)?;
    record_change(tx, who, &membership, &name, &topic).await?;
    tx.announce(conversation, &ConversationEvent::ConversationChanged(Conversation { name, topic, ..membership.conversation() }));
    if membership.kind == ConversationKind::Group {
        // The others' names stand in the line or leave it with the name.
        conversations::announce_lines(tx, conversation).await
    } else {
        // A room may have thousands of members: its head carries the name, and is not logged.
        tx.moved(conversation.0);
        Ok(())
    }
}

/// The open rooms of the organisation and one's own private ones, by name.
pub async fn list(conn: &mut Conn, who: &Identity) -> AppResult<Vec<RoomEntry>> {
    let rows: Vec<(ConversationId, Access, bool, String, String, i64, bool)> = sqlx::query_as(
        "select c.id, c.access, c.general, c.name, c.topic, c.member_count, m.person_id is not null
         from conversations c left join memberships m on m.conversation_id = c.id and m.person_id = $2
         where c.organisation_id = $1 and c.kind = 'room' and (c.access = 'open' or m.person_id is not null)
         order by c.general desc, lower(c.name), c.id",
    )
    .bind(who.organisation)
    .bind(who.person)
    .fetch_all(conn)
    .await?;
    let entry = |(id, access, general, name, topic, member_count, joined)| RoomEntry {
        conversation: Conversation { id, kind: ConversationKind::Room, access, general, name, topic },
        member_count,
        joined,
    };
    Ok(rows.into_iter().map(entry).collect())
}

async fn record(tx: &mut Tx, who: &Identity, conversation: ConversationId, name: &str, kind: ConversationSort) -> AppResult<()> {
    let made = Record::ConversationCreated { kind };
    tx.record(Activity::by(who, made, Subject::named(conversation.0, name)).within(conversation)).await
}

/// What it was called before is told only if it is called otherwise now.
async fn record_change(tx: &mut Tx, who: &Identity, membership: &Membership, name: &str, topic: &str) -> AppResult<()> {
    let changed = Record::ConversationChanged {
        from: (membership.name != name).then(|| membership.name.clone()),
        topic: (membership.topic != topic).then(|| topic.to_owned()),
    };
    tx.record(Activity::by(who, changed, Subject::named(membership.id.0, name)).within(membership.id)).await
}
