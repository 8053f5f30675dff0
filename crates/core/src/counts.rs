//! What waits for a person, as the frame of every page shows it.

use serde::{Deserialize, Serialize};

/// Over all that is in the inbox and not put off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Counts {
    /// Not seen: the bell's number.
    pub unseen: u32,
    /// Not read.
    pub unread: u32,
    /// Not seen, without what the unread messages count already: what the page's title adds.
    pub beside: u32,
}
