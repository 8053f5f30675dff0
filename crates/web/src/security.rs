//! What stands before every request: who asks and from where, whether the page that
//! made the browser ask is ours, and the headers that keep a page to itself.
//!
//! The three middlewares, from the outside in: [`protect`], [`identify`], [`check_origin`]. The sessions' layer and its
//! [`guard`](sign_ins::guard) stand before [`identify`].

mod address;
mod figures;
mod origin;
pub mod rejected_origins;
mod suspended;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};

use rejected_origins::RejectedOrigins;

pub use figures::may_see_figures;
pub use origin::{OriginCheck, without_port};
pub use suspended::{SuspendedHosts, rest};

use super::{
    sign_ins::{self, Session, SessionOf},
    state::AppState,
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::OrganisationId,
};
use plenum_store::{active, db::Conn, faults};

/// The client's network address, as `server.trusted_proxies` lets it be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Middleware: finds out from where a request comes, and puts [`ClientAddress`] into its extensions.
pub async fn locate(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    note_address(&state, &mut request);
    next.run(request).await
}

fn note_address(state: &AppState, request: &mut Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let trusted = &state.server.trusted_proxies;
    if request.headers().contains_key("x-forwarded-for") && !trusted.iter().any(|proxy| proxy.to_canonical() == peer.to_canonical()) {
        state.store.part::<RejectedOrigins>().add_proxy(peer);
    }
    let client = address::client(peer, request.headers(), &state.server.trusted_proxies);
    request.extensions_mut().insert(ClientAddress(client));
    client
}

/// Middleware: finds out who asks and from where, and puts [`ClientAddress`] and, if somebody
/// is signed in, `Identity` into the request's extensions. Who must set up their second factor first is led there by each page, and is
/// [`MustSetUp`](sign_ins::MustSetUp) instead. The layer of the sessions stands before it.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let client = note_address(&state, &mut request);
    let Some(session) = request.extensions().get::<Session>().cloned() else {
        return faults::error_response(AppError::internal());
    };
    let person = match sign_ins::lookup(&state, &session, client).await {
        Ok(Some(SessionOf::Person(identity))) => {
            let person = identity.person;
            request.extensions_mut().insert(identity);
            Some(person)
        }
        Ok(Some(SessionOf::MustSetUp(who))) => {
            if let Some(path) = who.led_to(&request) {
                return Redirect::to(&path).into_response();
            }
            let person = who.0.person;
            request.extensions_mut().insert(who);
            Some(person)
        }
        Ok(None) => None,
        Err(error) => return faults::error_response(error),
    };
    active::acting(person, next.run(request)).await
}

/// Middleware: refuses with 403 what another site's page made a browser send.
///
/// It looks at every POST, PUT, PATCH and DELETE. An `Origin` must be ours. Without one,
/// `Sec-Fetch-Site` must be `same-origin` or `none` if it is there. Without either it is no
/// browser of today: a program may go on, but not with a sign-in's cookie, so that no old
/// browser can be made to act for its owner.
pub async fn check_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
    if !safe {
        let headers = request.headers();
        let allowed = match origin_of(&state, headers).await {
            OriginCheck::Own => true,
            OriginCheck::Foreign(origin) => {
                state.store.part::<RejectedOrigins>().add_origin(&origin, request.uri().path());
                false
            }
            OriginCheck::Absent => origin::allowed_without(
                headers.get("sec-fetch-site").map(HeaderValue::as_bytes),
                sign_ins::cookie(headers, sign_ins::cookie_name(&state.server)).is_some(),
            ),
        };
        if !allowed {
            return (StatusCode::FORBIDDEN, "This request did not come from a page of this site. Open the page again and repeat it there.")
                .into_response();
        }
    }
    next.run(request).await
}

/// Middleware: the headers of every answer, unless it has its own. The content security
/// policy carries a nonce and is added where pages are rendered.
pub async fn protect(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let secure = state.server.is_secure();
    let headers = response.headers_mut();
    for (name, value) in fixed_headers() {
        headers.entry(name).or_insert(value);
    }
    if secure {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static("max-age=31536000"));
    }
    let page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if page {
        // It shows what only its reader may see.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    }
    response
}

fn fixed_headers() -> [(HeaderName, HeaderValue); 6] {
    [
        // `no-referrer` would make browsers send `Origin: null` with forms.
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static(
                // A door's page reads tickets with the camera, once the person has allowed it.
                "accelerometer=(), camera=(self), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
            ),
        ),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ]
}

