//! The way in: `/app/{key}`. After the 101 the plain TCP stream is taken back from
//! hyper, and one small task serves it.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use axum::{
    extract::{Path, Query, Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper::upgrade::OnUpgrade;
use hyper_util::{
    rt::TokioIo,
    server::conn::auto::upgrade::{Parts, downcast},
};
use serde::Deserialize;
use tokio::{net::TcpStream, sync::Semaphore};
use tungstenite::handshake::derive_accept_key;

use crate::{
    security::{ClientAddress, OriginCheck, origin_of, rejected_origins::RejectedOrigins},
    state::AppState,
};
use plenum_core::{
    ids::PersonId,
    people::{Close, Identity, Scopes, SignInEnd},
    protocol::{ServerFrame, code},
};
use plenum_live::plenum_auth;
use plenum_live::{
    connection::{self, Connection},
    pusher::{application::App, record::What},
    rules::Who,
};

/// What a client says of itself; anything else is ignored.
#[derive(Debug, Deserialize)]
pub struct Hello {
    protocol: Option<u32>,
    /// For whom a page of Plenum was made. Its sign-in may have ended since, or another
    /// person may have signed in: such a page must not be told things as somebody else.
    person: Option<PersonId>,
}

/// Why a socket is refused: told in its first frame, then closed.
struct Refusal {
    code: u16,
    reason: &'static str,
}

impl Refusal {
    const UNKNOWN: Self = Self { code: code::NO_APPLICATION, reason: "there is no application with this key" };
    const DISABLED: Self = Self { code: code::DISABLED, reason: "this application is switched off" };
    const VERSION: Self = Self { code: code::VERSION, reason: "this version of the protocol is not supported" };
    /// The page's person is signed in no more.
    const SIGNED_OUT: Self = {
        let Close { code, reason } = SignInEnd::Gone.close();
        Self { code, reason }
    };
    const FULL: Self = Self { code: code::OVER_CAPACITY, reason: "the application, or the server, has as many connections as it may" };
}

/// Whom a socket is for.
enum Target {
    /// Plenum's own pages: who is signed in there, and whether others see them online.
    Own(Option<Who>, bool),
    /// An external application.
    External(Arc<App>),
    Refused(Refusal),
    /// A page of another site, which may not open a socket here.
    Foreign,
}

impl Target {
    async fn of(state: &AppState, key: &str, hello: &Hello, headers: &HeaderMap, identity: Option<&Identity>) -> Self {
        if !matches!(hello.protocol, None | Some(5..=7)) {
            return Self::Refused(Refusal::VERSION);
        }
        if key != plenum_auth::OWN_KEY {
            let Some(app) = state.applications.by_key(key) else {
                state.applications.strays.refuse(What::Socket, &format!("There is no application with the key {key}."));
                return Self::Refused(Refusal::UNKNOWN);
            };
            let settings = app.settings();
            if !settings.enabled {
                app.record.refuse(What::Socket, "The application is switched off.");
                return Self::Refused(Refusal::DISABLED);
            }
            // Programs have no origin; browsers always do.
            let origin = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
            return match origin.filter(|origin| !settings.allows_origin(origin)) {
                None => Self::External(app),
                Some(origin) => {
                    app.record.refuse(What::Socket, &format!("Pages of {origin} may not connect."));
                    Self::Foreign
                }
            };
        }
        let shown = identity.is_some_and(|identity| identity.privacy.show_presence);
        match origin_of(state, headers).await {
            OriginCheck::Own if hello.person.is_some_and(|person| identity.is_none_or(|identity| identity.person != person)) => {
                Self::Refused(Refusal::SIGNED_OUT)
            }
            OriginCheck::Own => {
                let who = identity.map(|identity| Who::new(identity, Scopes::ALL));
                Self::Own(who, shown)
            }
            // A program, not a browser: no cookie counts.
            OriginCheck::Absent => Self::Own(None, shown),
            OriginCheck::Foreign(origin) => {
                state.store.part::<RejectedOrigins>().add_origin(&origin, "/app/plenum");
                Self::Foreign
            }
        }
    }
}

/// `GET /app/{key}`: upgrades to a WebSocket.
pub async fn socket(State(state): State<AppState>, Path(key): Path<String>, Query(hello): Query<Hello>, mut request: Request) -> Response {
    let headers = request.headers();
    if request.method() != Method::GET || !asks_for_upgrade(headers) {
        return (StatusCode::UPGRADE_REQUIRED, [(header::UPGRADE, "websocket")], "This address speaks WebSocket only.").into_response();
    }
    let Some(accept) = headers.get(header::SEC_WEBSOCKET_KEY).map(|key| derive_accept_key(key.as_bytes())) else {
        return (StatusCode::BAD_REQUEST, "Sec-WebSocket-Key is missing.").into_response();
    };
    let address = request.extensions().get::<ClientAddress>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.0);
    let target = Target::of(&state, &key, &hello, headers, request.extensions().get::<Identity>()).await;
    if matches!(target, Target::Foreign) {
        return (StatusCode::FORBIDDEN, "This site may not open a socket here.").into_response();
    }
    let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return (StatusCode::UPGRADE_REQUIRED, "This connection cannot be upgraded.").into_response();
    };
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        match downcast::<TokioIo<TcpStream>>(upgraded) {
            // Copied: even an empty slice of hyper's buffer would pin all of it for the connection's life.
            Ok(Parts { io, read_buf, .. }) => open(&state, target, address, io.into_inner(), read_buf.to_vec()),
            Err(_) => tracing::error!("an upgraded connection is not a plain TCP stream"),
        }
    });
    let response = (
        StatusCode::SWITCHING_PROTOCOLS,
        [(header::CONNECTION, "upgrade"), (header::UPGRADE, "websocket")],
        [(header::SEC_WEBSOCKET_ACCEPT, accept)],
    );
    response.into_response()
}

