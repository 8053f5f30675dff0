//! `/broadcasting/…`: Plenum's own people on other clients (pusher-js, Echo on a phone).
//!
//! They ask with a bearer token that has the scope `connect`, or with Plenum's cookie from Plenum's own
//! pages, and get a signature for their socket. What the signature is worth is told in
//! [`plenum_auth`].

use axum::{
    Json,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    api::Endpoints,
    problem::Problem,
    security::{OriginCheck, origin_of},
    sign_ins,
    state::AppState,
};
use plenum_core::error::{AppError, AppResult};
use plenum_core::people::{Identity, Scope, Scopes};
use plenum_live::{
    plenum_auth::{self, OWN_KEY, USER_PREFIX},
    pusher::signature,
    rules::{Decision, Who},
};

/// The endpoints, at each of the places where clients look for them.
pub fn endpoints() -> Endpoints {
    let here = Endpoints::default().with(routes!(auth)).with(routes!(user_auth)).with(routes!(config));
    here.clone().and(here.again_at("/api", "api")).and(here.again_at("/api/v1", "v1"))
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

/// Who asks, and what their access may be used for: by token, or by cookie from a page of Plenum's own.
async fn asker(state: &AppState, headers: &HeaderMap) -> AppResult<(Identity, Scopes)> {
    if let Some((identity, scopes)) = sign_ins::by_token(&state.store, headers).await? {
        if !scopes.has(Scope::Connect) {
            return Err(AppError::forbidden("This token may not open sockets: it lacks the scope connect."));
        }
        return Ok((identity, scopes));
    }
    match origin_of(state, headers).await {
        OriginCheck::Foreign(_) => Err(AppError::signed_out()),
        // Without an Origin a browser asks from its own page (GET), or it is a program that holds the cookie.
        OriginCheck::Own | OriginCheck::Absent => {
            let identity = sign_ins::by_cookie(state, headers).await?.ok_or_else(AppError::signed_out)?;
            Ok((identity, Scopes::ALL))
        }
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

/// What a socket asks for.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what SDKs send as a form or as JSON")]
struct Subscription {
    /// The socket, as it was told.
    #[schema(pattern = r"^\d+\.\d+$", example = "123.456")]
    socket_id: String,
    /// The private or presence channel.
    #[schema(example = "private-person.4")]
    channel_name: String,
}

/// A signature, and what it is for.
#[derive(Serialize, ToSchema)]
struct Signature {
    /// The key, a colon, and the signature.
    auth: String,
    /// Who subscribes, as JSON text; the socket sends it back as it is.
    channel_data: String,
}

/// Signs a subscription of one's socket to a private or presence channel.
///
/// The signature is worth what its person may at the moment of the subscription, and as long as the token is. Beside `connect` a token
/// needs `read` for what is its person's, and `admin` for the channels of admins.
#[utoipa::path(post, path = "/broadcasting/auth", operation_id = "broadcasting_auth", tag = "Sockets", security(("token" = ["connect"])),
    request_body(content((Subscription = "application/x-www-form-urlencoded"), (Subscription = "application/json"))),
    responses((status = 200, description = "The signature.", body = Signature), (status = 404, description = "There is no such channel.")))]
async fn auth(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Result<Json<Signature>, Problem> {
    let (who, scopes) = asker(&state, &headers).await?;
    let socket_id = socket_id(&headers, &body)?;
    let channel = field(&headers, &body, "channel_name").ok_or_else(|| AppError::invalid("channel_name", "channel_name is missing."))?;
    let asked = Who::new(&who, scopes);
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
    let signed = plenum_auth::sign(state.hub.secret(), &signature::subscription(&socket_id, &channel, Some(&data)));
    Ok(Json(Signature { auth: signed, channel_data: data }))
}

/// The socket of a person who signs in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what SDKs send as a form or as JSON")]
struct SocketOfPerson {
    /// The socket, as it was told.
    #[schema(pattern = r"^\d+\.\d+$", example = "123.456")]
    socket_id: String,
}

/// A signature, and whom it is for.
#[derive(Serialize, ToSchema)]
struct UserSignature {
    /// The key, a colon, and the signature.
    auth: String,
    /// Who signs in, as JSON text; the socket sends it back as it is.
    user_data: String,
}

/// Signs that a socket is its person's.
#[utoipa::path(post, path = "/broadcasting/user-auth", operation_id = "broadcasting_user_auth", tag = "Sockets", security(("token" = ["connect"])),
    request_body(content((SocketOfPerson = "application/x-www-form-urlencoded"), (SocketOfPerson = "application/json"))),
    responses((status = 200, description = "The signature.", body = UserSignature)))]
async fn user_auth(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Result<Json<UserSignature>, Problem> {
    let (who, _) = asker(&state, &headers).await?;
    let socket_id = socket_id(&headers, &body)?;
    let data =
        json!({ "id": who.person.to_string(), "user_info": { "name": who.name, "hue": who.hue }, "sign_in": who.sign_in }).to_string();
    let signed = plenum_auth::sign(state.hub.secret(), &signature::sign_in(&socket_id, &data));
    Ok(Json(UserSignature { auth: signed, user_data: data }))
}

/// What a client needs to connect.
#[derive(Serialize, ToSchema)]
struct Connecting {
    /// `success`.
    status: &'static str,
    /// The client's settings.
    data: Settings,
}

/// Settings of a Pusher client.
#[derive(Serialize, ToSchema)]
#[schema(as = SocketSettings)]
struct Settings {
    /// Plenum's own application.
    key: &'static str,
    /// Empty; SDKs want one.
    cluster: &'static str,
    /// Where the socket is.
    host: String,
    /// Its port.
    port: u16,
    /// It is to be encrypted.
    #[serde(rename = "forceTLS")]
    force_tls: bool,
    /// Who asks, if they are known.
    user_id: Option<String>,
    /// Their own channel.
    user_channel: Option<String>,
    /// Where subscriptions are signed.
    auth_endpoint: &'static str,
    /// Where signing in is signed.
    user_auth_endpoint: &'static str,
}

/// Tells what a client needs to connect, and who asks.
#[utoipa::path(get, path = "/broadcasting/config", operation_id = "broadcasting_config", tag = "Sockets", security((), ("token" = ["connect"])),
    responses((status = 200, description = "The settings.", body = Connecting)))]
async fn config(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<Connecting>, Problem> {
    let who = match asker(&state, &headers).await {
        Ok((who, _)) => Some(who),
        Err(error) if error.status() == 401 => None,
        Err(error) => return Err(error.into()),
    };
    let url = state.server.url(state.leptos.site_addr);
    let (scheme, authority) = url.split_once("://").unwrap_or(("http", &url));
    let secure = scheme == "https";
    let host = super::security::without_port(authority);
    let port: u16 = authority
        .get(host.len()..)
        .and_then(|rest| rest.strip_prefix(':'))
        .and_then(|port| port.parse().ok())
        .unwrap_or(if secure { 443 } else { 80 });
    let data = Settings {
        key: OWN_KEY,
        cluster: "",
        host: host.to_owned(),
        port,
        force_tls: secure,
        user_id: who.as_ref().map(|who| who.person.to_string()),
        user_channel: who.map(|who| format!("{USER_PREFIX}{}", who.person)),
        auth_endpoint: "/broadcasting/auth",
        user_auth_endpoint: "/broadcasting/user-auth",
    };
    Ok(Json(Connecting { status: "success", data }))
}
