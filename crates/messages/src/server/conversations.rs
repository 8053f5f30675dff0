//! Who may see which conversation, and what the list of conversations shows of it.

use std::collections::BTreeMap;

use crate::{
    live::PersonEvent,
    model::{Access, Conversation, ConversationKind, GONE, Line, Own, POINTER_MEMBERS, Preview, Rights},
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{ConversationId, Millis, OrganisationId, PersonId},
    people::{Identity, PersonCard, Role},
    sorted::SortedMap,
};
use plenum_store::db::{Conn, Tx};

use super::{markdown, stored::signed};

/// A conversation as one person stands to it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Membership {
    pub id: ConversationId,
    pub organisation_id: OrganisationId,
    pub kind: ConversationKind,
    pub access: Access,
    pub general: bool,
    pub name: String,
    pub topic: String,
    pub head: i64,
    pub member_count: i64,
    pub joined: bool,
    pub owner: bool,
    pub read_number: i64,
    pub delivered_number: i64,
    pub shown_read: i64,
    pub unread_from: Option<i64>,
    pub muted: bool,
    pub person_name: String,
    pub person_hue: u8,
}

impl Membership {
    /// The card of `person`, whose membership it is.
    pub fn card(&self, person: PersonId) -> PersonCard {
        PersonCard { id: person, name: self.person_name.clone(), hue: self.person_hue }
    }

    /// The conversation's own properties.
    pub fn conversation(&self) -> Conversation {
        Conversation {
            id: self.id,
            kind: self.kind,
            access: self.access,
            general: self.general,
            name: self.name.clone(),
            topic: self.topic.clone(),
        }
    }

    /// What is the person's own; `None` if they have not joined.
    pub fn own(&self) -> Option<Own> {
        self.joined.then(|| own(self.read_number, self.unread_from, self.muted))
    }

    /// True if pointers of its members are shown and announced.
    pub fn is_small(&self) -> bool {
        self.member_count <= POINTER_MEMBERS
    }

    /// True for groups whose name is made of their members' names.
    pub fn is_unnamed_group(&self) -> bool {
        self.kind == ConversationKind::Group && self.name.is_empty()
    }

    /// 403 unless the person is a member.
    pub fn must_have_joined(&self) -> AppResult<()> {
        if self.joined { Ok(()) } else { Err(AppError::forbidden("Join the room to write in it.")) }
    }

    /// What `who`, whose membership it is, may do in it.
    pub fn rights(&self, who: &Identity) -> Rights {
        Rights { owner: self.owner, admin: who.has(Role::Admin) }
    }

    /// 403 unless the person owns the conversation or runs the organisation.
    pub fn must_be_run_by(&self, who: &Identity) -> AppResult<()> {
        if self.rights(who).runs() { Ok(()) } else { Err(AppError::forbidden("Only an owner of this conversation can do that.")) }
    }
}

/// Row values to [`Own`].
pub fn own(read: i64, unread_from: Option<i64>, muted: bool) -> Own {
    Own { read: read.unsigned_abs(), unread_from: unread_from.map(i64::unsigned_abs), muted }
}

/// The conversation, if `person` may read it: its members, and everyone in the organisation if it is an open room.
pub async fn readable(
    conn: &mut Conn,
    person: PersonId,
    organisation: OrganisationId,
    conversation: ConversationId,
) -> AppResult<Membership> {
    let membership: Option<Membership> = sqlx::query_as(
        "select c.id, c.organisation_id, c.kind, c.access, c.general, c.name, c.topic, c.head, c.member_count,
                m.person_id is not null as joined, coalesce(m.owner, false) as owner, coalesce(m.read_number, 0) as read_number,
                coalesce(m.delivered_number, 0) as delivered_number, coalesce(m.shown_read, 0) as shown_read, m.unread_from, coalesce(m.muted, false) as muted,
                p.name as person_name, p.hue as person_hue
         from conversations c join people p on p.id = $2 left join memberships m on m.conversation_id = c.id and m.person_id = $2
         where c.id = $1 and c.organisation_id = $3",
    )
    .bind(conversation)
    .bind(person)
    .bind(organisation)
    .fetch_optional(conn)
    .await?;
    membership
        .filter(|membership| membership.joined || (membership.kind == ConversationKind::Room && membership.access == Access::Open))
        .ok_or_else(|| AppError::no_such("conversation"))
}

