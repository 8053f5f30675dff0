//! The box office in the public JSON API, one file a matter.

pub mod events;

use crate::server::api::Endpoints;

/// The endpoints.
pub fn endpoints() -> Endpoints {
    events::endpoints()
}
