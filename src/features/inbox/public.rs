//! The inbox in the public JSON API.
