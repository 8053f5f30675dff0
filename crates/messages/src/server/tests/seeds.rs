use crate::{server, testing::acts};
use plenum_core::ids::PersonId;
use plenum_store::db::Tx;
use plenum_testing::{HERE, House};

/// The ten of the demo, by their addresses, in the general room.
async fn cast(house: &House) {
    let locals = ["admin", "ines", "omar", "aiko", "otto", "mara", "sam", "lena", "noor", "tom"];
    house
        .store
        .write(async move |tx: &mut Tx| {
            for (id, local) in (1..).zip(locals) {
                sqlx::query("update people set email = $2 where id = $1")
                    .bind(id)
                    .bind(format!("{local}@plenum.example"))
                    .execute(&mut **tx)
                    .await?;
                server::welcome(tx, PersonId(id), HERE).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

/// The small seed fills every list, leaves something to read for everyone, and twice is harmless.
#[tokio::test]
async fn the_small_seed_is_believable() {
    let house = House::with(10).await;
    cast(&house).await;
    for _ in 0..2 {
        house.store.write(async |tx: &mut Tx| server::seed_conversations(tx, HERE).await).await.unwrap();
    }
    let messages = house.count("select count(*) from messages").await;
    assert!((70..150).contains(&messages), "{messages}");
    for who in &house.people[..10] {
        let sidebar = acts::sidebar(&house.store, who).await.unwrap().state;
        assert!(sidebar.unread() > 0, "{} has read everything", who.name);
        assert!(sidebar.lines.len() >= 3 && sidebar.lines.values().all(|line| line.last.is_some()));
        for id in sidebar.lines.keys() {
            acts::thread(&house.store, who, *id, None, None).await.unwrap();
        }
    }
    assert_eq!(
        house
            .count(
                "select count(*) from conversations where head <> (select count(*) from messages where conversation_id = conversations.id)"
            )
            .await,
        0
    );
    assert_eq!(house.count("select count(*) from conversations where member_count <> (select count(*) from memberships where conversation_id = conversations.id)").await, 0);
    assert!(!acts::search(&house.store, house.person(1), "concert", None).await.unwrap().is_empty());
}

/// The large seed has the numbers that it promises. Run by hand, it takes seconds: `cargo test -- --ignored large`.
#[tokio::test]
#[ignore = "takes seconds"]
async fn the_large_seed_is_large() {
    let house = House::with(2_000).await;
    let begun = std::time::Instant::now();
    server::seed_large(&house.store, HERE).await.unwrap();
    println!("seeded in {:?}", begun.elapsed());
    assert_eq!(house.count("select count(*) from messages").await, 200_000);
    assert_eq!(house.count("select count(*) from conversations").await, 300);
    assert_eq!(house.count("select max(member_count) from conversations").await, 2_000);
    assert_eq!(house.count("select count(*) from messages where sent_at > strftime('%s') * 1000").await, 0);
    for _ in 0..2 {
        let begun = std::time::Instant::now();
        let sidebar = acts::sidebar(&house.store, house.person(1)).await.unwrap().state;
        assert_eq!(sidebar.lines.len(), 300);
        println!("sidebar in {:?}", begun.elapsed());
    }
    let begun = std::time::Instant::now();
    acts::thread(&house.store, house.person(1), plenum_core::ids::ConversationId(1), None, None).await.unwrap();
    println!("thread in {:?}", begun.elapsed());
    for query in ["cake", "keys", "cake kitchen nothing"] {
        let begun = std::time::Instant::now();
        let found = acts::search(&house.store, house.person(1), query, None).await.unwrap().len();
        println!("search {query}: {found} in {:?}", begun.elapsed());
    }
    let begun = std::time::Instant::now();
    let found = acts::search(&house.store, house.person(1_999), "keys", None).await.unwrap().len();
    println!("search keys by a member of few: {found} in {:?}", begun.elapsed());
}
