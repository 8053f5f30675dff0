//! Seats, holds and orders in the public JSON API.

mod orders;
mod seats;

use plenum_web::api::Endpoints;

/// The endpoints.
pub fn endpoints() -> Endpoints {
    orders::endpoints().and(seats::endpoints())
}
