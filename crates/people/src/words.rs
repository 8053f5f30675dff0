//! The words of people: signing in, the directory, settings, administration; and of the
//! mails that are sent about them.

use plenum_core::mail::MailWay;

pub mod leaving;
pub mod second_factor;
pub mod tokens;

pub const EMAIL: &str = "E-mail";
pub const PASSWORD: &str = "Password";
pub const NAME: &str = "Name";
pub const PASSWORD_HINT: &str = "At least 10 characters.";
pub const NEW_PASSWORD: &str = "New password";
pub const CURRENT_PASSWORD: &str = "Current password";

pub const SIGN_IN: &str = "Sign in";
pub const REGISTER: &str = "Register";
pub const FORGOTTEN: &str = "Forgotten password";
pub const BACK_TO_SIGN_IN: &str = "Back to sign-in";
pub const RESET_DONE: &str = "Your new password is set. Sign in with it.";
pub const DEMO_PEOPLE: &str = "Demo people";
pub const DEMO_PASSWORD: &str = "Password of all: ";
pub const CONTINUE_AS: &str = "Continue as ";

/// Where one registers, by invitation.
pub fn invited_to(organisation: &str) -> String {
    format!("You are invited to {organisation}.")
}
pub const NAME_HINT: &str = "As others will see it.";
pub const INVITATION_NEEDED: &str = "An invitation is needed";
/// What to do then.
pub fn ask_an_admin(organisation: &str) -> String {
    format!("{organisation} is open to people with an invitation. Ask an admin for one, and open the link in it.")
}
pub const INVITATION_SPENT: &str = "This invitation cannot be used";

/// What comes of it, by whether mail leaves.
pub fn forgotten_text(way: MailWay) -> &'static str {
    match way {
        MailWay::Sends | MailWay::Delayed => {
            "Enter your address. If there is an account with it, you get a mail with a link that sets a new password."
        }
        MailWay::Folder => {
            "Enter your address. If there is an account with it, a mail with a link that sets a new password is written. This site does not send mail by \
             itself: ask whoever runs it to hand it on."
        }
    }
}
pub const SEND_LINK: &str = "Send the link";
/// The same whether or not there is an account.
pub fn link_sent(way: MailWay) -> &'static str {
    match way {
        MailWay::Sends => "If there is an account with this address, a mail is on its way. The link in it works for one hour, once.",
        MailWay::Delayed => {
            "If there is an account with this address, a mail is to be sent to it, but mail is delayed just now. The link in it works for one hour from \
             now, once: ask for another if it comes too late."
        }
        MailWay::Folder => {
            "If there is an account with this address, a mail was written for it. This site does not send mail by itself: ask whoever runs it to hand it \
             on. The link in it works for one hour, once."
        }
    }
}
pub const SET_PASSWORD: &str = "Set a new password";
pub fn set_password_of(email: &str) -> String {
    format!("A new password for {email}. You will be signed out everywhere, and sign in with it.")
}
pub const ASK_AGAIN: &str = "Ask for a new link";

pub const PEOPLE: &str = "People";
pub const SEARCH_PEOPLE: &str = "Search people";
pub const ROLE: &str = "Role";
pub const ANY_ROLE: &str = "Any role";
pub const SEARCH: &str = "Search";
pub const MESSAGE: &str = "Message";
/// The same with the name, for screen readers.
pub fn message_to(name: &str) -> String {
    format!(" {name}")
}
pub const NOBODY: &str = "Nobody is called that";
pub const NOBODY_TEXT: &str = "Try a part of the name, or another role.";
pub const YOU: &str = "you";
/// Which part of the list is shown.
pub fn shown(from: u32, to: u32, total: u32) -> String {
    format!("{from}–{to} of {total}")
}
pub const PAGES: &str = "Pages of the list";

pub const SETTINGS: &str = "Settings";
pub const PROFILE: &str = "Profile";
pub const COLOUR: &str = "Avatar colour";
/// The colours, in their order.
pub const COLOURS: [&str; 12] =
    ["Green", "Blue", "Slate blue", "Indigo", "Purple", "Berry", "Red", "Rust", "Ochre", "Olive", "Moss", "Grey"];
