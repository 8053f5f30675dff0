//! The hosts of organisations that are suspended: nothing is answered there but that they are.

use std::{
    collections::HashSet,
    sync::{PoisonError, RwLock},
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};

use super::{host, without_port};
use crate::{problem::Problem, state::AppState};
use plenum_core::error::{AppError, AppResult};
use plenum_store::db::Store;

/// A page that is open tries again after so many seconds.
const AGAIN: HeaderValue = HeaderValue::from_static("30");
const SENTENCE: &str =
    "This organisation is suspended. Nothing is lost: everything is here again when it is resumed. Ask those who run this server.";

/// The hosts, in memory so that no request asks the database; a [part](Store::part) of the store.
#[derive(Default)]
pub struct SuspendedHosts {
    hosts: RwLock<HashSet<String>>,
    /// One at a time reads the rows and puts them in place: what was read earlier must not come later.
    loading: tokio::sync::Mutex<()>,
}

impl SuspendedHosts {
    /// Reads them as they are now.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn load(&self, store: &Store) -> AppResult<()> {
        let _turn = self.loading.lock().await;
        let hosts: Vec<String> = sqlx::query_scalar("select host from organisations where suspended_at is not null and host is not null")
            .fetch_all(&mut *store.read().await?)
            .await?;
        *self.hosts.write().unwrap_or_else(PoisonError::into_inner) = hosts.into_iter().collect();
        Ok(())
    }

    fn holds(&self, host: &str) -> bool {
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        if hosts.is_empty() {
            return false;
        }
        let host = host.to_lowercase();
        hosts.contains(&host) || hosts.contains(without_port(&host))
    }
}

/// Middleware: answers with 503 at the host of an organisation that is suspended.
pub async fn rest(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !state.store.part::<SuspendedHosts>().holds(host(request.headers())) {
        return next.run(request).await;
    }
    let mut response = if wants_page(request.headers()) {
        (StatusCode::SERVICE_UNAVAILABLE, Html(page())).into_response()
    } else {
        Problem::from(AppError::unavailable(SENTENCE)).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, AGAIN);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("refresh"), AGAIN);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; img-src data:; frame-ancestors 'none'"));
    response
}

fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}

/// It needs nothing from elsewhere: no style sheet, no script.
fn page() -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"data:,\"><title>Suspended</title></head>\
         <body><main><h1>Suspended</h1><p>{SENTENCE}</p></main></body></html>"
    )
}
