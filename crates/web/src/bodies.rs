//! How long a request's body may be, and what becomes of the rest of one that is answered early.
//!
//! An answer that is sent before the body has come is lost on many clients, proxies above all: hyper closes the connection after it, the
//! client is still writing and meets the reset first, and a proxy makes 502 of what was 413 here. So whatever answers a request early (a
//! body beyond its [`limit`], a foreign origin, nobody signed in), [`finish`] reads the rest of the body and throws it away before the
//! answer goes, as far as that is bounded.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use futures::future::poll_fn;
use http_body::{Body as _, Frame, SizeHint};

use crate::refusal_form::RefusalForm;
use plenum_core::error::AppError;

/// So much is read and thrown away beyond what a body may have.
const BEYOND: u64 = 8 * 1024 * 1024;
/// For so long the rest is read.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most bytes of a body; the state of [`limit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most(pub usize);

impl Most {
    fn bytes(self) -> u64 {
        u64::try_from(self.0).unwrap_or(u64::MAX)
    }

    fn refusal(self) -> AppError {
        let limit =
            if self.0.is_multiple_of(1024 * 1024) { format!("{} MiB", self.0 / (1024 * 1024)) } else { format!("{} KiB", self.0 / 1024) };
        AppError::too_large(format!("That is too long: a request has at most {limit}."))
    }
}

/// What is known of a body beside the body itself; in the request's extensions.
#[derive(Debug, Clone)]
struct Gauge(Arc<Read>);

#[derive(Debug)]
struct Read {
    most: AtomicU64,
    bytes: AtomicU64,
    is_beyond: AtomicBool,
}

/// Middleware around everything: reads the rest of a body before an early answer goes, and answers 413 where one was too long.
pub async fn finish(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let form = RefusalForm::of(&request);
    let waits_for_go = request.headers().contains_key(header::EXPECT);
    let read = Arc::new(Read { most: AtomicU64::new(u64::MAX), bytes: AtomicU64::new(0), is_beyond: AtomicBool::new(false) });
    let rest = Rest { body: Arc::default(), read: Arc::clone(&read) };
    let mut request = request.map(|body| {
        *rest.body() = Some(body);
        Body::new(rest.clone())
    });
    request.extensions_mut().insert(Gauge(Arc::clone(&read)));
    let mut response = next.run(request).await;
    let most = read.most.load(Ordering::Relaxed);
    let is_form_led_back = response.status().is_redirection();
    if read.is_beyond.load(Ordering::Relaxed) && !is_form_led_back {
        response = form.response(Most(usize::try_from(most).unwrap_or(usize::MAX)).refusal());
    }
    // A client that waits for `100 Continue` has sent nothing, and need not.
    if waits_for_go && read.bytes.load(Ordering::Relaxed) == 0 {
        return response;
    }
    let body = rest.body().take();
    if let Some(body) = body {
        let allowed = if most == u64::MAX { BEYOND } else { most.saturating_add(BEYOND) };
        throw_away(body, allowed.saturating_sub(read.bytes.load(Ordering::Relaxed))).await;
    }
    response
}

/// Middleware of some routes, within [`finish`]: their bodies have at most so many bytes, else the answer is 413.
pub async fn limit(State(most): State<Most>, request: Request, next: Next) -> Response {
    if let Some(Gauge(read)) = request.extensions().get::<Gauge>() {
        read.most.store(most.bytes(), Ordering::Relaxed);
    }
    if declared(request.headers()).is_some_and(|length| length > most.bytes()) {
        return RefusalForm::of(&request).response(most.refusal());
    }
    next.run(request).await
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads what is left of a body, up to so many bytes; nothing of one that says that it has more.
async fn throw_away(mut body: Body, most: u64) {
    if body.size_hint().lower() > most {
        return;
    }
    let reading = async {
        let mut left = most;
        while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            let Some(rest) = left.checked_sub(length(&frame)) else { return };
            left = rest;
        }
    };
    // Who is slower gets the answer now, and may lose it.
    let _ = tokio::time::timeout(PATIENCE, reading).await;
}

fn length(frame: &Frame<Bytes>) -> u64 {
    frame.data_ref().map_or(0, |data| u64::try_from(data.len()).unwrap_or(u64::MAX))
}

/// A body that is left behind where it is dropped early, for [`finish`] to read on.
#[derive(Clone)]
struct Rest {
    body: Arc<Mutex<Option<Body>>>,
    read: Arc<Read>,
}