pub const ZONE: &str = "Time zone";
pub const PRIVACY: &str = "Privacy";
pub const SHOW_PRESENCE: &str = "Show when I am online";
pub const SHOW_PRESENCE_TEXT: &str = "Others see a dot at your name, and when you were last here.";
pub const SEND_TYPING: &str = "Show when I am typing";
pub const SEND_TYPING_TEXT: &str = "Others in the conversation see that you are writing.";
pub const SEND_READ_MARKS: &str = "Show what I have read";
pub const SEND_READ_MARKS_TEXT: &str = "Others see how far you have read their messages.";
pub const APPEARANCE: &str = "Appearance";
pub const SAVE: &str = "Save";
pub const CHANGE_PASSWORD: &str = "Change password";
pub const PASSWORD_CHANGED: &str = "Changed. Your other sign-ins have ended.";
pub const SIGN_INS: &str = "Sign-ins";
pub const SIGN_INS_TEXT: &str = "The browsers that you are signed in with.";
pub const THIS_ONE: &str = "This one";
/// When and from where it was used.
pub fn used(used: &str, address: &str, since: &str) -> String {
    format!("Last used {used} from {address} · since {since}")
}
pub const SIGN_OUT: &str = "Sign out";
/// Which one, for screen readers.
pub fn of_device(device: &str) -> String {
    format!(" of {device}")
}
pub const SIGN_OUT_OTHERS: &str = "Sign out everywhere else";
pub const SIGNED_OUT_THERE: &str = "Signed out there.";

pub const ADMIN_SIGN_INS: &str = "Sign-ins";
/// What the page is.
pub const ADMIN_SIGN_INS_TEXT: &str =
    "The browsers and programs that people are signed in with, the last used first. Who is signed out has to sign in again.";
pub const SIGN_INS_TABLE: &str = "Who is signed in";
pub const WITH: &str = "With";
pub const ADDRESS: &str = "From";
pub const LAST_USED: &str = "Last used";
pub const TOKEN: &str = "token";
/// Whose and which, for screen readers.
pub fn sign_in_of(name: &str, device: &str) -> String {
    format!(" {name}: {device}")
}
pub const NO_SIGN_INS: &str = "Nobody of this name is signed in";
pub const NO_SIGN_INS_TEXT: &str = "Look for another name or address, or for all.";
pub const SIGN_INS_ENDED: &str = "This page is no longer told who signs in.";

pub const ADMIN_PEOPLE: &str = "People and roles";
pub const INVITATIONS: &str = "Invitations";
pub const INVITATIONS_TEXT: &str = "An invitation lets one person register, with a role. It works for two weeks, once.";
pub const EMAIL_OPTIONAL: &str = "E-mail (optional)";
/// What an address means for an invitation.
pub fn email_optional_hint(way: MailWay) -> &'static str {
    match way {
        MailWay::Sends => "Then only this address can use it, and gets it by mail.",
        MailWay::Delayed => "Then only this address can use it, and gets it by mail, which is delayed just now: see Mail.",
        MailWay::Folder => {
            "Then only this address can use it. This server sends no mail by itself (see Mail): hand the address on yourself."
        }
    }
}
pub const INVITE: &str = "Invite";
pub const INVITATION_MADE: &str = "Hand this address on to whom you invite. It is shown only now.";
pub const WITHDRAW: &str = "Withdraw";
pub const NO_INVITATIONS: &str = "No invitations are open.";
pub const FOR_ANYONE: &str = "Anyone with the link";
pub const USED: &str = "Used";
/// When it ends.
pub fn until(when: &str) -> String {
    format!("until {when}")
}
pub const ORGANISATION: &str = "Organisation";
pub const OPEN_REGISTRATION: &str = "Anyone may register";
pub const OPEN_REGISTRATION_TEXT: &str = "Otherwise people need an invitation.";
pub const PEOPLE_TABLE: &str = "People and their roles";
pub const ROLES: &str = "Roles";
/// Changes whose roles, for screen readers.
pub fn roles_of(name: &str) -> String {
    format!(" of {name}")
}
pub const SINCE: &str = "Since";
pub const ACTIONS: &str = "Actions";
pub const ADMINS_ONLY: &str = "This page is for admins";
pub const ADMINS_ONLY_TEXT: &str = "Ask an admin of your organisation if you need something changed.";
pub const DONE: &str = "Done";

pub const EMAIL_ADDRESS: &str = "E-mail address";
pub const NEW_EMAIL: &str = "New e-mail address";
/// Which address one signs in with.
pub fn signed_in_with(email: &str) -> String {
    format!("You sign in with {email}.")
}
pub const CHANGE_EMAIL_TEXT: &str =
    "A mail with a link goes to both addresses. The address changes when both have confirmed, within 24 hours.";
