//! The box office in the public JSON API, one file a matter.

mod seats;

use crate::server::api::Endpoints;

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default().and(seats::endpoints())
}
