//! All words of the pages, in one catalogue: a second language is another file.
//! Each feature's words stand in a module of its own, those of the frame in [`shell`].

pub mod activity;
pub mod admin;
pub mod api;
pub mod applications;
pub mod box_office;
pub mod broadcasts;
pub mod digest;
pub mod findings;
pub mod health;
pub mod inbox;
pub mod jobs;
pub mod messages;
pub mod operations;
pub mod people;
pub mod shell;
pub mod tokens;
