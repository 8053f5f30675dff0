//! Tickets and the signed codes on them; check-ins, where a ticket is let in once.

pub mod address;
pub mod check_ins;
pub mod codes;
pub mod tickets;
