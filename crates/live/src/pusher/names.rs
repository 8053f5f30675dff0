//! Names of external applications' channels: what a name's prefix says about it.

/// Bytes of a channel's name at the most.
pub const CHANNEL_BYTES: usize = 200;
/// Bytes of an event's name at the most.
pub const EVENT_BYTES: usize = 200;
/// The channel of one signed-in user; only that user may join it, and no client can publish on it.
pub const USER_PREFIX: &str = "#server-to-user-";

/// Who may join a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// Who brings a signature.
    Private,
    /// Who brings a signature over who they are; everyone sees who is there.
    Presence,
    /// As private; the payload is sealed by the application, and only relayed here.
    Encrypted,
    /// The one user who is named, signed in.
    User,
}

/// What a channel's name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelKind {
    /// Who may join.
    pub access: Access,
    /// The last event is kept, for those who come later.
    pub cache: bool,
}

/// The prefixes, the longest of a family first.
const PREFIXES: [(&str, Access, bool); 7] = [
    ("private-encrypted-cache-", Access::Encrypted, true),
    ("private-encrypted-", Access::Encrypted, false),
    ("private-cache-", Access::Private, true),
    ("private-", Access::Private, false),
    ("presence-cache-", Access::Presence, true),
    ("presence-", Access::Presence, false),
    ("cache-", Access::Public, true),
];

impl ChannelKind {
    /// Reads a name; `None` if it is none.
    pub fn of(name: &str) -> Option<Self> {
        if let Some(user) = name.strip_prefix(USER_PREFIX) {
            return (!user.is_empty() && name.len() <= CHANNEL_BYTES).then_some(Self { access: Access::User, cache: false });
        }
        let valid = !name.is_empty()
            && name.len() <= CHANNEL_BYTES
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-=@,.;".contains(&byte));
        valid.then(|| {
            PREFIXES
                .iter()
                .find(|(prefix, ..)| name.starts_with(prefix))
                .map_or(Self { access: Access::Public, cache: false }, |(_, access, cache)| Self { access: *access, cache: *cache })
        })
    }

    /// A subscription to it needs a signature.
    pub fn is_signed(self) -> bool {
        matches!(self.access, Access::Private | Access::Presence | Access::Encrypted)
    }

    /// Its members see each other.
    pub fn is_presence(self) -> bool {
        self.access == Access::Presence
    }

    /// Clients may send events on it. (Not on encrypted ones: the server could not be kept from reading them.)
    pub fn takes_client_events(self) -> bool {
        matches!(self.access, Access::Private | Access::Presence)
    }
}

/// True if `name` can be an event's; Laravel's hold backslashes.
pub fn is_event_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= EVENT_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_longest_prefix_decides() {
        let kind = |access, cache| Some(ChannelKind { access, cache });
        for (name, expected) in [
            ("news", kind(Access::Public, false)),
            ("cache-news", kind(Access::Public, true)),
            ("private-news", kind(Access::Private, false)),
            ("private-cache-news", kind(Access::Private, true)),
            ("private-encrypted-news", kind(Access::Encrypted, false)),
            ("private-encrypted-cache-news", kind(Access::Encrypted, true)),
            ("presence-news", kind(Access::Presence, false)),
            ("presence-cache-news", kind(Access::Presence, true)),
            ("#server-to-user-12345", kind(Access::User, false)),
            ("#server-to-user-", None),
            ("#other", None),
            ("", None),
            ("a b", None),
            ("ünder", None),
        ] {
            assert_eq!(ChannelKind::of(name), expected, "{name}");
        }
        assert!(ChannelKind::of(&"a".repeat(200)).is_some());
        assert!(ChannelKind::of(&"a".repeat(201)).is_none());
    }

    proptest! {
        #[test]
        fn any_name_is_answered(name in ".{0,220}") {
            let _ = ChannelKind::of(&name);
        }
    }
}
