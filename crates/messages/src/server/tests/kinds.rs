//! Kinds of spaces and conversations are rows that later migrations add to.

use plenum_testing::House;

/// A kind that is no row is refused; inserting the row is all that it takes.
#[tokio::test]
async fn another_kind_takes_one_row() {
    let house = House::with(1).await;
    for (kind, first) in [
        (
            "insert into space_kinds (kind) values ('course')",
            "insert into spaces (organisation_id, kind, name, created_at) values (1, 'course', 'Anatomy', 0)",
        ),
        (
            "insert into conversation_kinds (kind) values ('support')",
            "insert into conversations (organisation_id, kind, access, created_at) values (1, 'support', 'private', 0)",
        ),
    ] {
        house.assert_kind_is_a_row(kind, first).await;
    }
}
