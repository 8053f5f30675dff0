//! What the pages of orders ask.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::model::{
    orders::{Order, OrderPage, Orders, Quote, Show},
    paying::ToPay,
};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{HoldId, OrderId, OrderLineId},
    live::Snapshot,
};
#[cfg(feature = "ssr")]
use {
    crate::server::{
        orders::{
            self, Outcome, Wanted, Wish,
            card::{self, Begun, ByCard},
            takes,
        },
        seats::terms,
    },
    crate::words::orders as words,
    plenum_core::{cursor::Epoch, error::AppResult, people::Identity},
    plenum_store::{
        db::{Conn, Tx, now},
        idempotency::{self, parse_key},
    },
    plenum_ui::redirect::encoded,
    plenum_wallet::{
        model::{
            card::Late,
            deposit::{Errand, to_add},
        },
        server::{card as wallet_card, deposits},
    },
    plenum_web::{
        server_fn::{command, command_with_input, command_with_state, query_snapshot, query_with_state},
        state::AppState,
    },
};

/// One's own orders, the newest first, below `before`.
///
/// # Errors
/// 401.
#[server(name = ListOrders, prefix = "/fn", endpoint = "box_office/orders", input = GetUrl, output = Json)]
pub async fn list(#[server(default)] show: Show, #[server(default)] before: Option<OrderId>) -> Result<Snapshot<Orders>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| {
        orders::list(conn, who.person, epoch, show, before, now()).await
    })
    .await
}

/// One order.
///
/// # Errors
/// 401; 404 unless it is one's own, or one handles the orders of its event.
#[server(name = ReadOrder, prefix = "/fn", endpoint = "box_office/order", input = GetUrl, output = Json)]
pub async fn detail(id: OrderId) -> Result<Snapshot<OrderPage>, AppError> {
    query_with_state(async move |state, who| {
        orders::page(&mut *state.store.read().await?, &who, state.store.epoch(), id, takes(&state), now()).await
    })
    .await
}

/// What the places of a hold cost, with the code `promo`; without it with that of its order, if it has one.
///
/// # Errors
/// 401; 404; 409 if the hold has ended or the event does not sell any more; 429 with a code.
#[server(name = QuoteHold, prefix = "/fn", endpoint = "box_office/quote", input = GetUrl, output = Json)]
pub async fn quote(hold: HoldId, #[server(default)] promo: Option<String>) -> Result<Quote, AppError> {
    query_with_state(async move |state, who| {
        // Whoever tries codes is not to try many.
        if promo.as_deref().is_some_and(|promo| !promo.trim().is_empty()) {
            state.rates.command(who.person)?;
        }
        let wish = Wish::parse(promo.as_deref());
        orders::quote(&mut *state.store.read().await?, &who, hold, wish, takes(&state), now()).await
    })
    .await
}

/// Adds to the wallet what the places of a hold cost more than there is in it, once for `key`; returns where that is paid, and whoever has
/// paid is led back to their order. A page without scripts goes there.
///
/// # Errors
/// 401; 404; 409 if nothing is missing, the hold has ended, there is no gateway, or too many deposits are under way; 422 `key`; 429.
#[server(name = AddMissing, prefix = "/fn", endpoint = "box_office/add_missing", output = Json)]
pub async fn add_missing(key: String, hold: HoldId, #[server(default)] promo: String) -> Result<String, AppError> {
    command_with_state(async move |state: AppState, who: Identity| {
        let quote = orders::quote(&mut *state.store.read().await?, &who, hold, Wish::parse(Some(&promo)), takes(&state), now()).await?;
        let missing = quote.total.missing(quote.available).ok_or_else(|| AppError::conflict(words::NOTHING_MISSING))?;
        let path = match quote.order {
            Some(order) => format!("/orders/{order}"),
            None => format!("/orders/new?hold={hold}&promo={}", encoded(&promo)),
        };
        let errand = Errand { path, until: Some(quote.until) };
        Ok(deposits::begin_and_lead(&state, &who, &key, to_add(missing), Some(errand)).await?.checkout_url)
    })
    .done_at(|checkout_url| deposits::path_to_pay(checkout_url))
    .await
}

/// Makes the order of a hold, to be paid before the hold ends; again is the same order.
///
/// # Errors
/// 401; 404; 409 if the hold has ended, was paid, or the event does not sell any more; `promo`; 429.
#[server(name = CreateOrder, prefix = "/fn", endpoint = "box_office/create_order", output = Json)]
pub async fn create(hold: HoldId, #[server(default)] promo: Option<String>) -> Result<OrderId, AppError> {
    let create = async move |tx: &mut Tx, who: &Identity, wish: &Wish| orders::create(tx, who, hold, wish).await.map(|order| order.id);
    let id = command_with_input(move || Wish::parse(promo.as_deref()), create).await?;
    leptos_axum::redirect(&format!("/orders/{id}"));
    Ok(id)
}

