//! Orders in the public JSON API.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    model::{
        orders::{Order, OrderHead, Show},
        paying::Takes,
    },
    server::{
        orders::{
            self, Outcome, Wanted, Wish,
            card::{self, Begun, ByCard},
        },
        seats::terms,
    },
};
use plenum_core::{
    error::AppResult,
    ids::{EventId, HoldId, Millis, OrderId, OrderLineId},
};
use plenum_events::model::order::OrderState;
use plenum_store::db::{Tx, now};
use plenum_wallet::{
    model::{Money, card::Late},
    server::card as wallet_card,
};
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
#[derive(Serialize, ToSchema)]
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
    let page = orders::page(&mut *state.store.read().await?, who, state.store.epoch(), OrderId(id), Takes::default(), now()).await?;
    Ok(Json(page.state.order))
}

/// With what one pays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Method {
    /// The wallet, at once.
    #[default]
    Wallet,
    /// A card, on the payment gateway's page.
    Card,
}

/// What one pays.
#[derive(Deserialize, ToSchema)]
struct Payment {
    /// The total that one has seen, in minor units: if it costs something else now, nothing is paid.
    #[serde(default)]
    total: Option<i64>,
    /// With what; the wallet if it is not said.
    #[serde(default)]
    method: Method,
    /// By card: where the money goes if it comes when the places are not there any more.
    #[serde(default)]
    late: Late,
}

/// An order that is paid, or that is to be paid by card.
#[derive(Serialize, ToSchema)]
struct PaidOrder {
    /// The order.
    #[serde(flatten)]
    order: Order,
    /// By card: where it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_url: Option<String>,
}

/// Pays an order from the wallet, or begins to pay it by card.
///
/// From the wallet its places are sold and its tickets there in the same transaction, or nothing is charged. By card the order waits to be
/// paid at `checkout_url`, and its places are held until the gateway must have answered, 33 minutes at the most; `order.updated` tells.
/// Money that comes when the places are not there any more goes back to the card, or to the wallet (`late`).
#[utoipa::path(post, path = "/api/v1/orders/{id}/pay", tag = "Orders", security(("token" = ["write"])),
    params(("id" = i64, Path, description = "The order.", minimum = 1), Keyed),
    request_body(content = Option<Payment>, example = json!({ "total": 6750, "method": "wallet" })),
    responses((status = 200, description = "It is paid, or is to be paid at `checkout_url`.", body = PaidOrder),
        (status = 404, description = "There is no such order."),
        (status = 409, description = "The hold has ended (`hold`), there is not enough in the wallet (`balance`), the promo code cannot be used any \
            more (`promo`), it costs something else (`total`), it was paid, the event does not sell any more, cards are not taken (`method`) \
            or the gateway refused."),
        (status = 503, description = "The gateway for cards cannot be reached. Nothing was charged.")))]
async fn pay_order(program: Program, Path(id): Path<i64>, payment: Command<Option<Payment>>) -> Result<Json<PaidOrder>, Problem> {
    program.commands()?;
    if payment.body.as_ref().is_some_and(|payment| payment.method == Method::Card) {
        return Ok(Json(pay_by_card(program, OrderId(id), payment).await?));
    }
    let Program { state, who, .. } = program;
    let body = async move |tx: &mut Tx| {
        let effect = async |tx: &mut Tx, payment: &Option<Payment>| {
            orders::pay(tx, &who, OrderId(id), payment.as_ref().and_then(|payment| payment.total)).await
        };
        payment.once_if(tx, who.person, Outcome::is_paid, effect).await
    };
    Ok(Json(PaidOrder { order: state.store.write(body).await?.paid()?, checkout_url: None }))
}

/// Begins in one transaction, and asks the gateway for its page after that.
async fn pay_by_card(program: Program, id: OrderId, payment: Command<Option<Payment>>) -> AppResult<PaidOrder> {
    let Program { state, who, .. } = program;
    if wallet_card::here(&state).is_none() {
        return Err(wallet_card::not_taken());
    }
    let (terms, by) = (terms(&state)?, who.clone());
    let body = async move |tx: &mut Tx| {
        let effect = async |tx: &mut Tx, payment: &Option<Payment>| {
            let (seen, late) = payment.as_ref().map(|payment| (payment.total, payment.late)).unwrap_or_default();
            card::begin(tx, &by, id, ByCard { seen, late }, terms).await
        };
        payment.once_if(tx, by.person, Begun::is_begun, effect).await
    };
    let (payment, _) = state.store.write(body).await?.begun()?;
    let checkout_url = wallet_card::lead(&state, who.person, payment).await?;
    let page = orders::page(&mut *state.store.read().await?, &who, state.store.epoch(), id, Takes::default(), now()).await?;
    Ok(PaidOrder { order: page.state.order, checkout_url: Some(checkout_url) })
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
