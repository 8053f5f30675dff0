//! I25 for feeds: an old feed and what was told since make a fresh one, for every viewer. Who sees what: the members, and only while they are.

mod apply;
mod rights;

use plenum_activity::{
    model::{Feed, Scope},
    server::reading::{Part, feed},
    words,
};
use plenum_core::{activity::Item, ids::PersonId, people::Identity};
use plenum_testing::House;

/// What the feed `scope` shows to `who`, all of it down to `floor` if that is said.
async fn fresh(house: &House, who: &Identity, scope: Scope, floor: Option<plenum_core::ids::ActivityId>) -> Feed {
    feed(&mut house.store.read().await.unwrap(), who, scope, None, Part { before: None, floor }).await.unwrap()
}

/// The sentences of a feed, each item by itself, the newest first.
fn sentences(feed: &Feed, viewer: PersonId) -> Vec<String> {
    let cards = |card: &Option<_>| -> Vec<_> { card.iter().cloned().collect() };
    feed.items.iter().map(|item: &Item| words::says(item, &cards(&item.actor), &cards(&item.about), viewer)).collect()
}
