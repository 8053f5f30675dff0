//! `POST /wallet/callbacks/{adapter}`: where gateways answer. No cookie counts here; what counts is the gateway's signature.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::HeaderMap,
    middleware,
    routing::post,
};
use serde::Serialize;

use super::{
    deposits::{self, Effect},
    gateway,
};
use plenum_store::db::Tx;
use plenum_web::{
    bodies::{self, Most},
    problem::Problem,
    state::AppState,
};

/// The longest answer.
const BODY_BYTES: usize = 16 * 1024;

/// The route.
pub fn routes() -> Router<AppState> {
    Router::new().route("/wallet/callbacks/{adapter}", post(receive)).layer(middleware::from_fn_with_state(Most(BODY_BYTES), bodies::limit))
}

/// What came of an answer.
#[derive(Serialize)]
struct Received {
    effect: Effect,
}

/// Takes an answer, once however often it comes. That it is understood is all that a gateway is told, also if it changes nothing: it would
/// only send it again.
async fn receive(
    State(state): State<AppState>,
    Path(adapter): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Received>, Problem> {
    let gateway = gateway::named(&state, &adapter)?;
    let answer = gateway.read(&headers, &body)?;
    let name = gateway.name();
    let effect = state.store.write(async move |tx: &mut Tx| deposits::answer(tx, name, &answer).await).await?;
    Ok(Json(Received { effect }))
}
