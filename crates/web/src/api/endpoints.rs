//! Routes of the public API together with their description.

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::state::AppState;

/// Endpoints that are served and described. What is not described cannot be added: each comes from
/// [`routes!`](utoipa_axum::routes), which takes method and path from the handler's `#[utoipa::path]`.
#[derive(Clone, Default)]
pub struct Endpoints(OpenApiRouter<AppState>);

impl Endpoints {
    /// None, under a description of the whole.
    pub fn under(description: OpenApi) -> Self {
        Self(OpenApiRouter::with_openapi(description))
    }

    /// Adds one path, with the handlers of its methods.
    pub fn with(self, routes: UtoipaMethodRouter<AppState>) -> Self {
        Self(self.0.routes(routes))
    }

    /// Adds those of `others`.
    pub fn and(self, others: Self) -> Self {
        Self(self.0.merge(others.0))
    }

    /// The same endpoints once more, their paths behind `prefix`; `name` goes before their operations' names.
    pub fn again_at(&self, prefix: &str, name: &str) -> Self {
        let mut again = self.clone();
        for item in again.0.get_openapi_mut().paths.paths.values_mut() {
            for operation in [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten() {
                operation.operation_id = operation.operation_id.as_ref().map(|id| format!("{name}_{id}"));
            }
        }
        Self(OpenApiRouter::new().nest(prefix, again.0))
    }

    /// What is served, and its description.
    pub fn split(self) -> (Router<AppState>, OpenApi) {
        self.0.split_for_parts()
    }
}
