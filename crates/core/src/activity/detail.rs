//! Details of records: the types that they have, and how rows and items hold them.

use serde_json::Value;

use crate::{
    ids::InvitationId,
    people::{Role, Scope},
};

/// Something that can be a detail of a record.
pub(super) trait Detail: Sized {
    /// As rows and items hold it; none if there is nothing to say.
    fn write(&self) -> Option<Value>;

    /// Reads it back; none if it is missing or is something else.
    fn read(value: Option<&Value>) -> Option<Self>;
}

impl Detail for String {
    fn write(&self) -> Option<Value> {
        Some(Value::String(self.clone()))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        value?.as_str().map(ToOwned::to_owned)
    }
}

impl Detail for bool {
    fn write(&self) -> Option<Value> {
        Some(Value::Bool(*self))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        value?.as_bool()
    }
}

impl Detail for usize {
    fn write(&self) -> Option<Value> {
        Some(Value::from(*self))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        value?.as_u64()?.try_into().ok()
    }
}

impl Detail for InvitationId {
    fn write(&self) -> Option<Value> {
        Some(Value::from(self.0))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        value?.as_i64().map(Self)
    }
}

impl<T: Detail> Detail for Option<T> {
    fn write(&self) -> Option<Value> {
        self.as_ref()?.write()
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        match value {
            None | Some(Value::Null) => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

/// What has a word in rows is that word.
macro_rules! word_details {
    ($($type:ident),*) => {$(
        impl Detail for $type {
            fn write(&self) -> Option<Value> {
                Some(Value::String(self.into_str().to_owned()))
            }

            fn read(value: Option<&Value>) -> Option<Self> {
                value?.as_str()?.parse().ok()
            }
        }
    )*};
}

word_details!(Role, ConversationSort, Registration);

/// The words of all, with commas.
impl Detail for Vec<Scope> {
    fn write(&self) -> Option<Value> {
        Some(Value::String(self.iter().map(|scope| scope.into_str()).collect::<Vec<_>>().join(", ")))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        value?.as_str()?.split(", ").map(|word| word.parse().ok()).collect()
    }
}

/// What a new conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(const_into_str)]
pub enum ConversationSort {
    /// A room that anybody of the organisation can join.
    #[strum(serialize = "room")]
    Room,
    /// A room by invitation.
    #[strum(serialize = "private room")]
    PrivateRoom,
    /// A group.
    #[strum(serialize = "group")]
    Group,
    /// Between two.
    #[strum(serialize = "direct conversation")]
    Direct,
}

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum Registration {
    /// Anyone.
    Open,
    /// People with an invitation.
    Invitation,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    #[track_caller]
    fn reads_back<T: Detail + PartialEq + std::fmt::Debug>(detail: T) {
        assert_eq!(T::read(detail.write().as_ref()), Some(detail));
    }

    #[test]
    fn a_detail_reads_back() {
        reads_back("Great hall".to_owned());
        reads_back(String::new());
        reads_back(true);
        reads_back(3_usize);
        reads_back(InvitationId(7));
        reads_back(Some(InvitationId(7)));
        reads_back(None::<String>);
        reads_back(vec![Scope::Read, Scope::Connect]);
        Role::VARIANTS.iter().copied().for_each(reads_back);
        ConversationSort::VARIANTS.iter().copied().for_each(reads_back);
        Registration::VARIANTS.iter().copied().for_each(reads_back);
        assert_eq!(Option::<InvitationId>::read(Some(&Value::Null)), Some(None), "as rows had it once");
    }

    #[test]
    fn what_is_missing_or_something_else_is_not_read() {
        assert_eq!(String::read(None), None);
        assert_eq!(String::read(Some(&Value::from(7))), None);
        assert_eq!(usize::read(Some(&Value::from(-1))), None);
        assert_eq!(Option::<String>::read(Some(&Value::from(7))), None);
        assert_eq!(Role::read(Some(&Value::from("king"))), None);
        assert_eq!(Vec::<Scope>::read(Some(&Value::from("read, reign"))), None);
    }
}
