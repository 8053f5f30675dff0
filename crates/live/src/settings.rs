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
    /// Sockets in all, those of external applications included.
    pub connections: usize,
    /// Sockets of an external application that has no number of its own.
    pub connections_per_application: usize,
    /// Sockets of an external application from one address.
    pub application_sockets_per_address: usize,
    /// HTTP connections in all.
    pub http_connections: usize,
    /// HTTP connections from one address.
    pub http_connections_per_address: usize,
    /// Sockets of one person.
    pub sockets_per_person: usize,
    /// Sockets of visitors from one address.
    pub anonymous_sockets_per_address: usize,
    /// Channels of one socket.
    pub channels_per_connection: usize,
    /// Frames of one socket in a second, beyond what a page sends when it opens; client events have a limit of their own.
    pub frames_per_second: u32,
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

/// `[webhooks]`: what happens on external applications' channels, told to their backends.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    /// Also to addresses that are none of the internet: this machine, the net that it stands in.
    pub allow_private: bool,
}

/// Files that are neither connections nor sockets: the database, its readers, what is served.
const OTHER_FILES: usize = 128;

impl Limits {
    /// The same, but no more connections than fit into `files` open files: a quarter for HTTP, the rest for sockets.
    #[must_use]
    pub fn within(self, files: usize) -> Self {
        let fits = |limit: usize, room: usize| if limit == 0 { room } else { limit.min(room) };
        let room = files.saturating_sub(OTHER_FILES).max(8);
        let http_connections = fits(self.http_connections, room / 4);
        Self { http_connections, connections: fits(self.connections, room - http_connections), ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_per_application: 1_000,
            application_sockets_per_address: 250,
            http_connections: 4_000,
            http_connections_per_address: 250,
            sockets_per_person: 10,
            anonymous_sockets_per_address: 50,
            channels_per_connection: 100,
            frames_per_second: 20,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// However few files there are, connections leave some for the database.
    #[test]
    fn limits_fit_into_open_files() {
        let fitted = |limits: Limits, files: usize| {
            let limits = limits.within(files);
            (limits.http_connections, limits.connections)
        };
        assert_eq!(fitted(Limits::default(), 1_024), (224, 672));
        assert_eq!(fitted(Limits::default(), 65_536), (4_000, 10_000));
        let none = Limits { connections: 0, http_connections: 0, ..Limits::default() };
        assert_eq!(fitted(none, 1_024), (224, 672));
        assert_eq!(fitted(none, 0), (2, 6));
    }
}
