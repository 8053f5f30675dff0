//! What a page fetches before it shows anything: by the id in its address ([`use_id`], [`resource_by_id`]) or otherwise, and what it
//! shows when that has come or was refused ([`Loaded`]).

use std::{pin::Pin, str::FromStr, sync::Arc};

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Serialize, de::DeserializeOwned};

use super::faults::fault_within;
use crate::{memo, view};
use plenum_core::error::{AppError, AppResult};

/// The id in the page's address (`:id`), if it is one.
pub fn use_id<I>() -> Memo<Option<I>>
where
    I: FromStr + PartialEq + Send + Sync + 'static,
{
    let params = use_params_map();
    memo(move || params.with(|params| params.get_str("id").and_then(|id| id.parse().ok())))
}

/// Fetches what `id` names, on the server before the page is sent. An address without an id names no such `thing` ("order").
pub fn resource_by_id<I, T, F>(
    id: Memo<Option<I>>,
    thing: &'static str,
    fetch: impl Fn(I) -> F + Send + Sync + 'static,
) -> Resource<AppResult<T>>
where
    I: Clone + PartialEq + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = AppResult<T>> + Send + 'static,
{
    Resource::new_blocking(
        move || id.get(),
        move |id| {
            let fetched = id.map(&fetch);
            async move {
                match fetched {
                    Some(fetched) => fetched.await,
                    None => Err(AppError::no_such(thing)),
                }
            }
        },
    )
}

type Content = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// What a resource holds, or the error, once it has come. While it is fetched anew, what is shown stays.
#[component]
pub fn Loaded<T, V>(
    /// The resource.
    from: Resource<AppResult<T>>,
    /// Makes the view of an error: a section of the page unless it is said otherwise.
    #[prop(default = fault_within)]
    fault: fn(AppError) -> AnyView,
    /// Makes the view of what has come.
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Send + Sync + 'static,
    V: IntoAny,
{
    let children = Arc::new(children);
    transition(Box::new(move || {
        let children = Arc::clone(&children);
        Box::pin(async move {
            match from.await {
                Ok(value) => children(value).into_any(),
                Err(error) => fault(error),
            }
        })
    }))
}

/// Compiled once for all that is loaded.
fn transition(content: Box<dyn Fn() -> Content + Send + Sync>) -> AnyView {
    view! { <Transition>{move || Suspend::new(content())}</Transition> }
}
