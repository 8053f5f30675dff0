//! The pages of the box office, one file a matter; `follow` keeps what is on the screen up to date.

mod check_in;
mod desk;
pub mod event;
pub mod event_form;
pub mod events;
pub mod orders;
pub mod plan_preview;
pub mod plans;
pub mod promo;
pub mod seats;
pub mod tabs;
mod tickets;

pub use check_in::CheckInPage;
pub use desk::DeskPage;
pub use tickets::{OrderTicketsPage, TicketPage, TicketsPage};
