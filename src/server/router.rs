//! The way of a request: its address and sign-in, the Origin check, then the page, the
//! server function, the socket or the file.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, file_and_error_handler_with_context, generate_route_list};
use metrics_exporter_prometheus::PrometheusHandle;
use sha2::{Digest as _, Sha256};
use tower::ServiceBuilder;
use tower_http::{compression::CompressionLayer, limit::RequestBodyLimitLayer, services::ServeDir, set_header::SetResponseHeaderLayer};

use super::{broadcasting, security, sign_ins::Identity, state::AppState, status};
use crate::{
    app::{App, Build, UnreadAtFirst, shell},
    error::AppResult,
    features::{
        messages,
        people::{self, model::Shell},
    },
    realtime::server::{pusher, upgrade},
};

/// The longest body of a request: a message of 8,000 characters and its form fit four times.
const BODY_BYTES: usize = 256 * 1024;

/// The router's own list of pages, for tests that visit all of them.
pub fn pages() -> Vec<String> {
    generate_route_list(App).into_iter().map(|route| route.path().to_owned()).collect()
}

/// Everything that Plenum answers.
pub fn router(state: AppState, figures: PrometheusHandle) -> Router {
    let pages = generate_route_list(App);
    let options = state.leptos.clone();
    let packages = format!("{}/{}", options.site_root, options.site_pkg_dir);
    let context = {
        let state = state.clone();
        move || page_context(&state)
    };
    let immutable =
        SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    let package_path = format!("/{}", options.site_pkg_dir);
    let pages = Router::new()
        .leptos_routes_with_context(&state, pages, context.clone(), {
            let options = options.clone();
            move || shell(options.clone())
        })
        .fallback(file_and_error_handler_with_context::<AppState, _>(context, shell))
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(state.clone(), attach_shell))
                .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest)),
        )
        .layer(RequestBodyLimitLayer::new(BODY_BYTES));
    Router::new()
        .route("/app/{key}", get(upgrade::socket))
        .merge(pages)
        .layer(middleware::from_fn_with_state(state.clone(), security::check_origin))
        .layer(middleware::from_fn_with_state(state.clone(), security::identify))
        .merge(pusher::http::routes())
        .merge(broadcasting::routes(&state))
        .merge(public_api(&state))
        .nest_service(
            &package_path,
            ServiceBuilder::new().layer(immutable).service(ServeDir::new(packages).precompressed_br().precompressed_gzip()),
        )
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(move |state: State<AppState>, peer, headers: HeaderMap| figures_page(state, peer, headers, figures)))
        .layer(middleware::from_fn_with_state(state.clone(), security::protect))
        .with_state(state)
}

/// `/api/v1`: for programs, which bring a token; no cookie counts there, so no page of another site can use one.
fn public_api(state: &AppState) -> Router<AppState> {
    Router::new()
        .merge(people::public::routes())
        .merge(messages::public::routes())
        .merge(status::routes())
        .layer(middleware::from_fn_with_state(state.clone(), broadcasting::across_origins))
        .layer(middleware::from_fn_with_state(state.clone(), security::locate))
        .layer(RequestBodyLimitLayer::new(BODY_BYTES))
}

/// What a page finds in its context: the shell's data, the build, and the policy for its scripts.
fn page_context(state: &AppState) {
    provide_context(state.clone());
    provide_context(Build(Arc::clone(&state.build)));
    if let Some(parts) = use_context::<axum::http::request::Parts>()
        && let Some((shell, unread)) = parts.extensions.get::<Frame>().map(|frame| &**frame)
    {
        provide_context(Shell::clone(shell));
        provide_context(*unread);
    }
    if let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), leptos::nonce::use_nonce()) {
        let reload = (state.leptos.env == leptos::config::Env::DEV).then_some(state.leptos.reload_port as u16);
        let policy = security::content_security_policy(&nonce, &state.config.public_url(state.leptos.site_addr), reload);
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
        // A page is one person's: no cache in between keeps it.
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// What stands around the page of a request.
type Frame = Arc<(Shell, UnreadAtFirst)>;

async fn frame(state: &AppState, identity: Option<&Identity>, host: &str) -> AppResult<Frame> {
    let shell = people::server::shell(state, identity, host).await?;
    let unread = match identity {
        Some(who) => messages::server::unread(&state.store, who).await?,
        None => 0,
    };
    Ok(Arc::new((shell, UnreadAtFirst(unread))))
}

/// Reads what the shell of every page shows, before the page is rendered.
async fn attach_shell(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let wants_page = request.method() == Method::GET
        && !request.uri().path().starts_with("/fn/")
        && request
            .headers()
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*"));
    if wants_page {
        let identity = request.extensions().get::<Identity>().cloned();
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
        match frame(&state, identity.as_ref(), &host).await {
            Ok(frame) => {
                request.extensions_mut().insert(frame);
            }
            Err(error) => return (StatusCode::INTERNAL_SERVER_ERROR, error.message).into_response(),
        }
    }
    next.run(request).await
}

/// 200 if the database answers within two seconds.
async fn ready(State(state): State<AppState>) -> Response {
    let answers = async {
        let mut tx = state.store.read().await.ok()?;
        sqlx::query_scalar::<_, i64>("select 1").fetch_one(&mut *tx).await.ok()
    };
    match tokio::time::timeout(Duration::from_secs(2), answers).await {
        Ok(Some(_)) => "ready\n".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

/// Figures for Prometheus: from this machine without forwarding headers, or with the token.
async fn figures_page(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<std::net::SocketAddr>,
    headers: HeaderMap,
    figures: PrometheusHandle,
) -> Response {
    let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded") || headers.contains_key("x-real-ip");
    let token = &state.config.server.metrics_token;
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    let has_token = !token.is_empty() && bearer.is_some_and(|bearer| equal_secrets(bearer, token));
    if !has_token && (forwarded || !peer.ip().is_loopback()) {
        return (StatusCode::FORBIDDEN, "figures are for this machine, or with server.metrics_token\n").into_response();
    }
    super::telemetry::measure(&state);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], figures.render()).into_response()
}

/// Compares digests, so that the time taken tells nothing of the secret.
fn equal_secrets(given: &str, expected: &str) -> bool {
    Sha256::digest(given) == Sha256::digest(expected)
}
