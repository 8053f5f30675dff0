//! The pages of tickets and of entrances.

mod check_in;
mod tickets;

pub use check_in::CheckInPage;
pub use tickets::{OrderTicketsPage, TicketPage, TicketsPage};
