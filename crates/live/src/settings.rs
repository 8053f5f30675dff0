//! Settings of the live layer, and the limits of what one client may ask.

use serde::Deserialize;

/// `[realtime]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Realtime {
    /// Seconds without a frame after which the server pings.
    pub ping_seconds: u64,
    /// Seconds without a frame after which a connection is given up.
    pub lost_seconds: u64,
    /// Bytes that may wait for one connection.
    pub queue_bytes: usize,
    /// Seconds that a person stays present after a close.
    pub leave_seconds: u64,
    /// Seconds that a person stays present after a loss.
    pub lost_leave_seconds: u64,
    /// Seconds after which all rights are asked again.
    pub recheck_seconds: u64,
}

impl Default for Realtime {
    fn default() -> Self {
        Self { ping_seconds: 15, lost_seconds: 30, queue_bytes: 256 * 1024, leave_seconds: 5, lost_leave_seconds: 15, recheck_seconds: 60 }
    }
}

/// `[limits]`; 0 means no limit.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Sockets in all.
    pub connections: usize,
    /// Sockets of one person.
    pub sockets_per_person: usize,
    /// Sockets of visitors from one address.
    pub anonymous_sockets_per_address: usize,
    /// Channels of one socket.
    pub channels_per_connection: usize,
    /// Commands of one person in a minute.
    pub commands_per_minute: u32,
    /// Marks (read, delivered) of one person in a minute.
    pub marks_per_minute: u32,
    /// Client events of one socket in a second.
    pub client_events_per_second: u32,
    /// Failed sign-ins of one account in 15 minutes before each further one is delayed.
    pub sign_in_failures_per_account: u32,
    /// Failed sign-ins from one address in 15 minutes before each further one is delayed.
    pub sign_in_failures_per_address: u32,
    /// Bytes of a client's event data.
    pub data_bytes: usize,
    /// People whose presence one socket may follow.
    pub watched_people: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            sockets_per_person: 10,
            anonymous_sockets_per_address: 50,
            channels_per_connection: 100,
            commands_per_minute: 100,
            marks_per_minute: 300,
            client_events_per_second: 20,
            sign_in_failures_per_account: 5,
            sign_in_failures_per_address: 100,
            data_bytes: 10_000,
            watched_people: 300,
        }
    }
}
