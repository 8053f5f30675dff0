//! What people do in Plenum, one module each. Inside a feature the file says where
//! the code runs: `model` and `live` on both sides, `api` in between, `server` on the
//! server, `view` on the page.

pub mod activity;
pub mod admin;
pub mod applications;
pub mod box_office;
pub mod broadcasts;
pub mod inbox;
pub mod messages;
pub mod people;
#[cfg(feature = "ssr")]
pub mod seed;
pub mod spaces;
pub mod wallet;
