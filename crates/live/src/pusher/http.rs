//! The HTTP API of external applications: what a backend's SDK asks, under `/apps/{id}/…`.
//!
//! Every request is signed ([`signature`]); the body's digest and a timestamp are part of it, so that
//! nothing can be changed or sent again later. Answers are those of Pusher's own API.

mod events;
#[cfg(test)]
mod properties;
mod questions;

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRef, FromRequest, FromRequestParts as _, Path, Request},
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::{
    application::{App, Settings},
    record::What,
    registry::Applications,
    signature,
};
use plenum_core::{ids::Millis, people::SignInEnd};
use plenum_store::{db::now, faults::Said};

/// The longest body of a request: ten events of the largest usual size, and their names.
const BODY_BYTES: usize = 1024 * 1024;

/// The routes under `/apps/{app_id}`.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Arc<Applications>: FromRef<S>,
{
    Router::new()
        .route("/apps/{app_id}/events", post(events::publish))
        .route("/apps/{app_id}/batch_events", post(events::publish_batch))
        .route("/apps/{app_id}/channels", get(questions::channels))
        .route("/apps/{app_id}/channels/{name}", get(questions::channel))
        .route("/apps/{app_id}/channels/{name}/users", get(questions::users))
        .route("/apps/{app_id}/users/{user_id}/terminate_connections", post(terminate))
        // As the official Python SDK (3.3) asks it: the key that it signs with says which application is meant.
        .route("/users/{user_id}/terminate_connections", post(terminate))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}

/// A refusal: its status and a sentence.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal(StatusCode, String);

impl Refusal {
    fn bad(reason: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, reason.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.0, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{}\n", self.1)).into_response();
        response.extensions_mut().insert(Said(self.1));
        response
    }
}

impl App {
    /// Remembers a backend's request that is refused.
    fn noted<T>(&self, outcome: Result<T, Refusal>) -> Result<T, Refusal> {
        outcome.inspect_err(|refusal| self.record.refuse(What::Request, &refusal.1))
    }
}

/// A request whose signature is good.
pub struct Signed {
    app: Arc<App>,
    query: Vec<(String, String)>,
    body: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Signed
where
    Arc<Applications>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let applications = Arc::<Applications>::from_ref(state);
        let (mut parts, body) = request.into_parts();
        let path = Path::<HashMap<String, String>>::from_request_parts(&mut parts, state).await;
        let app_id = path.ok().and_then(|Path(mut path)| path.remove("app_id"));
        let (method, uri) = (parts.method.clone(), parts.uri.clone());
        let body = Bytes::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|_| Refusal(StatusCode::PAYLOAD_TOO_LARGE, format!("A request has at most {BODY_BYTES} bytes.")))?;
        let query = parse_query(uri.query().unwrap_or_default());
        let app = match &app_id {
            Some(app_id) => applications.by_app_id(app_id),
            None => value(&query, "auth_key").and_then(|key| applications.by_key(key)),
        };
        let app = app.ok_or_else(|| {
            let named = app_id.as_deref().or(value(&query, "auth_key")).unwrap_or_default();
            applications.strays.refuse(What::Request, &format!("There is no application {named}."));
            Refusal(StatusCode::NOT_FOUND, "There is no application with this id.".to_owned())
        })?;
        app.noted(check(&app.settings(), &method, uri.path(), &query, &body, now()))?;
        app.record.asked();
        Ok(Self { app, query, body })
    }
}

impl Signed {
    fn value(&self, name: &str) -> Option<&str> {
        value(&self.query, name)
    }

    /// The attributes that `info` asks for.
    fn info(&self) -> Info {
        Info::parse(self.value("info").unwrap_or_default())
    }
}

/// Checks a request's signature at `now`: 403 for an application that is switched off, 401 for anything wrong with it.
fn check(settings: &Settings, method: &Method, path: &str, query: &[(String, String)], body: &[u8], now: Millis) -> Result<(), Refusal> {
    if !settings.enabled {
        return Err(Refusal(StatusCode::FORBIDDEN, "This application is switched off.".to_owned()));
    }
    let no = |reason: &str| Refusal(StatusCode::UNAUTHORIZED, reason.to_owned());
    let need = |name: &str| value(query, name).ok_or_else(|| no(&format!("{name} is missing.")));
    if need("auth_key")? != settings.key {
        return Err(no("auth_key is not this application's."));
    }
    if need("auth_version")? != "1.0" {
        return Err(no("auth_version must be 1.0."));
    }
    if !signature::is_recent(need("auth_timestamp")?, now) {
        return Err(no("auth_timestamp is more than 600 seconds from now: set this machine's clock right."));
    }
    // A digest that was signed holds for no body too: one cannot be taken away.
    let is_without = body.is_empty() && value(query, "body_md5").is_none();
    if !is_without && need("body_md5")? != signature::hex(&Md5::digest(body)) {
        return Err(no("body_md5 is not the digest of the body."));
    }
    if !is_unambiguous(query) {
        return Err(no("A signed query has no & in a value, and no = in a name."));
    }
    let message = signature::request(method.as_str(), path, query);
    if !settings.verify(message.as_bytes(), need("auth_signature")?) {
        return Err(no("auth_signature is not valid."));
    }
    Ok(())
}

/// Which attributes of channels are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Info {
    user_count: bool,
    subscription_count: bool,
    cache: bool,
}

impl Info {
    fn parse(text: &str) -> Self {
        let has = |name: &str| text.split(',').any(|part| part.trim() == name);
        Self { user_count: has("user_count"), subscription_count: has("subscription_count"), cache: has("cache") }
    }
}

/// The value of a query's first `name`.
fn value<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Pairs of a query as they are signed: decoded, keys in lower case, in order. What is acted on is what was
/// signed, whatever the order and the case in which it came.
fn parse_query(query: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).map(|(key, value)| (key.to_lowercase(), value.into_owned())).collect();
    pairs.sort();
    pairs
}

/// True if the signed text can be read as these pairs only: it holds values as they are, so that an `&` in one
/// would look like the next pair.
fn is_unambiguous(query: &[(String, String)]) -> bool {
    query.iter().all(|(key, value)| !key.contains(['&', '=']) && !value.contains('&'))
}

async fn terminate(Path(path): Path<HashMap<String, String>>, signed: Signed) -> Json<Value> {
    let user_id = path.get("user_id").map_or("", String::as_str);
    for connection in signed.app.users.connections_of(user_id) {
        connection.sign_out(SignInEnd::EndedByApplication);
    }
    Json(json!({}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            parse_query("a=2&INFO=user_count%2Ccache&b=x+y&a=1"),
            [pair("a", "1"), pair("a", "2"), pair("b", "x y"), pair("info", "user_count,cache")]
        );
        assert_eq!(Info::parse("user_count, cache"), Info { user_count: true, subscription_count: false, cache: true });
    }
}
