//! What the pages of orders ask.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::orders::{Order, OrderPage, Orders, Quote, Show};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{HoldId, OrderId, OrderLineId},
    live::Snapshot,
};
#[cfg(feature = "ssr")]
use {
    crate::server::orders::{self, Outcome, Wanted, Wish},
    plenum_store::{
        db::{Tx, now},
        idempotency::{self, parse_key},
    },
    plenum_web::request::{answer, asker, command, commander},
};

/// One's own orders, the newest first, below `before`.
///
/// # Errors
/// 401.
#[server(name = ListOrders, prefix = "/fn", endpoint = "box_office/orders", input = GetUrl, output = Json)]
pub async fn list(#[server(default)] show: Show, #[server(default)] before: Option<OrderId>) -> Result<Snapshot<Orders>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        orders::list(&mut *state.store.read().await?, who.person, state.store.epoch(), show, before, now()).await
    })
    .await
}

/// One order.
///
/// # Errors
/// 401; 404 unless it is one's own, or one handles the orders of its event.
#[server(name = ReadOrder, prefix = "/fn", endpoint = "box_office/order", input = GetUrl, output = Json)]
pub async fn detail(id: OrderId) -> Result<Snapshot<OrderPage>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        orders::page(&mut *state.store.read().await?, &who, state.store.epoch(), id, now()).await
    })
    .await
}

/// What the places of a hold cost, with the code `promo`; without it with that of its order, if it has one.
///
/// # Errors
/// 401; 404; 409 if the hold has ended or the event does not sell any more; 429 with a code.
#[server(name = QuoteHold, prefix = "/fn", endpoint = "box_office/quote", input = GetUrl, output = Json)]
pub async fn quote(hold: HoldId, #[server(default)] promo: Option<String>) -> Result<Quote, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        // Whoever tries codes is not to try many.
        if promo.as_deref().is_some_and(|promo| !promo.trim().is_empty()) {
            state.rates.command(who.person)?;
        }
        let wish = Wish::parse(promo.as_deref());
        orders::quote(&mut *state.store.read().await?, &who, hold, wish, now()).await
    })
    .await
}

/// Makes the order of a hold, to be paid before the hold ends; again is the same order.
///
/// # Errors
/// 401; 404; 409 if the hold has ended, was paid, or the event does not sell any more; `promo`; 429.
#[server(name = CreateOrder, prefix = "/fn", endpoint = "box_office/create_order", output = Json)]
pub async fn create(hold: HoldId, #[server(default)] promo: Option<String>) -> Result<OrderId, AppError> {
    let asked = commander();
    let made = answer(async move {
        let (state, who) = asked?;
        let wish = Wish::parse(promo.as_deref())?;
        state.store.write(async move |tx: &mut Tx| orders::create(tx, &who, hold, &wish).await.map(|order| order.id)).await
    });
    let id = made.await?;
    leptos_axum::redirect(&format!("/orders/{id}"));
    Ok(id)
}

/// Orders and pays the places of a hold, once for `key`, if they cost `total` minor units.
///
/// # Errors
/// 401; 404; 409 if the hold has ended, was paid, or the event does not sell any more; 409 `balance`, `promo` or `total`; 422 `key`; 429.
#[server(name = BuyPlaces, prefix = "/fn", endpoint = "box_office/buy", output = Json)]
pub async fn buy(key: String, hold: HoldId, #[server(default)] promo: String, total: i64) -> Result<OrderId, AppError> {
    let asked = commander();
    let bought = answer(async move {
        let (state, who) = asked?;
        let (key, wish) = (parse_key(&key)?, Wish::parse(Some(&promo))?);
        let body = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| {
                let order = orders::create(tx, &who, hold, &wish).await?;
                orders::pay(tx, &who, order.id, Some(total)).await
            };
            idempotency::once_if(tx, who.person, &key, &("box_office.buy", hold, &promo, total), Outcome::is_paid, effect).await
        };
        state.store.write(body).await?.paid()
    });
    let id = bought.await?.id;
    leptos_axum::redirect(&format!("/orders/{id}?done=paid"));
    Ok(id)
}

/// Pays an order, once for `key`, if it costs `total` minor units.
///
/// # Errors
/// 401; 403; 404; 409 if it was paid, has ended, or the event does not sell any more; 409 `balance`, `promo` or `total`; 422 `key`; 429.
#[server(name = PayOrder, prefix = "/fn", endpoint = "box_office/pay", output = Json)]
pub async fn pay(key: String, id: OrderId, total: i64) -> Result<Order, AppError> {
    command(&format!("/orders/{id}?done=paid"), move |state, who| async move {
        let key = parse_key(&key)?;
        let body = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| orders::pay(tx, &who, id, Some(total)).await;
            idempotency::once_if(tx, who.person, &key, &("box_office.pay", id, total), Outcome::is_paid, effect).await
        };
        state.store.write(body).await?.paid()
    })
    .await
}

/// Gives up an order that is not paid.
///
/// # Errors
/// 401; 403; 404; 409 if it was paid or has ended; 429.
#[server(name = CancelOrder, prefix = "/fn", endpoint = "box_office/cancel_order", output = Json)]
pub async fn cancel(id: OrderId) -> Result<Order, AppError> {
    command(&format!("/orders/{id}?done=cancelled"), move |state, who| async move {
        state.store.write(async move |tx: &mut Tx| orders::cancel(tx, &who, id).await).await
    })
    .await
}

/// Gives `lines` of an order back, once for `key`.
///
/// # Errors
/// 401; 403 unless one runs the event, is an agent or an admin; 404; 409 if nothing of it can be given back, 409 `although_used`;
/// 422 `lines`, `reason` or `key`; 429.
#[server(name = RefundOrder, prefix = "/fn", endpoint = "box_office/refund", output = Json)]
pub async fn refund(
    key: String,
    id: OrderId,
    #[server(default)] lines: Vec<OrderLineId>,
    #[server(default)] reason: String,
    #[server(default)] although_used: bool,
) -> Result<Order, AppError> {
    command(&format!("/orders/{id}?done=refunded"), move |state, who| async move {
        let (key, request) = (parse_key(&key)?, ("box_office.refund", id, lines.clone(), reason.clone(), although_used));
        let wanted = Wanted::parse(Some(lines), &reason, although_used)?;
        let body = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| orders::refund(tx, &who, id, &wanted).await;
            idempotency::once(tx, who.person, &key, &request, effect).await
        };
        state.store.write(body).await
    })
    .await
}
