//! Rules that need several features, against a real store.

mod demotion;
mod ends;
mod feeds;
mod found;
