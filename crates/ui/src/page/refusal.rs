//! Why a form without scripts was refused. The server leads back to the form's page and says it in that page's address, under a seal
//! (`plenum_web::refusals`), so that nobody's link puts words into this site's mouth. What stands in any other address is not shown.

use leptos::{prelude::*, server::ServerActionError, server_fn::error::ServerFnUrlError};
use leptos_router::hooks::use_location;

use crate::{Query, redirect::with_query};
use plenum_core::error::AppError;

/// The parameters: of a form that is no server function's, and of those that are.
const REFUSED: &str = "refused";
const ERROR: &str = "__err";
const ACTION: &str = "__path";

/// The address of this document as the server has rendered it, if a refusal stands in it: one without a seal is not rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RefusalAt(pub Option<String>);

/// `address` (a path with its query), if a refusal stands in it.
pub(super) fn with_refusal(address: &str) -> Option<String> {
    let query = Query::parse(address.split_once('?')?.1);
    [REFUSED, ERROR].iter().any(|name| query.get_str(name).is_some()).then(|| address.to_owned())
}

/// Why the form that led to this page was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The path of its server function; none: it is no server function's.
    pub action: Option<String>,
    /// Why.
    pub message: String,
}

/// The parameters of this address, if the server has vouched for the refusal in them.
fn vouched_for() -> Option<Query> {
    let rendered = use_context::<RefusalAt>()?.0?;
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    (rendered == with_query(&path, &search)).then(|| Query::parse(search.trim_start_matches('?')))
}

/// Why the form that led to this page was refused, if one was.
pub fn refusal() -> Option<Refusal> {
    let query = vouched_for()?;
    match query.get(REFUSED) {
        Some(message) => Some(Refusal { action: None, message }),
        None => {
            let error = ServerFnUrlError::<AppError>::decode_err(query.get_str(ERROR)?);
            Some(Refusal { action: query.get(ACTION), message: error.message })
        }
    }
}

/// Has the forms of this page show what stands in its address only if the server has vouched for it; called before a page is made.
pub fn settle_refusal() {
    if vouched_for().is_none() {
        provide_context(ServerActionError::new("", ""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_seen_in_an_address() {
        assert_eq!(with_refusal("/events/3/plan?refused=x"), Some("/events/3/plan?refused=x".to_owned()));
        assert_eq!(with_refusal("/a?b=1&__err=eA&__path=/fn/x"), Some("/a?b=1&__err=eA&__path=/fn/x".to_owned()));
        assert_eq!((with_refusal("/a?b=refused"), with_refusal("/refused")), (None, None));
    }
}
