//! The rooms of spaces: by invitation, with the space's name and its members.

use super::{
    conversations, markdown,
    members::{self, Part},
};
use crate::{
    live::ConversationEvent,
    model::{Access, Conversation, ConversationKind},
};
use plenum_core::{
    activity::{Record, Subject},
    error::AppResult,
    ids::{ConversationId, OrganisationId, PersonId, SpaceId},
};
use plenum_store::db::{Activity, Tx};

/// Makes the room of a space.
pub async fn create_room(tx: &mut Tx, organisation: OrganisationId, space: SpaceId, name: &str) -> AppResult<ConversationId> {
    let made = sqlx::query_scalar(
        "insert into conversations (organisation_id, kind, access, name, topic, space_id, created_at) values ($1, 'room', 'private', $2, '', $3, $4)
         returning id",
    );
    Ok(made.bind(organisation).bind(name).bind(space).bind(tx.now()).fetch_one(&mut **tx).await?)
}

/// Gives the room of a space another name.
pub async fn rename_room(tx: &mut Tx, room: ConversationId, name: &str) -> AppResult<()> {
    let row: Option<(Access, String)> =
        sqlx::query_as("update conversations set name = $2 where id = $1 and name <> $2 returning access, topic")
            .bind(room)
            .bind(name)
            .fetch_optional(&mut **tx)
            .await?;
    if let Some((access, topic)) = row {
        let kind = ConversationKind::Room;
        tx.announce(
            room,
            &ConversationEvent::ConversationChanged(Conversation { id: room, kind, access, general: false, name: name.to_owned(), topic }),
        );
        tx.moved(room.0);
    }
    Ok(())
}

/// Lets `person` into the room; nothing happens if they are there.
pub async fn enrol(tx: &mut Tx, room: ConversationId, person: PersonId, owner: bool) -> AppResult<()> {
    members::add(tx, room, person, if owner { Part::Owner } else { Part::Member }).await.map(drop)
}

/// Whether `person`, who is in the room, runs it.
pub async fn set_owner(tx: &mut Tx, room: ConversationId, person: PersonId, owner: bool) -> AppResult<()> {
    let changed = sqlx::query("update memberships set owner = $3 where conversation_id = $1 and person_id = $2 and owner <> $3")
        .bind(room)
        .bind(person)
        .bind(owner)
        .execute(&mut **tx)
        .await?;
    if changed.rows_affected() > 0 { members::announce_member(tx, room, person).await } else { Ok(()) }
}

/// Ends that `person` is in the room, at once; nothing happens if they are not.
pub async fn dismiss(tx: &mut Tx, organisation: OrganisationId, room: ConversationId, person: PersonId) -> AppResult<()> {
    if !conversations::may_join_channel(tx, person, room).await? {
        return Ok(());
    }
    let membership = conversations::readable(tx, person, organisation, room).await?;
    let subject = Subject::named(room.0, &membership.name);
    members::end(tx, &membership, person, Activity::new(organisation, None, Record::MemberRemoved, subject).about(person)).await
}

/// What people write about an event, as HTML: the Markdown of messages, without mentions.
pub fn rendered(text: &str) -> String {
    markdown::render(text, &[]).html
}
