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
/// Bytes of an emoji at the most.
const LONGEST: usize = 16;

/// Sets or takes back a reaction. Doing it twice is no error.
///
/// # Errors
/// 403 if one has not joined; 404; 409 if the message is deleted or has twenty kinds already; 422 if `emoji` is none.
pub async fn react(tx: &mut Tx, who: &Identity, message: MessageId, emoji: &str, on: bool) -> AppResult<()> {
    if !is_emoji(emoji) {
        return Err(AppError::invalid("emoji", "React with one emoji."));
    }
    let (place, standing) = stored::place(tx, who, message).await?;
    standing.must_have_joined()?;
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

/// True if `text` is exactly one emoji of at most sixteen bytes, as Unicode's UTS 51 builds them:
/// a base with an optional presentation or skin tone, several of them joined, a flag, or a keycap.
fn is_emoji(text: &str) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    let chars: Vec<char> = text.chars().collect();
    match chars.as_slice() {
        [a, b] if is_flag_letter(*a) && is_flag_letter(*b) => true,
        ['0'..='9' | '#' | '*', '\u{FE0F}', '\u{20E3}'] => true,
        _ => chars.split(|c| *c == '\u{200D}').all(is_joined_part),
    }
}

/// A base, then at most one presentation selector or skin tone.
fn is_joined_part(part: &[char]) -> bool {
    match part {
        [base] => is_base(*base),
        [base, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}'] => is_base(*base),
        _ => false,
    }
}

fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

fn is_base(c: char) -> bool {
    matches!(c,
        '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{21AA}' | '\u{231A}'..='\u{23FF}' | '\u{24C2}'
        | '\u{25AA}'..='\u{25FE}' | '\u{2600}'..='\u{27BF}' | '\u{2934}' | '\u{2935}' | '\u{2B05}'..='\u{2B55}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}'
        | '\u{1F000}'..='\u{1F1E5}' | '\u{1F200}'..='\u{1FAFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::REACTIONS;

    #[test]
    fn one_emoji_is_one_emoji() {
        for emoji in REACTIONS.into_iter().chain(["🇫🇷", "3️⃣", "👩🏽‍💻", "❤️‍🔥", "👋🏿", "©", "🫠"]) {
            assert!(is_emoji(emoji), "{emoji}");
        }
        for other in ["", "a", "1", ":)", "👍👍", "👍a", "\u{200D}", "🇫", "ж", "<b>", "👍\u{200D}", "👨‍👩‍👧‍👦", "é", "中"]
        {
            assert!(!is_emoji(other), "{other}");
        }
    }
}
