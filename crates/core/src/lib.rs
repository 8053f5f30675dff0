//! What both sides share, without a clock, a socket or a database: ids, errors, time, people's
//! shared types, channels, the verbs of what can happen, cursors, frames, live events, mails.

#![recursion_limit = "256"]

pub mod activity;
pub mod channels;
#[cfg(feature = "ssr")]
pub mod clock;
pub mod codec;
pub mod counts;
pub mod cursor;
#[cfg(test)]
mod enum_words;
pub mod error;
#[cfg(feature = "ssr")]
pub mod faults;
pub mod ids;
#[cfg(feature = "ssr")]
pub mod letters;
pub mod live;
pub mod look;
pub mod mail;
#[cfg(feature = "ssr")]
pub mod network;
pub mod people;
pub mod protocol;
pub mod qr;
pub mod sorted;
pub mod text;
pub mod time;
