//! What people do.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::ACTORS;
use crate::{
    model::Access,
    server::pointers::{self, Mark},
    testing::acts,
};
use plenum_core::{
    error::{AppResult, ErrorKind},
    ids::{ConversationId, MessageId, PersonId},
    people::{Identity, PersonCard},
};
use plenum_directory::live::OrganisationEvent;
use plenum_store::db::Tx;
use plenum_testing::House;

/// Somebody does something; numbers choose among what there is.
#[derive(Debug, Clone)]
pub(super) struct Command {
    /// Index of the actor.
    pub(super) who: usize,
    pub(super) act: Act,
}

#[derive(Debug, Clone)]
pub(super) enum Act {
    Send { conversation: usize, text: usize, answers: Option<usize> },
    Edit { message: usize, text: usize },
    Delete { message: usize },
    React { message: usize, emoji: usize, on: bool },
    Read { conversation: usize, number: u64 },
    Deliver { conversation: usize, number: u64 },
    Unread { conversation: usize, number: u64 },
    Mute { conversation: usize, muted: bool },
    Join { conversation: usize },
    Leave { conversation: usize },
    Invite { conversation: usize, person: usize },
    Remove { conversation: usize, person: usize },
    Rename { conversation: usize, name: usize },
    RenameSelf { name: usize },
    ReadMarks { on: bool },
    CreateRoom,
    CreateGroup { others: Vec<usize> },
    Direct { person: usize },
    Block { person: usize, blocked: bool },
}

const TEXTS: [&str; 4] = ["hello", "**bold** @Sam Adeyemi, look", "a longer one\nwith two lines and `code`", "see https://x.example"];
const EMOJI: [&str; 3] = ["👍", "❤️", "🎉"];
const NAMES: [&str; 4] = ["", "Choir", "Ballet", "Garden"];

pub(super) fn any_command() -> impl Strategy<Value = Command> {
    let conversation = || 0..6_usize;
    let message = || 0..40_usize;
    let person = || 0..ACTORS;
    let number = || 0..12_u64;
    let act = prop_oneof![
        8 => (conversation(), 0..TEXTS.len(), proptest::option::of(message())).prop_map(|(conversation, text, answers)| Act::Send { conversation, text, answers }),
        4 => (message(), 0..TEXTS.len()).prop_map(|(message, text)| Act::Edit { message, text }),
        2 => message().prop_map(|message| Act::Delete { message }),
        4 => (message(), 0..EMOJI.len(), prop::bool::weighted(0.7)).prop_map(|(message, emoji, on)| Act::React { message, emoji, on }),
        4 => (conversation(), number()).prop_map(|(conversation, number)| Act::Read { conversation, number }),
        2 => (conversation(), number()).prop_map(|(conversation, number)| Act::Deliver { conversation, number }),
        2 => (conversation(), number()).prop_map(|(conversation, number)| Act::Unread { conversation, number }),
        1 => (conversation(), any::<bool>()).prop_map(|(conversation, muted)| Act::Mute { conversation, muted }),
        4 => conversation().prop_map(|conversation| Act::Join { conversation }),
        3 => conversation().prop_map(|conversation| Act::Leave { conversation }),
        2 => (conversation(), person()).prop_map(|(conversation, person)| Act::Invite { conversation, person }),
        2 => (conversation(), person()).prop_map(|(conversation, person)| Act::Remove { conversation, person }),
        2 => (conversation(), 0..NAMES.len()).prop_map(|(conversation, name)| Act::Rename { conversation, name }),
        2 => (0..5_usize).prop_map(|name| Act::RenameSelf { name }),
        1 => any::<bool>().prop_map(|on| Act::ReadMarks { on }),
        1 => Just(Act::CreateRoom),
        1 => proptest::collection::vec(person(), 1..4).prop_map(|others| Act::CreateGroup { others }),
        1 => person().prop_map(|person| Act::Direct { person }),
        2 => (person(), prop::bool::weighted(0.6)).prop_map(|(person, blocked)| Act::Block { person, blocked }),
    ];
    (0..ACTORS, act).prop_map(|(who, act)| Command { who, act })
}

/// What there is to do things with.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) conversations: Vec<ConversationId>,
    messages: Vec<MessageId>,
    /// Keys of what was sent, by number of the command.
    pub(super) sent: BTreeSet<String>,
    step: usize,
}

/// The key that a command's message has, known before it is sent.
pub(super) fn key(step: usize) -> String {
    format!("command-{step}")
}

impl Stage {
    pub(super) fn new(conversations: Vec<ConversationId>) -> Self {
        Self { conversations, messages: (1..=4).map(MessageId).collect(), sent: BTreeSet::new(), step: 0 }
    }

