//! The words of templates.

/// What they are.
pub const ABOUT: &str =
    "What is written once and sent often. A broadcast begins with what a template says; what is changed there stays there.";
/// There are none.
pub const NONE: &str = "No templates yet";
/// What to do about it.
pub const NONE_TEXT: &str = "Write one below, and begin a broadcast with it.";
/// The heading of the form.
pub const NEW: &str = "New template";
/// The heading of the form.
pub const EDIT: &str = "Change a template";
/// A field.
pub const NAME: &str = "Name";
/// What it is.
pub const NAME_HINT: &str = "How those who send find it. Recipients do not see it.";
/// A button.
pub const SAVE: &str = "Save";
/// A link.
pub const CHANGE: &str = "Change";
/// A link.
pub const USE: &str = "Use";
/// A button.
pub const DELETE: &str = "Delete";
/// Asked before.
pub fn delete(name: &str) -> String {
    format!("Delete “{name}”?")
}
/// It was done.
pub const SAVED: &str = "The template is saved.";
/// It was done.
pub const DELETED: &str = "The template is deleted.";
/// A link.
pub const ANOTHER: &str = "Write a new one instead";
