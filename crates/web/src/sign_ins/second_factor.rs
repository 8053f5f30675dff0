//! Who must set up a second factor before they do anything else: the people of the roles for which their organisation demands one.
//!
//! A sign-in of such a person is found as [`MustSetUp`] instead of an identity. So they are visitors to every page, server function and
//! socket, their tokens are refused, and only what asks for [`Owner`](crate::request::Owner) knows them.

use axum::{
    extract::Request,
    http::{Method, header},
};
use form_urlencoded::Serializer;

use plenum_core::people::Identity;

/// The page that sets it up.
const SET_UP: &str = "/sign-in/set-up";

/// True in a statement about `people` if a role of theirs needs a second factor, and they have none. What it means for them is asked where a
/// sign-in is found, and nowhere else.
#[macro_export]
macro_rules! lacks_factor {
    () => {
        "(exists (select 1 from second_factor_roles needs join roles held on held.role = needs.role
                  where needs.organisation_id = people.organisation_id and held.person_id = people.id)
          and not exists (select 1 from second_factors factor where factor.person_id = people.id and factor.confirmed_at is not null))"
    };
}

/// Somebody who is signed in and must set up their second factor; in a request's extensions in place of [`Identity`].
#[derive(Debug, Clone)]
pub struct MustSetUp(pub Identity);

impl MustSetUp {
    /// Where a request for another page than that one is led; none if it is for none.
    pub fn led_to(&self, request: &Request) -> Option<String> {
        let wants_page = request.method() == Method::GET
            && !request.uri().path().starts_with("/fn/")
            && request
                .headers()
                .get(header::ACCEPT)
                .and_then(|accept| accept.to_str().ok())
                .is_some_and(|accept| accept.contains("text/html"));
        if !wants_page || request.uri().path() == SET_UP {
            return None;
        }
        let from = match request.uri().path() {
            "/" => None,
            // It says itself where it leads.
            path if path.starts_with("/sign-in") || path == "/register" => next_in(request.uri().query().unwrap_or_default()),
            _ => request.uri().path_and_query().map(ToString::to_string),
        };
        Some(match from {
            Some(from) => format!("{SET_UP}?{}", Serializer::new(String::new()).append_pair("next", &from).finish()),
            None => SET_UP.to_owned(),
        })
    }
}

fn next_in(query: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "next").map(|(_, next)| next.into_owned())
}
