//! The words of one's tokens, in the settings.

use plenum_core::people::Scope;

pub const TOKENS: &str = "Tokens";
pub const TOKENS_TEXT: &str = "Programs ask for you with a token. A changed password ends all of them.";
pub const DOCS: &str = "What programs can do";
pub const NONE: &str = "You have no tokens.";
/// When one was made and used, and when it ends.
pub fn times(made: &str, used: Option<&str>, ends: &str) -> String {
    let used = used.map_or_else(|| "never used".to_owned(), |used| format!("last used {used}"));
    format!("made {made} · {used} · valid until {ends}")
}
pub const END: &str = "End this token";
pub const END_ONE: &str = "End";
pub const END_TEXT: &str = "Programs that ask with it are refused at once, and their connections close. It cannot be undone.";
pub const ENDED: &str = "The token has ended.";
pub const NEW: &str = "New token";
pub const NAME: &str = "What it is for";
pub const NAME_HINT: &str = "The name of the program or device.";
pub const SCOPES: &str = "What it may do";
/// What a scope allows.
pub fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "see what you see",
        Scope::Write => "do what you may do",
        Scope::Connect => "follow what happens, live",
        Scope::Manage => "act on what is others': orders, events that you run, broadcasts",
        Scope::Admin => "see and do what you may as an admin",
    }
}
pub const VALID: &str = "Valid for";
/// One of the choices.
pub fn days(days: u32) -> String {
    format!("{days} days")
}
pub const YOUR_PASSWORD: &str = "Your password";
pub const YOUR_PASSWORD_HINT: &str = "A token lets a program in without it.";
pub const MAKE: &str = "Make the token";
pub const SHOWN_ONCE: &str = "This is the only time that the token is shown. Put it where your program reads it.";
pub const WAS_SHOWN: &str = "The token was made and shown once. If you have not kept it, end it and make another.";
