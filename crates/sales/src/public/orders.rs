//! Orders in the public JSON API.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::IgnoredAny};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    model::orders::{Order, OrderHead, Show},
    server::orders::{self, Outcome, Wanted, Wish},
};
use plenum_core::{
    error::AppResult,
    ids::{EventId, HoldId, Millis, OrderId, OrderLineId},
};
use plenum_events::model::order::OrderState;
use plenum_store::db::{Tx, now};
use plenum_wallet::model::Money;
use plenum_web::{
    api::{Before, Command, Endpoints, Keyed, Page, Path, Program, Query},
    problem::Problem,
};

/// The endpoints.
pub fn endpoints() -> Endpoints {
    Endpoints::default()
        .with(routes!(list_orders, create_order))
        .with(routes!(read_order))
        .with(routes!(pay_order))
        .with(routes!(cancel_order))
        .with(routes!(refund_order))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Listed {
    /// Only orders with a lower id: the `next` of the page before.
    #[param(inline)]
    before: Option<Before>,
    /// Only those that wait to be paid (`open`), are `paid`, or have `ended`; `all` if it is not said.
    #[param(inline)]
    show: Option<Show>,
}

/// An order in a list.
#[derive(serde::Serialize, ToSchema)]
struct ListedOrder {
    /// The order.
    id: OrderId,
    /// What it is called.
    number: String,
    /// Of which event.
    event_id: EventId,
    /// Where it is on its way.
    state: OrderState,
    /// While it is not paid: until when its places are held, in milliseconds UTC.
    until: Option<Millis>,
    /// How many places.
    places: usize,
    /// What is to be paid, or was.
    total: Money,
    /// What was given back of it.
    refunded: Money,
    /// When it was made, in milliseconds UTC.
    created_at: Millis,
}

impl From<OrderHead> for ListedOrder {
    fn from(head: OrderHead) -> Self {
        let OrderHead { id, number, event, state, until, places, total, refunded, created_at } = head;
        Self { id, number, event_id: event.id, state, until, places, total, refunded, created_at }
    }
}

/// Lists one's own orders, the newest first.
#[utoipa::path(get, path = "/api/v1/orders", tag = "Orders", security(("token" = ["read"])), params(Listed),
    responses((status = 200, description = "Twenty at most.", body = Page<ListedOrder>)))]
async fn list_orders(program: Program, Query(Listed { before, show }): Query<Listed>) -> Result<Json<Page<ListedOrder>>, Problem> {
    program.asks()?;
    let Program { state, who, .. } = &program;
    let mut conn = state.store.read().await?;
    let page = orders::list(
        &mut conn,
        who.person,
        state.store.epoch(),
        show.unwrap_or_default(),
        before.map(|before| OrderId(before.get())),
        now(),
    )
    .await?
    .state;
    Ok(Json(Page { data: page.orders.into_iter().map(ListedOrder::from).collect(), next: (page.floor > 0).then_some(page.floor) }))
}

/// What is to be ordered.
#[derive(Deserialize, ToSchema)]
struct NewOrder {
    /// The hold whose places are bought.
    hold_id: HoldId,
    /// A promo code; an empty one takes that of the order away.
    #[serde(default)]
    #[schema(max_length = 24)]
    promo: Option<String>,
}

/// Makes the order of a hold.
///
/// It is to be paid before the hold ends. A hold has one order: again is the same one, at the price of now.
#[utoipa::path(post, path = "/api/v1/orders", tag = "Orders", security(("token" = ["write"])), params(Keyed),
    request_body(content = NewOrder, example = json!({ "hold_id": 1, "promo": "MEMBERS10" })),
    responses((status = 201, description = "It waits to be paid.", body = Order), (status = 404, description = "There is no such hold or promo code."),
        (status = 409, description = "The hold has ended, it was paid, the event does not sell any more, or the promo code cannot be used.")))]
