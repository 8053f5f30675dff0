//! Who is in a conversation: joining, leaving, inviting, removing, and who has read what.

use crate::{
    live::{ConversationEvent, Left, MemberChanged, PersonEvent},
    model::{Access, ConversationKind, Member, MemberEntry, POINTER_MEMBERS, Pointer, Readers},
};
use plenum_core::{
    activity::{Record, Subject},
    channels::Channel,
    error::{AppError, AppResult},
    ids::{ConversationId, MessageId, Millis, OrganisationId, PersonId},
    people::{Identity, PersonCard},
};
use plenum_store::{
    active,
    db::{Activity, Conn, Scope, Tx},
};
use plenum_web::search;

use super::{
    blocking,
    conversations::{self, Membership},
    news, stored,
};

/// Members of one page.
const PAGE: i64 = 100;
/// People in a group at the most; beyond, a room is the right thing.
pub const GROUP: i64 = 50;

/// The conversations that the person of the first parameter alone owns, in which others are.
macro_rules! owned_alone {
    () => {
        "from conversations c join memberships m on m.conversation_id = c.id and m.person_id = $1 and m.owner
         where c.space_id is null and c.kind <> 'direct' and c.member_count > 1 and not exists
           (select 1 from memberships o where o.conversation_id = c.id and o.owner and o.person_id <> $1)"
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: PersonId,
    name: String,
    hue: u8,
    owner: bool,
    shown_read: i64,
    delivered_number: i64,
}

impl Row {
    fn member(self, pointers: bool) -> Member {
        let pointer = Pointer { read: self.shown_read.unsigned_abs(), delivered: self.delivered_number.unsigned_abs() };
        Member {
            card: PersonCard { id: self.id, name: self.name, hue: self.hue },
            owner: self.owner,
            pointer: if pointers { pointer } else { Pointer::default() },
        }
    }
}

#[derive(sqlx::FromRow)]
struct Listed {
    #[sqlx(flatten)]
    row: Row,
    last_seen: Option<Millis>,
}

/// All members with their pointers, by id; none above [`POINTER_MEMBERS`].
pub async fn all(conn: &mut Conn, conversation: ConversationId, member_count: i64) -> AppResult<Vec<Member>> {
    if member_count > POINTER_MEMBERS {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = sqlx::query_as(
        "select p.id, p.name, p.hue, m.owner, m.shown_read, m.delivered_number
         from memberships m join people p on p.id = m.person_id where m.conversation_id = $1 order by p.id",
    )
    .bind(conversation)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.member(true)).collect())
}

/// A page of members by name, those whose name contains `query`. Last seen only where it is shown.
pub async fn page(conn: &mut Conn, who: &Identity, conversation: ConversationId, query: &str, offset: u32) -> AppResult<Vec<MemberEntry>> {
    let membership = conversations::readable_by(conn, who, conversation).await?;
    let rows: Vec<Listed> = sqlx::query_as(
        "select p.id, p.name, p.hue, m.owner, m.shown_read, m.delivered_number, (case when p.show_presence and not exists (
             select 1 from blocks b where (b.blocker_id = $5 and b.blocked_id = p.id) or (b.blocker_id = p.id and b.blocked_id = $5)
         ) then p.last_seen_at end) as last_seen
         from memberships m join people p on p.id = m.person_id
         where m.conversation_id = $1 and coalesce(p.name_folded, lower(p.name)) like $2 escape '\\' order by lower(p.name), p.id limit $3 offset $4",
    )
    .bind(conversation)
    .bind(search::containing(query))
    .bind(PAGE)
    .bind(offset)
    .bind(who.person)
    .fetch_all(conn)
    .await?;
    let pointers = membership.is_small();
    Ok(rows.into_iter().map(|listed| MemberEntry { member: listed.row.member(pointers), last_seen: listed.last_seen }).collect())
}