fn open(state: &AppState, target: Target, address: IpAddr, stream: TcpStream, early: Vec<u8>) {
    let queue = state.hub.settings().queue_bytes;
    match target {
        Target::Own(who, shown) => {
            let hub = Arc::clone(&state.hub);
            let connection =
                Arc::new(Connection::new(hub.next_connection(), who, address, stream, hub.clock(), queue, Arc::clone(hub.meters())));
            match hub.enter(&connection, shown) {
                Ok(()) => {
                    connection.say(&ServerFrame::established(&connection.id.socket_id(), &state.build, state.live_schema));
                    tokio::spawn(connection::run(hub, connection, early));
                }
                Err(reason) => refuse(connection, &Refusal { code: code::OVER_CAPACITY, reason }),
            }
        }
        Target::External(app) => {
            let connection =
                Arc::new(Connection::new(app.next_connection(), None, address, stream, app.clock(), queue, Arc::clone(app.meters())));
            if app.enter(&connection, state.hub.places()) {
                connection.say(&ServerFrame::welcome(&connection.id.socket_id()));
                tokio::spawn(connection::run(app, connection, early));
            } else {
                refuse(connection, &Refusal::FULL);
            }
        }
        Target::Refused(refusal) => {
            let connection = Connection::new(
                state.hub.next_connection(),
                None,
                address,
                stream,
                state.hub.clock(),
                queue,
                Arc::clone(state.hub.meters()),
            );
            refuse(Arc::new(connection), &refusal);
        }
        // Answered before the upgrade.
        Target::Foreign => {}
    }
}

/// Connections that are seen off at a time: they have no place among the sockets, and each is an open file for some moments.
static SEEN_OFF: Semaphore = Semaphore::const_new(64);

/// Tells why, and sees the connection off: it was never let in, so there is nothing to leave. Where too many are refused at a time it is
/// closed without a word.
fn refuse(connection: Arc<Connection>, refusal: &Refusal) {
    let Ok(place) = SEEN_OFF.try_acquire() else { return };
    connection.say(&ServerFrame::error(Some(refusal.code), refusal.reason));
    connection.close(refusal.code, refusal.reason);
    tokio::spawn(async move {
        connection::see_off(connection).await;
        drop(place);
    });
}

fn asks_for_upgrade(headers: &HeaderMap) -> bool {
    let has = |name: header::HeaderName, word: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(word)))
    };
    has(header::CONNECTION, "upgrade") && has(header::UPGRADE, "websocket")
}