async fn create_order(program: Program, order: Command<NewOrder>) -> Result<Response, Problem> {
    program.commands()?;
    let who = program.who.clone();
    let made = program
        .once(order, async move |tx: &mut Tx, wanted: &NewOrder| {
            orders::create(tx, &who, wanted.hold_id, &Wish::parse(wanted.promo.as_deref())?).await
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// Shows an order.
///
/// One's own; those who run the event, agents and admins see others', too.
#[utoipa::path(get, path = "/api/v1/orders/{id}", tag = "Orders", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The order.", minimum = 1)),
    responses((status = 200, description = "As it is now.", body = Order), (status = 404, description = "There is no such order.")))]
async fn read_order(program: Program, Path(id): Path<i64>) -> Result<Json<Order>, Problem> {
    program.asks()?;
    let Program { state, who, .. } = &program;
    let page = orders::page(&mut *state.store.read().await?, who, state.store.epoch(), OrderId(id), false, now()).await?;
    Ok(Json(page.state.order))
}

/// What one pays.
#[derive(Deserialize, ToSchema)]
struct Payment {
    /// The total that one has seen, in minor units: if it costs something else now, nothing is paid.
    #[serde(default)]
    total: Option<i64>,
}

/// Pays an order from the wallet.
///
/// Its places are sold and its tickets there in the same transaction, or nothing is charged.
#[utoipa::path(post, path = "/api/v1/orders/{id}/pay", tag = "Orders", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The order.", minimum = 1), Keyed),
    request_body(content = Option<Payment>, example = json!({ "total": 6750 })),
    responses((status = 200, description = "It is paid.", body = Order), (status = 404, description = "There is no such order."),
        (status = 409, description = "The hold has ended (`hold`), there is not enough in the wallet (`balance`), the promo code cannot be used any \
            more (`promo`), it costs something else (`total`), it was paid, or the event does not sell any more.")))]
async fn pay_order(program: Program, Path(id): Path<i64>, payment: Command<Option<Payment>>) -> Result<Json<Order>, Problem> {
    program.commands()?;
    let Program { state, who, .. } = program;
    let body = async move |tx: &mut Tx| {
        let effect = async |tx: &mut Tx, payment: &Option<Payment>| {
            orders::pay(tx, &who, OrderId(id), payment.as_ref().and_then(|payment| payment.total)).await
        };
        payment.once_if(tx, who.person, Outcome::is_paid, effect).await
    };
    Ok(Json(state.store.write(body).await?.paid()?))
}

/// Gives up an order before it is paid; its places are free at once.
#[utoipa::path(post, path = "/api/v1/orders/{id}/cancel", tag = "Orders", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The order.", minimum = 1), Keyed),
    responses((status = 200, description = "It is cancelled.", body = Order), (status = 404, description = "There is no such order."),
        (status = 409, description = "It was paid or has ended.")))]
async fn cancel_order(program: Program, Path(id): Path<i64>, command: Command<IgnoredAny>) -> Result<Json<Order>, Problem> {
    program.commands()?;
    let who = program.who.clone();
    Ok(Json(program.once(command, async move |tx: &mut Tx, _: &IgnoredAny| orders::cancel(tx, &who, OrderId(id)).await).await?))
}

/// What is given back.
#[derive(Deserialize, ToSchema)]
struct NewRefund {
    /// Which lines; left out: all that were not given back.
    #[serde(default)]
    lines: Option<Vec<OrderLineId>>,
    /// Why; whoever has bought it reads this.
    #[schema(min_length = 1, max_length = 300)]
    reason: String,
    /// Also tickets that were used at the door.
    #[serde(default)]
    although_used: bool,
}

impl NewRefund {
    fn wanted(&self) -> AppResult<Wanted> {
        Wanted::parse(self.lines.clone(), &self.reason, self.although_used)
    }
}

/// Gives lines of an order back.
///
/// For those who run the event, agents and admins. The money is in the buyer's wallet, the places are free and their tickets void in the
/// same transaction.
#[utoipa::path(post, path = "/api/v1/orders/{id}/refund", tag = "Orders", security(("token" = ["manage"])),
    params(("id" = i64, Path, description = "The order.", minimum = 1), Keyed),
    request_body(content = NewRefund, example = json!({ "reason": "Rained off" })),
    responses((status = 200, description = "It is given back.", body = Order), (status = 404, description = "There is no such order."),
        (status = 409, description = "Nothing of it can be given back, or a ticket was used.")))]
async fn refund_order(program: Program, Path(id): Path<i64>, command: Command<NewRefund>) -> Result<Json<Order>, Problem> {
    program.manages()?;
    let who = program.who.clone();
    let refunded =
        program.once(command, async move |tx: &mut Tx, wanted: &NewRefund| orders::refund(tx, &who, OrderId(id), &wanted.wanted()?).await);
    Ok(Json(refunded.await?))
}
