//! The words of external applications.

pub const APPLICATIONS: &str = "Applications";
pub const APPLICATIONS_TEXT: &str = "Programs of other teams that use Plenum as their live server: pusher-js, Laravel Echo and every Pusher SDK connect with a key, and their backends publish with a secret.";
pub const NONE: &str = "There are no applications yet.";
pub const CREATE: &str = "New application";
pub const MAKE: &str = "Create";
pub const NAME: &str = "Name";
pub const SHOWN_ONCE: &str = "This is the only time that the secret is shown. Put it where your backend reads it.";
pub const WAS_SHOWN: &str = "The secret was made and shown once. If you have not kept it, open the application and make a new one.";
pub const APP_ID: &str = "App id";
pub const KEY: &str = "Key";
pub const SECRET: &str = "Secret";
pub const HOST: &str = "Host";
pub const ON: &str = "On";
pub const OFF: &str = "Off";
/// How many sockets and channels there are now.
pub fn now(connections: usize, channels: usize) -> String {
    let s = |count: usize| if count == 1 { "" } else { "s" };
    format!("{connections} connection{}, {channels} channel{}", s(connections), s(channels))
}
pub const ALL: &str = "All applications";
pub const CREDENTIALS: &str = "Credentials";
pub const SETTINGS: &str = "Settings";
pub const ENABLED: &str = "Switched on";
pub const ENABLED_TEXT: &str = "Off closes its sockets and refuses new ones.";
pub const ORIGINS: &str = "Allowed origins";
pub const ORIGINS_HINT: &str = "Separated by blanks, as https://app.example. Empty: any.";
pub const CLIENT_EVENTS: &str = "Client events";
pub const CLIENT_EVENTS_TEXT: &str = "Clients may send events to each other on private and presence channels.";
pub const COUNTS: &str = "Subscription counts";
pub const COUNTS_TEXT: &str = "Subscribers are told how many there are.";
pub const DURABLE: &str = "Durable log";
pub const DURABLE_TEXT: &str = "Events are written to the database before they go out, so that clients that come back get what they missed for a day, over restarts too. Off, they are kept in memory for two minutes.";
pub const CONNECTIONS: &str = "Most connections";
pub const MEMBERS: &str = "Most people on a presence channel";
pub const BYTES: &str = "Most bytes of an event";
pub const ZERO: &str = "0: no limit.";
pub const USUAL: &str = "0: as many as the server usually allows.";
pub const SAVE: &str = "Save";
/// About changing the secret.
pub const ROTATE_TEXT: &str =
    "A new secret is valid at once, and the one before stays valid until you end it: change your backends one after the other.";
pub const ROTATE: &str = "New secret";
pub const END_ROTATION: &str = "End the older secret";
pub const ROTATING: &str = "Two secrets are valid.";
pub const WEBHOOKS: &str = "Webhooks";
pub const NO_WEBHOOKS: &str = "Nobody is told what happens on its channels.";
pub const URL: &str = "Address";
pub const EVENTS: &str = "Events";
pub const ADD: &str = "Add";
pub const REMOVE: &str = "Remove";
/// Which one, for screen readers.
pub fn which_one(what: &str) -> String {
    format!(" {what}")
}
pub const DELIVERIES: &str = "Last deliveries";
pub const NO_DELIVERIES: &str = "Nothing was sent yet.";
/// One of them.
pub fn delivery(events: i64, attempts: i64) -> String {
    let s = |count: i64| if count == 1 { "" } else { "s" };
    format!("{events} event{}, {attempts} attempt{}", s(events), s(attempts))
}
pub const WAITING: &str = "waiting";
pub const TAKEN: &str = "delivered";
pub const GIVEN_UP: &str = "given up";
pub const DELETE: &str = "Delete the application";
pub const DELETE_TEXT: &str = "Its sockets close at once, and its key and secret are worth nothing any more.";
pub const UNKNOWN: &str = "There is no such application.";
