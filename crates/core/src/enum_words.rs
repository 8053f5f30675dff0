//! The words of enums in rows, in addresses and on the wire.

use strum::VariantArray as _;

use crate::activity::detail::{ConversationSort, Registration};
use crate::activity::kind::{SubjectKind, Topic};
use crate::people::Role;
use crate::people::Scope;

/// A variant that is renamed keeps its word: rows, links and programs know it.
#[test]
fn words_of_enums_stay() {
    assert_eq!(
        ConversationSort::VARIANTS.iter().map(ConversationSort::into_str).collect::<Vec<_>>(),
        ["room", "private room", "group", "direct conversation"]
    );
    assert_eq!(Registration::VARIANTS.iter().map(Registration::into_str).collect::<Vec<_>>(), ["open", "invitation"]);
    assert_eq!(
        SubjectKind::VARIANTS.iter().map(SubjectKind::into_str).collect::<Vec<_>>(),
        [
            "conversation",
            "message",
            "person",
            "invitation",
            "organisation",
            "sign_in",
            "token",
            "application",
            "broadcast",
            "series",
            "template",
            "event",
            "alarm",
            "job",
            "deposit",
            "withdrawal",
            "payment_file",
            "order",
            "promo_code",
            "ticket"
        ]
    );
    assert_eq!(
        Topic::VARIANTS.iter().map(Topic::into_str).collect::<Vec<_>>(),
        ["conversations", "people", "announcements", "events", "money", "security", "organisation"]
    );
    assert_eq!(
        Role::VARIANTS.iter().map(Role::into_str).collect::<Vec<_>>(),
        ["member", "instructor", "clinician", "agent", "organiser", "manager", "admin"]
    );
    assert_eq!(Scope::VARIANTS.iter().map(Scope::into_str).collect::<Vec<_>>(), ["read", "write", "connect", "manage", "admin"]);
}
