//! The heads that people follow without subscribing: a conversation's name and last message, for
//! the lists of its connected members. Not logged: the newest is enough, and the log must not keep
//! a text that may be deleted.

use futures::future::BoxFuture;

use crate::{
    live::{Head, PersonEvent},
    model::{GONE, Preview},
};
use plenum_core::{
    error::AppResult,
    ids::{ConversationId, Millis, PersonId},
    people::PersonCard,
};
use plenum_live::heads::{HeadEvent, Heads};
use plenum_store::db::{Conn, Store};

use super::{conversations, markdown, stored::signed};

/// Conversations, as the live layer follows them.
#[derive(Clone)]
pub struct ConversationHeads {
    store: Store,
}

impl ConversationHeads {
    /// Reads heads from `store`.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Heads for ConversationHeads {
    fn head(&self, subject: i64) -> BoxFuture<'_, AppResult<Option<HeadEvent>>> {
        Box::pin(async move {
            let mut tx = self.store.read().await?;
            let conversation = ConversationId(subject);
            let Some(head) = read(&mut tx, conversation).await? else { return Ok(None) };
            let people = conversations::member_ids(&mut tx, conversation).await?;
            Ok(Some(HeadEvent::of(&PersonEvent::HeadMoved(head), people)))
        })
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    topic: String,
    head: i64,
    text: Option<String>,
    sent_at: Option<Millis>,
    author_id: Option<PersonId>,
    author_name: Option<String>,
    author_hue: Option<u8>,
}

/// The head of `conversation` now.
async fn read(conn: &mut Conn, conversation: ConversationId) -> AppResult<Option<Head>> {
    let row: Option<Row> = sqlx::query_as(
        "select c.name, c.topic, c.head, substr(last.text, 1, 400) as text, last.sent_at, author.id as author_id, author.name as author_name, author.hue as author_hue
         from conversations c left join messages last on last.conversation_id = c.id and last.number = c.head
         left join people author on author.id = last.author_id where c.id = $1",
    )
    .bind(conversation)
    .fetch_optional(&mut *conn)
    .await?;
    let gone: Vec<i64> = sqlx::query_scalar(
        "select number from messages where conversation_id = $1 and number > $2 and deleted_at is not null order by number",
    )
    .bind(conversation)
    .bind(row.as_ref().map_or(0, |row| row.head) - signed(GONE))
    .fetch_all(conn)
    .await?;
    Ok(row.map(|row| {
        let number = row.head.unsigned_abs();
        let author = row.author_id.zip(row.author_name).zip(row.author_hue).map(|((id, name), hue)| PersonCard { id, name, hue });
        let text = markdown::preview(row.text.as_deref().unwrap_or_default());
        Head {
            conversation,
            name: row.name,
            topic: row.topic,
            head: number,
            last: author.zip(row.sent_at).map(|(author, at)| Preview { number, author, text, at }),
            gone: gone.into_iter().map(i64::unsigned_abs).collect(),
        }
    }))
}
