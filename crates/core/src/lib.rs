//! What both sides share, without a clock, a socket or a database: ids, errors, time, people's
//! shared types, channels, the verbs of what can happen, cursors, frames, live events.

#![recursion_limit = "256"]

pub mod activity;
pub mod channels;
#[cfg(feature = "ssr")]
pub mod clock;
pub mod codec;
pub mod counts;
pub mod cursor;
pub mod error;
#[cfg(feature = "ssr")]
pub mod faults;
pub mod ids;
pub mod live;
pub mod people;
pub mod protocol;
pub mod sorted;
pub mod text;
pub mod time;