/// Who has read a message, as far as they let others see it; those who came later have not.
pub async fn readers(conn: &mut Conn, who: &Identity, message: MessageId) -> AppResult<Readers> {
    let (place, _) = stored::message_find(conn, who, message).await?;
    let count = sqlx::query_scalar(
        "select count(*) from memberships where conversation_id = $1 and shown_read >= $2 and person_id <> $3 and joined_at <= $4",
    )
    .bind(place.conversation_id)
    .bind(place.number)
    .bind(place.author_id)
    .bind(place.sent_at)
    .fetch_one(&mut *conn)
    .await?;
    let people: Vec<(PersonId, String, u8)> = sqlx::query_as(
        "select p.id, p.name, p.hue from memberships m join people p on p.id = m.person_id
         where m.conversation_id = $1 and m.shown_read >= $2 and m.person_id <> $3 and m.joined_at <= $4 order by lower(p.name), p.id limit 50",
    )
    .bind(place.conversation_id)
    .bind(place.number)
    .bind(place.author_id)
    .bind(place.sent_at)
    .fetch_all(conn)
    .await?;
    Ok(Readers { count, people: people.into_iter().map(|(id, name, hue)| PersonCard { id, name, hue }).collect() })
}

/// Whether a new member owns the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// May rename, invite and remove.
    Owner,
    /// Takes part.
    Member,
}

/// Makes `person` a member, to whom what was said before is not new, and tells the other members: these do not see it as read by
/// somebody who may never have looked at it. Nothing happens if they are one. True if they were not. The caller announces the lists.
pub async fn enrol(tx: &mut Tx, conversation: ConversationId, person: PersonId, part: Part) -> AppResult<bool> {
    let added = sqlx::query(
        "insert into memberships (conversation_id, person_id, owner, read_number, delivered_number, shown_read, joined_at)
         select id, $2, $3, head, head, 0, $4 from conversations where id = $1
         on conflict do nothing",
    )
    .bind(conversation)
    .bind(person)
    .bind(part == Part::Owner)
    .bind(tx.now())
    .execute(&mut **tx)
    .await?;
    if added.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("update conversations set member_count = member_count + 1 where id = $1").bind(conversation).execute(&mut **tx).await?;
    announce_member(tx, conversation, person).await?;
    Ok(true)
}

/// [`enrol`], and the conversation is in the list of `person`; in an unnamed group their name is in all lists.
pub async fn add(tx: &mut Tx, conversation: ConversationId, person: PersonId, part: Part) -> AppResult<bool> {
    if !enrol(tx, conversation, person, part).await? {
        return Ok(false);
    }
    if is_unnamed_group(tx, conversation).await? {
        conversations::announce_lines(tx, conversation).await?;
    } else {
        conversations::announce_line(tx, person, conversation).await?;
        tx.moved(conversation.0);
    }
    Ok(true)
}

async fn is_unnamed_group(conn: &mut Conn, conversation: ConversationId) -> AppResult<bool> {
    Ok(sqlx::query_scalar("select kind = 'group' and name = '' from conversations where id = $1")
        .bind(conversation)
        .fetch_one(conn)
        .await?)
}

/// Announces a member as they are now.
pub(super) async fn announce_member(tx: &mut Tx, conversation: ConversationId, person: PersonId) -> AppResult<()> {
    let member_count: i64 =
        sqlx::query_scalar("select member_count from conversations where id = $1").bind(conversation).fetch_one(&mut **tx).await?;
    let row: Row = sqlx::query_as(
        "select p.id, p.name, p.hue, m.owner, m.shown_read, m.delivered_number
         from memberships m join people p on p.id = m.person_id where m.conversation_id = $1 and m.person_id = $2",
    )
    .bind(conversation)
    .bind(person)
    .fetch_one(&mut **tx)
    .await?;
    let member = row.member(member_count <= POINTER_MEMBERS);
    tx.announce(conversation, &ConversationEvent::MemberJoined(MemberChanged { member, member_count }));
    Ok(())
}

