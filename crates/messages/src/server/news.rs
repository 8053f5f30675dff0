//! Whom a message concerns: those it names, those it answers, and the others in small conversations.

use super::conversations::Standing;
use crate::model::{ConversationKind, Message};
use plenum_core::{
    error::AppResult,
    ids::{ConversationId, MessageId, PersonId},
};
use plenum_inbox::{model::Category, server as inbox, server::News, words};
use plenum_store::db::Tx;

/// The thread of the inbox that a conversation is.
pub fn thread(conversation: ConversationId) -> String {
    format!("conversation:{conversation}")
}

/// What a notification of a message is about.
pub fn subject(message: MessageId) -> String {
    format!("message:{message}")
}

/// How a conversation is called in a sentence.
fn place(standing: &Standing) -> &str {
    match standing.kind {
        ConversationKind::Direct => words::DIRECT,
        ConversationKind::Group if standing.name.is_empty() => words::GROUP,
        _ => &standing.name,
    }
}

/// Tells those whom a new message concerns, each for one reason: named, answered, or in a conversation of at most fifty
/// that is no room. Whoever has muted it is told only of being named.
pub async fn tell(tx: &mut Tx, standing: &Standing, message: &Message) -> AppResult<()> {
    let everyone = standing.kind != ConversationKind::Room && standing.is_small();
    let answered = message.reply_to.as_ref().map(|quote| quote.author.id);
    if !everyone && answered.is_none() && message.mentions.is_empty() {
        return Ok(());
    }
    let name = &message.author.name;
    let news = |category, title| News {
        category,
        title,
        text: super::markdown::preview(&message.text),
        link: format!("/messages/{}?m={}", standing.id, message.number),
        actor: Some(message.author.id),
        subject: Some(subject(message.id)),
        thread: Some((thread(standing.id), super::stored::signed(message.number))),
        group: None,
    };
    inbox::notify(tx, &message.mentions, &news(Category::Mentions, words::mentioned(name, place(standing)))).await?;
    let listening: Vec<PersonId> = if everyone || answered.is_some() {
        sqlx::query_scalar("select person_id from memberships where conversation_id = $1 and not muted and ($2 or person_id = $3)")
            .bind(standing.id)
            .bind(everyone)
            .bind(answered)
            .fetch_all(&mut **tx)
            .await?
    } else {
        Vec::new()
    };
    let (replies, others): (Vec<PersonId>, Vec<PersonId>) =
        listening.into_iter().filter(|person| !message.mentions.contains(person)).partition(|person| Some(*person) == answered);
    inbox::notify(tx, &replies, &news(Category::Replies, words::answered(name, place(standing)))).await?;
    if everyone {
        let title = if standing.kind == ConversationKind::Direct { name.clone() } else { words::wrote(name, place(standing)) };
        let joined = News { group: Some(thread(standing.id)), ..news(Category::Messages, title) };
        inbox::notify(tx, &others, &joined).await?;
    }
    Ok(())
}

/// Tells `person` that they were added.
pub async fn added(tx: &mut Tx, standing: &Standing, by: (PersonId, &str), person: PersonId) -> AppResult<()> {
    let news = News {
        category: Category::People,
        title: words::added(by.1, place(standing)),
        text: String::new(),
        link: format!("/messages/{}", standing.id),
        actor: Some(by.0),
        subject: None,
        thread: Some((thread(standing.id), 0)),
        group: None,
    };
    inbox::notify(tx, &[person], &news).await
}
