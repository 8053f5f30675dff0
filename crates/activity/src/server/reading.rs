//! Feeds: what of the record somebody may see.

use sqlx::QueryBuilder;

use crate::model::{Feed, Opened, PAGE, Scope};
use plenum_core::{
    activity::{Item, Topic},
    channels::Channel,
    cursor::Epoch,
    error::AppResult,
    ids::{ActivityId, ConversationId},
    live::Snapshot,
    people::Identity,
};
use plenum_directory::server::search;
use plenum_messages::server as messages;
use plenum_store::{
    activity::{COLUMNS, Row, SOURCE, head},
    db::{Conn, Db, push_list},
    log,
};

/// Items that one question for "all down to there" brings at the most.
const AT_ONCE: usize = 400;

/// Which part of a feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// Below this item.
    pub before: Option<ActivityId>,
    /// All from this one on instead of a page.
    pub floor: Option<ActivityId>,
}

/// A part of the feed `scope`, with where its channels stand.
///
/// # Errors
/// 404 if there is no such conversation or person, or not for who asks.
pub async fn open(
    conn: &mut Conn,
    who: &Identity,
    epoch: &Epoch,
    scope: Scope,
    topic: Option<Topic>,
    part: Part,
) -> AppResult<Snapshot<Opened>> {
    let own = [Channel::Person(who.person), Channel::Organisation(who.organisation)];
    let (name, followed, channels) = match scope {
        Scope::Today => (String::new(), true, own),
        Scope::Person(person) => (search::one(conn, who, person).await?.card.name, true, own),
        Scope::Conversation(id) => {
            let standing = messages::readable_by(conn, who, id).await?;
            (standing.name, standing.joined, [Channel::Conversation(id), Channel::Organisation(who.organisation)])
        }
    };
    let feed = feed(conn, who, scope, topic, part).await?;
    let cursors = log::cursors(conn, epoch, &channels).await?;
    Ok(Snapshot { state: Opened { feed, name, followed }, cursors })
}

/// The feed itself; whoever calls has seen to it that `who` may see it.
pub async fn feed(conn: &mut Conn, who: &Identity, scope: Scope, topic: Option<Topic>, part: Part) -> AppResult<Feed> {
    let mut query = QueryBuilder::<Db>::new("select ");
    query.push(COLUMNS).push(" from ").push(SOURCE).push(" where ");
    match scope {
        Scope::Today => {
            query.push("a.organisation_id = ").push_bind(who.organisation).push(" and a.audience <> 'admins' and ");
            visible(&mut query, who, "not m.muted");
            query.push(" and ").push(BY).push(" <> ").push_bind(who.person);
        }
        Scope::Conversation(id) => {
            query.push("a.conversation_id = ").push_bind(id).push(" and a.audience = 'conversation'");
        }
        Scope::Person(person) => {
            query.push("a.organisation_id = ").push_bind(who.organisation).push(" and a.person_id = ").push_bind(person);
            query.push(" and a.audience <> 'admins' and ");
            visible(&mut query, who, "true");
        }
    }
    if let Some(topic) = topic {
        query.push(" and a.verb in ");
        push_list(&mut query, topic.verbs().map(|verb| verb.into_str()));
    }
    if let Some(before) = part.before {
        query.push(" and a.id < ").push_bind(before);
    }
    if let Some(floor) = part.floor {
        query.push(" and a.id >= ").push_bind(floor);
    }
    let most = if part.floor.is_some() { AT_ONCE } else { PAGE };
    query.push(" order by a.id desc limit ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
    let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *conn).await?;
    let full = rows.len() == most;
    let items: Vec<Item> = rows.into_iter().filter_map(Row::for_feeds).collect();
    let oldest = items.last().filter(|_| full).map(|item| item.id);
    let floor = oldest.or(part.floor).unwrap_or(ActivityId(0));
    let head = head(conn, who.organisation).await?;
    let muted: Vec<ConversationId> = if scope == Scope::Today {
        let muted = "select conversation_id from memberships where person_id = $1 and muted order by conversation_id";
        sqlx::query_scalar(muted).bind(who.person).fetch_all(conn).await?
    } else {
        Vec::new()
    };
    Ok(Feed::new(scope, topic, items, floor, head, muted))
}

/// Whose act a row is: a broadcast is its sender's, though Plenum sends it ([`Item::is_of`]).
const BY: &str = "coalesce(a.person_id, case when a.verb = 'broadcast.started' then a.about_id end, 0)";

/// `who` may see the row. A `case`, so that the rows are read in their order, and only until there are enough.
fn visible(query: &mut QueryBuilder<Db>, who: &Identity, membership: &'static str) {
    query.push("case a.audience when 'organisation' then true when 'person' then a.about_id = ").push_bind(who.person);
    query.push(
        " when 'conversation' then exists (select 1 from memberships m where m.conversation_id = a.conversation_id and m.person_id = ",
    );
    query.push_bind(who.person).push(" and ").push(membership).push(") else false end");
}

/// The newest of a conversation's feed, the newest first.
pub(super) async fn of_conversation(conn: &mut Conn, conversation: ConversationId, most: usize) -> AppResult<Vec<Item>> {
    let statement =
        format!("select {COLUMNS} from {SOURCE} where a.conversation_id = $1 and a.audience = 'conversation' order by a.id desc limit $2");
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(statement))
        .bind(conversation)
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(Row::for_feeds).collect())
}