/// Ends the membership of `person`: for the others, in their list, and on the wire; `how` is what is recorded of it.
pub(super) async fn end(tx: &mut Tx, membership: &Membership, person: PersonId, how: Activity) -> AppResult<()> {
    let conversation = membership.id;
    let card = conversations::card(tx, membership.organisation_id, person).await?;
    let owner: Option<(bool,)> = sqlx::query_as("delete from memberships where conversation_id = $1 and person_id = $2 returning owner")
        .bind(conversation)
        .bind(person)
        .fetch_optional(&mut **tx)
        .await?;
    let Some((owner,)) = owner else { return Ok(()) };
    let member_count: i64 =
        sqlx::query_scalar("update conversations set member_count = member_count - 1 where id = $1 returning member_count")
            .bind(conversation)
            .fetch_one(&mut **tx)
            .await?;
    let member = Member { card, owner: false, pointer: Pointer::default() };
    tx.announce(conversation, &ConversationEvent::MemberLeft(MemberChanged { member, member_count }));
    tx.announce(person, &PersonEvent::ConversationLeft(Left { conversation }));
    // In commit order: they hear of their leaving, and of nothing after it.
    let channels = [Channel::Conversation(conversation), Channel::ConversationPresence(conversation)];
    tx.revoke(person, Scope::Channels(channels.map(|channel| channel.to_string()).to_vec()));
    tx.record(how.within(conversation)).await?;
    if owner {
        pass_on(tx, membership).await?;
    }
    if member_count == POINTER_MEMBERS {
        // Pages keep no members above the limit; now that they do again, they need all.
        for member in all(tx, conversation, member_count).await? {
            tx.announce(conversation, &ConversationEvent::MemberJoined(MemberChanged { member, member_count }));
        }
    }
    if membership.is_unnamed_group() {
        conversations::announce_lines(tx, conversation).await?;
    }
    Ok(())
}

/// Ends the next membership of `person`, but for direct conversations, which stay readable for the other one. False if there is none.
pub async fn end_next(tx: &mut Tx, organisation: OrganisationId, person: PersonId) -> AppResult<bool> {
    let next: Option<ConversationId> = sqlx::query_scalar(
        "select m.conversation_id from memberships m join conversations c on c.id = m.conversation_id
         where m.person_id = $1 and c.kind <> 'direct' order by m.conversation_id limit 1",
    )
    .bind(person)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(conversation) = next else { return Ok(false) };
    let membership = conversations::readable(tx, person, organisation, conversation).await?;
    let left = Activity::new(organisation, Some(person), Record::MemberLeft, Subject::named(conversation.0, &membership.name));
    end(tx, &membership, person, left).await?;
    Ok(true)
}

/// Lets `successor` own the next conversation that `person` alone owns; whoever is not in it comes in. Rooms of spaces follow those who run the
/// space. False if there is none.
pub async fn pass_on_next(tx: &mut Tx, organisation: OrganisationId, person: PersonId, successor: PersonId) -> AppResult<bool> {
    let next: Option<ConversationId> = sqlx::query_scalar(concat!("select c.id ", owned_alone!(), " order by c.id limit 1"))
        .bind(person)
        .fetch_optional(&mut **tx)
        .await?;
    let Some(conversation) = next else { return Ok(false) };
    add(tx, conversation, successor, Part::Owner).await?;
    sqlx::query("update memberships set owner = (person_id = $2) where conversation_id = $1 and person_id in ($2, $3)")
        .bind(conversation)
        .bind(successor)
        .bind(person)
        .execute(&mut **tx)
        .await?;
    for one in [person, successor] {
        announce_member(tx, conversation, one).await?;
        conversations::announce_line(tx, one, conversation).await?;
    }
    let membership = conversations::readable(tx, successor, organisation, conversation).await?;
    record(tx, None, Record::OwnerChanged, &membership, Some(successor)).await?;
    Ok(true)
}

/// How many conversations `person` alone owns.
pub async fn owned_alone(conn: &mut Conn, person: PersonId) -> AppResult<i64> {
    Ok(sqlx::query_scalar(concat!("select count(*) ", owned_alone!())).bind(person).fetch_one(conn).await?)
}

/// If no owner is left, who has been there longest becomes one.
async fn pass_on(tx: &mut Tx, membership: &Membership) -> AppResult<()> {
    let conversation = membership.id;
    let heir: Option<PersonId> = sqlx::query_scalar(
        "update memberships set owner = true
         where conversation_id = $1 and not exists (select 1 from memberships where conversation_id = $1 and owner)
           and person_id = (select person_id from memberships where conversation_id = $1 order by joined_at, person_id limit 1)
         returning person_id",
    )
    .bind(conversation)
    .fetch_optional(&mut **tx)
    .await?;
    match heir {
        Some(heir) => {
            announce_member(tx, conversation, heir).await?;
            record(tx, None, Record::OwnerChanged, membership, Some(heir)).await
        }
        None => Ok(()),
    }
}

