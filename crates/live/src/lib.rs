//! The live layer on the server.
//!
//! A commit's way out: the writer hands it to the [`dispatcher`], which encodes each
//! event once and gives its bytes to the [`hub`]; the hub writes them to every
//! subscriber's [`connection`] whose queue is empty and queues the rest. The store's log has
//! what was announced, for clients that come back; [`presence`] is derived from the
//! connections alone; [`heads`] follow conversations that are not on the screen. [`pusher`] is
//! what external applications get: the same sockets, channels of their own.

pub mod apart;
pub mod audit;
pub mod connection;
pub mod dispatcher;
pub mod frames;
pub mod heads;
pub mod hub;
pub mod outbound;
pub mod pace;
pub mod places;
pub mod plenum_auth;
pub mod presence;
pub mod pusher;
pub mod rules;
pub mod settings;
pub mod subscriptions;
pub mod ticker;
pub mod traffic;
pub mod write_pacing;
