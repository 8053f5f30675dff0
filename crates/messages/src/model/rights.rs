//! What somebody may do to a message: one rule for the server, which refuses, and the pages, which offer only what it allows.

/// What somebody is to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// They own it.
    pub owner: bool,
    /// They run the organisation.
    pub admin: bool,
}

impl Rights {
    /// They run the conversation: they change its name and members, and delete what others wrote in it.
    pub fn runs(self) -> bool {
        self.owner || self.admin
    }

    /// They may write in a direct conversation, which is closed if one of the two has blocked the other. Admins can write to everyone.
    pub fn may_write(self, closed: bool) -> bool {
        !closed || self.admin
    }

    /// They may delete a message that they wrote or, if `wrote` is false, that somebody else did.
    pub fn may_delete(self, wrote: bool) -> bool {
        wrote || self.runs()
    }
}