/// Joins an open room. An empty one gets an owner again.
///
/// # Errors
/// 404 if there is no such room for who asks. Joining twice is no error.
pub async fn join(tx: &mut Tx, who: &Identity, conversation: ConversationId) -> AppResult<()> {
    let membership = conversations::readable_by(tx, who, conversation).await?;
    let part = if membership.member_count == 0 && !membership.general { Part::Owner } else { Part::Member };
    if add(tx, conversation, who.person, part).await? {
        record(tx, Some(who), Record::MemberJoined, &membership, None).await?;
    }
    Ok(())
}

/// Leaves a room or group.
///
/// # Errors
/// 404; 409 for the general room and direct conversations.
pub async fn leave(tx: &mut Tx, who: &Identity, conversation: ConversationId) -> AppResult<()> {
    let membership = conversations::joined_by(tx, who, conversation).await?;
    must_be_leavable(&membership)?;
    end(tx, &membership, who.person, Activity::by(who, Record::MemberLeft, Subject::named(conversation.0, &membership.name))).await
}

/// Adds `person` of the same organisation.
///
/// # Errors
/// 403 unless who asks is a member, and an owner if the room is private, and for somebody who has blocked them; 404; 409 for direct conversations and full groups.
pub async fn invite(tx: &mut Tx, who: &Identity, conversation: ConversationId, person: PersonId) -> AppResult<()> {
    let membership = conversations::readable_by(tx, who, conversation).await?;
    if !membership.joined {
        return Err(AppError::forbidden("Join the room to invite others."));
    }
    match (membership.kind, membership.access) {
        (ConversationKind::Direct, _) => return Err(AppError::conflict("A direct conversation is between two. Start a group instead.")),
        (ConversationKind::Room, Access::Private) => membership.must_be_run_by(who)?,
        (ConversationKind::Group, _) if membership.member_count >= GROUP => {
            return Err(AppError::conflict(format!("A group has at most {GROUP} people. Make a room instead.")));
        }
        _ => {}
    }
    active::require(tx, who.organisation, person).await?;
    blocking::must_be_addable(tx, who, person).await?;
    if add(tx, conversation, person, Part::Member).await? {
        record(tx, Some(who), Record::MemberInvited, &membership, Some(person)).await?;
        news::added(tx, &membership, (who.person, &who.name), person).await?;
    }
    Ok(())
}

/// Removes `person`. Removing who is not there is no error.
///
/// # Errors
/// 403 unless who asks owns the conversation or runs the organisation; 404; 409 for the general room and direct conversations.
pub async fn remove(tx: &mut Tx, who: &Identity, conversation: ConversationId, person: PersonId) -> AppResult<()> {
    let membership = conversations::readable_by(tx, who, conversation).await?;
    membership.must_be_run_by(who)?;
    must_be_leavable(&membership)?;
    conversations::card(tx, who.organisation, person).await?;
    if conversations::may_join_channel(tx, person, conversation).await? {
        let removed = Activity::by(who, Record::MemberRemoved, Subject::named(conversation.0, &membership.name));
        end(tx, &membership, person, removed.about(person)).await?;
    }
    Ok(())
}

fn must_be_leavable(membership: &Membership) -> AppResult<()> {
    if membership.general {
        return Err(AppError::conflict("Everyone is in the general room; it cannot be left."));
    }
    if membership.kind == ConversationKind::Direct {
        return Err(AppError::conflict("A direct conversation cannot be left. Mute it instead."));
    }
    Ok(())
}

async fn record(tx: &mut Tx, who: Option<&Identity>, record: Record, membership: &Membership, about: Option<PersonId>) -> AppResult<()> {
    let subject = Subject::named(membership.id.0, &membership.name);
    let activity = Activity::new(membership.organisation_id, who.map(|who| who.person), record, subject);
    tx.record(about.into_iter().fold(activity, Activity::about).within(membership.id)).await
}

/// Brings a new person into the general room of their organisation, which is made if there is none yet.
pub async fn welcome(tx: &mut Tx, person: PersonId, organisation: OrganisationId) -> AppResult<()> {
    let general = super::rooms::general(tx, organisation).await?;
    add(tx, general, person, Part::Member).await?;
    Ok(())
}
