//! The way of a request: its address and sign-in, the Origin check, then the page, the
//! server function, the socket or the file.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, file_and_error_handler_with_context, generate_route_list};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::Value;
use tower::ServiceBuilder;
use tower_http::{compression::CompressionLayer, services::ServeDir, set_header::SetResponseHeaderLayer, timeout::RequestBodyTimeoutLayer};
use utoipa::OpenApi as _;

use super::{status, telemetry, testing};
use crate::api_page::Docs;
use crate::app::{App, shell};
use plenum_activity as activity;
use plenum_admin as admin;
use plenum_broadcasts as broadcasts;
use plenum_core::error::ErrorReporter;
use plenum_core::people::Identity;
use plenum_core::{error::AppResult, people::Shell};
use plenum_inbox as inbox;
use plenum_live::pusher;
use plenum_messages as messages;
use plenum_people as people;
use plenum_store::{
    faults::{self, Faults},
    meters::Meters,
};
use plenum_ui::page::{Build, NewAtFirst, UnreadAtFirst};
use plenum_wallet as wallet;
use plenum_web::request::set_status;
use plenum_web::upgrade;
use plenum_web::{
    api::{self, Endpoints, description},
    bodies::{self, Most},
    once::ShownOnce,
    pusher_auth, refusals, security,
    sign_ins::{self, Session},
    state::AppState,
};

/// The longest body of a request: a message of 8,000 characters and its form fit four times.
const BODY_BYTES: usize = 256 * 1024;
/// A request's body may pause for so long.
const BODY_PAUSE: Duration = Duration::from_secs(15);

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
    // Under a name with a hash in it a file never changes; without hashes (`make watch`) it may at any time.
    let caching = if options.hash_files { "public, max-age=31536000, immutable" } else { "no-cache" };
    let caching = SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static(caching));
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
        .layer(middleware::from_fn_with_state(Most(BODY_BYTES), bodies::limit));
    Router::new()
        .route("/app/{key}", get(upgrade::socket))
        .route("/unsubscribe", post(inbox::public::unsubscribe_at_once))
        .route("/admin/audit.csv", get(activity::server::export::csv))
        .merge(pages)
        .merge(inbox::server::routes())
        .merge(broadcasts::server::export::routes())
        .merge(wallet::server::export::routes())
        .merge(wallet::server::downloads::routes())
        .merge(plenum_sales::server::export::routes())
        .merge(plenum_programme::server::pictures::routes())
        .merge(plenum_plans::server::http::routes())
        .merge(plenum_organisations::server::logo::routes())
        .layer(middleware::from_fn_with_state(state.clone(), refusals::keep))
        .layer(middleware::from_fn_with_state(state.clone(), security::check_origin))
        .layer(middleware::from_fn_with_state(state.clone(), security::identify))
        .layer(sign_ins::layer(&state))
        .layer(middleware::from_fn(sign_ins::tell_refusals))
        .layer(middleware::from_fn_with_state(state.clone(), sign_ins::guard))
        .merge(pusher::http::routes())
        .merge(wallet::server::callbacks::routes())
        .merge(testing::routes(state.part().unwrap_or_default()))
        .merge(public_api(&state).0)
        .layer(middleware::from_fn_with_state(state.clone(), security::rest))
        .nest_service(
            &package_path,
            ServiceBuilder::new().layer(caching).service(ServeDir::new(packages).precompressed_br().precompressed_gzip()),
        )
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(move |state: State<AppState>, peer, headers: HeaderMap| figures_page(state, peer, headers, figures)))
        .layer(middleware::from_fn(bodies::finish))
        .layer(middleware::from_fn_with_state(state.clone(), security::protect))
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
        .layer(middleware::from_fn_with_state(state.store.part::<Meters>(), telemetry::time))
        .layer(middleware::from_fn_with_state(state.store.part::<Faults>(), faults::watch))
        .with_state(state)
}

/// For programs, which bring a token. No cookie counts under `/api/v1`, so that no page of another site can use one; `/broadcasting`
/// looks at them itself.
fn public_api(state: &AppState) -> (Router<AppState>, Value) {
    let endpoints = Endpoints::under(description::Plenum::openapi())
        .and(people::public::endpoints())
        .and(messages::public::endpoints())
        .and(inbox::public::endpoints())
        .and(plenum_programme::public::endpoints())
        .and(plenum_sales::public::endpoints())
        .and(plenum_tickets::public::endpoints())
        .and(plenum_plans::public::endpoints())
        .and(broadcasts::public::endpoints())
        .and(activity::public::endpoints())
        .and(wallet::public::endpoints())
        .and(pusher_auth::endpoints())
        .and(status::endpoints())
        .and(admin::public::endpoints());
    let (routes, api) = endpoints.split();
    let api = description::complete(&api);
    let compressed = CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest);
    let (json, docs) = (Bytes::from(api.to_string()), Docs::render(&api, &state.leptos));
    let routes = Router::new()
        .merge(routes)
        .route("/api/openapi.json", get(async move || ([(header::CONTENT_TYPE, "application/json")], json)).layer(compressed.clone()))
        .route("/api/docs", get(async move |headers: HeaderMap| docs.answer(&headers)).layer(compressed))
        .layer(middleware::from_fn(api::acting))
        .layer(middleware::from_fn_with_state(state.clone(), pusher_auth::across_origins))
        .layer(middleware::from_fn_with_state(state.clone(), security::locate))
        .layer(middleware::from_fn_with_state(Most(BODY_BYTES), bodies::limit));
    (routes, api)
}

