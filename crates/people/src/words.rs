//! The words of people: signing in, the directory, settings, administration; and of the
//! mails that are sent about them.

pub mod tokens;

/// The field of an address. Outside programs look for it by this name.
pub const EMAIL: &str = "E-mail";
/// The field of a password. Outside programs look for it by this name.
pub const PASSWORD: &str = "Password";
/// The field of a name.
pub const NAME: &str = "Name";
/// What a new password must be.
pub const PASSWORD_HINT: &str = "At least 10 characters.";
/// The field of a new password.
pub const NEW_PASSWORD: &str = "New password";
/// The field of the password until now.
pub const CURRENT_PASSWORD: &str = "Current password";

/// Page, heading and button. Outside programs look for the button by this name.
pub const SIGN_IN: &str = "Sign in";
/// Link to registering.
pub const REGISTER: &str = "Register";
/// Link to asking for a new password.
pub const FORGOTTEN: &str = "Forgotten password";
/// Link back.
pub const BACK_TO_SIGN_IN: &str = "Back to sign-in";
/// Who is waiting at the door has set a new password.
pub const RESET_DONE: &str = "Your new password is set. Sign in with it.";
/// Above the people of the demo.
pub const DEMO_PEOPLE: &str = "Demo people";
/// Before their password.
pub const DEMO_PASSWORD: &str = "Password of all: ";
/// Before the name of each.
pub const CONTINUE_AS: &str = "Continue as ";

/// Where one registers, by invitation.
pub fn invited_to(organisation: &str) -> String {
    format!("You are invited to {organisation}.")
}
/// What the name is for.
pub const NAME_HINT: &str = "As others will see it.";
/// Nobody registers here without one.
pub const INVITATION_NEEDED: &str = "An invitation is needed";
/// What to do then.
pub fn ask_an_admin(organisation: &str) -> String {
    format!("{organisation} is open to people with an invitation. Ask an admin for one, and open the link in it.")
}
/// The invitation cannot be used.
pub const INVITATION_SPENT: &str = "This invitation cannot be used";

/// Says what will happen.
pub const FORGOTTEN_TEXT: &str = "Enter your address. If there is an account with it, you get a mail with a link that sets a new password.";
/// Asks for the mail.
pub const SEND_LINK: &str = "Send the link";
/// The same whether or not there is such an account.
pub const LINK_SENT: &str = "If there is an account with this address, a mail is on its way. The link in it works for one hour, once.";
/// Page and heading.
pub const SET_PASSWORD: &str = "Set a new password";
/// What else it does.
pub const SET_PASSWORD_TEXT: &str = "You will be signed out everywhere, and sign in with the new password.";
/// Asks again.
pub const ASK_AGAIN: &str = "Ask for a new link";

/// Page and heading.
pub const PEOPLE: &str = "People";
/// The search's field.
pub const SEARCH_PEOPLE: &str = "Search people";
/// The choice of a role.
pub const ROLE: &str = "Role";
/// All of them.
pub const ANY_ROLE: &str = "Any role";
/// Starts the search, for those without scripts.
pub const SEARCH: &str = "Search";
/// Starts a direct conversation.
pub const MESSAGE: &str = "Message";
/// The same with the name, for screen readers.
pub fn message_to(name: &str) -> String {
    format!(" {name}")
}
/// Nobody fits.
pub const NOBODY: &str = "Nobody is called that";
/// What to do then.
pub const NOBODY_TEXT: &str = "Try a part of the name, or another role.";
/// Behind one's own name.
pub const YOU: &str = "you";
/// The page before.
pub const EARLIER: &str = "Previous";
/// The page after.
pub const LATER: &str = "Next";
/// Which part of the list is shown.
pub fn shown(from: u32, to: u32, total: u32) -> String {
    format!("{from}–{to} of {total}")
}
/// The name of the links to other pages of a list.
pub const PAGES: &str = "Pages of the list";

/// Page and heading.
pub const SETTINGS: &str = "Settings";
/// A section.
pub const PROFILE: &str = "Profile";
/// A field.
pub const COLOUR: &str = "Avatar colour";
/// The colours, in their order.
pub const COLOURS: [&str; 12] =
    ["Green", "Blue", "Slate blue", "Indigo", "Purple", "Berry", "Red", "Rust", "Ochre", "Olive", "Moss", "Grey"];