/// The same for who asks.
pub async fn readable_by(conn: &mut Conn, who: &Identity, conversation: ConversationId) -> AppResult<Membership> {
    readable(conn, who.person, who.organisation, conversation).await
}

/// The conversation, if who asks is a member: 404 for all others.
pub async fn joined_by(conn: &mut Conn, who: &Identity, conversation: ConversationId) -> AppResult<Membership> {
    let membership = readable_by(conn, who, conversation).await?;
    if membership.joined { Ok(membership) } else { Err(AppError::no_such("conversation")) }
}

/// May `person` follow the conversation live? Only its members may, in open rooms too.
pub async fn may_join_channel(conn: &mut Conn, person: PersonId, conversation: ConversationId) -> AppResult<bool> {
    let row: Option<(i64,)> = sqlx::query_as("select person_id from memberships where conversation_id = $1 and person_id = $2")
        .bind(conversation)
        .bind(person)
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// All members, by id.
pub async fn member_ids(conn: &mut Conn, conversation: ConversationId) -> AppResult<Vec<PersonId>> {
    Ok(sqlx::query_scalar("select person_id from memberships where conversation_id = $1 order by person_id")
        .bind(conversation)
        .fetch_all(conn)
        .await?)
}

/// The card of a person of the organisation; 404 for all others.
pub async fn card(conn: &mut Conn, organisation: OrganisationId, person: PersonId) -> AppResult<PersonCard> {
    let row: Option<(String, u8)> = sqlx::query_as("select name, hue from people where id = $1 and organisation_id = $2")
        .bind(person)
        .bind(organisation)
        .fetch_optional(conn)
        .await?;
    let (name, hue) = row.ok_or_else(|| AppError::no_such("person"))?;
    Ok(PersonCard { id: person, name, hue })
}

#[derive(sqlx::FromRow)]
struct LineRow {
    id: ConversationId,
    kind: ConversationKind,
    access: Access,
    general: bool,
    name: String,
    topic: String,
    head: i64,
    read_number: i64,
    unread_from: Option<i64>,
    muted: bool,
    text: Option<String>,
    sent_at: Option<Millis>,
    author_id: Option<PersonId>,
    author_name: Option<String>,
    author_hue: Option<u8>,
}

/// The lines of the conversations of `person`; of one conversation only, if it is given.
pub async fn lines(conn: &mut Conn, person: PersonId, only: Option<ConversationId>) -> AppResult<SortedMap<ConversationId, Line>> {
    let rows: Vec<LineRow> = sqlx::query_as(
        "select c.id, c.kind, c.access, c.general, c.name, c.topic, c.head, m.read_number, m.unread_from, m.muted,
                substr(last.text, 1, 400) as text, last.sent_at, author.id as author_id, author.name as author_name, author.hue as author_hue
         from memberships m join conversations c on c.id = m.conversation_id
         left join messages last on last.conversation_id = c.id and last.number = c.head
         left join people author on author.id = last.author_id
         where m.person_id = $1 and (cast($2 as bigint) is null or m.conversation_id = $2)",
    )
    .bind(person)
    .bind(only)
    .fetch_all(&mut *conn)
    .await?;
    let unnamed = rows.iter().any(|row| row.name.is_empty());
    let mut others = if unnamed { others(conn, person, only).await? } else { BTreeMap::new() };
    let mut gone = gone(conn, person, only).await?;
    let line = |row: LineRow| {
        let id = row.id;
        (id, line(others.remove(&id).unwrap_or_default(), gone.remove(&id).unwrap_or_default(), row))
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Of the last messages of the conversations of `person`, those that are deleted.
async fn gone(conn: &mut Conn, person: PersonId, only: Option<ConversationId>) -> AppResult<BTreeMap<ConversationId, Vec<u64>>> {
    let rows: Vec<(ConversationId, i64)> = sqlx::query_as(
        "select c.id, d.number from memberships m join conversations c on c.id = m.conversation_id
         join messages d on d.conversation_id = c.id and d.number > c.head - $3 and d.deleted_at is not null
         where m.person_id = $1 and (cast($2 as bigint) is null or m.conversation_id = $2) order by c.id, d.number",
    )
    .bind(person)
    .bind(only)
    .bind(signed(GONE))
    .fetch_all(conn)
    .await?;
    let mut gone: BTreeMap<ConversationId, Vec<u64>> = BTreeMap::new();
    for (conversation, number) in rows {
        gone.entry(conversation).or_default().push(number.unsigned_abs());
    }
    Ok(gone)
}

fn line(others: Vec<PersonCard>, gone: Vec<u64>, row: LineRow) -> Line {
    let head = row.head.unsigned_abs();
    let last = row.author_id.zip(row.author_name).zip(row.author_hue).zip(row.sent_at).map(|(((id, name), hue), at)| Preview {
        number: head,
        author: PersonCard { id, name, hue },
        text: markdown::preview(row.text.as_deref().unwrap_or_default()),
        at,
    });
    Line {
        conversation: Conversation {
            id: row.id,
            kind: row.kind,
            access: row.access,
            general: row.general,
            name: row.name,
            topic: row.topic,
        },
        others,
        head,
        last,
        gone,
        own: own(row.read_number, row.unread_from, row.muted),
    }
}

/// The other people of the direct conversations and unnamed groups of `person`: up to four each, by id.
pub async fn others(
    conn: &mut Conn,
    person: PersonId,
    only: Option<ConversationId>,
) -> AppResult<BTreeMap<ConversationId, Vec<PersonCard>>> {
    let rows: Vec<(ConversationId, PersonId, String, u8)> = sqlx::query_as(
        "select other.conversation_id, p.id, p.name, p.hue
         from memberships mine join conversations c on c.id = mine.conversation_id
         join memberships other on other.conversation_id = c.id join people p on p.id = other.person_id
         where mine.person_id = $1 and (cast($2 as bigint) is null or mine.conversation_id = $2) and c.name = '' and other.person_id <> $1
         order by other.conversation_id, p.id",
    )
    .bind(person)
    .bind(only)
    .fetch_all(conn)
    .await?;
    let mut others: BTreeMap<ConversationId, Vec<PersonCard>> = BTreeMap::new();
    for (conversation, id, name, hue) in rows {
        let cards = others.entry(conversation).or_default();
        if cards.len() < 4 {
            cards.push(PersonCard { id, name, hue });
        }
    }
    Ok(others)
}

/// Announces the conversation to `person` as it stands in their list now. The logged event has no
/// preview: the log must not keep a text that may be deleted (the caller calls `tx.moved`, and the
/// head, which is not logged, brings it).
pub async fn announce_line(tx: &mut Tx, person: PersonId, conversation: ConversationId) -> AppResult<()> {
    if let Some(mut line) = lines(tx, person, Some(conversation)).await?.remove(&conversation) {
        line.last = None;
        line.gone = Vec::new();
        tx.announce(person, &PersonEvent::ConversationAdded(line));
    }
    Ok(())
}

/// Announces the conversation to all its members; only for groups, which are small.
pub async fn announce_lines(tx: &mut Tx, conversation: ConversationId) -> AppResult<()> {
    for person in member_ids(tx, conversation).await? {
        announce_line(tx, person, conversation).await?;
    }
    tx.moved(conversation.0);
    Ok(())
}
