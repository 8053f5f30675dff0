//! HTTP: [`sign_ins`], [`security`], [`rates`], what a [`request`] asks, the [`state`] that requests share, the
//! socket's [`upgrade`], the kit of the public API ([`api`]), [`mail`]. It names no page and no feature's rules.

pub mod api;
pub mod csv;
pub mod flash;
pub mod mail;
pub mod password;
pub mod problem;
pub mod pusher_auth;
pub mod rates;
pub mod request;
pub mod search;
pub mod security;
pub mod settings;
pub mod sign_ins;
pub mod state;
pub mod upgrade;