pub const CHANGE_EMAIL: &str = "Change the address";
/// The same whether or not the address belongs to somebody.
pub const EMAIL_ASKED: &str = "Open the links in the mails to both addresses.";
/// What waits.
pub fn email_waits(email: &str) -> String {
    format!("The change to {email} waits until both addresses have confirmed it.")
}
pub const CANCEL_CHANGE: &str = "Cancel the change";
pub const CHANGE_CANCELLED: &str = "The change is cancelled. Your address stays as it is.";
pub const EMAIL_BY_ADMIN: &str = "This site sends no mail. An admin can change your address.";
pub fn new_address_refused(reason: &str) -> String {
    format!("Mail to this address was refused for good ({reason}). Choose another one.")
}
pub const CONFIRM_EMAIL: &str = "Confirm the e-mail address";
/// On the page of the link in the mail to the old address.
pub fn confirm_as_old(email: &str) -> String {
    format!("Somebody, probably you, wants to change the address of your account to {email}. Confirm it, or cancel the change.")
}
/// On that of the link in the mail to the new one.
pub fn confirm_as_new(email: &str) -> String {
    format!("An account is to have the address {email}. Confirm it if the account is yours.")
}
pub const CONFIRM: &str = "Confirm";
pub const CONFIRMED_ONE: &str = "Confirmed. The address changes when the other one is confirmed, too: open the link in the mail to it.";
pub const CONFIRMED_BOTH: &str = "The address has changed. Sign in with the new one from now on.";
pub const TO_SETTINGS: &str = "To your settings";
pub const SET_EMAIL: &str = "Set the address";
pub const EMAIL_SET: &str = "The address is set. The person was signed out.";

/// The mails about another address.
pub fn change_mail_subject(organisation: &str) -> String {
    format!("Another e-mail address at {organisation}")
}
pub fn old_address_mail(name: &str, organisation: &str, new: &str, address: &str) -> String {
    format!(
        "Hello {name},\n\nsomebody, probably you, asked to change the address of your account at {organisation} to {new}. Open this link to \
         confirm it or to cancel the change:\n\n{address}\n\nIt works for 24 hours, once. If it was not you, cancel the change and set a new \
         password: whoever asked knows yours.\n"
    )
}
pub fn new_address_mail(organisation: &str, address: &str) -> String {
    format!(
        "Hello,\n\nsomebody, probably you, wants to have this address for an account at {organisation}. Open this link to confirm \
         it:\n\n{address}\n\nIt works for 24 hours, once. If it was not you, there is nothing to do.\n"
    )
}
pub fn changed_mail_subject(organisation: &str) -> String {
    format!("The e-mail address was changed at {organisation}")
}
pub fn changed_mail_to_old(organisation: &str, new: &str) -> String {
    format!(
        "Hello,\n\nyour account at {organisation} has the address {new} from now on. Nothing more is sent to this one. If that was not you, \
         tell an admin of {organisation} at once.\n"
    )
}
pub fn changed_mail_to_new(organisation: &str) -> String {
    format!("Hello,\n\nyour account at {organisation} has this address from now on. Sign in with it.\n")
}

/// The mail that sets a new password.
pub fn reset_mail_subject(organisation: &str) -> String {
    format!("Set a new password at {organisation}")
}
pub fn reset_mail(name: &str, organisation: &str, address: &str) -> String {
    format!(
        "Hello {name},\n\nsomebody, probably you, asked for a new password at {organisation}. Open this address to set one:\n\n{address}\n\n\
         It works for one hour, once. If it was not you, there is nothing to do: your password stays as it is.\n"
    )
}
/// Without the link of the mail nobody registers.
pub const ADDRESS_FIRST: &str = "Ask for a link first: it shows that the address is yours.";
pub const REGISTER_ADDRESS_TEXT: &str = "Enter your address. You get a link by mail, and register with it.";
/// The same whether or not there is an account.
pub const REGISTRATION_LINK_SENT: &str =
    "A mail is on its way to this address. If it does not come, look among the unwanted mail, or ask for it again in a minute.";
pub fn registration_mail_subject(organisation: &str) -> String {
    format!("Register at {organisation}")
}
pub fn registration_mail(organisation: &str, address: &str) -> String {
    format!(
        "Hello,\n\nsomebody, probably you, wants to register at {organisation} with this address. Open this link to do so:\n\n{address}\n\n\
         It works for two weeks, once. If it was not you, there is nothing to do.\n"
    )
}
pub fn known_mail_subject(organisation: &str) -> String {
    format!("You have an account at {organisation}")
}
pub fn known_mail(name: &str, organisation: &str, sign_in: &str, reset: &str) -> String {
    format!(
        "Hello {name},\n\nsomebody, probably you, wants to register at {organisation} with this address. You have an account already. Sign in \
         with it:\n\n{sign_in}\n\nIf you have forgotten the password, set a new one with this link. It works for one hour, once:\n\n{reset}\n\n\
         If it was not you, there is nothing to do.\n"
    )
}
/// The address of an invitation does not take mail.
pub fn address_refused(reason: &str) -> String {
    format!("Mail to this address was refused for good ({reason}). Correct it, or allow it again at Mail; or invite without an address.")
}
/// The mail that invites.
pub fn invitation_mail_subject(organisation: &str) -> String {
    format!("Invitation to {organisation}")
}
pub fn invitation_mail(inviter: &str, organisation: &str, address: &str) -> String {
    format!(
        "Hello,\n\n{inviter} invites you to {organisation}. Open this address to register:\n\n{address}\n\nIt works for two weeks, once.\n"
    )
}