/// Orders and pays the places of a hold, once for `key`, if they cost `total` minor units.
///
/// # Errors
/// 401; 404; 409 if the hold has ended, was paid, or the event does not sell any more; 409 `balance`, `promo` or `total`; 422 `key`; 429.
#[server(name = BuyPlaces, prefix = "/fn", endpoint = "box_office/buy", output = Json)]
pub async fn buy(key: String, hold: HoldId, #[server(default)] promo: String, total: i64) -> Result<OrderId, AppError> {
    let bought = command_with_state(async move |state, who| {
        let (key, wish) = (parse_key(&key)?, Wish::parse(Some(&promo))?);
        let body = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| {
                let order = orders::create(tx, &who, hold, &wish).await?;
                orders::pay(tx, &who, order.id, Some(total)).await
            };
            idempotency::once_if(tx, who.person, &key, &("box_office.buy", hold, &promo, total), Outcome::is_paid, effect).await
        };
        // A refusal may leave something behind: it becomes an error after the commit.
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
    command_with_state(async move |state, who| {
        let key = parse_key(&key)?;
        let body = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| orders::pay(tx, &who, id, Some(total)).await;
            idempotency::once_if(tx, who.person, &key, &("box_office.pay", id, total), Outcome::is_paid, effect).await
        };
        // As for `buy`.
        state.store.write(body).await?.paid()
    })
    .done(format!("/orders/{id}?done=paid"))
    .await
}

/// Asks the gateway for the page where a card pays what `begun` has begun.
#[cfg(feature = "ssr")]
async fn led(state: &AppState, who: &Identity, begun: Begun) -> AppResult<ToPay> {
    let (payment, order) = begun.begun()?;
    Ok(ToPay { order, checkout_url: wallet_card::lead(state, who.person, payment).await? })
}

/// Orders the places of a hold and begins to pay them by card, once for `key`, if they cost `total` minor units; `late` says where the money
/// goes if it comes too late, `refund` or `wallet`. Returns where it is paid; a page without scripts goes to the order, where that stands.
///
/// # Errors
/// 401; 404; 409 if cards are not taken, the hold has ended, was paid, or the event does not sell any more; 409 `promo` or `total`; 422 `key`
/// or `late`; 429; 503 if the gateway cannot be reached.
#[server(name = BuyByCard, prefix = "/fn", endpoint = "box_office/buy_by_card", output = Json)]
pub async fn buy_by_card(
    key: String,
    hold: HoldId,
    #[server(default)] promo: String,
    total: i64,
    #[server(default)] late: String,
) -> Result<ToPay, AppError> {
    command_with_state(async move |state: AppState, who: Identity| {
        let (key, wish, late) = (parse_key(&key)?, Wish::parse(Some(&promo))?, Late::parse(&late)?);
        wallet_card::here(&state).ok_or_else(wallet_card::not_taken)?;
        let (terms, by) = (terms(&state)?, who.clone());
        let body = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| {
                let order = orders::create(tx, &by, hold, &wish).await?;
                card::begin(tx, &by, order.id, ByCard { seen: Some(total), late }, terms).await
            };
            let request = ("box_office.buy_by_card", hold, &promo, total, late);
            idempotency::once_if(tx, by.person, &key, &request, Begun::is_begun, effect).await
        };
        let begun = state.store.write(body).await?;
        led(&state, &who, begun).await
    })
    .done_at(|to_pay| format!("/orders/{}", to_pay.order))
    .await
}

/// Begins to pay an order by card, as [`buy_by_card`].
///
/// # Errors
/// As [`buy_by_card`]; 403.
#[server(name = PayByCard, prefix = "/fn", endpoint = "box_office/pay_by_card", output = Json)]
pub async fn pay_by_card(key: String, id: OrderId, total: i64, #[server(default)] late: String) -> Result<ToPay, AppError> {
    command_with_state(async move |state: AppState, who: Identity| {
        let (key, late) = (parse_key(&key)?, Late::parse(&late)?);
        wallet_card::here(&state).ok_or_else(wallet_card::not_taken)?;
        let (terms, by) = (terms(&state)?, who.clone());
        let body = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| card::begin(tx, &by, id, ByCard { seen: Some(total), late }, terms).await;
            idempotency::once_if(tx, by.person, &key, &("box_office.pay_by_card", id, total, late), Begun::is_begun, effect).await
        };
        let begun = state.store.write(body).await?;
        led(&state, &who, begun).await
    })
    .done(format!("/orders/{id}"))
    .await
}

/// Gives up an order that is not paid.
///
/// # Errors
/// 401; 403; 404; 409 if it was paid or has ended; 429.
#[server(name = CancelOrder, prefix = "/fn", endpoint = "box_office/cancel_order", output = Json)]
pub async fn cancel(id: OrderId) -> Result<Order, AppError> {
    command(async move |tx, who| orders::cancel(tx, who, id).await).done(format!("/orders/{id}?done=cancelled")).await
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
    let request = ("box_office.refund", id, lines.clone(), reason.clone(), although_used);
    let refund = async move |tx: &mut Tx, who: &Identity, (key, wanted): &(String, Wanted)| {
        let effect = async |tx: &mut Tx| orders::refund(tx, who, id, wanted).await;
        idempotency::once(tx, who.person, key, &request, effect).await
    };
    command_with_input(move || Ok((parse_key(&key)?, Wanted::parse(Some(lines), &reason, although_used)?)), refund)
        .done(format!("/orders/{id}?done=refunded"))
        .await
}
