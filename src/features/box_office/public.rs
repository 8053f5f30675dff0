//! The box office in the public JSON API, one file a matter.

mod plans;

use crate::server::api::Endpoints;

/// The endpoints.
pub fn endpoints() -> Endpoints {
    plans::with(Endpoints::default())
}
