//! HTTP: [`sign_ins`], [`security`], [`rates`], how long [`bodies`] may be, what a [`request`] says, how a [`server_fn`] begins, the [`state`] that requests share,
//! the [`connections`] that requests come on, the socket's [`upgrade`], the kit of the public API ([`api`]), [`mail`], uploaded
//! [`pictures`]. It names no page
//! and no feature's rules.

pub mod api;
pub mod bodies;
pub mod connections;
pub mod csv;
pub mod mail;
pub mod once;
pub mod password;
pub mod pictures;
pub mod problem;
pub mod pusher_auth;
pub mod qr;
pub mod rates;
mod refusal_form;
pub mod refusals;
pub mod request;
pub mod search;
pub mod security;
pub mod server_fn;
pub mod settings;
pub mod sign_ins;
pub mod state;
pub mod upgrade;
