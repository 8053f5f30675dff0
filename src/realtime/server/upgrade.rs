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
use tokio::net::TcpStream;
use tungstenite::handshake::derive_accept_key;

use super::{
    connection::{self, Connection},
    hub::Hub,
    rules::Who,
};
use crate::{
    realtime::{
        live::LIVE_SCHEMA,
        protocol::{ServerFrame, code},
    },
    server::{
        security::{ClientAddress, OriginCheck, origin_of},
        sign_ins::Identity,
        state::AppState,
    },
};

/// The key of Plenum's own application.
pub const OWN_KEY: &str = "plenum";

/// What a client says of itself; anything else is ignored.
#[derive(Debug, Deserialize)]
pub struct Hello {
    protocol: Option<u32>,
}

/// Why a socket is refused: told in its first frame, then closed.
struct Refusal {
    code: u16,
    reason: &'static str,
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
    let identity = request.extensions().get::<Identity>();
    let who = match origin_of(&state, headers).await {
        OriginCheck::Own => {
            identity.map(|identity| Who { person: identity.person, organisation: identity.organisation, sign_in: identity.sign_in })
        }
        // A program, not a browser: no cookie counts.
        OriginCheck::Absent => None,
        OriginCheck::Foreign(_) => return (StatusCode::FORBIDDEN, "This site may not open a socket here.").into_response(),
    };
    let shown = identity.is_some_and(|identity| identity.privacy.show_presence);
    let address = request.extensions().get::<ClientAddress>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.0);
    let refusal = refusal(&key, &hello);
    let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return (StatusCode::UPGRADE_REQUIRED, "This connection cannot be upgraded.").into_response();
    };
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        match downcast::<TokioIo<TcpStream>>(upgraded) {
            Ok(Parts { io, read_buf, .. }) => {
                let hub = Arc::clone(&state.hub);
                let connection =
                    Connection::new(hub.next_connection(), who, address, io.into_inner(), hub.clock(), hub.settings().queue_bytes);
                // Copied: even an empty slice of hyper's buffer would pin all of it for the connection's life.
                open(&hub, Arc::new(connection), &state.build, shown, refusal, read_buf.to_vec());
            }
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

fn open(hub: &Arc<Hub>, connection: Arc<Connection>, build: &str, shown: bool, refusal: Option<Refusal>, early: Vec<u8>) {
    let refusal = refusal.or_else(|| hub.enter(&connection, shown).err().map(|reason| Refusal { code: code::OVER_CAPACITY, reason }));
    match refusal {
        Some(Refusal { code, reason }) => {
            connection.say(&ServerFrame::error(Some(code), reason));
            connection.close(code, reason);
            // Not entered: nothing to leave; the task only sees the goodbye through.
            tokio::spawn(connection::see_off(connection));
        }
        None => {
            connection.say(&ServerFrame::established(&connection.id.socket_id(), build, LIVE_SCHEMA));
            tokio::spawn(connection::run(Arc::clone(hub), connection, early));
        }
    }
}

fn refusal(key: &str, hello: &Hello) -> Option<Refusal> {
    if key != OWN_KEY {
        return Some(Refusal { code: code::NO_APPLICATION, reason: "there is no application with this key" });
    }
    match hello.protocol {
        None | Some(5..=7) => None,
        Some(_) => Some(Refusal { code: code::VERSION, reason: "this version of the protocol is not supported" }),
    }
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