impl Rest {
    fn body(&self) -> MutexGuard<'_, Option<Body>> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl http_body::Body for Rest {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let too_long = || Poll::Ready(Some(Err(axum::Error::new("the body is too long"))));
        if self.read.is_beyond.load(Ordering::Relaxed) {
            return too_long();
        }
        let polled = match &mut *self.body() {
            Some(body) => ready!(Pin::new(body).poll_frame(cx)),
            // The answer has been given.
            None => None,
        };
        if let Some(Ok(frame)) = &polled {
            let bytes = self.read.bytes.fetch_add(length(frame), Ordering::Relaxed).saturating_add(length(frame));
            if bytes > self.read.most.load(Ordering::Relaxed) {
                self.read.is_beyond.store(true, Ordering::Relaxed);
                return too_long();
            }
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.body().as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body().as_ref().map(Body::size_hint).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, http::StatusCode, middleware, routing::post};
    use futures::{StreamExt as _, stream};
    use tower::ServiceExt as _;

    use super::*;

    const PIECE: usize = 1024;

    /// What takes bodies of two pieces, what says no without reading any, and what leads back.
    fn app() -> Router {
        Router::new()
            .route("/fn/take", post(async |body: Bytes| body.len().to_string()))
            .route("/api/v1/take", post(async |body: Bytes| body.len().to_string()))
            .layer(middleware::from_fn_with_state(Most(2 * PIECE), limit))
            .route("/no", post(async || StatusCode::FORBIDDEN))
            .layer(middleware::from_fn(finish))
    }

    /// The answer to so many pieces, and how many of them were read.
    async fn ask(path: &str, pieces: u64, headers: &[(header::HeaderName, &str)]) -> (u16, u64, String) {
        let sent = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&sent);
        let body = stream::iter(0..pieces).map(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; PIECE]))
        });
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let response = app().oneshot(request.body(Body::from_stream(body)).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let text = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, sent.load(Ordering::Relaxed), String::from_utf8(text.to_vec()).unwrap())
    }

    /// Whoever answers, and however early, the body was read before; far too much is not.
    #[tokio::test]
    async fn the_rest_is_read_before_the_answer() {
        for (path, pieces, status) in [("/fn/take", 2, 200), ("/fn/take", 100, 413), ("/no", 100, 403), ("/nowhere", 100, 404)] {
            let (answered, read, _) = ask(path, pieces, &[]).await;
            assert_eq!((answered, read), (status, pieces), "{path}");
        }
        let endless = 20 * BEYOND / PIECE as u64;
        let (status, read, _) = ask("/no", endless, &[]).await;
        assert_eq!(status, 403);
        assert!(read <= BEYOND / PIECE as u64 + 1, "{read} pieces were read");
    }

    /// Also what says its length first, unless it waits to be asked for it.
    #[tokio::test]
    async fn a_length_that_is_too_long_is_refused() {
        let length = (100 * PIECE).to_string();
        let (status, read, _) = ask("/fn/take", 100, &[(header::CONTENT_LENGTH, length.as_str())]).await;
        assert_eq!((status, read), (413, 100));
        let (status, read, _) = ask("/fn/take", 100, &[(header::CONTENT_LENGTH, length.as_str()), (header::EXPECT, "100-continue")]).await;
        assert_eq!((status, read), (413, 0));
    }

    /// Scripts get the error, programs problem details, a page without scripts the sentence.
    #[tokio::test]
    async fn the_refusal_has_the_form_of_its_route() {
        let sentence = "That is too long: a request has at most 2 KiB.";
        let (_, _, error) = ask("/fn/take", 3, &[]).await;
        let error: AppError = serde_json::from_str(&error).unwrap();
        assert_eq!((error.status(), error.message.as_str(), error.field), (413, sentence, None));
        let (_, _, problem) = ask("/api/v1/take", 3, &[]).await;
        let problem: serde_json::Value = serde_json::from_str(&problem).unwrap();
        assert_eq!((&problem["status"], &problem["detail"], &problem["code"]), (&413.into(), &sentence.into(), &"body_too_long".into()));
        let (status, _, text) = ask("/fn/take", 3, &[(header::ACCEPT, "text/html")]).await;
        assert_eq!((status, text.as_str()), (413, sentence));
    }
}
