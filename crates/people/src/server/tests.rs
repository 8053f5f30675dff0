//! Rules that need several features, against a real store.

mod feeds;
