//! `POST /wallet/callbacks/{adapter}`: where gateways answer. No cookie counts here; what counts is the gateway's signature. And
//! `GET /wallet/card/{reference}`: where the card gateway's page leads back.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::HeaderMap,
    middleware,
    response::Redirect,
    routing::{get, post},
};
use serde::Serialize;

use super::{
    card::{self, payments},
    deposits::{self, Effect},
    gateway,
};
use crate::model::card::CardState;
use plenum_core::error::{AppError, AppResult};
use plenum_store::db::Tx;
use plenum_web::{
    bodies::{self, Most},
    problem::Problem,
    state::AppState,
};

/// The longest answer.
const BODY_BYTES: usize = 64 * 1024;

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/wallet/callbacks/{adapter}", post(receive))
        .route("/wallet/card/{reference}", get(come_back))
        .layer(middleware::from_fn_with_state(Most(BODY_BYTES), bodies::limit))
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
    let Some(answer) = gateway.read(&headers, &body)? else { return Ok(Json(Received { effect: Effect::Nothing })) };
    let name = gateway.name();
    let effect = match card::here(&state).filter(|_| name == card::NAME) {
        Some(cards) => cards.settle(&state.store, &answer).await?,
        None => state.store.write(async move |tx: &mut Tx| deposits::answer(tx, name, &answer).await).await?,
    };
    Ok(Json(Received { effect }))
}

/// Leads whoever has paid to what they have paid for. The webhook may still be on its way: the gateway is asked at once.
async fn come_back(State(state): State<AppState>, Path(reference): Path<String>) -> Result<Redirect, Problem> {
    Ok(Redirect::to(&onward(&state, &reference).await?))
}

async fn onward(state: &AppState, reference: &str) -> AppResult<String> {
    let mut conn = state.store.look().await?;
    let payment = payments::by_reference(&mut conn, reference).await?.ok_or_else(|| AppError::no_such("payment"))?;
    let errand = match payment.deposit_id {
        Some(deposit) => deposits::errand(&mut conn, payment.person_id, deposit).await?,
        None => None,
    };
    drop(conn);
    if payment.state == CardState::Open {
        let id = payment.id;
        state.store.write(async move |tx: &mut Tx| card::jobs::schedule_look(tx, id).await).await?;
    }
    Ok(errand.map_or_else(|| payment.back(), |errand| errand.path))
}
