//! Rules and SQL of the programme.
//!
//! - [`event_edit`], [`pictures`]: what organisers write; [`event_pages`]: the list, and the page of one event.
//! - [`lifecycle`]: changes of state, by people or by the [`clock`]; [`event_notices`]: notifies the people whom they concern;
//!   [`readmitting`]: tickets that were used before an event got a new time.
//! - [`seed`]: events for trying it out.

pub mod clock;
pub mod event_edit;
pub mod event_notices;
pub mod event_pages;
pub mod lifecycle;
pub mod pictures;
pub mod readmitting;
pub mod seed;
pub mod staff;
#[cfg(test)]
pub mod tests;
