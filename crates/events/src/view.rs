//! Tabs above the lists of the box office.

pub mod tabs;
