//! The people on a presence channel, and the roster that whoever joins gets.

use std::sync::Arc;

use super::Inner;

/// Somebody on a presence channel, as their application describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their id.
    pub user_id: Arc<str>,
    /// What the others see of them, as JSON text.
    pub user_info: Arc<str>,
}

/// Bytes of a person's id.
const USER_ID_BYTES: usize = 128;
/// Bytes of what others see of them.
const USER_INFO_BYTES: usize = 1024;
/// Bytes that a roster has in its frame at the most: it fits into the queue of whoever joins.
pub(super) const ROSTER_BYTES: usize = 192 * 1024;

/// What is too long for a presence channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooLong {
    /// The id.
    #[error("A user_id has at most {USER_ID_BYTES} bytes.")]
    Id,
    /// What others see.
    #[error("user_info has at most {USER_INFO_BYTES} bytes.")]
    Info,
}

impl Member {
    /// Somebody; `user_info` is JSON text.
    ///
    /// # Errors
    /// What is too long.
    pub fn new(user_id: &str, user_info: &str) -> Result<Self, TooLong> {
        if user_id.len() > USER_ID_BYTES {
            return Err(TooLong::Id);
        }
        if user_info.len() > USER_INFO_BYTES {
            return Err(TooLong::Info);
        }
        Ok(Self { user_id: user_id.into(), user_info: user_info.into() })
    }

    /// Bytes of them in a roster's frame, where it is text within JSON: once in its list of ids, once in its table.
    pub(super) fn roster_bytes(user_id: &str, user_info: &str) -> usize {
        let in_text = |json: &str| json.len() + json.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
        2 * in_text(&quoted(user_id)) + in_text(user_info) + 3
    }

    pub(super) fn json(&self) -> String {
        format!(r#"{{"user_id":{},"user_info":{}}}"#, quoted(&self.user_id), self.user_info)
    }
}

/// Text as JSON.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Who is on a presence channel, as the protocol tells whoever joins.
pub(super) fn roster(inner: &Inner) -> String {
    let ids: Vec<String> = inner.roster.keys().map(|id| quoted(id)).collect();
    let hash: Vec<String> = inner.roster.iter().map(|(id, present)| format!("{}:{}", quoted(id), present.user_info)).collect();
    format!(r#"{{"presence":{{"ids":[{}],"hash":{{{}}},"count":{}}}}}"#, ids.join(","), hash.join(","), inner.roster.len())
}
