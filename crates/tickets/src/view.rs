//! The pages of tickets and of entrances.

mod address;
mod check_in;
mod tickets;

pub use address::OnlineAddress;
pub use check_in::CheckInPage;
pub use tickets::{OrderTicketsPage, TicketPage, TicketsPage};
