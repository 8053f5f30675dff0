//! Broadcasts in the public JSON API.

mod wanted;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    model::{Action, Broadcast, Measure, Moment, Report, Series, SeriesAction, Variant, figures, variants::letter},
    server,
    server::Proved,
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{BroadcastId, SeriesId},
};
use plenum_store::db::Tx;
use plenum_web::{
    api::{Before, Command, Endpoints, Keyed, Page, Path, Program, Query},
    problem::Problem,
};
use wanted::NewBroadcast;

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default()
        .with(routes!(list_broadcasts, send_broadcast))
        .with(routes!(read_broadcast))
        .with(routes!(act_on_broadcast))
        .with(routes!(read_analytics))
        .with(routes!(list_series, repeat_broadcast))
        .with(routes!(act_on_series))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only broadcasts with a lower id: the `next` of the page before.
    #[param(inline)]
    before: Option<Before>,
}

/// Lists the organisation's broadcasts, the newest first.
///
/// For admins and managers.
#[utoipa::path(get, path = "/api/v1/broadcasts", tag = "Broadcasts", security(("token" = ["read"])), params(Asked),
    responses((status = 200, description = "Thirty at most.", body = Page<Broadcast>)))]
async fn list_broadcasts(program: Program, Query(Asked { before }): Query<Asked>) -> Result<Json<Page<Broadcast>>, Problem> {
    program.asks()?;
    let Program { state, who, .. } = &program;
    let page = server::list(&mut *state.store.read().await?, who, state.store.epoch(), before.map(|before| BroadcastId(before.get())))
        .await?
        .state;
    Ok(Json(Page { data: page.broadcasts, next: (page.floor > 0).then_some(page.floor) }))
}

/// Shows a broadcast, and how far it has come.
///
/// For admins and managers. Receipts are counted about a second after somebody has seen, read or followed it.
#[utoipa::path(get, path = "/api/v1/broadcasts/{id}", tag = "Broadcasts", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The broadcast.", minimum = 1)),
    responses((status = 200, description = "As it is now.", body = Broadcast), (status = 404, description = "There is no such broadcast.")))]
async fn read_broadcast(program: Program, Path(id): Path<i64>) -> Result<Json<Broadcast>, Problem> {
    program.asks()?;
    Ok(Json(report(&program, id).await?.broadcast))
}

async fn report(program: &Program, id: i64) -> Result<Report, Problem> {
    let Program { state, who, .. } = program;
    Ok(server::report(&mut *state.store.read().await?, who, state.store.epoch(), BroadcastId(id)).await?.state)
}

/// What one can say of a broadcast's variants, and what came when.
#[derive(Serialize, ToSchema)]
struct Analytics {
    /// The broadcast as it is now.
    broadcast: Broadcast,
    /// What came when, by time.
    moments: Vec<Moment>,
    /// By what the variants are compared.
    measure: Measure,
    /// Of those who got each variant, the part that did it.
    rates: Vec<Rate>,
}

/// A rate, with the interval in which it lies with 95 % confidence (Wilson); all from 0 to 1.
#[derive(Serialize, ToSchema)]
struct Rate {
    /// `A`, `B`, `C` or `D`.
    variant: String,
    /// What was counted.
    rate: f64,
    /// The lower end of the interval.
    from: f64,
    /// The upper end.
    to: f64,
}

/// Shows how far a broadcast has come: by variant with 95 % confidence intervals, and over time.
///
/// For admins and managers. Moments are stretches of a minute in the first two hours, of a quarter of an hour for two days, then of an
/// hour, after thirty days of a day.
#[utoipa::path(get, path = "/api/v1/broadcasts/{id}/analytics", tag = "Broadcasts", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The broadcast.", minimum = 1)),
    responses((status = 200, description = "As it is now.", body = Analytics), (status = 404, description = "There is no such broadcast.")))]
async fn read_analytics(program: Program, Path(id): Path<i64>) -> Result<Json<Analytics>, Problem> {
    program.asks()?;
    let Report { broadcast, moments } = report(&program, id).await?;
    let measure = figures::measure(&broadcast);
    let rate = |(number, variant): (usize, &Variant)| {
        let (part, all) = (measure.of(&variant.funnel), variant.funnel.delivered);
        let (from, to) = figures::interval(part, all);
        Rate { variant: letter(number).to_string(), rate: figures::rate(part, all), from, to }
    };
    let rates = broadcast.variants.iter().enumerate().map(rate).collect();
    Ok(Json(Analytics { broadcast, moments, measure, rates }))
}

/// Sends a broadcast, or schedules it.
///
/// For admins and managers; ten an hour. Each recipient gets one notification of one variant, over crashes too; whoever has switched
/// announcements off gets none and is counted.
#[utoipa::path(post, path = "/api/v1/broadcasts", tag = "Broadcasts", security(("token" = ["manage"])), params(Keyed),
    request_body(content = NewBroadcast, example = json!({ "audience": "role:instructor", "title": "Dear {{ first_name }}, room 7 is free", "link": "/messages/rooms" })),
    responses((status = 201, description = "It is on its way.", body = Broadcast)))]
