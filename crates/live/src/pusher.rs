//! External applications: teams that live on Pusher, Reverb or Soketi point their clients and
//! backends here, and go on.
//!
//! Each application has channels of its own ([`channel`]), apart from Plenum's and from each
//! other's. A socket is served by a [`session`]; a backend publishes over the [`http`] API, signed
//! as in [`signature`]; what happens goes out by [`webhooks`]. [`registry`] knows them all.
//!
//! Everything is in memory but the applications themselves: an event is relayed, kept for two
//! minutes for those who come back ([`backlog`]), and forgotten; unless an application is [`durable`].
//! A console looks on through the [`tap`]; who was refused and why is kept in the [`record`].

pub mod application;
pub mod backlog;
pub mod channel;
pub mod durable;
pub mod http;
pub mod names;
#[cfg(test)]
mod properties;
pub mod record;
pub mod registry;
pub mod session;
pub mod signature;
mod sockets;
pub mod tap;
pub mod users;
pub mod webhooks;
