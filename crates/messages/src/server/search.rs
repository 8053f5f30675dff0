//! Search over one's own conversations. All that is SQLite's FTS5 is in this file.

use crate::model::{Found, HITS};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{ConversationId, MessageId, Millis, PersonId},
    people::{Identity, PersonCard},
};
use plenum_store::db::Conn;

use super::conversations;

/// Words of a query at the most.
const WORDS: usize = 12;
/// Around each hit in an excerpt; text that has them itself is only cut differently.
const OPEN: char = '\u{2}';
const CLOSE: char = '\u{3}';

/// Puts a message into the index.
pub async fn add(conn: &mut Conn, message: MessageId, text: &str) -> AppResult<()> {
    sqlx::query("insert into message_search (rowid, text) values ($1, $2)").bind(message).bind(text).execute(conn).await?;
    Ok(())
}

/// Takes a message out of the index; `text` is what was put in.
pub async fn remove(conn: &mut Conn, message: MessageId, text: &str) -> AppResult<()> {
    sqlx::query("insert into message_search (message_search, rowid, text) values ('delete', $1, $2)")
        .bind(message)
        .bind(text)
        .execute(conn)
        .await?;
    Ok(())
}

/// Builds the index anew from all messages, after they were written without it.
pub async fn rebuild(conn: &mut Conn) -> AppResult<()> {
    sqlx::query("insert into message_search (message_search) values ('rebuild')").execute(conn).await?;
    Ok(())
}

/// The words of `query` as quoted prefix terms, so that nothing in it is syntax; `None` if it has none.
fn terms(query: &str) -> Option<String> {
    let words =
        query.split(|c: char| c.is_whitespace() || c.is_control() || c == '"').filter(|word| word.chars().any(char::is_alphanumeric));
    let terms: Vec<String> = words.take(WORDS).map(|word| format!("\"{word}\"*")).collect();
    (!terms.is_empty()).then(|| terms.join(" "))
}

#[derive(sqlx::FromRow)]
struct Hit {
    message_id: MessageId,
    conversation_id: ConversationId,
    name: String,
    number: i64,
    author_id: PersonId,
    author_name: String,
    author_hue: u8,
    sent_at: Millis,
    excerpt: String,
}

/// Messages in the conversations of who asks that have all words of `query`, newest first.
///
/// # Errors
/// 422 `query` if there is no word in it.
pub async fn find(conn: &mut Conn, who: &Identity, query: &str, before: Option<MessageId>) -> AppResult<Vec<Found>> {
    let terms = terms(query).ok_or_else(|| AppError::invalid("query", "Enter a word to search for."))?;
    // `cross join` keeps this order: the index gives the newest first and stops at the limit.
    let hits: Vec<Hit> = sqlx::query_as(
        "select m.id as message_id, m.conversation_id, c.name, m.number, p.id as author_id, p.name as author_name, p.hue as author_hue, m.sent_at,
                snippet(message_search, 0, char(2), char(3), '…', 24) as excerpt
         from message_search cross join messages m on m.id = message_search.rowid
         cross join memberships mine on mine.conversation_id = m.conversation_id and mine.person_id = $2
         cross join conversations c on c.id = m.conversation_id cross join people p on p.id = m.author_id
         where message_search match $1 and message_search.rowid < $3
         order by message_search.rowid desc limit $4",
    )
    .bind(terms)
    .bind(who.person)
    .bind(before.map_or(i64::MAX, |before| before.0))
    .bind(i64::try_from(HITS).unwrap_or(i64::MAX))
    .fetch_all(&mut *conn)
    .await?;
    let others =
        if hits.iter().any(|hit| hit.name.is_empty()) { conversations::others(conn, who.person, None).await? } else { Default::default() };
    let found = hits.into_iter().map(|hit| {
        let name = if hit.name.is_empty() {
            others
                .get(&hit.conversation_id)
                .map_or_else(String::new, |people| people.iter().map(|card| card.name.as_str()).collect::<Vec<_>>().join(", "))
        } else {
            hit.name
        };
        Found {
            message: hit.message_id,
            conversation: hit.conversation_id,
            title: name,
            number: hit.number.unsigned_abs(),
            author: PersonCard { id: hit.author_id, name: hit.author_name, hue: hit.author_hue },
            at: hit.sent_at,
            excerpt: pieces(&hit.excerpt),
        }
    });
    Ok(found.collect())
}

/// Plain pieces and hits in turn, starting with a plain one.
fn pieces(excerpt: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in excerpt.chars() {
        let in_hit = pieces.len() % 2 == 0;
        match c {
            OPEN | CLOSE if (c == OPEN) != in_hit => pieces.push(String::new()),
            OPEN | CLOSE => {}
            c => {
                if let Some(piece) = pieces.last_mut() {
                    piece.push(if c.is_whitespace() { ' ' } else { c });
                }
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_query_is_syntax() {
        assert_eq!(terms("hello wor\"ld OR -x*"), Some("\"hello\"* \"wor\"* \"ld\"* \"OR\"* \"-x*\"*".to_owned()));
        for nothing in ["", "  ", "\"", "-", "* () ^"] {
            assert_eq!(terms(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn an_excerpt_alternates() {
        assert_eq!(pieces("see \u{2}Room\u{3} 5"), ["see ", "Room", " 5"]);
        assert_eq!(pieces("\u{2}a\u{3}\u{2}b\u{3}"), ["", "a", "", "b", ""]);
        assert_eq!(pieces("plain\n\u{3}text"), ["plain text"]);
    }
}
