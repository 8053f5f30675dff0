//! The words of templates.

/// What they are.
pub const ABOUT: &str =
    "What is written once and sent often. A broadcast begins with what a template says; what is changed there stays there.";
pub const NONE: &str = "No templates yet";
pub const NONE_TEXT: &str = "Write one below, and begin a broadcast with it.";
pub const NEW: &str = "New template";
pub const EDIT: &str = "Change a template";
pub const NAME: &str = "Name";
pub const NAME_HINT: &str = "How those who send find it. Recipients do not see it.";
pub const SAVE: &str = "Save";
pub const CHANGE: &str = "Change";
pub const USE: &str = "Use";
pub const DELETE: &str = "Delete";
/// Asked before.
pub fn delete(name: &str) -> String {
    format!("Delete “{name}”?")
}
pub const SAVED: &str = "The template is saved.";
pub const DELETED: &str = "The template is deleted.";
pub const ANOTHER: &str = "Write a new one instead";
