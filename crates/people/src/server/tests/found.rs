//! Who is found in the directory, however their name is typed.

use plenum_core::ids::PersonId;
use plenum_directory::server::search;
use plenum_store::db::Tx;
use plenum_testing::House;

use crate::server::profile::{self, Profile};

async fn found(house: &House, text: &str) -> Vec<PersonId> {
    let page = search::page(&mut house.store.read().await.unwrap(), house.person(1), text, None, 0).await.unwrap();
    page.into_iter().map(|entry| entry.card.id).collect()
}

/// Accents and case do not matter, and a letter outside ASCII is that letter: what nobody is called finds nobody. A new name is found too.
#[tokio::test]
async fn people_are_found_as_they_are_called() {
    let house = House::with(4).await;
    for text in ["kovac", "Kovač", "KOVAČ", "lena kov"] {
        assert_eq!(found(&house, text).await, [PersonId(3)], "{text}");
    }
    for text in ["田中", "žđ", "ββ", "%"] {
        assert!(found(&house, text).await.is_empty(), "{text}");
    }
    assert_eq!(found(&house, "").await.len(), 4);
    let who = house.person(4).clone();
    let profile = Profile::parse("田中 Ødegård", 1, "UTC".to_owned()).unwrap();
    house.store.write(async move |tx: &mut Tx| profile::update(tx, &who, &profile).await).await.unwrap();
    for text in ["田中", "odegard", "ØDEGÅRD"] {
        assert_eq!(found(&house, text).await, [PersonId(4)], "{text}");
    }
    assert!(found(&house, "person 4").await.is_empty());
}
