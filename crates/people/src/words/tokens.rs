//! The words of one's tokens, in the settings.

use plenum_core::people::Scope;

/// The section.
pub const TOKENS: &str = "Tokens";
/// What they are.
pub const TOKENS_TEXT: &str = "Programs ask for you with a token. A changed password ends all of them.";
/// Leads to the description of the API.
pub const DOCS: &str = "What programs can do";
/// There are none.
pub const NONE: &str = "You have no tokens.";
/// When one was made and used, and when it ends.
pub fn times(made: &str, used: Option<&str>, ends: &str) -> String {
    let used = used.map_or_else(|| "never used".to_owned(), |used| format!("last used {used}"));
    format!("made {made} · {used} · valid until {ends}")
}
/// Ends one, and the question before.
pub const END: &str = "End this token";
/// On the button of a line.
pub const END_ONE: &str = "End";
/// What it means.
pub const END_TEXT: &str = "Programs that ask with it are refused at once, and their connections close. It cannot be undone.";
/// It was.
pub const ENDED: &str = "The token has ended.";
/// A form.
pub const NEW: &str = "New token";
/// Its field.
pub const NAME: &str = "What it is for";
/// What is expected.
pub const NAME_HINT: &str = "The name of the program or device.";
/// Its choices.
pub const SCOPES: &str = "What it may do";
/// What a scope allows.
pub fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "see what you see",
        Scope::Write => "do what you may do",
        Scope::Connect => "follow what happens, live",
        Scope::Admin => "see and do what you may as an admin",
    }
}
/// Its choice.
pub const VALID: &str = "Valid for";
/// One of the choices.
pub fn days(days: u32) -> String {
    format!("{days} days")
}
/// Its field.
pub const YOUR_PASSWORD: &str = "Your password";
/// Why.
pub const YOUR_PASSWORD_HINT: &str = "A token lets a program in without it.";
/// The button.
pub const MAKE: &str = "Make the token";
/// With a new secret.
pub const SHOWN_ONCE: &str = "This is the only time that the token is shown. Put it where your program reads it.";
/// It was shown before, to a page without scripts.
pub const WAS_SHOWN: &str = "The token was made and shown once. If you have not kept it, end it and make another.";
