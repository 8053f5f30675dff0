//! The words of the second factor: in the settings, at signing in, and where admins demand or reset it.

pub const SECOND_FACTOR: &str = "Two-factor authentication";
pub const OFF_TEXT: &str = "Besides your password, signing in then asks for a code that an authenticator app on your phone shows. Whoever learns your password cannot sign in.";
/// What it is while a role needs it.
pub const REQUIRED_TEXT: &str = "Your role needs it. Set it up to go on.";
pub const YOUR_PASSWORD: &str = "Your password";
pub const TURN_ON: &str = "Turn on";
pub const SCAN: &str = "Scan this code with an authenticator app, or enter the secret in it.";
pub const PICTURE: &str = "QR code for an authenticator app";
pub const SECRET: &str = "Secret";
pub const CODE: &str = "Code";
pub const FIRST_CODE_HINT: &str = "The six digits that the app shows now.";
pub const CODE_HINT: &str = "The six digits that your app shows, or a recovery code.";
pub const CONFIRM: &str = "Confirm";
pub const START_AGAIN: &str = "Start again";
/// Since when it is on.
pub fn on_since(when: &str) -> String {
    format!("On since {when}.")
}
/// How many recovery codes are left.
pub fn codes_left(count: u32) -> String {
    match count {
        0 => "No recovery codes are left. Make new ones.".to_owned(),
        1 => "1 recovery code is left. Make new ones soon.".to_owned(),
        count => format!("{count} recovery codes are left."),
    }
}
pub const RECOVERY_CODES: &str = "Recovery codes";
pub const RECOVERY_CODES_TEXT: &str = "Keep these codes somewhere safe, not on the phone with your app. Each signs you in once if you have lost the app. They are shown only now.";
pub const COPY_ALL: &str = "Copy all";
pub const CODES_WERE_SHOWN: &str = "Recovery codes were made and shown once. If you do not have them, make new ones.";
pub const NEW_CODES: &str = "New recovery codes";
pub const NEW_CODES_TEXT: &str = "The codes from before no longer work then.";
pub const MAKE_CODES: &str = "Make new codes";
pub const TURN_OFF: &str = "Turn off";
pub const TURN_OFF_HEADING: &str = "Turn off two-factor authentication";
pub const TURNED_OFF: &str = "Two-factor authentication is off.";
pub const GO_ON: &str = "Continue";
pub const SIGN_OUT: &str = "Sign out";

pub const SIGN_IN_CODE: &str = "Enter your code";
pub const SIGN_IN_CODE_TEXT: &str = "Open your authenticator app. If you have lost it, enter a recovery code, or ask an admin to reset it.";
pub const SIGN_IN: &str = "Sign in";
pub const SIGN_IN_AGAIN: &str = "Sign in with your password again: the code is awaited for five minutes.";
pub const SET_UP: &str = "Set up two-factor authentication";

pub const ALREADY_ON: &str = "Two-factor authentication is on already.";
pub const IS_OFF: &str = "Two-factor authentication is off.";
pub const BEGIN_AGAIN: &str = "Start again: setting it up took too long.";
pub const REQUIRED: &str = "Your role needs two-factor authentication: it cannot be turned off.";
pub const SET_UP_FIRST: &str = "Your role needs two-factor authentication: sign in with a browser and set it up first.";
pub const HAS_NONE: &str = "This person has no two-factor authentication.";
pub const CODE_MISSING: &str = "Enter the code that your app shows, or a recovery code.";
pub const WRONG_CODE: &str = "This code is not right, or was used already. Wait for the next one.";
pub const WRONG_FIRST_CODE: &str = "This is not the code that the app shows now. Check the phone's clock, and enter the next code.";
pub const UNREADABLE: &str = "Codes of apps cannot be checked just now. Use a recovery code, or ask an admin to reset your second factor.";

pub const WAS_TURNED_ON: &str = "Two-factor authentication was turned on";
pub const WAS_TURNED_OFF: &str = "Two-factor authentication was turned off";
pub const WAS_RESET: &str = "An admin reset your two-factor authentication";
pub const CODES_WERE_MADE: &str = "New recovery codes were made for your account";
pub const CODE_WAS_USED: &str = "A recovery code of your account was used";
pub const WAS_GUESSED: &str = "Somebody with your password entered ten wrong codes";
pub const IF_NOT_YOU: &str = "If you do not know why, change your password at once.";

pub const RESET: &str = "Reset two-factor authentication";
pub const RESET_TEXT: &str = "For somebody who has lost their app and recovery codes. All their sign-ins and tokens end.";
pub const RESET_DONE: &str = "Reset. Their sign-ins have ended.";
pub const REQUIREMENT: &str = "Two-factor authentication";
pub const REQUIREMENT_TEXT: &str =
    "People with these roles must set it up before they do anything else. Who has not yet is led there at their next step, you included.";
pub const REQUIREMENT_ROLES: &str = "Required for";
pub const SAVE: &str = "Save";
/// Who does not have it yet.
pub fn lacking(count: u32) -> String {
    match count {
        0 => "Everyone who needs it has set it up.".to_owned(),
        1 => "1 person has not set it up yet:".to_owned(),
        count => format!("{count} people have not set it up yet:"),
    }
}
/// There are more than are named.
pub fn and_others(count: u32) -> String {
    format!("and {count} others")
}