async fn send_broadcast(program: Program, broadcast: Command<NewBroadcast>) -> Result<Response, Problem> {
    program.manages()?;
    let who = program.who.clone();
    let draft = prove(&program, &broadcast.body).await?;
    let made = program
        .once(broadcast, async move |tx: &mut Tx, _: &NewBroadcast| {
            if draft.repeat.is_some() {
                return Err(AppError::invalid("repeat", "What is repeated is made at /api/v1/broadcast-series."));
            }
            server::create(tx, &who, &draft).await
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// What is wanted, if the program's person may send it; its templates are proved beside the writer.
async fn prove(program: &Program, wanted: &NewBroadcast) -> AppResult<Proved> {
    server::require_for(&mut *program.state.store.look().await?, &program.who, wanted.audience()?).await?;
    Proved::of(wanted.draft()?)
}

/// What is done to a broadcast.
#[derive(Deserialize, ToSchema)]
struct ToDo {
    /// `pause`, `resume`, `cancel`; `retry` for those whom it failed to reach; `choose` for a variant that the rest is to have.
    #[schema(pattern = "^(pause|resume|retry|cancel|choose)$")]
    act: String,
    /// Which to choose: 0 is A.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 3)]
    variant: Option<u8>,
}

/// Pauses, resumes, retries or cancels a broadcast, or chooses the variant for those who wait for the winner.
///
/// For admins and managers.
#[utoipa::path(post, path = "/api/v1/broadcasts/{id}/act", tag = "Broadcasts", security(("token" = ["manage"])),
    params(("id" = i64, Path, description = "The broadcast.", minimum = 1), Keyed),
    request_body(content = ToDo, example = json!({ "act": "pause" })),
    responses((status = 200, description = "As it is now.", body = Broadcast), (status = 404, description = "There is no such broadcast."),
        (status = 409, description = "That cannot be done to it any more.")))]
async fn act_on_broadcast(program: Program, Path(id): Path<i64>, command: Command<ToDo>) -> Result<Json<Broadcast>, Problem> {
    program.manages()?;
    let who = program.who.clone();
    let acted = program.once(command, async move |tx: &mut Tx, wanted: &ToDo| {
        if wanted.act == "choose" {
            let variant = wanted.variant.ok_or_else(|| AppError::invalid("variant", "Say which variant: 0 is A."))?;
            return server::choose(tx, &who, BroadcastId(id), variant).await;
        }
        server::act(tx, &who, BroadcastId(id), Action::parse(&wanted.act)?).await
    });
    Ok(Json(acted.await?))
}

/// Lists what is repeated and goes on.
///
/// For admins and managers.
#[utoipa::path(get, path = "/api/v1/broadcast-series", tag = "Broadcasts", security(("token" = ["read"])),
    responses((status = 200, description = "All of it.", body = Page<Series>)))]
async fn list_series(program: Program) -> Result<Json<Page<Series>>, Problem> {
    program.asks()?;
    let Program { state, who, .. } = &program;
    Ok(Json(Page { data: server::series::list(&mut *state.store.read().await?, who).await?, next: None }))
}

/// Repeats a broadcast: at each of its times one is made.
///
/// For admins and managers; it counts as one of ten an hour. A time that passed while no server was there is made up for within two hours,
/// and else left out and counted.
#[utoipa::path(post, path = "/api/v1/broadcast-series", tag = "Broadcasts", security(("token" = ["manage"])), params(Keyed),
    request_body(content = NewBroadcast, example = json!({ "audience": "everyone", "title": "The menu of the week", "local": "2026-11-23T09:00",
        "zone": "Europe/Berlin", "repeat": { "every": "week", "days": ["monday"] } })),
    responses((status = 201, description = "It waits for its first time.", body = Series)))]
async fn repeat_broadcast(program: Program, broadcast: Command<NewBroadcast>) -> Result<Response, Problem> {
    program.manages()?;
    let who = program.who.clone();
    let draft = prove(&program, &broadcast.body).await?;
    let made = program.once(broadcast, async move |tx: &mut Tx, _: &NewBroadcast| server::series::create(tx, &who, &draft).await);
    Ok((StatusCode::CREATED, Json(made.await?)).into_response())
}

/// What is done to what is repeated.
#[derive(Deserialize, ToSchema)]
struct ToDoWithSeries {
    /// `pause`, `resume` or `end`.
    #[schema(pattern = "^(pause|resume|end)$")]
    act: String,
}

/// Pauses, resumes or ends what is repeated.
///
/// For admins and managers.
#[utoipa::path(post, path = "/api/v1/broadcast-series/{id}/act", tag = "Broadcasts", security(("token" = ["manage"])),
    params(("id" = i64, Path, description = "The series.", minimum = 1), Keyed),
    request_body(content = ToDoWithSeries, example = json!({ "act": "pause" })),
    responses((status = 200, description = "As it is now.", body = Series), (status = 404, description = "There is no such series."),
        (status = 409, description = "That cannot be done to it any more.")))]
async fn act_on_series(program: Program, Path(id): Path<i64>, command: Command<ToDoWithSeries>) -> Result<Json<Series>, Problem> {
    program.manages()?;
    let who = program.who.clone();
    let acted = program.once(command, async move |tx: &mut Tx, wanted: &ToDoWithSeries| {
        server::series::act(tx, &who, SeriesId(id), SeriesAction::parse(&wanted.act)?).await
    });
    Ok(Json(acted.await?))
}
