//! `/broadcasting/…`: Plenum's own people on other clients (pusher-js, Echo on a phone).
//!
//! They ask with a bearer token that has the scope `connect`, or with Plenum's cookie from Plenum's own
//! pages, and get a signature for their socket. What the signature is worth is told in
//! [`own`].

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{
    problem::Problem,
    security::{OriginCheck, origin_of},
    sign_ins::{self, Identity},
    state::AppState,
};
use crate::{
    error::{AppError, AppResult},
    realtime::server::{
        own::{self, USER_PREFIX},
        pusher::signature,
        rules::{Decision, Who},
        upgrade::OWN_KEY,
    },
};

/// What a token needs to open sockets.
const CONNECT: &str = "connect";

/// The routes. They stand outside the middleware that reads cookies and checks origins: a token counts from anywhere.
pub fn routes(state: &AppState) -> Router<AppState> {
    let mut routes = Router::new().route("/broadcasting/user-auth", post(user_auth));
    for prefix in ["", "/api", "/api/v1"] {
        routes =
            routes.route(&format!("{prefix}/broadcasting/auth"), post(auth)).route(&format!("{prefix}/broadcasting/config"), get(config));
    }
    routes.layer(axum::middleware::from_fn_with_state(state.clone(), across_origins))
}

/// Lets pages of the applications' origins ask: each of them by its name, never all of them with credentials.
pub async fn across_origins(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let allowed = origin.as_ref().and_then(|origin| origin.to_str().ok()).and_then(|origin| allowance(&state, origin));
    let preflight = request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    // Pages of other origins may read these answers, if they may ask at all.
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    if let Some(Allowance { origin, credentials }) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if credentials {
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
        if preflight {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, DELETE"));
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                HeaderValue::from_static("authorization, content-type, idempotency-key, x-requested-with, x-socket-id"),
            );
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        }
    }
    response
}

struct Allowance {
    origin: HeaderValue,
    credentials: bool,
}

/// What a page of `origin` is allowed: named by an application, all; where an application is open to any origin, without credentials.
fn allowance(state: &AppState, origin: &str) -> Option<Allowance> {
    let mut any = false;
    for app in state.applications.all() {
        let settings = app.settings();
        if settings.enabled && settings.origins.iter().any(|allowed| allowed == origin) {
            return HeaderValue::from_str(origin).ok().map(|origin| Allowance { origin, credentials: true });
        }
        any |= settings.enabled && settings.origins.is_empty();
    }
    any.then(|| Allowance { origin: HeaderValue::from_static("*"), credentials: false })
}

/// Who asks: by token, or by cookie from a page of Plenum's own.
async fn asker(state: &AppState, headers: &HeaderMap) -> AppResult<Identity> {
    if let Some((identity, scopes)) = sign_ins::by_token(&state.store, headers).await? {
        if !scopes.split_whitespace().any(|scope| scope == CONNECT) {
            return Err(AppError::forbidden("This token may not open sockets: it lacks the scope connect."));
        }
        return Ok(identity);
    }
    match origin_of(state, headers).await {
        OriginCheck::Foreign(_) => Err(AppError::signed_out()),
        // Without an Origin a browser asks from its own page (GET), or it is a program that holds the cookie.
        OriginCheck::Own | OriginCheck::Absent => sign_ins::by_cookie(&state.store, headers).await?.ok_or_else(AppError::signed_out),
    }
}

/// A field of a body that is a form, as SDKs send it, or JSON.
fn field(headers: &HeaderMap, body: &[u8], name: &str) -> Option<String> {
    let is_json = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_json {
        let body: Value = serde_json::from_slice(body).ok()?;
        return body.get(name)?.as_str().map(str::to_owned);
    }
    form_urlencoded::parse(body).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn socket_id(headers: &HeaderMap, body: &[u8]) -> AppResult<String> {
    field(headers, body, "socket_id")
        .filter(|id| {
            id.split_once('.')
                .is_some_and(|(a, b)| [a, b].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())))
        })
        .ok_or_else(|| AppError::invalid("socket_id", "socket_id is two numbers with a dot between them, as the socket was told."))
}

/// `POST /broadcasting/auth`: a signature for one socket, one channel and who asks.
async fn auth(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Result<Json<Value>, Problem> {
    let who = asker(&state, &headers).await?;
    let socket_id = socket_id(&headers, &body)?;
    let channel = field(&headers, &body, "channel_name").ok_or_else(|| AppError::invalid("channel_name", "channel_name is missing."))?;
    let asked = Who { person: who.person, organisation: who.organisation, sign_in: who.sign_in };
    let decision = {
        let mut tx = state.store.read().await?;
        state.hub.rules().may_join(&mut tx, Some(&asked), &channel).await?
    };
    let member = match decision {
        Decision::Allow { member, .. } => member,
        Decision::Refuse { status: 404, reason } => return Err(AppError::not_found(reason).into()),
        Decision::Refuse { reason, .. } => return Err(AppError::forbidden(reason).into()),
    };
    let mut data = json!({ "user_id": who.person.to_string(), "sign_in": who.sign_in });
    if let (Some(info), Some(fields)) = (member.and_then(|info| serde_json::from_str::<Value>(&info).ok()), data.as_object_mut()) {
        fields.insert("user_info".to_owned(), info);
    }
    let data = data.to_string();
    let signed = own::sign(state.hub.secret(), &signature::subscription(&socket_id, &channel, Some(&data)));
    Ok(Json(json!({ "auth": signed, "channel_data": data })))
}

/// `POST /broadcasting/user-auth`: a signature for one socket and who asks.
async fn user_auth(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Result<Json<Value>, Problem> {
    let who = asker(&state, &headers).await?;
    let socket_id = socket_id(&headers, &body)?;
    let data =
        json!({ "id": who.person.to_string(), "user_info": { "name": who.name, "hue": who.hue }, "sign_in": who.sign_in }).to_string();
    let signed = own::sign(state.hub.secret(), &signature::sign_in(&socket_id, &data));
    Ok(Json(json!({ "auth": signed, "user_data": data })))
}

/// `GET /broadcasting/config`: what a client needs to connect.
async fn config(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let who = match asker(&state, &headers).await {
        Ok(who) => Some(who),
        Err(error) if error.status() == 401 => None,
        Err(error) => return Err(error.into()),
    };
    let url = state.config.public_url(state.leptos.site_addr);
    let (scheme, authority) = url.split_once("://").unwrap_or(("http", &url));
    let secure = scheme == "https";
    let host = super::security::without_port(authority);
    let port: u16 = authority
        .get(host.len()..)
        .and_then(|rest| rest.strip_prefix(':'))
        .and_then(|port| port.parse().ok())
        .unwrap_or(if secure { 443 } else { 80 });
    Ok(Json(json!({
        "status": "success",
        "data": {
            "key": OWN_KEY,
            "cluster": "",
            "host": host,
            "port": port,
            "forceTLS": secure,
            "user_id": who.as_ref().map(|who| who.person.to_string()),
            "user_channel": who.map(|who| format!("{USER_PREFIX}{}", who.person)),
            "auth_endpoint": "/broadcasting/auth",
            "user_auth_endpoint": "/broadcasting/user-auth",
        },
    })))
}
