//! A gateway for cards that stands in for the real one: the part of Stripe's published API that Plenum uses, with its idempotency keys, and
//! webhooks as Stripe signs them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use plenum_live::plenum_auth::AppSecret;
use serde_json::{Value, json};

use super::server::{Server, client};

const KEY: &str = "sk_test_plenum";
const WEBHOOK_SECRET: &str = "whsec_plenum";

/// What the gateway has done.
#[derive(Default)]
pub struct Books {
    /// Pages, by their id, as the API shows them.
    sessions: BTreeMap<String, Value>,
    /// What was asked under each key, and answered.
    keys: HashMap<String, (String, Value)>,
    /// The intents of refunds.
    pub refunds: Vec<String>,
    /// Requests to begin something, those under a known key too.
    pub asked: usize,
    /// It does what it is asked for, and never answers.
    pub stuck: bool,
    /// It answers nothing but 500.
    pub down: bool,
}

/// The gateway, while it is there.
pub struct Gateway {
    books: Arc<Mutex<Books>>,
    url: String,
}

impl Gateway {
    pub async fn open() -> Self {
        let books = Arc::new(Mutex::new(Books::default()));
        let routes = Router::new()
            .route("/v1/checkout/sessions", post(create))
            .route("/v1/checkout/sessions/{id}", get(read))
            .route("/v1/refunds", post(refund))
            .with_state(Arc::clone(&books));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { books, url }
    }

