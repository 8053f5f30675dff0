//! The box office in the public JSON API, one file a matter.

mod events;
mod orders;
mod plans;
mod seats;
mod tickets;

use plenum_web::api::Endpoints;

/// The endpoints.
pub fn endpoints() -> Endpoints {
    let made = Endpoints::default().and(events::endpoints()).and(orders::endpoints()).and(seats::endpoints()).and(tickets::endpoints());
    plans::with(made)
}
