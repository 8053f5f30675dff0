//! The words of external applications.

/// Page and heading.
pub const APPLICATIONS: &str = "Applications";
/// What they are.
pub const APPLICATIONS_TEXT: &str = "Programs of other teams that use Plenum as their live server: pusher-js, Laravel Echo and every Pusher SDK connect with a key, and their backends publish with a secret.";
/// There are none.
pub const NONE: &str = "There are no applications yet.";
/// A section, and the button.
pub const CREATE: &str = "New application";
/// The button.
pub const MAKE: &str = "Create";
/// The field.
pub const NAME: &str = "Name";
/// Shown with new credentials.
pub const SHOWN_ONCE: &str = "This is the only time that the secret is shown. Put it where your backend reads it.";
/// It was shown before, to a page without scripts.
pub const WAS_SHOWN: &str = "The secret was made and shown once. If you have not kept it, open the application and make a new one.";
/// A value.
pub const APP_ID: &str = "App id";
/// A value.
pub const KEY: &str = "Key";
/// A value.
pub const SECRET: &str = "Secret";
/// Where clients and backends connect.
pub const HOST: &str = "Host";
/// It can be connected to.
pub const ON: &str = "On";
/// It cannot.
pub const OFF: &str = "Off";
/// How many sockets and channels there are now.
pub fn now(connections: usize, channels: usize) -> String {
    let s = |count: usize| if count == 1 { "" } else { "s" };
    format!("{connections} connection{}, {channels} channel{}", s(connections), s(channels))
}
/// Back to the list.
pub const ALL: &str = "All applications";
/// A section.
pub const CREDENTIALS: &str = "Credentials";
/// A section.
pub const SETTINGS: &str = "Settings";
/// A switch.
pub const ENABLED: &str = "Switched on";
/// What it does.
pub const ENABLED_TEXT: &str = "Off closes its sockets and refuses new ones.";
/// A field.
pub const ORIGINS: &str = "Allowed origins";
/// What it means.
pub const ORIGINS_HINT: &str = "Separated by blanks, as https://app.example. Empty: any.";
/// A switch.
pub const CLIENT_EVENTS: &str = "Client events";
/// What it does.
pub const CLIENT_EVENTS_TEXT: &str = "Clients may send events to each other on private and presence channels.";
/// A switch.
pub const COUNTS: &str = "Subscription counts";
/// What it does.
pub const COUNTS_TEXT: &str = "Subscribers are told how many there are.";
/// A switch.
pub const DURABLE: &str = "Durable log";
/// What it does.
pub const DURABLE_TEXT: &str = "Events are written to the database before they go out, so that clients that come back get what they missed for a day, over restarts too. Off, they are kept in memory for two minutes.";
/// A field.
pub const CONNECTIONS: &str = "Most connections";
/// A field.
pub const MEMBERS: &str = "Most people on a presence channel";
/// A field.
pub const BYTES: &str = "Most bytes of an event";
/// What 0 means.
pub const ZERO: &str = "0: no limit.";
/// The button.
pub const SAVE: &str = "Save";
/// About changing the secret.
pub const ROTATE_TEXT: &str =
    "A new secret is valid at once, and the one before stays valid until you end it: change your backends one after the other.";
/// The button.
pub const ROTATE: &str = "New secret";
/// The button.
pub const END_ROTATION: &str = "End the older secret";
/// Both are valid.
pub const ROTATING: &str = "Two secrets are valid.";
/// A section.
pub const WEBHOOKS: &str = "Webhooks";
/// There are none.
pub const NO_WEBHOOKS: &str = "Nobody is told what happens on its channels.";
/// A field.
pub const URL: &str = "Address";
/// A group of boxes.
pub const EVENTS: &str = "Events";
/// The button.
pub const ADD: &str = "Add";
/// The button.
pub const REMOVE: &str = "Remove";
/// Which one, for screen readers.
pub fn of(what: &str) -> String {
    format!(" {what}")
}
/// A section.
pub const DELIVERIES: &str = "Last deliveries";
/// There are none.
pub const NO_DELIVERIES: &str = "Nothing was sent yet.";
/// One of them.
pub fn delivery(events: i64, attempts: i64) -> String {
    let s = |count: i64| if count == 1 { "" } else { "s" };
    format!("{events} event{}, {attempts} attempt{}", s(events), s(attempts))
}
/// It has not been taken yet.
pub const WAITING: &str = "waiting";
/// It was taken.
pub const TAKEN: &str = "delivered";
/// It was given up.
pub const GIVEN_UP: &str = "given up";
/// The button.
pub const DELETE: &str = "Delete the application";
/// Asks.
pub const DELETE_TEXT: &str = "Its sockets close at once, and its key and secret are worth nothing any more.";
/// There is no such application.
pub const UNKNOWN: &str = "There is no such application.";
