//! `POST /testing/…`: what a test does to the server that it runs, where `testing.clock` allows it (this machine only).
//!
//! Tests turn the clock instead of waiting, and put money and sold seats in place by the program's own functions instead of statements
//! of theirs. Bodies and answers are JSON; people are named by e-mail address.

use std::time::Duration;

use anyhow::ensure;
use axum::{Json, Router, extract::State, routing::post};
use serde::{Deserialize, Serialize};

use crate::config::Testing;
use plenum_core::{
    clock::{self, advance},
    people::Identity,
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, Millis, OrderId, OrganisationId, PersonId, SeatId, SignInId, TicketId},
    people::Privacy,
};
use plenum_sales::server::{fixtures as sales, seats};
use plenum_store::db::{Conn, Tx};
use plenum_wallet::{
    model::{Currency, Money},
    server::fixtures::set_balance,
};
use plenum_web::{problem::Problem, state::AppState};

/// Sets the clock as far ahead as the settings say; `here` is true if only this machine reaches the server.
///
/// # Errors
/// If the settings allow tests, and others reach the server.
pub fn begin(settings: Testing, here: bool) -> anyhow::Result<()> {
    if settings.clock {
        ensure!(here, "testing.clock is for this machine only: the address and server.public_url must be loopback");
        tracing::info!("tests may turn the clock and fill wallets (testing.clock)");
        advance(Duration::from_millis(settings.ahead_ms));
    }
    Ok(())
}

/// The routes; none unless the settings allow tests.
pub fn routes(settings: Testing) -> Router<AppState> {
    if !settings.clock {
        return Router::new();
    }
    Router::new().route("/testing/clock", post(turn)).route("/testing/wallets", post(fill)).route("/testing/sales", post(sell))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    advance_ms: u64,
}

#[derive(Serialize)]
struct Turned {
    now: Millis,
}

/// Turns the clock forward.
async fn turn(Json(turn): Json<Turn>) -> Json<Turned> {
    advance(Duration::from_millis(turn.advance_ms));
    Json(Turned { now: clock::now() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fill {
    people: Vec<String>,
    /// What each wallet has then, in cents of a euro.
    cents: i64,
}

/// Brings wallets to an amount, all in one write.
async fn fill(State(state): State<AppState>, Json(fill): Json<Fill>) -> Result<(), Problem> {
    let body = async move |tx: &mut Tx| {
        for email in &fill.people {
            let who = person(tx, email).await?;
            set_balance(tx, who.organisation, who.person, Money::new(fill.cents, Currency::Eur)).await?;
        }
        Ok(())
    };
    Ok(state.store.write(body).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sale {
    person: String,
    event: EventId,
    /// These seats …
    #[serde(default)]
    seats: Vec<SeatId>,
    /// … and so many others that are free.
    #[serde(default)]
    count: u32,
}

#[derive(Serialize)]
struct Sold {
    order: OrderId,
    tickets: Vec<TicketId>,
}

/// Sells seats to a person, whose wallet has as much afterwards as before.
async fn sell(State(state): State<AppState>, Json(sale): Json<Sale>) -> Result<Json<Sold>, Problem> {
    let terms = seats::terms(&state)?;
    let body = async move |tx: &mut Tx| {
        let who = person(tx, &sale.person).await?;
        let free = sales::free_seats(tx, sale.event, sale.count).await?;
        let order = sales::sell(tx, &who, sale.event, [sale.seats.as_slice(), &free].concat(), terms).await?;
        Ok(Sold { order: order.id, tickets: order.lines.iter().filter_map(|line| line.ticket_id).collect() })
    };
    Ok(Json(state.store.write(body).await?))
}

/// Somebody as they would ask, without a sign-in.
async fn person(conn: &mut Conn, email: &str) -> AppResult<Identity> {
    let found = sqlx::query_as("select id, organisation_id, name, hue from people where email = $1").bind(email);
    let found: Option<(PersonId, OrganisationId, String, u8)> = found.fetch_optional(conn).await?;
    let (person, organisation, name, hue) = found.ok_or_else(|| AppError::no_such("person"))?;
    Ok(Identity { person, organisation, sign_in: SignInId(0), name, hue, privacy: Privacy::default(), roles: Vec::new() })
}
