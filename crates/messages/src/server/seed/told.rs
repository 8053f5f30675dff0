//! What the demo's people were told of what is said there: by the rules that tell of every message, in the order in which it was
//! said, and read as far as each of them has read.

use std::collections::BTreeMap;

use super::super::{conversations, news, stored};
use plenum_core::{
    error::AppResult,
    ids::{ConversationId, Millis, OrganisationId, PersonId},
};
use plenum_inbox::server as inbox;
use plenum_store::db::Tx;

/// Who has not written for so long was away.
const AWAY: Millis = 8 * 3_600_000;

#[derive(sqlx::FromRow)]
struct Said {
    conversation_id: ConversationId,
    number: i64,
    author_id: PersonId,
    sent_at: Millis,
}

/// Tells the organisation's people of the messages of [`seed_conversations`](super::seed_conversations), once.
pub async fn seed_notifications(tx: &mut Tx, organisation: OrganisationId) -> AppResult<()> {
    let said: Vec<Said> = sqlx::query_as(
        "select m.conversation_id, m.number, m.author_id, m.sent_at from messages m join conversations c on c.id = m.conversation_id
         where c.organisation_id = $1 and m.key like 'seed-%' order by m.sent_at, m.id",
    )
    .bind(organisation)
    .fetch_all(&mut **tx)
    .await?;
    let mut last: BTreeMap<ConversationId, i64> = BTreeMap::new();
    for Said { conversation_id, number, .. } in &said {
        last.insert(*conversation_id, *number);
    }
    let mut spoke: BTreeMap<PersonId, Vec<Millis>> = BTreeMap::new();
    for Said { conversation_id: conversation, number, author_id: author, sent_at } in said {
        let membership = conversations::readable(tx, author, organisation, conversation).await?;
        let message = stored::one(tx, conversation, number).await?;
        news::members_notify(tx, &membership, &message).await?;
        inbox::notified_at(tx, sent_at).await?;
        // Whoever has read up to here and no further reads now; whoever has read all of it, at its end.
        let ends = last.get(&conversation) == Some(&number);
        let readers: Vec<PersonId> = sqlx::query_scalar(
            "select person_id from memberships where conversation_id = $1 and (read_number = $2 or $3 and read_number > $2)",
        )
        .bind(conversation)
        .bind(number)
        .bind(ends)
        .fetch_all(&mut **tx)
        .await?;
        for reader in readers {
            inbox::read_thread(tx, reader, &news::thread(conversation), number).await?;
        }
        spoke.entry(author).or_default().push(sent_at);
    }
    for (person, times) in spoke {
        let Some(here) = times.last().copied() else { continue };
        // The last long silence is when they were away.
        let absence =
            times.windows(2).rev().filter_map(|pair| <[Millis; 2]>::try_from(pair).ok()).find(|[since, back]| back - since >= AWAY);
        inbox::seed_absence(tx, person, here, absence.map(|[since, back]| (since, back))).await?;
        sqlx::query("update people set last_seen_at = $2 where id = $1").bind(person).bind(here).execute(&mut **tx).await?;
    }
    Ok(())
}
