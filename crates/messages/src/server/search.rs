//! Search over one's own conversations. All that is SQLite's FTS5 is in this file.

use crate::model::{Found, HITS};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{ConversationId, MessageId, Millis, PersonId},
    letters::is_unspaced,
    people::{Identity, PersonCard},
};
use plenum_store::db::Conn;

use super::conversations;

/// Words of a query at the most.
const WORDS: usize = 12;
/// Of these, so many may be the beginnings of longer ones.
const PREFIXES: usize = 4;
/// Conversations that one query names.
const PLACES: usize = 500;
/// Around each hit in an excerpt; text that has them itself is only cut differently.
const OPEN: char = '\u{2}';
const CLOSE: char = '\u{3}';

/// Between letters of scripts that put no blanks between words: each is a word of the index, so that a word is found inside a run.
const BETWEEN: char = '\u{200B}';

/// Puts a message into the index; `plain` is its text without markup.
pub async fn add(conn: &mut Conn, conversation: ConversationId, message: MessageId, plain: &str) -> AppResult<()> {
    let text = divided(plain);
    sqlx::query("insert into message_search (rowid, text, place) values ($1, $2, $3)")
        .bind(message)
        .bind(text)
        .bind(place(conversation))
        .execute(conn)
        .await?;
    Ok(())
}

/// The word that stands for a conversation in the index.
fn place(conversation: ConversationId) -> String {
    format!("c{conversation}")
}

/// Takes a message out of the index.
pub async fn remove(conn: &mut Conn, message: MessageId) -> AppResult<()> {
    sqlx::query("delete from message_search where rowid = $1").bind(message).execute(conn).await?;
    Ok(())
}

/// Puts into the index all messages that are not there, after they were written without it; their texts have no markup.
pub async fn fill(conn: &mut Conn) -> AppResult<()> {
    sqlx::query(
        "insert into message_search (rowid, text, place) select id, text, 'c' || conversation_id from messages
         where deleted_at is null and id not in (select rowid from message_search)",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// `text` with what the index takes for a blank around each letter that is a word of its own.
fn divided(text: &str) -> String {
    let mut divided = String::with_capacity(text.len());
    let mut before = false;
    for c in text.chars().filter(|c| *c != BETWEEN) {
        let alone = is_unspaced(c);
        if alone || before {
            divided.push(BETWEEN);
        }
        divided.push(c);
        before = alone;
    }
    divided
}

/// The words of `query` as quoted prefix terms, so that nothing in it is syntax; what stands between quotation marks is one phrase, word
/// for word. `None` if it has none. Only the last [`PREFIXES`] words can be the beginnings of others, and none of one letter is: the index
/// would have to put together nearly all that is in it.
fn terms(query: &str) -> Option<String> {
    let query: String = query.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let parts: Vec<&str> = query.split(['"', '“', '”', '„', '«', '»']).collect();
    let quoted = |number: usize| number % 2 == 1 && number + 1 < parts.len();
    let mut terms: Vec<(String, bool)> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        if quoted(number) {
            terms.push((divided(part), false));
        } else {
            terms.extend(part.split_whitespace().map(|word| (divided(word), is_beginning(word))));
        }
    }
    terms.retain(|(term, _)| term.chars().any(char::is_alphanumeric));
    terms.truncate(WORDS);
    let whole = terms.iter().filter(|(_, begins)| *begins).count().saturating_sub(PREFIXES);
    for (_, begins) in terms.iter_mut().filter(|(_, begins)| *begins).take(whole) {
        *begins = false;
    }
    let term = |(term, begins): (String, bool)| format!("\"{term}\"{}", if begins { "*" } else { "" });
    (!terms.is_empty()).then(|| terms.into_iter().map(term).collect::<Vec<_>>().join(" "))
}

/// True if `word` may be the beginning of a longer one.
fn is_beginning(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphanumeric()).nth(1).is_some() || word.chars().any(is_unspaced)
}

/// What is asked of the index: the words, in the conversations of `person`. None if they have none. Whoever is in more than can be named
/// asks for the words alone.
async fn asked(conn: &mut Conn, person: PersonId, terms: &str) -> AppResult<Option<String>> {
    let own: Vec<ConversationId> = sqlx::query_scalar("select conversation_id from memberships where person_id = $1 limit $2")
        .bind(person)
        .bind(i64::try_from(PLACES + 1).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?;
    let places: Vec<String> = own.iter().map(|conversation| place(*conversation)).collect();
    Ok(match places.len() {
        0 => None,
        1..=PLACES => Some(format!("text : ({terms}) AND place : ({})", places.join(" OR "))),
        _ => Some(format!("text : ({terms})")),
    })
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
    let Some(asked) = asked(conn, who.person, &terms).await? else { return Ok(Vec::new()) };
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
    .bind(asked)
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

/// How many messages of the index `query` reads for `person`.
#[cfg(test)]
pub(super) async fn count_read(conn: &mut Conn, person: PersonId, query: &str) -> AppResult<i64> {
    let Some(asked) = asked(conn, person, &terms(query).unwrap_or_default()).await? else { return Ok(0) };
    Ok(sqlx::query_scalar("select count(*) from message_search where message_search match $1").bind(asked).fetch_one(conn).await?)
}

/// Plain pieces and hits in turn, starting with a plain one.
fn pieces(excerpt: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in excerpt.chars() {
        let in_hit = pieces.len() % 2 == 0;
        match c {
            OPEN | CLOSE if (c == OPEN) != in_hit => pieces.push(String::new()),
            OPEN | CLOSE => {}
            BETWEEN => {}
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
        assert_eq!(terms("hello wor\"ld OR -x*"), Some("\"hello\"* \"wor\"* \"ld\"* \"OR\"* \"-x*\"".to_owned()));
        assert_eq!(terms("上海x"), Some("\"\u{200B}上\u{200B}海\u{200B}x\"*".to_owned()));
        assert_eq!(terms("\"winter gala\" room"), Some("\"winter gala\" \"room\"*".to_owned()), "quotation marks are a phrase");
        assert_eq!(terms("“winter gala”"), Some("\"winter gala\"".to_owned()));
        assert_eq!(terms("say \"win"), Some("\"say\"* \"win\"*".to_owned()), "a phrase that is still being typed is words");
        assert_eq!(terms("aa bb cc dd ee a"), Some("\"aa\" \"bb\"* \"cc\"* \"dd\"* \"ee\"* \"a\"".to_owned()), "few are beginnings");
        for nothing in ["", "  ", "\"", "-", "* () ^", "\"\" \" \""] {
            assert_eq!(terms(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn an_excerpt_alternates() {
        assert_eq!(pieces("see \u{2}Room\u{3} 5"), ["see ", "Room", " 5"]);
        assert_eq!(pieces("\u{2}a\u{3}\u{2}b\u{3}"), ["", "a", "", "b", ""]);
        assert_eq!(pieces("\u{200B}我\u{200B}\u{2}上\u{200B}海\u{3}"), ["我", "上海", ""]);
        assert_eq!(pieces("plain\n\u{3}text"), ["plain text"]);
    }
}
