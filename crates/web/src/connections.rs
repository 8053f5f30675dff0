//! HTTP connections: how many there may be, and which goes when there are too many (I33).
//!
//! A connection is busy from the head of a request to the end of its answer, and idle otherwise: kept open for a next request, or
//! never having sent a whole head. An idle one makes room for a new one; where all are busy the new one is refused. So a client that
//! opens connections and says nothing takes no place from those who ask. Sockets have left this table: their upgrade ends the connection
//! here, and [`Limits::connections`](plenum_live::settings::Limits) counts them.

mod table;

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use table::{Held, Open};
pub use table::{Most, Table};

/// A request's head comes within this time; an idle connection is closed after it. It is longer than proxies keep an idle connection (nginx
/// a minute, Caddy two), so that none sends a request on one that is about to close.
const HEAD_WITHIN: Duration = Duration::from_secs(130);
/// How long accepting pauses when the system refuses another file.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves `app` until `stop`, then until all answers are given.
pub async fn serve(listener: TcpListener, app: Router, table: Table, stop: CancellationToken) {
    let (table, tasks) = (Arc::new(table), TaskTracker::new());
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Some(open) = table.enter(peer.ip()) else { continue };
                let _ = stream.set_nodelay(true);
                tasks.spawn(connection(stream, peer, app.clone(), open, stop.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                table.make_room();
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

async fn connection(stream: TcpStream, peer: SocketAddr, app: Router, open: Open, stop: CancellationToken) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    let service = service_fn(|request: Request<Incoming>| {
        let busy = open.busy();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = app.clone().oneshot(request);
        async move { Ok::<_, Infallible>(answer.await?.map(|body| Body::new(Held::new(body, busy)))) }
    });
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    let mut stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(error, "a connection failed");
                }
                return;
            }
            () = open.makes_room() => return,
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