/// What a page finds in its context: the shell's data, the build, and the policy for its scripts.
fn page_context(state: &AppState) {
    provide_context(state.clone());
    provide_context(ErrorReporter(Arc::new(set_status)));
    provide_context(Build(Arc::clone(&state.build)));
    if let Some(parts) = use_context::<axum::http::request::Parts>()
        && let Some((shell, unread, new)) = parts.extensions.get::<Frame>().map(|frame| &**frame)
    {
        provide_context(Shell::clone(shell));
        provide_context(*unread);
        provide_context(*new);
    }
    if let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), leptos::nonce::use_nonce()) {
        let reload = (state.leptos.env == leptos::config::Env::DEV).then_some(state.leptos.reload_port as u16);
        let policy = security::content_security_policy(&nonce, &state.server.url(state.leptos.site_addr), reload);
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
        // A page is one person's: no cache in between keeps it.
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// What stands around the page of a request.
type Frame = Arc<(Shell, UnreadAtFirst, NewAtFirst)>;

async fn frame(state: &AppState, identity: Option<&Identity>, host: &str) -> AppResult<Frame> {
    let shell = people::server::shell(state, identity, host).await?;
    let (unread, new) = match identity {
        Some(who) => (
            messages::server::unread(&mut *state.store.look().await?, who).await?,
            inbox::server::counts_of(&mut *state.store.look().await?, who.person).await?.0,
        ),
        None => Default::default(),
    };
    Ok(Arc::new((shell, UnreadAtFirst(unread), NewAtFirst(new))))
}

/// Reads what the shell of every page shows, before the page is rendered; and takes what it shows once, if a form has led to it.
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
        let led_here = request.uri().query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("done=")));
        let session = request.extensions().get::<Session>().filter(|_| led_here && identity.is_some()).cloned();
        if let Some(session) = session {
            match ShownOnce::take(&session).await {
                Ok(Some(once)) => {
                    request.extensions_mut().insert(once);
                }
                Ok(None) => {}
                Err(error) => return faults::error_response(error),
            }
        }
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
        match frame(&state, identity.as_ref(), &host).await {
            Ok(frame) => {
                request.extensions_mut().insert(frame);
            }
            Err(error) => return faults::error_response(error),
        }
    }
    next.run(request).await
}

/// 200 if the database answers within two seconds.
async fn ready(State(state): State<AppState>) -> Response {
    let answers = async {
        let mut tx = state.store.read().await.ok()?;
        sqlx::query_scalar::<_, bool>("select true").fetch_one(&mut *tx).await.ok()
    };
    match tokio::time::timeout(Duration::from_secs(2), answers).await {
        Ok(Some(_)) => "ready\n".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

/// Figures for Prometheus.
async fn figures_page(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<std::net::SocketAddr>,
    headers: HeaderMap,
    figures: PrometheusHandle,
) -> Response {
    if !security::may_see_figures(&state, peer, &headers) {
        return (StatusCode::FORBIDDEN, "figures are for this machine, or with server.metrics_token\n").into_response();
    }
    telemetry::measure(&state);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], figures.render()).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use leptos::config::LeptosOptions;

    use super::*;
    use crate::{config::Config, run};

    /// Whatever is served as a part of the public API is described, wherever it was added. axum tells its paths in `Debug` only.
    #[tokio::test]
    async fn nothing_is_served_that_is_not_described() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.database.url = format!("sqlite://{}", folder.path().join("test.db").display());
        let running = run::start(config, LeptosOptions::builder().output_name("plenum").build()).await.unwrap();
        let described: BTreeSet<String> =
            description::operations(&public_api(&running.state).1).map(|(path, _, _)| path.to_owned()).collect();
        let figures = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder().handle();
        let served = format!("{:?}", router(running.state, figures));
        let served: BTreeSet<String> = served
            .split('"')
            .filter(|path| path.starts_with("/api/v1") || path.contains("/broadcasting/"))
            .map(|path| path.trim_end_matches('/').to_owned())
            .collect();
        assert!(served.len() > 15, "the paths are no longer told: {served:?}");
        assert_eq!(served.difference(&described).collect::<Vec<_>>(), Vec::<&String>::new(), "served, not described");
        running.stop.cancel();
    }
}
