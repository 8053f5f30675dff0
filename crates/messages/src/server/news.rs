//! Whom a message concerns: those it names, those it answers, and the others in small conversations.

use super::{blocking, conversations::Membership};
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
fn place(membership: &Membership) -> &str {
    match membership.kind {
        ConversationKind::Direct => words::DIRECT,
        ConversationKind::Group if membership.name.is_empty() => words::GROUP,
        _ => &membership.name,
    }
}

/// What is told of a message.
fn news(membership: &Membership, message: &Message, category: Category, title: String) -> News {
    News {
        category,
        title,
        text: super::markdown::preview(&message.text),
        link: format!("/messages/{}?m={}", membership.id, message.number),
        actor: Some(message.author.id),
        subject: Some(subject(message.id)),
        thread: Some((thread(membership.id), super::stored::signed(message.number))),
        group: None,
    }
}

/// Tells those whom an edited message mentions and did not before; what told those whom it mentions no longer goes. Whoever was told of
/// the message for another reason, or of this one before, is not told again.
pub async fn retell_mentions(tx: &mut Tx, membership: &Membership, message: &Message, before: &[PersonId]) -> AppResult<()> {
    let subject = subject(message.id);
    let gone: Vec<PersonId> = before.iter().copied().filter(|person| !message.mentions.contains(person)).collect();
    inbox::retract_from(tx, &subject, Category::Mentions, &gone).await?;
    let added: Vec<PersonId> = message.mentions.iter().copied().filter(|person| !before.contains(person)).collect();
    let told = inbox::told_of(tx, &subject, &added).await?;
    let added: Vec<PersonId> = added.into_iter().filter(|person| !told.contains(person)).collect();
    let added = blocking::listening(tx, membership, message.author.id, added).await?;
    let title = words::mentioned(&message.author.name, place(membership));
    inbox::notify(tx, &added, &news(membership, message, Category::Mentions, title)).await
}

/// Tells those whom a new message concerns, each for one reason: named, answered, or in a conversation of at most fifty
/// that is no room. Whoever has muted it is told only of being named, and whoever has blocked the author of nothing.
pub async fn members_notify(tx: &mut Tx, membership: &Membership, message: &Message) -> AppResult<()> {
    let everyone = membership.kind != ConversationKind::Room && membership.is_small();
    let answered = message.reply_to.as_ref().map(|quote| quote.author.id);
    if !everyone && answered.is_none() && message.mentions.is_empty() {
        return Ok(());
    }
    let name = &message.author.name;
    let news = |category, title| news(membership, message, category, title);
    let mentioned = blocking::listening(tx, membership, message.author.id, message.mentions.clone()).await?;
    inbox::notify(tx, &mentioned, &news(Category::Mentions, words::mentioned(name, place(membership)))).await?;
    let listening: Vec<PersonId> = if everyone || answered.is_some() {
        sqlx::query_scalar("select person_id from memberships where conversation_id = $1 and not muted and ($2 or person_id = $3)")
            .bind(membership.id)
            .bind(everyone)
            .bind(answered)
            .fetch_all(&mut **tx)
            .await?
    } else {
        Vec::new()
    };
    let listening = blocking::listening(tx, membership, message.author.id, listening).await?;
    let (replies, others): (Vec<PersonId>, Vec<PersonId>) =
        listening.into_iter().filter(|person| !message.mentions.contains(person)).partition(|person| Some(*person) == answered);
    inbox::notify(tx, &replies, &news(Category::Replies, words::answered(name, place(membership)))).await?;
    if everyone {
        let title = if membership.kind == ConversationKind::Direct { name.clone() } else { words::wrote(name, place(membership)) };
        let joined = News { group: Some(thread(membership.id)), ..news(Category::Messages, title) };
        inbox::notify(tx, &others, &joined).await?;
    }
    Ok(())
}

/// Tells `person` that they were added.
pub async fn added(tx: &mut Tx, membership: &Membership, by: (PersonId, &str), person: PersonId) -> AppResult<()> {
    let news = News {
        category: Category::People,
        title: words::added(by.1, place(membership)),
        text: String::new(),
        link: format!("/messages/{}", membership.id),
        actor: Some(by.0),
        subject: None,
        thread: Some((thread(membership.id), 0)),
        group: None,
    };
    inbox::notify(tx, &[person], &news).await
}
