//! Small pieces that all panes of the messages pages are made of.

use leptos::prelude::*;

use crate::{
    model::{Access, Conversation, ConversationKind},
    words,
};
use plenum_core::{
    ids::{Millis, PersonId},
    people::PersonCard,
    sorted::SortedSet,
    time::Zone,
};
use plenum_ui::{Icon, TimeText, view};

/// An icon; decorative, the control around it carries the name.
pub(super) fn icon(name: &'static str) -> impl IntoView + use<> {
    view! { <Icon name/> }
}

/// The same, small.
pub(super) fn small_icon(name: &'static str) -> impl IntoView + use<> {
    view! { <Icon name size="s"/> }
}

/// A person's avatar; decorative, their name stands beside it.
pub(super) fn face(card: &PersonCard) -> impl IntoView + use<> {
    view! { <span class="avatar" data-hue=card.hue.to_string() aria-hidden="true">{card.initials()}</span> }
}

/// The same, small.
pub(super) fn small_face(card: &PersonCard) -> impl IntoView + use<> {
    view! { <span class="avatar" data-size="s" data-hue=card.hue.to_string() aria-hidden="true">{card.initials()}</span> }
}

/// A person's avatar with the dot that says whether they are online.
pub(super) fn live_face(card: &PersonCard, online: Signal<SortedSet<PersonId>>) -> impl IntoView + use<> {
    let id = card.id;
    let presence = move || online.with(|online| online.contains(&id)).then_some("online");
    view! {
        <span class="avatar" data-hue=card.hue.to_string() aria-hidden="true">{card.initials()}<span class="presence" data-presence=presence></span></span>
    }
}

/// The icon that says what sort of conversation it is.
pub(super) fn kind_icon(conversation: &Conversation) -> &'static str {
    match (conversation.kind, conversation.access) {
        (ConversationKind::Room, Access::Open) => "hash",
        (ConversationKind::Room, Access::Private) => "lock",
        (ConversationKind::Group | ConversationKind::Direct, _) => "group",
    }
}

/// The avatar of a conversation that is not one person's.
pub(super) fn room_face(conversation: &Conversation) -> impl IntoView + use<> {
    view! { <span class="avatar" data-kind="room" aria-hidden="true">{icon(kind_icon(conversation))}</span> }
}

/// A short time with the absolute one behind it.
pub(super) fn when(zone: &Zone, at: Millis, shown: String) -> impl IntoView + use<> {
    view! { <TimeText at text=shown full=zone.full(at)/> }
}

/// The name by which one is spoken of.
pub(super) fn first_name(card: &PersonCard) -> String {
    card.name.split_whitespace().next().unwrap_or_default().to_owned()
}

/// The way back to the list, on narrow screens.
pub(super) fn back() -> impl IntoView {
    view! {
        <a class="btn icon-btn only-narrow" data-kind="quiet" href="/messages" aria-label=words::BACK title=words::BACK>{icon("chevron-left")}</a>
    }
}