/// Whose page made this request, as far as the settings alone tell: `server.public_url`.
pub fn origin_allowed(state: &AppState, headers: &HeaderMap) -> OriginCheck {
    origin::check(headers, &state.server, state.leptos.site_addr)
}

/// Whose page made this request; organisations' own host names count too.
pub async fn origin_of(state: &AppState, headers: &HeaderMap) -> OriginCheck {
    let check = origin_allowed(state, headers);
    let OriginCheck::Foreign(origin) = &check else { return check };
    let Some(host) = origin::host_under(origin, &state.server, state.leptos.site_addr) else { return check };
    let known = async {
        let mut tx = state.store.read().await?;
        let known: Option<i64> =
            sqlx::query_scalar("select id from organisations where host = $1").bind(host).fetch_optional(&mut *tx).await?;
        AppResult::Ok(known.is_some())
    };
    if known.await.unwrap_or(false) { OriginCheck::Own } else { check }
}

/// The content security policy of a page whose scripts carry `nonce`.
///
/// `'self'` for scripts is what the module that hydrates imports and preloads; its own inline
/// script carries the nonce; `'wasm-unsafe-eval'` compiles the wasm and nothing else. Style elements
/// need the nonce; style attributes are allowed, for a seat map says where each seat is (what people
/// write is stripped of them). `watch_reload_port` is cargo-leptos' own, in development.
pub fn content_security_policy(nonce: &str, public_url: &str, watch_reload_port: Option<u16>) -> String {
    let socket = match public_url.split_once("://") {
        Some(("https", host)) => format!(" wss://{host}"),
        Some((_, host)) => format!(" ws://{host}"),
        None => String::new(),
    };
    let reload = watch_reload_port.map_or_else(String::new, |port| format!(" ws://127.0.0.1:{port} ws://localhost:{port}"));
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data:; connect-src 'self'{socket}{reload}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    )
}

/// An organisation, as a request's host name chooses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    pub id: OrganisationId,
    pub name: String,
    /// Anyone may register, or only with an invitation.
    pub open_registration: bool,
}

/// The organisation of a request to `host`: the one of that name, else the first.
///
/// # Errors
/// 404 if there is no organisation yet.
pub async fn organisation_of(conn: &mut Conn, host: &str) -> AppResult<Tenant> {
    let host = host.to_lowercase();
    let name = without_port(&host);
    let row: Option<(OrganisationId, String, String)> = sqlx::query_as(
        "select id, name, registration from organisations
         where host in ($1, $2) or id = (select min(id) from organisations)
         order by (case when host in ($1, $2) then 0 else 1 end), id limit 1",
    )
    .bind(&host)
    .bind(name)
    .fetch_optional(conn)
    .await?;
    let (id, name, registration) = row.ok_or_else(|| AppError::not_found("There is no organisation here yet."))?;
    Ok(Tenant { id, name, open_registration: registration == "open" })
}

/// The address of `path` on the server at `own` (`https://plenum.example`), for the people of an organisation with a host name of its
/// own or without.
pub fn address_at(own: &str, host: Option<&str>, path: &str) -> String {
    match (host, own.split_once("://")) {
        (Some(host), Some((scheme, authority))) => {
            let port = authority.get(without_port(authority).len()..).unwrap_or_default();
            format!("{scheme}://{host}{port}{path}")
        }
        _ => format!("{own}{path}"),
    }
}

/// The host that a request names.
pub fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_what_hydration_needs_and_no_more() {
        let policy = content_security_policy("abc", "https://plenum.example", None);
        assert!(policy.contains("script-src 'self' 'nonce-abc' 'wasm-unsafe-eval';"));
        assert!(policy.contains("connect-src 'self' wss://plenum.example;"), "{policy}");
        // For style attributes alone.
        assert_eq!(policy.matches("'unsafe-inline'").count(), policy.matches("style-src-attr 'unsafe-inline';").count());
        assert!(!policy.contains("unsafe-eval' ") && !policy.contains('\n'));
        let watched = content_security_policy("abc", "http://127.0.0.1:8080", Some(8091));
        assert!(watched.contains("connect-src 'self' ws://127.0.0.1:8080 ws://127.0.0.1:8091 ws://localhost:8091;"), "{watched}");
    }
}
