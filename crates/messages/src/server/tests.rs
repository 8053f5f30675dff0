//! The rules, one sentence each, against a real store.

mod apply;
mod inbox;
mod kinds;
mod rights;
mod seeds;
mod talk;
