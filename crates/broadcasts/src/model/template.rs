//! What is written once and sent often.

use serde::{Deserialize, Serialize};

use super::Words;
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, TemplateId},
};

/// Characters of a template's name at the most.
pub const NAME_CHARS: usize = 60;

/// What is written once and sent often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub id: TemplateId,
    /// What it is called; no other of the organisation has the name.
    pub name: String,
    /// What it says.
    pub title: String,
    /// A line or two.
    pub text: String,
    /// Where it leads: a path of this site, or empty.
    pub link: String,
    /// When it was written so.
    pub changed_at: Millis,
}

/// A template as it was entered, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateText {
    /// What it is called.
    pub name: String,
    /// What it says.
    pub words: Words,
}

impl TemplateText {
    /// Reads what was entered.
    ///
    /// # Errors
    /// 422 `name`, `title`, `text` or `link`.
    pub fn parse(name: &str, title: &str, text: &str, link: &str) -> AppResult<Self> {
        let name = plenum_core::text::title("name", name, NAME_CHARS)?;
        if name.is_empty() {
            return Err(AppError::invalid("name", format!("A name has 1 to {NAME_CHARS} characters.")));
        }
        Ok(Self { name, words: Words::parse(0, title, text, link, 1)? })
    }
}
