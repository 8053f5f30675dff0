//! Reactions: one emoji each, at most twenty kinds on a message.

use crate::live::{ConversationEvent, ReactionsChanged};
use plenum_core::{
    error::{AppError, AppResult},
    ids::MessageId,
    people::Identity,
};
use plenum_store::db::Tx;

use super::stored;

/// Different emoji on one message at the most.
const KINDS: usize = 20;
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
        let reactions =
            stored::reactions(tx, place.conversation_id, place.number, place.number).await?.remove(&message).unwrap_or_default();
        let number = place.number.unsigned_abs();
        tx.announce(place.conversation_id, &ConversationEvent::ReactionChanged(ReactionsChanged { message, number, reactions }));
    }
    Ok(())
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
