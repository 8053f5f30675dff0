//! The words of enums in rows, in addresses and on the wire.

use strum::VariantArray as _;

use super::preferences::Way;
use super::{Act, BulkAction, Category, Folder};

/// A variant that is renamed keeps its word: rows, links and programs know it.
#[test]
fn words_of_enums_stay() {
    assert_eq!(Act::VARIANTS.iter().map(Act::into_str).collect::<Vec<_>>(), ["read", "follow", "unread", "archive", "restore", "delete"]);
    assert_eq!(
        Category::VARIANTS.iter().map(Category::into_str).collect::<Vec<_>>(),
        ["mentions", "replies", "messages", "people", "announcements", "events", "money", "security", "operation"]
    );
    assert_eq!(Folder::VARIANTS.iter().map(Folder::into_str).collect::<Vec<_>>(), ["inbox", "unread", "archive"]);
    assert_eq!(BulkAction::VARIANTS.iter().map(BulkAction::into_str).collect::<Vec<_>>(), ["seen", "read", "clear"]);
    assert_eq!(Way::VARIANTS.iter().map(Way::into_str).collect::<Vec<_>>(), ["app", "browser", "mail"]);
}
