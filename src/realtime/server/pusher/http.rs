//! The HTTP API of external applications: what a backend's SDK asks, under `/apps/{id}/…`.
//!
//! Every request is signed ([`signature`]); the body's digest and a timestamp are part of it, so that
//! nothing can be changed or sent again later. Answers are those of Pusher's own API.

mod events;
mod questions;

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts as _, Path, Request},
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::{application::App, signature};
use crate::{
    realtime::protocol::code,
    server::{db::now, state::AppState},
};

/// The longest body of a request: ten events of the largest usual size, and their names.
const BODY_BYTES: usize = 1024 * 1024;

/// The routes under `/apps/{app_id}`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/apps/{app_id}/events", post(events::publish))
        .route("/apps/{app_id}/batch_events", post(events::publish_batch))
        .route("/apps/{app_id}/channels", get(questions::channels))
        .route("/apps/{app_id}/channels/{name}", get(questions::channel))
        .route("/apps/{app_id}/channels/{name}/users", get(questions::users))
        .route("/apps/{app_id}/users/{user_id}/terminate_connections", post(terminate))
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
        (self.0, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{}\n", self.1)).into_response()
    }
}

/// A request whose signature is good.
pub struct Signed {
    app: Arc<App>,
    query: Vec<(String, String)>,
    body: Bytes,
}

impl FromRequest<AppState> for Signed {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let path = Path::<HashMap<String, String>>::from_request_parts(&mut parts, state).await;
        let app_id = path.ok().and_then(|Path(mut path)| path.remove("app_id")).unwrap_or_default();
        let (method, uri) = (parts.method.clone(), parts.uri.clone());
        let body = Bytes::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|_| Refusal(StatusCode::PAYLOAD_TOO_LARGE, format!("A request has at most {BODY_BYTES} bytes.")))?;
        Self::check(state, &app_id, &method, &uri, body)
    }
}

impl Signed {
    /// Checks a request's signature: 404 for an unknown application, 403 for one that is switched off, 401 for
    /// anything wrong with the signature.
    fn check(state: &AppState, app_id: &str, method: &Method, uri: &Uri, body: Bytes) -> Result<Self, Refusal> {
        let app = state
            .applications
            .by_app_id(app_id)
            .ok_or_else(|| Refusal(StatusCode::NOT_FOUND, "There is no application with this id.".to_owned()))?;
        let settings = app.settings();
        if !settings.enabled {
            return Err(Refusal(StatusCode::FORBIDDEN, "This application is switched off.".to_owned()));
        }
        let query = parse_query(uri.query().unwrap_or_default());
        let no = |reason: &str| Refusal(StatusCode::UNAUTHORIZED, reason.to_owned());
        let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let need = |name: &str| value(name).ok_or_else(|| no(&format!("{name} is missing.")));
        if need("auth_key")? != settings.key {
            return Err(no("auth_key is not this application's."));
        }
        if need("auth_version")? != "1.0" {
            return Err(no("auth_version must be 1.0."));
        }
        if !signature::is_recent(need("auth_timestamp")?, now()) {
            return Err(no("auth_timestamp is more than 600 seconds from now: set this machine's clock right."));
        }
        if !body.is_empty() && need("body_md5")? != signature::hex(&Md5::digest(&body)) {
            return Err(no("body_md5 is not the digest of the body."));
        }
        let message = signature::request(method.as_str(), uri.path(), &query);
        if !settings.verify(message.as_bytes(), need("auth_signature")?) {
            return Err(no("auth_signature is not valid."));
        }
        Ok(Self { app, query, body })
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The attributes that `info` asks for.
    fn info(&self) -> Info {
        Info::parse(self.value("info").unwrap_or_default())
    }
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

/// Pairs of a query, decoded.
fn parse_query(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

async fn terminate(Path((_, user_id)): Path<(String, String)>, signed: Signed) -> Json<Value> {
    for connection in signed.app.users.connections_of(&user_id) {
        connection.close(code::UNAUTHORISED, "ended by the application");
    }
    Json(json!({}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_query_is_decoded() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            parse_query("a=1&info=user_count%2Ccache&b=x+y&a=2"),
            [pair("a", "1"), pair("info", "user_count,cache"), pair("b", "x y"), pair("a", "2")]
        );
        assert_eq!(Info::parse("user_count, cache"), Info { user_count: true, subscription_count: false, cache: true });
    }

    proptest! {
        #[test]
        fn any_query_is_answered(query in ".{0,200}") {
            let _ = signature::request("GET", "/apps/1/channels", &parse_query(&query));
        }
    }
}
