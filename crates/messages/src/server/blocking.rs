//! What follows when one person has blocked another: the two write each other nothing, and the blocked one brings the other into no
//! conversation. Who has blocked whom is a matter of the directory ([`blocks`]).

use super::{
    conversations::{self, Membership},
    rooms,
};
use crate::{
    live::{BlockChanged, Closed, ConversationEvent, PersonEvent},
    model::{ConversationKind, Rights},
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::PersonId,
    people::{Identity, Role},
};
use plenum_directory::server::{self as directory, blocks};
use plenum_store::db::{Conn, Tx};

/// Blocks `person`, or no longer. One's other tabs follow, and whoever has the conversation of the two on the screen.
///
/// # Errors
/// 404; 409 if one has blocked too many; 422 for oneself.
pub async fn set(tx: &mut Tx, who: &Identity, person: PersonId, blocked: bool) -> AppResult<()> {
    if !blocks::set(tx, who, person, blocked).await? {
        return Ok(());
    }
    tx.announce(who.person, &PersonEvent::BlockChanged(BlockChanged { person, blocked }));
    if let Some(conversation) = rooms::known_direct(tx, who.organisation, who.person, person).await? {
        let closed = blocks::between(tx, who.person, person).await?.any();
        tx.announce(conversation, &ConversationEvent::ClosedChanged(Closed { closed }));
    }
    Ok(())
}

/// True for a direct conversation of which one person has blocked the other.
pub async fn is_closed(conn: &mut Conn, membership: &Membership) -> AppResult<bool> {
    if membership.kind != ConversationKind::Direct {
        return Ok(false);
    }
    match conversations::member_ids(conn, membership.id).await?.as_slice() {
        [one, other] => Ok(blocks::between(conn, *one, *other).await?.any()),
        _ => Ok(false),
    }
}

/// That `who` may write in the conversation, which they have joined.
///
/// # Errors
/// 403.
pub async fn must_be_open(conn: &mut Conn, who: &Identity, membership: &Membership) -> AppResult<()> {
    let closed = is_closed(conn, membership).await?;
    require(conn, who, closed, "You cannot write to this person.").await
}

/// That `who` may begin a direct conversation with `person`.
///
/// # Errors
/// 403.
pub async fn must_be_reachable(conn: &mut Conn, who: &Identity, person: PersonId) -> AppResult<()> {
    let closed = blocks::between(conn, who.person, person).await?.any();
    require(conn, who, closed, "You cannot write to this person.").await
}

/// That `who` may add `person` to a conversation.
///
/// # Errors
/// 403.
pub async fn must_be_addable(conn: &mut Conn, who: &Identity, person: PersonId) -> AppResult<()> {
    let closed = blocks::between(conn, who.person, person).await?.by_second;
    require(conn, who, closed, "You cannot add this person.").await
}

async fn require(conn: &mut Conn, who: &Identity, closed: bool, refusal: &str) -> AppResult<()> {
    if !closed {
        return Ok(());
    }
    let admin = directory::has_role(conn, who.person, Role::Admin).await?;
    if (Rights { owner: false, admin }).may_write(closed) { Ok(()) } else { Err(AppError::forbidden(refusal)) }
}

/// Those of `people` who want to be told of what `author` says in this conversation. In a direct one that is closed only admins write, who
/// reach everyone.
pub async fn listening(conn: &mut Conn, membership: &Membership, author: PersonId, people: Vec<PersonId>) -> AppResult<Vec<PersonId>> {
    if membership.kind == ConversationKind::Direct { Ok(people) } else { blocks::without_blockers(conn, author, people).await }
}
