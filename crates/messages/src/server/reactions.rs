//! Reactions: one emoji each, at most twenty kinds on a message.

use crate::live::{ConversationEvent, ReactionsChanged};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{ConversationId, MessageId, PersonId},
    people::Identity,
};
use plenum_store::db::Tx;

use super::{blocking, stored};

/// Different emoji on one message at the most.
const KINDS: usize = 20;
/// Messages that one step looks at for somebody's reactions.
const WALKED: i64 = 200;
/// Bytes of an emoji at the most: the longest are of four people and their joiners, or two with their skin tones.
const LONGEST: usize = 40;

/// Sets or takes back a reaction. Doing it twice is no error.
///
/// # Errors
/// 403 if one has not joined; 404; 409 if the message is deleted or has twenty kinds already; 422 if `emoji` is none.
pub async fn react(tx: &mut Tx, who: &Identity, message: MessageId, emoji: &str, on: bool) -> AppResult<()> {
    if !is_emoji(emoji) {
        return Err(AppError::invalid("emoji", "React with one emoji."));
    }
    let (place, membership) = stored::message_find(tx, who, message).await?;
    membership.must_have_joined()?;
    blocking::must_be_open(tx, who, &membership).await?;
    if place.deleted_at.is_some() {
        return Err(AppError::conflict("This message has been deleted."));
    }
    let changed = if on {
        let kinds: Vec<String> =
            sqlx::query_scalar("select distinct emoji from reactions where message_id = $1").bind(message).fetch_all(&mut **tx).await?;
        if kinds.len() >= KINDS && !kinds.iter().any(|kind| kind == emoji) {
            return Err(AppError::conflict("This message has enough kinds of reactions already."));
        }
        sqlx::query("insert into reactions (message_id, person_id, emoji, at) values ($1, $2, $3, $4) on conflict do nothing")
            .bind(message)
            .bind(who.person)
            .bind(emoji)
            .bind(tx.now())
            .execute(&mut **tx)
            .await?
    } else {
        sqlx::query("delete from reactions where message_id = $1 and person_id = $2 and emoji = $3")
            .bind(message)
            .bind(who.person)
            .bind(emoji)
            .execute(&mut **tx)
            .await?
    };
    if changed.rows_affected() > 0 {
        announce(tx, place.conversation_id, message, place.number).await?;
    }
    Ok(())
}

async fn announce(tx: &mut Tx, conversation: ConversationId, message: MessageId, number: i64) -> AppResult<()> {
    let reactions = stored::reactions(tx, conversation, number, number).await?.remove(&message).unwrap_or_default();
    let number = number.unsigned_abs();
    tx.announce(conversation, &ConversationEvent::ReactionChanged(ReactionsChanged { message, number, reactions }));
    Ok(())
}

/// Takes back the reactions of `person` to some messages behind `after`; returns the last of these, none at the end. The key of a reaction
/// begins with its message, so that the messages are walked through, [`WALKED`] at a time.
pub async fn take_back_next(tx: &mut Tx, person: PersonId, after: MessageId) -> AppResult<Option<MessageId>> {
    let last: Option<MessageId> =
        sqlx::query_scalar("select max(id) from (select id from messages where id > $1 order by id limit $2) as walked")
            .bind(after)
            .bind(WALKED)
            .fetch_one(&mut **tx)
            .await?;
    let Some(last) = last else { return Ok(None) };
    let mut gone: Vec<MessageId> =
        sqlx::query_scalar("delete from reactions where person_id = $1 and message_id > $2 and message_id <= $3 returning message_id")
            .bind(person)
            .bind(after)
            .bind(last)
            .fetch_all(&mut **tx)
            .await?;
    gone.sort_unstable();
    gone.dedup();
    for message in gone {
        let place: Option<(ConversationId, i64)> =
            sqlx::query_as("select conversation_id, number from messages where id = $1 and deleted_at is null")
                .bind(message)
                .fetch_optional(&mut **tx)
                .await?;
        if let Some((conversation, number)) = place {
            announce(tx, conversation, message, number).await?;
        }
    }
    Ok(Some(last))
}

/// True if `text` is exactly one emoji of those that Unicode recommends for interchange, in any skin tone and of however many parts;
/// without the selector that makes one of a sign, too.
fn is_emoji(text: &str) -> bool {
    text.len() <= LONGEST && emojis::get(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::REACTIONS;

    #[test]
    fn one_emoji_is_one_emoji() {
        for emoji in REACTIONS.into_iter().chain(["🇫🇷", "3️⃣", "👩🏽‍💻", "❤️‍🔥", "👋🏿", "©️", "🫠", "🤷🏽‍♀️", "👨‍👩‍👧‍👦", "👩🏽‍❤️‍💋‍👨🏿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏳️‍🌈"])
        {
            assert!(is_emoji(emoji), "{emoji}");
        }
        for other in ["", "a", "1", ":)", "👍👍", "👍a", "\u{200D}", "🇫", "ж", "<b>", "👍\u{200D}", "👍\u{200D}👍", "🇽🇽", "é", "中"]
        {
            assert!(!is_emoji(other), "{other}");
        }
    }
}
