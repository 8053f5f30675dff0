//! What is asked of the gateway outside of requests: how a payment is whose webhook has not come, and to give money back. A job is written
//! in the transaction that makes it necessary, and asks under a key that was written before it, so that a crash at any point asks for
//! the same thing again.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{CardPayments, payments, settling};
use crate::model::card::CardState;
use plenum_core::{
    error::{AppError, AppResult},
    ids::{CardPaymentId, Millis},
};
use plenum_store::{
    db::{Store, Tx},
    jobs::{self, Job, Runner},
};

/// Asks how one payment is.
pub const LOOK: &str = "card.look";
/// Gives one payment back.
pub const RETURN: &str = "card.return";
/// Looks for payments that the gateway has said nothing of for a while, and for what is still to be given back.
const RECONCILE: &str = "card.reconcile";
/// How often that is.
const PERIOD: Duration = Duration::from_secs(60);
/// Payments that one run looks after at the most.
const AT_ONCE: i64 = 20;
/// A payment is looked at again after as long as it is old, within these bounds.
const SOONEST: Millis = 60_000;
const LATEST: Millis = 6 * 3_600_000;
/// A refund is tried again after each of these; then people look, and the next run begins anew.
const PAUSES: &[Duration] = &[
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(3_600),
    Duration::from_secs(3 * 3_600),
    Duration::from_secs(6 * 3_600),
    Duration::from_secs(12 * 3_600),
];

/// Adds the jobs of payments by card to `runner`, where cards are taken.
pub fn register(runner: Runner, cards: Option<&Arc<CardPayments>>) -> Runner {
    let Some(cards) = cards else { return runner };
    let (looking, giving) = (Arc::clone(cards), Arc::clone(cards));
    runner
        .on(LOOK, move |store, payload| look(store, Arc::clone(&looking), payload))
        .on(RETURN, move |store, payload| give_back(store, Arc::clone(&giving), payload))
        .pauses(RETURN, PAUSES)
        .every(RECONCILE, PERIOD, reconcile)
}

fn id_of(payload: &Value) -> AppResult<CardPaymentId> {
    payload.get("payment").and_then(Value::as_i64).map(CardPaymentId).ok_or_else(AppError::internal)
}

/// Has the gateway asked how a payment is.
pub async fn schedule_look(tx: &mut Tx, id: CardPaymentId) -> AppResult<()> {
    let (payload, unique_key, due_at) = (json!({ "payment": id }), Some(format!("{LOOK}:{id}")), tx.now());
    jobs::schedule_no_later(tx, Job { kind: LOOK, payload, unique_key, due_at }).await
}

async fn look(store: Store, cards: Arc<CardPayments>, payload: Value) -> AppResult<()> {
    let id = id_of(&payload)?;
    let known = payments::find(&mut *store.look().await?, id).await?;
    let Some(payment) = known.filter(|payment| payment.state == CardState::Open) else { return Ok(()) };
    let Some(session) = payment.session else {
        let orders = Arc::clone(&cards.orders);
        return store.write(async move |tx: &mut Tx| settling::close_unbegun(tx, &*orders, id).await).await;
    };
    match cards.card.look(&session).await {
        Ok(Some(answer)) => settling::settle(&store, &cards.orders, &answer).await.map(drop),
        Ok(None) => Ok(()),
        // The next run asks again; a gateway that is away makes no dead letters.
        Err(error) => {
            tracing::warn!(card_payment.id = id.0, %error, "the card gateway does not say how a payment is");
            Ok(())
        }
    }
}

async fn give_back(store: Store, cards: Arc<CardPayments>, payload: Value) -> AppResult<()> {
    let id = id_of(&payload)?;
    let known = payments::find(&mut *store.look().await?, id).await?;
    let Some(payment) = known.filter(|payment| payment.state == CardState::Returning) else { return Ok(()) };
    let refund = cards.card.refund(&payment.intent, &format!("{}-return", payment.reference)).await?;
    let refund = refund.map(|refund| refund.id).unwrap_or_default();
    let orders = Arc::clone(&cards.orders);
    store.write(async move |tx: &mut Tx| settling::returned(tx, &*orders, id, &refund).await).await
}

/// Schedules looks at payments whose time to be looked at has come, and refunds that no job is left for.
async fn reconcile(store: Store) -> AppResult<()> {
    store
        .write(async |tx: &mut Tx| {
            let now = tx.now();
            let due: Vec<(CardPaymentId, Millis)> =
                sqlx::query_as("select id, created_at from card_payments where look_at <= $1 order by look_at limit $2")
                    .bind(now)
                    .bind(AT_ONCE)
                    .fetch_all(&mut **tx)
                    .await?;
            for (id, created_at) in due {
                let next = now + (now - created_at).clamp(SOONEST, LATEST);
                sqlx::query("update card_payments set look_at = $2 where id = $1").bind(id).bind(next).execute(&mut **tx).await?;
                schedule_look(tx, id).await?;
            }
            let owed: Vec<CardPaymentId> = sqlx::query_scalar(
                "select p.id from card_payments p where p.state = 'returning'
                   and not exists (select 1 from jobs j where j.unique_key = 'card.return:' || p.id) order by p.id limit $1",
            )
            .bind(AT_ONCE)
            .fetch_all(&mut **tx)
            .await?;
            for id in owed {
                settling::schedule_return(tx, id).await?;
            }
            Ok(())
        })
        .await
}