/// A field.
pub const ZONE: &str = "Time zone";
/// A section.
pub const PRIVACY: &str = "Privacy";
/// A switch.
pub const SHOW_PRESENCE: &str = "Show when I am online";
/// What it does.
pub const SHOW_PRESENCE_TEXT: &str = "Others see a dot at your name, and when you were last here.";
/// A switch.
pub const SEND_TYPING: &str = "Show when I am typing";
/// What it does.
pub const SEND_TYPING_TEXT: &str = "Others in the conversation see that you are writing.";
/// A switch.
pub const SEND_READ_MARKS: &str = "Show what I have read";
/// What it does.
pub const SEND_READ_MARKS_TEXT: &str = "Others see how far you have read their messages.";
/// A section.
pub const APPEARANCE: &str = "Appearance";
/// Saves a form.
pub const SAVE: &str = "Save";
/// Changes the password.
pub const CHANGE_PASSWORD: &str = "Change password";
/// It was changed.
pub const PASSWORD_CHANGED: &str = "Changed. Your other sign-ins have ended.";
/// A section.
pub const SIGN_INS: &str = "Sign-ins";
/// What the list is.
pub const SIGN_INS_TEXT: &str = "The browsers that you are signed in with.";
/// The browser that asks.
pub const THIS_ONE: &str = "This one";
/// When and from where it was used.
pub fn used(used: &str, address: &str, since: &str) -> String {
    format!("Last used {used} from {address} · since {since}")
}
/// Ends one.
pub const SIGN_OUT: &str = "Sign out";
/// Which one, for screen readers.
pub fn of_device(device: &str) -> String {
    format!(" of {device}")
}
/// Ends all others.
pub const SIGN_OUT_OTHERS: &str = "Sign out everywhere else";
/// They have ended.
pub const SIGNED_OUT_THERE: &str = "Signed out there.";

/// Page and heading, for admins.
pub const ADMIN_SIGN_INS: &str = "Sign-ins";
/// What the page is.
pub const ADMIN_SIGN_INS_TEXT: &str =
    "The browsers and programs that people are signed in with, the last used first. Who is signed out has to sign in again.";
/// The table, for screen readers.
pub const SIGN_INS_TABLE: &str = "Who is signed in";
/// A column: browser or program.
pub const WITH: &str = "With";
/// A column.
pub const ADDRESS: &str = "From";
/// A column.
pub const LAST_USED: &str = "Last used";
/// A program's.
pub const TOKEN: &str = "token";
/// Whose and which, for screen readers.
pub fn sign_in_of(name: &str, device: &str) -> String {
    format!(" {name}: {device}")
}
/// Nothing was found.
pub const NO_SIGN_INS: &str = "Nobody of this name is signed in";
/// What to do then.
pub const NO_SIGN_INS_TEXT: &str = "Look for another name or address, or for all.";
/// The page is no longer told.
pub const SIGN_INS_ENDED: &str = "This page is no longer told who signs in.";

/// Page and heading.
pub const ADMIN_PEOPLE: &str = "People and roles";
/// A section.
pub const INVITATIONS: &str = "Invitations";
/// What one is.
pub const INVITATIONS_TEXT: &str = "An invitation lets one person register, with a role. It works for two weeks, once.";
/// A field.
pub const EMAIL_OPTIONAL: &str = "E-mail (optional)";
/// What it does.
pub const EMAIL_OPTIONAL_HINT: &str = "Then only this address can use it, and gets it by mail.";
/// Makes one.
pub const INVITE: &str = "Invite";
/// Above the link.
pub const INVITATION_MADE: &str = "Hand this address on to whom you invite. It is shown only now.";
/// Takes one back.
pub const WITHDRAW: &str = "Withdraw";
/// Nobody is invited.
pub const NO_INVITATIONS: &str = "No invitations are open.";
/// For whoever has the link.
pub const FOR_ANYONE: &str = "Anyone with the link";
/// Somebody has used it.
pub const USED: &str = "Used";
/// When it ends.
pub fn until(when: &str) -> String {
    format!("until {when}")
}
/// A section.
pub const ORGANISATION: &str = "Organisation";
/// A switch.
pub const OPEN_REGISTRATION: &str = "Anyone may register";
/// What it does.
pub const OPEN_REGISTRATION_TEXT: &str = "Otherwise people need an invitation.";
/// The name of the table.
pub const PEOPLE_TABLE: &str = "People and their roles";
/// A column.
pub const ROLES: &str = "Roles";
/// Changes whose roles, for screen readers.
pub fn roles_of(name: &str) -> String {
    format!(" of {name}")
}
/// A column.
pub const SINCE: &str = "Since";
/// A column of what can be done.
pub const ACTIONS: &str = "Actions";
/// Who looks is not an admin.
pub const ADMINS_ONLY: &str = "This page is for admins";
/// What to do then.
pub const ADMINS_ONLY_TEXT: &str = "Ask an admin of your organisation if you need something changed.";
/// Something was done.
pub const DONE: &str = "Done";

/// The mail that sets a new password.
pub fn reset_mail_subject(organisation: &str) -> String {
    format!("Set a new password at {organisation}")
}
/// See [`reset_mail_subject`].
pub fn reset_mail(name: &str, organisation: &str, address: &str) -> String {
    format!(
        "Hello {name},\n\nsomebody, probably you, asked for a new password at {organisation}. Open this address to set one:\n\n{address}\n\n\
         It works for one hour, once. If it was not you, there is nothing to do: your password stays as it is.\n"
    )
}
/// The mail that invites.
pub fn invitation_mail_subject(organisation: &str) -> String {
    format!("Invitation to {organisation}")
}
/// See [`invitation_mail_subject`].
pub fn invitation_mail(inviter: &str, organisation: &str, address: &str) -> String {
    format!(
        "Hello,\n\n{inviter} invites you to {organisation}. Open this address to register:\n\n{address}\n\nIt works for two weeks, once.\n"
    )
}