    pub(super) fn conversation(&self, index: usize) -> ConversationId {
        self.conversations[index % self.conversations.len()]
    }

    fn message(&self, index: usize) -> MessageId {
        self.messages[index % self.messages.len()]
    }

    /// The number of the command that comes next.
    pub(super) fn step(&self) -> usize {
        self.step
    }

    /// Does it; a refusal is part of life, a failure is not.
    pub(super) async fn perform(&mut self, house: &mut House, command: &Command) {
        let outcome = self.attempt(house, command).await;
        self.step += 1;
        if let Err(error) = outcome {
            assert_ne!(error.kind, ErrorKind::Internal, "{command:?}");
        }
    }

    async fn attempt(&mut self, house: &mut House, command: &Command) -> AppResult<()> {
        if let Act::ReadMarks { on } = command.act {
            house.people[command.who].privacy.send_read_marks = on;
            return Ok(());
        }
        let (store, who) = (house.store.clone(), house.people[command.who].clone());
        let person = |index: usize| PersonId(i64::try_from(index + 1).unwrap());
        match command.act.clone() {
            Act::Send { conversation, text, answers } => {
                let conversation = self.conversation(conversation);
                let answers = answers.map(|index| self.message(index));
                let key = key(self.step);
                let message = acts::send(&store, &who, conversation, TEXTS[text].to_owned(), answers, key.clone()).await?;
                self.messages.push(message.id);
                self.sent.insert(key);
            }
            Act::Edit { message, text } => drop(acts::edit(&store, &who, self.message(message), TEXTS[text].to_owned()).await?),
            Act::Delete { message } => acts::delete(&store, &who, self.message(message)).await?,
            Act::React { message, emoji, on } => acts::react(&store, &who, self.message(message), EMOJI[emoji], on).await?,
            Act::Read { conversation, number } => {
                mark(house, who, self.conversation(conversation), Mark { read: Some(number), delivered: Some(number) }).await?
            }
            Act::Deliver { conversation, number } => {
                mark(house, who, self.conversation(conversation), Mark { read: None, delivered: Some(number) }).await?
            }
            Act::Unread { conversation, number } => acts::mark_unread(&store, &who, self.conversation(conversation), number).await?,
            Act::Mute { conversation, muted } => acts::mute(&store, &who, self.conversation(conversation), muted).await?,
            Act::Join { conversation } => acts::join(&store, &who, self.conversation(conversation)).await?,
            Act::Leave { conversation } => acts::leave(&store, &who, self.conversation(conversation)).await?,
            Act::Invite { conversation, person: whom } => acts::invite(&store, &who, self.conversation(conversation), person(whom)).await?,
            Act::Remove { conversation, person: whom } => acts::remove(&store, &who, self.conversation(conversation), person(whom)).await?,
            Act::Rename { conversation, name } => {
                acts::rename(&store, &who, self.conversation(conversation), NAMES[name].to_owned(), NAMES[name].to_lowercase()).await?
            }
            Act::RenameSelf { name } => rename(house, &who, name).await?,
            Act::ReadMarks { .. } => {}
            Act::CreateRoom => {
                let id = acts::create_room(&store, &who, format!("Room {}", self.step), "new".to_owned(), Access::Open).await?;
                self.conversations.push(id);
            }
            Act::CreateGroup { others } => {
                let id = acts::create_group(&store, &who, others.into_iter().map(person).collect(), String::new()).await?;
                self.conversations.push(id);
            }
            Act::Direct { person: whom } => {
                let id = acts::direct(&store, &who, person(whom)).await?;
                self.conversations.push(id);
            }
            Act::Block { person: whom, blocked } => acts::block(&store, &who, person(whom), blocked).await?,
        }
        Ok(())
    }
}

/// At once, not paced.
async fn mark(house: &House, who: Identity, conversation: ConversationId, mark: Mark) -> AppResult<()> {
    house.store.write(async move |tx: &mut Tx| pointers::mark(tx, &who, conversation, mark).await).await
}

/// As the people's profile does it.
async fn rename(house: &House, who: &Identity, name: usize) -> AppResult<()> {
    let card = PersonCard { id: who.person, name: format!("Name {} {name}", who.person), hue: u8::try_from(name).unwrap() };
    let organisation = who.organisation;
    house
        .store
        .write(async move |tx: &mut Tx| {
            sqlx::query("update people set name = $2, hue = $3 where id = $1")
                .bind(card.id)
                .bind(&card.name)
                .bind(card.hue)
                .execute(&mut **tx)
                .await?;
            tx.announce(organisation, &OrganisationEvent::PersonChanged(card.clone()));
            Ok(())
        })
        .await
}