    /// A server that takes cards here, with these settings, too.
    pub fn server(&self, more: &[(&str, &str)]) -> Server {
        let card = [
            ("PLENUM_PAYMENTS__CARD__BASE_URL", self.url.as_str()),
            ("PLENUM_PAYMENTS__CARD__SECRET_KEY", KEY),
            ("PLENUM_PAYMENTS__CARD__WEBHOOK_SECRET", WEBHOOK_SECRET),
            ("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0"),
        ];
        Server::start_with(&[&card[..], more].concat())
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// The ids of all pages, in the order in which they were made.
    pub fn sessions(&self) -> Vec<String> {
        self.books().sessions.keys().cloned().collect()
    }

    pub fn session(&self, id: &str) -> Value {
        self.books().sessions[id].clone()
    }

    /// The page at this address.
    pub fn session_at(&self, checkout_url: &str) -> String {
        let books = self.books();
        let found = books.sessions.iter().find(|(_, session)| session["url"] == checkout_url);
        found.unwrap_or_else(|| panic!("{checkout_url} is no page of the gateway")).0.clone()
    }

    /// Somebody pays on a page; the gateway has said nothing of it yet.
    pub fn charge(&self, id: &str) {
        self.change(id, json!({ "status": "complete", "payment_status": "paid", "payment_intent": format!("pi_{id}") }));
    }

    /// A page's time is over.
    pub fn expire(&self, id: &str) {
        self.change(id, json!({ "status": "expired" }));
    }

    fn change(&self, id: &str, fields: Value) {
        let mut books = self.books();
        let session = books.sessions.get_mut(id).unwrap().as_object_mut().unwrap();
        session.extend(fields.as_object().unwrap().clone());
    }

    /// Sends the webhook of what has happened to a page; its status and what it says, or nothing if the server is not there.
    pub async fn tell(&self, server: &Server, kind: &str, id: &str) -> Option<(u16, Value)> {
        let object = self.session(id);
        let body = json!({ "id": format!("evt_{kind}_{id}"), "object": "event", "type": kind, "data": { "object": object } }).to_string();
        tell(server, &body, &signature(server.now(), &body)).await
    }

    /// Somebody pays on a page, and the gateway says so at once.
    pub async fn pay(&self, server: &Server, id: &str) {
        self.charge(id);
        let told = self.tell(server, "checkout.session.completed", id).await;
        assert_eq!(told.as_ref().map(|(status, _)| *status), Some(200), "{told:?}");
    }
}

/// The header of a webhook.
pub fn signature(now: i64, body: &str) -> String {
    let time = now / 1_000;
    format!("t={time},v1={}", AppSecret::new(WEBHOOK_SECRET).sign(format!("{time}.{body}").as_bytes()))
}

/// Sends a webhook.
pub async fn tell(server: &Server, body: &str, signature: &str) -> Option<(u16, Value)> {
    let request = client().post(format!("{}/wallet/callbacks/card", server.url)).header("stripe-signature", signature);
    let response = request.body(body.to_owned()).send().await.ok()?;
    Some((response.status().as_u16(), response.json().await.unwrap_or(Value::Null)))
}

fn form(body: &Bytes) -> HashMap<String, String> {
    let query = format!("http://gateway/?{}", String::from_utf8_lossy(body));
    reqwest::Url::parse(&query).unwrap().query_pairs().into_owned().collect()
}

fn refused(status: StatusCode, code: &str) -> Response {
    (status, axum::Json(json!({ "error": { "type": "invalid_request_error", "code": code, "message": code } }))).into_response()
}

/// Does what is asked once for its key, as the published API promises.
async fn once(
    books: &Mutex<Books>,
    headers: &HeaderMap,
    body: &Bytes,
    make: impl FnOnce(&mut Books, HashMap<String, String>) -> Result<Value, &'static str>,
) -> Response {
    let (answer, stuck) = {
        let mut books = books.lock().unwrap();
        books.asked += 1;
        if books.down {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        if headers.get("authorization").is_none_or(|value| value != format!("Bearer {KEY}").as_str()) {
            return refused(StatusCode::UNAUTHORIZED, "invalid_api_key");
        }
        let Some(key) = headers.get("idempotency-key").map(|key| key.to_str().unwrap().to_owned()) else {
            return refused(StatusCode::BAD_REQUEST, "no_idempotency_key");
        };
        let request = String::from_utf8_lossy(body).into_owned();
        let answer = match books.keys.get(&key) {
            Some((known, _)) if *known != request => return refused(StatusCode::BAD_REQUEST, "idempotency_key_in_use"),
            Some((_, answer)) => answer.clone(),
            None => match make(&mut books, form(body)) {
                Ok(answer) => {
                    books.keys.insert(key, (request, answer.clone()));
                    answer
                }
                Err(code) => return refused(StatusCode::BAD_REQUEST, code),
            },
        };
        (answer, books.stuck)
    };
    if stuck {
        std::future::pending::<()>().await;
    }
    axum::Json(answer).into_response()
}

async fn create(State(books): State<Arc<Mutex<Books>>>, headers: HeaderMap, body: Bytes) -> Response {
    let make = |books: &mut Books, form: HashMap<String, String>| {
        let field = |name: &str| form.get(name).cloned().ok_or("parameter_missing");
        let number = |name: &str| field(name)?.parse::<i64>().map_err(|_| "parameter_invalid_integer");
        if field("mode")? != "payment" || number("line_items[0][quantity]")? != 1 {
            return Err("parameter_invalid");
        }
        // Half an hour at the least.
        if number("expires_at")? < plenum_store::db::now() / 1_000 + 1_800 {
            return Err("expires_at_too_soon");
        }
        let id = format!("cs_test_{:04}", books.sessions.len());
        let session = json!({
            "id": id, "object": "checkout.session", "url": format!("https://checkout.example/{id}"), "mode": "payment",
            "client_reference_id": field("client_reference_id")?, "status": "open", "payment_status": "unpaid", "payment_intent": null,
            "amount_total": number("line_items[0][price_data][unit_amount]")?, "currency": field("line_items[0][price_data][currency]")?,
            "success_url": field("success_url")?, "cancel_url": field("cancel_url")?,
            "description": field("line_items[0][price_data][product_data][name]")?
        });
        books.sessions.insert(id, session.clone());
        Ok(session)
    };
    once(&books, &headers, &body, make).await
}

async fn read(State(books): State<Arc<Mutex<Books>>>, Path(id): Path<String>) -> Response {
    let books = books.lock().unwrap();
    match books.sessions.get(&id) {
        _ if books.down => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(session) => axum::Json(session.clone()).into_response(),
        None => refused(StatusCode::NOT_FOUND, "resource_missing"),
    }
}

async fn refund(State(books): State<Arc<Mutex<Books>>>, headers: HeaderMap, body: Bytes) -> Response {
    let make = |books: &mut Books, form: HashMap<String, String>| {
        let intent = form.get("payment_intent").cloned().ok_or("parameter_missing")?;
        if !books.sessions.values().any(|session| session["payment_intent"] == intent.as_str()) {
            return Err("resource_missing");
        }
        if books.refunds.contains(&intent) {
            return Err("charge_already_refunded");
        }
        books.refunds.push(intent.clone());
        Ok(json!({ "id": format!("re_{intent}"), "object": "refund", "status": "succeeded", "payment_intent": intent }))
    };
    once(&books, &headers, &body, make).await
}
